"""Tables in JSON, Parquet, Feather and LIBSVM's files."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.array_tables import ADVICE
from core.data.tables.columns import column_of
from core.data.tables.layout import unique_names
from core.data.tables.sheets import read_cells
from core.data.tables.table import MAX_COLUMNS, Column, Table, too_many_columns
from core.data.tables.text.text_format import Reading, quoted
from core.data.tables.text.text_source import Source, check_room, find_encoding, text_blocks

MAX_JSON = 256 << 20
PAIRS = re.compile(r"\s*[-+.\w,]+(?:\s+[0-9]+:[-+.eE0-9]+)+\s*(?:#.*)?")
PARQUET, FEATHER = b"PAR1", (b"ARROW1", b"FEA1")


def read_arrow(source: Source, text_columns: Collection[str], progress: Progress | None, rows: int | None) -> Table:
    """The table in a Parquet or Feather file. DataError if it is damaged or holds no table."""
    tell(progress, 0.0)
    try:
        with source.opened() as stream:
            if source.head(4) == PARQUET:
                import pyarrow.parquet as parquet

                file = parquet.ParquetFile(stream)
                check_room(file.metadata.num_rows * file.metadata.num_columns, source)
                batches = file.iter_batches(rows or 1 << 16)
                found = pa.Table.from_batches(list(islice(batches, 1 if rows else None)), file.schema_arrow)
            else:
                import pyarrow.feather as feather

                found = feather.read_table(stream, memory_map=False).slice(0, rows)
    except (pa.ArrowException, OSError, KeyError, UnicodeError) as error:
        reason = " ".join(str(error).split())[:80]
        raise DataError(_("{name} is damaged ({reason}); save it anew."), name=source.name, reason=reason) from None
    tell(progress, 1.0)
    return table_of_columns(source.name, found.column_names, found.columns, text_columns)


def table_of_columns(
    name: str, names: Sequence[str], cells: Sequence[pa.ChunkedArray], text: Collection[str], typed: bool = True
) -> Table:
    """The table of columns of Arrow's; texts that are numbers stay texts where the file is ``typed``."""
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(name, _("its table"))
    if not names or not len(cells[0]):
        raise DataError(_("{name} is empty; it needs rows of numbers."), name=name)
    columns: list[Column] = []
    for title, column in zip(unique_names(names), cells, strict=True):
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        cast = column.cast(pa.string()).fill_null("") if is_text or title in text else column.cast(kind)
        columns.append(column_of(title, cast, Reading(), title in text or (typed and is_text)))
    return Table(name, tuple(columns))


# --- JSON


def is_json(source: Source) -> bool:
    """Whether a text is JSON: it begins like it, and is called so or ends like it."""
    head = source.head(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"{", b"["):
        return False
    with source.opened() as stream:
        stream.seek(max(0, source.size - 64))
        end = stream.read().rstrip()
    ends = end[-1:] == (b"}" if head[:1] == b"{" else b"]")
    named = re.search(r"\.(?:nd)?json", source.name.casefold()) is not None
    return named or (ends and (b'"' in head or head[1:2] in b"[{ \n0123456789"))


