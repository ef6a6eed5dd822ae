"""The geometry of the network diagram, and which part is under the mouse; no painting.

A layer of up to :data:`gui.diagram.layer_tiles.WIDE` neurons stands in columns of tiles, a larger one is a grid of
small tiles, filled row by row. Between two columns each weight is a line. Beside a grid there would be too many lines;
there the weights are the cells of a matrix.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from PyQt5.QtCore import QRectF

from core.base.arrays import Array
from core.explain.picked_part import Edge, Neuron, Part
from core.network.network import count_parameters
from gui.diagram.connections import Lines, Matrix
from gui.diagram.layer_tiles import LARGEST_TILE, WIDE, Box, Layer, column, column_side, grid

Slot = tuple[float, float]
"""Left and width of a layer or connection, which stand side by side in the diagram."""

NAME_REACH = 10.0
"""So far above and below its middle, in pixels, a name is under the mouse."""
NAMES = 96.0
"""The usual room for the names of the inputs or of the outputs."""
MARGIN = 10.0
CLOSE_ROW = 13.0
"""The height of a row of the inputs below which their column takes the margins as well, and its letters shrink."""
LEAST_MIDDLE = 46.0
"""The least distance from the edge to the middle of the outer layers, so that their titles fit."""
TILE_SHARE, LAYER_SHARE = 0.46, 0.56
"""The largest shares of the distance between two layers that a tile, and a staggered layer, may take."""
WIDEST_GRID = 160.0
LARGEST_CELL = 12.0


class Diagram:
    """The geometry of a network in a rectangle of pixels.

    Attributes:
        sizes: layer sizes.
        layers: the Layer of each layer, the input first.
        unused: the tiles of inputs that the network does not use, from top to bottom.
        connections: the Lines or the Matrix between each two neighbours.
        height: of the rectangle, in pixels.
        gap: the smallest distance of two neighbouring layers, in pixels.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        width: float,
        height: float,
        left: float = NAMES,
        right: float = NAMES,
        ratio: float = 1.0,
        top: float = 0.0,
        inputs: tuple[bool, ...] = (),
        captions: float = 0.0,
    ) -> None:
        """Lay it out.

        Args:
            sizes: layer sizes.
            width: of the rectangle.
            height: of the rectangle.
            left: the room for the names of the inputs.
            right: the same for the outputs.
            top: the height above the tiles that is kept free.
            ratio: device pixels per pixel; a cell of a matrix is a whole number of device pixels wide.
            inputs: for each row of the column of inputs whether the network uses it; empty if only used ones are shown.
            captions: the height above matrices that is kept free; a column of inputs reaches up there.
        """
        self.sizes, self.height = sizes, height
        room = max(1.0, height - top - 2.0 * MARGIN)
        top += MARGIN
        rows = inputs if len(inputs) > sizes[0] and sizes[0] <= WIDE else (True,) * sizes[0]
        used = [row for row, is_used in enumerate(rows) if is_used]
        least, most = min(LEAST_MIDDLE, width / 5.0), width / 5.0
        first, last = (column_side(n, room, most) / 2.0 for n in (len(rows), sizes[-1]))
        start = max(least, min(left, most) + MARGIN + first)
        end = width - max(least, min(right, most) + MARGIN + last)
        if max(sizes) <= WIDE:
            self.gap = max(1.0, (end - start) / max(1, len(sizes) - 1))
            middles = [start + layer * self.gap for layer in range(len(sizes))]
            widths = [TILE_SHARE * self.gap, *[LAYER_SHARE * self.gap] * (len(sizes) - 2), TILE_SHARE * self.gap]
            slots: list[Slot] = []
        else:
            slots = _slots(sizes, start - first, end + last, ratio)
            middles = [x + w / 2.0 for x, w in slots[::2]]
            widths = [w for _, w in slots[::2]]
            self.gap = min(b - a for a, b in pairwise(middles))
        own_rows = [len(rows), *sizes[1:]]
        units = [used, *[None] * (len(sizes) - 2), list(range(sizes[-1]))]  # inputs and outputs have names beside them
        heights = [(top, room) if len(rows) <= WIDE else (top + captions, room - captions)]
        if len(rows) <= WIDE and len(rows) * CLOSE_ROW > room:
            heights = [(top - MARGIN, room + 2.0 * MARGIN)]
        heights += [(top + captions, room - captions)] * (len(sizes) - 1)
        self.layers = [
            column(n, x, *high, w, own) if n <= WIDE else grid(n, x, *high, w)
            for n, x, high, w, own in zip(own_rows, middles, heights, widths, units, strict=True)
        ]
        every = (
            column(len(rows), middles[0], *heights[0], widths[0], range(len(rows))) if len(rows) > len(used) else None
        )
        self.unused = [every.tiles[row] for row, is_used in enumerate(rows) if not is_used] if every else []
        self.connections = [self._connection(layer, slots) for layer in range(1, len(sizes))]

    def _connection(self, layer: int, slots: list[Slot]) -> Lines | Matrix:
        inputs, outputs = self.sizes[layer - 1], self.sizes[layer]
        start = count_parameters(self.sizes[:layer])
        sources, targets = self.layers[layer - 1], self.layers[layer]
        if max(inputs, outputs) > WIDE:
            rows_of = sources if inputs >= outputs else targets
            return Matrix(layer, (inputs, outputs), _matrix_box(rows_of, slots[2 * layer - 1]), start)
        lines = np.empty((inputs, outputs, 4))
        lines[:, :, 0] = sources.centers[:, None, 0] + sources.side / 2.0
        lines[:, :, 1] = sources.centers[:, None, 1]
        lines[:, :, 2] = targets.centers[None, :, 0] - targets.side / 2.0
        lines[:, :, 3] = targets.centers[None, :, 1]
        left, _, width, _ = sources.box
        return Lines(layer, outputs, lines.reshape(-1, 4), left + width, targets.box[0], start)

    @cached_property
    def lines(self) -> list[Lines]:
        """The connections that are drawn as lines."""
        return [part for part in self.connections if isinstance(part, Lines)]

    def layer(self, neuron: Neuron) -> Layer:
        """The tiles among which a neuron is."""
        return self.layers[neuron.layer]

    def connection(self, edge: Edge) -> Lines | Matrix:
        """The part that an edge is drawn in."""
        return self.connections[edge.layer - 1]

    def room_for_caption(self, number: int) -> float:
        """The distance in pixels from the middle of a layer to that of its nearer neighbour."""
        middles = [layer.middle for layer in self.layers]
        neighbours = [other for other in (number - 1, number + 1) if 0 <= other < len(middles)]
        return min(abs(middles[number] - middles[other]) for other in neighbours)

    def path(self, edge: Edge) -> Array:
        """The path of an edge from tile to tile, shape (points, 2): a curve, or through its cell in the matrix."""
        connection = self.connection(edge)
        if isinstance(connection, Lines):
            return connection.path(edge)
        left, top, width, height = connection.cell(edge)
        source, target = self.layers[edge.layer - 1], self.layers[edge.layer]
        start = source.centers[edge.source] + (source.side / 2.0, 0.0)
        end = target.centers[edge.target] - (target.side / 2.0, 0.0)
        return np.array([start, (left + width / 2.0, top + height / 2.0), end])

    def at(self, x: float, y: float, values: Array | None = None) -> Part | None:
        """The neuron under a pixel, else the edge whose line is nearest within reach or whose cell it is, else None.

        The name of an input, left of its tile, is the neuron as well.
        If several cells of a matrix share a pixel, the one with the largest magnitude in ``values``, a flat vector.
        """
        for number, layer in enumerate(self.layers):
            unit = layer.at(x, y)
            if unit is not None:
                return Neuron(number, unit)
        for connection in self.connections:
            edge = connection.at(x, y, values)
            if edge is not None:
                return edge
        named = self._row_at(self.layers[0].tiles, x, y) if self.layers[0].columns == 1 else None
        return None if named is None else Neuron(0, named)

    def unused_at(self, x: float, y: float) -> int | None:
        """The number of the unused input under a pixel: its tile, or its name left of that."""
        return self._row_at(self.unused, x, y)

    def _row_at(self, tiles: Sequence[QRectF], x: float, y: float) -> int | None:
        layer = self.layers[0]
        half = min(layer.pitch / 2.0, max(layer.side / 2.0, NAME_REACH))
        return next((k for k, t in enumerate(tiles) if x <= t.right() and abs(y - t.center().y()) <= half), None)

    @cached_property
    def widest(self) -> float:
        """The width of the strongest edge in pixels; the more edges meet, the thinner."""
        crowd = max((part.size for part in self.lines), default=1)
        return max(1.2, min(6.0, 36.0 / math.sqrt(crowd)))


