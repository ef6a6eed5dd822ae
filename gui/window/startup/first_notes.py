"""The notes of the first start: what to press, and what a tile, an edge and the plot are for."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PyQt5.QtGui import QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from core.base.translation import _
from core.storage.settings_file import SettingsFile
from gui.decision.decision_view import DecisionView
from gui.diagram.connections import Lines
from gui.diagram.diagram_panel import DiagramPanel
from gui.session.session import Session
from gui.settings.picture_list import PictureList
from gui.widgets.ending_painter import painting
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_for_file
from gui.window.dock_title import DockTitle

KEY, SEEN = "window/notes", "seen"
PAD, SIDE = 3, 8
LATE = 0.6
"""After which share of its bends an edge is pointed at."""
Place = tuple[QPoint, QPoint]
"""The left upper corner of a note's box, and what the note is about, both in the window."""


class FirstNote(QWidget):
    """A few words in a box, with a line to what they are about; the mouse goes through."""

    def __init__(self, window: QWidget, text: str, place: Callable[[QSize], Place | None]) -> None:
        super().__init__(window)
        self._text, self._place = text, place
        self._theme: Theme | None = None
        self._box, self._target = QRect(), QPoint()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(text)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def box(self) -> QRect:
        """Where its words are in the window."""
        return self._box.translated(self.pos())

    def lay_out(self) -> None:
        """Go to where it belongs now; where it has no room it is hidden."""
        metrics = self.fontMetrics()
        size = QSize(metrics.horizontalAdvance(self._text) + 2 * SIDE, metrics.height() + 2 * PAD)
        place = self._place(size)
        if place is not None:
            room = existing(self.parentWidget()).rect().adjusted(6, 6, -6, -6)
            box = QRect(place[0], size)
            box.moveLeft(max(min(box.left(), room.right() - box.width()), room.left()))
            whole = box.united(QRect(place[1], QSize(1, 1))).adjusted(-4, -4, 4, 4)
            self.setGeometry(whole)
            self._box, self._target = box.translated(-whole.topLeft()), place[1] - whole.topLeft()
            self.raise_()
        self.setVisible(place is not None)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._theme is None or is_for_file():
            return
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.color("accent"), 1.2))
            if not self._box.contains(self._target):
                nearest = QPointF(
                    min(max(self._target.x(), self._box.left()), self._box.right()),
                    min(max(self._target.y(), self._box.top()), self._box.bottom()),
                )
                painter.drawLine(nearest, QPointF(self._target))
                painter.setBrush(self._theme.color("accent"))
                painter.drawEllipse(QPointF(self._target), 2.5, 2.5)
            painter.setBrush(self._theme.color("accent_pale"))
            painter.drawRoundedRect(QRectF(self._box), 6, 6)
            painter.setPen(self._theme.color("text"))
            painter.drawText(self._box, int(Qt.AlignmentFlag.AlignCenter), self._text)


