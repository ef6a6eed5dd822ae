"""Loss and accuracy over whole sets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.engines.numpy_engine import measure
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.tasks import CLASSIFICATION
from core.training.evaluation import Evaluation, determination, evaluation_of, predict
from core.training.experiment import Experiment
from core.training.preparation import Part, prepare
from tests.core.support import random_network, small_dataset


def evaluated(network: Network, part: Part) -> Evaluation:
    losses, outputs = measure(network, LOSSES["mse"], part.inputs, part.targets)
    return evaluation_of(losses, predict(outputs, CLASSIFICATION), part, CLASSIFICATION)


def test_loss_and_accuracy_are_means_over_the_samples() -> None:
    part = prepare(Experiment(), small_dataset(30, n_classes=3)).train
    network = random_network(np.random.default_rng(0), (2, 4, 3), "tanh", "softmax")
    losses, right, predicted = [], [], []
    for x, y, label in zip(part.inputs, part.targets, part.labels, strict=True):
        output = network.forward(x[None]).output[0].tolist()
        losses.append(sum((o - t) ** 2 for o, t in zip(output, y, strict=True)) / 3 / 2)
        predicted.append(output.index(max(output)))
        right.append(predicted[-1] == label)
    found = evaluated(network, part)
    assert found.loss == pytest.approx(sum(losses) / 30, rel=1e-12)
    assert 0 < sum(right) < 30
    assert found.score == sum(right) / 30
    assert found.predicted.tolist() == predicted


def test_of_equal_outputs_the_first_is_predicted() -> None:
    part = prepare(Experiment(), small_dataset(9, n_classes=3)).train
    network = Network((2, 3), (ACTIVATIONS["softmax"],))
    found = evaluated(network, part)
    assert found.predicted.tolist() == [0] * 9
    assert found.score == pytest.approx(1 / 3)


def test_an_empty_set_has_neither_loss_nor_accuracy_and_gives_no_warning() -> None:
    part = prepare(Experiment(), small_dataset(9)).test
    found = evaluated(Network((2, 2), (ACTIVATIONS["softmax"],)), part)
    assert math.isnan(found.loss)
    assert math.isnan(found.score)
    assert found.predicted.shape == (0,)


@pytest.mark.parametrize("output", ["linear", "softmax", "sigmoid"])
def test_overflow_gives_no_warning(output: str) -> None:
    part = prepare(Experiment(), small_dataset(9)).train
    network = Network((2, 2), (ACTIVATIONS[output],), np.full(6, 1e308))
    network.parameters[::2] *= -1
    found = evaluated(network, part)
    assert found.predicted.shape == (9,)
    assert math.isfinite(found.loss) == (output != "linear")


def test_r2_of_equal_targets_is_undefined_whatever_their_rounding() -> None:
    targets = np.full((7, 1), 0.1)
    assert np.var(targets) > 0.0, "rounding makes it so"
    assert np.isnan(determination(0.5, targets))
