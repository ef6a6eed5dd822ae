"""Table: named columns of numbers or text, however they were stored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from core.base.errors import DataError
from core.data.tables.text.text_format import Reading

NUMBERS = "numbers"
TEXT = "text"
LINE = "line"
ROW = "row"
MOST_LISTED, LONGEST = 8, 60
"""Names in a message, and their characters."""

MAX_TEXTS = 1000
"""A column of text with more different texts than these keeps none of them: it can be no label."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    Attributes:
        name: unlike the names of the other columns.
        values: float64, shape (n,), read-only. Numbers, NaN where there is none, infinities as they are; for text, the
            place of the cell's text in ``texts``, NaN where the cell is empty.
        texts: for text, its different texts in the order of their first rows; None for numbers.
        strays: for numbers, the text of the cells that are neither a number nor marked as missing, by row from 0.
        varied: whether this is text of more than 1,000 different cells; then ``texts`` is empty and ``values`` is NaN.
    """

    name: str
    values: NDArray[np.float64]
    texts: tuple[str, ...] | None = None
    strays: Mapping[int, str] = field(default_factory=dict)
    varied: bool = False

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
    """Columns of equal length.

    Attributes:
        name: what a title shows, e.g. the file's name.
        columns: at least one.
        lines: where the rows stand in a text or a sheet; None if the table was stored as numbers.
        reading: how the text was read; None if there was none.

    Raises:
        DataError: there is no column, two have one name, or their lengths differ.
    """

    name: str
    columns: tuple[Column, ...]
    lines: LineNumbers | None = None
    reading: Reading | None = None

    def __post_init__(self) -> None:
        if not self.columns:
            raise DataError(f"{self.name} has no columns; it needs at least one.")
        if len(set(self.names)) < len(self.columns):
            raise DataError(f"{self.name} has two columns of one name; give each a name of its own.")
        lengths = {column.values.shape for column in self.columns}
        if len(lengths) > 1 or len(next(iter(lengths))) != 1:
            raise DataError(f"{self.name} has columns of different lengths; all must have one cell for each row.")
        for column in self.columns:
            column.values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.columns[0].values)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of a name. DataError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        near = get_close_matches(name.casefold(), {other.casefold(): other for other in self.names}, n=1)
        if near:
            meant = next(other for other in self.names if other.casefold() == near[0])
            raise DataError(f"{self.name} has no column {name!r}; did you mean {meant!r}?")
        raise DataError(f"{self.name} has no column {name!r}; choose from {listed(self.names)}.")

    def place(self, row: int) -> str:
        """Where a row, from 0, stands, in the words of a message: e.g. ``line 12``."""
        return f"row {row + 1}" if self.lines is None else f"{self.lines.unit} {self.lines.of(row)}"


class LineNumbers:
    """The line of each row: runs of lines that follow each other, and lists of those that do not.

    Attributes:
        unit: what the numbers count: ``"line"`` of a text, ``"row"`` of a sheet.
    """

    def __init__(self, unit: str = LINE) -> None:
        self.unit = unit
        self._starts: list[int] = []
        self._runs: list[range | NDArray[np.int64]] = []
        self._rows = 0

    def append(self, numbers: Sequence[int]) -> None:
        """Note the lines, from 1, of the next rows."""
        if not len(numbers):
            return
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            numbers = range(numbers[0], numbers[-1] + 1)
        last = self._runs[-1] if self._runs else None
        if isinstance(last, range) and isinstance(numbers, range) and last.stop == numbers.start:
            self._runs[-1] = range(last.start, numbers.stop)
        else:
            self._starts.append(self._rows)
            self._runs.append(numbers if isinstance(numbers, range) else np.array(numbers, dtype=np.int64))
        self._rows += len(numbers)

    def of(self, row: int) -> int:
        """The line, from 1, of a row, from 0."""
        run = bisect_right(self._starts, row) - 1
        return int(self._runs[run][row - self._starts[run]])


def listed(names: Iterable[str]) -> str:
    """The first names for a message, cut to a length that fits there, without what cannot be printed."""
    shown = ["".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:LONGEST]) for name in names]
    return ", ".join(shown[:MOST_LISTED]) + (", …" if len(shown) > MOST_LISTED else "")
