r"""The file of the program's settings: plain texts and lists of texts, in the form of QSettings' INI files.

QSettings itself is not used: of ``@Variant(…)`` in such a file PyQt makes any Python object, and so runs any code. Here
a value that is not plain text does not exist.

The form: ``[section]``, then ``key=value``. A list is written with commas. In a text ``\n``, ``\t``, ``\\``, ``\"`` and
``\x1f4`` (a unit of UTF-16, in as many hexadecimal digits as follow) stand for a character; a text in double quotes may
hold commas. A value that begins with ``@`` is an object of Qt's; ``@@`` stands for ``@``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import stat
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from core.base.atomic_files import write_whole
from core.base.errors import LensError
from core.base.file_locks import LockFile
from core.base.translation import _

MOST_BYTES = 1_000_000
ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL)
PLAIN = re.compile(r"[A-Za-z0-9_./+-][A-Za-z0-9_./+ -]*(?<! )")
QUOTED_ITEM = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
BARE_ITEM = re.compile(r"((?:[^,\\]|\\.)*)(?:,|$)")
OBJECT = re.compile(r"@(ByteArray|Variant)\((.*)\)", re.DOTALL)
KEY = re.compile(r"[A-Za-z0-9_./%+-]{1,200}")
MOST_ITEMS = 1000
PATIENCE_SECONDS = 0.3


class SettingsFile:
    """Each read looks at the file and each change writes it, so that two programs keep each other's settings.

    Args:
        path: the file. It need not exist; where it cannot be read there are no settings, where it cannot be written
            they are forgotten at the end.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._forgotten: dict[str, list[str] | None] = {}  # changes that could not be written

    def text(self, key: str, default: str = "") -> str:
        """Return a text; the default where there is none."""
        return next(iter(self.texts(key)), default)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; empty where there is none."""
        return list(self._values(self._read() or "").get(key, ()))

    def old_bytes(self, key: str) -> bytes:
        """Return the bytes that an earlier version, by QSettings, kept under a key; empty where there are none."""
        return _object_bytes(_raw(self._read() or "").get(key, ""), "ByteArray")

    def put(self, key: str, value: str | Sequence[str]) -> None:
        """Keep a text or a list of texts; an empty list removes the key."""
        self.put_all({key: value})

    def put_all(self, values: Mapping[str, str | Sequence[str]]) -> None:
        """Keep several at once, in one write."""
        with self._locked():
            self._put_all(values)

    def change(self, key: str, change: Callable[[list[str]], Sequence[str]]) -> None:
        """Keep what a function makes of a list, which no other program changes meanwhile."""
        with self._locked():
            self._put_all({key: change(self.texts(key))})

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other programs from writing the file; one that takes too long is not waited for."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = LockFile(self._path.with_name(f"{self._path.name}.lock"))
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not lock.take() and time.monotonic() < give_up:
            time.sleep(0.001)
        try:
            yield
        finally:
            lock.release()

    def _put_all(self, values: Mapping[str, str | Sequence[str]]) -> None:
        text = self._read()
        kept = self._values(text or "")
        for key, value in values.items():
            kept[key] = [value] if isinstance(value, str) else list(value)
        kept = {key: texts for key, texts in kept.items() if texts}
        try:
            if text is None:
                raise LensError(_("what it holds would be lost"))
            write_whole(self._path, _written(kept).encode("ascii"))
            self._forgotten = {}
        except LensError:
            self._forgotten |= {key: kept.get(key) for key in values}

    def remove(self, key: str) -> None:
        """Forget a key."""
        self.put(key, ())

    def _values(self, text: str) -> dict[str, list[str]]:
        changes = {key: texts or [] for key, texts in self._forgotten.items()}
        return {**_all_plain(text), **changes}

    def _read(self) -> str | None:
        """The file's text; empty where it is no ordinary file of a fair size, None where it cannot be read now."""
        try:
            about = self._path.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
                return ""
            with open(self._path, "rb", opener=_without_waiting) as file:
                return file.read(MOST_BYTES).decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
            return ""
        except OSError:
            return None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file that might have become a pipe meanwhile, without waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _raw(text: str) -> dict[str, str]:
    """The values as they are written, by ``section/key``."""
    section, values = "", {}
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            section = "" if name.lower() == "general" else f"{name}/"
        elif "=" in line and not line.startswith(";"):
            name, value = line.split("=", 1)
            key = section + name.strip()
            if KEY.fullmatch(key):
                values[key] = value.strip()
    return values


@functools.lru_cache(maxsize=1)  # the start reads many keys of one text
def _all_plain(text: str) -> Mapping[str, list[str]]:
    """The texts of all values that have some, by ``section/key``."""
    return {key: texts for key, raw in _raw(text).items() if (texts := _plain(raw))}


def _plain(raw: str) -> list[str]:
    """The texts of a value; empty where it is none of texts."""
    texts: list[str] = []
    place, more = 0, True
    while more and len(texts) < MOST_ITEMS:
        quoted = QUOTED_ITEM.match(raw, place)
        found = quoted or BARE_ITEM.match(raw, place)
        if found is None:
            return []
        word = found[1] if quoted else found[1].strip()
        if word.startswith("@") and not word.startswith("@@"):
            return _list_of_one(raw)
        texts.append(_unescaped(word[1:] if word.startswith("@") else word))
        place, more = found.end(), found[0].endswith(",")
    return texts


def _list_of_one(raw: str) -> list[str]:
    """The text in a list of one, which QSettings writes as an object: type 9 or 11, length 1, type 10, text."""
    data = _object_bytes(raw, _("Variant"))
    for head in (struct.pack(">III", 9, 1, 10), struct.pack(">II", 11, 1)):
        body = data[len(head) :]
        if data.startswith(head) and len(body) >= 4 and len(body) - 4 == int.from_bytes(body[:4], "big"):
            return [body[4:].decode("utf-16-be", "replace")]
    return []


def _object_bytes(raw: str, kind: str) -> bytes:
    """The bytes within ``@Kind(…)``; empty where there are none."""
    found = OBJECT.fullmatch(raw.removeprefix('"').removesuffix('"'))
    text = _unescaped(found[2]) if found is not None and found[1] == kind else ""
    return text.encode("latin-1") if all(ord(letter) < 256 for letter in text) else b""


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        hexadecimal, octal, letter = found.groups()
        if letter is not None:
            return ESCAPES.get(letter, letter)
        return chr(int(hexadecimal, 16) & 0xFFFF if hexadecimal else int(octal, 8))

    units = ESCAPED.sub(one, text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _written(values: Mapping[str, Sequence[str]]) -> str:
    sections: dict[str, list[str]] = {}
    for key, texts in values.items():
        section, _, name = key.rpartition("/")
        sections.setdefault(section or "General", []).append(f"{name}={', '.join(map(_escaped, texts))}\n")
    return "\n".join(f"[{section}]\n{''.join(lines)}" for section, lines in sections.items())


def _escaped(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text
    if text.startswith("@"):
        text = "@" + text
    written, after_number = "", False
    units = text.encode("utf-16-le", "surrogatepass")
    for place in range(0, len(units), 2):
        code = int.from_bytes(units[place : place + 2], "little")
        letter = chr(code)
        # Digits behind a number would be read as part of it.
        as_number = not 32 <= code < 127 or (after_number and letter in "0123456789abcdefABCDEF")
        written += f"\\x{code:x}" if as_number else "\\" + letter if letter in '"\\' else letter
        after_number = as_number
    return f'"{written}"'
