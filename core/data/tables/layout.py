"""What the first rows tell of a table: titles above it, its header, its width, and a row of units."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from core.base.errors import DataError
from core.base.number_text import worded
from core.base.row_text import unguarded
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.tables.reading import STRAY_SHARE, Line, Number, Reading, is_missing, number_parser
from core.data.tables.table import Doubt, listed

SAMPLE_ROWS = 200
MAX_HEADER_ROWS, MAX_LOOKED_AT = 5, 200
MAX_TITLE_LINES = 20
MAX_NAME = 60
ROLES = {"class": "class", "c": "class", "ignore": "ignore", "i": "ignore", "meta": "ignore", "m": "ignore"}
ORANGE_TYPES = ("c", "d", "s", "t", "continuous", "discrete", "string", "time")

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""


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

    def fault(self, row: Row, name: str, unit: str = _("line")) -> DataError | None:
        """What is wrong with a row of too many cells, or too few."""
        line, cells = row
        found, few = len(cells), len(cells) < self.width
        if found in (self.width, self.raw) or not (few or any(map(str.strip, cells[self.width :]))):
            return None
        columns = worded(ngettext("{found:,} column", "{found:,} columns", found), found=found)
        model = _(", as in {unit} {line}").format(unit=unit, line=self.first) if self.first not in (None, line) else ""
        advice = _("add what is missing") if few else _("remove what is too many")
        text = _("{name}, {unit} {line}: {columns}, but {width:,} are expected{model}; {advice}, or remove the {unit}.")
        values = {"columns": columns, "width": self.width, "model": model, "advice": advice}
        return DataError(text, name=name, unit=unit, line=line, **values)


def lay_out(sample: Sequence[Row], reading: Reading, name: str, comments: Sequence[Line] = ()) -> TableLayout:
    """The shape of a table by its first rows, with the header if there is one; DataError for none, or too wide ones."""
    if not sample:
        raise DataError(_("{name} is empty; it needs rows of numbers."), name=name)
    number, rows = number_parser(reading), [cells for _, cells in sample]
    doubts: list[Doubt] = []

    def say(text: str, cells: Sequence[str]) -> None:
        doubts.append(Doubt(text.format(cells=listed(cells)), settled_by="header"))

    header: Sequence[str] = commented_header(sample, comments, reading) if reading.header else []
    above, roles, types = orange_rows(rows) if reading.header and not header else (0, (), ())
    if above:
        header = rows[0]
    elif reading.header and not header:
        above = max(1, header_rows(rows, number))
        header = names_of(rows[:above], number)
        if left := [cell.strip() for row in rows[:above] if row is not header for cell in row if cell.strip()]:
            units = _("Left out below the header, as units: {cells}.")
            say(units if header is rows[0] else _("These rows are taken for names: {cells}."), left)
    data, given = sample[above:], rows[above:] or rows
    width, named = filled_width(given), filled(header)
    if 2 * sum(bool(cell.strip()) for cell in header) > named:
        width = max(width, named)
    if "n" in pattern_of(header, number):
        say(_("The first row ({cells}) is taken for names, not for data."), header)
    if not header and is_sequence([cell for cell in rows[0] if cell.strip()]) and len(data) > 2:
        say(_("The first row ({cells}) is taken for data, not for names."), rows[0])
    if header and len(header) == width - 1 and all(cell.strip() for cell in header):
        header = ["", *header]  # the first column is of row names and has no name
    names = unique_names([unguarded(name.strip()) for name in [*header, *[""] * width][:width]])
    text = frozenset(place for place, kind in enumerate(types) if kind in ("s", "string"))
    roles += ("",) * (width - len(roles)) if roles else ()
    return TableLayout(names, common_width(given), data[0][0] if data else None, roles, text, tuple(doubts))


def commented_header(sample: Sequence[Row], comments: Sequence[Line], reading: Reading) -> list[str]:
    """The names in the comment right above the table, as NumPy's savetxt writes them; empty if there are none."""
    line, cells = sample[0]
    number = number_parser(reading)
    if is_header([row for _, row in sample], number):
        return []
    text = dict(comments).get(line - 1, "").removeprefix(reading.comment)
    for delimiter in (reading.delimiter, None):
        names = [name.strip().strip(reading.quote or None) for name in text.split(delimiter)] or [""]
        names[0] = names[0] or reading.comment  # "#, x, y": the first column counts the rows
        if len(names) == len(cells) and all(names) and all(number(name) is None for name in names):
            return names
    return []


def pattern_of(cells: Iterable[str], number: Number) -> str:
    """A letter for each cell: n for a number, m for a missing value, w for other words, and a space if it is empty."""
    return "".join(
        " " if not cell.strip() else "m" if is_missing(cell) else "w" if number(cell) is None else "n" for cell in cells
    )


def numeric_places(patterns: Sequence[str], width: int) -> list[int]:
    """The places of the columns that hold numbers rather than text, by the patterns of their rows."""
    columns = ["".join(pattern[place : place + 1] for pattern in patterns) for place in range(width)]
    strays = [column.count("w") for column in columns]
    return [
        place
        for place, column in enumerate(columns)
        if column.strip() and strays[place] <= STRAY_SHARE * (strays[place] + column.count("n"))
    ]


def common_width(rows: Sequence[Sequence[str]]) -> int:
    """The most common number of cells, the first of equally common ones."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def filled(cells: Sequence[str]) -> int:
    """The number of cells without the empty ones at the end."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def filled_width(rows: Sequence[Sequence[str]]) -> int:
    """The common width without columns at the end that are empty in all rows of that width."""
    width = common_width(rows)
    return max(1, min(width, max(filled(row[:width]) for row in rows)))


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


