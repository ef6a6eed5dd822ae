"""Which project file the window's run belongs to, and whether it holds something that the file does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.base.arrays import Array
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.training.settings_over_time import Change
from core.workbench.run_id import WorkId

if TYPE_CHECKING:
    from core.workbench.many_runs.kept_run import KeptRun


@dataclass(frozen=True, eq=False)
class Stamp:
    """A run at some moment, with the canvas in front of it: enough to tell whether another moment is the same."""

    experiment: Experiment
    dataset: Dataset
    initial_parameters: Array | None
    changes: tuple[Change, ...]
    position: int
    canvas: Experiment | None = None
    branches: tuple[tuple[int, str, int, int], ...] = ()
    """Number, name, fork and tip of each."""

    @property
    def is_trained(self) -> bool:
        """Whether it ever left its start, or something was changed there."""
        return self.position > 0 or bool(self.changes) or any(tip > 0 for _, _, _, tip in self.branches)

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
        digest: of the file as it was read or written last; empty where that is not known.
        is_left_unsaved: whether another work took its place while it had unsaved changes.
        kept: the kept runs that need not be saved with it: those in its file, or those of works before it.
    """

    path: str | None = None
    clean: Stamp | None = None
    digest: str = ""
    is_left_unsaved: bool = False
    kept: tuple[KeptRun, ...] = ()

    @property
    def name(self) -> str:
        """The file's name; empty before it is first saved."""
        return Path(self.path).name if self.path is not None else ""

    def is_modified(self, now: Stamp, kept: tuple[KeptRun, ...] = ()) -> bool:
        """Whether the run, or one of the kept runs that go into the file, is worth saving."""
        if self.clean is None or not self.clean.is_like(now):
            return True
        now_kept, known = ([run.line for run in runs] for runs in (kept, self.kept))
        return now_kept != known if self.path is not None else any(line not in known for line in now_kept)

    def note_saved(self, path: str, stamp: Stamp | None, digest: str, kept: tuple[KeptRun, ...] = ()) -> None:
        """The file holds this state now, and these kept runs."""
        self.path, self.clean, self.digest, self.is_left_unsaved, self.kept = path, stamp, digest, False, kept


class ProjectFiles:
    """The project file of each work.

    So after an undo that brings a former work back, saving does not write over the file of another one.
    """

    def __init__(self) -> None:
        self.present = ProjectFile()
        self.present_work: WorkId | None = None
        self._by_work: dict[WorkId, ProjectFile] = {}

    def of(self, work: WorkId | None) -> ProjectFile | None:
        """The file of a work; None where the work is not known."""
        return None if work is None else self._by_work.get(work)

    @property
    def left_unsaved(self) -> list[WorkId]:
        """The works that are not present and have unsaved changes."""
        return [work for work, file in self._by_work.items() if file.is_left_unsaved]

    def note_left(self, work: WorkId, stamp: Stamp, kept: tuple[KeptRun, ...] = ()) -> None:
        """Another work took the place of this one, with these kept runs."""
        file = self._by_work.get(work)
        if file is not None:
            file.is_left_unsaved = file.is_modified(stamp, kept)

    def forget_left(self) -> None:
        """The user does not want what other works left unsaved."""
        for work in self.left_unsaved:
            self._by_work[work].is_left_unsaved = False

    def show_run(
        self,
        work: WorkId,
        stamp: Stamp,
        anew: bool,
        before: Stamp | None = None,
        kept: tuple[KeptRun, ...] = (),
    ) -> None:
        """A run is present: of a work that is known, or of one that has no file yet.

        Data that are chosen for the settings of the run before are worth saving; what begins ``anew``, and what the
        window opens with, is not; nor are the ``kept`` runs then, which are recovered with the work before. A trained
        run of the same work that was there ``before`` stays worth asking about: a reset looks like the beginning, but
        only undo holds what it took away.
        """
        begins = anew or not self._by_work
        if work == self.present_work and before is not None and before.is_trained and self.present.is_modified(before):
            self.present.clean = None
        begun = ProjectFile(clean=stamp, kept=kept) if begins else ProjectFile()
        self._put(work, self._by_work.get(work) or begun)

    def show_opened(
        self, work: WorkId, stamp: Stamp, path: str, digest: str = "", kept: tuple[KeptRun, ...] = ()
    ) -> None:
        """A project was opened from its file; ``kept`` are the kept runs beside it."""
        self._put(work, ProjectFile(path, stamp, digest, kept=kept))

    def show_recovered(self, work: WorkId, path: str, digest: str = "") -> None:
        """What had not been saved of a project was recovered; ``path`` is empty if it had no file yet."""
        self._put(work, ProjectFile(path or None, None, digest))

    def _put(self, work: WorkId, file: ProjectFile) -> None:
        self.present = self._by_work[work] = file
        self.present_work = work
        file.is_left_unsaved = False
