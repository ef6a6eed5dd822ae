"""Damaged and hostile project files, and programs that die while they write one."""

from __future__ import annotations

import copy
import io
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.base.errors import LensError, ProjectError
from core.data.data_source import DataSource, load
from core.data.section import PrincipalAxes, Slice
from core.storage.archive import MAX_ITEMS, TEXT_MEMBER, array_name, pack, unpack
from core.storage.project import Project, load_project, project_bytes, resume, save_project
from core.storage.window_layout import DockPlace, Layout
from core.training.divergence import Diverged
from core.training.experiment import Experiment
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from tests.core.strategies import numbers_dataset
from tests.core.support import rewind, small_dataset

REPOSITORY = Path(__file__).resolve().parents[3]
ROOM = 1 << 20
"""What opening may take besides four times the file's length."""

HOSTILE_ROOM = 24 << 20
"""The same for a file that was made to take as much memory as it can."""


AXES = (0.5, 1.0, 1.5), (1.0, 2.0, 3.0), ((0.6, 0.8, 0.0), (0.0, 0.0, 1.0)), (0.5, 0.25)
"""The arguments of a section."""


def make_project(classes: bool) -> Project:
    dataset = small_dataset(30, 3) if classes else numbers_dataset(30)
    data = DataSource("file", "points.csv", task="classification" if classes else "regression")
    output = {} if classes else {"output": "linear"}
    experiment = Experiment(data=data, hidden=(3,), batch_size=4, train_fraction=0.8, **output)
    trainer = Trainer(experiment, dataset)
    trainer.advance(50)
    trainer.change(optimizer="adam", learning_rate=0.003)
    trainer.edit({1: 0.5, 2: -0.5})
    trainer.freeze([3])
    trainer.advance(59)
    section = Slice((2, 0), (0.5, 1.0, 1.5), (1.0, 2.0, 3.0)) if classes else PrincipalAxes(*AXES)
    layout = Layout((DockPlace("loss", "right", True, False, True, "", 0, 0, 300, 200),), section)
    return Project(experiment, dataset, save_run(trainer), trainer.network.parameters.copy(), layout)


@cache
def projects() -> tuple[bytes, bytes]:
    """A project of each task, as files; made when they are wanted, since training them loads the compiled engine."""
    return project_bytes(make_project(True)), project_bytes(make_project(False))


# ---- Mutations.

ODD = (
    None,
    True,
    -1,
    0,
    1,
    2,
    1.5,
    -0.0,
    1e308,
    2**53,
    2**62,
    10**30,
    "",
    "x",
    "nan",
    "sgd",
    "adam",
    [],
    [1],
    {},
    "\ud800",
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all that is inside of a JSON value."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, inner in items for place in places(inner, (*path, key))]


def change_text(rng: random.Random, content: Any) -> None:
    """Another value, a field more or less, or two values exchanged."""
    known = places(content)
    *way, last = rng.choice(known)
    parent = content
    for key in way:
        parent = parent[key]
    kind = rng.random()
    if kind < 0.5:
        parent[last] = copy.deepcopy(rng.choice(ODD))
    elif kind < 0.65:
        del parent[last]
    elif kind < 0.75 and isinstance(parent, dict):
        parent[rng.choice(["more", "kind", "__class__", "__reduce__"])] = rng.choice(ODD)
    elif kind < 0.9:
        other = content
        for key in rng.choice(known):
            other = other[key]
        parent[last] = copy.deepcopy(other)
    elif isinstance(parent, list):
        parent.append(copy.deepcopy(parent[last]))


def change_array(rng: random.Random, array: np.ndarray) -> np.ndarray:
    """Another number, shape or type."""
    kind = rng.random()
    if kind < 0.6 and array.size:
        changed = array.copy()
        odd = (0, 1, -1, 2**40, 255) if array.dtype.kind in "iu" else (0.0, 1e308, -1e308, np.nan, np.inf, 0.5, 1e-320)
        changed.flat[rng.randrange(array.size)] = np.array(rng.choice(odd)).astype(array.dtype)
        return changed
    if kind < 0.75:
        return array[: rng.randrange(len(array) + 1)]
    if kind < 0.85:
        return array.reshape(-1, 1) if rng.random() < 0.5 else array.reshape(1, *array.shape)
    if kind < 0.95:
        return array.astype(rng.choice(["<f8", "<i8", "|u1"]))
    return np.concatenate([array, array])


def mutated(rng: random.Random, good: bytes) -> bytes:
    """A file with bytes that are wrong, or one that is whole and holds what is wrong."""
    kind = rng.random()
    if kind < 0.3:
        data = bytearray(good)
        for _ in range(rng.choice([1, 1, 1, 2, 8])):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 255, rng.randrange(256)])
        return bytes(data)
    if kind < 0.36:
        return good[: rng.randrange(len(good))]
    if kind < 0.4:
        place = rng.randrange(len(good))
        return good[:place] + rng.randbytes(rng.randrange(40)) + good[place + rng.randrange(40) :]
    content, arrays = READ[good]
    content, arrays = copy.deepcopy(content), dict(arrays)
    for _ in range(rng.choice([1, 1, 2, 3])):
        if rng.random() < 0.6:
            change_text(rng, content)
        else:
            name = rng.choice(list(arrays))
            with np.errstate(all="ignore"):
                changed = change_array(rng, arrays[name])
            text = json.dumps(content).replace(name, array_name(changed))
            content, arrays = json.loads(text), arrays | {array_name(changed): changed}
    return pack(content, arrays)


