"""What the record says of the course of a run: the fall of the loss, how long it stands still, the best test loss.

What is fitted is computed from at most MOST_RECORDS records, so its cost hardly grows with the run; the lowest and
highest loss, how long the loss stands still, and whether the test loss rises, from all.
"""

from __future__ import annotations

import math

import numpy as np

from core.base.arrays import Array, median, running_medians
from core.base.values import dataclass
from core.training.history import History

MOST_RECORDS = 256
SHARE_OF_RUN = 0.25
LEAST_EPOCHS = 5.0
"""The window over which the loss is judged: the last quarter of the run, and at least five epochs."""
RECENT = 5
"""Records whose median stands for the present value."""
SMOOTHED = 9
"""Records whose median is looked at to find how long the loss stands still."""
LEAST_RECORDS = 3
"""Behind a change, before anything is said of the fall."""
FLAT_BAND = 0.03
LEAST_RISE = 0.15
LEAST_RISE_OF_START = 0.02
LEAST_GAP = 1.2
FITTED = 0.7
"""The share of its start to which the training loss must have fallen before there can be overfitting."""
TINY = 1e-12


@dataclass(frozen=True)
class Course:
    """The course of the losses up to now; epochs are fractions where a record lies inside one.

    Attributes:
        epoch: now. changed: that of the last change of the training or the weights by hand; 0 without one. Only what
            was recorded behind it is judged. is_too_short: whether that is too little.
        start_loss, loss: the training loss at position 0 and in the last records (their median).
        window: epochs that are judged. fall: the share of the loss that an epoch of the window takes away, from the
            fitted exponential; negative for a rise. gained: the share that the whole window took away.
        gained_in_half: the share that the last half of what is judged took away.
        lowest, highest: training losses of the window.
        noise: root mean square distance of the log losses from the fitted line.
        flat_since: the first epoch from which on the loss stayed within FLAT_BAND, or the noise, of its present value.
        best_test_epoch, best_test_loss: the epoch that early stopping would keep, with the lowest test loss at the
            end of an epoch, recorded or not; NaN without a test set. test_loss: the present one.
        rises_since: that epoch if the test loss has risen since and the training loss fallen;
            None otherwise.
    """

    epoch: float
    changed: float
    is_too_short: bool
    start_loss: float
    loss: float
    window: float
    fall: float
    gained: float
    gained_in_half: float
    lowest: float
    highest: float
    noise: float
    flat_since: float
    best_test_epoch: float
    best_test_loss: float
    test_loss: float
    rises_since: float | None

    @property
    def judged_epochs(self) -> float:
        """Epochs since the last change, or since the start."""
        return self.epoch - self.changed

    @property
    def flat_epochs(self) -> float:
        """Epochs for which the loss has stood still."""
        return self.epoch - self.flat_since


def course_of(history: History, changed: int = 0) -> Course:
    """The course of a run with at least one record, whose training or weights changed last at a position."""
    behind = int(np.searchsorted(history.table[:, 0], changed, side="right")) if changed else 0
    table = history.table[min(behind, len(history) - 1) :]
    rows = _thinned(table)
    epochs, train, test = rows[:, 0] / history.epoch_length, rows[:, 1], rows[:, 2]
    now, loss, begin = float(epochs[-1]), median(train[-RECENT:]), changed / history.epoch_length
    window = min(now - epochs[0], max(LEAST_EPOCHS, SHARE_OF_RUN * (now - begin)))
    start = float(history.table[0, 1])
    logs = _logs(train, start)
    inside = epochs >= now - window
    slope, noise = _fit(epochs[inside], logs[inside])
    half = epochs >= (begin + now) / 2.0
    judged = table[np.searchsorted(table[:, 0], rows[inside][0, 0]) :, 1]
    low, low_loss = (math.nan, math.nan) if not len(history.lows) else history.lows[-1].tolist()
    low_epoch = low / history.epoch_length
    return Course(
        epoch=now,
        changed=begin,
        is_too_short=changed > 0 and (now - begin < 1.0 or len(table) < LEAST_RECORDS),
        start_loss=start,
        loss=loss,
        window=float(window),
        fall=_share(slope),
        gained=_share(slope * window),
        gained_in_half=_share(_fit(epochs[half], logs[half])[0] * (now - begin) / 2.0),
        lowest=float(judged.min()),
        highest=float(judged.max()),
        noise=noise,
        flat_since=_flat_since(table, median(logs[-RECENT:]), start, noise) / history.epoch_length,
        best_test_epoch=low_epoch,
        best_test_loss=low_loss,
        test_loss=median(test[-RECENT:]),
        rises_since=low_epoch if _rises_since(history.table, history.epoch_length, low) else None,
    )


