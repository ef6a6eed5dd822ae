"""The present run, the tree that it belongs to, and where undo and redo lead to; what makes runs lies in open_runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.base.errors import LensError
from core.base.translation import _
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.training.timeline.branches import Branch
from core.workbench.many_runs.kept_lines import KeptLines
from core.workbench.messages import Capture, Captured, Left, Loaded, Opened
from core.workbench.run_edits import RunEdits
from core.workbench.run_id import RunId, WorkId
from core.workbench.run_timeline import RunTimeline
from core.workbench.run_tree import RunTree, UndoPlace
from core.workbench.runs import Canvas, Run, Untrainable
from core.workbench.saved_state import Stamp
from core.workbench.undo_stack import UndoStack

if TYPE_CHECKING:
    from core.storage.project import Project

ONLY_BRANCH = _("There is no other branch to keep; to begin anew, reset the run.")


class UndoableRuns:
    """The runs of a tree, of which one is present, perhaps a canvas before it, and where undo leads back to.

    Args:
        dataset: data that are loaded already, with their source.

    Attributes:
        present: the run that is worked on, one of the tree of runs; None before the first was loaded.
        canvas: what is shown in place of the run while its points are too few.
        untrainable: what is shown before there is a run, if the first experiment cannot be trained.
        loads: how often another run, canvas or data took the place of what was there.
        edits: changes the settings and parameters of the present run.
        kept_lines: copies of lines of the present run, and of those whose place another run took.
    """

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        self.present: Run | None = None
        self._tree = RunTree()
        self.canvas: Canvas | None = None
        self.untrainable: Untrainable | None = None
        self._dataset = dataset
        self.loads = 0
        self._undo_stack: UndoStack[UndoPlace] = UndoStack(lambda place: place.shown, lambda place: place.numbers)
        self._anew = self._renamed = False
        self._opened: Opened | None = None
        self.edits = RunEdits(self._undo_stack, self._here)
        self._left: list[Left] = []
        self.kept_lines = KeptLines()

    def is_present(self, run: RunId) -> bool:
        """Whether this run is worked on."""
        return self.present is not None and run == self.present.id

    def is_open(self, run: RunId) -> bool:
        """Whether this run is present, or one before it or behind it."""
        return any(run == one.id for one in self._tree.runs)

    def branch(self, number: int | None) -> tuple[Run, Branch] | None:
        """The branch of this number, by default the present one, and its run; None if there is none any more."""
        if number is None:
            return None if self.present is None else (self.present, self.present.trainer.tree.present)
        return self._tree.find(number)

    @property
    def undo_text(self) -> str | None:
        """What undo takes back; None if there is nothing to undo."""
        return self._undo_stack.undo_text

    @property
    def redo_text(self) -> str | None:
        """What redo does again; None if there is nothing to do again."""
        return self._undo_stack.redo_text

    # ---------------------------------------------------------------- another run

    def put(self, run: Run, canvas: Canvas | None = None, tree: RunTree | None = None) -> None:
        """Work on this, without a word on what was there; ``tree`` are the runs to which it belongs, if it is known."""
        tree = RunTree(run) if tree is None else tree
        if tree is not self._tree:
            self.kept_lines.leave(self._tree.runs)
        tree.turn_to(run, self.present)
        self._forget_removed(tree)
        self.present, self._tree, self.canvas, self.untrainable = run, tree, canvas, None
        self._dataset = run.source, run.dataset
        self.loads += 1
        self._forget_origin()
        self.share_memory()

    def share_memory(self) -> None:
        """Let the keyframes of all runs that are held fit the memory."""
        if self.present is not None:
            trees = {id(place.tree): place.tree for place in self._undo_stack.places}
            former = [run for tree in trees.values() for run in tree.runs]
            self._tree.share_memory(self.present, former)

    @property
    def runs(self) -> list[Run]:
        """The runs of the tree, the present one first."""
        return sorted(self._tree.runs, key=lambda run: run is not self.present)

    def _forget_removed(self, tree: RunTree) -> None:
        """Undo and redo lead to nothing that was removed from a tree."""
        self._undo_stack.forget(lambda place: place.tree is tree and not tree.can_return_to(place.run))

    def turn_to(self, run: Run) -> None:
        """Work on another run of the tree."""
        self.edits.forget()
        self.put(run, None, self._tree)

    def _forget_origin(self) -> None:
        """The run is none that was just begun, renamed or opened."""
        self._anew, self._renamed, self._opened = False, False, None

    def _note_left(self, work: WorkId) -> None:
        """Copy the present work, if another one is to take its place."""
        shown = self.canvas or self.present
        if self.present is not None and shown is not None and shown.work != work:
            self._left.append(Left(shown.work, *self._copy(self.present)))

    def take_left(self) -> tuple[Left, ...]:
        """The works that were left since this was last asked."""
        left, self._left = tuple(self._left), []
        return left

    def _keep_present(self, text: str) -> None:
        """Let undo bring back what is there now; ``text`` is what takes its place."""
        if (here := self._here()) is not None:
            self._undo_stack.keep(here, text)

    def _here(self) -> UndoPlace | None:
        """Where the present run stands; None before the first."""
        return None if self.present is None else UndoPlace.of(self.present, self._tree, self.canvas)

    # ---------------------------------------------------------------- the way back

    def undo(self) -> UndoPlace | None:
        """Go back to where one was, and return that; the run must still be led to its position."""
        return self._return_to(self._undo_stack.next_undo, self._undo_stack.undo)

    def redo(self) -> UndoPlace | None:
        """Take back an undo, in the same way."""
        return self._return_to(self._undo_stack.next_redo, self._undo_stack.redo)

    def _return_to(self, place: UndoPlace | None, move: Callable[[UndoPlace], object]) -> UndoPlace | None:
        """Go to a place of undo, and keep the present one for the way back."""
        here = self._here()
        if place is None or here is None:
            return None
        self._note_left(place.shown.work)
        move(here)
        self.edits.forget()
        run = place.run
        is_renamed = (run.source, run.dataset.class_names) != (place.source, place.class_names)
        if is_renamed:
            place.tree.rename_classes(run, place.class_names, place.source)
        if run is not self.present or self.canvas is not place.canvas or is_renamed:
            self.put(run, place.canvas, place.tree)
        run.trainer.head.replace_changes(place.changes, place.position)
        return place

    def remove(self, run: Run, branch: Branch) -> int | None:
        """Remove a branch of a run, and all that leave it; see :meth:`core.workbench.run_tree.RunTree.remove`.

        Returns:
            The position to which the present run must be led; None if it stands where it shall.

        Raises:
            LensError: the branch is all that there is; nothing has changed.
        """
        tree, present = self._tree, self.present
        fallback, gone = tree.fallback(run, branch), tree.going_with(run, branch)
        if fallback is None or present is None:
            raise LensError(ONLY_BRANCH)
        here = present.trainer.position
        if present in gone:
            self.turn_to(fallback.run)
            fallback.run.trainer.head.go_to(fallback.position, fallback.branch)
            here = fallback.position
        elif present is run:
            is_cut = present.trainer.tree.present is branch and here > fallback.position
            here = fallback.position if tree.stands_on(run, branch) or is_cut else here
        tree.remove(run, branch, fallback)
        self._forget_removed(tree)
        assert self.present is not None
        return here if self.present.trainer.position < here else None

    # ---------------------------------------------------------------- what is told of it

    def loaded(self, opened_at: int = 0) -> Loaded | None:
        """What the window must know of the run, or of the data that cannot be trained on."""
        if self.present is None:
            shown = self.untrainable
            return None if shown is None else Loaded(shown.experiment, shown.preparation, None)
        canvas = self.canvas
        return Loaded(
            self.present.experiment if canvas is None else canvas.experiment,
            self.present.trainer.preparation,
            self.present.initial_parameters,
            self.undo_text is not None,
            self.present.id,
            (canvas or self.present).work,
            self._anew,
            self._opened,
            self.present.home,
            None if canvas is None else canvas.experiment.data.drawn,
            self._renamed,
            self.kept_lines.has_left,
            opened_at,
            self.present.lesson,
        )

    def timeline(self) -> RunTimeline | None:
        """The branches of all runs of the tree; None before the first run."""
        return None if self.present is None else self._tree.timeline(self.present)

    def stamp(self) -> Stamp | None:
        """Where the present run stands; None before the first."""
        return None if self.present is None else self._tree.stamp(self.present, self.canvas)

    def captured(self, requests: tuple[Capture, ...]) -> tuple[Captured, ...]:
        """All that the run is, and the canvas in front of it, for each who asked."""
        run = self.present
        if run is None or not requests:
            return tuple(Captured(request, None, None) for request in requests)
        (project, stamp), work = self._copy(run), (self.canvas or run).work
        return tuple(Captured(request, project, stamp, work) for request in requests)

    def _copy(self, run: Run) -> tuple[Project, Stamp]:
        return self._tree.project(run, self.canvas), self._tree.stamp(run, self.canvas)
