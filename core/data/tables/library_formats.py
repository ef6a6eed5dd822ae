"""Tables in files that libraries write: NumPy's arrays, Parquet, Feather, JSON and LIBSVM."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
import warnings
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.base.errors import Cancelled, DataError
from core.base.progress import tell
from core.base.translation import _
from core.data.tables.columns import column_of
from core.data.tables.layout import unique_names
from core.data.tables.reading import Reading, quoted
from core.data.tables.source import Source, check_packing, check_room, decoded
from core.data.tables.table import (
    MAX_COLUMNS,
    Table,
    TableRequest,
    cell_text,
    listed,
    too_large,
    too_many_columns,
)  # fmt: skip
from core.data.tables.text_table import read_cells

ADVICE = _("save one table: a 2-D array of numbers, or columns of equal length")
MAX_JSON = 256 << 20
PAIRS = re.compile(r"\s*[-+.\w,]+(?:\s+[0-9]+:[-+.eE0-9]+)+\s*(?:#.*)?")
PARQUET, FEATHER = b"PAR1", (b"ARROW1", b"FEA1")


def table_of_columns(
    name: str, names: Sequence[str], cells: Iterable[pa.ChunkedArray], text: Collection[str | int], typed: bool = True
) -> Table:
    """The table of columns of Arrow's; texts that are numbers stay texts where the file is ``typed``."""
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(name, _("its table"))
    columns = []
    for title, column in zip(unique_names(names), cells, strict=True):
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        cast = column.cast(pa.string()).fill_null("") if is_text or title in text else column.cast(kind)
        columns.append(column_of(title, cast, Reading(), title in text or (typed and is_text)))
    if not columns or not len(columns[0].stored):
        raise DataError(_("{name} is empty; it needs rows of numbers."), name=name)
    return Table(name, tuple(columns))


# --- NumPy


def is_arrays(source: Source) -> bool:
    """Whether a file is NumPy's."""
    return source.data.startswith(b"\x93NUMPY") or any(member.endswith(".npy") for member in source.members())


