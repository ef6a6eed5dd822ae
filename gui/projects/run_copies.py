"""Copies of the whole run, which the worker makes for those who save it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.base.translation import _
from core.base.values import dataclass
from core.workbench.messages import Capture, Captured, Notice
from gui.session.session import Session
from gui.widgets.faults import fault_notice


@dataclass(frozen=True, eq=False)
class _Asked:
    """Who waits for a copy of the run.

    Attributes:
        then: called with the copy.
        failed: called with the reason, if there is none.
        is_again: whether it was asked for once more, after a fault.
    """

    then: Callable[[Captured], object]
    failed: Callable[[Notice], object]
    is_again: bool = False


class RunCopies:
    """Asks for copies, and answers everyone who asked, also after a fault."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[Capture, _Asked] = {}
        for _time in range(2):  # where a fault ends the first call before it did anything, the second does it
            session.captured.connect(self._take)
        session.noticed.connect(self._note)

    def ask(self, then: Callable[[Captured], object], failed: Callable[[Notice], object]) -> None:
        """Have the worker copy the whole run, and call ``then`` with the copy, or ``failed`` with why there is none."""
        request = self._session.capture()  # first: a fault in it replaces the dictionary, see _note
        self._waiting[request] = _Asked(then, failed)

    def _take(self, captured: Captured) -> None:
        asked = self._waiting.pop(captured.request, None)
        if asked is None:  # it was taken, or asked for once more
            return
        try:
            asked.then(captured)
        except Exception as error:  # noqa: BLE001 (who waits must hear that nothing comes)
            asked.failed(fault_notice(_("An error inside the program kept the run from being saved"), error))

    def _note(self, notice: Notice) -> None:
        """After a fault, which a copy may have been lost in, ask for it once more."""
        if notice.kind != "fault":
            return
        waiting, self._waiting = self._waiting, {}
        for asked in waiting.values():
            if asked.is_again:
                asked.failed(notice)
            else:
                self._waiting[self._session.capture()] = replace(asked, is_again=True)
