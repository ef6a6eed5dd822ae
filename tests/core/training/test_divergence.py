"""A run that diverges stops at its last finite state, says where, and stays usable."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.base.random_streams import ORDER, stream
from core.data.dataset import Dataset
from core.engines.choosing import make_engine
from core.engines.workload import Workload
from core.explain.maps import Plane
from core.explain.snapshot import Request, take_snapshot
from core.network.losses import LOSSES
from core.network.network import Network, parameter_name
from core.network.optimizers import OPTIMIZERS, Rule
from core.training.divergence import Diverged
from core.training.experiment import Experiment, Init
from core.training.history import next_record
from core.training.trainer import Trainer
from tests.core.support import bits, examples, rewind, small_dataset

N = 40
DATASET = small_dataset(N)
WILD = Experiment(hidden=(3,), activation="linear", output="linear", init=Init("normal", 0.5), learning_rate=1e3)
CALM_RATE = 0.01


def diverge(trainer: Trainer, step: int = 100_000) -> str:
    """Advance by steps of so many samples until the run diverges; returns the message."""
    for _ in range(100_000 // step):
        try:
            trainer.advance(step)
        except Diverged as error:
            return str(error)
    raise AssertionError("the run did not diverge")


def place(message: str) -> int:
    """The first position that a message names."""
    found = re.search(r"epoch (\d+), sample (\d+)", message)
    assert found, message
    return int(found[1]) * N + int(found[2])


def expected_end(experiment: Experiment, calm: int = 0) -> tuple[int, Network, str]:
    """Replay with the engine, one sample at a time: the last finite position, the network there, and what broke.

    What broke is a parameter's name, or "loss" where the loss of a recorded position is not finite, and then the end
    is the last record before. For the first ``calm`` samples the rate is CALM_RATE.
    """
    trainer = Trainer(experiment, DATASET)
    network, part = trainer.network, trainer.preparation.train
    engine = make_engine(trainer.engine_name, Workload(network, LOSSES["mse"], 1, part.inputs, part.targets))
    rule = Rule(OPTIMIZERS["sgd"])
    recorded = 0, network.parameters.copy()
    for position in range(100_000):
        before = network.parameters.copy()
        order = stream(experiment.seed, ORDER, position // N).permutation(N)
        rate = CALM_RATE if position < calm else experiment.learning_rate
        engine.run(order[[position % N]], np.array([rate]), rule, position, position)
        broken = np.flatnonzero(~np.isfinite(network.parameters))
        if broken.size:
            network.parameters[:] = before
            return position, network, parameter_name(network.sizes, int(broken[0]))
        if position + 1 == next_record(recorded[0], N):
            with np.errstate(all="ignore"):
                loss = engine.measure(part.inputs, part.targets)[0].mean()
            if not math.isfinite(loss):
                network.parameters[:] = recorded[1]
                return recorded[0], network, "loss"
            recorded = position + 1, network.parameters.copy()
    raise AssertionError("the run did not diverge")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "loss"),
        ({"activation": "relu"}, "loss"),
        ({"hidden": ()}, "loss"),
        ({"learning_rate": 5.0, "hidden": ()}, "loss"),  # after ten epochs
        ({"learning_rate": 5.0, "seed": 2}, "parameter"),
        ({"learning_rate": 5.0, "activation": "relu"}, "parameter"),
        ({"learning_rate": 1e300, "hidden": (3, 3), "seed": 2}, "parameter"),
    ],
)
def test_the_run_stands_at_the_last_finite_state(changes: dict[str, object], cause: str) -> None:
    experiment = WILD.replace(**changes)
    position, network, broken = expected_end(experiment)
    assert (broken == "loss") == (cause == "loss")
    trainer = Trainer(experiment, DATASET)
    message = diverge(trainer)
    assert trainer.position == position
    np.testing.assert_array_equal(trainer.network.parameters, network.parameters)
    assert np.isfinite(trainer.network.parameters).all()
    assert np.isfinite(trainer.history.column("train_loss")).all()
    assert broken in message
    assert place(message) == position
    assert f"learning rate below {experiment.learning_rate:g}" in message


@pytest.mark.parametrize("rate", [2.0, 3.0, 5.0, 100.0])
@pytest.mark.parametrize("extra", [0, 1, 17, 29])
def test_in_a_later_epoch_which_runs_as_a_whole_the_place_is_found_too(extra: int, rate: float) -> None:
    calm = 20 * N + extra
    experiment = WILD.replace(learning_rate=rate)
    position, network, broken = expected_end(experiment, calm)
    assert calm + 1 < position < 21 * N
    assert broken != "loss"
    trainer = Trainer(experiment.replace(learning_rate=CALM_RATE), DATASET)
    trainer.advance(calm)
    trainer.change(learning_rate=rate)
    message = diverge(trainer)
    assert trainer.position == place(message) == position
    assert f"sample {position % N} would have made {broken} infinite" in message
    np.testing.assert_array_equal(trainer.network.parameters, network.parameters)


@pytest.mark.parametrize("engine", [pytest.param("compiled", marks=pytest.mark.needs_numba), "numpy"])
def test_an_optimizer_that_begins_anew_just_before_begins_anew_on_the_way_back_too(engine: str) -> None:
    """The way back leads from a state some calls before, over the place where the optimizer's memory was emptied."""
    calm, ends = 20 * N + 5, []
    for step in (1, 3 * N):
        trainer = Trainer(WILD.replace(learning_rate=CALM_RATE, optimizer="adam", engine=engine), DATASET)
        for _ in range(3):
            trainer.advance(calm // 3)
        trainer.change(optimizer="momentum", learning_rate=5.0)
        diverge(trainer, step)
        assert calm + 1 < trainer.position < 21 * N, "the case is of no use: no update before the last one"
        ends.append(bits(trainer))
    assert ends[0] == ends[1]


@given(
    batch_size=st.integers(1, N + 5),
    hidden=st.lists(st.integers(1, 4), max_size=2),
    activation=st.sampled_from(["linear", "relu"]),
    rate=st.sampled_from([5.0, 20.0, 1e3, 1e10, 1e200]),
    calm=st.integers(0, 25 * N),
    seed=st.integers(0, 20),
    step=st.integers(1, 3 * N),
)
@settings(max_examples=examples(20))
def test_the_last_finite_state_has_the_same_bits_however_the_run_was_stepped(
    batch_size: int, hidden: list[int], activation: str, rate: float, calm: int, seed: int, step: int
) -> None:
    experiment = WILD.replace(
        batch_size=batch_size, hidden=hidden, activation=activation, learning_rate=CALM_RATE, seed=seed
    )
    played, stepped = Trainer(experiment, DATASET), Trainer(experiment, DATASET)
    for trainer in (played, stepped):
        trainer.advance(calm)
        trainer.change(learning_rate=rate)
    try:
        played.advance(50 * N)
    except Diverged:
        pass
    else:
        assume(False)  # all neurons of the ReLU died
    diverge(stepped, step)
    left, right = bits(played), bits(stepped)
    assert left == right


def test_a_run_that_has_diverged_can_be_shown_rewound_and_run_again() -> None:
    trainer = Trainer(WILD, DATASET)
    first = diverge(trainer)
    end = bits(trainer)
    plane = Plane((-3.0, 3.0), (-3.0, 3.0), 8, 8)
    snapshot = take_snapshot(trainer, Request(plane, plane))
    assert np.isfinite(snapshot.parameters).all()
    assert snapshot.output is not None
    assert np.isfinite(snapshot.output.margin).all()
    assert snapshot.neurons is not None
    assert all(np.isfinite(layer).all() for layer in snapshot.neurons)
    assert diverge(trainer) == first
    assert bits(trainer) == end
    rewind(trainer, 0)
    assert diverge(trainer) == first
    assert bits(trainer) == end
    rewind(trainer, 0)
    trainer.change(learning_rate=0.01)
    trainer.advance(10 * N)
    assert trainer.position == 10 * N


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "linear"])
@pytest.mark.parametrize("output", ["softmax", "linear"])
def test_inputs_of_1e300_either_run_or_are_told_and_never_warn(activation: str, output: str) -> None:
    points = Dataset(DATASET.points * 1e300, DATASET.labels, DATASET.class_names)
    try:
        trainer = Trainer(Experiment(hidden=(3,), activation=activation, output=output), points)
        trainer.advance(3 * N)
    except Diverged as error:
        assert re.search("Standardize", str(error))
    else:
        assert np.isfinite(trainer.history.column("train_loss")).all()
        assert np.isfinite(trainer.network.parameters).all()


