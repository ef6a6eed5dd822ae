"""When the worker measures loss and score while it plays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.explain.snapshot import Request
from core.training.evaluation import Evaluations
from core.training.trainer import Trainer
from core.workbench.worker.paced_answers import PacedAnswers
from core.workbench.worker.snapshot_maker import MEASURING_PAUSE, SnapshotMaker
from tests.core.workbench.support import make_trainer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that everybody reads; it passes only where an evaluation takes a second."""
    now = [100.0]
    measure = Evaluations._measure_block

    def measure_long(evaluations: Evaluations, *arguments: Any) -> Any:
        now[0] += 1.0  # the training set is one block, and there is no test set
        return measure(evaluations, *arguments)

    monkeypatch.setattr(Evaluations, "_measure_block", measure_long)
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


@pytest.fixture
def trainer(clock: list[float]) -> Trainer:
    return make_trainer()


@pytest.fixture
def is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every set counts as a large one."""
    monkeypatch.setattr("core.training.evaluation.SHORT_WORK", 0)


def test_wrong_points_of_a_small_set_are_those_of_the_map_whatever_the_clock_said(trainer: Trainer) -> None:
    trainer.evaluations()  # which took a second, because something was in its way
    trainer.advance(3)
    playing: Any = SimpleNamespace(trainer=trainer)
    snapshot = SnapshotMaker().take(playing, Request(), playing=True)
    assert snapshot is not None
    assert snapshot.measured == snapshot.position == 3


@pytest.mark.usefixtures("is_large")
def test_what_takes_long_is_measured_now_and_then(clock: list[float], trainer: Trainer) -> None:
    snapshots = SnapshotMaker()
    assert clock == [101.0]  # the start is recorded
    trainer.advance(3)
    assert not snapshots.is_measuring_due(trainer)
    clock[0] += MEASURING_PAUSE + 0.1
    assert snapshots.is_measuring_due(trainer)
    trainer.evaluations()
    assert clock == [pytest.approx(102.1 + MEASURING_PAUSE)]
    assert not snapshots.is_measuring_due(trainer)


@pytest.mark.usefixtures("is_large")
def test_what_the_record_measured_is_not_measured_again(clock: list[float], trainer: Trainer) -> None:
    snapshots = SnapshotMaker()
    clock[0] += MEASURING_PAUSE + 0.1
    trainer.advance(trainer.epoch_length)
    trainer.advance(3)
    assert not snapshots.is_measuring_due(trainer)


def test_a_run_that_begins_to_play_is_judged_as_soon_as_it_has_moved(clock: list[float], trainer: Trainer) -> None:
    """Beside epoch 1,321 stood that nothing is trained yet: the last verdict was of the press of Play."""
    answers = PacedAnswers(lambda of, _at_work: of.position)
    assert answers.answer(trainer, False) == 0
    clock[0] += 10.0
    assert answers.answer(trainer, True) == 0
    trainer.advance(7)
    assert answers.answer(trainer, True) == 7
    trainer.advance(7)
    assert answers.answer(trainer, True) == 7, "it stays for a while"
    assert answers.answer(trainer, False) == 14
