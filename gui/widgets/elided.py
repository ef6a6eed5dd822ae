"""A label that shortens its text to the room there is."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QLabel, QSizePolicy

from gui.widgets.plain_text import plain


class Elided(QLabel):
    """One line of text: what does not fit is replaced by dots, and the tooltip has the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full(self) -> str:
        """The whole text."""
        return self._full

    def set_full(self, text: str) -> None:
        """Show a text."""
        self._full = text
        self.setToolTip(plain(text))
        self._elide()

    def fits(self, text: str) -> bool:
        """Whether there is room for all of a text."""
        return self.fontMetrics().horizontalAdvance(text) <= self.contentsRect().width()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        if shown != self.text():
            self.setText(shown)
