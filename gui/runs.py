"""What the worker has at work and on its shelf: runs, and canvases that wait for more points."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.experiment import Experiment
from core.project import Project
from core.source import DataSource
from core.trainer import Trainer
from gui.project_file import Stamp
from gui.shelf import Mark

Parameters = NDArray[np.float64]

_numbers = itertools.count(1)


class Run:
    """A trainer with what the window must know of it.

    ``home`` are the weights that a reset leads back to; ``gesture`` is that of its Load.
    """

    def __init__(
        self,
        trainer: Trainer,
        source: DataSource,
        initial_parameters: Parameters | None,
        home: Parameters | None = None,
        gesture: object = None,
    ) -> None:
        self.trainer = trainer
        self.source = source
        self.initial_parameters = initial_parameters
        self.home = home
        self.gesture = gesture
        self.number = next(_numbers)

    @property
    def experiment(self) -> Experiment:
        """The experiment with the settings that hold now."""
        return self.trainer.settings

    def stamp(self) -> Stamp:
        """Where it stands."""
        trainer = self.trainer
        dataset, changes = trainer.preparation.dataset, tuple(trainer.course.changes)
        return Stamp(trainer.experiment, dataset, self.initial_parameters, changes, trainer.position)

    def mark(self) -> Mark:
        """What undo of a change by hand leads back to."""
        return Mark(tuple(self.trainer.course.changes), self.trainer.position)

    def project(self) -> Project:
        """All that it is."""
        trainer = self.trainer
        dataset = trainer.preparation.dataset
        return Project(trainer.experiment, dataset, trainer.saved_run(), self.initial_parameters)


@dataclass(frozen=True, eq=False)
class Canvas:
    """Drawn points, those of the experiment, that are too few to train on; meanwhile the run waits.

    ``keeps_weights`` says that training will go on with those of the run.
    """

    run: Run
    experiment: Experiment
    keeps_weights: bool


def numbers_of(entry: Run | Canvas) -> int:
    """About how many numbers a former run, or a canvas, holds for itself."""
    if isinstance(entry, Canvas):
        drawn = entry.experiment.data.drawn
        return 0 if drawn is None else 4 * len(drawn)
    return entry.trainer.numbers_kept
