"""The open runs and the former ones: what a load, a project file, undo and redo put in whose place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.base.errors import LensError
from core.base.file_digest import file_digest
from core.base.translation import _
from core.data.data_source import DataSource, changed_file, is_other_data, load
from core.data.dataset import Dataset
from core.data.point_edits import can_train
from core.storage.project import describe_engine, load_project, resume
from core.training.divergence import Diverged
from core.training.preparation import prepare
from core.training.saved_run import own_start, with_class_names
from core.training.trainer import Trainer
from core.workbench.many_runs.kept_lines import KeptLines
from core.workbench.many_runs.kept_run import KeptRun, resume_kept
from core.workbench.many_runs.saved_kept_runs import kept_of
from core.workbench.messages import Capture, Captured, Left, Load, Loaded, Opened
from core.workbench.run_edits import RunEdits
from core.workbench.run_id import RunId, WorkId, new_work_id
from core.workbench.runs import Canvas, Run, Untrainable, numbers_of
from core.workbench.step_names import name_load
from core.workbench.undo_stack import Mark, UndoStack

Entry = Run | Canvas | Mark


class OpenRuns:
    """The open runs, of which one is present, perhaps a canvas before it, and what undo brings back.

    Args:
        dataset: data that are loaded already, with their source.

    Attributes:
        canvas: what is shown in place of the run while its points are too few.
        untrainable: what is shown before there is a run, if the first experiment cannot be trained.
        kept_lines: copies of lines of the present run, and of those whose place another run took.
    """

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        self._runs: dict[RunId, Run] = {}
        self._present: RunId | None = None
        self.canvas: Canvas | None = None
        self.untrainable: Untrainable | None = None
        self._dataset = dataset
        self._undo_stack: UndoStack[Run | Canvas] = UndoStack(numbers_of)
        self._anew = self._renamed = False
        self._opened: Opened | None = None
        self._edits = RunEdits(self._undo_stack)
        self._left: list[Left] = []
        self.kept_lines = KeptLines()
        self._told_note = ""

    @property
    def present(self) -> Run | None:
        """The run that is worked on; None before the first was loaded."""
        return None if self._present is None else self._runs[self._present]

    def is_present(self, run: RunId) -> bool:
        """Whether this run is worked on."""
        return run == self._present

    @property
    def undo_text(self) -> str | None:
        """What undo takes back; None if there is nothing to undo."""
        return self._undo_stack.undo_text

    @property
    def redo_text(self) -> str | None:
        """What redo does again; None if there is nothing to do again."""
        return self._undo_stack.redo_text

    # ---------------------------------------------------------------- another run

    def put(self, run: Run, canvas: Canvas | None = None) -> None:
        """Work on this, without a word on what was there."""
        self.kept_lines.leave(self.present, run)
        self._runs, self._present, self.canvas, self.untrainable = {run.id: run}, run.id, canvas, None
        self._forget_origin()

    def _forget_origin(self) -> None:
        """The run is none that was just begun, renamed or opened."""
        self._anew, self._renamed, self._opened = False, False, None

    def load(self, command: Load) -> bool:
        """Make a run, or a canvas, and put it in the present one's place; raises LensError, and then nothing changes.

        Returns:
            Whether it is another one than before: a reset of a run at its start changes nothing.
        """
        source = command.experiment.data
        if source.drawn is not None and not can_train(source.drawn):
            return self._load_canvas(command)
        dataset = self._dataset_of(command)
        start = home = command.initial_parameters
        if self._keeps_weights(command) and self.present is not None:
            former = self.present.trainer
            if prepare(command.experiment, dataset).sizes == former.preparation.sizes:
                start, home = former.network.parameters.copy(), self.present.home
        try:
            trainer = Trainer(command.experiment, dataset, start)
        except Diverged as error:  # it is the new run that cannot be; the present one goes on
            if self.present is None:
                self._dataset = source, dataset
                self.untrainable = Untrainable(command.experiment, prepare(command.experiment, dataset), str(error))
            raise LensError(str(error)) from error
        # Only now, when nothing can go wrong any more, does the new run take the old one's place.
        work = self._work_of(command)
        self._note_left(work)
        self._dataset = source, dataset
        if (
            not command.anew
            and self.canvas is None
            and self.present is not None
            and self.present.is_like(trainer, home)
        ):
            self._forget_origin()
            return False
        follows = command.gesture is not None and self.present is not None and self.present.gesture is command.gesture
        if not follows:
            self._keep_present(self._name_load(command))
        else:
            self._undo_stack.name_last(lambda former: self._name_gesture(former, command))
        self.put(Run(trainer, source, start, work, home, command.gesture))
        self._anew = command.anew
        return True

    def _name_load(self, command: Load) -> str:
        """What undo of a load takes back."""
        shown = self.canvas or self.present
        return _("new run") if command.anew or shown is None else name_load(shown.experiment, command.experiment)

    @staticmethod
    def _name_gesture(former: Entry, command: Load) -> str:
        """What undo of all loads of a gesture takes back."""
        return _("other data") if isinstance(former, Mark) else name_load(former.experiment, command.experiment)

    def _dataset_of(self, command: Load) -> Dataset:
        source = command.experiment.data
        if command.dataset is not None:
            return command.dataset
        if self._dataset is None or self._dataset[0] != source:
            return load(source)
        return self._dataset[1]

    def _load_canvas(self, command: Load) -> bool:
        if self.present is None:
            raise LensError(_("The drawn points are too few to train on; draw points of at least two classes."))
        if self.canvas is not None and self.canvas.experiment == command.experiment:
            return False
        drawn = command.experiment.data.drawn
        work = self._work_of(command)
        self._note_left(work)
        self._keep_present("painting" if command.goes_on and drawn is not None else _("new canvas"))
        self.put(self.present, Canvas(self.present, command.experiment, self._keeps_weights(command), work))
        self._anew = command.anew
        return True

    def _work_of(self, command: Load) -> WorkId:
        """The present work, unless the command begins another one."""
        shown = self.canvas or self.present
        if shown is None or command.anew:
            return new_work_id()
        is_other = is_other_data(shown.experiment.data, command.experiment.data)
        return new_work_id() if is_other and not command.goes_on else shown.work

    def _note_left(self, work: WorkId) -> None:
        """Copy the present work, if another one is to take its place."""
        shown = self.canvas or self.present
        if self.present is not None and shown is not None and shown.work != work:
            self._left.append(Left(shown.work, self.present.project(self.canvas), self.present.stamp(self.canvas)))

    def take_left(self) -> tuple[Left, ...]:
        """The works that were left since this was last asked."""
        left, self._left = tuple(self._left), []
        return left

    def _keeps_weights(self, command: Load) -> bool:
        """Whether a run takes over the present weights: not behind a canvas that began empty."""
        return command.goes_on and (self.canvas is None or self.canvas.keeps_weights)

    def _keep_present(self, text: str) -> None:
        """Let undo bring back what is there now; ``text`` is what takes its place."""
        if self.present is not None:
            self._undo_stack.keep(self.canvas or self.present, text)

    def rename(self, names: Sequence[str]) -> bool:
        """Give the classes other names; raises LensError, and then nothing changes.

        The run goes on in a copy, so that undo brings back the former one like any other.

        Returns:
            Whether there is something to rename.
        """
        run, canvas = self.present, self.canvas
        if run is None:
            return False
        data = run.source if canvas is None else canvas.experiment.data
        drawn = data.drawn
        if tuple(names) == (run.trainer.preparation.dataset if drawn is None else drawn).class_names:
            self._forget_origin()
            return True
        if canvas is not None:
            self._keep_present(_("class names"))
            renamed = canvas.experiment.replace(data=data.with_class_names(names))
            self.put(run, Canvas(run, renamed, canvas.keeps_weights, canvas.work))
        else:
            trainer = with_class_names(run.trainer, names)
            source = trainer.experiment.data
            self._dataset = source, trainer.preparation.dataset
            self._keep_present(_("class names"))
            self.put(Run(trainer, source, run.initial_parameters, run.work, run.home, identity=run.id))
        self._renamed = True
        return True

    def open_project(self, path: str) -> str:
        """Go on with a project file; raises LensError, and then nothing changes.

        Returns:
            What the user must know of the engine; empty if nothing.
        """
        digest = file_digest(path)  # before it is read: a change meanwhile is then noticed
        project = load_project(path)
        trainer, work = resume(project, path), new_work_id()
        run, canvas = Run.of(project, trainer, work), project.canvas
        kept = kept_of(project, trainer.preparation.dataset, run.id, work, path)
        self._note_left(work)
        self._dataset = project.experiment.data, trainer.preparation.dataset
        self._keep_present(_("opening a project"))
        self.put(run, None if canvas is None else Canvas(run, canvas, project.keeps_weights, work))
        self._opened = Opened(path, project.layout, project.unsaved_of, project.unsaved_of_digest, digest, kept)
        return describe_engine(project, trainer)

    def go_on_with(self, kept: KeptRun, identity: RunId) -> None:
        """Put a kept run in the present one's place, at its last state; raises LensError, and then nothing changes."""
        trainer = resume_kept(kept)
        self._note_left(kept.work)
        self._keep_present(_("opening a kept run"))
        self._dataset = kept.experiment.data, kept.dataset
        self.put(Run(trainer, kept.experiment.data, own_start(trainer), kept.work, kept.home, identity=identity))

    def changed_file_note(self) -> str:
        """A sentence if the file of the data changed since it was read; empty if not, or if that was just told."""
        run = self.present
        note = "" if run is None else changed_file(run.source, run.trainer.preparation.dataset)
        is_new, self._told_note = note != self._told_note, note
        return note if is_new else ""

    # ---------------------------------------------------------------- changes of the run, and undo

    def change(self, fields: Mapping[str, object]) -> None:
        """Change live settings from here on; raises ExperimentError."""
        if self.present is not None:
            self._edits.change(self.present, fields)

    def edit(self, values: Mapping[int, float], goes_on: bool) -> None:
        """Set parameters by hand; what ``goes_on`` is one step of undo with the edit before; raises WeightsError."""
        if self.present is not None:
            self._edits.edit(self.present, values, goes_on)

    def freeze(self, frozen: frozenset[int]) -> None:
        """Leave these parameters, and no others, as they are."""
        if self.present is not None:
            self._edits.freeze(self.present, frozen)

    def undo(self) -> Entry | None:
        """Bring back what was there, and return it; the run must still be led to the position of a Mark."""
        self._note_left_for(self._undo_stack.next_undo)
        return self._bring_back(self._undo_stack.undo)

    def redo(self) -> Entry | None:
        """Take back an undo, in the same way."""
        self._note_left_for(self._undo_stack.next_redo)
        return self._bring_back(self._undo_stack.redo)

    def _note_left_for(self, entry: Entry | None) -> None:
        if isinstance(entry, Run | Canvas):
            self._note_left(entry.work)

    def _bring_back(self, take: Callable[[Callable[[Entry], Entry]], Entry | None]) -> Entry | None:
        """Take an entry from one stack, while the other gets what it replaces."""
        present = self.present
        if present is None:
            return None
        entry = take(lambda entry: present.mark() if isinstance(entry, Mark) else self.canvas or present)
        if entry is None:
            return None
        self._edits.forget()
        if isinstance(entry, Mark):
            present.trainer.head.replace_changes(entry.changes, entry.position)
        else:
            run, canvas = (entry.run, entry) if isinstance(entry, Canvas) else (entry, None)
            self._dataset = run.source, run.trainer.preparation.dataset
            self.put(run, canvas)
        return entry

    # ---------------------------------------------------------------- what is told of it

    def loaded(self) -> Loaded | None:
        """What the window must know of the run, or of the data that cannot be trained on."""
        if self.present is None:
            shown = self.untrainable
            return None if shown is None else Loaded(shown.experiment, shown.preparation, None, False, False)
        canvas = self.canvas
        return Loaded(
            self.present.experiment if canvas is None else canvas.experiment,
            self.present.trainer.preparation,
            self.present.initial_parameters,
            self.undo_text is not None,
            self.redo_text is not None,
            self.present.id,
            (canvas or self.present).work,
            self._anew,
            self._opened,
            self.present.home,
            None if canvas is None else canvas.experiment.data.drawn,
            self._renamed,
        )

    def captured(self, requests: tuple[Capture, ...]) -> tuple[Captured, ...]:
        """All that the run is, and the canvas in front of it, for each who asked."""
        run = self.present
        if run is None or not requests:
            return tuple(Captured(request, None, None) for request in requests)
        project, stamp, work = run.project(self.canvas), run.stamp(self.canvas), (self.canvas or run).work
        return tuple(Captured(request, project, stamp, work) for request in requests)
