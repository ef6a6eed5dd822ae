"""Where things are in the timeline: a place for each position, and what lies at a place."""

from __future__ import annotations

import math
from functools import cached_property

from PyQt5.QtCore import QPointF

from core.base.arrays import Array
from core.base.values import dataclass
from core.workbench.run_timeline import BranchView, ChangeMark, RunTimeline
from gui.curves.epoch_axis import EpochScale

SIDE = 16
WORDS = 190, 260
"""The room for words at the left: a sixth of the width between these bounds."""
LANES_TOP, LANES_HEIGHTS = 30, (14.0, 50.0)
"""Where the lanes begin, and the least and the greatest height of all of them."""
TICKS_HEIGHT = 16
WIDEST_LANE, NARROWEST_LANE = 7.0, 5.0
NEAR = 6
TICKS_APART = 56.0
APART = 12
"""Pixels between two branches of a lane."""


@dataclass(frozen=True)
class TimelinePlaces:
    """The places of a timeline that is drawn so wide, and at least so high, in pixels."""

    timeline: RunTimeline
    width: int
    scale: EpochScale
    least_height: int = 0

    @cached_property
    def left(self) -> int:
        """Where the curves begin."""
        return min(max(self.width // 6, WORDS[0]), WORDS[1])

    @cached_property
    def last_epoch(self) -> float:
        """What the right end stands for."""
        return max(1.0, self.timeline.last_epoch)

    @cached_property
    def _pixel(self) -> float:
        """The size of a pixel on the scale."""
        return self.scale.place(self.last_epoch) / max(self.width - self.left - SIDE, 1)

    def x_of_epochs(self, epochs: float) -> float:
        """The place of so many epochs."""
        return self.left + self.scale.place(epochs) / self._pixel

    def x(self, branch: BranchView, position: float) -> float:
        """The place of a position of a branch."""
        return self.x_of_epochs(branch.epochs(position))

    def xs(self, branch: BranchView, positions: Array) -> Array:
        """The places of many positions of a branch, shape (n,)."""
        epochs: Array = branch.run.epochs_before + positions / branch.run.epoch_length
        return self.left + self.scale.places(epochs) / self._pixel

    def place_at(self, branch: BranchView, x: float) -> tuple[BranchView, int]:
        """The position at a place of the line of a branch, and the branch that has it.

        The position is the end of an epoch where one is near, or where epochs are not wide.
        """
        place = min(max(x - self.left, 0.0), self.width - self.left - SIDE) * self._pixel
        on = self.timeline.on_line(branch, self.scale.epoch(place))
        run = on.run
        position = self.scale.position(place, self._pixel, run.epoch_length, run.epochs_before)
        return on, min(max(position, 0), on.tip)

    @cached_property
    def _lanes(self) -> dict[int, int]:
        """The lane of each branch: that of the parent where it continues it, else the first one below with room."""
        lanes: dict[int, int] = {}
        taken: dict[int, list[tuple[float, float]]] = {}
        ends = {branch.number: branch.tip for branch in self.timeline.branches}
        for branch in self.timeline.branches:
            start, end = self.x(branch, branch.fork), self.x(branch, branch.tip)
            lane = 0
            if branch.parent is not None:
                goes_on = branch.run.painted != "" and branch.fork == 0 and branch.leaves_at == ends[branch.parent]
                ends[branch.parent] = -1 if goes_on else ends[branch.parent]  # another one does not continue the line
                lane = lanes[branch.parent] + (not goes_on)
                while not goes_on and any(a < end + APART and start < b + APART for a, b in taken.get(lane, ())):
                    lane += 1
            lanes[branch.number] = lane
            taken.setdefault(lane, []).append((start, end))
        return lanes

    def lane(self, number: int) -> float:
        """The height of a branch's line."""
        return LANES_TOP + min(WIDEST_LANE, self._lanes_height / self._deepest) * self._lanes[number]

    @cached_property
    def _deepest(self) -> int:
        """The last lane, counted from 0, but at least 1."""
        return max(1, *self._lanes.values())

    @cached_property
    def _lanes_height(self) -> float:
        least, most = LANES_HEIGHTS
        return min(max(NARROWEST_LANE * self._deepest, least), most)

    @property
    def lanes_bottom(self) -> float:
        """The height of the last lane, or where it would be if there were more."""
        return LANES_TOP + self._lanes_height

    @property
    def height(self) -> int:
        """The height of the whole timeline: with many branches there is more room for their lines."""
        return max(round(self.lanes_bottom) + TICKS_HEIGHT, self.least_height)

    def branch_at(self, point: QPointF) -> BranchView:
        """The branch whose line is near a point; elsewhere the present one, or where that has ended another one."""
        present = self.timeline.present_branch
        there = [
            (abs(self.lane(branch.number) - point.y()), branch is not present, branch)
            for branch in self.timeline.branches
            if self.x(branch, branch.fork) - NEAR <= point.x() <= self.x(branch, branch.tip) + NEAR
        ]
        distance, _, nearest = min(there, default=(math.inf, False, present), key=lambda item: item[:2])
        return nearest if distance <= NEAR or point.x() > self.x(present, present.tip) + NEAR else present

    def mark_at(self, point: QPointF) -> tuple[BranchView, ChangeMark] | None:
        """The change whose mark is near a point, and its branch."""
        marks = [
            (
                math.hypot(self.x(branch, m.position) - point.x(), self.lane(branch.number) - point.y()),
                number,
                branch,
                m,
            )
            for number, branch in enumerate(self.timeline.branches)
            for m in branch.marks
        ]
        nearest = min(marks, default=None, key=lambda item: item[:2])
        return nearest[2:] if nearest is not None and nearest[0] <= NEAR else None

    def ticks(self) -> list[float]:
        """Round numbers of epochs up to the last one."""
        return self.scale.round_epochs(0.0, self.scale.place(self.last_epoch), TICKS_APART * self._pixel)
