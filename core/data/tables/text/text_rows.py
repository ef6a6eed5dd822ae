"""From text to rows of cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.base.errors import DataError
from core.base.progress import Progress
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_source import Source, text_blocks

MAX_COLUMNS = 10_000

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""


@dataclass(frozen=True)
class Block:
    """Some rows that follow each other: lines that are still to be split, or, where there were quotes, cells.

    Attributes:
        numbers: the line, from 1, of each row.
        lines: the text of each row without its line end; None if the rows are split.
        cells: the cells of each row, if they are split.
    """

    numbers: Sequence[int]
    lines: list[str] | None
    cells: list[list[str]]

    def rows(self, delimiter: str | None) -> list[list[str]]:
        """The cells of each row."""
        if self.lines is None:
            return self.cells
        return [line.split(delimiter, MAX_COLUMNS) for line in self.lines]

    def behind(self, count: int) -> Block:
        """The block without its first rows."""
        return Block(self.numbers[count:], None if self.lines is None else self.lines[count:], self.cells[count:])

    def __len__(self) -> int:
        return len(self.numbers)


def blocks(
    source: Source, reading: Reading, progress: Progress | None = None, errors: str = "strict"
) -> Iterator[Block]:
    """The rows of a text, in blocks; comments and blank lines are passed over.

    Raises:
        DataError: the text cannot be read, or its quotes do not match.
        Cancelled: ``progress`` says so.
    """
    open_lines: list[str] = []  # of a row whose quote was not closed in its block
    open_numbers: list[int] = []
    for first, text in text_blocks(source, reading.encoding, progress, errors):
        if reading.quote and not open_lines:
            text = unquoted(text, reading)
        numbers, lines = significant(text, first, reading)
        if not open_lines and not (reading.quote and reading.quote in text):
            if lines:
                yield Block(numbers, lines, [])
            continue
        block, used = split_quoted([*open_numbers, *numbers], open_lines + lines, reading, source.name, final=False)
        open_lines, open_numbers = (open_lines + lines)[used:], [*open_numbers, *numbers][used:]
        if block:
            yield block
    if open_lines:
        block, _ = split_quoted(open_numbers, open_lines, reading, source.name, final=True)
        yield block


def rows(source: Source, reading: Reading, errors: str = "strict") -> Iterator[Row]:
    """Every row of a text; see :func:`blocks`."""
    for block in blocks(source, reading, None, errors):
        yield from zip(block.numbers, block.rows(reading.delimiter), strict=True)


def significant(text: str, first: int, reading: Reading) -> tuple[Sequence[int], list[str]]:
    """The lines that hold rows, and their numbers, of a text that begins with the line ``first``."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    skipped = min(len(lines), max(0, reading.skip + 1 - first))
    lines, first = lines[skipped:], first + skipped
    comment = reading.comment or "\n"  # which no line holds
    if comment not in text and not any(line.isspace() or not line for line in lines):
        return range(first, first + len(lines)), lines
    if comment not in text:
        kept = [number for number, line in enumerate(lines, first) if line and not line.isspace()]
    else:
        kept = [
            number
            for number, line in enumerate(lines, first)
            if (content := line.lstrip()) and not content.startswith(comment)
        ]
    return kept, [lines[number - first] for number in kept]


def unquoted(text: str, reading: Reading) -> str:
    """The text without its quotes, if these are around whole cells that do not need them; else as it is."""
    parts = text.split(reading.quote)
    if len(parts) == 1 or len(parts) % 2 == 0 or (reading.comment and reading.comment in text):
        return text
    inside, outside = parts[1::2], "\0".join(parts[::2])  # a zero stands for each quoted cell
    ends = (" ", "\t", "\n") if reading.delimiter is None else (reading.delimiter, "\n")
    joined = "".join(inside)
    if "" in inside or any(end in joined for end in ends) or (reading.delimiter is None and len(joined.split()) > 1):
        return text
    before = sum(outside.count(end + "\0") for end in ends) + outside.startswith("\0")
    behind = sum(outside.count("\0" + end) for end in ends) + outside.endswith("\0")
    return "".join(parts) if before == behind == len(inside) else text


def split_quoted(
    numbers: Sequence[int], lines: list[str], reading: Reading, name: str, *, final: bool
) -> tuple[Block, int]:
    """Split lines some of whose cells are quoted, and count the lines that these rows take.

    A row whose quote is open at the end is left, unless there is nothing more to come.

    Raises:
        DataError: the quotes of a row do not match.
    """
    if reading.delimiter is None:
        lines = [" ".join(line.split()) for line in lines]
    reader = csv.reader(
        few_columns(numbers, lines, reading.delimiter, name),
        delimiter=reading.delimiter or " ",
        quotechar=reading.quote,
        skipinitialspace=True,
        strict=True,
    )
    cells: list[list[str]] = []
    starts: list[int] = []
    used = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if reader.line_num == len(lines) and not final:
                break
            reason = str(error).replace("\t", "tab")
            raise DataError(
                f"{name}, line {numbers[used]}: the quotes do not match ({reason}); mend its {reading.quote}."
            ) from None
        cells.append(fields)
        starts.append(numbers[used])
        used = reader.line_num
    return Block(starts, None, cells), used


def few_columns(numbers: Sequence[int], lines: list[str], delimiter: str | None, name: str) -> Iterator[str]:
    """The lines, none of which would give very many cells."""
    for number, line in zip(numbers, lines, strict=True):
        if line.count(delimiter or " ") > MAX_COLUMNS:
            raise too_many_columns(name, f"line {number}")
        yield line + "\n"  # which a quoted cell may hold


def too_many_columns(name: str, place: str) -> DataError:
    """The error for a row of very many cells."""
    return DataError(f"{name}, {place}: more than {MAX_COLUMNS:,} columns; keep those that you need.")
