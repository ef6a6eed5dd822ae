"""Where an epoch stands on the axes of epochs: one scale for the loss plot, the timeline and the curves of the card."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

import numpy as np
from PyQt5.QtCore import QObject, pyqtSignal

from core.base.arrays import Array
from core.base.number_text import grouped, round_up
from core.base.values import dataclass
from core.training.history import COLUMNS, History

AUTOMATIC, LINEAR, LOGARITHMIC = "automatic", "linear", "logarithmic"
CHOICES = (AUTOMATIC, LINEAR, LOGARITHMIC)
FALL_SHARE = 0.25
"""The least share of the axis that the main fall of the loss takes, if the axis is automatic."""
MOST_OF_FALL, LEAST_FALL, FIRST_EPOCHS = 0.8, 0.3, 1.0
"""The main fall ends where the loss has fallen by this share of its whole fall, but not within the first epochs; a
smaller fall, as a share of the first loss, counts for nothing."""
STEPS = 8
"""For each factor of 2 in epochs an automatic axis is fitted so many times, so that it stands still between them."""
LOGARITHMIC_BEND = 1.0
WIDE_EPOCH, NEAR = 60.0, 6.0
"""In pixels: inside an epoch that is drawn as wide as this, one goes to a sample; near the end of an epoch, to that."""
MULTIPLES = ((1,), (2, 5), (3, 4, 6, 8))
"""Round numbers within a decade, the roundest first."""
MOST_NUMBERS = 12
"""Of a linear axis."""
TRAIN_LOSS = COLUMNS.index("train_loss")
DECADES = tuple(10.0**power for power in range(-3, 13))


def epoch_text(epoch: float) -> str:
    """A round number of epochs as text."""
    return grouped(epoch) if epoch == round(epoch) else f"{epoch:g}"


@dataclass(frozen=True)
class EpochScale:
    """x = b · ln(1 + epoch / b): about linear up to the epoch ``bend``, b, and logarithmic behind it.

    With an infinite b the scale is linear, x = epoch, as it always is left of 0.
    """

    bend: float = math.inf

    @property
    def is_linear(self) -> bool:
        """Whether all epochs are equally wide."""
        return math.isinf(self.bend)

    def places(self, epochs: Array) -> Array:
        """The places of epochs; both of the same shape."""
        if self.is_linear:
            return epochs
        return np.where(epochs > 0.0, self.bend * np.log1p(np.maximum(epochs, 0.0) / self.bend), epochs)

    def place(self, epoch: float) -> float:
        """The place of an epoch."""
        return epoch if self.is_linear or epoch <= 0.0 else self.bend * math.log1p(epoch / self.bend)

    def epoch(self, place: float) -> float:
        """The epoch at a place."""
        if self.is_linear or place <= 0.0:
            return place
        return self.bend * math.expm1(min(place / self.bend, 600.0))

    def position(self, place: float, pixel: float, epoch_length: int, before: float = 0.0) -> int:
        """The position nearest to a place, of the size of a pixel: the end of an epoch unless epochs are drawn wide.

        The position counts from the epoch ``before``.
        """
        epoch = self.epoch(place)
        end = round(epoch - before)
        wide = self.place(epoch + 1.0) - self.place(epoch)
        if wide < WIDE_EPOCH * pixel or abs(self.place(end + before) - place) <= NEAR * pixel:
            return end * epoch_length
        return round((epoch - before) * epoch_length)

    def round_epochs(self, first: float, last: float, apart: float) -> list[float]:
        """Round numbers of epochs between two places, no nearer to each other than ``apart``, ascending."""
        if self.is_linear:
            step = round_up(max(apart, (last - first) / MOST_NUMBERS))
            return [step * k for k in range(math.ceil(max(first, 0.0) / step), math.floor(last / step) + 1)]
        chosen: dict[float, float] = {}
        for number, place in self._round_numbers:
            if first <= place <= last and all(abs(place - other) >= apart for other in chosen.values()):
                chosen[number] = place
        return sorted(chosen)

    @cached_property
    def _round_numbers(self) -> list[tuple[float, float]]:
        """Round numbers of epochs with their places, the roundest first; the timeline asks for them at each picture."""
        numbers = 0.0, *(n * decade for group in MULTIPLES for decade in DECADES for n in group)
        return [(number, self.place(number)) for number in numbers]


class EpochAxis(QObject):
    """The scale that all axes of epochs have now.

    An automatic one is linear as long as the main fall of the loss takes much of it; later it bends, so that the fall
    keeps its share of the axis however long the run becomes. It never leaps from one kind to another, and while a run
    goes on, it never straightens, even if the loss falls once more.

    Signals:
        changed(): the scale or the choice is another.

    Attributes:
        choice: one of CHOICES.
        scale: the present scale.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = AUTOMATIC
        self.scale = EpochScale()
        self._automatic = EpochScale()
        self._seen: object = None
        self._first: History | None = None
        self._reached = 0.0

    def choose(self, choice: str) -> None:
        """Make the axis automatic, linear or logarithmic."""
        if choice != self.choice:
            self.choice = choice
            self.scale = self._chosen()
            self.changed.emit()

    def reach(self, first: History, last: float) -> None:
        """Fit an automatic axis, with the next record, to the whole tree of branches to which that belongs.

        So a new branch, or points that are painted, leave the axis as it is.

        Args:
            first: the record of the first branch on the present line.
            last: the last epoch of all branches.
        """
        self._first, self._reached = first, last

    def follow(self, history: History, last: float = 0.0) -> None:
        """Fit an automatic axis to a record, and to the last epoch of what is shown beside it.

        What lies ahead in the record counts as well, so that going back leaves the axis as it is.
        """
        records = [one for one in (self._first, history) if one is not None and (len(one) or len(one.ahead))]
        tables = [np.concatenate([one.table, one.ahead]) if len(one.ahead) else one.table for one in records]
        if not tables:
            return
        end = max(self._reached, last, float(tables[-1][-1, 0]) / records[-1].epoch_length)
        ends = _ends(end)
        lengths = [one.epoch_length for one in records]
        tables = [_until(ends[-1:] * length, rows) for rows, length in zip(tables, lengths, strict=True)]
        seen = len(ends), [(len(rows), rows[0, 1], rows[-1, 0], rows[-1, 1]) for rows in tables]
        if seen == self._seen:  # most often while a run plays: what it adds behind the last end does not count yet
            return
        self._seen = seen
        curves = [(rows[:, 0] / length, rows[:, TRAIN_LOSS]) for rows, length in zip(tables, lengths, strict=True)]
        bends = (_bend_of(epochs, losses, ends) for epochs, losses in curves)
        self._automatic = EpochScale(next((bend for bend in bends if math.isfinite(bend)), math.inf))
        if self._chosen() != self.scale:
            self.scale = self._chosen()
            self.changed.emit()

    def _chosen(self) -> EpochScale:
        if self.choice == AUTOMATIC:
            return self._automatic
        return EpochScale(LOGARITHMIC_BEND if self.choice == LOGARITHMIC else math.inf)


