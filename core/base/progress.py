"""Long work: how it reports its progress and is cancelled, and how it is done step by step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from core.base.errors import Cancelled

Result = TypeVar("Result")

Progress = Callable[[float], "bool | None"]
"""A function of the finished part, 0 to 1. It cancels the work by returning False or raising Cancelled."""

Between = Callable[[], object] | None
"""What is called between two steps."""


def tell(progress: Progress | None, fraction: float) -> None:
    """Report progress; raises Cancelled if the answer is no."""
    if progress is not None and progress(fraction) is False:
        raise Cancelled


def finish(steps: Generator[Any, None, Result], between: Between = None) -> Result:
    """Take all steps without a pause, call ``between`` behind each but the last, and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        if between is not None:
            between()
