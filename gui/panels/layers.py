"""The hidden layers: how many, and how many neurons each has."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.experiment import MAX_HIDDEN_LAYERS, MAX_NEURONS
from gui.panels.fields import RESETS, Whole


class LayersField(QWidget):
    """One row for each hidden layer, and a button that adds one.

    Signals:
        changed(tuple of int): the layers as the user wants them.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._hidden: tuple[int, ...] = ()
        self._rows: list[QWidget] = []
        self.spins: list[Whole] = []
        self._count = QLabel()
        self.add = QPushButton("&Add layer")
        self.add.setToolTip(f"Add a hidden layer before the output.\n{RESETS}")
        self.add.clicked.connect(self._add_layer)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self.add)
        self._layout.addLayout(foot)

    def set_layers(self, hidden: tuple[int, ...]) -> None:
        """Show these layers, silently."""
        self._hidden = hidden
        while len(self._rows) < len(hidden):
            self._append_row()
        while len(self._rows) > len(hidden):
            self.spins.pop()
            gone = self._rows.pop()
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for spin, neurons in zip(self.spins, hidden, strict=True):
            spin.set_value(neurons)
        self._count.setText(f"{len(hidden)} hidden layer{'' if len(hidden) == 1 else 's'}")
        self.add.setEnabled(len(hidden) < MAX_HIDDEN_LAYERS)

    def _append_row(self) -> None:
        place = len(self._rows)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        spin = Whole(1, MAX_NEURONS, f"Neurons of hidden layer {place + 1}")
        spin.setSuffix(" neurons")
        spin.setToolTip(f"Neurons of hidden layer {place + 1}.\n{RESETS}")
        spin.valueChanged.connect(self._emit)
        remove = QToolButton()
        remove.setText("✕")
        remove.setAccessibleName(f"Remove hidden layer {place + 1}")
        remove.setToolTip(f"Remove hidden layer {place + 1}.\n{RESETS}")
        remove.clicked.connect(lambda: self._remove_layer(place))
        line.addWidget(QLabel(f"{place + 1}"))
        line.addWidget(spin, 1)
        line.addWidget(remove)
        self._layout.insertWidget(place, holder)
        self._rows.append(holder)
        self.spins.append(spin)

    def _emit(self) -> None:
        self.changed.emit(tuple(spin.value() for spin in self.spins))

    def _add_layer(self) -> None:
        self._want((*self._hidden, self._hidden[-1] if self._hidden else 4))

    def _remove_layer(self, place: int) -> None:
        self._want((*self._hidden[:place], *self._hidden[place + 1 :]))

    def _want(self, hidden: tuple[int, ...]) -> None:
        """Ask for these layers, and show them at once, so that a second click counts from them."""
        if len(hidden) <= MAX_HIDDEN_LAYERS:
            self.set_layers(hidden)
            self.changed.emit(hidden)
