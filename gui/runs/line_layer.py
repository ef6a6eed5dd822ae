"""Many lines in a plot, which keep their picture until lines or range change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PyQt5.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.functions import arrayToQPolygonF

from core.base.values import dataclass
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.plots import CoversView, curve_path
from gui.widgets.qt_objects import existing
from gui.widgets.vector_painting import is_vector

MOST_SMOOTH = 40_000
"""Points of all lines together that are drawn with antialiasing, which takes ten times as long."""


@dataclass(frozen=True, eq=False)
class PlotLine:
    """A line through points x and y, each of shape (points,), interrupted at numbers that are not finite."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    pen: QPen

    @cached_property
    def path(self) -> QPainterPath:
        """The line in the plot's units."""
        return curve_path(self.x, self.y)

    def drawn_with(self, pen: QPen) -> PlotLine:
        """The same line with another pen; both share the path."""
        line = PlotLine(self.x, self.y, pen)
        line.__dict__["path"] = self.path
        return line


@dataclass(frozen=True, eq=False)
class PlotBand:
    """The area between two heights, ``low`` and ``high``, over x, each of shape (points,)."""

    x: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    color: QColor

    @cached_property
    def polygon(self) -> QPolygonF:
        """The area in the plot's units, without the places where a height is not finite."""
        known = np.isfinite(self.low) & np.isfinite(self.high)
        x, low, high = self.x[known], self.low[known], self.high[known]
        polygon: QPolygonF = arrayToQPolygonF(np.append(x, x[::-1]), np.append(low, high[::-1]))
        return polygon


class LineLayer(CoversView, pg.GraphicsObject):
    """Lines over bands; it never moves the visible range."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[PlotLine, ...] = ()
        self._bands: tuple[PlotBand, ...] = ()
        self._picture: QPixmap | None = None
        self._picture_of: tuple[object, ...] = ()

    @property
    def lines(self) -> tuple[PlotLine, ...]:
        """The drawn lines, the lowest first."""
        return self._lines

    @property
    def bands(self) -> tuple[PlotBand, ...]:
        """The drawn bands."""
        return self._bands

    def set_lines(self, lines: Sequence[PlotLine], bands: Sequence[PlotBand] = ()) -> None:
        """Draw these."""
        if lines or bands or self._lines or self._bands:
            self._lines, self._bands, self._picture = tuple(lines), tuple(bands), None
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not self._lines and not self._bands:
            return
        if is_vector(painter):
            self._draw(painter)
            return
        to_device, ratio = painter.worldTransform(), existing(painter.device()).devicePixelRatioF()
        area = to_device.mapRect(self.boundingRect()).toAlignedRect()
        key = to_device, ratio, area
        if self._picture is None or key != self._picture_of:
            picture = empty_picture(area.size() * ratio, ratio)
            with painting(picture) as own:
                own.translate(-area.x(), -area.y())
                own.setTransform(to_device, combine=True)
                self._draw(own)
            self._picture, self._picture_of = picture, key
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(area.topLeft(), self._picture)
        painter.restore()

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, sum(len(line.x) for line in self._lines) <= MOST_SMOOTH)
        painter.setPen(Qt.PenStyle.NoPen)
        for band in self._bands:
            painter.setBrush(QBrush(band.color))
            painter.drawPolygon(band.polygon)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in self._lines:
            painter.setPen(line.pen)
            painter.drawPath(line.path)
