"""The card on a weight or a neuron: the chain rule of its update, its numbers over all data, its history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.base.number_text import exact, percent, told_apart
from core.base.translation import _
from core.explain.chain_row import BATCH
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE
from core.explain.snapshot import Snapshot
from core.network.optimizers import OPTIMIZERS
from core.training.preparation import Preparation
from gui.explanation.inspector.epoch_plot import EpochCurve, EpochPlot
from gui.explanation.inspector.histogram_view import HistogramView
from gui.explanation.inspector.neuron_picture import NeuronPicture
from gui.explanation.inspector.row_table import DIGITS, TableLine, line_of, number_line, signed_html
from gui.explanation.inspector.table_page import TablePage
from gui.widgets.forms import bare
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import NeuronDiagnosis
    from core.explain.inspection import Inspection


LETTERS_FOR_PICTURE = 76
"""How wide the page must be for the picture beside whole words."""


class NeuronData(QWidget):
    """A neuron over all data: its numbers, its map where there is room, and the distribution of its activation."""

    def __init__(self) -> None:
        super().__init__()
        self._preparation: Preparation | None = None
        self.page = TablePage(_("The neuron over all data"))
        self.numbers = self.page.table
        self.picture = NeuronPicture()
        self.bars = HistogramView([_("Activation")], "samples", _("The neuron's activation for all training samples"))
        line = bare(QHBoxLayout(self), 10)
        line.addWidget(self.page, 5)
        line.addWidget(self.picture, 2)
        line.addWidget(self.bars, 3)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.picture.setVisible(self.width() >= LETTERS_FOR_PICTURE * self.fontMetrics().averageCharWidth())

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for view in (self.numbers, self.picture, self.bars):
            view.set_theme(theme)

    def set_preparation(self, preparation: Preparation) -> None:
        """Set what the outputs stand for."""
        self._preparation = preparation

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection, lines: list[TableLine]) -> None:
        """Show a neuron."""
        assert inspection.neuron is not None
        self.page.setVisible(bool(lines))
        self.numbers.show_lines(lines)
        focus = inspection.focus
        if snapshot.neurons is not None and focus.unit is not None:
            known = self._preparation
            class_index = known.output_class(focus.layer, focus.unit) if known is not None else None
            self.picture.show_map(snapshot.neurons[focus.layer][focus.unit], class_index)
        self.bars.show_histogram(inspection.neuron.activations)


class CoursePage(QWidget):
    """A parameter over the epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = EpochPlot(_("value"), False, _("The weight or bias over the epochs"))
        self.plot.setToolTip(_("At the ends of epochs, and where it was shown"))
        self._drawn: Inspection | None = None
        column = bare(QVBoxLayout(self))
        column.addWidget(self.plot)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme, self._drawn = theme, None
        self.plot.set_theme(theme)

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show the course of a parameter; drawn only for another inspection."""
        if inspection is self._drawn or inspection.parameter is None:
            return
        self._drawn = inspection
        positions, values = inspection.parameter.course.T
        self.plot.show_lines([EpochCurve(self._theme.color("train"), positions / snapshot.epoch_length, values)])


# ---------------------------------------------------------------- lines


def lines_of_sample(snapshot: Snapshot, inspection: Inspection, theme: Theme) -> list[TableLine]:
    """What an edge is worth, and the way from the sample to the new value; the memory stands with the batch."""
    rows = [row for row in inspection.rows if not (row.is_detail or row.is_repeated or row.is_rule)]
    return [*loss_without(inspection, theme), *(line_of(row, theme) for row in rows)]


def batch_lines(snapshot: Snapshot, inspection: Inspection, theme: Theme) -> list[TableLine]:
    """What the update makes of the whole batch: the gradient, the rate, what is added, and the new value."""
    told = [row for row in inspection.rows if row.scope == BATCH and not row.is_detail]
    has_mean = inspection.batch > 1
    rows = [line_of(row, theme) for row in told if not (has_mean and row.is_repeated)]
    words = _("what the update added") if inspection.is_made else _("what the update adds")
    return [*rows[:-1], number_line("Δ", words, inspection.change, theme), *rows[-1:]]


def loss_without(inspection: Inspection, theme: Theme) -> list[TableLine]:
    """The loss over all data as it is, and as it would be if the weight were 0; nothing for a bias."""
    numbers = inspection.parameter
    if numbers is None or numbers.loss_if_zero is None:
        return []
    now = _("now {loss}, over all training samples").format(loss=exact(numbers.loss))
    line = number_line("L(0)", _("training loss if it were 0"), numbers.loss_if_zero, theme, now)
    before, after = told_apart(numbers.loss, numbers.loss_if_zero, DIGITS)
    value = f"{before} → <b>{signed_html(theme, numbers.loss_if_zero, after)}</b>"
    return [replace(line, value=value, fewer_words=(_("training loss at 0"), _("loss at 0")))]


def data_lines(snapshot: Snapshot, inspection: Inspection, theme: Theme) -> list[TableLine]:
    """The numbers over all data."""
    if inspection.focus.layer == 0:
        return []
    lines = []
    is_weight = inspection.focus.source is not None
    if inspection.parameter is not None:
        numbers = inspection.parameter
        now = _("without the penalty")
        lines.append(number_line("∂L/∂w" if is_weight else "∂L/∂b", _("all data"), numbers.full_gradient, theme, now))
        lines += loss_without(inspection, theme)
    if inspection.neuron is not None:
        lines += _shares(inspection.neuron)
    elif inspection.parameter is not None:
        optimizer = OPTIMIZERS[snapshot.settings.optimizer]
        memory = inspection.parameter.memory.items()
        lines += [number_line(letter, optimizer.words(letter), value, theme) for letter, value in memory]
    return lines


def _shares(neuron: NeuronDiagnosis) -> list[TableLine]:
    def line(symbol: str, words: str, share: float, rule: str) -> TableLine:
        value = f"<b>{percent(share)}</b>"
        return TableLine(symbol, words, value, value, f"{words}: {percent(share)}; {rule}")

    return [
        line("a = 0", _("of the samples"), neuron.zero_share, DEAD_RULE),
        line("f′ ≈ 0", _("of the samples"), neuron.flat_share, SATURATED_RULE),
    ]
