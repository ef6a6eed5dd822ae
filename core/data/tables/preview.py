"""The first rows of a file and what they tell, without reading all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.base.errors import DataError
from core.data.tables.array_tables import is_npy, is_npz, read_npy, read_npz
from core.data.tables.table import NUMBERS, TEXT, Table
from core.data.tables.table_files import first_bytes
from core.data.tables.text.columns import Builder, misfit
from core.data.tables.text.sniffing import Given, sniff
from core.data.tables.text.survey import Survey, survey
from core.data.tables.text.text_format import Reading, number_parser
from core.data.tables.text.text_rows import Block, Row
from core.data.tables.text.text_rows import rows as rows_of
from core.data.tables.text.text_source import Source, bytes_source, file_source
from core.data.tables.workbooks import is_workbook, read_workbook

HEAD_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class Preview:
    """The first rows of a table.

    Attributes:
        name: what a title shows.
        reading: how the text is read; None for files that are no text.
        names: the columns' names.
        kinds: ``"numbers"`` or ``"text"`` for each column, by these rows.
        rows: the cells as they are written, as many in each row as there are columns.
        places: where each row stands, e.g. ``line 2``.
        table: these rows as a table, e.g. for :func:`core.data.tables.column_choice.default_choice`; None if there is a
            problem.
        problem: the first thing that is wrong in these rows, as a sentence; None if nothing is.
    """

    name: str
    reading: Reading | None
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    table: Table | None
    problem: str | None


def preview(source: str | Path | bytes, given: Given = None, rows: int = 100) -> Preview:
    """The first rows of a file, or of a text as bytes.

    Args:
        source: the file's path, or the text.
        given: how to read it, or what is known of that; the rest is found from the beginning of the file.
        rows: how many rows of data.

    Raises:
        DataError: nothing can be shown: the file cannot be read, is no text or is empty.
    """
    origin = bytes_source(source, "The clipboard") if isinstance(source, bytes) else file_source(source)
    if origin.path is not None:
        head = first_bytes(origin)
        if is_npy(head):
            return preview_of(read_npy(origin, rows=rows))
        if is_npz(origin, head):
            return preview_of(read_npz(origin, rows=rows))
        if is_workbook(origin, head):
            return preview_of(read_workbook(origin, given, rows=rows))
    return preview_text(origin, sniff(origin, given, HEAD_BYTES), rows)


def preview_of(table: Table) -> Preview:
    """The preview of a table that holds no more than the rows to be shown."""
    columns = [[shown(cell) for cell in column.cells()] for column in table.columns]
    return Preview(
        name=table.name,
        reading=None,
        names=table.names,
        kinds=tuple(column.kind for column in table.columns),
        rows=tuple(zip(*columns, strict=True)),
        places=tuple(table.place(row) for row in range(len(table))),
        table=table,
        problem=None,
    )


def shown(cell: str | float) -> str:
    """A cell as text: a missing number as an empty one, a whole number without decimals."""
    if isinstance(cell, str):
        return cell
    if cell != cell:
        return ""
    return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)


def preview_text(source: Source, reading: Reading, count: int) -> Preview:
    """The preview of a text by that reading. Bytes of another encoding become question marks."""
    sample, problem = first_rows(source, reading, count + reading.header)
    shape = survey(sample, reading.header, number_parser(reading), source.name)
    data = sample[1:] if reading.header else sample
    for number, cells in data:
        if problem is None and (fault := misfit(cells, number, shape)):
            problem = f"{source.name}, line {number}: {fault}"
    if problem is None and not data:
        problem = f"{source.name} has a header but no data; add rows, or read its first row as data."
    return Preview(
        name=source.name,
        reading=reading,
        names=shape.names,
        kinds=tuple(TEXT if place in shape.text else NUMBERS for place in range(shape.width)),
        rows=tuple(tuple((cells + [""] * shape.width)[: shape.width]) for _, cells in data),
        places=tuple(f"line {number}" for number, _ in data),
        table=None if problem else small_table(data, shape, reading, source.name),
        problem=problem,
    )


def first_rows(source: Source, reading: Reading, count: int) -> tuple[list[Row], str | None]:
    """The first rows, and what is wrong with the one behind them, if that is why there are no more."""
    sample: list[Row] = []
    try:
        sample.extend(islice(rows_of(source, reading, errors="replace"), count))  # keeps what came before an error
    except DataError as error:
        if not sample:
            raise
        return sample, str(error)
    return sample, None


def small_table(data: Sequence[Row], shape: Survey, reading: Reading, name: str) -> Table:
    """The table of rows that all fit."""
    builder = Builder(shape, reading, shape.text, name)
    block = Block([number for number, _ in data], None, [cells for _, cells in data])
    builder.add(block, builder.careful(block), 1.0)
    return builder.table()
