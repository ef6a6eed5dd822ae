"""All panels that edit an experiment: the strip, the column at the left, and the column of what is needed seldom."""

from __future__ import annotations

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.training.experiment import Experiment
from gui.settings.data_panel import DataPanel
from gui.settings.more_panel import MoreSettings
from gui.settings.network_panel import NetworkSettings
from gui.settings.presets_panel import AboutPreset, PresetsPanel
from gui.settings.strip import SettingsStrip
from gui.settings.training_panel import TrainingSettings
from gui.widgets.forms import ScrollColumn
from gui.widgets.theme import Theme


class SettingsPanels(QObject):
    """Makes the panels and puts them into columns.

    Signals:
        changed(dict, object): fields of the experiment and their new values; the gesture that they belong to, or None.

    Attributes:
        strip, presets, data, layers, training, more: the panels.
        first, rest: the column at the left, and that of what is needed seldom.
    """

    changed = pyqtSignal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.strip = SettingsStrip()
        self.presets, self.data = PresetsPanel(theme), DataPanel(theme)
        self.layers, self.training, self.more = NetworkSettings(), TrainingSettings(), MoreSettings()
        self.data.changed.connect(self.changed)
        for panel in (self.strip, self.layers, self.training, self.more):
            panel.changed.connect(lambda fields: self.changed.emit(fields, None))
        self.first = _FirstColumn(_in_column(self.data, self.presets), self.presets.about)
        self.rest = _in_column(self.layers, self.data.details, self.training, self.more)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        for panel in (self.strip, self.presets, self.data, self.layers, self.training, self.more):
            panel.show_experiment(experiment)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.data.set_theme(theme)
        self.presets.set_theme(theme)


class _FirstColumn(QWidget):
    """Data and presets, and below them, where it does not move them, the commentary."""

    def __init__(self, column: ScrollColumn, about: AboutPreset) -> None:
        super().__init__()
        self._about = about
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(4)
        layout.addWidget(column, 1)
        place = QHBoxLayout()
        place.setContentsMargins(6, 0, 14, 0)  # with the margins of a card, as wide as the presets
        place.addWidget(about)
        layout.addLayout(place)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        self._about.fit_height()


def _in_column(*panels: QWidget) -> ScrollColumn:
    """Return the panels below each other, in an area that scrolls."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(14, 4, 12, 8)
    column.setSpacing(6)
    for panel in panels:
        column.addWidget(panel)
    column.addStretch(1)
    return ScrollColumn(inside)
