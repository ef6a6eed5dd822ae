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
from gui.diagram.connections import Matrix
from gui.diagram.drawing.edge_quantity import STEPS, steps_of
from gui.diagram.drawing.picture_settings import ANTIALIASING, SMOOTH_IMAGES, PictureSettings
from gui.widgets.images import places, strongest, table_image

MANY_LINES = 400
PALENESS = 0.85
"""The share of the background in the colours of inactive lines."""


def paint_lines(painter: QPainter, settings: PictureSettings, values: Array) -> None:
    """Draw all edges that are lines, the strongest on top; ``values`` is the quantity as a flat vector."""
    diagram = settings.diagram
    if len(diagram.indices) == 0:
        return
    painter.setRenderHint(ANTIALIASING, settings.quality == 0 or len(diagram.indices) <= MANY_LINES)
    if settings.active_connections is None:
        _paint_some_lines(painter, settings, diagram.pieces, values[diagram.indices], 0.0)
        return
    owner = np.concatenate([np.full(part.size, part.layer) for part in diagram.lines])
    is_active = np.isin(owner, list(settings.active_connections))
    for chosen, paleness in ((~is_active, PALENESS), (is_active, 0.0)):
        if chosen.any():
            _paint_some_lines(painter, settings, diagram.pieces[chosen], values[diagram.indices[chosen]], paleness)


def _paint_some_lines(
    painter: QPainter, settings: PictureSettings, pieces: Array, values: Array, paleness: float
) -> None:
    """Draw edges of shape (n, pieces, 4) with values of shape (n,).

    ``paleness`` is the background's share of their colours. Pieces do not overlap, or edges would look dotted.
    """
    with np.errstate(all="ignore"):
        levels = steps_of(values / settings.end)
    order = np.lexsort((levels, np.abs(levels)))
    levels, pieces = levels[order], pieces[order]
    cuts = np.flatnonzero(np.diff(levels, prepend=levels[0] - 1, append=levels[-1] + 1))
    batch, colors = PrimitiveArray(QLineF, 4), settings.quantity.steps(settings.theme)
    ground = settings.ground
    for start, stop in pairwise(cuts.tolist()):
        level = int(levels[start])
        color = mixed(colors[STEPS + level], ground, paleness) if paleness else colors[STEPS + level]
        width = settings.line_width(level / STEPS) * (1.0 - 0.5 * paleness)
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        lines = pieces[start:stop].reshape(-1, 4)
        batch.resize(len(lines))
        batch.ndarray()[:] = lines
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
