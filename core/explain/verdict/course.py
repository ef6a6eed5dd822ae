"""What the record says of the course of a run: the fall of the loss, how long it stands still, the best test loss.

What is fitted is computed from at most MOST_RECORDS records, so its cost hardly grows with the run; the lowest and
highest loss, how long the loss stands still, and whether the test loss rises, from all.
"""

from __future__ import annotations

import math

import numpy as np

from core.base.arrays import Array, Rows, median, running_medians
from core.base.values import dataclass
from core.training.history import History

MOST_RECORDS = 256
SHARE_OF_RUN = 0.25
LEAST_EPOCHS = 5.0
"""The window over which the loss is judged: the last quarter of the run, and at least five epochs."""
RECENT = 5
"""Records whose median stands for the present value."""
WIDTHS = np.array([RECENT, 9, 17, 33])
"""Records whose median stands for the present test loss, at most half of those since it was low."""
SMOOTHED = 9
"""Records whose median is looked at to find how long the loss stands still."""
LEAST_RECORDS = 3
"""Behind a change, before anything is said of the fall."""
FLAT_BAND = 0.03
LEAST_RISE, LASTING_RISE = 0.15, 0.05
"""Of the test loss: as much is called overfitting, which lasts until less than the second is left of it."""
LEAST_RISE_OF_START = 0.02
LASTING_DRIFT = 0.1
LEAST_HELD, LEAST_RECORDS_HELD, LONG = 20.0, 10, 100.0
"""The change up to which a test loss that jumps holds, and epochs and records over which it must be seen first. Behind
LONG epochs it holds up to LEAST_RISE."""
SHARE_HELD, MOST_TO_HOLD = 1.0 / 3.0, 300.0
"""Behind a change the test loss must be seen for so many times the epochs before it, since what it does is as slow, but
for no more than this."""
LEAST_GAP = 1.2
FITTED = 0.7
"""The share of its start to which the training loss must have fallen before there can be overfitting."""
GOOD_SCORE, LASTING_SCORE = 0.999, 0.97
"""All is right from the first one on; next to all, as the median of some records, down to the second."""
SLOW_FALL = 0.01
CLEAR = 3.0
"""With all right, a run has settled where the loss falls by less than SLOW_FALL an epoch, or within its noise, until it
falls twice as fast and by more than CLEAR times its noise."""
TINY = 1e-12


