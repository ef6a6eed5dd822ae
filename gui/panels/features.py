"""The network's inputs: which features of a point it is given."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from core.features import FEATURES
from gui.panels.fields import RESETS

COLUMNS = 5


class FeaturesField(QWidget):
    """A button for each feature.

    Signals:
        changed(tuple of str): the features as the user wants them.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QToolButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        for place, (name, feature) in enumerate(FEATURES.items()):
            button = QToolButton()
            button.setText(feature.label)
            button.setCheckable(True)
            button.setProperty("role", "feature")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 8)
            button.setAccessibleName(f"Input {feature.label}")
            button.setToolTip(f"Give the network {feature.label}.\n{RESETS}")
            button.clicked.connect(self._emit)
            self.buttons[name] = button
            grid.addWidget(button, place // COLUMNS, place % COLUMNS)

    def set_features(self, names: tuple[str, ...]) -> None:
        """Show these as chosen, silently."""
        for name, button in self.buttons.items():
            button.setChecked(name in names)

    def _emit(self) -> None:
        self.changed.emit(tuple(name for name, button in self.buttons.items() if button.isChecked()))
