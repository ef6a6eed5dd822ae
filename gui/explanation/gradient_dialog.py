"""The dialog of the gradient check: the verdict, and every compared derivative."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.base.number_text import short
from core.base.translation import _
from core.explain.gradient_check import GradientCheck, verdict
from core.network.network import parameter_name
from gui.explanation.verdict_line import Dot
from gui.widgets.flags import RIGHT
from gui.widgets.forms import FormDialog
from gui.widgets.plain_text import plain_label
from gui.widgets.qt_objects import existing, forget_when_deleted
from gui.widgets.theme import Theme

PATIENCE_MILLISECONDS = 300
"""A check that takes no longer is not worth a dialog that waits for it."""

COLUMNS = (_("parameter"), _("by backpropagation"), _("by differences"), _("relative error"))


class DerivativeTable(QAbstractTableModel):
    """A row for each checked derivative, the worst first; a click on a column's heading sorts by it."""

    def __init__(self, check: GradientCheck, parent: QObject) -> None:
        super().__init__(parent)
        self._check = check
        self._columns = (check.checked, check.analytic, check.numerical, check.relative_error)
        self._order = np.arange(len(check.checked))
        self.sort(3, Qt.SortOrder.DescendingOrder)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell's text."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 0:
            return int(RIGHT)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row, column = int(self._order[index.row()]), index.column()
        if column == 0:
            return parameter_name(self._check.sizes, int(self._check.checked[row]))
        if column > 1 and self._check.at_corner[row]:
            return _("at a corner")
        value = float(self._columns[column][row])
        return short(value, 2 if column == 3 else 12)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The column's name."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by value; derivatives at a corner of the loss come last."""
        values = self._columns[column].astype(float)
        self.layoutAboutToBeChanged.emit()
        rank = np.argsort(values if order == Qt.SortOrder.AscendingOrder else -values, kind="stable")  # NaN at the end
        self._order = rank
        self.layoutChanged.emit()


class WaitingDialog(QDialog):
    """Opens by itself where the check takes long. ``rejected`` is emitted when the user cancels the check."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Check of the gradient"))
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)  # the engine may still have to be loaded
        self._progress.setAccessibleName(_("The gradient is being checked"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (QLabel(_("Comparing derivatives with differences of the loss…")), self._progress, buttons):
            layout.addWidget(widget)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.show)  # beside the window, which can be used and closed meanwhile
        self._clock.start(PATIENCE_MILLISECONDS)

    def show_progress(self, done: float) -> None:
        """Show the finished share of the check."""
        if done > 0.0:
            self._progress.setRange(0, 100)
            self._progress.setValue(int(100 * done))


class GradientDialog(FormDialog):
    """Shows one check."""

    def __init__(self, check: GradientCheck, epoch: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Check of the gradient"))
        self.verdict = plain_label(verdict(check, epoch))
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        is_right = check.gradients_agree and check.engine_agrees
        self.dot = Dot()
        self.dot.show_color(theme, "test" if is_right and check.compared else "wrong" if not is_right else "faint")
        card = QFrame()
        card.setProperty("role", "card")
        line = QHBoxLayout(card)
        line.setContentsMargins(12, 8, 12, 8)
        line.setSpacing(10)
        line.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.verdict, 1)
        self.table = QTableView()
        self.table.setShowGrid(False)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setAlternatingRowColors(True)
        existing(self.table.verticalHeader()).setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.table.setModel(DerivativeTable(check, self))
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        existing(self.table.verticalHeader()).hide()
        existing(self.table.horizontalHeader()).setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(_("Derivatives that were compared"))
        note = QLabel(
            _(
                "Backpropagation computes each derivative exactly; a difference of the loss, a little to each side of "
                "the "
                "weight, comes near it. Where both agree, backpropagation is right."
            )
        )
        note.setWordWrap(True)
        note.setProperty("role", "faint")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (card, note, self.table, buttons):
            layout.addWidget(widget)
        self.setMinimumSize(700, 400)
        self.resize(720, 540)
