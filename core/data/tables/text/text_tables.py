"""Reading a text as a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _
from core.data.tables.columns import column_of, mark_doubts, text_doubt
from core.data.tables.layout import SAMPLE_ROWS, TableLayout, lay_out, numeric_places, unique_names
from core.data.tables.table import Doubt, Table, open_doubts, too_large
from core.data.tables.text.sniffing import Given, arff_attributes, sample_lines, sniff
from core.data.tables.text.text_columns import careful_columns, regular_columns
from core.data.tables.text.text_format import Reading, number_parser, shorten
from core.data.tables.text.text_rows import Line, Row, comment_above, line_finder, rows
from core.data.tables.text.text_source import Source, bytes_source, encoding_doubt, text_blocks

FEW = 50
"""Rows that tell which columns are read as numbers at first; where they are wrong, all are read as texts."""


def read_text(
    text: str,
    given: Given = None,
    *,
    name: str = _("The clipboard"),
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> Table:
    """Read a text, e.g. the clipboard's, as a table; see :func:`read_text_source`."""
    source = bytes_source(text.encode("utf-8", "replace"), name)
    known = vars(given) if isinstance(given, Reading) else given or {}
    return read_text_source(source, {**known, "encoding": "utf-8"}, text_columns=text_columns, progress=progress)


def read_text_source(
    source: Source, given: Given = None, *, text_columns: Collection[str] = (), progress: Progress | None = None
) -> Table:
    """Read a text as a table.

    A column in which nearly all cells are numbers or missing is a column of numbers; the others are text.

    Args:
        source: the text.
        given: how to read it, or what is known of that; the rest is found.
        text_columns: names of columns that are text even if they hold numbers, e.g. labels.
        progress: told of the part that is read, 0 to 1, now and then.

    Raises:
        DataError: the text cannot be read as a table.
        Cancelled: ``progress`` says so.
    """
    reading = sniff(source, given)
    sample = list(islice(rows(source, reading), SAMPLE_ROWS))
    layout = layout_of(source, reading, sample)
    first = layout.first
    if first is None:
        raise DataError(
            _("{name} has a header but no data; add rows, or read its first row as data.").format(name=source.name)
        )
    try:
        numbers = plain_numbers([row for line, row in sample if line >= first], layout, reading, text_columns)
        cells = read_columns(source, reading, layout, progress, numbers)
        while len(cells) > layout.width and is_empty(cells[-1]):
            del cells[-1]
        layout = replace(layout, names=unique_names([*layout.names, *[""] * (len(cells) - layout.width)]))
        table = table_of(source.name, cells, layout, reading, text_columns)
    except MemoryError:
        raise too_large(source.name) from None
    doubts = (
        *encoding_doubt(source, reading.encoding),
        *title_doubt(source, reading),
        *comment_doubt(source, reading, layout),
    )
    doubts = open_doubts((*doubts, *table.doubts), given)
    return replace(table, line_of=line_finder(source, reading, first), unit="line", doubts=doubts)


def layout_of(source: Source, reading: Reading, sample: list[Row]) -> TableLayout:
    """The shape of the table in a text, by its first rows; the attributes of an ARFF file name its columns."""
    layout = lay_out(sample, reading, source.name, comment_above(source, reading))
    attributes = arff_attributes(source)
    if attributes is None or len(attributes[1]) < layout.width:
        return layout
    numeric = ("numeric", "real", "integer")
    text = (place for place, kind in enumerate(attributes[1].values()) if kind not in numeric)
    return replace(layout, names=unique_names(list(attributes[1])), text=frozenset(text))


def plain_numbers(
    sample: list[list[str]], layout: TableLayout, reading: Reading, text_columns: Collection[str]
) -> list[int]:
    """The places of the columns that are numbers by the first rows, where no mark is doubtful."""
    if is_doubtful(reading) or reading.thousands or reading.signs:
        return []
    places = numeric_places(sample[:FEW], layout.width, number_parser(reading))
    return [place for place in places if place not in layout.text and layout.names[place] not in text_columns]


