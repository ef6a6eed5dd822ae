"""The weights between two layers: as lines between columns, or as the cells of a matrix beside a grid."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.explain.picked_part import Edge
from gui.diagram.layer_tiles import Box

EDGE_REACH = 6.0
PIXELS_OF_PIECE = 11.0
FEWEST_PIECES, MOST_PIECES = 5, 14
OVERLAP = 0.7
"""By how many pixels the pieces of wide edges overlap."""


def curve_rise(along: Array) -> Array:
    """The share of its rise that a curve has after a share of its way: level at both ends."""
    share: Array = along * along * (3.0 - 2.0 * along)
    return share


@dataclass(frozen=True, eq=False)
class Lines:
    """The weights between two layers in columns, as smooth curves.

    All curves run from ``left`` to ``right``. From there a level piece leads to a tile that stands farther away, as in
    a staggered layer.

    Attributes:
        layer: the layer that they lead to. targets: its size.
        lines: shape (edges, 4), x1, y1, x2, y2 of the ends of each, in the order of the flat vector.
        left, right: where the curves begin and end.
        start: place of the first weight in the flat vector; the others follow it.
    """

    layer: int
    targets: int
    lines: Array
    left: float
    right: float
    start: int

    @property
    def size(self) -> int:
        """The number of weights."""
        return len(self.lines)

    @cached_property
    def points(self) -> Array:
        """Shape (edges, points, 2): the places at which each edge bends, its ends included."""
        pieces = round(min(max((self.right - self.left) / PIXELS_OF_PIECE, FEWEST_PIECES), MOST_PIECES))
        along = (1.0 - np.cos(np.linspace(0.0, np.pi, pieces + 1))) / 2.0  # dense at the ends, where it bends most
        y1, y2 = self.lines[:, [1]], self.lines[:, [3]]
        points = np.empty((len(self.lines), pieces + 3, 2))
        points[:, 0], points[:, -1] = self.lines[:, :2], self.lines[:, 2:]
        points[:, 1:-1, 0] = np.round(self.left + (self.right - self.left) * along)  # pieces meet between two pixels
        points[:, 1:-1, 1] = y1 + (y2 - y1) * curve_rise(along)
        return points

    @cached_property
    def pieces(self) -> Array:
        """Shape (edges, pieces, 4): x1, y1, x2, y2 of the straight pieces of the edges, without those of no length."""
        pieces = np.concatenate([self.points[:, :-1], self.points[:, 1:]], axis=2)
        return pieces[:, (pieces[:, :, :2] != pieces[:, :, 2:]).any(axis=(0, 2))]

    @cached_property
    def overlapping_pieces(self) -> Array:
        """The same, each longer at its end by OVERLAP."""
        along = self.pieces[:, :, 2:] - self.pieces[:, :, :2]
        lengths = np.hypot(along[:, :, 0], along[:, :, 1]).clip(1e-9)
        longer: Array = self.pieces.copy()
        longer[:, :, 2:] += OVERLAP * along / lengths[:, :, None]
        return longer

    @cached_property
    def box(self) -> Box:
        """The rectangle of all edges."""
        left, top = self.lines[:, 0].min(), self.lines[:, [1, 3]].min()
        return left, top, self.lines[:, 2].max() - left, self.lines[:, [1, 3]].max() - top

    def place(self, edge: Edge, share: float) -> tuple[float, float]:
        """The pixel after a share of an edge's curve, 0 to 1."""
        _, y1, _, y2 = self.lines[edge.source * self.targets + edge.target].tolist()
        return self.left + share * (self.right - self.left), y1 + (y2 - y1) * float(curve_rise(np.array(share)))

    def at(self, x: float, y: float, values: Array | None) -> Edge | None:
        """The edge nearest to a pixel, within reach."""
        x1, y1, x2, y2 = self.lines.T
        span = max(self.right - self.left, 1e-9)
        along = min(max((x - self.left) / span, 0.0), 1.0)
        slope = (y2 - y1) / span * 6.0 * along * (1.0 - along)
        across = np.abs(y - y1 - (y2 - y1) * curve_rise(np.array(along))) / np.hypot(1.0, slope)
        distances = np.hypot(across, np.maximum(0.0, np.maximum(x1 - x, x - x2)))
        nearest = int(np.argmin(distances))
        if distances[nearest] > EDGE_REACH:
            return None
        return Edge(self.layer, *divmod(nearest, self.targets))

    def path(self, edge: Edge) -> Array:
        """The places at which an edge bends, shape (points, 2)."""
        path: Array = self.points[edge.source * self.targets + edge.target]
        return path


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


def _cells_under(place: float, length: float, cells: int) -> tuple[int, int]:
    """The first cell under a pixel, and the one after the last, in a row of cells."""
    size = length / cells
    first = min(int(place / size), cells - 1)
    if size >= 1.0:
        return first, first + 1
    pixel = math.floor(place)
    return min(int(pixel / size), cells - 1), max(first + 1, min(int((pixel + 1) / size), cells))