@pytest.mark.parametrize(
    ("batch_size", "calm", "rate"),
    [(4, 20 * N, 50.0), (7, 20 * N + 3, 50.0), (13, 20 * N + 30, 1e300), (25, 20 * N + 3, 1e300)],
)
def test_with_batches_the_run_stands_one_sample_before_the_fatal_update(
    batch_size: int, calm: int, rate: float
) -> None:
    trainer = Trainer(WILD.replace(batch_size=batch_size, learning_rate=CALM_RATE, hidden=(3, 3)), DATASET)
    trainer.advance(calm)
    trainer.change(learning_rate=rate)
    message = diverge(trainer)
    assert "would have made" in message
    assert f"learning rate below {rate:g}" in message
    assert trainer.position == place(message) == trainer.end_of("batch") - 1
    before = bits(trainer)
    with pytest.raises(Diverged, match=re.escape(message)):
        trainer.advance(1)
    assert bits(trainer) == before


def test_the_advice_names_the_rate_that_was_too_high_not_the_one_that_the_run_goes_back_to() -> None:
    trainer = Trainer(WILD.replace(hidden=(), learning_rate=CALM_RATE), DATASET)
    trainer.advance(20 * N + 1)
    trainer.change(learning_rate=1e5)
    message = diverge(trainer)
    assert "loss" in message
    assert trainer.position == 20 * N
    assert trainer.learning_rate == CALM_RATE
    assert "learning rate below 100000," in message


def test_after_a_rewind_a_run_falls_back_to_no_later_place() -> None:
    trainer = Trainer(WILD.replace(hidden=(), learning_rate=CALM_RATE), DATASET)
    trainer.advance(19 * N)
    rewind(trainer, 17 * N)
    before = bits(trainer)
    trainer.change(learning_rate=1e5)
    assert "loss" in diverge(trainer)
    assert bits(trainer) == before | {"learning_rate": 1e5}


def test_a_loss_that_is_not_finite_from_the_start_is_told() -> None:
    with pytest.raises(Diverged, match="initial weights"):
        Trainer(WILD, DATASET, np.full(17, 1e200))


def test_a_test_loss_that_is_not_finite_is_told_as_well() -> None:
    experiment = WILD.replace(train_fraction=0.5, output="softmax", init=Init("normal", 50.0))
    calm = Trainer(experiment, DATASET)
    points = DATASET.points.copy()
    points[calm.preparation.test.rows[3]] = 1e308  # softmax of ∞ − ∞ is not a number
    with pytest.raises(Diverged, match="not finite"):
        Trainer(experiment, Dataset(points, DATASET.labels, DATASET.class_names))
