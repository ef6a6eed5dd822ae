"""What crosses between the window's thread and the worker's: commands one way, reports the other.

Nobody compares or prints these values; without the methods for that, a class takes 0.5 ms to make instead of 1.4, which
the start of the window feels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from core.base.values import dataclass

if TYPE_CHECKING:
    from core.base.arrays import Array
    from core.data.dataset import Dataset
    from core.data.drawn_points import DrawnPoints
    from core.explain.gradient_check import GradientCheck
    from core.explain.probe import Probe
    from core.explain.snapshot import Request, Snapshot
    from core.explain.walk import Walk
    from core.storage.project import Project
    from core.storage.window_layout import Layout
    from core.training.experiment import Experiment
    from core.training.preparation import Preparation
    from core.training.presets import Preset
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.run_id import RunId, WorkId
    from core.workbench.run_timeline import RunTimeline
    from core.workbench.saved_state import Stamp


@dataclass(frozen=True, eq=False)
class RunCommand:
    """A command to a run.

    Attributes:
        run: the run; None for the one that is present when the command is obeyed.
    """

    run: RunId | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class Load:
    """Start a run at position 0, its data loaded or drawn anew only if they differ from the present ones.

    Drawn points that are too few to train on become a canvas: the present run stays where it stands and waits.

    Attributes:
        anew: it has nothing to do with the present run: what is done from now on is another work.
        goes_on: it starts with the weights that the present run has, if they fit, and plays on if that plays.
        plays_on: it plays if the present run plays.
        dataset: the data, where they have just been loaded.
        gesture: Loads of the same one, such as the drag of a slider, belong together: one undo takes back all of them.
    """

    experiment: Experiment
    initial_parameters: Array | None = None
    anew: bool = False
    goes_on: bool = False
    dataset: Dataset | None = None
    gesture: object = None
    plays_on: bool = False


@dataclass(frozen=True, eq=False)
class OpenProject:
    """Go on with the run of a project file."""

    path: str


@dataclass(frozen=True, eq=False)
class GoOnWith:
    """Put a kept run in the place of the present one, and lead it to a position.

    Attributes:
        kept: the run.
        identity: a new one, which the run has from now on.
        position: on its line; None for its tip.
    """

    kept: KeptRun
    identity: RunId
    position: int | None = None


class Capture:
    """Hand over all that the run is, as soon as it is not on its way to somewhere."""


@dataclass(frozen=True, eq=False)
class Play(RunCommand):
    """Train until a position (None: without end)."""

    until: int | None = None


@dataclass(frozen=True, eq=False)
class RunEpochs(RunCommand):
    """Train so many whole epochs more."""

    epochs: int


class Pause(RunCommand):
    """Stop where the run stands."""


@dataclass(frozen=True, eq=False)
class Step(RunCommand):
    """Pause and go one sample, batch or epoch on."""

    unit: str


@dataclass(frozen=True, eq=False)
class StepBack(RunCommand):
    """Pause and go one sample, batch or epoch back."""

    unit: str


@dataclass(frozen=True, eq=False)
class Seek(RunCommand):
    """Pause and go to a position that was reached.

    Attributes:
        position: in samples; behind the branch's tip it means the tip.
        branch: its number; None for the present one.
        exact: false to stay at the keyframe before the position, which needs no training: while a head is dragged.
    """

    position: int
    branch: int | None = None
    exact: bool = True


@dataclass(frozen=True, eq=False)
class NameBranch(RunCommand):
    """Give a branch a name; an empty one stands for what differs."""

    branch: int
    name: str


@dataclass(frozen=True, eq=False)
class RemoveBranch(RunCommand):
    """Remove a branch and all that leave it; the first one stays. A run on them goes to where they begin."""

    branch: int


@dataclass(frozen=True, eq=False)
class KeepLine(RunCommand):
    """Hand over a copy of a branch, by default the present one, as it is now; the run goes on.

    Unless ``is_shown`` it is told among the lines that were left, whose curves are not shown.
    """

    branch: int | None = None
    is_shown: bool = True


@dataclass(frozen=True, eq=False)
class BeginWalk(RunCommand):
    """Pause and walk an update without making it: the run's next one, or one by that row of the data alone."""

    row: int | None = None


@dataclass(frozen=True, eq=False)
class SetPace:
    """Samples a second while playing; None for as fast as possible, or for a pace that rises.

    A rising pace, see :class:`core.workbench.speed_scale.RisingPace`, does not hold for a number of epochs.
    """

    samples_per_second: float | None
    rises: bool = False


