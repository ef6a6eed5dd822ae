"""Many epochs in one call of the engine: to the bit what one epoch after another leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings

from core.data.dataset import Dataset
from core.training import history
from core.training.divergence import Diverged
from core.training.experiment import Decay, Experiment
from core.training.history import next_record
from core.training.trainer import Trainer
from core.training.whole_epochs import WholeEpochs
from tests.core.strategies import SOURCES, cases, numbers_dataset
from tests.core.support import bits, examples, small_dataset

pytestmark = pytest.mark.needs_numba
EPOCHS = 45
GROWING = Experiment(
    data=SOURCES["regression"], hidden=(), output="linear", loss="mse", learning_rate=1e6, batch_size=97
)
"""Its parameters grow by some factor with each update, until they cease to be finite."""


STOPPING = Experiment(hidden=(3,), learning_rate=0.5, train_fraction=0.6, patience=4)


def compiled(experiment: Experiment) -> Experiment:
    """What may be trained in many epochs at a time."""
    return experiment.replace(engine="compiled")


def advance(trainer: Trainer, epochs: int, at_a_time: int) -> str:
    """Train; returns why it ended."""
    try:
        while trainer.epoch < epochs:
            stop = trainer.advance(at_a_time * trainer.epoch_length)
            if stop is not None:
                return f"{stop.text} {stop.return_to}"
    except Diverged as error:
        return str(error)
    return "end"


def kept(trainer: Trainer) -> dict[int, tuple[bytes, ...]]:
    """The keyframes."""
    return {
        state.position: tuple(
            array.tobytes() for array in (state.parameters, state.gradient, state.slots, state.last_change)
        )
        for state in trainer.tree.present.line_states()
    }


def measured(trainer: Trainer) -> list[object]:
    return [
        (part.loss, part.score, repr(part.squared_error), part.predicted.tobytes()) for part in trainer.evaluations()
    ]


@given(case=cases())
@example(case=(GROWING, numbers_dataset()))
@example(case=(Experiment(learning_rate=0.1, train_fraction=0.7, batch_size=10), small_dataset(300, n_classes=3)))
@example(case=(STOPPING, small_dataset(60, n_classes=2)))
@example(case=(STOPPING.replace(patience=None, stop_loss=0.22), small_dataset(60, n_classes=2)))
@settings(max_examples=examples(25), deadline=None)
def test_many_epochs_at_a_time_leave_the_bits_of_one_after_another(case: tuple[Experiment, Dataset]) -> None:
    experiment, dataset = compiled(case[0]), case[1]
    try:
        together, apart = (Trainer(experiment, dataset) for _ in range(2))
    except Diverged:
        return
    ends = advance(together, EPOCHS, EPOCHS), advance(apart, EPOCHS, 1)
    assert ends[0] == ends[1]
    assert bits(together) == bits(apart)
    assert together.history.gradients.tobytes() == apart.history.gradients.tobytes()
    assert together.history.lows.tobytes() == apart.history.lows.tobytes()
    assert repr(measured(together)) == repr(measured(apart))
    ours, theirs = kept(together), kept(apart)
    assert all(ours[position] == theirs[position] for position in ours.keys() & theirs.keys())
    assert together.evaluations()[0].loss == pytest.approx(together.history.column("train_loss")[-1], nan_ok=True)


def test_the_growing_run_diverges_where_epochs_are_trained_together() -> None:
    """Else the example above would show nothing."""
    trainer = Trainer(compiled(GROWING), numbers_dataset())
    assert advance(trainer, EPOCHS, EPOCHS) != "end"
    assert 17 < trainer.epoch < EPOCHS


@pytest.mark.parametrize("large", [history.LARGE_NETWORK, 10])
def test_records_lie_where_they_lie_one_by_one(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, train = [], WholeEpochs.train
    monkeypatch.setattr(history, "LARGE_NETWORK", large)

    def count(self: WholeEpochs, target: int) -> bool:
        calls.append(train(self, target))
        return calls[-1]

    monkeypatch.setattr(WholeEpochs, "train", count)
    trainer = Trainer(compiled(Experiment(hidden=(3,))), small_dataset(5))
    trainer.advance(5 * 507)  # not at a multiple of what is to come
    trainer.advance(5 * 2000)
    assert sum(calls) >= 4, "few calls, and most of the epochs in them"
    wanted: list[Any] = [0]
    while wanted[-1] < trainer.position:
        wanted.append(next_record(wanted[-1], 5, trainer.network.parameters.size))
    assert np.array_equal(trainer.history.column("position"), wanted[: len(trainer.history)])
    assert len(trainer.history) >= len(wanted) - 1


@pytest.mark.parametrize("wish", [{"patience": 301}, {"stop_loss": 0.006}])
def test_a_run_that_may_stop_is_trained_in_many_epochs_too(
    wish: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind epoch 512 as well, where epochs are looked at that are not recorded."""
    calls, train = [], WholeEpochs.train

    def count(self: WholeEpochs, target: int) -> bool:
        calls.append(train(self, target))
        return calls[-1]

    experiment = compiled(Experiment(hidden=(3,), learning_rate=0.02, train_fraction=0.6, **wish))
    together, apart = (Trainer(experiment, small_dataset(40, n_classes=2)) for _ in range(2))
    ends = advance(apart, 1500, 1)
    monkeypatch.setattr(WholeEpochs, "train", count)
    assert advance(together, 1500, 1500) == ends != "end"
    assert 512 < together.epoch < 1500 or "patience" in wish
    assert sum(calls) > 0
    assert bits(together) == bits(apart)
    assert together.history.lows.tobytes() == apart.history.lows.tobytes()
    assert repr(measured(together)) == repr(measured(apart))


