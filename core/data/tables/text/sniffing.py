"""Finding out how a text file is to be read."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from core.base.errors import DataError
from core.data.tables.text.survey import SAMPLE_ROWS, common_width, is_header
from core.data.tables.text.text_format import (
    COMMENTS,
    DELIMITERS,
    EITHER,
    QUOTES,
    SPACES,
    Number,
    Reading,
    is_missing,
    is_number,
    number_parser,
)
from core.data.tables.text.text_rows import Block, Row, split_quoted
from core.data.tables.text.text_source import Source, bytes_source, file_source, find_encoding, text_blocks

Given = Reading | Mapping[str, object] | None
"""How to read: a Reading in full, or some of its fields while the others are found, or None to find them all."""

SAMPLE_CHARACTERS = 1 << 18
MAX_CELLS = 200
"""So many cells of a row are looked at to tell how good a delimiter is."""
MAX_TITLE_LINES = 20

GROUPS = {
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]*|(?:\.[0-9]{3}){2,})"),
    " ": re.compile(rf"[+-]?[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+(?:[.,][0-9]*)?"),
    "'": re.compile(r"[+-]?[0-9]{1,3}(?:'[0-9]{3})+(?:[.,][0-9]*)?"),
}
"""Numbers in groups of thousands, by their mark."""
WITH_COMMA = re.compile(r"[+-]?(?=.*[0-9])[0-9 .'\u00a0\u202f]*,[0-9]*(?:[eE][+-]?[0-9]+)?")
WITH_POINT = re.compile(r"[+-]?(?=.*[0-9])[0-9]*\.[0-9]*(?:[eE][+-]?[0-9]+)?")
IN_APOSTROPHES = re.compile(r"(?:^|[\t;,|])\s*'[^']*'\s*(?:$|[\t;,|])")


def sniff(source: str | Path | bytes | Source, given: Given = None, limit: int | None = None) -> Reading:
    """How a text file, or bytes, are to be read as a table.

    Args:
        source: path of the file, or its bytes.
        given: what is known already.
        limit: how many bytes the encoding is judged by; None for all, which alone makes sure. The rest is judged by
            the first rows.

    Raises:
        DataError: it cannot be read, is no text, or what is given cannot be used.
    """
    if isinstance(given, Reading):
        return given
    if isinstance(source, bytes):
        source = bytes_source(source, "the text")
    elif not isinstance(source, Source):
        source = file_source(source)
    known = check_fields(given or {})
    if "encoding" not in known:
        known["encoding"] = find_encoding(source, limit)
    # Values that are given are checked here, with what is not known yet set so that it cannot contradict them.
    free: dict[str, object] = {
        "comment": "",
        "quote": "",
        "delimiter": None,
        "decimal": "," if known.get("thousands") == "." else ".",
    }
    start = Reading(**{**free, **known})  # type: ignore[arg-type]
    return find_reading(sample_lines(source, start), start, known)


def check_fields(given: Mapping[str, object]) -> dict[str, object]:
    """The given fields. DataError if Reading has no such field."""
    names = [field.name for field in fields(Reading)]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise DataError(f"A reading has no field {unknown[0]!r}; choose from {', '.join(names)}.")
    return dict(given)


def sample_lines(source: Source, start: Reading) -> list[tuple[int, str]]:
    """The first lines that are not blank, with their numbers, but not very many characters of them."""
    sample: list[tuple[int, str]] = []
    characters = 0
    for first, text in text_blocks(source, start.encoding, errors="replace"):
        for number, line in enumerate(text.split("\n"), first):
            if number <= start.skip or not line or line.isspace():
                continue
            sample.append((number, line))
            characters += len(line)
            if characters > SAMPLE_CHARACTERS or len(sample) >= SAMPLE_ROWS:
                return sample
    return sample


def find_reading(sample: list[tuple[int, str]], start: Reading, known: Mapping[str, object]) -> Reading:
    """The reading that suits the sample best and holds what is known."""
    reading = start
    if "comment" not in known:
        reading = replace(reading, comment=find_comment([line for _, line in sample], start))
    kept = [(n, line) for n, line in sample if not reading.comment or not line.lstrip().startswith(reading.comment)]
    if not kept and len(sample) > 1 and "comment" not in known:  # every row begins with that mark
        reading, kept = replace(reading, comment=""), sample
    if "quote" not in known:
        reading = replace(reading, quote=find_quote([line for _, line in kept]))
    taken = (known.get("quote"), known.get("comment"))
    delimiters = [d for d in DELIMITERS if d is None or d not in taken]
    if "delimiter" in known:
        delimiters = [reading.delimiter]
    candidates = [replace_delimiter(reading, delimiter) for delimiter in delimiters]
    split = [(candidate, split_sample(kept, candidate)) for candidate in candidates]
    reading, rows = max(split, key=lambda pair: score(pair[0], [cells for _, cells in pair[1]]))
    cells = [cell for _, row in rows for cell in row[:MAX_CELLS]]
    reading = find_marks(cells, reading, known)
    if "skip" not in known:
        reading, rows = skip_titles(rows, reading)
    if "header" not in known and rows:
        data = [row for _, row in rows[1:]]
        reading = replace(reading, header=is_header(rows[0][1], data, number_parser(reading)))
    return reading


def find_comment(lines: Sequence[str], start: Reading) -> str:
    """The comment prefix with which a line begins, the first of :data:`COMMENTS` if there is none."""
    free = [mark for mark in COMMENTS if mark not in (start.delimiter, start.quote)]
    found = [mark for mark in free if any(line.lstrip().startswith(mark) for line in lines)]
    return (found or free)[0]


def find_quote(lines: Sequence[str]) -> str:
    """The double quote, unless fields are in single quotes and none has a double one."""
    single = sum(bool(IN_APOSTROPHES.search(line)) for line in lines)
    return QUOTES[1] if single > len(lines) / 2 and not any('"' in line for line in lines) else QUOTES[0]


def replace_delimiter(reading: Reading, delimiter: str | None) -> Reading:
    """The reading with another delimiter; a quote that was only assumed gives way to it."""
    return replace(reading, delimiter=delimiter, quote="" if reading.quote == delimiter else reading.quote)


def split_sample(lines: Sequence[tuple[int, str]], reading: Reading) -> list[Row]:
    """The rows of the sample, up to the first whose quotes do not match."""
    numbers, texts = [number for number, _ in lines], [line for _, line in lines]
    block = Block(numbers, texts, [])
    if reading.quote and any(reading.quote in line for line in texts):
        try:
            block, _ = split_quoted(numbers, texts, reading, "", final=False)
        except DataError:
            block = longest_start(numbers, texts, reading)
    return list(zip(block.numbers, block.rows(reading.delimiter), strict=True))


def longest_start(numbers: list[int], lines: list[str], reading: Reading) -> Block:
    """As many of the first rows as can be split, to a row or two."""
    good = Block([], None, [])
    step = len(lines) // 2
    count = 0
    while step:
        with contextlib.suppress(DataError):
            good, count = split_quoted(numbers[: count + step], lines[: count + step], reading, "", final=False)
        step //= 2
    return good


def score(reading: Reading, rows: Sequence[list[str]]) -> tuple[int, int, int]:
    """How well a delimiter parts the rows: rows of one width with a number; numbers in them; all cells if no number."""
    if not rows or (width := common_width(rows)) < 2:
        return 0, 0, 0
    loose = replace(reading, decimal="." if reading.delimiter == "," else EITHER, thousands="")
    number = number_parser(loose)
    counts = [
        sum(is_number(cell, number) or is_grouped(cell) for cell in row[:MAX_CELLS])
        for row in rows
        if len(row) >= width and not any(cell.strip() for cell in row[width:])
    ]
    fit, numbers = sum(count > 0 for count in counts), sum(counts)
    return fit, numbers, 0 if numbers else width * len(counts)


def is_grouped(cell: str) -> bool:
    """Whether a cell is a number in groups of thousands, or with a decimal comma."""
    cell = cell.strip()
    return bool(WITH_COMMA.fullmatch(cell)) or any(groups.fullmatch(cell) for groups in GROUPS.values())


def find_marks(cells: Sequence[str], reading: Reading, known: Mapping[str, object]) -> Reading:
    """The decimal mark and the mark of thousands that the cells show."""
    cells = [cell.strip() for cell in cells]
    commas = [cell for cell in cells if "," in cell and (WITH_COMMA.fullmatch(cell) or GROUPS[","].fullmatch(cell))]
    points = [cell for cell in cells if WITH_POINT.fullmatch(cell)]
    groups = {mark: [cell for cell in cells if form.fullmatch(cell)] for mark, form in GROUPS.items()}
    all_grouped = bool(commas) and len(groups[","]) == len(commas)
    surely = any(cell.count(",") > 1 or "." in cell for cell in groups[","])
    decimal = str(known.get("decimal", ""))
    if not decimal:
        if all_grouped and (surely or points or reading.delimiter == ","):
            decimal = "."
        elif commas:
            decimal = ","
        else:
            decimal = "." if points or reading.delimiter == "," else EITHER
    thousands = known.get("thousands")
    if not isinstance(thousands, str):
        marks = [mark for mark in (",", ".", " ", "'") if groups[mark] and mark not in decimal]
        thousands = marks[0] if marks else ""
    elif thousands in decimal and "decimal" not in known and thousands:
        decimal = "." if thousands == "," else ","
    return replace(reading, decimal=decimal, thousands=thousands)


def skip_titles(rows: list[Row], reading: Reading) -> tuple[Reading, list[Row]]:
    """Pass over lines of text above the table: they have fewer cells than its rows and something that is no number."""
    width = common_width([cells for _, cells in rows]) if rows else 0
    number = number_parser(reading)
    titles = 0
    for _, cells in rows[:MAX_TITLE_LINES]:
        short = len(cells) < width and not is_row_names(cells, rows[titles + 1 :], width, number)
        if not short or all(is_number(cell, number) or is_missing(cell) for cell in cells):
            break
        titles += 1
    if not titles or len(rows) < 2 * titles + 1:
        return reading, rows
    return replace(reading, skip=rows[titles][0] - 1), rows[titles:]


def is_row_names(cells: list[str], rest: Sequence[Row], width: int, number: Number) -> bool:
    """Whether a row of one cell less than the others is a header without a name for the row names, and no title."""
    header = 1 < len(cells) == width - 1 and all(cell.strip() and not is_number(cell, number) for cell in cells)
    return header and all(len(row) == width for _, row in rest)