@dataclass(frozen=True, eq=False)
class ChangeSettings(RunCommand):
    """Change live settings (:data:`core.training.experiment.LIVE_FIELDS`) from here on."""

    fields: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class EditParameters(RunCommand):
    """Set parameters by hand, by their places in the flat vector.

    ``goes_on`` says that it goes on with the edit before, as a drag does, so that one undo takes back both.
    """

    values: Mapping[int, float]
    goes_on: bool = False


@dataclass(frozen=True, eq=False)
class Freeze(RunCommand):
    """Leave these parameters, and no others, as they are from here on; places in the flat vector."""

    frozen: frozenset[int]


@dataclass(frozen=True, eq=False)
class RenameClasses(RunCommand):
    """Give the classes these names; the run goes on as it is."""

    names: tuple[str, ...]


class CheckGradients(RunCommand):
    """Pause and compare the gradient of the next update with differences of the loss."""


class Prepare:
    """Get the engine ready, so that playing begins at once."""


class Undo:
    """Take back the last change of the run, or bring back the run that the last Load replaced."""


class Redo:
    """Take back an Undo."""


@dataclass(frozen=True, eq=False)
class Publish:
    """Answer with one report.

    Attributes:
        request: what the snapshot holds.
        fresh: wants a snapshot even if nothing changed since the last.
        probe: a point of the data whose activations are wanted.
        number: the report's ``answers``.
    """

    request: Request
    fresh: bool = False
    probe: tuple[float, ...] | None = None
    number: int = 0


class Quit:
    """End the thread."""


Command = (
    Load
    | OpenProject
    | Capture
    | Play
    | RunEpochs
    | Pause
    | Step
    | StepBack
    | Seek
    | NameBranch
    | RemoveBranch
    | KeepLine
    | GoOnWith
    | BeginWalk
    | SetPace
    | ChangeSettings
    | RenameClasses
    | CheckGradients
    | EditParameters
    | Freeze
    | Prepare
    | Undo
    | Redo
    | Publish
    | Quit
)

ANOTHER_RUN = (Load, OpenProject, GoOnWith, Undo, Redo)
"""Commands after which another run may be present."""


@dataclass(frozen=True, eq=False)
class Opened:
    """The project file that a run came from; see :class:`core.storage.project.Project`.

    ``digest`` is that of the file as it was read, ``kept`` are the kept runs in it.
    """

    path: str
    layout: Layout | None
    unsaved_of: str
    unsaved_of_digest: str = ""
    digest: str = ""
    kept: tuple[KeptRun, ...] = ()


@dataclass(frozen=True, eq=False)
class Loaded:
    """The run that the worker has now.

    Attributes:
        experiment: its experiment, or that of the canvas.
        preparation: its data.
        initial_parameters: what it began with; None for those of the experiment.
        can_undo: whether there is something to undo.
        run: its identity; None where there is no worker.
        work: what it is of, or the canvas; None where there is no worker.
        anew: whether it began by itself, and so holds nothing yet that is worth saving.
        opened: where it has just come from, if from a file.
        home: the weights that a reset leads back to; None for those of the experiment.
        renamed: whether it is the run before, its classes with other names.
        lists_former: whether copies of what was trained of the former run come with the same report.
        opened_at: the position to which it is led, of one that was trained before; 0 for one that begins.
        lesson: the preset whose text tells of it; None for none.
        canvas: drawn points that are too few to train on. Then there is no training, and all but the experiment is of
            the run before.
    """

    experiment: Experiment
    preparation: Preparation
    initial_parameters: Array | None
    can_undo: bool = False
    run: RunId | None = None
    work: WorkId | None = None
    anew: bool = False
    opened: Opened | None = None
    home: Array | None = None
    canvas: DrawnPoints | None = None
    renamed: bool = False
    lists_former: bool = False
    opened_at: int = 0
    lesson: Preset | None = None

    @property
    def dataset(self) -> Dataset:
        """The points to show."""
        return self.preparation.dataset if self.canvas is None else self.canvas.dataset()


@dataclass(frozen=True, eq=False)
class Captured:
    """The answer to Capture; ``request`` is that very command.

    Project, stamp and work are None where there is no run, or where it could not be copied.
    """

    request: Capture
    project: Project | None
    stamp: Stamp | None
    work: WorkId | None = None


