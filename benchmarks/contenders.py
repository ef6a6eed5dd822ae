"""What benchmarks/engine.py trains, who trains it, and how their speed is measured; import it before NumPy."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)

from benchmarks import peers, plain_loop  # noqa: E402
from core.base.arrays import Array, Rows  # noqa: E402
from core.base.random_streams import ORDER, stream  # noqa: E402
from core.data.data_source import DataSource, load  # noqa: E402
from core.data.dataset import Dataset  # noqa: E402
from core.engines import kernel_loading  # noqa: E402
from core.engines.choosing import make_engine  # noqa: E402
from core.engines.workload import Workload  # noqa: E402
from core.network.losses import LOSSES  # noqa: E402
from core.network.network import Network  # noqa: E402
from core.network.optimizers import OPTIMIZERS, Rule  # noqa: E402
from core.training.experiment import Experiment, Init  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402

Run = Callable[[Rows], None]

ROUNDS = 7
NOTEBOOK, C_LOOP = "notebook's rule", "plain C loop"
CHECKED_EPOCHS = 3
AGREEMENT = 1e-9


# ---------------------------------------------------------------- what is run


@dataclass(frozen=True)
class Case:
    """An experiment on train.txt; with one output its labels are learned as numbers."""

    name: str
    experiment: Experiment

    def trainer(self, engine: str) -> Trainer:
        experiment = self.experiment.replace(engine=engine)
        return Trainer(experiment, DATA[experiment.task])

    def workload(self) -> Workload:
        """A fresh one, as the experiment begins."""
        trainer = self.trainer("numpy")
        preparation = trainer.preparation
        network = Network(preparation.sizes, preparation.activations, trainer.network.parameters.copy())
        train = preparation.train
        return Workload(network, LOSSES["mse"], self.experiment.batch_size, train.inputs, train.targets)

    def orders(self, epochs: int) -> list[Rows]:
        """The orders in which the trainer would go through the samples."""
        n = len(DATA[self.experiment.task])
        return [stream(self.experiment.seed, ORDER, epoch).permutation(n) for epoch in range(epochs)]


def _as_numbers(dataset: Dataset) -> Dataset:
    """The same points, their class 0 or 1 as a number to learn."""
    targets = dataset.labels.astype(np.float64)
    return Dataset(dataset.points, np.zeros_like(dataset.labels), (), name=dataset.name, targets=targets)


_CLASSES = load(DataSource("train.txt"))
DATA = {"classification": _CLASSES, "regression": _as_numbers(_CLASSES)}
SHALLOW = Experiment()
SCALED = SHALLOW.replace(standardize=True, init=Init("glorot"), activation="tanh")
NUMBERS = Experiment(
    data=DataSource("file", path="train.txt", task="regression"), output="tanh", standardize=True, init=Init("glorot"),
    activation="tanh", batch_size=10,
)  # fmt: skip
CASES = (
    Case("2-7-2, sigmoid, softmax, batch 1", SHALLOW),
    Case("2-4-2-1, tanh, batch 10", NUMBERS.replace(hidden=(4, 2))),
    Case("2-8-8-8-1, tanh, batch 10", NUMBERS.replace(hidden=(8, 8, 8))),
    Case("2-8-8-8-8-8-8-2, sigmoid, softmax, batch 1", SCALED.replace(hidden=(8,) * 6, activation="sigmoid")),
    Case("2-64-64-64-2, tanh, softmax, batch 10", SCALED.replace(hidden=(64,) * 3, batch_size=10)),
    Case("2-256-256-2, tanh, softmax, batch 100", SCALED.replace(hidden=(256, 256), batch_size=100)),
)


# ---------------------------------------------------------------- who runs it


def make_engine_run(engine: str, workload: Workload, experiment: Experiment) -> Run:
    """An engine alone: no records, no checks, orders drawn beforehand."""
    made, rule = make_engine(engine, workload), Rule(OPTIMIZERS[experiment.optimizer])

    def run(order: Rows) -> None:
        rates = np.full(-(-len(order) // workload.batch_size), experiment.learning_rate)
        made.run(order, rates, rule, 0, 0)

    return run


def make_trainer_run(trainer: Trainer) -> Run:
    """The whole of what the program does for an epoch: order, updates, records, checkpoints."""

    def run(order: Rows) -> None:
        trainer.advance(len(order))

    return run


def make_runs(case: Case, warm_up: int = 0) -> dict[str, tuple[Run, Callable[[], Array] | None]]:
    """How each contender runs an epoch, and its parameters where it must do the very same arithmetic.

    ``warm_up``: epochs that a Trainer has behind it; the first ones have more records than all others.
    """
    rate = case.experiment.learning_rate
    runs: dict[str, tuple[Run, Callable[[], Array] | None]] = {}
    notebook = peers.Notebook(case.workload(), rate)
    runs[NOTEBOOK] = notebook.run, lambda: notebook.parameters
    for engine in ENGINES:
        workload = case.workload()
        run = make_engine_run(engine, workload, case.experiment)
        runs[f"{engine} engine"] = run, lambda w=workload: w.network.parameters  # type: ignore[misc]
    if plain_loop.compiler():
        plain = case.workload()
        runs[C_LOOP] = plain_loop.make_plain_loop(plain, rate), lambda: plain.network.parameters
    for engine in ENGINES:
        trainer = case.trainer(engine)
        trainer.advance(warm_up * trainer.epoch_length)
        runs[f"Trainer, {engine}"] = make_trainer_run(trainer), lambda t=trainer: t.network.parameters  # type: ignore[misc]
    if peers.is_installed("sklearn") and case.experiment.task == "classification":
        runs["scikit-learn"] = peers.make_sklearn(case.workload(), rate), None
    if peers.is_installed("torch"):
        runs["PyTorch, eager"] = peers.make_torch(case.workload(), rate), None
    return runs


ENGINES = ("compiled", "numpy") if kernel_loading.is_available() else ("numpy",)


# ---------------------------------------------------------------- measuring


def check_agreement(case: Case) -> float:
    """The largest difference between two contenders' parameters after some epochs; raises SystemExit if it is large."""
    ends = {}
    runs = make_runs(case)
    for name, (run, parameters) in runs.items():
        if parameters is not None:
            for order in case.orders(CHECKED_EPOCHS):
                run(order)
            ends[name] = parameters().copy()
    first = ends[NOTEBOOK]
    start = case.workload().network.parameters
    moved = float(np.abs(first - start).max())
    worst = max(float(np.abs(end - first).max()) for end in ends.values())
    if not worst <= AGREEMENT < moved:
        raise SystemExit(f"{case.name}: not the same work: weights differ by {worst}, having moved by {moved}")
    return worst


def measure(runs: dict[str, Run], orders: Sequence[Rows], seconds: float) -> dict[str, list[float]]:
    """Samples a second of each contender in each round; in a round they take turns."""
    for run in runs.values():
        run(orders[0])
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            epochs, began = 0, time.process_time()
            while epochs == 0 or time.process_time() - began < seconds / ROUNDS:
                run(orders[epochs % len(orders)])
                epochs += 1
            speeds[name].append(epochs * len(orders[0]) / (time.process_time() - began))
    return speeds


def ratio(speeds: dict[str, list[float]], name: str, other: str) -> float:
    """How many times as fast one is as another: the median over the rounds."""
    return float(np.median(np.divide(speeds[name], speeds[other]))) if other in speeds else float("nan")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown; numbers stand right."""
    widths = [max(len(row[k]) for row in (columns, *rows)) for k in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        parts = [cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))]
        return "| " + " | ".join(parts) + " |"

    rule = "|" + "|".join("-" * (w + 2) if k == 0 else "-" * (w + 1) + ":" for k, w in enumerate(widths)) + "|"
    return "\n".join([line(columns), rule, *map(line, rows)])
