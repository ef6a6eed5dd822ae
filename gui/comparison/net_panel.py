"""One of the compared runs: what differs, its numbers, its network and its decision."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QColor, QPen, QPixmap
from PyQt5.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLabel, QVBoxLayout

from core.base.number_text import grouped, short
from core.base.translation import _
from core.explain.snapshot import Request, Snapshot
from core.network.tasks import REGRESSION
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.many_runs.kept_run import KeptRun
from core.workbench.messages import Loaded
from gui.comparison.measures import EQUAL, HOW_TOLD
from gui.curves.curve_numbers import SET_WORDS, WIDEST, write_score
from gui.decision.decision_view import DecisionView
from gui.diagram.diagram_view import DiagramView
from gui.runs.curve_overlay import SETS
from gui.widgets.elided import Elided
from gui.widgets.ending_painter import painting
from gui.widgets.flags import RIGHT
from gui.widgets.readout import Readout
from gui.widgets.theme import Theme

LEAST_VIEW = QSize(130, 90)
SAMPLE = QSize(18, 10)
PARTS = tuple(part for part, _style in SETS)
ENDINGS = {"stopped": _("stopped at {epoch}"), "diverged": _("diverged at {epoch}")}
WIDEST_NOTE = max((EQUAL, *(text.format(epoch=grouped(10_000)) for text in ENDINGS.values())), key=len)


class NetPanel(QFrame):
    """Shows the diagram and the decision of a run with the views of the main window.

    Args:
        run: the run. name: what differs. color: of its curve.

    Attributes:
        diagram, decision: the views.
    """

    def __init__(self, run: KeptRun, name: str, color: QColor, theme: Theme) -> None:
        super().__init__()
        self.run = run
        self._ending, self._mark = "", ""
        self.setProperty("role", "net")
        self.name, self._note = Elided(), Readout(WIDEST_NOTE)
        self.samples = {part: QLabel() for part in PARTS}
        self.name.set_full(name)
        self.name.setProperty("role", "strong")
        self._note.setProperty("role", "strong")
        self._note.setAlignment(RIGHT)
        self.numbers = {f"{part}_{what}": Readout(widest) for part in PARTS for what, widest in WIDEST.items()}
        self.diagram = DiagramView(theme, has_titles=False, offers_inputs=False)
        self.decision = DecisionView(theme)
        self.decision.paint_button.hide()
        self.diagram.setMinimumSize(LEAST_VIEW)
        self.decision.setMinimumSize(LEAST_VIEW)
        preparation = run.prepared()
        loaded = Loaded(run.experiment, preparation, None)
        self.decision.probe_shown.connect(self.diagram.show_probe)
        self.diagram.set_run(loaded)
        self.decision.set_run(loaded)
        self._lay_out(has_test=len(preparation.test) > 0)
        self.set_theme(theme, color)

    def _lay_out(self, has_test: bool) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        for line, part in enumerate(PARTS[: 1 + has_test]):
            caption = QLabel(SET_WORDS[part])
            caption.setProperty("role", "faint")
            grid.addWidget(self.samples[part], line, 0)
            grid.addWidget(caption, line, 1)
            for column, what in enumerate(WIDEST, start=2):
                grid.addWidget(self.numbers[f"{part}_{what}"], line, column)
        grid.addWidget(self._note, 0, 4, RIGHT)  # not beside the name, which has the whole line
        grid.setColumnStretch(4, 1)
        self._views = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._views.setSpacing(2)
        self._views.addWidget(self.diagram, 1)
        self._views.addWidget(self.decision, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 6, 8, 4)
        rows.setSpacing(3)
        rows.addWidget(self.name)
        rows.addLayout(grid)
        rows.addLayout(self._views, 1)

    def set_theme(self, theme: Theme, color: QColor) -> None:
        """Draw in other colours."""
        self.diagram.set_theme(theme)
        self.decision.set_theme(theme)
        for part, style in SETS:
            picture = QPixmap(SAMPLE)
            picture.fill(Qt.GlobalColor.transparent)
            with painting(picture) as painter:
                painter.setPen(QPen(color, 1.6, style, Qt.PenCapStyle.FlatCap))
                painter.drawLine(0, SAMPLE.height() // 2, SAMPLE.width(), SAMPLE.height() // 2)
            self.samples[part].setPixmap(picture)

    def show_compact(self) -> None:
        """Put the decision at the right of the diagram, and leave out what can be spared."""
        self._views.setDirection(QBoxLayout.Direction.LeftToRight)
        self.decision.legend.hide()
        for axis in self.decision.plot.axes.values():
            axis.hide()

    def request(self) -> Request | None:
        """What a snapshot must hold; None before the views have a size."""
        plane = self.decision.plane()
        if plane is None:
            return None
        cells = self.diagram.map_cells()
        neurons = replace(plane, columns=cells, rows=cells)
        return Request(output=plane, neurons=neurons, neuron=self.decision.neuron_place())

    def show_state(self, state: ComparedState) -> None:
        """Show the run at another epoch."""
        snapshot = state.snapshot
        self.diagram.show_snapshot(snapshot)
        self.decision.show_snapshot(snapshot)
        self.decision.show_probe(state.probe)
        for name, readout in self.numbers.items():
            readout.setText(self._written(snapshot, name))
        self._ending = ENDINGS[state.ending].format(epoch=grouped(snapshot.epoch)) if state.ending else ""
        self._write_note()

    def mark(self, mark: str) -> None:
        """Show whether the run is among the best by the chosen measure: in words, empty where it is not."""
        if mark != self._mark:
            self._mark = mark
            self.setProperty("marked", bool(mark))
            self.style().polish(self)  # type: ignore[union-attr]  # every widget has a style
            self.update()
        self._write_note()

    @property
    def note(self) -> str:
        """What stands at the right of the measures."""
        return self._note.text()

    def _write_note(self) -> None:
        text = f"{self._mark[:1]} {self._ending}".strip() if self._ending else self._mark  # with the star, if any
        if text != self._note.text():
            self._note.setText(text)
            self._note.setToolTip(HOW_TOLD if self._mark else "")

    def _written(self, snapshot: Snapshot, name: str) -> str:
        value = getattr(snapshot, name)
        return short(value, 3) if name.endswith("loss") else write_score(value, snapshot.settings.task == REGRESSION)
