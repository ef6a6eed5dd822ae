"""Where a table's bytes come from, their encoding, and the text in blocks of whole lines."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.base.errors import DataError
from core.base.progress import Progress, tell
from core.data.tables.text.text_format import ENCODINGS

BLOCK_CHARACTERS = 1 << 15
MAX_LINE_CHARACTERS = 1 << 22
SCANNED_BYTES = 1 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
SIGNATURES = {
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Office document (such as .xls)",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"<!": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
    b"{": "JSON",
}
"""First bytes of what is often taken for a table."""


@dataclass(frozen=True)
class Source:
    """A file, or bytes in memory.

    Attributes:
        name: what messages and titles call it.
        path: the file; None for bytes.
        data: the bytes, if there is no file.
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


def file_source(path: str | Path) -> Source:
    """The source of a file. DataError if there is none at that place or it is no ordinary file."""
    name = Path(path).name or str(path)
    if os.path.isdir(path):
        raise DataError(f"{name} is a folder; choose a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(f"{name} is not an ordinary file; save its contents to one.")
    try:
        size = os.stat(path).st_size
    except FileNotFoundError:
        raise DataError(f"There is no file {name} at that place; check its path.") from None
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        raise unreadable(name, error) from None
    return Source(name, os.fspath(path), b"", size)


def bytes_source(data: bytes, name: str) -> Source:
    """The source of bytes in memory."""
    return Source(name, None, data, len(data))


def unreadable(name: str, error: Exception) -> DataError:
    """The error for a file that the system does not let us read."""
    reason = getattr(error, "strerror", None) or str(error)
    return DataError(f"{name} cannot be read ({reason}); check the file and its permissions.")


def binary(name: str) -> DataError:
    """The error for a file that is not text."""
    return DataError(f"{name} holds binary data, not text; save the table as a text file.")


# --- encoding


def find_encoding(source: Source, limit: int | None = None) -> str:
    """The encoding of a text: by its mark, or UTF-16 by its zero bytes, or UTF-8, or Windows-1252.

    Args:
        source: the text.
        limit: how many bytes are looked at; None for all, which alone makes sure.

    Raises:
        DataError: it is no text, or in no encoding that is known here.
    """
    with source.opened() as stream:
        head = stream.read(4096)
    for signature, what in SIGNATURES.items():
        if head.startswith(signature):
            raise DataError(f"{source.name} is {what}, not a table; save the table as a text file.")
    marked = [encoding for mark, encoding in MARKS.items() if head.startswith(mark)]
    if marked:
        candidates = marked
    elif b"\0" in head:
        candidates = unmarked_utf16(head, source.name)
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        fault = first_fault(source, encoding, limit)
        if fault is None:
            return encoding
    raise DataError(f"{source.name}, line {fault}: the text has no known encoding; save the file as UTF-8.")


def unmarked_utf16(head: bytes, name: str) -> list[str]:
    """The encoding of UTF-16 without a mark: in a table nearly every other byte is zero. DataError if it is not."""
    pairs = len(head) // 2
    high_first, high_last = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs and high_last > 0.7 * pairs and high_first == 0:
        return ["utf-16-le"]
    if pairs and high_first > 0.7 * pairs and high_last == 0:
        return ["utf-16-be"]
    raise binary(name)


def first_fault(source: Source, encoding: str, limit: int | None) -> int | None:
    """The line, from 1, of the first bytes that are not of this encoding; None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, left = 1, limit
    with source.opened() as stream:
        while True:
            chunk = stream.read(SCANNED_BYTES if left is None else min(SCANNED_BYTES, left))
            try:
                decoder.decode(chunk, final=not chunk and left is None)
            except UnicodeDecodeError as error:
                return line + chunk.count(b"\n", 0, error.start)
            if not chunk:
                return None
            line += chunk.count(b"\n")
            left = None if left is None else left - len(chunk)


# --- text


def text_blocks(
    source: Source, encoding: str, progress: Progress | None = None, errors: str = "strict"
) -> Iterator[tuple[int, str]]:
    r"""The text in blocks of whole lines, each with the number of its first line, from 1; every line end is ``\n``.

    Raises:
        DataError: the bytes are not of that encoding, or no text, or a line is too long for a table.
        Cancelled: ``progress`` says so.
    """
    first = 1
    with source.opened() as stream:
        skip_mark(stream, encoding)
        # The wrapper is not closed: the stream is, by its owner.
        wrapper = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=None)
        try:
            while text := read_lines(wrapper, first, source.name):
                if "\0" in text:
                    raise binary(source.name)
                tell(progress, min(1.0, stream.tell() / max(1, source.size)))
                yield first, text
                first += text.count("\n")
        except UnicodeDecodeError:
            line = first_fault(source, encoding, None) or first
            raise DataError(
                f"{source.name}, line {line}: the text is not {ENCODINGS[encoding]}; choose another encoding, "
                "or save the file as UTF-8."
            ) from None
        finally:
            if not stream.closed:
                wrapper.detach()


def skip_mark(stream: BinaryIO, encoding: str) -> None:
    """Go behind the byte order mark, if the stream begins with that of its encoding."""
    head = stream.read(4)
    marks = [mark for mark, marked in MARKS.items() if marked == encoding and head.startswith(mark)]
    stream.seek(len(marks[0]) if marks else 0)


def read_lines(wrapper: io.TextIOWrapper, first: int, name: str) -> str:
    """The next whole lines; empty at the end."""
    text = wrapper.read(BLOCK_CHARACTERS)
    if text and not text.endswith("\n"):
        rest = wrapper.readline(MAX_LINE_CHARACTERS)
        text += rest
        if len(rest) == MAX_LINE_CHARACTERS and not rest.endswith("\n"):
            line = first + text.count("\n")
            raise DataError(
                f"{name}, line {line}: the line has more than {MAX_LINE_CHARACTERS:,} characters; "
                "a table has a line for each row, so check the file."
            )
    return text