@pytest.mark.parametrize("samples", [4, 15, 16, 130, 1013, 2064])
@pytest.mark.parametrize("experiment", [Experiment(hidden=(3,)), GROWING.replace(learning_rate=1e-9)])
def test_sums_are_added_in_numpys_order(samples: int, experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = small_dataset(samples) if experiment.hidden else numbers_dataset(samples)
    experiment = compiled(experiment.replace(train_fraction=0.8))
    together, apart = (Trainer(experiment, dataset) for _ in range(2))
    together.advance(20 * together.epoch_length)
    monkeypatch.setattr(WholeEpochs, "_are_as_numpy", lambda *_: False)
    apart.advance(20 * apart.epoch_length)
    assert together._epochs._adds_as_numpy and not apart._epochs._adds_as_numpy
    assert bits(together) == bits(apart)
    assert repr(measured(together)) == repr(measured(apart))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"batch_size": 7, "optimizer": "adam", "learning_rate": 0.01},
        {"batch_size": 10, "optimizer": "momentum", "dropout": 0.2, "schedule": Decay("exponential", (0.99,))},
        {"batch_size": 8, "warm_up": 20, "learning_rate": 0.3},
        {"batch_size": 40, "hidden": (64, 64)},
    ],
)
def test_stretches_that_begin_and_end_inside_epochs_leave_the_same_bits(
    fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of batches as well, and behind epoch 512, where every fourth epoch is recorded, or every eighth."""
    calls, train = [], WholeEpochs.train
    monkeypatch.setattr(history, "LARGE_NETWORK", 4096)  # fewer than the last one of these has

    def count(self: WholeEpochs, target: int) -> bool:
        calls.append((self._stepper.position % 40, train(self, target), self._stepper.position % 40))
        return calls[-1][1]

    experiment = compiled(Experiment(hidden=(3,), learning_rate=0.05).replace(**fields))
    together, apart = (Trainer(experiment, small_dataset(40)) for _ in range(2))
    while apart.epoch < 540:
        apart.advance(min(37, 540 * 40 - apart.position))
    monkeypatch.setattr(WholeEpochs, "train", count)
    while together.epoch < 540:
        together.advance(min(40 * 9 + 13, 540 * 40 - together.position))
    assert sum(begin > 0 and done and end > 0 for begin, done, end in calls) > 10
    assert bits(together) == bits(apart)
    assert together.history.gradients.tobytes() == apart.history.gradients.tobytes()
    assert repr(measured(together)) == repr(measured(apart))
    together.seek(523 * 40 + 21)
    apart.seek(523 * 40 + 21)
    assert bits(together) == bits(apart)
