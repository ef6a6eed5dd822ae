"""The window that shows several runs beside each other, at one epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QKeySequence
from PyQt5.QtWidgets import QShortcut, QVBoxLayout, QWidget

from core.base.number_text import grouped
from core.base.translation import _
from core.explain.maps import Plane
from core.explain.picked_part import Neuron, Part
from core.workbench.comparison.comparison import Comparison, ComparisonAnswer
from core.workbench.many_runs.kept_run import KeptRun
from gui.comparison.common_curves import PARTS
from gui.comparison.compare_tools import CompareTools
from gui.comparison.compared_nets import ComparedNets
from gui.comparison.comparison_film import ComparisonJob
from gui.comparison.net_panel import NetPanel
from gui.comparison.pace import following_epoch
from gui.widgets.elided import Elided
from gui.widgets.qt_objects import forget_when_deleted, resize_within_screen
from gui.widgets.theme import Theme

LOOK_MILLISECONDS = 15
SLOW_SECONDS = 0.4
"""How long an answer may take before the window says how far the runs are."""
LONGEST_STEP = 0.25
"""Seconds: a frame that took longer moves the epoch no farther."""
SMALLEST, FIRST_SIZE = (900, 560), (1280, 800)


class CompareWindow(QWidget):
    """Shows and plays compared runs. Zoom, probe, selection and the neuron under the mouse are common to all.

    Args:
        runs: the runs. names: what differs, of each. colors: the numbers of their colours.
        epoch: where they stand at first.
        parent: the main window.

    Signals:
        closed(): as it says.

    Attributes:
        nets: what is shown. tools: the controls. no_best: why no run is the best; not shown where one can be.
    """

    closed = pyqtSignal()

    def __init__(
        self,
        runs: Sequence[KeptRun],
        names: Sequence[str],
        colors: Sequence[int],
        epoch: float,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Comparison of {count} runs").format(count=len(runs)))
        self.comparison = Comparison(runs)
        self.nets = ComparedNets(runs, names, colors, theme)
        has_classes = all(run.dataset.n_classes > 0 for run in runs)
        self.tools = CompareTools(self.nets.measures, has_classes, not self.nets.why_no_best, theme)
        self._epoch, self._ticked_at, self._asked_at = epoch, 0.0, 0.0
        self._point: tuple[float, ...] | None = None
        self._is_playing, self._is_answered = False, False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.tools)
        self.no_best = Elided()
        self.no_best.setContentsMargins(12, 0, 12, 2)
        self.no_best.set_full(self.nets.why_no_best)
        self.no_best.setVisible(bool(self.nets.why_no_best))
        column.addWidget(self.no_best)
        column.addWidget(self.nets, 1)
        line = self.no_best.sizeHint().height() if self.nets.why_no_best else 0
        self.setMinimumSize(QSize(*SMALLEST).expandedTo(self.minimumSizeHint()) + QSize(0, line))
        resize_within_screen(self, *FIRST_SIZE)
        self._connect()
        self.nets.panels[0].diagram.setFocus()  # so that Space plays at once, and presses no button
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MILLISECONDS)
        self._clock.timeout.connect(self._look)
        self.comparison.start()

    def _connect(self) -> None:
        tools = self.tools
        tools.toggled.connect(self.toggle)
        tools.start_wanted.connect(lambda: self.go_to(0.0))
        tools.measure.currentIndexChanged.connect(lambda _place: self.nets.choose_measure(tools.measure.value()))
        tools.probe.toggled.connect(self._set_probe)
        tools.views.chosen.connect(self._show_view)
        self.nets.curves.epoch_wanted.connect(self.go_to)
        for panel in self.nets.panels:
            self._connect_panel(panel)
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_R: lambda: self.go_to(0.0),
            Qt.Key.Key_Right: lambda: self.go_to(self._epoch // 1 + 1.0),
            Qt.Key.Key_Left: lambda: self.go_to(-(-self._epoch // 1) - 1.0),
            Qt.Key.Key_Home: self.show_everything,
            Qt.Key.Key_P: lambda: tools.probe.toggle(),
            Qt.Key.Key_F11: self.turn_full_screen,
            Qt.Key.Key_Escape: self._leave,
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _connect_panel(self, panel: NetPanel) -> None:
        """What is done in one panel is done in all."""
        panel.diagram.picked.connect(self._select)
        panel.diagram.map_wanted.connect(self._show_neuron)
        panel.diagram.map_cells_changed.connect(lambda _cells: self.ask())
        decision = panel.decision
        decision.plane_changed.connect(lambda plane: self._follow_plane(panel, plane))
        decision.probed.connect(self._take_point)
        decision.probe.toggled.connect(self.tools.probe.setChecked)
        decision.test_shown.toggled.connect(self._show_test_points)
        decision.show_all.clicked.connect(self.show_everything)
        box = decision.plot.box
        box.sigRangeChangedManually.connect(lambda _axes: self._follow_zoom(panel))

    # ---------------------------------------------------------------- common to all

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.nets.set_theme(theme)
        self.tools.set_theme(theme)

    def _select(self, part: Part | None) -> None:
        for panel in self.nets.panels:
            panel.diagram.set_selection(part)

    def _show_test_points(self, shown: bool) -> None:
        for panel in self.nets.panels:
            panel.decision.test_shown.setChecked(shown)

    def _show_neuron(self, neuron: Neuron | None) -> None:
        self.tools.views.show_neuron(neuron is not None)
        for panel in self.nets.panels:
            panel.decision.show_neuron(neuron)
        self.ask()

    def _show_view(self, view: str) -> None:
        for panel in self.nets.panels:
            panel.decision.title_tools.choose(view)
            panel.diagram.release_map()

    def _set_probe(self, on: bool) -> None:
        for panel in self.nets.panels:
            panel.decision.probe.setChecked(on)

    def _take_point(self, point: tuple[float, ...] | None) -> None:
        self._point = point
        self.ask()

    def _follow_zoom(self, panel: NetPanel) -> None:
        """The user moved or zoomed one plot."""
        x, y = panel.decision.plot.box.viewRange()
        for other in self.nets.panels:
            if other is not panel and other.run.dataset.dimensions == panel.run.dataset.dimensions:
                other.decision.plot.box.setRange(xRange=x, yRange=y, padding=0)

    def _follow_plane(self, panel: NetPanel, plane: Plane) -> None:
        """Another part of the plane is visible, or another section through the data."""
        for other in self.nets.panels:
            if plane.section is not None and other is not panel:
                other.decision.set_section(plane.section)
        self.ask()

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        for panel in self.nets.panels:
            panel.decision.show_everything()

    # ---------------------------------------------------------------- the epoch

    @property
    def is_playing(self) -> bool:
        """Whether the runs play."""
        return self._is_playing

    @property
    def is_at_rest(self) -> bool:
        """Whether what was asked for is shown."""
        return self._is_answered and not self._is_playing

    def go_to(self, epoch: float) -> None:
        """Show all runs at another epoch; those that were not trained so far are trained on."""
        self.set_playing(False)
        self._epoch = max(0.0, epoch)
        self.ask()

    def toggle(self) -> None:
        """Play, or pause."""
        self.set_playing(not self._is_playing)

    def set_playing(self, playing: bool) -> None:
        """Play, or pause."""
        if playing != self._is_playing:
            self._is_playing = playing
            self.tools.show_playing(playing)
            self.nets.show_playing(playing)
            self._ticked_at = time.monotonic()
            if not playing:  # what was asked for last may never be shown
                self._epoch = self.nets.epoch
            self.ask()

    def ask(self) -> None:
        """Ask for what is to be shown."""
        wish = self.nets.wish(self._epoch, self._point)
        if wish is not None:
            if self._is_answered:
                self._asked_at = time.monotonic()
            self._is_answered = False
            self.comparison.ask(wish)
            self._clock.start()

    def _look(self) -> None:
        """Show what has come; say how far the runs are where it takes long."""
        answer = self.comparison.take()
        if answer is not None:
            self._show(answer)
        elif self.comparison.error:
            self._clock.stop()
            self.tools.note.set_full(self.comparison.error)
        elif time.monotonic() - self._asked_at > SLOW_SECONDS:
            self.tools.note.set_full(_("Training: epoch {epoch}").format(epoch=grouped(int(self.comparison.reached))))

    def _show(self, answer: ComparisonAnswer) -> None:
        now, asked = time.monotonic(), self.nets.wish(self._epoch, self._point)
        self._asked_at = now
        if self._is_playing and not all(state.ending for state in answer.states):
            step = min(now - self._ticked_at, LONGEST_STEP)
            self._epoch, self._ticked_at = following_epoch(self._epoch, self.tools.pace.value(), step), now
            self.ask()  # so that the runs train while this picture is drawn
        elif asked is not None and answer.wish.is_like(asked):
            self._is_answered = True
            self._clock.stop()
        self.nets.show_states(answer.wish.epoch, answer.states)
        self.tools.show_epoch(answer.wish.epoch)
        if self.tools.note.full:
            self.tools.note.set_full("")
        if all(state.ending for state in answer.states):
            self.set_playing(False)

    def film_job(self) -> ComparisonJob:
        """What makes a film of the comparison, up to the shown epoch at first."""
        nets = self.nets
        names = tuple(panel.name.full for panel in nets.panels)
        runs, goal = self.comparison.runs, round(nets.epoch * PARTS)
        end = round(max(run.tip / run.epoch_length for run in runs) * PARTS)
        return ComparisonJob(runs, names, nets.colors, self.tools.measure.value(), goal, end)

    # ---------------------------------------------------------------- the window

    def turn_full_screen(self) -> None:
        """Fill the screen, or return to the size before."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _leave(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._clock.stop()
        self.comparison.close()
        super().closeEvent(event)
        self.closed.emit()
