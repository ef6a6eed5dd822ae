"""Where the test loss was lowest among the present line and those beside it, which tells whether a cure has helped."""

from __future__ import annotations

from collections.abc import Iterable

from core.workbench.many_runs.run_rows import RunRow


def row_of_lowest_test_loss(rows: Iterable[RunRow]) -> RunRow | None:
    """Of the lines on the same data, loss and split as the present one; None where it has nothing to compare with.

    Of a place that two lines share, that on the present one.
    """
    lines = [(row.lowest.loss, not row.is_present, row) for row in rows if not row.apart and row.lowest is not None]
    return min(lines, key=lambda line: line[:2])[-1] if len(lines) > 1 else None
