"""The window: lays out the views and panels, and connects them with the session and the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QSize, Qt, QTimer
from PyQt5.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication, QMainWindow, QToolBar, QWidget

from core.base.errors import LONGEST_MESSAGE, one_line
from core.base.translation import _
from core.explain.picked_part import Part
from core.storage.settings_file import SettingsFile
from core.training.experiment import Experiment
from core.workbench.messages import Loaded, Notice, WorkerReport
from gui.comparison.compare_commands import CompareCommands
from gui.curves.epoch_axis import EpochAxis
from gui.curves.epoch_commands import EpochCommands
from gui.curves.loss_view import LossView
from gui.curves.plot_head import PlotHead
from gui.decision.decision_view import DecisionView
from gui.decision.preset_pictures import picture_of_preset
from gui.diagram.diagram_panel import DiagramPanel
from gui.diagram.diagram_view import DiagramView
from gui.diagram.weight_bar import WeightBar
from gui.explanation.advice_commands import take_advice
from gui.explanation.explanation_commands import ExplanationCommands
from gui.explanation.inspector import Inspector
from gui.explanation.inspector.phase_bar import PhaseBar
from gui.explanation.verdict_below import VerdictBelow
from gui.explanation.verdict_line import VerdictLine
from gui.explanation.walk_player import WalkPlayer
from gui.export.export_commands import ExportCommands
from gui.painting.paint_commands import PaintCommands
from gui.projects.kept_in_project import KeptInProject
from gui.projects.project_commands import ProjectCommands
from gui.projects.project_guard import ProjectGuard
from gui.projects.recovery_bar import RecoveryBar
from gui.report.report_place import ReportPlace
from gui.runs.runs_commands import RunsCommands
from gui.runs.runs_place import RunsPlace
from gui.session.command_context import STATUS_MILLISECONDS, CommandContext
from gui.session.file_dialog import LastFolder
from gui.session.session import Session
from gui.settings.settings_panels import SettingsPanels
from gui.sweeps.sweep_actions import SweepActions
from gui.tables.pasted_tables import mark_used
from gui.transport.run_commands import RunCommands
from gui.transport.timeline import Timeline
from gui.transport.timeline_commands import TimelineCommands
from gui.transport.toolbar import Toolbar
from gui.widgets.qt_objects import existing
from gui.widgets.readout import WrappedReadout
from gui.widgets.theme import DARK, Theme, apply_theme
from gui.window.actions import connect_actions, make_actions, show_step
from gui.window.appearance import Appearance
from gui.window.data_commands import DataCommands
from gui.window.dock_layout import DockLayout, ScrollingPart
from gui.window.help_commands import HelpCommands
from gui.window.key_keeper import FieldLeaver, KeyKeeper, focus_next
from gui.window.map_requests import MapRequests
from gui.window.notices import Notices
from gui.window.one_paint import OnePaint
from gui.window.run_status import RunStatus, StatusBar, run_message
from gui.window.slow_views import SlowViews
from gui.window.startup.first_notes import FirstNotes
from gui.window.startup.first_paint import FirstPaint
from gui.window.walk_display import WalkDisplay

if TYPE_CHECKING:
    from gui.export.film_job import MakeFilm
    from gui.report.report_view import FitPlots

SMALLEST = (1000, 560)
"""It fits a screen of 1366 × 768 pixels at 125 %, and Full HD at 175 %, with its frame."""
PREPARE_MILLISECONDS = 300
DIAGRAM_ROOM, PLOT_ROOM = QSize(340, 226), QSize(340, 96)
"""What the docks leave to the diagram, its header and its footer, if the window is not lower than some 600 pixels; and
what the verdict leaves to the plot."""


class MainWindow(QMainWindow):
    """Everything a user sees of one session.

    Args:
        settings: remembers layout, theme and recent projects between starts.
        make_film: makes films, in a process of its own; None where nobody can ask for one, as off screen.
    """

    def __init__(
        self, session: Session, settings: SettingsFile, theme: Theme, make_film: MakeFilm | None = None
    ) -> None:
        super().__init__()
        self.session = session
        self._settings, self.theme = settings, theme
        self.setWindowTitle("[*]Backprop Lens")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.actions_by_name = make_actions(self)
        self._status_bar = StatusBar()
        self.setStatusBar(self._status_bar)
        self._make_views(theme)
        self._keys = KeyKeeper(self, self.network)
        self._lay_out()
        self._make_commands(make_film)
        self._connect()
        self.set_theme(theme)  # not before all have their parents: Qt styles each part anew with each parent
        self.docks.restore(settings)
        OnePaint(self)
        FieldLeaver(self, self.network)
        FirstPaint(self, partial(self._keys.watch, self))  # nobody presses a key before
        self.network.setFocus()  # so that Space plays at once, and is not typed into a field

    # ---------------------------------------------------------------- parts

    def _make_views(self, theme: Theme) -> None:
        self.network = DiagramView(theme, has_titles=False)
        self.network_panel = DiagramPanel(self.network, theme)
        self.scatter = DecisionView(theme)
        self.epochs = EpochAxis(self)
        self.loss = LossView(theme, self.epochs)
        self.plot_head = PlotHead(self.loss.plot, self.epochs)
        self.verdict = VerdictLine(theme)
        self.report = ReportPlace(lambda: self.theme, _make_fit)
        self.weight_bar = WeightBar()
        self.panels = SettingsPanels(self, theme, picture_of_preset)
        self.inspector = Inspector(PhaseBar(self.actions_by_name), self.weight_bar, theme)
        self.inspector.pages.follow(self.epochs, self.network_panel.scale_shown)
        self.recovery = RecoveryBar()
        self.toolbar = Toolbar(self, self.actions_by_name, theme)
        self.timeline = Timeline(theme, self.epochs)
        self.notices = Notices(self, self._status_bar, self.timeline, self.recovery)
        self.runs_place = RunsPlace(lambda: self.theme)
        self._status = RunStatus(self._status_bar)

    def _make_commands(self, make_film: MakeFilm | None) -> None:
        actions = self.actions_by_name
        ways = self.notices.show_notice, lambda: self.theme, LastFolder(self._settings)
        context = CommandContext(self.session, self, self._status_bar, *ways)
        pictures: dict[str, Callable[[], QWidget]] = {
            "window": lambda: self,
            "diagram": self.network_panel.for_picture,
            "decision": lambda: self.scatter,
            "loss": lambda: self.loss,
        }
        self.player = WalkPlayer(self.session, self)
        self.run_commands = RunCommands(context, self.player, self.toolbar)
        show_card, show_runs = (partial(self.docks.bring_up, dock) for dock in ("inspector", "runs"))
        self.explanation = ExplanationCommands(context, self.player, self.inspector, self.select, show_card)
        self.exports = ExportCommands(context, pictures, lambda: self.scatter.section, make_film)
        plots, write, epochs = (self.loss, self.scatter), self.exports.write_file, self.toolbar.epochs.value
        self.runs = RunsCommands(context, self.runs_place, plots, self.verdict, write, epochs, show_runs)
        kept = KeptInProject(self.session, self.runs.kept, actions["keep-in-project"], self._settings)
        self.projects = ProjectCommands(context, self._settings, self.docks.describe, self.docks.apply, kept)
        self.projects.recent.add_menu(actions["open-project"], lambda path: self.data_commands.open_file(path))
        self.guard = ProjectGuard(context, self.projects, self.recovery)
        self.painting = PaintCommands(
            context, actions, self.scatter, self.player, self.exports.write_file, self._keys.watch
        )
        self.data_commands = DataCommands(context, self.projects)
        axis_menu = self.loss.foot.choice.choices
        self.epoch_commands = EpochCommands(self.epochs, actions, self._settings, axis_menu)
        self.timeline_commands = TimelineCommands(context, self.timeline, self.epoch_commands.choices)
        self.sweeps = SweepActions(context, self.panels, epochs, write, self.runs.keep_several, actions["open-sweep"])
        self.comparisons = CompareCommands(context, self.runs, self.runs_place, self.exports, _prepare)
        noted = self.toolbar.play, self.panels.data.kind, self.network_panel, self.scatter, self.docks.title("settings")
        self.first_notes = FirstNotes(self, self._settings, self.session, lambda: self.theme, *noted)
        handlers: dict[str, Callable[[], object]] = {
            "first-notes": self.first_notes.show_all,
            "quit": self.close,
            "fit": lambda: [plot.show_everything() for plot in (self.scatter, self.loss)],
            "log-axis": self.loss.logarithmic.toggle,
            "probe": self.scatter.probe.toggle,
            "report": lambda: self.docks.bring_up("loss" if self.report.is_seen else "report"),
            "default-layout": self.docks.restore_default,
        }
        look = actions, self.network.light, lambda: self.theme, self.set_theme
        self.appearance = Appearance(self, self._settings, self.docks, *look)
        groups = self.appearance, self.run_commands, self.timeline_commands, self.epoch_commands, self.explanation
        rest = self.runs, self.sweeps, self.comparisons, self.exports, self.painting, self.data_commands
        for group in (*groups, self.projects, *rest):
            handlers |= group.handlers()
        connect_actions(actions, handlers | HelpCommands(self).handlers(), self._status_bar)

    # ---------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.toolbar)
        self.addToolBarBreak(Qt.ToolBarArea.TopToolBarArea)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.panels.strip)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, _bar(self, self.timeline))
        self.setCentralWidget(ScrollingPart(self, self.network_panel, DIAGRAM_ROOM))
        widgets = {
            "settings": ScrollingPart(self, self.panels.first),
            "more": ScrollingPart(self, self.panels.rest),
            "boundary": VerdictBelow(ScrollingPart(self, self.scatter, PLOT_ROOM), self.verdict, self.scatter),
            "loss": ScrollingPart(self, self.loss),
            "inspector": ScrollingPart(self, self.inspector),
            "report": ScrollingPart(self, self.report),
            "runs": ScrollingPart(self, self.runs_place),
        }
        tools = {"boundary": self.scatter.title_tools}
        self.docks = DockLayout(self, widgets, tools, self.scatter, self.panels.strip.more)
        view_menu = self.actions_by_name["theme"].associatedWidgets()[0]
        view_menu.addSeparator()
        others = [dock for name, dock in self.docks.by_name.items() if name not in self.actions_by_name]
        view_menu.addActions([existing(dock.toggleViewAction()) for dock in others])

    def set_theme(self, theme: Theme) -> None:
        """Change every colour."""
        self.theme = theme
        _apply_theme(theme)
        views = self.network_panel, self.scatter, self.loss, self.report, self.verdict, self.inspector, self.toolbar
        rest = self.panels, self.timeline, self.plot_head, self.notices, self.recovery, self.painting
        for view in (*views, *rest, self.runs, self.sweeps, self.comparisons, self.first_notes):
            view.set_theme(theme)
        self.actions_by_name["theme"].setChecked(theme is DARK)

    # ---------------------------------------------------------------- connections

    def _connect(self) -> None:
        session = self.session
        session.run_changed.connect(self._show_run)
        session.experiment_changed.connect(self._show_experiment)
        curves = self.toolbar, self.verdict, self.loss, self.plot_head, self.timeline_commands
        self._slow_views = SlowViews(curves, (self.verdict, self.inspector), self)
        views = self.network, self.scatter, self.report, self._slow_views  # a hidden view draws it when it is shown
        for view in (*views, self.panels):
            session.frame.connect(view.show_snapshot)
        session.frame.connect(self._prepare_engine)
        session.progress.connect(self._show_report)
        session.noticed.connect(self.notices.show_notice)
        self.notices.seek_wanted.connect(lambda position: session.seek(position))
        self.notices.stay_above(self.docks.by_name.values())
        self.notices.pause_told.connect(self.verdict.show_pause)
        session.moved.connect(self.notices.forget_place)
        session.gradients_checked.connect(self.run_commands.show_gradient_check)
        for view in (self.network, self.scatter, self._slow_views):
            session.quality_changed.connect(view.set_quality)
        session.altered.connect(self.notices.forget)
        for panel in (self.panels, self.network_panel):
            panel.changed.connect(self.notices.forget)
            panel.changed.connect(session.change)
        self.panels.presets.chosen.connect(self.run_commands.start_preset)
        self.panels.presets.chosen.connect(lambda _: self.docks.bring_forward("inspector"))  # its text is there
        self.panels.data.file_wanted.connect(self.data_commands.ask_for_table)
        self.panels.data.columns_wanted.connect(self.data_commands.edit_table)
        self.panels.data.canvas_wanted.connect(self.painting.new_canvas)
        self._connect_views()

    def _connect_views(self) -> None:
        session = self.session
        views = self.network_panel, self.scatter, self.inspector, self.toolbar
        self._walk_display = WalkDisplay(self.player, *views, self.docks, self.actions_by_name)
        self.toolbar.pace_changed.connect(self.player.set_pace)
        self.player.set_pace(self.toolbar.speed.chosen)
        self.player.changed.connect(self._show_walk)
        self._show_walk()
        self.scatter.rename_wanted.connect(self.actions_by_name["rename-classes"].trigger)
        self.scatter.probed.connect(session.probe)
        self.scatter.probe.toggled.connect(self.actions_by_name["probe"].setChecked)
        session.probed.connect(self.scatter.show_probe)
        self.network.picked.connect(self.explanation.pick_part)
        self.network.walked.connect(self.explanation.pick)
        self.scatter.point_clicked.connect(self.explanation.pick_point)
        self.network.menu_wanted.connect(self.weight_bar.show_menu)
        self.weight_bar.edited.connect(session.edit)
        self.weight_bar.frozen.connect(session.freeze)
        self.weight_bar.refused.connect(lambda text: self.notices.show_notice(Notice(text, "input")))
        for name, view in (("report", self.report), ("runs", self.runs_place)):
            self.docks.by_name[name].visibilityChanged.connect(view.set_seen)
        self.verdict.taken.connect(lambda advice: take_advice(session, advice))
        self.actions_by_name["paint"].toggled.connect(self.verdict.setHidden)  # the canvas needs its room
        self.report.seen.connect(session.want_report)
        self.report.marked.connect(self.scatter.show_marked)
        self.report.copy_wanted.connect(self.exports.copy_report)
        self.report.save_wanted.connect(self.exports.ask_for_report)
        for late in (self.panels, self.inspector.pages, self.runs_place, self.report, self.notices):
            late.made.connect(self._keys.watch)
        self.inspector.focus_changed.connect(session.inspect)
        self.inspector.chosen.connect(self.select)
        self.inspector.pages.copy_wanted.connect(self.exports.copy_table)
        self.inspector.pages.save_wanted.connect(self.exports.save_table)
        self.plot_head.seek_wanted.connect(lambda position, exact: session.seek(position, exact=exact))
        self._map_requests = MapRequests(session, self.network, self.scatter)

    def select(self, selection: Part | None, point: int | None = None) -> None:
        """Select a neuron, a weight, or a point by its row of the data, in every view; None clears the selection."""
        self.network.set_selection(selection)
        self.inspector.set_selection(selection, point)
        self.weight_bar.set_selection(selection)
        self.player.show_part(selection)
        self._walk_display.share_escape()

    def fit_to_present(self) -> None:
        """Draw as if only the present state had ever been shown."""
        self.network.fit_scale()
        for readout in self.findChildren(WrappedReadout):
            readout.fit()

    def _show_walk(self) -> None:
        self._walk_display.show(self.inspector.selection)
        self.toolbar.show_playing(self.session.playing or self.player.is_animating)
        if not self.session.playing:
            self._status.show_rest(self.player.walk is not None)

    # ---------------------------------------------------------------- news of the run

    def _show_run(self, loaded: Loaded) -> None:
        views = self.notices, self.network, self.scatter, self.loss, self.inspector, self.report, self.verdict
        for view in (*views, self.toolbar, self.timeline):
            view.set_run(loaded)
        self._slow_views.show_next()
        self._keys.watch(self.scatter)  # data with other columns bring other sliders
        self.network.set_selection(self.inspector.selection)
        self.panels.data.show_run(loaded)
        mark_used(loaded.experiment.data.path)
        self._status_bar.showMessage(one_line(run_message(loaded), LONGEST_MESSAGE), STATUS_MILLISECONDS)

    def _show_experiment(self, experiment: Experiment) -> None:
        for view in (self.panels, self.network_panel, self.inspector):
            view.show_experiment(experiment)
        for panel in (self.network_panel, self.panels.rest):
            self._keys.watch(panel)  # another number of layers brings other fields
        self.sweeps.menu.watch()

    def _prepare_engine(self) -> None:
        """Get the engine ready when the first snapshot is seen, so that the first picture does not wait for it."""
        self.session.frame.disconnect(self._prepare_engine)
        _when_seen(self, self.session.prepare)

    def _show_report(self, report: WorkerReport) -> None:
        state, snapshot = report.state, self.session.snapshot
        self._slow_views.follow(snapshot, state.playing or state.dragged)
        show_step(self.actions_by_name["undo"], _("&Undo"), _("&Undo {step}"), state.undo_text)
        show_step(self.actions_by_name["redo"], _("&Redo"), _("&Redo {step}"), state.redo_text)
        for view in (self.verdict, self.toolbar.speed):
            view.show_state(state)
        self.inspector.show_playing(state.playing)
        self.network.light.show_playing(state.playing and not state.preparing)
        self.toolbar.show_playing(state.playing or self.player.is_animating)
        position, experiment = snapshot.position if snapshot is not None else 0, self.session.experiment
        note = experiment.engine_note if experiment is not None else ""
        self.toolbar.show_place(position, state.timeline)
        self._status.show_state(state, position, self.player.walk is not None, note)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        if self._keys.go_home():
            return True
        data, more, *rest = self.docks.by_name.values()
        first = self.toolbar, self.panels.strip, data, more, self.network_panel
        return focus_next([*first, *rest, self.notices], forwards)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        assert event is not None
        if any(url.isLocalFile() for url in existing(event.mimeData()).urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        assert event is not None
        files = [url.toLocalFile() for url in existing(event.mimeData()).urls() if url.isLocalFile()]
        if files:
            self.data_commands.open_file(files[0])

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if not self.guard.may_close():
            event.ignore()
            return
        if self.guard.is_hurried:
            self.exports.cancel()
        save = partial(self.docks.save, self._settings)
        first = save, self.comparisons.close, self.exports.close, self.runs.close
        last = self.session.close, self.projects.close, self.guard.close, self.appearance.close
        for close in (*first, self.sweeps.close, self.data_commands.close, *last):
            try:
                close()
            except Exception as error:  # noqa: BLE001 (else what follows would be left open, the thread running)
                sys.excepthook(type(error), error, error.__traceback__)
        event.accept()


def _make_fit(theme: Theme) -> FitPlots:
    from gui.explanation.fit_view import FitView  # here, since the first picture does without

    return FitView(theme)


def _prepare(window: QWidget) -> None:
    """Let another window be painted once for each frame, and buttons in it have their keys."""
    OnePaint(window)
    KeyKeeper(window, window.focusWidget() or window).watch(window)


def _when_seen(window: QWidget, act: Callable[[], object]) -> None:
    """Act a moment later, or later still, when the window is painted."""

    def try_it() -> None:
        handle = window.windowHandle()
        act() if handle is None or handle.isExposed() else timer.start()

    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.setInterval(PREPARE_MILLISECONDS)
    timer.timeout.connect(try_it)
    timer.start()


def _bar(window: QWidget, timeline: Timeline) -> QToolBar:
    """Return a bar with the timeline, over the whole width of the window."""
    bar = QToolBar(_("Timeline"), window)
    bar.setObjectName("timeline")
    bar.setMovable(False)
    bar.addWidget(timeline)
    bar.setContentsMargins(0, 0, 0, 0)
    existing(bar.layout()).setContentsMargins(0, 0, 0, 0)
    return bar


def _apply_theme(theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
