"""Opening a file, or its first rows, as a table. What kind of file it is, its contents tell, not its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from core.base.progress import Progress
from core.base.translation import _
from core.data.tables import array_tables, library_formats, sheets
from core.data.tables.table import Preview, Table, TableRequest, cell_text
from core.data.tables.text.text_format import Given
from core.data.tables.text.text_source import ENDINGS as TEXT_ENDINGS
from core.data.tables.text.text_source import Source, file_source
from core.data.tables.text.text_tables import preview_text, read_text_source

HEAD_BYTES = 1 << 20
"""So much of a text is enough for its first rows."""

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
    source, request = source_of(path), TableRequest(given, text_columns, progress)
    return (reader_of(source, given) or read_text_source)(source, request)


def source_of(path: str | Path | bytes, most: int = -1) -> Source:
    """The bytes of a file, see :func:`file_source`, or those of the clipboard."""
    return Source(_("The clipboard"), path) if isinstance(path, bytes) else file_source(path, most)


def reader_of(source: Source, given: Given) -> Reads | None:
    """What reads a file that is no CSV; None for CSV, and for what may be LIBSVM but is given to be read as CSV."""
    return next((read for fits, read, _ in (FORMATS[:-1] if given else FORMATS) if fits(source)), None)


# --- the first rows


def preview(path: str | Path | bytes, given: Given = None, rows: int = 100) -> Preview:
    """The first rows of a file, or of the clipboard, by what is given and what is found at the beginning of the file.

    DataError if nothing can be shown: it cannot be read, is no text or is empty.
    """
    source = source_of(path, HEAD_BYTES)
    if reader_of(source, given) and not source.whole:
        source = source_of(path)
    read = reader_of(source, given)
    if read is None:
        return preview_text(source, given, rows)
    table = read(source, TableRequest(given, rows=rows))
    cells = zip(*(map(cell_text, column.cells()) for column in table.columns), strict=True)
    places = tuple(map(table.place, range(len(table))))
    return Preview(table.name, None, table.names, table.kinds, tuple(cells), places, table, None)
