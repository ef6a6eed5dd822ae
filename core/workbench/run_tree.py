"""The runs that painting made of one another: a tree, since each begins at a place of another one.

An epoch is a pass over one set of points, so points that are painted begin a run of their own: at position 0, with the
weights of the place where they were painted. Going back over that place leads to the run before, to the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from core.base.progress import Between
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import DataSource
from core.training.keyframes import MOST_BYTES
from core.training.settings_over_time import Change
from core.training.timeline.branches import Branch
from core.workbench.run_id import new_work_id
from core.workbench.run_timeline import RunTimeline, RunView
from core.workbench.runs import BranchPlace, Canvas, Run
from core.workbench.saved_state import Stamp

if TYPE_CHECKING:
    from core.storage.project import OtherRun, Project, SavedOrigin

MOST_RUNS = 100
"""Beyond this the oldest run that leads nowhere is forgotten, or else the first one."""

MOST_NUMBERS = 64_000_000
"""Nor are more kept, beyond the last few, than hold so many numbers."""

FEW = 8


class RunTree:
    """All runs that painting made of one another.

    Attributes:
        runs: in the order in which they were made; each behind its origin.
    """

    def __init__(self, *runs: Run) -> None:
        self.runs = list(runs)

    # ---------------------------------------------------------------- what is in it

    def find(self, number: int) -> tuple[Run, Branch] | None:
        """The branch of this number, and its run."""
        found = ((run, run.trainer.tree.branch(number)) for run in self.runs)
        return next(((run, branch) for run, branch in found if branch is not None), None)

    def leaving(self, run: Run) -> list[Run]:
        """The runs that begin at a place of this one."""
        return [other for other in self.runs if other.origin is not None and other.origin.run is run]

    def leaving_branch(self, branch: Branch) -> list[Run]:
        """The runs that begin at a place of this branch."""
        return [other for other in self.runs if other.origin is not None and other.origin.branch is branch]

    def line(self, run: Run) -> list[Run]:
        """The runs that lead to a run, the run itself last."""
        line = [run]
        while line[-1].origin is not None:
            line.append(line[-1].origin.run)
        return line[::-1]

    def can_return_to(self, run: Run) -> bool:
        """Whether neither a run nor what leads to it was removed; a run that was never trained need not be held."""
        *before, _ = self.line(run)
        is_there = run in self.runs or run.is_untouched
        origins = [one.origin for one in (*before, run) if one.origin is not None]
        branches_are = all(one.branch in one.run.trainer.tree.branches for one in origins)
        return is_there and branches_are and all(one in self.runs for one in before)

    def share_memory(self, present: Run, former: Iterable[Run] = ()) -> None:
        """Let all keyframes fit ``MOST_BYTES``: the present run has half of it, and what the others leave of the rest.

        Args:
            present: the run on which one works.
            former: runs of other trees, to which undo leads.
        """
        others = {run.trainer.tree for run in (*self.runs, *former) if run is not present}
        room = MOST_BYTES // 2
        for number, tree in enumerate(sorted(others, key=lambda tree: tree.bytes_kept)):
            tree.fit(room // (len(others) - number))
            room -= tree.bytes_kept
        present.trainer.tree.fit(MOST_BYTES // 2 + max(room, 0))

    @staticmethod
    def place(run: Run) -> BranchPlace | None:
        """Where a run that is painted now begins: where this one stands, or where it began if it was not touched."""
        if run.is_untouched and run.origin is not None:
            return run.origin
        position, branch = run.trainer.position, run.trainer.tree.present
        owner = branch.owner(position)
        is_same = owner.changes_at(position) == branch.changes_at(position)
        return BranchPlace(run, owner if is_same else branch, position)

    # ---------------------------------------------------------------- changes

    def turn_to(self, run: Run, left: Run | None) -> None:
        """Hold a run, on which one works from now on, while another one is left.

        A run that was left untouched is not held any more.
        """
        missing = [one for one in self.line(run) if one not in self.runs]
        self.runs += missing
        is_empty = left is not None and left is not run and left.is_untouched and left.origin is not None
        if is_empty and left in self.runs and not self.leaving(left):
            self.runs.remove(left)
        self._thin_out(run)

    def _thin_out(self, present: Run) -> None:
        """Forget runs where there are too many."""
        while len(self.runs) > FEW and (len(self.runs) > MOST_RUNS or self._numbers() > MOST_NUMBERS):
            line = self.line(present)
            ends = [run for run in self.runs if run not in line and not self.leaving(run)]
            oldest = ends[0] if ends else line[0]
            for run in self.leaving(oldest):
                run.origin = None
            self.runs.remove(oldest)

    def _numbers(self) -> int:
        return sum(run.trainer.numbers_kept for run in self.runs)

    def fallback(self, run: Run, branch: Branch) -> BranchPlace | None:
        """Where to stand when a branch is gone: where it leaves another one; None if it is all that there is.

        Of the first branch of all there stays what leads to the last place at which another one leaves it.
        """
        if branch.parent is not None:
            return BranchPlace(run, branch.parent, branch.fork)
        if run.origin is not None:
            return run.origin
        places = [other.fork for other in run.trainer.tree.children(branch)]
        places += [one.origin.position for one in self.leaving_branch(branch) if one.origin is not None]
        return BranchPlace(run, branch, max(places)) if places else None

    def going_with(self, run: Run, branch: Branch) -> list[Run]:
        """The runs that go with a branch, since they leave it, or what leaves it."""
        if branch.parent is None:
            return [] if run.origin is None else self._with_followers([run])
        branches = run.trainer.tree.with_followers(branch)
        return self._with_followers([one for branch in branches for one in self.leaving_branch(branch)])

    def _with_followers(self, runs: Sequence[Run]) -> list[Run]:
        return [one for run in runs for one in (*self._with_followers(self.leaving(run)), run)]

    @staticmethod
    def stands_on(run: Run, branch: Branch) -> bool:
        """Whether a run stands on a line that goes with one of its branches; see :meth:`remove`."""
        return branch in run.trainer.tree.present.line and (branch.parent is not None or run.origin is not None)

    def remove(self, run: Run, branch: Branch, fallback: BranchPlace) -> None:
        """Remove a branch, with all that leave it; of the first one of all, what leads to others stays.

        A run that stands on it goes to the keyframe before its ``fallback``, from which training leads on.
        """
        going = self.going_with(run, branch)
        self.runs = [one for one in self.runs if one not in going]
        trainer = run.trainer
        if branch.parent is not None:
            if self.stands_on(run, branch):
                trainer.head.go_to(fallback.position, fallback.branch)
            trainer.tree.remove(branch)
        elif run.origin is None:
            if trainer.tree.present is branch and trainer.position > fallback.position:
                trainer.head.go_to(fallback.position, branch)
            painted = [one.origin.position for one in self.leaving_branch(branch) if one.origin is not None]
            successor = trainer.head.remove_first(max(painted, default=-1))
            for one in () if successor is None else self.leaving_branch(successor):
                assert one.origin is not None
                one.origin = BranchPlace(run, branch, one.origin.position).hold()

    def rename_classes(self, run: Run, names: Sequence[str], source: DataSource | None = None) -> None:
        """Give the classes of a run other names; see :meth:`core.workbench.runs.Run.rename_classes`."""
        before = run.trainer.tree.branches
        run.rename_classes(names, source)
        for other in self.leaving(run):
            assert other.origin is not None
            branch = run.trainer.tree.branches[before.index(other.origin.branch)]
            other.origin = BranchPlace(run, branch, other.origin.position).hold()

    # ---------------------------------------------------------------- what is told of it

    def timeline(self, present: Run) -> RunTimeline:
        """The branches of all runs, of which one is present."""
        views = [
            view
            for run in self.runs
            for view in run.timeline.views(
                RunView.of(run.trainer, run.id, run.epochs_before, run.painted_words),
                None if run.origin is None else (run.origin.branch.number, run.origin.position),
            )
        ]
        return RunTimeline.of(views, present.trainer)

    def stamp(self, present: Run, canvas: Canvas | None) -> Stamp:
        """Where the present run stands, and what waits in front of it; an empty canvas is nothing to be kept."""
        trainer = present.trainer
        changes = tuple(trainer.settings_over_time.changes)
        drawn = canvas.experiment if canvas is not None and canvas.holds_points else None
        branches = tuple(branch for run in self.runs for branch in run.outline)
        position, initial = trainer.position, present.initial_parameters
        return Stamp(trainer.experiment, present.dataset, initial, changes, position, drawn, branches)

    # ---------------------------------------------------------------- in a project

    def project(self, present: Run, canvas: Canvas | None = None) -> Project:
        """All runs, of which one is present, and the canvas in front of it."""
        from core.storage.project import OtherRun, Project  # here and below, since a window starts without a project
        from core.training.timeline.saved_branches import MOST_KEPT

        most_kept = MOST_KEPT >> (len(self.runs) - 1).bit_length()
        saved = [
            OtherRun(
                run.trainer.experiment,
                run.dataset,
                run.saved(most_kept),
                run.home,
                self._saved_origin(run),
                run.epochs_before,
            )
            for run in self.runs
        ]
        place = self.runs.index(present)
        one = saved[place]
        return Project(
            one.experiment,
            one.dataset,
            one.run,
            one.initial_parameters,
            canvas=None if canvas is None else canvas.experiment,
            keeps_weights=canvas is not None and canvas.keeps_weights,
            others=(*saved[:place], *saved[place + 1 :]),
            place=place,
            origin=one.origin,
            epochs_before=one.epochs_before,
        )

    def _saved_origin(self, run: Run) -> SavedOrigin | None:
        from core.storage.project import SavedOrigin

        origin = run.origin
        if origin is None:
            return None
        branch = origin.run.trainer.tree.branches.index(origin.branch)
        return SavedOrigin(self.runs.index(origin.run), branch, origin.position)


@dataclass(frozen=True, eq=False)
class UndoPlace:
    """Where one stood, for undo to lead back to.

    Attributes:
        run: the run. tree: what it is one of. canvas: what was shown in place of it, if anything.
        changes: those of the line on which the run stood. position: where it stood.
        source, class_names: of its data.
    """

    run: Run
    tree: RunTree
    canvas: Canvas | None
    changes: tuple[Change, ...]
    position: int
    source: DataSource
    class_names: tuple[str, ...]

    @classmethod
    def of(cls, run: Run, tree: RunTree, canvas: Canvas | None = None) -> UndoPlace:
        """Where a run stands now."""
        trainer = run.trainer
        changes = tuple(trainer.settings_over_time.changes)
        return cls(run, tree, canvas, changes, trainer.position, run.source, run.dataset.class_names)

    @property
    def shown(self) -> Run | Canvas:
        """What was worked on."""
        return self.canvas or self.run

    @property
    def numbers(self) -> int:
        """About how many numbers are kept for it."""
        if self.canvas is None:
            return self.run.trainer.numbers_kept
        drawn = self.canvas.experiment.data.drawn
        return 0 if drawn is None else 4 * len(drawn)


def read_tree(project: Project, path: str = "", between: Between = None) -> tuple[RunTree, Run]:
    """The runs of a project that was read, and the one of them that is present, each where it stands.

    Args:
        project: the project.
        path: its file, for messages.
        between: see :class:`core.training.trainer.Trainer`.

    Raises:
        ProjectError: the project's parts do not fit together.
    """
    from core.storage.project import resume, saying_damaged
    from core.training.timeline.saved_branches import require

    work = new_work_id()
    parts: list[Project | OtherRun] = [*project.others[: project.place], project, *project.others[project.place :]]
    runs = [Run.of(part, resume(part, path, between), work) for part in parts]
    with saying_damaged(path):
        require(0 <= project.place < len(runs), _("a run"))
        for number, (part, run) in enumerate(zip(parts, runs, strict=True)):
            require(math.isfinite(part.epochs_before) and part.epochs_before >= 0.0, _("a run"))
            run.epochs_before = part.epochs_before
            if (origin := part.origin) is not None:
                require(0 <= origin.run < number, _("a run"))
                before = runs[origin.run]
                branches = before.trainer.tree.branches
                require(0 <= origin.branch < len(branches), _("a branch"))
                require(0 <= origin.position <= branches[origin.branch].tip, _("the place of a branch"))
                run.origin = BranchPlace(before, branches[origin.branch], origin.position).hold()
                run.epochs_before = before.epochs_at(origin.position)
    return RunTree(*runs), runs[project.place]
