"""Exported scripts, run by a Python of their own: on the table they come from, on others, and into a pipe."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.base.arrays import Array
from core.data.data_source import DataSource, load
from core.data.tables.column_choice import Choice
from core.storage.exports.formats import export
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.storage.exports.support import cases, subject_of, trained

KINDS = [
    "numpy",
    pytest.param(
        "pytorch",
        marks=pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed"),
    ),
]


@dataclass(frozen=True)
class Home:
    """A folder with the script net.py and the run that it was exported from."""

    folder: Path
    trainer: Trainer

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "net.py", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, encoding="utf-8")

    def table(self, *arguments: str) -> list[list[str]]:
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return list(csv.reader(done.stdout.splitlines()))

    def assert_told(self, path: str, points: Array) -> None:
        """On a table the script tells these points, and what the program says of them."""
        head, *rows = self.table(path)
        trainer, dataset = self.trainer, self.trainer.preparation.dataset
        columns, outputs = len(dataset.column_names), trainer.preparation.output_names
        assert head == [*dataset.column_names, *outputs, *(["class"] if dataset.class_names else [])]
        numbers = np.array([row[: columns + len(outputs)] for row in rows], dtype=float)
        found = trainer.preparation.in_units(trainer.activations(points)[-1])
        np.testing.assert_allclose(numbers, np.hstack([points, found]), rtol=1e-12, atol=1e-12)
        if dataset.class_names:
            said = subject_of(trainer).model.outputs(points).argmax(axis=1)
            assert [row[-1] for row in rows] == [dataset.class_names[k] for k in said]


def home_of(trainer: Trainer, kind: str, folder: Path) -> Home:
    export(folder / "net.py", kind, subject_of(trainer))
    return Home(folder, trainer)


def write(path: Path, rows: Sequence[Sequence[object]], mark: str = ",") -> None:
    path.write_text("".join(mark.join(map(str, row)) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(params=KINDS)
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A net that learned prices from two of the four columns of a table."""
    rng = np.random.default_rng(5)
    rows = [(k, f"street {k}", *row) for k, row in enumerate(rng.normal(size=(30, 3)).tolist())]
    write(tmp_path / "houses.csv", [("id", "street", "area, m²", "age", "price"), *rows])
    text = (tmp_path / "houses.csv").read_text(encoding="utf-8").replace("area, m²", '"area, m²"')
    (tmp_path / "houses.csv").write_text(text, encoding="utf-8")
    choice = Choice(("age", "area, m²"), "price", task="regression", inputs=("age", "area, m²"))
    source = DataSource("file", str(tmp_path / "houses.csv"), choice=choice)
    experiment = Experiment(hidden=(3,), init=Init("glorot"), engine="numpy").adapted(data=source)
    trainer = Trainer(experiment.adapted(standardize=True), load(source))
    trainer.advance(50)
    assert trainer.preparation.dataset.column_names == ("age", "area, m²")
    return home_of(trainer, request.param, tmp_path)


def test_a_script_finds_the_columns_of_its_own_table(houses: Home) -> None:
    houses.assert_told("houses.csv", houses.trainer.preparation.dataset.points)


def test_a_script_finds_its_columns_in_another_order_among_others(houses: Home) -> None:
    points = houses.trainer.preparation.dataset.points[:7] + 0.25
    rows = [
        ("note", "area, m²", "id", "age"),
        *(("word", f"{b!r}".replace(".", ","), 1, a) for a, b in points.tolist()),
    ]
    write(houses.folder / "other.csv", rows, ";")
    houses.assert_told("other.csv", points)


def test_a_script_takes_the_first_columns_of_a_table_without_header(houses: Home) -> None:
    points = houses.trainer.preparation.dataset.points[:5]
    for mark in (",", ";", "\t", " "):
        write(houses.folder / "plain.txt", [(*point, "word") for point in points.tolist()], mark)
        houses.assert_told("plain.txt", points)


