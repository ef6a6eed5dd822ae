"""Says under the mouse whose borders lie there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QColor, QPainter
from PyQt5.QtWidgets import QStyleOptionGraphicsItem, QToolTip, QWidget

from core.base.translation import ngettext
from core.base.typeset import escaped
from gui.runs.line_layer import PlotLine
from gui.widgets.plots import CoversView


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
