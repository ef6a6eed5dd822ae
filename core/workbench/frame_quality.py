"""How good a picture may be while training plays, so that frames keep coming."""

from __future__ import annotations

from collections import deque

FRAMES = 10
SLOW_SECONDS, QUICK_SECONDS = 0.022, 0.012
DEAR_SNAPSHOT_SECONDS = 0.005
LONGEST_DOUBT = 64
LEVELS = 2
"""The highest level; what each means is the views' affair, see their ``set_quality``."""


class FrameQuality:
    """Chooses the quality from what the last frames cost.

    In a frame's cost counts all that has to happen one after another for it: the snapshot, and drawing it. It is judged
    by the median of FRAMES frames, so that a single slow one changes nothing; and between the two bounds nothing
    changes. Beyond level 1 only the snapshots become cheaper, so it is for dear snapshots. Better pictures may cost a
    little more or many times as much; so where they proved too dear, as many more quick frames are awaited before the
    next attempt, that the quality does not swing.

    Attributes:
        level: 0 for full quality; higher is cheaper.
    """

    def __init__(self) -> None:
        self.level = 0
        self._costs: deque[float] = deque(maxlen=FRAMES)
        self._snapshots: deque[float] = deque(maxlen=FRAMES)
        self._doubt = 1  # how many times FRAMES frames must be quick
        self._quick_frames = 0
        self._has_tried = False

    def note(self, drawing: float, snapshot: float) -> bool:
        """Drawing a frame and its snapshot took so many seconds; whether the level changes."""
        self._costs.append(drawing + snapshot)
        self._snapshots.append(snapshot)
        if len(self._costs) < FRAMES:
            return False
        cost, snapshot = (sorted(costs)[FRAMES // 2] for costs in (self._costs, self._snapshots))
        if cost > SLOW_SECONDS and self.level < (LEVELS if snapshot > DEAR_SNAPSHOT_SECONDS else 1):
            if self._has_tried:
                self._doubt = min(2 * self._doubt, LONGEST_DOUBT)
            self._has_tried = False
            return self._set(self.level + 1)
        self._quick_frames = self._quick_frames + 1 if cost < QUICK_SECONDS else 0
        if self.level > 0 and self._quick_frames > FRAMES * (self._doubt - 1):
            self._has_tried = True
            return self._set(self.level - 1)
        return False

    def rest(self) -> bool:
        """Nothing moves, so the picture shall be as good as can be; whether the level changes."""
        self._doubt, self._has_tried = 1, False
        return self._set(0) if self.level else False

    def _set(self, level: int) -> bool:
        self.level = level
        self._quick_frames = 0
        self._costs.clear()
        self._snapshots.clear()
        return True
