"""Paints the network diagram: captions, edges, matrices, tiles, and the marks on what is pinned or under the mouse.

Whatever there may be thousands of reaches QPainter as arrays: lines in one call for each step of colour and width, a
matrix or a grid of tiles as one image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt5.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.number_text import short
from core.explain.picked_part import Edge, Neuron, Part
from core.explain.snapshot import Snapshot
from core.network.network import count_parameters
from core.training.preparation import Preparation
from core.workbench.messages import Loaded
from gui.diagram.edge_quantity import STEPS, EdgeQuantity
from gui.diagram.geometry import LARGEST_TILE, WIDE, Diagram, Layer, Lines, Matrix
from gui.widgets.flags import CENTER, LEFT, RIGHT
from gui.widgets.images import Places, mosaic, places, resampled, strongest, table_image, word_image
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

SMALLEST_MAP_TILE = 9.0
SMALLEST_PARTED_TILE = 10.0
SMALLEST_CORNER_TILE = 20.0
LEAST_CORNER_CELLS = 7
CORNER_PIXELS = 6.0
"""The square of a bias is so large, or a seventh of a smaller tile."""
WIDE_GAP = 64.0
LINE, TWO_LINES = 15.0, 36.0
"""From one line of an input's name to the next, and from which distance of the tiles on it may have two."""
MANY_LINES = 200
PALENESS = 0.75
VEIL = 165
"""How much of the ground covers lines, and tiles and matrices (of 255), that are not at work."""
ANTIALIASING = QPainter.RenderHint.Antialiasing
SMOOTH_IMAGES = QPainter.RenderHint.SmoothPixmapTransform

Numbers = tuple[str, NDArray[np.float64]]
"""A symbol and its value for each unit of a layer."""


