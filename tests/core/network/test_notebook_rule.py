"""The notebook's shortcuts lead to the right weights with two outputs, and to wrong ones with three.

Its softmax derivative keeps the diagonal p(1 − p) only, and its gradient of the loss is (ŷ − y), without the mean. For
two outputs, with e = ŷ₀ − y₀ = −(ŷ₁ − y₁), the whole Jacobian and the mean give p₀p₁·(e/2) + p₀p₁·(e/2) = e·p₀(1 − p₀):
the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.network.losses import LOSSES
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import TRAIN_FILE, numerical_gradient, random_network

Vector = NDArray[np.float64]
Scalar = Callable[[Vector], Vector]


def sigmoid(z: Vector) -> Vector:
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_slope(z: Vector) -> Vector:
    return sigmoid(z) * (1.0 - sigmoid(z))


def relu(z: Vector) -> Vector:
    return np.where(z > 0.0, z, 0.0)


def relu_slope(z: Vector) -> Vector:
    return np.where(z > 0.0, 1.0, 0.0)


FUNCTIONS: dict[str, tuple[Scalar, Scalar]] = {"sigmoid": (sigmoid, sigmoid_slope), "relu": (relu, relu_slope)}


def notebook_gradient(
    weights: list[Vector], biases: list[Vector], activation: str, x: Vector, target: Vector
) -> list[tuple[Vector, Vector]]:
    """What the notebook would subtract, times the rate, for one sample."""
    f, slope = FUNCTIONS[activation]
    inputs, z = [x], []
    for w, b in zip(weights, biases, strict=True):
        z.append(inputs[-1] @ w + b)
        inputs.append(f(z[-1]))
    p = np.exp(z[-1] - max(z[-1]))
    p = p / sum(p)
    delta = (p - target) * (p * (1.0 - p))
    steps: list[tuple[Vector, Vector]] = []
    for layer in reversed(range(len(weights))):
        steps.insert(0, (np.outer(inputs[layer], delta), delta))
        if layer:
            delta = (weights[layer] @ delta) * slope(z[layer - 1])
    return steps


@pytest.mark.parametrize(
    ("hidden", "activation", "init"),
    [
        ((7,), "sigmoid", Init("normal", 0.01)),
        ((4, 4, 4), "relu", Init("normal", 0.01)),
        ((4, 4, 4), "relu", Init("he")),
    ],
    ids=["shallow", "deep", "deep with larger weights, so that it moves"],
)
def test_five_epochs_of_the_notebooks_rule_give_the_trainers_weights(
    hidden: tuple[int, ...], activation: str, init: Init
) -> None:
    trainer = Trainer(Experiment(hidden=hidden, activation=activation, init=init, shuffle=False), TRAIN_FILE)
    start = trainer.network.parameters.copy()
    weights, biases = ([view.copy() for view in views] for views in (trainer.network.weights, trainer.network.biases))
    targets = {0: np.array([1.0, 0.0]), 1: np.array([0.0, 1.0])}
    for _ in range(5):
        for x, label in zip(TRAIN_FILE.points, TRAIN_FILE.labels.tolist(), strict=True):
            for layer, (dw, db) in enumerate(notebook_gradient(weights, biases, activation, x, targets[label])):
                weights[layer] -= 0.01 * dw
                biases[layer] -= 0.01 * db
    trainer.advance(5 * len(TRAIN_FILE))
    for found, expected in zip((*trainer.network.weights, *trainer.network.biases), (*weights, *biases), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-10)
    if (activation, init) != ("relu", Init("normal", 0.01)):  # that one hardly moves
        assert np.abs(trainer.network.parameters - start).max() > 0.1


@pytest.mark.parametrize("outputs", [2, 3, 4])
def test_only_with_two_outputs_does_the_rule_follow_the_gradient(outputs: int) -> None:
    rng = np.random.default_rng(1)
    network = random_network(rng, (2, 5, outputs), "sigmoid", "softmax")
    x, y = rng.normal(size=(1, 2)), np.eye(outputs)[:1]
    steps = notebook_gradient(list(network.weights), list(network.biases), "sigmoid", x[0], y[0])
    rule = np.concatenate([part.ravel() for step in steps for part in step])
    loss = LOSSES["mse"]
    true = numerical_gradient(
        lambda: float(loss.value(network.forward(x).z[-1], network.forward(x).output, y)[0]), network.parameters
    )
    error = np.linalg.norm(rule - true) / np.linalg.norm(true)
    cosine = rule @ true / np.linalg.norm(rule) / np.linalg.norm(true)
    if outputs == 2:
        assert error < 1e-7
    else:  # it is not even parallel, so that no learning rate mends it
        assert error > 0.1
        assert cosine < 0.999
