"""The confusion matrix, with precision, recall and F1 of each class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from core.base.number_text import UNDEFINED, grouped
from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.flags import CENTER, LEFT, RIGHT, SMOOTH
from gui.widgets.mark_layer import point_mark
from gui.widgets.plain_text import plain
from gui.widgets.plots import SIDE
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.report import ClassReport, Report

MEASURES = (_("precision"), _("recall"), _("F1"), _("points"))
CELL, SMALLEST_CELL = 46.0, 26.0
ROW = 23.0
HEAD = 40.0
PAD, EDGE = float(SIDE), 2.0
LONGEST_NAME = 90.0
MARK = 8.0

Cell = tuple[int, int]


def cell_box(cell: Cell, start: float, side: float) -> QRectF:
    """The rectangle of a cell; the first column begins at ``start``, and each is ``side`` wide."""
    return QRectF(start + cell[1] * side, HEAD + cell[0] * ROW, side, ROW)


class ConfusionGrid(QWidget):
    """A row for each true class, a column for each predicted class, and right of them the measures of the row's class.

    Signals:
        clicked((int, int) or None): row and column of a cell; None beside the cells.
    """

    clicked = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._classes: tuple[int, ...] = ()
        self._names: tuple[str, ...] = ()
        self._part: ClassReport | None = None
        self._picked: Cell | None = None
        self.setAccessibleName(_("Confusion matrix"))
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._names, self._part = (), None
        self.setToolTip("")
        self.update()

    def show_part(self, report: Report, part: ClassReport, picked: Cell | None) -> None:
        """Draw one set of another report; ``picked`` is the framed cell."""
        self._classes, self._names, self._part, self._picked = report.classes, report.class_names, part, picked
        needed = self.needed()
        if self.minimumSize() != needed:
            self.setMinimumSize(needed)
        self.update()

    def needed(self) -> QSize:
        """The smallest size in pixels that everything fits in."""
        width = self._names_width() + len(self._names) * self._least_cell() + sum(self._measure_widths()) + PAD + EDGE
        return QSize(math.ceil(width), math.ceil(HEAD + ROW * len(self._names) + EDGE))

    def cell_rect(self, cell: Cell) -> QRectF:
        """The rectangle of a cell."""
        return cell_box(cell, PAD + self._names_width(), self._cell_width())

    def cell_at(self, place: QPointF) -> Cell | None:
        """The cell at a place; None beside the cells."""
        column = (place.x() - PAD - self._names_width()) / self._cell_width()
        row, n = (place.y() - HEAD) / ROW, len(self._names)
        return (int(row), int(column)) if 0 <= row < n and 0 <= column < n else None

    # ---------------------------------------------------------------- geometry

    def _names_width(self) -> float:
        metrics = QFontMetricsF(self.font())
        longest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        return max(self._width_of(_("true")) + 10.0, min(LONGEST_NAME, longest) + 26.0)

    def _measure_widths(self) -> list[float]:
        """Of the column of each measure: as wide as its name and its numbers."""
        most = 0 if self._part is None or not len(self._part.support) else int(self._part.support.max())
        numbers = ("0.000", "0.000", "0.000", grouped(most))
        pairs = zip(MEASURES, numbers, strict=True)
        return [max(self._width_of(name), self._width_of(number)) + 10.0 for name, number in pairs]

    def _width_of(self, text: str) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(text)

    def _least_cell(self) -> float:
        most = int(self._part.confusion.max()) if self._part is not None and self._part.confusion.size else 0
        return max(SMALLEST_CELL, QFontMetricsF(self.font()).horizontalAdvance(grouped(most)) + 8.0)

    def _cell_width(self) -> float:
        room = self.width() - PAD - EDGE - self._names_width() - sum(self._measure_widths())
        return max(self._least_cell(), min(CELL, room / max(1, len(self._names))))

    # ---------------------------------------------------------------- events

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.cell_at(event.localPos()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        cell = self.cell_at(event.localPos())
        self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
        tip = (
            ""
            if cell is None
            else _("True {true}, predicted {predicted}: click to mark").format(
                true=self._names[cell[0]], predicted=self._names[cell[1]]
            )
        )
        self.setToolTip(plain(tip))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("window"))
            if self._part is not None and len(self._part.confusion) == len(self._names):
                painter.setRenderHints(SMOOTH)
                self._paint_head(painter)
                self._paint_rows(painter, self._part)

    def _paint_head(self, painter: QPainter) -> None:
        side, start = self._cell_width(), PAD + self._names_width()
        n = len(self._names)
        painter.setPen(self._theme.color("faint"))
        painter.drawText(QRectF(PAD, 19, self._names_width() - 6, 20), int(LEFT), _("true"))
        painter.drawText(QRectF(start, 0, max(n * side, self._width_of(_("predicted"))), 19), int(LEFT), _("predicted"))
        for k, name in enumerate(self._names):
            self._paint_name(painter, QRectF(start + k * side, 19, side, 20), k, name, centered=True)
        painter.setPen(self._theme.color("faint"))
        left = start + n * side
        for name, width in zip(MEASURES, self._measure_widths(), strict=True):
            painter.drawText(QRectF(left, 19, width, 20), int(RIGHT), name)
            left += width

    def _paint_name(self, painter: QPainter, box: QRectF, k: int, name: str, centered: bool) -> None:
        """Draw the mark of a row's class, and its name if there is room."""
        metrics = QFontMetricsF(self.font())
        shown = metrics.elidedText(" ".join(name.split()), Qt.TextElideMode.ElideRight, box.width() - 16)
        left = box.left()
        if centered and shown != " ".join(name.split()):
            shown = ""  # one or two letters say less than the dot alone
        if centered:
            left += max(0.0, (box.width() - (14 if shown else 10) - metrics.horizontalAdvance(shown)) / 2)
        index, theme = self._classes[k], self._theme
        mark = point_mark(theme.class_color(index), theme.class_glyph(index), MARK, theme)
        mark.paint(painter, QPointF(left + 5, box.center().y()))
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(left + 13, box.top(), box.width(), box.height()), int(LEFT), shown)

    def _paint_rows(self, painter: QPainter, part: ClassReport) -> None:
        columns = part.precision.tolist(), part.recall.tolist(), part.f1.tolist()
        support = part.support.tolist()
        names_width, side, widths = self._names_width(), self._cell_width(), self._measure_widths()
        start = PAD + names_width
        for k, name in enumerate(self._names):
            top = HEAD + k * ROW
            self._paint_name(painter, QRectF(PAD, top, names_width - 4, ROW), k, name, centered=False)
            for j, count in enumerate(part.confusion[k].tolist()):
                share = count / support[k] if support[k] else 0.0
                self._paint_cell(painter, cell_box((k, j), start, side), k == j, count, share)
            painter.setPen(self._theme.color("text"))
            texts = [*(UNDEFINED if math.isnan(c[k]) else f"{c[k]:.3f}" for c in columns), grouped(support[k])]
            left = start + len(self._names) * side
            for text, width in zip(texts, widths, strict=True):
                painter.drawText(QRectF(left, top, width, ROW), int(RIGHT), text)
                left += width
        if self._picked is not None and max(self._picked) < len(self._names):
            painter.setPen(QPen(self._theme.color("accent"), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(self._picked).adjusted(1, 1, -1, -1))

    def _paint_cell(self, painter: QPainter, place: QRectF, is_right: bool, count: int, share: float) -> None:
        """Draw a cell's count; the larger its share of the row, the stronger the background."""
        box = place.adjusted(0.5, 0.5, -0.5, -0.5)
        background = self._theme.color("base")
        tint = self._theme.color("positive" if is_right else "wrong")
        strength = 0.0 if count == 0 else 0.08 + 0.62 * share
        pairs = ((background.red(), tint.red()), (background.green(), tint.green()), (background.blue(), tint.blue()))
        mixed = [round(g + strength * (t - g)) for g, t in pairs]
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(QColor(*mixed))
        painter.drawRect(box)
        is_dark = 0.299 * mixed[0] + 0.587 * mixed[1] + 0.114 * mixed[2] < 128
        strong = QColor(255, 255, 255) if is_dark else QColor(20, 22, 26)
        painter.setPen(self._theme.color("faint") if count == 0 else strong)
        painter.drawText(box, int(CENTER), grouped(count))
