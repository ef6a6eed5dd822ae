"""Losses far out, where a formula as it stands in books overflows or loses its digits, against exact arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.arrays import Array
from core.engines.choosing import make_engine
from core.engines.workload import Workload
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES, why_not
from core.network.network import Network
from core.network.optimizers import OPTIMIZERS, Rule
from core.network.tasks import CLASSIFICATION, REGRESSION

ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
DIGITS = 50
FAR = [0.0, 1e-300, 1e-8, 0.5, 1.0, 20.0, 36.9, 40.0, 300.0, 709.0, 745.0, 1e4, 1e8, 1e300]


@cache
def exact_cross_entropy(z: tuple[float, ...], y: int) -> float:
    """−ln(e^z_y / Σ e^z_k) = m + ln Σ e^(z_k − z_y − m), m being the largest z_k − z_y, with 50 digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = DIGITS, -(10**17), 10**17
        shifted = sorted(Decimal(v) - Decimal(z[y]) for v in z)
        top = shifted.pop()
        rest = sum(((v - top).exp() for v in shifted if v - top > -(10**6)), Decimal(0))
        return float(top + ln_1_plus(rest))


def ln_1_plus(x: Decimal) -> Decimal:
    """ln(1 + x) for x ≥ 0, to all digits: by its series where x is tiny."""
    return x - x * x / 2 + x * x * x / 3 if x < Decimal("1e-25") else (1 + x).ln()


def exact_binary_cross_entropy(z: float, y: float) -> float:
    """−ln σ(z) for y = 1, −ln(1 − σ(z)) = −ln σ(−z) for y = 0; −ln σ(z) = ln(1 + e^−z)."""
    return exact_cross_entropy((z, 0.0), 0) if y == 1.0 else exact_cross_entropy((0.0, z), 0)


def measured(engine: str, loss: str, output: str, z: Array, y: Array) -> tuple[Array, Array]:
    """Losses and outputs of an engine whose network hands its inputs through as z."""
    units = z.shape[1]
    network = Network((units, units), (ACTIVATIONS[output],), np.concatenate([np.eye(units).ravel(), np.zeros(units)]))
    return make_engine(engine, Workload(network, LOSSES[loss], 1, z, y)).measure(z, y)


# ---- Cross-entropies, from z.


@pytest.mark.parametrize("engine", ENGINES)
def test_cross_entropy_keeps_its_digits_at_any_distance(engine: str) -> None:
    pairs = [(sign * a, sign * b) for a in FAR for b in (*FAR, *(-v for v in FAR)) for sign in (1.0, -1.0)]
    z = np.array([*pairs, *((b, a) for a, b in pairs)])
    y = np.tile([1.0, 0.0], (len(z), 1))
    expected = [exact_cross_entropy(tuple(row), 0) for row in z.tolist()]
    found, _ = measured(engine, "cross-entropy", "softmax", z, y)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-305)
    assert min(value for value in expected if value > 0.0) < 1e-300, "the case is of no use"
    assert max(expected) == 2e300


