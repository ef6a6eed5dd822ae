"""Writes projects beside the window's thread, one after the other."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PyQt5.QtCore import QObject, pyqtSignal

from core.errors import LensError
from core.project import Project, save_project
from gui.messages import Notice

Then = Callable[[Notice | None], None]
"""Called in the window's thread when the file is written; with what to tell where it could not be."""


class ProjectWriter(QObject):
    """See the module."""

    _done = pyqtSignal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: ThreadPoolExecutor | None = None  # begun by the first project
        self._done.connect(lambda then, notice: then(notice))

    def write(self, path: str, project: Project, then: Then) -> None:
        """Write a project whole or not at all; returns at once."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "project-writer")
        self._thread.submit(self._write, path, project, then)

    def close(self) -> None:
        """Wait until all is written."""
        if self._thread is not None:
            self._thread.shutdown()

    def _write(self, path: str, project: Project, then: Then) -> None:
        notice = None
        try:
            save_project(path, project)
        except LensError as error:
            notice = Notice(str(error), "input")
        except Exception as error:  # noqa: BLE001 (whatever it is, the window must hear that nothing was saved)
            text = f"An error inside the program kept the project from being saved: {type(error).__name__}: {error}"
            notice = Notice(text, "fault", traceback.format_exc())
        self._done.emit(then, notice)