def _matrix_box(rows_of: Layer, slot: Slot) -> Box:
    """The rectangle of a matrix: as wide as its slot and as high as the tiles of its rows."""
    left, width = slot
    _, top, _, height = rows_of.box
    return float(round(left)), top, width, height


def _slots(sizes: tuple[int, ...], start: float, end: float, ratio: float) -> list[Slot]:
    """Left and width of each layer and each connection in turn; large ones get more room, if they can use it."""
    shares, most, cells = [], [], []
    for layer, n in enumerate(sizes):
        if layer:
            columns = min(n, sizes[layer - 1])
            matrix = max(n, sizes[layer - 1]) > WIDE
            shares.append(0.15 + columns**0.5 / 8.0 if matrix else 1.0)
            most.append(columns * LARGEST_CELL if matrix else math.inf)
            cells.append(columns if matrix else 0)
        shares.append(0.6 if n <= WIDE else n**0.5 / 8.0)
        most.append(LARGEST_TILE if n <= WIDE else WIDEST_GRID)
        cells.append(0)
    space = max(1.0, end - start)
    gap = min(14.0, 0.2 * space / len(shares))
    unit = (space - gap * (len(shares) - 1)) / sum(shares)
    widths = [min(share * unit, limit) for share, limit in zip(shares, most, strict=True)]
    widths = [_whole_cells(width, n, ratio) if n else width for width, n in zip(widths, cells, strict=True)]
    grids = [2 * layer for layer, n in enumerate(sizes) if n > WIDE]
    left_over = space - gap * (len(shares) - 1) - sum(widths)
    for place in grids:
        widths[place] = min(widths[place] + left_over / len(grids), most[place])
    gap += (space - gap * (len(shares) - 1) - sum(widths)) / (len(shares) - 1)
    lefts = start + np.cumsum([0.0, *(width + gap for width in widths[:-1])])
    return [(float(left), width) for left, width in zip(lefts, widths, strict=True)]


def _whole_cells(width: float, cells: int, ratio: float) -> float:
    """The largest width up to this in which all cells have the same whole number of pixels, if they have one."""
    pixels = math.floor(width * ratio / cells)
    return cells * pixels / ratio if pixels else width
