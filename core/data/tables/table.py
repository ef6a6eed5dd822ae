"""Table: named columns of numbers or text, however they were stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.tables.reading import Given, Number, Reading, number_parser

NUMBERS = "numbers"
TEXT = "text"
MOST_LISTED, LONGEST = 8, 60
"""Names in a message, and their characters."""
MAX_TEXTS = 1000
"""A column of text with more different texts than these keeps none of them: it can be no label."""
MAX_COLUMNS = 10_000


@dataclass(frozen=True)
class Doubt:
    """Something a person should know before using a table."""

    text: str  # one sentence
    touches_values: bool = True  # whether values may differ from what is meant, so that --missing refuse refuses
    settled_by: str = ""  # the field of a Reading with which a person settles it; empty if there is none


@dataclass(frozen=True)
class TableRequest:
    """What is wanted of a table, and what is known of it."""

    given: Given = None  # of a text how to read it, or what is known of that; of a workbook header, skip and sheet
    text_columns: Collection[str | int] = ()  # names or places of columns that are text even if they hold numbers
    progress: Progress | None = None  # told of the part that is read; it may start again from 0
    rows: int | None = None  # so many suffice; None for all


def refused(doubt: Doubt, name: str) -> DataError:
    """The error of a table of which nothing may be doubtful."""
    error = DataError(f"{name}: {doubt.text}")
    error.settled_by = doubt.settled_by
    return error


def open_doubts(doubts: Iterable[Doubt], given: Given) -> tuple[Doubt, ...]:
    """The doubts without those that the given fields settle; by a Reading in full all are settled, and only said."""
    if isinstance(given, Reading):
        return tuple(replace(doubt, touches_values=False) if doubt.settled_by else doubt for doubt in doubts)
    return tuple(doubt for doubt in doubts if doubt.settled_by not in (given or {}))


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """The float64 values in the narrowest type that holds the bits of all of them; others as they are."""
    for kind in (np.int8, np.int16, np.float32) if values.dtype == np.float64 else ():
        with np.errstate(all="ignore"):
            heads = (values[:16], values)
            if all(np.array_equal(v.astype(kind).astype(np.float64).view(np.int64), v.view(np.int64)) for v in heads):
                return values.astype(kind)
    return values


@dataclass(frozen=True, eq=False)
class Column:
    """One column."""

    name: str  # unlike the names of the other columns
    stored: NDArray[Any]  # the values in a type of numbers that may be narrow, shape (n,)
    texts: tuple[str, ...] | None = None  # for text, its different texts in the order of their first rows
    strays: Mapping[int, str] = field(default_factory=dict)  # the texts of other cells among numbers, by row
    varied: bool = False  # text of more than MAX_TEXTS different cells: no texts, all values are NaN
    role: str = ""  # what the file says it is for: "class", "ignore" or nothing

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored", narrow(self.stored))
        self.stored.setflags(write=False)

    @property
    def values(self) -> Array:
        """Numbers, NaN where there is none, infinities; of text the places in ``texts``, or NaN. Read-only."""
        values = self.stored.astype(np.float64, copy=False)
        values.setflags(write=False)
        return values

    @property
    def kind(self) -> str:
        """``"numbers"`` or ``"text"``."""
        return NUMBERS if self.texts is None else TEXT

    def cells(self) -> list[str | float]:
        """The cells as they are meant: texts, numbers, and empty texts where text is missing."""
        if self.texts is None:
            return list(self.values.tolist())
        texts = self.texts
        return ["" if code != code else texts[int(code)] for code in self.values.tolist()]


@dataclass(frozen=True, eq=False)
class Table:
    """At least one column; all have as many cells, and each has a name of its own."""

    name: str  # what a title shows, e.g. the file's name
    columns: tuple[Column, ...]
    line_of: Callable[[int], int] | None = None  # the line or row, from 1, of a row from 0, if it is known
    is_text: bool = False  # whether its rows are lines of a text
    reading: Reading | None = None  # how the text or sheet was read; None if there was none
    doubts: tuple[Doubt, ...] = ()  # what should be said before the table is used
    sheets: tuple[str, ...] = ()  # for a workbook, the names of the sheets to choose from

    def __len__(self) -> int:
        return len(self.columns[0].stored)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The columns' kinds, ``"numbers"`` or ``"text"``."""
        return tuple(column.kind for column in self.columns)

    @property
    def number(self) -> Number:
        """What reads a cell as a number, as it was read here."""
        return number_parser(self.reading or Reading())

    def column(self, name: str) -> Column:
        """The column of a name, or with the place in a name such as x3. DataError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        if re.fullmatch("x[1-9][0-9]*", name) and int(name[1:]) <= len(self.columns):
            return self.columns[int(name[1:]) - 1]  # a choice may be older than the names that are found now
        from difflib import get_close_matches  # here, since few need it

        folded = {other.casefold(): other for other in self.names}
        text, names = _("{name} has no column {column!r}; choose from {names}."), listed(self.names)
        if near := get_close_matches(name.casefold(), folded, n=1):
            text, names = _("{name} has no column {column!r}; did you mean {names!r}?"), folded[near[0]]
        raise DataError(text, name=self.name, column=name, names=names)

    def place(self, row: int) -> str:
        """Where a row, from 0, stands, in the words of a message: e.g. ``line 12``."""
        return self.places([row])

    def places(self, rows: Iterable[int], most: int = 4) -> str:
        """Where some rows stand: ``lines 2, 5, 8, 11 …``."""
        found = [row + 1 if self.line_of is None else self.line_of(row) for row in rows]
        line = ngettext("line {numbers}", "lines {numbers}", len(found))
        text = line if self.is_text else ngettext("row {numbers}", "rows {numbers}", len(found))
        return text.format(numbers=", ".join(map(str, found[:most])) + " …" * (len(found) > most))


@dataclass(frozen=True, eq=False)
class Preview:
    """The first rows of a table."""

    table: Table  # these rows
    rows: tuple[tuple[str, ...], ...]  # the cells as they are written, one for each column
    problem: str = ""  # the first thing that is wrong in these rows, as a sentence; empty if nothing is


def is_whole(value: float) -> bool:
    """Whether a value is a whole number of which float64 holds every digit."""
    return value.is_integer() and abs(value) < 2**53


def cell_text(value: object) -> str:
    """A value as the text of a cell: empty if it is missing; a whole number without decimals."""
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if is_whole(value) else repr(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else " ".join(str(value).split())


def listed(names: Iterable[str]) -> str:
    """The first names for a message, cut to a length that fits there, without what cannot be printed."""
    shown = ["".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:LONGEST]) for name in names]
    return ", ".join(shown[:MOST_LISTED]) + (", …" if len(shown) > MOST_LISTED else "")


def too_many_columns(name: str, place: str) -> DataError:
    """The error for a row of very many cells."""
    text = _("{name}, {place}: more than {most:,} columns; keep those that you need.")
    return DataError(text, name=name, place=place, most=MAX_COLUMNS)


def no_data(name: str) -> DataError:
    """The error for a table whose first row is a header, and the only one."""
    return DataError(_("{name} has a header but no data; add rows, or read its first row as data."), name=name)


def too_large(name: str) -> DataError:
    """The error where the memory does not suffice."""
    return DataError(_("{name} is too large for this computer's memory; keep fewer rows or columns."), name=name)
