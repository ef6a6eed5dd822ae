"""Reading a text as a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import DataError
from core.base.number_text import worded
from core.base.progress import Progress
from core.base.translation import _, ngettext
from core.data.tables.columns import column_of, mark_doubts, text_doubt
from core.data.tables.layout import SAMPLE_ROWS, Row, TableLayout, lay_out, numeric_places, unique_names
from core.data.tables.table import Doubt, Table, no_data, open_doubts, too_large
from core.data.tables.text.sniffing import arff_attributes, comments_of, sample_lines, sniff
from core.data.tables.text.text_format import Given, Reading, known_fields, number_parser, quoted
from core.data.tables.text.text_rows import (
    Line,
    careful_columns,
    line_finder,
    regular_columns,
    rows,
)
from core.data.tables.text.text_source import Source, bytes_source, encoding_doubt, text_blocks

FEW = 50
"""Rows that tell which columns are read as numbers at first; where they are wrong, all are read as texts."""


def read_text(
    text: str, given: Given = None, *, name: str = _("The clipboard"), text_columns: Collection[str] = ()
) -> Table:
    """Read a text, e.g. the clipboard's, as a table; see :func:`read_text_source`."""
    source = bytes_source(text.encode("utf-8", "replace"), name)
    return read_text_source(source, {**known_fields(given), "encoding": "utf-8"}, text_columns=text_columns)


def read_text_source(
    source: Source, given: Given = None, *, text_columns: Collection[str | int] = (), progress: Progress | None = None
) -> Table:
    """Read a text as a table. A column of numbers is one in which nearly all cells are numbers or missing.

    ``given`` is how to read it, or what is known of that; ``text_columns`` are names or places of columns that are text
    even if they hold numbers, e.g. labels. DataError if it cannot be read as a table.
    """
    reading = sniff(source, given)
    sample = list(islice(rows(source, reading), SAMPLE_ROWS))
    layout = layout_of(source, reading, sample)
    first = layout.first
    if first is None:
        raise no_data(source.name)
    texts = {p for p, name in enumerate(layout.names) if p in layout.text or p in text_columns or name in text_columns}
    try:
        cells = read_columns(source, reading, layout, progress, sample, texts)
        while len(cells) > layout.width and is_empty(cells[-1]):
            del cells[-1]
        layout = replace(layout, names=unique_names([*layout.names, *[""] * (len(cells) - layout.width)]))
        table = table_of(source.name, cells, layout, reading, texts)
    except MemoryError:
        raise too_large(source.name) from None
    doubts = (
        *encoding_doubt(source, reading.encoding),
        *title_doubt(source, reading),
        *comment_doubt(source, reading, first),
    )
    doubts = open_doubts((*doubts, *table.doubts), given)
    return replace(table, line_of=line_finder(source, reading, first), unit="line", doubts=doubts)


def layout_of(source: Source, reading: Reading, sample: list[Row]) -> TableLayout:
    """The shape of the table in a text, by its first rows; the attributes of an ARFF file name its columns."""
    above = [line for row, _ in sample[:1] for line in sample_lines(source, reading.encoding, row - 2)[:1]]
    layout = lay_out(sample, reading, source.name, comments_of(above, reading.comment))
    attributes = arff_attributes(source)
    if attributes is None or len(attributes[1]) < layout.width:
        return layout
    kinds = enumerate(attributes[1].values())
    text = frozenset(place for place, kind in kinds if kind not in ("numeric", "real", "integer"))
    return replace(layout, names=unique_names(list(attributes[1])), text=text)


def read_columns(
    source: Source, reading: Reading, layout: TableLayout, progress: Progress | None, sample: list[Row], texts: set[int]
) -> list[Any]:
    """The cells of the columns of a text, perhaps as numbers. DataError for a row that does not fit."""
    start = layout.first or 1
    numbers: list[int] = []
    if not (is_doubtful(reading) or reading.thousands or reading.signs):
        few = [cells for line, cells in sample if line >= start][:FEW]
        numbers = [p for p in numeric_places(few, layout.width, number_parser(reading)) if p not in texts]
    for places in (numbers, []) if numbers else ([],):
        found = regular_columns(source, reading, start, layout.raw, progress, places)
        if found is not None:
            more = range(layout.width - len(found))
            return [*found, *(pa.chunked_array([pa.repeat("", len(found[0]))]) for _ in more)]

    def check(row: Row) -> None:
        if fault := layout.misfit(row[1], row[0]):
            raise DataError(_("{name}, line {row}: {fault}"), name=source.name, row=row[0], fault=fault)

    return careful_columns(rows(source, reading, progress=progress, start=start), max(layout.width, layout.raw), check)


def is_doubtful(reading: Reading) -> bool:
    """Whether points or commas may be decimal marks or group thousands."""
    return "," in reading.decimal or reading.delimiter == ";" or reading.thousands in tuple(",.")


def is_empty(cells: Any) -> bool:  # noqa: ANN401 (Arrow has no types)
    """Whether all cells are blank texts."""
    return isinstance(cells, pa.ChunkedArray) and not any(word.strip() for word in cells.unique().to_pylist())


def table_of(name: str, cells: list[Any], layout: TableLayout, reading: Reading, texts: Collection[int]) -> Table:
    """The table of cells; these are taken out of the list as they are read, so that both need little memory."""
    columns, seen, doubts = [], [], list(layout.doubts)
    for place, title in enumerate(layout.names):
        role = layout.roles[place] if layout.roles else ""
        column = column_of(title, cells[0], reading, place in texts, role)
        columns.append(column)
        if column.texts is not None and place not in texts:
            doubts.extend(text_doubt(title, cells[0], reading))
        if is_doubtful(reading) and column.texts is None and pc.any(pc.match_substring_regex(cells[0], "[.,]")).as_py():
            seen.append(cells[0])
        del cells[0]
        pa.default_memory_pool().release_unused()  # which Arrow keeps otherwise
    return Table(name, tuple(columns), reading=reading, doubts=(*doubts, *mark_doubts(seen, reading)))


def title_doubt(source: Source, reading: Reading) -> Iterator[Doubt]:
    """What to say of lines above the table that are passed over."""
    if reading.skip and arff_attributes(source) is None:
        number, line = sample_lines(source, reading.encoding, 0)[0]
        one = _("Above the table, line {number} is passed over, beginning with {line}; see Skip lines.")
        more = _("Above the table, lines {number} to {skip} are passed over, beginning with {line}; see Skip lines.")
        text = one if number == reading.skip else more
        yield Doubt(text.format(number=number, skip=reading.skip, line=quoted(line)), False, "skip")


def comment_doubt(source: Source, reading: Reading, start: int) -> Iterator[Doubt]:
    """What to say of lines in the midst of the table that are passed over as comments."""
    mark = re.compile(rf"^\s*{re.escape(reading.comment)}", re.MULTILINE)
    if not reading.comment or not source.holds(reading.comment):
        return
    if not any(mark.search(text) for _, text in text_blocks(source, reading.encoding, errors="replace")):
        return
    passed: list[Line] = []
    for _row in rows(source, reading, "replace", start=start, passed=passed):
        pass
    if passed:
        said = ngettext(
            "{n:,} line that begins with {mark} in the table is passed over as a comment: line {number}, {line}.",
            "{n:,} lines that begin with {mark} in the table are passed over as comments, e.g. line {number}: {line}.",
            len(passed),
        )
        number, line = passed[0]
        values = {"n": len(passed), "mark": reading.comment, "number": number, "line": quoted(line)}
        yield Doubt(worded(said, **values), settled_by="comment")
