"""The settings that are needed seldom, one group below the other."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.training.experiment import Experiment
from gui.settings.more_panel import MoreSettings
from gui.settings.network_panel import NetworkSettings
from gui.settings.training_panel import TrainingSettings
from gui.widgets.forms import bare


class SeldomSettings(QWidget):
    """Holds the panels; attributes: layers, training, more.

    Args:
        points: how the points of the data are drawn, a group of its own.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self, points: QWidget) -> None:
        super().__init__()
        self.layers, self.training, self.more = NetworkSettings(), TrainingSettings(), MoreSettings()
        column = bare(QVBoxLayout(self), 6)
        for panel in (self.layers, points, self.training, self.more):
            column.addWidget(panel)
        for panel in (self.layers, self.training, self.more):
            panel.changed.connect(self.changed)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        for panel in (self.layers, self.training, self.more):
            panel.show_experiment(experiment)
