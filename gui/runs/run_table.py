"""The table in the list of runs: its keys, and the room of its columns and rows."""

from __future__ import annotations

from typing import Any

from PyQt5.QtCore import QEvent, QModelIndex, Qt, pyqtSignal
from PyQt5.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
from PyQt5.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from gui.runs.row_table_setup import ROW_MARGIN
from gui.runs.run_table_model import BOX, NAME, STATE, TRAIN_SCORE
from gui.widgets.elided import ARROW, shortened, wrapped
from gui.widgets.flags import BACK, BY_TAB
from gui.widgets.qt_objects import existing

OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Home)
LOSS, SCORE = "0.000123", "accuracy"
SAMPLES = ("", "no hidden layer", "100,000", LOSS, SCORE, LOSS, SCORE, "0.0123 (1,000)", "diverged")
"""The widest text of each column but that of the boxes; of the names the least that is seen of a long one's line."""
BOX_WIDTH, CELL_MARGIN = 44, 10
LINE_END = "\u2028"
"""As Qt writes it in a cell."""
WITHOUT_FOCUS: Any = ~QStyle.StateFlag.State_HasFocus
MOST_FITTED = 100
"""Rows of a list in which long names get two lines."""


class NameDelegate(QStyledItemDelegate):
    """Writes the name of a run on the lines of its row; a change in it is whole or left out, which Qt would not do."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if ARROW not in str(index.data()):
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        style = existing(existing(shown.widget).style())
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, shown, shown.widget) + 1
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, shown, shown.widget)
        lines = name_lines(shown.fontMetrics, str(index.data()), room.width() - 2 * margin, room.height())
        shown.text = LINE_END.join(lines)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)


def name_lines(metrics: QFontMetrics, text: str, width: int, height: int) -> list[str]:
    """A text on so many lines as have room."""
    *lines, last = wrapped(metrics, text, width, max(1, height // metrics.height()))
    return [*lines, shortened(metrics, last, width)]


class BoxDelegate(QStyledItemDelegate):
    """Draws a box without the frame of the current cell, which Qt puts around the text that a box does not have."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        option = existing(option)
        option.state &= WITHOUT_FOCUS


class RunTable(QTableView):
    """A table that keeps its own keys, although they are shortcuts of the window.

    Signals:
        opened(), boxed(), removed(), copied(): Enter, Space (if Tab led here), Delete and Ctrl+C were pressed.
    """

    copied = pyqtSignal()
    opened = pyqtSignal()
    boxed = pyqtSignal()
    removed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._is_fitted = False
        self._least_name = 0
        self._is_reached_by_tab = False
        self.setItemDelegateForColumn(BOX, BoxDelegate(self))
        self.setItemDelegateForColumn(NAME, NameDelegate(self))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if not self._is_fitted:  # only now the font is known
            self._is_fitted = True
            font = QFont(self.font())
            font.setBold(True)  # as the present run is written
            bold = QFontMetrics(font)
            for column, sample in enumerate(SAMPLES):
                width = bold.horizontalAdvance(sample) + CELL_MARGIN
                self.setColumnWidth(column, BOX_WIDTH if column == BOX else width)
            self._least_name = self.columnWidth(NAME)
            existing(self.model()).modelReset.connect(self.fit_names)
            self.fit_names()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.fit_names()

    def fit_names(self) -> None:
        """Give the names the room that the other columns leave, and what they need beside the losses and scores.

        One that needs more stands on two lines; dots stand for what still has no room.
        """
        self.setWordWrap(False)  # or the names would be asked how wide they are on two lines
        widths = [self.columnWidth(column) for column in range(STATE + 1)]
        room = existing(self.viewport()).width() + widths[NAME]
        needed = min(self.sizeHintForColumn(NAME), room - sum(widths[: TRAIN_SCORE + 1]))
        self.setColumnWidth(NAME, max(self._least_name, room - sum(widths), needed))
        self._make_room()
        self.setWordWrap(True)

    def _make_room(self) -> None:
        """Make the rows of long names two lines high; in a long list all rows are alike, since that takes its time."""
        model, line = existing(self.model()), self.fontMetrics().height()
        for row in range(model.rowCount() if model.rowCount() <= MOST_FITTED else 0):
            fits = self.sizeHintForIndex(model.index(row, NAME)).width() <= self.columnWidth(NAME)
            self.setRowHeight(row, ROW_MARGIN + line * (1 if fits else 2))

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            is_own = is_plain and (event.key() in OWN_KEYS or self._takes_space(event))
            if is_own or event.matches(QKeySequence.StandardKey.SelectAll):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        if event is not None and event.reason() not in BACK:
            self._is_reached_by_tab = event.reason() in BY_TAB
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._is_reached_by_tab = False
        super().mousePressEvent(event)

    def _takes_space(self, event: QKeyEvent) -> bool:
        """Whether Space shows and hides the selected runs; after a click it plays, as everywhere in the window."""
        return event.key() == Qt.Key.Key_Space and self._is_reached_by_tab

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Space:
            if self._takes_space(event):
                self.boxed.emit()
            else:
                event.ignore()
        elif key == Qt.Key.Key_Delete:
            self.removed.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)
