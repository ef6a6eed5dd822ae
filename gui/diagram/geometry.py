"""The geometry of the network diagram, and which part is under the mouse; no painting.

A layer of up to :data:`WIDE` neurons is a column of tiles, a larger one a grid of small tiles, filled row by row.
Between two columns each weight is a line. Beside a grid there would be too many lines; there the weights are the cells
of a matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from PyQt5.QtCore import QRectF

from core.base.arrays import Array
from core.explain.picked_part import Edge, Neuron, Part
from core.network.network import count_parameters

Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Slot = tuple[float, float]
"""Left and width of a layer or connection, which stand side by side in the diagram."""

WIDE = 16
LEFT, RIGHT, TOP, BOTTOM = 88.0, 112.0, 48.0, 14.0
LARGEST_TILE, SMALLEST_TILE = 62.0, 3.0
WIDEST_GRID = 160.0
LARGEST_CELL = 12.0
EDGE_REACH = 6.0
NEURON_REACH = 4.0


@dataclass(frozen=True, eq=False)
class Layer:
    """The tiles of a layer.

    Attributes:
        columns: the number of tiles side by side; 1 for a column.
        side: of a tile, in pixels.
        pitch: from one row of tiles to the next.
        centers: shape (units, 2), pixel positions.
    """

    columns: int
    side: float
    pitch: float
    centers: Array

    @property
    def rows(self) -> int:
        """The number of rows of tiles."""
        return math.ceil(len(self.centers) / self.columns)

    @property
    def box(self) -> Box:
        """The rectangle of all tiles."""
        left, top = self.centers[0] - self.side / 2.0
        return left, top, self.columns * self.side, (self.rows - 1) * self.pitch + self.side

    def tile(self, unit: int) -> Box:
        """The square of a neuron."""
        x, y = self.centers[unit] - self.side / 2.0
        return x, y, self.side, self.side

    @cached_property
    def tiles(self) -> list[QRectF]:
        """The squares of all neurons, for Qt."""
        return [QRectF(*self.tile(unit)) for unit in range(len(self.centers))]

    @cached_property
    def frames(self) -> list[QRectF]:
        """The rectangles of one-pixel frames inside the squares."""
        return [tile.adjusted(0, 0, -1, -1) for tile in self.tiles]

    def at(self, x: float, y: float) -> int | None:
        """The unit under a pixel."""
        half = self.side / 2.0 if self.columns > 1 else max(self.side / 2.0, NEURON_REACH)
        column = min(max(round((x - self.centers[0, 0]) / self.side), 0), self.columns - 1)
        row = min(max(round((y - self.centers[0, 1]) / max(self.pitch, 1e-9)), 0), self.rows - 1)
        unit = row * self.columns + column
        if unit >= len(self.centers):
            return None
        return unit if np.abs(self.centers[unit] - (x, y)).max() <= half else None


@dataclass(frozen=True, eq=False)
class Lines:
    """The weights between two columns as lines.

    Attributes:
        layer: the layer that they lead to. targets: its size.
        lines: shape (edges, 4), x1, y1, x2, y2 of each, in the order of the flat vector.
        start: place of the first weight in the flat vector; the others follow it.
    """

    layer: int
    targets: int
    lines: Array
    start: int

    @property
    def size(self) -> int:
        """The number of weights."""
        return len(self.lines)

    def at(self, x: float, y: float, values: Array | None) -> Edge | None:
        """The edge nearest to a pixel, within reach."""
        if not self.lines[0, 0] - EDGE_REACH <= x <= self.lines[0, 2] + EDGE_REACH:
            return None
        x1, y1, x2, y2 = self.lines.T
        dx, dy = x2 - x1, y2 - y1
        along = np.clip(((x - x1) * dx + (y - y1) * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0.0, 1.0)
        distances = np.hypot(x - x1 - along * dx, y - y1 - along * dy)
        nearest = int(np.argmin(distances))
        if distances[nearest] > EDGE_REACH:
            return None
        return Edge(self.layer, *divmod(nearest, self.targets))

    def line(self, edge: Edge) -> Array:
        """The line of an edge."""
        line: Array = self.lines[edge.source * self.targets + edge.target]
        return line


@dataclass(frozen=True, eq=False)
class Matrix:
    """The weights between two layers as a picture, one cell for each.

    Its rows belong to the larger of the two layers, whose tiles stand in the same order from top to bottom; so a strip
    beside a grid of 64 neurons has 64 rows. Between layers of one size the rows are the sources, as in the array
    W[source, target].

    Attributes:
        layer: the layer that they lead to. shape: (sources, targets).
        box: its rectangle.
        start: place of the first weight in the flat vector; the others follow it.
    """

    layer: int
    shape: tuple[int, int]
    box: Box
    start: int

    @property
    def size(self) -> int:
        """The number of weights."""
        return self.shape[0] * self.shape[1]

    @property
    def rows_are_sources(self) -> bool:
        """Whether a row holds the weights out of one neuron; otherwise it holds those into one."""
        return self.shape[0] >= self.shape[1]

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the picture."""
        return self.shape if self.rows_are_sources else (self.shape[1], self.shape[0])

    def values(self, flat: Array) -> Array:
        """The picture's values from a flat vector, shape ``cells``, row 0 on top."""
        values = flat[self.start : self.start + self.size].reshape(self.shape)
        return values if self.rows_are_sources else values.T

    def edge(self, row: int, column: int) -> Edge:
        """The edge of a cell."""
        return Edge(self.layer, row, column) if self.rows_are_sources else Edge(self.layer, column, row)

    def cell(self, edge: Edge) -> Box:
        """The rectangle of an edge's cell."""
        row, column = (edge.source, edge.target) if self.rows_are_sources else (edge.target, edge.source)
        left, top, width, height = self.box
        rows, columns = self.cells
        return left + column * width / columns, top + row * height / rows, width / columns, height / rows

    def at(self, x: float, y: float, values: Array | None) -> Edge | None:
        """The cell under a pixel; if several share the pixel, the one with the largest magnitude."""
        left, top, width, height = self.box
        if not (left <= x < left + width and top <= y < top + height):
            return None
        rows, columns = self.cells
        first_row, last_row = _cells_under(y - top, height, rows)
        first_column, last_column = _cells_under(x - left, width, columns)
        row, column = first_row, first_column
        if values is not None:
            under = np.abs(self.values(values)[first_row:last_row, first_column:last_column])
            inside = divmod(int(np.argmax(under)), under.shape[1])
            row, column = row + inside[0], column + inside[1]
        return self.edge(row, column)


