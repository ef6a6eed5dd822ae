"""Table: named columns of numbers or text, however they were stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.data.tables.text.text_format import Given, Reading

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
    """Columns of equal length. DataError if there is none, two have one name, or their lengths differ."""

    name: str  # what a title shows, e.g. the file's name
    columns: tuple[Column, ...]
    line_of: Callable[[int], int] | None = None  # the line or row, from 1, of a row from 0, if it is known
    unit: str = "row"  # what it counts: "line" or "row"
    reading: Reading | None = None  # how the text or sheet was read; None if there was none
    doubts: tuple[Doubt, ...] = ()  # what should be said before the table is used
    sheets: tuple[str, ...] = ()  # for a workbook, the names of the sheets to choose from

    def __post_init__(self) -> None:
        if not self.columns:
            raise DataError(_("{name} has no columns; it needs at least one."), name=self.name)
        if len(set(self.names)) < len(self.columns):
            raise DataError(_("{name} has two columns of one name; give each a name of its own."), name=self.name)
        if len({column.stored.shape for column in self.columns}) > 1 or self.columns[0].stored.ndim != 1:
            raise DataError(_("{name} has columns of different lengths; give each as many cells."), name=self.name)

    def __len__(self) -> int:
        return len(self.columns[0].stored)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(column.name for column in self.columns)

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
        return f"{self.unit} {row + 1 if self.line_of is None else self.line_of(row)}"

    def places(self, rows: Iterable[int], most: int = 4) -> str:
        """Where some rows stand: ``lines 2, 5, 8, 11 …``."""
        found = list(rows)
        numbers = [self.place(row).split()[-1] for row in found[:most]]
        return f"{self.unit}{'s' * (len(found) > 1)} {', '.join(numbers)}{' …' * (len(found) > most)}"


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
