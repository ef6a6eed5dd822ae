"""Says whose borders lie in the plot of the data: those under the mouse, and all of them at its foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QObject, QPointF, Qt
from PyQt5.QtGui import QColor, QPainter
from PyQt5.QtWidgets import QLabel, QStyleOptionGraphicsItem, QToolTip, QWidget

from core.base.translation import ngettext
from core.base.typeset import escaped
from gui.decision.place_line import foot
from gui.runs.line_layer import PlotLine
from gui.widgets.plots import FOOT_SIDE, CoversView, Plot

MOST_MARKS = 5


class BorderKey(QLabel):
    """Names the runs whose borders lie in a plot, at its foot, while nothing is told there of a place."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._borders: tuple[tuple[QColor, str], ...] = ()
        self.setProperty("role", "faint")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(FOOT_SIDE, 0, 0, 0)
        plot.installEventFilter(self)
        self.hide()

    def show_borders(self, borders: Sequence[tuple[QColor, str]]) -> None:
        """Name other ones, with their colours; none to hide the key."""
        if tuple(borders) != self._borders:
            self._borders = tuple(borders)
            self.setVisible(bool(borders))
            self._lie()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.FontChange):
            self._lie()
        return False

    def _lie(self) -> None:
        """Lie beside the title of the axis, with the names if they have room, else with their number."""
        marks = [f"<span style='color:{color.name()}'>▬</span>" for color, _name in self._borders]
        names = [f"{mark}&nbsp;{escaped(name)}" for mark, (_color, name) in zip(marks, self._borders, strict=True)]
        few, n = "".join(marks[:MOST_MARKS]), len(marks)
        number = ngettext("{marks} border of another run", "{marks} borders of {n} other runs", n)
        for text in ("&nbsp; ".join(names), number.format(marks=few, n=n), few):
            self.setText(text)
            place = foot(self._plot, self.sizeHint())
            if place.width() < self._plot.width():  # beside the title
                break
        self.setGeometry(place)


class BorderTips(CoversView, pg.GraphicsObject):
    """Says under the mouse whose borders they are.

    Args:
        find: the borders at a place of the plot, given the size of a pixel.
    """

    def __init__(self, find: Callable[[QPointF, tuple[float, float]], list[tuple[QColor, str]]]) -> None:
        super().__init__()
        self._find, self._shown = find, False

    def hoverEvent(self, event: Any) -> None:  # noqa: ANN401 (pyqtgraph's own)
        """The mouse moved over the plot, or left it."""
        width, height = self.pixelVectors()
        found = []
        if not event.isExit() and width is not None and height is not None:
            found = self._find(event.pos(), (abs(float(width.x())), abs(float(height.y()))))
        if found:
            lines = [f"<span style='color:{color.name()}'>▬</span> {escaped(name)}" for color, name in found]
            title = ngettext("The border of another run:", "The borders of other runs:", len(found))
            QToolTip.showText(event.screenPos().toPoint(), "<br>".join([title, *lines]), self.getViewWidget())
        elif self._shown:
            QToolTip.hideText()
        self._shown = bool(found)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        """Nothing is drawn."""


def distance_to_line(line: PlotLine, place: QPointF, pixel: tuple[float, float]) -> float:
    """How far a line runs from a place, in pixels; infinite for no line."""
    points: NDArray[np.float64] = np.column_stack([line.x - place.x(), line.y - place.y()]) / pixel
    start, along = points[:-1], np.diff(points, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.clip(np.nan_to_num(-(start * along).sum(axis=1) / (along * along).sum(axis=1)), 0.0, 1.0)
        away = np.hypot(*(start + part[:, None] * along).T)
    away = away[np.isfinite(away)]
    return float(away.min()) if len(away) else float("inf")
