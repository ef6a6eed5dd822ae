"""Where the tiles of a layer lie: in a column, in two staggered columns, or in a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from PyQt5.QtCore import QRectF

from core.base.arrays import Array
from core.base.values import dataclass

Box = tuple[float, float, float, float]
"""Left, top, width, height."""

WIDE = 16
"""The most neurons that stand in columns; a larger layer is a grid."""
LARGEST_TILE, SMALLEST_TILE = 76.0, 3.0
FILLED = 0.8
"""The share of the distance between two tiles of a column that a tile takes."""
WIDEST_PITCH = 1.45 * LARGEST_TILE
STAGGER_GAP = 8.0
STAGGER_GAIN = 1.25
"""Two columns are chosen where their tiles are larger by this factor."""
FEWEST_STAGGERED = 5
NEURON_REACH = 4.0


@dataclass(frozen=True, eq=False)
class Layer:
    """The tiles of a layer.

    Attributes:
        columns: the number of tiles side by side in a grid; 1 for a layer in one or two columns.
        side: of a tile, in pixels.
        pitch: from one tile or row of tiles to the next below it.
        centers: shape (units, 2), pixel positions.
        is_staggered: whether the units stand in two columns, in turn left and right.
    """

    columns: int
    side: float
    pitch: float
    centers: Array
    is_staggered: bool = False

    @property
    def rows(self) -> int:
        """The number of rows of tiles in a grid."""
        return math.ceil(len(self.centers) / self.columns)

    @cached_property
    def box(self) -> Box:
        """The rectangle of all tiles."""
        left, top = (self.centers.min(axis=0) - self.side / 2.0).tolist()
        right, bottom = (self.centers.max(axis=0) + self.side / 2.0).tolist()
        return left, top, right - left, bottom - top

    @property
    def middle(self) -> float:
        """The pixel in the middle of the layer, from left to right."""
        left, _, width, _ = self.box
        return left + width / 2.0

    def tile(self, unit: int) -> Box:
        """The square of a neuron."""
        x, y = self.centers[unit] - self.side / 2.0
        return x, y, self.side, self.side

    @cached_property
    def boxes(self) -> Array:
        """The squares of all neurons, shape (units, 4)."""
        return np.column_stack([self.centers - self.side / 2.0, np.full((len(self.centers), 2), self.side)])

    @cached_property
    def tiles(self) -> list[QRectF]:
        """The squares of all neurons, for Qt."""
        return [QRectF(*box) for box in self.boxes.tolist()]

    def at(self, x: float, y: float) -> int | None:
        """The unit under a pixel."""
        half = self.side / 2.0 if self.columns > 1 else max(self.side / 2.0, NEURON_REACH)
        distances = np.abs(self.centers - (x, y)).max(axis=1)
        unit = int(np.argmin(distances))
        return unit if distances[unit] <= half else None


def column(rows: int, x: float, top: float, room: float, width: float, units: Sequence[int] | None = None) -> Layer:
    """Tiles one above the other around ``x``, centered in the ``room`` below ``top``.

    ``units`` are the rows that the units of the layer take. Where it is None, they take all rows, and stand in two
    staggered columns where their tiles are much larger so; together these are at most ``width`` wide.
    """
    place = np.arange(rows)
    pitch = min(room / rows, WIDEST_PITCH)
    side = column_side(rows, room, width)
    double = _staggered_side(rows, room, width) if units is None else 0.0
    is_staggered = rows >= FEWEST_STAGGERED and double >= STAGGER_GAIN * side
    offset = 0.0
    if is_staggered:
        side = double
        pitch = min((room - side) / (rows - 1), WIDEST_PITCH)
        offset = (side + STAGGER_GAP) / 2.0
    y = top + room / 2.0 + (place - (rows - 1) / 2.0) * pitch
    middles = np.column_stack([x + np.where(place % 2 == 0, -offset, offset), y])
    corners = np.round(middles - side / 2.0)  # so that borders are sharp
    centers = corners + side / 2.0
    return Layer(1, side, pitch, centers if units is None else centers[list(units)], is_staggered)


def column_side(rows: int, room: float, width: float = LARGEST_TILE) -> float:
    """The side of a tile where ``rows`` of them stand one above the other in a room."""
    return max(SMALLEST_TILE, float(math.floor(min(LARGEST_TILE, FILLED * room / rows, width))))


def _staggered_side(rows: int, room: float, width: float) -> float:
    """The same in two staggered columns: a line to the right column passes between two tiles of the left one."""
    pitch = room / (rows + 0.6)
    return float(math.floor(min(LARGEST_TILE, 1.6 * pitch, (width - STAGGER_GAP) / 2.0)))


def grid(n: int, x: float, top: float, room: float, width: float) -> Layer:
    """Square tiles row by row, as large as possible, and whole pixels wide unless they are very small."""
    sides = [min(width / columns, room / math.ceil(n / columns)) for columns in range(1, n + 1)]
    columns = 1 + int(np.argmax(sides))
    side = min(LARGEST_TILE, max(sides))
    side = float(math.floor(side)) if side >= SMALLEST_TILE else side
    rows = math.ceil(n / columns)
    left, above = round(x - columns * side / 2.0), round(top + (room - rows * side) / 2.0)
    row, number = np.divmod(np.arange(n), columns)
    return Layer(columns, side, side, np.column_stack([left + (number + 0.5) * side, above + (row + 0.5) * side]))
