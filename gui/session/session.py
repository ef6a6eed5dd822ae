"""The window's one source of what is going on: the run, whether it plays, and the newest snapshot.

Widgets call its methods and listen to its signals; they keep no truth of their own. The session talks to the worker
in commands, and the frame clock brings its reports.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import pyqtSignal

from core.base.arrays import Array
from core.base.errors import ExperimentError, LensError
from core.data.data_source import DRAWN, DataSource
from core.data.dataset import Dataset
from core.data.drawn_points import DrawnPoints
from core.data.point_edits import can_train
from core.explain.snapshot import Snapshot
from core.training.experiment import LIVE_FIELDS, Experiment
from core.workbench.followed_settings import FollowedSettings
from core.workbench.messages import (
    ChangeSettings,
    Load,
    Loaded,
    Notice,
    OpenProject,
    RenameClasses,
    WorkerReport,
)
from core.workbench.worker.report_source import ReportSource
from gui.session.run_controls import OWN_ENDS, RunControls


class Session(RunControls):
    """One run in one worker, as the widgets see it.

    Signals:
        run_changed(Loaded): another run took the place of the former one.
        experiment_changed(Experiment): the experiment as it is now; also sent when a change was refused, so that
            panels show again what is true.
        frame(Snapshot): a new snapshot to draw.
        progress(WorkerReport): every report that came, for the readouts.
        walked(Walked): a walk that was asked for.
        gradients_checked(GradientCheck): a check that was asked for.
        captured(Captured): all that the run is, as was asked for.
    """

    run_changed = pyqtSignal(object)
    experiment_changed = pyqtSignal(object)
    frame = pyqtSignal(object)
    progress = pyqtSignal(object)
    walked = pyqtSignal(object)
    gradients_checked = pyqtSignal(object)
    captured = pyqtSignal(object)

    def __init__(self, worker: ReportSource) -> None:
        super().__init__(worker)
        self._loaded: Loaded | None = None
        self._unshown: Loaded | None = None
        self._experiment: Experiment | None = None
        self._asked_for: Experiment | None = None  # with the changes that the worker has not answered yet
        self._change_known_from = 0  # the question whose answer tells what became of the last change
        self._snapshot: Snapshot | None = None
        self._followed = FollowedSettings()

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

    # ---------------------------------------------------------------- what can be done

    def load(
        self,
        experiment: Experiment,
        initial_parameters: Array | None = None,
        anew: bool = False,
        goes_on: bool = False,
        dataset: Dataset | None = None,
        gesture: object = None,
        plays_on: bool = False,
    ) -> None:
        """Start a run; the present one stays if that fails, and can be brought back if not.

        ``anew`` says that it has nothing to do with the present run, and so is another work; ``goes_on`` that it
        takes over the present weights, if they fit, and plays on; ``plays_on`` the latter alone. ``dataset`` are the
        experiment's data, where they have just been loaded. Of the loads of one ``gesture`` one is on its way at a
        time; of those that come meanwhile only the newest follows it.
        """
        if anew or self._asked_for is None:
            self._followed.note_run(experiment)
        self._note_change(experiment)
        command = self._gesture_loads.add(
            Load(experiment, initial_parameters, anew, goes_on, dataset, gesture, plays_on)
        )
        if command is not None:
            self._move(command)

    def paint(self, drawn: DrawnPoints, anew: bool = False) -> None:
        """Go on with these points; while they are too few to train on, the run waits for more.

        The weights are kept where they fit, unless the points have been begun ``anew``.
        """
        self.change({"data": DataSource(DRAWN, drawn=drawn), "only_sample": None}, goes_on=not anew, anew=anew)

    def open_project(self, path: str) -> None:
        """Go on with a project file; the present run stays if that fails, and can be brought back if not."""
        self._move(OpenProject(path))

    def change(
        self,
        fields: dict[str, object],
        gesture: object = None,
        goes_on: bool = False,
        dataset: Dataset | None = None,
        anew: bool = False,
    ) -> None:
        """Give fields of the experiment new values: during the run where that can be, otherwise by a new run.

        The new run plays if the present one does, except on other data.

        New runs of one ``gesture``, such as the drag of a slider, are one step of undo. ``goes_on``, ``dataset``
        and ``anew`` are those of :meth:`load`; data that have just been loaded always make a new run.
        """
        if self._asked_for is None or self._experiment is None:
            return
        try:
            wanted = self._followed.adapted(self._asked_for, fields, anew=not goes_on)
        except ExperimentError as error:
            self.noticed.emit(Notice(str(error), "input", run=self._state.run))
            self.experiment_changed.emit(self._experiment)
            return
        changed = wanted.changed_fields(self._asked_for)
        self._asked_for = wanted
        if dataset is not None:
            self.load(wanted, dataset=dataset)
        elif changed and changed <= LIVE_FIELDS and not _is_canvas(wanted):
            self._note_change(wanted)
            self._alter(ChangeSettings({name: getattr(wanted, name) for name in changed}, run=self.run))
        elif changed:
            plays_on = "data" not in changed
            self.load(wanted, goes_on=goes_on, gesture=gesture, anew=anew, plays_on=plays_on)

    def rename_classes(self, names: Sequence[str]) -> None:
        """Give the classes other names; the run goes on as it is."""
        if self._asked_for is None:
            return
        try:
            wanted = self._asked_for.replace(data=self._asked_for.data.with_class_names(names))
        except LensError as error:
            self.noticed.emit(Notice(str(error), "input", run=self._state.run))
            return
        self._note_change(wanted)
        self._send(RenameClasses(tuple(names), run=self.run))

    def reset(self) -> None:
        """Go back to the very same initial weights."""
        if self._loaded is not None and self._asked_for is not None:
            self.load(self._asked_for, self._loaded.home)

    def restart_with(self, fields: dict[str, object]) -> None:
        """Give fields new values and go back to the initial weights."""
        if self._loaded is not None and self._asked_for is not None:
            self.load(self._followed.adapted(self._asked_for, fields), self._loaded.home)

    def new_seed(self) -> None:
        """Start with other initial weights, and another split and order of the samples."""
        if self._asked_for is not None:
            self.load(self._asked_for.replace(seed=self._asked_for.seed + 1))

    # ---------------------------------------------------------------- to the worker and from it

    def _note_change(self, experiment: Experiment) -> None:
        self._asked_for = experiment
        self._change_known_from = self._questions + 1

    def _show(self, report: WorkerReport) -> None:
        """Show the parts of a report; a fault in one of them keeps no other from being shown."""
        self._state, self._answered = report.state, report.answers
        self._unshown = report.events.loaded or self._unshown
        for show in (self._show_run, self._show_snapshot, self._show_answers, self.progress.emit, self._show_events):
            try:
                show(report)
            except Exception as error:  # noqa: BLE001 (nor must it stop the clock)
                self._tell_fault(error)

    def _show_run(self, report: WorkerReport) -> None:
        loaded, self._unshown = self._unshown, None  # it may be from a report before, if a fault came between
        self._snapshot = report.snapshot or self._snapshot
        if loaded is not None:
            self._loaded = loaded
            self._experiment = loaded.experiment
            self.run_changed.emit(loaded)
        refused = any(notice.kind in ("input", "fault") for notice in report.events.notices)
        if loaded is not None or refused:
            self._send_held_load()
        if report.snapshot is not None:
            self._follow_settings(report.snapshot.settings)
        # While a newer change is on its way its answer will tell; panels that fell back meanwhile would lose a key.
        if (loaded is not None or refused) and self._knows_changes and self._experiment is not None:
            self._asked_for = self._experiment
            self.experiment_changed.emit(self._experiment)

    def _show_snapshot(self, report: WorkerReport) -> None:
        if report.snapshot is not None:
            self.frame.emit(report.snapshot)

    def _show_answers(self, report: WorkerReport) -> None:
        if report.events.walked is not None:
            self.walked.emit(report.events.walked)
        if report.events.gradient_check is not None:
            self.gradients_checked.emit(report.events.gradient_check)
        if report.probe is not None and report.probe.point == self._probe_point:
            self.probed.emit(report.probe)

    def _show_events(self, report: WorkerReport) -> None:
        for captured in report.events.captured:
            self.captured.emit(captured)
        for notice in report.events.notices:
            if notice.kind in OWN_ENDS:
                self._own_end.start()
            self.noticed.emit(notice)

    @property
    def _knows_changes(self) -> bool:
        """Whether the report that is shown knows of every change."""
        return self._answered >= self._change_known_from and self._gesture_loads.held is None

    def _send_held_load(self) -> None:
        """A load of a gesture was answered: the next one may go."""
        command = self._gesture_loads.take_next()
        if command is not None:
            self._change_known_from = self._questions + 1
            self._move(command)

    def _follow_settings(self, settings: Experiment) -> None:
        """A live setting was changed, or a step back led behind a change."""
        on_canvas = self._loaded is not None and self._loaded.canvas is not None  # whose settings no run has
        if self._experiment is not None and self._experiment != settings and not on_canvas:
            self._experiment = settings
            if self._knows_changes:
                self._asked_for = settings
                self.experiment_changed.emit(settings)


def _is_canvas(experiment: Experiment) -> bool:
    """Whether its points are too few to train on."""
    drawn = experiment.data.drawn
    return drawn is not None and not can_train(drawn)
