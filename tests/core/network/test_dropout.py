"""Dropout: its random numbers by another program, its mean, and that a place alone decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.choosing import make_engine
from core.engines.workload import Workload
from core.network.activations import ACTIVATIONS
from core.network.dropout import dropout_key, masks
from core.network.losses import LOSSES
from core.network.network import Network, count_parameters
from core.network.optimizers import OPTIMIZERS, Rule
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import small_dataset

ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
M64 = 2**64 - 1


class SplitMix64:
    """Sebastiano Vigna's splitmix64.c in plain Python: its state goes on by the golden gamma, and is mixed."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & M64
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
        return z ^ (z >> 31)


def plain_masks(key: int, position: int, samples: int, hidden: list[int], dropout: float) -> list[list[list[float]]]:
    """By drawing one number after another from the start of the sequence."""
    generator = SplitMix64(key)
    for _ in range(position * sum(hidden)):
        generator.next()
    found: list[list[list[float]]] = [[] for _ in hidden]
    for _ in range(samples):
        for layer, units in zip(found, hidden, strict=True):
            draws = [(generator.next() >> 11) / 2**53 for _ in range(units)]
            layer.append([1.0 / (1.0 - dropout) if draw >= dropout else 0.0 for draw in draws])
    return found


def test_the_plain_generator_gives_the_published_numbers() -> None:
    """The first outputs for the seed 1234567, as Rosetta Code lists them ("Pseudo-random numbers/Splitmix64")."""
    generator = SplitMix64(1234567)
    assert [generator.next() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(
    key=st.integers(0, M64),
    position=st.integers(0, 200),
    samples=st.integers(1, 5),
    hidden=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    dropout=st.floats(0.0, 0.95),
)
@settings(max_examples=60)
def test_the_masks_are_that_sequence(key: int, position: int, samples: int, hidden: list[int], dropout: float) -> None:
    found = masks(key, position, samples, hidden, dropout)
    wanted = plain_masks(key, position, samples, hidden, dropout)
    assert [mask.tolist() for mask in found] == wanted


@pytest.mark.parametrize("position", [0, 2**40, 2**62])
def test_positions_far_out_wrap_around_without_a_warning(position: int) -> None:
    key = M64
    found = masks(key, position, 2, [3], 0.5)[0]
    start = SplitMix64((key + position * 3 * 0x9E3779B97F4A7C15) & M64)
    wanted = [[2.0 if (start.next() >> 11) / 2**53 >= 0.5 else 0.0 for _ in range(3)] for _ in range(2)]
    assert found.tolist() == wanted


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.9])
def test_the_share_is_that_of_dropout_and_the_mean_stays_one(dropout: float) -> None:
    n, hidden = 20_000, [4, 3]
    for mask in masks(dropout_key(0), 0, n, hidden, dropout):
        deviation = np.sqrt(dropout * (1.0 - dropout) / n)
        assert np.abs((mask == 0.0).mean(axis=0) - dropout).max() < 4.5 * deviation, "a unit is dropped too often"
        assert mask.mean() == pytest.approx(1.0, abs=0.05)
        assert set(np.unique(mask)) == {0.0, 1.0 / (1.0 - dropout)}


def test_units_and_samples_are_dropped_independently_of_each_other() -> None:
    mask = np.concatenate(masks(dropout_key(1), 0, 20_000, [3, 3], 0.5), axis=1) - 1.0  # −1 or 1
    correlation = mask.T @ mask / len(mask)
    np.testing.assert_allclose(correlation, np.eye(6), atol=4.5 / np.sqrt(len(mask)))
    along = (mask[1:] * mask[:-1]).mean(axis=0)
    np.testing.assert_allclose(along, 0.0, atol=4.5 / np.sqrt(len(mask)))


def test_the_seed_decides_the_key() -> None:
    keys = [dropout_key(seed) for seed in range(50)]
    assert len(set(keys)) == 50
    assert all(0 <= key <= M64 for key in keys)
    assert keys == [dropout_key(seed) for seed in range(50)]


@given(cut=st.integers(1, 39), position=st.integers(0, 10**6))
@settings(max_examples=30)
def test_the_place_alone_decides(cut: int, position: int) -> None:
    whole = masks(5, position, 40, [4, 2], 0.3)
    parts = zip(masks(5, position, cut, [4, 2], 0.3), masks(5, position + cut, 40 - cut, [4, 2], 0.3), strict=True)
    for mask, part in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(np.concatenate(part), mask)


def test_a_net_without_hidden_layers_has_no_masks() -> None:
    assert masks(0, 0, 5, [], 0.5) == []


# ---- In an engine.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("position", [0, 17, 2**40])
def test_an_engine_takes_the_masks_of_its_position(engine: str, position: int) -> None:
    """A net 1-5-3-1, all linear, with weights 1: where a mask is 0, the gradient shows it."""
    sizes, key, dropout = (1, 5, 3, 1), 99, 0.5
    network = Network(sizes, [ACTIVATIONS["linear"]] * 3, np.ones(count_parameters(sizes)))
    workload = Workload(network, LOSSES["mse"], 1, np.ones((1, 1)), np.zeros((1, 1)), key)
    made = make_engine(engine, workload)
    made.run(np.array([0]), np.array([1e-9]), Rule(OPTIMIZERS["sgd"], dropout=dropout), 0, position)
    first, second = (mask[0] for mask in masks(key, position, 1, sizes[1:-1], dropout))
    # h1 = 2·m1, z2 = Σ h1 + 1, h2 = z2·m2, ŷ = Σ h2 + 1: all by hand.
    h1 = 2.0 * first
    h2 = (h1.sum() + 1.0) * second
    delta = h2.sum() + 1.0
    last = count_parameters(sizes) - 4
    np.testing.assert_allclose(workload.gradient[last:], [*(h2 * delta), delta], rtol=1e-13)
    delta2 = delta * second
    np.testing.assert_allclose(workload.gradient[10 : 10 + 15].reshape(5, 3), np.outer(h1, delta2), rtol=1e-13)
    np.testing.assert_allclose(workload.gradient[:5], delta2.sum() * first, rtol=1e-13)


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_dropped_when_the_net_is_used(engine: str) -> None:
    experiment = Experiment(hidden=(6,), activation="tanh", init=Init("glorot"), dropout=0.9, engine=engine)
    trainer = Trainer(experiment, small_dataset(20))
    trainer.advance(40)
    part = trainer.preparation.train
    output = trainer.network.forward(part.inputs).output
    np.testing.assert_allclose(trainer.activations(trainer.preparation.dataset.points)[-1], output, rtol=1e-12)
    loss = 0.5 * np.mean((output - part.targets) ** 2)
    assert trainer.evaluations()[0].loss == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_dropout_zero_is_no_dropout(engine: str) -> None:
    experiment = Experiment(hidden=(6,), activation="tanh", init=Init("glorot"), batch_size=3, engine=engine)
    runs = [Trainer(experiment.replace(dropout=dropout), small_dataset(20)) for dropout in (0.0, 1e-300)]
    for trainer in runs:
        trainer.advance(60)
    assert runs[0].network.parameters.tobytes() == runs[1].network.parameters.tobytes()