class Diagram:
    """The geometry of a network in a rectangle of pixels.

    Attributes:
        sizes: layer sizes.
        layers: the Layer of each layer, the input first.
        connections: the Lines or the Matrix between each two neighbours.
        gap: the smallest distance of two neighbouring layers, in pixels.
        lines: shape (edges, 4), all edges that are lines.
        indices: shape (edges,), the place of each of these weights in the flat vector.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        width: float,
        height: float,
        left: float = LEFT,
        right: float = RIGHT,
        ratio: float = 1.0,
    ) -> None:
        """Lay it out.

        ``left`` and ``right`` are kept free for names, from the edge to the middle of the outer layers' tiles. A cell
        of a matrix is a whole number of the screen's pixels wide, of which ``ratio`` make one of ours.
        """
        self.sizes = sizes
        room = max(1.0, height - TOP - BOTTOM)
        if max(sizes) <= WIDE:
            self.gap = max(1.0, (width - left - right) / max(1, len(sizes) - 1))
            self.layers = [_column(n, left + layer * self.gap, room, 0.42 * self.gap) for layer, n in enumerate(sizes)]
            slots: list[Slot] = []
        else:
            slots = _slots(sizes, left - LARGEST_TILE / 2.0, width - right + LARGEST_TILE / 2.0, ratio)
            self.layers = [
                _column(n, x + w / 2.0, room, w) if n <= WIDE else _grid(n, x + w / 2.0, room, w)
                for n, (x, w) in zip(sizes, slots[::2], strict=True)
            ]
            middles = [x + w / 2.0 for x, w in slots[::2]]
            self.gap = min(b - a for a, b in pairwise(middles))
        self.connections = [self._connection(layer, slots) for layer in range(1, len(sizes))]
        drawn = [part for part in self.connections if isinstance(part, Lines)]
        self.lines = np.concatenate([np.zeros((0, 4)), *(part.lines for part in drawn)])
        self.indices = np.concatenate(
            [np.zeros(0, dtype=np.int64), *(part.start + np.arange(len(part.lines)) for part in drawn)]
        )

    def _connection(self, layer: int, slots: list[Slot]) -> Lines | Matrix:
        inputs, outputs = self.sizes[layer - 1], self.sizes[layer]
        start = count_parameters(self.sizes[:layer])
        sources, targets = self.layers[layer - 1], self.layers[layer]
        if max(inputs, outputs) > WIDE:
            rows_of = sources if inputs >= outputs else targets
            box = _matrix_box(rows_of, slots[2 * layer - 1])
            return Matrix(layer, (inputs, outputs), box, start)
        lines = np.empty((inputs, outputs, 4))
        lines[:, :, 0] = sources.centers[:, None, 0] + sources.side / 2.0
        lines[:, :, 1] = sources.centers[:, None, 1]
        lines[:, :, 2] = targets.centers[None, :, 0] - targets.side / 2.0
        lines[:, :, 3] = targets.centers[None, :, 1]
        return Lines(layer, outputs, lines.reshape(-1, 4), start)

    def layer(self, neuron: Neuron) -> Layer:
        """The tiles among which a neuron is."""
        return self.layers[neuron.layer]

    def connection(self, edge: Edge) -> Lines | Matrix:
        """The part that an edge is drawn in."""
        return self.connections[edge.layer - 1]

    def room_for_caption(self, number: int) -> float:
        """The distance in pixels from the middle of a layer to that of its nearer neighbour."""
        middles = [left + width / 2.0 for left, _, width, _ in (layer.box for layer in self.layers)]
        neighbours = [other for other in (number - 1, number + 1) if 0 <= other < len(middles)]
        return min(abs(middles[number] - middles[other]) for other in neighbours)

    def path(self, edge: Edge) -> Array:
        """The path of an edge from tile to tile, shape (points, 2): a line, or through its cell in the matrix."""
        connection = self.connection(edge)
        if isinstance(connection, Lines):
            return connection.line(edge).reshape(2, 2)
        left, top, width, height = connection.cell(edge)
        source, target = self.layers[edge.layer - 1], self.layers[edge.layer]
        start = source.centers[edge.source] + (source.side / 2.0, 0.0)
        end = target.centers[edge.target] - (target.side / 2.0, 0.0)
        return np.array([start, (left + width / 2.0, top + height / 2.0), end])

    def at(self, x: float, y: float, values: Array | None = None) -> Part | None:
        """The neuron under a pixel, else the edge whose line is nearest within reach or whose cell it is, else None.

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
        return None

    def widest(self) -> float:
        """The width of the strongest edge in pixels; the more edges meet, the thinner."""
        crowd = max((len(part.lines) for part in self.connections if isinstance(part, Lines)), default=1)
        return max(1.2, min(7.0, 40.0 / math.sqrt(crowd)))


