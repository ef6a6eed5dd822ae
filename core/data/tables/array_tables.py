"""Tables in NumPy's files: an array in ``.npy``, several in ``.npz``. Pickled objects in them are refused.

A file is read, never mapped into memory: it may become shorter meanwhile, which would end the program.
"""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
import pyarrow as pa
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.base.errors import Cancelled, DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.cell_tables import read_cells
from core.data.tables.columns import text_column
from core.data.tables.layout import unique_names
from core.data.tables.table import MAX_COLUMNS, Column, Table, listed, too_large, too_many_columns
from core.data.tables.text.text_source import Source

Array = NDArray[Any]

ROOM_FOR_NUMBERS, MOST_LARGER = 64 << 20, 30
"""The numbers of a file may take so many bytes, and so many times its size more."""
MAX_HEADER = 10_000
"""Bytes, as many as NumPy reads by itself."""
ADVICE = _("save one table: a 2-D array of numbers, or columns of equal length")


def read_arrays(source: Source, progress: Progress | None = None, rows: int | None = None) -> Table:
    """The table in a ``.npy`` or ``.npz`` file.

    Of one array, the columns are those of its two dimensions, or the fields of a structured array. Of several, they are
    those of the one with two dimensions and of those with one column that are as long.

    Args:
        source: the file.
        progress: told of the part that is read.
        rows: read only so many of the first rows.

    Raises:
        DataError: it is damaged or holds no table.
        Cancelled: ``progress`` says so.
    """
    tell(progress, 0.0)
    with sound(source.name), source.opened() as stream:
        if not source.head(4).startswith(b"PK"):
            arrays = {"": read_array(stream, source, source.size, rows)}
        else:
            with zipfile.ZipFile(stream) as archive:
                check_packing(archive, source.name)
                members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
                arrays = {}
                for done, info in enumerate(members):
                    tell(progress, done / len(members))
                    with archive.open(info) as member:
                        key = info.filename.removesuffix(".npy")
                        arrays[key] = read_array(member, source, info.file_size, None)
                    if sum(map(size_as_numbers, arrays.values())) > ROOM_FOR_NUMBERS + MOST_LARGER * source.size:
                        raise too_much(source)
            arrays = {key: array[:rows] for key, array in chosen(arrays, source.name).items()}
        table = table_of_arrays(arrays, source.name)
    tell(progress, 1.0)
    return table


def check_packing(archive: zipfile.ZipFile, name: str) -> None:
    """Raise DataError if a member is packed unusually or longer than the file: it may take any amount of memory."""
    assert archive.fp is not None
    members, size = archive.infolist(), archive.fp.seek(0, os.SEEK_END)
    usual = all(info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members)
    if not usual or sum(info.compress_size for info in members) > size:
        raise DataError(
            _("{name} is packed in a way that is not read here, or is damaged; save it anew.").format(name=name)
        )


