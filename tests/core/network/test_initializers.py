"""Initial weights: their distributions, their scale and their seed."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.random_streams import ORDER, SPLIT, WEIGHTS, stream
from core.network.initializers import INITIALIZERS, Initializer
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import small_dataset

INPUTS, OUTPUTS = 300, 500
SEEDS = (0, 1, 2**32, 2**32 + 1, 2**63 - 1)
ALL = [pytest.param(initializer, id=name) for name, initializer in INITIALIZERS.items()]


@pytest.mark.parametrize("initializer", ALL)
def test_a_draw_has_its_shape_and_follows_from_the_generator_alone(initializer: Initializer) -> None:
    first, again = (initializer.draw(np.random.default_rng(5), 7, 4, 0.5) for _ in range(2))
    assert first.shape == (7, 4)
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("initializer", ALL)
def test_the_scale_scales_the_weights(initializer: Initializer) -> None:
    one, three = (initializer.draw(np.random.default_rng(5), 7, 4, scale) for scale in (1.0, 3.0))
    np.testing.assert_allclose(three, 3.0 * one, rtol=1e-12)


MOMENTS = [
    ("normal", 0.5, np.inf),
    ("zeros", 0.0, 0.0),
    ("glorot", 0.5 * np.sqrt(2 / (INPUTS + OUTPUTS)), 0.5 * np.sqrt(6 / (INPUTS + OUTPUTS))),  # U(−l, l): l/√3
    ("he", 0.5 * np.sqrt(2 / INPUTS), np.inf),
    ("uniform", 0.5 / np.sqrt(3), 0.5),
    ("lecun", 0.5 * np.sqrt(1 / INPUTS), np.inf),
    ("orthogonal", 0.5 / np.sqrt(OUTPUTS), np.inf),  # 300 rows of length ½ in 500 dimensions: nearly normal
]
"""Standard deviation and bound of each for the scale ½."""


def test_every_initializer_is_tried() -> None:
    assert {name for name, _, _ in MOMENTS} == set(INITIALIZERS)


@pytest.mark.parametrize(("name", "deviation", "bound"), MOMENTS)
def test_mean_deviation_and_bounds(name: str, deviation: float, bound: float) -> None:
    weights = INITIALIZERS[name].draw(np.random.default_rng(0), INPUTS, OUTPUTS, 0.5)
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert abs(weights.mean()) <= 5 * deviation / np.sqrt(weights.size)
    assert np.abs(weights).max() <= bound
    if bound == np.inf:  # normal: about 4.55 % lie beyond two deviations, none of a uniform distribution do
        assert np.mean(np.abs(weights) > 2 * deviation) == pytest.approx(0.0455, rel=0.1)
    else:
        assert np.abs(weights).max() >= 0.999 * bound


@pytest.mark.parametrize(("inputs", "outputs"), [(2, 7), (7, 2), (5, 5), (1, 4), (4, 1), (1, 1), (100, 30)])
def test_orthogonal_rows_or_columns_whichever_are_fewer(inputs: int, outputs: int) -> None:
    """Saxe et al. (2014): W·Wᵀ or Wᵀ·W is s²·1."""
    w = INITIALIZERS["orthogonal"].draw(np.random.default_rng(inputs), inputs, outputs, 3.0)
    product = w @ w.T if inputs <= outputs else w.T @ w
    np.testing.assert_allclose(product, 9.0 * np.eye(min(inputs, outputs)), atol=1e-13)


def test_orthogonal_matrices_are_drawn_evenly() -> None:
    """Without Mezzadri's signs the diagonal of Q would lean to one side; in two dimensions the angle is uniform."""
    draws = [INITIALIZERS["orthogonal"].draw(np.random.default_rng(seed), 2, 2, 1.0) for seed in range(2000)]
    first = np.array([w[:, 0] for w in draws])
    assert np.abs(first.mean(axis=0)).max() < 4.5 * np.sqrt(0.5 / 2000)
    quadrants = np.bincount((first[:, 0] > 0) * 2 + (first[:, 1] > 0), minlength=4)
    assert np.abs(quadrants - 500).max() < 4.5 * np.sqrt(2000 * 3 / 16)
    turns = np.array([np.linalg.det(w) for w in draws])
    assert abs(np.mean(turns)) < 4.5 / np.sqrt(2000), "rotations and reflections are equally likely"


@pytest.mark.parametrize("bias", [0.0, 0.1, -2.5])
def test_all_biases_start_at_one_value_and_the_weights_do_not_depend_on_it(bias: float) -> None:
    trainer = Trainer(Experiment(hidden=(4, 3), bias=bias), small_dataset())
    plain = Trainer(Experiment(hidden=(4, 3)), small_dataset())
    for values, weights, same in zip(
        trainer.network.biases, trainer.network.weights, plain.network.weights, strict=True
    ):
        assert (values == bias).all()
        np.testing.assert_array_equal(weights, same)


@pytest.mark.parametrize("initializer", ALL)
def test_a_run_starts_with_zero_biases_and_weights_of_its_seed(initializer: Initializer) -> None:
    def start(seed: int) -> Trainer:
        return Trainer(Experiment(hidden=(4, 3), init=Init(initializer.name), seed=seed), small_dataset())

    first, again, other = start(0), start(0), start(1)
    assert all(not bias.any() for bias in first.network.biases)
    np.testing.assert_array_equal(first.network.parameters, again.network.parameters)
    assert np.array_equal(first.network.parameters, other.network.parameters) == (initializer.name == "zeros")


def test_the_first_layers_weights_do_not_depend_on_the_later_layers() -> None:
    deep, shallow = (Trainer(Experiment(hidden=hidden), small_dataset()) for hidden in ((4, 3), (4,)))
    np.testing.assert_array_equal(deep.network.weights[0], shallow.network.weights[0])


def test_streams_are_reproducible_and_differ_by_seed_purpose_and_index() -> None:
    keys = [(seed, purpose, i) for seed in SEEDS for purpose in (WEIGHTS, SPLIT, ORDER) for i in (0, 1, 9)]
    draws = {key: stream(*key).random(50).tobytes() for key in keys}
    assert len(set(draws.values())) == len(keys)
    assert all(stream(*key).random(50).tobytes() == draws[key] for key in reversed(keys))


def test_streams_do_not_run_into_each_other() -> None:
    words = [stream(3, purpose, i).integers(0, 2**63, 2000) for purpose in (WEIGHTS, SPLIT, ORDER) for i in range(20)]
    assert len(np.unique(words)) == np.size(words)
