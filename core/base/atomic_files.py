"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import time
from pathlib import Path
from typing import BinaryIO

from core.base.errors import ChangedFileError, LensError, short_path
from core.base.file_digest import file_digest
from core.base.file_locks import is_at, lock_open_file
from core.base.translation import _

TEMPORARY = re.compile(r"\.lens-[0-9a-f]{16}\.tmp")
UNLOCKED_SECONDS = 3600.0
"""Where a system cannot tell whether a temporary file is still being written, it is removed after so long."""


def check_target(path: str | Path) -> None:
    """Raise LensError if :func:`write_whole` could not write this file; changes nothing.

    Use it before hours of work. The folder must exist and be writable; an existing file must be an ordinary file with
    write permission.
    """
    try:
        _check(Path(os.path.realpath(path)), path)
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        raise _failure(path, error) from None


def write_whole(path: str | Path, data: bytes, expected: str = "") -> None:
    """Write a file so that at any moment it holds either all of its former or all of its new contents.

    The bytes go to a temporary file in the same folder, which then takes the file's place and its permissions. A
    symbolic link stays a link; the file that it points to is written. Temporary files that killed programs left in the
    folder are removed.

    Args:
        path: the file.
        data: the new contents.
        expected: digest of the present contents, if the file exists; empty to write whatever it holds.

    Raises:
        ChangedFileError: the file holds something else than expected.
        LensError: the file cannot be written; a former file is unchanged, and no temporary file remains.
    """
    try:
        target = Path(os.path.realpath(path))
        _check(target, path)
        remove_stale(target.parent)
        _replace(target, data, expected)
    except (OSError, ValueError) as error:
        raise _failure(path, error) from None


def _check(target: Path, named: str | Path) -> None:
    folder, path, name = target.parent, short_path(named), short_path(target.name)
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    if mode is not None:
        if stat.S_ISDIR(mode):
            raise LensError(_("{path} is a folder; name a file in it.").format(path=path))
        if not stat.S_ISREG(mode):
            raise LensError(
                _("{path} is not an ordinary file; name one that is, or one that does not exist yet.").format(path=path)
            )
        if not os.access(target, os.W_OK):
            raise LensError(
                _("{path} is write-protected; choose another file or change its permissions.").format(path=path)
            )
    place = short_path(folder)
    if not folder.is_dir():
        raise LensError(
            _("{name} cannot be written: there is no folder {place}; create it or choose another.").format(
                name=name, place=place
            )
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise LensError(
            _("{name} cannot be written: the folder {place} is write-protected; choose another.").format(
                name=name, place=place
            )
        )


def remove_stale(folder: Path) -> None:
    """Remove this user's temporary files in a folder that no running program writes; where it cannot, leave them."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in [entry for entry in entries if TEMPORARY.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                _remove_if_stale(entry)


def _remove_if_stale(entry: os.DirEntry[str]) -> None:
    """Remove a file whose lock is free: a writer holds it, and makes another file where this one is gone."""
    about = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(about.st_mode) or (hasattr(os, "geteuid") and about.st_uid != os.geteuid()):
        return
    if os.name == "nt":  # a writer must give up the lock before its file can take the other's place
        if time.time() - about.st_mtime > UNLOCKED_SECONDS:
            os.unlink(entry.path)
        return
    with open(entry.path, "rb") as file:
        if lock_open_file(file.fileno()):
            os.unlink(entry.path)  # while it is locked, or a writer could lock it before


def _open_temporary(folder: Path) -> tuple[Path, BinaryIO]:
    """A new file, locked where that can be; it gets the permissions that the user's umask gives it."""
    while True:
        path = folder / f".lens-{secrets.token_hex(8)}.tmp"  # short: the target's name may be as long as any
        file = path.open("xb")
        try:
            is_locked = lock_open_file(file.fileno())
        except OSError:  # there are no locks here, so nobody takes it for a stale one
            return path, file
        if os.name == "nt" or (is_locked and is_at(file.fileno(), path)):
            return path, file
        file.close()  # another program took it for a stale one before it was locked
        path.unlink(missing_ok=True)


def _replace(target: Path, data: bytes, expected: str) -> None:
    temporary, file = _open_temporary(target.parent)
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
                if expected and file_digest(target) != expected:
                    raise ChangedFileError(
                        _("{target} was changed by another program since it was read.").format(target=target)
                    )
            if os.name != "nt":
                os.replace(temporary, target)
        if os.name == "nt":
            os.replace(temporary, target)
    except BaseException:  # Ctrl+C too
        temporary.unlink(missing_ok=True)
        raise


def _failure(path: str | Path, error: OSError | ValueError) -> LensError:
    reason = getattr(error, "strerror", None) or str(error)
    return LensError(
        _("{path} cannot be written ({reason}); choose another place or make room there.").format(
            path=short_path(path), reason=reason
        )
    )
