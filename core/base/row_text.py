"""Rows as text: CSV, and aligned columns for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from core.base.progress import Progress, tell

STRETCH = 500
"""Rows between two reports of progress."""


def csv_text(rows: Iterable[Sequence[object]], progress: Progress | None = None, count: int = 0) -> str:
    """Rows as CSV, with quotes where a cell needs them. Numbers have all digits of their float64 value.

    ``progress`` receives the written part of about ``count`` rows; it may raise Cancelled.
    """
    text, remaining, done = io.StringIO(), iter(rows), 0
    writer = csv.writer(text, lineterminator="\n")
    while stretch := list(islice(remaining, STRETCH)):
        writer.writerows(stretch)
        done += len(stretch)
        tell(progress, min(1.0, done / max(1, count)))
    return text.getvalue()


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Lines with aligned columns: the columns in ``left`` are left-aligned, all others right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
