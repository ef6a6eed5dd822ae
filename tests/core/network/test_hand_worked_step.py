"""One step of backpropagation worked by hand: a 2-2-2 net, sigmoid, softmax, mean squared error, rate 0.5.

Every number is first worked out here with plain arithmetic and stands beside it to twelve places; core is compared
with those numbers.

    W1 = |0.1 -0.2|   b1 = (0.05, -0.1)      W2 = |0.5 -0.6|   b2 = (0.1, -0.3)      x = (1, 2)   y = (0, 1)
         |0.4  0.3|                               |0.7  0.2|
"""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network
from core.training.experiment import Experiment
from core.training.trainer import Trainer

W1, B1 = ((0.1, -0.2), (0.4, 0.3)), (0.05, -0.1)
W2, B2 = ((0.5, -0.6), (0.7, 0.2)), (0.1, -0.3)
INITIAL = np.array([0.1, -0.2, 0.4, 0.3, 0.05, -0.1, 0.5, -0.6, 0.7, 0.2, 0.1, -0.3])
RATE = 0.5

# Forward. z1 = x·W1 + b1:
Z1 = (
    0.95,  # 1·0.1 + 2·0.4 + 0.05
    0.30,  # 1·(−0.2) + 2·0.3 − 0.1
)
# a1 = 1 / (1 + e^−z1):
A1 = (
    0.721115178023,  # 1 / (1 + 0.386741023455)
    0.574442516812,  # 1 / (1 + 0.740818220682)
)
# z2 = a1·W2 + b2:
Z2 = (
    0.862667350780,  # 0.721115178023·0.5 + 0.574442516812·0.7 + 0.1 = 0.360557589012 + 0.402109761768 + 0.1
    -0.617780603451,  # 0.721115178023·(−0.6) + 0.574442516812·0.2 − 0.3 = −0.432669106814 + 0.114888503362 − 0.3
)
# a2 = e^z2 / Σ e^z2, with e^z2 = (2.369472486365, 0.539139675486) and their sum 2.908612161850:
A2 = (0.814640232013, 0.185359767987)
# L = ½·mean (a2 − y)² = ½·(0.814640232013² + (−0.814640232013)²) / 2 = ½·0.663638707614:
LOSS = 0.331819353807

# Backward. g = ∂L/∂a2 = (a2 − y) / 2:
G = (0.407320116006, -0.407320116006)
# δ2 = J·g with the softmax's Jacobian J = |p0(1−p0)  −p0·p1 | and p0(1−p0) = p1(1−p1) = p0·p1 = 0.151001524035:
#                                          |−p1·p0   p1(1−p1)|
DELTA2 = (
    0.123011916871,  # 0.151001524035·0.407320116006 + 0.151001524035·0.407320116006
    -0.123011916871,  # −0.151001524035·0.407320116006 − 0.151001524035·0.407320116006
)
# dW2[i][k] = a1[i]·δ2[k]; db2 = δ2:
DW2 = (
    (0.088705760333, -0.088705760333),  # 0.721115178023·(±0.123011916871)
    (0.070663275125, -0.070663275125),  # 0.574442516812·(±0.123011916871)
)
# ∂L/∂a1 = δ2·W2ᵀ:
UPSTREAM1 = (
    0.135313108558,  # 0.123011916871·0.5 + (−0.123011916871)·(−0.6) = 0.123011916871·1.1
    0.061505958435,  # 0.123011916871·0.7 + (−0.123011916871)·0.2 = 0.123011916871·0.5
)
# δ1 = ∂L/∂a1 · a1(1 − a1):
DELTA1 = (
    0.027212559197,  # 0.135313108558·0.721115178023·0.278884821977
    0.015035642758,  # 0.061505958435·0.574442516812·0.425557483188
)
# dW1[i][j] = x[i]·δ1[j]; db1 = δ1:
DW1 = (
    (0.027212559197, 0.015035642758),  # 1·δ1
    (0.054425118393, 0.030071285516),  # 2·δ1
)

# The update, w − 0.5·∂L/∂w:
W1_AFTER = (
    (0.086393720402, -0.207517821379),  # 0.1 − 0.013606279598, −0.2 − 0.007517821379
    (0.372787440803, 0.284964357242),  # 0.4 − 0.027212559197, 0.3 − 0.015035642758
)
B1_AFTER = (0.036393720402, -0.107517821379)  # 0.05 − 0.013606279598, −0.1 − 0.007517821379
W2_AFTER = (
    (0.455647119833, -0.555647119833),  # 0.5 − 0.044352880167, −0.6 + 0.044352880167
    (0.664668362437, 0.235331637563),  # 0.7 − 0.035331637563, 0.2 + 0.035331637563
)
B2_AFTER = (0.038494041565, -0.238494041565)  # 0.1 − 0.061505958435, −0.3 + 0.061505958435


