"""Mutated projects, recovery files, weights and settings: each is opened, or refused in one sentence.

Nothing in a file is run: an audit hook notes whatever begins a process, unpickles, or executes code.

All of it: ``python -m pytest -m campaign -n 0 -s tests/campaigns/test_damaged_files.py``. ``FILES=100`` in the
environment damages 100 of each kind.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import random
import sys
import tracemalloc
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QRect
from pytestqt.qtbot import QtBot

from core.base.errors import LensError
from core.data.data_source import DRAWN, DataSource
from core.data.drawn_points import empty_canvas
from core.data.point_edits import add
from core.storage.archive import unpack
from core.storage.project import load_project, project_bytes, resume
from core.storage.settings_file import SettingsFile
from core.storage.weights_file import load_parameters, load_weights, weights_bytes
from core.storage.window_layout import WindowPlace, window_place
from core.training.divergence import Diverged
from gui.projects.recent_projects import RecentProjects
from gui.window.main_window import MainWindow
from tests.core.storage.test_project_damage import READ, make_project, mutated, projects

pytestmark = pytest.mark.campaign

EACH = int(os.environ.get("FILES", "3000"))
MOST_BYTES = 300_000_000
LONGEST_SENTENCE = 700
HARMFUL = ("pickle.find_class", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "exec")

OWN_CODE = (typing.__file__, dataclasses.__file__, collections.__file__)

heard: list[str] = []
listening = False


def listen(event: str, arguments: tuple[object, ...]) -> None:
    if not listening or event not in HARMFUL:
        return
    caller = sys._getframe(1).f_code.co_filename
    # Imports run modules; annotations and data classes of the program's own source are evaluated as well.
    if event != "exec" or not (caller.startswith("<frozen importlib") or caller in OWN_CODE):
        heard.append(f"{event} by {caller}: {arguments!r:.200}")


sys.addaudithook(listen)


@pytest.fixture
def watched() -> Iterator[Callable[[], int]]:
    """Nothing may be run while it is used; returns the most bytes that were taken since it was last asked."""
    global listening
    tracemalloc.start()
    heard.clear()

    def peak() -> int:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        return most

    listening = True
    yield peak
    listening = False
    tracemalloc.stop()
    assert heard == []


def flipped(rng: random.Random, good: bytes) -> bytes:
    """Bytes that are wrong, missing, moved or too many."""
    data = bytearray(good)
    kind = rng.random()
    if kind < 0.5:
        for _ in range(rng.choice([1, 1, 2, 8, 40])):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 10, 34, 61, 92, 127, 255, rng.randrange(256)])
    elif kind < 0.65:
        del data[rng.randrange(len(data)) :]
    elif kind < 0.8:
        begin, count = rng.randrange(len(data)), rng.randrange(60)
        data[begin : begin + count] = rng.randbytes(rng.randrange(60))
    else:
        begin, end = sorted(rng.randrange(len(data)) for _ in range(2))
        place = rng.randrange(len(data))
        data[place:place] = data[begin:end]
    return bytes(data)


def refusal(read: Callable[[], object]) -> bool:
    """Whether reading is refused, which takes one sentence."""
    try:
        read()
    except LensError as error:
        text = str(error)
        assert "\n" not in text
        assert "\r" not in text
        assert len(text) < LONGEST_SENTENCE
        assert text.endswith(".")
        return True
    return False


def seed() -> int:
    chosen = int(os.environ.get("LENS_SEED", random.randrange(10**9)))
    print(f"\nLENS_SEED={chosen}", end=" ")
    return chosen


def run(
    name: str,
    count: int,
    folder: Path,
    make: Callable[[random.Random], bytes],
    read: Callable[[Path], object],
    peak: Callable[[], int],
) -> int:
    """Make so many files and read each; returns how many were refused."""
    rng, refused, most = random.Random(seed()), 0, 0
    path = folder / name
    for number in range(count):
        data = make(rng)
        path.write_bytes(data)
        peak()
        try:
            refused += refusal(lambda: read(path))
        except Exception as error:
            (folder / f"culprit-{name}").write_bytes(data)
            raise AssertionError(f"mutation {number}, kept in {folder}") from error
        most = max(most, peak())
        assert heard == [], number
        assert path.read_bytes() == data
    print(f"{count} mutated files {name}: {refused} refused, at most {most / 1e6:.1f} MB")
    assert most < MOST_BYTES
    return refused


def open_and_train(path: Path) -> None:
    trainer = resume(load_project(path), path)
    with contextlib.suppress(Diverged):
        trainer.advance(20)


@pytest.fixture(scope="module")
def recovery_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Projects as autosave writes them, one with a canvas; and what the mutations know of both kinds."""
    project = make_project(classes=True)
    points = add(empty_canvas(), np.array([[0.5, 0.5], [1.0, -1.0]]), 0)
    canvas = project.experiment.replace(data=DataSource(DRAWN, drawn=points), only_sample=None)
    kept = replace(project, unsaved_of="/home/me/a.lens", unsaved_of_digest="0" * 64)
    files = [project_bytes(kept), project_bytes(replace(kept, canvas=canvas, keeps_weights=True))]
    path = tmp_path_factory.mktemp("good") / "good.lens"
    for good in (*projects(), *files):
        path.write_bytes(good)
        READ[good] = unpack(path)
        open_and_train(path)  # whatever is imported later is imported now
    return files


