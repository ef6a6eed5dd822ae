"""From a text to rows of cells and to columns: Arrow reads what is regular, Python's csv the rest."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _
from core.data.tables.layout import Row
from core.data.tables.table import MAX_COLUMNS, too_many_columns
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_source import (
    MAX_LINE_CHARACTERS,
    Line,
    Source,
    file_source,
    numbered_lines,
    text_blocks,
)

csv.field_size_limit(4 * MAX_LINE_CHARACTERS)
pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps the memory of columns that are gone
BATCH = 4096


def rows(
    source: Source,
    reading: Reading,
    errors: str = "strict",
    progress: Progress | None = None,
    start: int = 1,
    passed: list[Line] | None = None,
) -> Iterator[Row]:
    """The rows of a text from a line on, without blank lines and comments, which are added to ``passed``. DataError."""
    return parsed(numbered_lines(source, reading.encoding, errors, progress), reading, source.name, start, passed)


def parsed(
    numbered: Iterable[Line], reading: Reading, name: str, start: int = 1, passed: list[Line] | None = None
) -> Iterator[Row]:
    """The rows of lines, see :func:`rows`.

    A comment or blank line is passed over where a row begins, but not inside of its quotes.
    """
    begins, first, last = True, 0, (0, "")  # whether a row begins with the next line; the line where this one began
    mark, quote, skip = reading.delimiter or " ", reading.quote, max(reading.skip, start - 1)
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    marks: dict[str, Any] = {"delimiter": mark, "quotechar": quote or None, "quoting": quoting}

    def lines() -> Iterator[str]:
        nonlocal begins, first, last
        for number, line in numbered:
            if number <= skip:
                continue
            content = line.lstrip()
            marked = bool(reading.comment) and content.startswith(reading.comment)
            if begins and marked and passed is not None:
                passed.append((number, content))
            if begins and (marked or not content):
                continue
            line = line if reading.delimiter else " ".join(line.split())
            if line.count(mark) > MAX_COLUMNS:
                raise too_many_columns(name, _("line {number}").format(number=number))
            first = number if begins else first
            begins, last = False, (number, line)
            yield line + "\n"

    def reader(some: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(some, **marks, skipinitialspace=True, strict=True)

    remaining = lines()
    found = reader(remaining)
    while True:
        try:
            cells, begins = next(found), True
            yield first, cells
        except StopIteration:
            return
        except csv.Error as error:  # it may be read without spaces behind its quotes, and with "" for \"
            number, line = last
            fixed = re.sub(
                rf"({re.escape(quote)})[ \t]+(?={re.escape(mark)}|$)", r"\1", line.replace("\\" + quote, 2 * quote)
            )
            if number == first and fixed != line:
                last = (number, fixed)
                found = reader(chain([fixed + "\n"], remaining))
                continue
            text = _("{name}, line {line}: the quotes do not match ({reason}); mend its {quote}.")
            reason = str(error).replace("\t", "tab")
            raise DataError(text, name=name, line=first, reason=reason, quote=quote) from None


def marked_lines(source: Source, reading: Reading, start: int) -> Iterator[Line]:
    """The lines from one on that begin with the mark of comments, perhaps inside of quotes."""
    mark = reading.comment
    if mark and mark[:1].encode() in source.data:  # mostly it is not there, which is found out fast
        for first, text in text_blocks(source, reading.encoding, errors="replace"):
            lines = enumerate(text.split("\n"), first) if mark in text else ()
            yield from ((n, line) for n, line in lines if n >= start and line.lstrip().startswith(mark))


def line_finder(source: Source, reading: Reading, start: int) -> Callable[[int], int]:
    """The line of each row; it is needed in messages alone, so a file is read again for it and not kept in memory."""
    lines: list[int] = []
    path, held = source.path, source if source.path is None else None

    def line_of(row: int) -> int:
        if row >= len(lines):
            found = rows(held or file_source(path or ""), reading, "replace", start=start)
            lines[:] = [number for number, _ in islice(found, 2 * row + 100)]
        return lines[row]

    return line_of


# --- columns


def regular_columns(
    source: Source, reading: Reading, start: int, width: int, progress: Progress | None
) -> list[pa.ChunkedArray] | None:
    """The cells of all rows from a line on, read by Arrow; None if some row is not as regular as that takes."""
    names = [str(place) for place in range(width)]
    convert = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False)
    parse = arrow_csv.ParseOptions(delimiter=reading.delimiter or " ", quote_char=reading.quote or False)
    tables: list[pa.Table] = []
    skip = max(reading.skip, start - 1)
    for _first, text in text_blocks(source, reading.encoding, progress, numbered=False):
        block = regular_block(text, reading, skip)
        skip -= text.count("\n") if skip > 0 else 0
        if block is None:
            return None
        if block.strip("\n"):
            data = block.encode()
            size = arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1)
            try:
                tables.append(arrow_csv.read_csv(pa.BufferReader(data), size, parse, convert))
            except pa.ArrowInvalid:
                return None
    return list(pa.concat_tables(tables).columns)


def regular_block(text: str, reading: Reading, skip: int) -> str | None:
    """The rows of a block without what is passed over; None if its quotes or comments take more care."""
    quoted = bool(reading.quote) and reading.quote in text
    if skip > 0:
        text = "\n".join(text.split("\n")[skip:])
    prefix = reading.comment or "\n"
    indented = text.startswith((" ", "\t")) or "\n " in text or "\n\t" in text  # a regular expression takes longer
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


def careful_columns(
    found: Iterator[Row], width: int, check: Callable[[Row], None] | None = None
) -> list[pa.ChunkedArray]:
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
