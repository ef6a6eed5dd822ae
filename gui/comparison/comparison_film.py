"""What a film of compared runs is made of, here and in the process that makes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.base.values import dataclass
from core.training.history import History
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.comparison.compared_together import ComparedTogether
from core.workbench.comparison.comparison import ComparisonWish
from core.workbench.many_runs.kept_run import KeptRun
from gui.comparison.common_curves import PARTS


@dataclass(frozen=True, eq=False)
class ComparisonJob:
    """The comparison to film; positions count parts of an epoch, see :data:`PARTS`.

    Attributes:
        runs: the runs. names: what differs, of each. colors: the numbers of their colours.
        measure: by which the best is marked.
        goal: the position of the last frame. end: the one to which a run was trained, if that is farther.
    """

    runs: tuple[KeptRun, ...]
    names: tuple[str, ...]
    colors: tuple[int, ...]
    measure: str
    goal: int
    end: int = 0
    epoch_length = PARTS

    def to(self, goal: int) -> ComparisonJob:
        """The same up to another position."""
        return replace(self, goal=goal)

    def subject(self) -> FilmedComparison:
        """The runs at their start."""
        return FilmedComparison(self)


class FilmedComparison:
    """Compared runs that are filmed, at a position in parts of an epoch."""

    epoch_length = PARTS

    def __init__(self, job: ComparisonJob) -> None:
        self.job = job
        self.position = 0
        self._together = ComparedTogether(job.runs)

    @property
    def epoch(self) -> float:
        """Where all stand."""
        return self.position / PARTS

    @property
    def history(self) -> History:
        """The kept record of the first run, at positions as they count here."""
        kept = self.job.runs[0].history
        table = kept.table.copy()
        table[:, 0] = np.rint(kept.epochs * PARTS)
        return History(table, PARTS, kept.gradients[:0])

    def advance(self, samples: int) -> None:
        """Train on all runs."""
        self.seek(self.position + samples)

    def seek(self, position: int) -> None:
        """Go to a position."""
        for _ in self._together.going_to(position / PARTS):
            pass
        self.position = position

    def states(self, wish: ComparisonWish) -> tuple[ComparedState, ...]:
        """What is to be shown of each."""
        return self._together.states(wish.epoch, wish.requests, wish.point)
