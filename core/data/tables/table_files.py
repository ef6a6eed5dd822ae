"""Opening a file, or its first rows, as a table. What kind of file it is, its contents tell, not its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables import library_formats, sheets
from core.data.tables.reading import Given
from core.data.tables.source import ENDINGS as TEXT_ENDINGS
from core.data.tables.source import Source, file_source
from core.data.tables.table import Preview, Table, TableRequest, cell_text
from core.data.tables.text_table import preview_text, read_text_source

Fits = Callable[[Source], bool]
Reads = Callable[[Source, TableRequest], Table]
FORMATS: tuple[tuple[Fits, Reads, tuple[str, ...]], ...] = (
    (library_formats.is_arrays, library_formats.read_arrays, (".npy", ".npz")),
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
    text_columns: Collection[str | int] = (),
    progress: Progress | None = None,
) -> Table:
    """Read a file as a table: text, also packed; a workbook; Parquet, Feather, JSON, ARFF, LIBSVM, ``.npy``, ``.npz``.

    Nothing in it is run. ``path`` may be the text of the clipboard; for the other arguments see :class:`TableRequest`.
    DataError if it cannot be read as a table.
    """
    source, request = source_of(path, progress=progress), TableRequest(given, text_columns, progress)
    read = reader_of(source, given)
    if read is None:
        return read_text_source(source, request)
    tell(progress, 0.0)
    table = read(source, request)
    tell(progress, 1.0)
    return table


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
    return Preview(table, tuple(zip(*(map(cell_text, column.cells()) for column in table.columns), strict=True)))


def source_of(path: str | Path | bytes, beginning: bool = False, progress: Progress | None = None) -> Source:
    """The bytes of a file, see :func:`file_source`, or those of the clipboard."""
    return Source(_("The clipboard"), path) if isinstance(path, bytes) else file_source(path, beginning, progress)


def reader_of(source: Source, given: Given) -> Reads | None:
    """What reads a file that is no CSV; None for CSV, and for what may be LIBSVM but is given to be read as CSV."""
    return next((read for fits, read, _ in (FORMATS[:-1] if given else FORMATS) if fits(source)), None)
