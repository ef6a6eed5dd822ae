"""Small data sets, networks and comparisons that the tests of the core share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.activations import ACTIVATIONS, Array
from core.dataset import Dataset, DataSource, load
from core.experiment import Experiment
from core.losses import LOSSES
from core.network import Network, count_parameters
from core.trainer import Trainer

TRAIN_FILE = load(DataSource("train.txt"))
STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))  # fourth-order first derivative: error O(step⁴)
STEP = 2.0**-10


def small_dataset(n: int = 97, n_classes: int = 2, seed: int = 0) -> Dataset:
    """Points around as many centers as there are classes, which take turns."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    angle = 2 * np.pi * labels / n_classes
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0.0, 0.5, (n, 2))
    return Dataset(points, labels, tuple(f"class {k}" for k in range(n_classes)), name="small")


def random_network(rng: np.random.Generator, sizes: Sequence[int], hidden: str, output: str) -> Network:
    activations = [*[ACTIVATIONS[hidden]] * (len(sizes) - 2), ACTIVATIONS[output]]
    return Network(sizes, activations, rng.normal(0.0, 0.7, count_parameters(sizes)))


def numerical_gradient(function: Callable[[], float], vector: Array) -> Array:
    """The gradient of a function of the vector, which is changed in place and put back."""
    gradient = np.zeros_like(vector)
    for i in range(vector.size):
        middle = vector[i]
        for steps, factor in STENCIL:
            vector[i] = middle + steps * STEP
            gradient[i] += factor * function() / STEP
        vector[i] = middle
    return gradient


def bits(trainer: Trainer) -> dict[str, object]:
    """Everything that a run leaves, so that two runs can be compared to the last bit."""
    return {
        "position": trainer.position,
        "parameters": trainer.network.parameters.tobytes(),
        "gradient": trainer.gradient.tobytes(),
        "last_change": trainer.last_change.tobytes(),
        "history": trainer.history.table.tobytes(),
        "learning_rate": trainer.learning_rate,
    }


def walk(trainer: Trainer, stops: Sequence[int], rates: dict[int, float]) -> Trainer:
    """Advance from stop to stop, and set the learning rate where ``rates`` has the position."""
    for stop in stops:
        trainer.advance(stop - trainer.position)
        if stop in rates:
            trainer.change(learning_rate=rates[stop])
    return trainer


def orders_seen(trainer: Trainer, samples: int) -> NDArray[np.int64]:
    """The rows of the data set that the next samples take, one by one."""
    rows = []
    for _ in range(samples):
        trainer.advance(1)
        rows.append(trainer.last_row())
    return np.array(rows)


def reference_step(network: Network, x: Array, y: Array, experiment: Experiment) -> Array:
    """One update with the reference network and the rule w ← w − η·g; returns g."""
    gradient = network.backward(network.forward(x), y, LOSSES[experiment.loss]).gradient
    network.parameters -= experiment.learning_rate * gradient
    return gradient