def read_arrays(source: Source, request: TableRequest) -> Table:
    """The table in a ``.npy`` or ``.npz`` file; DataError if it is damaged or holds no table, or Python's objects.

    Of one array, the columns are those of its two dimensions, or the fields of a structured array. Of several, they are
    those of the one with two dimensions and of those with one column that are as long.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            arrays = {key: a[: request.rows] if a.ndim else a for key, a in members_of(source, request).items()}
            check_room(sum(array.size * max(1, len(array.dtype.names or ())) for array in arrays.values()), source)
            return table_of_arrays(arrays, source.name, request)
    except (DataError, Cancelled):
        raise
    except MemoryError:
        raise too_large(source.name) from None
    except Exception as error:  # noqa: BLE001 (a damaged file makes NumPy and zipfile raise nearly anything)
        text = _("{name} is damaged or no array file; save it anew.")
        if "OBJECT" in str(error):
            text = _("{name} holds Python objects, which are not loaded; {advice}.")
        raise DataError(text, name=source.name, advice=ADVICE) from None


def members_of(source: Source, request: TableRequest) -> dict[str, NDArray[Any]]:
    """The array of a ``.npy`` file, or those of a ``.npz`` file that make up one table."""
    if not source.data.startswith(b"PK"):
        return {"": array_in(source.data)}
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        check_packing(archive, source)
        members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
        check_room(sum(info.file_size for info in members) // 8, source)
        for done, info in enumerate(members):
            tell(request.progress, done / len(members))
            arrays[info.filename.removesuffix(".npy")] = array_in(archive.read(info))
    flat = {key: a for key, a in arrays.items() if (a.ndim == 2 and a.shape[1] != 1) or a.dtype.names}
    single = {key: a for key, a in arrays.items() if key not in flat and a.ndim in (1, 2)}
    values: dict[str, object] = {"name": source.name, "count": len(flat), "flat": listed(flat)}
    if len(flat) > 1:
        raise DataError(_("{name} holds {count} tables ({flat}); save one of them by itself."), **values)
    lengths = {len(array) for array in (flat or single).values()}
    if len(lengths) > 1:
        text = _("{name} holds columns of different lengths ({single}); {advice}.")
        raise DataError(text, name=source.name, single=listed(single), advice=ADVICE)
    return flat | {key: array for key, array in single.items() if len(array) in lengths}


def array_in(data: bytes) -> NDArray[Any]:
    """The array of a ``.npy`` file, in whose memory it stays; ValueError if it is longer than that, or of objects."""
    stream = io.BytesIO(data)
    read_header = npy.read_array_header_1_0 if npy.read_magic(stream)[0] == 1 else npy.read_array_header_2_0
    shape, fortran, dtype = read_header(stream)
    count = math.prod(shape)
    if min(shape, default=0) < 0 or (count and not dtype.itemsize):  # -1 would be all that there is
        raise ValueError(shape)
    array = np.frombuffer(data, dtype, count, stream.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def table_of_arrays(arrays: Mapping[str, NDArray[Any]], name: str, request: TableRequest) -> Table:
    """The table whose columns are those of the arrays, one after the other."""
    columns: list[tuple[str, NDArray[Any]]] = []
    for key, array in arrays.items():
        if array.dtype.names and array.ndim == 1:
            columns += [(field, array[field]) for field in array.dtype.names]
        elif array.ndim == 2 and array.dtype.kind in "US" and len(arrays) == 1:
            return read_cells([list(map(array_cell, row)) for row in array.tolist()], name, replace(request, given={}))
        elif array.ndim == 2:
            numbered = key and array.shape[1] > 1
            columns += [(f"{key}{c + 1}" if numbered else key, array[:, c]) for c in range(array.shape[1])]
        else:
            columns.append((key, array))
    if not columns or any(array.ndim != 1 for _, array in columns):
        shape = _("{key} of shape {shape}")
        shapes = [shape.format(key=key or _("an array"), shape=array.shape) for key, array in arrays.items()]
        shown = listed(shapes) or _("nothing")
        raise DataError(_("{name} holds {shapes}; {advice}."), name=name, shapes=shown, advice=ADVICE)
    return table_of_columns(name, [key for key, _ in columns], (array_cells(array) for _, array in columns), ())


def array_cells(array: NDArray[Any]) -> pa.ChunkedArray:
    """The numbers of an array of shape (n,), or the texts of its cells."""
    if array.dtype.kind in "biuf":
        with np.errstate(all="ignore"):
            return pa.chunked_array([pa.array(np.array(array, np.float64))])
    return pa.chunked_array([pa.array(map(array_cell, array.tolist()), pa.string())])


def array_cell(cell: object) -> str:
    """The text of a cell."""
    return " ".join((cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).split())


# --- Arrow


def is_arrow(source: Source) -> bool:
    """Whether a file is Parquet or Feather."""
    return source.data.startswith((PARQUET, *FEATHER))


def read_arrow(source: Source, request: TableRequest) -> Table:
    """The table in a Parquet or Feather file. DataError if it is damaged or holds no table."""
    try:
        if source.data.startswith(PARQUET):
            import pyarrow.parquet as parquet

            file = parquet.ParquetFile(pa.BufferReader(source.data))
            check_room(file.metadata.num_rows * file.metadata.num_columns, source)
            batches = file.iter_batches(request.rows or 1 << 16)
            found = pa.Table.from_batches(itertools.islice(batches, 1 if request.rows else None), file.schema_arrow)
        else:
            import pyarrow.feather as feather

            found = feather.read_table(pa.BufferReader(source.data), memory_map=False).slice(0, request.rows)
    except (pa.ArrowException, OSError, KeyError, UnicodeError) as error:
        reason = " ".join(str(error).split())[:80]
        raise DataError(_("{name} is damaged ({reason}); save it anew."), name=source.name, reason=reason) from None
    return table_of_columns(source.name, found.column_names, found.columns, request.text_columns)


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
    written = decoded(source).data
    try:
        try:
            found = json.loads(written)
        except ValueError:
            found = [json.loads(line) for line in written.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        reason = quoted(str(error), 60)
        raise DataError(_("{name} is no valid JSON ({reason}); save it anew."), name=name, reason=reason) from None
    found = records_in(found)
    if found and isinstance(found, list) and all(isinstance(record, list) for record in found):
        return read_cells([[cell_text(json_text(v)) for v in row] for row in found], name, replace(request, given={}))
    columns: dict[str, Any] = found if isinstance(found, dict) else {}
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        found = [flat(record) for record in found]
        columns = {key: [record.get(key) for record in found] for key in dict.fromkeys(k for r in found for k in r)}
    if not columns:
        raise DataError(_("{name} is JSON, but no list of records; {advice}."), name=name, advice=ADVICE)
    columns = {key: list(column.values()) if isinstance(column, dict) else column for key, column in columns.items()}
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or lengths == {-1}:
        raise DataError(_("{name} is JSON, but its columns differ in length; {advice}."), name=name, advice=ADVICE)
    cells = [json_cells(column[: request.rows]) for column in columns.values()]
    return table_of_columns(name, list(columns), cells, request.text_columns, False)


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


def json_cells(values: Sequence[Any]) -> pa.ChunkedArray:
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
    for number, line in decoded(source).lines(request.progress):
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
    check_room(len(labels) * width, source)
    dense = np.zeros((width, len(labels)))
    for row, index, value in cells:
        dense[index, row] = value
    places = range(0 if 0 in indices else 1, width)
    columns = [pa.chunked_array([pa.array(labels, pa.string())]), *(array_cells(dense[place]) for place in places)]
    return table_of_columns(source.name, ["label", *(f"x{place}" for place in places)], columns, (), False)