@dataclass(frozen=True)
class Course:
    """The course of the losses up to now; epochs are fractions where a record lies inside one.

    Attributes:
        epoch: now. changed: that of the last change of the training or the weights by hand; 0 without one. Only what
            was recorded behind it is judged. is_too_short: whether that is too little.
        start_loss, loss: the training loss at position 0 and in the last records (their median). loss_before: that
            where the training changed last.
        window: the last epochs, over which the loss is judged. fall: the share of the loss that an epoch of it takes
            away, from the fitted exponential; negative for a rise. gained: the share that the whole window took away.
            is_gain_clear: whether that is more than the noise, and than twice its standard error.
        gained_in_half: the share that the last half of what is judged took away.
        lowest, highest: training losses of the window.
        is_settled: whether all was right while the loss did not fall clearly, and neither is clearly over since.
        noise: root mean square distance of the log losses from the fitted line.
        flat_since: the first epoch from which on the loss stayed within FLAT_BAND, or the noise, of its present value.
        best_test_epoch, best_test_loss: the epoch that early stopping would keep, with the lowest test loss at the
            end of an epoch, recorded or not; NaN without a test set. test_loss: the present one, as the median of some
            records.
        now: the losses in training and in the test that are told as the present ones: those of the last record, or of
            the position; None while the run is at work, where others are shown when they are read.
        lately: the lowest and the highest training loss of the last SMOOTHED records, and test loss of the last
            WIDTHS[-1].
        rises_since, rises_from: the epoch since which the test loss has risen while the training loss fell, and the
            test loss there: the lowest up to twice the epoch at which its median was lowest, since a loss that jumps
            may be low by chance much later; None and NaN otherwise.
        test_level, test_drift: the median of the test loss in the last half of the epochs since then, or since the last
            change, and the share by which it rose, or fell, there; 0 where that is within LASTING_DRIFT or twice its
            standard error, so that it holds; NaN where that is too short to say. level_epochs: how many these are.
    """

    epoch: float
    changed: float
    is_too_short: bool
    start_loss: float
    loss_before: float
    loss: float
    window: float
    fall: float
    gained: float
    is_gain_clear: bool
    gained_in_half: float
    lowest: float
    highest: float
    noise: float
    is_settled: bool
    flat_since: float
    best_test_epoch: float
    best_test_loss: float
    test_loss: float
    now: tuple[float, float] | None
    lately: tuple[tuple[float, float], tuple[float, float]]
    rises_since: float | None
    rises_from: float
    test_level: float
    level_epochs: float
    test_drift: float

    @property
    def judged_epochs(self) -> float:
        """Epochs since the last change, or since the start."""
        return self.epoch - self.changed

    @property
    def flat_epoch(self) -> int:
        """The first whole epoch from which on the loss has stood still; a fall inside the first one was none before."""
        return math.ceil(self.flat_since)

    @property
    def flat_epochs(self) -> float:
        """Epochs for which the loss has stood still."""
        return self.epoch - self.flat_since

    @property
    def is_lowest_later(self) -> bool:
        """Whether the test loss has risen, but a single epoch behind the place where that began was lower still."""
        return self.rises_since is not None and self.best_test_loss < self.rises_from

    @property
    def low_point(self) -> tuple[float, float]:
        """Epoch and test loss of the lowest that the test loss has risen from; of one that has risen."""
        if self.rises_since is None or self.is_lowest_later:
            return self.best_test_epoch, self.best_test_loss
        return self.rises_since, self.rises_from


def course_of(history: History, changed: int = 0) -> Course:
    """The course of a run with at least one record, whose training or weights changed last at a position."""
    behind = int(np.searchsorted(history.table[:, 0], changed, side="right")) if changed else 0
    table = history.table[min(behind, len(history) - 1) :]
    rows = _thinned(table)
    epochs, train, test = rows[:, 0] / history.epoch_length, rows[:, 1], rows[:, 2]
    now, loss, begin = float(epochs[-1]), median(train[-RECENT:]), changed / history.epoch_length
    start = float(history.table[0, 1])
    logs = _logs(train, start)
    window, slope, noise = _fall(epochs, logs, float(_windows(epochs[-1:], epochs[0], begin)[0]))
    inside = epochs >= now - window
    half = epochs >= (begin + now) / 2.0
    judged = table[np.searchsorted(table[:, 0], rows[inside][0, 0]) :, 1]
    low = history.lowest
    rise = _rise_of_test_loss(history, changed)
    since = begin if rise is None else max(begin, rise[0] / history.epoch_length)
    lately = epochs >= (since + now) / 2.0
    return Course(
        epoch=now,
        changed=begin,
        is_too_short=changed > 0 and (now - begin < 1.0 or len(table) < LEAST_RECORDS),
        start_loss=start,
        loss_before=float(history.table[max(0, behind - 1), 1]),
        loss=loss,
        window=window,
        fall=_share(slope),
        gained=_share(slope * window),
        is_gain_clear=-slope * window > max(noise, 2.0 * _error(noise, int(np.count_nonzero(inside)))),
        gained_in_half=_share(_fit(epochs[half], logs[half])[0] * (now - begin) / 2.0),
        lowest=float(judged.min()),
        highest=float(judged.max()),
        noise=noise,
        is_settled=_has_settled(epochs, logs, rows[:, 3], begin),
        flat_since=_flat_since(table, median(logs[-RECENT:]), start, noise) / history.epoch_length,
        best_test_epoch=math.nan if low is None else low.epoch,
        best_test_loss=math.nan if low is None else low.loss,
        test_loss=median(test[-RECENT:]) if rise is None else rise[2],
        now=(float(train[-1]), float(test[-1])),
        lately=(_span(table[-SMOOTHED:, 1]), _span(table[-WIDTHS[-1] :, 2])),
        rises_since=None if rise is None else rise[0] / history.epoch_length,
        rises_from=math.nan if rise is None else rise[1],
        test_level=median(test[lately]) if lately.any() else math.nan,
        level_epochs=(now - since) / 2.0,
        test_drift=_drift(epochs[lately], test[lately], epochs_to_hold(begin)),
    )


