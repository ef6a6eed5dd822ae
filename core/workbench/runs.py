"""What is open and what undo brings back: runs, and canvases that wait for more points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.data_source import DataSource
from core.storage.project import Project
from core.training.experiment import Experiment
from core.training.preparation import Preparation
from core.training.saved_run import own_start, save_run
from core.training.trainer import Trainer
from core.workbench.run_id import RunId, WorkId, new_run_id
from core.workbench.run_timeline import RunTimeline, TimelineMaker
from core.workbench.saved_state import Stamp
from core.workbench.undo_stack import Mark

Parameters = NDArray[np.float64]


class Run:
    """A trainer with what the window must know of it.

    ``work`` is what it is of; ``home`` are the weights that a reset leads back to; ``gesture`` is that of its Load;
    ``identity`` is that of the run that it continues.
    """

    def __init__(
        self,
        trainer: Trainer,
        source: DataSource,
        initial_parameters: Parameters | None,
        work: WorkId,
        home: Parameters | None = None,
        gesture: object = None,
        identity: RunId | None = None,
    ) -> None:
        self.trainer = trainer
        self.work = work
        self.source = source
        self.initial_parameters = initial_parameters
        self.home = home
        self.gesture = gesture
        self.id = new_run_id() if identity is None else identity
        self._timeline = TimelineMaker(trainer)

    @property
    def experiment(self) -> Experiment:
        """The experiment with the settings that hold now."""
        return self.trainer.settings

    @classmethod
    def of(cls, project: Project, trainer: Trainer, work: WorkId) -> Run:
        """The run of a project that was read, its trainer where it stands."""
        home, start = project.initial_parameters, own_start(trainer)
        if home is not None and (start is None or start.tobytes() == home.tobytes()):
            start = home
        return cls(trainer, project.experiment.data, start, work, home)

    def stamp(self, canvas: Canvas | None) -> Stamp:
        """Where it stands, and what waits in front of it; an empty canvas is nothing to be kept."""
        trainer = self.trainer
        dataset, changes = trainer.preparation.dataset, tuple(trainer.settings_over_time.changes)
        drawn = canvas.experiment if canvas is not None and canvas.holds_points else None
        branches = tuple((branch.number, branch.name, branch.tip) for branch in trainer.tree.branches)
        return Stamp(trainer.experiment, dataset, self.initial_parameters, changes, trainer.position, drawn, branches)

    def timeline(self) -> RunTimeline:
        """Its branches."""
        return self._timeline.timeline()

    def is_like(self, trainer: Trainer, home: Parameters | None) -> bool:
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

    def mark(self) -> Mark:
        """What undo of a change by hand leads back to."""
        return Mark(tuple(self.trainer.settings_over_time.changes), self.trainer.position)

    def project(self, canvas: Canvas | None) -> Project:
        """All that it is, and the canvas in front of it."""
        trainer = self.trainer
        project = Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer), self.home)
        if canvas is None:
            return project
        return replace(project, canvas=canvas.experiment, keeps_weights=canvas.keeps_weights)


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


def numbers_of(entry: Run | Canvas) -> int:
    """About how many numbers a former run, or a canvas, holds for itself."""
    if isinstance(entry, Canvas):
        drawn = entry.experiment.data.drawn
        return 0 if drawn is None else 4 * len(drawn)
    return entry.trainer.numbers_kept


def _are_same(some: Parameters | None, others: Parameters | None) -> bool:
    """Whether two vectors of parameters, or their absence, are the same."""
    return some is others or (some is not None and others is not None and np.array_equal(some, others))
