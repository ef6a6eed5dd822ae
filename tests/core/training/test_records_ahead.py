"""What lies ahead of a run that went back, as early stopping does, stays in its record, apart."""

from __future__ import annotations

import numpy as np

from core.data.data_source import load
from core.training.presets import PRESETS
from core.training.trainer import Trainer

PATIENCE = 6


def stopped() -> tuple[Trainer, np.ndarray, int]:
    """A run that stopped early and went back; its record before that, and the position of the best epoch."""
    experiment = PRESETS["overfit"].experiment.replace(patience=PATIENCE)
    trainer = Trainer(experiment, load(experiment.data))
    stop = trainer.advance(100 * trainer.epoch_length)
    assert stop is not None
    assert stop.return_to is not None
    before = trainer.history.table.copy()
    trainer.head.return_to(stop.return_to)
    trainer.advance(stop.return_to - trainer.position)
    return trainer, before, stop.return_to


def test_the_rise_that_stopped_the_run_is_kept() -> None:
    trainer, before, best = stopped()
    history = trainer.history
    assert history.table[-1, 0] == best
    assert np.array_equal(np.concatenate([history.table, history.ahead]), before)
    assert history.ahead[-1, 0] == best + PATIENCE * trainer.epoch_length
    ends = history.ahead[history.ahead[:, 0] % trainer.epoch_length == 0]
    assert (ends[:, 2] >= history.table[-1, 2]).all()


def test_a_run_that_goes_on_otherwise_leaves_it_on_its_branch() -> None:
    trainer, before, _ = stopped()
    trainer.change(patience=None)
    trainer.advance(2 * trainer.epoch_length)
    left, present = trainer.tree.branches
    assert np.array_equal(left.record.view().table, before)
    assert present is trainer.tree.present
    assert len(trainer.history.ahead) == 0
    assert np.array_equal(trainer.history.table, before[: len(trainer.history)])


def test_a_step_back_forgets_nothing() -> None:
    trainer, before, best = stopped()
    trainer.seek(best - trainer.epoch_length)
    history = trainer.history
    assert history.ahead[0, 0] > trainer.position
    assert np.array_equal(np.concatenate([history.table, history.ahead]), before)
