"""When the worker measures loss and score while it plays."""

from __future__ import annotations

import pytest

from core.training.trainer import Trainer
from core.training.whole_set import Measures
from core.workbench.snapshot_maker import MEASURING_PAUSE, Snapshots
from tests.core.workbench.support import make_trainer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that everybody reads; it passes only where an evaluation takes a second."""
    now = [100.0]
    evaluate = Measures._evaluate

    def evaluate_long(measures: Measures, part: object) -> object:
        now[0] += 0.5
        return evaluate(measures, part)  # type: ignore[arg-type]

    monkeypatch.setattr(Measures, "_evaluate", evaluate_long)
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


@pytest.fixture
def trainer(clock: list[float]) -> Trainer:
    return make_trainer()


def test_what_takes_long_is_measured_now_and_then(clock: list[float], trainer: Trainer) -> None:
    snapshots = Snapshots()
    assert clock == [101.0]  # the start is recorded
    trainer.advance(3)
    snapshots.measure_if_due(trainer)
    assert clock == [101.0]
    clock[0] += MEASURING_PAUSE + 0.1
    snapshots.measure_if_due(trainer)
    assert clock == [pytest.approx(102.1 + MEASURING_PAUSE)]
    assert trainer.latest_evaluations()[0] == 3


def test_what_the_record_measured_is_not_measured_again(clock: list[float], trainer: Trainer) -> None:
    snapshots = Snapshots()
    clock[0] += MEASURING_PAUSE + 0.1
    trainer.advance(trainer.epoch_length)
    recorded = clock[0]
    trainer.advance(3)
    snapshots.measure_if_due(trainer)
    assert clock[0] == recorded
