"""How fast the worker trains: the length of its slices, the pace that was asked for, and the speed that is reached."""

from __future__ import annotations

import time
from collections import deque

from core.training.history import History
from core.workbench.speed_scale import RisingPace


class Speedometer:
    """Samples a second over the last half second or so."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Forget everything: the run stopped or jumped."""
        self._marks.clear()

    def mark(self, now: float, position: int) -> None:
        """Note where the run stands."""
        if self._marks and now - self._marks[-1][0] < 0.02:
            return
        self._marks.append((now, position))
        while len(self._marks) > 2 and now - self._marks[1][0] > 0.5:
            self._marks.popleft()

    def read(self) -> float:
        """Samples a second; 0 before there is enough to tell."""
        if len(self._marks) < 2:
            return 0.0
        (first_time, first), (last_time, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_time - first_time)


class TrainingSpeed:
    """How many samples each slice holds.

    Attributes:
        pace: samples a second that are wanted; None for as many as possible.
        rises: whether the pace is that of :class:`core.workbench.speed_scale.RisingPace`.
    """

    def __init__(self) -> None:
        self.pace: float | None = None
        self.rises = False
        self._rising = RisingPace()
        self._credit = 0.0  # samples that are due
        self._counted = 0.0  # up to when
        self._chunk = 1
        self._speedometer = Speedometer()

    def set_pace(self, pace: float | None, rises: bool, batch_size: int) -> None:
        """Keep this pace from now on."""
        self.pace, self.rises = pace, rises
        self._credit, self._counted = 0.0, time.perf_counter()
        if rises:
            self._begin_rising(batch_size)

    def begin(self, batch_size: int) -> None:
        """Play from now on."""
        self._credit, self._counted = 0.0, time.perf_counter()
        self._speedometer.clear()
        if self.rises:
            self._begin_rising(batch_size)

    def _begin_rising(self, batch_size: int) -> None:
        self._rising.begin(self._counted, batch_size)
        self.pace = self._rising.at(self._counted)

    def end(self) -> None:
        """Stand still."""
        self._speedometer.clear()

    def forget(self) -> None:
        """Another run takes another time."""
        self._chunk = 1

    def see(self, history: History) -> None:
        """Let a rising pace follow the record of the run."""
        if self.rises and len(history):
            position, loss = history.table[-1, :2].tolist()
            self._rising.note(position, loss, float(history.table[0, 1]))

    def samples_due(self, now: float, paced: bool) -> int:
        """Samples of the next slice; as many as its length allows, unless it is ``paced``."""
        if self.pace is None or not paced:
            return self._chunk
        self._credit += (now - self._counted) * self.pace
        self._counted = now
        if self.rises:
            self.pace = self._rising.at(now)
        # Where the pace cannot be kept, do not race after it later.
        self._credit = min(self._credit, 8.0 * self._chunk)
        return min(self._chunk, int(self._credit))

    def seconds_to_wait(self, paced: bool) -> float:
        """How long no sample is due."""
        if self.pace is None or not paced:
            return 0.0
        next_due = self._counted + (1.0 - self._credit) / self.pace
        # Not before some milliseconds' worth of samples are due, lest the loop spin at thousands of samples a second.
        return max(0.0, min(max(next_due - time.perf_counter(), 0.004), 0.25))

    def note(self, samples: int, began: float, ended: float, position: int, wanted_seconds: float) -> None:
        """A slice led to this position; the next ones shall last as long as is wanted."""
        self._speedometer.mark(ended, position)
        self._credit -= samples
        seconds = ended - began
        if samples == self._chunk:
            # Aim at the slice's length, but never grow wildly on one lucky measurement.
            wanted = samples * wanted_seconds / max(seconds, 1e-7)
            self._chunk = max(1, int(min(wanted, 2 * self._chunk)))
        elif seconds > wanted_seconds:
            self._chunk = max(1, samples // 2)

    def reached(self) -> float:
        """Samples a second; 0 before there is enough to tell."""
        return self._speedometer.read()
