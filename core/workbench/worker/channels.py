"""What lies between the window's thread and the worker's: commands go one way, reports the other."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable

from core.workbench.messages import Command, WorkerReport

LONGEST_WAIT_SECONDS = 0.02


class FrameInProgress:
    """Tells the worker when the window is at work on a frame, so that it leaves the interpreter lock alone."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._ended.set()

    def begin(self) -> None:
        """A frame begins."""
        self._ended.clear()

    def end(self) -> None:
        """The frame ends."""
        self._ended.set()

    def wait_for_end(self) -> None:
        """Wait for the end of the frame, but never so long that training would starve."""
        self._ended.wait(LONGEST_WAIT_SECONDS)


class CommandQueue:
    """Commands in the order in which they are obeyed. Any thread may put one; the worker's thread takes them."""

    def __init__(self) -> None:
        self._first: deque[Command] = deque()
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Add a command; returns at once."""
        self._queue.put(command)

    def put_first(self, commands: Iterable[Command]) -> None:
        """Let the worker's thread take these before all others."""
        self._first.extendleft(reversed(list(commands)))

    def take(self, timeout: float | None = 0.0) -> Command | None:
        """The next command; None if none comes within so many seconds. A timeout of None waits for ever."""
        if self._first:
            return self._first.popleft()
        try:
            return self._queue.get_nowait() if timeout == 0.0 else self._queue.get(timeout=timeout)
        except queue.Empty:
            return None


class Mailbox:
    """Reports on their way to the window, in their order; there is one at most for each question."""

    def __init__(self) -> None:
        self._reports: deque[WorkerReport] = deque()

    def put(self, report: WorkerReport) -> None:
        """Leave a report, from the worker's thread."""
        self._reports.append(report)

    def take(self) -> WorkerReport | None:
        """The next report, if there is one; it is gone from the mailbox."""
        try:
            return self._reports.popleft()
        except IndexError:
            return None
