"""A zip file of one JSON text and arrays, read without trusting its contents.

All members are stored uncompressed, so they are never longer than the file; compressed members are refused. An array's
member is named by the SHA-256 of its type, shape and numbers. So equal arrays are stored once, and damage is found.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from core.base.translation import _

Array = NDArray[Any]

TEXT_MEMBER = "project.json"
TYPES = ("<f8", "<i8", "|u1")
MAX_FILE = 1 << 31
MAX_DIRECTORY = 1 << 19
MAX_TEXT = 1 << 23
MAX_ITEMS = 100_000
"""Most items of the JSON text, because the Python object of an item can be many times as long as the item."""

END = struct.Struct("<4s4H2LH")
ZIP64 = b"PK\x06\x07"
ENCRYPTED = 1
MAGIC = b"\x93NUMPY\x01\x00"
HEADER = re.compile(
    rb"\{'descr': '([<|][a-z][0-9])', 'fortran_order': False, "
    rb"'shape': \(((?:[0-9]{1,12}, ?)*(?:[0-9]{1,12})?)\), \} *\n"
)


class Damaged(Exception):
    """The file is not an archive of this kind, or is damaged; the message gives the reason in a few words."""


class TooLarge(Exception):
    """The content is larger than an archive may be."""


def array_name(array: Array) -> str:
    """The name of an array in an archive."""
    head = f"{array.dtype.str} {array.shape} ".encode()
    import hashlib  # imported here because it loads OpenSSL, which the start of the window does not need

    return hashlib.sha256(head + np.ascontiguousarray(array).data.cast("B") if array.size else head).hexdigest()[:32]


def pack(content: object, arrays: Mapping[str, Array]) -> bytes:
    """The archive's bytes; equal content gives equal bytes.

    Args:
        content: a value that JSON can represent.
        arrays: arrays of the types in TYPES by :func:`array_name`.

    Raises:
        TooLarge: :func:`unpack` would refuse it.
    """
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_TEXT or _count_items(text) > MAX_ITEMS or sum(a.nbytes for a in arrays.values()) > MAX_FILE // 2:
        raise TooLarge
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        archive.writestr(zipfile.ZipInfo(TEXT_MEMBER), text)  # a new ZipInfo has no time of day
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(_member(name)), "w") as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
        directory = sum(46 + len(name) for name in archive.namelist())
    if directory > MAX_DIRECTORY:
        raise TooLarge
    return buffer.getvalue()


def unpack(path: str | Path) -> tuple[Any, dict[str, Array]]:
    """Content and arrays of a file; the arrays are read-only.

    It needs about as much memory as the file is long, and at most some MiB if the file is hostile.

    Raises:
        Damaged: the file is not an archive of this kind.
        OSError, ValueError: the file cannot be read, or the path does not exist.
    """
    with _opened(path) as archive:
        content = _parsed(_read_text(archive))
        names = [name for name in archive.namelist() if name != TEXT_MEMBER]
        arrays = dict(_read_array(archive, name) for name in names)
    return content, arrays


def json_of(path: str | Path) -> bytes:
    """The JSON text of a file, without its arrays.

    Raises:
        Damaged, OSError, ValueError: see :func:`unpack`.
    """
    with _opened(path) as archive:
        return _read_text(archive)


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[zipfile.ZipFile]:
    """The archive, checked except for the content of its members."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would wait; a folder gives an error
        raise Damaged(_("it is not an ordinary file"))
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        _check_directory(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                _check_members(archive.infolist(), size)
                yield archive
        except (zipfile.BadZipFile, EOFError, RuntimeError, struct.error, NotImplementedError):
            raise Damaged(_("its members cannot be read")) from None  # their messages may quote the whole file


def _member(name: str) -> str:
    return f"arrays/{name}.npy"


def _check_directory(file: IO[bytes], size: int) -> None:
    """Check before reading it that the list of members is short."""
    if size > MAX_FILE:
        raise Damaged(_("it is larger than {max_file} MiB").format(max_file=MAX_FILE >> 20))
    if size < END.size:
        raise Damaged(_("it is empty") if size == 0 else _("it is too short"))
    file.seek(max(0, size - END.size - 20))
    tail = file.read()
    signature, disk, first, here, _size, length, offset, comment = END.unpack(tail[-END.size :])
    if signature != b"PK\x05\x06" or disk or first or comment or offset + length + END.size != size:
        raise Damaged(_("it has no end, or not its own"))
    if length > MAX_DIRECTORY or here == 0 or tail.startswith(ZIP64):
        raise Damaged(_("it has too many members or none"))


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if len(set(names)) != len(names) or TEXT_MEMBER not in names:
        raise Damaged(_("it has no {member}, or a member twice").format(member=TEXT_MEMBER))
    for member in members:
        packed = member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size
        if packed or member.flag_bits & ENCRYPTED:
            raise Damaged(_("its members were packed or encrypted by another program"))
    if sum(member.file_size for member in members) > size:
        raise Damaged(_("its members are longer than the file"))


def _read_text(archive: zipfile.ZipFile) -> bytes:
    if archive.getinfo(TEXT_MEMBER).file_size > MAX_TEXT:
        raise Damaged(_("{member} is too long").format(member=TEXT_MEMBER))
    text = archive.read(TEXT_MEMBER)
    if not text.isascii() or _count_items(text) > MAX_ITEMS:
        raise Damaged(_("{member} is not what this program writes").format(member=TEXT_MEMBER))
    return text


def _parsed(text: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Damaged(_("{member} cannot be read").format(member=TEXT_MEMBER)) from None


def _refuse(word: str) -> object:
    raise ValueError(word)


def _count_items(text: bytes) -> int:
    """An upper bound of the number of items in a JSON text."""
    return text.count(b",") + text.count(b"[") + text.count(b"{") + 1


def _read_array(archive: zipfile.ZipFile, member: str) -> tuple[str, Array]:
    """Name and array; the header must be exactly the one that NumPy writes, so no parser is needed."""
    data = archive.read(member)
    length = int.from_bytes(data[8:10], "little")
    header = HEADER.fullmatch(data[10 : 10 + length])
    if not data.startswith(MAGIC) or header is None or header[1].decode() not in TYPES:
        raise Damaged(_("{member} is no array").format(member=member[:60]))
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(word) for word in header[2].split(b",") if word.strip())
    if math.prod(shape) * dtype.itemsize != len(data) - 10 - length or 0 in shape[1:] or len(shape) > 3:
        raise Damaged(_("{member} is longer or shorter than its shape").format(member=member[:60]))
    array = np.frombuffer(data, dtype=dtype, offset=10 + length, count=math.prod(shape)).reshape(shape)
    name = array_name(array)
    if member != _member(name):
        raise Damaged(_("{member} is not what was written").format(member=member[:60]))
    return name, array
