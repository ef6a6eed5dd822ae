"""The card on a layer: its matrices; its norms, distributions, and dead and saturated neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import pyqtBoundSignal, pyqtSignal
from PyQt5.QtWidgets import QAction, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from core.base.number_text import exact, short
from core.base.translation import _, ngettext
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE
from core.explain.gradient_flow import norm_text
from core.explain.picked_part import Neuron, capital
from core.explain.snapshot import Snapshot
from core.network.network import parameter_views
from core.training.preparation import Preparation
from gui.diagram.drawing.edge_quantity import NO_UPDATE
from gui.explanation.inspector.card_text import ends_of, which
from gui.explanation.inspector.histogram_view import HistogramView
from gui.explanation.inspector.matrix_tables import MatrixTable
from gui.explanation.inspector.matrix_view import MatrixView
from gui.explanation.inspector.row_table import TableLine
from gui.explanation.inspector.table_page import TablePage
from gui.widgets.elided import Elided
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import LayerDiagnosis
    from core.explain.inspection import Inspection, LayerNumbers

WEIGHTS, GRADIENT, CHANGE, FULL_GRADIENT, ACTIVATIONS = "weights", "gradient", "change", "full", "activations"
MATRICES = [
    (WEIGHTS, _("Weights")),
    (GRADIENT, _("Gradient, last batch")),
    (FULL_GRADIENT, _("Gradient, all data")),
    (CHANGE, _("Last change")),
    (ACTIVATIONS, _("Activations")),
]
OF_UPDATE = GRADIENT, CHANGE
ATTRIBUTES = {WEIGHTS: "parameters", GRADIENT: "gradient", CHANGE: "last_change"}
"""What a snapshot holds itself, which the diagram's edges can show as well."""
TIPS = {
    WEIGHTS: _("A row for each input of the layer and one for the biases, a column for each neuron"),
    GRADIENT: _("Of the last update, with the weights before it, penalty included"),
    FULL_GRADIENT: _("Of the mean loss over the whole training set, with the weights of the place that is shown"),
    CHANGE: _("What the last update added"),
    ACTIVATIONS: _("Of at most 64 training samples, a row each"),
}
HISTOGRAMS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("weights", (_("Weights"),), _("weights and biases"), _("Weights and biases of the layer")),
    (
        "gradients",
        (_("Gradient, all data"), _("Gradient, all")),
        _("weights and biases"),
        _("∂L/∂w and ∂L/∂b, mean over the whole training set"),
    ),
    ("activations", (_("Activations"),), "activations", _("Activations of all neurons for all training samples")),
)


