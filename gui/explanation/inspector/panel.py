"""The inspector: it chooses the page, writes the heading, and requests the numbers from the worker."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtGui import QHideEvent, QShowEvent
from PyQt5.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from core.explain.inspection import Focus
from core.explain.picked_part import Edge, Neuron, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.explanation.inspector.edge_page import EdgePage
from gui.explanation.inspector.layer_page import LayerPage
from gui.explanation.inspector.net_page import NetPage
from gui.explanation.inspector.neuron_page import NeuronPage
from gui.widgets.elided import Elided
from gui.widgets.fields import ChoiceBox
from gui.widgets.plain_text import plain_label
from gui.widgets.theme import LIGHT, Theme

HINT = "Click an edge or a neuron."
NET, LAYER, PICKED = "net", "layer", "picked"
WAITING = "…"


class Inspector(QWidget):
    """Shows the network, a layer, or the selected edge or neuron.

    Without a pin it shows the net; a new pin shows itself, and its layer is one click away.

    Signals:
        focus_changed(Focus or None): what the next snapshots must hold an inspection of.
    """

    focus_changed = pyqtSignal(object)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self._selection: Part | None = None
        self._snapshot: Snapshot | None = None
        self._focus: Focus | None = None
        self.net, self.layer, self.edge, self.neuron = NetPage(), LayerPage(), EdgePage(), NeuronPage()
        self.title = Elided()
        self._waiting = plain_label(WAITING)
        self._waiting.setIndent(10)
        self._pages = QStackedWidget()
        for page in (self.net, self.layer, self.edge, self.neuron, self._waiting):
            self._pages.addWidget(page)
        self._group = QButtonGroup(self)
        self.buttons = {
            NET: self._button("Net", "How much gradient reaches each layer, over the epochs"),
            LAYER: self._button("Layer", "A layer's matrices, distributions, norms, and dead neurons"),
            PICKED: self._button("Picked", "The edge or neuron that was clicked in the diagram"),
        }
        self.layers = ChoiceBox([], "Which layer is inspected")
        self.layers.setMinimumContentsLength(5)
        self.layers.setToolTip("Which layer is inspected")
        self._lay_out()
        self.set_theme(theme)
        self._group.buttonClicked.connect(self._show)
        self.layers.activated.connect(self._pick_layer)
        self.buttons[NET].setChecked(True)
        self.setMinimumHeight(118)
        self._show()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setProperty("role", "feature")
        self._group.addButton(button)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 2, 10, 0)
        head.setSpacing(4)
        head.addWidget(self.buttons[NET])
        head.addWidget(self.buttons[LAYER])
        head.addWidget(self.layers)
        head.addWidget(self.buttons[PICKED])
        head.addSpacing(6)
        head.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)

    # ---------------------------------------------------------------- what to show

    @property
    def selection(self) -> Part | None:
        """The selected part."""
        return self._selection

    @property
    def view(self) -> str:
        """NET, LAYER or PICKED."""
        return next(name for name, button in self.buttons.items() if button.isChecked())

    @property
    def focus(self) -> Focus | None:
        """What the snapshots must inspect; None for nothing, as while the inspector is hidden."""
        return self._focus

    def page(self) -> EdgePage | NeuronPage | LayerPage | None:
        """The page that shows the focus; None for the network."""
        if self.view == NET:
            return None
        if self.view == LAYER:
            return self.layer
        return self.edge if isinstance(self._selection, Edge) else self.neuron

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for page in (self.net, self.layer, self.edge, self.neuron):
            page.set_theme(theme)
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the selection is kept if the new network has the part."""
        self._loaded, self._snapshot = loaded, None
        sizes = loaded.preparation.sizes
        self.layer.set_preparation(loaded.preparation)
        if self._selection is not None and not self._selection.exists(sizes):
            self._selection = None
        if self.layers.count() != len(sizes) - 1:
            self.layers.clear()
            for layer in range(1, len(sizes)):
                self.layers.addItem("Output" if layer == len(sizes) - 1 else str(layer), layer)
        if self._selection is None and self.view == PICKED:
            self.buttons[NET].setChecked(True)
        if loaded.canvas is not None:
            self._pages.setCurrentWidget(self._waiting)
        self._show()

    def set_selection(self, selection: Part | None) -> None:
        """Select and show another part; None to show the network."""
        if selection is None and self._selection is None and self.view == NET:
            return
        self._selection = selection
        if selection is None:
            self.buttons[NET].setChecked(True)
        else:
            self.buttons[PICKED].setChecked(True)
            if selection.layer > 0:
                self.layers.setCurrentIndex(selection.layer - 1)
        self._show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another snapshot; beside a canvas nothing, since nothing is trained on its points."""
        if self._loaded is None or self._loaded.canvas is None:
            self._snapshot = snapshot
            self._draw()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._ask()
        self._draw()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._ask()

    # ---------------------------------------------------------------- inside

    def _pick_layer(self) -> None:
        self.buttons[LAYER].setChecked(True)
        self._show()

    def _show(self) -> None:
        """Request what the present page needs, and show what is known already."""
        picked = self.buttons[PICKED]
        picked.setVisible(self._selection is not None)
        picked.setText({Edge: "Edge", Neuron: "Neuron"}.get(type(self._selection), "Picked"))
        self.title.set_full(self._title())
        self._ask()
        self._draw()

    def _ask(self) -> None:
        focus = self._wanted_focus() if self.isVisible() else None
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit(focus)

    def _wanted_focus(self) -> Focus | None:
        if self.view == NET or self._loaded is None:
            return None
        if self.view == LAYER:
            return Focus(self.layers.currentIndex() + 1)
        if isinstance(self._selection, Edge):
            return Focus(self._selection.layer, self._selection.target, self._selection.source)
        return None if self._selection is None else Focus(self._selection.layer, self._selection.unit)

    def _draw(self) -> None:
        """Draw all that depends on the snapshot; nothing while the inspector is hidden."""
        snapshot = self._snapshot
        if not self.isVisible() or snapshot is None:
            return
        if self.view == NET:
            self.net.show_snapshot(snapshot)
            self._pages.setCurrentWidget(self.net)
            return
        inspection, page = snapshot.inspection, self.page()
        if page is None:
            return
        if inspection is not None and inspection.focus == self._focus:
            page.show_inspection(snapshot, inspection)
            self._pages.setCurrentWidget(page)
        elif self._pages.currentWidget() is not page:  # otherwise the old page is kept until the numbers arrive
            self._pages.setCurrentWidget(self._waiting)

    def _title(self) -> str:
        if self._loaded is None or self.view == NET:
            return HINT
        preparation = self._loaded.preparation
        kinds = preparation.activations
        if self.view == LAYER:
            layer = self.layers.currentIndex() + 1
            sizes = preparation.sizes
            name = "Output" if layer == len(kinds) else f"Layer {layer}"
            return f"{name}: {sizes[layer - 1]} inputs, {sizes[layer]} neurons, {kinds[layer - 1].label}"
        selection = self._selection
        if selection is None:
            return HINT
        name = selection_name(selection, preparation)
        if isinstance(selection, Edge):
            return f"Edge {name}"
        if selection.layer == 0:
            return f"Input {name}: the data's own number, it has no bias"
        kind = kinds[selection.layer - 1]
        return f"{capital(name)} ({kind.label}: {kind.formula})"
