"""The table of runs: what its cells say, the order of its rows, and which of them a filter lets through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap

from core.base.number_text import grouped, percent, short
from core.base.translation import _
from core.workbench.many_runs.lowest_test_loss import rows_of_lowest_test_loss
from core.workbench.many_runs.run_differences import OTHER_DATA, OTHER_LOSS, OTHER_SPLIT
from gui.runs.run_colors import PRESENT, run_color
from gui.widgets.ending_painter import painting
from gui.widgets.flags import LEFT, RIGHT
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.workbench.many_runs.run_rows import RowKey, RunRow

BOX, NAME, EPOCHS, TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE, LOWEST, STATE = range(9)
NUMBERED = TRAIN_LOSS, TEST_LOSS, TRAIN_SCORE, TEST_SCORE
"""The columns of a row's numbers, in their order."""
TITLES = (
    "",
    _("Run"),
    _("Epochs"),
    _("Test\nloss"),
    _("Test\naccuracy"),
    _("Train\nloss"),
    _("Train\naccuracy"),
    _("Lowest\ntest loss"),
    _("State"),
)
TIPS = (
    _("Show the run's curves and its border beside those of the present run"),
    _("The name of the run, or what differs among the runs"),
    _(
        "Where the present run stands; the end of another run, or its best epoch if it stopped early. "
        "Losses and scores are of there, or of the last record before it"
    ),
    _("Loss of the test set at that epoch"),
    _("Accuracy or R² of the test set at that epoch"),
    _("Loss of the training set at that epoch"),
    _("Accuracy or R² of the training set at that epoch"),
    _(
        "The lowest test loss since the last change, and its epoch; a double click goes "
        "there. In colour the lowest of all that can be compared"
    ),
    _("What the run does, or how it ended"),
)
STATES = {
    "plays": _("plays"),
    "present": _("present"),
    "branch": _("branch"),
    "kept": _("kept"),
    "left": _("left"),
    "diverged": _("diverged"),
    "stopped": _("stopped"),
}
STATE_TIPS = {
    "plays": _("It is being trained now."),
    "present": _("The run that the window shows now."),
    "branch": _("Another branch of the present run: a double click goes there."),
    "kept": _("You kept it: it is shown beside the present run, and can be saved with the project."),
    "left": _(
        "You trained it, then went on with another run. A double click brings it back as it was; "
        "tick its box to keep it."
    ),
    "diverged": _("Its loss or weights were no longer finite; it stands just before."),
    "stopped": _("It stopped by itself, as its settings for stopping say."),
}
APART = {OTHER_DATA: _("other data"), OTHER_LOSS: _("other loss"), OTHER_SPLIT: _("other split")}
WHY_APART = {
    OTHER_DATA: _("It learns other data than the present run: it is not drawn, and its numbers cannot be compared."),
    OTHER_LOSS: _("Its losses are measured otherwise: they are not drawn beside those of the present run."),
    OTHER_SPLIT: _(
        "It learns the same data, but other points are in its training and its test set: "
        "its numbers tell little beside the present run's."
    ),
}
"""For the tip; a row whose numbers cannot be compared shows them pale."""
CSV_COLUMNS = (
    "run",
    "epochs",
    "train_loss",
    "test_loss",
    "train_score",
    "test_score",
    "lowest_test_loss",
    "lowest_epoch",
    "state",
    "differs",
)
SWATCH = QSize(14, 10)
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class RunTableModel(QAbstractTableModel):
    """Shows rows; what the user wants goes out as signals, and comes back with other rows.

    Signals:
        pin_wanted(RunRow, bool): a box was clicked.
        rename_wanted(RunRow, str): another name was typed.
    """

    pin_wanted = pyqtSignal(object, bool)
    rename_wanted = pyqtSignal(object, str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: list[RunRow] = []
        self._shown: list[RunRow] = []
        self._order: tuple[int, Qt.SortOrder] | None = None
        self._filter = ""
        self._score = "accuracy"
        self._lowest: set[RowKey] = set()

    @property
    def rows(self) -> list[RunRow]:
        """The shown rows in their order."""
        return self._shown

    @property
    def count(self) -> int:
        """The number of all rows, the filtered ones included."""
        return len(self._all)

    # ---------------------------------------------------------------- what is shown

    def set_theme(self, theme: Theme) -> None:
        """Show other colours."""
        self._theme = theme
        self._tell_change()

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these; while they are the same runs, their order stays as it is."""
        self._lowest = {row.key for row in rows_of_lowest_test_loss(rows)}
        score = "R²" if rows and all(row.is_regression for row in rows) else "accuracy"
        if score != self._score:
            self._score = score
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, TEST_SCORE, TRAIN_SCORE)
        known = {row.key: row for row in rows}
        if {row.key for row in self._all} == known.keys() and len(rows) == len(self._all):
            self._all = list(rows)
            self._shown = [known[row.key] for row in self._shown]
            self._tell_change()
        else:
            self._all = list(rows)
            self._arrange()

    def set_filter(self, text: str) -> None:
        """Show only rows that hold each of these words in their name or state."""
        self._filter = text
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = (column, order) if column >= 0 else None
        self._arrange()

    def _arrange(self) -> None:
        """Filter and sort; numbers that do not exist, or that cannot be compared, come last in both orders."""
        self.beginResetModel()
        words = self._filter.lower().split()
        shown = [row for row in self._all if all(word in _searched(row) for word in words)]
        if self._order is not None:
            column, order = self._order
            downwards = order == Qt.SortOrder.DescendingOrder
            parts: tuple[list[RunRow], ...] = [], [], []
            for row in shown:
                parts[_rank(row, column)].append(row)
            for part in parts[:2]:
                part.sort(key=lambda row: _sort_key(row, column), reverse=downwards)
            shown = [row for part in parts for row in part]
        self._shown = shown
        self.endResetModel()

    def _tell_change(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(TITLES) - 1))

    # ---------------------------------------------------------------- for Qt

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section].replace("accuracy", self._score)
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if EPOCHS <= section < STATE else LEFT
        return None

    def flags(self, index: QModelIndex) -> Any:  # noqa: ANN401 (PyQt5's stubs call combined flags plain integers)
        flags: Any = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == BOX:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.EditRole:
            return run_cell_text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and EPOCHS <= column < STATE:
            return RIGHT
        if role == Qt.ItemDataRole.CheckStateRole and column == BOX:
            return CHECKED if row.pinned else UNCHECKED
        if role == Qt.ItemDataRole.DecorationRole and column == BOX:
            return self._swatch(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == BOX:
                return "\n".join(filter(None, (TIPS[BOX], WHY_APART.get(row.apart))))
            return (
                state_tip(row) if column == STATE else "\n".join(filter(None, (tip_of(row), _open_hint(row, column))))
            )
        if role == Qt.ItemDataRole.AccessibleTextRole and column == BOX:
            return _("Show beside the present run: {name}").format(name=row.name)
        if role == Qt.ItemDataRole.ForegroundRole and row.apart and column in _not_comparable(row):
            return self._theme.color("faint")
        if role == Qt.ItemDataRole.ForegroundRole and column == LOWEST and row.key in self._lowest:
            return self._theme.color("accent")
        if role == Qt.ItemDataRole.FontRole and row.is_present:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == BOX:
            self.pin_wanted.emit(row, value == CHECKED)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == NAME and value != row.name:
            self.rename_wanted.emit(row, str(value))
            return True
        return False

    def _swatch(self, row: RunRow) -> QIcon:
        """The colours of the run's curves: the present one's, or its own if it is pinned."""
        picture = QPixmap(SWATCH)
        picture.fill(Qt.GlobalColor.transparent)
        color: QColor | None = None
        if row.is_present:
            color = run_color(PRESENT, self._theme)
        elif row.pinned and row.entry is not None and row.apart != OTHER_DATA:
            color = run_color(row.entry.color, self._theme)
        if color is not None:
            with painting(picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(color, 3.0))
                painter.drawLine(1, SWATCH.height() // 2, SWATCH.width() - 1, SWATCH.height() // 2)
        return QIcon(picture)


# ---------------------------------------------------------------- what a row says


def run_cell_text(row: RunRow, column: int) -> str:
    """The text of a cell."""
    if column == NAME:
        return row.name
    if column == EPOCHS:
        epochs, is_before = _epochs(row.told_epochs), row.is_present and row.ends_at is not None
        return _("{epoch} of {end}").format(epoch=epochs, end=_epochs(row.ends_at or 0.0)) if is_before else epochs
    if column in (TRAIN_LOSS, TEST_LOSS):
        return short(row.numbers[NUMBERED.index(column)], 3)
    if column in (TRAIN_SCORE, TEST_SCORE):
        score = row.numbers[NUMBERED.index(column)]
        return short(score, 4) if row.is_regression else percent(score)
    if column == LOWEST:
        return "" if row.lowest is None else f"{short(row.lowest.loss, 3)} ({_epochs(row.lowest.epoch)})"
    return _shown_state(row) if column == STATE else ""


def _epochs(epochs: float) -> str:
    """A place on the way, from 100 epochs on without the share of the epoch it is in."""
    return grouped(math.floor(epochs)) if epochs >= 100.0 else short(round(epochs, 2), 9)


def tip_of(row: RunRow) -> str:
    """All that differs from the present run, and why it is not drawn."""
    best = ""
    if row.is_back_at_best:
        best = _("It stopped early at epoch {end} and is back at its best epoch, of which the numbers are.").format(
            end=_epochs(row.ends_at or 0.0)
        )
    elif row.lowest is not None:
        best = _("The test loss was lowest at epoch {epoch}: {loss}.").format(
            epoch=_epochs(row.lowest.epoch), loss=short(row.lowest.loss, 3)
        )
    if row.is_present:
        return "\n".join(filter(None, (_("{name}\nThe present run").format(name=row.name), best)))
    if row.differs:
        text = _("{name}\nDiffers from the present run: {differs}").format(name=row.name, differs=row.differs)
    else:
        text = _("{name}\nThe settings and the changes are those of the present run.").format(name=row.name)
    measured = ""
    if row.ends_at is not None:
        measured = _("Its losses and scores are of epoch {epoch}, the last record before its end.").format(
            epoch=_epochs(row.epochs)
        )
    return "\n".join(filter(None, (text, best, measured, WHY_APART.get(row.apart))))


def _open_hint(row: RunRow, column: int) -> str:
    """What a double click in a column does; empty for nothing."""
    if column == LOWEST and row.lowest is not None:
        return _("Double click: go to its lowest test loss")
    return "" if row.is_present else _("Double click: open this run")


def state_tip(row: RunRow) -> str:
    """What the word in the column of states means; where there is nothing to explain, all that is told of the run."""
    return "\n".join(filter(None, (WHY_APART.get(row.apart), STATE_TIPS.get(row.state)))) or tip_of(row)


def run_lines(rows: Sequence[RunRow]) -> list[Sequence[str]]:
    """Rows with a head, for CSV and the clipboard; numbers have all their digits, and what is not known is empty."""
    return [CSV_COLUMNS, *(_values(row) for row in rows)]


def _values(row: RunRow) -> list[str]:
    numbers = ["" if math.isnan(number) else repr(number) for number in row.numbers]
    lowest = ("", "") if row.lowest is None else (repr(row.lowest.loss), str(row.lowest.epoch))
    return [row.name, f"{row.epochs:.15g}", *numbers, *lowest, state_word(row), row.differs]


def _searched(row: RunRow) -> str:
    return f"{row.name} {_shown_state(row)}".lower()


def _sort_key(row: RunRow, column: int) -> float | str:
    if column == BOX:
        return 0.0 if row.pinned else 1.0
    if column == EPOCHS:
        return row.told_epochs
    if column in NUMBERED:
        return row.numbers[NUMBERED.index(column)]
    if column == LOWEST:
        return math.nan if row.lowest is None else row.lowest.loss
    return run_cell_text(row, column).lower()


def _rank(row: RunRow, column: int) -> int:
    """2 for a number that does not exist, 1 for one that cannot be compared with the present run's, 0 for others."""
    key = _sort_key(row, column)
    if isinstance(key, float) and math.isnan(key):
        return 2
    return 1 if row.apart and column in _not_comparable(row) else 0


def _shown_state(row: RunRow) -> str:
    """The state, and where a run that stopped early has gone back from; or why its numbers cannot be compared."""
    if row.is_back_at_best:
        return _("stopped at {end}; back at its best").format(end=_epochs(row.ends_at or 0.0))
    return APART.get(row.apart, state_word(row)) if row.state in ("kept", "left", "branch") else state_word(row)


def _not_comparable(row: RunRow) -> tuple[int, ...]:
    """The columns of numbers that cannot be compared with those of the present run."""
    losses = TRAIN_LOSS, TEST_LOSS, LOWEST
    return losses if row.apart == OTHER_LOSS else (*losses, TRAIN_SCORE, TEST_SCORE)


def state_word(row: RunRow) -> str:
    """What the run does, or how it ended, as a person reads it."""
    return STATES.get(row.state, row.state)
