"""How good a picture may be while training plays, so that frames keep coming."""

from __future__ import annotations

from collections import deque

FRAMES = 10
SLOW_SECONDS, QUICK_SECONDS = 0.022, 0.008
LEVELS = 2
"""The highest level; what each means is the views' affair, see their ``set_quality``."""


class Pacer:
    """Chooses the quality from what the last frames cost.

    In a frame's cost counts all that has to happen one after another for it: the snapshot, and drawing it. It is judged
    by the median of FRAMES frames, so that a single slow one changes nothing; and between the two bounds nothing
    changes, so that the quality does not swing.

    Attributes:
        level: 0 for full quality; higher is cheaper.
    """

    def __init__(self) -> None:
        self.level = 0
        self._costs: deque[float] = deque(maxlen=FRAMES)

    def note(self, seconds: float) -> bool:
        """A frame cost so much; whether the level changes."""
        self._costs.append(seconds)
        if len(self._costs) < FRAMES:
            return False
        cost = sorted(self._costs)[FRAMES // 2]
        if cost > SLOW_SECONDS and self.level < LEVELS:
            return self._set(self.level + 1)
        if cost < QUICK_SECONDS and self.level > 0:
            return self._set(self.level - 1)
        return False

    def rest(self) -> bool:
        """Nothing moves, so the picture shall be as good as can be; whether the level changes."""
        return self._set(0) if self.level else False

    def _set(self, level: int) -> bool:
        self.level = level
        self._costs.clear()
        return True
