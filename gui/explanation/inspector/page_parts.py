"""The parts of the inspector's pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QObject, QSize, Qt
from PyQt5.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PyQt5.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from core.base.number_text import exact, short
from gui.widgets.flags import LEFT, SELECTABLE, TOP_LEFT
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.qt_objects import clipboard, existing, forget_when_deleted
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.formulas.formula import Formula

WIDE = 630
"""From this width in pixels on, the columns stand side by side."""

FORMULA_WIDTH = 190
NONE = "–"
SHOWN_DIGITS = 7


def seven_digits(value: float) -> str:
    """A number with at most seven significant digits."""
    return min(short(value, SHOWN_DIGITS), exact(value), key=len)


@dataclass(frozen=True)
class NumberRow:
    """A number with its name; ``tip`` explains it, and ``copied`` is what copying gives in place of what is shown."""

    name: str
    value: str
    tip: str = ""
    copied: str = ""

    @classmethod
    def of(cls, name: str, value: float | None, tip: str = "") -> NumberRow:
        """A number with few digits, of which copying gives all; a dash for None and NaN."""
        if value is None or math.isnan(value):
            return cls(name, NONE, tip)
        digits = exact(value)
        return cls(name, seven_digits(value), f"{tip}\nExactly {digits}; copying gives all digits", digits)


class NumberLabel(QLabel):
    """A selectable number; copying gives all digits, not just those that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.copied = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(SELECTABLE)
        self.setProperty("role", "strong")

    def copy(self) -> None:
        """Put the number on the clipboard."""
        clipboard().setText(self.copied or self.text())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(menu)
        existing(menu.addAction("Copy")).triggered.connect(lambda: self.copy())
        menu.popup(event.globalPos())


class NumberGrid(QWidget):
    """Rows of names and numbers. A label is written only when its text changes."""

    def __init__(self, widest: str = "−0.0001234567") -> None:
        super().__init__()
        self._labels: list[tuple[QLabel, NumberLabel]] = []
        bold = self.font()
        bold.setBold(True)
        self._width = QFontMetrics(bold).horizontalAdvance(widest) + 4
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(1, 1)

    def show_rows(self, rows: Sequence[NumberRow]) -> None:
        """Show only these rows."""
        while len(self._labels) < len(rows):
            self._add_labels()
        for place, labels in enumerate(self._labels):
            is_used = place < len(rows)
            for label, text in zip(labels, (rows[place].name, rows[place].value) if is_used else ("", ""), strict=True):
                if label.text() != text:
                    label.setText(text)
                tip = plain(rows[place].tip) if is_used else ""
                if is_used and label.toolTip() != tip:
                    label.setToolTip(tip)
                label.setVisible(is_used)
            labels[1].copied = rows[place].copied if is_used else ""

    def _add_labels(self) -> None:
        name, value = plain_label(), NumberLabel()
        value.setMinimumWidth(self._width)
        line = len(self._labels)
        self._grid.addWidget(name, line, 0, LEFT)
        self._grid.addWidget(value, line, 1, LEFT)
        self._labels.append((name, value))


class FormulaList(QLabel):
    """Formulas one below the other, with indices and exponents; the user can select the text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(SELECTABLE)
        self.setWordWrap(True)
        self.setMinimumWidth(FORMULA_WIDTH)
        self.setAlignment(TOP_LEFT)
        self._faint = self._alarm = "gray"
        self._shown: tuple[str, tuple[Formula, ...], str] = ("", (), "")

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._faint, self._alarm = theme.color("faint").name(), theme.color("wrong").name()
        shown, self._shown = self._shown, ("", (), "")
        self.show_formulas(*shown)

    def show_formulas(self, title: str, formulas: tuple[Formula, ...], mark: str = "") -> None:
        """Show formulas under a title; ``mark`` is a warning above them: a word, a colon and the reason."""
        if (title, formulas, mark) == self._shown:
            return
        from core.explain.formulas.formula_text import to_html  # here, since the first picture needs no formulas

        self._shown = title, formulas, mark
        lines = [
            f'<p style="margin:3px 0 0 0"><span style="color:{self._faint}">{formula.name}</span><br>'
            f"{to_html(formula.markup())}</p>"
            for formula in formulas
        ]
        word, _, reason = mark.partition(":")
        alarm = f'<p style="margin:0 0 3px 0"><b style="color:{self._alarm}">{word.capitalize()}</b>:{reason}.</p>'
        self.setText(f'{alarm if mark else ""}<p style="margin:0"><b>{title}</b></p>{"".join(lines)}')


class NumberColumn(QScrollArea):
    """A part of a page that scrolls or, if the columns are stacked, is as high as its content."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_stacked = False
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.addWidget(content)
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self._layout = layout
        inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().sizeHint().height())  # spare room goes to the other columns

    def set_stacked(self, on: bool) -> None:
        """Whether the columns are stacked in a page that scrolls."""
        self._is_stacked = on
        self._fit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        bar = existing(self.verticalScrollBar()).sizeHint().width()
        self.setMinimumWidth(0 if self._is_stacked else self._layout.minimumSize().width() + bar)
        if not self._is_stacked:
            self.setMinimumHeight(0)
            return
        width = existing(self.viewport()).width()
        height = self._layout.heightForWidth(width) if self._layout.hasHeightForWidth() else -1
        self.setMinimumHeight(max(height, self._layout.minimumSize().height() if height < 0 else 0))


class Columns(QScrollArea):
    """The parts of a page: side by side if it is wide, otherwise one below the other.

    Args:
        parts: each with its stretch where they stand side by side.
    """

    def __init__(self, parts: Sequence[tuple[QWidget, int]]) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._parts = [part for part, _ in parts]
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, inside)
        self._layout.setContentsMargins(10, 0, 6, 4)
        self._layout.setSpacing(12)
        for part, stretch in parts:
            self._layout.addWidget(part, stretch)
        self.setWidget(inside)
        self.setWidgetResizable(True)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        is_wide = event.size().width() >= WIDE
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if direction != self._layout.direction():
            self._layout.setDirection(direction)
            self._layout.setSpacing(12 if is_wide else 6)
        for part in self._parts:
            if isinstance(part, NumberColumn):
                part.set_stacked(not is_wide)
        super().resizeEvent(event)
