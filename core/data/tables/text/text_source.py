"""Where a table's bytes come from, what they are, their encoding, and the lines of a text."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.base.translation import _
from core.base.values import dataclass
from core.data.tables.table import Doubt, too_large
from core.data.tables.text.text_format import ENCODINGS, quoted

BLOCK_CHARACTERS = 1 << 18
MAX_LINE_CHARACTERS = 1 << 22
SCANNED_BYTES = 1 << 20
"""So many bytes are looked at or read at a time; they are enough for the first rows."""
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
PACKED = b"PK\x03\x04", b"\x1f\x8b"
"""How zip and gzip begin."""
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
ARCHIVE_FAULTS = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, ValueError, RuntimeError, zlib.error)
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

Line = tuple[int, str]
"""A line and its number, from 1."""


@dataclass(frozen=True)
class Source:
    """The bytes of a table. They are read once, so that all that is found out about a file is of the same contents."""

    name: str  # what messages and titles call it
    data: bytes
    path: str | None = None  # the file, from which they can be read again; None for bytes in memory
    whole: bool = True  # False for the beginning of a file
    unit: str = "line"  # what messages call a line: "row" where the text was made of rows of cells

    def members(self) -> list[str]:
        """Names of the members of a zip archive; none if it is not one, or a damaged one."""
        if self.data.startswith(PACKED[0]):
            with contextlib.suppress(*ARCHIVE_FAULTS), zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return archive.namelist()
        return []


def file_source(path: str | Path, beginning: bool = False, progress: Progress | None = None) -> Source:
    """The bytes of a file, or of the one text packed in it; only its beginning, if that will do and it is not packed.

    DataError if there is no ordinary file, or too much in it.
    """
    name = Path(path).name or str(path)
    if os.path.isdir(path):
        raise DataError(_("{name} is a folder; choose a file in it."), name=name)
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(_("{name} is not an ordinary file; save its contents to one."), name=name)
    try:
        with open(path, "rb") as stream:
            pieces = [stream.read(SCANNED_BYTES)]
            while (not beginning or pieces[0].startswith(PACKED)) and (piece := stream.read(SCANNED_BYTES)):
                pieces.append(piece)
                tell(progress, 0.0)
            source = Source(name, b"".join(pieces), os.fspath(path), not stream.read(1))
    except FileNotFoundError:
        raise DataError(_("There is no file {name} at that place; check its path."), name=name) from None
    except MemoryError:
        raise too_large(name) from None
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        said = _("{name} cannot be read ({reason}); check the file and its permissions.")
        raise DataError(said, name=name, reason=getattr(error, "strerror", None) or str(error)) from None
    members = [m for m in source.members() if not m.endswith("/") and not m.startswith("__MACOSX")]
    texts = [m for m in members if m.lower().endswith(ENDINGS)]
    texts = texts if len(members) == 1 else [m for m in texts if not m.lower().endswith(".txt")]
    if not source.data.startswith(PACKED[1]) and len(texts) != 1:
        return source
    room = ROOM_TO_UNPACK + MOST_UNPACKED * len(source.data)
    try:
        file = io.BytesIO(source.data)
        with zipfile.ZipFile(file).open(texts[0]) if texts else gzip.GzipFile(fileobj=file) as packed:
            data = packed.read(room + 1)
    except ARCHIVE_FAULTS:
        raise DataError(_("{name} is a damaged archive; pack it anew."), name=name) from None
    if len(data) > room:
        text = _("{name} unpacks to more than {room} MB; unpack it, and open what is inside.")
        raise DataError(text, name=name, room=room >> 20)
    return replace(source, data=data)


def binary(name: str) -> DataError:
    """The error for what is no text."""
    return DataError(_("{name} holds binary data, not text; save the table as a text file."), name=name)


def check_packing(archive: zipfile.ZipFile, source: Source) -> None:
    """Raise DataError if a member is packed unusually or longer than the file: it may take any amount of memory."""
    members = archive.infolist()
    usual = all(info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members)
    if not usual or sum(info.compress_size for info in members) > len(source.data):
        text = _("{name} is packed in a way that is not read here, or is damaged; save it anew.")
        raise DataError(text, name=source.name)


def check_room(numbers: int, source: Source) -> None:
    """Raise DataError where a small file holds very many numbers."""
    if numbers * 8 > ROOM_FOR_NUMBERS + MOST_LARGER * len(source.data):
        text = _("{name} holds far more numbers than a file of its size should; save fewer, or as CSV.")
        raise DataError(text, name=source.name)


# --- encoding


def find_encoding(source: Source) -> str:
    """The encoding of a text: by its mark, or UTF-16 by its zero bytes, or UTF-8, or the likeliest other one.

    DataError if none is found.
    """
    head = source.data[:4096]
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
        fault = first_fault(source, encoding)
        if fault is None:
            return encoding
        if not marked and encoding == "utf-8":
            candidates += likely_encodings(source.data[fault - fault % SCANNED_BYTES :][:SCANNED_BYTES])
    line = line_at(source, fault or 0)
    text = _("{name}, line {line}: the text has no known encoding; save the file as UTF-8.")
    raise DataError(text, name=source.name, line=line)


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
    text = "" if encoding.startswith("utf") else source.data[:SCANNED_BYTES].decode(encoding, "replace")
    if foreign := re.search(r"[\w'-]*[^\x00-\x7f][\w'-]*", text):
        said = _("The text is not UTF-8: {word} is read as {name}; if that looks wrong, choose another encoding.")
        yield Doubt(said.format(word=quoted(foreign[0]), name=ENCODINGS[encoding]), False, "encoding")


def first_fault(source: Source, encoding: str) -> int | None:
    """The place of the first bytes that are not of this encoding; None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(source.data), SCANNED_BYTES):
        end = start + SCANNED_BYTES
        try:
            decoder.decode(source.data[start:end], final=source.whole and end >= len(source.data))
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def line_at(source: Source, place: int) -> int:
    """The line, from 1, in which a byte stands."""
    return 1 + source.data.count(b"\n", 0, max(0, place))