def _column(n: int, x: float, room: float, width: float) -> Layer:
    """Tiles one above the other, centered vertically."""
    side = max(SMALLEST_TILE, float(math.floor(min(LARGEST_TILE, 0.72 * room / n, width))))
    pitch = min(room / n, 1.7 * LARGEST_TILE)
    y = TOP + room / 2.0 + (np.arange(n) - (n - 1) / 2.0) * pitch
    corners = np.round(np.column_stack([np.full(n, x), y]) - side / 2.0)  # so that borders are sharp
    return Layer(1, side, pitch, corners + side / 2.0)


def _grid(n: int, x: float, room: float, width: float) -> Layer:
    """Square tiles row by row, as large as possible, and whole pixels wide unless they are very small."""
    sides = [min(width / columns, room / math.ceil(n / columns)) for columns in range(1, n + 1)]
    columns = 1 + int(np.argmax(sides))
    side = min(LARGEST_TILE, max(sides))
    side = float(math.floor(side)) if side >= SMALLEST_TILE else side
    rows = math.ceil(n / columns)
    left, top = round(x - columns * side / 2.0), round(TOP + (room - rows * side) / 2.0)
    row, column = np.divmod(np.arange(n), columns)
    return Layer(columns, side, side, np.column_stack([left + (column + 0.5) * side, top + (row + 0.5) * side]))


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
    for grid in grids:
        widths[grid] = min(widths[grid] + left_over / len(grids), most[grid])
    gap += (space - gap * (len(shares) - 1) - sum(widths)) / (len(shares) - 1)
    lefts = start + np.cumsum([0.0, *(width + gap for width in widths[:-1])])
    return [(float(left), width) for left, width in zip(lefts, widths, strict=True)]


def _whole_cells(width: float, cells: int, ratio: float) -> float:
    """The largest width up to this in which all cells have the same whole number of pixels, if they have one."""
    pixels = math.floor(width * ratio / cells)
    return cells * pixels / ratio if pixels else width


def _cells_under(place: float, length: float, cells: int) -> tuple[int, int]:
    """The first cell under a pixel, and the one after the last, in a row of cells."""
    size = length / cells
    first = min(int(place / size), cells - 1)
    if size >= 1.0:
        return first, first + 1
    pixel = math.floor(place)
    return min(int(pixel / size), cells - 1), max(first + 1, min(int((pixel + 1) / size), cells))
