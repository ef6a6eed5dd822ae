"""What is open and what undo brings back: runs, and canvases that wait for more points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.training.preparation import Preparation
from core.training.presets import Preset, lesson_of
from core.training.timeline.branches import Branch
from core.training.trainer import Trainer
from core.workbench.run_id import RunId, WorkId, new_run_id
from core.workbench.run_timeline import TimelineMaker
from core.workbench.step_names import name_painting

if TYPE_CHECKING:
    from core.storage.project import OtherRun, Project
    from core.training.saved_run import SavedRun


@dataclass(frozen=True, eq=False)
class BranchPlace:
    """The place where painted points made a run of another one: a position of a branch of that run."""

    run: Run
    branch: Branch
    position: int

    def hold(self) -> BranchPlace:
        """Let the branch stay, however little was trained on it, and its changes at the place."""
        branch = self.branch
        branch.is_origin = True
        if branch.changes_at(self.position):
            branch.changes_kept = max(branch.changes_kept, self.position)
        return self


class Run:
    """A trainer with what the window must know of it.

    ``work`` is what it is of; ``home`` are the weights that a reset leads back to; ``gesture`` is that of its Load;
    ``identity`` is that of the run that it continues; ``lesson`` is the preset of the run before in the same work.

    Attributes:
        lesson: the preset whose text tells of it, perhaps with other settings; None for none.
        origin: where it leaves another run, with the weights of that place; None for a run that began by itself.
        epochs_before: that were trained before it, on other points.
    """

    def __init__(
        self,
        trainer: Trainer,
        source: DataSource,
        initial_parameters: Array | None,
        work: WorkId,
        home: Array | None = None,
        gesture: object = None,
        identity: RunId | None = None,
        origin: BranchPlace | None = None,
        lesson: Preset | None = None,
    ) -> None:
        self.trainer = trainer
        self.work = work
        self.source = source
        self.initial_parameters = initial_parameters
        self.home = home
        self.gesture = gesture
        self.id = new_run_id() if identity is None else identity
        self.lesson = lesson_of(trainer.experiment, lesson)
        self.origin = None if origin is None else origin.hold()
        self.epochs_before = 0.0 if origin is None else origin.run.epochs_at(origin.position)
        self.timeline = TimelineMaker(trainer)
        self._saved: tuple[object, SavedRun] | None = None

    @property
    def experiment(self) -> Experiment:
        """The experiment with the settings that hold now."""
        return self.trainer.settings

    @property
    def dataset(self) -> Dataset:
        """Its points."""
        return self.trainer.preparation.dataset

    def epochs_at(self, position: int) -> float:
        """The epochs up to a position, those before the run included."""
        return self.epochs_before + position / self.trainer.epoch_length

    @property
    def is_untouched(self) -> bool:
        """Whether it was never trained or changed."""
        tree = self.trainer.tree
        return len(tree.branches) == 1 and tree.present.tip == 0 and not self.trainer.settings_over_time.changes

    @cached_property
    def painted_words(self) -> str:
        """What was painted where it begins; empty for a run that began by itself."""
        return "" if self.origin is None else name_painting(self.origin.run.dataset, self.dataset)

    @classmethod
    def of(cls, project: Project | OtherRun, trainer: Trainer, work: WorkId) -> Run:
        """The run of a project that was read, its trainer where it stands."""
        from core.training.saved_run import own_start  # here and below, since a window starts without saved runs

        home, start = project.initial_parameters, own_start(trainer)
        if home is not None and (start is None or start.tobytes() == home.tobytes()):
            start = home
        return cls(trainer, project.experiment.data, start, work, home)

    @property
    def outline(self) -> tuple[tuple[int, str, int, int], ...]:
        """Number, name, fork and tip of each branch: these change with whatever is trained, changed or named."""
        return tuple((branch.number, branch.name, branch.fork, branch.tip) for branch in self.trainer.tree.branches)

    def is_like(self, trainer: Trainer, home: Array | None) -> bool:
        """Whether it stands at its start and a new trainer has its settings, data and weights, a reset its ``home``."""
        now = self.trainer
        return (
            now.position == 0
            and not now.settings_over_time.changes
            and now.experiment == trainer.experiment
            and now.preparation.dataset is trainer.preparation.dataset
            and _are_same(now.network.parameters, trainer.network.parameters)
            and _are_same(home, self.home)
        )

    def saved(self, most_kept: int) -> SavedRun:
        """A copy of all that it is, with so many numbers in keyframes at most; the same one until something changes."""
        from core.training.saved_run import save_run

        trainer = self.trainer
        key = trainer.position, tuple(trainer.settings_over_time.changes), self.outline, most_kept
        if self._saved is None or self._saved[0] != key:
            self._saved = key, save_run(trainer, most_kept)
        return self._saved[1]

    def rename_classes(self, names: Sequence[str], source: DataSource | None = None) -> None:
        """Give the classes other names; see :func:`core.training.saved_run.with_class_names`."""
        from core.training.saved_run import with_class_names

        self.trainer = with_class_names(self.trainer, names, source)
        self.source, self.timeline, self._saved = self.trainer.experiment.data, TimelineMaker(self.trainer), None


@dataclass(frozen=True, eq=False)
class Canvas:
    """Drawn points, those of the experiment, that are too few to train on; meanwhile the run waits.

    ``keeps_weights`` says that training will go on with those of the run; ``work`` is what the points are of, which
    may be another one than the run's.
    """

    run: Run
    experiment: Experiment
    keeps_weights: bool
    work: WorkId

    @property
    def holds_points(self) -> bool:
        """Whether anything is drawn on it."""
        drawn = self.experiment.data.drawn
        return drawn is not None and len(drawn) > 0


@dataclass(frozen=True, eq=False)
class Untrainable:
    """An experiment whose loss is not finite at the start; ``reason`` says why, and what to change."""

    experiment: Experiment
    preparation: Preparation
    reason: str


def _are_same(some: Array | None, others: Array | None) -> bool:
    """Whether two vectors of parameters, or their absence, are the same."""
    return some is others or (some is not None and others is not None and np.array_equal(some, others))
