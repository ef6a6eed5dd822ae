"""The report on a network: the confusion matrix with the measures of each class, or the errors of a regression."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.base.arrays import Array, Rows
from core.base.number_text import UNDEFINED, percent, short
from core.base.translation import _, pgettext
from core.data.dataset import Dataset
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.report.confusion_grid import Cell, ConfusionGrid
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare
from gui.widgets.plain_text import plain_label
from gui.widgets.plots import SIDE
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.report import Report

SETS = {"train": pgettext("set", "Training"), "test": pgettext("set", "Test")}
SHORT = {"train": _("training"), "test": _("test")}
NUMBERS = (("R²", "r2"), (_("RMSE"), "rmse"), (_("MAE"), "mae"))
MOST_MARKED = 1_500


class FitPlots(QWidget):
    """Plots of a regression's predictions; what draws them lies above this folder."""

    def put_above(self, numbers: QWidget) -> None:
        """Show these numbers above the residuals."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        raise NotImplementedError

    def set_dataset(self, dataset: Dataset) -> None:
        """Show other data; nothing for classes."""
        raise NotImplementedError

    def show_predictions(self, rows: Rows, predicted: Array) -> None:
        """Show these rows of the data set; ``predicted`` is of all rows, shape (n,)."""
        raise NotImplementedError


class ReportView(QWidget):
    """Shows the report in the newest snapshot that holds one, on the training or the test set.

    Args:
        fit: shows the predictions of a regression.

    Signals:
        marked(array): the rows of the data set in the clicked cell; empty if none is clicked.
        copy_wanted(), save_wanted(): a button was clicked.

    Attributes:
        is_seen: see :meth:`set_seen`.
    """

    marked = pyqtSignal(object)
    copy_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(self, theme: Theme, fit: FitPlots) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._report: Report | None = None
        self._picked: Cell | None = None
        self.is_seen = False
        self.which = ChoiceBox(list(SETS.items()), _("Set"))
        self.which.setMinimumContentsLength(0)
        self.which.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.which.setProperty("role", "quiet")
        self.which.setToolTip(_("Of which set the report is"))
        self.which.currentIndexChanged.connect(self._choose_set)
        self.head = plain_label(UNDEFINED)
        self.head.setProperty("role", "strong")
        self._copy, self._save = QPushButton(_("&Copy")), QPushButton(_("Sa&ve…"))
        self._copy.setToolTip(_("Copy the report of both sets as text"))
        self._copy.clicked.connect(self.copy_wanted)
        self._save.setToolTip(_("Save the report of both sets as CSV"))
        self._save.clicked.connect(self.save_wanted)
        for button in (self._copy, self._save):
            button.setProperty("role", "narrow")
        self.grid = ConfusionGrid(theme)
        self.grid.clicked.connect(self._pick)
        self._area = QScrollArea()
        self._area.setAccessibleName(_("Report"))
        self._area.setWidget(self.grid)
        self._area.setWidgetResizable(True)
        self.fit = fit
        self._numbers = QWidget()
        self._values: dict[tuple[str, str], QLabel] = {}
        self._note = plain_label()
        self._note.setProperty("role", "faint")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, SIDE, 0)  # a quiet field has a padding of its own
        for widget in (self.which, self.head):
            head.addWidget(widget)
        head.addStretch(1)
        for widget in (self._copy, self._save):
            head.addWidget(widget)
        table = bare(QGridLayout(self._numbers))
        table.setVerticalSpacing(1)
        table.setHorizontalSpacing(14)
        for row, (label, key) in enumerate(NUMBERS, start=1):
            table.addWidget(QLabel(label), row, 0)
            for column, name in enumerate(SETS, start=1):
                value = self._values[name, key] = plain_label(UNDEFINED)
                value.setProperty("role", "strong")
                table.addWidget(value, row, column)
        for column, title in enumerate(SHORT.values(), start=1):
            table.addWidget(QLabel(title), 0, column)
        table.setColumnStretch(len(SETS) + 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self._area, 1)
        self.fit.put_above(self._numbers)
        layout.addWidget(self.fit, 1)
        layout.addWidget(self._note)
        self._note.setContentsMargins(SIDE, 0, SIDE, 0)
        self._numbers.hide()
        self.fit.hide()

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.grid.set_theme(theme)
        self.fit.set_theme(theme)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded, self._snapshot, self._report = loaded, None, None
        self._draw()
        has_test, is_regression = len(loaded.preparation.test) > 0, not loaded.preparation.dataset.class_names
        self._mark(None)
        self._area.setVisible(not is_regression)
        self._numbers.setVisible(is_regression)
        self.fit.setVisible(is_regression)
        self.fit.set_dataset(loaded.preparation.dataset)
        self.which.refuse({} if has_test else {"test": _("every point is used for training")})
        if not has_test:
            self.which.setCurrentIndex(0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw its report if it holds another one."""
        if self._loaded is not None and self._loaded.canvas is not None:  # nothing is trained on these points
            return
        self._snapshot = snapshot
        if snapshot.report is not None and snapshot.report is not self._report and self.is_seen:
            self._report = snapshot.report
            self._draw()

    def set_seen(self, seen: bool) -> None:
        """Tell whether the user can see the view; Qt calls it visible even behind the tab of another dock."""
        self.is_seen = seen
        if not seen:
            self._mark(None)

    def _choose_set(self) -> None:
        self._mark(None)
        self._draw()

    # ---------------------------------------------------------------- drawing

    def _draw(self) -> None:
        report = self._report
        if report is None:
            self.head.setText(UNDEFINED)
            self._note.setText("")
            self.grid.clear()
            for value in self._values.values():
                value.setText(UNDEFINED)
            return
        from core.explain.report import ClassReport  # here, since the first picture holds no report

        part = report.train if self.which.currentData() == "train" else report.test
        if isinstance(part, ClassReport):
            self.head.setText(_("accuracy {accuracy}").format(accuracy=percent(part.accuracy)))
            self.grid.show_part(report, part, self._picked)
            if self._picked is not None:
                self._mark(self._picked)
        else:
            self.head.setText(_("errors of {target}").format(target=" ".join(report.target_name.split())[:40]))
            self._show_numbers(report)
            self._show_fit()
        self._note.setText(
            _("at {place}; {undefined} is undefined").format(place=report.place, undefined=UNDEFINED)
            if isinstance(part, ClassReport) and np.isnan([part.precision, part.recall, part.f1]).any()
            else _("at {place}").format(place=report.place)
        )

    def _show_numbers(self, report: Report) -> None:
        for name, part in (("train", report.train), ("test", report.test)):
            for _label, key in NUMBERS:
                value = getattr(part, key)
                self._values[name, key].setText(UNDEFINED if math.isnan(value) else short(value, 5))

    def _show_fit(self) -> None:
        loaded, snapshot = self._loaded, self._snapshot
        if loaded is not None and snapshot is not None and loaded.canvas is None:
            preparation = loaded.preparation
            part = preparation.train if self.which.currentData() == "train" else preparation.test
            self.fit.show_predictions(part.rows, snapshot.predicted.astype(np.float64, copy=False))

    # ---------------------------------------------------------------- picking a cell

    def _pick(self, cell: Cell | None) -> None:
        self._mark(None if cell == self._picked else cell)
        self._draw()

    def _mark(self, cell: Cell | None) -> None:
        """Announce the points in a cell, or none; drawn points that no network is trained on yet are in no cell."""
        if cell is None and self._picked is None:
            return
        self._picked = cell
        self.marked.emit(np.zeros(0, dtype=np.int64) if cell is None else self._rows_in(cell))

    def _rows_in(self, cell: Cell) -> Rows:
        loaded, snapshot, report = self._loaded, self._snapshot, self._report
        if loaded is None or loaded.canvas is not None or snapshot is None or report is None:
            return np.zeros(0, dtype=np.int64)
        preparation = loaded.preparation
        part = preparation.train if self.which.currentData() == "train" else preparation.test
        true, said = (report.classes[place] for place in cell)
        rows: Rows = part.rows[(part.labels == true) & (snapshot.predicted[part.rows] == said)]
        return rows[:MOST_MARKED]