@pytest.mark.parametrize("engine", ENGINES)
def test_cross_entropy_of_many_classes(engine: str) -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(0.0, 1.0, (50, 7)) * np.geomspace(1e-3, 1e4, 50)[:, None]
    labels = rng.integers(0, 7, 50)
    found, outputs = measured(engine, "cross-entropy", "softmax", z, np.eye(7)[labels])
    expected = [exact_cross_entropy(tuple(row), label) for row, label in zip(z.tolist(), labels.tolist(), strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(outputs.sum(axis=1), 1.0, rtol=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
def test_binary_cross_entropy_keeps_its_digits_at_any_distance(engine: str) -> None:
    z = np.array([[v, w] for v in FAR for w in (v, -v)])
    for y in (0.0, 1.0):
        found, _ = measured(engine, "binary-cross-entropy", "sigmoid", z, np.full_like(z, y))
        expected = [(exact_binary_cross_entropy(a, y) + exact_binary_cross_entropy(b, y)) / 2 for a, b in z.tolist()]
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-305)
    one, _ = measured(engine, "binary-cross-entropy", "sigmoid", np.array([[800.0, -700.0]]), np.array([[1.0, 0.0]]))
    assert one[0] == pytest.approx(math.exp(-700) / 2, rel=1e-12), "e^−700 is not lost beside 1"


@given(z=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=5), data=st.data())
def test_cross_entropy_anywhere(z: list[float], data: st.DataObject) -> None:
    y = data.draw(st.integers(0, len(z) - 1))
    row = np.array([z])
    found = LOSSES["cross-entropy"].value(row, row, np.eye(len(z))[[y]])
    assert found[0] == pytest.approx(exact_cross_entropy(tuple(z), y), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("loss", "output"), [("cross-entropy", "softmax"), ("binary-cross-entropy", "sigmoid")])
def test_their_gradient_is_bounded_and_exact_at_the_ends(loss: str, output: str, engine: str) -> None:
    """δ = ŷ − y, over the outputs for the binary one, from 0 where the net is right to ±1 where it is surely wrong."""
    y = np.array([[1.0, 0.0]])
    share = 1.0 if loss == "cross-entropy" else 0.5
    for far in (40.0, 800.0, 1e300):
        for z, expected in (([far, -far], [0.0, 0.0]), ([-far, far], [-share, share])):
            network = Network((1, 2), (ACTIVATIONS[output],), np.array([0.0, 0.0, *z]))
            workload = Workload(network, LOSSES[loss], 1, np.ones((1, 1)), y)
            make_engine(engine, workload).run(np.array([0]), np.array([1e-3]), Rule(OPTIMIZERS["sgd"]), 0, 0)
            np.testing.assert_allclose(workload.gradient[2:], expected, rtol=1e-15, atol=1e-16)


# ---- The other losses, from a, in fractions.


def exact(loss: str, a: list[float], y: list[float]) -> float:
    one, half = Fraction(1), Fraction(1, 2)

    def term(a: Fraction, y: Fraction) -> Fraction:
        e = abs(a - y)
        if loss == "mse":
            return half * e * e
        if loss == "mae":
            return e
        if loss == "huber":
            return half * e * e if e <= 1 else e - half
        return max(Fraction(0), one - y * a)

    return float(sum(term(Fraction(p), Fraction(q)) for p, q in zip(a, y, strict=True)) / len(a))


PLAIN = ["mse", "mae", "huber", "hinge"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("loss", PLAIN)
def test_the_other_losses_from_their_formulas(loss: str, engine: str) -> None:
    numbers = [0.0, 1e-150, 1e-9, 0.25, 0.999, 1.0, 1.001, 2.5, 40.0, 1e9, 1e150]
    targets = [-1.0, 1.0] if loss == "hinge" else [0.0, 1.0, -0.3, 7.0]
    rows = [([sign * v, w], [t, -t]) for v in numbers for w in (0.3, v) for sign in (1.0, -1.0) for t in targets]
    a, y = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found, outputs = measured(engine, loss, "linear", a, y)
    np.testing.assert_array_equal(outputs, a)
    # 1 − y·a is rounded once before anything else; where it cancels, that is what is left.
    absolute = 1e-16 if loss == "hinge" else 1e-310
    expected = [exact(loss, *row) for row in rows]
    np.testing.assert_allclose(found, expected, rtol=1e-15 * 4, atol=absolute)


@pytest.mark.parametrize("engine", ENGINES)
def test_huber_is_the_square_inside_and_the_line_outside_and_meets_in_between(engine: str) -> None:
    """Huber (1964): ½e² up to 1, |e| − ½ behind; both are ½ and have the slope 1 at 1."""
    e = np.array([[0.0], [0.5], [1.0], [-1.0], [3.0], [-3.0], [np.nextafter(1.0, 2.0)], [np.nextafter(1.0, 0.0)]])
    found, _ = measured(engine, "huber", "linear", e, np.zeros_like(e))
    np.testing.assert_allclose(found, [0.0, 0.125, 0.5, 0.5, 2.5, 2.5, 0.5, 0.5], rtol=1e-15)
    gradient = LOSSES["huber"].gradient
    assert gradient is not None
    np.testing.assert_array_equal(gradient(e[:6], np.zeros((6, 1))), [[0.0], [0.5], [1.0], [-1.0], [1.0], [-1.0]])


def test_at_their_corners_mae_and_hinge_have_the_slope_zero() -> None:
    for name, a, y in (("mae", 0.3, 0.3), ("hinge", 1.0, 1.0), ("hinge", -1.0, -1.0), ("hinge", 5.0, 1.0)):
        gradient = LOSSES[name].gradient
        assert gradient is not None
        assert gradient(np.array([[a]]), np.array([[y]])).tolist() == [[0.0]]


# ---- The table.


def test_which_loss_goes_with_what() -> None:
    both = [(loss.name, output) for loss in LOSSES.values() for output in ACTIVATIONS]
    classes = {pair for pair in both if not why_not(LOSSES[pair[0]], pair[1], CLASSIFICATION)}
    numbers = {pair for pair in both if not why_not(LOSSES[pair[0]], pair[1], REGRESSION)}
    assert {output for loss, output in classes if loss == "cross-entropy"} == {"softmax"}
    assert {output for loss, output in classes if loss == "binary-cross-entropy"} == {"sigmoid"}
    assert {output for loss, output in classes if loss == "hinge"} == {"linear", "tanh"}
    assert {output for loss, output in classes if loss == "mse"} == set(ACTIVATIONS)
    assert {loss for loss, _ in numbers} == {"mse", "mae", "huber"}
    assert {output for _, output in numbers} == set(ACTIVATIONS) - {"softmax"}
    for name, output in set(both) - classes:
        assert why_not(LOSSES[name], output, CLASSIFICATION).count("choose") == 1


@pytest.mark.parametrize(
    ("loss", "a", "y", "above"),
    [
        ("mae", [0.2, 0.5, 0.9], [0.5, 0.5, 0.5], [False, False, True]),
        ("huber", [-1.5, -0.9, 0.9, 1.5], [0.0] * 4, [True, False, False, True]),
        ("hinge", [0.5, 1.5, -1.5], [1.0, 1.0, -1.0], [True, False, False]),
    ],
)
def test_corners_are_where_the_sign_changes(loss: str, a: list[float], y: list[float], above: list[bool]) -> None:
    corners = LOSSES[loss].corners
    assert corners is not None
    assert (corners(np.array(a), np.array(y)) > 0.0).tolist() == above


def test_the_smooth_losses_have_no_corner() -> None:
    assert {loss.name for loss in LOSSES.values() if loss.corners is None} == {
        "mse",
        "cross-entropy",
        "binary-cross-entropy",
    }


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS.values() if a.derivative], ids=lambda a: a.name)
def test_an_activation_has_a_corner_where_a_derivative_jumps_at_zero(activation: object) -> None:
    """Differences of the slope right and left of 0: a jump of f' itself, or of f'' (for ELU, 0 and 1)."""
    derivative = activation.derivative  # type: ignore[attr-defined]
    z = np.array([-2e-6, -1e-6, 1e-6, 2e-6])
    slopes = derivative(z, activation.function(z))  # type: ignore[attr-defined]
    bend_left, bend_right = (slopes[1] - slopes[0]) / 1e-6, (slopes[3] - slopes[2]) / 1e-6
    jumps = abs(slopes[2] - slopes[1]) > 1e-3 or abs(bend_right - bend_left) > 1e-3
    assert jumps == activation.corner  # type: ignore[attr-defined]
