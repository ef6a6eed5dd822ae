"""Widgets that fit what they show to their room, and labels that shorten their text so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QPointF, QSize, Qt
from PyQt5.QtGui import QFont, QFontMetrics, QFontMetricsF, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PyQt5.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.widgets.ending_painter import painting
from gui.widgets.plain_text import plain

if TYPE_CHECKING:
    from PyQt5.QtWidgets import QWidget as Base
else:
    Base = object  # a class has one base of Qt's only

TYPE_CHANGES = (QEvent.Type.FontChange, QEvent.Type.StyleChange)

TYPE_SIZES = (1.0, 0.92, 0.84)
"""Of a text of a few lines, where there is less and less room."""
NOTHING = " "
"""The last of the shorter texts, which has room everywhere; the tooltip then says the whole."""
ARROW = "→"
"""Between the former and the new value of a change, as in "L2 0 → 0.01"."""
BETWEEN_SENTENCES = re.compile(r"(?<=[\w)][.!?]) +(?=[^a-z0-9])")


class Fitting(Base):
    """Stands before a class of Qt's; ``_fit`` is called when the size, the font or the style changes."""

    def _fit(self) -> None:
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._fit()


def shortened(
    metrics: QFontMetrics | QFontMetricsF,
    text: str,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """A text with dots for what has no room, at its end or by another mode; changes are whole, see :func:`whole_words`.

    Where the width of the text was asked for and granted, Qt may still put dots: it rounds that width to whole pixels.
    """
    if metrics.horizontalAdvance(text) <= width:
        return text
    return whole_words(metrics, text, width) if ARROW in text else metrics.elidedText(text, mode, int(width))


def whole_words(metrics: QFontMetrics | QFontMetricsF, text: str, width: float) -> str:
    """The first words of a text that have room, with dots for the others.

    A change such as "early stopping none → 20" is left out whole where its new value has no room, since its former
    value alone would say the opposite. Of a first change that is too long the end is shown: "…none → 20".
    """
    if metrics.horizontalAdvance(text) <= width:
        return text
    words = text.split(" ")
    for count in _ends(words):
        shown = " ".join(words[:count]) + (" …" if words[count - 1].endswith((",", ";")) else "…")
        if metrics.horizontalAdvance(shown) <= width:
            return shown
    if ARROW not in words:
        return f"{words[0]}…"
    first = words.index(ARROW)
    return whole_words(metrics, f"…{' '.join(words[first - 1 :])}", width) if first > 1 else "…"


def _ends(words: list[str]) -> list[int]:
    """Behind how many words a text may end, the most first: not between the begin of a change and its new value."""
    inside, former = set[int](), -2
    for arrow in [place for place, word in enumerate(words) if word == ARROW]:
        between = range(former + 2, arrow)
        clauses = [place + 1 for place in between if words[place].endswith(";")]
        parts = [place + 1 for place in between if words[place].endswith(",")] if former >= 0 else []
        inside.update(range(max(clauses, default=min(parts, default=between.start)) + 1, arrow + 2))
        former = arrow
    return [count for count in range(len(words) - 1, 0, -1) if count not in inside]


def wrapped(metrics: QFontMetrics, text: str, width: int, most: int) -> list[str]:
    """A text in so many lines at most, which are so wide except perhaps the last."""
    lines, words = [""], text.split(" ")
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(lines) < most and metrics.horizontalAdvance(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class Elided(Fitting, QLabel):
    """One line of text: what does not fit is replaced by dots, and the tooltip has the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self._full, self._shorter = "", tuple[str, ...]()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full(self) -> str:
        """The whole text."""
        return self._full

    def set_full(self, text: str, *shorter: str) -> None:
        """Show a text, or the first of the ``shorter`` ones that has room where the text has none."""
        wanted = text, tuple(filter(None, shorter))
        if wanted != (self._full, self._shorter):
            self._full, self._shorter = wanted
            self.setToolTip(plain(text))
            self._fit()

    def sizeHint(self) -> QSize:
        """As high as a line, also while it is empty, for which Qt gives less."""
        return super().sizeHint().expandedTo(QSize(0, self.fontMetrics().height()))

    def fits(self, text: str) -> bool:
        """Whether there is room for all of a text."""
        return self.fontMetrics().horizontalAdvance(text) <= self.contentsRect().width()

    def _fit(self) -> None:
        texts = (self._full, *self._shorter)
        wanted = next(filter(self.fits, texts), texts[-1])
        shown = shortened(self.fontMetrics(), wanted, self.contentsRect().width())
        if shown != self.text():
            self.setText(shown)


class FewLines(QWidget):
    """Shows at most so many lines, in smaller type where there is little room.

    Where that is not enough, the last sentences are left out; dots stand for what is still too long. The tooltip has
    the whole text.

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
        if (hint := plain(tip or text)) != self.toolTip():
            self.setToolTip(hint)
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def lines(self) -> list[str]:
        """The lines as they are shown."""
        return self._set()[0]

    def _set(self) -> tuple[list[str], QFont]:
        """The lines of as many sentences as have room, and the largest of the sizes of type in which they have it."""
        font = QFont(self.font())
        sentences = BETWEEN_SENTENCES.split(self._text)
        for count in range(len(sentences), 0, -1):
            for size in TYPE_SIZES:
                font.setPointSizeF(size * self.font().pointSizeF())
                lines, has_room = self._lines(" ".join(sentences[:count]), font)
                if has_room:
                    return lines, font
        return lines, font

    def _lines(self, text: str, font: QFont) -> tuple[list[str], bool]:
        """The lines of a text in this font, and whether the last one is whole."""
        layout = QTextLayout(text, font)
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
            start, is_last = line.textStart(), len(shown) == self.most - 1
            shown.append(text[start:] if is_last else text[start : start + line.textLength()].rstrip())
        layout.endLayout()
        whole = shown[-1] if shown else ""
        if shown:
            shown[-1] = QFontMetrics(font).elidedText(whole, Qt.TextElideMode.ElideRight, self.width())
        return shown, not shown or shown[-1] == whole

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.most * self.fontMetrics().lineSpacing() + 2)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        lines, font = self._set()
        metrics = QFontMetrics(font)
        with painting(self) as painter:
            painter.setFont(font)
            painter.setPen(self.palette().windowText().color())
            for number, line in enumerate(lines):
                painter.drawText(QPointF(0.0, number * metrics.lineSpacing() + metrics.ascent()), line)
