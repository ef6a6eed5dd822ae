"""Paints the captions of the network diagram: names of inputs, outputs and matrices, and the titles of the layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter

from core.base.translation import _, ngettext
from core.training.preparation import Preparation
from core.workbench.messages import Loaded
from gui.diagram.connections import Matrix
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.diagram.geometry import Diagram
from gui.diagram.input_rows import SMALLEST_LETTERS, InputRows, close_row
from gui.diagram.layer_tiles import WIDE
from gui.widgets.flags import CENTER, LEFT, RIGHT
from gui.widgets.mark_layer import point_mark

TITLES = 46.0
"""The height of the titles above the tiles."""
SMALLEST_NAMED_PITCH = 12.0
LINE, TWO_LINES = 15.0, 36.0
"""The height of a line of an input's name, and the distance between tiles from which a name may have two lines."""
UNUSED_OPACITY = 0.6
SIDE = 4.0
"""Between a tile and the caption of a matrix."""


def paint_captions(painter: QPainter, settings: PictureSettings, loaded: Loaded, rows: InputRows, width: float) -> None:
    """Write the names of inputs, outputs and matrices; ``width`` is that of the view in pixels."""
    for box, text in captions_of_matrices(settings):
        _write(painter, settings, box, CENTER, text, "faint")
    _write_input_names(painter, settings, rows)
    _write_output_names(painter, settings, loaded.preparation, width)


def note_on_matrices(painter: QPainter, settings: PictureSettings, note: str) -> None:
    """Write on each matrix why its cells have no colours, upwards where it is too narrow; on a small one nothing."""
    for part in settings.diagram.connections:
        if not isinstance(part, Matrix):
            continue
        left, top, width, height = part.box
        room = max(width, height) - 2 * SIDE
        scale = _scale_in(room, (note,), QFontMetricsF(settings.font))
        metrics = QFontMetricsF(_letters(settings, scale))
        length = metrics.horizontalAdvance(note)
        if length > room or metrics.height() > min(width, height):
            continue
        painter.save()
        painter.translate(left + width / 2.0, top + height / 2.0)
        if length > width - 2 * SIDE:
            painter.rotate(-90.0)
        box = QRectF(-room / 2.0, -metrics.height() / 2.0, room, metrics.height())
        _write(painter, settings, box, CENTER, note, "faint", scale=scale)
        painter.restore()


def paint_titles(painter: QPainter, settings: PictureSettings, preparation: Preparation) -> None:
    """Write the titles of the layers above their tiles."""
    diagram = settings.diagram
    first, *hidden, last = diagram.layers
    titles = [(first.middle, _("INPUTS"), 120.0), (last.middle, _("OUTPUT"), 120.0)]
    if hidden:
        middle = (hidden[0].middle + hidden[-1].middle) / 2.0
        titles.append((middle, hidden_layers(len(hidden)).upper(), 260.0))
    for x, text, room in titles:
        _write(painter, settings, QRectF(x - room / 2.0, 6, room, 18), CENTER, text, "text", bold=True)
    for number, (n, activation) in enumerate(zip(diagram.sizes[1:], preparation.activations, strict=True), start=1):
        full = activation.label if number == len(diagram.sizes) - 1 else f"{neurons(n)} · {activation.label}"
        room = min(220.0, diagram.room_for_caption(number) - 4.0)
        fits = QFontMetricsF(settings.font).horizontalAdvance(full) <= room
        text = full if fits else activation.label
        box = QRectF(diagram.layers[number].middle - room / 2.0, 23, room, 18)
        _write(painter, settings, box, CENTER, text, "faint")


def hidden_layers(count: int) -> str:
    """The number of hidden layers in words."""
    return ngettext("{n} hidden layer", "{n} hidden layers", count).format(n=count)


def layers(count: int) -> str:
    """The number of layers in words, where there is little room."""
    return ngettext("{n} layer", "{n} layers", count).format(n=count)


def neurons(count: int) -> str:
    """The number of neurons in words."""
    return ngettext("{n} neuron", "{n} neurons", count).format(n=count)


def captions_of_matrices(settings: PictureSettings) -> list[tuple[QRectF, str]]:
    """Above each matrix its name, and whose its rows and columns are; in little room one of both, or nothing.

    All are written in the same way: the first one that has room above each.
    """
    matrices = [part for part in settings.diagram.connections if isinstance(part, Matrix)]
    ways = zip(*(_ways_to_caption(settings, matrix) for matrix in matrices), strict=True)
    return list(chain.from_iterable(next(filter(all, ways), ())))


def _ways_to_caption(settings: PictureSettings, matrix: Matrix) -> Iterator[list[tuple[QRectF, str]]]:
    """The captions of a matrix, from long to short; empty where they have no room."""
    left, top, width, _height = matrix.box
    first, last = matrix_caption_room(settings.diagram, matrix)
    source, target = (_layer_word(settings.diagram, layer) for layer in (matrix.layer - 1, matrix.layer))
    row, column = (source, target) if matrix.rows_are_sources else (target, source)
    rows, columns = _("{layer} ↓").format(layer=row), _("{layer} →").format(layer=column)
    metrics, name = QFontMetricsF(settings.font), f"W{matrix.layer}"
    for lines in ((_("{name}: {columns}").format(name=name, columns=columns), rows), (columns, rows), ("", name)):
        rooms = [metrics.horizontalAdvance(text) + 1.0 for text in lines]
        middle = left + width / 2.0
        middle = max(first + max(rooms) / 2.0, min(middle, last - max(rooms) / 2.0))
        captions = [
            (QRectF(middle - room / 2.0, top - 36 + 16 * line, room, 18), text)
            for line, (text, room) in enumerate(zip(lines, rooms, strict=True))
            if text
        ]
        yield captions if all(box.width() <= last - first for box, _text in captions) else []


