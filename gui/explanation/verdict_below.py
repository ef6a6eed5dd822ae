"""A view with the verdict below it, which is always visible, in one line where there is little room."""

from __future__ import annotations

from PyQt5.QtCore import QSize
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.explanation.verdict_line import VerdictLine
from gui.widgets.forms import bare

APART, SIDE, BELOW = 4, 6, 4


class VerdictBelow(QWidget):
    """Puts the verdict below a view.

    Args:
        view: what lies above it; what its minimum leaves over is the verdict's.
        verdict: the line.
        whole: the height that the view should have before the verdict is given more than one line.
    """

    def __init__(self, view: QWidget, verdict: VerdictLine, whole: QWidget) -> None:
        super().__init__()
        self._view, self._verdict, self._whole = view, verdict, whole
        column = bare(QVBoxLayout(self), APART)
        column.addWidget(view, 1)
        place = QHBoxLayout()
        place.setContentsMargins(SIDE, 0, SIDE, BELOW)  # beside the margins of a card
        place.addWidget(verdict)
        column.addLayout(place)

    def minimumSizeHint(self) -> QSize:
        """With the verdict in one line, whether it is or not: the room decides on that."""
        hint = self._view.minimumSizeHint().expandedTo(self._verdict.minimumSize())
        return hint + QSize(2 * SIDE, APART + BELOW + self._verdict.height_of(is_one_line=True))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        needed = self._whole.minimumSizeHint().height() + APART + BELOW + self._verdict.height_of(is_one_line=False)
        self._verdict.set_one_line(self.height() < needed)
