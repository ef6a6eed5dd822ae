"""Runs as lines across parallel axes; dragging on an axis shows only the runs that pass there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget
from pyqtgraph.functions import arrayToQPolygonF

from core.base.arrays import Array, Rows
from core.base.translation import _
from core.sweeps.result_axes import ResultAxis
from core.sweeps.run_result import Key
from gui.sweeps.group_colors import group_color
from gui.sweeps.sweep_results import Marks, SweepResults
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.plain_text import plain
from gui.widgets.plots import curve_pen
from gui.widgets.theme import Theme

TOP, BOTTOM, SIDE = 30, 30, 76
NONE_DROP = 17
"""So many pixels below the lowest number a line passes an axis on which its run has none."""
GRAB = 26
"""How near an axis the mouse must be to brush it, in pixels."""
REACH = 6.0
"""How near a line the mouse must be, in pixels."""
LEAST_DRAG = 4
MOST_SMOOTH = 150
"""Lines that are drawn with antialiasing while a brush is dragged; without it they take a third of the time."""
TICK_ROOM = 13
GREY_ALPHA = 60
LABEL_ALPHA = 235
"""Of the ground of a number, behind which lines all but vanish."""
FEW = 40
"""Lines that are drawn wider."""


class ParallelView(QWidget):
    """Draws one line for each run.

    Signals:
        hovered(object): the key of the run under the mouse; None for none.
        open_wanted(object): the key of the run that was clicked twice.
    """

    hovered = pyqtSignal(object)
    open_wanted = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._results: SweepResults | None = None
        self._places: Array = np.zeros((0, 0))
        self._lines: Array = np.zeros((0, 0, 2))
        self._polylines: list[QPolygonF] = []  # the same as Qt draws them
        self._grey: QPixmap | None = None
        self._colored: QPixmap | None = None
        self._shown: Marks | None = None  # those in the coloured picture
        self._drag: tuple[str, float] | None = None  # the axis by its name: new results can bring another axis
        self._is_brushing = False
        self._hovered: Key | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(_("Parallel coordinates"))
        tip = _(
            "Drag on an axis to show only the runs that pass there; click the axis to show all again. "
            "Runs that diverged or failed pass below, at ✕."
        )
        self.setToolTip(plain(tip))
        self.setMinimumSize(300, 140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(900, 260)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._forget_pictures()

    def set_results(self, results: SweepResults) -> None:
        """Show these from now on."""
        self._results = results
        results.changed.connect(self._follow)
        results.marked.connect(self._follow_marks)
        self._follow()

    def _follow(self) -> None:
        axes = self._axes
        if self._results is not None and axes:
            self._places = np.array([axis.places(axis.numbers) for axis in axes]).T.reshape(-1, len(axes))
        else:
            self._places = np.zeros((0, 0))
        self._lay_out_lines()
        self._forget_pictures()

    def _follow_marks(self) -> None:
        if self._results is not None and self._results.shown is not self._shown:
            self._colored = None
        self.update()

    def _forget_pictures(self) -> None:
        self._grey = self._colored = None
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._lay_out_lines()
        self._forget_pictures()

    # ---------------------------------------------------------------- geometry

    @property
    def _axes(self) -> Sequence[ResultAxis]:
        return () if self._results is None else self._results.axes

    def axis_x(self, index: int) -> float:
        """Where an axis stands."""
        count = len(self._axes)
        room = self.width() - 2 * SIDE
        return SIDE + (room * index / (count - 1) if count > 1 else room / 2)

    def place_y(self, place: float) -> float:
        """The height of a place from 0 to 1 of an axis."""
        bottom = self.height() - BOTTOM
        return bottom - place * (bottom - TOP)

    def _place_at(self, y: float) -> float:
        return (self.height() - BOTTOM - y) / max(1.0, self.height() - BOTTOM - TOP)

    def _lay_out_lines(self) -> None:
        if self._places.size:
            x = np.array([self.axis_x(index) for index in range(len(self._axes))])
            bottom, height = self.height() - BOTTOM, self.height() - BOTTOM - TOP
            y = np.where(np.isfinite(self._places), bottom - self._places * height, bottom + NONE_DROP)
            self._lines = np.stack([np.broadcast_to(x, y.shape), y], axis=2)
        else:
            self._lines = np.zeros((0, 0, 2))
        self._polylines = [arrayToQPolygonF(line[:, 0], line[:, 1]) for line in self._lines]

    def _axis_near(self, x: float) -> int | None:
        axes = len(self._axes)
        nearest = min(range(axes), key=lambda index: abs(self.axis_x(index) - x), default=None)
        return nearest if nearest is not None and abs(self.axis_x(nearest) - x) <= GRAB else None

    def run_at(self, x: float, y: float) -> Key | None:
        """The shown run whose line is nearest to a place, within reach."""
        results = self._results
        if results is None or len(self._lines) == 0 or len(self._axes) < 2:
            return None
        xs = self._lines[0, :, 0]
        index = int(np.clip(np.searchsorted(xs, x) - 1, 0, len(xs) - 2))
        share = (x - xs[index]) / (xs[index + 1] - xs[index])
        if not -0.05 <= share <= 1.05:
            return None
        left, right = self._lines[:, index, 1], self._lines[:, index + 1, 1]
        slope = (right - left) / (xs[index + 1] - xs[index])
        distance = np.abs(left + share * (right - left) - y) / np.hypot(1.0, slope)
        distance[~results.shown] = np.inf
        best = int(np.argmin(distance))
        return results.results[best].key if distance[best] <= REACH else None

    # ---------------------------------------------------------------- the mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or self._results is None:
            return
        axis = self._axis_near(event.x())
        self._drag = None if axis is None else (self._axes[axis].name, self._place_at(event.y()))
        self._is_brushing = False
        if axis is None:
            key = self.run_at(event.x(), event.y())
            self._results.select([] if key is None else [key])

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._drag is not None and self._results is not None:
            name, start = self._drag
            if self._is_brushing or abs(self.place_y(start) - event.y()) >= LEAST_DRAG:
                self._is_brushing = True
                self._brush(name, start, self._place_at(event.y()))
            return
        on_axis = self._axis_near(event.x()) is not None
        self.setCursor(Qt.CursorShape.SplitVCursor if on_axis else Qt.CursorShape.ArrowCursor)
        key = None if on_axis else self.run_at(event.x(), event.y())
        if key != self._hovered:
            self._hovered = key
            self.hovered.emit(key)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._drag is not None and not self._is_brushing and self._results is not None:
            self._results.brush({self._drag[0]: None})
        if self._is_brushing:
            self._colored = None  # to be drawn with antialiasing
            self.update()
        self._drag, self._is_brushing = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        key = self.run_at(event.x(), event.y())
        if key is not None and self._axis_near(event.x()) is None:
            self.open_wanted.emit(key)

    def leaveEvent(self, event: object) -> None:
        if self._hovered is not None:
            self._hovered = None
            self.hovered.emit(None)
            self.update()

    def _brush(self, name: str, first: float, last: float) -> None:
        assert self._results is not None
        axis = next(axis for axis in self._axes if axis.name == name)
        low, high = sorted((min(1.02, max(-0.02, first)), min(1.02, max(-0.02, last))))
        self._results.brush({name: (axis.number(low), axis.number(high))})

    # ---------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        results = self._results
        painter.fillRect(self.rect(), self._theme.color("base"))
        if results is None or not self._axes:
            return
        if len(self._lines):
            if self._colored is None:
                self._colored, self._shown = self._picture(results.shown, is_grey=False), results.shown
            if not results.shown.all():
                if self._grey is None:
                    self._grey = self._picture(np.ones(len(self._lines), dtype=bool), is_grey=True)
                painter.drawPixmap(0, 0, self._grey)
            painter.drawPixmap(0, 0, self._colored)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = {*results.selected, *([self._hovered] if self._hovered is not None else [])}
        numbers = results.group_numbers() if marked else None
        for key in marked:
            place = results.place(key)
            if place is not None and place < len(self._lines) and numbers is not None:
                self._paint_marked(painter, place, int(numbers[place]))
        for index, axis in enumerate(self._axes):  # last, so that no line crosses a number
            self._paint_axis(painter, index, axis)

    def _picture(self, which: Marks, is_grey: bool) -> QPixmap:
        """The lines of some runs."""
        assert self._results is not None
        count, groups = self._results.group_count, self._results.group_numbers()
        places = np.flatnonzero(which)
        ratio = self.devicePixelRatioF()
        picture = empty_picture(self.size() * ratio, ratio)
        alpha, width = 220 if len(places) <= 400 else 150, 1.8 if len(places) <= FEW else 1.0
        is_smooth = not self._is_brushing or is_grey or len(places) <= MOST_SMOOTH
        with painting(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
            if is_grey:
                painter.setPen(curve_pen(self._theme.color("faint", GREY_ALPHA), 1.0))
                self._draw_lines(painter, places)
            for number in () if is_grey else range(count):
                painter.setPen(curve_pen(group_color(number, count, self._theme, alpha), width))
                self._draw_lines(painter, places[groups[places] == number])
        return picture

    def _draw_lines(self, painter: QPainter, places: Rows) -> None:
        for place in places.tolist():
            painter.drawPolyline(self._polylines[place])

    def _paint_marked(self, painter: QPainter, place: int, group: int) -> None:
        assert self._results is not None
        line = self._polylines[place]
        painter.setPen(QPen(self._theme.color("base"), 5.0))
        painter.drawPolyline(line)
        painter.setPen(QPen(group_color(group, self._results.group_count, self._theme), 2.6))
        painter.drawPolyline(line)

    def _paint_axis(self, painter: QPainter, index: int, axis: ResultAxis) -> None:
        assert self._results is not None
        x, theme, metrics = self.axis_x(index), self._theme, self.fontMetrics()
        top, bottom = self.place_y(1.0), self.place_y(0.0)
        painter.setPen(QPen(theme.color("text"), 1.2))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        title = self._results.title(axis.name)
        room = self.width() - 2 * SIDE
        width = min(room / max(1, len(self._axes) - 1), 2.0 * SIDE) if len(self._axes) > 1 else 2.0 * SIDE
        marked = _("{title} (log)").format(title=title) if axis.is_logarithmic else title
        title = marked if metrics.horizontalAdvance(marked) <= width - 6 else title  # the ticks tell it as well
        text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(width) - 6)
        box = QRectF(x - width / 2, 4, width, metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.setPen(QPen(theme.color("faint"), 1.0))
        last, is_last = 1e9, index == len(self._axes) - 1
        for tick, words in sorted(axis.ticks):
            y = self.place_y(float(axis.places(tick)))
            if last - y < TICK_ROOM:
                continue
            last = y
            painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
            self._paint_tick(painter, words, x, y, is_last)
        if not np.isfinite(self._places[:, index : index + 1]).all():
            self._paint_tick(painter, "✕", x, bottom + NONE_DROP, is_last)
        ends = self._results.brushes.get(axis.name)
        if ends is not None:
            low, high = (float(np.clip(axis.places(end), -0.02, 1.02)) for end in ends)
            band = QRectF(x - 7, self.place_y(high), 14, max(3.0, self.place_y(low) - self.place_y(high)))
            painter.setPen(QPen(theme.color("accent"), 1.4))
            painter.setBrush(theme.color("accent", 60))
            painter.drawRect(band)
            painter.setBrush(QColor(0, 0, 0, 0))

    def _paint_tick(self, painter: QPainter, words: str, x: float, y: float, is_left: bool) -> None:
        metrics = self.fontMetrics()
        gap = (self.width() - 2 * SIDE) / max(1, len(self._axes) - 1)
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(SIDE - 8 if is_left else max(SIDE, gap) - 8))
        width, height = metrics.horizontalAdvance(words) + 2.0, float(metrics.height())
        box = QRectF(x - 6 - width if is_left else x + 6, y - height / 2, width, height)
        painter.fillRect(box.adjusted(-1, 2, 1, -2), self._theme.color("base", LABEL_ALPHA))
        painter.setPen(QPen(self._theme.color("text")))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)
