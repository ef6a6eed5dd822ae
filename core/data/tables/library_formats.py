"""Tables in JSON, Parquet, Feather and LIBSVM's files."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from core.base.errors import DataError
from core.base.progress import tell
from core.base.translation import _
from core.data.tables.array_tables import ADVICE
from core.data.tables.columns import column_of
from core.data.tables.layout import unique_names
from core.data.tables.table import MAX_COLUMNS, Column, Table, TableRequest, cell_text, too_many_columns
from core.data.tables.text.text_format import Reading, quoted
from core.data.tables.text.text_source import Source, check_room, find_encoding, numbered_lines
from core.data.tables.text.text_table import read_cells

MAX_JSON = 256 << 20
PAIRS = re.compile(r"\s*[-+.\w,]+(?:\s+[0-9]+:[-+.eE0-9]+)+\s*(?:#.*)?")
PARQUET, FEATHER = b"PAR1", (b"ARROW1", b"FEA1")


def is_arrow(source: Source) -> bool:
    """Whether a file is Parquet or Feather."""
    return source.data.startswith((PARQUET, *FEATHER))


def read_arrow(source: Source, request: TableRequest) -> Table:
    """The table in a Parquet or Feather file. DataError if it is damaged or holds no table."""
    tell(request.progress, 0.0)
    try:
        if source.data.startswith(PARQUET):
            import pyarrow.parquet as parquet

            file = parquet.ParquetFile(pa.BufferReader(source.data))
            check_room(file.metadata.num_rows * file.metadata.num_columns, source)
            batches = file.iter_batches(request.rows or 1 << 16)
            found = pa.Table.from_batches(list(islice(batches, 1 if request.rows else None)), file.schema_arrow)
        else:
            import pyarrow.feather as feather

            found = feather.read_table(pa.BufferReader(source.data), memory_map=False).slice(0, request.rows)
    except (pa.ArrowException, OSError, KeyError, UnicodeError) as error:
        reason = " ".join(str(error).split())[:80]
        raise DataError(_("{name} is damaged ({reason}); save it anew."), name=source.name, reason=reason) from None
    tell(request.progress, 1.0)
    return table_of_columns(source.name, found.column_names, found.columns, request.text_columns)


def table_of_columns(
    name: str, names: Sequence[str], cells: Sequence[pa.ChunkedArray], text: Collection[str | int], typed: bool = True
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
    head = source.data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"{", b"["):
        return False
    ends = not source.whole or source.data[-64:].rstrip()[-1:] == (b"}" if head[:1] == b"{" else b"]")
    named = re.search(r"\.(?:nd)?json", source.name.casefold()) is not None
    return named or (ends and (b'"' in head or head[1:2] in b"[{ \n0123456789"))


def read_json(source: Source, request: TableRequest) -> Table:
    """The table in a JSON file: records, one in each line or in a list; lists of cells; or columns by their names."""
    name = source.name
    if len(source.data) > MAX_JSON:
        text = _("{name} has more than {most} MB of JSON; save it as Parquet or CSV.")
        raise DataError(text, name=name, most=MAX_JSON >> 20)
    tell(request.progress, 0.0)
    written = source.data.decode(find_encoding(source), "replace").lstrip("\ufeff")
    try:
        try:
            found = json.loads(written)
        except ValueError:
            found = [json.loads(line) for line in written.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        reason = quoted(str(error), 60)
        raise DataError(_("{name} is no valid JSON ({reason}); save it anew."), name=name, reason=reason) from None
    tell(request.progress, 0.5)
    found = records_in(found)
    columns = found if isinstance(found, dict) else {}
    if found and isinstance(found, list) and all(isinstance(record, list) for record in found):
        return read_cells([[cell_text(json_text(v)) for v in row] for row in found], name, replace(request, given=None))
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        found = [flat(record) for record in found]
        columns = {key: [record.get(key) for record in found] for key in dict.fromkeys(k for r in found for k in r)}
    if not columns:
        raise DataError(_("{name} is JSON, but no list of records; {advice}."), name=name, advice=ADVICE)
    columns = {key: list(column.values()) if isinstance(column, dict) else column for key, column in columns.items()}
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or lengths == {-1}:
        raise DataError(_("{name} is JSON, but its columns differ in length; {advice}."), name=name, advice=ADVICE)
    arrays = [json_column(column[: request.rows]) for column in columns.values()]
    tell(request.progress, 1.0)
    return table_of_columns(name, list(map(str, columns)), arrays, request.text_columns, False)


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
    """The texts of values; true and false among nothing but numbers are 1 and 0."""
    numeric = all(value is None or isinstance(value, (int, float)) for value in values)
    texts = [json_text(int(value) if numeric and isinstance(value, bool) else value) for value in values]
    return pa.chunked_array([pa.array(texts, pa.string())])


def json_text(value: object) -> str:
    """A value as the text of a cell."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- LIBSVM


def is_libsvm(source: Source) -> bool:
    """Whether a text holds lines such as ``1 3:0.5 7:1``, with places that rise, and more than one in some line."""
    lines = [line.decode("latin-1") for line in source.data[:4096].split(b"\n")[:-1] if line.strip()][:10]
    places = [[int(place) for place in re.findall(r"\s([0-9]+):", line.partition("#")[0])] for line in lines]
    rising = all(a < b for found in places for a, b in itertools.pairwise(found))
    return len(lines) > 1 and all(map(PAIRS.fullmatch, lines)) and rising and max(map(len, places)) > 1


def read_libsvm(source: Source, request: TableRequest) -> Table:
    """The table of a LIBSVM file: the label, then a column for each index. DataError if it is none."""
    labels: list[str] = []
    cells: list[tuple[int, int, float]] = []
    for number, line in numbered_lines(source, "utf-8", "replace", request.progress):
        words = line.partition("#")[0].split()
        if not words or len(labels) == request.rows:
            continue
        try:
            pairs = [word.split(":") for word in words[1:]]
            cells += [(len(labels), int(index), float(value)) for index, value in pairs]
        except ValueError:
            said = _("{name}, line {number}: not every word behind the label is like 3:0.5.")
            raise DataError(said, name=source.name, number=number) from None
        labels.append(words[0])
    indices = {index for _, index, _ in cells}
    width = max(indices, default=0) + 1
    if width > MAX_COLUMNS:
        raise too_many_columns(source.name, _("its rows"))
    check_room(len(labels) * width, source)
    dense = np.zeros((width, len(labels)))
    for row, index, value in cells:
        dense[index, row] = value
    label = column_of("label", pa.chunked_array([pa.array(labels, pa.string())]), Reading())
    places = range(0 if 0 in indices else 1, width)
    return Table(source.name, (label, *(Column(f"x{place}", dense[place].copy()) for place in places)))
