"""A table from rows of cells that are split already, such as those of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from core.base.errors import DataError
from core.data.tables.table import ROW, Table
from core.data.tables.text.columns import Builder, misfit
from core.data.tables.text.sniffing import Given, check_fields, skip_titles
from core.data.tables.text.survey import SAMPLE_ROWS, Survey, is_header, survey
from core.data.tables.text.text_format import Reading, number_parser
from core.data.tables.text.text_rows import Block, Row

BLOCK_ROWS = 1000


def read_cells(
    rows: Callable[[], Iterator[Row]],
    name: str,
    given: Given = None,
    text_columns: Collection[str] = (),
    limit: int | None = None,
) -> Table:
    """The table of rows of cells; a row may be shorter than the others.

    Args:
        rows: gives the rows that are not empty, each with its number, from 1, anew at each call.
        name: what messages call the file.
        given: a Reading, or fields of one; only ``header`` and ``skip`` count.
        text_columns: names of columns that are text even if they hold numbers.
        limit: read only so many of the first rows of data.

    Raises:
        DataError: it is no table.
    """
    sample = list(islice(rows(), SAMPLE_ROWS))
    reading = sheet_reading(sample, given)
    sample = [row for row in sample if row[0] > reading.skip]
    widest = max((len(cells) for _, cells in sample), default=0)
    shape = survey([(n, pad(cells, widest)) for n, cells in sample], reading.header, number_parser(reading), name)
    if shape.first is None:
        raise DataError(f"{name} has a header but no data; add rows, or read its first row as data.")
    text = set(shape.text) | {place for place, column in enumerate(shape.names) if column in text_columns}
    while True:
        builder = Builder(shape, reading, text, name, ROW)
        data = (row for row in rows() if row[0] >= (shape.first or 0))
        late = fill(builder, islice(data, limit), shape)
        if not late:
            return builder.table()
        text |= late


def sheet_reading(sample: list[Row], given: Given) -> Reading:
    """Whether the rows have a header, and how many are above the table."""
    if isinstance(given, Reading):
        return Reading(header=given.header, skip=given.skip)
    known = known_fields(given)
    reading = Reading(**known)
    rows = [row for row in sample if row[0] > reading.skip]
    if "skip" not in known:
        reading, rows = skip_titles(rows, reading)
    if "header" not in known and rows:
        data = [cells for _, cells in rows[1:]]
        reading = replace(reading, header=is_header(rows[0][1], data, number_parser(reading)))
    return reading


def known_fields(given: Given) -> dict[str, Any]:
    """The fields of a Reading that count for rows of cells, as far as they are given."""
    if isinstance(given, Reading):
        return {"header": given.header, "skip": given.skip}
    return {field: value for field, value in check_fields(given or {}).items() if field in ("header", "skip")}


def fill(builder: Builder, rows: Iterator[Row], shape: Survey) -> set[int]:
    """Read all rows, unless columns of numbers turn out to be text; these are returned."""
    rows = up_to_misfit(rows, shape)
    while batch := list(islice(rows, BLOCK_ROWS)):
        block = Block([number for number, _ in batch], None, [pad(cells, shape.width) for _, cells in batch])
        builder.add(block, builder.careful(block), 0.0)
        if late := builder.mostly_text():
            return late
    return set()


def up_to_misfit(rows: Iterator[Row], shape: Survey) -> Iterator[Row]:
    """The rows up to the first one with too many cells, for which the builder refuses all: the next may be as wide."""
    for number, cells in rows:
        yield number, cells
        if len(cells) > shape.width and misfit(cells, number, shape):
            return


def pad(cells: list[str], width: int) -> list[str]:
    """The cells with empty ones behind them."""
    return cells + [""] * (width - len(cells))
