"""The visible range of the plot of the data, and the number of cells in which its map is computed."""

from __future__ import annotations

import math

import pyqtgraph as pg

from core.base.arrays import Array
from core.data.section import Section
from core.explain.maps import Plane
from gui.widgets.plots import LEAST_NUMBER

CELL_PIXELS = 4
FEWEST_CELLS, MOST_CELLS = 8, 100
MAP_OPERATIONS = 1e8
"""The number of multiplications that the map may cost; each level of quality divides it by four."""
MARGIN = 0.08
MOST_UNLIKE = 1.8
"""Inputs whose spans differ by at most this factor are alike."""
STEADY = (0.3, 2.0)
"""While the free margin around new points is between these shares of MARGIN, the visible range is kept."""
MOST_SLIM = 3.2
"""A box whose sides differ by more is filled with the points instead."""
LEAST_SQUARE = 1e-6
"""Narrower spans, as a share of the numbers, leave no digits to widen them."""
RESOLUTION = 1e-13
"""A narrower range, as a share of its numbers, is but a few steps of floating point."""
CANVAS_BOUNDS = (-5.0, -5.0, 5.0, 5.0)
"""The bounds that are shown while there are no points."""


class VisibleRange:
    """The visible range of a plot, which follows the bounds of its points."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._bounds: tuple[float, ...] = ()
        self._shown: list[list[float]] = []  # the range that show_everything set
        box.sigResized.connect(self._follow_size)

    def follow(self, points: Array, stays: bool) -> None:
        """Show all points, shape (n, 2), if their bounds have changed; ``stays`` keeps the visible range anyway."""
        bounds: tuple[float, ...] = CANVAS_BOUNDS
        if len(points):
            bounds = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        if bounds != self._bounds:
            self._bounds = bounds
            if not stays and not self._fits():
                self.show_everything()

    @property
    def _is_square(self) -> bool:
        """Whether both inputs are alike; then a unit of both is drawn equally long, so that a circle is round."""
        x0, y0, x1, y1 = self._bounds
        spans = _span(x0, x1), _span(y0, y1)
        largest = max(abs(bound) for bound in self._bounds)
        return max(spans) <= MOST_UNLIKE * min(spans) and min(spans) > LEAST_SQUARE * largest

    def _fits(self) -> bool:
        """Whether all points are visible with little space around them; small changes shall not move the axes."""
        x0, y0, x1, y1 = self._bounds
        tight = False
        for (low, high), first, last in zip(self._box.viewRange(), (x0, y0), (x1, y1), strict=True):
            least, most = (share * MARGIN * _span(first, last) for share in STEADY)
            if not (least <= first - low and least <= high - last):
                return False
            is_tight = first - low <= most and high - last <= most
            if not is_tight and not self._is_square:
                return False
            tight = tight or is_tight
        return tight

    @property
    def is_moved(self) -> bool:
        """Whether another range is visible than the one that :meth:`show_everything` has set."""
        return bool(self._shown) and self._box.viewRange() != self._shown

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        if self._bounds:
            x0, y0, x1, y1 = self._bounds
            pads = [MARGIN * _span(low, high) for low, high in ((x0, x1), (y0, y1))]
            if self._is_square:
                spans = [high - low + 2.0 * pad for low, high, pad in ((x0, x1, pads[0]), (y0, y1, pads[1]))]
                pixels = max(self._box.rect().width(), 1.0), max(self._box.rect().height(), 1.0)
                is_slim = not 1.0 / MOST_SLIM <= pixels[0] / pixels[1] <= MOST_SLIM
                unit = 0.0 if is_slim else max(spans[0] / pixels[0], spans[1] / pixels[1])
                pads = [pad + max(0.0, unit * n - span) / 2.0 for pad, n, span in zip(pads, pixels, spans, strict=True)]
            self._box.setRange(xRange=(x0 - pads[0], x1 + pads[0]), yRange=(y0 - pads[1], y1 + pads[1]), padding=0)
            self._shown = self._box.viewRange()

    def _follow_size(self) -> None:
        """Let units stay equally long in a box of another size, unless the user has moved the plot."""
        if self._bounds and self._is_square and self._box.viewRange() == self._shown:
            self.show_everything()

    def plane(self, quality: int, section: Section | None, operations: int) -> Plane | None:
        """The visible range in cells of a few pixels; None before it has a size.

        Each level of quality doubles the cells' sides, or less where the map of a small network costs little: at
        ``operations`` multiplications a cell.
        """
        (x0, x1), (y0, y1) = self._box.viewRange()
        pixels = self._box.rect()
        if not (x1 > x0 and y1 > y0) or pixels.width() < 2 or pixels.height() < 2:
            return None
        fine = [min(MOST_CELLS, n / CELL_PIXELS) for n in (pixels.width(), pixels.height())]
        affordable = MAP_OPERATIONS / 4.0**quality / (operations * fine[0] * fine[1])
        share = 1.0 if quality == 0 else min(1.0, max(0.5**quality, math.sqrt(affordable)))
        columns, rows = (max(FEWEST_CELLS, int(share * n)) for n in fine)
        return Plane((x0, x1), (y0, y1), columns, rows, section)


def _span(low: float, high: float) -> float:
    """The length of a range; the size of its numbers where all of them are one, or can hardly be told apart."""
    largest = max(abs(low), abs(high))
    if high - low > RESOLUTION * largest and high - low > LEAST_NUMBER:
        return high - low
    return largest if largest > LEAST_NUMBER else 1.0
