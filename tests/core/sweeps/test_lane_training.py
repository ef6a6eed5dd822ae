"""Runs side by side have the results that a trainer gives each of them alone, to the bit."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.sweeps.lane_training import RunsInLanes, lane_group, suits_lanes
from core.sweeps.run_result import DIVERGED, DONE, FAILED, PlannedRun, RunResult
from core.sweeps.run_training import RunTask, train_runs
from core.training.experiment import Decay, Experiment, Init
from core.training.preparation import prepare

MOONS = Experiment(
    data=DataSource("moons", samples=60, noise=10.0), hidden=(5,), activation="tanh", train_fraction=0.7, batch_size=4,
    standardize=True, init=Init("glorot"),
)  # fmt: skip
PLANE = Experiment(data=DataSource("plane", samples=50), hidden=(4, 3), output="linear", train_fraction=0.8)


def planned(base: Experiment, *changes: dict[str, object]) -> list[PlannedRun]:
    return [PlannedRun((str(index),), base.replace(**change)) for index, change in enumerate(changes)]


def assert_same(found: RunResult, wanted: RunResult) -> None:
    for field in dataclasses.fields(RunResult):
        if field.name == "seconds":
            continue
        one, other = getattr(found, field.name), getattr(wanted, field.name)
        if isinstance(one, np.ndarray):
            assert one.shape == other.shape, field.name
            assert one.tobytes() == other.tobytes(), field.name
        else:
            assert repr(one) == repr(other), field.name


def assert_as_alone(runs: list[PlannedRun], dataset: Dataset, epochs: int, initial: np.ndarray | None = None) -> None:
    together = train_runs(RunTask(tuple(runs), dataset, epochs, initial, keep_weights=True))
    for run, result in zip(runs, together, strict=True):
        (alone,) = train_runs(RunTask((run,), dataset, epochs, initial, keep_weights=True))
        assert_same(result, alone)


RATES = [{"seed": seed, "learning_rate": rate} for seed in (0, 7) for rate in (0.01, 0.3)]
CASES = {
    "plain": (Experiment(), [{"seed": seed} for seed in range(8)], 2),
    "split": (MOONS, [*RATES, {"init": Init("he"), "bias": 0.1}], 40),
    "adam with dropout": (MOONS.replace(optimizer="adam", dropout=0.2, l2=0.01, l1=0.001), RATES, 20),
    "schedules": (MOONS, [{"schedule": Decay("step", (5.0, 0.5))}, {"warm_up": 6}, {"seed": 3}], 20),
    "no shuffle": (MOONS.replace(shuffle=False, batch_size=7), RATES, 20),
    "one sample": (MOONS.replace(only_sample=3), RATES, 5),
    "regression": (PLANE, RATES, 20),
    "stop loss": (MOONS.replace(stop_loss=0.08), [{"seed": seed, "learning_rate": 0.5} for seed in range(5)], 60),
    "patience": (MOONS.replace(learning_rate=0.5), [{"seed": s, "patience": p} for s in (0, 1) for p in (1, 4)], 80),
    "ties": (MOONS.replace(init=Init("normal", 0.0), learning_rate=1e-14), RATES[::2], 3),
    "three classes": (MOONS.replace(data=DataSource("blobs", samples=60, classes=3)), RATES, 5),
    "scaled targets": (PLANE.replace(standardize=True, standardize_target=True, patience=3), RATES, 20),
    "patience beyond 512 epochs": (
        MOONS.replace(data=DataSource("moons", samples=12), learning_rate=0.02, patience=400), RATES[:3], 1025,
    ),
    "beyond 512 epochs": (MOONS.replace(data=DataSource("moons", samples=12)), RATES, 521),
    "no epochs": (MOONS, RATES, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_runs_side_by_side_are_those_alone(name: str) -> None:
    base, changes, epochs = CASES[name]
    assert_as_alone(planned(base, *changes), load(base.data), epochs)


@pytest.mark.needs_numba
@pytest.mark.parametrize("name", CASES)
def test_all_of_them_are_trained_in_lanes(name: str) -> None:
    base, changes, epochs = CASES[name]
    runs = planned(base, *changes)
    dataset = load(base.data)
    assert len({lane_group(run.experiment) for run in runs}) == 1
    assert suits_lanes(base, prepare(base, dataset))
    results = RunsInLanes(runs, dataset).train(epochs, keep_weights=False)
    assert [result.status for result in results if result is not None] == [DONE] * len(runs)
    if name in ("stop loss", "patience"):
        assert len({result.epochs for result in results if result is not None}) > 1


def test_a_run_that_diverges_leaves_the_others_alone() -> None:
    base = PLANE.replace(activation="relu", hidden=(8,))
    runs = planned(base, {"learning_rate": 0.001}, {"learning_rate": 1e6}, {"seed": 2, "learning_rate": 0.001})
    dataset = load(base.data)
    assert_as_alone(runs, dataset, 5)
    results = train_runs(RunTask(tuple(runs), dataset, 5))
    assert [result.status for result in results] == [DONE, DIVERGED, DONE]
    assert "diverged" in results[1].message


def test_a_run_that_diverges_from_the_start() -> None:
    base = PLANE.replace(activation="relu", hidden=(8, 8))
    runs = planned(base, {"init": Init("normal", 1e100)}, {"seed": 1})
    results = train_runs(RunTask(tuple(runs), load(base.data), 2))
    assert [result.status for result in results] == [DIVERGED, DONE]
    assert np.isnan(results[0].train_loss)


def test_given_weights() -> None:
    dataset = load(MOONS.data)
    sizes = prepare(MOONS, dataset).sizes
    count = sum((below + 1) * units for below, units in pairwise(sizes))
    assert_as_alone(planned(MOONS, *RATES), dataset, 5, np.linspace(-0.5, 0.5, count))


def test_a_run_that_cannot_begin_is_a_result_that_says_so() -> None:
    runs = planned(MOONS, {"seed": 1}, {"seed": 2})
    results = train_runs(RunTask(tuple(runs), load(MOONS.data), 5, np.zeros(3)))
    assert [result.status for result in results] == [FAILED] * 2
    assert "initial weights" in results[0].message


def test_a_fault_is_a_result_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("core.sweeps.run_training.Trainer", broken)
    (result,) = train_runs(RunTask(tuple(planned(MOONS, {})), load(MOONS.data), 5))
    assert (result.status, result.message) == (FAILED, "RuntimeError: no room")


@pytest.mark.needs_numba
def test_what_is_not_trained_in_lanes() -> None:
    assert lane_group(MOONS.replace(engine="numpy")) is None
    assert lane_group(MOONS) != lane_group(MOONS.replace(hidden=(6,)))
    dataset = load(MOONS.data)
    for hidden, batch_size, suits in (
        ((64, 64), 1, False),
        ((32, 32), 1, True),
        ((32, 32), 10, False),
        ((8, 8), 10, True),
    ):
        experiment = MOONS.replace(hidden=hidden, batch_size=batch_size)
        assert suits_lanes(experiment, prepare(experiment, dataset)) == suits
