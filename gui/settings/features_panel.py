"""The choice of the network's input features."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from core.base.translation import _
from core.data.dataset import MAX_DIMENSIONS
from core.data.features import FEATURES, feature, features_of
from gui.widgets.forms import RESETS
from gui.widgets.plain_text import plain

COLUMNS = 3


class FeaturesField(QWidget):
    """A button for each feature.

    Signals:
        changed(tuple of str): the features as the user wants them.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QToolButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3)
        self.buttons = {name: self._button(name) for name in FEATURES}

    def set_features(self, names: tuple[str, ...], column_names: tuple[str, ...]) -> None:
        """Check these features among those of points with these columns, without announcing a change."""
        dimensions = len(column_names)
        for name, button in self.buttons.items():
            if name not in features_of(dimensions):
                button.deleteLater()
        self.buttons = {name: self.buttons.get(name) or self._button(name) for name in features_of(dimensions)}
        for name, button in self.buttons.items():
            button.setChecked(name in names)
            label, title = feature(name).label, feature(name).title(column_names)
            button.setToolTip(
                plain(
                    _("Give the network {label}.\n{resets}").format(
                        label=label if title == label else f"{label}: {title}", resets=RESETS
                    )
                )
            )

    def _button(self, name: str) -> QToolButton:
        """Make the button of a feature and put it in its place."""
        label = feature(name).label
        button = QToolButton()
        button.setText(label)
        button.setCheckable(True)
        button.setProperty("role", "feature")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 8)
        button.setAccessibleName(_("Input {label}").format(label=label))
        button.clicked.connect(self._emit)
        self._grid.addWidget(button, *divmod(list(features_of(MAX_DIMENSIONS)).index(name), COLUMNS))
        return button

    def _emit(self) -> None:
        self.changed.emit(tuple(name for name, button in self.buttons.items() if button.isChecked()))
