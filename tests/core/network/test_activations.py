"""Activation functions: derivatives against differences, bounds, extremes, and the memory that they are given."""

from __future__ import annotations

import numpy as np
import pytest

from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS, Activation
from tests.core.support import STENCIL, STEP

ELEMENTWISE = [pytest.param(a, id=a.name) for a in ACTIVATIONS.values() if a.derivative is not None]
ALL = [pytest.param(a, id=a.name) for a in ACTIVATIONS.values()]


def test_the_table_is_keyed_by_name_and_hidden_layers_get_no_output_activation() -> None:
    assert all(name == activation.name for name, activation in ACTIVATIONS.items())
    assert "softmax" in OUTPUT_ACTIVATIONS
    assert "softmax" not in HIDDEN_ACTIVATIONS


@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_the_derivative_is_the_limit_of_differences(activation: Activation) -> None:
    z = np.linspace(-4.0, 4.0, 98)  # even: 0, where ReLU has a corner, is not among them
    assert np.abs(z).min() > 4 * STEP
    terms = [factor * activation.function(z + steps * STEP) for steps, factor in STENCIL]
    assert activation.derivative is not None
    np.testing.assert_allclose(
        activation.derivative(z, activation.function(z)), np.sum(terms, axis=0) / STEP, rtol=1e-7
    )


@pytest.mark.parametrize("outputs", [2, 3, 5])
def test_softmax_passes_back_its_whole_jacobian(outputs: int) -> None:
    softmax = ACTIVATIONS["softmax"]
    z = np.random.default_rng(outputs).normal(0.0, 1.5, (4, outputs))
    a = softmax.function(z)
    for k in range(outputs):  # δ for ∂L/∂a = e_k is row k of the Jacobian: ∂a_k/∂z
        row = softmax.delta(np.tile(np.eye(outputs)[k], (4, 1)), z, a)
        for j in range(outputs):
            shift = np.eye(outputs)[j] * STEP
            terms = [f * softmax.function(z + s * shift)[:, k] for s, f in STENCIL]
            np.testing.assert_allclose(row[:, j], np.sum(terms, axis=0) / STEP, rtol=1e-7)


@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_delta_of_an_elementwise_activation_is_upstream_times_derivative(activation: Activation) -> None:
    rng = np.random.default_rng(0)
    z, upstream = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    a = activation.function(z)
    assert activation.derivative is not None
    np.testing.assert_array_equal(activation.delta(upstream, z, a), upstream * activation.derivative(z, a))


@pytest.mark.parametrize("activation", ALL)
def test_out_receives_the_same_numbers_and_the_inputs_stay(activation: Activation) -> None:
    rng = np.random.default_rng(1)
    z, upstream = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    z_before, upstream_before = z.copy(), upstream.copy()
    a, delta_memory, a_memory = activation.function(z), np.full((5, 3), np.nan), np.full((5, 3), np.nan)
    assert activation.function(z, a_memory) is a_memory
    assert activation.delta(upstream, z, a, delta_memory) is delta_memory
    np.testing.assert_array_equal(a_memory, a)
    np.testing.assert_array_equal(delta_memory, activation.delta(upstream, z, a))
    np.testing.assert_array_equal(z, z_before)
    np.testing.assert_array_equal(upstream, upstream_before)
    assert not np.shares_memory(a, z)


@pytest.mark.parametrize("activation", ALL)
def test_values_lie_between_the_bounds_however_large_the_input(activation: Activation) -> None:
    z = np.array([[-1e4, 0.0], [-800.0, 800.0], [-1.0, 2.0], [0.0, 1e4]])
    with np.errstate(over="ignore"):
        a = activation.function(z)
    assert np.isfinite(a).all()
    assert (a >= activation.low).all()
    assert (a <= activation.high).all()


@pytest.mark.parametrize("activation", ALL)
def test_finite_bounds_are_the_infimum_and_supremum(activation: Activation) -> None:
    z = np.array([np.concatenate([np.linspace(-8.0, 8.0, 200_001), [-800.0, 800.0]])])
    with np.errstate(over="ignore"):
        a = activation.function(z)
    for bound, value in ((activation.low, a.min()), (activation.high, a.max())):
        assert value == pytest.approx(bound, abs=1e-9) if np.isfinite(bound) else abs(value) >= 8.0


def test_known_values() -> None:
    z = np.array([[-1.0, 0.0, np.log(3.0)]])
    value = {name: ACTIVATIONS[name].function(z)[0] for name in ("sigmoid", "tanh", "relu", "linear", "softmax")}
    np.testing.assert_allclose(value["sigmoid"], [1 / (1 + np.e), 1 / 2, 3 / 4], rtol=1e-15)
    np.testing.assert_allclose(value["tanh"], [(1 - np.e**2) / (1 + np.e**2), 0, 4 / 5], rtol=1e-15)
    np.testing.assert_array_equal(value["relu"], [0, 0, np.log(3)])
    np.testing.assert_array_equal(value["linear"], z[0])
    np.testing.assert_allclose(value["softmax"], np.array([1 / np.e, 1, 3]) / (4 + 1 / np.e), rtol=1e-15)


def test_relu_has_slope_zero_at_its_corner() -> None:
    zero = np.zeros((1, 1))
    np.testing.assert_array_equal(ACTIVATIONS["relu"].delta(np.ones((1, 1)), zero, zero), [[0.0]])


def test_softmax_sums_to_one_and_ignores_a_common_shift_without_a_warning() -> None:
    softmax = ACTIVATIONS["softmax"].function
    z = np.array([[1.0, 2.0, 3.0], [-5e4, 0.0, 5e4]])
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(softmax(z + 1024.0), softmax(z), rtol=1e-15)
    np.testing.assert_array_equal(softmax(z)[1], [0.0, 0.0, 1.0])
