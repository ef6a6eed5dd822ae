"""The first rows of a table, each column marked with what it is for."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PyQt5.QtGui import QBrush, QColor

from core.base.translation import _
from core.base.values import dataclass
from core.data.tables.column_choice import Choice
from core.data.tables.table import NUMBERS, TEXT, Column, Preview
from gui.widgets.flags import LEFT, RIGHT
from gui.widgets.plain_text import plain
from gui.widgets.theme import Theme


@dataclass(frozen=True)
class Use:
    """What a column can be for."""

    label: str  # stands below its name
    color: str = ""  # the attribute of the theme that its cells are tinted with; empty for none
    share: float = 0.0  # how strongly, 0 to 1


ACROSS, UP = Use(_("across →"), "positive", 0.2), Use(_("up ↑"), "positive", 0.2)
INPUT, LEARNED, UNUSED = Use(_("input"), "positive", 0.07), Use(_("learned"), "accent", 0.2), Use(_("not used"))
KINDS = {NUMBERS: _("numbers"), TEXT: _("text")}
GAP = Use(_("missing"), "wrong", 0.25)


def uses(names: tuple[str, ...], choice: Choice | None) -> list[Use]:
    """What each column is for."""
    known: dict[str, Use] = {}
    if choice is not None:
        known = dict.fromkeys(choice.inputs, INPUT)
        known |= {choice.shown[0]: ACROSS, choice.shown[1]: UP, choice.target: LEARNED}
    return [known.get(name, UNUSED) for name in names]


def gaps(column: Column) -> frozenset[int]:
    """The rows, from 0, in which there is no number, or no text."""
    if column.varied:  # whose texts are not kept
        return frozenset()
    return frozenset(np.flatnonzero(~np.isfinite(column.values)).tolist())


class PreviewModel(QAbstractTableModel):
    """See the module."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preview: Preview | None = None
        self._uses: list[Use] = []
        self._gaps: list[frozenset[int]] = []

    def show_preview(self, preview: Preview | None) -> None:
        """Show these rows; nothing is known yet of what their columns are for."""
        self.beginResetModel()
        self._preview = preview
        columns = preview.table.columns if preview is not None else ()
        self._uses, self._gaps = [UNUSED] * len(columns), list(map(gaps, columns))
        self.endResetModel()

    def show_choice(self, choice: Choice | None) -> None:
        """Mark what the columns are for."""
        if self._preview is None:
            return
        now = uses(self._preview.table.names, choice)
        if now != self._uses:
            self._uses = now
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(now) - 1)
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(now) - 1))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if self._preview is None or (parent is not None and parent.isValid()) else len(self._preview.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return (
            0 if self._preview is None or (parent is not None and parent.isValid()) else len(self._preview.table.names)
        )

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell as it is written; its colours."""
        assert self._preview is not None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._preview.rows[row][column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if self._preview.table.kinds[column] == NUMBERS else LEFT)
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._tint(GAP if self._is_missed(row, column) else self._uses[column])
        if role == Qt.ItemDataRole.ToolTipRole and self._is_missed(row, column):
            return _("Counts as missing")
        return None

    def _is_missed(self, row: int, column: int) -> bool:
        return row in self._gaps[column] and self._uses[column] is not UNUSED

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name and use of a column; where a row stands."""
        assert self._preview is not None
        if orientation == Qt.Orientation.Vertical:
            place = self._preview.table.place(section)
            if role == Qt.ItemDataRole.DisplayRole:
                return place.rsplit(" ", 1)[-1]
            tip = plain(_("In the file, this is {place}").format(place=place))
            return tip if role == Qt.ItemDataRole.ToolTipRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self._preview.table.names[section]}\n{self._uses[section].label}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{self._preview.table.names[section]}: {KINDS[self._preview.table.kinds[section]]}")
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._tint(self._uses[section])
        return None

    def _tint(self, use: Use) -> QBrush | None:
        return QBrush(tinted(self._theme, use)) if use.color else None


def tinted(theme: Theme, use: Use) -> QColor:
    """The background with a little of a colour; opaque, since headers know no other."""
    base, color = theme.base, getattr(theme, use.color)
    return QColor(*(round(below + use.share * (above - below)) for below, above in zip(base, color, strict=True)))
