"""Settings of the hidden layers: their number, and the neurons and activation of each."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from core.training.experiment import MAX_HIDDEN_LAYERS, MAX_NEURONS
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import RESETS, allow, bare
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.plain_text import plain_label


def activation_choice(names: tuple[str, ...], title: str) -> ChoiceBox:
    """A combo box of activations, each with its formula."""
    choice = ChoiceBox([(name, ACTIVATIONS[name].label) for name in names], title)
    choice.set_tips({name: ACTIVATIONS[name].formula for name in names})
    return choice


@dataclass(frozen=True, eq=False)
class _Row:
    holder: QWidget
    neurons: WholeNumberField
    activation: ChoiceBox


class LayersField(QWidget):
    """One row for each hidden layer, and a button that adds one.

    Signals:
        changed(tuple of int, tuple of str): neurons and activation of each layer as the user wants them. Without a
            layer, in place of the second: the activation of the next one, a str.
    """

    changed = pyqtSignal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._hidden: tuple[int, ...] = ()
        self._names: tuple[str, ...] = ()
        self._last_name = ""  # stays when the last layer goes
        self._rows: list[_Row] = []
        self._count = plain_label()
        self.add = QPushButton(_("&Add layer"))
        self.add.setToolTip(_("Add a hidden layer before the output.\n{resets}").format(resets=RESETS))
        self.add.clicked.connect(self._add_layer)
        self._layout = bare(QVBoxLayout(self), 3)
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self.add)
        self._layout.addLayout(foot)

    @property
    def activations(self) -> list[ChoiceBox]:
        """The activations, a field for each layer."""
        return [row.activation for row in self._rows]

    def set_layers(self, hidden: tuple[int, ...], activations: tuple[str, ...], last: str) -> None:
        """Show these layers, without announcing a change; the next one gets the activation ``last``."""
        self._hidden, self._names, self._last_name = hidden, activations, last
        while len(self._rows) < len(hidden):
            self._append_row()
        while len(self._rows) > len(hidden):
            gone = self._rows.pop().holder
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for row, neurons, name in zip(self._rows, hidden, activations, strict=True):
            row.neurons.set_value(neurons)
            row.activation.set_value(name)
        self._count.setText(ngettext("{n} hidden layer", "{n} hidden layers", len(hidden)).format(n=len(hidden)))
        most = _("a network has at most {n} hidden layers").format(n=MAX_HIDDEN_LAYERS)
        allow(self.add, "" if len(hidden) < MAX_HIDDEN_LAYERS else most)

    def _append_row(self) -> None:
        place = len(self._rows)
        holder = QWidget()
        line = bare(QHBoxLayout(holder))
        neurons = WholeNumberField(1, MAX_NEURONS, _("Neurons of hidden layer {place}").format(place=place + 1))
        neurons.setToolTip(_("Neurons of hidden layer {place}.\n{resets}").format(place=place + 1, resets=RESETS))
        neurons.valueChanged.connect(self._emit)
        activation = activation_choice(
            HIDDEN_ACTIVATIONS, _("Activation of hidden layer {place}").format(place=place + 1)
        )
        activation.setMinimumContentsLength(6)
        activation.setToolTip(
            _("What the neurons of hidden layer {place} make of their sums z.\n{resets}").format(
                place=place + 1, resets=RESETS
            )
        )
        activation.activated.connect(self._emit)
        remove = QToolButton()
        remove.setText("✕")
        remove.setAccessibleName(_("Remove hidden layer {place}").format(place=place + 1))
        remove.setToolTip(_("Remove hidden layer {place}.\n{resets}").format(place=place + 1, resets=RESETS))
        remove.clicked.connect(lambda: self._remove_layer(place))
        number = QLabel(f"{place + 1}")
        number.setMinimumWidth(number.fontMetrics().horizontalAdvance("10"))
        line.addWidget(number)
        line.addWidget(neurons, 2)
        line.addWidget(activation, 3)
        line.addWidget(remove)
        self._layout.insertWidget(place, holder)
        self._rows.append(_Row(holder, neurons, activation))

    def _emit(self) -> None:
        self.changed.emit(
            tuple(row.neurons.value() for row in self._rows), tuple(row.activation.value() for row in self._rows)
        )

    def _add_layer(self) -> None:
        self._want(
            (*self._hidden, self._hidden[-1] if self._hidden else 4),
            (*self._names, self._last_name),
        )

    def _remove_layer(self, place: int) -> None:
        self._want(
            (*self._hidden[:place], *self._hidden[place + 1 :]), (*self._names[:place], *self._names[place + 1 :])
        )

    def _want(self, hidden: tuple[int, ...], activations: tuple[str, ...]) -> None:
        """Request these layers, and show them at once, so that the next click starts from them."""
        if len(hidden) <= MAX_HIDDEN_LAYERS:
            self.set_layers(hidden, activations, activations[-1] if activations else self._last_name)
            self.changed.emit(hidden, activations or self._last_name)
