"""Tables in workbooks (``.xlsx``, ``.xls``, ``.ods``), read by calamine, and from other rows of cells."""

from __future__ import annotations

import io
import re
import sys
import warnings
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.layout import SAMPLE_ROWS, Row, filled, find_layout, lay_out
from core.data.tables.table import MAX_COLUMNS, Doubt, Table, listed, no_data, open_doubts, too_many_columns
from core.data.tables.text.text_format import Given, Reading, known_fields
from core.data.tables.text.text_rows import careful_columns
from core.data.tables.text.text_source import ARCHIVE_FAULTS, ROOM_FOR_NUMBERS, Source, check_packing
from core.data.tables.text.text_tables import table_of

MAX_UNPACKED, MOST_CELLS = 1 << 30, 60
"""Bytes of a workbook's members; cells of a sheet, for each byte of the file."""
MAX_RECTANGLE, MAX_ROWS = 200_000, 1 << 20
"""Cells of a sheet, most of them empty, for which memory may be set aside; rows that a sheet can have."""
SPARSE_CELLS, MOST_EMPTY = 20_000, 0.95
"""More cells than these, of which a larger share is empty, are no table: one cell stands far from the others."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(source: Source, members: Sequence[str]) -> bool:
    """Whether a file, which may be an archive of these members, is a workbook."""
    packed = "xl/workbook.xml" in members or ("content.xml" in members and "mimetype" in members)
    return packed or source.head(8) == OLD_OFFICE


def read_workbook(
    source: Source, given: Given, text_columns: Collection[str], progress: Progress | None, rows: int | None
) -> Table:
    """The table in a sheet of a workbook: that of the given name or number, or the first visible one of numbers.

    Formulas count by the value that was saved with them. DataError if the file is damaged or holds no table.

    Args:
        source: the file.
        given: ``header``, ``skip`` and ``sheet`` count.
        text_columns: names of columns that are text even if they hold numbers.
        progress: told before and after reading.
        rows: read only so many of the first rows of data.
    """
    check_workbook(source)
    tell(progress, 0.0)
    with source.opened() as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import python_calamine as calamine
        except ImportError:
            text = _("{name} is a workbook; install what reads it with `{python} -m pip install python-calamine`.")
            raise DataError(text, name=source.name, python=sys.executable) from None
        try:
            book: Any = calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
            names: list[str] = list(book.sheet_names)
            visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
        except Exception as error:  # noqa: BLE001 (a damaged workbook makes calamine raise nearly anything)
            raise unreadable_workbook(source, error) from None
    order = visible or names
    if wanted := str(known_fields(given).get("sheet", "")):
        by_number = dict(zip(map(str, range(1, len(names) + 1)), names, strict=True))
        if wanted not in (*names, *by_number):
            text = _("{name} has no sheet {wanted!r}; choose from {names}.")
            raise DataError(text, name=source.name, wanted=wanted, names=listed(names))
        order = [wanted if wanted in names else by_number[wanted]]
    found: list[Table] = []
    for name in order:
        tell(progress, 0.5)
        try:
            found.append(read_sheet(book, name, source, given, text_columns, rows))
        except DataError:
            if name == order[-1] and not found:
                raise
        else:
            if has_numbers(found[-1]):
                break
    tell(progress, 1.0)
    return replace(next(filter(has_numbers, found), found[0]), sheets=tuple(names))


def has_numbers(table: Table) -> bool:
    """Whether a table has two columns of numbers."""
    return sum(column.texts is None for column in table.columns) >= 2


def read_sheet(
    book: Any,  # noqa: ANN401 (calamine has no types)
    name: str,
    source: Source,
    given: Given,
    text_columns: Collection[str],
    rows: int | None,
) -> Table:
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
        text = _("Sheet {name!r} is read; the workbook has {others}, too (--sheet).").format(name=name, others=others)
        doubts.append(Doubt(text, False, "sheet"))
    if carried := carry_down(values, merged):
        doubts.append(Doubt(_("Merged cells ({carried}) count for each of their rows.").format(carried=carried), False))
    cells = [(number, [cell_text(value) for value in row]) for number, row in enumerate(values, 1)]
    try:
        table = read_cells(cells, title, given, text_columns, rows)
    except DataError as error:
        hint = _(" Other sheets: {others}.").format(others=others) if others else ""
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


def cell_text(value: object) -> str:
    """A cell's value as text; whole numbers without decimals."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else " ".join(str(value).split())


def unreadable_workbook(source: Source, error: BaseException) -> DataError:
    """The error for a workbook that calamine cannot read."""
    reason = " ".join(str(error).split())[:80] or type(error).__name__
    text = _("{name} cannot be read as a workbook ({reason}); save the sheet as CSV.")
    return DataError(text, name=source.name, reason="".join(filter(str.isprintable, reason)))


def check_workbook(source: Source) -> None:
    """Raise DataError if a workbook would unpack to very much, or has a cell far from the others."""
    if not source.head(4).startswith(b"PK"):
        return
    try:
        with source.opened() as stream, zipfile.ZipFile(stream) as archive:
            check_packing(archive, source.name)
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > min(MAX_UNPACKED, ROOM_FOR_NUMBERS + MOST_CELLS * source.size):
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


def far_cell(name: str, row: int, width: int) -> DataError:
    """The error for a sheet that is nearly empty up to its last column."""
    text = _(
        "{name}, row {row}: it reaches to column {width:,}, but nearly all cells up to there are empty; "
        "remove what stands far from the table."
    )
    return DataError(text, name=name, row=row, width=width)


def read_cells(
    cells: Sequence[Row], name: str, given: Given = None, text_columns: Collection[str] = (), limit: int | None = None
) -> Table:
    """The table of rows of cells; empty rows are passed over, and a row may be shorter than the others.

    Args:
        cells: the rows, each with its number from 1.
        name: what messages call the file.
        given: a Reading, or fields of one; only ``header``, ``skip`` and ``sheet`` count.
        text_columns: names of columns that are text even if they hold numbers.
        limit: read only so many of the first rows of data.

    Raises:
        DataError: it is no table.
    """
    known = {field: value for field, value in known_fields(given).items() if field in ("header", "skip", "sheet")}
    full = [(number, row) for number, row in cells if any(row) and number > known.get("skip", 0)]
    sample = full[:SAMPLE_ROWS]
    width = max((filled(row) for _, row in sample), default=0)
    given_cells, most_empty = sum(bool(cell) for _, row in sample for cell in row), 1 - MOST_EMPTY
    if given_cells < most_empty * len(sample) * width and len(sample) * width > SPARSE_CELLS:
        raise far_cell(name, max(sample, key=lambda row: filled(row[1]))[0], width)
    sample = [(number, (row + [""] * width)[:width]) for number, row in sample]
    reading = find_layout(sample, Reading(**known), known)
    layout = lay_out([row for row in sample if row[0] > reading.skip], reading, name)
    first = layout.first
    if first is None:
        raise no_data(name)
    data = [row for row in full if row[0] >= first][:limit]

    def check(row: Row) -> None:
        if len(row[1]) > layout.width and (fault := layout.misfit(row[1], row[0], "row")):
            raise DataError(_("{name}, row {row}: {fault}"), name=name, row=row[0], fault=fault)

    texts = [place for place, title in enumerate(layout.names) if title in text_columns or place in layout.text]
    table = table_of(name, careful_columns(iter(data), layout.width, check), layout, reading, texts)
    return replace(table, line_of=[number for number, _ in data].__getitem__, unit="row")