def is_doubtful(reading: Reading) -> bool:
    """Whether points or commas may be decimal marks or group thousands."""
    return "," in reading.decimal or reading.delimiter == ";" or reading.thousands in tuple(",.")


def read_columns(
    source: Source, reading: Reading, layout: TableLayout, progress: Progress | None, numbers: Collection[int]
) -> list[pa.ChunkedArray]:
    """The cells of the columns of a text. DataError for a row of too few or too many."""
    start = layout.first or 1
    found = regular_columns(source, reading, start, layout.raw, progress, numbers) if numbers else None
    found = found or regular_columns(source, reading, start, layout.raw, progress)
    if found is not None:
        more = range(layout.width - len(found))
        return [*found, *(pa.chunked_array([pa.repeat("", len(found[0]))]) for _ in more)]

    def check(row: Row) -> None:
        if fault := layout.misfit(row[1], row[0]):
            raise DataError(_("{name}, line {row}: {fault}").format(name=source.name, row=row[0], fault=fault))

    return careful_columns(rows(source, reading, progress=progress, start=start), max(layout.width, layout.raw), check)


def is_empty(cells: pa.ChunkedArray) -> bool:
    """Whether all cells are blank."""
    return all(not word.strip() for word in cells.unique().to_pylist())


def table_of(
    name: str, cells: list[pa.ChunkedArray], layout: TableLayout, reading: Reading, text_columns: Collection[str] = ()
) -> Table:
    """The table of cells; these are taken out of the list as they are read, so that both need little memory."""
    columns, seen, doubts = [], [], list(layout.doubts)
    doubtful = is_doubtful(reading)
    for place, title in enumerate(layout.names):
        as_text = title in text_columns or place in layout.text
        role = layout.roles[place] if layout.roles else ""
        columns.append(column_of(title, cells[0], reading, as_text, role))
        if columns[-1].texts is not None and not as_text:
            doubts.extend(text_doubt(title, cells[0], reading))
        if doubtful and columns[-1].texts is None and pc.any(pc.match_substring_regex(cells[0], "[.,]")).as_py():
            seen.append((columns[-1], cells[0]))
        del cells[0]
        pa.default_memory_pool().release_unused()  # which Arrow keeps otherwise
    return Table(name, tuple(columns), reading=reading, doubts=(*doubts, *mark_doubts(seen, reading)))


def title_doubt(source: Source, reading: Reading) -> Iterator[Doubt]:
    """What to say of lines above the table that are passed over."""
    if reading.skip and arff_attributes(source) is None:
        number, line = sample_lines(source, replace(reading, skip=0))[0]
        passed = (
            _("line {number} is").format(number=number)
            if number == reading.skip
            else _("lines {number} to {skip} are").format(number=number, skip=reading.skip)
        )
        yield Doubt(
            _("Above the table, {passed} passed over, beginning with {line}; see Skip lines.").format(
                passed=passed, line=shorten(line)
            ),
            False,
            "skip",
        )


def comment_doubt(source: Source, reading: Reading, layout: TableLayout) -> Iterator[Doubt]:
    """What to say of lines in the midst of the table that are passed over as comments."""
    if not reading.comment or not source.holds(reading.comment[:1].encode()):
        return
    blocks = text_blocks(source, reading.encoding, errors="replace")
    if not any(re.search(rf"^\s*{re.escape(reading.comment)}", text, re.MULTILINE) for _, text in blocks):
        return
    passed: list[Line] = []
    for _row in rows(source, reading, "replace", start=layout.first or 1, passed=passed):
        pass
    if passed:
        lines = (
            _("1 line that begins") if len(passed) == 1 else _("{count:,} lines that begin").format(count=len(passed))
        )
        number, line = passed[0]
        yield Doubt(
            _("{lines} with {comment} in the table passed over as comments, e.g. line {number}: {line}.").format(
                lines=lines, comment=reading.comment, number=number, line=shorten(line)
            ),
            settled_by="comment",
        )