class FirstNotes(QObject):
    """Shows the notes until training plays for the first time; a click on what a note is about takes that note away.

    With another run all go that are about what one sees of it.

    Args:
        window: the notes lie on it.
        settings: remember that they were seen.
        session: tells when training plays.
        theme: tells the colours.
        play, tiles, network, scatter: what they are about.
        heading: the title above the tiles.
    """

    def __init__(
        self,
        window: QWidget,
        settings: SettingsFile,
        session: Session,
        theme: Callable[[], Theme],
        play: QWidget,
        tiles: PictureList,
        network: DiagramPanel,
        scatter: DecisionView,
        heading: DockTitle,
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._session, self._theme = window, settings, session, theme
        self._play, self._tiles, self._network, self._scatter = play, tiles, network.view, scatter
        self._heading, self._edges = heading, network.footer.choice
        self.notes: list[FirstNote] = []
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._lay_out)

    def begin(self) -> None:
        """Show them unless they were seen before."""
        if self._settings.text(KEY) != SEEN:
            self.show_all()

    def show_all(self) -> None:
        """Show all of them."""
        self._forget_all(*self.notes)
        window = self._window
        play, tile, edge, plot = (
            FirstNote(window, text, place)
            for text, place in (
                (_("Press Space: the network learns"), self._beside_play),
                (_("Choose what to learn"), self._beside_heading),
                (_("A weight. Click it: why does it move?"), self._below_edge),
                (_("Colours: the network's answer"), self._below_plot),
            )
        )
        self.notes = [play, tile, edge, plot]
        self._session.run_changed.connect(lambda: self._forget_all(tile, edge, plot))
        self._network.picked.connect(lambda: self._forget(edge))
        self._scatter.point_clicked.connect(lambda: self._forget(plot))
        self._session.progress.connect(self._follow)
        for watched in (self._network, self._scatter, self._tiles):
            part: QWidget | None = watched
            while part is not None:  # what it lies in may be scrolled
                part.installEventFilter(self)
                part = part.parentWidget()
        self._clock.start(0)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for note in self.notes:
            note.set_theme(theme)

    def _follow(self) -> None:
        if self._session.playing and self.notes:
            self._forget_all(*self.notes)

    def _forget(self, note: FirstNote) -> None:
        if note in self.notes:
            self.notes.remove(note)
            note.deleteLater()
            if not self.notes:
                self._settings.put(KEY, SEEN)

    def _forget_all(self, *notes: FirstNote) -> None:
        for note in notes:
            self._forget(note)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if self.notes and event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest):
            self._clock.start(0)
        return False

    def _lay_out(self) -> None:
        for note in self.notes:
            note.set_theme(self._theme())
            note.lay_out()

    # ---------------------------------------------------------------- where they stand

    def _in_window(self, widget: QWidget, target: QPoint | None = None) -> QRect | None:
        """Where a widget is in the window; None where nothing of it is seen, or not its place ``target``."""
        seen = widget.visibleRegion()
        if seen.isEmpty() or (target is not None and not seen.contains(target)):
            return None
        return QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size())

    def _beside_play(self, size: QSize) -> Place | None:
        """Below the menus, over the captions of the toolbar, which has room there."""
        play = self._in_window(self._play)
        if play is None:
            return None
        return QPoint(play.right() + 14, play.top() - size.height() // 2), QPoint(play.right() - 12, play.top() + 6)

    def _beside_heading(self, size: QSize) -> Place | None:
        """Behind the heading above the tiles, with a line to the last tile of the first row."""
        items = (existing(self._tiles.item(place)) for place in range(self._tiles.count()))
        boxes = [self._tiles.visualItemRect(item) for item in items]
        last = max((box for box in boxes if box.top() == boxes[0].top()), key=QRect.right)
        target = QPoint(last.center().x(), last.top() + 6)
        tiles, heading = self._in_window(self._tiles, target), self._in_window(self._heading)
        if tiles is None or heading is None:
            return None
        end = heading.topLeft() + self._heading.name_end()
        return QPoint(end.x() + SIDE, end.y() - size.height() // 2), tiles.topLeft() + target

    def _below_edge(self, size: QSize) -> Place | None:
        """Below the diagram, before the menu there, with a line to the lowest edge of the first layer."""
        diagram = self._network.diagram()
        if diagram is None or not isinstance(diagram.connections[0], Lines):
            return None
        points = diagram.connections[0].points
        late = points[:, round(LATE * points.shape[1])]
        x, y = late[int(late[:, 1].argmax())].tolist()
        network = self._in_window(self._network, QPoint(round(x), round(y)))
        if network is None:
            return None
        target = network.topLeft() + QPoint(round(x), round(y))
        end = self._edges.mapTo(self._window, QPoint(0, 0)).x() - SIDE - size.width()
        if end < network.left() + SIDE:
            return None
        left = min(max(network.left() + SIDE, target.x() - 3 * size.width() // 4), end)
        return QPoint(left, network.bottom() + 2), target

    def _below_plot(self, size: QSize) -> Place | None:
        """Below the numbers of the axis, which keeps the points free, with a line to the edge of the plot."""
        plot = self._in_window(existing(self._scatter.plot.viewport()))
        if plot is None or self._scatter.legend.isHidden():  # which a palette of painting tools takes the place of
            return None
        box = self._scatter.plot.box.sceneBoundingRect()
        corner = plot.topLeft() + QPoint(round(box.left()), round(box.bottom()))
        return QPoint(corner.x() + SIDE, plot.bottom() - size.height() + PAD), corner + QPoint(2 * SIDE, -PAD)
