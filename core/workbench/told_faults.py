"""Which faults of the program were told of already, so that a lasting one is told of once."""

from __future__ import annotations


class ToldFaults:
    """Knows a fault by its kind and by the line that raised it."""

    def __init__(self) -> None:
        self._told: set[tuple[object, ...]] = set()

    def is_new(self, error: BaseException) -> bool:
        """Whether this fault has not been told of since the last ``forget``; from now on it has."""
        key = type(error), *_place(error)
        is_new = key not in self._told
        self._told.add(key)
        return is_new

    def forget(self) -> None:
        """Something was done, so a fault that comes again is told of again."""
        self._told.clear()


def _place(error: BaseException) -> tuple[object, ...]:
    """The file and the line that raised an error."""
    trace = error.__traceback__
    if trace is None:
        return ()
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno
