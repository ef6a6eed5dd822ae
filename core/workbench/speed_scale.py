"""How fast to play: the places of the speed slider, and the pace that rises while little happens."""

from __future__ import annotations

import math
from collections import deque

from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass


@dataclass(frozen=True)
class Pace:
    """How fast to play.

    Attributes:
        samples_per_second: None for as fast as possible, in slow motion, and for a pace that rises.
        phases_per_second: of slow motion; None otherwise.
        rises: whether the pace follows :class:`RisingPace`.
    """

    samples_per_second: float | None = None
    phases_per_second: float | None = None
    rises: bool = False

    @property
    def text(self) -> str:
        """A few letters beside the slider, with the unit."""
        if self.phases_per_second is not None:
            return _("{phases:g} phases/s").format(phases=self.phases_per_second)
        if self.rises:
            return _("slow to full")
        return (
            _("full")
            if self.samples_per_second is None
            else _("up to {samples} samples/s").format(samples=grouped(self.samples_per_second))
        )


SLOW_MOTION = tuple(Pace(phases_per_second=phases) for phases in (0.5, 1.0, 2.0))
_SAMPLES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
FULL = Pace()
PACES = (*SLOW_MOTION, *(Pace(float(samples)) for samples in _SAMPLES), FULL)
"""From the slowest to the fastest."""
RISING = Pace(rises=True)

FIRST_SAMPLES, FIRST_UPDATES = 40.0, 4.0
"""What the eye can follow: so many samples, and so many updates, a second."""
DOUBLING_SECONDS = 1.0
FALL_SECONDS = 13.0
"""How long the loss takes, at this pace, to fall from its first value to 0."""
SHARE = 0.02
"""The pace follows the last fall of this share of the first loss; a single record may be low by chance."""
NEAR = 4.0
"""The loss counts as falling while the pace is more than a fourth of the one that gives the fall its time."""
UNHURRIED_SECONDS, HURRYING_SECONDS = 9.0, 3.0
"""How long, after a press of Play, a fall is given all its time, and in how many seconds more half of it."""


def place_of_pace(samples_per_second: float) -> int:
    """The place of the slider that is nearest to a pace in samples a second."""
    place, count = len(SLOW_MOTION), len(_SAMPLES)
    if samples_per_second >= 2 * _SAMPLES[-1]:
        return len(PACES) - 1
    nearest = min(range(count), key=lambda k: abs(math.log(_SAMPLES[k] / max(samples_per_second, 1e-3))))
    return place + nearest


class RisingPace:
    """A pace at which one sees a net learn: it doubles each second, but holds back while the loss falls.

    The pace begins with what the eye can follow. The records on which the loss fell by the last :data:`SHARE` of its
    first value tell how much of it a sample takes away; the pace is at most such that the whole of it would go in
    :data:`FALL_SECONDS`. So a plateau passes quickly, wherever it lies, the fall is seen, and what little happens
    behind it passes at full speed. A loss that falls on and on, or in many steps, is given ever less time.

    The pace decides only when samples are trained on, never which: it changes no bits.
    """

    def __init__(self) -> None:
        self._least = self._pace = FIRST_SAMPLES
        self._cap = math.inf
        self._now = 0.0
        self._falling = 0.0  # seconds
        self._lows: deque[tuple[float, float]] = deque()  # position, and lowest loss up to there

    def begin(self, now: float, batch_size: int) -> None:
        """Play from now on, with batches of this size."""
        self._least = self._pace = max(FIRST_SAMPLES, FIRST_UPDATES * batch_size)
        self._cap = math.inf
        self._now, self._falling = now, 0.0
        self._lows.clear()

    def note(self, position: float, loss: float, first: float) -> None:
        """The loss of the training set was recorded at a position; ``first`` is that of position 0."""
        lows = self._lows
        is_old = bool(lows) and position <= lows[-1][0]
        if is_old or not (math.isfinite(loss) and 0.0 < first < math.inf):
            return
        low = min(loss, lows[-1][1]) if lows else loss
        if len(lows) > 1 and lows[-2][1] == low:  # of a plateau the ends are enough
            lows.pop()
        lows.append((position, low))
        while len(lows) > 2 and lows[1][1] - low >= SHARE * first:
            lows.popleft()
        (since, before), (until, now) = lows[0], lows[-1]
        self._cap = (until - since) * first / ((before - now) * FALL_SECONDS) if before > now else math.inf

    def at(self, now: float) -> float:
        """Samples a second, now; call it with ascending times, in seconds."""
        seconds, self._now = now - self._now, now
        rising = self._pace * 2.0 ** min(seconds / DOUBLING_SECONDS, 1.0)
        if self._cap < NEAR * self._pace:
            self._falling += seconds
        hurry = max(0.0, self._falling - UNHURRIED_SECONDS) / HURRYING_SECONDS
        self._pace = max(self._least, min(rising, self._cap * 2.0 ** min(hurry, 100.0), 1e12))
        return self._pace
