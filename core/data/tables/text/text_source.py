"""Where a table's bytes come from, what they are, their encoding, and the lines of a text."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.data.tables.table import Doubt
from core.data.tables.text.text_format import ENCODINGS, quoted

BLOCK_CHARACTERS = 1 << 18
MAX_LINE_CHARACTERS = 1 << 22
SCANNED_BYTES = 1 << 20
ROOM_TO_UNPACK, MOST_UNPACKED = 32 << 20, 30
"""A packed file may unpack to so many bytes, and to so many times its size more."""
ROOM_FOR_NUMBERS, MOST_LARGER = 64 << 20, 30
"""The numbers of a file may take so many bytes, and so many times its size more."""
ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data", ".arff", ".json", ".jsonl", ".ndjson")
"""How the names of texts in archives end, that are tables."""
LEAST_FOREIGN = 8
"""So many bytes beyond ASCII tell one encoding from another."""
UNASKED = ("utf-8", "utf-16-le", "utf-16-be", "iso8859-15", "mac-roman")
"""Encodings that are not guessed, but found otherwise or chosen."""
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
ARCHIVE_FAULTS = (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error)
"""What zipfile and gzip raise for a damaged archive."""
SIGNATURES = {
    rb"%PDF": _("a PDF document, not a table; copy the table from it and paste it here"),
    rb"\xd0\xcf\x11\xe0": _("an old Office document, not a table; save the table as .xlsx or CSV"),
    rb"PK\x03\x04": _("a zip archive, not a table; unpack it and open the file inside"),
    rb"\x1f\x8b": _("a gzip archive of no text, not a table; unpack it and open the file inside"),
    rb"SQLite format 3": _("an SQLite database, not a table; export a table as CSV"),
    rb"\x80[\x02-\x05][\x8c\x95c}(\]]": _("a Python pickle, which could run code, not a table; save the table as CSV"),
    rb"(?i)\s*<(!doctype html|html|head|body|table|meta)": _(
        "a web page, not a table; copy the table and paste it here"
    ),
    rb"\s*<(\?xml|!|svg)": _("XML, not a table; save the table as a text file"),
    rb"\x89HDF": _("an HDF5 file, not a table; save the table as CSV or Parquet"),
    rb"MATLAB [0-9]": _("a MATLAB file, not a table; save the table as CSV"),
    rb"BZh[0-9]|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd": _("a packed archive; unpack it and open the file inside"),
    rb"\x89PNG|\xff\xd8\xff|GIF8|BM....\0\0\0\0": _("a picture, not a table; type the table, or paste it here"),
    rb"\$FL[23]|<stata_dta>|RD[AX][2-4]\n|HEADER RECORD\*{7}": _(
        "a file of a statistics program; save the table as CSV"
    ),
    rb"ORC|Obj\x01|SIMPLE  =": _("a file in a format that is not read here; save the table as CSV or Parquet"),
    rb"\{\\rtf|%!PS": _("a document, not a table; copy the table from it and paste it here"),
}
"""How files begin that are often taken for a table, and what to do with them."""


@dataclass(frozen=True)
class Source:
    """A file, or bytes in memory.

    Attributes:
        name: what messages and titles call it.
        path: the file; None for bytes.
        data: the bytes, if there is no file, or if it was packed.
        size: number of bytes.
    """

    name: str
    path: str | None
    data: bytes
    size: int

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes as a stream. DataError where the system cannot open or read them."""
        try:
            with io.BytesIO(self.data) if self.path is None else open(self.path, "rb") as stream:
                yield cast(BinaryIO, stream)
        except OSError as error:
            raise unreadable(self.name, error) from None

    def head(self, count: int) -> bytes:
        """The first bytes."""
        with self.opened() as stream:
            return stream.read(count)

    def chunks(self) -> Iterator[bytes]:
        """All bytes, some at a time."""
        with self.opened() as stream:
            yield from iter(lambda: stream.read(SCANNED_BYTES), b"")

    def holds(self, mark: str) -> bool:
        """Whether the first byte of a mark stands anywhere."""
        return any(mark[:1].encode() in chunk for chunk in self.chunks())

    def members(self) -> list[str]:
        """Names of the members of a zip archive; none if it is not one, or a damaged one."""
        if self.head(4) == b"PK\x03\x04":
            try:
                with self.opened() as stream, zipfile.ZipFile(stream) as archive:
                    return archive.namelist()
            except ARCHIVE_FAULTS:
                pass
        return []