def find_layout(rows: list[Row], reading: Reading, known: Collection[str], comments: Sequence[Line] = ()) -> Reading:
    """The reading with what the first rows tell of lines to skip and of a header, unless that is known."""
    number = number_parser(reading)
    if "skip" not in known and (titles := title_rows([cells for _, cells in rows], reading, number)):
        reading, rows = replace(reading, skip=rows[titles][0] - 1), rows[titles:]
    if "header" not in known and rows:
        header = is_header([cells for _, cells in rows], number) or commented_header(rows, comments, reading)
        reading = replace(reading, header=bool(header))
    return reading


def title_rows(rows: Sequence[list[str]], reading: Reading, number: Number) -> int:
    """How many lines of text stand above a table: they have fewer cells than its rows, and one that is no number.

    Names of several words between white space count as well, since nobody knows which column each names.
    """
    width, titles = filled_width(rows) if rows else 0, 0
    for cells in rows[:MAX_TITLE_LINES]:
        rest = rows[titles + 1 :]
        short = filled(cells) < width and not is_row_names(cells, rest, width, number)
        short = short and not (len(cells) >= width and rest and filled(cells) > width / 2)
        short = short or (reading.delimiter is None and bool(rest) and len(cells) > max(map(len, rest)))
        if not short or ("w" not in pattern_of(cells, number) and any(cells)):
            break
        titles += 1
    return titles if len(rows) > 2 * titles else 0


def is_row_names(cells: list[str], rest: Sequence[list[str]], width: int, number: Number) -> bool:
    """Whether a row of one cell less than the others is a header without a name for the row names, and no title."""
    names = 1 < len(cells) == width - 1 and not {"n", " "} & set(pattern_of(cells, number))
    return names and "n" in "".join(pattern_of(row, number) for row in rest[:1]) and {width} == set(map(len, rest))


def is_header(rows: Sequence[Sequence[str]], number: Number) -> bool:
    """Whether the first row names the columns: none of its cells is a number where the rows below have numbers.

    Names such as Na, NaN or None count as names beside others, or where the other cells do not come again below; so do
    years, and numbers in a row such as 0, 1, 2. Where all columns are text, it is a header if it is full and none of
    its cells comes again in its column.
    """
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    if rest and len(first) == common_width(rest) - 1:
        first = ["", *first]
    kinds, width = pattern_of(first, number), filled(first)
    columns = [[row[place].strip() for row in rest if place < len(row)] for place in range(width)]
    numeric = numeric_places([pattern_of(row[:width], number) for row in rest], width)
    texts = [place for place in range(width) if place not in numeric and (first[place] or any(columns[place]))]
    fresh = [place for place in texts if first[place] and first[place] not in columns[place]]
    new, differ = len(fresh) == len(texts), len(set(first)) == len(first)
    if not numeric:
        return (new and differ and not {"n", " "} & set(kinds)) or header_rows(rows, number) > 1
    over, counted = [place for place in numeric if first[place]], [place for place in numeric if kinds[place] == "n"]
    numbers = [first[place] for place in counted]
    if years(numbers) and new and (texts or len(numbers) < len(over)):
        below = [cell for place in counted for cell in columns[place] if number(cell) is not None]
        return sum(years([cell]) for cell in below) < len(below) / 2
    broken = [any("." in cell or "," in cell for cell in columns[place]) for place in counted]
    if counted_up(numbers) and new and (all(broken) or (any(broken) and len(over) > 2)):
        return True
    words = [first[place] for place in over if kinds[place] != "w"]
    proper = len(over) > len(words) or bool(fresh)
    return not words or (all(re.fullmatch("[A-Za-z]{2,}", word) for word in words) and differ and proper)


def header_rows(rows: Sequence[Sequence[str]], number: Number) -> int:
    """How many rows above the data hold names, units or rules: words over the columns of numbers; 0 if none does."""
    patterns = [pattern_of(row[:MAX_LOOKED_AT], number) for row in rows]
    width, found = max(map(len, patterns)), 0
    for count in range(1, 1 + min(MAX_HEADER_ROWS, (len(rows) - 1) // 2)):
        places = numeric_places(patterns[count:], width)
        if places and not all(has_words(rows[n], patterns[n], rows[count:], places) for n in range(found, count)):
            break
        found = count if places else found
    return found


def has_words(row: Sequence[str], pattern: str, below: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether a row has words and no number over columns of numbers, and no text that comes again in its column."""
    over = [place for place in places if pattern[place : place + 1].strip()]
    words = [place for place in over if pattern[place] == "w" or is_rule(row[place])]
    others = [place for place, cell in enumerate(row) if place not in places and len(cell.strip()) > 2]
    again = any(row[place].strip() == other[place].strip() for place in others for other in below if place < len(other))
    return all(pattern[place] != "n" for place in over) and 2 * len(words) >= max(2, len(over)) and not again


def is_rule(cell: str) -> bool:
    """Whether a cell is a line drawn under a header."""
    return re.fullmatch(r"[-=]{3,}|:-+:?|-+:", cell.strip()) is not None


def names_of(rows: Sequence[Sequence[str]], number: Number) -> Sequence[str]:
    """The names in the rows above the data: the first one if it is full; else those lowest down, with their groups."""
    rows = [row for row in rows if not any(row) or not all(is_rule(cell) for cell in row if cell.strip())] or rows[:1]
    named = [cell.strip() for cell in rows[0][: max(map(filled, rows))]]
    full = all(named) and len(set(named)) == len(named) and "n" not in pattern_of(named, number)
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
