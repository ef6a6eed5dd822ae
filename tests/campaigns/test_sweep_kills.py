"""A sweep that is killed again and again: no run with a row is trained again, none is missing, files are whole.

All of it, some ten minutes: ``python -m pytest -m campaign -n 0 -s tests/campaigns/test_sweep_kills.py``. With
``KILLS=20`` in the environment it kills less often.
"""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet
import pytest

from core.storage.weights_file import load_parameters

pytestmark = pytest.mark.campaign

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KILLS", "100"))
RUNS = 200
PATIENCE = 120.0  # seconds in which a sweep must begin to write rows on a busy machine
OPTIONS = [
    "--preset", "moons", "--points", "200", "--epochs", "60", "--vary", "learning-rate=log:0.01..1:10",
    "--vary", "hidden=3;4,4;6;2,2,2", "--seeds", "5", "--weights", "--workers", "2",
]  # fmt: skip


def rows(path: Path) -> list[bytes]:
    """The whole lines behind the header; a kill may have torn the last one."""
    data = path.read_bytes() if path.exists() else b""
    return data[: data.rfind(b"\n") + 1].splitlines(keepends=True)[1:]


def start(folder: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(ROOT / "main.py"), "sweep", *OPTIONS, "--out", str(folder)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def check(folder: Path, before: list[bytes]) -> list[bytes]:
    """What must hold whenever the sweep was killed: the rows before are there, unchanged, once, with their weights."""
    now = rows(folder / "runs.csv")
    assert now[: len(before)] == before
    keys = [tuple(cells[:3]) for cells in csv.reader(io.StringIO(b"".join(now).decode()))]
    assert len(set(keys)) == len(keys)
    for rate, hidden, seed in keys[len(before) :]:
        sizes = (2, *map(int, hidden.split(",")), 2)
        load_parameters(folder / "weights" / f"learning-rate={rate} hidden={hidden} seed={seed}.npz", sizes)
    return now


def test_a_sweep_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    rng = random.Random(os.environ.get("LENS_SEED"))
    straight, folder = tmp_path / "straight", tmp_path / "killed"
    began = time.monotonic()
    process = start(straight)
    _, error = process.communicate()
    assert (process.returncode, error) == (0, b"")
    wanted = sorted(line.rpartition(b",")[0] for line in rows(straight / "runs.csv"))
    assert len(wanted) == RUNS
    finished = torn = kills = whole_sweeps = 0
    before: list[bytes] = []
    while kills < KILLS:
        process = start(folder)
        give_up = time.monotonic() + PATIENCE
        # Half of the kills come anywhere, the others while rows are written.
        if rng.random() < 0.5:
            while len(rows(folder / "runs.csv")) <= len(before) and process.poll() is None:
                assert time.monotonic() < give_up, "no rows are written"
                time.sleep(0.001)
            time.sleep(rng.uniform(0.0, 0.05))
        else:
            time.sleep(rng.uniform(0.0, 4.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
        finished += process.returncode == 0
        data = (folder / "runs.csv").read_bytes() if (folder / "runs.csv").exists() else b"\n"
        torn += not data.endswith(b"\n")
        before = check(folder, before)
        if len(before) == RUNS:  # begin another one, or the other kills would find nothing to do
            finish(folder, wanted, straight)
            folder = tmp_path / f"killed {kills}"
            before = []
            whole_sweeps += 1
    if before:
        finish(folder, wanted, straight)
        whole_sweeps += 1
    seconds = time.monotonic() - began
    print(
        f"\n{kills} kills, {whole_sweeps} sweeps of {RUNS} runs resumed to their end, {finished} ended before the "
        f"kill, {torn} left a torn row; no run twice, none missing, all files whole; {seconds:.0f} s"
    )
    assert whole_sweeps >= 1


def finish(folder: Path, wanted: list[bytes], straight: Path) -> None:
    """Let a sweep go on to its end: then it has what one that was never killed has."""
    process = start(folder)
    _, error = process.communicate()
    assert (process.returncode, error) == (0, b"")
    assert sorted(line.rpartition(b",")[0] for line in rows(folder / "runs.csv")) == wanted
    assert sorted(rows(folder / "curves.csv")) == sorted(rows(straight / "curves.csv"))
    assert not (folder / "messages.csv").exists()
    assert pyarrow.parquet.read_table(folder / "runs.parquet").num_rows == RUNS
    names = {path.name for path in (straight / "weights").iterdir()}
    assert {path.name for path in (folder / "weights").iterdir()} == names
    for name in names:
        assert (folder / "weights" / name).read_bytes() == (straight / "weights" / name).read_bytes()
    assert not list(folder.rglob(".lens-*.tmp"))
