"""What the first rows tell of a table: titles above it, its header, its width, and a row of units."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.base.errors import DataError
from core.base.row_text import unguarded
from core.data.tables.table import MAX_COLUMNS, Doubt, listed, too_many_columns
from core.data.tables.text.text_format import STRAY_SHARE, Number, Reading, is_missing, is_number, number_parser

SAMPLE_ROWS = 200
MAX_TITLE_LINES = 20
MAX_NAME = 60
ROLES = {"class": "class", "c": "class", "ignore": "ignore", "i": "ignore", "meta": "ignore", "m": "ignore"}
ORANGE_TYPES = ("c", "d", "s", "t", "continuous", "discrete", "string", "time")

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""


@dataclass(frozen=True)
class TableLayout:
    """The shape of a table.

    Attributes:
        names: a different name for each column.
        raw: the most common number of cells of a row, with empty ones at its end.
        first: line of the first row of data, from 1; None if there is none.
        roles: what the file says each column is for; empty if it says nothing.
        text: places of the columns that the file declares as text.
        doubts: what should be said of the header.
    """

    names: tuple[str, ...]
    raw: int
    first: int | None
    roles: tuple[str, ...] = ()
    text: frozenset[int] = frozenset()
    doubts: tuple[Doubt, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)

    def misfit(self, row: Sequence[str], line: int, unit: str = "line") -> str | None:
        """What is wrong with a row that has too few or too many cells; None if it fits."""
        found, width = len(row), self.width
        if found in (width, self.raw) or (found > width and not any(cell.strip() for cell in row[width:])):
            return (
                None
                if found <= width or not any(cell.strip() for cell in row[width:])
                else self.fault(found, line, unit)
            )
        return self.fault(found, line, unit)

    def fault(self, found: int, line: int, unit: str) -> str:
        """The sentence on a row of so many cells."""
        columns = "1 column" if found == 1 else f"{found:,} columns"
        model = f", as in {unit} {self.first}" if self.first not in (None, line) else ""
        advice = "add what is missing" if found < self.width else "remove what is too many"
        return f"{columns}, but {self.width:,} are expected{model}; {advice}, or remove the {unit}."


def lay_out(
    sample: Sequence[Row], reading: Reading, name: str, above: Callable[[int], str] | None = None
) -> TableLayout:
    """The shape of a table from its first rows.

    Args:
        sample: the first rows, with the header if there is one.
        reading: whether there is one, and how a cell is read as a number.
        name: what messages call the file.
        above: the comment right above a line of a text, without its mark; empty if there is none.

    Raises:
        DataError: there are no rows, or too many columns.
    """
    if not sample:
        raise DataError(f"{name} is empty; it needs rows of numbers.")
    number = number_parser(reading)
    header, data = (sample[0][1], sample[1:]) if reading.header else ([], list(sample))
    doubts: list[Doubt] = []
    if reading.header and above is not None:
        commented = commented_header(sample, above, reading)
        if commented:
            header, data = commented, list(sample)
    roles: tuple[str, ...] = ()
    types: list[str] = []
    if header and len(data) > 1 and is_orange(data[0][1]):
        types = [cell.strip() for cell in data[0][1]]
        given = [cell.strip().split(" ")[0].split("=")[0].casefold() for cell in data[1][1]]
        has_roles = all(role in ROLES for role in given if role) and any(given)
        roles = tuple(ROLES.get(role, "") for role in given) if has_roles else ()
        data = data[2 if has_roles else 1 :]
    elif header and is_units(data, number):
        doubts.append(
            Doubt(f"The row below the header ({listed([c for c in data[0][1] if c.strip()])}) is left out as units.")
        )
        data = data[1:]
    raw = common_width([cells for _, cells in data or sample])
    width = filled_width([cells for _, cells in data or sample])
    named = filled(header)
    if 2 * sum(bool(cell.strip()) for cell in header) > named:
        width = max(width, named)
    if width > MAX_COLUMNS:
        raise too_many_columns(name, f"line {sample[0][0]}")
    names = header_names(header, width)
    if header and number_names(header, number):
        doubts.append(
            Doubt(f"The first row ({listed(header)}) is taken for names, not for data; see Header (--no-header).")
        )
    if not header and data and is_sequence([cell for cell in data[0][1] if cell.strip()], number) and len(data) > 2:
        doubts.append(
            Doubt(f"The first row ({listed(data[0][1])}) is taken for data; if these are names, see Header (--header).")
        )
    text = frozenset(place for place, kind in enumerate(types) if kind in ("s", "string"))
    return TableLayout(
        names,
        raw,
        data[0][0] if data else None,
        roles + ("",) * (width - len(roles)) if roles else (),
        text,
        tuple(doubts),
    )


def commented_header(sample: Sequence[Row], above: Callable[[int], str], reading: Reading) -> list[str]:
    """The names in the comment right above the table, as NumPy's savetxt writes them; empty if there are none."""
    line, cells = sample[0]
    if not is_data(cells, [row for _, row in sample[1:]], number_parser(reading)):
        return []
    text = above(line)
    for delimiter in (reading.delimiter, None):
        names = [name.strip() for name in text.split(delimiter)]
        if (
            len(names) == len(cells)
            and not any(is_number(name, number_parser(reading)) for name in names)
            and all(names)
        ):
            return names
    return []


