"""Where things are in the timeline: a place for each position, and what lies at a place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from PyQt5.QtCore import QPointF

from core.base.arrays import Array
from core.workbench.run_timeline import BranchView, ChangeMark, RunTimeline
from gui.curves.epoch_axis import EpochScale

LEFT, SIDE = 190, 16
LANES_TOP, LANES_HEIGHT = 30, 14
WIDEST_LANE = 7
NEAR = 6
TICKS_APART = 56.0
APART = 12
"""Pixels between two branches of a lane."""


@dataclass(frozen=True)
class TimelinePlaces:
    """The places of a timeline that is drawn so wide, in pixels."""

    timeline: RunTimeline
    width: int
    scale: EpochScale

    @cached_property
    def last_epoch(self) -> float:
        """What the right end stands for."""
        return max(1.0, *(branch.epochs(branch.tip) for branch in self.timeline.branches))

    @property
    def _pixel(self) -> float:
        """The size of a pixel on the scale."""
        return self.scale.place(self.last_epoch) / max(self.width - LEFT - SIDE, 1)

    def x_of_epochs(self, epochs: float) -> float:
        """The place of so many epochs."""
        return LEFT + self.scale.place(epochs) / self._pixel

    def x(self, branch: BranchView, position: float) -> float:
        """The place of a position of a branch."""
        return self.x_of_epochs(branch.epochs(position))

    def xs(self, branch: BranchView, positions: Array) -> Array:
        """The places of many positions of a branch, shape (n,)."""
        epochs: Array = branch.run.epochs_before + positions / branch.run.epoch_length
        return LEFT + self.scale.places(epochs) / self._pixel

    def place_at(self, branch: BranchView, x: float) -> tuple[BranchView, int]:
        """The position at a place of the line of a branch, and the branch that has it.

        The position is the end of an epoch where one is near, or where epochs are not wide.
        """
        place = min(max(x - LEFT, 0.0), self.width - LEFT - SIDE) * self._pixel
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
        apart = min(WIDEST_LANE, LANES_HEIGHT / max(1, *self._lanes.values()))
        return LANES_TOP + apart * self._lanes[number]

    def branch_at(self, point: QPointF) -> BranchView:
        """The branch whose line is near a point; elsewhere the present one."""
        near = [
            (abs(self.lane(branch.number) - point.y()), branch.number != self.timeline.present, branch)
            for branch in self.timeline.branches
            if self.x(branch, branch.fork) - NEAR <= point.x() <= self.x(branch, branch.tip) + NEAR
        ]
        near = [item for item in near if item[0] <= NEAR]
        return min(near, key=lambda item: item[:2])[2] if near else self.timeline.present_branch

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
