"""The choice of the network's input features."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from core.base.translation import _
from core.data.dataset import MAX_DIMENSIONS
from core.data.features import FEATURES, feature, features_of
from gui.widgets.elided import Fitting
from gui.widgets.forms import RESETS, bare
from gui.widgets.plain_text import plain

LEAST_WIDTH = 90
COLUMNS, SPACING, SIDES = 5, 3, 8
"""The most columns, the distance of two, and what a button takes beside its text."""


class FeaturesField(Fitting, QWidget):
    """A button for each feature, in as many columns as have room for the names.

    Signals:
        changed(tuple of str): the features as the user wants them.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QToolButton] = {}
        self._grid = bare(QGridLayout(self), SPACING)
        self._columns = 0  # none yet
        self.setMinimumWidth(LEAST_WIDTH)  # else it could never have fewer columns
        self.buttons = {name: self._button(name) for name in FEATURES}

    def set_features(self, names: tuple[str, ...], column_names: tuple[str, ...]) -> None:
        """Check these features among those of points with these columns, without announcing a change."""
        dimensions = len(column_names)
        for name, button in self.buttons.items():
            if name not in features_of(dimensions):
                button.deleteLater()
        self.buttons = {name: self.buttons.get(name) or self._button(name) for name in features_of(dimensions)}
        self._fit(anew=True)
        for name, button in self.buttons.items():
            button.setChecked(name in names)
            button.show()
            label, title = feature(name).label, feature(name).title(column_names)
            button.setToolTip(
                plain(
                    _("Give the network {label}.\n{resets}").format(
                        label=label if title == label else f"{label}: {title}", resets=RESETS
                    )
                )
            )

    def _fit(self, anew: bool = False) -> None:
        """Put the buttons into as many columns as there is room for; ``anew``, since there are others."""
        texts = [button.text() for button in self.buttons.values()]
        needed = SIDES + max(map(self.fontMetrics().horizontalAdvance, texts), default=0)
        columns = min(COLUMNS, max(1, (self.width() + SPACING) // (needed + SPACING)))
        if anew or columns != self._columns:
            self._columns, places = columns, list(features_of(MAX_DIMENSIONS))
            for name, button in self.buttons.items():
                self._grid.addWidget(button, *divmod(places.index(name), columns))

    def _button(self, name: str) -> QToolButton:
        """Make the button of a feature."""
        label = feature(name).label
        button = QToolButton(self)
        button.setText(label)
        button.setCheckable(True)
        button.setProperty("role", "feature")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setAccessibleName(_("Input {label}").format(label=label))
        button.clicked.connect(self._emit)
        return button

    def _emit(self) -> None:
        self.changed.emit(tuple(name for name, button in self.buttons.items() if button.isChecked()))
