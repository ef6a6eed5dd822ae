"""Where things are in the timeline: a place for each position, and what lies at a place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PyQt5.QtCore import QPointF

from core.base.arrays import Array
from core.workbench.run_timeline import BranchView, ChangeMark, RunTimeline
from gui.curves.epoch_axis import EpochScale

LEFT, SIDE = 190, 16
LANES_TOP, LANES_HEIGHT = 30, 14
WIDEST_LANE = 7
NEAR = 6
TICKS_APART = 56.0


@dataclass(frozen=True)
class TimelinePlaces:
    """The places of a timeline that is drawn so wide, in pixels."""

    timeline: RunTimeline
    width: int
    scale: EpochScale

    @property
    def last_epoch(self) -> float:
        """What the right end stands for."""
        return max(max(branch.tip for branch in self.timeline.branches) / self.timeline.epoch_length, 1.0)

    @property
    def _pixel(self) -> float:
        """The size of a pixel on the scale."""
        return self.scale.place(self.last_epoch) / max(self.width - LEFT - SIDE, 1)

    def x(self, position: float) -> float:
        """The place of a position."""
        return LEFT + self.scale.place(position / self.timeline.epoch_length) / self._pixel

    def xs(self, positions: Array) -> Array:
        """The places of many positions, shape (n,)."""
        return LEFT + self.scale.places(positions / self.timeline.epoch_length) / self._pixel

    def position_at(self, x: float) -> int:
        """The position at a place: the end of an epoch where one is near, or epochs are not wide."""
        place = min(max(x - LEFT, 0.0), self.width - LEFT - SIDE) * self._pixel
        return self.scale.position(place, self._pixel, self.timeline.epoch_length)

    def lane(self, number: int) -> float:
        """The height of a branch's line."""
        numbers = [branch.number for branch in self.timeline.branches]
        apart = min(WIDEST_LANE, LANES_HEIGHT / max(len(numbers) - 1, 1))
        return LANES_TOP + apart * numbers.index(number)

    def branch_at(self, point: QPointF) -> BranchView:
        """The branch whose line is near a point; elsewhere the present one."""
        near = [
            (abs(self.lane(branch.number) - point.y()), branch.number != self.timeline.present, branch)
            for branch in self.timeline.branches
            if self.x(branch.fork) - NEAR <= point.x() <= self.x(branch.tip) + NEAR
        ]
        near = [item for item in near if item[0] <= NEAR]
        return min(near, key=lambda item: item[:2])[2] if near else self.timeline.present_branch

    def mark_at(self, point: QPointF) -> ChangeMark | None:
        """The change whose mark is near a point."""
        marks = [
            (math.hypot(self.x(mark.position) - point.x(), self.lane(branch.number) - point.y()), number, mark)
            for number, branch in enumerate(self.timeline.branches)
            for mark in branch.marks
        ]
        nearest = min(marks, default=None, key=lambda item: item[:2])
        return nearest[2] if nearest is not None and nearest[0] <= NEAR else None

    def ticks(self) -> list[float]:
        """Round numbers of epochs up to the last one."""
        return self.scale.round_epochs(0.0, self.scale.place(self.last_epoch), TICKS_APART * self._pixel)
