"""The network diagram under its heading and the choice of what its edges show."""

from __future__ import annotations

from PyQt5.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.diagram.diagram_view import DiagramView
from gui.diagram.edge_quantity import QUANTITIES
from gui.diagram.walk_scene import WalkScene


class DiagramPanel(QWidget):
    """A diagram view with a combo box for the quantity that its edges show."""

    def __init__(self, view: DiagramView) -> None:
        super().__init__()
        self._view = view
        self.choice = QComboBox()
        self.choice.addItems([quantity.label for quantity in QUANTITIES])
        self.choice.setToolTip("What the edges' colour and width show")
        self.choice.setAccessibleName("Colour edges by")
        self.choice.currentIndexChanged.connect(lambda index: view.set_quantity(QUANTITIES[index]))
        label = QLabel("&Colour edges by")
        label.setBuddy(self.choice)
        title = QLabel("Network")
        title.setProperty("role", "strong")
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(label)
        head.addWidget(self.choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(view, 1)

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk, which chooses the quantity of the edges; None for the user's choice again."""
        self.choice.setEnabled(scene is None)
        self._view.show_scene(scene)
