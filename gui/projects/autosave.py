"""Keeps unsaved work in a folder of the program, and finds the work that a crashed program left there.

Beside each file lies a lock of the process that writes it. A lock whose process has ended is stale, so two running
programs leave each other's files alone.
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
"""A temporary file in the folder that is older than this was left by a crashed program."""


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
    """The files of unsaved work, of this process and of crashed ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Kept | None = None
        self._taken: list[Kept] = []
        self._offered: list[Kept] = []

    def own_path(self) -> Path:
        """Lock and return the file of this process; raises OSError if the folder cannot be written."""
        if self._own is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            lock = _lock_of(path)
            if not lock.tryLock(0):
                raise OSError(f"{self._folder} cannot be written")
            self._own = Kept(path, lock)
        return self._own.path

    def abandoned(self) -> list[Kept]:
        """Lock and return the work of crashed processes, newest first; no other process offers it meanwhile."""
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
        """Make recovered work the unsaved work of this process."""
        self._offered.remove(kept)
        self._taken.append(kept)

    def discard(self, kept: Kept) -> None:
        """Remove work that the user does not want."""
        self._offered.remove(kept)
        kept.remove()

    def clear(self) -> None:
        """Remove the work of this process, since it is saved or not wanted."""
        for kept in [*self._taken, *([self._own] if self._own is not None else [])]:
            kept.remove()
        self._taken, self._own = [], None

    def leave(self) -> None:
        """Leave the work of this process to the next one, which offers it."""
        for kept in [*self._taken, *([self._own] if self._own is not None else [])]:
            kept.lock.unlock()
        self._taken, self._own = [], None

    def close(self) -> None:
        """Leave undecided work to the next process."""
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
