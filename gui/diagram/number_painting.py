"""Writes a number at each neuron of the network diagram."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import QRectF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter

from core.base.arrays import Array
from core.base.number_text import short
from gui.diagram.geometry import LARGEST_TILE
from gui.diagram.picture_settings import ANTIALIASING, PictureSettings
from gui.diagram.tile_painting import dot_radius
from gui.widgets.flags import CENTER

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
            painter.setBrush(settings.theme.color("base", 220))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(settings.theme.color(color))
            painter.drawText(box, int(CENTER), text)