def _ends(end: float) -> Array:
    """The ends that an axis up to the epoch ``end`` has had, each longer than the one before by a step."""
    soonest = FIRST_EPOCHS / FALL_SHARE
    count = 1 + int(STEPS * math.log2(end / soonest)) if end >= soonest else 0
    ends: Array = soonest * 2.0 ** (np.arange(count) / STEPS)
    return ends


def _until(position: Array, rows: Array) -> Array:
    """The rows of a record until a position, or the first; ``position`` may be empty."""
    count = np.searchsorted(rows[:, 0], position, side="right").max(initial=1)
    return rows[:count]


def _bend_of(epochs: Array, losses: Array, ends: Array) -> float:
    """The least bend that the axis needs, or ever needed at one of its ``ends`` while the record grew."""
    finite = np.isfinite(losses)
    epochs, losses = epochs[finite], losses[finite]
    if not len(losses) or not len(ends):
        return math.inf
    lowest = np.minimum.accumulate(losses)
    falls = losses[0] - lowest[np.maximum(np.searchsorted(epochs, ends, side="right") - 1, 0)]
    counts = falls > LEAST_FALL * abs(float(losses[0]))
    rows = np.searchsorted(-lowest, MOST_OF_FALL * falls[counts] - losses[0])
    steps = np.ceil(STEPS * np.log2(np.maximum(epochs[rows], FIRST_EPOCHS)))
    pairs = zip((2.0 ** (steps / STEPS)).tolist(), ends[counts].tolist(), strict=True)
    return min((_bend(fall, reached) for fall, reached in pairs), default=math.inf)


@lru_cache(maxsize=4096)
def _bend(fall: float, end: float) -> float:
    """The bend of a scale up to the epoch ``end`` on which the epoch ``fall`` stands after FALL_SHARE of the way."""
    if fall >= FALL_SHARE * end:
        return math.inf
    low, high = -40.0, 40.0  # exponents of 2, relative to the fall; the smaller the bend, the more room has the fall
    for _ in range(40):
        middle = (low + high) / 2.0
        bend = fall * 2.0**middle
        if math.log1p(fall / bend) > FALL_SHARE * math.log1p(end / bend):
            low = middle
        else:
            high = middle
    return float(fall * 2.0**low)
