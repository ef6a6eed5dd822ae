"""Tables in Excel workbooks (``.xlsx``), read by openpyxl where it is installed."""

from __future__ import annotations

import sys
import warnings
import zipfile
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from core.base.errors import Cancelled, DataError
from core.base.progress import Progress, tell
from core.data.tables.array_tables import check_packing, zip_members
from core.data.tables.split_rows import known_fields, read_cells
from core.data.tables.table import Table
from core.data.tables.text.sniffing import Given
from core.data.tables.text.survey import SAMPLE_ROWS
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_rows import MAX_COLUMNS, Row, too_many_columns
from core.data.tables.text.text_source import Source

MAX_BYTES = 1 << 30
MAX_ROWS = 1 << 20
"""The rows of a sheet. openpyxl would count up to any number that a damaged row has."""

TOLD_ROWS = 1000
SPARSE_CELLS, MOST_EMPTY = 20_000, 0.95
"""More cells than these, of which a larger share is empty, are no table: one cell stands far from the others."""


def is_workbook(source: Source, head: bytes) -> bool:
    """Whether a file is an Excel workbook."""
    return "xl/workbook.xml" in zip_members(source, head)


def read_workbook(
    source: Source,
    given: Given = None,
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
    rows: int | None = None,
) -> Table:
    """The table in the first sheet that is not empty. Formulas count by the value that was saved with them.

    Args:
        source: the file.
        given: ``header`` and ``skip`` count.
        text_columns: names of columns that are text even if they hold numbers.
        progress: told of the part that is read, 0 to 1, now and then; it may start again from 0.
        rows: read only so many of the first rows of data.

    Raises:
        DataError: openpyxl is not installed, or the file is damaged or holds no table.
        Cancelled: ``progress`` says so.
    """
    try:
        import openpyxl
    except ImportError:
        command = f"{sys.executable} -m pip install openpyxl"
        raise DataError(
            f"{source.name} is an Excel workbook; install what reads it with `{command}`, or save the sheet as CSV."
        ) from None
    try:
        check_archive(source)
        with warnings.catch_warnings(), source.opened() as stream:
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            try:
                sheet, skip = first_sheet(book, source.name), Reading(**known_fields(given)).skip
                return read_cells(
                    lambda: close_rows(sheet_rows(sheet, source.name, skip, progress), source.name),
                    source.name,
                    given,
                    text_columns,
                    rows,
                )
            finally:
                book.close()
    except (DataError, Cancelled):
        raise
    except Exception as error:  # noqa: BLE001 (a damaged workbook makes openpyxl raise nearly anything)
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise DataError(f"{source.name} cannot be read as a workbook ({reason}); save the sheet as CSV.") from None


def check_archive(source: Source) -> None:
    """Raise DataError if the workbook would unpack to very much, or take very much to unpack."""
    with source.opened() as stream, zipfile.ZipFile(stream) as archive:
        check_packing(archive, source.name)
        if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
            raise DataError(f"{source.name} unpacks to more than {MAX_BYTES >> 30} GB; save the sheet as CSV.")


def first_sheet(book: Any, name: str) -> Any:  # noqa: ANN401 (openpyxl has no types)
    """The first sheet in which there is a cell."""
    for sheet in book.worksheets:
        if next(sheet_rows(sheet, name), None) is not None:
            return sheet
    raise DataError(f"{name} is empty; it needs rows of numbers.")


def sheet_rows(sheet: Any, name: str, skip: int = 0, progress: Progress | None = None) -> Iterator[Row]:  # noqa: ANN401
    """The rows of a sheet that are not empty, each with its number, from 1, without the empty cells at its end.

    Raises:
        DataError: a row or a cell stands where no table has one.
    """
    total = sheet.max_row or 0
    sheet.reset_dimensions()  # some programs write wrong ones, and openpyxl would stop there
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_ROWS:
            raise DataError(f"{name} has a row {number:,}, which no sheet has; it is damaged, so save it anew.")
        if number % TOLD_ROWS == 0:
            tell(progress, min(1.0, number / max(total, number)))
        if number <= skip or not values:
            continue
        cells = [cell_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise too_many_columns(name, f"row {number}")
        if cells:
            yield number, cells


def close_rows(rows: Iterator[Row], name: str) -> Iterator[Row]:
    """The same rows. DataError if a cell in the first of them makes a table of next to nothing but empty cells."""
    widest, far, filled = 0, 0, 0
    for count, (number, cells) in enumerate(rows, 1):
        if count <= SAMPLE_ROWS:  # by these the width is told, which later ones must not exceed
            if len(cells) > widest:
                widest, far = len(cells), number
            filled += sum(map(bool, cells))
            if filled < (1 - MOST_EMPTY) * count * widest and count * widest > SPARSE_CELLS:
                raise DataError(
                    f"{name}, row {far}: it reaches to column {widest:,}, but nearly all cells up to there are empty; "
                    "remove what stands far from the table."
                )
        yield number, cells


def cell_text(value: object) -> str:
    """A cell's value as text; whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return " ".join(str(value).split())
