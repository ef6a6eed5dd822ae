"""Work that is done step by step: a generator that yields between two steps, and returns what came of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Result = TypeVar("Result")

Between = Callable[[], object] | None
"""What is called between two steps."""


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
