"""Many runs: what a run costs beside its training, seeds, a sweep beside a loop of `train`, and what windows take.

    python benchmarks/runs.py                  all of it, four minutes
    python benchmarks/runs.py --runs 200       fewer runs

See benchmarks/README.md for the numbers to be met.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)

from benchmarks.engine import machine, table  # noqa: E402
from cli.main import main as command_line  # noqa: E402
from core.data.data_source import load  # noqa: E402
from core.engines import kernel_loading  # noqa: E402
from core.engines.lane_engine import LANES, LaneEngine, LaneSamples  # noqa: E402
from core.sweeps.run_result import RunResult  # noqa: E402
from core.sweeps.run_training import RunTask, train_runs  # noqa: E402
from core.sweeps.sweep_folder import SweepFolder  # noqa: E402
from core.sweeps.sweep_plan import SweepPlan  # noqa: E402
from core.sweeps.sweep_runner import SweepRunner, load_datasets, make_tasks  # noqa: E402
from core.sweeps.variation import parse_variation  # noqa: E402
from core.sweeps.workers import LocalProcesses, Workers, processors  # noqa: E402
from core.training.history import next_record  # noqa: E402
from core.training.preparation import prepare  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402

SHALLOW = PRESETS["shallow"].experiment
EPOCHS = 16
SEEDS = 64
MOST_OVERHEAD, MOST_SEEDS_SECONDS = 1e-3, 0.5


def best_of(rounds: int, work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """The least time that some work takes: others on the machine only add to it."""
    times = []
    for _ in range(rounds):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def overhead() -> tuple[float, list[list[str]]]:
    """Seconds of processor time of a run besides training and measuring, with rows of the table."""
    costs = [cost_of_a_run(epochs) for epochs in (0, 1, EPOCHS, 200)]
    return costs[0][0], [row for _, row in costs]


def cost_of_a_run(epochs: int) -> tuple[float, list[str]]:
    """Its overhead, and a row of the table."""
    plan = SweepPlan(SHALLOW, {}, (parse_variation("learning-rate=log:0.001..0.1:8"),), epochs, 8)
    datasets = load_datasets(plan)

    def sweep() -> None:
        with tempfile.TemporaryDirectory() as folder:
            kept = SweepFolder(folder, plan, datasets)
            SweepRunner(make_tasks(plan, (), None, datasets), Workers(), kept.add).run()
            kept.close()

    whole = best_of(5, sweep) / plan.count
    kernels = kernel_seconds(epochs) / LANES if epochs else 0.0
    alone = best_of(5, lambda: train_runs(RunTask(plan.runs[:1], next(iter(datasets.values())), epochs)))
    records, rest = records_of(epochs), whole - kernels
    times = (f"{1e3 * seconds:.2f} ms" for seconds in (alone, whole, kernels, rest))
    return rest, [str(epochs), f"{records}", *times, f"{1e6 * rest / records:.1f} us" if records else "–"]


def records_of(epochs: int) -> int:
    """The number of records of a run."""
    length, position, count = len(load(SHALLOW.data)), 0, 0
    while position < epochs * length:
        position, count = next_record(position, length, 37), count + 1
    return count


def kernel_seconds(epochs: int) -> float:
    """What eight runs cost at least: orders, all batches in one call, and a call for each record."""
    dataset = load(SHALLOW.data)
    trainers = [Trainer(SHALLOW.replace(seed=seed), dataset) for seed in range(LANES)]
    part = prepare(SHALLOW, dataset).train
    engine = LaneEngine([trainer.stepper.workload for trainer in trainers])
    samples = LaneSamples.of([part.inputs] * LANES, [part.targets] * LANES)
    orders = np.stack([trainer.stepper.order.between(0, epochs * len(part)) for trainer in trainers])
    rates = np.full(orders.shape, SHALLOW.learning_rate)
    rule = trainers[0].settings_over_time.rule(0)
    training = best_of(3, lambda: engine.run(orders, rates, rule, 0, 0))
    measuring = best_of(3, lambda: [engine.measure(samples) for _ in range(100)]) / 100
    drawing = best_of(3, lambda: [trainer.stepper.order.epochs(0, epochs) for trainer in trainers])
    return training + drawing + records_of(epochs) * measuring


def seeds() -> tuple[float, float, list[list[str]]]:
    """Seconds of 64 seeds and of one, with rows of the table."""
    plan = SweepPlan(SHALLOW, {}, (), EPOCHS, SEEDS)
    dataset = load(SHALLOW.data)
    tasks = make_tasks(plan)
    one = best_of(5, lambda: train_runs(RunTask(plan.runs[:1], dataset, EPOCHS)), time.perf_counter)
    rows = [["one seed, a trainer", f"{one:.3f} s", "1.0", f"{records_of(EPOCHS)}"]]
    best = float("inf")
    for name, workers in (("64 seeds, this process", Workers()), ("64 seeds, processes", LocalProcesses(processors()))):
        kept: list[RunResult] = []

        def run(workers: Workers = workers, kept: list[RunResult] = kept) -> None:
            kept.clear()
            SweepRunner(tasks, workers, kept.extend).run()

        run()  # the processes start and load the engine
        seconds = best_of(5, run, time.perf_counter)
        workers.close()
        records = {len(result.curve) - 1 for result in kept}
        assert len(kept) == SEEDS
        assert records == {records_of(EPOCHS)}
        rows.append([name, f"{seconds:.3f} s", f"{seconds / one:.1f}", f"{records.pop()}"])
        best = min(best, seconds)
    return best, one, rows


def busy_seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def sweep_and_loop(runs: int) -> tuple[float, float, list[list[str]]]:
    """Seconds of a sweep by the command line, and of as many calls of `train` here, with rows of the table."""
    values = max(1, runs // 20)
    vary = f"learning-rate=log:0.001..0.1:{values}" if values > 1 else "learning-rate=0.01"
    options = ["--preset", "moons", "--epochs", "20"]
    plan = SweepPlan(PRESETS["moons"].experiment, {}, (parse_variation(vary),), 20, 20)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        began, busy = time.perf_counter(), busy_seconds()
        assert command_line(["sweep", *options, "--vary", vary, "--seeds", "20", "--quiet", "--out", folder]) == 0
        swept, swept_busy = time.perf_counter() - began, busy_seconds() - busy
        began, busy = time.perf_counter(), busy_seconds()
        for run in plan.runs:
            words = [f"--learning-rate={run.texts[0]}", f"--seed={run.experiment.seed}", "--quiet"]
            assert command_line(["train", *options, *words, "--log", f"{folder}/log.csv"]) == 0
        looped, looped_busy = time.perf_counter() - began, busy_seconds() - busy

    def row(name: str, seconds: float, busy: float) -> list[str]:
        return [
            name,
            f"{seconds:.2f} s",
            f"{looped / seconds:.1f}",
            f"{busy:.2f} s",
            f"{1e3 * busy / plan.count:.1f} ms",
        ]

    rows = [
        row(f"sweep of {plan.count} runs", swept, swept_busy),
        row("loop of `train`, one process", looped, looped_busy),
    ]
    return swept, looped, rows


def window_part(script: str, runs: int) -> tuple[bool, str]:
    """Run the benchmark of a window in a process of its own; whether it met its bounds, and its last line."""
    words = [sys.executable, str(ROOT / "benchmarks" / script), "--runs", str(runs)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    _machine, *lines, last = done.stdout.strip().splitlines() or [""] * 2
    print("\n".join(lines), flush=True)
    return done.returncode == 0, last or f"{script} failed"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure many runs.")
    parser.add_argument("--runs", type=int, default=1000, help="of a sweep, and in a window (default 1000)")
    given = parser.parse_args()
    if not kernel_loading.is_available():
        print("Numba is not installed, so there are no lanes.")
        return 1
    kernel_loading.load_lanes()
    print(machine())
    cost, rows = overhead()
    print("\n### A run of 2-7-2 in lanes: processor time\n")
    columns = ["epochs", "records", "alone, a trainer", "in a sweep", "its kernels", "overhead", "overhead a record"]
    print(table(columns, rows), flush=True)
    many, one, rows = seeds()
    print("\n### 64 seeds of shallow, 16 epochs, all losses recorded\n")
    print(table(["", "time", "x one seed", "records a run"], rows), flush=True)
    swept, looped, rows = sweep_and_loop(given.runs)
    print("\n### A sweep beside a loop\n")
    print(table(["moons, 20 epochs", "time", "times as fast", "processor time", "a run"], rows))
    windows = [window_part(script, given.runs) for script in ("sweep_views.py", "runs_window.py")]
    print(
        f"\noverhead of a run {1e3 * cost:.2f} ms (at most {1e3 * MOST_OVERHEAD:g}); {SEEDS} seeds {many:.2f} s "
        f"(at most {MOST_SEEDS_SECONDS:g}), {many / one:.1f} times one seed; sweep of {given.runs:,} runs "
        f"{looped / swept:.1f} times as fast as a loop of train; {processors()} processors; "
        + "; ".join(line for _, line in windows)
    )
    is_met = cost <= MOST_OVERHEAD and many <= MOST_SEEDS_SECONDS and all(met for met, _ in windows)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
