"""From a text to rows of cells and to columns: Arrow reads what is regular, Python's csv the rest."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _
from core.data.tables.layout import Row
from core.data.tables.table import MAX_COLUMNS, narrow, too_many_columns
from core.data.tables.text.text_format import MISSING, Reading
from core.data.tables.text.text_source import MAX_LINE_CHARACTERS, Source, text_blocks

csv.field_size_limit(4 * MAX_LINE_CHARACTERS)
pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps the memory of columns that are gone
BATCH = 4096
NULLS = [form for word in MISSING for form in {word, word.upper(), word.capitalize()}] + ["NaN"]

Line = tuple[int, str]


class RowLines:
    """The lines of a text for csv.reader. A comment or blank line is passed over where a row begins, but not inside it.

    Attributes:
        begins: whether the next line begins a row.
        first: the number of the line with which the present row began.
    """

    def __init__(self, source: Source, reading: Reading, lines: Iterator[Line], passed: list[Line]) -> None:
        self.begins, self.first, self._passed = True, 0, passed
        self._source, self._reading, self._lines = source, reading, lines
        self._last, self._again = (0, ""), False

    def __iter__(self) -> RowLines:
        return self

    def __next__(self) -> str:
        reading = self._reading
        while True:
            number, line = self._last if self._again else next(self._lines)
            self._again = False
            start = line.lstrip()
            marked = bool(reading.comment) and start.startswith(reading.comment)
            if not self.begins or (start and not marked):
                break
            if marked:
                self._passed.append((number, start))
        if reading.delimiter is None:
            line = " ".join(line.split()) + "\n"
        if line.count(reading.delimiter or " ") > MAX_COLUMNS:
            raise too_many_columns(self._source.name, _("line {number}").format(number=number))
        self.first = number if self.begins else self.first
        self.begins, self._last = False, (number, line)
        return line

    def mended(self) -> bool:
        r"""Whether the row's line can be read again, without spaces behind its quotes, and with ``""`` for ``\"``."""
        number, line = self._last
        quote, end = self._reading.quote, re.escape(self._reading.delimiter or " ")
        fixed = re.sub(rf"({re.escape(quote)})[ \t]+(?={end}|\n)", r"\1", line.replace("\\" + quote, 2 * quote))
        self._last, self._again = (number, fixed), True
        return number == self.first and fixed != line


def rows(
    source: Source,
    reading: Reading,
    errors: str = "strict",
    progress: Progress | None = None,
    start: int = 1,
    passed: list[Line] | None = None,
) -> Iterator[Row]:
    """The rows of a text from a line on, without comments, which are added to ``passed``, and blank lines.

    Raises:
        DataError: the text cannot be read, or its quotes do not match.
        Cancelled: ``progress`` says so.
    """
    skip = max(reading.skip, start - 1)
    numbered = (
        (number, line + "\n")
        for first, text in text_blocks(source, reading.encoding, progress, errors)
        for number, line in enumerate(text.removesuffix("\n").split("\n"), first)
        if number > skip
    )
    lines = RowLines(source, reading, numbered, [] if passed is None else passed)
    reader = csv_reader(lines, reading)
    while True:
        lines.begins = True
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if lines.mended():
                reader = csv_reader(lines, reading)
                continue
            text = _("{name}, line {line}: the quotes do not match ({reason}); mend its {quote}.")
            reason = str(error).replace("\t", "tab")
            raise DataError(text, name=source.name, line=lines.first, reason=reason, quote=reading.quote) from None
        yield lines.first, cells


def csv_reader(lines: Iterator[str], reading: Reading) -> Iterator[list[str]]:
    """Python's reader of CSV by a reading."""
    return csv.reader(
        lines,
        delimiter=reading.delimiter or " ",
        quotechar=reading.quote or None,
        quoting=csv.QUOTE_MINIMAL if reading.quote else csv.QUOTE_NONE,
        skipinitialspace=True,
        strict=True,
    )


def line_finder(source: Source, reading: Reading, start: int) -> Callable[[int], int]:
    """The line of each row, which is looked for when it is asked for: it is needed in messages alone."""
    lines: list[int] = []

    def line_of(row: int) -> int:
        if row >= len(lines):
            lines[:] = [number for number, _ in islice(rows(source, reading, "replace", start=start), 2 * row + 100)]
        return lines[row]

    return line_of


