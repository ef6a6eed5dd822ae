"""How long work tells how far it is, and how it is cancelled."""

from __future__ import annotations

from collections.abc import Callable

from core.base.errors import Cancelled

Progress = Callable[[float], "bool | None"]
"""Function of the part done, 0 to 1. It cancels by returning False or by raising Cancelled."""


def tell(progress: Progress | None, fraction: float) -> None:
    """Report progress. Cancelled if the answer is no."""
    if progress is not None and progress(fraction) is False:
        raise Cancelled
