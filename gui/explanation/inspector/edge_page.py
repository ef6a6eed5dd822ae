"""The inspector's page on a weight: its numbers, its curve over the epochs, and its next change."""

from __future__ import annotations

from core.explain.inspection import Inspection
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name
from gui.explanation.inspector.epoch_plot import EpochCurve, EpochPlot
from gui.explanation.inspector.page_parts import Columns, FormulaList, NumberColumn, NumberGrid
from gui.explanation.inspector.page_rows import parameter_rows, update_title
from gui.widgets.theme import Theme


class EdgePage(Columns):
    """Shows one weight."""

    def __init__(self) -> None:
        self.numbers = NumberGrid()
        self.course = EpochPlot("weight", False, "The weight over the epochs")
        self.course.setToolTip("The weight over the epochs, at the ends of epochs and where it was shown")
        self.formulas = FormulaList("How the weight changes next")
        self._drawn: Inspection | None = None
        super().__init__([(NumberColumn(self.numbers), 0), (self.course, 2), (NumberColumn(self.formulas), 7)])

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._drawn = None
        self.course.set_theme(theme)
        self.formulas.set_theme(theme)

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show a weight; its value, last gradient and last change are those of the snapshot."""
        index = inspection.focus.index(snapshot.sizes)
        assert index is not None
        assert inspection.parameter is not None
        name = f"weight {parameter_name(snapshot.sizes, index)}"
        self.numbers.show_rows(parameter_rows("w", name, index, snapshot, inspection))
        if inspection is not self._drawn:  # drawing the plot in each frame would cost more than all the rest
            self._drawn = inspection
            positions, values = inspection.parameter.course.T
            self.course.show_lines([EpochCurve(self._theme.color("train"), positions / snapshot.epoch_length, values)])
        self.formulas.show_formulas(update_title(inspection), inspection.formulas)
