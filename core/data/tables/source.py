"""Where a table's bytes come from, what they are, and the text in them as UTF-8."""

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
from core.data.tables.reading import ENCODINGS, Line, quoted
from core.data.tables.table import Doubt, too_large

SCANNED_BYTES, MAX_LINE = 1 << 20, 1 << 22
"""So many bytes are read or looked at at a time, enough for the first rows; and a line may have."""
ROOM_TO_UNPACK, ROOM_FOR_NUMBERS, MOST_LARGER = 32 << 20, 64 << 20, 30
"""A packed file may unpack to so many bytes, its numbers may take so many, and both so many times its size more."""
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
    rb"PK\x03\x04": _("a zip archive, not a table; unpack it and open the file inside"),
    rb"\x1f\x8b": _("a gzip archive of no text, not a table; unpack it and open the file inside"),
    rb"BZh[0-9]|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd": _("a packed archive; unpack it and open the file inside"),
    rb"%PDF": _("a PDF document, not a table; copy the table from it and paste it here"),
    rb"\{\\rtf|%!PS": _("a document, not a table; copy the table from it and paste it here"),
    rb"(?i)\s*<(!doctype html|html|head|body|table|meta)": _(
        "a web page, not a table; copy the table and paste it here"
    ),
    rb"\x89PNG|\xff\xd8\xff|GIF8|BM....\0\0\0\0": _("a picture, not a table; type the table, or paste it here"),
    rb"\xd0\xcf\x11\xe0": _("an old Office document, not a table; save the table as .xlsx or CSV"),
    rb"SQLite format 3": _("an SQLite database, not a table; export a table as CSV"),
    rb"\x80[\x02-\x05][\x8c\x95c}(\]]": _("a Python pickle, which could run code, not a table; save the table as CSV"),
    rb"\$FL[23]|<stata_dta>|RD[AX][2-4]\n|HEADER RECORD\*{7}": _(
        "a file of a statistics program; save the table as CSV"
    ),
    rb"MATLAB [0-9]": _("a MATLAB file, not a table; save the table as CSV"),
    rb"\s*<(\?xml|!|svg)": _("XML, not a table; save the table as CSV"),
    rb"\x89HDF": _("an HDF5 file, not a table; save the table as CSV or Parquet"),
    rb"ORC|Obj\x01|SIMPLE  =": _("a file in a format that is not read here; save the table as CSV or Parquet"),
}
"""How files begin that are often taken for a table, and what to do with them."""


@dataclass(frozen=True)
class Source:
    """The bytes of a table. They are read once, so that all that is found out about a file is of the same contents."""

    name: str  # what messages and titles call it
    data: bytes
    path: str | None = None  # the file, from which they can be read again; None for bytes in memory
    whole: bool = True  # False for the beginning of a file
    unit: str = "line"  # "row" where the text was made of rows of cells
    encoding: str = ""  # that of the text in the file, where ``data`` are it in UTF-8; see :func:`decoded`

    @property
    def unit_word(self) -> str:
        """What messages call a line."""
        return _("line") if self.unit == "line" else _("row")

    def members(self) -> list[str]:
        """Names of the members of a zip archive; none if it is not one, or a damaged one."""
        if self.data.startswith(PACKED[0]):
            with contextlib.suppress(*ARCHIVE_FAULTS), zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return archive.namelist()
        return []

    def lines(self, progress: Progress | None = None) -> Iterator[Line]:
        """The lines of a decoded text."""
        stream = io.BytesIO(self.data)
        for number, line in enumerate(io.TextIOWrapper(stream, "utf-8", newline="\n"), 1):
            if number % 4096 == 0:
                tell(progress, stream.tell() / len(self.data))
            yield number, line.removesuffix("\n")


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
    room = ROOM_TO_UNPACK + MOST_LARGER * len(source.data)
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


# --- text


