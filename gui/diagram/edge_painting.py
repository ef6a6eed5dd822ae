"""Paints the weights of the network diagram as lines or as matrices.

There may be thousands of lines, so all lines of the same colour and width are drawn in one call.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PyQt5.QtCore import QLineF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.arrays import Array
from gui.diagram.edge_quantity import STEPS, steps_of
from gui.diagram.geometry import Lines, Matrix
from gui.diagram.picture_settings import ANTIALIASING, SMOOTH_IMAGES, PictureSettings
from gui.widgets.images import places, strongest, table_image

MANY_LINES = 200
PALENESS = 0.75
"""The share of the background in the colours of inactive lines."""


def paint_lines(painter: QPainter, settings: PictureSettings, values: Array) -> None:
    """Draw all edges that are lines, the strongest on top; ``values`` is the quantity as a flat vector."""
    diagram = settings.diagram
    if len(diagram.lines) == 0:
        return
    painter.setRenderHint(ANTIALIASING, settings.quality == 0 or len(diagram.lines) <= MANY_LINES)
    if settings.active_connections is None:
        _paint_some_lines(painter, settings, diagram.lines, values[diagram.indices], 0.0)
        return
    drawn = [part for part in diagram.connections if isinstance(part, Lines)]
    owner = np.concatenate([np.full(part.size, part.layer) for part in drawn])
    is_active = np.isin(owner, list(settings.active_connections))
    for chosen, paleness in ((~is_active, PALENESS), (is_active, 0.0)):
        if chosen.any():
            _paint_some_lines(painter, settings, diagram.lines[chosen], values[diagram.indices[chosen]], paleness)


def _paint_some_lines(
    painter: QPainter, settings: PictureSettings, lines: Array, values: Array, paleness: float
) -> None:
    """Draw lines, shape (n, 4), with values, shape (n,); ``paleness`` is the background's share of their colours."""
    with np.errstate(all="ignore"):
        levels = steps_of(values / settings.end)
    order = np.lexsort((levels, np.abs(levels)))
    levels, lines = levels[order], lines[order]
    cuts = np.flatnonzero(np.diff(levels, prepend=levels[0] - 1, append=levels[-1] + 1))
    widest = settings.diagram.widest() * (1.0 - 0.6 * paleness)
    batch, colors = PrimitiveArray(QLineF, 4), settings.quantity.steps(settings.theme)
    background = settings.theme.color("base")
    for start, stop in pairwise(cuts.tolist()):
        level = int(levels[start])
        color = mixed(colors[STEPS + level], background, paleness) if paleness else colors[STEPS + level]
        painter.setPen(QPen(color, 0.8 + (widest - 0.8) * abs(level) / STEPS))
        batch.resize(stop - start)
        batch.ndarray()[:] = lines[start:stop]
        painter.drawLines(*batch.drawargs())


def paint_matrix(painter: QPainter, settings: PictureSettings, matrix: Matrix, values: Array) -> None:
    """Draw the weights between two layers as one image; ``values`` is the quantity as a flat vector."""
    left, top, width, height = matrix.box
    pixels = round(height * settings.ratio), round(width * settings.ratio)
    picture = strongest(matrix.values(values), *pixels) / settings.end
    painter.setRenderHint(ANTIALIASING, False)
    painter.setRenderHint(SMOOTH_IMAGES, False)
    box = QRectF(left, top, width, height)
    painter.drawImage(box, table_image(places(picture), settings.quantity.colors(settings.theme)))
    painter.setPen(QPen(settings.theme.color("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(-1, -1, 0, 0))
    if not settings.connection_is_active(matrix.layer):
        settings.make_pale(painter, matrix.box)


def mixed(color: QColor, background: QColor, share: float) -> QColor:
    """A colour with this share of the background colour, 0 to 1."""
    pairs = (color.red(), background.red()), (color.green(), background.green()), (color.blue(), background.blue())
    red, green, blue = (round(own + share * (under - own)) for own, under in pairs)
    return QColor(red, green, blue)
