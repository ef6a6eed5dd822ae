"""A text to press."""

from __future__ import annotations

from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QToolButton


class Link(QToolButton):
    """A text to press. The second press of a double click does nothing, since the first may have changed the text."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "link")

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        event.accept()
