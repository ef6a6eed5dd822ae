"""Open a table: its first rows, how it is read, what its columns are for, and what will come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.data.tables.column_choice import Choice
from core.data.tables.column_selection import SelectedColumns
from core.data.tables.reading import Reading
from core.data.tables.table import Table
from core.workbench.table_wishes import START_LINE, Wishes, outcome_line, wants_standardizing
from gui.tables.columns_form import ColumnsForm
from gui.tables.preview_model import PreviewModel
from gui.tables.table_reader import Glimpse, Origin, Outcome, ReadRequest, TableReader
from gui.tables.text_format_form import ReadingForm
from gui.widgets.flags import LEFT, SELECTABLE
from gui.widgets.forms import FormDialog, ScrollColumn, polish
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

PATIENCE_MILLISECONDS = 250
"""What takes no longer than this shows no bar."""
SIZE = (1000, 680)
FITTED_COLUMNS = 40
NARROWEST, WIDEST = 72, 200
MOST_DOUBTS = 4
SMALLEST_PREVIEW = QSize(300, 150)


@dataclass(frozen=True, eq=False)
class OpenedTable:
    """A table that was taken."""

    origin: Origin  # where it came from
    reading: Reading | None  # how it was read; None where it is no text
    choice: Choice  # what its columns are for
    dataset: Dataset  # its points
    standardize: bool  # whether the inputs are to be standardized
    starts: bool  # whether it brings settings that learn, in place of the present ones


def align(*forms: QFormLayout) -> None:
    """Let the fields of several forms begin at the same place."""
    items = [form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in forms for row in range(form.rowCount())]
    labels = [existing(item.widget()) for item in items if item is not None]
    width = max(label.sizeHint().width() for label in labels)
    for label in labels:
        label.setMinimumWidth(width)


class TableDialog(FormDialog):
    """Reads one table as it is told, and hands it on when it is taken.

    ``standardize``: whether the inputs are standardized now; ``known``: fields of Reading that are not to be found by
    themselves; ``wishes``: what is said of the columns beforehand. ``taken(OpenedTable)``: the dialog is closed then.
    """

    taken = pyqtSignal(object)

    def __init__(
        self,
        origin: Origin,
        theme: Theme,
        standardize: bool,
        parent: QWidget | None,
        known: Mapping[str, object] | None = None,
        wishes: Wishes | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Open a table") if origin.text is None else _("Paste a table"))
        self._standardize = standardize
        self._request = ReadRequest(origin, dict(known or {}), wishes or Wishes())
        self._outcome: Outcome | None = None
        self._accepting = False
        self._model = PreviewModel(theme, self)
        self.preview = QTableView()
        self.reading = ReadingForm()
        self.columns = ColumnsForm()
        self.line, self.doubts = plain_label(), plain_label()
        self.starts = QCheckBox(START_LINE)
        self.starts.setChecked(wishes is None)
        self.starts.setToolTip(_("Untick it to keep your own settings"))
        self.progress = QProgressBar()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = QPushButton(_("&Open"))
        self.buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(PATIENCE_MILLISECONDS)
        self._slow.timeout.connect(self.progress.show)
        self._lay_out()
        self._reader = TableReader(self)
        self._reader.glimpsed.connect(self._show_glimpse)
        self._reader.progressed.connect(self._show_progress)
        self._reader.settled.connect(self._show_outcome)
        self.reading.changed.connect(self._read_with)
        self.reading.found_anew.connect(lambda: self._ask(known={}))
        self.columns.changed.connect(lambda wishes: self._ask(wishes=wishes))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._ask()

    # ---------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        self.preview.setModel(self._model)
        self.preview.setAccessibleName(_("The first rows of the table"))
        existing(self.preview.findChild(QAbstractButton)).setAccessibleName(_("Select all"))  # in the corner
        self.preview.setTabKeyNavigation(False)
        self.preview.setWordWrap(False)
        self.preview.setMinimumSize(SMALLEST_PREVIEW)
        names, rows = existing(self.preview.horizontalHeader()), existing(self.preview.verticalHeader())
        names.setDefaultAlignment(LEFT)
        names.setHighlightSections(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(_("How much of the table is read"))
        kept = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        self.progress.hide()
        for label in (self.line, self.doubts):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(SELECTABLE)
        self.doubts.setAccessibleName(_("What is doubtful"))
        self.doubts.setProperty("role", "wrong")
        self.doubts.hide()
        self.line.setMinimumHeight(2 * self.line.fontMetrics().lineSpacing())
        self.open_button.setDefault(True)
        align(self.reading.form, self.columns.form)
        self.reading.show_reading(None, {})  # until it is known
        self.columns.setEnabled(False)
        forms = QWidget()
        column = QVBoxLayout(forms)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.reading)
        column.addWidget(self.columns, 1)
        left = ScrollColumn(forms)
        left.setMaximumWidth(330)
        middle = QHBoxLayout()
        middle.addWidget(left)
        middle.addWidget(self.preview, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.progress, 1)
        bottom.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(self._title())
        layout.addLayout(middle, 1)
        for widget in (self.doubts, self.line, self.starts):
            layout.addWidget(widget)
        layout.addLayout(bottom)
        around = (self.parentWidget() or self).size()
        self.resize(min(SIZE[0], max(800, around.width() - 60)), min(SIZE[1], max(560, around.height() - 50)))
        self.open_button.setFocus()

    def _title(self) -> QHBoxLayout:
        origin = self._request.origin
        name = plain_label(origin.name)
        folder = plain_label("" if origin.text is not None else str(Path(origin.path).parent))
        name.setProperty("role", "strong")
        folder.setProperty("role", "faint")
        folder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        folder.setToolTip(plain(origin.path))
        line = QHBoxLayout()
        line.addWidget(name)
        line.addWidget(folder, 1)
        return line

    # ---------------------------------------------------------------- what is asked and answered

    def _ask(self, **changes: object) -> None:
        """Have the table read by what is known and wished now."""
        self._request = replace(self._request, **changes)  # type: ignore[arg-type]
        self._outcome, self._accepting = None, False
        self.line.setToolTip("")
        self.doubts.hide()
        self._say(_("Reading {name}…").format(name=self._request.origin.name))
        self.open_button.setEnabled(True)
        self._slow.start()
        self._reader.ask(self._request)

    def _read_with(self, fields: Mapping[str, object]) -> None:
        """Read with these fields; one that is None is to be found again, but for the delimiter."""
        known = {**self._request.known, **fields}
        self._ask(known={name: value for name, value in known.items() if value is not None or name == "delimiter"})

    def _show_glimpse(self, glimpse: Glimpse) -> None:
        if not glimpse.request.reads_like(self._request):
            return
        first = glimpse.preview
        self._model.show_preview(first)
        if first is None:
            self.reading.show_nothing(self._request.known)
        else:
            self.reading.show_reading(first.table, self._request.known)
        self._show_columns(first.table if first is not None and not first.problem else None, glimpse.choice)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Wide enough for what is in them, but for long texts."""
        for place in range(min(self._model.columnCount(), FITTED_COLUMNS)):
            self.preview.resizeColumnToContents(place)
            self.preview.setColumnWidth(place, min(WIDEST, max(NARROWEST, self.preview.columnWidth(place) + 4)))

    def _show_progress(self, request: ReadRequest, part: float) -> None:
        if request.reads_like(self._request):
            self.progress.setValue(round(1000 * part))

    def _show_outcome(self, outcome: Outcome) -> None:
        if outcome.request is not self._request:
            return
        self._outcome = outcome
        self._slow.stop()
        self.progress.hide()
        if outcome.table is not None:
            self._show_columns(outcome.table, outcome.choice)
        self.line.setToolTip(plain(outcome.detail))
        self.open_button.setEnabled(not outcome.problem)
        doubts = outcome.selection.doubts if outcome.selection is not None else ()
        self.reading.mark_doubtful({doubt.settled_by for doubt in doubts})
        if outcome.selection is None:
            self._accepting = False
            self._say(outcome.problem, wrong=True)
            return
        self._say(outcome_line(outcome.selection, outcome.request.wishes))
        told = [self.reading.told(doubt) for doubt in doubts]
        self.doubts.setText("\n".join(f"\N{BULLET} {text}" for text in told[:MOST_DOUBTS]))
        self.doubts.setToolTip(escape("\n".join(told)))
        self.doubts.setVisible(bool(doubts))
        self.columns.show_standardize(self._standardizes(outcome.selection))
        if self._accepting:
            self.accept()

    def _show_columns(self, table: Table | None, choice: Choice | None) -> None:
        self._model.show_choice(choice)
        self.columns.show_choice(table, choice, self._request.wishes)

    def _say(self, text: str, wrong: bool = False) -> None:
        self.line.setText(text)
        self.line.setProperty("role", "wrong" if wrong else "")
        polish(self.line)

    def _standardizes(self, selection: SelectedColumns) -> bool:
        wished = self._request.wishes.standardize
        return wished if wished is not None else self._standardize or wants_standardizing(selection.dataset.points)

    # ---------------------------------------------------------------- the end

    def accept(self) -> None:
        """Hand the table on, as soon as all of it is read."""
        outcome = self._outcome
        if outcome is None:
            self._accepting = True
            self.progress.show()
            return
        if outcome.selection is None or outcome.choice is None:
            return
        super().accept()
        standardize = self._standardizes(outcome.selection)
        origin, starts = outcome.request.origin, self.starts.isChecked()
        taken = OpenedTable(
            origin, outcome.reading, outcome.choice, outcome.selection.dataset, standardize or starts, starts
        )
        self.taken.emit(taken)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter takes the table or, while that cannot be, does nothing; Qt would press another button instead."""
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self._reader.close()
        super().done(result)
