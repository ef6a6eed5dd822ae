"""Records of runs that are still being trained: the process that trains a run writes them, the window reads them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from core.base.arrays import Array
from core.base.progress import finish
from core.sweeps.run_result import Key
from core.training.history import COLUMNS, History

FOLDER = ".live"
"""In the folder of a sweep, while it is trained."""

WRITE_SECONDS = 0.4
Result = TypeVar("Result")


def make_live_folder(sweep: Path) -> str:
    """An empty folder for the records of a sweep's runs; empty text if it cannot be made."""
    remove_live_folder(sweep)  # a killed program may have left it
    try:
        (sweep / FOLDER).mkdir()
    except OSError:
        return ""
    return str((sweep / FOLDER).resolve())


def remove_live_folder(sweep: Path) -> None:
    """Remove the folder of the records."""
    shutil.rmtree(sweep / FOLDER, ignore_errors=True)


def finish_watched(
    steps: Generator[Any, None, Result], folder: str, records: Callable[[], Mapping[Key, History]]
) -> Result:
    """Take all steps and return their result; write the records of the runs a few times a second meanwhile.

    Args:
        steps: the training.
        folder: where to write; empty if nobody watches.
        records: the records so far, by the keys of the runs.
    """
    if not folder:
        return finish(steps)
    written = time.perf_counter()

    def write_if_due() -> None:
        nonlocal written
        if time.perf_counter() - written >= WRITE_SECONDS:
            for key, history in records().items():
                write_record(Path(folder), key, history)
            written = time.perf_counter()

    return finish(steps, write_if_due)


def read_records(folder: str | Path, keys: Iterable[Key]) -> dict[Key, Array]:
    """The records of those of some runs that have one, shape (records, 5) each: epochs, losses and scores."""
    there, found = set(_listed(folder)), {}
    for key in keys if there else ():
        name = _name(key)
        if name in there:
            with contextlib.suppress(OSError, ValueError):  # it may be gone meanwhile
                table = np.load(Path(folder) / name, allow_pickle=False)
                if table.ndim == 2 and table.shape[1] == len(COLUMNS):
                    found[key] = table
    return found


def remove_records(folder: str | Path, keys: Iterable[Key]) -> None:
    """Remove the records of runs that ended."""
    for key in keys:
        with contextlib.suppress(OSError):
            (Path(folder) / _name(key)).unlink(missing_ok=True)


def _listed(folder: str | Path) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(folder)
    return []


def _name(key: Key) -> str:
    return f"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.npy"


def write_record(folder: Path, key: Key, history: History) -> None:
    """Write a record in one go, so that nobody reads half of it; what cannot be written is not shown."""
    table = history.table.copy()
    table[:, 0] /= history.epoch_length
    data = io.BytesIO()
    np.save(data, table, allow_pickle=False)
    with contextlib.suppress(OSError):
        half = folder / f"{os.getpid()}.half"
        half.write_bytes(data.getvalue())
        half.replace(folder / _name(key))