def _thinned(table: Array) -> Array:
    """At most MOST_RECORDS rows, spread evenly over time, and always the first and the last ones."""
    if len(table) <= MOST_RECORDS:
        return table
    wanted = np.linspace(table[0, 0], table[-1, 0], MOST_RECORDS - RECENT)
    rows = np.searchsorted(table[:, 0], wanted)
    kept = np.unique(np.concatenate([rows, np.arange(len(table) - RECENT, len(table))]).astype(np.int64))
    thinned: Array = table[kept]
    return thinned


def _fit(epochs: Array, logs: Array) -> tuple[float, float]:
    """Slope per epoch of the least-squares line, and the root mean square distance from it."""
    if len(epochs) < 2:
        return 0.0, 0.0
    x, y = epochs - epochs.mean(), logs - logs.mean()
    slope = float(x @ y / (x @ x))
    return slope, float(np.sqrt(np.mean((y - slope * x) ** 2)))


def _share(log_change: float) -> float:
    """The share that a change of the logarithm takes away."""
    return float(-np.expm1(log_change))


def _logs(losses: Array, start: float) -> Array:
    logs: Array = np.log(np.maximum(losses, TINY * max(start, TINY)))
    return logs


def _flat_since(table: Array, level: float, start: float, noise: float) -> float:
    """As a position, see Course.

    Medians of neighbouring records are looked at: a loss that jumps leaves any band now and then, however long it
    stands still. All records count, or the epoch would move on as the run grows and the thinned ones lie farther apart.
    """
    logs, band, side = _logs(table[:, 1], start), max(FLAT_BAND, 3.0 * noise), SMOOTHED // 2
    if len(table) < 2 * SMOOTHED:
        side = 0
    medians = running_medians(logs, 2 * side + 1)
    outside = np.flatnonzero(np.abs(medians - level) > band)
    first = int(outside[-1]) + 1 + side if len(outside) else 0
    return float(table[min(first, len(table) - 1), 0])


def _rises_since(table: Array, epoch_length: int, low: float) -> bool:
    """Whether the test loss has risen since it was low while the training loss fell; no without a test set.

    Low is the lowest median of neighbouring records: a single epoch of a loss that jumps may be low by chance. All
    records count: between the thinned ones of a long run, those around a best epoch near the start lie far apart.
    """
    if math.isnan(low) or len(table) < 3 * RECENT:
        return False
    positions, train, test = table[:, 0], table[:, 1], table[:, 2]
    medians = running_medians(test[:-RECENT], RECENT)
    best = int(np.argmin(medians))
    now, then = median(test[-RECENT:]), float(medians[best])
    train_now, train_then = median(train[-RECENT:]), median(train[best : best + RECENT])
    behind = max(float(positions[best + RECENT // 2]), low)
    lasts = positions[-1] - behind >= 3.0 * epoch_length and positions[-2 * RECENT] >= behind
    rises = now > (1.0 + LEAST_RISE) * then and now - then > LEAST_RISE_OF_START * float(test[0])
    fitted = train_now < min(train_then, FITTED * float(train[0])) and now > LEAST_GAP * train_now
    return bool(lasts and rises and fitted)
