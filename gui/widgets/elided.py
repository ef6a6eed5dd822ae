"""Labels that shorten their text to the room there is."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PyQt5.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.widgets.ending_painter import painting
from gui.widgets.plain_text import plain


class Elided(QLabel):
    """One line of text: what does not fit is replaced by dots, and the tooltip has the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self._full = self._short = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full(self) -> str:
        """The whole text."""
        return self._full

    def set_full(self, text: str, short: str = "") -> None:
        """Show a text, or ``short`` in its place where the text has no room."""
        self._full, self._short = text, short
        self.setToolTip(plain(text))
        self._elide()

    def fits(self, text: str) -> bool:
        """Whether there is room for all of a text."""
        return self.fontMetrics().horizontalAdvance(text) <= self.contentsRect().width()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _elide(self) -> None:
        wanted = self._full if not self._short or self.fits(self._full) else self._short
        shown = self.fontMetrics().elidedText(wanted, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        if shown != self.text():
            self.setText(shown)


class FewLines(QWidget):
    """Shows at most so many lines; dots stand for what has no room, and the tooltip has the whole text.

    Args:
        most: the number of lines that always have their place.
    """

    def __init__(self, most: int = 2) -> None:
        super().__init__()
        self.most = most
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, tip: str = "") -> None:
        """Show a text; ``tip`` is the tooltip in place of the text."""
        self.setToolTip(plain(tip or text))
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def lines(self) -> list[str]:
        """The lines as they are shown."""
        layout = QTextLayout(self._text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        shown: list[str] = []
        while len(shown) < self.most:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(max(1, self.width()))
            start = line.textStart()
            is_last = len(shown) == self.most - 1
            shown.append(self._text[start:] if is_last else self._text[start : start + line.textLength()].rstrip())
        layout.endLayout()
        if shown:
            shown[-1] = self.fontMetrics().elidedText(shown[-1], Qt.TextElideMode.ElideRight, self.width())
        return shown

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.most * self.fontMetrics().lineSpacing() + 2)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        metrics = self.fontMetrics()
        with painting(self) as painter:
            painter.setPen(self.palette().windowText().color())
            for number, line in enumerate(self.lines()):
                painter.drawText(QPointF(0.0, number * metrics.lineSpacing() + metrics.ascent()), line)
