"""The report: the confusion matrix with precision, recall and F1 of each class, or the errors of a regression."""

from __future__ import annotations

import math

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.base.number_text import grouped, percent, short
from core.explain.report import UNDEFINED, ClassReport, NumberReport, Report
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.widgets.ending_painter import painting
from gui.widgets.flags import CENTER, LEFT, RIGHT, SMOOTH
from gui.widgets.theme import Theme

SETS = {"train": "Training set", "test": "Test set"}
MEASURES = ("precision", "recall", "F1", "points")
NUMBERS = (("R²", "r2"), ("RMSE", "rmse"), ("MAE", "mae"))
CELL, SMALLEST_CELL = 46.0, 26.0
ROW = 24.0
HEAD = 46.0
PAD = 8.0
MOST_MARKED = 1_500
LONGEST_NAME = 90.0

Cell = tuple[int, int]


class ConfusionGrid(QWidget):
    """A row for each true class, a column for each predicted one, and behind them the measures of the row's class.

    Signals:
        clicked((int, int) or None): true and predicted class of a cell, or no cell.
    """

    clicked = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._part: ClassReport | None = None
        self._picked: Cell | None = None
        self.setAccessibleName("Confusion matrix")
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_part(self, names: tuple[str, ...], part: ClassReport, picked: Cell | None) -> None:
        """Draw this from now on; ``picked`` is framed."""
        if names != self._names:
            self._names = names
        self._part, self._picked = part, picked
        needed = self.needed()
        if self.minimumSize() != needed:
            self.setMinimumSize(needed)
        self.update()

    def needed(self) -> QSize:
        """The least room that everything fits in."""
        width = self._names_width() + len(self._names) * self._least_cell() + 4 * self._measure_width() + 2 * PAD
        return QSize(math.ceil(width), math.ceil(HEAD + ROW * len(self._names) + PAD))

    def cell_rect(self, cell: Cell) -> QRectF:
        """Where a cell of the matrix is."""
        side = self._cell_width()
        return QRectF(PAD + self._names_width() + cell[1] * side, HEAD + cell[0] * ROW, side, ROW)

    def cell_at(self, place: QPointF) -> Cell | None:
        """The cell of the matrix at a place."""
        column = (place.x() - PAD - self._names_width()) / self._cell_width()
        row, n = (place.y() - HEAD) / ROW, len(self._names)
        return (int(row), int(column)) if 0 <= row < n and 0 <= column < n else None

    # ---------------------------------------------------------------- geometry

    def _names_width(self) -> float:
        metrics = QFontMetricsF(self.font())
        longest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        return max(34.0, min(LONGEST_NAME, longest) + 26.0)

    def _measure_width(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance("precision") + 10.0

    def _least_cell(self) -> float:
        most = int(self._part.confusion.max()) if self._part is not None and self._part.confusion.size else 0
        return max(SMALLEST_CELL, QFontMetricsF(self.font()).horizontalAdvance(grouped(most)) + 8.0)

    def _cell_width(self) -> float:
        room = self.width() - 2 * PAD - self._names_width() - 4 * self._measure_width()
        return max(self._least_cell(), min(CELL, room / max(1, len(self._names))))

    # ---------------------------------------------------------------- events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.cell_at(event.localPos()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.localPos())
        self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
        tip = "" if cell is None else f"True {self._names[cell[0]]}, predicted {self._names[cell[1]]}: click to mark"
        self.setToolTip(tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("base"))
            if self._part is not None and len(self._part.confusion) == len(self._names):
                painter.setRenderHints(SMOOTH)
                self._paint_head(painter)
                self._paint_rows(painter, self._part)

    def _paint_head(self, painter: QPainter) -> None:
        side, start = self._cell_width(), PAD + self._names_width()
        n = len(self._names)
        painter.setPen(self._theme.color("faint"))
        painter.drawText(QRectF(PAD, 22, self._names_width() - 6, 22), int(LEFT), "true")
        painter.drawText(QRectF(start, 2, max(n * side, 60.0), 20), int(LEFT), "predicted")
        for k, name in enumerate(self._names):
            self._paint_name(painter, QRectF(start + k * side, 22, side, 22), k, name, centered=True)
        painter.setPen(self._theme.color("faint"))
        for m, name in enumerate(MEASURES):
            left = start + n * side + m * self._measure_width()
            painter.drawText(QRectF(left, 22, self._measure_width(), 22), int(RIGHT), name)

    def _paint_name(self, painter: QPainter, box: QRectF, k: int, name: str, centered: bool) -> None:
        """The class's dot, and its name as far as there is room."""
        metrics = QFontMetricsF(self.font())
        shown = metrics.elidedText(" ".join(name.split()), Qt.TextElideMode.ElideRight, box.width() - 16)
        left = box.left()
        if centered and shown != " ".join(name.split()):
            shown = ""  # a letter or two tell less than the dot alone
        if centered:
            left += max(0.0, (box.width() - (14 if shown else 10) - metrics.horizontalAdvance(shown)) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.class_color(k))
        painter.drawEllipse(QPointF(left + 5, box.center().y()), 4, 4)
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(left + 13, box.top(), box.width(), box.height()), int(LEFT), shown)

    def _paint_rows(self, painter: QPainter, part: ClassReport) -> None:
        columns = part.precision.tolist(), part.recall.tolist(), part.f1.tolist()
        support = part.support.tolist()
        right_end = self.cell_rect((0, len(self._names))).left()
        for k, name in enumerate(self._names):
            top = HEAD + k * ROW
            self._paint_name(painter, QRectF(PAD, top, self._names_width() - 4, ROW), k, name, centered=False)
            for j, count in enumerate(part.confusion[k].tolist()):
                share = count / support[k] if support[k] else 0.0
                self._paint_cell(painter, (k, j), count, share)
            painter.setPen(self._theme.color("text"))
            texts = [*(UNDEFINED if math.isnan(c[k]) else f"{c[k]:.3f}" for c in columns), grouped(support[k])]
            for m, text in enumerate(texts):
                box = QRectF(right_end + m * self._measure_width(), top, self._measure_width(), ROW)
                painter.drawText(box, int(RIGHT), text)
        if self._picked is not None and max(self._picked) < len(self._names):
            painter.setPen(QPen(self._theme.color("accent"), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(self._picked).adjusted(1, 1, -1, -1))

    def _paint_cell(self, painter: QPainter, cell: Cell, count: int, share: float) -> None:
        """Its count, the ground the stronger the larger the share of the row: mistakes in the colour of mistakes."""
        box = self.cell_rect(cell).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = self._theme.color("base")
        tint = self._theme.color("positive" if cell[0] == cell[1] else "wrong")
        strength = 0.0 if count == 0 else 0.08 + 0.62 * share
        pairs = ((ground.red(), tint.red()), (ground.green(), tint.green()), (ground.blue(), tint.blue()))
        mixed = [round(g + strength * (t - g)) for g, t in pairs]
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(QColor(*mixed))
        painter.drawRect(box)
        is_dark = 0.299 * mixed[0] + 0.587 * mixed[1] + 0.114 * mixed[2] < 128
        strong = QColor(255, 255, 255) if is_dark else QColor(20, 22, 26)
        painter.setPen(self._theme.color("faint") if count == 0 else strong)
        painter.drawText(box, int(CENTER), grouped(count))


class ReportView(QWidget):
    """Shows the report of the newest snapshot that holds one, of the training or the test set.

    Signals:
        wanted(bool): whether snapshots shall hold reports, since the view is seen.
        marked(array): rows of the data set whose cell of the matrix was clicked; empty for none.
        copy_wanted(), save_wanted(): the buttons.

    Attributes:
        is_seen: see :meth:`set_seen`.
    """

    wanted = pyqtSignal(bool)
    marked = pyqtSignal(object)
    copy_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._report: Report | None = None
        self._picked: Cell | None = None
        self.is_seen = False
        self.which = QComboBox()
        self.which.setAccessibleName("Set")
        self.which.setToolTip("Of which set the report is")
        for name, label in SETS.items():
            self.which.addItem(label, name)
        self.which.currentIndexChanged.connect(self._choose_set)
        self.head = QLabel(UNDEFINED)
        self.head.setProperty("role", "strong")
        self._copy, self._save = QPushButton("&Copy"), QPushButton("Sa&ve…")
        self._copy.setToolTip("Copy the report of both sets as text")
        self._copy.clicked.connect(self.copy_wanted)
        self._save.setToolTip("Save the report of both sets as CSV")
        self._save.clicked.connect(self.save_wanted)
        self.grid = ConfusionGrid(theme)
        self.grid.clicked.connect(self._pick)
        self._area = QScrollArea()
        self._area.setWidget(self.grid)
        self._area.setWidgetResizable(True)
        self._numbers = QWidget()
        self._values: dict[tuple[str, str], QLabel] = {}
        self._note = QLabel()
        self._note.setProperty("role", "faint")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        for widget in (self.which, self.head):
            head.addWidget(widget)
        head.addStretch(1)
        for widget in (self._copy, self._save):
            head.addWidget(widget)
        table = QGridLayout(self._numbers)
        table.setContentsMargins(12, 8, 12, 8)
        table.setHorizontalSpacing(24)
        for row, (label, key) in enumerate(NUMBERS, start=1):
            table.addWidget(QLabel(label), row, 0)
            for column, name in enumerate(SETS, start=1):
                value = self._values[name, key] = QLabel(UNDEFINED)
                value.setProperty("role", "strong")
                table.addWidget(value, row, column)
        for column, title in enumerate(SETS.values(), start=1):
            table.addWidget(QLabel(title), 0, column)
        table.setRowStretch(len(NUMBERS) + 1, 1)
        table.setColumnStretch(len(SETS) + 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._numbers, 1)
        layout.addWidget(self._note)
        self._note.setContentsMargins(8, 0, 8, 0)
        self._numbers.hide()

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.grid.set_theme(theme)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded, self._snapshot, self._report = loaded, None, None
        has_test, is_regression = len(loaded.preparation.test) > 0, not loaded.preparation.dataset.class_names
        self._mark(None)
        self._area.setVisible(not is_regression)
        self._numbers.setVisible(is_regression)
        self.which.setVisible(not is_regression)
        self.which.model().item(1).setEnabled(has_test)
        if not has_test:
            self.which.setCurrentIndex(0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw its report from now on, if it holds another one."""
        self._snapshot = snapshot
        if snapshot.report is not None and snapshot.report is not self._report and self.is_seen:
            self._report = snapshot.report
            self._draw()

    def set_seen(self, seen: bool) -> None:
        """Whether anybody can see it: behind the tab of another dock Qt calls it visible all the same."""
        if seen != self.is_seen:
            self.is_seen = seen
            if not seen:
                self._mark(None)
            self.wanted.emit(seen)

    def _choose_set(self) -> None:
        self._mark(None)
        self._draw()

    # ---------------------------------------------------------------- drawing

    def _draw(self) -> None:
        report = self._report
        if report is None:
            return
        part = report.train if self.which.currentData() == "train" else report.test
        if isinstance(part, ClassReport):
            self.head.setText(f"accuracy {percent(part.accuracy)}")
            self.grid.show_part(report.class_names, part, self._picked)
            if self._picked is not None:
                self._mark(self._picked)
        else:
            self.head.setText(f"errors of {' '.join(report.target_name.split())[:40]}")
            self._show_numbers(report)
        self._note.setText(
            f"at {report.place}; {UNDEFINED} is undefined" if self._has_undefined(part) else f"at {report.place}"
        )

    def _show_numbers(self, report: Report) -> None:
        for name, part in (("train", report.train), ("test", report.test)):
            for _, key in NUMBERS:
                value = getattr(part, key)
                self._values[name, key].setText(UNDEFINED if math.isnan(value) else short(value, 5))

    @staticmethod
    def _has_undefined(part: ClassReport | NumberReport) -> bool:
        return isinstance(part, ClassReport) and bool(np.isnan([part.precision, part.recall, part.f1]).any())

    # ---------------------------------------------------------------- picking a cell

    def _pick(self, cell: Cell | None) -> None:
        self._mark(None if cell == self._picked else cell)
        self._draw()

    def _mark(self, cell: Cell | None) -> None:
        """Tell which points are in a cell, or that none is picked any more: a canvas has none of the run's points."""
        if cell is None and self._picked is None:
            return
        self._picked = cell
        rows = np.zeros(0, dtype=np.int64)
        loaded = self._loaded
        if cell is not None and loaded is not None and loaded.canvas is None and self._snapshot is not None:
            preparation = loaded.preparation
            part = preparation.train if self.which.currentData() == "train" else preparation.test
            inside = (part.labels == cell[0]) & (self._snapshot.predicted[part.rows] == cell[1])
            rows = part.rows[inside][:MOST_MARKED]
        self.marked.emit(rows)