class MatrixPage(QWidget):
    """Shows a matrix of a layer.

    Signals:
        copy_wanted(MatrixTable), save_wanted(MatrixTable): the user wants to copy or save the shown matrix.
    """

    copy_wanted = pyqtSignal(object)
    save_wanted = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.what = ChoiceBox(MATRICES, _("Which matrix of the layer"))
        self.what.setMinimumContentsLength(6)
        self.what.set_tips(TIPS)
        self.what.setToolTip(_("Which matrix of the layer is shown"))
        self.matrix = MatrixView()
        self.told = Elided()
        self.told.setProperty("role", "faint")
        self.button = QToolButton()
        self._lay_out()
        self._preparation: Preparation | None = None
        self._shown: tuple[Snapshot, Inspection] | None = None
        self._table: MatrixTable | None = None
        self._scale = "", 0.0
        self.what.currentIndexChanged.connect(self._show_matrix)
        self.matrix.told.connect(self._tell)

    def _lay_out(self) -> None:
        self.button.setText(_("Table ▾"))
        self.button.setProperty("role", "menu")
        self.button.setToolTip(_("Take the matrix away as text"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.button)
        self.copy, self.save = QAction(_("&Copy as text"), menu), QAction(_("&Save as CSV…"), menu)
        self.copy.triggered.connect(lambda: self._take(self.copy_wanted))
        self.save.triggered.connect(lambda: self._take(self.save_wanted))
        menu.addActions([self.copy, self.save])
        self.button.setMenu(menu)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.what)
        head.addWidget(self.button)
        head.addWidget(self.told, 1)
        layout = bare(QVBoxLayout(self), 2)
        layout.addLayout(head)
        layout.addWidget(self.matrix, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.matrix.set_theme(theme)

    def set_preparation(self, preparation: Preparation) -> None:
        """Set the names of inputs and outputs."""
        self._preparation = preparation
        self._shown = self._table = None

    def follow_scale(self, attribute: str, end: float) -> None:
        """Draw the numbers that the diagram's edges show on their colour scale."""
        if (attribute, end) != self._scale:
            self._scale = attribute, end
            self._show_matrix()

    @property
    def table(self) -> MatrixTable | None:
        """The shown matrix."""
        return self._table

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show a layer; weights, last gradient and last change are those of the snapshot."""
        self._shown = snapshot, inspection
        self._show_matrix()

    def _show_matrix(self) -> None:
        if self._shown is None or self._preparation is None:
            return
        snapshot, inspection = self._shown
        assert inspection.layer is not None
        layer, what = inspection.focus.layer, self.what.value()
        columns = unit_names(self._preparation, layer)
        title = f"{self.what.currentText()}, {_layer_title(self._preparation, layer)}"
        if what == ACTIVATIONS:
            rows = tuple(_("row {row}").format(row=row) for row in inspection.layer.rows.tolist())
            self._table = MatrixTable(title, inspection.layer.activations, rows, columns, _("sample ↓  in →"))
        else:
            is_full = what == FULL_GRADIENT
            vector = inspection.layer.full_gradient if is_full else getattr(snapshot, ATTRIBUTES[what])
            W, b = parameter_views(snapshot.sizes, vector)
            rows = (*unit_names(self._preparation, layer - 1), _("bias"))
            self._table = MatrixTable(title, np.vstack([W[layer - 1], b[layer - 1]]), rows, columns, _("from ↓  to →"))
        attribute, end = self._scale
        note = NO_UPDATE if what in OF_UPDATE and not snapshot.has_update else ""
        self.matrix.show_table(self._table, end if ATTRIBUTES.get(what) == attribute else 0.0, note)

    def _tell(self, text: str) -> None:
        scale = _("−{end} … {end}; point at a cell for its number").format(end=short(self.matrix.end, 2))
        self.told.set_full(text or capital(self.matrix.note) or scale)

    def _take(self, signal: pyqtBoundSignal) -> None:
        if self._table is not None:
            signal.emit(self._table)


def unit_names(preparation: Preparation, layer: int) -> tuple[str, ...]:
    """The names of a layer's units: columns, numbers from 1, or outputs."""
    return tuple(ends_of(Neuron(layer, unit), preparation) for unit in range(preparation.sizes[layer]))


def _layer_title(preparation: Preparation, layer: int) -> str:
    return _("output") if layer == len(preparation.sizes) - 1 else _("layer {layer}").format(layer=layer)


class LayerData(QWidget):
    """A layer over all data: norms, dead and saturated neurons, and distributions."""

    def __init__(self) -> None:
        super().__init__()
        self.page = TablePage(_("Norms of the layer, and its dead and saturated neurons"))
        self.numbers = self.page.table
        self.bars = {key: HistogramView(titles, noun, tip) for key, titles, noun, tip in HISTOGRAMS}
        line = bare(QHBoxLayout(self), 10)
        line.addWidget(self.page, 6)
        for bars in self.bars.values():
            line.addWidget(bars, 2)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for view in (self.numbers, *self.bars.values()):
            view.set_theme(theme)

    def show_inspection(self, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show a layer."""
        assert inspection.layer is not None
        diagnosis = inspection.layer.diagnosis
        self.numbers.show_lines(_norm_lines(diagnosis, inspection.layer))
        for key, bars in self.bars.items():
            bars.show_histogram(getattr(diagnosis, key))


def _norm_lines(layer: LayerDiagnosis, numbers: LayerNumbers) -> list[TableLine]:
    units, samples = len(layer.dead), len(numbers.rows)

    def some(name: str, flags: np.ndarray, rule: str) -> TableLine:
        value = _("<b>{count}</b> of {units}").format(count=int(flags.sum()), units=units)
        return TableLine("", name, value, value, rule + which(flags, units))

    def norm(symbol: str, name: str, value: float, tip: str, is_there: bool = True) -> TableLine:
        text = f"<b>{norm_text(value)}</b>" if is_there else NO_UPDATE
        return TableLine(symbol, name, text, text, f"{tip}: {exact(value) if is_there else NO_UPDATE}")

    return [
        norm(
            "‖W‖", _("weights"), layer.weight_norm,
            _("Norm: root of the sum of the squares of all weights and biases"),
        ),
        norm(
            "‖g‖", _("gradient, last batch"), layer.gradient_norm,
            _("Norm of the gradient that the last update used"), numbers.has_update,
        ),
        norm(
            "‖gᵢ‖", ngettext("gradient, {n} sample", "gradient, {n} samples", samples).format(n=samples), layer.flow,
            _("Norm: root mean square of the own gradients of single training samples, which the net's view draws"),
        ),
        norm("‖ΔW‖", _("last change"), layer.change_norm, _("Norm of what the last update added"), numbers.has_update),
        some(_("dead"), layer.dead, DEAD_RULE),
        some(_("saturated"), layer.saturated, SATURATED_RULE),
    ]  # fmt: skip
