"""Labels whose text changes with every frame.

Unless its size is fixed, a QLabel makes its window lay out everything again at each new text. The docks are then placed
and painted again, which costs as much as a view.
"""

from __future__ import annotations

import math

from PyQt5.QtCore import QEvent, QSize, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QLabel, QWidget

from gui.widgets.elided import TYPE_CHANGES
from gui.widgets.plain_text import unparted

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
        if event.type() == QEvent.Type.FontChange:
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

    Args:
        most: the number of lines beyond which a shorter text takes the place of the text; 0 for any number.
        least: the number of lines for which there is always room, so that nothing below moves.

    Attributes:
        label: what shows it.
    """

    def __init__(self, most: int = 0, least: int = 0) -> None:
        super().__init__()
        self._most, self._least = most, least
        self._texts: tuple[str, ...] = ("",)  # from the longest to the shortest
        self.label = QLabel(self)  # in no layout, so that its size hint has no effect
        self.label.setWordWrap(True)

    def text(self) -> str:
        """The whole text."""
        return self._texts[0]

    def set_text(self, text: str, anew: bool = False, shorter: str = "") -> None:
        """Show a text, or a shorter one where there is little room.

        If ``anew``, the height of earlier texts is not kept.
        """
        texts = (text, shorter) if shorter else (text,)
        if texts != self._texts:
            self._texts = texts
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
        if event.type() in TYPE_CHANGES:
            self._fit(0)

    def _fit(self, least: int) -> None:
        for text in self._texts:
            self.label.setText(unparted(text))
            needed = self.label.heightForWidth(self.width())
            if not self._most or needed <= self._room(self._most):
                break
        height = max(least, needed, self._room(self._least))
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        self.label.setGeometry(0, 0, self.width(), height)

    def _room(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + MARGIN if lines else 0
