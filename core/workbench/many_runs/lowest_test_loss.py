"""Where the test loss was lowest among the present line and those beside it, which tells whether a cure has helped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.base.number_text import short
from core.workbench.many_runs.run_rows import RunRow

DIGITS = 3
"""In which the lowest test losses are told; what reads the same is the same."""


def rows_of_lowest_test_loss(rows: Iterable[RunRow]) -> list[RunRow]:
    """Of the lines on the same data, loss and split as the present one, that one first; none without others."""
    lines = [(row.lowest.loss, row) for row in rows if not row.apart and row.lowest is not None]
    if len(lines) < 2:
        return []
    lowest = short(min(loss for loss, _row in lines), DIGITS)
    return sorted((row for loss, row in lines if short(loss, DIGITS) == lowest), key=lambda row: not row.is_present)


def row_to_go_to(rows: Sequence[RunRow]) -> RunRow | None:
    """The row whose lowest test loss is the lowest: the present one, if its line has passed there before its change."""
    found = next(iter(rows_of_lowest_test_loss(rows)), None)
    present = next((row for row in rows if row.is_present), None)
    if found is not None and present is not None and present.history.lowest == found.lowest:
        return replace(present, changed_at=0)
    return found
