"""The median of a measure for each pair of values of two settings, as a map of coloured cells."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.base.number_text import MINUS, grouped, percent, short
from core.base.translation import _, ngettext
from core.sweeps.result_axes import ResultAxis, axis_of_numbers
from gui.sweeps.group_colors import scale_color, text_on
from gui.sweeps.heat_cells import HeatCells, fitted_type, heat_cells, levels_of, number_of_cell
from gui.sweeps.sweep_results import SweepResults
from gui.widgets.elided import Elided
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare
from gui.widgets.plain_text import plain_label
from gui.widgets.theme import Theme

BAR_WIDTH, BAR_ROOM = 10, 80
CORNER = 14
WIDEST_CHOICE = 240


def _has_numbers(texts: list[str]) -> bool:
    """Whether values are numbers, of which some can be left out."""
    return all(text[:1].isdigit() or text[:1] == MINUS for text in texts)


class HeatMap(QWidget):
    """The cells, with the settings' values at the edges and a bar of the colours.

    Signals:
        cell_clicked(int, int): column and row of a cell that was clicked; −1 for a click beside the cells.
        hovered(str): what is under the mouse; empty for nothing.
    """

    cell_clicked = pyqtSignal(int, int)
    hovered = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cells: HeatCells | None = None
        self._titles = "", ""
        self._is_share = False
        self._marked: set[tuple[int, int]] = set()
        self._picture: QPixmap | None = None  # of all but the marks
        self.setMouseTracking(True)
        self.setAccessibleName(_("Heat map"))
        self.setMinimumSize(180, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._forget_picture()

    def show_cells(self, cells: HeatCells | None, titles: tuple[str, str], is_share: bool) -> None:
        """Show a map; ``titles`` are those of the settings across and down, ``is_share`` says to write percents."""
        self._cells, self._titles, self._is_share = cells, titles, is_share
        self._forget_picture()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._forget_picture()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self._forget_picture()  # there may be another font

    def _forget_picture(self) -> None:
        self._picture = None
        self.update()

    def mark(self, cells: set[tuple[int, int]]) -> None:
        """Draw a frame around cells, given by column and row."""
        if cells != self._marked:
            self._marked = cells
            self.update()

    # ---------------------------------------------------------------- geometry

    def _area(self, cells: HeatCells) -> QRectF:
        metrics = self.fontMetrics()
        left = min(max((metrics.horizontalAdvance(text) for text in cells.rows), default=0) + 10, self.width() * 0.3)
        top = 4.0 + metrics.height()
        names = self._names_height(cells, self.width() - left - BAR_ROOM)
        return QRectF(left, top, self.width() - left - BAR_ROOM, self.height() - top - names - metrics.height() - 10)

    def _names_height(self, cells: HeatCells, width: float) -> float:
        """The height of the values below the map, which stand upright where they have no room in a line."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(text) for text in cells.columns), default=0)
        has_room = _has_numbers(cells.columns) or (widest + 2) * len(cells.columns) <= width
        return float(metrics.height()) if has_room else min(widest + 4.0, 0.4 * self.height())

    def _box(self, cells: HeatCells, column: int, row: int) -> QRectF:
        """A cell; the first row lies at the bottom, as on an axis."""
        area = self._area(cells)
        width, height = area.width() / len(cells.columns), area.height() / len(cells.rows)
        return QRectF(area.left() + column * width, area.bottom() - (row + 1) * height, width, height)

    def _cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        cells = self._cells
        if cells is None or not cells.columns:
            return None
        area = self._area(cells)
        if not area.contains(QPointF(x, y)):
            return None
        column = int((x - area.left()) / area.width() * len(cells.columns))
        row = int((area.bottom() - y) / area.height() * len(cells.rows))
        return min(column, len(cells.columns) - 1), min(row, len(cells.rows) - 1)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.cell_clicked.emit(*(self._cell_at(event.x(), event.y()) or (-1, -1)))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found, cells = self._cell_at(event.x(), event.y()), self._cells
        if found is None or cells is None:
            self.hovered.emit("")
            return
        column, row = found
        across, down = self._titles
        words = [f"{across} {cells.columns[column]}", *([f"{down} {cells.rows[row]}"] if down else [])]
        count, bad = int(cells.counts[row, column]), int(cells.unfinished[row, column])
        told = (
            ngettext("{value} of {n} run", "median {value} of {n} runs", count - bad).format(
                value=self._write(cells.medians[row, column]), n=grouped(count - bad)
            )
            if count > bad
            else _("no runs")
        )
        text = _("{cell}: {told}")
        if bad:
            text = ngettext(
                "{cell}: {told}; {bad} of {count} diverged or failed and counts as the worst",
                "{cell}: {told}; {bad} of {count} diverged or failed and count as the worst",
                bad,
            )
        self.hovered.emit(text.format(cell=", ".join(words), told=told, bad=bad, count=count))

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit("")

    # ---------------------------------------------------------------- drawing

    def _write(self, number: float) -> str:
        return percent(number) if self._is_share and not np.isnan(number) else short(number, 3)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        cells = self._cells
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._paint()
        with painting(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            painter.setPen(QPen(self._theme.color("text"), 2.0))
            for column, row in self._marked:
                if cells is not None and column < len(cells.columns) and row < len(cells.rows):
                    painter.drawRect(self._box(cells, column, row).adjusted(1, 1, -1, -1))

    def _paint(self) -> QPixmap:
        """The cells, the values at the edges and the bar."""
        cells, ratio = self._cells, self.devicePixelRatioF()
        picture = empty_picture(self.size() * ratio, ratio, self._theme.color("base"))
        if cells is None or not cells.columns or not cells.rows:
            return picture
        axis = axis_of_numbers("", cells.medians.ravel(), may_be_log=not self._is_share)
        box, numbers = self._box(cells, 0, 0), cells.medians[np.isfinite(cells.medians)].tolist()
        font, digits = fitted_type(numbers, self._is_share, self.font(), box.width(), box.height())
        with painting(picture) as painter:
            painter.setFont(font)
            for row in range(len(cells.rows)):
                for column in range(len(cells.columns)):
                    self._paint_cell(painter, cells, axis, column, row, digits)
            painter.setFont(self.font())
            self._paint_values(painter, cells)
            if np.isfinite(cells.medians).any():
                self._paint_bar(painter, cells, axis)
        return picture

    def _paint_cell(
        self, painter: QPainter, cells: HeatCells, axis: ResultAxis, column: int, row: int, digits: int
    ) -> None:
        box, theme = self._box(cells, column, row), self._theme
        inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
        number, count, bad = (float(a[row, column]) for a in (cells.medians, cells.counts, cells.unfinished))
        if count == 0:
            painter.setPen(QPen(theme.color("line"), 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(inner)
            return
        is_known = np.isfinite(number)
        color = scale_color(float(axis.places(number)), theme) if is_known else theme.color("window")
        painter.fillRect(inner, color)
        ink = text_on(color) if is_known else theme.color("text")
        if bad:
            _hatch(painter, inner, ink if is_known else theme.color("warning"), whole=not is_known)
        if digits:
            text = number_of_cell(number, self._is_share, digits) if is_known else "✕"
            painter.setPen(QPen(ink))
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_values(self, painter: QPainter, cells: HeatCells) -> None:
        """The values of both settings at the edges, as many as there is room for, and the titles."""
        area, metrics, theme = self._area(cells), self.fontMetrics(), self._theme
        painter.setPen(QPen(theme.color("text")))
        height = float(metrics.height())
        widest = max(metrics.horizontalAdvance(text) for text in cells.columns) + 8
        stride = max(1, -(-widest * len(cells.columns) // max(1, int(area.width()))))
        names = self._names_height(cells, area.width())
        if names > height:
            stride = max(1, -(-int(height) * len(cells.columns) // max(1, int(area.width()))))
        elif not _has_numbers(cells.columns):
            stride = 1
        for column in range(0, len(cells.columns), stride):
            box = self._box(cells, column, 0)
            if names > height:
                self._write_upright(painter, cells.columns[column], box.center().x(), area.bottom() + 2, names)
                continue
            room = QRectF(box.left(), area.bottom() + 2, box.width() * stride, height)
            flag = Qt.AlignmentFlag.AlignHCenter if stride == 1 else Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, int(flag), cells.columns[column])
        stride = max(1, -(-int(height) * len(cells.rows) // max(1, int(area.height()))))
        for row in range(0, len(cells.rows), stride):
            box = self._box(cells, 0, row)
            room = QRectF(0, box.center().y() - height / 2, area.left() - 6, height)
            text = metrics.elidedText(cells.rows[row], Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        painter.setPen(QPen(theme.color("faint")))
        across, down = self._titles
        below = QRectF(area.left(), area.bottom() + names + 4, area.width(), height)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), f"{across} →")
        if down:
            painter.drawText(
                QRectF(2, 1, self.width() - BAR_ROOM, height), int(Qt.AlignmentFlag.AlignLeft), f"↑ {down}"
            )

    def _write_upright(self, painter: QPainter, text: str, x: float, top: float, room: float) -> None:
        """A name that is read from below, ending at the map."""
        metrics = self.fontMetrics()
        painter.save()
        painter.translate(x - metrics.height() / 2, top + room)
        painter.rotate(-90.0)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(0.0, 0.0, room, float(metrics.height())), flags, text)
        painter.restore()

    def _paint_bar(self, painter: QPainter, cells: HeatCells, axis: ResultAxis) -> None:
        area, metrics = self._area(cells), self.fontMetrics()
        bar = QRectF(area.right() + 10, area.top(), BAR_WIDTH, area.height())
        for step in range(int(bar.height())):
            place = 1.0 - step / max(1.0, bar.height() - 1)
            painter.fillRect(QRectF(bar.left(), bar.top() + step, bar.width(), 1.0), scale_color(place, self._theme))
        painter.setPen(QPen(self._theme.color("text")))
        ends = {axis.low: self._write(axis.low), axis.high: self._write(axis.high)}
        ticks = [
            (axis.low, ends[axis.low]),
            (axis.high, ends[axis.high]),
            *((t, self._write(t)) for t, _ in axis.ticks),
        ]
        drawn: list[float] = []
        for number, words in ticks:
            y = bar.bottom() - float(axis.places(number)) * bar.height()
            if any(abs(y - other) < metrics.height() for other in drawn):
                continue
            drawn.append(y)
            box = QRectF(bar.right() + 4, y - metrics.height() / 2, BAR_ROOM - BAR_WIDTH - 14, metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)


def _hatch(painter: QPainter, box: QRectF, color: QColor, whole: bool) -> None:
    """Mark a cell with runs that diverged or failed: all of it, or a corner if there are others."""
    area, step = (box, 7) if whole else (QRectF(box.right() - CORNER, box.top(), CORNER, CORNER), 4)
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    faded = QColor(color)
    faded.setAlpha(110)
    painter.setPen(QPen(faded, 1.4))
    for reach in range(0, int(area.width() + area.height()) + step, step):
        painter.drawLine(QPointF(area.left() + reach, area.top()), QPointF(area.left(), area.top() + reach))
    painter.restore()


class HeatMapPanel(QWidget):
    """The map, and above it the choice of the two settings.

    Signals:
        hovered(str): what is under the mouse; empty for nothing.
    """

    hovered = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._results: SweepResults | None = None
        self.map = HeatMap(theme)
        self.map.hovered.connect(self.hovered)
        self.map.cell_clicked.connect(self._choose)
        self.note = Elided()
        self.note.setContentsMargins(8, 0, 8, 2)
        self.note.setProperty("role", "faint")
        self._head = QHBoxLayout()
        self.across, self.down = ChoiceBox([], _("Setting across")), ChoiceBox([], _("Setting down"))
        self._head.setContentsMargins(8, 2, 8, 0)
        for widget in (self.across, plain_label("×"), self.down):
            self._head.addWidget(widget, 3 * isinstance(widget, ChoiceBox))
        self._head.addStretch(1)
        column = bare(QVBoxLayout(self), 2)
        column.addLayout(self._head)
        column.addWidget(self.map, 1)
        column.addWidget(self.note)
        for box in (self.across, self.down):
            box.fit_entries()
            box.setMaximumWidth(WIDEST_CHOICE)
            box.activated.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.map.set_theme(theme)

    def set_results(self, results: SweepResults) -> None:
        """Show these from now on."""
        self._results = results
        options = [name for name in results.options if name != "seed"] or list(results.options)
        if len(options) == 1 and "seed" in results.options and options != ["seed"]:
            options.append("seed")
        for place, box in enumerate((self.across, self.down)):
            box.clear()
            for name in [*options, *(["seed"] if "seed" in results.options and "seed" not in options else [])]:
                box.addItem(results.title(name), name)
            if place == 1:
                box.addItem("–", "")
            box.setCurrentIndex(place if len(options) > place else box.count() - 1)
        self.setVisible(bool(options))  # of a single run there is nothing to map
        results.changed.connect(self._follow)
        results.marked.connect(self._mark)
        self._follow()

    def _follow(self) -> None:
        results = self._results
        if results is None or not self.across.count():
            self.map.show_cells(None, ("", ""), is_share=False)
            return
        across, down = self.across.value(), self.down.value()
        down = "" if down == across else down
        cells = heat_cells(results, across, down, results.measure)
        bad_word = results.bad_word
        self.note.setVisible(bool(bad_word))
        self.note.set_full(
            _("Hatched: runs that {ended}; each counts as the worst.").format(ended=bad_word),
            _("Hatched: {ended}; counts as the worst").format(ended=bad_word),
            _("Hatched: counts as the worst"),
        )
        is_share = results.measure.endswith("_score") and not results.is_regression
        self.map.show_cells(cells, (results.title(across), results.title(down) if down else ""), is_share)
        self._mark()

    def _axes(self) -> list[ResultAxis]:
        """The axes of the map that are there, across first."""
        assert self._results is not None
        by_name = {axis.name: axis for axis in self._results.axes}
        names = dict.fromkeys([self.across.value(), self.down.value()])
        return [by_name[name] for name in names if name in by_name]

    def _mark(self) -> None:
        """Frame the cells whose runs are all that is shown on these two axes."""
        results = self._results
        if results is None or not results.results:
            return
        axes = self._axes()
        if not any(axis.name in results.brushes for axis in axes):
            self.map.mark(set())
            return
        levels = [levels_of(axis)[1] for axis in axes]
        if len(levels) == 1:
            levels.append(np.zeros(len(results.results), dtype=np.int64))
        shown = np.flatnonzero(results.shown)
        self.map.mark(set(zip(levels[0][shown].tolist(), levels[1][shown].tolist(), strict=True)))

    def _choose(self, column: int, row: int) -> None:
        """Show only the runs of a cell; all again if it is clicked once more, or beside the cells."""
        results = self._results
        if results is None or not results.results:
            return
        wanted: dict[str, tuple[float, float] | None] = {}
        for axis, place in zip(self._axes(), (column, row), strict=False):
            number = axis.levels[place][0] if column >= 0 else 0.0
            wanted[axis.name] = (number, number) if column >= 0 else None
        if all(results.brushes.get(name) == ends for name, ends in wanted.items()):
            wanted = dict.fromkeys(wanted)
        results.brush(wanted)
