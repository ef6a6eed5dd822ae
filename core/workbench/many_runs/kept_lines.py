"""Copies of the lines of the open run: when another run takes its place, and when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.training.timeline.branches import Branch
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.runs import Run


class KeptLines:
    """Collects copies until the next report tells of them."""

    def __init__(self) -> None:
        self._kept: list[KeptRun] = []
        self._left: list[KeptRun] = []

    def leave(self, runs: Iterable[Run]) -> None:
        """Runs give way to others: keep every line of theirs on which at least an epoch was trained."""
        for run in runs:
            for branch in run.trainer.tree.branches:
                if branch.tip - branch.fork >= run.trainer.epoch_length:
                    self._left.append(_copied(run, branch))

    def keep(self, run: Run, branch: Branch, is_shown: bool) -> None:
        """Copy a branch of a run; one whose curve shall not be shown is told among those that were left."""
        (self._kept if is_shown else self._left).append(_copied(run, branch))

    def take_kept(self) -> tuple[KeptRun, ...]:
        """The copies that were asked for since this was last called."""
        kept, self._kept = tuple(self._kept), []
        return kept

    @property
    def has_left(self) -> bool:
        """Whether :meth:`take_left` would return any."""
        return bool(self._left)

    def take_left(self) -> tuple[KeptRun, ...]:
        """The lines that were left since this was last called."""
        left, self._left = tuple(self._left), []
        return left


def _copied(run: Run, branch: Branch) -> KeptRun:
    from core.workbench.many_runs.kept_run import keep_line  # here, since a window starts without kept runs

    return keep_line(run.trainer, run.id, run.work, run.home, branch, lesson=run.lesson)
