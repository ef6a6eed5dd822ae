"""Opening a file, or its first rows, as a table. What kind of file it is, its contents tell, not its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.base.errors import DataError
from core.base.progress import Progress
from core.base.translation import _
from core.data.tables import library_formats
from core.data.tables.array_tables import read_arrays
from core.data.tables.layout import Row
from core.data.tables.sheets import is_workbook, read_workbook
from core.data.tables.table import Table, no_data
from core.data.tables.text.sniffing import sniff
from core.data.tables.text.text_format import Given, Reading
from core.data.tables.text.text_rows import careful_columns
from core.data.tables.text.text_rows import rows as rows_of
from core.data.tables.text.text_source import ENDINGS as TEXT_ENDINGS
from core.data.tables.text.text_source import Source, bytes_source, file_source
from core.data.tables.text.text_tables import layout_of, read_text_source, table_of

HEAD_BYTES = 1 << 20

OTHER_ENDINGS = (".xlsx", ".xls", ".ods", ".parquet", ".feather", ".arrow", ".libsvm", ".svm", ".npy", ".npz")
ENDINGS = (*TEXT_ENDINGS, *OTHER_ENDINGS, ".gz", ".zip")
"""Of the names of tables, for a dialog that looks for them; whatever its name, a file is what it holds."""


def open_table(
    path: str | Path, given: Given = None, *, text_columns: Collection[str] = (), progress: Progress | None = None
) -> Table:
    """Read a file as a table: text, also packed; a workbook; Parquet, Feather, JSON, ARFF, LIBSVM, ``.npy``, ``.npz``.

    Nothing in it is run.

    Args:
        path: the file.
        given: for text, how to read it, or what is known of that; the rest is found. For a workbook only ``header``,
            ``skip`` and ``sheet`` count.
        text_columns: names of columns that are text even if they hold numbers, e.g. labels.
        progress: told of the part that is read, 0 to 1, now and then; it may start again from 0. It cancels by
            returning False or by raising :class:`core.base.errors.Cancelled`.

    Raises:
        DataError: the file cannot be read as a table.
        Cancelled: ``progress`` says so.
    """
    source = file_source(path)
    table = read_other(source, given, text_columns, progress)
    return table or read_text_source(source, given, text_columns=text_columns, progress=progress)


def read_other(
    source: Source, given: Given, text: Collection[str], progress: Progress | None, rows: int | None = None
) -> Table | None:
    """The table of a file that is no CSV, or its first rows; None for CSV."""
    head, members = source.head(16), source.members()
    if head.startswith(b"\x93NUMPY") or any(member.endswith(".npy") for member in members):
        return read_arrays(source, progress, rows)
    if head.startswith((library_formats.PARQUET, *library_formats.FEATHER)):
        return library_formats.read_arrow(source, text, progress, rows)
    if is_workbook(source, members):
        return read_workbook(source, given, text, progress, rows)
    if library_formats.is_json(source):
        return library_formats.read_json(source, text, progress, rows)
    if given is None and library_formats.is_libsvm(source):
        return library_formats.read_libsvm(source, progress, rows)
    return None


# --- the first rows


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
    cells = zip(*([shown(cell) for cell in column.cells()] for column in table.columns), strict=True)
    places = tuple(table.place(row) for row in range(len(table)))
    return Preview(table.name, None, table.names, kinds_of(table), tuple(cells), places, table, None)


def kinds_of(table: Table) -> tuple[str, ...]:
    """The kinds of the columns."""
    return tuple(column.kind for column in table.columns)


def shown(cell: str | float) -> str:
    """A cell as text: a missing number as an empty one, a whole number without decimals."""
    if isinstance(cell, str) or cell != cell:
        return cell if isinstance(cell, str) else ""
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
    width, data = layout.width, [row for row in sample if layout.first is not None and row[0] >= layout.first][:count]
    faults = ((number, layout.misfit(cells, number)) for number, cells in data)
    for number, fault in faults:
        if problem is None and fault:
            problem = _("{name}, line {number}: {fault}").format(name=source.name, number=number, fault=fault)
    if problem is None and not data:
        problem = str(no_data(source.name))
    table = table_of(source.name, careful_columns(iter(data), width), layout, reading, layout.text)
    cells = tuple(tuple((row + [""] * width)[:width]) for _, row in data)
    places = tuple(_("line {number}").format(number=number) for number, _cells in data)
    kinds = kinds_of(table)
    return Preview(source.name, reading, layout.names, kinds, cells, places, None if problem else table, problem)
