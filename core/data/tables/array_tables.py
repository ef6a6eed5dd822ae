"""Tables in NumPy's files: an array in ``.npy``, several in ``.npz``. Pickled objects in them are refused."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.base.errors import Cancelled, DataError
from core.base.progress import Progress, tell
from core.data.tables.split_rows import read_cells
from core.data.tables.table import MAX_TEXTS, Column, Table, listed
from core.data.tables.text.survey import unique_names
from core.data.tables.text.text_rows import MAX_COLUMNS, too_many_columns
from core.data.tables.text.text_source import Source

Array = NDArray[Any]

NPY_MAGIC = b"\x93NUMPY"
ZIP_MAGIC = b"PK\x03\x04"
MAX_BYTES = 1 << 31
MAX_HEADER = 10_000
"""Bytes, as many as NumPy reads by itself."""

BLOCK = 4096
"""Texts that are taken out of an array at a time, since as objects they are much longer."""

ADVICE = "save one table: a 2-D array of numbers, or columns of equal length"


def is_npy(head: bytes) -> bool:
    """Whether a file that begins like this is an array."""
    return head.startswith(NPY_MAGIC)


def zip_members(source: Source, head: bytes) -> list[str]:
    """Names of the members of a zip archive; none if it is not one, or a damaged one."""
    if not head.startswith(ZIP_MAGIC):
        return []
    try:
        with source.opened() as stream, zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return []


def check_packing(archive: zipfile.ZipFile, name: str) -> None:
    """Raise DataError if a member is packed unusually or longer than the file: it may take any amount of memory."""
    assert archive.fp is not None
    members, size = archive.infolist(), archive.fp.seek(0, os.SEEK_END)
    usual = all(info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members)
    if not usual or sum(info.compress_size for info in members) > size:
        raise DataError(f"{name} is packed in a way that is not read here, or is damaged; save it anew.")


def is_npz(source: Source, head: bytes) -> bool:
    """Whether a file is an archive of arrays."""
    return any(member.endswith(".npy") for member in zip_members(source, head))


def read_npy(source: Source, progress: Progress | None = None, rows: int | None = None) -> Table:
    """The table in a ``.npy`` file: numbers of one or two dimensions, or a structured array, whose fields are columns.

    Args:
        source: the file.
        progress: told when it is done.
        rows: read only so many of the first rows.

    Raises:
        DataError: it is damaged or holds no table.
        Cancelled: ``progress`` says so.
    """
    tell(progress, 0.0)
    with sound(source.name):
        with source.opened() as stream:
            check_promise(stream, source.size, source.name)
        array = np.load(cast(str, source.path), mmap_mode="r", allow_pickle=False)
        table = table_of({"": array[:rows] if array.ndim else array}, source.name)
    tell(progress, 1.0)
    return table


def read_npz(source: Source, progress: Progress | None = None, rows: int | None = None) -> Table:
    """The table in a ``.npz`` file: its one array of two dimensions, and those of one dimension that are as long.

    Args, Raises: see :func:`read_npy`.
    """
    arrays: dict[str, Array] = {}
    with sound(source.name), source.opened() as stream, zipfile.ZipFile(stream) as archive:
        check_packing(archive, source.name)
        members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
        if sum(info.file_size for info in members) > MAX_BYTES:
            raise DataError(f"{source.name} holds more than {MAX_BYTES >> 30} GB of arrays; {ADVICE}.")
        for done, info in enumerate(members):
            tell(progress, done / len(members))
            with archive.open(info) as member:
                check_promise(member, info.file_size, source.name)
            with archive.open(info) as member:
                array = npy.read_array(member, allow_pickle=False)
            arrays[info.filename.removesuffix(".npy")] = array
        table = table_of({name: array[:rows] for name, array in chosen(arrays, source.name).items()}, source.name)
    tell(progress, 1.0)
    return table


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
        raise DataError(f"{name} is too large for this computer's memory; keep fewer rows or columns.") from None
    except Exception as error:  # noqa: BLE001 (a damaged file makes them raise nearly anything)
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            raise DataError(f"{name} holds Python objects, which are not loaded; {ADVICE}.") from None
        raise DataError(f"{name} is damaged or no array file; save it anew.") from None


def check_promise(member: Any, size: int, name: str) -> None:  # noqa: ANN401 (a zip member's stream)
    """Raise DataError if an array's header promises more than its member holds, before memory is set aside for it.

    Of cells that take no room, such as texts without a letter, a header could promise any number.
    """
    version = npy.read_magic(member)[0]
    width = 2 if version == 1 else 4
    length_bytes = member.read(width)
    length = int.from_bytes(length_bytes, "little")
    if version > 3 or length > MAX_HEADER:  # NumPy would set it aside before it reads
        raise DataError(f"{name} is damaged or no array file; save it anew.")
    read_header = npy.read_array_header_1_0 if version == 1 else npy.read_array_header_2_0
    shape, _, dtype = read_header(io.BytesIO(length_bytes + member.read(length)))
    promised = dtype.itemsize
    for count in shape:
        promised *= int(count)
    if not dtype.itemsize and 0 not in shape:
        raise DataError(f"{name} holds an array of empty texts; {ADVICE}.")
    if promised > size and not dtype.hasobject:
        raise DataError(f"{name} is damaged: an array is shorter than its header says; save it anew.")


# --- arrays to columns


def chosen(arrays: Mapping[str, Array], name: str) -> dict[str, Array]:
    """Those arrays of a ``.npz`` file that make up one table."""
    flat = {key: array for key, array in arrays.items() if array.ndim == 2 or array.dtype.names}
    if len(flat) > 1:
        raise DataError(f"{name} holds {len(flat)} tables ({listed(flat)}); save one of them by itself.")
    single = {key: array for key, array in arrays.items() if array.ndim == 1 and key not in flat}
    if flat:
        length = len(next(iter(flat.values())))
        return flat | {key: array for key, array in single.items() if len(array) == length}
    if len({len(array) for array in single.values()}) > 1:
        raise DataError(f"{name} holds columns of different lengths ({listed(single)}); {ADVICE}.")
    return single


def table_of(arrays: Mapping[str, Array], name: str) -> Table:
    """The table whose columns are those of the arrays, one after the other."""
    columns: list[tuple[str, Array]] = []
    for key, array in arrays.items():
        if array.dtype.names and array.ndim == 1:
            columns += [(field, array[field]) for field in array.dtype.names]
        elif array.ndim == 2 and array.dtype.kind in "US" and len(arrays) == 1:
            return text_table(array, name)
        elif array.ndim == 2:
            if array.shape[1] > MAX_COLUMNS:
                raise too_many_columns(name, f"array {key}" if key else "its array")
            single = array.shape[1] == 1
            columns += [(key if single or not key else f"{key}{c + 1}", array[:, c]) for c in range(array.shape[1])]
        else:
            columns.append((key, array))
    if not columns or any(len(array.shape) != 1 for _, array in columns):
        shapes = listed(f"{key or 'an array'} of shape {array.shape}" for key, array in arrays.items()) or "nothing"
        raise DataError(f"{name} holds {shapes}; {ADVICE}.")
    if not len(columns[0][1]):
        raise DataError(f"{name} is empty; it needs rows of numbers.")
    names = unique_names([key for key, _ in columns])
    return Table(name, tuple(column_of(key, array, name) for key, (_, array) in zip(names, columns, strict=True)))


def text_table(array: Array, name: str) -> Table:
    """The table of an array of texts of two dimensions, as if they were the cells of a text file."""
    return read_cells(lambda: ((n, [plain(cell) for cell in row.tolist()]) for n, row in enumerate(array, 1)), name)


def column_of(key: str, array: Array, name: str) -> Column:
    """The column of an array of shape (n,)."""
    kind = array.dtype.kind
    if kind in "biuf":
        with np.errstate(all="ignore"):
            return Column(key, np.array(array, dtype=np.float64))
    if kind not in "US":
        raise DataError(f"{name}: the column {key!r} is of type {array.dtype}; save it as numbers or text.")
    places: dict[str, float] = {}
    blocks = (array[start : start + BLOCK].tolist() for start in range(0, len(array), BLOCK))
    texts = (" ".join(plain(cell).split()) for block in blocks for cell in block)
    values = np.fromiter((places.setdefault(t, float(len(places))) if t else np.nan for t in texts), np.float64)
    if len(places) > MAX_TEXTS:
        return Column(key, np.full(len(values), np.nan), (), varied=True)
    return Column(key, values, tuple(places))


def plain(cell: str | bytes) -> str:
    """The text of a cell of type U or S."""
    return cell if isinstance(cell, str) else cell.decode("utf-8", "replace")
