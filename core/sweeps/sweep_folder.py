"""The folder of a sweep: its specification, a row for each run as it ends, the curves, and weights on request.

Rows are appended whole and brought to the disk before anything else happens. The row in ``runs.csv`` comes last, behind
the run's curve, message and weights. So whenever the program is killed, a run with a row is complete, and what is left
of a run without one is removed when the sweep goes on.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.atomic_files import write_whole
from core.base.errors import LensError, short_path
from core.base.file_locks import LockFile
from core.base.translation import _
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.network.tasks import SCORES
from core.storage.weights_file import save_weights
from core.sweeps.live_records import make_live_folder, remove_live_folder
from core.sweeps.run_result import DONE, STATES, Key, RunResult
from core.sweeps.specification import FORMAT, parse_specification, specification
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.training.history import COLUMNS

SPECIFICATION, RUNS, CURVES, MESSAGES, WEIGHTS = (
    "specification.json",
    "runs.csv",
    "curves.csv",
    "messages.csv",
    "weights",
)
LOCK = ".lock"
LONGEST_NAME = 120
UNSAFE = re.compile(r"[^\w.,+= -]")


class SweepFolder:
    """The files of a sweep, which this process alone writes until it is closed.

    Args:
        path: the folder; it is made if it does not exist.
        plan: the sweep.
        datasets, initial: see :func:`specification`.

    Raises:
        SweepError: the folder holds another sweep or other files, another program works on it, or a file is damaged.
        LensError: a file cannot be written.

    Attributes:
        done: the cells of the rows behind the key, by the key of the run.
        live: the folder for the records of runs under way, which is there until this is closed.
    """

    def __init__(
        self, path: str | Path, plan: SweepPlan, datasets: Mapping[DataSource, Dataset], initial: Array | None = None
    ) -> None:
        self.path = Path(path)
        self._names = plan.names
        score = SCORES[plan.runs[0].experiment.task]
        measures = ("train_loss", "test_loss", f"train_{score}", f"test_{score}")
        self._columns = {
            RUNS: ("epochs", *measures, "status", "seconds"),
            CURVES: ("epoch", *measures),
            MESSAGES: ("status", "message"),
        }
        self.done: dict[Key, tuple[str, ...]] = {}
        self._open: dict[str, int] = {}
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:  # ValueError: the path holds a NUL
            reason = getattr(error, "strerror", None) or str(error)
            raise SweepError(
                _("The folder {path} cannot be made ({reason}); choose another with --out.").format(
                    path=short_path(path), reason=reason
                )
            ) from None
        self._lock = LockFile(self.path / LOCK)
        if not self._lock.take():
            raise SweepError(
                _("Another program works on the sweep in {path}; wait for its end.").format(path=short_path(path))
            )
        self.live = make_live_folder(self.path)
        try:
            self._check_specification(specification(plan, datasets, initial))
            self._take_up(plan)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let other programs work on the folder."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()
        remove_live_folder(self.path)
        self._lock.release()

    def add(self, results: Sequence[RunResult]) -> None:
        """Write the results of runs that ended; raises LensError if they cannot be written."""
        for result in results:
            if result.parameters is not None:
                self._save_weights(result)
        self._append(CURVES, [row for result in results for row in _curve_rows(result)])
        messages = [(*_key_cells(r.key), r.status, r.message) for r in results if r.status != DONE]
        if messages:
            self._append(MESSAGES, messages)
        rows = {result.key: _row(result) for result in results}
        self._append(RUNS, [(*_key_cells(key), *cells) for key, cells in rows.items()])
        self.done.update(rows)

    def write_parquet(self) -> None:
        """Write the tables of the runs and of the curves once more as Parquet; raises LensError."""
        from pyarrow import BufferOutputStream, float64, parquet  # imported here, since it takes long
        from pyarrow import csv as arrow_csv

        for name in (RUNS, CURVES):
            numbers = dict.fromkeys(self._columns[CURVES][1:], float64())
            options = arrow_csv.ConvertOptions(column_types=numbers, null_values=[])
            table = arrow_csv.read_csv(self.path / name, convert_options=options)
            buffer = BufferOutputStream()
            parquet.write_table(table, buffer)
            write_whole((self.path / name).with_suffix(".parquet"), buffer.getvalue().to_pybytes())

    def _check_specification(self, wanted: dict[str, Any]) -> None:
        path = self.path / SPECIFICATION
        wanted = json.loads(json.dumps(wanted))
        if not path.exists():
            if any((self.path / name).exists() for name in (RUNS, CURVES)):
                raise SweepError(
                    _("{path} holds other files of the same names; choose another with --out.").format(
                        path=short_path(self.path)
                    )
                )
            write_whole(path, json.dumps(wanted, indent=1, ensure_ascii=False).encode())
            return
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise SweepError(
                _("{path} is damaged or of another version; choose another folder with --out.").format(
                    path=short_path(path)
                )
            )
        other = next((name for name in wanted if found.get(name) != wanted[name]), None)
        if other is not None:
            was, now = (json.dumps(value.get(other), ensure_ascii=False) for value in (found, wanted))
            told = (
                _("{was} there, {now} here").format(was=was, now=now) if len(was) + len(now) < 80 else _("others there")
            )
            raise SweepError(
                _("{path} holds another sweep ({other}: {told}); choose another folder with --out.").format(
                    path=short_path(self.path), other=other, told=told
                )
            )

    def _take_up(self, plan: SweepPlan) -> None:
        """Mend what a killed program left, and read which runs are done."""
        known = {run.key for run in plan.runs}
        for number, cells in enumerate(self._whole_rows(RUNS), start=2):
            key = _key_of(cells, len(self._names))
            if key not in known or len(cells) != len(self._header(RUNS)) or cells[-2] not in STATES:
                raise SweepError(
                    _(
                        "{path}, line {number}, is not a row of this sweep; remove the line, or "
                        "choose another folder with --out."
                    ).format(path=short_path(self.path / RUNS), number=number)
                )
            self.done[key] = tuple(cells[len(self._names) + 1 :])
        for name in (CURVES, MESSAGES):
            if name == MESSAGES and not (self.path / name).exists():
                continue
            rows = self._whole_rows(name)
            kept = [cells for cells in rows if _key_of(cells, len(self._names)) in self.done]
            if len(kept) < len(rows):
                write_whole(self.path / name, _lines([self._header(name), *kept]))

    def _whole_rows(self, name: str) -> list[list[str]]:
        """The rows of a file behind its header, which is made if need be; a torn last line is cut off."""
        path, header = self.path / name, self._header(name)
        if not path.exists():
            write_whole(path, _lines([header]))
            return []
        try:
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if len(whole) < len(data):
                os.truncate(path, len(whole))
            first, *rows = list(csv.reader(io.StringIO(whole.decode("utf-8"), newline=""))) or [[]]
        except (OSError, ValueError, csv.Error) as error:
            raise SweepError(
                _("{path} cannot be read ({error}); choose another folder with --out.").format(
                    path=short_path(path), error=error
                )
            ) from None
        if tuple(first) != header:
            raise SweepError(
                _("{path} has other columns than this sweep; choose another folder with --out.").format(
                    path=short_path(path)
                )
            )
        return rows

    def _header(self, name: str) -> tuple[str, ...]:
        return (*self._names, "seed", *self._columns[name])

    def _append(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        data = _lines(rows)
        try:
            if name not in self._open:
                if not (self.path / name).exists():
                    write_whole(self.path / name, _lines([self._header(name)]))
                self._open[name] = os.open(self.path / name, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
            descriptor, written = self._open[name], 0
            while written < len(data):
                written += os.write(descriptor, data[written:])
            os.fsync(descriptor)
        except OSError as error:
            raise LensError(
                _(
                    "{path} cannot be written ({reason}); make room there and give the same command again to go on."
                ).format(path=short_path(self.path / name), reason=error.strerror)
            ) from None

    def _save_weights(self, result: RunResult) -> None:
        folder = self.path / WEIGHTS
        with contextlib.suppress(OSError):  # what is wrong, writing the file says
            folder.mkdir(exist_ok=True)
        assert result.parameters is not None
        save_weights(folder / weights_name(self._names, result.key), result.sizes, result.parameters)


def read_plan(path: str | Path) -> tuple[SweepPlan, Array | None]:
    """The plan of a folder, and the parameters that its runs started from in place of their own.

    Raises:
        SweepError: there is no sweep in the folder, or its specification is damaged or of another version.
    """
    file = Path(path) / SPECIFICATION
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SweepError(
            _("There is no sweep in {path}; choose a folder that --out named.").format(path=short_path(path))
        ) from None
    except (OSError, ValueError) as error:
        raise SweepError(
            _("{file} cannot be read ({error}); choose another folder.").format(file=short_path(file), error=error)
        ) from None
    return parse_specification(data, short_path(file))


def check_data(path: str | Path, dataset: Dataset) -> None:
    """Raise SweepError if points were read from another file than those of the sweep in a folder."""
    try:
        digests = json.loads((Path(path) / SPECIFICATION).read_text(encoding="utf-8"))["data files"]
    except (OSError, ValueError, KeyError, TypeError):
        digests = [dataset.digest]  # there is none yet
    if dataset.digest and dataset.digest not in digests:
        raise SweepError(
            _(
                "The file of {name} has changed since the sweep was made, so its runs would not come out the "
                "same; bring the former file back."
            ).format(name=dataset.name)
        )


def read_results(path: str | Path, plan: SweepPlan) -> list[RunResult]:
    """The results in a folder, in the order of its rows, with the curves at ends of epochs, without weights.

    Another program may write the folder meanwhile. Raises SweepError if a file is damaged.
    """
    names, folder = len(plan.names), Path(path)
    curves: dict[Key, list[list[float]]] = {}
    messages: dict[Key, str] = {}
    try:
        for cells in _read_rows(folder / CURVES):
            curves.setdefault(_key_of(cells, names), []).append([float(cell) for cell in cells[names + 1 :]])
        for cells in _read_rows(folder / MESSAGES):
            messages[_key_of(cells, names)] = cells[-1]
        found = []
        for cells in _read_rows(folder / RUNS):
            texts, seed = key = _key_of(cells, names)
            epochs, *numbers, status, seconds = cells[names + 1 :]
            train_loss, test_loss, train_score, test_score = map(float, numbers)
            curve = np.array(curves.get(key, np.empty((0, len(COLUMNS)))))
            measures = train_loss, test_loss, train_score, test_score
            message = messages.get(key, "")
            found.append(RunResult(texts, seed, int(epochs), *measures, status, float(seconds), message, curve, 1))
    except (OSError, ValueError, csv.Error) as error:
        raise SweepError(
            _("The tables in {path} cannot be read ({error}); choose another folder.").format(
                path=short_path(path), error=error
            )
        ) from None
    return found


def _read_rows(path: Path) -> list[list[str]]:
    """The whole rows of a file behind its header; none if there is no file."""
    data = path.read_bytes() if path.exists() else b""
    return list(csv.reader(io.StringIO(data[: data.rfind(b"\n") + 1].decode("utf-8"), newline="")))[1:]


def _key_of(cells: Sequence[str], names: int) -> Key:
    """The key of a row; a damaged one gets a key that no run has."""
    seed = cells[names] if len(cells) > names else ""
    return tuple(cells[:names]), int(seed) if seed.isdecimal() else -1


def weights_name(names: Sequence[str], key: Key) -> str:
    """The name of the file with a run's weights, such as ``learning-rate=0.1 seed=3.npz``."""
    texts, seed = key
    name = " ".join([*(f"{option}={text}" for option, text in zip(names, texts, strict=True)), f"seed={seed}"])
    safe = UNSAFE.sub("_", name)
    if safe != name or len(name) > LONGEST_NAME:
        safe = f"{safe[:LONGEST_NAME]} {hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return f"{safe}.npz"


def _key_cells(key: Key) -> tuple[str, ...]:
    return (*key[0], str(key[1]))


def _row(result: RunResult) -> tuple[str, ...]:
    measures = result.train_loss, result.test_loss, result.train_score, result.test_score
    return str(result.epochs), *map(repr, measures), result.status, f"{result.seconds:.6f}"


def _curve_rows(result: RunResult) -> Iterable[Sequence[str]]:
    """The record at ends of epochs."""
    if not result.epoch_length:
        return
    key = _key_cells(result.key)
    for position, *measures in result.curve[result.curve[:, 0] % result.epoch_length == 0].tolist():
        yield (*key, str(int(position) // result.epoch_length), *map(repr, measures))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")
