"""What the window tells the worker to do with the run, and what it asks for."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt5.QtCore import QElapsedTimer, QObject, pyqtSignal

from core.base import log
from core.base.translation import _
from core.explain.maps import NeuronPlace, Plane
from core.explain.picked_part import Focus
from core.explain.snapshot import Request
from core.workbench.messages import (
    ANOTHER_RUN,
    BeginWalk,
    Capture,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    GoOnWith,
    KeepLine,
    NameBranch,
    Notice,
    Pause,
    Play,
    Prepare,
    Publish,
    Redo,
    RemoveBranch,
    RunEpochs,
    Seek,
    SetPace,
    Step,
    StepBack,
    Undo,
    WorkerReport,
    WorkerState,
)
from core.workbench.run_id import RunId, new_run_id
from core.workbench.run_timeline import RunTimeline
from core.workbench.told_faults import ToldFaults
from core.workbench.worker.channels import FrameInProgress
from core.workbench.worker.report_source import ReportSource
from gui.session.frame_clock import FrameClock
from gui.session.gesture_loads import GestureLoads

OWN_ENDS = ("paused", "stopped", "diverged")
"""Notices of a run that ended by itself, each of which the verdict tells as well."""
MEANT_TO_PAUSE_MILLISECONDS = 800

if TYPE_CHECKING:
    from core.workbench.many_runs.kept_run import KeptRun


class RunControls(QObject):
    """Sends commands to the worker, and asks it for reports.

    Signals:
        quality_changed(int): how cheap pictures must be now, see :class:`core.workbench.frame_quality.FrameQuality`.
        moved(): a command that lets the run go on, back, or give way to another one is on its way.
        altered(): a command that changes the settings or the weights of the run is on its way.
        probed(Probe or None): what the network computes at the point that is probed.
        noticed(Notice): something to tell the user.
    """

    quality_changed = pyqtSignal(int)
    moved = pyqtSignal()
    altered = pyqtSignal()
    probed = pyqtSignal(object)
    noticed = pyqtSignal(object)

    def __init__(self, worker: ReportSource) -> None:
        super().__init__()
        self._worker = worker
        self._state = WorkerState()
        self._request = Request()
        self._probe_point: tuple[float, ...] | None = None
        self._questions = 0  # that were asked
        self._run_known_from = 0  # the question whose answer tells which run is present
        self._answered = 0  # the last question whose answer was shown
        self._check_known_from = 0  # the question whose answer tells of the last gradient check
        self._own_end = QElapsedTimer()
        self._gesture_loads = GestureLoads()
        self._told_faults = ToldFaults()
        self._clock = FrameClock(worker, self._question, self._show, self._tell_fault, self)
        self._clock.quality_changed.connect(self.quality_changed)

    # ---------------------------------------------------------------- what is true

    @property
    def run(self) -> RunId | None:
        """The present run; None before the first, and while a command that may change it is on its way."""
        is_known = self._answered >= self._run_known_from and self._gesture_loads.held is None
        return self._state.run if is_known else None

    @property
    def playing(self) -> bool:
        """Whether training goes on, as of the last report or the last command."""
        return self._state.playing

    @property
    def has_just_ended(self) -> bool:
        """Whether the run ended by itself so shortly ago that a press of a key was meant to pause it."""
        return self._own_end.isValid() and not self._own_end.hasExpired(MEANT_TO_PAUSE_MILLISECONDS)

    @property
    def timeline(self) -> RunTimeline | None:
        """The branches of the run, as of the last report; None before the first run."""
        return self._state.timeline

    @property
    def state(self) -> WorkerState:
        """What is true of the run, as of the last report."""
        return self._state

    @property
    def frame_in_progress(self) -> FrameInProgress:
        """Tells threads beside the window when it is at work on a frame."""
        return self._worker.frame

    @property
    def travelling(self) -> bool:
        """Whether the run is on its way to a position, as of the last report."""
        return self._state.travelling

    @property
    def checked(self) -> float | None:
        """The share of the gradient check that is done, as of the last report; None while no check is under way."""
        return self._state.checked if self._answered >= self._check_known_from else 0.0

    @property
    def at_rest(self) -> bool:
        """Whether all that was asked for has been answered and drawn."""
        return self._clock.at_rest

    # ---------------------------------------------------------------- what can be done

    def capture(self) -> Capture:
        """Have all that the run is copied; ``captured`` brings it with what is returned."""
        request = Capture()
        self._send(request)
        return request

    def play(self) -> None:
        """Train without end."""
        self._state = replace(self._state, playing=True)
        self._move(Play(run=self.run))

    def run_epochs(self, epochs: int) -> None:
        """Train so many epochs more, to the end of an epoch."""
        self._state = replace(self._state, playing=True)
        self._move(RunEpochs(epochs, run=self.run))

    def pause(self) -> None:
        """Stop at once."""
        self._state = replace(self._state, playing=False)
        self._move(Pause(run=self.run))

    def step(self, unit: str) -> None:
        """One sample, batch or epoch on."""
        self._move(Step(unit, run=self.run))

    def step_back(self, unit: str) -> None:
        """One sample, batch or epoch back."""
        self._move(StepBack(unit, run=self.run))
        if self.timeline is not None and self.timeline.began_elsewhere:  # it may lead to another run
            self._run_known_from = self._questions + 1

    def seek(self, position: int, branch: int | None = None, exact: bool = True) -> None:
        """Go to a position that was reached; see :class:`core.workbench.messages.Seek`."""
        self._state = replace(self._state, playing=False)
        self._move(Seek(position, branch, exact, run=self.run))
        if self._is_elsewhere(branch):
            self._run_known_from = self._questions + 1

    def _is_elsewhere(self, branch: int | None) -> bool:
        """Whether a branch may be that of another run than the present one."""
        found = [b.run.run for b in (self.timeline.branches if self.timeline is not None else ()) if b.number == branch]
        return branch is not None and found != [self._state.run]

    def name_branch(self, branch: int, name: str) -> None:
        """Give a branch, by its number, a name; an empty one stands for what differs."""
        self._send(NameBranch(branch, name, run=self.run))

    def remove_branch(self, branch: int) -> None:
        """Remove a branch, by its number, and all that leave it."""
        self._move(RemoveBranch(branch, run=self.run))
        self._run_known_from = self._questions + 1

    def keep_line(self, branch: int | None = None, is_shown: bool = True) -> None:
        """Ask for a copy of a branch, by its number, to be shown or only to be listed; a report's events bring it."""
        self._send(KeepLine(branch, is_shown, run=self.run))

    def go_on_with(self, kept: KeptRun, position: int | None = None) -> RunId:
        """Put a kept run in the place of the present one, at a position, by default at its tip.

        Returns the identity that it has from now on.
        """
        identity = new_run_id()
        self._move(GoOnWith(kept, identity, position))
        return identity

    def walk(self, row: int | None = None) -> BeginWalk:
        """Pause and walk the next update, or one by a row of the data; ``walked`` brings it with what is returned."""
        request = BeginWalk(row, run=self.run)
        self._state = replace(self._state, playing=False)
        self._send(request)
        return request

    def probe(self, point: tuple[float, ...] | None) -> None:
        """Tell by ``probed`` what the network computes at a point of the data, now and after each change; or stop."""
        if point != self._probe_point:
            self._probe_point = point
            if point is None:
                self.probed.emit(None)
            else:
                self._clock.wake()

    def set_pace(self, samples_per_second: float | None, rises: bool = False) -> None:
        """How fast to play; None for as fast as possible, or for a pace that rises."""
        self._send(SetPace(samples_per_second, rises))

    def edit(self, values: Mapping[int, float], goes_on: bool = False) -> None:
        """Set parameters by hand; see :class:`core.workbench.messages.EditParameters`."""
        self._alter(EditParameters(dict(values), goes_on, run=self.run))

    def freeze(self, frozen: Iterable[int]) -> None:
        """Leave these parameters, and no others, as they are."""
        self._send(Freeze(frozenset(frozen), run=self.run))

    def check_gradients(self) -> None:
        """Pause and compare the gradient with differences of the loss; ``gradients_checked`` brings the result.

        Any other command ends the check without a result; ``checked`` tells how far it is.
        """
        self._state = replace(self._state, playing=False)
        self._check_known_from = self._questions + 1
        self._send(CheckGradients(run=self.run))

    def prepare(self) -> None:
        """Get the engine ready, so that playing begins at once."""
        self._send(Prepare())

    def undo(self) -> None:
        """Take back the last change by hand, or bring back the run that the last change of a setting replaced."""
        self._move(Undo())

    def redo(self) -> None:
        """Take back an undo."""
        self._move(Redo())

    def look_at(self, output: Plane | None, neurons: Plane | None) -> None:
        """Which planes the maps of the next snapshots cover."""
        self._ask_for(replace(self._request, output=output, neurons=neurons))

    def look_into(self, neuron: NeuronPlace | None) -> None:
        """Which neuron's own map the next snapshots hold."""
        self._ask_for(replace(self._request, neuron=neuron))

    def inspect(self, focus: Focus | None) -> None:
        """What the next snapshots hold an inspection of."""
        self._ask_for(replace(self._request, focus=focus))

    def want_report(self, wanted: bool) -> None:
        """Whether the next snapshots hold a report."""
        self._ask_for(replace(self._request, report=wanted))

    def _ask_for(self, request: Request) -> None:
        if request != self._request:
            self._request = request
            self._clock.wake()

    def show_first(self, seconds: float) -> None:
        """Show the first report before the window, if it comes within so many seconds."""
        self._clock.show_first(seconds)

    def close(self) -> None:
        """Stop the clock and the thread; returns when the thread has ended."""
        self._clock.stop()
        self._worker.close()

    # ---------------------------------------------------------------- to the worker and from it

    def _send(self, command: Command) -> None:
        self._told_faults.forget()
        held = self._gesture_loads.take_held()  # what follows it counts from where it leads
        for one in (command,) if held is None else (held, command):
            if isinstance(one, ANOTHER_RUN):
                self._run_known_from = self._questions + 1
            self._worker.send(one)
            self._clock.wake()

    def _alter(self, command: Command) -> None:
        self.altered.emit()
        self._send(command)

    def _move(self, command: Command) -> None:
        self.moved.emit()
        self._send(command)

    def _question(self) -> Publish:
        """What a report is asked for; all commands so far lie before it."""
        self._questions += 1
        return Publish(self._request, probe=self._probe_point, number=self._questions)

    def _show(self, report: WorkerReport) -> None:
        """Show a report; must not raise."""
        raise NotImplementedError

    def _tell_fault(self, error: Exception) -> None:
        """Tell of a fault of the window, once until something is done; called where it is handled."""
        if not self._told_faults.is_new(error):
            return
        text = _("An error inside the program spoiled the picture: {name}: {error}").format(
            name=type(error).__name__, error=error
        )
        self.noticed.emit(Notice(text, "fault", traceback.format_exc()))
        with contextlib.suppress(Exception):  # a log that cannot be written must not stop the clock
            log.fault(error)