def read_json(source: Source, text_columns: Collection[str], progress: Progress | None, rows: int | None) -> Table:
    """The table in a JSON file: records, one in each line or in a list; lists of cells; or columns by their names.

    Raises:
        DataError: it is no such table.
        Cancelled: ``progress`` says so.
    """
    name = source.name
    if source.size > MAX_JSON:
        text = _("{name} has more than {most} MB of JSON; save it as Parquet or CSV.")
        raise DataError(text, name=name, most=MAX_JSON >> 20)
    tell(progress, 0.0)
    with source.opened() as stream:
        written = stream.read().decode(find_encoding(source), "replace").lstrip("\ufeff")
    try:
        try:
            found = json.loads(written)
        except ValueError:
            found = [json.loads(line) for line in written.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        reason = quoted(str(error), 60)
        raise DataError(_("{name} is no valid JSON ({reason}); save it anew."), name=name, reason=reason) from None
    tell(progress, 0.5)
    found = records_in(found)
    columns = found if isinstance(found, dict) else {}
    if found and isinstance(found, list) and all(isinstance(record, list) for record in found):
        cells = [(number, [json_text(value) for value in record]) for number, record in enumerate(found, 1)]
        return read_cells(cells, name, None, text_columns, rows)
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        found = [flat(record) for record in found]
        columns = {key: [record.get(key) for record in found] for key in dict.fromkeys(k for r in found for k in r)}
    if not columns:
        raise DataError(_("{name} is JSON, but no list of records; {advice}."), name=name, advice=ADVICE)
    columns = {key: list(column.values()) if isinstance(column, dict) else column for key, column in columns.items()}
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or lengths == {-1}:
        raise DataError(_("{name} is JSON, but its columns differ in length; {advice}."), name=name, advice=ADVICE)
    arrays = [json_column(column[:rows]) for column in columns.values()]
    tell(progress, 1.0)
    return table_of_columns(name, list(map(str, columns)), arrays, text_columns, False)


def records_in(found: Any) -> Any:  # noqa: ANN401 (JSON holds anything)
    """The records of what pandas and others wrap them in."""
    if not isinstance(found, dict) or not found:
        return found
    rows, names, values = found.get("data"), found.get("columns"), list(found.values())
    if isinstance(rows, list) and isinstance(names, list) and all(isinstance(row, list) for row in rows):
        return [[str(name) for name in names], *rows]
    if all(isinstance(value, dict) and not all(key.isdigit() for key in value) for value in values):
        return values
    lists = [v for v in values if isinstance(v, list) and v and all(isinstance(record, dict) for record in v)]
    if len(lists) == 1:
        return lists[0]
    return [found] if all(value is None or isinstance(value, (str, int, float)) for value in values) else found


def flat(record: Mapping[str, object]) -> dict[str, object]:
    """The record with the values of records in it beside the others, as properties.name."""
    values: dict[str, object] = {}
    for key, value in record.items():
        values |= {f"{key}.{k}": v for k, v in flat(value).items()} if isinstance(value, dict) else {key: value}
    return values


def json_column(values: list[Any]) -> pa.ChunkedArray:
    """Numbers where all values are numbers, true, false or null; else texts."""
    numeric = all(value is None or isinstance(value, (int, float)) for value in values)
    try:
        if numeric and any(value is not None for value in values):
            return pa.chunked_array([pa.array([None if v is None else float(v) for v in values], pa.float64())])
    except OverflowError:
        pass
    return pa.chunked_array([pa.array([json_text(value) for value in values], pa.string())])


def json_text(value: object) -> str:
    """A value as the text of a cell."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- LIBSVM


def is_libsvm(source: Source) -> bool:
    """Whether a text holds lines such as ``1 3:0.5 7:1``."""
    lines = [line for line in source.head(4096).split(b"\n")[:-1] if line.strip()][:10]
    return len(lines) > 1 and all(PAIRS.fullmatch(line.decode("latin-1").rstrip("\r")) for line in lines)


def read_libsvm(source: Source, progress: Progress | None, rows: int | None) -> Table:
    """The table of a LIBSVM file: the label, then a column for each index. DataError if it is none."""
    labels: list[str] = []
    places: list[tuple[int, int, float]] = []
    for first, text in text_blocks(source, "utf-8", progress, "replace"):
        for number, line in enumerate(text.split("\n"), first):
            words = line.partition("#")[0].split()
            if not words or (rows is not None and len(labels) >= rows):
                continue
            try:
                pairs = [word.split(":") for word in words[1:]]
                places += [(len(labels), int(index), float(value)) for index, value in pairs]
            except ValueError:
                said = _("{name}, line {number}: not every word behind the label is like 3:0.5.")
                raise DataError(said, name=source.name, number=number) from None
            labels.append(words[0])
    width = max((index for _, index, _ in places), default=0) + 1
    if width > MAX_COLUMNS:
        raise too_many_columns(source.name, _("its rows"))
    check_room(len(labels) * width, source)
    dense = np.zeros((len(labels), width))
    for row, index, value in places:
        dense[row, index] = value
    start = 0 if any(index == 0 for _, index, _ in places) else 1
    label = column_of("label", pa.chunked_array([pa.array(labels, pa.string())]), Reading())
    return Table(source.name, (label, *(Column(f"x{place}", dense[:, place].copy()) for place in range(start, width))))