def _layer_word(diagram: Diagram, layer: int) -> str:
    if layer == 0:
        return _("inputs")
    return _("output") if layer == len(diagram.layers) - 1 else _("layer {number}").format(number=layer)


def matrix_caption_room(diagram: Diagram, matrix: Matrix) -> tuple[float, float]:
    """Between which places a matrix's caption lies: the middles of grids, and the sides of higher columns."""
    before, after = diagram.layers[matrix.layer - 1 : matrix.layer + 1]
    left = max(tile.right() for tile in before.tiles) + SIDE if len(before.centers) <= WIDE else before.middle
    right = min(tile.left() for tile in after.tiles) - SIDE if len(after.centers) <= WIDE else after.middle
    return left, right


def _write_input_names(painter: QPainter, settings: PictureSettings, rows: InputRows) -> None:
    """Write each input's name left of its tile, in two lines if need be; nothing if the tiles stand too close."""
    diagram = settings.diagram
    layer = diagram.layers[0]
    scale = min(1.0, layer.pitch / close_row(QFontMetricsF(settings.font)))
    if layer.columns > 1 or scale < SMALLEST_LETTERS:
        return
    used = [title for title, is_used in zip(rows.titles, rows.used, strict=True) if is_used]
    metrics = QFontMetricsF(_letters(settings, scale))
    named = [(tile, title, 1.0) for tile, title in zip(layer.tiles, used, strict=True)]
    named += [(tile, title, UNUSED_OPACITY) for tile, title in zip(diagram.unused, rows.unused_titles, strict=True)]
    room = min((tile.left() for tile, _title, _opacity in named), default=0.0) - 8
    lined = [in_two(title, room, metrics) if layer.pitch >= TWO_LINES else (title,) for _tile, title, _opacity in named]
    scale *= _scale_in(room, [*chain.from_iterable(lined)], metrics, scale)
    metrics = QFontMetricsF(_letters(settings, scale))
    for (tile, _title, opacity), lines in zip(named, lined, strict=True):
        painter.setOpacity(opacity)
        for number, line in enumerate(lines):
            top = tile.center().y() - 10 + LINE * (number - (len(lines) - 1) / 2)
            short = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, room)  # the end tells x1² from x1
            _write(painter, settings, QRectF(2, top, room + 1.0, 20), RIGHT, short, "text", scale=scale)
    painter.setOpacity(1.0)


def _write_output_names(painter: QPainter, settings: PictureSettings, preparation: Preparation, width: float) -> None:
    """Write each output's class with its colour, or the target's name; nothing if the tiles stand too close."""
    layer = settings.diagram.layers[-1]
    if layer.columns > 1 or (len(layer.centers) > 1 and layer.pitch < SMALLEST_NAMED_PITCH):
        return
    right = max(tile.right() for tile in layer.tiles)  # of two staggered columns
    has_classes = bool(preparation.dataset.class_names)
    room = width - right - 8 - 15 * has_classes - 2
    for names in (preparation.output_titles, preparation.output_names):  # the second without the word "class"
        scale = _scale_in(room, names, QFontMetricsF(settings.font))
        metrics = QFontMetricsF(_letters(settings, scale))
        if max(map(metrics.horizontalAdvance, names)) <= room:
            break
    for unit, (name, tile) in enumerate(zip(names, layer.tiles, strict=True)):
        left, y = right + 8, tile.center().y()
        if has_classes:
            color, glyph = settings.theme.class_color(unit), settings.theme.class_glyph(unit)
            point_mark(color, glyph, 10.0, settings.theme).paint(painter, QPointF(left + 5, y))
            left += 15
        short = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)  # the end tells it
        _write(painter, settings, QRectF(left, y - 10, room + 1.0, 20), LEFT, short, "text", scale=scale)


def _scale_in(room: float, names: Sequence[str], metrics: QFontMetricsF, scale: float = 1.0) -> float:
    """How much smaller letters of a scale become so that the names have room, down to the smallest letters."""
    widest = max(map(metrics.horizontalAdvance, names), default=0.0)
    return min(1.0, max(room / max(widest, 1.0), SMALLEST_LETTERS / scale))


def _write(
    painter: QPainter,
    settings: PictureSettings,
    box: QRectF,
    flags: int,
    text: str,
    color: str,
    bold: bool = False,
    scale: float = 1.0,
) -> None:
    """Write a text, shortened to the width of a box."""
    font = _letters(settings, scale)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(settings.theme.color(color))
    text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(flags), text)


def _letters(settings: PictureSettings, scale: float) -> QFont:
    font = QFont(settings.font)
    font.setPointSizeF(scale * font.pointSizeF())
    return font


def in_two(text: str, room: float, metrics: QFontMetricsF) -> tuple[str, ...]:
    """A text in one line, or if it is wider than ``room`` pixels, in two lines cut between words."""
    words = text.split(" ")
    if len(words) == 1 or metrics.horizontalAdvance(text) <= room:
        return (text,)
    fitting = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= room]
    first = fitting[-1] if fitting else 1
    return " ".join(words[:first]), " ".join(words[first:])
