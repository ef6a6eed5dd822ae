"""A sweep has the same results under each executor, survives dead workers, and can be paused and cancelled."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

from core.data.data_source import DataSource
from core.sweeps import live_records
from core.sweeps.run_result import DONE, FAILED, RunResult
from core.sweeps.run_training import RunTask, train_runs
from core.sweeps.sweep_estimate import estimate_seconds
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.sweep_runner import SweepProgress, SweepRunner, make_tasks
from core.sweeps.variation import parse_variation
from core.sweeps.workers import LocalProcesses, Workers
from core.training.experiment import Experiment
from core.training.history import History
from tests.core.sweeps.test_lane_training import assert_same

MOONS = Experiment(data=DataSource("moons", samples=40), hidden=(3,), train_fraction=0.5)
PLAN = SweepPlan(
    MOONS, {}, (parse_variation("optimizer=sgd;adam"), parse_variation("hidden=3;2,2")), 3, 9, keep_weights=True
)


class PlannedDeaths(Workers):
    """A pool whose workers die of some seeds, and take the tasks of the others along."""

    count, ahead = 2, 2

    def __init__(self, deadly: set[int], lives: int) -> None:
        super().__init__()
        self.deadly, self.lives = deadly, lives
        self.broken: BaseException | None = None

    def submit(self, task: RunTask) -> Future[list[RunResult]]:
        if self.broken:
            raise self.broken
        future: Future[list[RunResult]] = Future()
        if self.lives and self.deadly & {run.experiment.seed for run in task.runs}:
            self.lives -= 1
            self.broken = BrokenProcessPool("a worker died")
            future.set_exception(self.broken)
        else:
            future.set_result(train_runs(task))
        return future

    def renew(self) -> None:
        self.broken = None


def run(workers: Workers, plan: SweepPlan = PLAN) -> dict[object, RunResult]:
    kept: list[RunResult] = []
    told: list[SweepProgress] = []
    assert SweepRunner(make_tasks(plan), workers, kept.extend, told.append).run()
    workers.close()
    assert len(kept) == plan.count
    assert [result for progress in told for result in progress.fresh] == kept
    assert (told[-1].done, told[-1].total, told[-1].seconds_left) == (plan.count, plan.count, 0.0)
    return {result.key: result for result in kept}


@pytest.fixture(scope="module")
def wanted() -> dict[object, RunResult]:
    return run(Workers())


@pytest.mark.needs_numba
def test_runs_are_put_together_by_their_shape() -> None:
    tasks = make_tasks(PLAN, {PLAN.runs[0].key})
    assert sorted(len(task.runs) for task in tasks) == [1, 1, 1, 8, 8, 8, 8]
    assert all(len({(r.experiment.optimizer, r.experiment.hidden) for r in task.runs}) == 1 for task in tasks)


@pytest.fixture
def processes() -> Iterator[LocalProcesses]:
    workers = LocalProcesses(2)
    yield workers
    workers.close()


def test_processes_give_the_same_bits(wanted: dict[object, RunResult], processes: LocalProcesses) -> None:
    found = run(processes)
    assert found.keys() == wanted.keys()
    for key, result in found.items():
        assert_same(result, wanted[key])


def test_a_process_that_is_killed_is_replaced(wanted: dict[object, RunResult], processes: LocalProcesses) -> None:
    kept: list[RunResult] = []
    killed: list[int] = []

    def kill_one(progress: SweepProgress) -> None:
        if not killed:
            assert processes._executor is not None
            killed.append(next(iter(processes._executor._processes)))  # type: ignore[attr-defined]
            os.kill(killed[0], signal.SIGKILL)

    assert SweepRunner(make_tasks(PLAN), processes, kept.extend, kill_one).run()
    assert killed
    assert len(kept) == PLAN.count
    for result in kept:
        assert_same(result, wanted[result.key])


@pytest.mark.parametrize("lives", [1, 2])
def test_the_runs_of_a_dead_worker_are_tried_again(wanted: dict[object, RunResult], lives: int) -> None:
    found = run(PlannedDeaths({4}, lives))
    assert [result.status for result in found.values()] == [DONE] * PLAN.count
    for key, result in found.items():
        assert_same(result, wanted[key])


def test_a_run_of_which_workers_die_is_a_row_that_says_so(wanted: dict[object, RunResult]) -> None:
    found = run(PlannedDeaths({4}, 1000))
    for key, result in found.items():
        if result.seed == 4:
            assert result.status == FAILED
            assert "died again" in result.message
        else:
            assert_same(result, wanted[key])


def test_lost_workers_end_the_sweep_with_a_sentence() -> None:
    class Lost(Workers):
        def submit(self, task: RunTask) -> Future[list[RunResult]]:
            future: Future[list[RunResult]] = Future()
            future.set_exception(ConnectionError("nobody answers"))
            return future

    with pytest.raises(SweepError, match=r"workers are lost \(nobody answers\)"):
        SweepRunner(make_tasks(PLAN), Lost(), lambda results: None).run()


def test_a_pool_that_is_broken_from_the_start() -> None:
    class Broken(Workers):
        def submit(self, task: RunTask) -> Future[list[RunResult]]:
            raise BrokenExecutor("no process can be started")

    kept: list[RunResult] = []
    assert SweepRunner(make_tasks(PLAN), Broken(), kept.extend).run()
    assert [result.status for result in kept] == [FAILED] * PLAN.count


@pytest.mark.needs_numba
def test_a_pause_holds_back_what_has_not_begun_and_a_cancel_ends_it() -> None:
    kept: list[RunResult] = []
    paused = threading.Event()

    def pause(progress: SweepProgress) -> None:
        if progress.done < 20:
            runner.pause()
            paused.set()

    runner = SweepRunner(make_tasks(PLAN), Workers(), kept.extend, pause)
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(runner.run()))
    thread.start()
    for held in (8, 9):  # a task of eight seeds, and one of the ninth
        assert paused.wait(60)
        paused.clear()
        assert runner.is_paused
        assert len(kept) == held
        runner.resume() if held == 8 else runner.cancel()
    thread.join(60)
    assert ended == [False]
    assert len(kept) == 9


def test_what_was_kept_before_counts() -> None:
    told: list[SweepProgress] = []
    done = {planned.key for planned in PLAN.runs[:10]}
    SweepRunner(make_tasks(PLAN, done), Workers(), lambda results: None, told.append, len(done)).run()
    assert told[0].done > 10
    assert (told[-1].done, told[-1].total) == (PLAN.count, PLAN.count)


def test_a_failure_to_keep_results_ends_the_sweep() -> None:
    def full(results: list[RunResult]) -> None:
        raise SweepError("the disk is full")

    with pytest.raises(SweepError, match="the disk is full"):
        SweepRunner(make_tasks(PLAN), Workers(), full).run()


def test_the_time_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = make_tasks(SweepPlan(MOONS, {}, (parse_variation("hidden=3;30"),), 1000, 20))
    assert estimate_seconds(tasks, 2) > 0.0
    assert estimate_seconds([], 1) == estimate_seconds(make_tasks(SweepPlan(MOONS, epochs=0)), 1) == 0.0
    monkeypatch.setattr("core.sweeps.sweep_estimate._seconds", lambda task, goes_on: 3.0 * len(task.runs))
    assert estimate_seconds(tasks, 2) == 3.0 * 40 / 2


@pytest.mark.parametrize("waits", [1, 3])
def test_an_estimate_ends_soon_when_nobody_waits(waits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever closes the dialog that shows it waits for its end; an epoch of these points takes minutes."""
    monkeypatch.setattr("core.sweeps.sweep_estimate.MEASURE_SECONDS", 1000.0)
    large = Experiment(data=DataSource("moons", samples=100_000), hidden=(64, 64, 64), engine="numpy")
    asked = iter(range(100))
    assert estimate_seconds(make_tasks(SweepPlan(large)), 1, lambda: next(asked) < waits) == 0.0
    assert next(asked) <= waits + 1


