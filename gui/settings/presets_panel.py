"""The presets with their commentaries."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from core.training.experiment import Experiment
from core.training.presets import PRESETS
from gui.widgets.fields import ChoiceBox
from gui.widgets.flags import TOP_LEFT
from gui.widgets.forms import RESETS

OWN = ""


class PresetsPanel(QWidget):
    """Chooses a preset and describes it.

    Signals:
        chosen(Preset): the user wants to see this one.
    """

    chosen = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choice = ChoiceBox([(name, preset.title) for name, preset in PRESETS.items()], "Preset")
        self.choice.setToolTip(f"An experiment that is worth seeing.\n{RESETS}")
        self.choice.activated.connect(self._choose)
        self._commentary = QLabel()
        self._commentary.setWordWrap(True)
        self._commentary.setProperty("role", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.choice)
        self._commentary.setAlignment(TOP_LEFT)
        area = QScrollArea()
        area.setWidget(self._commentary)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedHeight(8 * self.fontMetrics().lineSpacing())
        area.setAccessibleName("What the preset shows")
        layout.addWidget(area)
        self._area = area

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which preset an experiment is, if it is one."""
        name = next((name for name, preset in PRESETS.items() if preset.experiment == experiment), OWN)
        own = self.choice.findData(OWN)
        if name == OWN and own < 0:
            self.choice.insertItem(0, "Your own settings", OWN)
        elif name != OWN and own >= 0:
            self.choice.removeItem(own)
        self.choice.set_value(name)
        preset = PRESETS.get(name)
        self._area.setVisible(preset is not None)
        self._commentary.setText(preset.commentary if preset else "")

    def _choose(self) -> None:
        name = self.choice.value()
        if name != OWN:
            self.chosen.emit(PRESETS[name])
