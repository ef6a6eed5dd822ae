"""The bar above the diagram that shows a notice, such as an error, until the user closes it."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton

from core.base.errors import LONGEST_MESSAGE, one_line
from core.base.translation import _
from core.workbench.messages import Loaded, Notice
from core.workbench.run_id import RunId
from gui.widgets.plain_text import plain_label
from gui.widgets.qt_objects import clipboard
from gui.widgets.theme import LIGHT, Theme

HEADS = {
    "input": _("Not changed"),
    "diverged": _("Stopped"),
    "stopped": _("Done"),
    "paused": _("Paused"),
    "fault": _("A fault in the program"),
    "done": _("Done"),
    "note": _("Note"),
    "none": _("Not possible"),
    "unread": _("Not opened"),
    "unwritten": _("Not saved"),
}

PLACE_KINDS = ("diverged", "stopped", "paused", "none")
"""Notices on where the run stands."""
CALM_KINDS = ("stopped", "paused", "done", "note")
"""Notices of nothing that went wrong."""


class NoticeBar(QFrame):
    """Shows one notice at a time; a new one replaces the one before.

    What is said about a run goes as soon as the run moves on, or another one is present.

    Signals:
        seek_wanted(int): the position that a notice offers.
    """

    seek_wanted = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self._run: RunId | None = None
        self._theme = LIGHT
        self.text = plain_label()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton(_("Copy details"))
        self._copy.clicked.connect(self._copy_detail)
        self.go = QPushButton(_("Go to that epoch"))
        self.go.clicked.connect(self._go)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(_("Put this message away"))
        self.close_button.setToolTip(_("Put this message away"))
        self.close_button.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 8, 6)
        line.addWidget(self.text, 1)
        line.addWidget(self._copy)
        line.addWidget(self.go)
        line.addWidget(self.close_button)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice, unless it is about a run that is not present any more."""
        if notice.run is not None and notice.run != self._run:
            return
        self._notice = notice
        self.text.setText(f"{HEADS[notice.kind]}: {one_line(notice.text, LONGEST_MESSAGE)}")
        self._copy.setVisible(bool(notice.detail))
        self.go.setVisible(notice.place is not None)
        self._color()
        self.show()

    def set_run(self, loaded: Loaded) -> None:
        """Another run, or a canvas, is present; what was said about the one before goes."""
        is_first, self._run = self._run is None, loaded.run
        if is_first and loaded.run is not None:
            self.forget_place()  # that there could not be one
        if self._notice is not None and (self._notice.run != loaded.run or loaded.canvas is not None):
            self.forget()

    def forget_place(self) -> None:
        """The run moves on: what was said about where it stood goes."""
        if self._notice is not None and self._notice.kind in PLACE_KINDS:
            self.hide()

    def forget(self) -> None:
        """Something is changed: what was said about the run goes."""
        if self._notice is not None and self._notice.run is not None:
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._color()

    def _color(self) -> None:
        theme, is_calm = self._theme, self._notice is not None and self._notice.kind in CALM_KINDS
        self.setStyleSheet(
            f"#notice {{ background: rgb{theme.raised}; border: 0;"
            f" border-left: 5px solid rgb{theme.accent if is_calm else theme.wrong};"
            f" border-bottom: 1px solid rgb{theme.line}; }}"
        )

    def _go(self) -> None:
        if self._notice is not None and self._notice.place is not None:
            self.seek_wanted.emit(self._notice.place)

    def _copy_detail(self) -> None:
        if self._notice is not None:
            clipboard().setText(f"{self._notice.text}\n\n{self._notice.detail}")