def _span(losses: Array) -> tuple[float, float]:
    return float(losses.min()), float(losses.max())


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


def _fall(epochs: Array, logs: Array, window: float) -> tuple[float, float, float]:
    """The window, and slope and distance of the line there.

    Where the fall has clearly slowed down to less than half of itself in the last half of a window, as behind a steep
    beginning, that half is the window: what is told is of now.
    """
    inside = epochs >= epochs[-1] - window
    slope, noise = _fit(epochs[inside], logs[inside])
    half = epochs >= epochs[-1] - window / 2.0
    if window < 2.0 or np.count_nonzero(half) < LEAST_RECORDS:
        return window, slope, noise
    later, spread = _fit(epochs[half], logs[half])
    error = 2.0 * _error(spread, int(np.count_nonzero(half))) / (window / 2.0)
    if slope >= 0.0 or later - slope / 2.0 <= error:
        return window, slope, noise
    return _fall(epochs, logs, window / 2.0)


def _error(noise: float, count: int) -> float:
    """The standard error of the rise of a fitted line over as many records, which lie at that distance from it."""
    return noise * math.sqrt(12.0 / count)


def lowest_level(history: History, changed: int) -> float:
    """The lowest median of neighbouring test losses behind a position."""
    return float(running_medians(history.table[history.table[:, 0] > changed, 2], RECENT).min())


def epochs_to_hold(changed: float) -> float:
    """Over how many epochs a test loss must be seen to hold, behind a change at an epoch; as many again come first."""
    return max(LEAST_HELD, min(SHARE_HELD * changed, MOST_TO_HOLD))


def _drift(epochs: Array, losses: Array, least_epochs: float) -> float:
    """See Course, of the records of the last half; the standard error is that of the rise of the fitted line."""
    if len(epochs) < LEAST_RECORDS_HELD or epochs[-1] - epochs[0] < least_epochs or not (losses > 0.0).all():
        return math.nan
    slope, noise = _fit(epochs, np.log(losses))
    rise, error = slope * (epochs[-1] - epochs[0]), _error(noise, len(epochs))
    least = LASTING_DRIFT if epochs[-1] - epochs[0] < LONG else LEAST_RISE
    return 0.0 if abs(rise) <= max(least, 2.0 * error) else float(np.expm1(rise))


def _windows(epochs: Array, first: float, begin: float) -> Array:
    """How many epochs are judged at each of some epochs, of a record from the first one on."""
    windows: Array = np.minimum(epochs - first, np.maximum(LEAST_EPOCHS, SHARE_OF_RUN * (epochs - begin)))
    return windows


