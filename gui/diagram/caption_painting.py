"""Paints the captions of the network diagram: names of layers, matrices, inputs and outputs."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter

from core.training.preparation import Preparation
from core.workbench.messages import Loaded
from gui.diagram.geometry import WIDE, Matrix
from gui.diagram.picture_settings import PictureSettings
from gui.widgets.flags import CENTER, LEFT, RIGHT

WIDE_GAP = 64.0
"""From this distance between layers on, their captions are written in full."""
SMALLEST_NAMED_PITCH = 12.0
LINE, TWO_LINES = 15.0, 36.0
"""The height of a line of an input's name, and the distance between tiles from which a name may have two lines."""


def paint_captions(painter: QPainter, settings: PictureSettings, loaded: Loaded, width: float) -> None:
    """Write the names of layers, matrices, inputs and outputs; ``width`` is that of the view in pixels."""
    diagram = settings.diagram
    preparation = loaded.preparation  # the experiment may describe points that no network is trained on yet
    activations = [activation.label for activation in preparation.activations]
    words = ("Input", "Hidden ", "Output") if diagram.gap >= WIDE_GAP else ("In", "H", "Out")
    names = [words[0], *(f"{words[1]}{layer}" for layer in range(1, len(activations))), words[2]]
    taken: list[QRectF] = []
    for number, (n, name, activation) in enumerate(zip(diagram.sizes, names, ["", *activations], strict=True)):
        left, _, span, _ = diagram.layers[number].box
        column = max(span, min(120.0, diagram.room_for_caption(number)))
        head = QRectF(left + span / 2 - column / 2, 6, column, 18)
        taken.append(_write(painter, settings, head, CENTER, name, "text", bold=True))
        below = f"{n} {activation}" if n > WIDE else activation
        taken.append(_write(painter, settings, head.translated(0, 17), CENTER, below, "faint"))
    for connection in diagram.connections:
        if isinstance(connection, Matrix):
            _write_matrix_caption(painter, settings, connection, taken)
    _write_input_names(painter, settings, preparation)
    _write_output_names(painter, settings, preparation, width)


def _write_matrix_caption(painter: QPainter, settings: PictureSettings, matrix: Matrix, taken: list[QRectF]) -> None:
    """Write a matrix's name and what its rows and columns stand for, unless that overlaps a ``taken`` rectangle."""
    left, _, width, _ = matrix.box
    sides = "from ↓  to →" if matrix.rows_are_sources else "to ↓  from →"
    for line, text in enumerate((f"W{matrix.layer}", sides)):
        room = QFontMetricsF(settings.font).horizontalAdvance(text) + 2
        box = QRectF(left + width / 2 - room / 2, 6 + 17 * line, room, 18)
        if room <= width + 24 and not any(box.adjusted(-4, 2, 4, -2).intersects(other) for other in taken):
            _write(painter, settings, box, CENTER, text, "faint")


def _write_input_names(painter: QPainter, settings: PictureSettings, preparation: Preparation) -> None:
    """Write each input's name left of its tile, in two lines if need be; nothing if the tiles stand too close."""
    layer = settings.diagram.layers[0]
    if layer.pitch < SMALLEST_NAMED_PITCH:
        return
    for (x, y), name in zip(layer.centers, preparation.input_names, strict=True):
        room = x - layer.side / 2 - 8
        lines = in_two(name, room, QFontMetricsF(settings.font)) if layer.pitch >= TWO_LINES else (name,)
        for number, line in enumerate(lines):
            top = y - 10 + LINE * (number - (len(lines) - 1) / 2)
            _write(painter, settings, QRectF(2, top, room, 20), RIGHT, line, "text")


def _write_output_names(painter: QPainter, settings: PictureSettings, preparation: Preparation, width: float) -> None:
    """Write each output's class with its colour, or the target's name; nothing if the tiles stand too close."""
    layer = settings.diagram.layers[-1]
    if len(layer.centers) > 1 and layer.pitch < SMALLEST_NAMED_PITCH:
        return
    left = layer.centers[0, 0] + layer.side / 2 + 8
    for unit, (name, (_, y)) in enumerate(zip(preparation.output_names, layer.centers, strict=True)):
        if preparation.dataset.class_names:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(settings.theme.class_color(unit))
            painter.drawEllipse(QPointF(left + 5, y), 5, 5)
        start = left + (14 if preparation.dataset.class_names else 0)
        _write(painter, settings, QRectF(start, y - 10, width - start - 2, 20), LEFT, name, "text")


def _write(
    painter: QPainter, settings: PictureSettings, box: QRectF, flags: int, text: str, color: str, bold: bool = False
) -> QRectF:
    """Write a text, shortened to the width of a box; returns the rectangle of the letters."""
    font = QFont(settings.font)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(settings.theme.color(color))
    text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(flags), text)
    return painter.boundingRect(box, int(flags), text)


def in_two(text: str, room: float, metrics: QFontMetricsF) -> tuple[str, ...]:
    """A text in one line, or if it is wider than ``room`` pixels, in two lines cut between words."""
    words = text.split(" ")
    if len(words) == 1 or metrics.horizontalAdvance(text) <= room:
        return (text,)
    fitting = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= room]
    first = fitting[-1] if fitting else 1
    return " ".join(words[:first]), " ".join(words[first:])
