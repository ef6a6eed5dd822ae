"""Many marks in a plot, drawn in one call from a sheet of small pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, QPolygonF
from PyQt5.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.arrays import Array
from core.base.values import dataclass
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.plots import CoversView
from gui.widgets.qt_objects import existing
from gui.widgets.theme import GLYPHS, Theme
from gui.widgets.vector_painting import is_vector

Pair = tuple[float, float]


@dataclass(frozen=True)
class PointMark:
    """The look of a point: a filled circle or a diamond, with or without a ring; None leaves a part out.

    Attributes:
        size: the diameter of the point in pixels. ring_size: that of the ring.
        fill, edge, ring, inside: colours. edge_width, ring_width: in pixels.
        glyph: what stands inside the circle, see :data:`gui.widgets.theme.GLYPHS`.
    """

    size: float = 7.0
    fill: QColor | None = None
    edge: QColor | None = None
    edge_width: float = 0.7
    diamond: bool = False
    ring: QColor | None = None
    ring_size: float = 12.0
    ring_width: float = 1.6
    glyph: str = GLYPHS[0]
    inside: QColor | None = None

    @property
    def extent(self) -> float:
        """The side of the square that holds the mark, in pixels."""
        ring = self.ring_size + self.ring_width if self.ring is not None else 0.0
        return max(self.size + self.edge_width, ring) + 2.0

    def paint(self, painter: QPainter, center: QPointF) -> None:
        """Draw the mark around a place."""
        half = self.size / 2.0
        painter.setPen(QPen(self.edge, self.edge_width) if self.edge is not None else QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QBrush(self.fill) if self.fill is not None else QBrush(Qt.BrushStyle.NoBrush))
        if self.diamond:
            corners = ((0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0))
            painter.drawPolygon(QPolygonF([center + QPointF(*corner) for corner in corners]))
        elif self.fill is not None or self.edge is not None:
            painter.drawEllipse(center, half, half)
        if self.inside is not None and self.glyph != GLYPHS[0]:
            painter.setPen(QPen(self.inside, 0.25 * self.size))
            reach = 0.3 * half if self.glyph == "◉" else 0.7 * half
            painter.drawLine(center - QPointF(reach, 0.0), center + QPointF(reach, 0.0))
            if self.glyph != "⊖":
                painter.drawLine(center - QPointF(0.0, reach), center + QPointF(0.0, reach))
        if self.ring is not None:
            painter.setPen(QPen(self.ring, self.ring_width))
            painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
            painter.drawEllipse(center, self.ring_size / 2.0, self.ring_size / 2.0)


def point_mark(color: QColor, glyph: str, size: float, theme: Theme) -> PointMark:
    """A circle of this colour with a diameter of ``size`` pixels and with this glyph inside."""
    edge = theme.color("base")
    return PointMark(size, fill=color, edge=edge, edge_width=0.1 * size, glyph=glyph, inside=edge)


class MarkLayer(CoversView, pg.GraphicsObject):
    """Points of a plot, each with one of a few marks.

    A ``kept`` layer keeps its picture until its points, its marks or the visible range change, so that a frame in which
    something else changed costs only a copy of pixels.
    """

    def __init__(self, kept: bool) -> None:
        super().__init__()
        self._kept = kept
        self._points = np.zeros((0, 2))
        self._mark_numbers = np.zeros(0, dtype=np.int64)
        self._opacity: Array | None = None
        self._marks: tuple[PointMark, ...] = ()
        self._sheet: QPixmap | None = None
        self._picture: QPixmap | None = None
        self._picture_of: tuple[object, ...] = ()
        self._fragments_of: tuple[object, ...] = ()
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)

    def set_marks(self, marks: Sequence[PointMark]) -> None:
        """Set the marks that :meth:`set_points` refers to by number."""
        self._marks = tuple(marks)
        self._sheet = self._picture = None
        self._fragments_of = ()
        self.update()

    def set_points(self, points: Array, mark_numbers: NDArray[np.int64], opacity: Array | None = None) -> None:
        """Draw points of shape (n, 2) in the plot's units, later ones on top, with marks given by number, shape (n,).

        The opacity has shape (n,), 0 to 1; None to draw all fully opaque.
        """
        if not (len(points) or len(self._points)):
            return
        self._points, self._mark_numbers, self._opacity = points, mark_numbers, opacity
        self._picture = None
        self._fragments_of = ()
        self.update()

    @property
    def points(self) -> Array:
        """The drawn points, shape (n, 2)."""
        return self._points

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if len(self._points) == 0 or not self._marks:
            return
        to_device = painter.worldTransform()
        ratio = existing(painter.device()).devicePixelRatioF()
        scale, shift = (to_device.m11(), to_device.m22()), (to_device.dx(), to_device.dy())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if is_vector(painter):
            self._draw_shapes(painter, self._points * scale + shift, to_device.mapRect(self.boundingRect()))
        elif self._kept:
            area = to_device.mapRect(self.boundingRect()).toAlignedRect()
            key = scale, shift, ratio, area.getRect()
            if self._picture is None or self._picture_of != key:
                at = shift[0] - area.x(), shift[1] - area.y()
                self._picture = self._paint_picture(scale, at, area.size(), ratio)
                self._picture_of = key
            painter.drawPixmap(area.topLeft(), self._picture)
        else:
            self._draw(painter, scale, shift, ratio)
        painter.restore()

    def _draw_shapes(self, painter: QPainter, at: Array, area: QRectF) -> None:
        """Draw each mark as shapes, for a vector picture; ``at`` has shape (n, 2), in pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = painter.opacity()
        opacity = np.ones(len(at)) if self._opacity is None else self._opacity
        for (x, y), number, share in zip(at.tolist(), self._mark_numbers.tolist(), opacity.tolist(), strict=True):
            if area.contains(x, y):
                painter.setOpacity(whole * share)
                self._marks[number].paint(painter, QPointF(x, y))

    def _paint_picture(self, scale: Pair, shift: Pair, size: QSize, ratio: float) -> QPixmap:
        picture = empty_picture(size * ratio, ratio)
        with painting(picture) as painter:
            self._draw(painter, scale, shift, ratio)
        return picture

    def _draw(self, painter: QPainter, scale: Pair, shift: Pair, ratio: float) -> None:
        """Draw all marks in one call; ``scale`` and ``shift`` map the points to pixels of the device."""
        if self._sheet is None or self._sheet.devicePixelRatioF() != ratio:
            self._sheet = self._paint_sheet(ratio)
        device = existing(painter.device())
        size = device.width() / ratio, device.height() / ratio
        key = scale, shift, ratio, size
        if key != self._fragments_of:
            self._place(self._points * scale + shift, size, ratio)
            self._fragments_of = key
        [array] = self._fragments.drawargs()
        painter.drawPixmapFragments(array, self._sheet)

    def _place(self, at: Array, size: Pair, ratio: float) -> None:
        """Place a fragment of the sheet at each visible point; ``at`` has shape (n, 2), in pixels of the device."""
        assert self._sheet is not None
        cell = self._sheet.height()
        seen = ((at > -cell) & (at < np.add(size, cell))).all(axis=1)
        at, mark_numbers = at[seen], self._mark_numbers[seen]
        self._fragments.resize(len(at))
        fragments = self._fragments.ndarray()
        fragments[:, 0:2] = np.round(at * ratio) / ratio  # at whole pixels fragments are copied, else blended
        fragments[:, 2] = mark_numbers * cell
        fragments[:, 3] = 0.0
        fragments[:, 4:6] = cell
        fragments[:, 6:10] = 1.0 / ratio, 1.0 / ratio, 0.0, 1.0
        if self._opacity is not None:
            fragments[:, 9] = self._opacity[seen]

    def _paint_sheet(self, ratio: float) -> QPixmap:
        """The marks side by side in equal squares, an even number of pixels wide so that centers are whole."""
        side = 2 * math.ceil(max(mark.extent for mark in self._marks) * ratio / 2.0)
        sheet = empty_picture(QSize(side * len(self._marks), side), ratio)
        with painting(sheet) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, mark in enumerate(self._marks):
                mark.paint(painter, QPointF((number + 0.5) * side / ratio, 0.5 * side / ratio))
        return sheet


class PictureItem(pg.GraphicsObject):
    """An image stretched over a rectangle of the plot; row 0 lies at the lowest y."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._rect = QRectF()

    def set_picture(self, image: QImage, rect: QRectF) -> None:
        """Draw another image; ``rect`` is in the plot's units."""
        if rect != self._rect:
            self.prepareGeometryChange()
        self._image, self._rect = image, rect
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def dataBounds(self, *_: object, **__: object) -> tuple[None, None]:
        """The picture never moves the visible range."""
        return None, None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            painter.drawImage(self._rect, self._image)
