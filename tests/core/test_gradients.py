"""Every gradient against numerical differences: hidden activation × output activation × loss."""

from __future__ import annotations

import numpy as np
import pytest

from core.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS, Array
from core.losses import LOSSES, Loss
from core.network import Network, parameter_views
from core.preparation import one_hot_targets
from tests.core.support import numerical_gradient, random_network

SHAPES = [(2, 2), (2, 4, 3), (2, 3, 4, 2), (3, 5, 4, 3, 5)]
SAMPLES = 4


class AtACornerError(Exception):
    """A step of the differences crosses a corner of ReLU, where no difference tells the derivative."""


def numerical(network: Network, x: Array, y: Array, loss: Loss) -> Array:
    """Numerical gradient of the mean loss; AtACornerError if any sign of any z changes on the way."""
    signs = [z > 0 for z in network.forward(x).z[1:]]

    def mean_loss() -> float:
        forward = network.forward(x)
        if any(not np.array_equal(z > 0, sign) for z, sign in zip(forward.z[1:], signs, strict=True)):
            raise AtACornerError
        return float(np.mean(loss.function(forward.output, y)))

    return numerical_gradient(mean_loss, network.parameters)


def has_corner(network: Network) -> bool:
    return any(activation.name == "relu" for activation in network.activations)


def without_corner(network: Network, x: Array, y: Array, loss: Loss) -> Array:
    return numerical_gradient(lambda: float(np.mean(loss.function(network.forward(x).output, y))), network.parameters)


def draw(sizes: tuple[int, ...], hidden: str, output: str, loss: Loss) -> tuple[Network, Array, Array, Array]:
    """A network and samples, drawn until no corner is near and every layer has a gradient to compare."""
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        network = random_network(rng, sizes, hidden, output)
        x = rng.uniform(-1.5, 1.5, (SAMPLES, sizes[0]))
        y = one_hot_targets(rng.integers(0, sizes[-1], SAMPLES), sizes[-1], ACTIVATIONS[output])
        try:
            expected = (numerical if has_corner(network) else without_corner)(network, x, y, loss)
        except AtACornerError:
            continue
        if all(np.abs(block).max() > 1e-4 for blocks in parameter_views(sizes, expected) for block in blocks):
            return network, x, y, expected
    raise AssertionError("no network without a corner nearby in 1000 draws")


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("output", OUTPUT_ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
def test_backward_is_the_gradient_of_the_mean_loss(hidden: str, output: str, loss: Loss) -> None:
    for sizes in SHAPES:
        network, x, y, expected = draw(sizes, hidden, output, loss)
        backward = network.backward(network.forward(x), y, loss)
        for found, blocks in zip((backward.dW, backward.db), parameter_views(sizes, expected), strict=True):
            for block, wanted in zip(found, blocks, strict=True):
                assert np.linalg.norm(block - wanted) < 1e-7 * np.linalg.norm(wanted), sizes


@pytest.mark.parametrize("outputs", [1, 2, 3, 5])
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_gradient_of_a_loss(loss: Loss, outputs: int) -> None:
    rng = np.random.default_rng(outputs)
    y_hat = rng.uniform(0.1, 0.9, (1, outputs))
    y = np.eye(outputs)[:1]
    expected = numerical_gradient(lambda: float(loss.function(y_hat, y)[0]), y_hat[0])
    memory = np.full_like(y_hat, np.nan)
    np.testing.assert_allclose(loss.gradient(y_hat, y)[0], expected, rtol=1e-7)
    assert loss.gradient(y_hat, y, memory) is memory
    np.testing.assert_array_equal(memory, loss.gradient(y_hat, y))


def test_mean_squared_error_is_half_the_mean_over_the_outputs() -> None:
    y_hat, y = np.array([[0.5, 0.5], [1.0, 0.0], [0.0, 0.25]]), np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(LOSSES["mse"].function(y_hat, y), [0.125, 0.0, 0.5 * (1 + 0.0625) / 2])
