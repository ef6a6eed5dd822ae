"""Every gradient against numerical differences: hidden activation × output activation × loss."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest

from core.base.arrays import Array
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.losses import LOSSES, Loss, why_not
from core.network.network import Network, parameter_views
from core.network.tasks import TASKS
from core.training.preparation import one_hot_targets
from tests.core.support import STENCIL, STEP, numerical_gradient, random_network

SHAPES = [(2, 2), (2, 4, 3), (2, 3, 4, 2), (3, 5, 4, 3, 5)]
SAMPLES = 4


class AtACornerError(Exception):
    """A step of the differences crosses a corner, where no difference tells the derivative."""


CORNERED = ("relu", "leaky-relu", "elu")
"""Activations that change their formula at z = 0 (ELU's second derivative jumps there)."""


def forward_of_many(network: Network, parameters: Array, x: Array) -> tuple[list[Array], Array]:
    """Every z and the output of the network with each of the parameter vectors, which fill the last axis."""
    z, a, end = [], x, 0
    for (inputs, outputs), activation in zip(pairwise(network.sizes), network.activations, strict=True):
        start, middle, end = end, end + inputs * outputs, end + (inputs + 1) * outputs
        weights = parameters[..., start:middle].reshape(*parameters.shape[:-1], inputs, outputs)
        z.append(a @ weights + parameters[..., None, middle:end])
        a = activation.function(z[-1])
    return z, a


def sides(network: Network, zs: Sequence[Array], output: Array, y: Array, loss: Loss) -> list[Array]:
    """On which side of each corner everything lies."""
    layers = zip(network.activations, zs, strict=True)
    found = [z > 0.0 for activation, z in layers if activation.name in CORNERED]
    error = output - y
    if loss.name == "mae":
        found.append(error > 0.0)
    elif loss.name == "huber":
        found += [error > 1.0, error < -1.0]
    elif loss.name == "hinge":
        found.append(y * output < 1.0)
    return found


def numerical(network: Network, x: Array, y: Array, loss: Loss) -> Array:
    """Numerical gradient of the mean loss; AtACornerError if a step crosses a corner."""
    steps, factors = np.array(STENCIL).T
    shaken = network.parameters + STEP * steps[:, None, None] * np.eye(network.parameters.size)
    zs, output = forward_of_many(network, shaken, x)  # all at once: one after the other takes twenty times as long
    middle = network.forward(x)
    before = sides(network, middle.z[1:], middle.output, y, loss)
    if any(
        (side != at_first).any() for side, at_first in zip(sides(network, zs, output, y, loss), before, strict=True)
    ):
        raise AtACornerError
    return factors @ loss.value(zs[-1], output, y).mean(axis=-1) / STEP


def draw(sizes: tuple[int, ...], hidden: str, output: str, loss: Loss) -> tuple[Network, Array, Array, Array]:
    """A network and samples, drawn until no corner is near and every layer has a gradient to compare."""
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        network = random_network(rng, sizes, hidden, output)
        x = rng.uniform(-1.5, 1.5, (SAMPLES, sizes[0]))
        y = one_hot_targets(rng.integers(0, sizes[-1], SAMPLES), sizes[-1], ACTIVATIONS[output], loss.signed)
        try:
            expected = numerical(network, x, y, loss)
        except AtACornerError:
            continue
        if all(np.abs(block).max() > 1e-4 for blocks in parameter_views(sizes, expected) for block in blocks):
            return network, x, y, expected
    raise AssertionError("no network without a corner nearby in 1000 draws")


PAIRS = [
    (output, loss)
    for loss in LOSSES.values()
    for output in OUTPUT_ACTIVATIONS
    if any(not why_not(loss, output, task) for task in TASKS)
]


@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
def test_backward_is_the_gradient_of_the_mean_loss(hidden: str) -> None:
    for (output, loss), sizes in product(PAIRS, SHAPES):
        network, x, y, expected = draw(sizes, hidden, output, loss)
        forward = network.forward(x)
        for z, same in zip(forward.z[1:], forward_of_many(network, network.parameters, x)[0], strict=True):
            np.testing.assert_allclose(z, same, rtol=1e-12, atol=1e-12)
        backward = network.backward(forward, y, loss)
        for found, blocks in zip((backward.dW, backward.db), parameter_views(sizes, expected), strict=True):
            for block, wanted in zip(found, blocks, strict=True):
                assert np.linalg.norm(block - wanted) < 1e-7 * np.linalg.norm(wanted), (output, loss.name, sizes)


@pytest.mark.parametrize("outputs", [1, 2, 3, 5])
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_gradient_of_a_loss(loss: Loss, outputs: int) -> None:
    """Of each loss by its output's z, through the output activation that it goes with."""
    rng = np.random.default_rng(outputs)
    activation = ACTIVATIONS[loss.outputs[0] if loss.outputs else "linear"]
    z = rng.uniform(0.2, 0.8, (1, outputs))
    y = np.eye(outputs)[:1] * (2.0 if loss.signed else 1.0) - (1.0 if loss.signed else 0.0)
    a = activation.function(z)
    expected = numerical_gradient(lambda: float(loss.value(z, activation.function(z), y)[0]), z[0])
    found = loss.output_delta(activation, z, a, y)
    np.testing.assert_allclose(found[0], expected, rtol=1e-7, atol=1e-12)
    memory, work = np.full_like(z, np.nan), np.full_like(z, np.nan)
    assert loss.output_delta(activation, z, a, y, memory, work) is memory
    np.testing.assert_array_equal(memory, found)


def test_mean_squared_error_is_half_the_mean_over_the_outputs() -> None:
    y_hat, y = np.array([[0.5, 0.5], [1.0, 0.0], [0.0, 0.25]]), np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(LOSSES["mse"].value(y_hat, y_hat, y), [0.125, 0.0, 0.5 * (1 + 0.0625) / 2])