@dataclass(frozen=True, eq=False)
class Left:
    """A work whose place another one took, as it was at that moment."""

    work: WorkId
    project: Project
    stamp: Stamp


@dataclass(frozen=True, eq=False)
class Walked:
    """The answer to BeginWalk; ``request`` is that very command."""

    request: BeginWalk
    walk: Walk


@dataclass(frozen=True, eq=False)
class Notice:
    """Something to tell the user.

    Attributes:
        text: one or two sentences.
        kind: "input" (a change was refused), "unread" or "unwritten" (a file), "diverged", "stopped" (the run ended by
            itself), "paused" (by itself, to be read), "ended" (as it was asked to), "note" (nothing is wrong), "none"
            (what was asked for cannot be) or "fault" (ours).
        detail: a stack trace for a fault of ours.
        run: the run that it is about; None for none.
        place: the position of an epoch that it offers to go to; None for none.
        path: a file that was written, whose folder it offers to open; empty for none.
    """

    text: str
    kind: str
    detail: str = ""
    run: RunId | None = None
    place: int | None = None
    path: str = ""


@dataclass(frozen=True, eq=False)
class WorkerState:
    """What is true at the moment of a report.

    Attributes:
        run: the run that is worked on; None before the first.
        playing: whether training goes on.
        goal: start and end position of a run of a fixed length; None for none.
        samples_per_second: speed of the last half second; 0 while paused.
        pace: samples a second that a rising pace has come to; None for another pace, and while paused.
        travelling: on the way to a position that a step leads to.
        dragged: at a keyframe before the place to which the head is dragged.
        preparing: the engine is being loaded or compiled, and training waits for it.
        loading: how many parts of the compiled engine are loaded, and how many there are; None when all is done.
        walking: a walk will come when the engine is ready.
        checked: the share of the gradient check that is done; None while no check is under way.
        measuring: loss and score of the whole set are still to come, for they take long.
        engine: what computes the run, "compiled" or "numpy".
        undo_text, redo_text: what undo takes back, and what redo does again, in words; None if there is nothing.
        stamp: where the run stands; None before the first.
        timeline: the branches of the run; None before the first run.
    """

    run: RunId | None = None
    playing: bool = False
    goal: tuple[int, int] | None = None
    samples_per_second: float = 0.0
    pace: float | None = None
    travelling: bool = False
    dragged: bool = False
    preparing: bool = False
    loading: tuple[int, int] | None = None
    walking: bool = False
    checked: float | None = None
    measuring: bool = False
    engine: str = ""
    undo_text: str | None = None
    redo_text: str | None = None
    stamp: Stamp | None = None
    timeline: RunTimeline | None = None

    @property
    def moving(self) -> bool:
        """Whether the next picture is likely to be another one."""
        return self.playing or self.travelling or self.dragged

    @property
    def at_work(self) -> bool:
        """Whether the next report may tell something new without a command, as what a drag lets wait."""
        explaining = self.walking or self.checked is not None
        return self.moving or self.loading is not None or explaining or self.measuring


@dataclass(frozen=True, eq=False)
class WorkerEvents:
    """What happened since the last report; each is told once.

    Attributes:
        loaded: the run, if it is another one than in the last report.
        notices: what to tell the user.
        walked: a walk that was asked for.
        gradient_check: a check that was asked for.
        captured: what was asked for by Capture.
        left: works that another one took the place of, in their order.
        kept: the copies that KeepLine asked for.
        left_lines: copies of the trained lines of runs that another one took the place of, and those to compare with.
    """

    loaded: Loaded | None = None
    notices: tuple[Notice, ...] = ()
    walked: Walked | None = None
    gradient_check: GradientCheck | None = None
    captured: tuple[Captured, ...] = ()
    left: tuple[Left, ...] = ()
    kept: tuple[KeptRun, ...] = ()
    left_lines: tuple[KeptRun, ...] = ()


@dataclass(frozen=True, eq=False)
class WorkerReport:
    """The answer to Publish.

    Attributes:
        state: what is true now.
        events: what happened since the last report.
        snapshot: None if nothing that is shown changed since the last report.
        probe: the activations at the point that was asked for.
        snapshot_seconds: what snapshot and probe cost.
        answers: the number of the Publish.
    """

    state: WorkerState = field(default_factory=WorkerState)
    events: WorkerEvents = field(default_factory=WorkerEvents)
    snapshot: Snapshot | None = None
    probe: Probe | None = None
    snapshot_seconds: float = 0.0
    answers: int = 0
