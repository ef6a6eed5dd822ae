"""How much of an engine's speed is left in the program around it, and what eight runs side by side gain."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import plain_loop
from benchmarks.contenders import CASES, ROOT, ROUNDS, Case, make_engine_run, table
from core.engines.lane_engine import LANES, LaneEngine
from core.network.optimizers import OPTIMIZERS, Rule

ORDERS = 16
SLICE_SECONDS = 0.01
"""The length of a call of the Trainer, as in the window; most of them begin and end inside an epoch."""

STARTS = (128, 512, 1024)
"""Epochs: from the first on each epoch is recorded, and the gradient's norms are as rare as between 16 and 512 on the
average; from the second on each fourth epoch is recorded, then each eighth; of large networks half as many.
"""

WHOLE = 16
"""The Trainer runs so many epochs, or several times as many: the largest number from one record to the next."""

TRAIN_FROM, TRAIN_TO = 100, 8100
"""Epochs of the two commands whose difference counts."""

GOALS = {"before 512": 0.7, "behind 512": 0.9, "engine / C": 0.9, "train / C": 0.6, "lanes / engine": 1.8}

Timed = Callable[[], float]
"""Trains, and returns the processor seconds of an epoch."""


@dataclass(frozen=True)
class Figure:
    """A column of the table.

    Attributes:
        above, below: names of the two contenders whose speeds are divided.
        all_cases: whether its goal holds for all cases, or for the first only.
    """

    name: str
    above: str
    below: str
    all_cases: bool


FIGURES = (
    Figure("before 512", f"from {STARTS[0]}", "engine", True),
    Figure("behind 512", "from 512", "engine", True),
    Figure("behind 1024", "from 1024", "engine", True),
    Figure("engine / C", "engine", "C", False),
    Figure("train / C", "train", "C", False),
    Figure("lanes / engine", "lanes", "engine", False),
)


def _timed(run: Callable[[int], object], epochs: int) -> Timed:
    def time_it() -> float:
        began = time.process_time()
        run(epochs)
        return (time.process_time() - began) / epochs

    return time_it


def _make_trainer_run(case: Case, start: int, samples: int, most: int) -> Timed:
    """The Trainer, in calls of so many samples, from an epoch on; its weights are those of the start each time.

    It trains the epoch before that first, since its engine takes some MiB of new memory in the first call.
    """

    def time_it() -> float:
        trainer = case.trainer("compiled")
        trainer.prepare_engine()
        trainer.stepper.restore(replace(trainer.stepper.state(), position=(start - 1) * trainer.epoch_length))
        trainer.advance(trainer.epoch_length)
        end = trainer.position + most * trainer.epoch_length
        began = time.process_time()
        while trainer.position < end:
            trainer.advance(min(samples, end - trainer.position))
        assert len(trainer.history)  # which finds what is due of the record
        return (time.process_time() - began) / most

    return time_it


def _make_lanes_run(case: Case, epochs: int) -> Timed:
    """Eight runs side by side; an epoch of one of them counts."""
    lanes = LaneEngine([case.workload() for _ in range(LANES)])
    orders, rule = np.array(case.orders(LANES)), Rule(OPTIMIZERS[case.experiment.optimizer])
    rates = np.full((LANES, -(-orders.shape[1] // case.experiment.batch_size)), case.experiment.learning_rate)

    def run(times: int) -> None:
        for _ in range(times):
            lanes.run(orders, rates, rule, 0, 0)

    calls = max(1, epochs // LANES)
    timed = _timed(run, calls)
    return lambda: timed() / LANES


def _train_command(epochs: int) -> float:
    """Processor seconds of a whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "main.py", "train", "--preset", "shallow", "--epochs", str(epochs), "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _train_an_epoch() -> float:
    return (_train_command(TRAIN_TO) - _train_command(TRAIN_FROM)) / (TRAIN_TO - TRAIN_FROM)


def _contenders(case: Case, seconds: float) -> dict[str, Timed]:
    orders = case.orders(ORDERS)
    engine = make_engine_run("compiled", case.workload(), case.experiment)
    engine(orders[0])
    began = time.process_time()
    engine(orders[0])
    an_epoch = time.process_time() - began
    epochs = max(2, int(seconds / ROUNDS / an_epoch))

    def repeat(run: Callable[[np.ndarray], None], times: int) -> None:
        for k in range(times):
            run(orders[k % ORDERS])

    slice_samples = max(1, int(SLICE_SECONDS / an_epoch * len(orders[0])))
    timed = {"engine": _timed(lambda times: repeat(engine, times), epochs)}
    most = -(-min(epochs, STARTS[1] - STARTS[0]) // WHOLE) * WHOLE
    for start in STARTS:
        timed[f"from {start}"] = _make_trainer_run(case, start, slice_samples, most)
    timed["lanes"] = _make_lanes_run(case, epochs)
    if plain_loop.compiler():
        plain = plain_loop.make_plain_loop(case.workload(), case.experiment.learning_rate)
        timed["C"] = _timed(lambda times: repeat(plain, times), epochs)
    if case is CASES[0]:
        timed["train"] = _train_an_epoch
    return timed


def show(seconds: float) -> None:
    """Measure all cases, print the table and a line that sums up."""
    rows, missed = [], []
    for case in CASES:
        timed = _contenders(case, seconds)
        for run in timed.values():
            run()
        rounds = [{name: run() for name, run in timed.items()} for _ in range(ROUNDS)]
        samples = len(case.orders(1)[0])
        cells = [f"{samples / np.median([one['C'] for one in rounds]):,.0f}" if "C" in timed else "–"]
        for figure in FIGURES:
            if not {figure.above, figure.below} <= timed.keys():
                cells.append("–")
                continue
            value = float(np.median([one[figure.below] / one[figure.above] for one in rounds]))
            cells.append(f"{value:.2f}")
            if (figure.all_cases or case is CASES[0]) and value < GOALS.get(figure.name, 0.0):
                missed.append(f"{figure.name} {value:.2f} of {GOALS[figure.name]} ({case.name})")
        rows.append([case.name, *cells])
    print("\n### Around the engine, in ratios of speeds by processor time\n")
    print(table(["", "C, samples/s", *(figure.name for figure in FIGURES)], rows))
    print("\nAll goals met." if not missed else f"\nMissed: {'; '.join(missed)}.", flush=True)
