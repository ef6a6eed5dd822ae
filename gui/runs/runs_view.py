"""The list of runs: a table with a filter, and buttons for what can be done with it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from PyQt5.QtCore import QItemSelectionModel, QPoint, QTimer, pyqtSignal
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QAction,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.translation import _, ngettext
from core.workbench.run_id import RunId
from gui.runs.row_table_setup import set_up_rows
from gui.runs.run_table import RunTable
from gui.runs.run_table_model import BOX, LOWEST, NAME, TEST_LOSS, TEST_SCORE, RunTableModel, run_lines
from gui.runs.seeds_bar import SeedsBar
from gui.widgets.elided import Elided
from gui.widgets.fields import TextField
from gui.widgets.forms import allow, bare
from gui.widgets.qt_objects import existing, forget_when_deleted
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.workbench.many_runs.run_rows import RunRow

HINT, SHORT_HINT = _("K keeps the present run beside those that follow"), _("K keeps a run")


class RunsView(QWidget):
    """Shows rows, and says what the user wants with them.

    Signals:
        open_wanted(RunRow, int or None): make it the present run, and go to this position.
        pin_wanted(RunRow, bool): show it beside the present run, or do so no more.
        rename_wanted(RunRow, str), remove_wanted(list of RunRow): as they say.
        selected(list of RunRow): other rows are selected.
        copy_wanted(str), save_wanted(bytes): the table as text, or as CSV.
        compare_wanted(): show the selected runs beside each other.
    """

    open_wanted = pyqtSignal(object, object)
    pin_wanted = pyqtSignal(object, bool)
    rename_wanted = pyqtSignal(object, str)
    remove_wanted = pyqtSignal(object)
    selected = pyqtSignal(object)
    copy_wanted = pyqtSignal(str)
    save_wanted = pyqtSignal(bytes)
    compare_wanted = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model = RunTableModel(theme, self)
        self.model.pin_wanted.connect(self.pin_wanted)
        self.model.rename_wanted.connect(self.rename_wanted)
        self.table = RunTable()
        self.table.setModel(self.model)
        self._set_up_table()
        self.filter = TextField()
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setAccessibleName(_("Filter the runs"))
        self.filter.setToolTip(_("Show only runs whose name or state holds these words"))
        self.filter.setClearButtonEnabled(True)
        self.filter.given_up.connect(self.filter.clear)
        self.filter.setMaximumWidth(self.filter.fontMetrics().horizontalAdvance("learning rate 0.01") + 24)
        self.filter.setMinimumWidth(self.filter.fontMetrics().horizontalAdvance(_("Filter")) + 24)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(80)
        self._typed.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self.count = Elided()
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("000") + 4)
        self.count.setProperty("role", "faint")
        self.compare = QPushButton(_("Com&pare"))
        self.compare.setToolTip(
            _("Show the selected runs beside each other, or the present run and those beside it (X)")
        )
        self.compare.clicked.connect(self.compare_wanted)
        self.copy = self._act(_("&Copy"), _("Copy the selected rows, or all, for a spreadsheet (Ctrl+C in the table)"))
        self.copy.triggered.connect(self._copy)
        self.save = self._act(_("Sa&ve as CSV…"), _("Save all shown rows as CSV"))
        self.save.triggered.connect(self._save)
        self.remove = self._act(_("Re&move"), _("Forget the selected runs (Del in the table)"))
        self.remove.triggered.connect(self._remove)
        self.more = QToolButton()
        self.more.setProperty("role", "menu")
        self.more.setText(_("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.addActions([self.copy, self.save, self.remove])
        self.tools, self.seeds = QHBoxLayout(), SeedsBar()
        self._lay_out()
        self.set_theme(theme)
        self.show_rows([])

    def _act(self, text: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        return action

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName(_("Runs"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        set_up_rows(table)
        columns = existing(table.horizontalHeader())
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setMinimumSectionSize(40)
        table.customContextMenuRequested.connect(self._open_menu)
        table.doubleClicked.connect(lambda index: self._open(index.column()) if index.column() != BOX else None)
        table.opened.connect(lambda: self._open())
        table.boxed.connect(self._toggle)
        table.removed.connect(self._remove)
        table.copied.connect(self._copy)
        existing(table.selectionModel()).selectionChanged.connect(lambda *_: self.selected.emit(self.selected_rows()))

    def _lay_out(self) -> None:
        self.tools.setContentsMargins(8, 4, 8, 0)
        self.tools.addWidget(self.filter)
        self.tools.addWidget(self.count, 1)
        for widget in (self.seeds.more, self.compare, self.more):
            self.tools.addWidget(widget)
        column = bare(QVBoxLayout(self), 3)
        column.addLayout(self.tools)
        column.addWidget(self.seeds)
        column.addWidget(self.table, 1)
        self.setMinimumSize(self.minimumSizeHint().width(), 120)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.model.set_theme(theme)

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these rows; those that were selected stay so."""
        before = [row.key for row in self.selected_rows()]
        current = self.table.currentIndex()
        key = self.model.rows[current.row()].key if current.isValid() else None
        shown = [(row.key, row.name) for row in self.model.rows]
        self.model.set_rows(rows)
        is_other = shown != [(row.key, row.name) for row in self.model.rows]
        if is_other:
            self._select(before, key)
        self._write_count()
        has_test = any(not math.isnan(row.numbers[1]) for row in rows if not row.apart)
        if is_other or has_test == self.table.isColumnHidden(TEST_LOSS):
            for column in (TEST_LOSS, LOWEST, TEST_SCORE):
                self.table.setColumnHidden(column, not has_test)
            self.table.fit_names()

    def show_present(self) -> None:
        """Bring the row of the present run into view."""
        place = next((place for place, row in enumerate(self.model.rows) if row.is_present), None)
        if place is not None:
            self.table.scrollTo(self.model.index(place, NAME))

    def _apply_filter(self) -> None:
        self.model.set_filter(self.filter.text())
        self._write_count()

    def _write_count(self) -> None:
        shown, count = len(self.model.rows), self.model.count
        if shown < count:
            self.count.set_full(_("{shown} of {count} runs").format(shown=shown, count=count), str(shown))
        elif count > 1 or any(row.entry is not None for row in self.model.rows):
            self.count.set_full(ngettext("{count} run", "{count} runs", count).format(count=count), str(count))
        else:
            self.count.set_full(HINT, SHORT_HINT)

    def _select(self, keys: Sequence[object], current: object) -> None:
        selection = existing(self.table.selectionModel())
        places = {row.key: place for place, row in enumerate(self.model.rows)}
        if current in places:
            selection.setCurrentIndex(
                self.model.index(places[current], NAME), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        flags: Any = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for key in keys:
            if key in places:
                selection.select(self.model.index(places[key], NAME), flags)

    def select_runs(self, runs: Collection[RunId]) -> None:
        """Select the rows of these kept runs, and no others."""
        self.table.clearSelection()
        self._select([row.key for row in self.model.rows if row.kept is not None and row.kept.run in runs], None)

    def selected_rows(self) -> list[RunRow]:
        """The selected rows, in their order."""
        selection = existing(self.table.selectionModel())
        ranges = selection.selection()  # selectedRows() asks the model for each cell, which takes ten times as long
        places = {place for part in ranges for place in range(part.top(), part.bottom() + 1)}
        return [self.model.rows[place] for place in sorted(places)]

    # ---------------------------------------------------------------- what the user wants

    def _current(self) -> RunRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _open(self, column: int = NAME) -> None:
        row = self._current()
        if row is not None:
            lowest = row.lowest if column == LOWEST else None
            self.open_wanted.emit(row, None if lowest is None else lowest.position)

    def _toggle(self) -> None:
        for row in self.selected_rows():
            self.pin_wanted.emit(row, not row.pinned)

    def _remove(self) -> None:
        rows = self.selected_rows()
        if rows:
            self.remove_wanted.emit(rows)

    def _save(self) -> None:
        from core.base.row_text import csv_bytes  # here and below, since few need it

        self.save_wanted.emit(csv_bytes(run_lines(self.model.rows)))

    def _copy(self) -> None:
        from core.base.row_text import tab_text

        self.copy_wanted.emit(tab_text(run_lines(self.selected_rows() or self.model.rows)))

    def _open_menu(self, where: QPoint) -> None:
        if self.table.indexAt(where).isValid():
            self.make_menu().popup(existing(self.table.viewport()).mapToGlobal(where))

    def make_menu(self) -> QMenu:
        """The menu of the selected rows; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        forget_when_deleted(menu)
        row = self._current()
        if row is None:
            return menu
        beside = _("Hide beside the present run") if row.pinned else _("Show beside the present run")
        is_open = _("it is the present run") if row.is_present else ""
        untested = _("no test loss was measured") if row.lowest is None else ""
        steps = (
            (_("Open"), self._open, is_open),
            (_("Go to its lowest test loss"), lambda: self._open(LOWEST), untested),
            (beside, self._toggle, ""),
            (_("Rename"), lambda: self.table.edit(self.model.index(self.table.currentIndex().row(), NAME)), ""),
            (_("Compare"), self.compare_wanted.emit, ""),
            (_("Copy"), self._copy, ""),
            (_("Remove"), self._remove, is_open),
        )
        menu.setToolTipsVisible(True)
        for text, act, refusal in steps:
            action = existing(menu.addAction(text))
            action.triggered.connect(lambda _=False, act=act: act())
            allow(action, refusal)
        return menu
