"""A function that is called in a thread, and whose result comes back to the window's thread."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from PyQt5.QtCore import QObject, pyqtSignal

from core.base.errors import LensError


class Background(QObject):
    """Calls one function at a time; of those that are asked for meanwhile, only the newest follows.

    Signals:
        done(object, object): what was asked for, and what came of it: the result, or the LensError.
    """

    done = pyqtSignal(object, object)
    _ended = pyqtSignal(object, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._next: tuple[object, Callable[[], object]] | None = None
        self._is_closed = False
        self._telling = threading.Lock()  # so that no thread tells an object that Qt deletes
        self._ended.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether a function is being called."""
        return self._thread is not None

    def is_wanted(self) -> bool:
        """Whether anybody still waits for the function that is being called; it may ask from its thread."""
        return not self._is_closed and self._next is None

    def call(self, what: object, function: Callable[[], object]) -> None:
        """Call a function; ``what`` comes back with its result."""
        self._next = what, function
        self._begin()

    def close(self) -> None:
        """Tell nothing more. A function that is being called goes on to its end, or to that of the program."""
        with self._telling:
            self._is_closed, self._next = True, None

    def _begin(self) -> None:
        if self._thread is None and self._next is not None:
            (what, function), self._next = self._next, None
            self._thread = threading.Thread(target=self._run, args=(what, function), name="sweep reader", daemon=True)
            self._thread.start()

    def _run(self, what: object, function: Callable[[], object]) -> None:
        try:
            found: object = function()
            fault = ""
        except LensError as error:
            found, fault = error, ""
        except Exception as error:  # noqa: BLE001 (it is raised in the window's thread, which tells of it)
            found, fault = error, traceback.format_exc()
        with self._telling:
            if not self._is_closed:
                self._ended.emit(what, found, fault)

    def _take(self, what: object, found: object, fault: str) -> None:
        if self._is_closed:
            return
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._begin()
        if fault:
            raise RuntimeError(fault)
        self.done.emit(what, found)
