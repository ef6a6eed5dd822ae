"""What every group of commands needs to act on the run and to talk to the user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtWidgets import QStatusBar, QWidget

from core.base.errors import LONGEST_MESSAGE, one_line
from core.base.progress import Progress
from core.base.values import dataclass
from core.workbench.messages import Notice
from gui.session.file_dialog import LastFolder
from gui.session.session import Session
from gui.widgets.theme import Theme

STATUS_MILLISECONDS = 6000

WriteFile = Callable[[Path, Callable[[Progress], bytes]], None]
"""Writes a file in the background and tells the user how it went; the second argument makes the file's bytes."""


@dataclass(frozen=True, eq=False)
class CommandContext:
    """The run and the ways to reach the user.

    Attributes:
        session: the run.
        window: the window on the screen; parent of every dialog.
        status_bar: shows short messages and the progress of files.
        show_notice: shows a notice until the user closes it.
        theme: returns the present theme.
        last_folder: where a file dialog begins.
    """

    session: Session
    window: QWidget
    status_bar: QStatusBar
    show_notice: Callable[[Notice], None]
    theme: Callable[[], Theme]
    last_folder: LastFolder

    def show_status(self, text: str) -> None:
        """Show a short message in the status bar for some seconds."""
        self.status_bar.showMessage(one_line(text, LONGEST_MESSAGE), STATUS_MILLISECONDS)

    def tell(self, text: str, kind: str) -> None:
        """Show a notice; for ``kind`` see :class:`core.workbench.messages.Notice`."""
        self.show_notice(Notice(text, kind))