# --- text


def text_blocks(
    source: Source, encoding: str, progress: Progress | None = None, errors: str = "strict", numbered: bool = True
) -> Iterator[tuple[int, str]]:
    r"""The text in blocks of whole lines, each with the number of its first line, from 1; every line end is ``\n``.

    Counting lines takes a tenth of the time: unless ``numbered``, the numbers are all 1. DataError if the bytes are not
    of that encoding, or no text, or a line is too long for a table.
    """
    first, stream = 1, io.BytesIO(source.data)
    marks = [mark for mark, marked in BYTE_ORDER_MARKS.items() if marked == encoding and source.data.startswith(mark)]
    stream.seek(len(marks[0]) if marks else 0)
    wrapper = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=None)
    try:
        while text := wrapper.read(BLOCK_CHARACTERS):
            if not text.endswith("\n"):
                text += (rest := wrapper.readline(MAX_LINE_CHARACTERS))
                if len(rest) == MAX_LINE_CHARACTERS and not rest.endswith("\n"):
                    line = first + text.count("\n") if numbered else line_at(source, stream.tell() - len(rest))
                    said = _("{name}, line {line}: the line has more than {most:,} characters; check the file.")
                    raise DataError(said, name=source.name, line=line, most=MAX_LINE_CHARACTERS)
                if not source.whole and not text.endswith("\n"):
                    text = text[: text.rfind("\n") + 1]  # the rest of that line is not there
            if "\0" in text:
                raise binary(source.name)
            tell(progress, min(1.0, stream.tell() / max(1, len(source.data))))
            yield first, text.replace("\ufeff", "")  # byte order marks of files that were joined
            first += text.count("\n") if numbered else 0
    except UnicodeDecodeError:
        line = line_at(source, first_fault(source, encoding) or 0)
        said = _("{name}, line {line}: the text is not {encoding}; choose another, or save the file as UTF-8.")
        raise DataError(said, name=source.name, line=line, encoding=ENCODINGS[encoding]) from None


def numbered_lines(
    source: Source, encoding: str, errors: str = "strict", progress: Progress | None = None
) -> Iterator[Line]:
    """The lines of a text, see :func:`text_blocks`."""
    for first, text in text_blocks(source, encoding, progress, errors):
        yield from enumerate(text.removesuffix("\n").split("\n"), first)
