"""The window with the results of a sweep: parallel coordinates, table, curves and heat map, all linked."""

from __future__ import annotations

from pathlib import Path

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QKeySequence
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QShortcut,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.base.number_text import duration, grouped
from core.base.translation import _, ngettext
from core.explain.picked_part import capital
from core.sweeps.recent_sweeps import sweep_words
from core.sweeps.run_result import DIVERGED, FAILED, STATE_WORDS, Key
from core.workbench.many_runs.sweep_job import ENDED, PAUSED, STARTING, STOPPING, SweepStatus
from gui.sweeps.best_sentence import best_sentence, ranked
from gui.sweeps.heat_map import HeatMapPanel
from gui.sweeps.parallel_view import ParallelView
from gui.sweeps.result_table import ResultTable
from gui.sweeps.sweep_curves import SweepCurves
from gui.sweeps.sweep_results import NOTHING, SweepResults
from gui.widgets.elided import Elided, FewLines
from gui.widgets.fields import ChoiceBox
from gui.widgets.flags import RIGHT
from gui.widgets.forms import bare, polish
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.qt_objects import existing, forget_when_deleted, resize_within_screen
from gui.widgets.theme import Theme

TYPED_MILLISECONDS = 80
BAR_STEPS = 1000
HINT = _("Drag on an axis to show only some runs. Double-click a run to open it in the main window.")
PAUSES = _("Begin no further runs; those under way are trained to their end")
GOES_ON = _("Train the runs that have no result yet")
OPENS = _("Make the selected run the present one in the main window, with the same bits (Enter)")
KEEPS = _("Train the selected runs beside the present one, and keep their curves and borders")
ONE_ONLY = _("Not now: several runs are selected; click one of them")
NONE_YET = _("Not now: no run is selected; click one")