def is_data(first: list[str], rest: Sequence[list[str]], number: Number) -> bool:
    """Whether a first row is not a header, as far as can be told."""
    return not is_header(first, rest, number)


def common_width(rows: Sequence[Sequence[str]]) -> int:
    """The most common number of cells, the first of equally common ones."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def is_text(cells: Sequence[str], number: Number) -> bool:
    """Whether the cells of a column are rather text than numbers."""
    given = [cell for cell in cells if not is_missing(cell)]
    strays = sum(not is_number(cell, number) for cell in given)
    return strays > STRAY_SHARE * len(given)


# --- names


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
            stem = name or f"x{place + 1}"
            others = (f"{stem} ({count})" for count in itertools.count(2))
            cleaned[place] = stem if stem not in taken else next(free for free in others if free not in taken)
        seen.add(cleaned[place])
        taken.add(cleaned[place])
    return tuple(cleaned)


# --- rows above the data


def find_layout(
    rows: list[Row], reading: Reading, known: Sequence[str], above: Callable[[int], str] | None = None
) -> Reading:
    """The reading with what the first rows tell of lines to skip and of a header, unless that is known."""
    number = number_parser(reading)
    if "skip" not in known:
        reading, rows = skip_titles(rows, reading)
    if "header" not in known and rows:
        header = is_header(rows[0][1], [cells for _, cells in rows[1:]], number)
        header = header or (above is not None and bool(commented_header(rows, above, reading)))
        reading = replace(reading, header=header)
    return reading


def skip_titles(rows: list[Row], reading: Reading) -> tuple[Reading, list[Row]]:
    """Pass over lines of text above the table: they have fewer cells than its rows and something that is no number."""
    width = filled_width([cells for _, cells in rows]) if rows else 0
    number = number_parser(reading)
    titles = 0
    for _, cells in rows[:MAX_TITLE_LINES]:
        short = filled(cells) < width and not is_row_names(cells, rows[titles + 1 :], width, number)
        short = short and not (len(cells) >= width and titles + 1 < len(rows) and filled(cells) > width / 2)
        if not short or all(is_number(cell, number) or is_missing(cell) for cell in cells):
            break
        titles += 1
    if not titles or len(rows) < 2 * titles + 1:
        return reading, rows
    return replace(reading, skip=rows[titles][0] - 1), rows[titles:]


def filled(cells: Sequence[str]) -> int:
    """The number of cells without the empty ones at the end."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def filled_width(rows: Sequence[Sequence[str]]) -> int:
    """The common width without columns at the end that are empty in all rows of that width."""
    width = common_width(rows)
    while width > 1 and all(not row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return width


def is_row_names(cells: list[str], rest: Sequence[Row], width: int, number: Number) -> bool:
    """Whether a row of one cell less than the others is a header without a name for the row names, and no title."""
    header = 1 < len(cells) == width - 1 and all(cell.strip() and not is_number(cell, number) for cell in cells)
    return header and all(len(row) == width for _, row in rest)


def is_header(first: Sequence[str], rest: Sequence[list[str]], number: Number) -> bool:
    """Whether a first row names the columns: none of its cells is a number where the rows below have numbers.

    Names such as Na, NaN or None count as names beside others, or where the other cells do not come again below. Where
    all columns are text, it is a header if it is full and none of its cells comes again in its column.
    """
    if rest and len(first) == common_width(rest) - 1:
        first = ["", *first]
    columns = [[row[place] for row in rest if place < len(row)] for place in range(len(first))]
    numeric = [place for place, cells in enumerate(columns) if any(cells) and not is_text(cells, number)]
    over = [first[place] for place in numeric]
    texts = [place for place in range(len(first)) if place not in numeric]
    if not numeric:
        full = all(cell.strip() and not is_number(cell, number) for cell in first) and len(set(first)) == len(first)
        return full and all(cell not in column for cell, column in zip(first, columns, strict=True))
    if years(over, number) and all(first[p].strip() and first[p] not in columns[p] for p in texts) and texts:
        below = [cell for place in numeric for cell in columns[place] if is_number(cell, number)]
        return sum(years([cell], number) for cell in below) < len(below) / 2
    words = [cell for cell in over if cell.strip() and (is_missing(cell) or is_number(cell, number))]
    if not words:
        return True
    proper = [cell for cell in over if cell.strip() and cell not in words] + [
        first[p] for p in texts if first[p].strip() and first[p] not in columns[p]
    ]
    return all(re.fullmatch("[A-Za-z]{2,}", word) for word in words) and len(set(first)) == len(first) and bool(proper)


def years(cells: Sequence[str], number: Number) -> bool:
    """Whether every cell is a year."""
    return bool(cells) and all(re.fullmatch(r"\s*(1[6-9]|20)[0-9]{2}\s*", cell) for cell in cells)


def is_sequence(cells: Sequence[str], number: Number) -> bool:
    """Whether cells are whole numbers in even steps, of years: names perhaps, not data."""
    if len(cells) < 3 or not years(cells, number):
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(cells)}
    return len(steps) == 1 and steps != {0}


