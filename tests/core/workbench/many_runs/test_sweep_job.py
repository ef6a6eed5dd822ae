"""A sweep beside the window: its results are those of the command line, live records grow, a cancelled one goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.data.data_source import DataSource
from core.sweeps.run_result import DONE
from core.sweeps.run_training import train_runs
from core.sweeps.sweep_folder import read_plan, read_results
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import load_datasets, make_tasks
from core.sweeps.variation import parse_variation
from core.sweeps.workers import LocalProcesses, Workers
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from core.workbench.many_runs.sweep_job import ENDED, PAUSED, SweepJob
from core.workbench.many_runs.sweep_run import sweep_run
from core.workbench.run_id import new_work_id
from tests.core.sweeps.test_lane_training import assert_same

SECONDS = 60.0
MOONS = Experiment(data=DataSource("moons", samples=40), hidden=(3,), train_fraction=0.5, engine="numpy")
PLAN = SweepPlan(MOONS, {}, (parse_variation("learning-rate=0.1;0.5"),), 3, 2)
LONG = SweepPlan(MOONS, {}, (parse_variation("learning-rate=0.1;0.5"),), 1_000_000)


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def job_of(path: Path, plan: SweepPlan, workers: Workers | None = None) -> SweepJob:
    job = SweepJob(path, plan, load_datasets(plan), workers=workers)
    job.start()
    return job


def test_all_runs_are_trained_as_the_command_line_trains_them(tmp_path: Path) -> None:
    job = job_of(tmp_path / "a", PLAN, Workers())
    until(lambda: not job.is_running)
    status = job.status
    assert (status.state, status.done, status.total, status.error) == (ENDED, 4, 4, "")
    found = {result.key: result for result in job.take_results()}
    for task in make_tasks(PLAN):
        for result in train_runs(task):
            assert_same(found[result.key], result)
    assert read_plan(tmp_path / "a")[0] == PLAN
    assert len(read_results(tmp_path / "a", PLAN)) == 4
    assert (tmp_path / "a" / "runs.parquet").exists()


def test_records_grow_while_runs_are_trained_and_cancelling_ends_the_processes(tmp_path: Path) -> None:
    job = job_of(tmp_path / "a", LONG, LocalProcesses(1))
    until(lambda: len(job.records()) == 1)
    ((key, first),) = job.records().items()
    until(lambda: len(job.records()[key]) > len(first))
    later = job.records()[key]
    np.testing.assert_array_equal(later[: len(first)], first)
    assert first[0, 0] == 0.0 and first[16, 0] == 1.0  # in epochs, sixteen records in the first
    until(lambda: 0.0 < job.status.share < 1.0)
    job.cancel()
    assert job.status.state == ENDED and job.status.error == "" and job.take_results() == []
    assert read_results(tmp_path / "a", LONG) == []


def test_a_paused_job_begins_no_run_until_it_goes_on(tmp_path: Path) -> None:
    job = SweepJob(tmp_path / "a", PLAN, load_datasets(PLAN), workers=Workers())
    job.pause(True)
    job.start()
    until(lambda: job._runner is not None)
    assert job.status.state == PAUSED and job.is_running
    job.pause(False)
    until(lambda: not job.is_running)
    assert job.status.done == 4


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    first = job_of(tmp_path / "a", PLAN, Workers())
    until(lambda: not first.is_running)
    other = job_of(tmp_path / "a", LONG, Workers())
    until(lambda: not other.is_running)
    assert "holds another sweep" in other.status.error


@pytest.mark.parametrize("given", ["patience=none;3", "learning-rate=0.1;1"])
def test_a_run_that_is_opened_has_the_bits_of_the_sweep(tmp_path: Path, given: str) -> None:
    plan = SweepPlan(MOONS, {}, (parse_variation(given),), 12, keep_weights=True)
    dataset = load_datasets(plan)[MOONS.data]
    for result in (result for task in make_tasks(plan) for result in train_runs(task)):
        kept = sweep_run(plan, result, dataset, None, new_work_id())
        assert result.status == DONE and kept.tip == result.epochs * 20
        trainer = Trainer(kept.experiment, dataset)
        trainer.seek(0)
        while trainer.position < kept.tip:
            trainer.advance(kept.tip - trainer.position)
        assert result.parameters is not None
        assert trainer.network.parameters.tobytes() == result.parameters.tobytes()
