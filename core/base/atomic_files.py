"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from core.base.errors import LensError, short_path


def check_target(path: str | Path) -> None:
    """Raise LensError if :func:`write_whole` could not write this file; changes nothing.

    Use it before hours of work. The folder must exist and be writable; an existing file must be an ordinary file with
    write permission.
    """
    try:
        _check(Path(os.path.realpath(path)), path)
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        raise _failure(path, error) from None


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file so that at any moment it holds either all of its former or all of its new contents.

    The bytes go to a temporary file in the same folder, which then takes the file's place and its permissions. A
    symbolic link stays a link; the file that it points to is written.

    Raises:
        LensError: the file cannot be written; a former file is unchanged, and no temporary file remains.
    """
    try:
        target = Path(os.path.realpath(path))
        _check(target, path)
        _replace(target, data)
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
            raise LensError(f"{path} is a folder; name a file in it.")
        if not stat.S_ISREG(mode):
            raise LensError(f"{path} is not an ordinary file; name one that is, or one that does not exist yet.")
        if not os.access(target, os.W_OK):
            raise LensError(f"{path} is write-protected; choose another file or change its permissions.")
    place = short_path(folder)
    if not folder.is_dir():
        raise LensError(f"{name} cannot be written: there is no folder {place}; create it or choose another.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise LensError(f"{name} cannot be written: the folder {place} is write-protected; choose another.")


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".lens-{secrets.token_hex(8)}.tmp")  # short: the target's name may be as long as any
    try:
        with temporary.open("xb") as file:  # a new file gets the permissions that the user's umask gives it
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)
    except BaseException:  # Ctrl+C too
        temporary.unlink(missing_ok=True)
        raise


def _failure(path: str | Path, error: OSError | ValueError) -> LensError:
    reason = getattr(error, "strerror", None) or str(error)
    return LensError(f"{short_path(path)} cannot be written ({reason}); choose another place or make room there.")
