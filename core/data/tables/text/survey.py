"""What the first rows tell of a table: how many columns, their names, which are numbers and which are text."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.base.errors import DataError
from core.base.row_text import unguarded
from core.data.tables.text.text_format import Number, is_missing, is_number
from core.data.tables.text.text_rows import MAX_COLUMNS, Row, too_many_columns

SAMPLE_ROWS = 200
STRAY_SHARE = 0.05
"""A column of which a larger share than this is neither a number nor missing is a column of text."""
MAX_NAME = 60


@dataclass(frozen=True)
class Survey:
    """The shape of a table.

    Attributes:
        width: number of columns.
        names: a different name for each column.
        text: places of the columns that are text; the others are numbers.
        first: line of the first row of data, from 1; None if there is none.
    """

    width: int
    names: tuple[str, ...]
    text: frozenset[int]
    first: int | None


def survey(sample: Sequence[Row], header: bool, number: Number, name: str) -> Survey:
    """The shape of a table from its first rows.

    Args:
        sample: the first rows, with the header if there is one.
        header: whether the first row names the columns.
        number: how a cell is read as a number.
        name: what messages call the file.

    Raises:
        DataError: there are no rows, or too many columns.
    """
    if not sample:
        raise DataError(f"{name} is empty; it needs rows of numbers.")
    data = sample[1:] if header else sample
    width = common_width([cells for _, cells in data or sample])
    if width > MAX_COLUMNS:
        raise too_many_columns(name, f"line {sample[0][0]}")
    columns = [[cells[place] for _, cells in data if place < len(cells)] for place in range(width)]
    text = frozenset(place for place, cells in enumerate(columns) if is_text(cells, number))
    return Survey(width, header_names(sample[0][1] if header else [], width), text, data[0][0] if data else None)


def common_width(rows: Sequence[list[str]]) -> int:
    """The most common number of cells, the first of equally common ones; empty columns at the end do not count."""
    counts = Counter(map(len, rows))
    width = counts.most_common(1)[0][0]
    while width > 1 and all(not row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return width


def is_text(cells: Sequence[str], number: Number) -> bool:
    """Whether the cells of a column are rather text than numbers."""
    given = [cell for cell in cells if not is_missing(cell)]
    strays = sum(not is_number(cell, number) for cell in given)
    return strays > STRAY_SHARE * len(given)


def header_names(header: Sequence[str], width: int) -> tuple[str, ...]:
    """Names for all columns; where a header has one name less than there are columns, the first is of row names."""
    shift = [""] if len(header) == width - 1 and all(cell.strip() for cell in header) and header else []
    return unique_names([unguarded(name.strip()) for name in [*shift, *header, *[""] * width][:width]])


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, made to differ: an empty one becomes ``x`` and its place, a repeated one gets a number."""
    cleaned = [" ".join(name.split()) for name in names]
    cleaned = [name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…" for name in cleaned]
    taken = {name for name in cleaned if name}
    seen: set[str] = set()
    for place, name in enumerate(cleaned):
        if not name or name in seen:
            cleaned[place] = free_name(name, place + 1, taken)
        seen.add(cleaned[place])
        taken.add(cleaned[place])
    return tuple(cleaned)


def free_name(name: str, place: int, taken: set[str]) -> str:
    """A name that is not taken yet, for the column at that place, from 1."""
    stem = name or f"x{place}"
    if not name and stem not in taken:
        return stem
    return next(free for count in itertools.count(2) if (free := f"{stem} ({count})") not in taken)


def is_header(first: Sequence[str], rest: Sequence[list[str]], number: Number) -> bool:
    """Whether a first row names the columns: none of its cells is a number where the rows below have numbers.

    Where all columns are text, it is a header if it is full and none of its cells comes again in its column.
    """
    if rest and len(first) == common_width(rest) - 1:
        first = ["", *first]
    columns = [[row[place] for row in rest if place < len(row)] for place in range(len(first))]
    numeric = [place for place, cells in enumerate(columns) if any(cells) and not is_text(cells, number)]
    if not numeric:
        return is_title_row(first, columns, number)
    over = [first[place] for place in numeric]
    return not any(is_number(cell, number) or (cell.strip() and is_missing(cell)) for cell in over)


def is_title_row(first: Sequence[str], columns: Sequence[list[str]], number: Number) -> bool:
    """Whether a row over columns of text is a header."""
    full = all(cell.strip() and not is_number(cell, number) for cell in first)
    return (
        full
        and len(set(first)) == len(first)
        and all(cell not in column for cell, column in zip(first, columns, strict=True))
    )
