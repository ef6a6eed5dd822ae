"""The record of a run: loss and score (accuracy, or R² for regression) at fixed positions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import field

import numpy as np

from core.base.arrays import Array, Rows
from core.base.values import dataclass

COLUMNS = ("position", "train_loss", "test_loss", "train_score", "test_score")
FINE_EPOCHS = 16
POINTS_IN_FINE_EPOCH = 16
LARGE_EPOCH = 20_000
POINTS_IN_LARGE_EPOCHS = (8, 2, 2, 2)
"""Records in each of the first epochs if epochs are long; a record then takes long, and an epoch changes much."""
HEAVY_EPOCH = 1_000_000_000
"""Samples times parameters. A record costs a forward pass over all samples, an epoch about three. With 8 records in
such an epoch, the run would spend most of its time on records."""
POINTS_IN_HEAVY_EPOCHS = (2,)
EVERY_EPOCH_UP_TO = 512
LARGE_NETWORK = 8_192
"""Parameters, beyond which a run is recorded half as often behind EVERY_EPOCH_UP_TO. There, with large batches,
measuring the whole set takes three tenths of an epoch, and states and the gradient's norms more than elsewhere."""
GRADIENTS_OF_EVERY_EPOCH_UP_TO = 64
MOST_DUE, MOST_NUMBERS_DUE = 32, 1 << 16
"""So many records, and numbers of parameters, wait at most until the gradient's norms of all of them are found. A
vector of more numbers does not wait: that would gain nothing, and a copy in new memory takes half as long as norms."""


@dataclass(frozen=True)
class Low:
    """A place at which the test loss was lower than ever before, mostly the end of an epoch, and the loss there."""

    position: int
    epoch: float
    loss: float