class Waiting(Workers):
    """Ends a task when it is told to; meanwhile its run has a record up to epoch 3."""

    def __init__(self, live: str) -> None:
        super().__init__()
        self.live, self.future = live, Future[list[RunResult]]()

    def submit(self, task: RunTask) -> Future[list[RunResult]]:
        record = np.array([[0.0, 1.0, 1.0, 0.5, 0.5], [60.0, 0.5, 0.5, 0.5, 0.5]])
        live_records.write_record(Path(self.live), task.runs[0].key, History(record, 20))
        return self.future


def test_what_is_trained_of_runs_under_way_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sweeps.sweep_runner.TELL_SECONDS", 0.0)
    (task,) = make_tasks(SweepPlan(MOONS, epochs=12), live=str(tmp_path))
    workers, told = Waiting(str(tmp_path)), list[SweepProgress]()

    def tell(progress: SweepProgress) -> None:
        told.append(progress)
        if not workers.future.done():
            workers.future.set_result(train_runs(task))

    assert SweepRunner([task], workers, lambda _: None, tell, live=str(tmp_path)).run()
    first, last = told[0], told[-1]
    assert (first.done, first.under_way, first.fresh) == (0, 0.25, ())
    assert first.seconds_left is None  # how fast it goes is known the second time
    assert (last.done, last.under_way, last.seconds_left) == (1, 0.0, 0.0)


def test_the_core_of_sweeps_needs_neither_processes_nor_a_cluster() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import core.sweeps.sweep_runner, core.sweeps.sweep_folder, core.sweeps.workers;"
        "print({'loky', 'distributed', 'dask', 'pyarrow', 'PyQt5', 'numba'} & set(sys.modules))"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