def opened(path: Path) -> Trainer | None:
    """What opening the file gives, led on for some samples; None where it is refused, in one sentence."""
    try:
        trainer = resume(load_project(path))
    except LensError as error:
        assert isinstance(error, ProjectError)
        assert "\n" not in str(error)
        assert len(str(error)) < 700
        return None
    try:
        trainer.advance(40)
        rewind(trainer, trainer.position // 2)
        trainer.advance(5)
    except Diverged:
        pass
    return trainer


READ: dict[bytes, tuple[Any, dict[str, Any]]] = {}


@pytest.fixture(autouse=True, scope="module")
def read_projects(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("good") / "good.lens"
    for good in projects():
        path.write_bytes(good)
        READ[good] = unpack(path)


def run_mutations(folder: Path, count: int, seed: int) -> tuple[int, float]:
    """How many of so many mutated files were refused, and the most memory that one took besides four times itself."""
    rng, refused, most = random.Random(seed), 0, 0.0
    path = folder / "mutated.lens"
    tracemalloc.start()
    try:
        for number in range(count):
            data = mutated(rng, projects()[number % 2])
            path.write_bytes(data)
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            try:
                refused += opened(path) is None
            except Exception as error:
                (folder / "culprit.lens").write_bytes(data)
                raise AssertionError(f"mutation {number} of seed {seed}") from error
            most = max(most, tracemalloc.get_traced_memory()[1] - before - 4 * len(data))
            assert path.read_bytes() == data, "opening a file changes nothing"
    finally:
        tracemalloc.stop()
    assert most < ROOM
    return refused, most


def test_mutated_files_are_refused_in_one_sentence_or_open(tmp_path: Path) -> None:
    refused, _ = run_mutations(tmp_path, 100, seed=random.randrange(10**9))
    assert 40 < refused < 100


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(4))
def test_very_many_mutated_files(tmp_path: Path, part: int) -> None:
    refused, most = run_mutations(tmp_path, 5000, seed=random.randrange(10**9))
    print(f"\n5000 mutated files: {refused} refused, at most {most / 1024:.0f} KiB beyond four times the file")


# ---- Files made to harm.


def central_entry(name: bytes, size: int, offset: int) -> bytes:
    fields = (b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, size, size, len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3L5H2L", *fields) + name


def archive_of(members: bytes, directory: bytes, count: int) -> bytes:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), len(members), 0)
    return members + directory + end


def many_members() -> bytes:
    directory = b"".join(central_entry(struct.pack("<L", i), 0, 0) for i in range(200_000))
    return archive_of(b"", directory, 200_000)


def overlapping_members() -> bytes:
    """Every member is all of the same bytes."""
    body = b"\x00" * 1_000_000
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, len(body), len(body), 1, 0) + b"x" + body
    names = [TEXT_MEMBER.encode(), *(f"arrays/{i}.npy".encode() for i in range(2000))]
    return archive_of(local, b"".join(central_entry(name, len(body), 0) for name in names), len(names))


def packed_zeros() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TEXT_MEMBER, b"[" * 20_000_000)
    return buffer.getvalue()


