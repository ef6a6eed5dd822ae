"""Tables that were pasted: files in a folder of the program's own, until nobody has wanted them for long."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from PyQt5.QtCore import QStandardPaths

DIGITS = 10
NAME = re.compile(rf"pasted-[0-9a-f]{{{DIGITS}}}\.csv")
KEPT_DAYS = 90
"""So long a file is kept after a run had it for the last time: a person may have noted its path."""


def pasted_folder() -> Path:
    """Where this user's pasted tables are kept."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "pasted"


def pasted_path(text: bytes) -> str:
    """The file that a text is kept in, so that it can be named; the same text has the same."""
    import hashlib  # here, since it loads OpenSSL, which the start of a window can do without

    return str(pasted_folder() / f"pasted-{hashlib.sha256(text).hexdigest()[:DIGITS]}.csv")


def keep_pasted(path: str, text: bytes) -> None:
    """Write a text that was pasted; raises LensError or OSError where that cannot be."""
    from core.base.atomic_files import write_whole  # here and below, since few paste a table

    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, text)


def mark_used(path: str) -> None:
    """A run has this file now: if it was pasted, its time begins anew."""
    if NAME.fullmatch(os.path.basename(path)) and Path(path).parent == pasted_folder():
        with contextlib.suppress(OSError):
            os.utime(path)


def clear_old(folder: Path, projects: Iterable[Path], in_use: str) -> None:
    """Remove the files that no run had for long, and that none of the projects names; in doubt none.

    Args:
        folder: that of the pasted tables.
        projects: the last ones, and those that keep unsaved work.
        in_use: the file of the present run.
    """
    from core.storage.archive import Damaged, json_of

    latest = time.time() - KEPT_DAYS * 86_400
    with contextlib.suppress(OSError, Damaged):
        found = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and path != Path(in_use)]
        old = [path for path in found if path.is_file() and path.stat().st_mtime < latest]
        if not old:
            return
        texts = [json_of(project) for project in projects if project.exists() or not project.parent.exists()]
        for path in old:
            if not any(path.name.encode() in text for text in texts):
                path.unlink()
