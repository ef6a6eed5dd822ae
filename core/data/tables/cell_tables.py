"""Tables from rows of cells that are split already, such as those of a sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from core.base.errors import DataError
from core.base.translation import _
from core.data.tables.layout import SAMPLE_ROWS, Row, filled, find_layout, lay_out
from core.data.tables.table import Table
from core.data.tables.text.sniffing import Given, check_fields
from core.data.tables.text.text_columns import careful_columns
from core.data.tables.text.text_format import Reading
from core.data.tables.text.text_tables import table_of

SPARSE_CELLS, MOST_EMPTY = 20_000, 0.95
"""More cells than these, of which a larger share is empty, are no table: one cell stands far from the others."""


def read_cells(
    cells: Sequence[Row], name: str, given: Given = None, text_columns: Collection[str] = (), limit: int | None = None
) -> Table:
    """The table of rows of cells; empty rows are passed over, and a row may be shorter than the others.

    Args:
        cells: the rows, each with its number from 1.
        name: what messages call the file.
        given: a Reading, or fields of one; only ``header`` and ``skip`` count.
        text_columns: names of columns that are text even if they hold numbers.
        limit: read only so many of the first rows of data.

    Raises:
        DataError: it is no table.
    """
    known = known_fields(given)
    full = [(number, row) for number, row in cells if any(row) and number > int(str(known.get("skip", 0)))]
    sample = full[:SAMPLE_ROWS]
    width = max((filled(row) for _, row in sample), default=0)
    if (
        sum(map(bool, (c for _, row in sample for c in row)))
        < (1 - MOST_EMPTY) * len(sample) * width
        > SPARSE_CELLS * (1 - MOST_EMPTY)
    ):
        raise far_cell(name, max(sample, key=lambda row: filled(row[1]))[0], width)
    reading = find_layout(padded(sample), Reading(**known), list(known))  # type: ignore[arg-type]
    sample = padded([row for row in sample if row[0] > reading.skip])
    layout = lay_out(sample, reading, name)
    if layout.first is None:
        raise DataError(
            _("{name} has a header but no data; add rows, or read its first row as data.").format(name=name)
        )
    data = [row for row in full if row[0] >= layout.first][:limit]

    def check(row: Row) -> None:
        if len(row[1]) > layout.width and (fault := layout.misfit(row[1], row[0], "row")):
            raise DataError(_("{name}, row {row}: {fault}").format(name=name, row=row[0], fault=fault))

    table = table_of(name, careful_columns(iter(data), layout.width, check), layout, reading, text_columns)
    numbers = [number for number, _ in data]
    return replace(table, line_of=numbers.__getitem__, unit="row")


def padded(rows: Sequence[Row]) -> list[Row]:
    """The rows with empty cells behind them, all as long as the longest of them that is filled."""
    width = max((max((p for p, cell in enumerate(row, 1) if cell), default=0) for _, row in rows), default=0)
    return [(number, (row + [""] * width)[:width]) for number, row in rows]


def known_fields(given: Given) -> Mapping[str, object]:
    """The fields of a Reading that count for rows of cells, as far as they are given."""
    values = vars(given) if isinstance(given, Reading) else check_fields(given or {})
    return {field: values[field] for field in ("header", "skip", "sheet") if field in values}


def far_cell(name: str, row: int, width: int) -> DataError:
    """The error for a sheet that is nearly empty up to its last column."""
    return DataError(
        _(
            "{name}, row {row}: it reaches to column {width:,}, but nearly all cells up to there are empty; "
            "remove what stands far from the table."
        ).format(name=name, row=row, width=width)
    )
