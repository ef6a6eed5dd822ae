"""The folder of a sweep keeps every result, whatever a killed program left in it."""

from __future__ import annotations

import csv
import json
import math
import random
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from core.data.data_source import DataSource, default_source
from core.storage.weights_file import load_parameters
from core.sweeps.run_result import FAILED, RunResult, without_numbers
from core.sweeps.sweep_folder import SweepFolder, read_plan, read_results, weights_name
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.sweep_runner import SweepProgress, SweepRunner, load_datasets, make_tasks
from core.sweeps.variation import parse_variation
from core.sweeps.workers import Workers
from core.training.experiment import Decay, Experiment, Init

MOONS = Experiment(data=DataSource("moons", samples=40), hidden=(3,), train_fraction=0.5)
PLAN = SweepPlan(
    MOONS, {}, (parse_variation("learning-rate=0.1;0.5"), parse_variation("hidden=3;2,2")), 3, 4, keep_weights=True
)


def opened(path: Path, plan: SweepPlan = PLAN) -> SweepFolder:
    return SweepFolder(path, plan, load_datasets(plan))


def run_all(path: Path, plan: SweepPlan = PLAN) -> list[RunResult]:
    """Go on with a sweep; the results that it trained."""
    folder, trained = opened(path, plan), []
    try:
        tasks = make_tasks(plan, folder.done)

        def tell(progress: SweepProgress) -> None:
            trained.extend(progress.fresh)

        assert SweepRunner(tasks, Workers(), folder.add, tell, len(folder.done)).run()
        folder.write_parquet()
    finally:
        folder.close()
    return trained


