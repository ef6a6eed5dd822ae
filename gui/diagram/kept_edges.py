"""The background with the edges on it, kept from frame to frame."""

from __future__ import annotations

import math

from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QPainter, QPixmap

from core.base.arrays import Array, Rows
from gui.diagram.connections import Lines
from gui.diagram.drawing.edge_painting import line_levels, lines_are_smooth, paint_lines
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.widgets.ending_painter import painting

MARGIN = 4.0


class KeptEdges:
    """Paints only connections in which an edge has another step of colour.

    While a run plays, most steps stay for many frames. Connections that overlap, as at a staggered layer, are painted
    together. It must forget everything for another background, geometry, quantity or theme, or other active layers.
    """

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._groups: list[list[Lines]] = []
        self._painted: dict[int, bytes] = {}  # by the first layer of each group

    def forget(self) -> None:
        """Paint all edges anew."""
        self._pixmap = None

    def pixmap(self, background: QPixmap, settings: PictureSettings, values: Array) -> QPixmap:
        """The background with all edges; ``values`` is the quantity as a flat vector."""
        if self._pixmap is None:
            self._pixmap = QPixmap(background)
            self._groups = _groups(settings.diagram.lines)
            self._painted.clear()
        is_smooth = bytes([lines_are_smooth(settings)])
        parts: list[Lines] = []
        steps: list[Rows] = []
        with painting(self._pixmap) as painter:
            for group in self._groups:
                levels = [line_levels(settings, part, values) for part in group]
                key, first = is_smooth + b"".join(each.tobytes() for each in levels), group[0].layer
                if self._painted.get(first) != key:
                    if first in self._painted:
                        _restore(painter, background, group)
                    self._painted[first] = key
                    parts += group
                    steps += levels
            paint_lines(painter, settings, parts, steps)
        return self._pixmap


def _groups(parts: list[Lines]) -> list[list[Lines]]:
    """Neighbouring connections whose rectangles overlap."""
    groups: list[list[Lines]] = []
    end = -math.inf
    for part in parts:
        left, _, width, _ = part.box
        if left < end:
            groups[-1].append(part)
        else:
            groups.append([part])
        end = left + width
    return groups


def _restore(painter: QPainter, background: QPixmap, group: list[Lines]) -> None:
    """Paint the background over the edges of a group, to whole pixels of the screen."""
    ratio = background.devicePixelRatioF()
    area = QRectF()
    for part in group:
        area |= QRectF(*part.box).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    source = QRectF(QRectF(area.topLeft() * ratio, area.size() * ratio).toAlignedRect())
    painter.drawPixmap(QRectF(source.topLeft() / ratio, source.size() / ratio), background, source)
