"""When the worker measures loss and score while it plays."""

from __future__ import annotations

from typing import Any

import pytest

from core.training.evaluation import Evaluations
from core.training.trainer import Trainer
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


def test_what_the_record_measured_is_not_measured_again(clock: list[float], trainer: Trainer) -> None:
    snapshots = SnapshotMaker()
    clock[0] += MEASURING_PAUSE + 0.1
    trainer.advance(trainer.epoch_length)
    trainer.advance(3)
    assert not snapshots.is_measuring_due(trainer)
