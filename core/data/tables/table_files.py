"""Opening a file as a table, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.base.progress import Progress
from core.data.tables.array_tables import is_npy, is_npz, read_npy, read_npz
from core.data.tables.table import Table
from core.data.tables.text.sniffing import Given
from core.data.tables.text.text_source import Source, file_source
from core.data.tables.text.text_tables import read_text_source
from core.data.tables.workbooks import is_workbook, read_workbook


def open_table(
    path: str | Path, given: Given = None, *, text_columns: Collection[str] = (), progress: Progress | None = None
) -> Table:
    """Read a file as a table: text, NumPy's ``.npy`` and ``.npz``, or an Excel workbook ``.xlsx``.

    What it is, is told by its contents and not by its name. Nothing in it is run.

    Args:
        path: the file.
        given: for text, how to read it, or what is known of that; the rest is found. For a workbook only ``header``
            counts.
        text_columns: names of columns that are text even if they hold numbers, e.g. labels.
        progress: told of the part that is read, 0 to 1, now and then; it may start again from 0. It cancels by
            returning False or by raising :class:`core.base.errors.Cancelled`.

    Raises:
        DataError: the file cannot be read as a table.
        Cancelled: ``progress`` says so.
    """
    source = file_source(path)
    head = first_bytes(source)
    if is_npy(head):
        return read_npy(source, progress)
    if is_npz(source, head):
        return read_npz(source, progress)
    if is_workbook(source, head):
        return read_workbook(source, given, text_columns, progress)
    return read_text_source(source, given, text_columns=text_columns, progress=progress)


def first_bytes(source: Source) -> bytes:
    """A few bytes that tell the kind of file."""
    with source.opened() as stream:
        return stream.read(8)
