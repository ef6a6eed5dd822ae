"""Copies of the lines of the open run: when another run takes its place, and when they are asked for."""

from __future__ import annotations

from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.runs import Run


class KeptLines:
    """Collects copies until the next report tells of them."""

    def __init__(self) -> None:
        self._kept: list[KeptRun] = []
        self._left: list[KeptRun] = []

    def leave(self, run: Run | None, follower: Run) -> None:
        """Another run takes the place of one: keep every line of it on which at least an epoch was trained."""
        if run is None or run.id == follower.id:
            return
        for branch in run.trainer.tree.branches:
            if branch.tip - branch.fork >= run.trainer.epoch_length:
                self._left.append(keep_line(run.trainer, run.id, run.work, run.home, branch))

    def keep(self, run: Run, number: int | None) -> bool:
        """Copy a branch of a run, by default the present one; false where there is no such branch."""
        tree = run.trainer.tree
        branch = tree.present if number is None else tree.branch(number)
        if branch is None:
            return False
        self._kept.append(keep_line(run.trainer, run.id, run.work, run.home, branch))
        return True

    def take_kept(self) -> tuple[KeptRun, ...]:
        """The copies that were asked for since this was last called."""
        kept, self._kept = tuple(self._kept), []
        return kept

    def take_left(self) -> tuple[KeptRun, ...]:
        """The lines that were left since this was last called."""
        left, self._left = tuple(self._left), []
        return left