def rows(path: Path, name: str = "runs.csv") -> list[list[str]]:
    with (path / name).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_files_hold_every_run(tmp_path: Path) -> None:
    results = {result.key: result for result in run_all(tmp_path)}
    header, *found = rows(tmp_path)
    measures = ["train_loss", "test_loss", "train_accuracy", "test_accuracy"]
    assert header == ["learning-rate", "hidden", "seed", "epochs", *measures, "status", "seconds"]
    assert len(found) == len(results) == PLAN.count == 16
    for rate, hidden, seed, epochs, train_loss, test_loss, train_score, test_score, status, seconds in found:
        result = results[(rate, hidden), int(seed)]
        measured = result.train_loss, result.test_loss, result.train_score, result.test_score
        assert (epochs, status) == ("3", "done")
        assert [train_loss, test_loss, train_score, test_score] == [repr(value) for value in measured]
        assert float(seconds) >= 0.0
        kept = load_parameters(tmp_path / "weights" / weights_name(PLAN.names, result.key), result.sizes)
        assert result.parameters is not None
        assert kept.tobytes() == result.parameters.tobytes()
    header, *curves = rows(tmp_path, "curves.csv")
    assert header == ["learning-rate", "hidden", "seed", "epoch", *measures]
    assert [line[3] for line in curves] == ["0", "1", "2", "3"] * 16
    assert [line[4:] for line in curves if line[3] == "3"] == [line[4:8] for line in found]
    table = pyarrow.parquet.read_table(tmp_path / "runs.parquet").to_pylist()
    assert [row["test_loss"] for row in table] == [float(line[5]) for line in found]
    assert {row["learning-rate"] for row in table} == {0.1, 0.5}
    assert pyarrow.parquet.read_table(tmp_path / "curves.parquet").num_rows == 64


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    run_all(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.csv")}
    assert run_all(tmp_path) == []
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_cut_off_is_mended(tmp_path: Path, seed: int) -> None:
    """A kill leaves the beginning of what would have been written: curves, then messages, then rows."""
    rng = random.Random(seed)
    run_all(tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in ("runs.csv", "curves.csv")}
    header = whole["runs.csv"].index(b"\n") + 1
    cut = rng.randrange(header, len(whole["runs.csv"]))
    (tmp_path / "runs.csv").write_bytes(whole["runs.csv"][:cut])
    kept = whole["runs.csv"][:cut].count(b"\n") - 1
    if rng.random() < 0.5:
        least = [place for place, letter in enumerate(whole["curves.csv"]) if letter == 10][4 * kept] + 1
        cut = rng.randrange(least, len(whole["curves.csv"]))
        (tmp_path / "curves.csv").write_bytes(whole["curves.csv"][:cut])
    assert len(run_all(tmp_path)) == PLAN.count - kept
    for name, data in whole.items():
        seconds = -1 if name == "runs.csv" else None
        now, then = (sorted(line.split(b",")[:seconds] for line in text.splitlines()) for text in
                     ((tmp_path / name).read_bytes(), data))  # fmt: skip
        assert now == then, name


def test_a_run_whose_row_was_removed_is_trained_again(tmp_path: Path) -> None:
    run_all(tmp_path)
    lines = (tmp_path / "runs.csv").read_text().splitlines(keepends=True)
    (tmp_path / "runs.csv").write_text("".join([*lines[:3], *lines[5:]]))
    assert len(run_all(tmp_path)) == 2
    assert len(rows(tmp_path)) == PLAN.count + 1
    assert len(rows(tmp_path, "curves.csv")) == 4 * PLAN.count + 1


def test_another_sweep_is_refused(tmp_path: Path) -> None:
    run_all(tmp_path)
    others = {
        "epochs: 3 there, 4 here": SweepPlan(MOONS, {}, PLAN.variations, 4, 4, keep_weights=True),
        "weights: true there, false here": SweepPlan(MOONS, {}, PLAN.variations, 3, 4),
        "seeds: 4 there, 5 here": SweepPlan(MOONS, {}, PLAN.variations, 3, 5, keep_weights=True),
        "vary": SweepPlan(MOONS, {}, PLAN.variations[:1], 3, 4, keep_weights=True),
        "options": SweepPlan(MOONS, {"l2": 0.1}, PLAN.variations, 3, 4, keep_weights=True),
        "experiment": SweepPlan(MOONS.replace(l2=0.1), {}, PLAN.variations, 3, 4, keep_weights=True),
    }
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for told, plan in others.items():
        with pytest.raises(SweepError) as raised:
            opened(tmp_path, plan)
        assert told in str(raised.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_changed_data_file_is_another_sweep(tmp_path: Path) -> None:
    data = tmp_path / "points.csv"
    data.write_text("".join(f"{i},{i % 5},{i % 2}\n" for i in range(20)))
    plan = SweepPlan(Experiment(data=DataSource("file", path=str(data))), {}, (), 1, 2)
    run_all(tmp_path / "sweep", plan)
    data.write_text("".join(f"{i},{i % 4},{i % 2}\n" for i in range(20)))
    with pytest.raises(SweepError, match="data files"):
        opened(tmp_path / "sweep", plan)


def test_a_folder_is_written_by_one_program_at_a_time(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    with pytest.raises(SweepError, match="Another program works"):
        opened(tmp_path)
    folder.close()
    opened(tmp_path).close()


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("mine\n")
    with pytest.raises(SweepError, match="other files"):
        opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match="cannot be made"):
        opened(tmp_path / "file")


@pytest.mark.parametrize("line", ["0.1,3,77,3,1,1,1,1,done,1", "0.1,3", "0.1,3,0,3,1,1,1,1,great,1", "", "x" * 9])
def test_a_row_of_another_sweep_is_named(tmp_path: Path, line: str) -> None:
    run_all(tmp_path)
    with (tmp_path / "runs.csv").open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(SweepError, match=r"runs\.csv, line 18, is not a row"):
        opened(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format": "other"}', b"\xff"])
def test_a_damaged_specification_is_refused(tmp_path: Path, damage: bytes) -> None:
    run_all(tmp_path)
    (tmp_path / "specification.json").write_bytes(damage)
    with pytest.raises(SweepError, match="damaged or of another version"):
        opened(tmp_path)


def test_a_message_is_kept_beside_its_row(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    run = PLAN.runs[3]
    folder.add([without_numbers(run, FAILED, 'no "room", at all', 0.5)])
    folder.close()
    assert rows(tmp_path)[1] == [*run.texts, "3", "0", "nan", "nan", "nan", "nan", "failed", "0.500000"]
    assert rows(tmp_path, "messages.csv")[1] == [*run.texts, "3", "failed", 'no "room", at all']
    assert run.key not in {result.key for result in run_all(tmp_path)}
    table = pyarrow.parquet.read_table(tmp_path / "runs.parquet").to_pylist()
    assert math.isnan(table[0]["train_loss"])


def test_names_of_weights_are_names_of_files() -> None:
    assert weights_name(("l2",), (("0.5",), 3)) == "l2=0.5 seed=3.npz"
    odd = [weights_name(("data",), ((text,), 0)) for text in ("/a/b.csv", "\\a\\b.csv", "_a_b.csv", "a" * 300)]
    assert len(set(odd)) == 4
    assert not any(set(name) & set('/\\:*?"<>|') or len(name) > 200 for name in odd)


def test_drawn_points_are_part_of_the_specification(tmp_path: Path) -> None:
    from core.data.drawn_points import DrawnPoints

    def plan(x: float) -> SweepPlan:
        points = np.array([[x, 0.0], [1.0, 1.0], [2.0, 0.0]])
        drawn = DrawnPoints(points, np.array([0, 1, 0]), ("a", "b"))
        return SweepPlan(Experiment(data=DataSource("drawn", drawn=drawn)), {}, (), 2, 2)

    assert len(run_all(tmp_path, plan(0.0))) == 2
    assert run_all(tmp_path, plan(0.0)) == []
    with pytest.raises(SweepError, match="another sweep"):
        opened(tmp_path, plan(0.5))


# ---- Opening a folder again.


def test_a_folder_gives_its_plan_and_results_again(tmp_path: Path) -> None:
    trained = {result.key: result for result in run_all(tmp_path)}
    with (tmp_path / "runs.csv").open("a") as file:
        file.write("0.1,3")  # another program is writing
    plan, initial = read_plan(tmp_path)
    assert (plan, initial) == (PLAN, None)
    assert plan.runs == PLAN.runs
    results = read_results(tmp_path, plan)
    assert {result.key for result in results} == trained.keys()
    for result in results:
        wanted = trained[result.key]
        ends = wanted.curve[wanted.curve[:, 0] % wanted.epoch_length == 0]
        assert (result.train_loss, result.test_score) == (wanted.train_loss, wanted.test_score)
        assert result.curve[:, 1:].tobytes() == ends[:, 1:].tobytes()
        assert (result.curve[:, 0] / result.epoch_length).tolist() == [0.0, 1.0, 2.0, 3.0]


def test_every_kind_of_option_comes_back(tmp_path: Path) -> None:
    given = {
        "data": default_source("spiral"), "data.noise": 5.0, "standardize": False, "hidden": (3, 4),
        "init": Init("normal", 0.5), "schedule": Decay("step", (5.0, 0.5)), "patience": None, "learning_rate": 0.02,
        "shuffle": True, "train_fraction": 0.6,
    }  # fmt: skip
    varied = parse_variation("l2=log:0.001..1:3"), parse_variation("optimizer=sgd;adam"), parse_variation("seed=4;9")
    plan = SweepPlan(MOONS, given, varied, 2, 1, 4)
    initial = np.linspace(-1.0, 1.0, 9)
    SweepFolder(tmp_path, plan, load_datasets(plan), initial).close()
    found, weights = read_plan(tmp_path)
    assert found == plan
    assert weights is not None
    assert weights.tobytes() == initial.tobytes()


def test_a_folder_without_a_sweep(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="There is no sweep in"):
        read_plan(tmp_path)
    (tmp_path / "specification.json").write_text("{")
    with pytest.raises(SweepError, match="cannot be read"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("format", "backprop-lens sweep 2"), ("experiment", {}), ("options", ["--nothing", "1"]), ("vary", [1]),
        ("vary", {"l2": ["x"]}), ("epochs", "many"), ("options", ["--l2"]), ("initial weights", {}),
        ("seeds", None), ("random", -1),
    ],
)  # fmt: skip
def test_a_damaged_plan_is_one_sentence(tmp_path: Path, part: str, value: object) -> None:
    opened(tmp_path).close()
    data = json.loads((tmp_path / "specification.json").read_text())
    (tmp_path / "specification.json").write_text(json.dumps({**data, part: value}))
    with pytest.raises(SweepError):
        read_plan(tmp_path)


@pytest.mark.parametrize("line", ["0.1,3,0,x,1,1,1,1,done,1", "0.1"])
def test_damaged_tables_are_one_sentence(tmp_path: Path, line: str) -> None:
    opened(tmp_path).close()
    with (tmp_path / "runs.csv").open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(SweepError, match="cannot be read"):
        read_results(tmp_path, PLAN)
