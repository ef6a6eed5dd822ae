"""Shows exceptions that escape from slots, timers, paint events and threads as notices in the window."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType

from PyQt5.QtCore import QObject, Qt, pyqtSignal

from core.base import log
from core.base.translation import _
from core.workbench.messages import Notice
from gui.widgets.faults import escaping_to, fault_notice, write_error

QUIET_SECONDS = 10.0
"""For this long the same fault is not told again: a fault in painting comes back with every frame."""


class FaultReporter(QObject):
    """Watches while it is entered as a context. Notices wait until there is a window that shows them.

    Signals:
        _noted(Notice): always delivered later, in the window's thread: a notice changes the layout, which nobody may do
            in a paint event.
    """

    _noted = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._watching = escaping_to(self.report)
        self._show: Callable[[Notice], None] | None = None
        self._waiting: list[Notice] = []
        self._told: dict[object, float] = {}
        self._noted.connect(self._pass_on, type=Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def __enter__(self) -> FaultReporter:
        self._watching.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watching.__exit__(kind, error, trace)

    def show_with(self, show: Callable[[Notice], None]) -> None:
        """Show the notices that wait, and all to come, with this function."""
        self._show = show
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            show(notice)

    def report(self, error: BaseException) -> None:
        """Tell of a fault, in any thread."""
        with contextlib.suppress(MemoryError):
            place, now = _place(error), time.monotonic()
            if now - self._told.get(place, -QUIET_SECONDS) < QUIET_SECONDS:
                return
            self._told[place] = now
        log.fault(error)
        notice = fault_notice(_("An error inside the program"), error)
        write_error(notice.detail or f"{notice.text}\n")
        self._noted.emit(notice)

    def _pass_on(self, notice: Notice) -> None:
        if self._show is None:
            self._waiting.append(notice)
        else:
            self._show(notice)


def _place(error: BaseException) -> object:
    """The kind of an error and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return type(error), trace and (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
