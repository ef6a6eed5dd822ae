"""A matrix as a picture: a cell for each number, shown under the mouse or the arrow keys, and names where they fit."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from core.base.number_text import STEPS_OF_DECADE, exact, least_step, short
from core.base.translation import _
from gui.explanation.inspector.matrix_tables import MatrixTable
from gui.widgets.elided import shortened
from gui.widgets.ending_painter import painting
from gui.widgets.flags import CENTER, LEFT, RIGHT
from gui.widgets.images import places, table_image
from gui.widgets.theme import LIGHT, Theme

STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
DIGITS = 7
"""Of the number that the user points at; copying and saving give all."""

LARGEST_CELL = 40.0
GAP = 6.0
SIZES = (1.0, 0.92, 0.84, 0.76)
"""Of the letters of names, where all rows or all columns then have one."""
MOST_OF_NAMES = 0.3
"""The share of the width that the names of the rows may take."""


def widest_name(metrics: QFontMetrics, table: MatrixTable) -> float:
    """The room that each column needs for its name."""
    return max(map(metrics.horizontalAdvance, table.column_names)) + GAP


def _is_step(event: QKeyEvent) -> bool:
    plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return event.key() in STEPS and event.modifiers() in plain


class MatrixView(QWidget):
    """A matrix whose cells are coloured on the signed scale from −end to end.

    Signals:
        told(str): the number under the mouse or the cursor; empty where there is none.

    Attributes:
        end: that of the scale. note: why there are no numbers yet; empty where there are.
    """

    told = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._table: MatrixTable | None = None
        self._cell: tuple[int, int] | None = None
        self.note = ""
        self.end = 1.0
        self.setAccessibleName(_("Matrix"))
        self.setAccessibleDescription(_("The arrow keys go from number to number"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 70)

    def sizeHint(self) -> QSize:
        return QSize(200, 130)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_table(self, table: MatrixTable | None, end: float = 0.0, note: str = "") -> None:
        """Draw another matrix, None to draw nothing; ``end`` is that of the scale where no number lies beyond it.

        A ``note`` says why there are no numbers yet.
        """
        self._table, self.note = table, note
        if table is not None:
            finite = table.values[np.isfinite(table.values)]
            largest = float(np.abs(finite).max()) if finite.size else 0.0
            own = least_step(largest, STEPS_OF_DECADE) if largest else 1.0
            self.end = end if largest <= end < math.inf else own
        self._tell()
        self.update()

    def text(self) -> str:
        """The number in the cell that the user points at."""
        if self._table is None or self._cell is None:
            return ""
        (i, j), table = self._cell, self._table
        if not (i < table.values.shape[0] and j < table.values.shape[1]):
            return ""
        value = float(table.values[i, j])
        number = self.note or min(short(value, DIGITS), exact(value), key=len)
        return f"{table.row_names[i]} → {table.column_names[j]}: {number}"

    def area(self) -> QRectF:
        """The rectangle of all cells, which are square if there is room and never large."""
        if self._table is None or not self._table.values.size:
            return QRectF()
        rows, columns = self._table.values.shape
        line = self.fontMetrics().height()
        left, top = self._margin(self._table) + 1.5, line + 1.5
        width, height = self.width() - left - 1.5, self.height() - top - 1.5
        if height / rows < SIZES[-1] * line:  # the names of the first and the last row are higher than these
            beyond = (line - height / rows) / 2.0
            top, height = top + beyond, height - 2.0 * beyond
        high = min(height / rows, LARGEST_CELL)
        wide = min(width / columns, max(2.0 * high, LARGEST_CELL, widest_name(self.fontMetrics(), self._table)))
        return QRectF(left, top, wide * columns, high * rows)

    def names(self) -> list[tuple[QRectF, Qt.Alignment, str, QFont]]:
        """Where each name stands, in what letters: what rows and columns are, and of these as many as have room.

        Letters are smaller where each row or each column then has its name.
        """
        if self._table is None or self.area().isEmpty():
            return []
        area, table, line = self.area(), self._table, self.fontMetrics().height()
        rows, columns = table.values.shape
        high, wide = area.height() / rows, area.width() / columns
        named = [(QRectF(0.0, 0.0, area.left() - GAP, line), RIGHT, table.sides, self.font())]
        font = self._letters(lambda metrics: metrics.height() <= high)
        lines = QFontMetrics(font).height()
        every = math.ceil(lines / high)
        named_rows = [i for i in range(0, rows, every) if i == 0 or rows - 1 - i >= every]
        for i in [*named_rows, rows - 1] if rows > every else named_rows:
            box = QRectF(0.0, area.top() + (i + 0.5) * high - lines / 2.0, area.left() - GAP, lines)
            named.append((box, RIGHT, table.row_names[i], font))
        font = self._letters(lambda metrics: widest_name(metrics, table) <= wide)
        every = math.ceil(min(widest_name(QFontMetrics(font), table), area.width()) / wide)
        for j in range(0, max(1, columns - every + 1), every):
            box = QRectF(area.left() + j * wide, area.top() - 1.5 - line, every * wide, line)
            named.append((box, LEFT if every > 1 else CENTER, table.column_names[j], font))
        return [(box, side, shortened(QFontMetrics(font), text, box.width()), font) for box, side, text, font in named]

    def _letters(self, fits: Callable[[QFontMetrics], bool]) -> QFont:
        """The font, in the largest size that fits; in its own where none does."""
        for size in SIZES:
            font = QFont(self.font())
            font.setPointSizeF(size * font.pointSizeF())
            if fits(QFontMetrics(font)):
                return font
        return self.font()

    def _margin(self, table: MatrixTable) -> float:
        """The room for the names of the rows."""
        widest = max(map(self.fontMetrics().horizontalAdvance, (table.sides, *table.row_names)))
        return min(widest, MOST_OF_NAMES * self.width()) + GAP

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            if self._table is not None and not self.area().isEmpty():
                painter.setPen(self._theme.color("faint"))
                for box, side, text, font in self.names():
                    painter.setFont(font)
                    painter.drawText(box, int(side), text)
                self._paint(painter, self.area(), self._table)

    def _paint(self, painter: QPainter, area: QRectF, table: MatrixTable) -> None:
        with np.errstate(all="ignore"):
            shares = table.values / self.end
        painter.drawImage(area, table_image(places(shares), self._theme.signed_table()))
        if self.note:
            painter.setFont(self.font())
            painter.setPen(self._theme.color("faint"))
            painter.drawText(area, int(CENTER), shortened(self.fontMetrics(), self.note, area.width()))
        painter.setPen(QPen(self._theme.color("accent" if self.hasFocus() else "line"), 1))
        painter.drawRect(area)
        if self._cell is not None and self.text():
            (i, j), (rows, columns) = self._cell, table.values.shape
            width, height = area.width() / columns, area.height() / rows
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRect(QRectF(area.left() + j * width, area.top() + i * height, width, height))

    # ---------------------------------------------------------------- which cell

    def point_at(self, cell: tuple[int, int] | None) -> None:
        """Point at a row and a column, or at nothing."""
        if cell != self._cell:
            self._cell = cell
            self._tell()
            self.update()

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """The row and the column at a place of the widget."""
        area = self.area()
        if self._table is None or not area.contains(at):
            return None
        rows, columns = self._table.values.shape
        i = int((at.y() - area.top()) / area.height() * rows)
        j = int((at.x() - area.left()) / area.width() * columns)
        return min(i, rows - 1), min(j, columns - 1)

    def _tell(self) -> None:
        self.told.emit(self.text())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self.point_at(self.cell_at(event.localPos()))

    def leaveEvent(self, event: QEvent | None) -> None:
        if not self.hasFocus():
            self.point_at(None)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        if self._cell is None:
            self.point_at((0, 0))
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self.point_at(None)
        self.update()

    def event(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_step(event):
            event.accept()  # otherwise the window takes the arrow keys as shortcuts
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or self._table is None:
            super().keyPressEvent(event)
            return
        rows, columns = self._table.values.shape
        i, j = self._cell or (0, 0)
        self.point_at((min(max(i + step[0], 0), rows - 1), min(max(j + step[1], 0), columns - 1)))
