"""Locks that end with the process that holds them, whatever its number, its machine's or its container's."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl
else:
    import msvcrt

IS_TAKEN = (BlockingIOError, PermissionError)


def lock_open_file(descriptor: int) -> bool:
    """Lock an open file for this process until it is closed; returns False where another one holds it.

    Raises:
        OSError: its file system has no locks.
    """
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except IS_TAKEN:
        return False
    return True


def is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file is the one at a path: it may have been removed, and another one made."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path, follow_symlinks=False))
    except OSError:
        return False


class LockFile:
    """A file that a process holds while it uses what the file is named after; made and removed with the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Lock it; returns False where another process, or another part of this one, holds it.

        Where the file system has no locks, or the file cannot be made, nobody can hold it, and it counts as locked.
        """
        while True:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            except OSError:
                return True
            try:
                taken = lock_open_file(descriptor)
            except OSError:
                taken = True
            if taken and is_at(descriptor, self._path):
                self._descriptor = descriptor
                return True
            os.close(descriptor)
            if not taken:
                return False

    def release(self) -> None:
        """Remove the file and give up the lock, in this order where the system allows it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if sys.platform == "win32":  # it does not remove an open file
            os.close(descriptor)
        with contextlib.suppress(OSError):
            self._path.unlink()
        if sys.platform != "win32":
            os.close(descriptor)
