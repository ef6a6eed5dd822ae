"""What early stopping leaves behind the best epoch stays in the record, apart."""

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
    trainer.return_to(stop.return_to)
    trainer.advance(stop.return_to - trainer.position)
    return trainer, before, stop.return_to


def test_the_rise_that_stopped_the_run_is_kept() -> None:
    trainer, before, best = stopped()
    history = trainer.history
    assert history.table[-1, 0] == best
    assert np.array_equal(np.concatenate([history.table, history.abandoned]), before)
    assert history.abandoned[-1, 0] == best + PATIENCE * trainer.epoch_length
    ends = history.abandoned[history.abandoned[:, 0] % trainer.epoch_length == 0]
    assert (ends[:, 2] >= history.table[-1, 2]).all()


def test_it_gives_way_to_what_is_recorded_anew() -> None:
    trainer, before, _ = stopped()
    trainer.change(patience=None)
    trainer.advance(2 * trainer.epoch_length)
    assert np.array_equal(np.concatenate([trainer.history.table, trainer.history.abandoned]), before)
    assert trainer.history.abandoned[0, 0] > trainer.position


def test_a_step_back_forgets_it() -> None:
    trainer, _, best = stopped()
    trainer.rewind(best - trainer.epoch_length)
    assert len(trainer.history.abandoned) == 0
