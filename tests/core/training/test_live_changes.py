"""Changes of settings in the middle of a run: what holds from where on, and what an optimizer forgets."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.errors import ExperimentError
from core.network.dropout import dropout_key, masks
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.optimizers import OPTIMIZERS, SLOTS
from core.network.penalty import add_penalty_gradient
from core.training.experiment import LIVE_FIELDS, Decay, Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import bits, rewind, small_dataset

N, BATCH = 10, 4
DATASET = small_dataset(N)
ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]


def start(**fields: object) -> Trainer:
    """Epochs of ten samples: batches of 4, 4 and 2."""
    experiment = Experiment(hidden=(3,), activation="tanh", init=Init("glorot"), learning_rate=0.1, batch_size=BATCH)
    return Trainer(experiment.replace(**fields), DATASET)


class Replay:
    """The updates of a run by the reference network, one after another, each with the settings that are given to it."""

    def __init__(self, trainer: Trainer) -> None:
        self.network = Network(trainer.network.sizes, trainer.network.activations, trainer.network.parameters.copy())
        self.part, self.key = trainer.preparation.train, dropout_key(trainer.experiment.seed)
        self.experiment = trainer.experiment
        self.forget()

    def forget(self) -> None:
        """What another optimizer starts with."""
        self.slots, self.updates = np.zeros((SLOTS, self.network.parameters.size)), 0

    def update(self, begin: int, end: int, **fields: object) -> None:
        """One update by the samples from ``begin`` to ``end`` of an unshuffled run."""
        now = self.experiment = self.experiment.replace(**fields)
        rows = np.arange(begin, end) % N
        drops = masks(self.key, begin, end - begin, self.network.sizes[1:-1], now.dropout) if now.dropout else ()
        forward = self.network.forward(self.part.inputs[rows], drops)
        backward = self.network.backward(forward, self.part.targets[rows], LOSSES[now.loss])
        add_penalty_gradient(backward.dW, self.network.weights, now.l1, now.l2)
        self.updates += 1
        OPTIMIZERS[now.optimizer].update(
            self.network.parameters,
            backward.gradient,
            self.slots,
            now.learning_rate,
            now.momentum,
            self.updates,
            np.empty_like(backward.gradient),
        )


def assert_same(trainer: Trainer, replay: Replay) -> None:
    np.testing.assert_allclose(trainer.network.parameters, replay.network.parameters, rtol=1e-12, atol=1e-15)
    for found, wanted in zip(trainer.stepper.memory.values(), replay.slots, strict=False):
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "fields",
    [
        {"learning_rate": 0.7},
        {"momentum": 0.2},
        {"l1": 0.05},
        {"l2": 0.3},
        {"l1": 0.01, "l2": 0.02},
        {"dropout": 0.5},
    ],
)
def test_what_is_changed_inside_a_batch_holds_for_its_whole_update(fields: dict[str, object], engine: str) -> None:
    trainer = start(optimizer="momentum", shuffle=False, engine=engine)
    replay = Replay(trainer)
    trainer.advance(6)  # in the second batch
    trainer.change(**fields)
    trainer.advance(14)
    replay.update(0, 4)
    for begin, end in ((4, 8), (8, 10), (10, 14), (14, 18), (18, 20)):
        replay.update(begin, end, **fields)
    assert_same(trainer, replay)
    without = start(optimizer="momentum", shuffle=False, engine=engine)
    without.advance(20)
    assert np.abs(without.network.parameters - trainer.network.parameters).max() > 1e-3, "the change does nothing"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("inside", [4, 6, 7])
@pytest.mark.parametrize(("first", "second"), [("adam", "momentum"), ("momentum", "adam"), ("sgd", "adam")])
def test_another_optimizer_starts_without_memory_and_counts_from_one(
    first: str, second: str, inside: int, engine: str
) -> None:
    """Adam's correction of the bias, by the count of its own updates, would show any other count."""
    trainer = start(optimizer=first, shuffle=False, engine=engine)
    replay = Replay(trainer)
    trainer.advance(inside)
    trainer.change(optimizer=second)
    trainer.advance(8 - inside)
    replay.update(0, 4)
    replay.forget()
    replay.update(4, 8, optimizer=second)
    assert_same(trainer, replay)
    trainer.advance(12)
    for begin, end in ((8, 10), (10, 14), (14, 18), (18, 20)):
        replay.update(begin, end)
    assert_same(trainer, replay)


