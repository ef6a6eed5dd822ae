"""Keyframes: the states of a run that are kept to go back to, and how far apart they lie.

Any position is reached by training again from the last keyframe before it. How far apart keyframes lie depends on the
speed of the machine; the bits do not, since a run has the same bits however it is divided into calls of the engine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.base.arrays import Array

MOST_BYTES = 256 << 20
"""The memory of the keyframes of all open runs together, and once more of the runs of each comparison."""

REPLAY_SECONDS = 0.02
"""How long the training between two keyframes may take, as long as the memory suffices."""

LONGEST_REPLAY_SECONDS = 0.055
"""The same for a network that is so large that copies of its states would take a larger share of the time."""

FEW = 512
"""Up to this number, states at the ends of epochs are kept."""

LEAST = 2
"""So many states are kept, however large."""

LEAST_SHARE = 0.05
"""Of these seconds, that the training between two keyframes takes at least: else copying states slows it down."""

COPYING_SECONDS = 9e-7
"""The same for each parameter: some 70 times as long as a copy takes, most of it for memory that is new."""

SHORTEST_CALL = 1024
"""In samples: keyframes inside an epoch lie at least this far apart, so that calls of the engine stay long."""

MEASURED_CALL = 128
"""In samples: shorter calls only say how long a sample takes at most."""

UNMEASURED = 4 * SHORTEST_CALL
"""In samples: how far apart keyframes may lie as long as calls are shorter."""


LEAST_OF_CLOCK = 0.25
"""The processor's time counts as this share of the clock's at least; some systems count it in steps of 16 ms."""


FIRST_SLOT = 3
"""The row of a state's numbers at which the optimizer's memory begins."""


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class State:
    """The state of a run at a position: training continues from it to the same bits.

    Attributes:
        position: samples seen.
        numbers: shape (3 + rows, parameters): parameters, gradient, last change, and the rows of memory that the
            optimizer uses.
    """

    position: int
    numbers: Array

    @property
    def parameters(self) -> Array:
        """Shape (parameters,)."""
        parameters: Array = self.numbers[0]
        return parameters

    @property
    def gradient(self) -> Array:
        """Shape (parameters,)."""
        gradient: Array = self.numbers[1]
        return gradient

    @property
    def last_change(self) -> Array:
        """Shape (parameters,)."""
        change: Array = self.numbers[2]
        return change

    @property
    def slots(self) -> Array:
        """Shape (rows, parameters)."""
        return self.numbers[FIRST_SLOT:]


def watch() -> Callable[[], float]:
    """A function that says for how many seconds this thread has worked since now.

    On a busy machine the clock shows more, by which states would lie closer, and copies of them take a larger share.
    """
    began, used = time.perf_counter(), time.thread_time()

    def seconds() -> float:
        passed = time.perf_counter() - began
        return min(max(time.thread_time() - used, LEAST_OF_CLOCK * passed), passed)

    return seconds


class KeyframeSpacing:
    """Decides at which positions of a run states are kept.

    Args:
        epoch_length: samples of an epoch.
        most_bytes: the memory of all states.
        parameters: of the network.

    Attributes:
        most_bytes: the same.
        gap: the least number of samples from one state to the next.
    """

    def __init__(self, epoch_length: int, most_bytes: int = MOST_BYTES, parameters: int = 0) -> None:
        self._epoch_length = epoch_length
        self.most_bytes = most_bytes
        self._least_seconds = max(LEAST_SHARE * REPLAY_SECONDS, COPYING_SECONDS * parameters)
        self._replay_seconds = max(REPLAY_SECONDS, min(self._least_seconds, LONGEST_REPLAY_SECONDS))
        self._seconds: float | None = None  # that a sample takes
        self._most_seconds = math.inf  # the same at most, as far as shorter calls say
        self.gap = 0

    def note(self, samples: int, seconds: float) -> None:
        """A call of the engine trained on so many samples in so many seconds.

        A quicker call than before counts in full: the first ones take up to a hundred times as long, for new memory.
        """
        if samples >= MEASURED_CALL:
            now = seconds / samples
            self._seconds = now if self._seconds is None else min(now, 0.8 * self._seconds + 0.2 * now)
        elif samples > 0:
            self._most_seconds = min(self._most_seconds, seconds / samples)

    def is_short(self, samples: int) -> bool:
        """Whether training on so many samples takes no longer than that between two keyframes should."""
        return self._seconds is not None and samples * self._seconds <= 2 * REPLAY_SECONDS

    @property
    def interval(self) -> int:
        """Samples from one keyframe to the next, if epochs did not matter."""
        return max(self.samples_in(self._replay_seconds), self.gap)

    def samples_in(self, seconds: float) -> int:
        """Samples on which training takes so long, but not so few that calls of the engine become short."""
        if self._seconds is None:
            return min(max(int(seconds / max(self._most_seconds, 1e-12)), SHORTEST_CALL), UNMEASURED)
        return max(int(seconds / max(self._seconds, 1e-12)), SHORTEST_CALL)

    def next_stop(self, position: int, last: int) -> int:
        """Where training from a position has to stop, since a state must be kept there.

        That is later than one is wanted: so a call that ends soon behind that place is not cut into two.

        Args:
            position: where the run stands.
            last: the position of the last keyframe before it.
        """
        due = max(last + self.interval + self.interval // 2, position + SHORTEST_CALL)
        epoch_end = due - due % self._epoch_length
        return epoch_end if epoch_end > position else due

    def least_gap(self, is_epoch_end: bool) -> int:
        """So far behind the last keyframe a state is kept where training stopped, at the end of an epoch or inside."""
        if not is_epoch_end:
            return self.interval
        soonest = 1 if self._seconds is None else math.ceil(self._least_seconds / max(self._seconds, 1e-12))
        return min(max(soonest, self.gap, 1), self.interval)

    def is_wanted(self, position: int, last: int) -> bool:
        """Whether to keep the state at a position where training stopped; ``last`` is that of the last keyframe."""
        return position - last >= self.least_gap(position % self._epoch_length == 0)

    def widen(self, count: int, nbytes: int) -> bool:
        """Whether states must be dropped, where there are so many; then the gap has become twice as wide.

        Args:
            count: states that are kept.
            nbytes: the memory that they take.
        """
        wider = 2 * max(self.gap, min(self._epoch_length, self.interval))
        is_quick = self._seconds is None or wider * self._seconds <= REPLAY_SECONDS
        has_room = nbytes <= self.most_bytes or count <= LEAST
        if has_room and (count <= FEW or not is_quick):
            return False
        self.gap = wider
        return True
