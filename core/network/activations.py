"""Activation functions: each is one frozen value that holds the function and its derivative.

``function`` and ``derivative`` take an optional ``out`` array, as NumPy's own functions do, so that a training loop
can run without allocating. Both work elementwise on arrays of any shape, except softmax, which works on the last axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.base.arrays import Array

_ONE = np.array(1.0)  # a number of Python's costs NumPy a conversion in each call, which small nets feel


def _sigmoid(z: Array, out: Array | None = None) -> Array:
    # exp overflows to infinity below z = -709, where the quotient is then exactly 0, as it should be.
    out = np.negative(z, out)
    np.exp(out, out)
    out += _ONE
    np.reciprocal(out, out)
    return out


def _sigmoid_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.subtract(_ONE, a, out)
    out *= a
    return out


def _tanh(z: Array, out: Array | None = None) -> Array:
    return np.tanh(z, out)


def _tanh_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.multiply(a, a, out)
    np.subtract(_ONE, out, out)
    return out


def _relu(z: Array, out: Array | None = None) -> Array:
    return np.maximum(z, 0.0, out=out)


def _relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    # The corner at z = 0 has no derivative; 0 is the usual choice.
    return np.heaviside(z, 0.0, out=out)


LEAK = 0.01


def _leaky_relu(z: Array, out: Array | None = None) -> Array:
    out = np.multiply(z, LEAK, out=out)
    return np.maximum(z, out, out=out)


def _leaky_relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.heaviside(z, 0.0, out=out)
    return np.maximum(out, LEAK, out=out)


def _elu(z: Array, out: Array | None = None) -> Array:
    out = np.minimum(z, 0.0, out=out)
    np.expm1(out, out=out)
    np.copyto(out, z, where=z > 0.0)
    return out


def _elu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    # Below 0, d/dz (e^z - 1) = e^z = a + 1; above 0, a + 1 is more than the 1 that it should be.
    out = np.minimum(a, 0.0, out=out)
    out += 1.0
    return out


def _softplus(z: Array, out: Array | None = None) -> Array:
    # ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|): no exponent above 0, and no digit lost where e^z is tiny.
    out = np.abs(z, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    out += np.maximum(z, 0.0)
    return out


def _softplus_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    return _sigmoid(z, out)


GELU_SCALE, GELU_CUBIC = float(np.sqrt(2.0 / np.pi)), 0.044715


def _gelu_gate(z: Array, out: Array | None = None) -> Array:
    # ½(1 + tanh u) = 1 / (1 + e^−2u), which loses no digit where tanh u is near −1.
    return _sigmoid(2.0 * GELU_SCALE * (z + GELU_CUBIC * z * z * z), out)


def _gelu(z: Array, out: Array | None = None) -> Array:
    out = _gelu_gate(z, out)
    out *= z
    return out


def _gelu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    # With s = σ(2u): d/dz z·s = s + z·s(1 − s)·2u', and u' = √(2/π)·(1 + 3·0.044715·z²).
    s = _gelu_gate(z)
    out = np.multiply(z, z, out=out)
    out *= 3.0 * GELU_CUBIC
    out += 1.0
    out *= 2.0 * GELU_SCALE * z
    out *= s * (1.0 - s)
    out += s
    return out


def _sine(z: Array, out: Array | None = None) -> Array:
    return np.sin(z, out=out)


def _sine_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    return np.cos(z, out=out)


def _linear(z: Array, out: Array | None = None) -> Array:
    return np.positive(z, out=out)


def _linear_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.empty_like(z) if out is None else out
    out.fill(1.0)
    return out


_ONES = [np.ones((units, units)) for units in range(17)]


def _row_sums(x: Array) -> Array:
    """Sums over the last axis, to go with x: of its shape, or with one column where that is long.

    A product with a matrix of ones takes a third of the time of ``sum`` and of what it then costs to use a column.
    """
    units = x.shape[-1]
    sums: Array = x.dot(_ONES[units]) if units < len(_ONES) else x.sum(axis=-1, keepdims=True)
    return sums


def _softmax(z: Array, out: Array | None = None) -> Array:
    if z.shape[-1] == 2:
        # e^z₁ / (e^z₁ + e^z₂) = 1 / (1 + e^(z₂ − z₁)), which takes fewer calls; for infinity see _sigmoid.
        out = np.subtract(z[..., ::-1], z, out)
        np.exp(out, out)
        out += _ONE
        np.reciprocal(out, out)
        return out
    # Numerator and denominator are divided by exp(max z): the same value, and no exponent above 0.
    out = np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out)
    np.exp(out, out)
    out /= _row_sums(out)
    return out


@dataclass(frozen=True)
class Activation:
    """An activation function a = f(z) with what backpropagation needs of it.

    Attributes:
        name: key in :data:`ACTIVATIONS`, as the command line spells it.
        label: text in menus.
        formula: the function in the field's notation.
        function: ``function(z, out=None) -> a``, shapes equal.
        derivative: ``derivative(z, a, out=None) -> f'(z)``, shapes equal; None for softmax, whose derivative is a
            matrix (see :meth:`delta`).
        low, high: infimum and supremum of a; infinite where there is no bound.
        output_only: it makes sense at the output alone.
        corner: its formula changes at z = 0, so that a derivative jumps there, the first or the second.
    """

    name: str
    label: str
    formula: str
    function: Callable[..., Array]
    derivative: Callable[..., Array] | None
    low: float
    high: float
    output_only: bool = False
    corner: bool = False

    def delta(self, upstream: Array, z: Array, a: Array, out: Array | None = None) -> Array:
        """δ = ∂L/∂z from ``upstream`` = ∂L/∂a; all of shape (samples, units).

        Elementwise functions: δ = ∂L/∂a · f'(z).

        Softmax, a_k = exp(z_k) / Σ_i exp(z_i): each output depends on every z, with the Jacobian
        ∂a_k/∂z_j = a_k·([k = j] − a_j). By the chain rule
        δ_j = Σ_k ∂L/∂a_k · a_k·([k = j] − a_j) = a_j·(∂L/∂a_j − Σ_k ∂L/∂a_k · a_k),
        which is the whole Jacobian at the price of one sum.
        """
        if self.derivative is not None:
            out = self.derivative(z, a, out)
            out *= upstream
            return out
        out = np.multiply(upstream, a, out)
        np.subtract(upstream, _row_sums(out), out)
        out *= a
        return out


_INFINITY = float("inf")
_UNBOUNDED = -_INFINITY, _INFINITY
GELU_LOWEST = -0.17004075057126
"""The least value of GELU, at z = -0.7525 (found by minimizing it numerically)."""

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("sigmoid", "Sigmoid", "σ(z) = 1 / (1 + e⁻ᶻ)", _sigmoid, _sigmoid_derivative, 0.0, 1.0),
        Activation("tanh", "Tanh", "tanh z", _tanh, _tanh_derivative, -1.0, 1.0),
        Activation("relu", "ReLU", "max(0, z)", _relu, _relu_derivative, 0.0, _INFINITY, corner=True),
        Activation(
            "leaky-relu", "Leaky ReLU", "max(z, 0.01 z)", _leaky_relu, _leaky_relu_derivative, *_UNBOUNDED, corner=True
        ),
        Activation(
            "elu",
            "ELU",
            "z above 0, eᶻ − 1 below (Clevert et al., 2016)",
            _elu,
            _elu_derivative,
            -1.0,
            _INFINITY,
            corner=True,
        ),
        Activation("softplus", "Softplus", "ln(1 + eᶻ)", _softplus, _softplus_derivative, 0.0, _INFINITY),
        Activation(
            "gelu",
            "GELU",
            "½z·(1 + tanh(√(2/π)·(z + 0.044715 z³))) (Hendrycks and Gimpel, 2016)",
            _gelu,
            _gelu_derivative,
            GELU_LOWEST,
            _INFINITY,
        ),
        Activation("sine", "Sine", "sin z", _sine, _sine_derivative, -1.0, 1.0),
        Activation("linear", "Linear", "z", _linear, _linear_derivative, *_UNBOUNDED),
        Activation("softmax", "Softmax", "softmax(z)ₖ = eᶻₖ / Σᵢ eᶻᵢ", _softmax, None, 0.0, 1.0, output_only=True),
    )
}
"""Every activation by name, in the order of the menus."""

HIDDEN_ACTIVATIONS = tuple(name for name, activation in ACTIVATIONS.items() if not activation.output_only)
OUTPUT_ACTIVATIONS = tuple(ACTIVATIONS)
