"""Paints the light that runs along the edges while training plays, in the direction of the forward pass."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QLineF, QPointF, QRect, Qt
from PyQt5.QtGui import QPainter, QPen, QRegion
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.arrays import Array, Rows
from gui.diagram.connections import Lines, Matrix, curve_rise
from gui.diagram.drawing.picture_settings import ANTIALIASING, PictureSettings

MOST_LIT = 40
"""Edges of a connection that are lit: the strongest ones."""
TAIL, PIECES = 0.2, 4
"""The length of a light, as a share of its edge, and the straight pieces that it is drawn as."""
WIDTH = 3.6
FAR = QRect(-10_000, -10_000, 30_000, 30_000)


def paint_light(painter: QPainter, settings: PictureSettings, values: Array, share: float) -> None:
    """Paint the light after a share of its way through the whole network, 0 to 1."""
    place = share * (len(settings.diagram.connections) + TAIL)
    painter.save()
    painter.setRenderHint(ANTIALIASING, True)
    for number, connection in enumerate(settings.diagram.connections):
        end = place - number
        if not 0.0 < end < 1.0 + TAIL:
            continue
        if isinstance(connection, Matrix):
            _paint_line(painter, settings, connection, end)
        else:
            painter.setClipRegion(_between_tiles(settings, connection))
            _paint_tails(painter, settings, connection, values, end)
    painter.restore()


def _between_tiles(settings: PictureSettings, part: Lines) -> QRegion:
    """The surroundings of a connection without the tiles at its ends, which are not to be covered."""
    region = QRegion(FAR)
    for layer in settings.diagram.layers[part.layer - 1 : part.layer + 1]:
        for tile in layer.tiles:
            region -= QRegion(tile.toAlignedRect())
    return region


def _paint_tails(painter: QPainter, settings: PictureSettings, part: Lines, values: Array, end: float) -> None:
    places = np.clip(np.linspace(end - TAIL, end, PIECES + 1), 0.0, 1.0)
    x1, y1, x2, y2 = part.lines[_strongest(values[part.start : part.start + part.size])].T[:, :, None]
    left, right = np.maximum(x1, part.left), np.minimum(x2, part.right)
    xs, ys = left + (right - left) * places, y1 + (y2 - y1) * curve_rise(places)
    batch = PrimitiveArray(QLineF, 4)
    batch.resize(len(xs))
    for piece in range(PIECES):
        lines = batch.ndarray()
        lines[:, 0], lines[:, 1] = xs[:, piece], ys[:, piece]
        lines[:, 2], lines[:, 3] = xs[:, piece + 1], ys[:, piece + 1]
        color = settings.theme.color("accent", 255 * (piece + 1) // PIECES)
        # Qt draws lines with round ends one by one, which takes three times as long.
        cap = Qt.PenCapStyle.SquareCap if piece == PIECES - 1 else Qt.PenCapStyle.FlatCap
        painter.setPen(QPen(color, WIDTH, Qt.PenStyle.SolidLine, cap))
        painter.drawLines(*batch.drawargs())


def _strongest(values: Array) -> Rows:
    """The places of the largest magnitudes."""
    if len(values) <= MOST_LIT:
        return np.arange(len(values))
    return np.argpartition(np.abs(values), -MOST_LIT)[-MOST_LIT:]


def _paint_line(painter: QPainter, settings: PictureSettings, matrix: Matrix, end: float) -> None:
    left, top, width, height = matrix.box
    x = left + min(end, 1.0) * width
    painter.setPen(QPen(settings.theme.color("accent"), WIDTH))
    painter.drawLine(QPointF(x, top), QPointF(x, top + height))
