"""Writes a number at each neuron of the network diagram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter

from core.base.arrays import Array
from core.base.number_text import short
from core.explain.picked_part import Edge
from gui.diagram.drawing.picture_settings import ANTIALIASING, GROUND, PictureSettings
from gui.diagram.drawing.tile_painting import dot_radius
from gui.diagram.layer_tiles import LARGEST_TILE
from gui.widgets.flags import CENTER

PLACES = (0.5, 0.32, 0.68, 0.22, 0.78)
"""The shares of the way along an edge at which its number may stand, the best first."""

Numbers = tuple[str, Array]
"""A symbol and its value for each unit of a layer."""


def paint_numbers(painter: QPainter, settings: PictureSettings, numbers: Sequence[Numbers | None], color: str) -> None:
    """Write each neuron's number below its tile, beside it if there is no room below, or on it in a grid.

    A number that does not fit is left out. ``numbers`` has an entry for each layer, or None to write none there;
    ``color`` is the theme's name of the letters' colour.
    """
    font = QFont(settings.font)
    font.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
    metrics = QFontMetricsF(font)
    height = metrics.height()
    painter.setFont(font)
    painter.setRenderHint(ANTIALIASING, True)
    last = len(numbers) - 1
    for number, (layer, named) in enumerate(zip(settings.diagram.layers, numbers, strict=True)):
        if named is None or layer.pitch < height:
            continue
        symbol, values = named
        is_below = layer.columns == 1 and layer.pitch - layer.side >= height
        room = layer.side if layer.columns > 1 else max(settings.diagram.gap - 8.0, LARGEST_TILE)
        for unit, value in enumerate(values):
            text = f"{symbol} {short(float(value), 3)}"
            width = metrics.horizontalAdvance(text)
            if width > room:
                continue
            tile = QRectF(*layer.tile(unit))
            box = QRectF(0, 0, width + 6, height)
            box.moveCenter(tile.center())
            if is_below:
                box.moveTop(tile.bottom() + 0.5)
                if number:  # keep clear of the bias's dot
                    box.moveLeft(max(box.left(), tile.left() + dot_radius(layer) + 1.5))
            elif layer.columns == 1 and number < last:
                box.moveLeft(tile.right() + 2.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(settings.theme.color(GROUND, 220))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(settings.theme.color(color))
            painter.drawText(box, int(CENTER), text)


def paint_edge_numbers(painter: QPainter, settings: PictureSettings, values: Array, count: int) -> None:
    """Write their number on the strongest edges that are lines, where no other number or tile stands.

    ``values`` is the quantity as a flat vector. Of ``count`` numbers, those that find no place are left out, the
    weakest first.
    """
    diagram = settings.diagram
    active = settings.active_connections
    lines = [part for part in diagram.lines if active is None or part.layer in active]
    if not lines:
        return
    indices = np.concatenate([part.start + np.arange(part.size) for part in lines])
    edges = [(part, divmod(number, part.targets)) for part in lines for number in range(part.size)]
    with np.errstate(all="ignore"):
        sizes = np.nan_to_num(np.abs(values[indices]), posinf=0.0)
    strongest = np.argsort(-sizes, kind="stable")[:count]
    font = QFont(settings.font)
    font.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setRenderHint(ANTIALIASING, True)
    taken: list[QRectF] = []
    for number in strongest.tolist():
        if sizes[number] == 0.0:
            break
        part, (source, target) = edges[number]
        text = short(float(values[indices[number]]), 3)
        width = metrics.horizontalAdvance(text) + 8
        if width > part.right - part.left - 4:
            continue
        for share in PLACES:
            box = QRectF(0, 0, width, metrics.height())
            box.moveCenter(QPointF(*part.place(Edge(part.layer, source, target), share)))
            if part.left < box.left() and box.right() < part.right and not any(box.intersects(b) for b in taken):
                taken.append(box)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(settings.theme.color(GROUND, 225))
                painter.drawRoundedRect(box, 4, 4)
                painter.setPen(settings.theme.color("text"))
                painter.drawText(box, int(CENTER), text)
                break
