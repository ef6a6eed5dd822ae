"""Putting a table together from blocks of rows."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.row_text import unguarded
from core.data.tables.table import LINE, MAX_TEXTS, Column, LineNumbers, Table
from core.data.tables.text.survey import STRAY_SHARE, Survey
from core.data.tables.text.text_format import Number, Reading, is_missing, number_parser
from core.data.tables.text.text_rows import Block

HEADROOM = 1.005
LEAST_ROWS = 64
CHUNK = 1 << 14


class Vocabulary(dict[str, float]):
    """The code, from 0, of each text as it is written; NaN for blank ones, and for all once they are too many.

    Attributes:
        varied: whether they were too many.
        marked: whether one of them holds a comma or a point.
    """

    varied = False
    marked = False

    def __missing__(self, text: str) -> float:
        if not text or text.isspace():
            return math.nan
        if self.varied:
            return math.nan
        if len(self) == MAX_TEXTS:
            self.varied = True
            self.clear()
            return math.nan
        self.marked = self.marked or "," in text or "." in text
        code = self[text] = float(len(self))
        return code

    def forget(self, known: int) -> None:
        """Forget all texts but the first ``known`` ones."""
        for text in list(self)[known:]:
            del self[text]


class Builder:
    """Takes rows, block by block, and gives the table.

    Args:
        survey: the table's shape.
        reading: how its cells are read.
        text: places of the columns that are text.
        name: what messages call the file.
        unit: what a row stands in: ``"line"`` of a text, ``"row"`` of a sheet.
    """

    def __init__(self, survey: Survey, reading: Reading, text: Collection[int], name: str, unit: str = LINE) -> None:
        self.width = survey.width
        self.rows = 0
        self._survey = survey
        self._reading = reading
        self._name = name
        self._number = number_parser(reading)
        self._value = value_parser(reading, self._number)
        self._gappy: set[int | str] = set()  # columns in which NumPy's parser met missing numbers
        self._vocabularies = {place: Vocabulary() for place in sorted(text)}
        self._codes: dict[int | str, Number] = {place: codes.__getitem__ for place, codes in self._vocabularies.items()}
        self._strays: dict[int, dict[int, str]] = {}
        self._lines = LineNumbers(unit)
        self._data: Array = np.empty((LEAST_ROWS, survey.width))

    def add(self, block: Block, array: Array, part: float) -> None:
        """Add rows that :meth:`fast` or :meth:`careful` made of a block; ``part`` of the file has been read by then."""
        self._lines.append(block.numbers)
        stop = self.rows + len(array)
        if stop > len(self._data):
            expected = int(HEADROOM * stop / part) if part > 0.0 else 0
            self._data.resize((max(stop, min(expected, 2 * stop), LEAST_ROWS), self.width), refcheck=False)
        self._data[self.rows : stop] = array
        self.rows = stop

    # --- a block of rows to an array

    def fast(self, block: Block) -> Array | None:
        """The rows as NumPy's own parser reads them, shape (rows, columns); None if it cannot or must not read them."""
        lines = block.lines
        if lines is None or (self.width == 1 and self._codes):
            return None
        if self._reading.delimiter and lines[0].endswith(self._reading.delimiter):  # one too many in each line, perhaps
            lines = [line.removesuffix(self._reading.delimiter) for line in lines]
        if not any(map(str.strip, lines)):  # of which NumPy would warn
            return None
        array = None
        if self._reading.decimal != "," and not self._reading.thousands:
            array = self._parse(lines, {**dict.fromkeys(self._gappy, self._value), **self._codes})
        if array is None and not any("_" in line for line in lines):  # float reads 1_000
            array = self._parse_commas(lines)
            if array is None:
                array = self._parse(lines, {**dict.fromkeys(range(self.width), self._value), **self._codes})
            if array is not None:
                self._gappy.update(np.flatnonzero(np.isnan(array).any(axis=0)).tolist())
        return array

    def _parse(self, lines: list[str], converters: Mapping[int | str, Number], commas: bool = False) -> Array | None:
        """The rows of the lines; None, and no new texts, if NumPy refuses them, or a text has lost its commas."""
        known = [len(texts) for texts in self._vocabularies.values()]
        array = self._parse_lines(lines, converters)
        if array is not None and not (commas and any(texts.marked for texts in self._vocabularies.values())):
            return array
        for texts, count in zip(self._vocabularies.values(), known, strict=True):
            texts.forget(count)
        return None

    def _parse_lines(self, lines: list[str], converters: Mapping[int | str, Number]) -> Array | None:
        try:
            array = np.loadtxt(
                lines,
                dtype=np.float64,
                comments=None,
                delimiter=self._reading.delimiter,
                converters=converters or None,
                ndmin=2,
                encoding=None,
            )
        except ValueError:
            return None
        return array if array.shape == (len(lines), self.width) else None

    def _parse_commas(self, lines: list[str]) -> Array | None:
        """The rows with every comma made a point; None if that cannot be done or changes a text."""
        reading = self._reading
        if "," not in reading.decimal or reading.delimiter == "," or reading.thousands:
            return None
        if any(texts.marked for texts in self._vocabularies.values()):
            return None
        return self._parse([line.replace(",", ".") for line in lines], self._codes, commas=True)

    def careful(self, block: Block) -> Array:
        """The rows cell by cell, shape (rows, columns). DataError if a row has too few or too many cells."""
        rows = block.rows(self._reading.delimiter)
        array = np.empty((len(rows), self.width))
        self._check_widths(rows, block.numbers)
        for place, cells in zip(range(self.width), zip(*rows, strict=False), strict=False):
            convert = self._codes.get(place, self._number)
            try:
                array[:, place] = np.fromiter(map(convert, cells), np.float64, len(rows))
            except ValueError:
                array[:, place] = [self._doubtful(place, row, cell) for row, cell in enumerate(cells, self.rows)]
        return array

    def _check_widths(self, rows: Iterable[list[str]], numbers: Sequence[int]) -> None:
        for number, row in zip(numbers, rows, strict=True):
            if len(row) != self.width and (fault := misfit(row, number, self._survey, self._lines.unit)):
                raise DataError(f"{self._name}, {self._lines.unit} {number}: {fault}")

    def _doubtful(self, place: int, row: int, cell: str) -> float:
        try:
            return self._number(cell)
        except ValueError:
            if not is_missing(cell):
                self._strays.setdefault(place, {})[row] = " ".join(cell.split())
            return math.nan

    # --- the table

    def mostly_text(self) -> set[int]:
        """Places of the columns of numbers in which too many cells are no numbers."""
        return {place for place, strays in self._strays.items() if len(strays) > STRAY_SHARE * self.rows}

    def table(self) -> Table:
        """The table of all rows so far; the builder is used up."""
        self._data.resize((self.rows, self.width), refcheck=False)
        columns = [self._column(place, name) for place, name in enumerate(self._survey.names)]
        self._data.setflags(write=False)
        return Table(self._name, tuple(columns), self._lines, self._reading)

    def _column(self, place: int, name: str) -> Column:
        values = self._data[:, place]
        codes = self._vocabularies.get(place)
        if codes is None:
            return Column(name, values, strays=self._strays.get(place, {}))
        if codes.varied:
            values[:] = math.nan
            return Column(name, values, (), varied=True)
        return Column(name, values, settle(values, list(codes)))


