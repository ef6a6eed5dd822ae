"""Where things are in the timeline: a place for each position, and what lies at a place."""

from __future__ import annotations

import math
from dataclasses import dataclass

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

    @property
    def last_epoch(self) -> float:
        """What the right end stands for."""
        return max(max(branch.tip for branch in self.timeline.branches) / self.timeline.epoch_length, 1.0)

    def x(self, position: float) -> float:
        """The place of a position."""
        share = self._scale(position / self.timeline.epoch_length) / self._scale(self.last_epoch)
        return LEFT + share * (self.width - LEFT - SIDE)

    def xs(self, positions: Array) -> Array:
        """The places of many positions, shape (n,)."""
        epochs = positions / self.timeline.epoch_length
        scaled = np.log1p(epochs / EARLY_EPOCHS) if self.is_logarithmic else epochs
        found: Array = LEFT + scaled / self._scale(self.last_epoch) * (self.width - LEFT - SIDE)
        return found

    def position_at(self, x: float) -> int:
        """The position at a place: the end of an epoch where one is near, or epochs are not wide."""
        share = min(max((x - LEFT) / max(self.width - LEFT - SIDE, 1), 0.0), 1.0)
        scaled = share * self._scale(self.last_epoch)
        epochs = EARLY_EPOCHS * math.expm1(scaled) if self.is_logarithmic else scaled
        length = self.timeline.epoch_length
        wide = self.x((epochs + 1.0) * length) - self.x(epochs * length)
        end = round(epochs) * length
        return end if wide < WIDE_EPOCH or abs(self.x(end) - x) <= NEAR else round(epochs * length)

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
