"""The window's one source of what is going on: the run, whether it plays, and the newest snapshot.

Widgets call its methods and listen to its signals; they keep no truth of their own. The session talks to the worker
in commands, and the frame clock brings its reports.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, pyqtSignal

from core.base import log
from core.base.errors import ExperimentError, LensError
from core.data.data_source import DRAWN, DataSource
from core.data.dataset import Dataset
from core.data.drawn_points import DrawnPoints
from core.data.point_edits import can_train
from core.explain.inspection import Focus
from core.explain.maps import NeuronPlace, Plane
from core.explain.snapshot import Request, Snapshot
from core.training.experiment import LIVE_FIELDS, Experiment
from core.workbench.messages import (
    BeginWalk,
    Capture,
    ChangeSettings,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    Load,
    Loaded,
    Notice,
    OpenProject,
    Pause,
    Play,
    Prepare,
    Publish,
    Redo,
    RenameClasses,
    Report,
    RunEpochs,
    SetPace,
    Step,
    StepBack,
    Undo,
)
from core.workbench.worker import Worker
from gui.session.frame_clock import FrameClock


class Session(QObject):
    """One run in one worker, as the widgets see it.

    Signals:
        run_changed(Loaded): another run took the place of the former one.
        experiment_changed(Experiment): the experiment as it is now; also sent when a change was refused, so that
            panels show again what is true.
        frame(Snapshot): a new snapshot to draw.
        progress(Report): every report that came, for the readouts.
        noticed(Notice): something to tell the user.
        quality_changed(int): how cheap pictures must be now, see :class:`core.workbench.frame_quality.Pacer`.
        walked(Walked): a walk that was asked for.
        gradients_checked(GradientCheck): a check that was asked for.
        moved(): a command that lets the run go on, back, or give way to another one is on its way.
        probed(Probe or None): what the network computes at the point that is probed.
        captured(Captured): all that the run is, as was asked for.
    """

    run_changed = pyqtSignal(object)
    experiment_changed = pyqtSignal(object)
    frame = pyqtSignal(object)
    progress = pyqtSignal(object)
    noticed = pyqtSignal(object)
    quality_changed = pyqtSignal(int)
    walked = pyqtSignal(object)
    gradients_checked = pyqtSignal(object)
    moved = pyqtSignal()
    probed = pyqtSignal(object)
    captured = pyqtSignal(object)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._loaded: Loaded | None = None
        self._experiment: Experiment | None = None
        self._wanted: Experiment | None = None  # with the changes that the worker has not answered yet
        self._snapshot: Snapshot | None = None
        self._report = Report()
        self._request = Request()
        self._probe_point: tuple[float, ...] | None = None
        self._wish_is_newer = False  # than what the answer on its way knows of
        self._gesture_unanswered = False  # a load that belongs to a gesture is on its way
        self._held: Load | None = None  # the newest of the same gesture, until that is answered
        self._clock = FrameClock(worker, self._question, self._show_safely, self)
        self._clock.quality_changed.connect(self.quality_changed)

    # ---------------------------------------------------------------- what is true

    @property
    def loaded(self) -> Loaded | None:
        """The run; None before the first was loaded."""
        return self._loaded

    @property
    def experiment(self) -> Experiment | None:
        """The experiment of the run, with the learning rate that holds now."""
        return self._experiment

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot."""
        return self._snapshot

    @property
    def playing(self) -> bool:
        """Whether training goes on, as of the last report or the last wish."""
        return self._report.playing

    @property
    def at_rest(self) -> bool:
        """Whether all that was asked for has been answered and drawn."""
        return self._clock.at_rest

    # ---------------------------------------------------------------- what can be done

    def load(
        self,
        experiment: Experiment,
        initial_parameters: NDArray[np.float64] | None = None,
        anew: bool = False,
        goes_on: bool = False,
        dataset: Dataset | None = None,
        gesture: object = None,
    ) -> None:
        """Start a run; the present one stays if that fails, and can be brought back if not.

        ``anew`` says that it has nothing to do with the present run, and so with its project file; ``goes_on`` that it
        takes over the present weights, if they fit, and plays on. ``dataset`` are the experiment's data, where they
        have just been loaded. Of the loads of one ``gesture`` one is on its way at a time; of those that come meanwhile
        only the newest follows it.
        """
        self._wanted = experiment
        self._wish_is_newer = True
        command = Load(experiment, initial_parameters, anew, goes_on, dataset, gesture)
        if gesture is not None and self._gesture_unanswered:
            self._held = command
            return
        self._held = None
        self._gesture_unanswered = gesture is not None
        self._move(command)

    def paint(self, drawn: DrawnPoints, anew: bool = False) -> None:
        """Go on with these points; while they are too few to train on, the run waits for more.

        The weights are kept where they fit, unless the points have been begun ``anew``.
        """
        self.change({"data": DataSource(DRAWN, drawn=drawn), "only_sample": None}, goes_on=not anew)

    def open_project(self, path: str) -> None:
        """Go on with a project file; the present run stays if that fails, and can be brought back if not."""
        self._move(OpenProject(path))

    def capture(self) -> Capture:
        """Have all that the run is copied; ``captured`` brings it with what is returned."""
        request = Capture()
        self._send(request)
        return request

    def change(
        self,
        fields: dict[str, object],
        gesture: object = None,
        goes_on: bool = False,
        dataset: Dataset | None = None,
    ) -> None:
        """Give fields of the experiment new values: during the run where that can be, otherwise by a new run.

        New runs of one ``gesture``, such as the drag of a slider, are one step of undo. ``goes_on`` and ``dataset`` are
        those of :meth:`load`; data that have just been loaded always make a new run.
        """
        if self._wanted is None or self._experiment is None:
            return
        try:
            wanted = self._wanted.adapted(**fields)
        except ExperimentError as error:
            self.noticed.emit(Notice(str(error), "input"))
            self.experiment_changed.emit(self._experiment)
            return
        changed = wanted.changed_fields(self._wanted)
        self._wanted = wanted
        if dataset is not None:
            self.load(wanted, dataset=dataset)
        elif changed and changed <= LIVE_FIELDS and not _is_canvas(wanted):
            self._wish_is_newer = True
            self._send(ChangeSettings({name: getattr(wanted, name) for name in changed}))
        elif changed:
            self.load(wanted, goes_on=goes_on, gesture=gesture)

    def rename_classes(self, names: Sequence[str]) -> None:
        """Give the classes other names; the run goes on as it is."""
        if self._wanted is None:
            return
        try:
            wanted = self._wanted.replace(data=self._wanted.data.with_class_names(names))
        except LensError as error:
            self.noticed.emit(Notice(str(error), "input"))
            return
        self._wanted = wanted
        self._wish_is_newer = True
        self._send(RenameClasses(tuple(names)))

    def reset(self) -> None:
        """Go back to the very same initial weights."""
        if self._loaded is not None and self._wanted is not None:
            self.load(self._wanted, self._loaded.home)

    def new_seed(self) -> None:
        """Start with other initial weights, and another split and order of the samples."""
        if self._wanted is not None:
            self.load(self._wanted.replace(seed=self._wanted.seed + 1))

    def play(self) -> None:
        """Train without end."""
        self._report = replace(self._report, playing=True)
        self._move(Play())

    def run_epochs(self, epochs: int) -> None:
        """Train so many epochs more, to the end of an epoch."""
        self._report = replace(self._report, playing=True)
        self._move(RunEpochs(epochs))

    def pause(self) -> None:
        """Stop at once."""
        self._report = replace(self._report, playing=False)
        self._move(Pause())

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def step(self, unit: str) -> None:
        """One sample, batch or epoch on."""
        self._move(Step(unit))

    def step_back(self, unit: str) -> None:
        """One sample, batch or epoch back."""
        self._move(StepBack(unit))

    def walk(self, row: int | None = None) -> BeginWalk:
        """Pause and walk the next update, or one by a row of the data; ``walked`` brings it with what is returned."""
        request = BeginWalk(row)
        self._report = replace(self._report, playing=False)
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

    def set_pace(self, samples_per_second: float | None) -> None:
        """How fast to play; None for as fast as possible."""
        self._send(SetPace(samples_per_second))

    def edit(self, values: Mapping[int, float], goes_on: bool = False) -> None:
        """Set parameters by hand; see :class:`core.workbench.messages.EditParameters`."""
        self._send(EditParameters(dict(values), goes_on))

    def freeze(self, frozen: Iterable[int]) -> None:
        """Leave these parameters, and no others, as they are."""
        self._send(Freeze(frozenset(frozen)))

    def check_gradients(self) -> None:
        """Pause and compare the gradient with differences of the loss; ``gradients_checked`` brings the result."""
        self._send(CheckGradients())

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
        self._want(replace(self._request, output=output, neurons=neurons))

    def look_into(self, neuron: NeuronPlace | None) -> None:
        """Which neuron's own map the next snapshots hold."""
        self._want(replace(self._request, neuron=neuron))

    def inspect(self, focus: Focus | None) -> None:
        """What the next snapshots hold an inspection of."""
        self._want(replace(self._request, focus=focus))

    def want_report(self, wanted: bool) -> None:
        """Whether the next snapshots hold a report."""
        self._want(replace(self._request, report=wanted))

    def _want(self, request: Request) -> None:
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
        if self._held is not None:  # what follows it counts from where it leads
            self._worker.send(self._held)
            self._held = None
        self._worker.send(command)
        self._clock.wake()

    def _send_held(self) -> None:
        """A load of a gesture was answered: the next one may go."""
        held, self._held = self._held, None
        self._gesture_unanswered = held is not None
        if held is not None:
            self._wish_is_newer = True
            self._move(held)

    def _move(self, command: Command) -> None:
        self.moved.emit()
        self._send(command)

    def _question(self) -> Publish:
        """What a report is asked for; all wishes so far lie before it."""
        self._wish_is_newer = False
        return Publish(self._request, probe=self._probe_point)

    def _show_safely(self, report: Report) -> None:
        try:
            self._show(report)
        except Exception as error:  # noqa: BLE001 (a fault in one view must not stop the clock for all)
            text = f"An error inside the program spoiled the picture: {type(error).__name__}: {error}"
            log.fault(error)
            self.noticed.emit(Notice(text, "fault", traceback.format_exc()))

    def _show(self, report: Report) -> None:
        self._report = report
        if report.loaded is not None:
            self._loaded = report.loaded
            self._experiment = report.loaded.experiment
            self.run_changed.emit(report.loaded)
        refused = any(notice.kind in ("input", "fault") for notice in report.notices)
        if report.loaded is not None or refused:
            self._send_held()
        if report.snapshot is not None:
            self._snapshot = report.snapshot
            self._follow_settings(report.snapshot.settings)
        # While a newer wish is on its way its answer will tell; panels that fell back meanwhile would lose a key.
        if (report.loaded is not None or refused) and not self._wish_is_newer:
            self._wanted = self._experiment
            self.experiment_changed.emit(self._experiment)
        if report.snapshot is not None:
            self.frame.emit(report.snapshot)
        if report.walked is not None:
            self.walked.emit(report.walked)
        if report.gradient_check is not None:
            self.gradients_checked.emit(report.gradient_check)
        if report.probe is not None and report.probe.point == self._probe_point:
            self.probed.emit(report.probe)
        self.progress.emit(report)
        for captured in report.captured:
            self.captured.emit(captured)
        for notice in report.notices:
            self.noticed.emit(notice)

    def _follow_settings(self, settings: Experiment) -> None:
        """A live setting was changed, or a step back led behind a change."""
        on_canvas = self._loaded is not None and self._loaded.canvas is not None  # whose settings no run has
        if self._experiment is not None and self._experiment != settings and not on_canvas:
            self._experiment = settings
            if not self._wish_is_newer:
                self._wanted = settings
                self.experiment_changed.emit(settings)


def _is_canvas(experiment: Experiment) -> bool:
    """Whether its points are too few to train on."""
    drawn = experiment.data.drawn
    return drawn is not None and not can_train(drawn)
