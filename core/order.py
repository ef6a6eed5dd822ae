"""Which sample a run sees at which position, and where batches and epochs begin and end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.experiment import Experiment
from core.streams import ORDER, StreamSeries

Rows = NDArray[np.int64]

STRETCH = 65_536
"""Samples of one call of an engine, unless an epoch is longer."""


class Order:
    """A function of the position: nothing depends on what was asked before.

    Args:
        experiment: what says in which order samples come.
        epoch_length: samples of an epoch.
        batch_size: of a batch; the last one of an epoch may be smaller.
    """

    def __init__(self, experiment: Experiment, epoch_length: int, batch_size: int) -> None:
        self._experiment = experiment
        self._length, self._batch_size = epoch_length, batch_size
        self._series = StreamSeries(experiment.seed, ORDER)
        self._drawn: tuple[int, Rows] = (-1, np.zeros(0, dtype=np.int64))

    # ---------------------------------------------------------------- which samples

    def between(self, first: int, end: int) -> Rows:
        """Rows of the training part from one position to another."""
        epoch, length = first // self._length, self._length
        start = epoch * length
        if end <= start + length:
            return self._of_epoch(epoch)[first - start : end - start]
        orders = [self._of_epoch(number) for number in range(epoch, -(-end // length))]
        return np.concatenate(orders)[first - start : end - start]

    def at(self, position: int) -> int:
        """The row of the training part that is seen from this position to the next."""
        epoch, sample = divmod(position, self._length)
        order = self._drawn[1] if self._drawn[0] == epoch else self._draw(epoch)  # kept is that of the next updates
        return int(order[sample])

    def _of_epoch(self, epoch: int) -> Rows:
        """All rows in the order of an epoch, from the seed and the epoch's number alone."""
        if self._drawn[0] != epoch:
            self._drawn = epoch, self._draw(epoch)
        return self._drawn[1]

    def _draw(self, epoch: int) -> Rows:
        if self._experiment.only_sample is not None:
            return np.zeros(self._length, dtype=np.int64)
        if self._experiment.shuffle:
            return self._series.at(epoch).permutation(self._length)
        return np.arange(self._length)

    # ---------------------------------------------------------------- where units begin and end

    def batch_start(self, position: int) -> int:
        """Where the batch of the next update begins."""
        return position - position % self._length % self._batch_size

    def last_batch_end(self, position: int) -> int:
        """The last position up to this one at which a batch ends."""
        return position if position % self._length == 0 else self.batch_start(position)

    def stretch_end(self, position: int) -> int:
        """How far one call of an engine may lead: to the end of the epoch, or over some epochs of whole batches."""
        whole = self._length % self._batch_size == 0
        epochs = max(1, STRETCH // self._length) if whole else 1
        return position - position % self._length + epochs * self._length

    def end_of(self, unit: str, position: int) -> int:
        """The next position at which the present sample, batch or epoch ends."""
        sample = position % self._length
        start = position - sample
        if unit == "sample":
            return position + 1
        if unit == "batch":
            return start + min((sample // self._batch_size + 1) * self._batch_size, self._length)
        return start + self._length

    def start_of(self, unit: str, position: int) -> int:
        """The last position before this one at which a sample, batch or epoch began; 0 at the start."""
        if position == 0:
            return 0
        sample = (position - 1) % self._length
        start = position - 1 - sample
        if unit == "sample":
            return position - 1
        if unit == "batch":
            return start + sample - sample % self._batch_size
        return start
