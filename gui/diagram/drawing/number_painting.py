"""Writes a number at each neuron of the network diagram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter

from core.base.arrays import Array
from core.base.number_text import rough, short
from core.explain.picked_part import Edge
from gui.diagram.drawing.caption_painting import captions_of_matrices
from gui.diagram.drawing.picture_settings import ANTIALIASING, GROUND, PictureSettings
from gui.diagram.drawing.tile_painting import dot_radius
from gui.diagram.geometry import Diagram
from gui.widgets.flags import CENTER

DIGITS = (3, 2)
"""How many digits the number of a neuron has, and where there is little room."""
NAME_GAP = 5.0
"""Between the name of an input and its tile."""
PLACES = (0.5, 0.32, 0.68, 0.22, 0.78)
"""The shares of the way along an edge at which its number may stand, the best first."""

Numbers = tuple[str, Array]
"""A symbol and its value for each unit of a layer."""


def paint_numbers(painter: QPainter, settings: PictureSettings, numbers: Sequence[Numbers | None], color: str) -> None:
    """Write each neuron's number below its tile, beside it if there is no room below, or else on it.

    That of an output stands on its tile, or left of it where it is wider. A number has fewer digits where more have no
    room, and at last no symbol beside the name of an input and at an output. One that would lie over another number,
    another tile, the name of an input or a caption is left out. ``numbers`` has an entry for each layer, or None to
    write none there; ``color`` is the theme's name of the letters' colour.
    """
    font = QFont(settings.font)
    font.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setRenderHint(ANTIALIASING, True)
    taken = [box for box, _text in captions_of_matrices(settings)]
    for number, (layer, named) in enumerate(zip(settings.diagram.layers, numbers, strict=True)):
        if named is None or max(layer.pitch, layer.side) < metrics.height():
            continue
        symbol, values = named
        is_output = number == len(settings.diagram.layers) - 1
        for unit, value in enumerate(values):
            figures = [short(float(value), digits) for digits in DIGITS]
            if is_output:
                figures.append(rough(float(value)))
            texts = [f"{symbol} {text}" for text in figures] + (figures if not number or is_output else [])
            found = _free_place(settings.diagram, number, unit, texts, metrics, taken)
            if found is None:
                continue
            box, text = found
            taken.append(box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(settings.theme.color(GROUND, 220))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(settings.theme.color(color))
            painter.drawText(box, int(CENTER), text)


def _free_place(
    diagram: Diagram, number: int, unit: int, texts: Sequence[str], metrics: QFontMetricsF, taken: Sequence[QRectF]
) -> tuple[QRectF, str] | None:
    """The place of a unit's number in a layer, and the first of its texts that has room there; None for no place."""
    layer = diagram.layers[number]
    tile = QRectF(*layer.tile(unit))
    for text in texts:
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height())
        box.moveCenter(tile.center())
        if layer.columns > 1:
            if box.width() <= layer.side + 6:
                return box, text
            continue
        if box.width() > max(diagram.gap - layer.side / 2.0 - 4.0, layer.side + 6.0):  # it would reach the next layer
            continue
        others = [*taken, *(other for k, other in enumerate(layer.tiles) if k != unit)]
        others += [QRectF(*near.box) for near in diagram.layers[max(0, number - 1) : number + 2] if near is not layer]
        if not number:
            others += [*diagram.unused, QRectF(0.0, 0.0, tile.left() - NAME_GAP, diagram.height)]
        left = box.translated(tile.left() - 4.0 - box.right(), 0.0)
        is_output = number == len(diagram.layers) - 1
        for place in (_beside(diagram, number, tile, box), *([left] if layer.is_staggered or is_output else []), box):
            if is_output and box.width() > layer.side + 6.0 and place.intersects(tile):  # beside it is the class dot
                continue
            if not any(place.intersects(other) for other in others):
                return place, text
    return None


def _beside(diagram: Diagram, number: int, tile: QRectF, box: QRectF) -> QRectF:
    """A box below a tile of a column, or right of it where there is no room below; over the tile of an output."""
    layer, place = diagram.layers[number], QRectF(box)
    own_pitch = layer.pitch * (2 if layer.is_staggered else 1)
    if own_pitch - layer.side >= box.height():
        place.moveTop(min(tile.bottom() + 0.5, diagram.height - place.height()))
        if number:  # keep clear of the bias's dot
            place.moveLeft(max(place.left(), tile.left() + dot_radius(layer) + 1.5))
    elif number < len(diagram.layers) - 1:
        place.moveLeft(tile.right() + 2.0)
    return place


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
