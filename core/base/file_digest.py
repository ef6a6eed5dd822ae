"""The digest of a file, by which it is known whether the file changed since it was read."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from core.base.translation import _

LARGEST = 1 << 32
"""Bytes of a file that has a digest; reading a larger one would take too long."""

PIECE = 1 << 20
MOST_KNOWN = 64
RACY_NANOSECONDS = 2_000_000_000
"""A file that changed so shortly before may change once more without another time, so it is read again."""

_known: dict[str, tuple[tuple[int, ...], str]] = {}
"""By path: what the system says of the file, and its digest, so that an unchanged file is read once."""


def digest_of(data: bytes) -> str:
    """The digest of a file that holds these bytes."""
    import hashlib  # here, since it loads OpenSSL, which the start of a window can do without

    return hashlib.sha256(data).hexdigest()


def file_digest(path: str | Path) -> str:
    """The digest of the bytes that a file holds now; empty where it cannot be read or is no ordinary file.

    A file that has the size, the times and the number that it had before is not read again.
    """
    name = os.path.abspath(path)
    try:
        before = _identity(os.stat(name))
        known = _known.get(name)
        if known is not None and known[0] == before:
            return known[1]
        found = _read(name)
        if time.time_ns() - max(before[-2:]) > RACY_NANOSECONDS and _identity(os.stat(name)) == before:
            if len(_known) >= MOST_KNOWN:
                _known.clear()
            _known[name] = before, found
    except (OSError, ValueError):
        return ""
    return found


def _identity(about: os.stat_result) -> tuple[int, ...]:
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _read(name: str) -> str:
    import hashlib

    about = os.stat(name)
    if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
        raise OSError(_("it is no ordinary file, or too large"))
    digest = hashlib.sha256()
    with open(name, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
