"""How long work reports its progress, and how it is cancelled."""

from __future__ import annotations

from collections.abc import Callable

from core.base.errors import Cancelled

Progress = Callable[[float], "bool | None"]
"""A function of the finished part, 0 to 1. It cancels the work by returning False or raising Cancelled."""


def tell(progress: Progress | None, fraction: float) -> None:
    """Report progress; raises Cancelled if the answer is no."""
    if progress is not None and progress(fraction) is False:
        raise Cancelled
