"""Tables in workbooks (``.xlsx``, ``.xls``, ``.ods``), read by calamine, and from other rows of cells."""

from __future__ import annotations

import io
import re
import sys
import warnings
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.array_tables import ROOM_FOR_NUMBERS, check_packing
from core.data.tables.cell_tables import MOST_EMPTY, far_cell, known_fields, read_cells
from core.data.tables.table import MAX_COLUMNS, Doubt, Table, listed, open_doubts, too_many_columns
from core.data.tables.text.sniffing import Given
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_source import Source, zip_members

MAX_UNPACKED, MOST_CELLS = 1 << 30, 60
"""Bytes of a workbook's members; cells of a sheet, for each byte of the file."""
MAX_RECTANGLE = 200_000
"""Cells of a sheet, most of them empty, for which memory may be set aside."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(source: Source) -> bool:
    """Whether a file is a workbook."""
    head = source.head(8)
    members = zip_members(source, head)
    return head == OLD_OFFICE or "xl/workbook.xml" in members or ("content.xml" in members and "mimetype" in members)


def read_workbook(
    source: Source,
    given: Given = None,
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
    rows: int | None = None,
) -> Table:
    """The table in a sheet of a workbook: that of the given name or number, or the first visible one of numbers.

    Formulas count by the value that was saved with them.

    Args:
        source: the file.
        given: ``header``, ``skip`` and ``sheet`` count.
        text_columns: names of columns that are text even if they hold numbers.
        progress: told before and after reading.
        rows: read only so many of the first rows of data.

    Raises:
        DataError: the file is damaged or holds no table.
        Cancelled: ``progress`` says so.
    """
    check_workbook(source)
    tell(progress, 0.0)
    with source.opened() as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import python_calamine as calamine
        except ImportError:
            command = _("{executable} -m pip install python-calamine").format(executable=sys.executable)
            raise DataError(
                _("{name} is a workbook; install what reads it with `{command}`, or save the sheet as CSV.").format(
                    name=source.name, command=command
                )
            ) from None
        try:
            book: Any = calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
            names: list[str] = list(book.sheet_names)
            visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
        except Exception as error:  # noqa: BLE001 (a damaged workbook makes calamine raise nearly anything)
            raise unreadable_workbook(source, error) from None
    wanted = str(known_fields(given).get("sheet", ""))
    if wanted and wanted not in names and not (wanted.isdigit() and 1 <= int(wanted) <= len(names)):
        raise DataError(
            _("{name} has no sheet {wanted!r}; choose from {names}.").format(
                name=source.name, wanted=wanted, names=listed(names)
            )
        )
    order = [wanted if wanted in names else names[int(wanted) - 1]] if wanted else visible or names
    found: list[Table] = []
    for name in order:
        tell(progress, 0.5)
        table = read_sheet(book, name, source, given, text_columns, rows, last=name == order[-1] and not found)
        if table is not None:
            found.append(table)
            if sum(c.texts is None for c in table.columns) >= 2 or (len(table.columns) >= 3 and wanted):
                break
    tell(progress, 1.0)
    table = next((t for t in found if sum(c.texts is None for c in t.columns) >= 2), found[0])
    return replace(table, sheets=tuple(names))


def read_sheet(
    book: Any,  # noqa: ANN401 (calamine has no types)
    name: str,
    source: Source,
    given: Given,
    text_columns: Collection[str],
    rows: int | None,
    last: bool,
) -> Table | None:
    """The table of a sheet; None if it has none, unless it is the last to be tried: then DataError."""
    try:
        sheet = book.get_sheet_by_name(name)
        values = sheet.to_python(skip_empty_area=False) if sheet.end else []
        merged = list(sheet.merged_cell_ranges or []) if hasattr(sheet, "merged_cell_ranges") else []
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise unreadable_workbook(source, error) from None
    others = [other for other in book.sheet_names if other != name]
    title = _("{name}, sheet {sheet}").format(name=source.name, sheet=name) if others else source.name
    doubts = (
        [
            Doubt(
                _("Sheet {name!r} is read; the workbook has {others}, too (--sheet).").format(
                    name=name, others=listed(others)
                ),
                False,
                "sheet",
            )
        ]
        if others
        else []
    )
    carried = carry_down(values, merged)
    if carried:
        doubts.append(Doubt(_("Merged cells ({carried}) count for each of their rows.").format(carried=carried), False))
    cells = [(number, [cell_text(value) for value in row]) for number, row in enumerate(values, 1)]
    try:
        table = read_cells(cells, title, given, text_columns, rows)
    except DataError as error:
        if not last:
            return None
        hint = _(" Other sheets: {others}.").format(others=listed(others)) if others else ""
        raise DataError(f"{error}{hint}") from None
    reading = replace(table.reading or Reading(), sheet=name if others else "")
    return replace(table, name=source.name, reading=reading, doubts=open_doubts((*doubts, *table.doubts), given))


def carry_down(values: list[list[Any]], merged: Sequence[Any]) -> int:
    """Give every row of vertically merged cells their value, in place; how many of them there are."""
    count = 0
    for (top, left), (bottom, _right) in merged:
        if bottom > top and top < len(values) and left < len(values[top]) and values[top][left] != "":
            count += 1
            for row in values[top + 1 : bottom + 1]:
                if left < len(row):
                    row[left] = values[top][left]
    return count


def unreadable_workbook(source: Source, error: BaseException) -> DataError:
    """The error for a workbook that calamine cannot read."""
    reason = " ".join(str(error).split())[:80] or type(error).__name__
    reason = "".join(c for c in reason if c.isprintable())
    return DataError(
        _("{name} cannot be read as a workbook ({reason}); save the sheet as CSV.").format(
            name=source.name, reason=reason
        )
    )


def check_workbook(source: Source) -> None:
    """Raise DataError if a workbook would unpack to very much, or has a cell far from the others."""
    if not source.head(4).startswith(b"PK"):
        return
    try:
        with source.opened() as stream, zipfile.ZipFile(stream) as archive:
            check_packing(archive, source.name)
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > min(MAX_UNPACKED, ROOM_FOR_NUMBERS + MOST_CELLS * source.size):
                raise DataError(
                    _("{name} unpacks to far more than its size; save the sheet as CSV.").format(name=source.name)
                )
            for info in infos:
                if re.fullmatch(r"xl/worksheets/[^/]*\.xml", info.filename) or info.filename == "content.xml":
                    with archive.open(info) as member:
                        check_extent(member.read(), source.name)
    except (
        zipfile.BadZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
        zlib.error,
    ) as error:
        raise unreadable_workbook(source, error) from None


def check_extent(xml: bytes, name: str) -> None:
    """Raise DataError if the cells of a sheet stand so far apart that the rectangle around them is nearly empty."""
    width, height, cells, far = 0, 0, 0, 0
    for match in re.finditer(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,7})([0-9]{1,30})\"", xml):
        column = 0
        for letter in match[1]:
            column = 26 * column + letter - 64
        cells += 1
        far = int(match[2]) if column > width else far
        width, height = max(width, column), max(height, int(match[2]))
    for match in re.finditer(rb"<table:table-cell[^>]*(?:office:value|calcext:value)[^>]*>", xml):
        repeated = re.search(rb"number-columns-repeated=\"([0-9]+)\"", match[0])
        width = max(width, int(repeated[1]) if repeated else 1)
    if height > 1 << 20:
        raise DataError(
            _("{name} has a row {row:,}, which no sheet has; it is damaged, so save it anew.").format(
                name=name, row=(1 << 20) + 1
            )
        )
    if width > MAX_COLUMNS:
        raise too_many_columns(name, _("row {far}").format(far=far))
    if cells < (1 - MOST_EMPTY) * width * height and width * height > MAX_RECTANGLE:
        raise far_cell(name, far, width)


def cell_text(value: object) -> str:
    """A cell's value as text; whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return " ".join(str(value).split())
