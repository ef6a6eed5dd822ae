"""The timeline: the loss over positions, the branches with their changes, and the head that is dragged."""

from __future__ import annotations

import math

import numpy as np
from PyQt5.QtCore import QEvent, QPoint, QPointF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPaintEvent, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.base.number_text import epoch_place, short
from core.base.translation import _
from core.workbench.messages import Loaded
from core.workbench.run_timeline import BranchView, RunTimeline
from gui.curves.epoch_axis import EpochAxis
from gui.transport.timeline_painting import paint_head, paint_run, paint_words, words_of
from gui.transport.timeline_places import SIDE, TimelinePlaces
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.flags import SMOOTH
from gui.widgets.plain_text import plain
from gui.widgets.theme import Theme

DRAG_MILLISECONDS = 16
LEAST_HEIGHT = 60


class Timeline(QWidget):
    """One run as its branches over positions; see the module.

    Args:
        epochs: the scale of the epochs, which other views share.

    Signals:
        seek_wanted(int, int, bool): a position, the number of its branch, and whether the exact state is wanted; while
            the head is dragged the keyframe before the position will do.
        menu_wanted(int, int, QPoint): a menu for a position of the branch of this number, at this point of the screen.
    """

    seek_wanted = pyqtSignal(int, int, bool)
    menu_wanted = pyqtSignal(int, int, QPoint)

    def __init__(self, theme: Theme, epochs: EpochAxis) -> None:
        super().__init__()
        self._theme, self._epochs = theme, epochs
        self._timeline: RunTimeline | None = None
        self._position, self._is_canvas = 0, False
        self._places: TimelinePlaces | None = None
        self._height = LEAST_HEIGHT
        self._dragged: tuple[int, int] | None = None  # position and branch under the mouse
        self._grabbed = -1  # the number of the branch along which the head is dragged
        self._is_sent = True
        self._picture: QPixmap | None = None  # of curves and branches, kept until they change
        self._drag_clock = QTimer(self)
        self._drag_clock.setInterval(DRAG_MILLISECONDS)
        self._drag_clock.timeout.connect(self._send_dragged)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Timeline"))
        self.setAccessibleDescription(_("Positions and branches of the run; drag to go to another position"))
        epochs.changed.connect(self._follow_epochs)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or Qt would paint the bar below it each time
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(600, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self._height)

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._picture = None
            self._fit_height()

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme, self._picture = theme, None
        self.update()

    def _follow_epochs(self) -> None:
        self._picture = None
        self._fit_height()
        self.update()

    def _fit_height(self) -> None:
        """Take as much height as the lines of the branches need."""
        places = self.places
        if places is not None and places.height != self._height:
            self._height = places.height
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def set_run(self, loaded: Loaded) -> None:
        """Show nothing while the run waits behind a canvas, whose points are others."""
        self._is_canvas = loaded.canvas is not None
        if self._is_canvas:
            self.show_timeline(None, 0)

    def show_timeline(self, timeline: RunTimeline | None, position: int) -> None:
        """Show the branches, and where the run stands."""
        timeline = None if self._is_canvas else timeline
        now, before = _outline(timeline), _outline(self._timeline)
        if now != before:
            self._timeline, self._picture = timeline, None
            self._fit_height()
        if now != before or position != self._position:
            self._position = position
            self.update()

    def fit_axis(self, timeline: RunTimeline) -> None:
        """Let the axis of the epochs fit the whole tree."""
        self._epochs.reach(timeline.line()[0][0].history, timeline.last_epoch)

    @property
    def places(self) -> TimelinePlaces | None:
        """Where positions and branches are drawn; None before there is a run."""
        if self._timeline is None:
            return None
        least_height = 3 * self.fontMetrics().height() + 6
        places = TimelinePlaces(self._timeline, self.width(), self._epochs.scale, least_height)
        if places != self._places:  # the same ones know already what they have found out
            self._places = places
        return self._places

    # ---------------------------------------------------------------- the mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        places = self.places
        if event.button() == Qt.MouseButton.LeftButton and places is not None:
            mark, self._grabbed = places.mark_at(event.localPos()), places.branch_at(event.localPos()).number
            if mark is None:
                self._drag_along(places, event.localPos().x())
            else:
                self._drag_to(mark[0], mark[1].position)
            self._send_dragged()
            self._drag_clock.start()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        places = self.places
        if self._dragged is not None and places is not None:
            self._drag_along(places, event.localPos().x())

    def _drag_along(self, places: TimelinePlaces, x: float) -> None:
        """Drag the head along the line of the branch that was grabbed, which may lead through other runs."""
        branch = next((b for b in places.timeline.branches if b.number == self._grabbed), None)
        if branch is not None:
            self._drag_to(*places.place_at(branch, x))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._dragged is not None:
            self._drag_clock.stop()
            (position, branch), self._dragged = self._dragged, None
            self._position = position
            self.seek_wanted.emit(position, branch, True)
            self.update()

    def _drag_to(self, branch: BranchView, position: int) -> None:
        dragged = position, branch.number
        if dragged != self._dragged:
            self._dragged, self._is_sent = dragged, False
            self.update()

    def _send_dragged(self) -> None:
        if self._dragged is not None and not self._is_sent:
            self._is_sent = True
            self.seek_wanted.emit(*self._dragged, False)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        places = self.places
        if places is not None:
            branch = places.branch_at(QPointF(event.pos()))
            on, position = places.place_at(branch, event.pos().x())
            self.menu_wanted.emit(on.number, position, event.globalPos())

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._timeline is not None:
            QToolTip.showText(event.globalPos(), plain(self.words_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def words_at(self, point: QPointF) -> str:
        """What is at a point: the branch, the last loss known up to there and its epoch; or the change there."""
        places = self.places
        if places is None:
            return ""
        branch, mark = places.branch_at(point), places.mark_at(point)
        if point.x() < places.left - SIDE:
            words = words_of(places.timeline, places.timeline.present_branch, self._position)
            return "\n".join(longest for longest, *_ in words)
        if mark is not None:
            return f"{epoch_place(mark[1].position, mark[0].run.epoch_length).capitalize()}: {mark[1].text}"
        branch, position = places.place_at(branch, point.x())
        losses = places.timeline.losses(branch)
        known, loss = losses[int(np.searchsorted(losses[:, 0], position, side="right")) - 1].tolist()
        return _("{name}\n{place}: loss {loss}").format(
            name=branch.name,
            place=epoch_place(int(known), branch.run.epoch_length).capitalize(),
            loss=short(loss),
        )

    # ---------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            painter.setRenderHints(SMOOTH)
            places = self.places
            painter.drawPixmap(0, 0, self._kept_picture(places))
            if places is not None:
                position, number = self._dragged or (self._position, places.timeline.present)
                branch = next((b for b in places.timeline.branches if b.number == number), None)
                branch = places.timeline.present_branch if branch is None else branch
                paint_words(painter, places, words_of(places.timeline, branch, position), self._theme)
                paint_head(painter, places, places.x(branch, position), self._theme)

    def _kept_picture(self, places: TimelinePlaces | None) -> QPixmap:
        """What stays as it is while the head moves."""
        ratio = self.devicePixelRatioF()
        size = QSize(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        if self._picture is None or self._picture.size() != size:
            self._picture = empty_picture(size, ratio, self._theme.color("base"))
            with painting(self._picture) as painter:
                painter.setFont(self.font())
                painter.setPen(self._theme.color("line"))
                painter.drawLine(0, 0, self.width(), 0)
                if places is not None:
                    paint_run(painter, places, self._theme)
        return self._picture


def _outline(timeline: RunTimeline | None) -> object:
    """What a picture of the timeline depends on."""
    if timeline is None:
        return None
    branches = [(b.number, b.parent, b.fork, b.tip, b.name, b.marks, len(b.history)) for b in timeline.branches]
    return timeline.present, branches, timeline.losses(timeline.present_branch)[-1].tolist()
