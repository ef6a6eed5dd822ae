"""What crosses between the window's thread and the worker's: commands one way, reports the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.experiment import Experiment
from core.gradient_check import GradientCheck
from core.layout import Layout
from core.preparation import Preparation
from core.project import Project
from core.snapshot import Request, Snapshot
from core.walk import Walk
from gui.project_file import Stamp


@dataclass(frozen=True, eq=False)
class Load:
    """Start a run at position 0, its data loaded or drawn anew only if they differ from the present ones.

    ``anew`` says that it is not a change of the present run but has nothing to do with it. Loads of the same
    ``gesture``, such as the drag of a slider, belong together: one undo takes back all of them.
    """

    experiment: Experiment
    initial_parameters: NDArray[np.float64] | None = None
    anew: bool = False
    gesture: object = None


@dataclass(frozen=True)
class OpenProject:
    """Go on with the run of a project file."""

    path: str


@dataclass(frozen=True, eq=False)
class Capture:
    """Hand over all that the run is, as soon as it is not on its way to somewhere."""


@dataclass(frozen=True)
class Play:
    """Train until a position (None: without end)."""

    until: int | None = None


@dataclass(frozen=True)
class RunEpochs:
    """Train so many whole epochs more."""

    epochs: int


@dataclass(frozen=True)
class Pause:
    """Stop where the run stands."""


@dataclass(frozen=True)
class Step:
    """Pause and go one sample, batch or epoch on."""

    unit: str


@dataclass(frozen=True)
class StepBack:
    """Pause and go one sample, batch or epoch back."""

    unit: str


@dataclass(frozen=True, eq=False)
class BeginWalk:
    """Pause and walk an update without making it: the run's next one, or one by that row of the data alone."""

    row: int | None = None


@dataclass(frozen=True)
class SetPace:
    """Samples a second while playing; None for as fast as possible."""

    samples_per_second: float | None


@dataclass(frozen=True)
class ChangeSettings:
    """Change live settings (:data:`core.experiment.LIVE_FIELDS`) from here on."""

    fields: Mapping[str, object]


@dataclass(frozen=True)
class EditParameters:
    """Set parameters by hand, by their places in the flat vector.

    ``goes_on`` says that it goes on with the edit before, as a drag does, so that one undo takes back both.
    """

    values: Mapping[int, float]
    goes_on: bool = False


@dataclass(frozen=True)
class Freeze:
    """Leave these parameters, and no others, as they are from here on; places in the flat vector."""

    frozen: frozenset[int]


@dataclass(frozen=True)
class CheckGradients:
    """Pause and compare the gradient of the next update with differences of the loss."""


@dataclass(frozen=True)
class Prepare:
    """Get the engine ready, so that playing begins at once."""


@dataclass(frozen=True)
class Undo:
    """Take back the last change by hand, or bring back the run that the last Load replaced."""


@dataclass(frozen=True)
class Redo:
    """Take back an Undo."""


@dataclass(frozen=True)
class Publish:
    """Answer with one report.

    Attributes:
        request: what the snapshot holds.
        fresh: wants a snapshot even if nothing changed since the last.
        probe: a point of the plane whose activations are wanted.
    """

    request: Request
    fresh: bool = False
    probe: tuple[float, float] | None = None


@dataclass(frozen=True)
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
    | BeginWalk
    | SetPace
    | ChangeSettings
    | CheckGradients
    | EditParameters
    | Freeze
    | Prepare
    | Undo
    | Redo
    | Publish
    | Quit
)


@dataclass(frozen=True, eq=False)
class Opened:
    """The project file that a run came from; see :class:`core.project.Project`."""

    path: str
    layout: Layout | None
    unsaved_of: str


@dataclass(frozen=True, eq=False)
class Loaded:
    """The run that the worker has now.

    ``number`` is the same when undo brings a run back; ``anew`` is its Load's, and ``opened`` is there if it has just
    come from a file.
    """

    experiment: Experiment
    preparation: Preparation
    initial_parameters: NDArray[np.float64] | None
    can_undo: bool
    can_redo: bool
    number: int = 0
    anew: bool = False
    opened: Opened | None = None


@dataclass(frozen=True, eq=False)
class Captured:
    """The answer to Capture; ``request`` is that very command. Project and stamp are None where there is no run."""

    request: Capture
    project: Project | None
    stamp: Stamp | None


@dataclass(frozen=True, eq=False)
class Walked:
    """The answer to BeginWalk; ``request`` is that very command."""

    request: BeginWalk
    walk: Walk


@dataclass(frozen=True, eq=False)
class Probe:
    """What the network computes at a point; ``activations`` has an array for each layer, the inputs first."""

    point: tuple[float, float]
    activations: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True)
class Notice:
    """Something to tell the user.

    Attributes:
        text: one or two sentences.
        kind: "input" (the input's fault), "diverged", "stopped" (the run ended by itself), "note" (nothing is
            wrong), "none" (what was asked for cannot be) or "fault" (ours).
        detail: a stack trace for a fault of ours.
    """

    text: str
    kind: str
    detail: str = ""


@dataclass(frozen=True, eq=False)
class Report:
    """What the worker answers to Publish.

    Attributes:
        loaded: the run, if it is another one than in the last report.
        snapshot: None if nothing changed since the last report.
        playing: whether training goes on.
        goal: start and end position of a run of a fixed length; None for none.
        samples_per_second: speed of the last half second; 0 while paused.
        travelling: on the way to a position that a step leads to.
        preparing: the engine is being loaded or compiled, and training waits for it.
        engine: what computes the run, "compiled" or "numpy".
        snapshot_seconds: what the snapshot cost.
        can_undo, can_redo: whether there is something to undo or to do again.
        notices: what happened since the last report.
        walked: a walk that was asked for, once.
        gradient_check: a check that was asked for, once.
        walking: a walk will come when the engine is ready.
        probe: the activations at the point that was asked for.
        stamp: where the run stands; None before the first.
        captured: what was asked for by Capture, once.
    """

    loaded: Loaded | None = None
    snapshot: Snapshot | None = None
    playing: bool = False
    goal: tuple[int, int] | None = None
    samples_per_second: float = 0.0
    travelling: bool = False
    preparing: bool = False
    engine: str = ""
    snapshot_seconds: float = 0.0
    can_undo: bool = False
    can_redo: bool = False
    notices: tuple[Notice, ...] = field(default=())
    walked: Walked | None = None
    gradient_check: GradientCheck | None = None
    walking: bool = False
    probe: Probe | None = None
    stamp: Stamp | None = None
    captured: tuple[Captured, ...] = ()
