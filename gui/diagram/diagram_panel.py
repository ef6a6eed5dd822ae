"""The network diagram with the controls of its layers above and the scale of its edges below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtGui import QPalette, QResizeEvent
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.training.experiment import Experiment
from gui.diagram.diagram_footer import FOOT, DiagramFooter
from gui.diagram.diagram_view import DiagramView
from gui.diagram.drawing.color_bar import HEIGHT
from gui.diagram.header.layer_header import LayerHeader
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.probe import Probe
    from gui.diagram.walk_scene import WalkScene

TOP = 6
LEAST_TILES = 72
LEAST_WIDTH, LEAST_HEIGHT = 320, TOP + LayerHeader.LEAST_HEIGHT + LEAST_TILES + int(HEIGHT) + FOOT
"""What the diagram needs whatever its header shows; else each new height of the header would move the docks."""
LOW = LEAST_HEIGHT + LayerHeader.MOST_HEIGHT - LayerHeader.LEAST_HEIGHT
"""With less height the tiles need the room of the activations above them."""


class DiagramPanel(QWidget):
    """A diagram view between its header and its footer.

    The controls stand beside the painted view, not on it, so that a new picture does not paint them again.

    Signals:
        changed(dict): fields of the experiment and their new values.
        scale_shown(str, float): what the edges show, as the snapshot's attribute, and the end of their colour scale.
    """

    changed = pyqtSignal(object)
    scale_shown = pyqtSignal(str, float)

    def __init__(self, view: DiagramView, theme: Theme) -> None:
        super().__init__()
        self.view = view
        self._has_scene = False
        self.header = LayerHeader(theme)
        self.footer = DiagramFooter(theme)
        self.header.changed.connect(self.changed)
        view.input_toggled.connect(self.header.toggle_input)
        view.laid_out.connect(self._lay_out)
        view.scale_changed.connect(self._show_scale)
        view.values_changed.connect(self._show_marks)
        self.footer.quantity_chosen.connect(view.set_quantity)
        self.footer.quantity_chosen.connect(self._show_scale)  # its end may be the same as before
        self.footer.numbered_chosen.connect(view.set_numbered)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, TOP, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(view, 1)
        layout.addWidget(self.footer)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.header.set_low(self.height() < LOW)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.view.set_theme(theme)
        self.header.set_theme(theme)
        self.footer.set_theme(theme)

    def for_picture(self) -> DiagramView:
        """The diagram without its controls, for a picture."""
        return self.view.titled_copy(self.size())

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's layers and inputs, without announcing a change."""
        self.header.show_experiment(experiment)

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk, which chooses the quantity of the edges; None for the user's choice again."""
        self._has_scene = scene is not None
        self.view.show_scene(scene)
        self._show_scale()

    def show_probe(self, probe: Probe | None) -> None:
        """Write the activations at a point beside the neurons; None for no point."""
        self.view.show_probe(probe)

    def _lay_out(self) -> None:
        diagram = self.view.diagram()
        self.header.lay_out(diagram)
        self.footer.show_net(diagram, self.header.has_fields)

    def _show_scale(self) -> None:
        quantity, end = self.view.quantity, self.view.scale_end
        self.footer.show_scale(quantity, end, not self._has_scene)
        self.scale_shown.emit(quantity.attribute, end)

    def _show_marks(self) -> None:
        self.footer.strip.show_strongest(self.view.strongest, self.view.awaits_update)
        self.footer.marks.show_marks(self.view.marks)
