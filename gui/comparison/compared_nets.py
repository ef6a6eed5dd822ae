"""The panels of compared runs in rows, and their common curves below: what a picture or a film of them shows."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.network.tasks import REGRESSION
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.comparison.comparison import ComparisonWish
from core.workbench.many_runs.kept_run import KeptRun
from gui.comparison.common_curves import CommonCurves
from gui.comparison.measures import BEST, EQUAL, best_of, offered, why_no_best
from gui.comparison.net_panel import NetPanel
from gui.runs.curve_overlay import CurveOf
from gui.runs.run_colors import run_color
from gui.widgets.theme import Theme

MOST_IN_A_ROW = 3


class ComparedNets(QWidget):
    """Shows two to six runs at one epoch.

    Args:
        runs: the runs. names: what differs, of each. colors: the numbers of their colours.

    Attributes:
        panels: one for each run. curves: those of all. measures: by which the best can be told, each with its name.
        why_no_best: why none of the runs is the best; empty where one can be.
        colors: the numbers of their colours.
        epoch: what is shown.
    """

    def __init__(self, runs: Sequence[KeptRun], names: Sequence[str], colors: Sequence[int], theme: Theme) -> None:
        super().__init__()
        self._theme, self.colors = theme, tuple(colors)
        self.epoch = 0.0
        self.panels = [
            NetPanel(run, name, run_color(color, theme), theme)
            for run, name, color in zip(runs, names, colors, strict=True)
        ]
        self.measures = offered(runs)
        self.why_no_best = why_no_best(runs)
        self._measure = self.measures[0][0]
        self._states: tuple[ComparedState, ...] = ()
        self.curves = CommonCurves(theme, all(run.experiment.task == REGRESSION for run in runs))
        grid = QGridLayout()
        grid.setSpacing(8)
        rows = 1 if len(runs) <= MOST_IN_A_ROW else 2
        columns = -(-len(runs) // rows)
        for number, panel in enumerate(self.panels):
            if rows > 1:
                panel.show_compact()
            grid.addWidget(panel, number // columns, number % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        for row in range(rows):
            grid.setRowStretch(row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.addLayout(grid, 1)
        layout.addWidget(self.curves)
        self.choose_measure(self._measure)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        for color, panel in zip(self.colors, self.panels, strict=True):
            panel.set_theme(theme, run_color(color, theme))
        self.curves.set_theme(theme)
        self._show_curves()

    def choose_measure(self, measure: str) -> None:
        """Mark the best by another measure, and show its curves."""
        self._measure = measure
        self.curves.show_score(measure.endswith("score"))
        self._mark()
        self._show_curves()

    def wish(self, epoch: float, point: tuple[float, ...] | None = None) -> ComparisonWish | None:
        """What to ask for to show an epoch; None before the views have a size."""
        requests = [request for panel in self.panels if (request := panel.request()) is not None]
        return ComparisonWish(epoch, tuple(requests), point) if len(requests) == len(self.panels) else None

    def show_states(self, epoch: float, states: Sequence[ComparedState]) -> None:
        """Show the runs at an epoch."""
        self.epoch, self._states = epoch, tuple(states)
        for panel, state in zip(self.panels, states, strict=True):
            panel.show_state(state)
        self._mark()
        self._show_curves()

    def show_playing(self, playing: bool) -> None:
        """Show in each diagram whether training plays."""
        for panel in self.panels:
            panel.diagram.light.show_playing(playing)

    def _mark(self) -> None:
        is_told = self._states and not self.why_no_best
        best = best_of(self._states, self._measure) if is_told else []
        for number, panel in enumerate(self.panels):
            panel.mark((BEST if len(best) == 1 else EQUAL) if number in best else "")

    def _show_curves(self) -> None:
        if self._states:
            part = self._measure.partition("_")[0]
            shown = zip(self.colors, self.panels, self._states, strict=True)
            curves = [
                CurveOf(panel, panel.name.full, "", state.history, run_color(color, self._theme), 1.6, named_set=part)
                for color, panel, state in shown
            ]
            self.curves.show_curves(curves, self.epoch)