@dataclass(frozen=True, eq=False)
class History:
    """A frozen view of the records up to some moment.

    Attributes:
        table: shape (records, 5), the columns named in :data:`COLUMNS`; positions ascend.
        epoch_length: samples of an epoch, which turns positions into epochs.
        gradients: shape (gradient records, 1 + layers): the position, then the gradient's norm in each layer from the
            first to the last, see :mod:`core.training.gradient_norms`; there are fewer of them than of other records,
            see :func:`is_gradient_record`.
        ahead: shape (records, 5), what was recorded on the same branch behind the last row, where the run went back; or
            on the branch that early stopping left.
        lows: shape (lows, 2), the ends of epochs at which the test loss was lower than ever before, as position and
            test loss: of all that are recorded or that :mod:`core.training.stopping` looked at.
    """

    table: Array
    epoch_length: int
    gradients: Array = field(default_factory=lambda: np.empty((0, 1)))
    ahead: Array = field(default_factory=lambda: np.empty((0, len(COLUMNS))))
    lows: Array = field(default_factory=lambda: np.empty((0, 2)))

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

    @property
    def lowest(self) -> Low | None:
        """The last of the lows, where the test loss was lowest; None if none was measured at the end of an epoch."""
        if not len(self.lows):
            return None
        position, loss = self.lows[-1].tolist()
        return Low(int(position), int(position) // self.epoch_length, loss)

    def lowest_behind(self, position: int) -> Low | None:
        """Where the test loss was lowest behind a position; None if none was measured at the end of an epoch there."""
        if not position or self.lowest is None or self.lowest.position > position:
            return self.lowest
        ends = self.table[(self.table[:, 0] > position) & (self.table[:, 0] % self.epoch_length == 0)]
        if not len(ends):
            return None
        row = ends[int(np.argmin(ends[:, 2]))]
        return Low(int(row[0]), int(row[0]) // self.epoch_length, float(row[2]))

    def column(self, name: str) -> Array:
        """One of :data:`COLUMNS`, shape (records,)."""
        column: Array = self.table[:, COLUMNS.index(name)]
        return column

    def numbers_at(self, place: int) -> tuple[float, ...]:
        """The losses and scores of a row of the table, in the order of :data:`COLUMNS`."""
        return tuple(self.table[place, 1:].tolist())


class _Rows:
    """A table that grows at its end; its first column ascends.

    Rows are written only behind the last row, so another thread can read a view of the former rows without a lock.
    When the memory is full, a larger copy replaces it, and old views keep the old memory.
    """

    def __init__(self, columns: int) -> None:
        self._memory = np.empty((64, columns))
        self._length = 0

    def append(self, *row: float) -> None:
        if self._length == len(self._memory):
            self._memory = np.concatenate([self._memory, np.empty_like(self._memory)])
        self._memory[self._length] = row
        self._length += 1

    def extend(self, rows: Array) -> None:
        end = self._length + len(rows)
        if end > len(self._memory):
            self._memory = np.concatenate([self._memory, np.empty((end, rows.shape[1]))])
        self._memory[self._length : end] = rows
        self._length = end

    @property
    def last(self) -> float:
        """The first column of the last row; -1 where there is none."""
        return float(self._memory[self._length - 1, 0]) if self._length else -1.0

    @property
    def end(self) -> float:
        """The last column of the last row; infinity where there is none."""
        return float(self._memory[self._length - 1, -1]) if self._length else math.inf

    def view(self, position: float) -> Array:
        """The rows up to a position."""
        table = self._memory[: self._length]
        if position < self.last:
            table = table[: int(np.searchsorted(table[:, 0], position, side="right"))]
        table.flags.writeable = False
        return table

    def replace(self, rows: Array) -> None:
        self._memory = np.concatenate([rows, np.empty((64, rows.shape[1]))])
        self._length = len(rows)


class HistoryWriter:
    """Appends records. A history that :meth:`view` returned never changes.

    Args:
        epoch_length: samples of an epoch.
        layers: the number of layers whose gradient norms are recorded.
    """

    def __init__(self, epoch_length: int, layers: int = 0) -> None:
        self._epoch_length = epoch_length
        self._records = _Rows(len(COLUMNS))
        self._gradients = _Rows(1 + layers)
        self._due: list[tuple[Rows, Array]] = []  # positions and parameters of which no norms were found yet
        self._norms_of: Callable[[Array], Array]
        self._lows = _Rows(2)
        self._left_behind: Array
        self.leave_behind(np.empty((0, len(COLUMNS))))

    def append(self, position: int, train_loss: float, test_loss: float, train_score: float, test_score: float) -> None:
        """Add a record; positions must ascend."""
        self._records.append(position, train_loss, test_loss, train_score, test_score)
        self._left_behind = self._left_behind[:0]
        self.note_end(position, test_loss)

    def extend(self, rows: Array, is_due: list[bool] | slice = slice(None)) -> None:
        """Add records, shape (m, 5), with the columns named in :data:`COLUMNS`; positions must ascend.

        Of those that are not due only the lowest test losses are kept, see ``note_end``.
        """
        due = rows[is_due]
        if len(due):
            self._records.extend(due)
            self._left_behind = self._left_behind[:0]
        self._note_ends(rows)

    def _note_ends(self, rows: Array) -> None:
        """As ``note_end`` for the records of ``extend``."""
        end = self._lows.end
        for position, test_loss in zip(rows[:, 0].tolist(), rows[:, 2].tolist(), strict=True):
            if test_loss < end and position % self._epoch_length == 0:
                self._lows.append(position, test_loss)
                end = test_loss

    def note_end(self, position: float, test_loss: float) -> None:
        """Keep a test loss that is lower than ever before at the end of an epoch, recorded or not."""
        if position % self._epoch_length == 0 and test_loss < self._lows.end:
            self._lows.append(position, test_loss)

    def leave_behind(self, rows: Array) -> None:
        """Show these rows of another branch ahead of the last record, until there is a further one."""
        self._left_behind = rows.view()
        self._left_behind.flags.writeable = False

    def add_gradients(
        self, positions: Sequence[int], parameters: Sequence[Array], norms_of: Callable[[Array], Array]
    ) -> None:
        """Add the gradient's norms at some positions, which must ascend.

        They are found when somebody looks at them or many are due, since each of many takes a fraction of the time.

        Args:
            positions: one or more.
            parameters: those at each, shape (parameters,), which may change later.
            norms_of: gives the norms, shape (n, layers), for several rows of parameters, shape (n, parameters).
        """
        self._norms_of, size = norms_of, parameters[0].size
        if size >= MOST_NUMBERS_DUE:
            for position, vector in zip(positions, parameters, strict=True):
                self._gradients.append(position, *norms_of(vector[None])[0])
            return
        self._due.append((np.array(positions), np.array(parameters)))
        rows = sum(len(one) for one, _ in self._due)
        if rows >= MOST_DUE or rows * size >= MOST_NUMBERS_DUE:
            self._find_norms()

    def _find_norms(self) -> None:
        if self._due:
            positions, parameters = (np.concatenate(parts) for parts in zip(*self._due, strict=True))
            self._due = []
            self._gradients.extend(np.column_stack([positions, self._norms_of(parameters)]))

    @property
    def last_position(self) -> int:
        """The position of the last record; -1 where there is none."""
        return int(self._records.last)

    def view(self, position: float = math.inf, with_norms: bool = True) -> History:
        """The records up to a position, and those ahead of it, without a copy; unwanted norms may be missing."""
        if with_norms:
            self._find_norms()
        table, all_rows = self._records.view(position), self._records.view(math.inf)
        gradients, lows = self._gradients.view(position), self._lows.view(position)
        ahead = all_rows[len(table) :] if len(table) < len(all_rows) else self._left_behind
        return History(table, self._epoch_length, gradients, ahead, lows)

    def replace(self, table: Array, gradients: Array, lows: Array) -> None:
        """Replace all records by these; shapes as in :class:`History`, without ``lows`` those of the records."""
        self._due = []
        self._records.replace(table)
        self._gradients.replace(gradients)
        self._lows.replace(lows)
        if not len(lows):
            self._note_ends(table)

    def copy(self, position: int) -> HistoryWriter:
        """A writer that goes on behind the records up to a position."""
        kept = self.view(position)
        writer = HistoryWriter(self._epoch_length, kept.gradients.shape[1] - 1)
        writer.replace(kept.table, kept.gradients, kept.lows)
        return writer


def next_record(position: int, epoch_length: int, parameters: int = 0) -> int:
    """The first position behind this one at which a run of so many parameters is recorded.

    Each of the first epochs is recorded several times, but fewer times if epochs are long. Later, every epoch is
    recorded at its end; from epoch 512 on every fourth one, from 1,024 on every eighth, and so on, and of large
    networks half of these. So the record of a run of any length stays small. The rule depends on the position alone, so
    stepping does not change the record.
    """
    epoch, sample = divmod(position, epoch_length)
    points = _points_in_epoch(epoch, epoch_length, parameters)
    if points > 1:
        point = sample * points // epoch_length + 1
        inside = -(-point * epoch_length // points)
        return epoch * epoch_length + inside
    stride = record_stride(epoch, parameters)
    return (epoch // stride + 1) * stride * epoch_length


def _points_in_epoch(epoch: int, epoch_length: int, parameters: int) -> int:
    if epoch_length <= LARGE_EPOCH:
        return POINTS_IN_FINE_EPOCH if epoch < FINE_EPOCHS else 1
    points = POINTS_IN_LARGE_EPOCHS if epoch_length * parameters < HEAVY_EPOCH else POINTS_IN_HEAVY_EPOCHS
    return points[epoch] if epoch < len(points) else 1


def record_stride(epoch: int, parameters: int) -> int:
    """The number of epochs from one record to the next behind this epoch: twice as many from each power of 2 on."""
    if epoch < EVERY_EPOCH_UP_TO:
        return 1
    return (8 if parameters > LARGE_NETWORK else 4) << (epoch.bit_length() - EVERY_EPOCH_UP_TO.bit_length())


def same_stride_until(epoch: int) -> int:
    """The epoch up to which ``record_stride`` remains as it is behind this epoch."""
    return EVERY_EPOCH_UP_TO if epoch < EVERY_EPOCH_UP_TO else 1 << epoch.bit_length()


def is_gradient_record(position: int, epoch_length: int) -> bool:
    """Whether the record at a position includes the gradient's norms.

    Every record of the first epoch does. Later, the records at the ends of epochs do: of all epochs up to 64, then of
    every second one, from 128 on of every fourth, and so on. The norms take longer than the rest of a record.
    """
    epoch, sample = divmod(position, epoch_length)
    stride = 1 << max(epoch.bit_length() - GRADIENTS_OF_EVERY_EPOCH_UP_TO.bit_length() + 1, 0)
    return position <= epoch_length or (sample == 0 and epoch % stride == 0)
