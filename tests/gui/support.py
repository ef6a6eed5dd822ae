"""What the tests of the window share: a worker to talk to, snapshots to draw, and a look at what was painted."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent
from PyQt5.QtWidgets import QApplication, QWidget

from core.dataset import Dataset
from core.experiment import Experiment
from core.presets import PRESETS
from core.snapshot import Request, Snapshot, take_snapshot
from core.source import DataSource, load
from core.trainer import Trainer
from gui.main_window import MainWindow
from gui.messages import Command, Loaded, Notice, Publish, Report
from gui.selection import Edge
from gui.worker import Worker

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

    def ask(self, request: Request | None = None) -> Report:
        """One report, which is written when all commands sent before have been obeyed."""
        self.worker.send(Publish(request or Request(), fresh=True))
        give_up = time.monotonic() + SECONDS
        while (report := self.worker.take_report()) is None:
            assert time.monotonic() < give_up, "the worker does not answer"
            time.sleep(0.0005)
        self.notices += report.notices
        self.loaded = report.loaded or self.loaded
        return report

    def until(self, condition: Callable[[Report], bool]) -> Report:
        """Ask until a report is as wanted."""
        give_up = time.monotonic() + SECONDS
        while not condition(report := self.ask()):
            assert time.monotonic() < give_up, f"never happened; the last report was {report}"
            time.sleep(0.001)
        return report

    def arrive(self) -> Snapshot:
        """The snapshot at which the worker comes to rest."""
        return shown(self.until(lambda report: not (report.playing or report.travelling or report.measuring)))


def shown(report: Report) -> Snapshot:
    assert report.snapshot is not None
    return report.snapshot


def make_trainer(
    experiment: Experiment = SHALLOW,
    dataset: Dataset = SHALLOW_DATA,
    parameters: Sequence[float] | NDArray[np.float64] | None = None,
) -> Trainer:
    return Trainer(experiment, dataset, None if parameters is None else np.asarray(parameters, dtype=np.float64))


def loaded_of(trainer: Trainer) -> Loaded:
    return Loaded(trainer.experiment, trainer.preparation, None, can_undo=False, can_redo=False)


def snapshot_of(trainer: Trainer, request: Request | None = None) -> Snapshot:
    return take_snapshot(trainer, request or Request())


def position(window: MainWindow) -> int:
    """Where the run stands, as the window knows it."""
    assert window.session.snapshot is not None
    return window.session.snapshot.position


def parameters(window: MainWindow) -> bytes:
    assert window.session.snapshot is not None
    return window.session.snapshot.parameters.tobytes()


def learn_file(window: MainWindow, path: Path) -> None:
    """Learn a file of three columns with the present settings, unasked."""
    window.session.change({"data": DataSource("file", str(path)), "only_sample": None})


def all_edges(sizes: tuple[int, ...]) -> list[Edge]:
    """Every edge of a net, in the order of the flat vector."""
    pairs = enumerate(itertools.pairwise(sizes), start=1)
    return [Edge(layer, i, j) for layer, (n, m) in pairs for i in range(n) for j in range(m)]


def hover(widget: QWidget, x: float, y: float) -> None:
    """The mouse moves to a place of the widget; the test platform's own cursor cannot leave its small screen."""
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, QPointF(x, y), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, move)


def pixel(widget: QWidget, x: float, y: float) -> QColor:
    """The colour painted at a place of the widget."""
    picture = widget.grab()
    ratio = picture.devicePixelRatio()
    return picture.toImage().pixelColor(QPoint(round(x * ratio), round(y * ratio)))


def distance(first: QColor, second: QColor | tuple[int, ...]) -> float:
    """How far apart two colours are, in the cube of 0…255."""
    other = second.getRgb()[:3] if isinstance(second, QColor) else second
    return float(np.linalg.norm(np.subtract(first.getRgb()[:3], other)))
