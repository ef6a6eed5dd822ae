"""Tables in workbooks (``.xlsx``, ``.xls``, ``.ods``), read by calamine."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.base.errors import DataError
from core.base.progress import tell
from core.base.translation import _
from core.data.tables.reading import Reading, known_fields
from core.data.tables.source import ARCHIVE_FAULTS, ROOM_FOR_NUMBERS, Source, check_packing
from core.data.tables.table import (
    MAX_COLUMNS,
    NUMBERS,
    Doubt,
    Table,
    TableRequest,
    cell_text,
    listed,
    open_doubts,
    too_many_columns,
)
from core.data.tables.text_table import MOST_EMPTY, far_cell, read_cells

MAX_UNPACKED, MOST_CELLS = 1 << 30, 60
"""Bytes of a workbook's members; cells of a sheet, for each byte of the file."""
MAX_RECTANGLE, MAX_ROWS = 200_000, 1 << 20
"""Cells of a sheet, most of them empty, for which memory may be set aside; rows that a sheet can have."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(source: Source) -> bool:
    """Whether a file is a workbook."""
    members = source.members()
    packed = "xl/workbook.xml" in members or ("content.xml" in members and "mimetype" in members)
    return packed or source.data.startswith(OLD_OFFICE)


def read_workbook(source: Source, request: TableRequest) -> Table:
    """The table in a sheet of a workbook: that of the given name or number, or the first visible one of numbers.

    Of what is given, ``header``, ``skip`` and ``sheet`` count. Formulas count by the value that was saved with them.
    """
    check_workbook(source)
    try:
        import python_calamine as calamine
    except ImportError:
        text = _("{name} is a workbook; install what reads it with `{python} -m pip install python-calamine`.")
        raise DataError(text, name=source.name, python=sys.executable) from None
    try:
        book: Any = calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        names: list[str] = list(book.sheet_names)
        visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
    except Exception as error:  # noqa: BLE001 (a damaged workbook makes calamine raise nearly anything)
        raise unreadable_workbook(source, error) from None
    order = visible or names
    if wanted := str(known_fields(request.given).get("sheet", "")):
        by_name = dict(zip(map(str, range(1, len(names) + 1)), names, strict=True)) | {name: name for name in names}
        if wanted not in by_name:
            text = _("{name} has no sheet {wanted!r}; choose from {names}.")
            raise DataError(text, name=source.name, wanted=wanted, names=listed(names))
        order = [by_name[wanted]]
    first: Table | None = None
    for name in order:
        tell(request.progress, 0.5)
        try:
            table = replace(read_sheet(book, name, source, request), sheets=tuple(names))
        except DataError:
            if name == order[-1] and first is None:
                raise
            continue
        if table.kinds.count(NUMBERS) >= 2:
            return table
        first = first or table
    if first is None:
        raise unreadable_workbook(source, ValueError(_("it has no sheet")))
    return first


def read_sheet(book: Any, name: str, source: Source, request: TableRequest) -> Table:  # noqa: ANN401 (calamine has no types)
    """The table of a sheet; DataError if it has none."""
    try:
        sheet = book.get_sheet_by_name(name)
        values = sheet.to_python(skip_empty_area=False) if sheet.end else []
        merged = list(sheet.merged_cell_ranges or []) if hasattr(sheet, "merged_cell_ranges") else []
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 (calamine panics)
        raise unreadable_workbook(source, error) from None
    others = listed(other for other in book.sheet_names if other != name)
    title = _("{name}, sheet {sheet}").format(name=source.name, sheet=name) if others else source.name
    doubts: list[Doubt] = []
    if others:
        text = _("Sheet {name!r} is read; the workbook has {others}, too.").format(name=name, others=others)
        doubts.append(Doubt(text, False, "sheet"))
    if carried := carry_down(values, merged):
        doubts.append(Doubt(_("Merged cells ({carried}) count for each of their rows.").format(carried=carried), False))
    try:
        table = read_cells([list(map(cell_text, row)) for row in values], title, request)
    except DataError as error:
        hint = _(" Other sheets: {others}.").format(others=others) if others else ""
        raise DataError(f"{error}{hint}") from None
    reading = replace(table.reading or Reading(), sheet=name if others else "")
    return replace(
        table, name=source.name, reading=reading, doubts=open_doubts((*doubts, *table.doubts), request.given)
    )


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
    text = _("{name} cannot be read as a workbook ({reason}); save the sheet as CSV.")
    return DataError(text, name=source.name, reason="".join(filter(str.isprintable, reason)))


def check_workbook(source: Source) -> None:
    """Raise DataError if a workbook would unpack to very much, or has a cell far from the others."""
    if source.data.startswith(OLD_OFFICE):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            check_packing(archive, source)
            infos, most = archive.infolist(), ROOM_FOR_NUMBERS + MOST_CELLS * len(source.data)
            if sum(info.file_size for info in infos) > min(MAX_UNPACKED, most):
                raise DataError(_("{name} unpacks to far more than its size; save the sheet as CSV."), name=source.name)
            for info in infos:
                if re.fullmatch(r"xl/worksheets/[^/]*\.xml", info.filename) or info.filename == "content.xml":
                    check_extent(archive.read(info), source.name)
    except ARCHIVE_FAULTS as error:
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
    if height > MAX_ROWS:
        text = _("{name} has a row {row:,}, which no sheet has; it is damaged, so save it anew.")
        raise DataError(text, name=name, row=MAX_ROWS + 1)
    if width > MAX_COLUMNS:
        raise too_many_columns(name, _("row {far}").format(far=far))
    if cells < (1 - MOST_EMPTY) * width * height and width * height > MAX_RECTANGLE:
        raise far_cell(name, far, width)
