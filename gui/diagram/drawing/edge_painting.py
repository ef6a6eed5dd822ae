"""Paints the weights of the network diagram as lines or as matrices.

There may be thousands of lines, so all lines of the same colour and width are drawn in one call.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QLineF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.arrays import Array, Rows
from gui.diagram.connections import Lines, Matrix
from gui.diagram.drawing.edge_quantity import STEPS, steps_of
from gui.diagram.drawing.picture_settings import ANTIALIASING, SMOOTH_IMAGES, PictureSettings
from gui.widgets.images import places, strongest, table_image

LEAST_OVERLAPPING = 1.8
"""The pieces of edges as wide as this overlap, so that no seams are seen; thin ones would look dotted."""
MANY_LINES = 400
PALENESS = 0.85
"""The share of the background in the colours of inactive lines."""


def paint_lines(painter: QPainter, settings: PictureSettings, parts: Sequence[Lines], levels: Sequence[Rows]) -> None:
    """Draw the edges of connections, the strongest on top; ``levels`` are their steps of colour, shapes (edges,)."""
    painter.setRenderHint(ANTIALIASING, lines_are_smooth(settings))
    pairs = list(zip(parts, levels, strict=True))
    for is_active, paleness in ((False, PALENESS), (True, 0.0)):
        chosen = [pair for pair in pairs if settings.connection_is_active(pair[0].layer) is is_active]
        if chosen:
            steps = np.concatenate([np.repeat(own, part.pieces.shape[1]) for part, own in chosen])
            _paint_pieces(painter, settings, [part for part, _ in chosen], steps, paleness)


def _paint_pieces(
    painter: QPainter, settings: PictureSettings, parts: Sequence[Lines], levels: Rows, paleness: float
) -> None:
    """Draw all pieces of these edges, with a step of colour for each; ``paleness`` is the background's share in it."""
    order = np.argsort((2 * np.abs(levels) - (levels < 0)).astype(np.int16), kind="stable")  # of bytes it is quickest
    widths = [settings.line_width(step / STEPS) * (1.0 - 0.5 * paleness) for step in range(STEPS + 1)]
    plain, longer = (
        np.concatenate([pieces.reshape(-1, 4) for pieces in kind])
        for kind in ([part.pieces for part in parts], [part.overlapping_pieces for part in parts])
    )
    is_wide = (np.array(widths) >= LEAST_OVERLAPPING)[np.abs(levels)]
    batch, colors = PrimitiveArray(QLineF, 4), settings.quantity.steps(settings.theme)
    batch.resize(len(levels))
    np.take(np.where(is_wide[:, None], longer, plain), order, axis=0, out=batch.ndarray())
    lines, levels = batch.instances(), levels[order]
    cuts = np.flatnonzero(np.diff(levels, prepend=levels[0] - 1, append=levels[-1] + 1)).tolist()
    for level, start, stop in zip(levels[cuts[:-1]].tolist(), cuts[:-1], cuts[1:], strict=True):
        color = mixed(colors[STEPS + level], settings.ground, paleness) if paleness else colors[STEPS + level]
        painter.setPen(QPen(color, widths[abs(level)], Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLines(lines[start:stop])


def lines_are_smooth(settings: PictureSettings) -> bool:
    """Whether lines are drawn with antialiasing."""
    return settings.quality == 0 or sum(part.size for part in settings.diagram.lines) <= MANY_LINES


def line_levels(settings: PictureSettings, part: Lines, values: Array) -> Rows:
    """The steps of colour of a connection's edges; ``values`` is the quantity as a flat vector."""
    with np.errstate(all="ignore"):
        return steps_of(values[part.start : part.start + part.size] / settings.end)


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
