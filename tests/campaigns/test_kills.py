"""Windows and commands that are killed at any moment: every file is whole, and what was kept is offered again.

All of it: ``python -m pytest -m campaign -n 0 -s tests/campaigns/test_kills.py``. ``KILLS=20`` in the environment kills
20 windows and 3 films.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.base.atomic_files import write_whole
from core.storage.project import load_project
from core.storage.weights_file import load_parameters
from core.training.trainer import Trainer
from core.workbench.run_tree import read_tree
from gui.projects.recovery_folder import RecoveryFolder
from tests.campaigns.killed_window import PAINTED

pytestmark = pytest.mark.campaign

ROOT = Path(__file__).resolve().parents[2]
WINDOW_KILLS = int(os.environ.get("KILLS", "200"))
RECORD_KILLS = max(3, 30 * WINDOW_KILLS // 200)
LONGEST_SECONDS = 1.2
START_SECONDS = 60.0


class Nursery:
    """A process that has imported everything and makes windows of itself."""

    def __init__(self) -> None:
        words = [sys.executable, str(ROOT / "tests" / "campaigns" / "killed_window.py")]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.answer() == "ready"

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def ask(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.answer()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.process.communicate()


def journal(folder: Path) -> list[tuple[str, int]]:
    """What the window was told of; the last line may be cut off."""
    path = folder / "journal"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [(words[0], int(words[1])) for words in (line.split(" ") for line in lines)]


def last(notes: list[tuple[str, int]], what: str) -> int:
    return max((position for kind, position in notes if kind == what), default=-1)


def check_files(folder: Path) -> int:
    """Look at all files that a killed window left; return what the saved project reached, -1 where there is none."""
    weights, points, picture = folder / "weights.npz", folder / "points.csv", folder / "diagram.png"
    if weights.exists():
        assert np.isfinite(load_parameters(weights, (2, 7, 2))).all()
    if points.exists():
        lines = points.read_bytes().count(b"\n")
        assert lines >= 1001 and (lines - 1001) % PAINTED == 0
    if picture.exists():
        with Image.open(picture) as image:
            image.load()
    project = folder / "project.lens"
    return reached_in(project) if project.exists() else -1


def reached_in(path: Path) -> int:
    """On how many samples all branches of a project were trained; any place of each has the bits of a straight run."""
    tree, _ = read_tree(load_project(path), str(path))
    total, rng = 0, random.Random(0)
    for run in tree.runs:
        start = run.trainer.tree.branches[0].keyframe_before(0).parameters
        for branch in tuple(run.trainer.tree.branches):  # one that is left without training is dropped
            total += branch.tip - branch.fork
            straight = Trainer(run.trainer.experiment, run.dataset, start.copy())
            straight.settings_over_time.changes = list(branch.changes)
            for position in sorted({rng.randint(0, branch.tip), branch.tip}):
                straight.advance(position - straight.position)
                run.trainer.seek(position, branch)
                assert run.trainer.network.parameters.tobytes() == straight.network.parameters.tobytes()
    return total


def test_two_hundred_killed_windows_lose_nothing_that_was_kept(nursery: Nursery, tmp_path: Path) -> None:
    rng = random.Random(os.environ.get("LENS_SEED"))
    in_a_write = offered = kept_before = saved_before = 0
    for number in range(WINDOW_KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = int(nursery.ask(f"{folder} {rng.randrange(10**9)}"))
        give_up = time.monotonic() + START_SECONDS
        while not journal(folder):
            assert time.monotonic() < give_up, "the window does not begin"
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, LONGEST_SECONDS))
        os.kill(process, signal.SIGKILL)
        assert nursery.ask("wait") == str(int(signal.SIGKILL))
        notes = journal(folder)
        assert not any(kind == "failed" for kind, _ in notes), notes
        saved = check_files(folder)
        assert saved >= last(notes, "saved"), (folder, notes)
        recovery = RecoveryFolder(folder / "recovery")
        works = recovery.abandoned()
        assert len(works) <= 1
        found = [reached_in(work.path) for work in works]
        assert max(saved, *found, -1) >= max(last(notes, "kept"), last(notes, "saved")), (folder, notes, saved, found)
        offered += len(works)
        kept_before += last(notes, "kept") >= 0
        saved_before += last(notes, "saved") >= 0
        temporary = [*folder.glob(".lens-*.tmp"), *(folder / "recovery").glob(".lens-*.tmp")]
        in_a_write += bool(temporary)
        write_whole(folder / "next", b"")
        assert list(folder.glob(".lens-*.tmp")) == []
        for work in works:
            recovery.discard(work)
        recovery.abandoned()
        recovery.close()
        if (folder / "recovery").exists():
            assert list((folder / "recovery").iterdir()) == []
    print(
        f"\n{WINDOW_KILLS} killed windows: {kept_before} had kept work and {saved_before} had saved before, "
        f"{offered} times work is offered, {in_a_write} were killed in the middle of a write; nothing lost"
    )
    assert min(offered, kept_before) > WINDOW_KILLS // 20
    assert in_a_write > 0 or WINDOW_KILLS < 100


@pytest.mark.parametrize("command", ["record", "train", "export", "render"])
def test_killed_commands_leave_whole_files(command: str, tmp_path: Path) -> None:
    rng = random.Random(os.environ.get("LENS_SEED"))
    old = b"what was there before"
    outs = {
        "record": ("film.gif", ["--epochs", "3", "--size", "320x240", "--seconds", "0.3"]),
        "train": ("weights.npz", ["--epochs", "2"]),
        "export": ("model.py", ["--epochs", "1"]),
        "render": ("picture.png", ["--epochs", "1"]),
    }
    name, options = outs[command]
    option = "--weights" if command == "train" else "--out"
    path = tmp_path / name
    words = [sys.executable, str(ROOT / "main.py"), command, *options, option, str(path)]
    if command == "export":
        words += ["--to", "numpy"]
    path.write_bytes(old)
    began = time.monotonic()
    subprocess.run(words, check=True, capture_output=True, cwd=tmp_path, timeout=300)
    seconds = time.monotonic() - began
    whole = path.read_bytes()
    assert whole != old
    kills = RECORD_KILLS if command == "record" else RECORD_KILLS // 3
    ended = 0
    for _ in range(kills):
        path.write_bytes(old)
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        try:
            process.wait(rng.uniform(0.2, 1.1) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        data = path.read_bytes()
        if data == old:
            continue
        ended += 1
        if command == "record":
            with Image.open(path) as film:
                assert film.n_frames > 1
        else:
            assert data == whole
    write_whole(tmp_path / "next", b"")
    assert {entry.name for entry in tmp_path.iterdir()} <= {name, "next", "__pycache__"}
    print(f"\n{kills} killed {command} commands: {ended} had written a whole file, the others left the former one")
