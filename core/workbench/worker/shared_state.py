"""What the parts of the worker share: the open runs, the activity, the speed, and the events still to be told."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import field
from typing import TYPE_CHECKING

from core.base import log
from core.base.translation import _
from core.base.values import dataclass
from core.workbench.messages import Capture, Captured, Notice, Walked
from core.workbench.open_runs import OpenRuns
from core.workbench.runs import Run
from core.workbench.told_faults import ToldFaults
from core.workbench.worker.activity import Activity, Dragged, Playing, Resting, Travelling
from core.workbench.worker.engine_loader import EngineLoader
from core.workbench.worker.training_speed import TrainingSpeed

if TYPE_CHECKING:
    from core.explain.gradient_check import GradientCheck


@dataclass()
class UntoldEvents:
    """What the next report tells.

    Attributes:
        loaded: whether another run took the former one's place. opened_at: see :class:`.messages.Loaded`.
        captures: what is asked for and not yet answered.
        captured: what was answered, since another run was about to take the place of the one that was meant.
    """

    loaded: bool = False
    opened_at: int = 0
    notices: list[Notice] = field(default_factory=list)
    walked: Walked | None = None
    gradient_check: GradientCheck | None = None
    captures: list[Capture] = field(default_factory=list)
    captured: list[Captured] = field(default_factory=list)


class SharedState:
    """See the module; used by the worker's thread alone.

    Attributes:
        told_faults: what the user knows of the faults so far.
        cannot_measure: the run whose measurement failed where it stands; None for none.
    """

    def __init__(self, runs: OpenRuns) -> None:
        self.runs = runs
        self.activity: Activity = Resting()
        self.speed = TrainingSpeed()
        self.loader = EngineLoader()
        self.events = UntoldEvents()
        self.cannot_measure: Run | None = None
        self.told_faults = ToldFaults()

    @property
    def run(self) -> Run | None:
        """The run that is worked on."""
        return self.runs.present

    @property
    def is_training(self) -> bool:
        """Whether the run trains."""
        return isinstance(self.activity, Playing | Travelling)

    @property
    def is_moving(self) -> bool:
        """Whether the next snapshot is likely to be of another position."""
        return self.is_training or isinstance(self.activity, Dragged)

    def start(self, activity: Playing | Travelling) -> None:
        """Let the run move."""
        assert self.run is not None
        self.activity = activity
        self.speed.begin(self.run.trainer.experiment.batch_size)

    def stop(self) -> None:
        """Let the run rest where it stands; commands that wait for its arrival are forgotten."""
        self.activity = Resting()
        self.speed.end()

    def travel_to(self, position: int) -> None:
        """Let the run go to a position at full speed; it stays if it is there."""
        assert self.run is not None
        if self.run.trainer.position < position:
            self.start(Travelling(position))

    def prepare_engine(self) -> bool:
        """Whether the run's engine is ready; if not, get it ready beside this thread."""
        if self.run is None:
            return False
        if self.run.trainer.is_ready or self.loader.has_ended:
            return True
        self.loader.start(self.run.trainer.stepper.kernels)
        return False

    @property
    def waits_for_engine(self) -> bool:
        """Whether the run's engine is being made ready."""
        return self.run is not None and self.loader.is_running and not self.run.trainer.is_ready

    def tell(self, text: str, kind: str, place: int | None = None) -> None:
        """Put a notice on the present run into the next report; see Notice."""
        self.events.notices.append(Notice(text, kind, run=None if self.run is None else self.run.id, place=place))

    def note_fault(self, error: Exception) -> None:
        """Stop, and put a notice of a fault of ours into the next report; called where the error is handled.

        The same fault is told of once until something is done.
        """
        self.stop()
        text = _("An error inside the program stopped training: {name}: {error}").format(
            name=type(error).__name__, error=error
        )
        if not self.told_faults.is_new(error):
            return
        self.events.notices.append(Notice(text, "fault", traceback.format_exc()))
        with contextlib.suppress(Exception):  # a log that cannot be written must not end the worker
            log.fault(error)
