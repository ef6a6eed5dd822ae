"""Exceptions that escape from code that Qt calls, such as slots, timers and paint events, and from Python's threads.

Qt cannot pass an exception on to its caller. PyQt hands it to ``sys.excepthook`` and goes on.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType

from core.base.translation import _
from core.workbench.messages import Notice

LONGEST_MESSAGE = 200
"""Characters of an error's own message that a notice shows; the details have all of it."""

NO_MEMORY = Notice(_("An error inside the program: there is too little memory to say which."), "fault")


def fault_notice(what: str, error: BaseException) -> Notice:
    """Return the notice of a fault of the program; raises nothing, whatever the error does when it is printed.

    Args:
        what: what the fault did, such as "An error inside the program stopped the film".
        error: the exception.
    """
    try:
        message = " ".join(str(error).split())
        if len(message) > LONGEST_MESSAGE:
            message = message[: LONGEST_MESSAGE - 1] + "…"
        detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return Notice(f"{what}: {type(error).__name__}{': ' if message else ''}{message}", "fault", detail)
    except Exception:  # noqa: BLE001 (as a MemoryError, or a __str__ that raises)
        return NO_MEMORY


def write_error(text: str) -> None:
    """Write on standard error; where that is closed or full the text is lost, and nothing is raised."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except (OSError, ValueError):
        sys.stderr = None  # or what is left in its buffer would fail once more at the end


@contextlib.contextmanager
def escaping_to(take: Callable[[BaseException], None]) -> Iterator[None]:
    """Hand every exception that escapes while the block runs to a function, which may be called in any thread."""

    def from_qt(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        take(error)

    def from_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            take(arguments.exc_value)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = from_qt, from_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before


@contextlib.contextmanager
def raising_escaped() -> Iterator[list[BaseException]]:
    """Raise the first exception that escapes while the block runs, at its end; yields those that have escaped so far.

    For pictures: a paint event that fails leaves a hole in the picture and says nothing.
    """
    escaped: list[BaseException] = []
    with escaping_to(escaped.append):
        yield escaped
    if escaped:
        raise escaped[0]
