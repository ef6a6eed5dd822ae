"""Keeps what has not been saved in a folder of the program's own, and finds what a program that died left there.

Each file has a lock beside it that belongs to the process which writes it. The system tells whether that process still
runs, so that two programs at once leave each other's files alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from PyQt5.QtCore import QLockFile, QStandardPaths

from core.storage.project import SUFFIX

TEMPORARY_SECONDS = 3600.0
"""After this long a temporary file in the folder was left by a program that died."""


def recovery_folder() -> Path:
    """Where this user's unsaved work is kept."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "recovery"


@dataclass(eq=False)
class Kept:
    """A file of unsaved work, whose lock this process holds."""

    path: Path
    lock: QLockFile

    @property
    def time(self) -> float:
        """When it was written, in seconds since the epoch."""
        return self.path.stat().st_mtime

    def remove(self) -> None:
        """Remove file and lock, in this order, so that nobody finds the file unlocked."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.lock.unlock()


class RecoveryFolder:
    """The files of unsaved work of all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Kept | None = None
        self._taken: list[Kept] = []
        self._offered: list[Kept] = []

    def own_path(self) -> Path:
        """The file of this process, its lock held; raises OSError where the folder cannot be written."""
        if self._own is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            lock = _lock_of(path)
            if not lock.tryLock(0):
                raise OSError(f"{self._folder} cannot be written")
            self._own = Kept(path, lock)
        return self._own.path

    def abandoned(self) -> list[Kept]:
        """What processes that died left, the newest first; nobody else is offered it while this process runs."""
        if not self._offered:
            found = []
            with contextlib.suppress(OSError):
                self._remove_temporary()
                for path in self._folder.glob(f"*{SUFFIX}"):
                    lock = _lock_of(path)
                    if lock.tryLock(0):
                        found.append(Kept(path, lock))
            self._offered = sorted(found, key=lambda kept: kept.time, reverse=True)
        return list(self._offered)

    def take(self, kept: Kept) -> None:
        """It was recovered: from now on it is this process's own unsaved work."""
        self._offered.remove(kept)
        self._taken.append(kept)

    def discard(self, kept: Kept) -> None:
        """Nobody wants it."""
        self._offered.remove(kept)
        kept.remove()

    def clear(self) -> None:
        """All of this process's work is saved, or not wanted."""
        for kept in [*self._taken, *([self._own] if self._own is not None else [])]:
            kept.remove()
        self._taken, self._own = [], None

    def close(self) -> None:
        """Leave what was not decided on to the next process."""
        for kept in self._offered:
            kept.lock.unlock()
        self._offered = []

    def _remove_temporary(self) -> None:
        for path in self._folder.glob(".lens-*.tmp"):
            if time.time() - path.stat().st_mtime > TEMPORARY_SECONDS:
                path.unlink()


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)  # no age makes a lock stale, only the end of its process
    return lock
