"""What lies between the window's thread and the worker's, besides the queue of commands."""

from __future__ import annotations

import threading
from collections import deque

from core.workbench.messages import Report

GATE_SECONDS = 0.02


class Gate:
    """Tells the worker when the window is at work on a frame, so that it leaves the interpreter lock alone."""

    def __init__(self) -> None:
        self._idle = threading.Event()
        self._idle.set()

    def close(self) -> None:
        """Begin a frame."""
        self._idle.clear()

    def open(self) -> None:
        """End a frame."""
        self._idle.set()

    def wait(self) -> None:
        """Wait for the end of the frame, but never so long that training would starve."""
        self._idle.wait(GATE_SECONDS)


class Mailbox:
    """One slot; what is put in replaces what was there."""

    def __init__(self) -> None:
        self._slot: deque[Report] = deque(maxlen=1)

    def put(self, report: Report) -> None:
        """Leave a report, from the worker's thread."""
        self._slot.append(report)

    def take(self) -> Report | None:
        """The report, if there is one; it is gone from the slot."""
        try:
            return self._slot.pop()
        except IndexError:
            return None
