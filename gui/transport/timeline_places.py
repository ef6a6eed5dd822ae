"""Where things are in the timeline: a place for each position, and what lies at a place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PyQt5.QtCore import QPointF

from core.base.arrays import Array
from core.workbench.run_timeline import BranchView, ChangeMark, RunTimeline

LEFT, SIDE = 190, 16
LANES_TOP, LANES_HEIGHT = 37, 18
WIDEST_LANE = 9
NEAR = 6
WIDE_EPOCH = 60.0
"""In pixels: inside an epoch that is drawn as wide as this, a click goes to a sample."""

EARLY_EPOCHS = 2.0
"""Up to here the logarithmic scale is about linear, so that the first epochs have much room."""


@dataclass(frozen=True)
class TimelinePlaces:
    """The places of a timeline that is drawn so wide, in pixels."""

    timeline: RunTimeline
    width: int
    is_logarithmic: bool

    def _scale(self, epochs: float) -> float:
        return math.log1p(max(epochs, 0.0) / EARLY_EPOCHS) if self.is_logarithmic else epochs

    @cached_property
    def last_epoch(self) -> float:
        """What the right end stands for."""
        return max(1.0, *(branch.epochs(branch.tip) for branch in self.timeline.branches))

    def x_of_epochs(self, epochs: float) -> float:
        """The place of so many epochs."""
        share = self._scale(epochs) / self._scale(self.last_epoch)
        return LEFT + share * (self.width - LEFT - SIDE)

    def x(self, branch: BranchView, position: float) -> float:
        """The place of a position of a branch."""
        return self.x_of_epochs(branch.epochs(position))

    def xs(self, branch: BranchView, positions: Array) -> Array:
        """The places of many positions of a branch, shape (n,)."""
        epochs = branch.run.epochs_before + positions / branch.run.epoch_length
        scaled = np.log1p(epochs / EARLY_EPOCHS) if self.is_logarithmic else epochs
        found: Array = LEFT + scaled / self._scale(self.last_epoch) * (self.width - LEFT - SIDE)
        return found

    def epochs_at(self, x: float) -> float:
        """The epochs at a place."""
        share = min(max((x - LEFT) / max(self.width - LEFT - SIDE, 1), 0.0), 1.0)
        scaled = share * self._scale(self.last_epoch)
        return EARLY_EPOCHS * math.expm1(scaled) if self.is_logarithmic else scaled

    def place_at(self, branch: BranchView, x: float) -> tuple[BranchView, int]:
        """The position at a place of the line of a branch, and the branch that has it.

        The position is the end of an epoch where one is near, or where epochs are not wide.
        """
        epochs = self.epochs_at(x)
        on = self.timeline.on_line(branch, epochs)
        own, length = epochs - on.run.epochs_before, on.run.epoch_length
        wide = self.x(on, (own + 1.0) * length) - self.x(on, own * length)
        end = round(own) * length
        near = wide < WIDE_EPOCH or abs(self.x(on, end) - x) <= NEAR
        return on, min(max(end if near else round(own * length), 0), on.tip)

    @cached_property
    def _lanes(self) -> dict[int, int]:
        """The lane of each branch: where points were painted at the tip of another one, that of this one."""
        lanes: dict[int, int] = {}
        ends = {branch.number: branch.tip for branch in self.timeline.branches}
        for branch in self.timeline.branches:
            goes_on = branch.parent is not None and branch.fork == 0 < branch.leaves_at == ends.get(branch.parent)
            goes_on = goes_on or (branch.run.painted != "" and branch.parent is not None and ends[branch.parent] == 0)
            if goes_on and branch.parent is not None:
                lanes[branch.number] = lanes[branch.parent]
                ends[branch.parent] = -1  # another one has a lane of its own
            else:
                lanes[branch.number] = len(set(lanes.values()))
        return lanes

    def lane(self, number: int) -> float:
        """The height of a branch's line."""
        apart = min(WIDEST_LANE, LANES_HEIGHT / max(len(set(self._lanes.values())) - 1, 1))
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

    def ticks(self) -> list[int]:
        """Round numbers of epochs up to the last one."""
        last = self.last_epoch
        if self.is_logarithmic:
            ticks = [0, *(k * 10**power for power in range(7) for k in (1, 2, 5))]
        else:
            power = 10 ** math.floor(math.log10(max(last, 1.0)))
            step = max(1, power // 5 if last / power < 2 else power // 2 if last / power < 5 else power)
            ticks = list(range(0, int(last) + 1, step))
        return [tick for tick in ticks if tick <= last]
