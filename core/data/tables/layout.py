"""What the first rows tell of a table: titles above it, its header, its width, and a row of units."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from core.base.errors import DataError
from core.base.number_text import worded
from core.base.row_text import unguarded
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.tables.table import MAX_COLUMNS, Doubt, listed, too_many_columns
from core.data.tables.text.text_format import STRAY_SHARE, Number, Reading, is_missing, is_number, number_parser

SAMPLE_ROWS = 200
MAX_HEADER_ROWS, MAX_LOOKED_AT = 5, 200
MAX_TITLE_LINES = 20
MAX_NAME = 60
ROLES = {"class": "class", "c": "class", "ignore": "ignore", "i": "ignore", "meta": "ignore", "m": "ignore"}
ORANGE_TYPES = ("c", "d", "s", "t", "continuous", "discrete", "string", "time")

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""
Comments = Mapping[int, str]
"""The comments above a table, without their marks, by their lines."""
NO_COMMENTS: Comments = MappingProxyType({})


@dataclass(frozen=True)
class TableLayout:
    """The shape of a table."""

    names: tuple[str, ...]  # a different name for each column
    raw: int  # the most common number of cells of a row, with empty ones at its end
    first: int | None  # line of the first row of data, from 1; None if there is none
    roles: tuple[str, ...] = ()  # what the file says each column is for; empty if it says nothing
    text: frozenset[int] = frozenset()  # places of the columns that are text even if they hold numbers
    doubts: tuple[Doubt, ...] = ()  # what should be said of the header

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)

    def with_text(self, columns: Collection[str | int]) -> TableLayout:
        """The same with those columns, by their names or places, as text."""
        named = (place for place, name in enumerate(self.names) if place in columns or name in columns)
        return replace(self, text=self.text.union(named))

    def check(self, row: Row, name: str, unit: str = "line") -> None:
        """Raise DataError if a row has too many cells, or too few."""
        line, cells = row
        found, few = len(cells), len(cells) < self.width
        if found in (self.width, self.raw) or not (few or any(map(str.strip, cells[self.width :]))):
            return
        columns = worded(ngettext("{found:,} column", "{found:,} columns", found), found=found)
        model = _(", as in {unit} {line}").format(unit=unit, line=self.first) if self.first not in (None, line) else ""
        advice = _("add what is missing") if few else _("remove what is too many")
        text = _("{name}, {unit} {line}: {columns}, but {width:,} are expected{model}; {advice}, or remove the {unit}.")
        values = {"columns": columns, "width": self.width, "model": model, "advice": advice}
        raise DataError(text, name=name, unit=unit, line=line, **values)


def lay_out(sample: Sequence[Row], reading: Reading, name: str, comments: Comments = NO_COMMENTS) -> TableLayout:
    """The shape of a table by its first rows, with the header if there is one; DataError for none, or too wide ones."""
    if not sample:
        raise DataError(_("{name} is empty; it needs rows of numbers."), name=name)
    number, rows = number_parser(reading), [cells for _, cells in sample]
    doubts: list[Doubt] = []

    def say(text: str, cells: Sequence[str]) -> None:
        doubts.append(Doubt(text.format(cells=listed(cells)), settled_by="header"))

    header: Sequence[str] = commented_header(sample, comments, reading) if reading.header else []
    first, roles, types = orange_rows(rows) if reading.header and not header else (0, (), ())
    if reading.header and not header and first:
        header = rows[0]
    elif reading.header and not header:
        first = max(1, header_rows(rows, number))
        header = names_of(rows[:first], number)
        if left := [cell.strip() for row in rows[:first] if row is not header for cell in row if cell.strip()]:
            units = _("Left out below the header, as units: {cells}.")
            say(units if header is rows[0] else _("These rows are taken for names: {cells}."), left)
    data, given = sample[first:], rows[first:] or rows
    width, named = filled_width(given), filled(header)
    if 2 * sum(bool(cell.strip()) for cell in header) > named:
        width = max(width, named)
    if width > MAX_COLUMNS:
        raise too_many_columns(name, _("line {number}").format(number=sample[0][0]))
    if any(is_number(cell, number) and not is_missing(cell) for cell in header):
        say(_("The first row ({cells}) is taken for names, not for data; see Header (--no-header)."), header)
    if not header and is_sequence([cell for cell in rows[0] if cell.strip()]) and len(data) > 2:
        say(_("The first row ({cells}) is taken for data; if these are names, see Header (--header)."), rows[0])
    if header and len(header) == width - 1 and all(cell.strip() for cell in header):
        header = ["", *header]  # the first column is of row names and has no name
    names = unique_names([unguarded(name.strip()) for name in [*header, *[""] * width][:width]])
    text = frozenset(place for place, kind in enumerate(types) if kind in ("s", "string"))
    roles += ("",) * (width - len(roles)) if roles else ()
    return TableLayout(names, common_width(given), data[0][0] if data else None, roles, text, tuple(doubts))


def commented_header(sample: Sequence[Row], comments: Comments, reading: Reading) -> list[str]:
    """The names in the comment right above the table, as NumPy's savetxt writes them; empty if there are none."""
    line, cells = sample[0]
    number = number_parser(reading)
    if is_header(cells, [row for _, row in sample[1:]], number):
        return []
    text = comments.get(line - 1, "")
    for delimiter in (reading.delimiter, None):
        names = [name.strip().strip(reading.quote or None) for name in text.split(delimiter)] or [""]
        names[0] = names[0] or reading.comment  # "#, x, y": the first column counts the rows
        if len(names) == len(cells) and not any(is_number(name, number) for name in names) and all(names):
            return names
    return []


