"""Which of very many points are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Rows

MOST_POINTS = 5_000
MOST_WRONG = 1_500


@dataclass(frozen=True, eq=False)
class WrongOnes:
    """The misclassified points.

    Attributes:
        rows: those to draw, ascending, at most :data:`MOST_WRONG`.
        count: how many there are in all.
    """

    rows: Rows
    count: int


class Sample:
    """A random choice of the rows of a data set that stays the same from frame to frame.

    Wrong points have a quota of their own: were only those of the choice shown, the few mistakes among a million points
    would hardly ever be seen.

    Attributes:
        rows: the choice, ascending; all rows if there are at most :data:`MOST_POINTS`.
    """

    def __init__(self, labels: Rows) -> None:
        self._labels = labels
        self._order = np.random.default_rng(0).permutation(len(labels))
        self.rows: Rows = np.sort(self._order[:MOST_POINTS])

    def wrong(self, predicted: Rows, among: NDArray[np.bool_] | None) -> WrongOnes:
        """The rows whose prediction, shape (n,), is not their label; only those marked in ``among``, if given."""
        mask = predicted != self._labels
        if among is not None:
            mask &= among
        count = int(np.count_nonzero(mask))
        if count <= MOST_WRONG:
            return WrongOnes(np.flatnonzero(mask), count)
        # The first of them in the fixed random order; a little more than the share that holds enough, or all.
        share = min(len(mask), 64 + 2 * MOST_WRONG * len(mask) // count)
        found = self._order[:share][mask[self._order[:share]]]
        if len(found) < MOST_WRONG:
            found = self._order[mask[self._order]]
        return WrongOnes(np.sort(found[:MOST_WRONG]), count)
