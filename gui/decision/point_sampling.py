"""The sample of points that is drawn if there are very many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Rows
from core.base.values import dataclass

MOST_POINTS = 5_000
MOST_WRONG = 1_500


@dataclass(frozen=True, eq=False)
class WrongPoints:
    """The misclassified points.

    Attributes:
        rows: the rows to draw, ascending, at most :data:`MOST_WRONG`.
        count: the number of all misclassified points.
    """

    rows: Rows
    count: int


class PointSample:
    """A random sample of the rows of a data set that stays the same from frame to frame.

    Wrong points have a sample of their own; otherwise the few mistakes among a million points would hardly ever show.

    Attributes:
        rows: the sample, ascending; all rows if there are at most :data:`MOST_POINTS`.
    """

    def __init__(self, labels: Rows) -> None:
        self._labels = labels
        self._order = np.random.default_rng(0).permutation(len(labels))
        self.rows: Rows = np.sort(self._order[:MOST_POINTS])

    def wrong(self, predicted: Rows, among: NDArray[np.bool_] | None) -> WrongPoints:
        """The rows whose prediction, shape (n,), differs from their label; only rows marked in ``among``, if given."""
        mask = predicted != self._labels
        if among is not None:
            mask &= among
        count = int(np.count_nonzero(mask))
        if count <= MOST_WRONG:
            return WrongPoints(np.flatnonzero(mask), count)
        # The first wrong rows in the fixed random order: search the share of it that should hold enough, or else all.
        share = min(len(mask), 64 + 2 * MOST_WRONG * len(mask) // count)
        found = self._order[:share][mask[self._order[:share]]]
        if len(found) < MOST_WRONG:
            found = self._order[mask[self._order]]
        return WrongPoints(np.sort(found[:MOST_WRONG]), count)