def stored_text(text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(TEXT_MEMBER, text)
    return buffer.getvalue()


def promised_shape() -> bytes:
    content, arrays = READ[projects()[0]]
    data = pack(content, arrays)
    return data.replace(b"'shape': (30, 2)", b"'shape': (900000000000, 2)"[:16])


def vast_network() -> bytes:
    content, arrays = READ[projects()[0]]
    content = copy.deepcopy(content)
    content["project"]["experiment"]["hidden"] = [256] * 10
    return pack(content, arrays)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "many members": many_members,
    "overlapping members": overlapping_members,
    "packed zeros": packed_zeros,
    "nested": lambda: stored_text(b"[" * 90_000),
    "nested far": lambda: stored_text(b"[" * 5_000_000),
    "empty lists": lambda: stored_text(b"[" + b"[]," * 2_000_000 + b"[]]"),
    "as many as may be": lambda: stored_text(b"[" + b"{}," * (MAX_ITEMS // 2 - 2) + b"{}]"),
    "long text": lambda: stored_text(b'"' + b"x" * 8_000_000 + b'"'),
    "wide text": lambda: stored_text(b'"' + "🂡".encode() * 1_000_000 + b'"'),
    "a number of very many digits": lambda: stored_text(b"1" * 100_000),
    "pickle": lambda: b"\x80\x04cos\nsystem\n(S'echo harm'\ntR.",
    "promised shape": promised_shape,
    "vast network": vast_network,
    "empty": lambda: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_little_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.lens"
    path.write_bytes(HOSTILE[name]())
    tracemalloc.start()
    try:
        with pytest.raises(ProjectError) as caught:
            resume(load_project(path), path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "hostile.lens" in str(caught.value)
    assert peak < 4 * path.stat().st_size + HOSTILE_ROOM


def test_a_large_project_opens_within_four_times_its_size(tmp_path: Path) -> None:
    dataset = small_dataset(100_000)
    trainer = Trainer(Experiment(data=DataSource("gauss")), dataset)
    path = tmp_path / "large.lens"
    save_project(path, Project(trainer.experiment, dataset, save_run(trainer)))
    tracemalloc.start()
    try:
        load_project(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * path.stat().st_size


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "There is no file a.lens"),
        (lambda path: path.mkdir(), "a.lens is a folder"),
        (lambda path: os.mkfifo(path), "not an ordinary file"),
        (lambda path: path.write_text("x1,x2\n1,2\n"), "damaged or no project"),
    ],
)
def test_what_is_no_file_of_ours_is_told(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "a.lens"
    make(path)
    with pytest.raises(ProjectError, match=words):
        load_project(path)


# ---- Dying while writing.

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from core.base.atomic_files import write_whole
files = [open(name, "rb").read() for name in sys.argv[3:]]
print("ready", flush=True)
while True:
    for data in files:
        write_whole(sys.argv[1], data)
"""


def kill_writers(folder: Path, rounds: int, seed: int) -> tuple[int, int]:
    """Kill a program that saves one project and another in turn; how often each was there afterwards."""
    rng = random.Random(seed)
    dataset = small_dataset(20_000)
    kinds = []
    for position in (0, 100):
        trainer = Trainer(Experiment(data=DataSource("gauss")), dataset)
        trainer.advance(position)
        kinds.append(project_bytes(Project(trainer.experiment, dataset, save_run(trainer))))
        (folder / f"kind-{position}").write_bytes(kinds[-1])
    target, found = folder / "project.lens", [0, 0]
    target.write_bytes(kinds[0])
    for _ in range(rounds):
        words = [sys.executable, "-c", WRITER, target, REPOSITORY, folder / "kind-0", folder / "kind-100"]
        writer = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 0.03))
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        data = target.read_bytes()
        assert data in kinds
        found[kinds.index(data)] += 1
        assert resume(load_project(target)).position in (0, 100)
    return found[0], found[1]


def test_a_program_that_is_killed_leaves_a_whole_file(tmp_path: Path) -> None:
    kill_writers(tmp_path, 3, seed=1)


@pytest.mark.campaign
def test_two_hundred_programs_that_are_killed_leave_a_whole_file(tmp_path: Path) -> None:
    found = kill_writers(tmp_path, 200, seed=random.randrange(10**9))
    print(
        f"\n200 kills: {found[0]} times the one project, {found[1]} times the other, whole; "
        f"{len(list(tmp_path.glob('.lens-*.tmp')))} of them in the middle of a write"
    )
    assert min(found) > 0


def test_the_shipped_data_are_embedded(tmp_path: Path) -> None:
    dataset = load(DataSource("train.txt"))
    trainer = Trainer(Experiment(), dataset)
    save_project(tmp_path / "a.lens", Project(trainer.experiment, dataset, save_run(trainer)))
    np.testing.assert_array_equal(load_project(tmp_path / "a.lens").dataset.points, dataset.points)
