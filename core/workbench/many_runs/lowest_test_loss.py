"""Where the test loss was lowest among the present line and those beside it, which tells whether a cure has helped."""

from __future__ import annotations

from collections.abc import Iterable

from core.base.values import dataclass
from core.workbench.many_runs.run_rows import RunRow


@dataclass(frozen=True, eq=False)
class LowestTestLoss:
    """The lowest test loss at the end of an epoch, of several lines.

    Attributes:
        row: the line.
        position: where it was so low.
        loss: how low.
    """

    row: RunRow
    position: int
    loss: float

    @property
    def epoch(self) -> int:
        """The epoch that ended there."""
        return self.position // self.row.history.epoch_length


def lowest_test_loss(rows: Iterable[RunRow]) -> LowestTestLoss | None:
    """Of the lines on the same data, loss and split as the present one; None where it has nothing to compare with.

    Of a place that two lines share, that on the present one.
    """
    lines = [row for row in rows if not row.apart and len(row.history.lows)]
    if len(lines) < 2:
        return None
    row = min(lines, key=lambda row: (row.history.lows[-1, 1], not row.is_present))
    position, loss = row.history.lows[-1].tolist()
    return LowestTestLoss(row, int(position), loss)
