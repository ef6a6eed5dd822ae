"""Lets Ctrl+C, SIGTERM and SIGHUP close the window as its close button does."""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType, TracebackType
from typing import Any

from PyQt5 import sip
from PyQt5.QtCore import QObject, QSocketNotifier, pyqtSignal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""SIGHUP is there on Unix, SIGBREAK on Windows."""


class ClosingSignals(QObject):
    """Watches while it is entered as a context, which must be in the main thread.

    Python's own handler of Ctrl+C raises KeyboardInterrupt in whatever function runs, such as a slot that has done half
    of its work. Here the handlers do nothing; the system's number of the signal arrives through a socket, between two
    events. A signal that the parent process has this one ignore, as ``nohup`` does, stays ignored.

    Signals:
        asked(): the program is to end.
    """

    asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._ours, self._pythons = socket.socketpair()
        self._before: dict[int, Any] = {}
        self._fd_before = -1
        self._notifier = QSocketNotifier(sip.voidptr(self._ours.fileno()), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def __enter__(self) -> ClosingSignals:
        for end in (self._ours, self._pythons):
            end.setblocking(False)
        self._fd_before = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, _do_nothing)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notifier.setEnabled(False)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd_before)
        self._ours.close()
        self._pythons.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            if self._ours.recv(1000):
                self.asked.emit()


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """Handle a signal, so that Python passes it on to the socket."""