def decoded(source: Source, encoding: str = "", errors: str = "strict") -> Source:
    r"""The text of a source in UTF-8, each line ended by ``\n``, without marks of byte order.

    Without an encoding it is found. DataError if the bytes are not of that encoding, or no text, or a line is too long.
    """
    if source.encoding:
        return source
    fault = 0
    for name in [encoding] if encoding else likely_encodings(source):
        try:
            data = in_utf8(source, name, errors if encoding else "strict")
            break
        except UnicodeDecodeError as error:
            fault = error.start
    else:
        text = _("{name}, line {line}: the text is not {encoding}; choose another, or save the file as UTF-8.")
        if not encoding:
            text = _("{name}, line {line}: the text has no known encoding; save the file as UTF-8.")
        line = 1 + source.data.count(b"\n", 0, fault)
        raise DataError(text, name=source.name, line=line, encoding=ENCODINGS.get(encoding))
    if b"\0" in data:
        raise binary(source.name)
    start = 0
    while len(data) - start > MAX_LINE:
        end = data.rfind(b"\n", start, start + MAX_LINE) + 1
        if not end:
            text = _("{name}, line {line}: the line has more than {most:,} bytes; check the file.")
            raise DataError(text, name=source.name, line=1 + data.count(b"\n", 0, start), most=MAX_LINE)
        start = end
    return replace(source, data=data, encoding=name)


def in_utf8(source: Source, encoding: str, errors: str) -> bytes:
    """The bytes of a text in UTF-8, with plain ends of lines; of the beginning of a file only whole lines."""
    data = source.data
    if not (encoding == "utf-8" and data.isascii()):
        text = codecs.getincrementaldecoder(encoding)(errors).decode(data, source.whole)
        data = data if encoding == "utf-8" and errors == "strict" else text.encode()
        data = data.replace(codecs.BOM_UTF8, b"")  # marks stand within files that were joined, too
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data if source.whole else data[: data.rfind(b"\n") + 1]


def likely_encodings(source: Source) -> Iterator[str]:
    """The encodings that a text may have: by its mark or its zero bytes, or UTF-8 and then others, likely ones first.

    DataError for what is no text.
    """
    head = source.data[:4096]
    for signature, what in SIGNATURES.items():
        if re.match(signature, head) or re.match(signature, head[2:].replace(b"\0", b"")):
            raise DataError(_("{name} is {what}."), name=source.name, what=what)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS.items() if head.startswith(mark)), "")
    if not marked and b"\0" in head:  # in a table as UTF-16 nearly every other byte is zero
        zeros, most = (head[0::2].count(0), head[1::2].count(0)), 0.7 * (len(head) // 2)
        if min(zeros) or max(zeros) <= most:
            raise binary(source.name)
        marked = "utf-16-le" if zeros[1] else "utf-16-be"
    yield marked or "utf-8"
    foreign = re.search(rb"[\x80-\xff]", source.data)
    if marked or not foreign:
        return
    sample = source.data[max(0, foreign.start() - 1000) :][:SCANNED_BYTES]
    lines = [line for line in sample.splitlines() if not line.isascii()]
    if sum(byte > 127 for line in lines for byte in line) >= LEAST_FOREIGN:
        from charset_normalizer import from_bytes  # here, since few texts need it

        names = {codecs.lookup(name).name.replace("-", "_"): name for name in ENCODINGS if name not in UNASKED}
        found = from_bytes(b"\n".join(lines[:200]), cp_isolation=list(names))
        equal = [m for m in found if (m.chaos, m.coherence) == (found[0].chaos, found[0].coherence)]
        same = {name for match in equal for name in match.could_be_from_charset}
        yield from (name for key, name in names.items() if key in same)
        yield "cp1252"
        yield from (names[match.encoding] for match in found)
    yield "cp1252"


def encoding_doubt(source: Source) -> Iterator[Doubt]:
    """What to say of an encoding that neither a mark nor UTF-8 makes sure, with a word to judge by."""
    text = "" if source.encoding.startswith("utf") else source.data[:SCANNED_BYTES].decode("utf-8", "ignore")
    if foreign := re.search(r"[\w'-]*[^\x00-\x7f][\w'-]*", text):
        said = _("The text is not UTF-8: {word} is read as {name}; if that looks wrong, choose another encoding.")
        yield Doubt(said.format(word=quoted(foreign[0]), name=ENCODINGS[source.encoding]), False, "encoding")