def bytes_source(data: bytes, name: str) -> Source:
    """The source of bytes in memory."""
    return Source(name, None, data, len(data))


def file_source(path: str | Path) -> Source:
    """The source of a file, or of the one text packed in it. DataError if there is no ordinary file, or too much."""
    name = Path(path).name or str(path)
    if os.path.isdir(path):
        raise DataError(_("{name} is a folder; choose a file in it."), name=name)
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(_("{name} is not an ordinary file; save its contents to one."), name=name)
    try:
        source = Source(name, os.fspath(path), b"", os.stat(path).st_size)
    except FileNotFoundError:
        raise DataError(_("There is no file {name} at that place; check its path."), name=name) from None
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        raise unreadable(name, error) from None
    members = [m.lower() for m in source.members() if not m.endswith("/") and not m.startswith("__MACOSX")]
    texts = [m for m in source.members() if m.lower() in members and m.lower().endswith(ENDINGS)]
    texts = texts if len(members) == 1 else [m for m in texts if not m.lower().endswith(".txt")]
    if source.head(2) != b"\x1f\x8b" and len(texts) != 1:
        return source
    room = ROOM_TO_UNPACK + MOST_UNPACKED * source.size
    try:
        with source.opened() as stream:
            archive = zipfile.ZipFile(stream) if texts else None
            with gzip.GzipFile(fileobj=stream) if archive is None else archive.open(texts[0]) as packed:
                data = packed.read(room + 1)
    except ARCHIVE_FAULTS:
        raise DataError(_("{name} is a damaged archive; pack it anew."), name=name) from None
    if len(data) > room:
        text = _("{name} unpacks to more than {room} MB; unpack it, and open what is inside.")
        raise DataError(text, name=name, room=room >> 20)
    return bytes_source(data, name)


def unreadable(name: str, error: Exception) -> DataError:
    """The error for a file that the system does not let us read."""
    reason = getattr(error, "strerror", None) or str(error)
    return DataError(
        _("{name} cannot be read ({reason}); check the file and its permissions."), name=name, reason=reason
    )


def binary(name: str) -> DataError:
    """The error for what is no text."""
    return DataError(_("{name} holds binary data, not text; save the table as a text file."), name=name)


def check_packing(archive: zipfile.ZipFile, name: str) -> None:
    """Raise DataError if a member is packed unusually or longer than the file: it may take any amount of memory."""
    assert archive.fp is not None
    members, size = archive.infolist(), archive.fp.seek(0, os.SEEK_END)
    usual = all(info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members)
    if not usual or sum(info.compress_size for info in members) > size:
        text = _("{name} is packed in a way that is not read here, or is damaged; save it anew.")
        raise DataError(text, name=name)


def check_room(numbers: int, source: Source) -> None:
    """Raise DataError where a small file holds very many numbers."""
    if numbers * 8 > ROOM_FOR_NUMBERS + MOST_LARGER * source.size:
        text = _("{name} holds far more numbers than a file of its size should; save fewer, or as CSV.")
        raise DataError(text, name=source.name)


# --- encoding


def find_encoding(source: Source, limit: int | None = None) -> str:
    """The encoding of a text: by its mark, or UTF-16 by its zero bytes, or UTF-8, or the likeliest other one.

    ``limit`` is how many bytes are looked at; None for all, which alone makes sure. DataError if none is found.
    """
    head = source.head(4096)
    for signature, what in SIGNATURES.items():
        if re.match(signature, head) or re.match(signature, head[2:].replace(b"\0", b"")):
            raise DataError(_("{name} is {what}."), name=source.name, what=what)
    marked = [encoding for mark, encoding in BYTE_ORDER_MARKS.items() if head.startswith(mark)]
    if not marked and b"\0" in head:  # in a table as UTF-16 nearly every other byte is zero
        zeros, pairs = (head[0::2].count(0), head[1::2].count(0)), len(head) // 2
        marked = [
            code
            for code, few, many in (("utf-16-le", *zeros), ("utf-16-be", *zeros[::-1]))
            if not few and many > 0.7 * pairs > 0
        ]
        if not marked:
            raise binary(source.name)
    candidates = marked or ["utf-8"]
    for encoding in candidates:
        fault, sample = first_fault(source, encoding, limit)
        if fault is None:
            return encoding
        if not marked and encoding == "utf-8":
            candidates += likely_encodings(sample)
    text = _("{name}, line {fault}: the text has no known encoding; save the file as UTF-8.")
    raise DataError(text, name=source.name, fault=fault)


