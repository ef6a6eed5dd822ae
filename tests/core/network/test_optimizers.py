"""Every optimizer on a case worked by hand: w = 1, η = 0.1, μ = β₁ = 0.9 and the gradients 0.5, −1 and 0.25 in turn.

The numbers are worked out beside each rule, with its published source; a test repeats the arithmetic without core.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pytest

from core.engines.choosing import make_engine
from core.engines.workload import Workload
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.optimizers import ADAM_DECAY, EPSILON, OPTIMIZERS, RMSPROP_DECAY, SLOTS, Rule

RATE, MOMENTUM, START = 0.1, 0.9, 1.0
GRADIENTS = (0.5, -1.0, 0.25)
ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]


@dataclass(frozen=True)
class Worked:
    """w behind each update, and what the optimizer remembers then, by the names of its formula."""

    w: tuple[float, ...]
    memory: dict[str, tuple[float, ...]]


WORKED = {
    # Robbins and Monro (1951): w ← w − η·g.
    "sgd": Worked(
        (
            0.95,  # 1 − 0.1·0.5
            1.05,  # 0.95 + 0.1·1
            1.025,  # 1.05 − 0.1·0.25
        ),
        {},
    ),
    # Sutskever, Martens, Dahl and Hinton (2013), eqs. 1 and 2: v ← μ·v − η·g, w ← w + v.
    "momentum": Worked(
        (
            0.95,  # 1 − 0.05
            1.005,  # 0.95 + 0.055
            1.0295,  # 1.005 + 0.0245
        ),
        {
            "v": (
                -0.05,  # 0.9·0 − 0.1·0.5
                0.055,  # 0.9·(−0.05) + 0.1·1 = −0.045 + 0.1
                0.0245,  # 0.9·0.055 − 0.1·0.25 = 0.0495 − 0.025
            )
        },
    ),
    # Bengio, Boulanger-Lewandowski and Pascanu (2013), eq. 7: v as above, w ← w + μ·v − η·g.
    "nesterov": Worked(
        (
            0.905,  # 1 + 0.9·(−0.05) − 0.1·0.5 = 1 − 0.045 − 0.05
            1.0545,  # 0.905 + 0.9·0.055 + 0.1·1 = 0.905 + 0.0495 + 0.1
            1.05155,  # 1.0545 + 0.9·0.0245 − 0.1·0.25 = 1.0545 + 0.02205 − 0.025
        ),
        {"v": (-0.05, 0.055, 0.0245)},
    ),
    # Duchi, Hazan and Singer (2011), section 1.1, diagonal: s ← s + g², w ← w − η·g/(√s + ε), ε = 1e-8.
    "adagrad": Worked(
        (
            0.900000002000,  # 1 − 0.1·0.5/(0.5 + 1e-8)
            0.989442720300,  # 0.900000002000 + 0.1·1/(1.118033988750 + 1e-8) = … + 0.089442718300
            0.967620931467,  # 0.989442720300 − 0.1·0.25/(1.145643923739 + 1e-8) = … − 0.021821788833
        ),
        {
            "s": (
                0.25,  # 0.5²
                1.25,  # + 1²
                1.3125,  # + 0.25²
            )
        },
    ),
    # Tieleman and Hinton (2012), lecture 6e: s ← 0.9·s + 0.1·g², w ← w − η·g/(√s + ε), ε = 1e-8.
    "rmsprop": Worked(
        (
            0.683772253983,  # 1 − 0.1·0.5/(0.158113883008 + 1e-8) = 1 − 0.316227746017
            0.969486531534,  # 0.683772253983 + 0.1·1/(0.35 + 1e-8) = … + 0.285714277551
            0.896241691766,  # 0.969486531534 − 0.1·0.25/(0.341320963318 + 1e-8) = … − 0.073244839768
        ),
        {
            "s": (
                0.025,  # 0.1·0.25
                0.1225,  # 0.9·0.025 + 0.1·1
                0.1165,  # 0.9·0.1225 + 0.1·0.0625 = 0.11025 + 0.00625
            )
        },
    ),
    # Kingma and Ba (2015), algorithm 1: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², β₂ = 0.999,
    # m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), w ← w − η·m̂/(√v̂ + ε), ε = 1e-8.
    "adam": Worked(
        (
            0.900000002000,  # m̂ = 0.05/0.1 = 0.5, v̂ = 0.00025/0.001 = 0.25: 1 − 0.1·0.5/(0.5 + 1e-8)
            # m̂ = −0.055/0.19 = −0.289473684211, v̂ = 0.00124975/0.001999 = 0.625187593797:
            0.936610354241,  # 0.900000002000 + 0.1·0.289473684211/(0.790688050875 + 1e-8) = … + 0.036610352241
            # m̂ = −0.0245/0.271 = −0.090405904059, v̂ = 0.00131100025/0.002997001 = 0.437437374896:
            0.950279420339,  # 0.936610354241 + 0.1·0.090405904059/(0.661390485943 + 1e-8) = … + 0.013669066098
        ),
        {
            "m": (
                0.05,  # 0.1·0.5
                -0.055,  # 0.9·0.05 − 0.1·1
                -0.0245,  # 0.9·(−0.055) + 0.1·0.25 = −0.0495 + 0.025
            ),
            "v": (
                0.00025,  # 0.001·0.25
                0.00124975,  # 0.999·0.00025 + 0.001·1
                0.00131100025,  # 0.999·0.00124975 + 0.001·0.0625 = 0.00124850025 + 0.0000625
            ),
        },
    ),
}


def near(value: object) -> object:
    return pytest.approx(value, rel=0.0, abs=1e-12)


def test_every_optimizer_is_worked_by_hand() -> None:
    assert set(WORKED) == set(OPTIMIZERS)
    for name, worked in WORKED.items():
        assert tuple(worked.memory) == OPTIMIZERS[name].slots
    assert (EPSILON, RMSPROP_DECAY, ADAM_DECAY) == (1e-8, 0.9, 0.999)


def test_the_numbers_above_follow_from_the_rules() -> None:
    """The same in plain arithmetic, without core, so that no slip in a figure can hide."""
    plain = momentum = nesterov = adagrad = rmsprop = adam = START
    v = s = r = m = second = 0.0
    for k, g in enumerate(GRADIENTS):
        plain -= RATE * g
        v = MOMENTUM * v - RATE * g
        momentum += v
        nesterov += MOMENTUM * v - RATE * g
        s += g * g
        adagrad -= RATE * g / (sqrt(s) + 1e-8)
        r = 0.9 * r + 0.1 * g * g
        rmsprop -= RATE * g / (sqrt(r) + 1e-8)
        m = MOMENTUM * m + (1.0 - MOMENTUM) * g
        second = 0.999 * second + 0.001 * g * g
        adam -= RATE * (m / (1.0 - MOMENTUM ** (k + 1))) / (sqrt(second / (1.0 - 0.999 ** (k + 1))) + 1e-8)
        found = {"sgd": plain, "momentum": momentum, "nesterov": nesterov}
        found |= {"adagrad": adagrad, "rmsprop": rmsprop, "adam": adam}
        assert found == near({name: worked.w[k] for name, worked in WORKED.items()})
        memory = (v, v, s, r, m, second)
        written = [values[k] for worked in WORKED.values() for values in worked.memory.values()]
        assert memory == near(tuple(written))


@pytest.mark.parametrize("name", WORKED)
def test_the_table_holds_the_rule(name: str) -> None:
    optimizer, worked = OPTIMIZERS[name], WORKED[name]
    w, slots, work = np.array([START, START]), np.zeros((SLOTS, 2)), np.full(2, np.nan)
    for k, g in enumerate(GRADIENTS):
        gradient = np.array([g, 0.0])  # a parameter without a gradient stays where it is
        optimizer.update(w, gradient, slots, RATE, MOMENTUM, k + 1, work)
        assert w == near([worked.w[k], START])
        for row, values in zip(slots, worked.memory.values(), strict=False):
            assert row == near([values[k], 0.0])
        assert gradient.tolist() == [g, 0.0]


def hinge_workload() -> Workload:
    """A net 1-1 whose weight has the gradient x: of the hinge loss with y = −1, for a margin above 0, dW = −y·x."""
    network = Network((1, 1), (ACTIVATIONS["linear"],), np.array([START, START]))
    return Workload(network, LOSSES["hinge"], 1, np.array([GRADIENTS]).T, np.full((3, 1), -1.0))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", WORKED)
@pytest.mark.parametrize("apart", [False, True])
def test_both_engines_apply_it(name: str, engine: str, apart: bool) -> None:
    """In one call, and in a call for each update, with the memory and the count of updates carried over."""
    workload, worked = hinge_workload(), WORKED[name]
    made, rule = make_engine(engine, workload), Rule(OPTIMIZERS[name], MOMENTUM)
    rates = np.full(3, RATE)
    if apart:
        for k in range(3):
            made.run(np.array([k]), rates[:1], rule, k, k)
            assert workload.network.parameters[0] == near(worked.w[k])
    else:
        made.run(np.arange(3), rates, rule, 0, 0)
    assert workload.network.parameters[0] == near(worked.w[2])
    assert workload.before_last[0] == near(worked.w[1])
    assert workload.gradient.tolist() == [GRADIENTS[2], 1.0]
    for row, values in zip(workload.slots, worked.memory.values(), strict=False):
        assert row[0] == near(values[2])
    assert not workload.slots[len(worked.memory) :].any()


def test_nesterov_is_sutskevers_rule_seen_from_where_its_gradient_is_taken() -> None:
    """Sutskever et al. (2013), eqs. 3 and 4: v ← μ·v − η·∇f(θ + μ·v), θ ← θ + v; here f(θ) = θ⁴, and w = θ + μ·v."""
    theta, v = 0.7, 0.0
    w, slots, work = np.array([0.7]), np.zeros((SLOTS, 1)), np.empty(1)
    for t in range(1, 20):
        v = MOMENTUM * v - RATE * 4.0 * (theta + MOMENTUM * v) ** 3
        theta += v
        OPTIMIZERS["nesterov"].update(w, 4.0 * w**3, slots, RATE, MOMENTUM, t, work)
        assert w[0] == pytest.approx(theta + MOMENTUM * v, rel=1e-12)
        assert slots[0, 0] == pytest.approx(v, rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9999])
@pytest.mark.parametrize("gradient", [1e-3, -5.0, 1e6])
def test_adams_first_step_is_the_rate_whatever_the_gradient(gradient: float, momentum: float) -> None:
    """What the correction of the bias is for: m̂ = g and √v̂ = |g| (Kingma and Ba, 2015, section 3)."""
    w = np.array([0.0])
    OPTIMIZERS["adam"].update(w, np.array([gradient]), np.zeros((SLOTS, 1)), RATE, momentum, 1, np.empty(1))
    assert w[0] == pytest.approx(-RATE * np.sign(gradient), rel=2e-5)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_without_momentum_it_is_plain_sgd(name: str) -> None:
    w, plain, slots, work = np.array([0.3]), np.array([0.3]), np.zeros((SLOTS, 1)), np.empty(1)
    for t, g in enumerate(GRADIENTS, start=1):
        OPTIMIZERS[name].update(w, np.array([g]), slots, RATE, 0.0, t, work)
        OPTIMIZERS["sgd"].update(plain, np.array([g]), np.zeros((SLOTS, 1)), RATE, 0.0, t, work)
        assert w[0] == pytest.approx(plain[0], rel=1e-15)
