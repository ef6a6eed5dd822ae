"""Opening a file as a table, whatever kind of file it is. What it is, is told by its contents and not by its name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.base.progress import Progress
from core.data.tables import library_formats
from core.data.tables.array_tables import read_arrays
from core.data.tables.sheets import is_workbook, read_workbook
from core.data.tables.table import Table
from core.data.tables.text.sniffing import Given
from core.data.tables.text.text_source import ENDINGS as TEXT_ENDINGS
from core.data.tables.text.text_source import Source, file_source, zip_members
from core.data.tables.text.text_tables import read_text_source

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
    source: Source, given: Given, text_columns: Collection[str], progress: Progress | None, rows: int | None = None
) -> Table | None:
    """The table of a file that is no CSV, or its first rows; None for CSV."""
    head = source.head(16)
    arrays = (member.endswith(".npy") for member in zip_members(source, head))
    if head.startswith(b"\x93NUMPY") or any(arrays):
        return read_arrays(source, progress, rows)
    if head.startswith((library_formats.PARQUET, *library_formats.FEATHER)):
        return library_formats.read_arrow(source, text_columns, progress, rows)
    if is_workbook(source):
        return read_workbook(source, given, text_columns, progress, rows)
    if library_formats.is_json(source):
        return library_formats.read_json(source, text_columns, progress, rows)
    return (
        library_formats.read_libsvm(source, progress, rows)
        if given is None and library_formats.is_libsvm(source)
        else None
    )