def likely_encodings(sample: bytes) -> list[str]:
    """The encodings that bytes which are not UTF-8 may have, the likeliest first: Western European if in doubt."""
    foreign = [line for line in sample.splitlines() if not line.isascii()]
    if sum(byte > 127 for line in foreign for byte in line) < LEAST_FOREIGN:
        return ["cp1252"]
    from charset_normalizer import from_bytes  # here, since few texts need it

    names = {codecs.lookup(name).name.replace("-", "_"): name for name in ENCODINGS if name not in UNASKED}
    found = from_bytes(b"\n".join(foreign[:200]), cp_isolation=list(names))
    equal = [m for m in found if (m.chaos, m.coherence) == (found[0].chaos, found[0].coherence)]
    same = {name for match in equal for name in match.could_be_from_charset}
    return [*(name for key, name in names.items() if key in same), "cp1252", *(names[m.encoding] for m in found)]


def encoding_doubt(source: Source, encoding: str) -> Iterator[Doubt]:
    """What to say of an encoding that neither a mark nor UTF-8 makes sure, with a word to judge by."""
    text = "" if encoding.startswith("utf") else source.head(SCANNED_BYTES).decode(encoding, "replace")
    if foreign := re.search(r"[\w'-]*[^\x00-\x7f][\w'-]*", text):
        said = _("The text is not UTF-8: {word} is read as {name}; if that looks wrong, choose another encoding.")
        yield Doubt(said.format(word=quoted(foreign[0]), name=ENCODINGS[encoding]), False, "encoding")


def first_fault(source: Source, encoding: str, limit: int | None) -> tuple[int | None, bytes]:
    """The line, from 1, of the first bytes that are not of this encoding, and the bytes around; None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    for chunk in source.chunks():
        chunk = chunk if limit is None else chunk[: limit - read]
        try:
            decoder.decode(chunk, final=limit is None and read + len(chunk) >= source.size)
        except UnicodeDecodeError as error:
            return count_lines(source, read + error.start), chunk
        read += len(chunk)
        if read == limit:
            break
    return None, b""


def count_lines(source: Source, place: int) -> int:
    """The line, from 1, in which a byte stands."""
    count = 1
    for chunk in source.chunks():
        count += chunk[: max(0, place)].count(b"\n")
        place -= len(chunk)
    return count


# --- text


def text_blocks(
    source: Source, encoding: str, progress: Progress | None = None, errors: str = "strict", numbered: bool = True
) -> Iterator[tuple[int, str]]:
    r"""The text in blocks of whole lines, each with the number of its first line, from 1; every line end is ``\n``.

    Counting lines takes a tenth of the time: unless ``numbered``, the numbers are all 1. DataError if the bytes are not
    of that encoding, or no text, or a line is too long for a table.
    """
    first = 1
    with source.opened() as stream:
        head = stream.read(4)
        marks = [mark for mark, marked in BYTE_ORDER_MARKS.items() if marked == encoding and head.startswith(mark)]
        stream.seek(len(marks[0]) if marks else 0)
        # The wrapper is not closed: the stream is, by its owner.
        wrapper = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=None)
        try:
            while text := wrapper.read(BLOCK_CHARACTERS):
                if not text.endswith("\n"):
                    text += (rest := wrapper.readline(MAX_LINE_CHARACTERS))
                    if len(rest) == MAX_LINE_CHARACTERS and not rest.endswith("\n"):
                        first = first if numbered else count_lines(source, stream.tell() - len(rest))
                        said = _("{name}, line {line}: the line has more than {most:,} characters; check the file.")
                        line = first + text.count("\n")
                        raise DataError(said, name=source.name, line=line, most=MAX_LINE_CHARACTERS)
                if "\0" in text:
                    raise binary(source.name)
                tell(progress, min(1.0, stream.tell() / max(1, source.size)))
                yield first, text.replace("\ufeff", "")  # byte order marks of files that were joined
                first += text.count("\n") if numbered else 0
        except UnicodeDecodeError:
            line = first_fault(source, encoding, None)[0] or first
            said = _("{name}, line {line}: the text is not {encoding}; choose another, or save the file as UTF-8.")
            raise DataError(said, name=source.name, line=line, encoding=ENCODINGS[encoding]) from None
        finally:
            if not stream.closed:
                wrapper.detach()
