"""What the tests of the workbench share: a worker to talk to, and snapshots to look at."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.data_source import load
from core.data.dataset import Dataset
from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.training.experiment import Experiment
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.messages import Command, Loaded, Notice, Publish, WorkerReport
from core.workbench.worker import Worker

SHALLOW = PRESETS["shallow"].experiment
SHALLOW_DATA = load(SHALLOW.data)
SECONDS = 60.0
"""After this long, what a test waits for does not come any more."""


class WorkerDriver:
    """A running worker and all that it has told so far."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.notices: list[Notice] = []
        self.loaded: Loaded | None = None
        self.worker.start()

    def send(self, *commands: Command) -> None:
        for command in commands:
            self.worker.send(command)

    def ask(self, request: Request | None = None) -> WorkerReport:
        """One report, which is written when all commands sent before have been obeyed."""
        self.worker.send(Publish(request or Request(), fresh=True))
        give_up = time.monotonic() + SECONDS
        while (report := self.worker.take_report()) is None:
            assert time.monotonic() < give_up, "the worker does not answer"
            time.sleep(0.0005)
        self.notices += report.events.notices
        self.loaded = report.events.loaded or self.loaded
        return report

    def until(self, condition: Callable[[WorkerReport], bool]) -> WorkerReport:
        """Ask until a report is as wanted."""
        give_up = time.monotonic() + SECONDS
        while not condition(report := self.ask()):
            assert time.monotonic() < give_up, f"never happened; the last report was {report}"
            time.sleep(0.001)
        return report

    def arrive(self) -> Snapshot:
        """The snapshot at which the worker comes to rest."""
        return shown(
            self.until(lambda report: not (report.state.playing or report.state.travelling or report.state.measuring))
        )


def shown(report: WorkerReport) -> Snapshot:
    assert report.snapshot is not None
    return report.snapshot


def make_trainer(
    experiment: Experiment = SHALLOW,
    dataset: Dataset = SHALLOW_DATA,
    parameters: Sequence[float] | NDArray[np.float64] | None = None,
) -> Trainer:
    return Trainer(experiment, dataset, None if parameters is None else np.asarray(parameters, dtype=np.float64))


def loaded_of(trainer: Trainer) -> Loaded:
    return Loaded(trainer.experiment, trainer.preparation, None)


def snapshot_of(trainer: Trainer, request: Request | None = None) -> Snapshot:
    return take_snapshot(trainer, request or Request())
