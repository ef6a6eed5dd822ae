"""The order of samples: which sample is at which position, and where batches and epochs begin and end."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Rows
from core.base.random_streams import ORDER, StreamSeries
from core.engines import kernel_loading
from core.training.experiment import Experiment

STRETCH = 131_072
"""Most samples of one call of an engine, unless an epoch is longer."""

DRAWN_AHEAD = 32_768
"""Samples whose order is drawn in one call if that is cheap, so that not every short stretch needs a call."""


class SampleOrder:
    """The samples and the ends of batches and epochs as functions of the position; earlier calls do not matter.

    Args:
        experiment: its seed, ``shuffle`` and ``only_sample`` determine the order.
        epoch_length: samples of an epoch.
        batch_size: samples of a batch; the last batch of an epoch may be smaller.
    """

    def __init__(self, experiment: Experiment, epoch_length: int, batch_size: int) -> None:
        self._experiment = experiment
        self.epoch_length, self._batch_size = epoch_length, batch_size
        self._series = StreamSeries(experiment.seed, ORDER)
        self._drawn: tuple[int, Rows] = (0, np.zeros((0, epoch_length), dtype=np.int64))

    # ---------------------------------------------------------------- which samples

    def between(self, first: int, end: int) -> Rows:
        """Rows of the training part from one position to another."""
        epoch = first // self.epoch_length
        start = epoch * self.epoch_length
        return self._of_epochs(epoch, -(-end // self.epoch_length)).reshape(-1)[first - start : end - start]

    def at(self, position: int) -> int:
        """The row of the training part that is seen from this position to the next."""
        epoch, sample = divmod(position, self.epoch_length)
        kept, orders = self._drawn  # the orders of the next updates, which are kept
        known = kept <= epoch < kept + len(orders)
        return int(orders[epoch - kept, sample] if known else self.epochs(epoch, epoch + 1)[0, sample])

    def _of_epochs(self, first: int, end: int) -> Rows:
        """The orders of some epochs, shape (epochs, samples)."""
        kept, orders = self._drawn
        if not (kept <= first and end <= kept + len(orders)):
            known = orders[first - kept :] if kept <= first < kept + len(orders) else orders[:0]
            ahead = DRAWN_AHEAD // self.epoch_length if kernel_loading.can_draw_orders() else 0
            orders = np.empty((max(end - first, ahead), self.epoch_length), dtype=np.int64)
            orders[: len(known)] = known
            self._draw(orders[len(known) :], first + len(known))
            self._drawn = first, orders
        kept, orders = self._drawn
        return orders[first - kept : end - kept]

    def epochs(self, first: int, end: int) -> Rows:
        """The orders of some epochs, shape (epochs, samples); each depends on the seed and the epoch's number alone."""
        orders = np.empty((end - first, self.epoch_length), dtype=np.int64)
        self._draw(orders, first)
        return orders

    def _draw(self, orders: Rows, first: int) -> None:
        """Put the orders of the epochs from ``first`` on into the rows."""
        if self._experiment.only_sample is not None:
            orders[:] = 0
        elif not self._experiment.shuffle:
            orders[:] = np.arange(self.epoch_length)
        elif kernel_loading.can_draw_orders():
            kernel_loading.draw_orders(self._experiment.seed, ORDER, first, orders)
        else:
            for k in range(len(orders)):
                orders[k] = self._series.at(first + k).permutation(self.epoch_length)

    # ---------------------------------------------------------------- where units begin and end

    def batch_start(self, position: int) -> int:
        """Where the batch of the next update begins."""
        return position - position % self.epoch_length % self._batch_size

    def last_batch_end(self, position: int) -> int:
        """The last position up to this one at which a batch ends."""
        return position if position % self.epoch_length == 0 else self.batch_start(position)

    def stretch_end(self, position: int) -> int:
        """The farthest end of one call of an engine: that of the epoch, or of several epochs if batches divide them."""
        whole = self.epoch_length % self._batch_size == 0
        epochs = max(1, STRETCH // self.epoch_length) if whole else 1
        return position - position % self.epoch_length + epochs * self.epoch_length

    def end_of(self, unit: str, position: int) -> int:
        """The end of the current sample, batch or epoch (``unit``), behind a position."""
        sample = position % self.epoch_length
        start = position - sample
        if unit == "sample":
            return position + 1
        if unit == "batch":
            return start + min((sample // self._batch_size + 1) * self._batch_size, self.epoch_length)
        return start + self.epoch_length

    def start_of(self, unit: str, position: int) -> int:
        """The last start of a sample, batch or epoch (``unit``) before a position; 0 at the start."""
        if position == 0:
            return 0
        sample = (position - 1) % self.epoch_length
        start = position - 1 - sample
        if unit == "sample":
            return position - 1
        if unit == "batch":
            return start + sample - sample % self._batch_size
        return start
