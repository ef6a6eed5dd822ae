"""From a text to rows of cells and to columns: Arrow reads what is regular, Python's csv the rest."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.layout import Row
from core.data.tables.reading import Line, Reading
from core.data.tables.source import MAX_LINE, Source, decoded, file_source
from core.data.tables.table import MAX_COLUMNS, too_many_columns

csv.field_size_limit(4 * MAX_LINE)
pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps the memory of columns that are gone
BLOCK_BYTES, BATCH = 1 << 18, 4096


def rows(
    source: Source, reading: Reading, lines: Iterable[Line], start: int = 1, passed: list[Line] | None = None
) -> Iterator[Row]:
    """The rows of lines from one on, without blank lines and comments. DataError where the quotes do not match.

    A comment or blank line is passed over where a row begins, but not inside of its quotes. All comments, also those
    above the start, are added to ``passed``.
    """
    mark, quote, skip, remaining = reading.delimiter or " ", reading.quote, max(reading.skip, start - 1), iter(lines)
    quotes: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    dialect = csv.reader((), delimiter=mark, skipinitialspace=True, strict=True, **quotes).dialect
    parse = partial(csv.reader, dialect=dialect)  # which is made once, since that takes longer than a row
    spaces = re.compile(rf"({re.escape(quote)})[ \t]+(?={re.escape(mark)}|$)")
    for number, line in remaining:
        content = line.lstrip()
        is_comment = bool(reading.comment) and content.startswith(reading.comment)
        if is_comment and passed is not None:
            passed.append((number, content))
        if number <= skip or is_comment or not content:
            continue
        words = [] if reading.delimiter else content.split(None, MAX_COLUMNS)
        text = line if reading.delimiter else " ".join(words)
        if len(words) > MAX_COLUMNS or text.count(mark) > MAX_COLUMNS:
            raise too_many_columns(source.name, f"{source.unit_word} {number}")
        cells = cells_in(text, parse)
        if cells is None and quote:  # it may be read without spaces behind its quotes, and with "" for \"
            cells = cells_in(spaces.sub(r"\1", text.replace("\\" + quote, 2 * quote)), parse)
        try:
            yield (
                number,
                cells or next(csv.reader(chain([text + "\n"], (f"{more}\n" for _, more in remaining)), dialect)),
            )
        except csv.Error as error:
            said = _("{name}, line {line}: the quotes do not match ({reason}); mend its {quote}.")
            reason = str(error).replace("\t", "tab")
            raise DataError(said, name=source.name, line=number, reason=reason, quote=quote) from None


def cells_in(line: str, parse: Callable[[Iterable[str]], Iterator[list[str]]]) -> list[str] | None:
    """The cells of a line; None if its quotes do not match, or go on in the next line."""
    try:
        return next(parse((line,)))
    except csv.Error:
        return None


def marked_lines(source: Source, reading: Reading, start: int) -> Iterator[Line]:
    """The lines from one on that begin with the mark of comments, perhaps inside of quotes."""
    data, mark, place, number = source.data, reading.comment.encode(), 0, 1
    if mark and mark in data:  # mostly it is not there, which is found out fast
        for match in re.finditer(rb"(?m)^[ \t]*" + re.escape(mark) + rb".*", data):
            number, place = number + data.count(b"\n", place, match.start()), match.start()
            if number >= start:
                yield number, match[0].decode().strip()


def line_finder(source: Source, reading: Reading, start: int) -> Callable[[int], int]:
    """The line of each row; it is needed in messages alone, so a file is read again for it and not kept in memory."""
    lines: list[int] = []
    path, held = source.path, source if source.path is None else None

    def line_of(row: int) -> int:
        if row >= len(lines):
            text = held or decoded(file_source(path or ""), reading.encoding, "replace")
            lines[:] = [number for number, _ in islice(rows(text, reading, text.lines(), start), 2 * row + 100)]
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
    data, place = source.data, 0
    for _line in range(max(reading.skip, start - 1)):
        place = data.index(b"\n", place) + 1
    while place < len(data):
        end = data.find(b"\n", place + BLOCK_BYTES) + 1 or len(data)
        block = regular_block(data[place:end], reading)
        place = end
        tell(progress, place / len(data))
        if block is None:
            return None
        if block.strip(b"\n"):
            size = arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(block) + 1)
            try:
                tables.append(arrow_csv.read_csv(pa.BufferReader(block), size, parse, convert))
            except pa.ArrowInvalid:
                return None
    return list(pa.concat_tables(tables).columns)


def regular_block(block: bytes, reading: Reading) -> bytes | None:
    """The rows of a block without what is passed over; None if its quotes or comments take more care."""
    quote, comment = reading.quote.encode(), reading.comment.encode()
    quoted = bool(quote) and quote in block
    marks = [mark for mark in (b" ", b"\t", comment) if mark and mark in block]  # one byte is found fastest
    if any(block.startswith(mark) or b"\n" + mark in block for mark in marks):
        if quoted:
            return None
        prefix = comment or b"\n"
        lines = (line for line in block.split(b"\n") if (text := line.lstrip()) and not text.startswith(prefix))
        block = b"\n".join(lines)
    if reading.delimiter is None:
        return None if quoted else single_spaced(block)
    if not quoted:
        return block
    parts = block.split(quote)
    inside, outside = b"".join(parts[1::2]), b"\0".join(parts[::2])  # a zero stands for each quoted cell
    ends = (reading.delimiter.encode(), b"\n")
    before = sum(outside.count(end + b"\0") for end in ends) + outside.startswith(b"\0")
    behind = sum(outside.count(b"\0" + end) for end in ends) + outside.endswith(b"\0")
    regular = len(parts) % 2 == 1 and b"\n" not in inside and before == behind == len(parts) // 2
    return block if regular else None


def single_spaced(block: bytes) -> bytes:
    """The text with single spaces between words, and none around lines."""
    if not block.isascii() or any(mark in block for mark in (b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x1f")):
        return "\n".join(" ".join(line.split()) for line in block.decode().split("\n")).encode()
    block = block.replace(b"\t", b" ").replace(b"   ", b" ")
    while b"  " in block:  # the fewer runs are left, the faster
        block = block.replace(b"  ", b" ")
    return block.replace(b"\n ", b"\n").replace(b" \n", b"\n").strip(b" ")


def careful_columns(
    found: Iterator[Row], width: int, fault: Callable[[Row], DataError | None] = lambda row: None
) -> list[pa.ChunkedArray]:
    """The cells of rows, padded or cut to a width unless there is a fault in that; DataError if there is one."""
    chunks: list[list[pa.Array]] = [[] for _ in range(width)]
    while batch := list(islice(found, BATCH)):
        for row in batch:
            if len(row[1]) != width and (error := fault(row)):
                raise error
        cells = [(row + [""] * (width - len(row)))[:width] if len(row) != width else row for _, row in batch]
        for place, column in enumerate(zip(*cells, strict=True)):
            chunks[place].append(pa.array(column, pa.string()))
    return [pa.chunked_array(parts, pa.string()) for parts in chunks]