class SweepWindow(QWidget):
    """Shows one sweep, and says what the user wants.

    Args:
        results: what is shown.
        folder: where it lies.
        parent: the main window, with which this one goes.

    Signals:
        pause_wanted(bool), stop_wanted(), go_on_wanted(): as they say.
        open_wanted(object): open the run with this key.
        keep_wanted(list): train the runs with these keys beside the present one, and keep them.
        copy_wanted(str): put a table on the clipboard. save_wanted(): save the shown rows.
        closed(): the user closed the window.
    """

    pause_wanted = pyqtSignal(bool)
    stop_wanted = pyqtSignal()
    go_on_wanted = pyqtSignal()
    open_wanted = pyqtSignal(object)
    keep_wanted = pyqtSignal(object)
    copy_wanted = pyqtSignal(str)
    save_wanted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, results: SweepResults, folder: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        forget_when_deleted(self)
        self.results, self._error = results, ""
        self.setWindowTitle(_("Sweep – {folder}").format(folder=Path(folder).name))
        self.setAutoFillBackground(True)
        self._make_head(folder)
        self._make_tools()
        self.parallel, self.table = ParallelView(theme), ResultTable(theme)
        self.curves, self.heat = SweepCurves(theme), HeatMapPanel(theme)
        self.readout = Elided()
        self.open = QPushButton(_("&Open run"))
        self.keep = QPushButton(_("&Keep beside"))
        self._lay_out()
        self._connect()
        self.table.setFocus()
        self.setMinimumSize(820, 520)
        resize_within_screen(self, 1240, 800)
        self._handle()

    def _handle(self) -> None:
        """Keep the window from always lying above the main window, which is its parent."""
        self.winId()
        existing(self.windowHandle()).setTransientParent(None)

    def _make_head(self, folder: str) -> None:
        self.name, self.status, self.bar = Elided(), Elided(), QProgressBar()
        self.name.setProperty("role", "strong")
        self.name.set_full(sweep_words(self.results.plan))
        self.name.setToolTip(plain(folder))
        self.status.setProperty("role", "faint")
        self.status.setAlignment(RIGHT)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(QSize(140, 8))
        self.bar.setAccessibleName(_("Runs that have ended"))
        self.pause, self.stop, self.go_on = QPushButton(), QPushButton(_("&Stop")), QPushButton(_("&Go on"))
        self._show_paused(False)
        self.stop.setToolTip(_("End at once. The folder keeps all runs that have ended, and you can go on later"))
        self.go_on.setToolTip(GOES_ON)
        self.best, self.select_best = FewLines(), QPushButton(_("Select &best"))
        self.select_best.setToolTip(_("Select the runs with the best values by the chosen measure, in all views"))

    def _make_tools(self) -> None:
        results = self.results
        self.measure = ChoiceBox([(name, capital(results.title(name))) for name in results.measures], _("Measure"))
        self.measure.set_value(results.measure)
        names = [(name, capital(results.title(name))) for name in results.options]
        self.group = ChoiceBox([*names, (NOTHING, _("Nothing"))], _("Colour by"))
        self.group.set_value(results.group_by)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setAccessibleName(_("Filter the runs of the sweep"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(190)
        self.count = Elided()
        self.count.setProperty("role", "faint")
        self.all = QPushButton(_("Show &all"))
        self.all.setToolTip(_("Take all brushes and the filter away (Esc)"))
        self.copy, self.save = QPushButton(_("&Copy")), QPushButton(_("Sa&ve…"))
        self.copy.setToolTip(_("Copy the selected rows, or all, for a spreadsheet (Ctrl+C in the table)"))
        self.save.setToolTip(_("Save the shown rows as CSV; the folder has all of them in runs.csv"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 10, 0)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head.addWidget(self.name, 3)
        head.addWidget(self.bar)
        head.addWidget(self.status, 2)
        for widget in (self.pause, self.stop, self.go_on):
            head.addWidget(widget)
        verdict = QHBoxLayout()
        verdict.setContentsMargins(10, 0, 10, 0)
        verdict.addWidget(self.best, 1)
        verdict.addWidget(self.select_best)
        tools = QHBoxLayout()
        tools.setContentsMargins(10, 0, 10, 0)
        for text, box in ((_("Measure"), self.measure), (_("Colour by"), self.group)):
            label = plain_label(text)
            label.setBuddy(box)
            tools.addWidget(label)
            tools.addWidget(box)
            tools.addSpacing(10)
        tools.addWidget(self.filter)
        tools.addWidget(self.count, 1)
        for widget in (self.all, self.copy, self.save):
            tools.addWidget(widget)
        below, whole = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        for view in (self.table, self.curves, self.heat):
            below.addWidget(view)
        below.setSizes([480, 380, 380])
        for place in range(below.count()):
            below.setStretchFactor(place, 1)
        whole.addWidget(self.parallel)
        whole.addWidget(below)
        whole.setSizes([330, 400])
        for splitter in (below, whole):
            splitter.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 10, 8)
        foot.addWidget(self.readout, 1)
        foot.addWidget(self.keep)
        foot.addWidget(self.open)
        column = bare(QVBoxLayout(self), 6)
        for line in (head, verdict, tools):
            column.addLayout(line)
        column.addWidget(whole, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        results = self.results
        for view in (self.parallel, self.table, self.curves, self.heat):
            view.set_results(results)
        results.changed.connect(self._judge)
        results.changed.connect(self._follow)
        results.marked.connect(self._follow)
        self.measure.activated.connect(lambda _: results.set_measure(self.measure.value()))
        self.group.activated.connect(lambda _: results.set_group(self.group.value()))
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MILLISECONDS)
        self._typed.timeout.connect(lambda: results.set_filter(self.filter.text()))
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self.all.clicked.connect(self.show_all)
        self.select_best.clicked.connect(lambda: results.select(ranked(results)[0].keys))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.show_all)
        self.copy.clicked.connect(self.table.copy)
        self.table.copied.connect(self.copy_wanted)
        self.table.opened.connect(self.open_wanted)
        self.table.kept.connect(self.keep_wanted)
        self.save.clicked.connect(self.save_wanted)
        self.parallel.open_wanted.connect(self.open_wanted)
        self.parallel.hovered.connect(self._tell)
        self.heat.hovered.connect(lambda text: self._tell(None, text))
        self.curves.picked.connect(lambda key: results.select([key]))
        self.open.clicked.connect(lambda: self.open_wanted.emit(self._selected()[0]))
        self.keep.clicked.connect(lambda: self.keep_wanted.emit(self._selected()))
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(not self._is_paused))
        self.stop.clicked.connect(self.stop_wanted)
        self.go_on.clicked.connect(self.go_on_wanted)
        self._judge()
        self._follow()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for view in (self.parallel, self.table, self.curves, self.heat):
            view.set_theme(theme)

    # ---------------------------------------------------------------- what is true

    def show_status(self, status: SweepStatus) -> None:
        """Show how far the training is."""
        is_running = status.state != ENDED
        self.bar.setMaximum(BAR_STEPS)
        self.bar.setValue(round(BAR_STEPS * status.share))
        self.bar.setVisible(is_running)
        self.pause.setVisible(is_running)
        self.stop.setVisible(is_running)
        for button in (self.pause, self.stop):
            button.setEnabled(status.state != STOPPING)
        self.go_on.setVisible(not is_running and status.done < status.total)
        self._show_paused(status.state == PAUSED)
        self.status.set_full(_status_text(status, self.results))
        if status.error != self._error:
            self._error = status.error
            self._judge()

    def _show_paused(self, is_paused: bool) -> None:
        """Let the button say what it does: pause, or go on after a pause."""
        self._is_paused = is_paused
        self.pause.setText(_("&Go on") if is_paused else _("&Pause"))
        self.pause.setToolTip(GOES_ON if is_paused else PAUSES)

    def show_all(self) -> None:
        """Take brushes, filter and selection away."""
        self.filter.clear()
        self._typed.stop()
        self.results.set_filter("")
        self.results.clear_brushes()
        self.results.select([])

    def _selected(self) -> list[Key]:
        """The selected runs that have a result."""
        keys = [key for key in self.results.selected if self.results.place(key) is not None]
        return sorted(keys, key=lambda key: self.results.place(key) or 0)

    def _judge(self) -> None:
        """Say which runs are best, or why the training ended before its time."""
        self.best.set_text(self._error or best_sentence(self.results))
        if self.best.property("wrong") != bool(self._error):
            self.best.setProperty("wrong", bool(self._error))
            polish(self.best)
        self.select_best.setEnabled(bool(self.results.is_done.any()))

    def _follow(self) -> None:
        results = self.results
        shown, count = int(results.shown.sum()), len(results.results)
        self.count.set_full(
            ngettext("{n} run", "{n} runs", count).format(n=grouped(count))
            if shown == count
            else _("{shown} of {count} runs").format(shown=grouped(shown), count=grouped(count))
        )
        selected = self._selected()
        self.open.setEnabled(len(selected) == 1)
        self.open.setToolTip(OPENS if len(selected) == 1 else ONE_ONLY if selected else NONE_YET)
        self.keep.setEnabled(bool(selected))
        self.keep.setToolTip(KEEPS if selected else NONE_YET)
        self.all.setEnabled(shown < count or bool(results.brushes) or bool(selected))
        self._tell(None)

    def _tell(self, key: Key | None, text: str = "") -> None:
        """Say what is under the mouse, or else what is selected."""
        selected = self._selected()
        if key is None and not text and len(selected) == 1:
            key = selected[0]
        if key is not None:
            self.readout.set_full(self.results.sentence(key), self.results.sentence(key, [self.results.measure]))
            return
        if not text and selected:
            text = _("{count} runs are selected; click one to open it").format(count=grouped(len(selected)))
        self.readout.set_full(text or HINT)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        super().closeEvent(event)
        self.closed.emit()


def _status_text(status: SweepStatus, results: SweepResults) -> str:
    states = [result.status for result in results.results]
    bad = [f"{grouped(n)} {STATE_WORDS[state]}" for state in (DIVERGED, FAILED) if (n := states.count(state))]
    runs = ngettext("{done} of {total} run", "{done} of {total} runs", status.total)
    parts = [runs.format(done=grouped(status.done), total=grouped(status.total)), *bad]
    state = {STARTING: _("starting"), PAUSED: _("paused"), STOPPING: _("stopping")}.get(status.state)
    if state is not None:
        parts.append(state)
    elif status.state != ENDED and status.seconds_left is not None:
        parts.append(_("about {time} left").format(time=duration(status.seconds_left)))
    return ", ".join(parts)
