"""The notices, such as errors, which lie over the window above the timeline until the user closes them.

Those that tell only of success, or of what cannot be done now, go by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl, pyqtSignal
from PyQt5.QtGui import QCursor, QDesktopServices, QShowEvent
from PyQt5.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStatusBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.errors import LONGEST_MESSAGE, one_line
from core.base.translation import _
from core.workbench.messages import Loaded, Notice
from core.workbench.run_id import RunId
from gui.session.run_controls import OWN_ENDS
from gui.widgets.forms import bare, polish
from gui.widgets.plain_text import plain_label, unparted
from gui.widgets.qt_objects import clipboard, existing
from gui.widgets.theme import LIGHT, Theme
from gui.widgets.vector_painting import leave_out_of_files

HEADS = {
    "input": _("Not changed"),
    "ended": _("Done"),
    "fault": _("A fault in the program"),
    "done": _("Done"),
    "note": _("Note"),
    "none": _("Not possible"),
    "unread": _("Not opened"),
    "unwritten": _("Not saved"),
}

PLACE_KINDS = ("ended", "none")
"""Notices on where the run stands."""
CALM_KINDS = ("ended", "done", "note")
"""Notices of nothing that went wrong."""
PASSING_KINDS = ("done", "none", "ended")
"""Notices that nobody misses once they are read: of success, of what cannot be done now, and of a run as it was asked
for."""
PASSING_MILLISECONDS = 8000
FILE_KINDS = ("fault", "unread", "unwritten")
"""Notices that stay beside a newer one of their kind, which is about another file or fault."""
MOST = 3
"""So many are shown at once; an older one goes."""
MOST_OF_WINDOW = 0.35
SHOWN = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class NoticeBar(QFrame):
    """One notice.

    Signals:
        closed(): the user puts it away.
        seek_wanted(int): the position that it offers.
    """

    closed = pyqtSignal()
    seek_wanted = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self.text = plain_label()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton(_("Copy details"))
        self._copy.clicked.connect(self._copy_detail)
        self.go = QPushButton(_("Go to that epoch"))
        self.go.clicked.connect(self._go)
        self.folder = QPushButton(_("Open its folder"))
        self.folder.clicked.connect(self._open_folder)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(_("Put this message away"))
        self.close_button.setToolTip(_("Put this message away"))
        self.close_button.clicked.connect(self.closed)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 8, 6)
        line.addWidget(self.text, 1)
        line.addWidget(self._copy)
        line.addWidget(self.go)
        line.addWidget(self.folder)
        line.addWidget(self.close_button)

    def show_notice(self, notice: Notice, theme: Theme) -> None:
        """Show a notice in the colours of a theme."""
        self._notice = notice
        text = f"{HEADS[notice.kind]}: {one_line(notice.text, LONGEST_MESSAGE)}"
        self.text.setText(unparted(text))
        self.setAccessibleName(text)
        self._copy.setVisible(bool(notice.detail))
        self.go.setVisible(notice.place is not None)
        self.folder.setVisible(bool(notice.path))
        mark = theme.accent if notice.kind in CALM_KINDS else theme.wrong
        self.setStyleSheet(
            f"#notice {{ background: rgb{theme.raised}; border: 0; border-left: 5px solid rgb{mark};"
            f" border-top: 1px solid rgb{theme.line}; }}"
        )

    def _go(self) -> None:
        if self._notice is not None and self._notice.place is not None:
            self.seek_wanted.emit(self._notice.place)

    def _open_folder(self) -> None:
        if self._notice is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._notice.path).parent)))

    def _copy_detail(self) -> None:
        if self._notice is not None:
            clipboard().setText(f"{self._notice.text}\n\n{self._notice.detail}")


class Notices(QWidget):
    """Shows the latest notices, the newest lowest, over the window, in which nothing else moves.

    A newer notice takes the place of one of its kind, unless that is about another file or fault. What is said about a
    run goes as soon as the run moves on, or another one is present. What tells only of success, or of what cannot be
    done now, goes after some seconds, but not while the mouse moves over it, or another program has the focus.

    Args:
        window: over which they are, in its whole width.
        status_bar: says what is of the moment. end: the widget above which they end.
        offer: lies above them while it is shown.

    Signals:
        seek_wanted(int): the position that a notice offers.
        pause_told(str, bool): why the run has paused by itself, and whether it has stopped; empty where that is over.
        made(Notices): its buttons were made.
    """

    seek_wanted = pyqtSignal(int)
    pause_told = pyqtSignal(str, bool)
    made = pyqtSignal(object)

    def __init__(self, window: QWidget, status_bar: QStatusBar, end: QWidget, offer: QWidget) -> None:
        super().__init__(window)
        leave_out_of_files(self)
        self._window, self._end, self._offer, self._theme = window, end, offer, LIGHT
        self._notices: list[Notice] = []  # the newest first
        self._status_bar, self._passing = status_bar, ""
        self._docks: tuple[QDockWidget, ...] = ()
        status_bar.messageChanged.connect(self._mark_message)
        self._run: RunId | None = None
        self._mouse = QPoint()
        self._passing_clock = QTimer(self)
        self._passing_clock.setSingleShot(True)
        self._passing_clock.timeout.connect(self._forget_passing)
        self._bars: list[NoticeBar] = []  # the newest first; made when there is a notice
        self._column = bare(QVBoxLayout(self), 0)
        self._column.addWidget(offer)
        for watched in (window, end, offer):
            watched.installEventFilter(self)
        self.hide()

    @property
    def newest(self) -> NoticeBar:
        """The bar of the newest notice."""
        if not self._bars:
            self._make_bars()
        return self._bars[0]

    def _make_bars(self) -> None:
        self._bars = [NoticeBar() for _ in range(MOST)]
        for place, bar in enumerate(self._bars):
            bar.hide()
            self._column.insertWidget(1, bar)
            bar.seek_wanted.connect(self.seek_wanted)
            bar.closed.connect(lambda place=place: self._keep(lambda notice: notice is not self._notices[place]))
        self.made.emit(self)

    def stay_above(self, docks: Iterable[QDockWidget]) -> None:
        """Stay above docks: one that is brought up comes above all that lies over the window."""
        self._docks = tuple(docks)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        for dock in self._docks:  # not before, since the window appears without notices; a second time changes nothing
            dock.installEventFilter(self)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice, unless it is about a run that is not present any more.

        Where a run pauses or stops by itself, the status bar and the verdict say it: a notice would hide the curves.
        """
        if notice.run is not None and notice.run != self._run:
            return
        if notice.kind in OWN_ENDS:
            self._tell_pause(one_line(notice.text, LONGEST_MESSAGE), notice.kind != "paused")
            return
        stays = [one for one in self._notices if one.kind in FILE_KINDS or one.kind != notice.kind]
        stays = [one for one in stays if one.text != notice.text] if not self.isHidden() else []
        self._notices = [notice, *stays][:MOST]
        self._show()
        if notice.kind in PASSING_KINDS:
            self._wait()

    def _wait(self) -> None:
        """Let what passes stay for a while."""
        self._mouse = QCursor.pos()
        self._passing_clock.start(PASSING_MILLISECONDS)

    def _mark_message(self, text: str) -> None:
        """Let the eye find why the run has paused by itself."""
        is_marked = bool(text) and text == self._passing
        if (self._status_bar.property("marked") is True) != is_marked:
            self._status_bar.setProperty("marked", is_marked)
            polish(self._status_bar)

    def _forget_passing(self) -> None:
        """Let go of what need not stay; later, where the user may still be reading it or has not seen it."""
        is_visited = self.underMouse() and QCursor.pos() != self._mouse  # and not where the mouse happens to rest
        if is_visited or QApplication.activeWindow() is None:
            self._wait()
        else:
            self._keep(lambda notice: notice.kind not in PASSING_KINDS)

    def set_run(self, loaded: Loaded) -> None:
        """Another run, or a canvas, is present; what was said about the one before goes."""
        is_first, self._run = self._run is None, loaded.run
        if is_first and loaded.run is not None:
            self.forget_place()  # that there could not be one
        self._keep(lambda notice: notice.run is None or (notice.run == loaded.run and loaded.canvas is None))

    def forget_place(self) -> None:
        """The run moves on: what was said about where it stood goes."""
        self._keep(lambda notice: notice.kind not in PLACE_KINDS)
        self._tell_pause("")

    def _tell_pause(self, text: str, has_stopped: bool = False) -> None:
        if self._passing and self._status_bar.currentMessage() == self._passing:
            self._status_bar.clearMessage()
        self._passing = text
        if text:
            self._status_bar.showMessage(text)
        self.pause_told.emit(text, has_stopped)

    def forget(self) -> None:
        """Something is changed: what was said about the run goes."""
        self._keep(lambda notice: notice.run is None)
        self._tell_pause("")

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._show()

    def _keep(self, stays: Callable[[Notice], bool]) -> None:
        """Keep those notices that ``stays`` holds for."""
        kept = [notice for notice in self._notices if stays(notice)]
        if len(kept) < len(self._notices):
            self._notices = kept
            self._show()

    def _show(self) -> None:
        if self._notices and not self._bars:
            self._make_bars()
        for notice, bar in zip(self._notices, self._bars, strict=False):
            bar.show_notice(notice, self._theme)
        self._place()

    def _place(self) -> None:
        """Lie above the timeline; what is too high for a part of the window waits, the older ones first."""
        edge, width = self._end.mapTo(self._window, QPoint(0, 0)).y(), self._window.width()
        high = 0 if self._offer.isHidden() else existing(self._offer.layout()).totalHeightForWidth(width)
        for place, bar in enumerate(self._bars):
            needed = existing(bar.layout()).totalHeightForWidth(width) if place < len(self._notices) else 0
            is_shown = bool(needed) and (place == 0 or high + needed <= MOST_OF_WINDOW * edge)
            bar.setVisible(is_shown)
            high += needed if is_shown else 0
        self.setVisible(high > 0)
        self.setGeometry(0, edge - high, width, high)
        self.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        kinds = SHOWN if watched is self._offer else (QEvent.Type.Resize,)
        if watched in self._docks:
            if event is not None and event.type() == QEvent.Type.ZOrderChange:
                QTimer.singleShot(0, self.raise_)  # Qt first looks which dock is in front
        elif event is not None and event.type() in kinds:
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._place()
