"""The open runs and the former ones: what a load, a project file, undo and redo put in whose place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.base.errors import LensError
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.point_edits import can_train
from core.storage.project import describe_engine, load_project, resume
from core.training.divergence import Diverged
from core.training.preparation import prepare
from core.training.saved_run import with_class_names
from core.training.trainer import Trainer
from core.workbench.messages import Capture, Captured, Load, Loaded, Opened
from core.workbench.run_id import RunId
from core.workbench.runs import Canvas, Run, numbers_of
from core.workbench.undo_stack import Mark, UndoStack

Entry = Run | Canvas | Mark


class OpenRuns:
    """The open runs, of which one is present, perhaps a canvas before it, and what undo brings back.

    Args:
        dataset: data that are loaded already, with their source.

    Attributes:
        canvas: what is shown in place of the run while its points are too few.
    """

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        self._runs: dict[RunId, Run] = {}
        self._present: RunId | None = None
        self.canvas: Canvas | None = None
        self._dataset = dataset
        self._undo_stack: UndoStack[Run | Canvas] = UndoStack(numbers_of)
        self._anew = self._renamed = False
        self._opened: Opened | None = None
        self._last_change: tuple[RunId, int, frozenset[str]] | None = None

    @property
    def present(self) -> Run | None:
        """The run that is worked on; None before the first was loaded."""
        return None if self._present is None else self._runs[self._present]

    def is_present(self, run: RunId) -> bool:
        """Whether this run is worked on."""
        return run == self._present

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._undo_stack.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return self._undo_stack.can_redo

    # ---------------------------------------------------------------- another run

    def put(self, run: Run, canvas: Canvas | None = None) -> None:
        """Work on this, without a word on what was there."""
        self._runs, self._present, self.canvas = {run.id: run}, run.id, canvas
        self._anew, self._renamed, self._opened = False, False, None

    def load(self, command: Load) -> bool:
        """Make a run, or a canvas, and put it in the present one's place; raises LensError, and then nothing changes.

        Returns:
            Whether it is another one than before.
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
            raise LensError(str(error)) from error
        # Only now, when nothing can go wrong any more, does the new run take the old one's place.
        self._dataset = source, dataset
        follows = command.gesture is not None and self.present is not None and self.present.gesture is command.gesture
        if not follows:
            self._keep_present()
        self.put(Run(trainer, source, start, home, command.gesture))
        self._anew = command.anew
        return True

    def _dataset_of(self, command: Load) -> Dataset:
        source = command.experiment.data
        if command.dataset is not None:
            return command.dataset
        if self._dataset is None or self._dataset[0] != source:
            return load(source)
        return self._dataset[1]

    def _load_canvas(self, command: Load) -> bool:
        if self.present is None:
            raise LensError("The drawn points are too few to train on; draw points of at least two classes.")
        if self.canvas is not None and self.canvas.experiment == command.experiment:
            return False
        self._keep_present()
        self.put(self.present, Canvas(self.present, command.experiment, self._keeps_weights(command)))
        return True

    def _keeps_weights(self, command: Load) -> bool:
        """Whether a run takes over the present weights: not behind a canvas that began empty."""
        return command.goes_on and (self.canvas is None or self.canvas.keeps_weights)

    def _keep_present(self) -> None:
        """Let undo bring back what is there now."""
        if self.present is not None:
            self._undo_stack.keep(self.canvas or self.present)

    def rename(self, names: Sequence[str]) -> bool:
        """Give the classes other names; raises LensError, and then nothing changes.

        The run goes on in a copy, so that undo brings back the former one like any other.

        Returns:
            Whether there is something to rename.
        """
        run, canvas = self.present, self.canvas
        if run is None:
            return False
        if canvas is not None:
            data = canvas.experiment.data.with_class_names(names)
            self._keep_present()
            self.put(run, Canvas(run, canvas.experiment.replace(data=data), canvas.keeps_weights))
        else:
            trainer = with_class_names(run.trainer, names)
            source = trainer.experiment.data
            self._dataset = source, trainer.preparation.dataset
            self._keep_present()
            self.put(Run(trainer, source, run.initial_parameters, run.home, identity=run.id))
        self._renamed = True
        return True

    def open_project(self, path: str) -> str:
        """Go on with a project file; raises LensError, and then nothing changes.

        Returns:
            What the user must know of the engine; empty if nothing.
        """
        project = load_project(path)
        trainer = resume(project, path)
        self._dataset = project.experiment.data, trainer.preparation.dataset
        self._keep_present()
        run, canvas = Run.of(project, trainer), project.canvas
        self.put(run, None if canvas is None else Canvas(run, canvas, project.keeps_weights))
        self._opened = Opened(path, project.layout, project.unsaved_of)
        return describe_engine(project, trainer)

    # ---------------------------------------------------------------- changes by hand, and undo

    def edit(self, values: Mapping[int, float], goes_on: bool) -> None:
        """Set parameters by hand; what ``goes_on`` is one step of undo with the edit before."""
        if self.present is not None:
            before = self.present.mark()
            self.present.trainer.edit(values)
            if not goes_on:
                self._undo_stack.keep(before)
            self._last_change = None

    def freeze(self, frozen: frozenset[int]) -> None:
        """Leave these parameters, and no others, as they are."""
        if self.present is not None:
            before = self.present.mark()
            self.present.trainer.freeze(frozen)
            self._undo_stack.keep(before)
            self._last_change = None

    def change(self, fields: Mapping[str, object]) -> None:
        """Change live settings; changes of the same ones at one position, as by a slider, are one step of undo."""
        if self.present is not None:
            before, place = self.present.mark(), (self.present.id, self.present.trainer.position, frozenset(fields))
            self.present.trainer.change(**fields)
            if place != self._last_change or not self.can_undo:
                self._undo_stack.keep(before)
            self._last_change = place

    def undo(self) -> Entry | None:
        """Bring back what was there, and return it; the run must still be led to the position of a Mark."""
        return self._bring_back(self._undo_stack.undo, self._undo_stack.put_redo)

    def redo(self) -> Entry | None:
        """Take back an undo, in the same way."""
        return self._bring_back(self._undo_stack.redo, self._undo_stack.put_undo)

    def _bring_back(self, take: Callable[[], Entry | None], put: Callable[[Entry], None]) -> Entry | None:
        """Take an entry from one stack, and put on the other what it replaces."""
        self._last_change = None
        entry = take() if self.present is not None else None
        if entry is None or self.present is None:
            return None
        if isinstance(entry, Mark):
            put(self.present.mark())
            self.present.trainer.replace_changes(entry.changes, entry.position)
        else:
            put(self.canvas or self.present)
            run, canvas = (entry.run, entry) if isinstance(entry, Canvas) else (entry, None)
            self._dataset = run.source, run.trainer.preparation.dataset
            self.put(run, canvas)
        return entry

    # ---------------------------------------------------------------- what is told of it

    def loaded(self) -> Loaded | None:
        """What the window must know of the run."""
        if self.present is None:
            return None
        canvas = self.canvas
        return Loaded(
            self.present.experiment if canvas is None else canvas.experiment,
            self.present.trainer.preparation,
            self.present.initial_parameters,
            self.can_undo,
            self.can_redo,
            self.present.id,
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
        project, stamp = run.project(self.canvas), run.stamp(self.canvas)
        return tuple(Captured(request, project, stamp) for request in requests)