def comment_above(source: Source, reading: Reading) -> Callable[[int], str] | None:
    """A function of a line that gives the comment on the line above it, without its mark; None without comments."""

    def above(line: int) -> str:
        for first, text in text_blocks(source, reading.encoding, errors="replace"):
            if line - 1 < first + text.count("\n"):
                content = text.split("\n")[line - 1 - first].lstrip() if line > first else ""
                return content.removeprefix(reading.comment) if content.startswith(reading.comment) else ""
        return ""

    return above if reading.comment else None


# --- columns


def regular_columns(
    source: Source, reading: Reading, start: int, width: int, progress: Progress | None, numbers: Collection[int]
) -> list[Any] | None:
    """The cells of all rows from a line on, read by Arrow; None if some row is not as regular as that takes.

    The columns in the places ``numbers`` become arrays of numbers, which takes less time and memory.
    """
    names = [str(place) for place in range(width)]
    types = {name: pa.float64() if place in numbers else pa.string() for place, name in enumerate(names)}
    convert = arrow_csv.ConvertOptions(column_types=types, null_values=NULLS, check_utf8=False)
    parse = arrow_csv.ParseOptions(delimiter=reading.delimiter or " ", quote_char=reading.quote or False)
    chunks: list[list[Any]] = [[] for _ in names]
    skip = max(reading.skip, start - 1)
    for _first, text in text_blocks(source, reading.encoding, progress, numbered=False):
        block = regular_block(text, reading, skip)
        skip -= text.count("\n") if skip > 0 else 0
        if block is None:
            return None
        if not block.strip("\n"):
            continue
        data = block.encode()
        size = arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1)
        try:
            table = arrow_csv.read_csv(pa.BufferReader(data), size, parse, convert)
        except pa.ArrowInvalid:
            return None
        for place, (parts, column) in enumerate(zip(chunks, table.columns, strict=True)):
            parts += [narrow(np.array(column.to_numpy()))] if place in numbers else column.chunks

    def joined(place: int) -> Any:  # noqa: ANN401 (Arrow has no types)
        parts = chunks.pop(0)
        return np.concatenate(parts) if place in numbers and parts else pa.chunked_array(parts, pa.string())

    return [joined(place) for place in range(width)]


def regular_block(text: str, reading: Reading, skip: int) -> str | None:
    """The rows of a block without what is passed over; None if its quotes or comments take more care."""
    quoted = bool(reading.quote) and reading.quote in text
    if skip > 0:
        text = "\n".join(text.split("\n")[skip:])
    prefix = reading.comment or "\n"
    indented = (" " in text or "\t" in text) and re.search(r"^[ \t]", text, re.MULTILINE)
    if indented or (reading.comment in text and (text.startswith(prefix) or "\n" + prefix in text)):
        if quoted:
            return None
        lines = (line for line in text.split("\n") if (start := line.lstrip()) and not start.startswith(prefix))
        text = "\n".join(lines)
    if reading.delimiter is None:
        text = single_spaced(text)
    if not quoted:
        return text
    parts = text.split(reading.quote)
    inside, outside = "".join(parts[1::2]), "\0".join(parts[::2])  # a zero stands for each quoted cell
    ends = (reading.delimiter or " ", "\n")
    before = sum(outside.count(end + "\0") for end in ends) + outside.startswith("\0")
    behind = sum(outside.count("\0" + end) for end in ends) + outside.endswith("\0")
    regular = len(parts) % 2 == 1 and "\n" not in inside and before == behind == len(parts) // 2
    return text if regular and reading.delimiter is not None else None


def single_spaced(text: str) -> str:
    """The text with single spaces between words, and none around lines."""
    if not text.isascii() or any(mark in text for mark in "\v\f\x1c\x1d\x1e\x1f"):
        return "\n".join(" ".join(line.split()) for line in text.split("\n"))
    text = text.replace("\t", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace("\n ", "\n").replace(" \n", "\n").strip(" ")


def careful_columns(found: Iterator[Row], width: int, check: Callable[[Row], None] | None = None) -> list[Any]:
    """The cells of rows, padded or cut to a width; ``check`` is called with each row of another number of cells."""
    chunks: list[list[pa.Array]] = [[] for _ in range(width)]
    while batch := list(islice(found, BATCH)):
        for row in batch:
            if check is not None and len(row[1]) != width:
                check(row)
        cells = [(row + [""] * (width - len(row)))[:width] if len(row) != width else row for _, row in batch]
        for place, column in enumerate(zip(*cells, strict=True)):
            chunks[place].append(pa.array(column, pa.string()))
    return [pa.chunked_array(parts, pa.string()) for parts in chunks]
