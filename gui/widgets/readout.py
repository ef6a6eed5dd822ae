"""Labels whose text changes with every frame.

Unless its size is fixed, a QLabel makes its window lay out everything again at each new text. The docks are then placed
and painted again, which costs as much as a view.
"""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QLabel, QWidget

MARGIN = 4


class Readout(QLabel):
    """A line of plain text that keeps the width of the widest text it had.

    Args:
        widest: a text for which there is room from the start.
    """

    def __init__(self, widest: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._widest = widest
        self._fit()

    def setText(self, text: str | None) -> None:
        assert text is not None
        if text != self.text():
            if self._width_of(text) > self.minimumWidth():
                self._widest = text
                self._fit()
            super().setText(text)

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + MARGIN

    def _fit(self) -> None:
        self.setFixedSize(self._width_of(self._widest), self.fontMetrics().height())


class WrappedReadout(QWidget):
    """Rich text of a few lines that fills the width and keeps the height of the longest text it had.

    Attributes:
        label: what shows it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel(self)  # in no layout, so that its size hint has no effect
        self.label.setWordWrap(True)

    def text(self) -> str:
        """What is shown."""
        return self.label.text()

    def set_text(self, text: str, anew: bool = False) -> None:
        """Show a text; if ``anew``, without keeping the height of earlier texts."""
        if text != self.label.text():
            self.label.setText(text)
            self._fit(0 if anew else self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit(0)

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit(0)

    def _fit(self, least: int) -> None:
        height = max(least, self.label.heightForWidth(self.width()))
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        self.label.setGeometry(0, 0, self.width(), height)
