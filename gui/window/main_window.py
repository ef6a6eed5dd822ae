"""The window: lays out the views and panels, and connects them with the session; nothing else."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QByteArray, QSettings, Qt, QTimer
from PyQt5.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QVBoxLayout, QWidget

from core.base.number_text import grouped
from core.data.section import is_sound
from core.explain.maps import Plane
from core.explain.picked_part import Neuron, Part
from core.explain.snapshot import Snapshot
from core.storage.window_layout import Layout
from core.training.experiment import Experiment
from core.workbench.messages import Loaded, Notice, WorkerReport
from gui.curves.loss_view import LossView
from gui.decision.decision_view import ScatterView
from gui.diagram.diagram_view import NetworkPanel, NetworkView
from gui.diagram.walk_scene import WalkScene, make_scene
from gui.diagram.weight_bar import HandsBar
from gui.explanation.inspector import Inspector
from gui.explanation.walk_player import WalkPlayer
from gui.explanation.walk_strip import WalkStrip
from gui.export.export_commands import ExportCommands
from gui.painting.paint_commands import PaintCommands
from gui.projects.project_commands import ProjectCommands
from gui.projects.project_guard import ProjectGuard
from gui.projects.recovery_bar import RecoveryBar
from gui.report.report_view import ReportView
from gui.session.session import Session
from gui.settings.data_panel import DataPanel
from gui.settings.more_panel import MoreSettings
from gui.settings.network_panel import NetworkSettings
from gui.settings.presets_panel import PresetsPanel
from gui.settings.training_panel import TrainingSettings
from gui.tables.pasted_tables import mark_used
from gui.transport.toolbar import Transport
from gui.widgets.fields import ScrollColumn
from gui.widgets.flags import RIGHT
from gui.widgets.readout import Readout
from gui.widgets.theme import THEMES, Theme, apply_theme
from gui.window.actions import make_actions
from gui.window.commands import Commands
from gui.window.dock_layout import arrange, describe
from gui.window.key_keeper import KeyKeeper
from gui.window.notices import NoticeBar
from gui.window.one_paint import OnePaint

LAYOUT_VERSION = 3
SMALLEST = (1000, 640)
PREPARE_MILLISECONDS = 300
SLOW_TURNS = 3
ENGINE_NAMES = {"compiled": "compiled engine", "numpy": "NumPy engine"}
DOCKS = {
    "settings": ("Settings", Qt.DockWidgetArea.LeftDockWidgetArea),
    "boundary": ("Data and decision", Qt.DockWidgetArea.RightDockWidgetArea),
    "loss": ("Loss and accuracy", Qt.DockWidgetArea.RightDockWidgetArea),
    "inspector": ("Inspector", Qt.DockWidgetArea.BottomDockWidgetArea),
    "walk": ("Step by step", Qt.DockWidgetArea.RightDockWidgetArea),
    "report": ("Report", Qt.DockWidgetArea.RightDockWidgetArea),
}
"""Title and first place of each dock."""


class MainWindow(QMainWindow):
    """Everything a user sees of one session."""

    def __init__(self, session: Session, settings: QSettings, theme: Theme) -> None:
        super().__init__()
        _apply_theme(theme)  # before there are widgets, or Qt would style each of them twice
        self.session = session
        self._settings = settings
        self.theme = theme
        self.setWindowTitle("[*]Backprop Lens")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.network = NetworkView(theme)
        self.network_panel = NetworkPanel(self.network)
        self.scatter = ScatterView(theme)
        self.loss = LossView(theme)
        self.report = ReportView(theme)
        self.inspector = Inspector(theme)
        self.hands = HandsBar()
        self.presets = PresetsPanel()
        self.data = DataPanel()
        self.layers = NetworkSettings()
        self.training = TrainingSettings()
        self.more = MoreSettings()
        self.notices = NoticeBar()
        self.player = WalkPlayer(session, self)
        self.recovery = RecoveryBar()
        self.commands = Commands(self)
        self.projects = ProjectCommands(self, settings)
        self.guard = ProjectGuard(self)
        self.exports = ExportCommands(self)
        self.painting = PaintCommands(self)
        handlers = self.commands.handlers() | self.projects.handlers() | self.exports.handlers()
        handlers |= self.painting.handlers() | {"report": self.toggle_report}
        self.actions_by_name = make_actions(self, handlers)
        self.projects.add_recent_menu()
        self.transport = Transport(self.actions_by_name)
        self.strip = WalkStrip(self.actions_by_name, theme)
        self._lay_out()
        self._connect()
        self._restore_layout()
        self.set_theme(theme)
        OnePaint(self)
        self._keys = KeyKeeper(self)
        self._keys.watch(self)
        self._prepared = False
        # A curve of many epochs hardly changes from frame to frame; while training plays, each has one frame in three.
        self._slow_views: tuple[LossView | Inspector, ...] = (self.loss,)
        self._turn, self._turns = 0, SLOW_TURNS
        self.network.setFocus()  # so that Space plays at once, and is not typed into a field

    # ---------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.transport)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.recovery)
        column.addWidget(self.notices)
        column.addWidget(self.network_panel, 1)
        column.addWidget(self.hands)
        self.setCentralWidget(center)
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        widgets = {
            "settings": self._settings_panel(),
            "boundary": self.scatter,
            "loss": self.loss,
            "inspector": self.inspector,
            "walk": self.strip,
            "report": self.report,
        }
        self._docks = {name: self._dock(name, widget) for name, widget in widgets.items()}
        view_menu = self.actions_by_name["theme"].associatedWidgets()[0]
        view_menu.addSeparator()
        for dock in self._docks.values():
            view_menu.addAction(dock.toggleViewAction())
        self._engine = QLabel()
        self._engine.setToolTip("What computes the training steps")
        self._speed = Readout("0\u202f000\u202f000 samples/s  ")
        self._speed.setAlignment(RIGHT)
        self.statusBar().addPermanentWidget(self.transport.progress)
        self.transport.progress.hide()
        self.statusBar().addPermanentWidget(self._engine)
        self.statusBar().addPermanentWidget(self._speed)

    def _settings_panel(self) -> ScrollColumn:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(4)
        for panel in (self.presets, self.data, self.layers, self.training, self.more):
            column.addWidget(panel)
        column.addStretch(1)
        return ScrollColumn(inside)

    def _dock(self, name: str, widget: QWidget) -> QDockWidget:
        title, area = DOCKS[name]
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def default_layout(self) -> None:
        """Every dock in its first place and size."""
        for name, (_, area) in DOCKS.items():
            self._docks[name].setFloating(False)
            self.addDockWidget(area, self._docks[name])
            self._docks[name].setVisible(name != "walk" or self.strip.is_in_use)
        self.splitDockWidget(self._docks["boundary"], self._docks["loss"], Qt.Orientation.Vertical)
        # In a walk the run stands still, so its curves give their place to the phases, and the diagram keeps its own.
        self.tabifyDockWidget(self._docks["loss"], self._docks["report"])
        self.tabifyDockWidget(self._docks["report"], self._docks["walk"])
        self._docks["loss"].raise_()
        width, height = self.width(), self.height()
        settings, boundary, loss, inspector = (self._docks[name] for name in list(DOCKS)[:4])
        self.resizeDocks([settings, boundary], [286, max(340, int(0.34 * width))], Qt.Orientation.Horizontal)
        self.resizeDocks([boundary, loss], [int(0.58 * height), int(0.42 * height)], Qt.Orientation.Vertical)
        self.resizeDocks([inspector], [max(190, int(0.24 * height))], Qt.Orientation.Vertical)
        if self.strip.is_in_use:
            self._docks["walk"].raise_()

    def toggle_report(self) -> None:
        """Show the report, or the loss again."""
        dock = self._docks["loss" if self.report.is_seen else "report"]
        dock.show()
        dock.raise_()

    def keep_keys(self, widget: QWidget) -> None:
        """Let buttons and sliders in a widget that was added later keep their keys while they have the focus."""
        self._keys.watch(widget)

    def _restore_layout(self) -> None:
        geometry = self._settings.value("window/geometry")
        state = self._settings.value("window/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            self.restoreGeometry(geometry)
            if self.restoreState(state, LAYOUT_VERSION):
                self._docks["walk"].hide()  # until a walk begins
                return
        else:
            screen = QApplication.primaryScreen().availableGeometry()
            self.resize(min(1440, screen.width()), min(900, screen.height()))
        self.default_layout()

    def save_layout(self) -> None:
        """Remember size, place and docks for the next start."""
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/state", self.saveState(LAYOUT_VERSION))
        self._settings.setValue("window/theme", self.theme.name)

    def describe_layout(self) -> Layout:
        """Where every dock is, and what the plot shows, for a project file; the dock of a walk is left out."""
        places = describe(self, {name: dock for name, dock in self._docks.items() if name != "walk"})
        section = self.scatter.section
        return Layout(places, section if section is not None and is_sound(section) else None)

    def apply_layout(self, layout: Layout) -> None:
        """Bring every dock to its place in a project file's layout, and show the section of that time."""
        arrange(self, {name: dock for name, dock in self._docks.items() if name != "walk"}, layout.docks)
        if layout.section is not None:
            self.scatter.set_section(layout.section)

    # ---------------------------------------------------------------- connections

    def _connect(self) -> None:
        session = self.session
        session.run_changed.connect(self._show_run)
        session.experiment_changed.connect(self._show_experiment)
        session.frame.connect(self._show_snapshot)
        session.progress.connect(self._show_report)
        session.noticed.connect(self._show_notice)
        session.gradients_checked.connect(self.commands.show_gradient_check)
        for view in (self.network, self.scatter):
            session.quality_changed.connect(view.set_quality)
        session.quality_changed.connect(self._set_quality)
        for panel in (self.data, self.layers, self.training, self.more):
            panel.changed.connect(session.change)
        self.presets.chosen.connect(self.commands.start_preset)
        self.data.file_wanted.connect(self.commands.ask_for_table)
        self.data.columns_wanted.connect(self.commands.edit_table)
        self.data.canvas_wanted.connect(self.painting.new_canvas)
        self.painting.connect()
        self.transport.pace_changed.connect(self.player.set_pace)
        self.player.changed.connect(self._show_walk)
        self.strip.phase_chosen.connect(self.player.seek)
        self.strip.sample_chosen.connect(self.player.choose_sample)
        self.scatter.point_clicked.connect(self.player.choose_row)
        self.scatter.rename_wanted.connect(self.actions_by_name["rename-classes"].trigger)
        self.scatter.probed.connect(session.probe)
        self.scatter.probe.toggled.connect(self.actions_by_name["probe"].setChecked)
        session.probed.connect(self.network.show_probe)
        self._show_walk()
        self.network.picked.connect(self.select)
        self.hands.edited.connect(session.edit)
        self.hands.frozen.connect(session.freeze)
        self.hands.refused.connect(lambda text: self.notices.show_notice(Notice(text, "input")))
        self.network.hovered.connect(self._look_into)
        self._docks["report"].visibilityChanged.connect(self.report.set_seen)
        self.report.wanted.connect(session.want_report)
        self.report.marked.connect(self.scatter.show_marked)
        self.report.copy_wanted.connect(self.exports.copy_report)
        self.report.save_wanted.connect(self.exports.ask_for_report)
        self.inspector.focus_changed.connect(session.inspect)
        self.inspector.layer.copy_wanted.connect(self.commands.copy_table)
        self.inspector.layer.save_wanted.connect(self.commands.save_table)
        self.scatter.plane_changed.connect(self._look_at)
        self.network.map_cells_changed.connect(lambda _: self._look_at(self.scatter.plane()))

    def _look_at(self, plane: Plane | None) -> None:
        """The maps of the neurons cover the same part of the plane as the map of the output."""
        if plane is not None:
            cells = self.network.map_cells()
            self.session.look_at(plane, replace(plane, columns=cells, rows=cells))
            self.session.look_into(self.scatter.neuron_place())

    def _look_into(self, hovered: Part | None) -> None:
        """The neuron under the mouse shows its map in place of the decision, as long as it lies there."""
        self.scatter.show_neuron(hovered if isinstance(hovered, Neuron) else None)
        self.session.look_into(self.scatter.neuron_place())

    def select(self, selection: Part | None) -> None:
        """Pin an edge or a neuron in the diagram and the inspector."""
        self.network.set_selection(selection)
        self.inspector.set_selection(selection)
        self.hands.set_selection(selection)
        if self.player.walk is not None:
            self._show_walk()

    def _show_walk(self) -> None:
        """The phase of the walk in the diagram, the plot and the strip, which is there while there is a walk."""
        player, loaded = self.player, self.session.loaded
        scene: WalkScene | None = None
        if player.walk is not None:
            scene = make_scene(player.walk, player.index, player.sample, self.inspector.selection)
        was_walking = self.strip.is_in_use
        self.network_panel.show_scene(scene)
        self.scatter.show_walked(scene.walk.rows if scene is not None else None, player.sample)
        self.strip.show_scene(scene, loaded.preparation if loaded is not None else None)
        for name in ("leave-walk", "copy-formulas"):
            self.actions_by_name[name].setEnabled(scene is not None)
        if (scene is not None) != was_walking:
            self._docks["walk"].setVisible(scene is not None)
            self._docks["walk" if scene is not None else "loss"].raise_()
        self.transport.show_playing(self.session.playing or player.is_animating)
        if not self.session.playing:
            self._speed.setText(self._rest_text())

    def _show_run(self, loaded: Loaded) -> None:
        for view in (self.network, self.scatter, self.loss, self.inspector, self.report):
            view.set_run(loaded)
        self._keys.watch(self.scatter)  # whose sliders come with data of other columns
        self.network.set_selection(self.inspector.selection)
        self.data.show_run(loaded)
        mark_used(loaded.experiment.data.path)
        sizes = "-".join(map(str, loaded.preparation.sizes))
        former = "; Edit ▸ Undo brings the former run back" if loaded.can_undo else ""
        begun = f"Started {sizes}"
        if loaded.experiment.data.drawn is not None:
            count = len(loaded.dataset)
            begun = f"{grouped(count)} point{'' if count == 1 else 's'} drawn"
        if loaded.renamed:
            begun, former = "The classes have other names", "; Edit ▸ Undo brings the former ones back"
        self.statusBar().showMessage(f"{begun}{former}", 6000)

    def _show_experiment(self, experiment: Experiment) -> None:
        for panel in (self.presets, self.data, self.layers, self.training, self.more):
            panel.show_experiment(experiment)
        self._keys.watch(self.layers)  # whose rows come and go

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        for view in (self.network, self.scatter, self.report):
            view.show_snapshot(snapshot)  # a hidden one draws it when it is shown
        self._turn = (self._turn + 1) % self._turns
        if self._turn < len(self._slow_views):
            self._slow_views[self._turn].show_snapshot(snapshot)
        self.training.show_snapshot(snapshot)
        self.hands.show_snapshot(snapshot)
        self.transport.show_snapshot(snapshot)
        if not self._prepared:  # only now, so that the first picture does not wait for it
            self._prepared = True
            QTimer.singleShot(PREPARE_MILLISECONDS, self.session.prepare)

    def _set_quality(self, level: int) -> None:
        """Give the slow views fewer frames where frames cost too much; they show the last one when playing stops."""
        self._turns = SLOW_TURNS if level == 0 else 2 * SLOW_TURNS

    def _show_report(self, report: WorkerReport) -> None:
        state, snapshot = report.state, self.session.snapshot
        if snapshot is not None and not state.playing:
            for view in self._slow_views:
                view.show_snapshot(snapshot)
        self.transport.show_state(state, snapshot.position if snapshot is not None else 0)
        self.actions_by_name["undo"].setEnabled(state.can_undo)
        self.actions_by_name["redo"].setEnabled(state.can_redo)
        self.transport.show_playing(state.playing or self.player.is_animating)
        speed = state.samples_per_second
        self._speed.setText(f"{grouped(speed)} samples/s" if speed else "…" if state.playing else self._rest_text())
        self._slow_views = (self.loss, self.inspector)  # whose own plot the first picture does not wait for
        engine = "compiling the engine, this once…" if state.preparing else ENGINE_NAMES.get(state.engine, "")
        self._engine.setText(engine)

    def _rest_text(self) -> str:
        return "paused" if self.player.walk is None else "step by step"

    def _show_notice(self, notice: Notice) -> None:
        self.notices.show_notice(notice)

    # ---------------------------------------------------------------- look

    def set_theme(self, theme: Theme) -> None:
        """Change every colour."""
        self.theme = theme
        _apply_theme(theme)
        views = (
            self.network,
            self.scatter,
            self.loss,
            self.report,
            self.inspector,
            self.transport,
            self.notices,
            self.recovery,
            self.strip,
        )
        for view in views:
            view.set_theme(theme)
        self.painting.set_theme()
        self.actions_by_name["theme"].setChecked(theme is THEMES["dark"])

    # ---------------------------------------------------------------- events of the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.commands.open_file(files[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.guard.may_close():
            event.ignore()
            return
        self.save_layout()
        self.exports.close()
        self.commands.close()
        self.session.close()
        self.projects.close()
        self.guard.close()
        event.accept()


def _apply_theme(theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