def misfit(row: Sequence[str], line: int, survey: Survey, unit: str = LINE) -> str | None:
    """What is wrong with a row that has too few or too many cells; None if it fits, but for empty ones at its end."""
    found, width = len(row), survey.width
    if found == width or (found > width and not any(cell.strip() for cell in row[width:])):
        return None
    columns = "1 column" if found == 1 else f"{found:,} columns"
    model = f", as in {unit} {survey.first}" if survey.first not in (None, line) else ""
    advice = "add what is missing" if found < width else "remove what is too many"
    return f"{columns}, but {width:,} are expected{model}; {advice}, or remove the {unit}."


def value_parser(reading: Reading, number: Number) -> Number:
    """A function that reads a cell without underscores as ``number`` does, but faster; NaN for missing ones."""

    def value(cell: str) -> float:
        try:
            return float(cell)
        except ValueError:
            return math.nan if is_missing(cell) else number(cell)

    def comma_value(cell: str) -> float:
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            return math.nan if is_missing(cell) else number(cell)

    def grouped_value(cell: str) -> float:
        return math.nan if is_missing(cell) else number(cell)

    if reading.thousands:
        return grouped_value
    return comma_value if "," in reading.decimal else value


def settle(values: Array, texts: list[str]) -> tuple[str, ...]:
    """Merge texts that differ only by spaces or the guard of a formula: number the texts of a column anew, in place.

    Returns:
        The different texts in the order of their first rows.
    """
    places: dict[str, float] = {}
    codes = np.full(len(texts) + 1, math.nan)  # the last one is for missing ones
    for code, text in enumerate(texts):
        codes[code] = places.setdefault(unguarded(tidy(text)), float(len(places)))
    if len(places) < len(texts):
        for chunk in chunks(values):
            chunk[:] = codes[np.where(np.isnan(chunk), len(texts), chunk).astype(np.int64)]
    return tuple(places)


def chunks(values: Array) -> Iterator[Array]:
    """Views of the values, some thousand at a time, so that what is computed of them stays small."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def tidy(text: str) -> str:
    """The text with single spaces between words and none around it."""
    return re.sub(r"\s+", " ", text).strip()
