"""Keeps unsaved work in a folder of the program, and finds the work that an ended program left there.

Beside each file lies a lock of the process that writes it. The lock ends with its process, so two running programs
leave each other's files alone, also where each runs in a container of its own.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from PyQt5.QtCore import QStandardPaths

from core.base.atomic_files import remove_stale
from core.base.file_locks import LockFile
from core.base.program import PROJECT_SUFFIX
from core.base.values import dataclass
from core.workbench.run_id import WorkId


def recovery_folder() -> Path:
    """Where this user's unsaved work is kept."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "recovery"


@dataclass(eq=False)
class Kept:
    """A file of unsaved work, whose lock this process holds; ``time`` is when it was found, since the epoch."""

    path: Path
    lock: LockFile
    time: float = 0.0

    def remove(self) -> None:
        """Remove file and lock, in this order, so that nobody finds the file unlocked."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.lock.release()


class RecoveryFolder:
    """The files of unsaved work, of this process and of ended ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: dict[WorkId, Kept] = {}
        self._taken: dict[WorkId, list[Kept]] = {}
        self._offered: list[Kept] | None = None

    def own_path(self, work: WorkId) -> Path:
        """Lock and return the file of a work of this process; raises OSError if the folder cannot be made."""
        if work not in self._own:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept = None
            while kept is None:  # another process may just be removing the lock, which has no file yet
                path = self._folder / f"{os.getpid()}-{os.urandom(4).hex()}{PROJECT_SUFFIX}"
                lock = _lock_of(path)
                kept = Kept(path, lock) if lock.take() else None
            self._own[work] = kept
        return self._own[work].path

    def abandoned(self) -> list[Kept]:
        """Lock and return the work of ended processes, newest first; no other process offers it meanwhile."""
        if not self._offered:
            remove_stale(self._folder)
            self._offered = sorted(self._find(), key=lambda kept: kept.time, reverse=True)
        return list(self._offered)

    def _find(self) -> list[Kept]:
        """The files that can be locked; what else lies there is not the program's."""
        with contextlib.suppress(OSError):
            paths = [self._folder / name for name in os.listdir(self._folder)]
            for path in paths:
                if path.name.endswith(f"{PROJECT_SUFFIX}.lock") and not path.with_suffix("").exists():
                    lock = LockFile(path)
                    if lock.take():  # it was left by a process that was killed before it kept anything
                        lock.release()
            return [kept for path in paths if path.suffix == PROJECT_SUFFIX and (kept := _locked(path)) is not None]
        return []

    @property
    def works(self) -> set[WorkId]:
        """The works of this process that have files."""
        return {*self._own, *self._taken}

    def take(self, kept: Kept, work: WorkId) -> None:
        """Recovered work is that of a work of this process."""
        self._forget_offer(kept)
        self._taken.setdefault(work, []).append(kept)

    def discard(self, kept: Kept) -> None:
        """Remove work that the user does not want."""
        self._forget_offer(kept)
        kept.remove()

    def _forget_offer(self, kept: Kept) -> None:
        self._offered = [other for other in self._offered or [] if other is not kept]

    def clear(self, work: WorkId) -> None:
        """Remove the file of a work, since it is saved or not wanted."""
        own = self._own.pop(work, None)
        for kept in [*self._taken.pop(work, []), *([own] if own is not None else [])]:
            kept.remove()

    def leave(self) -> None:
        """Leave the work of this process to the next one, which offers it."""
        for kept in [*(kept for several in self._taken.values() for kept in several), *self._own.values()]:
            kept.lock.release()
        self._taken, self._own = {}, {}

    def close(self) -> None:
        """Leave undecided work to the next process."""
        for kept in self._offered or []:
            kept.lock.release()
        self._offered = None


def _locked(path: Path) -> Kept | None:
    """A file of unsaved work; None where it is no file, is gone, or is another process's."""
    lock = _lock_of(path)
    if not path.is_file() or not lock.take():
        return None
    try:
        return Kept(path, lock, path.stat().st_mtime)
    except OSError:  # it was removed meanwhile
        lock.release()
        return None


def _lock_of(path: Path) -> LockFile:
    return LockFile(path.with_name(f"{path.name}.lock"))
