"""Paints the neurons of the network diagram: their activation maps as tiles, and their biases as dots or corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PyQt5.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt5.QtGui import QImage, QPainter, QPainterPath, QPen

from core.base.arrays import Array, Rows
from core.network.network import count_parameters
from gui.diagram.drawing.edge_quantity import STEPS, EdgeQuantity, steps_of
from gui.diagram.drawing.picture_settings import ANTIALIASING, GROUND, SMOOTH_IMAGES, PictureSettings
from gui.diagram.layer_tiles import WIDE, Layer
from gui.widgets.ending_painter import painting
from gui.widgets.images import Places, Words, draw_pieces, mosaic, places, resampled, word_image
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

SMALLEST_MAP_TILE = 6.0
SMALLEST_ROUND_TILE = 14.0
ROUNDNESS = 4.0
UNUSED_OPACITY, UNUSED_FRAME_ALPHA = 0.32, 80
SMALLEST_SEPARATED_TILE = 10.0
SMALLEST_CORNER_TILE = 20.0
LEAST_CORNER_CELLS = 7
CORNER_PIXELS = 6.0
"""The side of the square that shows a bias, at most a seventh of its tile."""


def paint_tiles(painter: QPainter, settings: PictureSettings, maps: Sequence[Places] | None, values: Array) -> None:
    """Draw all neurons with their activation maps and biases.

    ``maps`` has for each layer shades of shape (units, rows, columns), or is None if they are unknown; ``values`` is
    the shown quantity as a flat vector.
    """
    layers = settings.diagram.layers
    columns = [number for number, layer in enumerate(layers) if len(layer.centers) <= WIDE]
    for number in set(range(len(layers))).difference(columns):
        of_layer = maps[number] if maps is not None else None
        classes = settings.class_outputs if number == len(layers) - 1 else 0
        _paint_grid(painter, settings, layers[number], of_layer, _biases(settings, number, values), classes)
    _paint_columns(
        painter, settings, [layers[k] for k in columns], [maps[k] for k in columns] if maps is not None else None
    )
    _paint_bias_dots(painter, settings, values)
    for number, layer in enumerate(layers):
        if not settings.layer_is_active(number):
            settings.make_pale(painter, layer.box)


def _biases(settings: PictureSettings, layer: int, values: Array) -> Array | None:
    """The quantity of a layer's biases as shares of the scale, −1 to 1; None for the inputs, which have no biases."""
    if layer == 0:
        return None
    after = count_parameters(settings.diagram.sizes[: layer + 1])
    return (values[after - settings.diagram.sizes[layer] : after] / settings.end).clip(-1.0, 1.0)


def _paint_columns(
    painter: QPainter, settings: PictureSettings, layers: Sequence[Layer], maps: Sequence[Places] | None
) -> None:
    """Draw the tiles of the layers in columns with their frames."""
    known = [k for k, layer in enumerate(layers) if maps is not None and layer.side >= SMALLEST_MAP_TILE]
    if maps is not None and known:
        boxes = np.concatenate([layers[k].boxes for k in known])
        classes = settings.class_outputs if len(settings.diagram.sizes) - 1 in known else 0
        _paint_maps(painter, settings, boxes, np.concatenate([maps[k] for k in known]), classes)
    for k in set(range(len(layers))).difference(known):
        _fill_tiles(painter, settings, layers[k].tiles)
    for boxes in _by_side(layers).values():
        _paint_frames(painter, settings, boxes)


def _by_side(layers: Sequence[Layer]) -> dict[float, Array]:
    """The tiles of all layers by their side, shape (tiles, 4)."""
    sides = dict.fromkeys(layer.side for layer in layers)
    return {side: np.concatenate([layer.boxes for layer in layers if layer.side == side]) for side in sides}


def paint_unused(painter: QPainter, settings: PictureSettings, maps: Places | None) -> None:
    """Draw the inputs that the network does not use; ``maps`` has shape (inputs, rows, columns)."""
    tiles = settings.diagram.unused
    if tiles and (maps is None or len(maps) >= len(tiles)):
        boxes = np.array([tile.getRect() for tile in tiles])
        painter.setOpacity(UNUSED_OPACITY)
        if maps is not None and tiles[0].width() >= SMALLEST_MAP_TILE:
            _paint_maps(painter, settings, boxes, maps[: len(tiles)])
        else:
            _fill_tiles(painter, settings, tiles)
        painter.setOpacity(1.0)
        _paint_frames(painter, settings, boxes, UNUSED_FRAME_ALPHA)


