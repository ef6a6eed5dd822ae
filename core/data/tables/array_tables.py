"""Tables in NumPy's files: an array in ``.npy``, several in ``.npz``. Pickled objects in them are refused."""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.base.errors import Cancelled, DataError
from core.base.progress import tell
from core.base.translation import _
from core.data.tables.columns import text_column
from core.data.tables.layout import unique_names
from core.data.tables.table import MAX_COLUMNS, Column, Table, TableRequest, listed, too_large, too_many_columns
from core.data.tables.text.text_source import Source, check_packing, check_room
from core.data.tables.text.text_table import read_cells

ADVICE = _("save one table: a 2-D array of numbers, or columns of equal length")


def is_arrays(source: Source) -> bool:
    """Whether a file is NumPy's."""
    return source.data.startswith(b"\x93NUMPY") or any(member.endswith(".npy") for member in source.members())


def read_arrays(source: Source, request: TableRequest) -> Table:
    """The table in a ``.npy`` or ``.npz`` file, or its first rows; DataError if it is damaged or holds no table.

    Of one array, the columns are those of its two dimensions, or the fields of a structured array. Of several, they are
    those of the one with two dimensions and of those with one column that are as long.
    """
    tell(request.progress, 0.0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            arrays = {key: a[: request.rows] if a.ndim else a for key, a in members_of(source, request).items()}
            check_room(sum(array.size * max(1, len(array.dtype.names or ())) for array in arrays.values()), source)
            table = table_of_arrays(arrays, source.name, request)
    except (DataError, Cancelled):
        raise
    except MemoryError:
        raise too_large(source.name) from None
    except Exception as error:  # noqa: BLE001 (a damaged file makes NumPy and zipfile raise nearly anything)
        text = _("{name} is damaged or no array file; save it anew.")
        if "OBJECT" in str(error):
            text = _("{name} holds Python objects, which are not loaded; {advice}.")
        raise DataError(text, name=source.name, advice=ADVICE) from None
    tell(request.progress, 1.0)
    return table


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
    return chosen(arrays, source.name)


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


# --- arrays to columns


def chosen(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    """Those arrays of a ``.npz`` file that make up one table."""
    flat = {key: a for key, a in arrays.items() if (a.ndim == 2 and a.shape[1] != 1) or a.dtype.names}
    if len(flat) > 1:
        text = _("{name} holds {count} tables ({flat}); save one of them by itself.")
        raise DataError(text, name=name, count=len(flat), flat=listed(flat))
    single = {key: a for key, a in arrays.items() if key not in flat and a.ndim in (1, 2)}
    if flat:
        length = len(next(iter(flat.values())))
        return flat | {key: array for key, array in single.items() if len(array) == length}
    if len({len(array) for array in single.values()}) > 1:
        text = _("{name} holds columns of different lengths ({single}); {advice}.")
        raise DataError(text, name=name, single=listed(single), advice=ADVICE)
    return single


def table_of_arrays(arrays: Mapping[str, NDArray[Any]], name: str, request: TableRequest) -> Table:
    """The table whose columns are those of the arrays, one after the other."""
    columns: list[tuple[str, NDArray[Any]]] = []
    for key, array in arrays.items():
        if array.ndim == 2 and array.shape[1] > MAX_COLUMNS:
            raise too_many_columns(name, _("its array"))
        if array.dtype.names and array.ndim == 1:
            columns += [(field, array[field]) for field in array.dtype.names]
        elif array.ndim == 2 and array.dtype.kind in "US" and len(arrays) == 1:
            return read_cells(
                [list(map(array_cell, row.tolist())) for row in array], name, replace(request, given=None)
            )
        elif array.ndim == 2:
            single = array.shape[1] == 1
            columns += [(key if single or not key else f"{key}{c + 1}", array[:, c]) for c in range(array.shape[1])]
        else:
            columns.append((key, array))
    if not columns or any(len(array.shape) != 1 for _, array in columns):
        shape = _("{key} of shape {shape}")
        shapes = [shape.format(key=key or _("an array"), shape=array.shape) for key, array in arrays.items()]
        shown = listed(shapes) or _("nothing")
        raise DataError(_("{name} holds {shapes}; {advice}."), name=name, shapes=shown, advice=ADVICE)
    if not len(columns[0][1]):
        raise DataError(_("{name} is empty; it needs rows of numbers."), name=name)
    names = unique_names([key for key, _ in columns])
    return Table(name, tuple(column_of_array(key, array) for key, (_, array) in zip(names, columns, strict=True)))


def column_of_array(key: str, array: NDArray[Any]) -> Column:
    """The column of an array of shape (n,); of values that are neither numbers nor text, their texts."""
    if array.dtype.kind in "biuf":
        with np.errstate(all="ignore"):
            return Column(key, np.array(array, dtype=np.float64))
    return text_column(key, pa.chunked_array([pa.array(map(array_cell, array.tolist()), pa.string())]), "")


def array_cell(cell: object) -> str:
    """The text of a cell."""
    return " ".join((cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).split())
