"""The inspector's page on a neuron: bias, samples, distribution of activations, and whether it is dead."""

from __future__ import annotations

from PyQt5.QtGui import QResizeEvent

from core.base.number_text import percent
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE, NeuronDiagnosis
from core.explain.inspection import Inspection
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name
from gui.explanation.inspector.histogram_view import HistogramView
from gui.explanation.inspector.neuron_picture import NeuronPicture
from gui.explanation.inspector.page_parts import WIDE, Columns, FormulaList, NumberColumn, NumberGrid, NumberRow
from gui.explanation.inspector.page_rows import meeting_rows, parameter_rows, update_title
from gui.widgets.theme import Theme

ROOM_FOR_PICTURE = 780
"""From this width in pixels on, the map is shown beside the other columns."""


class NeuronPage(Columns):
    """Shows one neuron or input."""

    def __init__(self) -> None:
        self.numbers = NumberGrid()
        self.picture = NeuronPicture()
        self.bars = HistogramView("Activation", "samples", "The neuron's activation for all training samples")
        self.formulas = FormulaList("How the neuron's numbers come about")
        super().__init__(
            [(NumberColumn(self.numbers), 0), (self.picture, 2), (self.bars, 3), (NumberColumn(self.formulas), 5)]
        )

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        width = event.size().width()  # stacked columns leave room for it again
        self.picture.setVisible(width < WIDE or width >= ROOM_FOR_PICTURE)
        super().resizeEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.picture.set_theme(theme)
        self.bars.set_theme(theme)
        self.formulas.set_theme(theme)

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show a neuron."""
        index, is_input = inspection.focus.index(snapshot.sizes), inspection.focus.layer == 0
        seen_tip = "Of the sample seen last, with the weights as they are now and without dropout"
        next_tip = "Of the sample of the next update that the formulas show"
        rows = [
            *meeting_rows(inspection.coming, "next sample", next_tip, is_input),
            *meeting_rows(inspection.seen, "last sample", seen_tip, is_input),
        ]
        if index is not None:
            name = f"bias {parameter_name(snapshot.sizes, index)}"
            bias = parameter_rows("b", name, index, snapshot, inspection)
            rows = [bias[0], *rows, *bias[1:]]
        assert inspection.neuron is not None
        if not is_input:
            rows += _shares(inspection.neuron)
        self.numbers.show_rows(rows)
        focus = inspection.focus
        if snapshot.neurons is not None and focus.unit is not None:
            self.picture.show_map(snapshot.neurons[focus.layer][focus.unit])
        self.bars.show_histogram(inspection.neuron.activations)
        title = "An input has no formula: the network is given it" if is_input else update_title(inspection)
        neuron = inspection.neuron
        rule = DEAD_RULE if neuron.dead else SATURATED_RULE if neuron.saturated else ""
        self.formulas.show_formulas(title, inspection.formulas, rule)


def _shares(neuron: NeuronDiagnosis) -> list[NumberRow]:
    return [
        NumberRow("a = 0 for", f"{percent(neuron.zero_share)} of the samples", "dead: " + DEAD_RULE.partition(": ")[2]),
        NumberRow(
            "f′(z) ≈ 0 for",
            f"{percent(neuron.flat_share)} of the samples",
            "saturated: " + SATURATED_RULE.partition(": ")[2],
        ),
    ]