def _has_settled(epochs: Array, logs: Array, scores: Array, begin: float) -> bool:
    """See Course.

    Score and fall of a loss that jumps would be above and below any bound in turn. So they are looked at behind each
    record, each fall from the line through its own window.
    """
    good = np.flatnonzero(scores >= GOOD_SCORE)
    if not len(good) or len(scores) < RECENT:
        return False
    windows = _windows(epochs, epochs[0], begin)
    starts, ends = np.searchsorted(epochs, epochs - windows), np.arange(1, len(epochs) + 1)
    x, y = epochs - epochs.mean(), logs - logs.mean()
    sums = np.cumsum(np.stack([x, y, x * x, x * y, y * y]), axis=1)
    sums = np.concatenate([np.zeros((5, 1)), sums], axis=1)
    x, y, xx, xy, yy = (sums[:, ends] - sums[:, starts]) / (ends - starts)
    slopes = (xy - x * y) / np.maximum(xx - x * x, TINY)
    noises = np.sqrt(np.maximum(yy - y * y - slopes * (xy - x * y), 0.0))
    falls, gained = -np.expm1(slopes), -np.expm1(slopes * windows)
    settled = good[(falls[good] < SLOW_FALL) | (gained[good] <= noises[good])]
    lost = np.flatnonzero(running_medians(scores, RECENT) < LASTING_SCORE) + RECENT - 1
    fell = np.flatnonzero((falls >= 2.0 * SLOW_FALL) & (gained > CLEAR * noises))
    over = max((int(places[-1]) for places in (lost, fell) if len(places)), default=-1)
    return len(settled) > 0 and int(settled[-1]) > over


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


def _rise_of_test_loss(history: History, changed: int) -> tuple[float, float, float] | None:
    """Where the test loss was low, how low, and how high it is now, if the training loss fell meanwhile; else None.

    Low is the lowest median of neighbouring records: a single epoch of a loss that jumps may be low by chance. The
    present one is the median of the more records the longer ago that was. All records count: between the thinned ones
    of a long run, those around a best epoch near the start lie far apart.

    Losses that jump would be above and below any bound in turn. So the rise is looked at behind each record since the
    last change, and one that was clear lasts until next to nothing is left of it.
    """
    positions, train, test = history.table[:, 0], history.table[:, 1], history.table[:, 2]
    looks = np.arange(3 * RECENT - 1, len(positions))
    if not len(history.lows) or not len(looks):
        return None
    medians, before = running_medians(test, RECENT), looks - (2 * RECENT - 1)
    lowest = np.minimum.accumulate(medians)
    is_new = np.concatenate([[True], lowest[1:] < lowest[:-1]])
    best = np.maximum.accumulate(np.where(is_new, np.arange(len(lowest)), 0))[before]
    then, train_then = medians[best], running_medians(train, RECENT)[best]
    middles = best + RECENT // 2
    widths = np.searchsorted(WIDTHS, (looks - middles) / 2.0, side="right") - 1
    now, train_now = (_medians_before(values, looks, np.maximum(widths, 0)) for values in (test, train))
    lows = history.lows[np.searchsorted(history.lows[:, 0], positions[looks], side="right") - 1, 0]
    behind = np.maximum(positions[middles], lows)
    lasts = (positions[looks] - behind >= 3.0 * history.epoch_length) & (positions[before] >= behind)
    is_fitted = (train_now < np.minimum(train_then, FITTED * train[0])) & (now > LEAST_GAP * train_now)
    is_clear = lasts & (now > (1.0 + LEAST_RISE) * then) & (now - then > LEAST_RISE_OF_START * test[0])
    clear = np.flatnonzero(is_clear & is_fitted & (positions[looks] > changed))
    gone = np.flatnonzero(~(is_fitted & (now > (1.0 + LASTING_RISE) * then)))
    has_risen = len(clear) and (not len(gone) or clear[-1] > gone[-1])
    if not has_risen:
        return None
    end = 2.0 * positions[best[-1] + RECENT - 1]
    position, loss = history.lows[max(0, int(np.searchsorted(history.lows[:, 0], end, side="right")) - 1)].tolist()
    return position, loss, float(now[-1])


def _medians_before(values: Array, ends: Rows, widths: Rows) -> Array:
    """The medians of as many records as WIDTHS says, up to each of ``ends``."""
    found = np.full(len(ends), math.nan)
    for number, width in enumerate(WIDTHS):
        rows = np.flatnonzero(widths == number)
        if len(rows):
            found[rows] = running_medians(values, width)[ends[rows] - width + 1]
    return found
