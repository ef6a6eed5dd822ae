"""The choice of what the plot shows: the answer, how sure the network is, or its mistakes."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal

from core.base.translation import _
from gui.decision.map_layer import ANSWER, MISTAKES, SURE
from gui.widgets.forms import Segments, choice_segment

LABELS = {ANSWER: _("answer"), SURE: _("how sure"), MISTAKES: _("mistakes")}
TIPS = {
    ANSWER: _("The class that wins at each place: the paler, the less sure"),
    SURE: _("How far the winning class leads, whichever it is: from 0, undecided, to 1, quite sure"),
    MISTAKES: _("The points that the network gets wrong, among pale ones"),
}


class ViewChoice(Segments):
    """A button for each view; that of the shown one is lit.

    Signals:
        chosen(str): one of VIEWS, perhaps the same again.
    """

    chosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons = {
            view: choice_segment(label, _("Show {view}").format(view=label)) for view, label in LABELS.items()
        }
        for view, button in self.buttons.items():
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _, view=view: self.choose(view))
            self.add(button)
        self._view, self._is_shown = ANSWER, True
        self._light()
        self.offer(True)

    def choose(self, view: str) -> None:
        """Choose a view."""
        self._view = view
        self._light()
        self.chosen.emit(view)

    def show_neuron(self, is_shown: bool) -> None:
        """Light no view while the map of a neuron is shown in its place."""
        self._is_shown = not is_shown
        self._light()

    def _light(self) -> None:
        for view, button in self.buttons.items():
            button.setAutoExclusive(False)  # else the last one that is lit would stay so
            button.setChecked(self._is_shown and view == self._view)
            button.setAutoExclusive(True)

    def offer(self, has_classes: bool) -> None:
        """Offer what there is: a predicted number is never simply wrong, nor sure."""
        for view, button in self.buttons.items():
            is_offered = has_classes or view == ANSWER
            button.setEnabled(is_offered)
            button.setToolTip(TIPS[view] if is_offered else _("Not for numbers: there are no classes."))
            if view == self._view and not is_offered:
                self.choose(ANSWER)
