"""What is visible of the plane of the data, and in how many cells its map is computed."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from core.data.section import Section
from core.explain.maps import Plane

CELL_PIXELS = 4
FEWEST_CELLS, MOST_CELLS = 8, 100
MARGIN = 0.08
STEADY = (0.3, 2.0)
"""Shares of the margin between which the visible range stays when the points are others."""
CANVAS_BOUNDS = (-5.0, -5.0, 5.0, 5.0)
"""What is visible of a canvas without points."""


class ScatterRange:
    """The visible range of a plot, which follows the bounds of its points."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._bounds: tuple[float, ...] = ()

    def follow(self, points: NDArray[np.float64], stays: bool) -> None:
        """Show all these points, shape (n, 2), if their bounds are others than before and it need not stay."""
        bounds: tuple[float, ...] = CANVAS_BOUNDS
        if len(points):
            bounds = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        if bounds != self._bounds:
            self._bounds = bounds
            if not stays and not self._fits():
                self.show_everything()

    def _fits(self) -> bool:
        """Whether all points are visible with little around them: axes that follow a slider would tremble."""
        x0, y0, x1, y1 = self._bounds
        for (low, high), first, last in zip(self._box.viewRange(), (x0, y0), (x1, y1), strict=True):
            least, most = (share * MARGIN * max(last - first, 1e-9) for share in STEADY)
            if not (least <= first - low <= most and least <= high - last <= most):
                return False
        return True

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        if self._bounds:
            x0, y0, x1, y1 = self._bounds
            pad_x, pad_y = (MARGIN * max(high - low, 1e-9) for low, high in ((x0, x1), (y0, y1)))
            self._box.setRange(xRange=(x0 - pad_x, x1 + pad_x), yRange=(y0 - pad_y, y1 + pad_y), padding=0)

    def plane(self, quality: int, section: Section | None) -> Plane | None:
        """What is visible in cells of a few pixels, each level of quality twice as many; None before it has a size."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        pixels = self._box.rect()
        if not (x1 > x0 and y1 > y0) or pixels.width() < 2 or pixels.height() < 2:
            return None
        cell, most = CELL_PIXELS * 2**quality, MOST_CELLS // 2**quality
        columns, rows = (max(FEWEST_CELLS, min(most, int(n / cell))) for n in (pixels.width(), pixels.height()))
        return Plane((x0, x1), (y0, y1), columns, rows, section)
