"""From a text to rows of cells, by Python's csv: it takes whatever is not regular, and the first rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice

from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _
from core.data.tables.table import MAX_COLUMNS, too_many_columns
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_source import MAX_LINE_CHARACTERS, Source, text_blocks

csv.field_size_limit(4 * MAX_LINE_CHARACTERS)

Line = tuple[int, str]
Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""


class RowLines:
    """The lines of a text for csv.reader. A comment or blank line is passed over where a row begins, but not inside it.

    Attributes:
        begins: whether the next line begins a row.
        first: the number of the line with which the present row began.
    """

    def __init__(self, source: Source, reading: Reading, lines: Iterator[tuple[int, str]], passed: list[Line]) -> None:
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
    blocks = text_blocks(source, reading.encoding, progress, errors)
    numbered = (
        (number, line + "\n")
        for first, text in blocks
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
            reason = str(error).replace("\t", "tab")
            raise DataError(
                _("{name}, line {first}: the quotes do not match ({reason}); mend its {quote}.").format(
                    name=source.name, first=lines.first, reason=reason, quote=reading.quote
                )
            ) from None
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