def number_names(header: Sequence[str], number: Number) -> bool:
    """Whether names are numbers, but for empty ones."""
    return sum(is_number(cell, number) for cell in header if cell.strip() and not is_missing(cell)) > 0


def is_units(data: Sequence[Row], number: Number) -> bool:
    """Whether the first row below a header holds units: words over columns of numbers, and no number."""
    if len(data) < 4:
        return False
    first, rest = data[0][1], [cells for _, cells in data[1:]]
    places = range(min(len(first), common_width(rest)))
    numeric = [p for p in places if not is_text(column := [r[p] for r in rest if p < len(r)], number) and any(column)]
    over = [first[place].strip() for place in numeric]
    words = [cell for cell in over if cell and not is_missing(cell)]
    return (
        len(words) >= max(1, len(over) / 2)
        and not any(is_number(cell, number) for cell in over if cell)
        and all(len(word) <= 16 for word in words)
        and not any(
            cell.strip() in (row[p] for row in rest if p < len(row))
            for p, cell in enumerate(first)
            if p not in numeric and len(cell) > 2
        )
    )


def is_orange(types: Sequence[str]) -> bool:
    """Whether the row below the header tells types, as in Orange's .tab files; a row of roles may follow."""
    kinds = [cell.strip() for cell in types if cell.strip()]
    known = sum(kind in ORANGE_TYPES for kind in kinds)
    return len(kinds) > 1 and 2 * known >= len(kinds) and all(k in ORANGE_TYPES or " " in k or "=" in k for k in kinds)
