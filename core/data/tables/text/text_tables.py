"""Reading a text as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from core.base.errors import DataError
from core.base.progress import Progress
from core.data.tables.table import Table
from core.data.tables.text.columns import Builder
from core.data.tables.text.sniffing import Given, sniff
from core.data.tables.text.survey import SAMPLE_ROWS, Survey, survey
from core.data.tables.text.text_format import Reading, number_parser
from core.data.tables.text.text_rows import Block, blocks, rows
from core.data.tables.text.text_source import Source, bytes_source


def read_text(
    text: str,
    given: Given = None,
    *,
    name: str = "The clipboard",
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> Table:
    """Read a text, e.g. the clipboard's, as a table; see :func:`read_text_source`."""
    source = bytes_source(text.encode("utf-8", "replace"), name)
    if isinstance(given, Reading):
        known: dict[str, object] = {**vars(given)}
    else:
        known = dict(given or {})
    return read_text_source(source, {**known, "encoding": "utf-8"}, text_columns=text_columns, progress=progress)


def read_text_source(
    source: Source, given: Given = None, *, text_columns: Collection[str] = (), progress: Progress | None = None
) -> Table:
    """Read a text as a table.

    A column in which nearly all cells are numbers or missing is a column of numbers; the others are text. Where that
    turns out late, the text is read again.

    Args:
        source: the text.
        given: how to read it, or what is known of that; the rest is found.
        text_columns: names of columns that are text even if they hold numbers, e.g. labels.
        progress: told of the part that is read, 0 to 1, now and then; it may start again from 0.

    Raises:
        DataError: the text cannot be read as a table.
        Cancelled: ``progress`` says so.
    """
    reading = sniff(source, given)
    try:
        shape = survey_source(source, reading)
        text = set(shape.text) | {place for place, name in enumerate(shape.names) if name in text_columns}
        while True:
            builder = Builder(shape, reading, text, source.name)
            late = fill(builder, source, reading, progress)
            if not late:
                return builder.table()
            text |= late
    except MemoryError:
        raise too_large(source.name) from None


def survey_source(source: Source, reading: Reading) -> Survey:
    """The shape of the table in a text. DataError if it has none."""
    sample = list(islice(rows(source, reading), SAMPLE_ROWS))
    shape = survey(sample, reading.header, number_parser(reading), source.name)
    if shape.first is None:
        raise DataError(f"{source.name} has a header but no data; add rows, or read its first row as data.")
    return shape


def fill(builder: Builder, source: Source, reading: Reading, progress: Progress | None) -> set[int]:
    """Read all rows, unless columns of numbers turn out to be text; these are returned."""
    for block, part in data_blocks(source, reading, progress):
        array = builder.fast(block)
        builder.add(block, builder.careful(block) if array is None else array, part)
        if late := builder.mostly_text():
            return late
    return set()


def data_blocks(source: Source, reading: Reading, progress: Progress | None = None) -> Iterator[tuple[Block, float]]:
    """The blocks of a text without its header, each with the part of the text, 0 to 1, that is read by then."""
    part = 0.0

    def note(fraction: float) -> bool | None:
        nonlocal part
        part = fraction
        return None if progress is None else progress(fraction)

    headers = int(reading.header)
    for whole in blocks(source, reading, note):
        block = whole.behind(headers) if headers else whole
        headers = 0
        if block:
            yield block, part


def too_large(name: str) -> DataError:
    """The error where the memory does not suffice."""
    return DataError(f"{name} is too large for this computer's memory; keep fewer rows or columns.")
