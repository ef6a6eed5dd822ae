"""The timeline: the loss over positions, the branches with their changes, and the head that is dragged."""

from __future__ import annotations

import math

import numpy as np
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.base.number_text import grouped, short
from core.training.history import COLUMNS
from core.workbench.run_timeline import BranchView, ChangeMark, RunTimeline, place
from gui.widgets.flags import SMOOTH
from gui.widgets.theme import Theme

HEIGHT = 84
LEFT, SIDE = 190, 16
CURVE_TOP, CURVE_HEIGHT = 6, 34
LANES_TOP, LANES_HEIGHT = 47, 22
WIDEST_LANE = 9
NEAR = 6
WIDE_EPOCH = 60.0
"""In pixels: inside an epoch that is drawn as wide as this, a click goes to a sample."""

DRAG_MILLISECONDS = 16
MOST_POINTS = 1500
EARLY_EPOCHS = 2.0
"""Up to here the logarithmic scale is about linear, so that the first epochs have much room."""


class Timeline(QWidget):
    """One run as its branches over positions; see the module.

    Signals:
        seek_wanted(int, int, bool): a position, the number of its branch, and whether the exact state is wanted; while
            the head is dragged the keyframe before the position will do.
        menu_wanted(int, QPoint): a menu for the branch of this number, at this point of the screen.
    """

    seek_wanted = pyqtSignal(int, int, bool)
    menu_wanted = pyqtSignal(int, QPoint)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._timeline: RunTimeline | None = None
        self._position = 0
        self._dragged: tuple[int, int] | None = None  # position and branch under the mouse
        self._is_sent = True
        self._is_logarithmic = True
        self._drag_clock = QTimer(self)
        self._drag_clock.setInterval(DRAG_MILLISECONDS)
        self._drag_clock.timeout.connect(self._send_dragged)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription("Positions and branches of the run; drag to go to another position")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, HEIGHT)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Give early positions more room than late ones, or all the same."""
        self._is_logarithmic = logarithmic
        self.update()

    @property
    def is_logarithmic(self) -> bool:
        """Whether early positions have more room than late ones."""
        return self._is_logarithmic

    def show_timeline(self, timeline: RunTimeline | None, position: int) -> None:
        """Show the branches, and where the run stands."""
        now, before = _outline(timeline), _outline(self._timeline)
        if now != before or position != self._position:
            self._timeline, self._position = timeline, position
            self.update()

    # ---------------------------------------------------------------- places

    def _scale(self, epochs: float) -> float:
        return math.log1p(max(epochs, 0.0) / EARLY_EPOCHS) if self._is_logarithmic else epochs

    def _last_epoch(self) -> float:
        assert self._timeline is not None
        return max(max(branch.tip for branch in self._timeline.branches) / self._timeline.epoch_length, 1.0)

    def _x(self, position: float) -> float:
        assert self._timeline is not None
        share = self._scale(position / self._timeline.epoch_length) / self._scale(self._last_epoch())
        return LEFT + share * (self.width() - LEFT - SIDE)

    def position_at(self, x: float) -> int:
        """The position at a place: the end of an epoch where one is near, or epochs are not wide."""
        assert self._timeline is not None
        share = min(max((x - LEFT) / max(self.width() - LEFT - SIDE, 1), 0.0), 1.0)
        scaled = share * self._scale(self._last_epoch())
        epochs = EARLY_EPOCHS * math.expm1(scaled) if self._is_logarithmic else scaled
        length = self._timeline.epoch_length
        wide = self._x((epochs + 1.0) * length) - self._x(epochs * length)
        end = round(epochs) * length
        return end if wide < WIDE_EPOCH or abs(self._x(end) - x) <= NEAR else round(epochs * length)

    def _lane(self, number: int) -> float:
        """The height of a branch's line."""
        assert self._timeline is not None
        numbers = [branch.number for branch in self._timeline.branches]
        apart = min(WIDEST_LANE, LANES_HEIGHT / max(len(numbers) - 1, 1))
        return LANES_TOP + apart * numbers.index(number)

    def branch_at(self, point: QPointF) -> BranchView | None:
        """The branch whose line is near a point; elsewhere the present one."""
        if self._timeline is None:
            return None
        near = [
            (abs(self._lane(branch.number) - point.y()), branch.number != self._timeline.present, branch)
            for branch in self._timeline.branches
            if self._x(branch.fork) - NEAR <= point.x() <= self._x(branch.tip) + NEAR
        ]
        near = [item for item in near if item[0] <= NEAR]
        return min(near, key=lambda item: item[:2])[2] if near else self._timeline.present_branch

    def mark_at(self, point: QPointF) -> ChangeMark | None:
        """The change whose mark is near a point."""
        if self._timeline is None:
            return None
        marks = [
            (math.hypot(self._x(mark.position) - point.x(), self._lane(branch.number) - point.y()), number, mark)
            for number, branch in enumerate(self._timeline.branches)
            for mark in branch.marks
        ]
        nearest = min(marks, default=None)
        return nearest[2] if nearest is not None and nearest[0] <= NEAR else None

    # ---------------------------------------------------------------- the mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        branch = self.branch_at(event.localPos())
        if event.button() == Qt.MouseButton.LeftButton and branch is not None:
            mark = self.mark_at(event.localPos())
            self._drag_to(self.position_at(event.localPos().x()) if mark is None else mark.position, branch)
            self._send_dragged()
            self._drag_clock.start()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._dragged is None or self._timeline is None:
            return
        branch = next((b for b in self._timeline.branches if b.number == self._dragged[1]), None)
        if branch is not None:
            self._drag_to(self.position_at(event.localPos().x()), branch)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._dragged is not None:
            self._drag_clock.stop()
            (position, branch), self._dragged = self._dragged, None
            self._position = position
            self.seek_wanted.emit(position, branch, True)
            self.update()

    def _drag_to(self, position: int, branch: BranchView) -> None:
        dragged = min(max(position, 0), branch.tip), branch.number
        if dragged != self._dragged:
            self._dragged, self._is_sent = dragged, False
            self.update()

    def _send_dragged(self) -> None:
        if self._dragged is not None and not self._is_sent:
            self._is_sent = True
            self.seek_wanted.emit(*self._dragged, False)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        branch = self.branch_at(QPointF(event.pos()))
        if branch is not None:
            self.menu_wanted.emit(branch.number, event.globalPos())

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._timeline is not None:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, point: QPointF) -> str:
        """What is at a point: the branch, the epoch, the loss there, and the change if there is one."""
        branch, mark = self.branch_at(point), self.mark_at(point)
        if self._timeline is None or branch is None:
            return ""
        length = self._timeline.epoch_length
        if mark is not None:
            return f"{place(mark.position, length).capitalize()}: {mark.text}"
        position = min(self.position_at(point.x()), branch.tip)
        table = branch.history.table
        row = table[int(np.searchsorted(table[:, 0], position, side="right")) - 1]
        return f"{branch.name}\n{place(position, length).capitalize()}: loss {short(float(row[1]))}"

    # ---------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHints(SMOOTH)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)
        if self._timeline is None:
            return
        self._paint_ticks(painter)
        present = self._timeline.present
        for branch in sorted(self._timeline.branches, key=lambda branch: branch.number == present):
            self._paint_curve(painter, branch)
            self._paint_branch(painter, branch)
        self._paint_words(painter)
        self._paint_head(painter)

    def _paint_ticks(self, painter: QPainter) -> None:
        assert self._timeline is not None
        painter.setPen(self._theme.color("faint"))
        right = -math.inf
        for epoch in _ticks(self._last_epoch(), self._is_logarithmic):
            x, text = self._x(epoch * self._timeline.epoch_length), grouped(epoch)
            width = painter.fontMetrics().horizontalAdvance(text)
            if x - width / 2 > right + 10 and x + width / 2 < self.width():
                painter.drawText(QPointF(x - width / 2, HEIGHT - 3), text)
                right = x + width / 2

    def _paint_curve(self, painter: QPainter, branch: BranchView) -> None:
        """The training loss behind the fork, on a logarithmic axis that all branches share."""
        assert self._timeline is not None
        is_present = branch.number == self._timeline.present
        table = branch.history.table
        rows = table if is_present else table[table[:, 0] >= branch.fork]
        if len(rows) < 2:
            return
        rows = rows[:: max(1, len(rows) // MOST_POINTS)]
        low, high = self._loss_range()
        heights = np.log10(np.maximum(rows[:, COLUMNS.index("train_loss")], 1e-300))
        ys = CURVE_TOP + CURVE_HEIGHT * (high - heights) / max(high - low, 1e-9)
        line = QPolygonF([QPointF(self._x(p), y) for p, y in zip(rows[:, 0].tolist(), ys.tolist(), strict=True)])
        painter.setPen(QPen(self._color(branch), 1.6 if is_present else 1.0))
        painter.drawPolyline(line)

    def _loss_range(self) -> tuple[float, float]:
        assert self._timeline is not None
        ends = []
        for branch in self._timeline.branches:
            losses = branch.history.table[:, COLUMNS.index("train_loss")]
            ends += [float(losses.min()), float(losses.max())]
        return tuple(math.log10(max(end, 1e-300)) for end in (min(ends), max(ends)))  # type: ignore[return-value]

    def _paint_branch(self, painter: QPainter, branch: BranchView) -> None:
        assert self._timeline is not None
        y, start, end = self._lane(branch.number), self._x(branch.fork), self._x(branch.tip)
        is_present = branch.number == self._timeline.present
        color = self._color(branch)
        painter.setPen(QPen(color, 3.0 if is_present else 1.6))
        if branch.parent is not None:
            painter.drawLine(QPointF(start, self._lane(branch.parent)), QPointF(start, y))
        painter.drawLine(QPointF(start, y), QPointF(max(end, start + 3), y))
        for part, stop in self._timeline.line():  # the present line runs along its parents
            if part is branch:
                painter.setPen(QPen(self._theme.color("train"), 3.0))
                painter.drawLine(QPointF(start, y), QPointF(max(self._x(stop), start + 3), y))
        painter.setPen(QPen(self._theme.color("base"), 1.0))
        painter.setBrush(self._theme.color("text" if is_present else "faint"))
        for mark in branch.marks:
            painter.drawEllipse(QPointF(self._x(mark.position), y), 3.6, 3.6)

    def _color(self, branch: BranchView) -> QColor:
        assert self._timeline is not None
        return self._theme.color("train" if branch.number == self._timeline.present else "faint")

    def _paint_words(self, painter: QPainter) -> None:
        """The present branch, and how far it goes, at the left."""
        assert self._timeline is not None
        present, length = self._timeline.present_branch, self._timeline.epoch_length
        metrics, count = painter.fontMetrics(), len(self._timeline.branches)
        lines = (
            (present.name, "text"),
            (f"at {place(self._shown_position(), length)}", "text"),
            (f"reached {place(present.tip, length)}", "faint"),
            (f"{count} branches" if count > 1 else "one branch", "faint"),
        )
        for number, (text, color) in enumerate(lines):
            painter.setPen(self._theme.color(color))
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, LEFT - 24)
            painter.drawText(QPointF(10, 17 + 18.5 * number), text)

    def _shown_position(self) -> int:
        return self._position if self._dragged is None else self._dragged[0]

    def _paint_head(self, painter: QPainter) -> None:
        assert self._timeline is not None
        x = self._x(self._shown_position())
        painter.setPen(QPen(self._theme.color("accent"), 1.6))
        painter.drawLine(QPointF(x, 3), QPointF(x, LANES_TOP + LANES_HEIGHT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        painter.drawRoundedRect(QRectF(x - 5, 1, 10, 9), 3, 3)


def _outline(timeline: RunTimeline | None) -> object:
    """What a picture of the timeline depends on."""
    if timeline is None:
        return None
    branches = [(b.number, b.fork, b.tip, b.name, b.marks, len(b.history)) for b in timeline.branches]
    return timeline.present, timeline.epoch_length, branches


def _ticks(last: float, logarithmic: bool) -> list[int]:
    """Round numbers of epochs up to the last one."""
    if logarithmic:
        ticks = [0, *(k * 10**power for power in range(7) for k in (1, 2, 5))]
    else:
        power = 10 ** math.floor(math.log10(max(last, 1.0)))
        step = max(1, power // 5 if last / power < 2 else power // 2 if last / power < 5 else power)
        ticks = list(range(0, int(last) + 1, step))
    return [tick for tick in ticks if tick <= last]