def _words(theme: Theme, maps: Places, classes: int) -> Words:
    """The colours of maps, shape (n, rows, columns), from the top row on; the last ``classes`` are of classes."""
    words = theme.map_table(None).take(maps)
    for number in range(classes):
        place = len(maps) - classes + number
        words[place] = theme.map_table(number).take(maps[place])
    return words[:, ::-1]


def _paint_maps(painter: QPainter, settings: PictureSettings, boxes: Array, maps: Places, classes: int = 0) -> None:
    """Draw maps, shape (n, rows, columns), in tiles, shape (n, 4); see :func:`_words`."""
    painter.setRenderHint(ANTIALIASING, False)
    painter.setRenderHint(SMOOTH_IMAGES, True)
    n, rows, columns = maps.shape
    image = word_image(_words(settings.theme, maps, classes).reshape(-1, columns), QImage.Format.Format_RGB32)
    if is_vector(painter):  # Qt's SVG would take the whole image
        for unit, box in enumerate(boxes.tolist()):
            painter.drawImage(QRectF(*box), image.copy(0, unit * rows, columns, rows))
    else:
        draw_pieces(painter, image, (columns, rows), rows * np.arange(n), boxes)


def _fill_tiles(painter: QPainter, settings: PictureSettings, tiles: Sequence[QRectF]) -> None:
    """Fill tiles whose maps are unknown, or too small to be seen."""
    for tile in tiles:
        painter.fillRect(tile, settings.theme.color("faint"))


def _paint_frames(painter: QPainter, settings: PictureSettings, boxes: Array, alpha: int = 255) -> None:
    """Draw a frame around tiles of one size, shape (n, 4), with round corners if they are large enough."""
    side = float(boxes[0, 2])
    if side < SMALLEST_MAP_TILE:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(settings.theme.color("faint", alpha), 1.0))
    if side < SMALLEST_ROUND_TILE:
        painter.drawRects(*(QRectF(*box).adjusted(0, 0, -1, -1) for box in boxes.tolist()))
    elif is_vector(painter):
        for box in boxes.tolist():
            painter.drawRoundedRect(QRectF(*box).adjusted(0.5, 0.5, -0.5, -0.5), ROUNDNESS, ROUNDNESS)
    else:
        frame = _frame(side, settings.ratio, settings.theme, alpha)
        draw_pieces(painter, frame, (frame.width(), frame.height()), np.zeros(len(boxes)), boxes)


@lru_cache(maxsize=32)
def _frame(side: float, ratio: float, theme: Theme, alpha: int) -> QImage:
    """A frame with round corners, outside which it has the background's colour."""
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    square, rounded = QRectF(0, 0, side, side), QRectF(0.5, 0.5, side - 1.0, side - 1.0)
    outside = QPainterPath()
    outside.addRect(square)
    outside.addRoundedRect(rounded, ROUNDNESS, ROUNDNESS)
    with painting(image) as painter:
        painter.setRenderHint(ANTIALIASING, True)
        painter.fillPath(outside, theme.color(GROUND))
        painter.setPen(QPen(theme.color("faint", alpha), 1.0))
        painter.drawRoundedRect(rounded, ROUNDNESS, ROUNDNESS)
    return image


def _paint_bias_dots(painter: QPainter, settings: PictureSettings, values: Array) -> None:
    """Draw each bias of the columns as a dot in the lower left corner of its tile."""
    sheets: dict[float, list[tuple[Array, Rows]]] = {}
    for number, layer in enumerate(settings.diagram.layers):
        biases = _biases(settings, number, values)
        if biases is not None and len(layer.centers) <= WIDE and layer.side >= SMALLEST_MAP_TILE:
            corners = layer.boxes[:, :2] + (0.0, layer.side)
            sheets.setdefault(dot_radius(layer), []).append((corners, STEPS + steps_of(biases)))
    for radius, parts in sheets.items():
        corners, levels = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        if is_vector(painter):
            for (x, y), level in zip(corners.tolist(), levels.tolist(), strict=True):
                _paint_dot(painter, settings.theme, settings.quantity, level, QPointF(x, y), radius)
            continue
        side = 2.0 * radius + 2.0
        pixels = side * settings.ratio
        dots = _dots(settings.quantity, settings.theme, radius, settings.ratio)
        targets = np.column_stack([corners - side / 2.0, np.full((len(levels), 2), side)])
        draw_pieces(painter, dots, (pixels, pixels), pixels * levels, targets)


