"""The engine's loop against the reference network, update by update."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS, Array
from core.losses import LOSSES
from core.network import Network
from core.numpy_engine import NumpyEngine
from core.optimizers import OPTIMIZERS
from core.preparation import one_hot_targets
from tests.core.support import random_network


def samples(rng: np.random.Generator, n: int, outputs: int, output: str) -> tuple[Array, Array]:
    return rng.uniform(-2.0, 2.0, (n, 2)), one_hot_targets(rng.integers(0, outputs, n), outputs, ACTIVATIONS[output])


def copy_of(network: Network) -> Network:
    return Network(network.sizes, network.activations, network.parameters.copy())


@given(
    hidden=st.lists(st.integers(1, 9), max_size=3),
    outputs=st.integers(2, 5),
    activation=st.sampled_from(HIDDEN_ACTIVATIONS),
    output=st.sampled_from(OUTPUT_ACTIVATIONS),
    loss=st.sampled_from(list(LOSSES)),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    batch_size=st.integers(1, 30),  # often larger than the set, and seldom a divisor of it
    n=st.integers(1, 25),
    rate=st.floats(0.001, 0.1),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=150)
def test_the_engine_equals_the_reference(
    hidden: list[int],
    outputs: int,
    activation: str,
    output: str,
    loss: str,
    optimizer: str,
    batch_size: int,
    n: int,
    rate: float,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, (2, *hidden, outputs), activation, output)
    reference = copy_of(network)
    x, y = samples(rng, n, outputs, output)
    engine = NumpyEngine(network, LOSSES[loss], OPTIMIZERS[optimizer], batch_size, x, y)
    for _ in range(2):
        order = rng.permutation(n)
        engine.run(order, rate)
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            gradient = reference.backward(reference.forward(x[rows]), y[rows], LOSSES[loss]).gradient
            OPTIMIZERS[optimizer].update(reference.parameters, gradient, rate, np.empty_like(gradient))
        scale = np.abs(reference.parameters).max()
        np.testing.assert_allclose(network.parameters, reference.parameters, rtol=1e-12, atol=1e-12 * scale)
        np.testing.assert_allclose(engine.gradient, gradient, rtol=1e-12, atol=1e-12 * max(np.abs(gradient).max(), 1.0))


@pytest.mark.parametrize("batch_size", [1, 3, 10, 64])
def test_one_row_again_and_again(batch_size: int) -> None:
    rng = np.random.default_rng(0)
    network = random_network(rng, (2, 4, 2), "tanh", "softmax")
    reference = copy_of(network)
    x, y = samples(rng, 1, 2, "softmax")
    engine = NumpyEngine(network, LOSSES["mse"], OPTIMIZERS["sgd"], batch_size, x, y)
    engine.run(np.zeros(20, dtype=np.int64), 0.1)
    for _ in range(-(-20 // batch_size)):  # the mean gradient of equal samples is that of one
        reference.parameters -= 0.1 * reference.backward(reference.forward(x), y, LOSSES["mse"]).gradient
    np.testing.assert_allclose(network.parameters, reference.parameters, rtol=1e-12)


def test_only_the_rows_of_the_order_are_used_and_they_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    network = random_network(rng, (2, 4, 2), "sigmoid", "softmax")
    x, y = samples(rng, 6, 2, "softmax")
    x[4:], y[4:] = np.nan, np.nan
    x_before, y_before = x.copy(), y.copy()
    NumpyEngine(network, LOSSES["mse"], OPTIMIZERS["sgd"], 2, x, y).run(np.array([3, 0, 2, 1, 3]), 0.1)
    assert np.isfinite(network.parameters).all()
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(y, y_before)


def test_overflow_gives_no_warning() -> None:
    network = random_network(np.random.default_rng(0), (2, 3, 2), "linear", "linear")
    x, y = np.full((3, 2), 1e300), np.eye(2)[[0, 1, 0]]
    NumpyEngine(network, LOSSES["mse"], OPTIMIZERS["sgd"], 1, x, y).run(np.arange(3), 1.0)
    assert not np.isfinite(network.parameters).all()


def test_sgd_takes_the_rate_times_the_gradient_away() -> None:
    parameters, gradient = np.array([1.0, -2.0, 0.5]), np.array([0.5, 4.0, -1.0])
    OPTIMIZERS["sgd"].update(parameters, gradient, 0.25, np.empty(3))
    np.testing.assert_array_equal(parameters, [0.875, -3.0, 0.75])
    np.testing.assert_array_equal(gradient, [0.5, 4.0, -1.0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_descends(name: str) -> None:
    parameters = np.array([3.0, -2.0])
    for _ in range(200):  # L = ½·|w|², so g = w
        OPTIMIZERS[name].update(parameters, parameters.copy(), 0.1, np.empty(2))
    assert np.abs(parameters).max() < 1e-3