def test_without_a_table_a_script_shows_some_points(houses: Home) -> None:
    assert len(houses.table()) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,age\n1,2\n", "t.csv has no column area, m²; its columns are id, age."),
        ("a,b\n1,2\n", "t.csv has no column age and no column area, m²; its columns are a, b."),
        ("", "t.csv has no column age and no column area, m²; it is empty."),
        ('age,"area, m²"\n', "t.csv has a header and no points."),
        ('age,"area, m²"\n1,2\n1,wide\n', "t.csv, point 2: 'wide' for area, m² is not a number."),
        ('age,"area, m²"\n1,nan\n', "t.csv, point 1: 'nan' for area, m² is not a number."),
        ("1,2\n3\n", "t.csv, point 2: '' for area, m² is not a number."),
        (None, "t.csv cannot be read: "),
    ],
)
def test_a_script_says_in_a_sentence_what_is_missing(houses: Home, text: str | None, said: str) -> None:
    if text is not None:
        (houses.folder / "t.csv").write_text(text, encoding="utf-8")
    done = houses.run("t.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(said)


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_takes_the_columns_of_a_nameless_table_that_it_learned_from(kind: str, tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(20, 4)).tolist()
    write(tmp_path / "plain.csv", [(*row, k % 2) for k, row in enumerate(rows)])
    source = DataSource("file", str(tmp_path / "plain.csv"), choice=Choice(("x4", "x2"), "x5", inputs=("x4", "x2")))
    trainer = Trainer(Experiment(hidden=(3,), engine="numpy").adapted(data=source), load(source))
    trainer.advance(20)
    home = home_of(trainer, kind, tmp_path)
    home.assert_told("plain.csv", np.array(rows)[:, [3, 1]])


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_runs_on_the_shipped_table(kind: str, tmp_path: Path) -> None:
    source = DataSource("train.txt")
    trainer = Trainer(Experiment(data=source, engine="numpy"), load(source))
    trainer.advance(1000)
    rows = np.column_stack([trainer.preparation.dataset.points, trainer.preparation.dataset.labels])
    np.savetxt(tmp_path / "train.txt", rows)
    home_of(trainer, kind, tmp_path).assert_told("train.txt", np.loadtxt(tmp_path / "train.txt")[:, :2])


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes")
@pytest.mark.parametrize("kind", KINDS)
def test_a_script_into_a_pipe_that_closes_ends_in_silence(kind: str, tmp_path: Path) -> None:
    home_of(trained(cases()[0]), kind, tmp_path)
    write(tmp_path / "long.csv", np.ones((20_000, 2)).tolist())
    process = subprocess.Popen(
        [sys.executable, "net.py", "long.csv"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().startswith("x1,x2,")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_takes_the_texts_of_a_table(kind: str, tmp_path: Path) -> None:
    words = ["Dream", "Biscoe", "Torger's Island"]
    rng = np.random.default_rng(3)
    rows = [(words[k % 3], *rng.normal(size=2).tolist(), "ab"[k % 2]) for k in range(24)]
    write(tmp_path / "birds.csv", [("island", "bill", "mass", "kind"), *rows])
    texts = (("island", tuple(sorted(words))),)
    choice = Choice(("bill", "island=Dream"), "kind", inputs=("island", "bill", "mass"), texts=texts)
    source = DataSource("file", str(tmp_path / "birds.csv"), choice=choice)
    experiment = Experiment(hidden=(3,), init=Init("glorot"), engine="numpy").adapted(data=source)
    trainer = Trainer(experiment.adapted(standardize=True), load(source))
    trainer.advance(50)
    home, points = home_of(trainer, kind, tmp_path), trainer.preparation.dataset.points
    assert points.shape == (24, 5)
    home.assert_told("birds.csv", points)
    write(tmp_path / "other.csv", [("mass", "x", "island", "bill"), *((m, 0, i, b) for i, b, m, _ in rows)], ";")
    home.assert_told("other.csv", points)
    (tmp_path / "told.csv").write_text(home.run("birds.csv").stdout, encoding="utf-8")
    home.assert_told("told.csv", points)  # what it wrote itself
    write(tmp_path / "new.csv", [("island", "bill", "mass"), ("Mars", 1, 2)])
    said = home.run("new.csv").stderr
    assert said == "new.csv, point 1: 'Mars' for island is none of Biscoe, Dream, Torger's Island.\n"
    write(tmp_path / "bare.csv", rows)
    assert "has no column bill and no column island" in home.run("bare.csv").stderr
