"""The line below the loss plot: what the record says under the mouse, or else the title of the axis."""

from __future__ import annotations

from PyQt5.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.base.translation import _
from gui.curves.epoch_axis import AUTOMATIC, LINEAR, LOGARITHMIC, EpochScale
from gui.widgets.elided import Elided
from gui.widgets.forms import MenuButton
from gui.widgets.plots import SIDE
from gui.widgets.qt_objects import existing

WORDS = {
    AUTOMATIC: _("epochs: automatic"),
    LINEAR: _("epochs: linear"),
    LOGARITHMIC: _("epochs: logarithmic"),
}


class PlotFoot(QWidget):
    """A note and, at the right, the title of the axis of epochs.

    Attributes:
        choice: the button that chooses the axis, which stands elsewhere; its menu is filled by
            :class:`gui.curves.epoch_commands.EpochCommands`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._note, self._title = Elided(), QLabel(_("epoch"))
        for part in (self._note, self._title):
            part.setProperty("role", "faint")
        self.choice = MenuButton(self, _("Axis of the epochs"))
        self.choice.setToolTip(_("Whether early epochs are wider than late ones, here and in the timeline"))
        line = QHBoxLayout(self)
        line.setContentsMargins(SIDE, 0, 0, 0)
        line.addWidget(self._note, 1)
        line.addWidget(self._title)

    def show_scale(self, scale: EpochScale) -> None:
        """Say at the axis that it is bent."""
        self._title.setText(_("epoch") if scale.is_linear else _("epoch (early ones wider)"))

    def show_choice(self, choice: str) -> None:
        """Name the kind of axis on the button."""
        self.choice.show_text(WORDS[choice])
        self.choice.setFixedWidth(self.choice.room())

    def write(self, note: str, needs_all: bool = False) -> None:
        """Write a note; one that needs all of the line stands there alone."""
        if self._title.isHidden() != needs_all:
            self._title.setVisible(not needs_all)
            existing(self.layout()).activate()  # or the note would be shortened to its former room
        self._note.set_full(note)