def _paint_dot(
    painter: QPainter, theme: Theme, quantity: EdgeQuantity, level: int, middle: QPointF, radius: float
) -> None:
    painter.setRenderHint(ANTIALIASING, True)
    painter.setPen(QPen(theme.color("faint"), 1.0))
    painter.setBrush(quantity.steps(theme)[level])
    painter.drawEllipse(middle, radius, radius)


@lru_cache(maxsize=32)
def _dots(quantity: EdgeQuantity, theme: Theme, radius: float, ratio: float) -> QImage:
    """A dot of every step of colour, one below the other."""
    side = 2.0 * radius + 2.0
    steps = len(quantity.steps(theme))
    image = QImage(
        math.ceil(side * ratio), math.ceil(steps * side * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )  # fmt: skip
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        for level in range(steps):
            _paint_dot(painter, theme, quantity, level, QPointF(side / 2.0, (level + 0.5) * side), radius)
    return image


def _paint_grid(
    painter: QPainter, settings: PictureSettings, layer: Layer, maps: Places | None, biases: Array | None, classes: int
) -> None:
    """Draw the tiles of a grid as one image, lines between them, and the biases as small squares on top."""
    left, top, width, height = layer.box
    box = QRectF(left, top, width, height)
    painter.setRenderHint(ANTIALIASING, False)
    if maps is None:
        painter.fillRect(box, settings.theme.color("neutral"))
    else:
        cells = max(1, round(layer.side * settings.ratio))
        picture = mosaic(_words(settings.theme, resampled(maps, cells), classes), layer.columns)
        painter.setRenderHint(SMOOTH_IMAGES, maps.shape[1] < cells)
        painter.drawImage(box, word_image(picture, QImage.Format.Format_RGB32))
    if biases is not None and layer.side >= SMALLEST_CORNER_TILE:
        painter.setRenderHint(SMOOTH_IMAGES, False)
        painter.drawImage(box, _corners(settings, layer, biases))
    if layer.side >= SMALLEST_SEPARATED_TILE:
        _separate_tiles(painter, settings, layer, box)
    unused = layer.rows * layer.columns - len(layer.centers)
    if unused:
        rest = QRectF(box.right() - unused * layer.side, box.bottom() - layer.side, unused * layer.side, layer.side)
        painter.fillRect(rest.adjusted(0, 0, 1, 1), settings.ground)


def _separate_tiles(painter: QPainter, settings: PictureSettings, layer: Layer, box: QRectF) -> None:
    """Draw lines of the background colour between the tiles of a grid."""
    painter.setPen(QPen(settings.ground, 1.0 if layer.side < 24 else 2.0))
    lines = [QLineF(x, box.top(), x, box.bottom()) for x in box.left() + layer.side * np.arange(layer.columns + 1)]
    lines += [QLineF(box.left(), y, box.right(), y) for y in box.top() + layer.side * np.arange(layer.rows + 1)]
    painter.drawLines(*lines)


def _corners(settings: PictureSettings, layer: Layer, biases: Array) -> QImage:
    """A transparent image with a square in each tile of its bias's colour, edged in the background colour."""
    side = max(LEAST_CORNER_CELLS, round(layer.side / CORNER_PIXELS))
    cells = np.zeros((layer.rows * layer.columns, side, side), dtype=np.uint32)
    background = settings.ground.rgb()
    cells[: len(biases), -2:, :2] = background
    cells[: len(biases), -1, 0] = settings.quantity.colors(settings.theme)[places(biases)]
    grid = cells.reshape(layer.rows, layer.columns, side, side).swapaxes(1, 2)
    words = grid.reshape(layer.rows * side, layer.columns * side)
    return word_image(words, QImage.Format.Format_ARGB32_Premultiplied)


def dot_radius(layer: Layer) -> float:
    """The radius in pixels of the dots that show a layer's biases."""
    return float(max(2, min(4, round(layer.side / 9))))
