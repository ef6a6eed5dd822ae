"""Compared runs: at any epoch each has the bits of a run that was trained there, and the newest wish counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.explain.snapshot import Request
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from core.workbench.comparison.compared_run import DIVERGED, STOPPED, ComparedRun
from core.workbench.comparison.comparison import Comparison, ComparisonAnswer, ComparisonWish
from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.run_id import new_run_id, new_work_id
from tests.core.workbench.support import SECONDS, SHALLOW, SHALLOW_DATA


def trained(experiment: Experiment, epochs: float) -> Trainer:
    trainer = Trainer(experiment, SHALLOW_DATA)
    trainer.advance(round(epochs * trainer.epoch_length))
    return trainer


def kept(experiment: Experiment, epochs: float) -> KeptRun:
    return keep_line(trained(experiment, epochs), new_run_id(), new_work_id())


def led(run: ComparedRun, epoch: float) -> bytes:
    """The bits of a run that was led to an epoch."""
    for _ in run.going_to(epoch):
        pass
    return run.state(epoch, Request(), None).snapshot.parameters.tobytes()


def test_a_run_goes_to_any_epoch_with_the_same_bits() -> None:
    """Back and forth, also behind the epoch to which it was kept."""
    run = ComparedRun(kept(SHALLOW, 3), 0.5)
    for epoch in (3.0, 1.25, 5.0, 0.0, 4.5):
        assert led(run, epoch) == trained(SHALLOW, epoch).network.parameters.tobytes()
        assert run.epoch == epoch


def test_a_run_given_up_on_its_way_goes_elsewhere() -> None:
    run = ComparedRun(kept(SHALLOW, 1), 0.5)
    way = run.going_to(50.0)
    for _ in range(3):
        next(way)
    way.close()
    assert led(run, 2.0) == trained(SHALLOW, 2.0).network.parameters.tobytes()


def test_a_run_that_was_only_raced_is_trained_from_its_start() -> None:
    raced = keep_line(Trainer(SHALLOW, SHALLOW_DATA), new_run_id(), new_work_id())
    raced = replace(raced, history=trained(SHALLOW, 4).history, tip=4 * raced.epoch_length)
    assert led(ComparedRun(raced, 0.5), 4.0) == trained(SHALLOW, 4.0).network.parameters.tobytes()


def test_a_run_that_stops_by_itself_stays_there() -> None:
    experiment = SHALLOW.replace(stop_loss=0.1)
    run = ComparedRun(kept(experiment, 1), 0.5)
    led(run, 40.0)
    end = run.epoch
    state = run.state(40.0, Request(), None)
    assert 1 < end < 40 and state.ending == STOPPED and state.snapshot.train_loss <= 0.1
    led(run, 1.0)
    assert run.epoch == 1.0 and run.state(1.0, Request(), None).ending == ""
    led(run, 40.0)
    assert run.epoch == end


def test_a_run_that_diverges_stays_before_it() -> None:
    experiment = SHALLOW.replace(activation="linear", output="linear", learning_rate=1e3)
    run = ComparedRun(keep_line(Trainer(experiment, SHALLOW_DATA), new_run_id(), new_work_id()), 0.5)
    led(run, 5.0)
    assert run.state(5.0, Request(), None).ending == DIVERGED and run.epoch < 5.0


@pytest.fixture
def comparison() -> Iterator[Comparison]:
    one = Comparison([kept(SHALLOW.replace(learning_rate=rate), 2) for rate in (0.01, 0.5)])
    one.start()
    yield one
    one.close()
    one._thread.join(SECONDS)
    assert not one._thread.is_alive()


def answered(comparison: Comparison, epoch: float) -> ComparisonAnswer:
    give_up = time.monotonic() + SECONDS
    while True:
        answer = comparison.take()
        if answer is not None and answer.wish.epoch == epoch:
            return answer
        assert time.monotonic() < give_up and not comparison.error
        time.sleep(0.001)


def test_all_stand_at_the_epoch_of_the_newest_wish(comparison: Comparison) -> None:
    requests = (Request(), Request())
    comparison.ask(ComparisonWish(100_000.0, requests))
    comparison.ask(ComparisonWish(3.0, requests, (1.0, 2.0)))
    answer = answered(comparison, 3.0)
    assert [state.snapshot.epoch for state in answer.states] == [3, 3]
    for state, rate in zip(answer.states, (0.01, 0.5), strict=True):
        expected = trained(SHALLOW.replace(learning_rate=rate), 3)
        assert state.snapshot.parameters.tobytes() == expected.network.parameters.tobytes()
        assert state.snapshot.measured == state.snapshot.position
        assert state.probe is not None and state.probe.point == (1.0, 2.0)
        assert len(state.history) >= len(expected.history)


def test_it_ends_in_the_midst_of_a_long_way(comparison: Comparison) -> None:
    comparison.ask(ComparisonWish(1e7, (Request(), Request())))
    give_up = time.monotonic() + SECONDS
    while comparison.reached <= 2.0:
        assert time.monotonic() < give_up
        time.sleep(0.001)
