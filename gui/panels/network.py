"""Settings of the network: its layers and their activations."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.experiment import Experiment
from gui.panels.fields import Choice, group, row
from gui.panels.layers import LayersField


class NetworkSettings(QWidget):
    """Edits ``hidden``, ``activation`` and ``output`` of an experiment.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.layers = LayersField()
        self.layers.changed.connect(lambda hidden: self.changed.emit({"hidden": hidden}))
        self.activation = _activation_choice(HIDDEN_ACTIVATIONS, "Hidden activation")
        self.activation.activated.connect(lambda: self.changed.emit({"activation": self.activation.value()}))
        self.output = _activation_choice(OUTPUT_ACTIVATIONS, "Output activation")
        self.output.activated.connect(lambda: self.changed.emit({"output": self.output.value()}))
        box, form = group("Network")
        form.addRow(self.layers)
        row(form, "Hidden", self.activation, "What each hidden neuron makes of its sum z.")
        row(form, "Output", self.output, "What the output neurons, one for each class, make of their sums.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show what is true."""
        self.layers.set_layers(experiment.hidden)
        self.activation.set_value(experiment.hidden_activations[0] if experiment.hidden else "")
        self.activation.setEnabled(bool(experiment.hidden))
        self.output.set_value(experiment.output)


def _activation_choice(names: tuple[str, ...], title: str) -> Choice:
    choice = Choice([(name, ACTIVATIONS[name].label) for name in names], title)
    for place, name in enumerate(names):
        choice.setItemData(place, ACTIVATIONS[name].formula, Qt.ItemDataRole.ToolTipRole)
    return choice
