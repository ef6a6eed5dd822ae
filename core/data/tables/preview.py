"""The first rows of a file and what they tell, without reading all of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.base.errors import DataError
from core.base.translation import _
from core.data.tables.layout import Row
from core.data.tables.table import NUMBERS, TEXT, Table
from core.data.tables.table_files import read_other
from core.data.tables.text.sniffing import Given, sniff
from core.data.tables.text.text_columns import careful_columns
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_rows import rows as rows_of
from core.data.tables.text.text_source import Source, bytes_source, file_source
from core.data.tables.text.text_tables import layout_of, table_of

HEAD_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class Preview:
    """The first rows of a table.

    Attributes:
        name: what a title shows.
        reading: how the text is read; None for files that are no text.
        names: the columns' names.
        kinds: ``"numbers"`` or ``"text"`` for each column, by these rows.
        rows: the cells as they are written, as many in each row as there are columns.
        places: where each row stands, e.g. ``line 2``.
        table: these rows as a table, e.g. for :func:`core.data.tables.column_choice.default_choice`; None if there is a
            problem.
        problem: the first thing that is wrong in these rows, as a sentence; None if nothing is.
    """

    name: str
    reading: Reading | None
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    table: Table | None
    problem: str | None


def preview(source: str | Path | bytes, given: Given = None, rows: int = 100) -> Preview:
    """The first rows of a file, or of a text as bytes.

    Args:
        source: the file's path, or the text.
        given: how to read it, or what is known of that; the rest is found from the beginning of the file.
        rows: how many rows of data.

    Raises:
        DataError: nothing can be shown: the file cannot be read, is no text or is empty.
    """
    origin = bytes_source(source, _("The clipboard")) if isinstance(source, bytes) else file_source(source)
    table = None if isinstance(source, bytes) else read_other(origin, given, (), None, rows)
    if table is None:
        return preview_text(origin, sniff(origin, given, HEAD_BYTES), rows)
    columns = [[shown(cell) for cell in column.cells()] for column in table.columns]
    return Preview(
        name=table.name,
        reading=None,
        names=table.names,
        kinds=tuple(column.kind for column in table.columns),
        rows=tuple(zip(*columns, strict=True)),
        places=tuple(table.place(row) for row in range(len(table))),
        table=table,
        problem=None,
    )


def shown(cell: str | float) -> str:
    """A cell as text: a missing number as an empty one, a whole number without decimals."""
    if isinstance(cell, str):
        return cell
    if cell != cell:
        return ""
    return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)


def preview_text(source: Source, reading: Reading, count: int) -> Preview:
    """The preview of a text by that reading. Bytes of another encoding become question marks."""
    sample: list[Row] = []
    problem = None
    try:
        sample.extend(islice(rows_of(source, reading, errors="replace"), count + 3))  # keeps what came before an error
    except DataError as error:
        if not sample:
            raise
        problem = str(error)
    layout = layout_of(source, reading, sample)
    data = [row for row in sample if layout.first is not None and row[0] >= layout.first][:count]
    for number, cells in data:
        if problem is None and (fault := layout.misfit(cells, number)):
            problem = _("{name}, line {number}: {fault}").format(name=source.name, number=number, fault=fault)
    if problem is None and not data:
        problem = _("{name} has a header but no data; add rows, or read its first row as data.").format(
            name=source.name
        )
    width = layout.width
    cells_of = [(cells + [""] * width)[:width] for _, cells in data]
    columns = careful_columns(iter(data), width, lambda row: None)
    table = table_of(source.name, columns, layout, reading)
    numbers = [number for number, _ in data]
    return Preview(
        name=source.name,
        reading=reading,
        names=layout.names,
        kinds=tuple(TEXT if column.kind == TEXT else NUMBERS for column in table.columns),
        rows=tuple(map(tuple, cells_of)),
        places=tuple(_("line {number}").format(number=number) for number in numbers),
        table=None if problem else table,
        problem=problem,
    )
