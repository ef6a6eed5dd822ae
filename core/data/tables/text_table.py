"""From a text to a table; rows of cells that come of a workbook, of JSON or of an array are read as a text, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter
from typing import Any

from core.base.errors import DataError
from core.base.number_text import worded
from core.base.translation import _, ngettext
from core.data.tables.columns import table_of
from core.data.tables.layout import SAMPLE_ROWS, Row, TableLayout, filled, lay_out, unique_names
from core.data.tables.reading import Given, Line, Reading, known_fields, quoted
from core.data.tables.sniffing import arff_attributes, sample_lines, sniff, text_of
from core.data.tables.source import Source, encoding_doubt, file_source
from core.data.tables.table import Doubt, Preview, Table, TableRequest, no_data, open_doubts, too_large
from core.data.tables.text_rows import careful_columns, line_finder, marked_lines, regular_columns, rows

OF_SHEETS = ("header", "skip", "sheet")
"""The fields of a reading that have a meaning for rows of cells."""
CELLS = {"delimiter": "\t", "decimal": ".", "quote": "", "comment": "", "thousands": "", "signs": False}
"""How rows of cells are written as a text."""
SPARSE_CELLS, MOST_EMPTY = 20_000, 0.95
"""More cells than these, of which a larger share is empty, are no table: one cell stands far from the others."""


def read_text_source(source: Source, request: TableRequest) -> Table:
    """Read a text as a table. A column of numbers is one in which nearly all cells are numbers or missing.

    DataError if it cannot be read as a table.
    """
    source = text_of(source, request.given)
    reading, passed = sniff(source, request.given), list[Line]()
    sample = list(islice(rows(source, reading, source.lines(), passed=passed), SAMPLE_ROWS))
    layout = layout_of(source, reading, sample, passed)
    first = layout.first
    if first is None:
        raise no_data(source.name)
    try:
        regular = layout.width <= layout.raw != 1  # else rows are shorter than the header, or may be blank to csv alone
        found = regular_columns(source, reading, first, layout.raw, request.progress) if regular else None
        careful = rows(source, reading, source.lines(request.progress), first)
        width = max(layout.width, layout.raw)
        cells = found or careful_columns(careful, width, lambda row: layout.fault(row, source.name, source.unit_word))
        while len(cells) > layout.width and not any(map(str.strip, cells[-1].unique().to_pylist())):
            del cells[-1]
        cells = [column.slice(0, request.rows) for column in cells] if request.rows else cells
        layout = replace(layout, names=unique_names([*layout.names, *[""] * (len(cells) - layout.width)]))
        table = table_of(source.name, cells, layout, reading, request.text_columns)
    except MemoryError:
        raise too_large(source.name) from None
    doubts = (*encoding_doubt(source), *title_doubt(source, reading), *comment_doubt(source, reading, first))
    doubts = open_doubts((*doubts, *table.doubts), request.given)
    return replace(table, line_of=line_finder(source, reading, first), is_text=source.unit == "line", doubts=doubts)


def preview_text(source: Source, given: Given, count: int) -> Preview:
    """The first rows of a text. Bytes of another encoding become question marks. DataError if there is nothing."""
    text = text_of(source, given, "replace")
    reading, sample, passed = sniff(text, given), list[Row](), list[Line]()
    problem: DataError | None = None
    try:
        sample.extend(islice(rows(text, reading, text.lines(), passed=passed), count + 3))  # keeps the first ones
    except DataError as error:
        if not sample and source.whole:
            raise
        problem = error
    if len(sample) < count + 3 and not source.whole:  # the beginning of the file holds too few rows
        return preview_text(file_source(source.path or ""), given, count)
    layout = layout_of(text, reading, sample, passed)
    width, data = layout.width, [row for row in sample if layout.first is not None and row[0] >= layout.first][:count]
    faults = [no_data(text.name)] if not data else [layout.fault(row, text.name) for row in data]
    problem = next(filter(None, [problem, *faults]), None)
    table = table_of(text.name, careful_columns(iter(data), width), layout, reading)
    table = replace(table, line_of=[number for number, _cells in data].__getitem__, is_text=True)
    return Preview(table, tuple(tuple((row + [""] * width)[:width]) for _, row in data), str(problem or ""))


def layout_of(source: Source, reading: Reading, sample: Sequence[Row], passed: Sequence[Line]) -> TableLayout:
    """The shape of the table in a text, by its first rows; the attributes of an ARFF file name its columns."""
    layout, arff = lay_out(sample, reading, source.name, passed), arff_attributes(source)
    if arff is None or len(arff[1]) < layout.width:
        return layout
    kinds = enumerate(arff[1].values())
    text = frozenset(place for place, kind in kinds if kind not in ("numeric", "real", "integer"))
    return replace(layout, names=unique_names(list(arff[1])), text=text)


def read_cells(cells: Sequence[Sequence[str]], name: str, request: TableRequest) -> Table:
    """The table of rows of cells, each on one line; empty rows are passed over, and short ones filled.

    Of what is given, ``header``, ``skip`` and ``sheet`` count. DataError if it is no table.
    """
    known: dict[str, Any] = {field: value for field, value in known_fields(request.given).items() if field in OF_SHEETS}
    skipped = known.get("skip", 0)
    sample = [(number, row) for number, row in enumerate(cells, 1) if number > skipped and any(row)][:SAMPLE_ROWS]
    row, width = max(((number, filled(row)) for number, row in sample), key=itemgetter(1), default=(0, 0))
    given, size = sum(len(row) - row.count("") for _, row in sample), width * len(sample)
    if given < (1 - MOST_EMPTY) * size and size > SPARSE_CELLS:
        raise far_cell(name, row, width)
    lines = ("\t".join([*row, *[""] * (width - len(row))][: max(width, filled(row))]) for row in cells)
    data = "\n".join(lines).replace("\0", "").encode("utf-8", "replace")
    source = Source(name, data, unit="row", encoding="utf-8")
    table = read_text_source(source, replace(request, given={**CELLS, **known}))
    return replace(table, reading=Reading(**{field: getattr(table.reading, field) for field in OF_SHEETS}))


def far_cell(name: str, row: int, width: int) -> DataError:
    """The error for a sheet that is nearly empty up to its last column."""
    text = _(
        "{name}, row {row}: it reaches to column {width:,}, but nearly all cells up to there are empty; "
        "remove what stands far from the table."
    )
    return DataError(text, name=name, row=row, width=width)


# --- doubts


def title_doubt(source: Source, reading: Reading) -> Iterator[Doubt]:
    """What to say of lines above the table that are passed over."""
    if reading.skip and source.unit == "line" and arff_attributes(source) is None:
        number, line = sample_lines(source, 0)[0]
        one = _("Above the table, line {number} is passed over, beginning with {line}.")
        more = _("Above the table, lines {number} to {skip} are passed over, beginning with {line}.")
        text = one if number == reading.skip else more
        yield Doubt(text.format(number=number, skip=reading.skip, line=quoted(line)), False, "skip")


def comment_doubt(source: Source, reading: Reading, start: int) -> Iterator[Doubt]:
    """What to say of lines in the midst of the table that are passed over as comments."""
    if not any(marked_lines(source, reading, start)):
        return
    passed: list[Line] = []
    for _row in rows(source, reading, source.lines(), start, passed):
        pass
    if passed := [line for line in passed if line[0] >= start]:
        said = ngettext(
            "{n:,} line that begins with {mark} in the table is passed over as a comment: line {number}, {line}.",
            "{n:,} lines that begin with {mark} in the table are passed over as comments, e.g. line {number}: {line}.",
            len(passed),
        )
        number, line = passed[0]
        values = {"n": len(passed), "mark": reading.comment, "number": number, "line": quoted(line)}
        yield Doubt(worded(said, **values), settled_by="comment")
