"""Rows as text: CSV, tabs for the clipboard, and aligned columns for a terminal.

A spreadsheet computes a cell that begins with = + - @ or a tab as a formula. So a text that begins with one of them,
such as a name from a foreign file, gets an apostrophe in front, which the reader of tables takes away again. Numbers
stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from core.base.progress import Progress, tell

STRETCH = 500
"""Rows between two reports of progress."""
_FORMULA = re.compile(r"'*(?:[=@\t\r\n]|[+-].)", re.DOTALL)


def csv_text(rows: Iterable[Sequence[object]], progress: Progress | None = None, count: int = 0) -> str:
    """Rows as CSV, with quotes where a cell needs them and its texts :func:`guarded`.

    Numbers have all digits of their float64 value.

    ``progress`` receives the written part of about ``count`` rows; it may raise Cancelled.
    """
    text, remaining, done = io.StringIO(), iter(rows), 0
    # Older Pythons quote a cell with \r only if that ends lines too.
    writer = csv.writer(_LineEnds(text), lineterminator="\r\n")
    while stretch := list(islice(remaining, STRETCH)):
        writer.writerows([guarded(cell) if type(cell) is str else cell for cell in row] for row in stretch)
        done += len(stretch)
        tell(progress, min(1.0, done / max(1, count)))
    return text.getvalue()


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as the bytes of a CSV file in UTF-8, see :func:`csv_text`; what no text can be is escaped."""
    return csv_text(rows).encode("utf-8", "backslashreplace")


def tab_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows for the clipboard, as spreadsheets take them: tabs between cells, each in one line and :func:`guarded`."""
    return "\n".join("\t".join(guarded(" ".join(cell.split())) for cell in row) for row in rows) + "\n"


class _LineEnds:
    """Ends each row that is written with a line feed alone."""

    def __init__(self, text: io.StringIO) -> None:
        self._text = text

    def write(self, row: str) -> None:
        """Write a whole row."""
        self._text.write(row.removesuffix("\r\n") + "\n")


def guarded(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would take it for a formula; a number as it is."""
    return f"'{text}" if _FORMULA.match(text) and not _is_number(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text that :func:`guarded` made this of."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
