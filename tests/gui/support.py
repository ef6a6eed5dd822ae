"""What the tests of the window share: a worker to talk to, snapshots to draw, and a look at what was painted."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PyQt5.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.explain.picked_part import Edge
from gui.window.main_window import MainWindow


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


def choose_data(qtbot: QtBot, window: MainWindow, value: str) -> None:
    """Choose a data set by a click on its picture."""
    window.docks.bring_up("settings")
    tiles = window.panels.data.kind
    qtbot.waitUntil(tiles.isVisible)
    entry, view = tiles.entry_of(value), tiles.viewport()
    assert entry is not None
    assert view is not None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=tiles.visualItemRect(entry).center())
    assert tiles.value() == value


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
    return pixels(widget, [(x, y)])[0]


def pixels(widget: QWidget, places: Iterable[tuple[float, float]]) -> list[QColor]:
    """The colours painted at places of the widget."""
    picture = widget.grab()
    image, ratio = picture.toImage(), picture.devicePixelRatio()
    return [image.pixelColor(QPoint(round(x * ratio), round(y * ratio))) for x, y in places]


def distance(first: QColor, second: QColor | tuple[int, ...]) -> float:
    """How far apart two colours are, in the cube of 0…255."""
    other = second.getRgb()[:3] if isinstance(second, QColor) else second
    return float(np.linalg.norm(np.subtract(first.getRgb()[:3], other)))


class EventCounter(QObject):
    """Counts events by their receiver and type, and keeps their order."""

    def __init__(self, *watched: QObject) -> None:
        super().__init__()
        self._watched = watched
        self.counts: Counter[tuple[QObject, QEvent.Type]] = Counter()
        self.order: list[tuple[QObject, QEvent.Type]] = []
        for one in watched:
            one.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.counts[watched, QEvent.Type(event.type())] += 1
        self.order.append((watched, QEvent.Type(event.type())))
        return False

    def stop(self) -> None:
        for one in self._watched:
            one.removeEventFilter(self)
