"""From a text to columns of cells: Arrow reads what is regular, Python's csv the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.base.progress import Progress
from core.data.tables.text.text_format import MISSING, Reading
from core.data.tables.text.text_rows import Row
from core.data.tables.text.text_source import Source, text_blocks

pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keep the memory of columns that are gone
BATCH = 4096
NULLS = [form for word in MISSING for form in {word, word.upper(), word.capitalize()}] + ["NaN"]


def regular_columns(
    source: Source,
    reading: Reading,
    start: int,
    width: int,
    progress: Progress | None,
    numbers: Collection[int] = (),
) -> list[pa.ChunkedArray] | None:
    """The cells of all rows from a line on, read by Arrow; None if some row is not as regular as that takes.

    The columns in the places ``numbers`` are read as numbers, without their texts, which takes less time and memory.
    """
    names = [str(place) for place in range(width)]
    types = {name: pa.float64() if place in numbers else pa.string() for place, name in enumerate(names)}
    convert = arrow_csv.ConvertOptions(column_types=types, null_values=NULLS, check_utf8=False)
    parse = arrow_csv.ParseOptions(delimiter=reading.delimiter or " ", quote_char=reading.quote or False)
    chunks: list[list[pa.Array]] = [[] for _ in names]
    skip = max(reading.skip, start - 1)
    for _, text in text_blocks(source, reading.encoding, progress, numbered=False):
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
        for parts, column in zip(chunks, table.columns, strict=True):
            exact = pa.array(np.array(column.to_numpy())) if pa.types.is_floating(column.type) else None
            parts += [exact] if exact is not None else column.chunks  # Arrow's own array of numbers has room for more
    return [pa.chunked_array(parts, types[name]) for name, parts in zip(names, chunks, strict=True)]


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


def careful_columns(rows: Iterator[Row], width: int, check: Callable[[Row], None]) -> list[pa.ChunkedArray]:
    """The cells of rows, padded or cut to a width; ``check`` is called with each row of another number of cells."""
    chunks: list[list[pa.Array]] = [[] for _ in range(width)]
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            if len(row[1]) != width:
                check(row)
        cells = [(row + [""] * (width - len(row)))[:width] if len(row) != width else row for _, row in batch]
        for place, column in enumerate(zip(*cells, strict=True)):
            chunks[place].append(pa.array(column, pa.string()))
    return [pa.chunked_array(parts, pa.string()) for parts in chunks]
