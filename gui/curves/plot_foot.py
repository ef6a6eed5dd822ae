"""The line below the loss plot: what the record says under the mouse, or else the choice of the axis of epochs."""

from __future__ import annotations

from PyQt5.QtWidgets import QHBoxLayout, QWidget

from core.base.translation import _
from gui.widgets.elided import Elided
from gui.widgets.forms import MenuButton
from gui.widgets.qt_objects import existing


class PlotFoot(QWidget):
    """A note and, at the right, the button that names the axis.

    Attributes:
        choice: the button; its menu is filled by :class:`gui.curves.epoch_commands.EpochCommands`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._note = Elided()
        self._note.setProperty("role", "faint")
        self.choice = MenuButton(self, _("Axis of the epochs"))
        self.choice.setToolTip(_("Whether early epochs are wider than late ones, here and in the timeline"))
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self._note, 1)
        line.addWidget(self.choice)

    def show_choice(self, choice: str) -> None:
        """Name the kind of axis."""
        self.choice.show_text(_("epochs: {choice}").format(choice=choice))
        self.choice.setFixedWidth(self.choice.room())
        self.setFixedHeight(self.choice.sizeHint().height())

    def write(self, note: str, needs_all: bool = False) -> None:
        """Write a note; one that needs all of the line stands there alone."""
        if self.choice.isHidden() != needs_all:
            self.choice.setVisible(not needs_all)
            existing(self.layout()).activate()  # or the note would be shortened to its former room
        self._note.set_full(note)
