"""The results of a sweep as a table that sorts, and follows what is shown and selected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PyQt5.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt5.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QAbstractItemView, QMenu, QTableView

from core.base.arrays import Rows
from core.base.row_text import tab_text
from core.base.translation import _
from core.explain.picked_part import capital
from core.network.tasks import SCORES
from core.sweeps.result_axes import brief_texts
from core.sweeps.run_result import DONE, Key, RunResult
from gui.runs.row_table_setup import set_up_rows
from gui.sweeps.group_colors import group_color
from gui.sweeps.sweep_results import SweepResults
from gui.widgets.flags import LEFT, RIGHT
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing, forget_when_deleted
from gui.widgets.theme import Theme

OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Home, Qt.Key.Key_End)
SWATCH = QSize(10, 10)
CELL_MARGIN = 22


class ResultTableModel(QAbstractTableModel):
    """Shows the results that :class:`SweepResults` shows, in an order of its own."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._results: SweepResults | None = None
        self._order: tuple[int, Qt.SortOrder] | None = None
        self._columns: tuple[str, ...] = ()
        self._groups: Rows = np.zeros(0, dtype=np.int64)
        self.places: Rows = np.zeros(0, dtype=np.int64)

    def set_theme(self, theme: Theme) -> None:
        """Show other colours."""
        self._theme = theme
        self.layoutChanged.emit()

    def set_results(self, results: SweepResults) -> None:
        """Show these from now on."""
        self._results = results
        measures, seed = results.measures, ["seed"] if len(results.seeds) > 1 or not results.table.names else []
        self._columns = (*results.table.names, *seed, *measures, "status", "epochs", "seconds")
        self.follow()

    @property
    def columns(self) -> Sequence[str]:
        """The names of the columns."""
        return self._columns

    @property
    def rows(self) -> list[RunResult]:
        """The shown results in their order."""
        return [] if self._results is None else [self._results.results[place] for place in self.places]

    def follow(self) -> None:
        """Show what is shown now."""
        results = self._results
        if results is None:
            return
        self.beginResetModel()
        self._groups = results.group_numbers()
        self.places = np.flatnonzero(results.shown)
        self.places = self.places[np.argsort(results.ranks()[self.places], kind="stable")]
        if self._order is not None:
            column, order = self._order
            self.places = self._sorted(self._columns[column], order == Qt.SortOrder.DescendingOrder)
        self.endResetModel()

    def _sorted(self, column: str, downwards: bool) -> Rows:
        """The shown places in the order of a column; numbers that do not exist come last in both orders."""
        assert self._results is not None
        results = self._results.results
        axis = next((axis for axis in self._results.axes if axis.name == column), None)
        if axis is not None:
            keys = axis.numbers[self.places]
        else:
            cells = [self._results.table.cell(results[place], column) for place in self.places]
            if any(isinstance(cell, str) for cell in cells):
                keys = np.unique([str(cell) for cell in cells], return_inverse=True)[1].astype(np.float64)
            else:
                keys = np.array(cells, dtype=np.float64)
        missing = np.isnan(keys)
        found = np.argsort(np.where(missing, np.inf, -keys if downwards else keys), kind="stable")
        order: Rows = self.places[found]
        return order

    # ---------------------------------------------------------------- for Qt

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.places)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = (column, order) if column >= 0 else None
        self.follow()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or self._results is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return capital(self._results.title(self._columns[section]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._is_number(section) else LEFT
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        results = self._results
        if results is None:
            return None
        place = int(self.places[index.row()])
        result, column = results.results[place], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return results.text(result, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._is_number(index.column()) else LEFT
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            picture = QPixmap(SWATCH)
            picture.fill(group_color(int(self._groups[place]), results.group_count, self._theme))
            return QIcon(picture)
        if role == Qt.ItemDataRole.ForegroundRole and column == "status" and result.status != DONE:
            return self._theme.color("warning")
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(results.sentence(result.key))
        return None

    def _is_number(self, section: int) -> bool:
        column = self._columns[section]
        if self._results is not None and column in self._results.table.names:
            return False
        return column != "status"


class ResultTable(QTableView):
    """A table that keeps its own keys.

    Signals:
        opened(object): the key of a run that is to be opened.
        kept(list): keys of runs that are to be kept beside the present one.
        copied(str): rows as text, separated by tabs.
    """

    opened = pyqtSignal(object)
    kept = pyqtSignal(object)
    copied = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows_model = ResultTableModel(theme, self)
        self._results: SweepResults | None = None
        self._is_following = False
        self.setModel(self.rows_model)
        self.setAccessibleName(_("Results of the sweep"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setIconSize(SWATCH)
        set_up_rows(self)
        self.customContextMenuRequested.connect(self._open_menu)
        self.doubleClicked.connect(lambda _: self._open())
        existing(self.selectionModel()).selectionChanged.connect(self._tell_selection)
        self.rows_model.modelReset.connect(self._show_selection)
        self.setMinimumSize(220, 110)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.rows_model.set_theme(theme)

    def set_results(self, results: SweepResults) -> None:
        """Show these from now on."""
        self._results = results
        self.rows_model.set_results(results)
        results.changed.connect(self.rows_model.follow)
        results.marked.connect(self._follow_marks)
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give each column its room, and what is left at the right to those that are whole, so that none is cut."""
        widths = [self._width_of(column) for column in range(len(self.rows_model.columns))]
        room, count = existing(self.viewport()).width(), 0
        while count < len(widths) and widths[count] <= room:
            room, count = room - widths[count], count + 1
        for column, width in enumerate(widths):
            share = room * (column + 1) // count - room * column // count if column < count < len(widths) else 0
            self.setColumnWidth(column, width + share)

    def _width_of(self, column: int) -> int:
        results, name = self._results, self.rows_model.columns[column]
        assert results is not None
        texts = [
            str(self.rows_model.headerData(column, Qt.Orientation.Horizontal)) + "  ",
            "0.0001234" if name in results.measures else "",
        ]
        for variation in results.plan.variations:
            if variation.name == name:
                texts += brief_texts(variation).values()
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return min(widest, 200) + (CELL_MARGIN if column == 0 else 12)

    def _follow_marks(self) -> None:
        results = self._results
        if results is None:
            return
        if len(self.rows_model.places) != results.shown.sum() or not results.shown[self.rows_model.places].all():
            self.rows_model.follow()
        elif not self._is_following:
            self._show_selection()

    # ---------------------------------------------------------------- the selection

    def _show_selection(self) -> None:
        """Select the rows that are selected in the results."""
        results, model = self._results, self.rows_model
        if results is None:
            return
        self._is_following = True
        chosen, first = QItemSelection(), -1
        for row, place in enumerate(model.places if results.selected else ()):
            if results.results[place].key in results.selected:
                index = model.index(row, 0)
                chosen.select(index, model.index(row, len(model.columns) - 1))
                first = row if first < 0 else first
        flags: Any = QItemSelectionModel.SelectionFlag.ClearAndSelect
        existing(self.selectionModel()).select(chosen, flags)
        if first >= 0:
            self.scrollTo(model.index(first, 0))
        self._is_following = False

    def _tell_selection(self) -> None:
        if self._results is not None and not self._is_following:
            self._is_following = True
            self._results.select([result.key for result in self.selected_rows()])
            self._is_following = False

    def selected_rows(self) -> list[RunResult]:
        """The selected results, in their order."""
        rows = sorted(index.row() for index in existing(self.selectionModel()).selectedRows())
        assert self._results is not None
        return [self._results.results[self.rows_model.places[row]] for row in rows]

    # ---------------------------------------------------------------- what the user wants

    def _open(self) -> None:
        rows = self.selected_rows() if self._results is not None else []
        if rows:
            self.opened.emit(rows[0].key)

    def copy(self) -> None:
        """Copy the selected rows, or all."""
        if self._results is not None:
            rows = self.selected_rows() or self.rows_model.rows
            self.copied.emit(tab_text(result_lines(self._results, rows)))

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if (is_plain and event.key() in OWN_KEYS) or event.matches(QKeySequence.StandardKey.SelectAll):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _open_menu(self, where: QPoint) -> None:
        if self.indexAt(where).isValid():
            self.make_menu().popup(existing(self.viewport()).mapToGlobal(where))

    def make_menu(self) -> QMenu:
        """The menu of the selected rows; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        forget_when_deleted(menu)
        rows = self.selected_rows()
        keys: list[Key] = [row.key for row in rows]
        for text, act in (
            (_("Open"), self._open),
            (_("Keep beside the present run"), lambda: self.kept.emit(keys)),
            (_("Copy"), self.copy),
        ):
            action = existing(menu.addAction(text))
            action.triggered.connect(lambda _=False, act=act: act())
            action.setEnabled(bool(rows))
        return menu


def result_lines(results: SweepResults, rows: Iterable[RunResult]) -> list[list[str]]:
    """Rows with a head, for CSV and the clipboard; numbers have all their digits, and what is not known is empty."""
    return [_head(results), *(_values(results, row) for row in rows)]


def _head(results: SweepResults) -> list[str]:
    """The names of the columns, as the folder's table of the runs has them."""
    score = SCORES[results.plan.runs[0].experiment.task]
    return [name.replace("score", score) for name in results.table.columns]


def _values(results: SweepResults, row: RunResult) -> list[str]:
    cells: list[str] = list(row.texts)
    for column in results.table.columns[len(cells) :]:
        value = getattr(row, column)
        cells.append("" if isinstance(value, float) and math.isnan(value) else str(value))
    return cells
