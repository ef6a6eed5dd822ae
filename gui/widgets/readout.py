"""Labels whose text changes with every frame.

Unless its size is fixed, a QLabel makes its window lay out everything again at each new text. The docks are then placed
and painted again, which costs as much as a view.
"""

from __future__ import annotations

import math

from PyQt5.QtCore import QEvent, QSize, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QLabel, QWidget

MARGIN = 4
STEP = "0000"
"""What a readout grows by where its text has no room."""


class Readout(QLabel):
    """A line of plain text whose room grows in steps.

    Its width depends on the present text alone, so that the same state gives the same picture, whatever was shown
    before it.

    Args:
        widest: a text for which there is always room.
        step: what the room grows by where a text needs more.
    """

    def __init__(self, widest: str = "", step: str = STEP) -> None:
        super().__init__()
        self._step = step
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._widest = widest
        self._fit(widest)

    def setText(self, text: str | None) -> None:
        assert text is not None
        if text != self.text():
            self._fit(text)
            super().setText(text)

    def set_widest(self, widest: str) -> None:
        """Always keep room for another text than before."""
        self._widest = widest
        self._fit(self.text())

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit(self.text())

    def _fit(self, text: str) -> None:
        metrics = self.fontMetrics()
        least, step = metrics.horizontalAdvance(self._widest), metrics.horizontalAdvance(self._step)
        more = max(0, math.ceil((metrics.horizontalAdvance(text) - least) / step)) * step
        size = QSize(least + more + MARGIN, metrics.height())
        if size != self.minimumSize():  # each change of the size lays out the window
            self.setFixedSize(size)


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

    def fit(self) -> None:
        """Keep no height of earlier texts."""
        self._fit(0)

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
