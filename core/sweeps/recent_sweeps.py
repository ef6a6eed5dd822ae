"""The folder in which the window puts its sweeps: the latest stay, and older ones give way."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path

from core.base.file_locks import LockFile
from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.sweeps.live_records import FOLDER
from core.sweeps.result_axes import column_title
from core.sweeps.sweep_folder import CURVES, LOCK, MESSAGES, RUNS, SPECIFICATION, WEIGHTS
from core.sweeps.sweep_plan import SweepPlan

MOST_SWEEPS = 30
NAME = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d")
TIME_FORMAT = "%Y-%m-%d %H.%M.%S"
OWN_FILES = {SPECIFICATION, RUNS, CURVES, MESSAGES, WEIGHTS, LOCK, FOLDER, "runs.parquet", "curves.parquet"}


def latest_sweeps(folder: Path) -> list[Path]:
    """The sweeps that the window put into a folder, the one that was used last first."""
    try:
        with os.scandir(folder) as entries:
            own = [entry for entry in entries if NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
            times = {entry.name: entry.stat().st_mtime for entry in own}
    except OSError:
        return []
    return [folder / name for name in sorted(times, key=lambda name: (times[name], name), reverse=True)]


def mark_sweep_used(path: Path) -> None:
    """Make a sweep the one that was used last."""
    with contextlib.suppress(OSError):
        os.utime(path)


def remove_older_sweeps(folder: Path, in_use: Collection[Path], remove: Callable[[Path], bool]) -> int:
    """Remove all but the :data:`MOST_SWEEPS` latest sweeps of a folder, and return how many were removed.

    Left alone is what a user renamed, what holds other files than those of a sweep, and what any program trains.

    Args:
        folder: where the window puts its sweeps.
        in_use: sweeps that are left alone too.
        remove: removes a sweep, so that the user can bring it back; returns whether it did.
    """
    removed = 0
    for path in latest_sweeps(folder)[MOST_SWEEPS:]:
        if path not in in_use and _has_own_files_alone(path):
            lock = LockFile(path / LOCK)
            if lock.take():
                removed += remove(path)
                lock.release()
    return removed


def _has_own_files_alone(path: Path) -> bool:
    try:
        names = set(os.listdir(path))
    except OSError:
        return False
    return SPECIFICATION in names and names <= OWN_FILES


def sweep_words(plan: SweepPlan) -> str:
    """What a sweep consists of: "learning rate × hidden, 5 seeds, 200 epochs"."""
    parts = [" × ".join(column_title(variation.name, "") for variation in plan.variations)]
    if plan.chosen is not None and plan.chosen < plan.combinations:
        some = ngettext("{n} random combination", "{n} random combinations", plan.chosen)
        parts.append(some.format(n=grouped(plan.chosen)))
    if plan.seeds > 1:
        parts.append(_("{seeds} seeds").format(seeds=plan.seeds))
    parts.append(ngettext("{n} epoch", "{n} epochs", plan.epochs).format(n=grouped(plan.epochs)))
    return ", ".join(part for part in parts if part)