@dataclass(frozen=True)
class DiagramPainter:
    """One picture's settings.

    Attributes:
        end: the largest magnitude on the scale of the quantity.
        ratio: device pixels for each pixel.
        quality: 0 is full; from 1 on very many lines are drawn without antialiasing.
        layers, connections: what is drawn in full colours, all else is pale; None for all. Connection l leads to
            layer l.
    """

    diagram: Diagram
    theme: Theme
    quantity: EdgeQuantity
    end: float
    font: QFont
    ratio: float = 1.0
    quality: int = 0
    layers: frozenset[int] | None = None
    connections: frozenset[int] | None = None

    # ---------------------------------------------------------------- what stands still

    def paint_captions(self, painter: QPainter, loaded: Loaded, width: float) -> None:
        """The names of layers, matrices, inputs and classes."""
        diagram = self.diagram
        preparation = loaded.preparation  # not the experiment, which may be of a canvas that no network stands for yet
        kinds = [activation.label for activation in preparation.activations]
        words = ("Input", "Hidden ", "Output") if diagram.gap >= WIDE_GAP else ("In", "H", "Out")
        names = [words[0], *(f"{words[1]}{layer}" for layer in range(1, len(kinds))), words[2]]
        taken: list[QRectF] = []
        for number, (n, name, kind) in enumerate(zip(diagram.sizes, names, ["", *kinds], strict=True)):
            left, _, span, _ = diagram.layers[number].box
            column = max(span, min(120.0, diagram.room_for_caption(number)))
            head = QRectF(left + span / 2 - column / 2, 6, column, 18)
            taken.append(self._write(painter, head, CENTER, name, "text", bold=True))
            kind = f"{n} {kind}" if n > WIDE else kind
            taken.append(self._write(painter, head.translated(0, 17), CENTER, kind, "faint"))
        for connection in diagram.connections:
            if isinstance(connection, Matrix):
                self._write_matrix_caption(painter, connection, taken)
        first = diagram.layers[0]
        if first.pitch >= 12:
            for (x, y), name in zip(first.centers, preparation.input_names, strict=True):
                room = x - first.side / 2 - 8
                lines = in_two(name, room, QFontMetricsF(self.font)) if first.pitch >= TWO_LINES else (name,)
                for number, line in enumerate(lines):
                    top = y - 10 + LINE * (number - (len(lines) - 1) / 2)
                    self._write(painter, QRectF(2, top, room, 20), RIGHT, line, "text")
        self._write_output_names(painter, preparation, width)

    def _write_matrix_caption(self, painter: QPainter, matrix: Matrix, taken: list[QRectF]) -> None:
        """Its name, and to which layer rows and columns belong, as far as other captions leave room."""
        left, _, width, _ = matrix.box
        sides = "from ↓  to →" if matrix.rows_are_sources else "to ↓  from →"
        for line, text in enumerate((f"W{matrix.layer}", sides)):
            room = QFontMetricsF(self.font).horizontalAdvance(text) + 2
            box = QRectF(left + width / 2 - room / 2, 6 + 17 * line, room, 18)
            if room <= width + 24 and not any(box.adjusted(-4, 2, 4, -2).intersects(other) for other in taken):
                self._write(painter, box, CENTER, text, "faint")

    def _write_output_names(self, painter: QPainter, preparation: Preparation, width: float) -> None:
        """Each output's class with the colour that it has in the scatter, or the target; only as many as have room."""
        layer = self.diagram.layers[-1]
        if len(layer.centers) > 1 and layer.pitch < 12:
            return
        left = layer.centers[0, 0] + layer.side / 2 + 8
        for unit, (name, (_, y)) in enumerate(zip(preparation.output_names, layer.centers, strict=True)):
            if preparation.dataset.class_names:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(*self.theme.class_rgb(unit)))
                painter.drawEllipse(QPointF(left + 5, y), 5, 5)
            start = left + (14 if preparation.dataset.class_names else 0)
            self._write(painter, QRectF(start, y - 10, width - start - 2, 20), LEFT, name, "text")

    def _write(self, painter: QPainter, box: QRectF, flags: int, text: str, color: str, bold: bool = False) -> QRectF:
        """Write as much of a text as a box holds; returns the rectangle that the letters take."""
        font = QFont(self.font)
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(self.theme.color(color))
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(flags), text)
        return painter.boundingRect(box, int(flags), text)

    # ---------------------------------------------------------------- what changes with each snapshot

    def paint_snapshot(self, painter: QPainter, snapshot: Snapshot, values: NDArray[np.float64]) -> None:
        """Edges, matrices and tiles; ``values`` is the quantity as a flat vector."""
        self._paint_lines(painter, values)
        for connection in self.diagram.connections:
            if isinstance(connection, Matrix):
                self._paint_matrix(painter, connection, values)
                if not self._is_at_work(self.connections, connection.layer):
                    self._pale(painter, connection.box)
        for number, layer in enumerate(self.diagram.layers):
            maps = snapshot.neurons[number] if snapshot.neurons is not None else None
            if len(layer.centers) > WIDE:
                self._paint_grid(painter, layer, maps, self._biases(number, values))
            else:
                self._paint_tiles(painter, layer, maps)
        self._paint_bias_dots(painter, values)
        for number, layer in enumerate(self.diagram.layers):
            if not self._is_at_work(self.layers, number):
                self._pale(painter, layer.box)

    @staticmethod
    def _is_at_work(chosen: frozenset[int] | None, number: int) -> bool:
        return chosen is None or number in chosen

    def _pale(self, painter: QPainter, box: tuple[float, float, float, float]) -> None:
        """Lay a veil of the ground over what is not at work."""
        painter.fillRect(QRectF(*box).adjusted(-6, -6, 6, 6), self.theme.color("base", VEIL))

    def _biases(self, layer: int, values: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """The quantity of a layer's biases as shares of the scale; None for the inputs, which have none."""
        if layer == 0:
            return None
        after = count_parameters(self.diagram.sizes[: layer + 1])
        return (values[after - self.diagram.sizes[layer] : after] / self.end).clip(-1.0, 1.0)

    def _paint_lines(self, painter: QPainter, values: NDArray[np.float64]) -> None:
        """Edges in a few calls, one for each step of colour and width, the strongest on top."""
        diagram = self.diagram
        if len(diagram.lines) == 0:
            return
        painter.setRenderHint(ANTIALIASING, self.quality == 0 or len(diagram.lines) <= MANY_LINES)
        if self.connections is None:
            self._paint_some_lines(painter, diagram.lines, values[diagram.indices], 0.0)
            return
        drawn = [part for part in diagram.connections if isinstance(part, Lines)]
        owner = np.concatenate([np.full(part.size, part.layer) for part in drawn])
        at_work = np.isin(owner, list(self.connections))
        for chosen, paleness in ((~at_work, PALENESS), (at_work, 0.0)):
            if chosen.any():
                self._paint_some_lines(painter, diagram.lines[chosen], values[diagram.indices[chosen]], paleness)

    def _paint_some_lines(
        self, painter: QPainter, lines: NDArray[np.float64], values: NDArray[np.float64], paleness: float
    ) -> None:
        """Lines with their values; ``paleness`` is the share of the ground in their colours."""
        with np.errstate(all="ignore"):
            levels = steps_of(values / self.end)
        order = np.lexsort((levels, np.abs(levels)))
        levels, lines = levels[order], lines[order]
        cuts = np.flatnonzero(np.diff(levels, prepend=levels[0] - 1, append=levels[-1] + 1))
        widest = self.diagram.widest() * (1.0 - 0.6 * paleness)
        batch, colors, ground = PrimitiveArray(QLineF, 4), self.quantity.steps(self.theme), self.theme.color("base")
        for start, stop in pairwise(cuts.tolist()):
            level = int(levels[start])
            color = mixed(colors[STEPS + level], ground, paleness) if paleness else colors[STEPS + level]
            painter.setPen(QPen(color, 0.8 + (widest - 0.8) * abs(level) / STEPS))
            batch.resize(stop - start)
            batch.ndarray()[:] = lines[start:stop]
            painter.drawLines(*batch.drawargs())

    def _paint_matrix(self, painter: QPainter, matrix: Matrix, values: NDArray[np.float64]) -> None:
        left, top, width, height = matrix.box
        pixels = round(height * self.ratio), round(width * self.ratio)
        picture = strongest(matrix.values(values), *pixels) / self.end
        painter.setRenderHint(ANTIALIASING, False)
        painter.setRenderHint(SMOOTH_IMAGES, False)
        box = QRectF(left, top, width, height)
        painter.drawImage(box, table_image(places(picture), self.quantity.colors(self.theme)))
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(-1, -1, 0, 0))

    def _paint_tiles(self, painter: QPainter, layer: Layer, maps: Places | None) -> None:
        """A column's tiles with their frames."""
        painter.setRenderHint(ANTIALIASING, False)
        painter.setRenderHint(SMOOTH_IMAGES, True)
        if maps is not None and layer.side >= SMALLEST_MAP_TILE:
            _, rows, columns = maps.shape
            image = table_image(maps[:, ::-1].reshape(-1, columns), self.theme.signed_table())
            in_parts = is_vector(painter)  # Qt's SVG would take the whole image
            for unit, tile in enumerate(layer.tiles):
                if in_parts:
                    painter.drawImage(tile, image.copy(0, unit * rows, columns, rows))
                else:
                    painter.drawImage(tile, image, QRectF(0, unit * rows, columns, rows))
        else:
            for tile in layer.tiles:
                painter.fillRect(tile, self.theme.color("faint"))
        if layer.side >= SMALLEST_MAP_TILE:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("faint"), 1.0))
            painter.drawRects(*layer.frames)

    def _paint_bias_dots(self, painter: QPainter, values: NDArray[np.float64]) -> None:
        """Each bias as a dot in the lower left corner of its tile in a column."""
        painter.setRenderHint(ANTIALIASING, True)
        painter.setPen(QPen(self.theme.color("text"), 1.0))
        brushes = [QBrush(color) for color in self.quantity.steps(self.theme)]
        for number, layer in enumerate(self.diagram.layers):
            biases = self._biases(number, values)
            if biases is None or len(layer.centers) > WIDE or layer.side < SMALLEST_MAP_TILE:
                continue
            radius = _dot_radius(layer)
            for tile, level in zip(layer.tiles, steps_of(biases).tolist(), strict=True):
                painter.setBrush(brushes[STEPS + level])
                painter.drawEllipse(tile.bottomLeft(), radius, radius)

    def _paint_grid(
        self,
        painter: QPainter,
        layer: Layer,
        maps: Places | None,
        biases: NDArray[np.float64] | None,
    ) -> None:
        """All tiles as one image, parted by thin lines of the ground, and the biases as small squares on top."""
        left, top, width, height = layer.box
        box = QRectF(left, top, width, height)
        painter.setRenderHint(ANTIALIASING, False)
        if maps is None:
            painter.fillRect(box, self.theme.color("neutral"))
        else:
            cells = max(1, round(layer.side * self.ratio))
            picture = mosaic(resampled(maps, cells)[:, ::-1], layer.columns)
            painter.setRenderHint(SMOOTH_IMAGES, maps.shape[1] < cells)
            painter.drawImage(box, table_image(picture, self.theme.signed_table()))
        if biases is not None and layer.side >= SMALLEST_CORNER_TILE:
            painter.setRenderHint(SMOOTH_IMAGES, False)
            painter.drawImage(box, self._corners(layer, biases))
        if layer.side >= SMALLEST_PARTED_TILE:
            self._part_tiles(painter, layer, box)
        unused = layer.rows * layer.columns - len(layer.centers)
        if unused:
            rest = QRectF(box.right() - unused * layer.side, box.bottom() - layer.side, unused * layer.side, layer.side)
            painter.fillRect(rest.adjusted(0, 0, 1, 1), self.theme.color("base"))

    def _part_tiles(self, painter: QPainter, layer: Layer, box: QRectF) -> None:
        """Lines of the ground's colour between the tiles."""
        painter.setPen(QPen(self.theme.color("base"), 1.0 if layer.side < 24 else 2.0))
        lines = [QLineF(x, box.top(), x, box.bottom()) for x in box.left() + layer.side * np.arange(layer.columns + 1)]
        lines += [QLineF(box.left(), y, box.right(), y) for y in box.top() + layer.side * np.arange(layer.rows + 1)]
        painter.drawLines(*lines)

    def _corners(self, layer: Layer, biases: NDArray[np.float64]) -> QImage:
        """For each tile a square in its bias's colour with a margin of the ground; all else is transparent."""
        side = max(LEAST_CORNER_CELLS, round(layer.side / CORNER_PIXELS))
        cells = np.zeros((layer.rows * layer.columns, side, side), dtype=np.uint32)
        ground = self.theme.color("base").rgb()
        cells[: len(biases), -2:, :2] = ground
        cells[: len(biases), -1, 0] = self.quantity.colors(self.theme)[places(biases)]
        grid = cells.reshape(layer.rows, layer.columns, side, side).swapaxes(1, 2)
        words = grid.reshape(layer.rows * side, layer.columns * side)
        return word_image(words, QImage.Format.Format_ARGB32_Premultiplied)

    # ---------------------------------------------------------------- numbers

    def paint_numbers(self, painter: QPainter, numbers: Sequence[Numbers | None], color: str) -> None:
        """Each neuron's number: below its tile, or where there is no room beside it, in a grid on it.

        What would not be legible is left out.
        """
        font = QFont(self.font)
        font.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
        metrics = QFontMetricsF(font)
        height = metrics.height()
        painter.setFont(font)
        painter.setRenderHint(ANTIALIASING, True)
        last = len(numbers) - 1
        for number, (layer, named) in enumerate(zip(self.diagram.layers, numbers, strict=True)):
            if named is None or layer.pitch < height:
                continue
            symbol, values = named
            is_below = layer.columns == 1 and layer.pitch - layer.side >= height
            room = layer.side if layer.columns > 1 else max(self.diagram.gap - 8.0, LARGEST_TILE)
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
                    if number:  # not over the bias's dot
                        box.moveLeft(max(box.left(), tile.left() + _dot_radius(layer) + 1.5))
                elif layer.columns == 1 and number < last:
                    box.moveLeft(tile.right() + 2.0)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.color("base", 220))
                painter.drawRoundedRect(box, 3, 3)
                painter.setPen(self.theme.color(color))
                painter.drawText(box, int(CENTER), text)

    # ---------------------------------------------------------------- marks

    def paint_mark(self, painter: QPainter, item: Part, width: float) -> None:
        """Mark an edge or a neuron in the accent's colour."""
        painter.setRenderHint(ANTIALIASING, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("accent"), width))
        if isinstance(item, Neuron):
            tile = QRectF(*self.diagram.layer(item).tile(item.unit))
            painter.drawRect(tile.adjusted(-1, -1, 1, 1) if tile.width() < 20 else tile.adjusted(0.5, 0.5, -0.5, -0.5))
            self._mark_weights_of(painter, item)
            return
        connection = self.diagram.connection(item)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in self.diagram.path(item)]))
        if isinstance(connection, Lines):
            return
        self._mark_cell(painter, QRectF(*connection.cell(item)))
        painter.setPen(QPen(self.theme.color("accent"), 2.0))
        for end in (Neuron(item.layer - 1, item.source), Neuron(item.layer, item.target)):
            painter.drawRect(QRectF(*self.diagram.layer(end).tile(end.unit)))

    def paint_cased_edge(self, painter: QPainter, edge: Edge, values: NDArray[np.float64]) -> None:
        """Mark an edge by a casing in the accent's colour, so that its own colour still shows."""
        connection = self.diagram.connection(edge)
        if not isinstance(connection, Lines):
            self.paint_mark(painter, edge, 2.0)
            return
        with np.errstate(all="ignore"):
            value = float(np.nan_to_num(values[edge.index(self.diagram.sizes)] / self.end))
        share = min(1.0, max(-1.0, value))
        width = 2.0 + (self.diagram.widest() - 2.0) * abs(share)
        self.paint_mark(painter, edge, width + 5.0)
        line = QLineF(*connection.line(edge))
        for color, wide in ((self.theme.color("base"), width + 1.5), (self.quantity.color(self.theme, share), width)):
            painter.setPen(QPen(color, wide))
            painter.drawLine(line)

    def _mark_cell(self, painter: QPainter, cell: QRectF) -> None:
        """A ring of accent and ground around a cell, however small that is."""
        grown = QRectF(0, 0, max(cell.width(), 5.0), max(cell.height(), 5.0))
        grown.moveCenter(cell.center())
        painter.setPen(QPen(self.theme.color("base"), 1.0))
        painter.drawRect(grown.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setPen(QPen(self.theme.color("accent"), 2.0))
        painter.drawRect(grown.adjusted(-2, -2, 2, 2))

    def _mark_weights_of(self, painter: QPainter, neuron: Neuron) -> None:
        """A frame around the row or column of a neuron's weights in the matrices beside it."""
        painter.setPen(QPen(self.theme.color("accent"), 1.0))
        for connection in self.diagram.connections:
            if not isinstance(connection, Matrix):
                continue
            sources, targets = connection.shape
            if connection.layer == neuron.layer:
                ends = (Edge(connection.layer, 0, neuron.unit), Edge(connection.layer, sources - 1, neuron.unit))
            elif connection.layer == neuron.layer + 1:
                ends = (Edge(connection.layer, neuron.unit, 0), Edge(connection.layer, neuron.unit, targets - 1))
            else:
                continue
            first, last = (QRectF(*connection.cell(end)) for end in ends)
            painter.drawRect(first.united(last).adjusted(-1, -1, 1, 1))


def steps_of(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """The steps of colour, −STEPS to STEPS, of shares of the scale; what is no number is in the middle."""
    return np.rint(np.nan_to_num(shares).clip(-1.0, 1.0) * STEPS).astype(np.int64)


def mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """A colour with so large a share of the ground."""
    pairs = (color.red(), ground.red()), (color.green(), ground.green()), (color.blue(), ground.blue())
    red, green, blue = (round(own + share * (under - own)) for own, under in pairs)
    return QColor(red, green, blue)


def _dot_radius(layer: Layer) -> float:
    """Of the dot that shows a bias."""
    return max(2.0, min(6.0, layer.side / 7))


def in_two(text: str, room: float, metrics: QFontMetricsF) -> tuple[str, ...]:
    """A text in one line, or in two where it does not fit, cut between words."""
    words = text.split(" ")
    if len(words) == 1 or metrics.horizontalAdvance(text) <= room:
        return (text,)
    fitting = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= room]
    first = fitting[-1] if fitting else 1
    return " ".join(words[:first]), " ".join(words[first:])
