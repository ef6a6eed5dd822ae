"""Opening a file, or its first rows, as a table. What kind of file it is, its contents tell, not its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from core.base.errors import DataError
from core.base.number_text import worded
from core.base.progress import Progress
from core.base.translation import _, ngettext
from core.data.tables import array_tables, library_formats, sheets
from core.data.tables.columns import table_of
from core.data.tables.layout import SAMPLE_ROWS, Row, TableLayout, lay_out, unique_names
from core.data.tables.table import (
    Doubt,
    Preview,
    Table,
    TableRequest,
    cell_text,
    no_data,
    open_doubts,
    too_large,
)
from core.data.tables.text.sniffing import arff_attributes, comments_of, sample_lines, sniff
from core.data.tables.text.text_format import Given, Reading, quoted
from core.data.tables.text.text_rows import careful_columns, line_finder, marked_lines, regular_columns, rows
from core.data.tables.text.text_source import ENDINGS as TEXT_ENDINGS
from core.data.tables.text.text_source import Line, Source, encoding_doubt, file_source

Fits = Callable[[Source], bool]
Reads = Callable[[Source, TableRequest], Table]
FORMATS: tuple[tuple[Fits, Reads, tuple[str, ...]], ...] = (
    (array_tables.is_arrays, array_tables.read_arrays, (".npy", ".npz")),
    (library_formats.is_arrow, library_formats.read_arrow, (".parquet", ".feather", ".arrow")),
    (sheets.is_workbook, sheets.read_workbook, (".xlsx", ".xls", ".ods")),
    (library_formats.is_json, library_formats.read_json, (".json", ".jsonl", ".ndjson")),
    (library_formats.is_libsvm, library_formats.read_libsvm, (".libsvm", ".svm")),
)
"""What is no CSV: whether a file is of that kind, how it is read, and how its names end."""
ENDINGS = tuple(dict.fromkeys((*TEXT_ENDINGS, *(end for *_, ends in FORMATS for end in ends), ".gz", ".zip")))
"""Of the names of tables, for a dialog that looks for them; whatever its name, a file is what it holds."""


def open_table(
    path: str | Path | bytes,
    given: Given = None,
    *,
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> Table:
    """Read a file as a table: text, also packed; a workbook; Parquet, Feather, JSON, ARFF, LIBSVM, ``.npy``, ``.npz``.

    Nothing in it is run. ``path`` may be the text of the clipboard; for the other arguments see :class:`TableRequest`.
    DataError if it cannot be read as a table.
    """
    source, request = source_of(path, progress=progress), TableRequest(given, text_columns, progress)
    return (reader_of(source, given) or read_text_source)(source, request)


def source_of(path: str | Path | bytes, beginning: bool = False, progress: Progress | None = None) -> Source:
    """The bytes of a file, see :func:`file_source`, or those of the clipboard."""
    return Source(_("The clipboard"), path) if isinstance(path, bytes) else file_source(path, beginning, progress)


def reader_of(source: Source, given: Given) -> Reads | None:
    """What reads a file that is no CSV; None for CSV, and for what may be LIBSVM but is given to be read as CSV."""
    return next((read for fits, read, _ in (FORMATS[:-1] if given else FORMATS) if fits(source)), None)


# --- the first rows


def preview(path: str | Path | bytes, given: Given = None, rows: int = 100) -> Preview:
    """The first rows of a file, or of the clipboard, by what is given and what is found at the beginning of the file.

    DataError if nothing can be shown: it cannot be read, is no text or is empty.
    """
    source = source_of(path, beginning=True)
    if reader_of(source, given) and not source.whole:
        source = source_of(path)
    read = reader_of(source, given)
    if read is None:
        return preview_text(source, given, rows)
    table = read(source, TableRequest(given, rows=rows))
    cells = zip(*(map(cell_text, column.cells()) for column in table.columns), strict=True)
    places = tuple(map(table.place, range(len(table))))
    return Preview(table.name, None, table.names, table.kinds, tuple(cells), places, table, None)


def preview_text(source: Source, given: Given, count: int) -> Preview:
    """The first rows of a text. Bytes of another encoding become question marks. DataError if there is nothing."""
    reading = sniff(source, given)
    sample: list[Row] = []
    problem = None
    try:
        sample.extend(islice(rows(source, reading, errors="replace"), count + 3))  # keeps what came before an error
    except DataError as error:
        if not sample and source.whole:
            raise
        problem = str(error)
    if len(sample) < count + 3 and not source.whole:  # the beginning of the file holds too few rows
        return preview_text(source_of(source.path or ""), given, count)
    layout = layout_of(source, reading, sample)
    width, data = layout.width, [row for row in sample if layout.first is not None and row[0] >= layout.first][:count]
    try:
        for row in data:
            layout.check(row, source.name)
    except DataError as error:
        problem = problem or str(error)
    if problem is None and not data:
        problem = str(no_data(source.name))
    table = table_of(source.name, careful_columns(iter(data), width), layout, reading)
    cells = tuple(tuple((row + [""] * width)[:width]) for _, row in data)
    places = tuple(_("line {number}").format(number=number) for number, _cells in data)
    shown = None if problem else table
    return Preview(source.name, reading, table.names, table.kinds, cells, places, shown, problem)


# --- text


def read_text_source(source: Source, request: TableRequest) -> Table:
    """Read a text as a table. A column of numbers is one in which nearly all cells are numbers or missing.

    DataError if it cannot be read as a table.
    """
    reading = sniff(source, request.given)
    sample = list(islice(rows(source, reading), SAMPLE_ROWS))
    layout = layout_of(source, reading, sample).with_text(request.text_columns)
    first = layout.first
    if first is None:
        raise no_data(source.name)
    try:
        cells = read_columns(source, reading, layout, request.progress)
        while len(cells) > layout.width and not any(map(str.strip, cells[-1].unique().to_pylist())):
            del cells[-1]
        layout = replace(layout, names=unique_names([*layout.names, *[""] * (len(cells) - layout.width)]))
        table = table_of(source.name, cells, layout, reading)
    except MemoryError:
        raise too_large(source.name) from None
    doubts = (
        *encoding_doubt(source, reading.encoding),
        *title_doubt(source, reading),
        *comment_doubt(source, reading, first),
    )
    doubts = open_doubts((*doubts, *table.doubts), request.given)
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
    source: Source, reading: Reading, layout: TableLayout, progress: Progress | None
) -> list[pa.ChunkedArray]:
    """The cells of the columns of a text. DataError for a row that does not fit."""
    start = layout.first or 1
    found = regular_columns(source, reading, start, layout.raw, progress)
    if found is not None:
        more = range(layout.width - len(found))
        return [*found, *(pa.chunked_array([pa.repeat("", len(found[0]))]) for _ in more)]

    careful = rows(source, reading, progress=progress, start=start)
    return careful_columns(careful, max(layout.width, layout.raw), lambda row: layout.check(row, source.name))


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
    if not any(marked_lines(source, reading, start)):
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
