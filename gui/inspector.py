"""The numbers of the edge or neuron that was clicked."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.activations import ACTIVATIONS
from core.network import parameter_name
from core.snapshot import Snapshot
from gui.flags import SELECTABLE
from gui.messages import Loaded
from gui.numbers import exact
from gui.selection import Edge, Selection, unit_name

HINT = "Click an edge or a neuron in the diagram to pin it here with its exact value, its gradient and its last change."
ROWS = ("value", "gradient", "change")


class Inspector(QScrollArea):
    """Shows the exact value, gradient and last change of the pinned weight or bias."""

    def __init__(self) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self._selection: Selection | None = None
        self._snapshot: Snapshot | None = None
        self._title = QLabel(HINT)
        self._title.setWordWrap(True)
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        self._names = {key: QLabel() for key in ROWS}
        self._values = {key: QLabel() for key in ROWS}
        for place, key in enumerate(ROWS):
            self._values[key].setTextInteractionFlags(SELECTABLE)
            self._values[key].setProperty("role", "strong")
            self._values[key].setMinimumWidth(self.fontMetrics().horizontalAdvance("−0.00000000000000000e−00"))
            grid.addWidget(self._names[key], place, 0)
            grid.addWidget(self._values[key], place, 1)
        grid.setColumnStretch(2, 1)
        self._grid.hide()
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._grid)
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(84)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; what was pinned stays pinned if the new network has it."""
        self._loaded = loaded
        self._snapshot = None
        if self._selection is not None and not self._selection.exists(loaded.preparation.sizes):
            self._selection = None
        self._write()

    @property
    def selection(self) -> Selection | None:
        """What is pinned."""
        return self._selection

    def set_selection(self, selection: Selection | None) -> None:
        """Pin something else, or nothing."""
        self._selection = selection
        self._write()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of this moment."""
        self._snapshot = snapshot
        if self._selection is not None:
            self._write()

    def _write(self) -> None:
        selection, snapshot, loaded = self._selection, self._snapshot, self._loaded
        self._grid.setVisible(selection is not None)
        if selection is None or snapshot is None or loaded is None:
            self._title.setText(HINT if selection is None else self._title.text())
            return
        sizes = snapshot.sizes
        index = selection.index(sizes)
        self._title.setText(self._name(selection, loaded, sizes))
        self._grid.setVisible(index is not None)
        if index is None:
            return
        place = parameter_name(sizes, index)
        symbol = "w" if isinstance(selection, Edge) else "b"
        batch = loaded.experiment.batch_size
        whose = "sample" if batch == 1 else f"batch of {batch}"
        self._names["value"].setText(f"{'weight' if symbol == 'w' else 'bias'} {place}")
        self._names["gradient"].setText(f"∂L/∂{symbol}, last {whose}")
        self._names["change"].setText(f"last change −η·∂L/∂{symbol}")
        started = snapshot.position > 0 and snapshot.gradient.any()
        self._values["value"].setText(exact(snapshot.parameters[index]))
        self._values["gradient"].setText(exact(snapshot.gradient[index]) if started else "–")
        self._values["change"].setText(exact(snapshot.last_change[index]) if started else "–")

    def _name(self, selection: Selection, loaded: Loaded, sizes: tuple[int, ...]) -> str:
        preparation = loaded.preparation

        def name(layer: int, unit: int) -> str:
            return unit_name(sizes, layer, unit, preparation.input_names, preparation.output_names)

        if isinstance(selection, Edge):
            start, end = name(selection.layer - 1, selection.source), name(selection.layer, selection.target)
            return f"Edge from {start} to {end}"
        title = name(selection.layer, selection.unit)
        if selection.layer == 0:
            return f"Input {title}: the data's own number, it has no bias"
        kind = ACTIVATIONS[(*loaded.experiment.hidden_activations, loaded.experiment.output)[selection.layer - 1]]
        return f"{title[0].upper()}{title[1:]} ({kind.label}: {kind.formula})"
