"""The line at the foot of the loss plot: what the record says under the mouse, a note, and the title of the axis."""

from __future__ import annotations

from PyQt5.QtCore import QRect, QSize
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.base.translation import _
from gui.curves.epoch_axis import AUTOMATIC, LINEAR, LOGARITHMIC, EpochScale
from gui.widgets.elided import Elided, Fitting
from gui.widgets.forms import MenuButton
from gui.widgets.plots import AXIS_WIDTH, FLAT_GAP, SIDE
from gui.widgets.qt_objects import existing

TITLE, BENT_TITLE, BENT = _("epoch"), _("log epoch"), _("epoch (early ones wider)")
WORDS = {
    AUTOMATIC: _("epochs: automatic"),
    LINEAR: _("epochs: linear"),
    LOGARITHMIC: _("epochs: logarithmic"),
}


class PlotFoot(Fitting, QWidget):
    """A note below the plot and, at the right, the title of the axis of epochs.

    Where the plot is low, it lies over the numbers of the axis, which take the place of the note while no record is
    read; the short title then stands before them.

    Attributes:
        choice: the button that chooses the axis, which stands elsewhere; its menu is filled by
            :class:`gui.curves.epoch_commands.EpochCommands`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._note, self._title = Elided(), QLabel()
        self._is_low = False
        self._kept, self._read, self._shorter, self._is_bent = "", "", "", False
        for part in (self._note, self._title):
            part.setProperty("role", "faint")
        self.choice = MenuButton(self, _("Axis of the epochs"))
        self.choice.setToolTip(_("Whether early epochs are wider than late ones, here and in the timeline"))
        self._line = QHBoxLayout(self)
        self._line.addWidget(self._note, 1)
        self._line.addWidget(self._title)
        self._show()

    def set_low(self, is_low: bool) -> None:
        """Lie over the axis, or below the plot."""
        self._is_low = is_low
        self._line.setDirection(QHBoxLayout.Direction.RightToLeft if is_low else QHBoxLayout.Direction.LeftToRight)
        self._show()

    def show_scale(self, scale: EpochScale) -> None:
        """Say at the axis that it is bent."""
        self._is_bent = not scale.is_linear
        self._show()

    def show_choice(self, choice: str) -> None:
        """Name the kind of axis on the button."""
        self.choice.show_text(WORDS[choice])

    def room_of_tools(self, size: QSize) -> QRect:
        """Where something of this size lies: over the note or the numbers of the axis.

        It lies over the title as well only where there is no room beside it.
        """
        whole = self.geometry()
        whole.setTop(whole.bottom() + 1 - size.height())
        if self._is_low:
            beside = whole.adjusted(AXIS_WIDTH, 0, 0, 0)
        else:
            beside = whole.adjusted(0, 0, self._title.x() - whole.width(), 0)
        return beside if size.width() <= beside.width() else whole

    def write(self, note: str) -> None:
        """Write a note, beside the title of the axis."""
        self._write(note, "", "")

    def write_read(self, text: str, shorter: str) -> None:
        """Write what is read from the record, which stands there alone; the shorter text where there is little room."""
        self._write("", text, shorter)

    def _write(self, *texts: str) -> None:
        if texts != (self._kept, self._read, self._shorter):
            self._kept, self._read, self._shorter = texts
            self._show()

    def _show(self) -> None:
        note = self._read or ("" if self._is_low else self._kept)
        whole = BENT if self._is_bent else TITLE
        self._title.setToolTip("\n".join(filter(None, (whole, self._kept))) if self._is_low else "")
        self._title.setVisible(not self._read)
        self._note.setAutoFillBackground(self._is_low and bool(note))
        self._fit()
        existing(self.layout()).activate()  # or the note would be shortened to its former room
        self._note.set_full(note, self._shorter)

    def _fit(self) -> None:
        """Let the title end before the numbers of the axis, where it stands before them."""
        whole = BENT if self._is_bent else TITLE
        has_room = self._title.fontMetrics().horizontalAdvance(BENT_TITLE) <= AXIS_WIDTH - FLAT_GAP / 2.0
        self._title.setText(whole if not self._is_low else BENT_TITLE if self._is_bent and has_room else TITLE)
        room = AXIS_WIDTH - FLAT_GAP - self._title.sizeHint().width()
        self._line.setContentsMargins(max(0, min(SIDE, int(room))) if self._is_low else SIDE, 0, 0, 0)
