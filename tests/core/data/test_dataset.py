"""Data sets, their sources, and the shipped file."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError
from core.data.data_source import DataSource, default_source, load, source_kinds
from core.data.dataset import Dataset
from core.data.generators import GENERATORS

ROOT = Path(__file__).resolve().parents[3]
SIX_KNOWN_ROWS = [
    (14.85, 10.32, 0),
    (20.98, 3.47, 0),
    (19.84, 10.86, 0),
    (13.03, 9.90, 1),
    (6.36, 10.56, 1),
    (7.33, 12.26, 1),
]


def make(points: Any = ((0, 1), (2, 3), (4, 5)), labels: Any = (0, 1, 1), names: Any = ("a", "b")) -> Dataset:
    return Dataset(points, labels, names, ("x1", "x2"), "small")


def test_a_dataset_is_a_read_only_copy() -> None:
    points, labels = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])
    data = make(points, labels)
    points[:], labels[:] = -1, 0
    assert data.points.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert data.labels.tolist() == [0, 1, 1]
    assert data.points.dtype == np.float64
    assert data.labels.dtype == np.int64
    assert len(data) == 3
    assert data.n_classes == 2
    with pytest.raises(ValueError, match="read-only"):
        data.points[0, 0] = 7
    with pytest.raises(ValueError, match="read-only"):
        data.labels[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"  # type: ignore[misc]


def test_a_dataset_is_equal_to_itself_alone() -> None:
    data = make()
    assert data == data
    assert data != make()
    assert len({data, make()}) == 2


def test_a_dataset_may_be_empty_and_may_lack_a_class() -> None:
    assert len(make(np.empty((0, 2)), [])) == 0
    assert make(labels=[1, 1, 1]).n_classes == 2
    assert make(labels=[0, 0, 0], names=("only",)).n_classes == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": [[1]], "labels": [0]}, r"\(1, 1\)"),
        ({"points": [[0] * 65], "labels": [0]}, r"\(1, 65\); give a row of 2 to 64 inputs"),
        ({"points": [[1, 2, 3]], "labels": [0]}, "a name for each column"),
        ({"points": [1, 2, 3]}, r"\(3,\)"),
        ({"labels": [0, 1]}, "one label for each of 3 points"),
        ({"labels": [0.0, 0.5, 1.0]}, "float64"),
        ({"labels": [0, 1, 2]}, "from 0 to 2"),
        ({"labels": [0, -1, 1]}, "from -1 to 1"),
        ({"points": [[0, 1], [2, np.nan], [4, 5]]}, "Point 1"),
        ({"points": [[0, 1], [2, 3], [-np.inf, 5]]}, "Point 2"),
        ({"names": ()}, "class name"),
    ],
)
def test_a_dataset_refuses_what_is_none(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        make(**changes)


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_load_draws_what_the_source_says(kind: str) -> None:
    data = load(DataSource(kind, samples=77, noise=10, seed=5))
    assert len(data) == 77
    assert data.class_names == tuple(str(k) for k in range(GENERATORS[kind].n_classes))
    assert data.name == GENERATORS[kind].label
    again = load(DataSource(kind, samples=77, noise=10, seed=5))
    other = load(DataSource(kind, samples=77, noise=10, seed=6))
    assert np.array_equal(data.points, again.points)
    assert not np.array_equal(data.points, other.points)
    assert default_source(kind).samples == GENERATORS[kind].samples
    assert default_source(kind).noise == GENERATORS[kind].noise


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "torus"}, "'torus'; choose train.txt, circle,"),
        ({"kind": None}, "None; choose"),
        ({"kind": ["xor"]}, "choose"),
        ({"kind": "file"}, "no path"),
        ({"path": 3}, "3; give it as text"),
        ({"samples": 1}, "is 1; for xor give a whole number from 2 to 1 000 000"),
        ({"kind": "spiral3", "samples": 2}, "is 2; for spiral3 give a whole number from 3"),
        ({"samples": 1_000_001}, "1000001"),
        ({"samples": 10.0}, "10.0"),
        ({"samples": True}, "True"),
        ({"noise": -0.1}, "-0.1; give a percentage from 0 to 50"),
        ({"noise": 50.5}, "50.5"),
        ({"noise": float("nan")}, "nan"),
        ({"noise": "10"}, "'10'"),
        ({"noise": False}, "False"),
        ({"seed": -1}, "-1; give a whole number from 0"),
        ({"seed": 0.5}, "0.5"),
    ],
)
def test_a_source_refuses_a_wrong_setting_by_name_and_value(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ExperimentError, match=words) as caught:
        DataSource(**{"kind": "xor", **changes})
    last = list(changes)[-1]
    assert caught.value.field == (f"data.{last}" if last in ("samples", "noise", "seed") else "data")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_files_ignore_the_settings_of_the_built_in_sets(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("a,b,kind\n1,2,no\n3,4,yes\n")
    data = load(DataSource("file", str(file), samples=-1, noise=99.0, seed=-1))
    assert data.points.tolist() == [[1, 2], [3, 4]]
    assert (data.name, data.column_names, data.class_names) == ("own.csv", ("a", "b"), ("no", "yes"))


def test_a_lost_file_is_an_error_of_loading_and_not_of_the_source(tmp_path: Path) -> None:
    source = DataSource("file", str(tmp_path / "lost.csv"))
    with pytest.raises(DataError, match=r"lost\.csv"):
        load(source)


def test_source_kinds_can_all_be_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # the shipped file is found from anywhere
    for kind in source_kinds():
        if kind not in ("file", "drawn"):
            assert len(load(default_source(kind))) >= 500


def test_the_shipped_file_is_laid_out_like_the_notebooks() -> None:
    data = load(DataSource("train.txt"))
    assert len(data) == 1000
    assert data.class_names == ("0", "1")
    assert data.name == "train.txt"
    assert not data.labels[:500].any()
    assert data.labels[500:].all()
    assert (data.points > 0).all()
    assert (data.points < 26).all()


@pytest.mark.parametrize(("x1", "x2", "label"), SIX_KNOWN_ROWS)
def test_the_known_rows_would_lie_in_the_clouds_of_their_class(x1: float, x2: float, label: int) -> None:
    data = load(DataSource("train.txt"))
    distance = np.hypot(*(data.points - [x1, x2]).T)
    nearest = np.argsort(distance)[:5]
    assert (data.labels[nearest] == label).all()
    assert distance[nearest].max() < 2.5


def test_the_shipped_file_can_be_made_again(tmp_path: Path) -> None:
    script = ROOT / "data" / "generate_train.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "again.txt")], check=True, cwd=tmp_path)
    assert (tmp_path / "again.txt").read_bytes() == (ROOT / "data" / "train.txt").read_bytes()
