"""Settings of the network: its inputs, its layers and their activations."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.base.translation import _
from core.data.features import PLAIN
from core.network.activations import OUTPUT_ACTIVATIONS
from core.network.losses import LOSSES, why_not
from core.training.experiment import Experiment
from gui.settings.features_panel import FeaturesField
from gui.settings.layers_panel import LayersField, activation_choice
from gui.widgets.forms import bare, group, row


class NetworkSettings(QWidget):
    """Edits ``features``, ``hidden``, ``activation`` and ``output`` of an experiment.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.features = FeaturesField()
        self.features.changed.connect(lambda names: self.changed.emit({"features": names}))
        self.layers = LayersField()
        self.layers.changed.connect(lambda hidden, names: self.changed.emit({"hidden": hidden, "activation": names}))
        self.output = activation_choice(OUTPUT_ACTIVATIONS, _("Output activation"))
        self.output.activated.connect(lambda: self.changed.emit({"output": self.output.value()}))
        box, form = group(_("Network"))
        form.addRow(self.features)
        form.addRow(self.layers)
        row(
            form,
            _("Output"),
            self.output,
            _("What the outputs make of their sums: one for each class, or the number."),
        )
        layout = bare(QVBoxLayout(self))
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        choice = experiment.data.choice
        self.features.set_features(experiment.features, PLAIN if choice is None else choice.columns)
        self.layers.set_layers(experiment.hidden, experiment.hidden_activations, experiment.last_activation)
        loss = LOSSES[experiment.loss]
        self.output.refuse({name: why_not(loss, name, experiment.task) for name in OUTPUT_ACTIVATIONS})
        self.output.set_value(experiment.output)
