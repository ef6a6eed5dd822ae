"""The record of a run: loss and score (accuracy, or R² for regression) at fixed positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COLUMNS = ("position", "train_loss", "test_loss", "train_score", "test_score")
FINE_EPOCHS = 16
POINTS_IN_FINE_EPOCH = 16
EVERY_EPOCH_UP_TO = 4096


@dataclass(frozen=True, eq=False)
class History:
    """A frozen view of the records up to some moment.

    Attributes:
        table: shape (records, 5), the columns named in :data:`COLUMNS`; positions ascend.
        epoch_length: samples of an epoch, which turns positions into epochs.
    """

    table: Array
    epoch_length: int

    def __len__(self) -> int:
        return len(self.table)

    @property
    def epochs(self) -> Array:
        """Shape (records,), the positions in epochs."""
        epochs: Array = self.table[:, 0] / self.epoch_length
        return epochs

    def column(self, name: str) -> Array:
        """One of :data:`COLUMNS`, shape (records,)."""
        column: Array = self.table[:, COLUMNS.index(name)]
        return column


class Recorder:
    """Appends records. What was handed out by :meth:`view` never changes.

    Rows are only ever written behind the last one, so a view of the rows before it can be read in another thread
    without a lock; when the memory is full, a larger copy takes its place and old views keep the old memory.
    """

    def __init__(self, epoch_length: int) -> None:
        self._epoch_length = epoch_length
        self._memory = np.empty((64, len(COLUMNS)))
        self._length = 0

    def append(self, position: int, train_loss: float, test_loss: float, train_score: float, test_score: float) -> None:
        """Add a record; positions must ascend."""
        if self._length == len(self._memory):
            self._memory = np.concatenate([self._memory, np.empty_like(self._memory)])
        self._memory[self._length] = position, train_loss, test_loss, train_score, test_score
        self._length += 1

    def view(self) -> History:
        """All records so far, without a copy."""
        table = self._memory[: self._length]
        table.flags.writeable = False
        return History(table, self._epoch_length)

    def cut(self, position: int) -> None:
        """Forget what was recorded behind a position."""
        table = self._memory[: self._length]
        kept = int(np.searchsorted(table[:, 0], position, side="right"))
        self._memory = np.concatenate([table[:kept], np.empty((64, len(COLUMNS)))])
        self._length = kept


def next_record(position: int, epoch_length: int) -> int:
    """The first position behind this one at which a run is recorded.

    The first epochs are recorded several times each, then every epoch at its end; behind epoch 4,096 every second one,
    behind 8,192 every fourth, and so on, so that the record of a run of any length stays small. The rule knows the
    position alone: a run leaves the same record however it was stepped.
    """
    epoch, sample = divmod(position, epoch_length)
    if epoch < FINE_EPOCHS:
        point = sample * POINTS_IN_FINE_EPOCH // epoch_length + 1
        inside = -(-point * epoch_length // POINTS_IN_FINE_EPOCH)
        return epoch * epoch_length + inside
    stride = record_stride(epoch)
    return (epoch // stride + 1) * stride * epoch_length


def record_stride(epoch: int) -> int:
    """Behind this epoch, every how many epochs the run is recorded."""
    return max(1, 1 << (epoch.bit_length() - EVERY_EPOCH_UP_TO.bit_length() + 1)) if epoch >= EVERY_EPOCH_UP_TO else 1
