"""The record of a run: loss and score (accuracy, or R² for regression) at fixed positions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.base.arrays import Array

COLUMNS = ("position", "train_loss", "test_loss", "train_score", "test_score")
FINE_EPOCHS = 16
POINTS_IN_FINE_EPOCH = 16
LARGE_EPOCH = 20_000
POINTS_IN_LARGE_EPOCHS = (8, 2, 2, 2)
"""Of the first epochs of many samples, where a record takes long and an epoch is much to learn from."""
HEAVY_EPOCH = 1_000_000_000
"""Samples times parameters. A record is a forward pass over all samples, an epoch is worth some three of them: of 8
records in an epoch of so much work, a person would see little but that the run stands still."""
POINTS_IN_HEAVY_EPOCHS = (2,)
EVERY_EPOCH_UP_TO = 512
GRADIENTS_OF_EVERY_EPOCH_UP_TO = 64


@dataclass(frozen=True, eq=False)
class History:
    """A frozen view of the records up to some moment.

    Attributes:
        table: shape (records, 5), the columns named in :data:`COLUMNS`; positions ascend.
        epoch_length: samples of an epoch, which turns positions into epochs.
        gradients: shape (gradient records, 1 + layers): the position, then the gradient's norm in each layer from the
            first to the last, see :mod:`core.training.gradient_norms`; recorded more seldom, see
            :func:`is_gradient_record`.
    """

    table: Array
    epoch_length: int
    gradients: Array = field(default_factory=lambda: np.empty((0, 1)))

    def __len__(self) -> int:
        return len(self.table)

    @property
    def epochs(self) -> Array:
        """Shape (records,), the positions in epochs."""
        epochs: Array = self.table[:, 0] / self.epoch_length
        return epochs

    @property
    def gradient_epochs(self) -> Array:
        """Shape (gradient records,), their positions in epochs."""
        epochs: Array = self.gradients[:, 0] / self.epoch_length
        return epochs

    def column(self, name: str) -> Array:
        """One of :data:`COLUMNS`, shape (records,)."""
        column: Array = self.table[:, COLUMNS.index(name)]
        return column


class _Rows:
    """A table that grows at its end, its first column ascending.

    Rows are only ever written behind the last one, so a view of the rows before it can be read in another thread
    without a lock; when the memory is full, a larger copy takes its place and old views keep the old memory.
    """

    def __init__(self, columns: int) -> None:
        self._memory = np.empty((64, columns))
        self._length = 0

    def append(self, *row: float) -> None:
        if self._length == len(self._memory):
            self._memory = np.concatenate([self._memory, np.empty_like(self._memory)])
        self._memory[self._length] = row
        self._length += 1

    def view(self) -> Array:
        table = self._memory[: self._length]
        table.flags.writeable = False
        return table

    def replace(self, rows: Array) -> None:
        self._memory = np.concatenate([rows, np.empty((64, rows.shape[1]))])
        self._length = len(rows)

    def cut(self, position: int) -> None:
        table = self._memory[: self._length]
        kept = int(np.searchsorted(table[:, 0], position, side="right"))
        self._memory = np.concatenate([table[:kept], np.empty((64, table.shape[1]))])
        self._length = kept


class HistoryWriter:
    """Appends records. A history that :meth:`view` returned never changes.

    Args:
        epoch_length: samples of an epoch.
        layers: of how many the gradient's norms are recorded.
    """

    def __init__(self, epoch_length: int, layers: int = 0) -> None:
        self._epoch_length = epoch_length
        self._records = _Rows(len(COLUMNS))
        self._gradients = _Rows(1 + layers)

    def append(self, position: int, train_loss: float, test_loss: float, train_score: float, test_score: float) -> None:
        """Add a record; positions must ascend."""
        self._records.append(position, train_loss, test_loss, train_score, test_score)

    def append_gradients(self, position: int, norms: Array) -> None:
        """Add the gradient's norms, shape (layers,); positions must ascend."""
        self._gradients.append(position, *norms)

    def view(self) -> History:
        """All records so far, without a copy."""
        return History(self._records.view(), self._epoch_length, self._gradients.view())

    def replace(self, table: Array, gradients: Array) -> None:
        """Take these records in place of all; shapes as in :class:`History`."""
        self._records.replace(table)
        self._gradients.replace(gradients)

    def cut(self, position: int) -> None:
        """Forget what was recorded behind a position."""
        self._records.cut(position)
        self._gradients.cut(position)


def next_record(position: int, epoch_length: int, parameters: int = 0) -> int:
    """The first position behind this one at which a run of so many parameters is recorded.

    The first epochs are recorded several times each, fewer if they are long, then every epoch at its end; behind epoch
    512 every second one, behind 8,192 every fourth, and so on, so that the record of a run of any length stays small.
    The rule knows the position alone: a run leaves the same record however it was stepped.
    """
    epoch, sample = divmod(position, epoch_length)
    points = _points_in_epoch(epoch, epoch_length, parameters)
    if points > 1:
        point = sample * points // epoch_length + 1
        inside = -(-point * epoch_length // points)
        return epoch * epoch_length + inside
    stride = record_stride(epoch)
    return (epoch // stride + 1) * stride * epoch_length


def _points_in_epoch(epoch: int, epoch_length: int, parameters: int) -> int:
    if epoch_length <= LARGE_EPOCH:
        return POINTS_IN_FINE_EPOCH if epoch < FINE_EPOCHS else 1
    points = POINTS_IN_LARGE_EPOCHS if epoch_length * parameters < HEAVY_EPOCH else POINTS_IN_HEAVY_EPOCHS
    return points[epoch] if epoch < len(points) else 1


def record_stride(epoch: int) -> int:
    """Behind this epoch, every how many epochs the run is recorded."""
    return _stride(epoch, EVERY_EPOCH_UP_TO)


def is_gradient_record(position: int, epoch_length: int) -> bool:
    """Whether at this record the gradient's norms are recorded too.

    They are at every record of the first epoch, then at the ends of epochs: of all up to epoch 64, then of every second
    one, behind 128 of every fourth, and so on. They take longer than the rest, so there are fewer of them.
    """
    epoch, sample = divmod(position, epoch_length)
    return position <= epoch_length or (sample == 0 and epoch % _stride(epoch, GRADIENTS_OF_EVERY_EPOCH_UP_TO) == 0)


def _stride(epoch: int, every_epoch_up_to: int) -> int:
    """1 up to an epoch (a power of 2), then 2, and twice as much each time that the epochs have doubled."""
    return max(1, 1 << (epoch.bit_length() - every_epoch_up_to.bit_length() + 1)) if epoch >= every_epoch_up_to else 1
