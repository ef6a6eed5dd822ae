"""What a load, a project file and other settings put in the place of the open run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.base.errors import LensError
from core.base.file_digest import file_digest
from core.base.progress import Between, finish
from core.base.translation import _
from core.data.data_source import DataSource, changed_file, is_other_data, load
from core.data.dataset import Dataset
from core.data.point_edits import can_train
from core.training.divergence import Diverged
from core.training.preparation import prepare
from core.training.presets import Preset
from core.training.trainer import Trainer
from core.workbench.messages import Load, Opened
from core.workbench.run_id import RunId, WorkId, new_work_id
from core.workbench.run_tree import UndoPlace, read_tree
from core.workbench.runs import Canvas, Run, Untrainable
from core.workbench.step_names import name_load
from core.workbench.undoable_runs import UndoableRuns

if TYPE_CHECKING:
    from core.workbench.many_runs.kept_run import KeptRun


class OpenRuns(UndoableRuns):
    """The open runs, and what takes their place; see :class:`core.workbench.undoable_runs.UndoableRuns`.

    Attributes:
        between: called between two steps, where a large set is prepared and measured for a run that is to take the
            present one's place; the present one may be looked at there, but not changed.
    """

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        super().__init__(dataset)
        self._told_note = ""
        self.between: Between = None

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
        origin = None
        if self._keeps_weights(command) and self.present is not None:
            former, origin = self.present.trainer, self._tree.place(self.present)
            if prepare(command.experiment, dataset, self.between).sizes == former.preparation.sizes:
                start, home = former.network.parameters.copy(), self.present.home
        try:
            trainer = Trainer(command.experiment, dataset, start, self.between)
        except Diverged as error:  # it is the new run that cannot be; the present one goes on
            if self.present is None:
                self._dataset = source, dataset
                self.untrainable = Untrainable(command.experiment, prepare(command.experiment, dataset), str(error))
            raise LensError(str(error)) from error
        # Only now, when nothing can go wrong any more, does the new run take the old one's place.
        work = self._work_of(command)
        self._note_left(work)
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
        run = Run(trainer, source, start, work, home, command.gesture, origin=origin, lesson=self._lesson(work))
        self.put(run, tree=None if origin is None else self._tree)
        self._anew = command.anew
        return True

    def _name_load(self, command: Load) -> str:
        """What undo of a load takes back."""
        shown = self.canvas or self.present
        return _("new run") if command.anew or shown is None else name_load(shown.experiment, command.experiment)

    @staticmethod
    def _name_gesture(former: UndoPlace, command: Load) -> str:
        """What undo of all loads of a gesture takes back."""
        return name_load(former.shown.experiment, command.experiment)

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
        self._keep_present(_("painting") if command.goes_on and drawn is not None else _("new canvas"))
        canvas = Canvas(self.present, command.experiment, self._keeps_weights(command), work)
        self.put(self.present, canvas, self._tree)
        self._anew = command.anew
        return True

    def _work_of(self, command: Load) -> WorkId:
        """The present work, unless the command begins another one."""
        shown = self.canvas or self.present
        if shown is None or command.anew:
            return new_work_id()
        is_other = is_other_data(shown.experiment.data, command.experiment.data)
        return new_work_id() if is_other and not command.goes_on else shown.work

    def _lesson(self, work: WorkId) -> Preset | None:
        """The preset of the present run, if that is of this work."""
        return self.present.lesson if self.present is not None and self.present.work == work else None

    def _keeps_weights(self, command: Load) -> bool:
        """Whether a run takes over the present weights: not behind a canvas that began empty."""
        return command.goes_on and (self.canvas is None or self.canvas.keeps_weights)

    def rename(self, names: Sequence[str]) -> bool:
        """Give the classes other names; raises LensError, and then nothing changes.

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
        before = UndoPlace.of(run, self._tree, canvas)
        if canvas is None:
            self._tree.rename_classes(run, names)
        else:
            renamed = canvas.experiment.replace(data=data.with_class_names(names))
            canvas = Canvas(run, renamed, canvas.keeps_weights, canvas.work)
        self._undo_stack.keep(before, _("class names"))
        self.put(run, canvas, self._tree)
        self._renamed = True
        return True

    def open_project(self, path: str) -> str:
        """Go on with a project file; raises LensError, and then nothing changes.

        Returns:
            What the user must know of the engine; empty if nothing.
        """
        from core.storage.project import describe_engine, load_project  # here, since a window starts without one
        from core.workbench.many_runs.saved_kept_runs import kept_of

        digest = file_digest(path)  # before it is read: a change meanwhile is then noticed
        project = load_project(path)
        tree, run = read_tree(project, path, self.between)
        self._measure(run.trainer)
        kept = kept_of(project, run.dataset, run.id, run.work, path)
        self._note_left(run.work)
        self._keep_present(_("opening a project"))
        canvas = project.canvas
        self.put(run, None if canvas is None else Canvas(run, canvas, project.keeps_weights, run.work), tree)
        self._opened = Opened(path, project.layout, project.unsaved_of, project.unsaved_of_digest, digest, kept)
        return describe_engine(project, run.trainer)

    def go_on_with(self, kept: KeptRun, identity: RunId) -> None:
        """Put a kept run in the present one's place, at its last state; raises LensError, and then nothing changes."""
        from core.training.saved_run import own_start  # here, since a window starts without kept runs
        from core.workbench.many_runs.kept_run import resume_kept

        trainer = resume_kept(kept, self.between)
        self._measure(trainer)
        self._note_left(kept.work)
        self._keep_present(_("opening a kept run"))
        start, lesson = own_start(trainer), kept.lesson or self._lesson(kept.work)
        self.put(Run(trainer, kept.experiment.data, start, kept.work, kept.home, identity=identity, lesson=lesson))

    def _measure(self, trainer: Trainer) -> None:
        """Measure a large set at once, in blocks: the first picture shows what was measured."""
        if trainer.evaluation_waits:
            finish(trainer.evaluating(), self.between)

    def changed_file_note(self) -> str:
        """A sentence if the file of the data changed since it was read; empty if not, or if that was just told."""
        run = self.present
        note = "" if run is None else changed_file(run.source, run.dataset)
        is_new, self._told_note = note != self._told_note, note
        return note if is_new else ""