def near(expected: object) -> object:
    return pytest.approx(np.array(expected), rel=0.0, abs=1e-12)


def test_the_numbers_above_follow_from_each_other() -> None:
    """The same chain in plain arithmetic, without core, so that no slip in a figure can hide."""
    z1 = [1.0 * W1[0][j] + 2.0 * W1[1][j] + B1[j] for j in (0, 1)]
    a1 = [1.0 / (1.0 + exp(-z)) for z in z1]
    z2 = [a1[0] * W2[0][k] + a1[1] * W2[1][k] + B2[k] for k in (0, 1)]
    p0, p1 = (exp(z) / (exp(z2[0]) + exp(z2[1])) for z in z2)
    g = [(p0 - 0.0) / 2.0, (p1 - 1.0) / 2.0]
    delta2 = [p0 * (1.0 - p0) * g[0] - p0 * p1 * g[1], -p1 * p0 * g[0] + p1 * (1.0 - p1) * g[1]]
    upstream1 = [delta2[0] * W2[j][0] + delta2[1] * W2[j][1] for j in (0, 1)]
    delta1 = [upstream1[j] * a1[j] * (1.0 - a1[j]) for j in (0, 1)]
    assert [*z1, *a1, *z2, p0, p1] == near([*Z1, *A1, *Z2, *A2])
    assert 0.5 * (p0**2 + (p1 - 1.0) ** 2) / 2.0 == near(LOSS)
    assert [*g, *delta2, *upstream1, *delta1] == near([*G, *DELTA2, *UPSTREAM1, *DELTA1])
    assert [[a * d for d in delta2] for a in a1] == near(DW2)
    assert [[x * d for d in delta1] for x in (1.0, 2.0)] == near(DW1)
    assert [[W1[i][j] - RATE * DW1[i][j] for j in (0, 1)] for i in (0, 1)] == near(W1_AFTER)
    assert [[W2[i][j] - RATE * DW2[i][j] for j in (0, 1)] for i in (0, 1)] == near(W2_AFTER)
    assert [B1[j] - RATE * DELTA1[j] for j in (0, 1)] == near(B1_AFTER)
    assert [B2[j] - RATE * DELTA2[j] for j in (0, 1)] == near(B2_AFTER)


def test_the_network_computes_them() -> None:
    network = Network((2, 2, 2), (ACTIVATIONS["sigmoid"], ACTIVATIONS["softmax"]), INITIAL.copy())
    loss = LOSSES["mse"]
    forward = network.forward(np.array([[1.0, 2.0]]))
    backward = network.backward(forward, np.array([[0.0, 1.0]]), loss)
    assert forward.z[1] == near([Z1])
    assert forward.a[1] == near([A1])
    assert forward.z[2] == near([Z2])
    assert forward.output == near([A2])
    assert loss.value(forward.z[-1], forward.output, np.array([[0.0, 1.0]])) == near([LOSS])
    assert loss.gradient is not None
    assert loss.gradient(forward.output, np.array([[0.0, 1.0]])) == near([G])
    assert backward.delta[1] == near([DELTA2])
    assert backward.delta[0] == near([DELTA1])
    assert backward.dW[1] == near(DW2)
    assert backward.db[1] == near(DELTA2)
    assert backward.dW[0] == near(DW1)
    assert backward.db[0] == near(DELTA1)
    np.testing.assert_array_equal(network.parameters, INITIAL)


def test_the_trainer_takes_that_step() -> None:
    points = Dataset(np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([1, 0]), ("0", "1"))
    trainer = Trainer(Experiment(hidden=(2,), learning_rate=RATE, shuffle=False), points, INITIAL)
    trainer.advance(1)
    assert trainer.network.weights[0] == near(W1_AFTER)
    assert trainer.network.biases[0] == near(B1_AFTER)
    assert trainer.network.weights[1] == near(W2_AFTER)
    assert trainer.network.biases[1] == near(B2_AFTER)
    gradient = np.concatenate([np.ravel(block) for block in (DW1, DELTA1, DW2, DELTA2)])
    assert trainer.gradient == near(gradient)
    assert trainer.last_change == near(-RATE * gradient)