@contextmanager
def sound(name: str) -> Iterator[None]:
    """Turn whatever NumPy and zipfile raise about a damaged file into a DataError, and keep their warnings still."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (DataError, Cancelled):
        raise
    except MemoryError:
        raise too_large(name) from None
    except Exception as error:  # noqa: BLE001 (a damaged file makes them raise nearly anything)
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            raise DataError(
                _("{name} holds Python objects, which are not loaded; {advice}.").format(name=name, advice=ADVICE)
            ) from None
        raise DataError(_("{name} is damaged or no array file; save it anew.").format(name=name)) from None


def read_array(stream: IO[bytes], source: Source, size: int, rows: int | None) -> Array:
    """The array of a stream of ``size`` bytes, or its first rows.

    Raises:
        DataError: its header promises more than there is, or more than fits, before memory is set aside for it.
    """
    name = source.name
    version = npy.read_magic(stream)[0]
    width = 2 if version == 1 else 4
    length_bytes = stream.read(width)
    length = int.from_bytes(length_bytes, "little")
    if version > 3 or length > MAX_HEADER:  # NumPy would set it aside before it reads
        raise DataError(_("{name} is damaged or no array file; save it anew.").format(name=name))
    read_header = npy.read_array_header_1_0 if version == 1 else npy.read_array_header_2_0
    shape, fortran, dtype = read_header(io.BytesIO(length_bytes + stream.read(length)))
    if dtype.hasobject:
        raise DataError(
            _("{name} holds Python objects, which are not loaded; {advice}.").format(name=name, advice=ADVICE)
        )
    if not dtype.itemsize and 0 not in shape:
        raise DataError(_("{name} holds an array of empty texts; {advice}.").format(name=name, advice=ADVICE))
    count = 1
    for extent in shape:
        count *= int(extent)
    if not 0 <= count * dtype.itemsize <= size:
        raise DataError(
            _("{name} is damaged: an array is shorter than its header says; save it anew.").format(name=name)
        )
    if len(shape) == 2 and shape[1] > MAX_COLUMNS:
        raise too_many_columns(name, _("its array"))
    if rows is not None and shape and not fortran:
        count = count // max(1, shape[0]) * min(rows, shape[0])
        shape = (min(rows, shape[0]), *shape[1:])
    elif count * max(1, len(dtype.names or ())) * 8 > ROOM_FOR_NUMBERS + MOST_LARGER * source.size:
        raise too_much(source)
    data = stream.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise DataError(
            _("{name} is damaged: an array is shorter than its header says; save it anew.").format(name=name)
        )
    array: Array = np.frombuffer(data, dtype, count).reshape(shape, order="F" if fortran else "C")
    return array[:rows] if array.ndim else array


def size_as_numbers(array: Array) -> int:
    """The bytes of an array as float64."""
    return 8 * array.size * max(1, len(array.dtype.names or ()))


def too_much(source: Source) -> DataError:
    """The error for a small file of very many numbers."""
    return DataError(
        _("{name} holds far more numbers than a file of its size should; save fewer, or as CSV.").format(
            name=source.name
        )
    )


# --- arrays to columns


def chosen(arrays: Mapping[str, Array], name: str) -> dict[str, Array]:
    """Those arrays of a ``.npz`` file that make up one table."""
    flat = {key: a for key, a in arrays.items() if (a.ndim == 2 and a.shape[1] != 1) or a.dtype.names}
    if len(flat) > 1:
        raise DataError(
            _("{name} holds {count} tables ({flat}); save one of them by itself.").format(
                name=name, count=len(flat), flat=listed(flat)
            )
        )
    single = {key: a for key, a in arrays.items() if key not in flat and a.ndim in (1, 2)}
    if flat:
        length = len(next(iter(flat.values())))
        return flat | {key: array for key, array in single.items() if len(array) == length}
    if len({len(array) for array in single.values()}) > 1:
        raise DataError(
            _("{name} holds columns of different lengths ({single}); {advice}.").format(
                name=name, single=listed(single), advice=ADVICE
            )
        )
    return single


def table_of_arrays(arrays: Mapping[str, Array], name: str) -> Table:
    """The table whose columns are those of the arrays, one after the other."""
    columns: list[tuple[str, Array]] = []
    for key, array in arrays.items():
        if array.dtype.names and array.ndim == 1:
            columns += [(field, array[field]) for field in array.dtype.names]
        elif array.ndim == 2 and array.dtype.kind in "US" and len(arrays) == 1:
            return read_cells([(n, list(map(plain, row.tolist()))) for n, row in enumerate(array, 1)], name)
        elif array.ndim == 2:
            single = array.shape[1] == 1
            columns += [(key if single or not key else f"{key}{c + 1}", array[:, c]) for c in range(array.shape[1])]
        else:
            columns.append((key, array))
    if not columns or any(len(array.shape) != 1 for _, array in columns):
        shapes = (
            listed(
                _("{key} of shape {shape}").format(key=key or _("an array"), shape=array.shape)
                for key, array in arrays.items()
            )
            or "nothing"
        )
        raise DataError(_("{name} holds {shapes}; {advice}.").format(name=name, shapes=shapes, advice=ADVICE))
    if not len(columns[0][1]):
        raise DataError(_("{name} is empty; it needs rows of numbers.").format(name=name))
    names = unique_names([key for key, _ in columns])
    return Table(name, tuple(column_of_array(key, array) for key, (_, array) in zip(names, columns, strict=True)))


def column_of_array(key: str, array: Array) -> Column:
    """The column of an array of shape (n,); of values that are neither numbers nor text, their texts."""
    if array.dtype.kind in "biuf":
        with np.errstate(all="ignore"):
            return Column(key, np.array(array, dtype=np.float64))
    texts = map(plain, array.tolist()) if array.dtype.kind in "US" else map(str, array.tolist())
    return text_column(key, pa.chunked_array([pa.array([" ".join(text.split()) for text in texts], pa.string())]), "")


def plain(cell: str | bytes) -> str:
    """The text of a cell of type U or S."""
    return cell if isinstance(cell, str) else cell.decode("utf-8", "replace")