def test_an_optimizer_that_comes_back_has_forgotten_what_it_knew() -> None:
    trainer = start(optimizer="adam", shuffle=False)
    replay = Replay(trainer)
    trainer.advance(8)
    trainer.change(optimizer="sgd")
    trainer.advance(6)
    trainer.change(optimizer="adam")
    trainer.advance(6)
    replay.update(0, 4)
    replay.update(4, 8)
    for begin, end in ((8, 10), (10, 14)):
        replay.update(begin, end, optimizer="sgd")
    replay.forget()
    for begin, end in ((14, 18), (18, 20)):
        replay.update(begin, end, optimizer="adam")
    assert_same(trainer, replay)


def test_the_same_optimizer_chosen_again_keeps_its_memory() -> None:
    trainer, untouched = start(optimizer="adam"), start(optimizer="adam")
    trainer.advance(6)
    trainer.change(optimizer="adam")
    trainer.change(optimizer="sgd")
    trainer.change(optimizer="adam", learning_rate=0.1)
    assert trainer.settings_over_time.changes == []
    trainer.advance(20)
    untouched.advance(26)
    assert bits(trainer) == bits(untouched)


def test_the_memory_goes_by_the_names_of_the_formula() -> None:
    trainer = start(optimizer="adam")
    trainer.advance(10)
    assert list(trainer.stepper.memory) == ["m", "v"]
    assert all(values.any() for values in trainer.stepper.memory.values())
    trainer.change(optimizer="rmsprop")
    trainer.advance(4)
    assert list(trainer.stepper.memory) == ["s"]
    trainer.change(optimizer="sgd")
    assert trainer.stepper.memory == {}


POSITIONS = (3, 10, 11, 26, 40, 55)  # inside a batch, at the end of an epoch, behind it, and so on
NAMES = ("adam", "momentum", "rmsprop", "adam", "sgd", "nesterov")


def changing(stop: int) -> Trainer:
    """A run that takes another optimizer at each of POSITIONS."""
    trainer = start(optimizer="adagrad")
    for position, name in zip(POSITIONS, NAMES, strict=True):
        if position < stop:
            trainer.advance(position - trainer.position)
            trainer.change(optimizer=name)
    trainer.advance(stop - trainer.position)
    return trainer


@pytest.mark.parametrize("back", [0, 2, 3, 4, 10, 11, 12, 20, 26, 27, 40, 41, 54, 60])
def test_going_back_across_changes_of_the_optimizer_gives_the_same_bits(back: int) -> None:
    trainer, fresh = changing(60), changing(back)
    end = bits(trainer)
    rewind(trainer, back)
    trainer.advance(back - trainer.position)
    assert bits(trainer) == bits(fresh)
    assert trainer.settings == fresh.settings
    for found, wanted in zip(trainer.stepper.memory.values(), fresh.stepper.memory.values(), strict=True):
        np.testing.assert_array_equal(found, wanted)
    for position, name in zip(POSITIONS, NAMES, strict=True):
        if position >= back:
            trainer.advance(position - trainer.position)
            trainer.change(optimizer=name)
    trainer.advance(60 - trainer.position)
    assert bits(trainer) == end


WRONG: list[tuple[str, object]] = [
    ("learning_rate", 0.0),
    ("schedule", "step"),
    ("warm_up", 1.5),
    ("optimizer", "adamw"),
    ("momentum", 1.0),
    ("l1", -1e-9),
    ("l2", float("nan")),
    ("dropout", 0.96),
    ("patience", 0),
    ("stop_loss", -1.0),
]


def test_every_live_setting_has_a_wrong_value_to_try() -> None:
    assert {name for name, _ in WRONG} == LIVE_FIELDS


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_and_changes_nothing(name: str, value: object) -> None:
    trainer = start(schedule=Decay("step", (1, 0.5)), train_fraction=0.8)
    trainer.advance(5)
    trainer.change(l2=0.1)
    before, settings = bits(trainer), trainer.settings
    with pytest.raises(ExperimentError) as caught:
        trainer.change(**{"momentum": 0.5, name: value})
    assert caught.value.field == name
    assert bits(trainer) == before
    assert trainer.settings == settings


@pytest.mark.parametrize("name", sorted({"seed", "hidden", "batch_size", "engine", "features", "data", "bias"}))
def test_what_is_not_live_cannot_change(name: str) -> None:
    trainer = start()
    with pytest.raises(ValueError, match=name):
        trainer.change(**{name: getattr(trainer.experiment, name)}, l2=0.5)
    assert trainer.settings == trainer.experiment
