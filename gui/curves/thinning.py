"""Thins a long record for the screen: of the rows in each pixel column only the extremes are drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.base.arrays import Array
from core.training.history import COLUMNS, History

BLOCK = 64
MOST_ROWS = 16_384
"""Up to this number, rows are read one by one; beyond it, whole blocks."""
ROWS_AT_START = 128 * BLOCK
"""These first rows of a record are always read one by one."""


class Extremes:
    """The smallest and largest values of a record, kept for each block of :data:`BLOCK` rows.

    A record only grows, so each frame reads only its new rows. The memory is two rows for each block.
    """

    def __init__(self) -> None:
        self._memory: object = None
        self._blocks = 0
        self._low = self._high = np.empty((0, len(COLUMNS)))

    def follow(self, history: History) -> None:
        """Read the new rows of a record.

        A record's rows never change, and another record has another memory (see
        :class:`core.training.history.Recorder`), so the same memory means the same rows.
        """
        table = history.table
        memory = table if table.base is None else table.base
        blocks = len(table) // BLOCK
        if memory is not self._memory or blocks < self._blocks:
            self._memory, self._blocks = memory, 0
        if blocks == self._blocks:
            return
        new = table[self._blocks * BLOCK : blocks * BLOCK].reshape(-1, BLOCK, len(COLUMNS))
        self._make_room(blocks)
        np.fmin.reduce(new, axis=1, out=self._low[self._blocks : blocks])
        np.fmax.reduce(new, axis=1, out=self._high[self._blocks : blocks])
        self._blocks = blocks

    def _make_room(self, blocks: int) -> None:
        if len(self._low) < blocks:
            room = np.empty((2 * blocks, len(COLUMNS)))
            self._low, self._high = (np.concatenate([old[: self._blocks], room]) for old in (self._low, self._high))

    def curve_points(
        self,
        history: History,
        name: str,
        first: float,
        last: float,
        columns: int,
        places: Callable[[Array], Array] = np.asarray,
    ) -> tuple[Array, Array]:
        """The points of a curve from one position to another: ascending positions, and values.

        If there are more than two rows for each of ``columns`` equal steps, a step's smallest and largest value stand
        for all of its rows. ``places`` tells where positions stand on the axis on which the steps are equal. The
        neighbours outside are included, so that the line runs to the edge. Beyond :data:`MOST_ROWS` rows, a block
        belongs to the step in which it begins, but for the first rows, which an axis may spread. A step of NaN only
        stays NaN.
        """
        self.follow(history)
        column = COLUMNS.index(name)
        positions = history.table[:, 0]
        start = max(0, int(np.searchsorted(positions, first)) - 1)
        stop = min(len(positions), int(np.searchsorted(positions, last, side="right")) + 1)
        if stop - start <= max(2 * columns, 2):
            return positions[start:stop].copy(), history.table[start:stop, column].copy()
        if stop - start <= MOST_ROWS:
            at, low = history.table[start:stop, [0, column]].T
            high = low
        else:
            at, low, high = self._blocks_between(history, column, start, stop)
        start_place, end_place = places(np.array([first, last])).tolist()
        share = (places(at) - start_place) / max(end_place - start_place, 1e-300)
        step = np.clip(share * columns, -1, columns).astype(np.int64)
        cuts = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
        return _zigzag(at[cuts], np.fmin.reduceat(low, cuts), np.fmax.reduceat(high, cuts))

    def _blocks_between(self, history: History, column: int, start: int, stop: int) -> tuple[Array, Array, Array]:
        """First positions, smallest and largest values of whole blocks, between those of the rows beside them."""
        block, end = start // BLOCK, min(stop // BLOCK, self._blocks)
        if start == 0:
            block += ROWS_AT_START // BLOCK
        before = history.table[start : max(start, block * BLOCK), [0, column]]
        rest = history.table[end * BLOCK : stop, [0, column]]
        return (
            np.concatenate([before[:, 0], self._low[block:end, 0], rest[:, 0]]),
            np.concatenate([before[:, 1], self._low[block:end, column], rest[:, 1]]),
            np.concatenate([before[:, 1], self._high[block:end, column], rest[:, 1]]),
        )


def _zigzag(at: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Both extremes at each place, the lower and the upper one first in turn."""
    values = np.stack([low, high], axis=1)
    values[1::2] = values[1::2, ::-1]
    return np.repeat(at, 2), values.ravel()