def test_projects(tmp_path: Path, recovery_files: list[bytes], watched: Callable[[], int]) -> None:
    refused = run("a.lens", EACH, tmp_path, lambda rng: mutated(rng, rng.choice(projects())), open_and_train, watched)
    assert EACH // 3 < refused < EACH


def test_recovery_files(tmp_path: Path, recovery_files: list[bytes], watched: Callable[[], int]) -> None:
    refused = run(
        "1-0.lens", EACH, tmp_path, lambda rng: mutated(rng, rng.choice(recovery_files)), open_and_train, watched
    )
    assert EACH // 3 < refused < EACH


def test_weights(tmp_path: Path, watched: Callable[[], int]) -> None:
    sizes = (2, 5, 3)
    good = weights_bytes(sizes, np.linspace(-1.0, 1.0, 2 * 5 + 5 + 5 * 3 + 3))

    def read(path: Path) -> None:
        for layer in load_weights(path):
            assert all(np.isfinite(array).all() for array in layer)
        assert np.isfinite(load_parameters(path, sizes)).all()

    (tmp_path / "good.npz").write_bytes(good)
    read(tmp_path / "good.npz")
    refused = run("a.npz", EACH, tmp_path, lambda rng: flipped(rng, good), read, watched)
    assert EACH // 3 < refused < EACH


def test_settings(tmp_path: Path, qtbot: QtBot, watched: Callable[[], int]) -> None:
    good = tmp_path / "good.conf"
    place = WindowPlace(10, 10, 1200, 800, False, ())
    settings = SettingsFile(good)
    settings.put_all({"window/theme": "dark", "window/place": place.as_text()})
    RecentProjects(settings).add("/home/me/a, b.lens")
    hostile = (
        good.read_bytes()
        + b'\n[window]\ngeometry="@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3\\0\\0)"\n'
        + b"state=@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\xePyQt_PyObject\\0\\x80\\x4\\x95)\n"
    )

    def read(path: Path) -> None:
        settings = SettingsFile(path)
        assert isinstance(settings.text("window/theme"), str)
        assert all(isinstance(one, str) for one in RecentProjects(settings).paths())
        found = window_place(settings.text("window/place"))
        if found is not None:
            box = QRect(found.x, found.y, found.width, found.height)
            assert max(abs(box.x()), abs(box.y()), abs(box.width()), abs(box.height())) <= 100_000
        settings.old_bytes("window/geometry")

    refused = run(
        "a.conf", EACH, tmp_path, lambda rng: flipped(rng, rng.choice([good.read_bytes(), hostile])), read, watched
    )
    assert refused == 0, "damaged settings are the usual ones"


def test_recovery_in_a_window(qtbot: QtBot, window: MainWindow, recovery_files: list[bytes], tmp_path: Path) -> None:
    """The window offers each, says why it cannot be read, and lets it be discarded."""
    rng, folder, opened = random.Random(seed()), tmp_path / "recovery", 0
    told = window.notices.newest.close_button  # of the newest notice; the offer lies above them
    for _ in range(100):
        folder.mkdir(exist_ok=True)
        (folder / "1-0.lens").write_bytes(mutated(rng, rng.choice(recovery_files)))
        window.guard.begin(folder)
        assert window.recovery.isVisible()
        before = window.session.loaded
        window.recovery.recover_button.click()
        qtbot.waitUntil(lambda now=before: told.isVisible() or window.session.loaded is not now)
        qtbot.waitUntil(lambda: window.session.at_rest)
        if window.recovery.isVisible():
            window.recovery.discard_button.click()
        else:
            opened += 1
        assert not window.recovery.isVisible()
        while told.isVisible():
            told.click()
        window.guard._forget(window.projects.files.present_work)
        assert window.guard._folder is not None
        window.guard._folder.leave()
        for path in folder.iterdir():
            path.unlink()
    window.guard._may_leave = True
    print(f"100 in a window: {opened} opened")
    assert 0 < opened < 100
