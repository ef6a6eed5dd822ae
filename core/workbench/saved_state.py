"""Which project file the window's run belongs to, and whether it holds something that the file does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.training.settings_over_time import Change
from core.workbench.run_id import RunId


@dataclass(frozen=True, eq=False)
class Stamp:
    """A run at some moment, with the canvas in front of it: enough to tell whether another moment is the same."""

    experiment: Experiment
    dataset: Dataset
    initial_parameters: NDArray[np.float64] | None
    changes: tuple[Change, ...]
    position: int
    canvas: Experiment | None = None
    branches: tuple[tuple[int, str, int], ...] = ()
    """Number, name and tip of each."""

    def is_like(self, other: Stamp) -> bool:
        """Whether run and moment are the same. Data and weights are never copied, so they are the same objects."""
        same = self.dataset is other.dataset and self.initial_parameters is other.initial_parameters
        return (
            same
            and self.position == other.position
            and self.changes == other.changes
            and self.experiment == other.experiment
            and self.canvas == other.canvas
            and self.branches == other.branches
        )


@dataclass(eq=False)
class ProjectFile:
    """A project as the user thinks of it: it goes from run to run as settings are changed.

    Attributes:
        path: its file; None before it is first saved.
        clean: what need not be saved: the last state saved, or how it began; None where nothing is.
    """

    path: str | None = None
    clean: Stamp | None = None

    @property
    def name(self) -> str:
        """The file's name; empty before it is first saved."""
        return Path(self.path).name if self.path is not None else ""

    def is_modified(self, now: Stamp) -> bool:
        """Whether the run is worth saving."""
        return self.clean is None or not self.clean.is_like(now)


class ProjectFiles:
    """The project of each run. A new run is of the present one's project, but for one that is opened or begun anew.

    So after an undo that brings a former run back, saving does not write over the file of another project.
    """

    def __init__(self) -> None:
        self.present = ProjectFile()
        self._by_run: dict[RunId, ProjectFile] = {}

    def show_run(self, run: RunId, stamp: Stamp, anew: bool) -> None:
        """Another run took the former one's place: it is of a new project, or a change in the present one."""
        known = self._by_run.get(run)
        if known is None:
            known = ProjectFile(None, stamp) if anew or not self._by_run else self.present
        self._put(run, known)

    def show_opened(self, run: RunId, stamp: Stamp, path: str) -> None:
        """A project was opened from its file."""
        self._put(run, ProjectFile(path, stamp))

    def show_recovered(self, run: RunId, path: str) -> None:
        """What had not been saved of a project was recovered; ``path`` is empty if it had no file yet."""
        self._put(run, ProjectFile(path or None, None))

    def _put(self, run: RunId, project: ProjectFile) -> None:
        self.present = self._by_run[run] = project
