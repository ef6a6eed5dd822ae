"""Training and evaluations in steps, which leave the bits of those in one go."""

from __future__ import annotations

import math

import numpy as np
import pytest

import core.training.evaluation
from core.base.progress import finish
from core.training.trainer import Trainer
from tests.core.support import bits
from tests.core.workbench.support import SHALLOW, make_trainer

N = 1000
"""Samples of an epoch."""


@pytest.fixture
def plain() -> Trainer:
    """Made before sets are large."""
    trainer = make_trainer()
    trainer.advance(2 * N)
    return trainer


@pytest.fixture
def _large_sets(plain: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each set is measured in blocks of 256 samples."""
    monkeypatch.setattr(core.training.evaluation, "EVALUATION_WORK", 1)


@pytest.mark.usefixtures("_large_sets")
def test_steps_lie_between_blocks_and_behind_records(plain: Trainer) -> None:
    trainer = make_trainer()
    seen = [(trainer.position, is_complete) for is_complete in trainer.advancing(2 * N)]
    blocks = math.ceil(N / 256) - 1
    by_record = {place: [done for at, done in seen if at == place] for place in {at for at, _ in seen}}
    assert set(by_record) == set(trainer.history.table[1:, 0].tolist())
    assert all(steps == [False] * blocks + [True] for steps in by_record.values())
    assert bits(trainer) == bits(plain)
    assert trainer.history.table.tobytes() == plain.history.table.tobytes()


@pytest.mark.usefixtures("_large_sets")
def test_a_run_that_is_left_behind_a_record_goes_on_to_the_same_bits(plain: Trainer) -> None:
    trainer = make_trainer()
    steps = trainer.advancing(2 * N)
    while not next(steps):
        pass
    steps.close()
    assert 0 < trainer.position == trainer.history.table[-1, 0] < 2 * N
    trainer.advance(2 * N - trainer.position)
    assert bits(trainer) == bits(plain)
    assert trainer.history.table.tobytes() == plain.history.table.tobytes()


@pytest.mark.usefixtures("_large_sets")
def test_an_evaluation_may_be_given_up_and_done_again() -> None:
    trainer = make_trainer(SHALLOW.replace(train_fraction=0.5))
    trainer.advance(3)
    given_up = trainer.evaluating()
    next(given_up)
    given_up.close()
    assert trainer.latest_evaluations()[0] == 0
    train, test = finish(trainer.evaluating())
    assert trainer.latest_evaluations() == (3, train, test)
    assert trainer.evaluations() == (train, test), "not measured again"
    assert np.isfinite([train.loss, test.loss]).all()