def common_width(rows: Sequence[Sequence[str]]) -> int:
    """The most common number of cells, the first of equally common ones."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def filled(cells: Sequence[str]) -> int:
    """The number of cells without the empty ones at the end."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def filled_width(rows: Sequence[Sequence[str]]) -> int:
    """The common width without columns at the end that are empty in all rows of that width."""
    width = common_width(rows)
    while width > 1 and all(not row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return width


# --- names


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, made to differ: an empty one becomes ``x`` and its place, a repeated one gets a number."""
    cleaned = [" ".join(name.split()) for name in names]
    cleaned = [name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…" for name in cleaned]
    taken, seen = {name for name in cleaned if name}, set[str]()
    for place, name in enumerate(cleaned):
        if not name or name in seen:
            stem = name or f"x{place + 1}"
            others = (f"{stem} ({count})" for count in itertools.count(2))
            cleaned[place] = stem if stem not in taken else next(free for free in others if free not in taken)
        seen.add(cleaned[place])
        taken.add(cleaned[place])
    return tuple(cleaned)


# --- rows above the data


def find_layout(rows: list[Row], reading: Reading, known: Collection[str], comments: Comments = NO_COMMENTS) -> Reading:
    """The reading with what the first rows tell of lines to skip and of a header, unless that is known."""
    number = number_parser(reading)
    if "skip" not in known:
        reading, rows = skip_titles(rows, reading, number)
    if "header" not in known and rows:
        header = is_header(rows[0][1], [cells for _, cells in rows[1:]], number)
        reading = replace(reading, header=header or bool(commented_header(rows, comments, reading)))
    return reading


def skip_titles(rows: list[Row], reading: Reading, number: Number) -> tuple[Reading, list[Row]]:
    """Pass over lines of text above the table: they have fewer cells than its rows and something that is no number.

    Names of several words between white space are passed over, too, since nobody knows which column each names.
    """
    width = filled_width([cells for _, cells in rows]) if rows else 0
    titles = 0
    for _number, cells in rows[:MAX_TITLE_LINES]:
        rest = [row for _, row in rows[titles + 1 :]]
        short = filled(cells) < width and not is_row_names(cells, rest, width, number)
        short = short and not (len(cells) >= width and rest and filled(cells) > width / 2)
        short = short or (reading.delimiter is None and bool(rest) and len(cells) > max(map(len, rest)))
        if not short or (any(cells) and all(is_number(cell, number) or is_missing(cell) for cell in cells)):
            break
        titles += 1
    if not titles or len(rows) < 2 * titles + 1:
        return reading, rows
    return replace(reading, skip=rows[titles][0] - 1), rows[titles:]


def is_row_names(cells: list[str], rest: list[list[str]], width: int, number: Number) -> bool:
    """Whether a row of one cell less than the others is a header without a name for the row names, and no title."""
    header = 1 < len(cells) == width - 1 and all(cell.strip() and not is_number(cell, number) for cell in cells)
    named = header and any(is_number(cell, number) for row in rest[:1] for cell in row)
    return named and all(len(row) == width for row in rest)


def is_header(first: Sequence[str], rest: Sequence[list[str]], number: Number) -> bool:
    """Whether a first row names the columns: none of its cells is a number where the rows below have numbers.

    Names such as Na, NaN or None count as names beside others, or where the other cells do not come again below; so do
    years, and numbers in a row such as 0, 1, 2. Where all columns are text, it is a header if it is full and none of
    its cells comes again in its column.
    """
    if rest and len(first) == common_width(rest) - 1:
        first = ["", *first]
    columns = [[row[place] for row in rest if place < len(row)] for place in range(filled(first))]
    numeric = numeric_places(rest, len(columns), number)
    over = [first[place] for place in numeric if first[place].strip()]
    texts = [p for p in range(len(columns)) if p not in numeric and (first[p].strip() or any(columns[p]))]
    fresh = [first[p] for p in texts if first[p].strip() and first[p] not in columns[p]]
    new, differ = len(fresh) == len(texts), len(set(first)) == len(first)
    if not numeric:
        full = all(cell.strip() and not is_number(cell, number) for cell in first) and differ
        return (full and new) or header_rows([list(first), *rest], number) > 1
    counted = [place for place in numeric if is_number(first[place], number) and not is_missing(first[place])]
    numbers = [first[place] for place in counted]
    if years(numbers) and new and (texts or len(numbers) < len(over)):
        below = [cell for place in counted for cell in columns[place] if is_number(cell, number)]
        return sum(years([cell]) for cell in below) < len(below) / 2
    broken = [any("." in cell or "," in cell for cell in columns[place]) for place in counted]
    if counted_up(numbers) and new and (all(broken) or (any(broken) and len(over) > 2)):
        return True
    words = [cell for cell in over if is_missing(cell) or is_number(cell, number)]
    proper = len(over) > len(words) or bool(fresh)
    return not words or (all(re.fullmatch("[A-Za-z]{2,}", word) for word in words) and differ and proper)


def numeric_places(rows: Sequence[Sequence[str]], width: int, number: Number) -> list[int]:
    """The places of the columns that hold numbers rather than text."""
    places = []
    for place in range(width):
        column = [row[place] for row in rows if place < len(row)]
        given = [cell for cell in column if not is_missing(cell)]
        if any(column) and sum(not is_number(cell, number) for cell in given) <= STRAY_SHARE * len(given):
            places.append(place)
    return places


def header_rows(rows: Sequence[Sequence[str]], number: Number) -> int:
    """How many rows above the data hold names, units or rules: words over the columns of numbers; 0 if none does."""
    width, most = min(MAX_LOOKED_AT, max(map(len, rows))), min(MAX_HEADER_ROWS, (len(rows) - 1) // 2)
    found = 0
    for count in range(1, most + 1):
        places = numeric_places(rows[count:], width, number)
        if places and not all(has_words(row, rows[count:], places, number) for row in rows[found:count]):
            break
        found = count if places else found
    return found


def has_words(row: Sequence[str], below: Sequence[Sequence[str]], places: Sequence[int], number: Number) -> bool:
    """Whether a row has words and no number over columns of numbers, and no text that comes again in its column."""
    over = [row[place].strip() for place in places if place < len(row)]
    if any(is_number(cell, number) and not is_missing(cell) for cell in over):
        return False
    words = [cell for cell in over if cell and (is_rule(cell) or not (is_missing(cell) or is_number(cell, number)))]
    again = (
        cell.strip() in (other[place].strip() for other in below if place < len(other))
        for place, cell in enumerate(row)
        if place not in places and len(cell.strip()) > 2
    )
    return 2 * len(words) >= max(2, len([cell for cell in over if cell])) and not any(again)


def is_rule(cell: str) -> bool:
    """Whether a cell is a line drawn under a header."""
    return re.fullmatch(r"[-=]{3,}|:-+:?|-+:", cell.strip()) is not None


def names_of(rows: Sequence[Sequence[str]], number: Number) -> Sequence[str]:
    """The names in the rows above the data: the first one if it is full; else those lowest down, with their groups."""
    rows = [row for row in rows if not any(row) or not all(is_rule(cell) for cell in row if cell.strip())] or rows[:1]
    named = [cell.strip() for cell in rows[0][: max(map(filled, rows))]]
    full = all(named) and len(set(named)) == len(named) and not any(is_number(cell, number) for cell in named)
    if len(rows) == 1 or full:
        return rows[0]
    columns = list(itertools.zip_longest(*([cell.strip() for cell in row] for row in rows), fillvalue=""))
    lowest = [next((cell for cell in reversed(column) if cell), "") for column in columns]
    if len(set(filter(None, lowest))) == len(list(filter(None, lowest))):
        return lowest
    group, joined = "", []
    for upper, *lower in columns:
        group = upper or group
        joined.append(" ".join(dict.fromkeys(cell for cell in (group, *lower) if cell)))
    return joined


def years(cells: Sequence[str]) -> bool:
    """Whether every cell is a year."""
    return bool(cells) and all(re.fullmatch(r"\s*(1[6-9]|20)[0-9]{2}\s*", cell) for cell in cells)


def counted_up(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2 … or 1, 2, 3 …, as programs number columns that have no names."""
    written = [cell.strip() for cell in cells]
    return len(cells) > 1 and any(written == [str(a + n) for n in range(len(cells))] for a in (0, 1))


def is_sequence(cells: Sequence[str]) -> bool:
    """Whether cells are years in even steps, or 0, 1, 2, 3 …: names perhaps, not data."""
    if len(cells) > 3 and counted_up(cells) and cells[0].strip() == "0":
        return True
    return len(cells) > 2 and years(cells) and len({int(b) - int(a) for a, b in itertools.pairwise(cells)} - {0}) == 1


def orange_rows(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Of Orange's .tab files: the rows above the data, the columns' roles, and their types; 0 for other files."""
    if len(rows) < 3:
        return 0, (), ()
    types = tuple(cell.strip() for cell in rows[1])
    given = [cell.strip().split(" ")[0].split("=")[0].casefold() for cell in rows[2]]
    with_roles = any(given) and all(role in ROLES for role in given if role)
    kinds = [kind for kind in types if kind]
    known = all(kind in ORANGE_TYPES or ((" " in kind or "=" in kind) and with_roles) for kind in kinds)
    if not known or len(kinds) < 2 or not (with_roles or any(len(kind) > 1 for kind in kinds) or kinds.count("c") > 1):
        return 0, (), ()
    return (3, tuple(ROLES.get(role, "") for role in given), types) if with_roles else (2, (), types)
