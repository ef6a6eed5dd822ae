"""Activation functions: each is one frozen value that holds all that the program needs to know of it.

To add one, write its functions and its value in a section of their own, and name the value in ACTIVATIONS at the end.

``function`` and ``derivative`` take an optional ``out`` array, as NumPy's own functions do, so that a training loop
can run without allocating. Both work elementwise on arrays of any shape, except softmax, which works on the last axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.network.export_forms import ExportForms
from core.network.expression import (
    HALF,
    ONE,
    TWO,
    ZERO,
    Case,
    Constant,
    Expression,
    Line,
    Name,
    Negative,
    Power,
    Product,
    Quantities,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    above_zero,
    call,
    evaluate,
    exp,
    minus,
    not_above_zero,
    series,
    square,
    times,
)

_ONE = np.array(1.0)  # a number of Python's costs NumPy a conversion in each call, which small nets feel
_INFINITY = float("inf")
_EXP_FORM_UP_TO = 300.0  # where a formula is shown: beyond it e^z may be too large a number


@dataclass(frozen=True, eq=False)
class Joint:
    """What an activation has where each a depends on every z of its layer, as in softmax.

    Attributes:
        delta: ``delta(upstream, z, a, out=None) -> δ``, from ``upstream`` = ∂L/∂a; all of shape (samples, units).
        expression: ``expression(z, unit) -> a`` of a unit in symbols, from every z of its layer.
        delta_expression: ``delta_expression(upstream, a, unit) -> δ`` of a unit in symbols, from every ∂L/∂a and a.
    """

    delta: Callable[..., Array]
    expression: Callable[[Quantities, int], Case]
    delta_expression: Callable[[Quantities, Quantities, int], Case]


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation function a = f(z) with all that belongs to it.

    Attributes:
        name: key in :data:`ACTIVATIONS`, as the command line spells it.
        label: text in menus.
        formula: the function in the field's notation.
        function: ``function(z, out=None) -> a``, shapes equal.
        derivative: ``derivative(z, a, out=None) -> f'(z)``, shapes equal; None where ``joint`` takes its place.
        low, high: infimum and supremum of a; infinite where there is no bound.
        steepest: the largest |f'(z)|.
        export_forms: how other programs spell it.
        expression: a in symbols, from z. slope: f'(z) in symbols, from z and a. None where ``joint`` takes their place.
        joint: for a function of all z of its layer; None where each a depends on its own z alone.
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
    steepest: float
    export_forms: ExportForms
    expression: Callable[[Quantity], Case] | None = None
    slope: Callable[[Quantity, Quantity], Case] | None = None
    joint: Joint | None = None
    output_only: bool = False
    corner: bool = False

    def delta(self, upstream: Array, z: Array, a: Array, out: Array | None = None) -> Array:
        """δ = ∂L/∂z from ``upstream`` = ∂L/∂a; all of shape (samples, units).

        Of a function of each z alone, by the chain rule: δ = ∂L/∂a · f'(z).
        """
        if self.derivative is not None:
            out = self.derivative(z, a, out)
            out *= upstream
            return out
        assert self.joint is not None
        return self.joint.delta(upstream, z, a, out)


# ---------------------------------------------------------------- sigmoid


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


def _sigmoid_expression(z: Quantity) -> Case:
    return Case(Quotient(ONE, Sum((ONE, exp(Negative(z))))))


_SIGMOID = Activation(
    name="sigmoid",
    label=_("Sigmoid"),
    formula="σ(z) = 1 / (1 + e⁻ᶻ)",
    function=_sigmoid,
    derivative=_sigmoid_derivative,
    low=0.0,
    high=1.0,
    steepest=0.25,
    export_forms=ExportForms(
        numpy="""\
with np.errstate(over="ignore"):
    return 1.0 / (1.0 + np.exp(-z))
""",
        pytorch="torch.sigmoid(z)",
        onnx=("Sigmoid", "z"),
    ),
    expression=_sigmoid_expression,
    slope=lambda z, a: Case(times(a, minus(ONE, a))),
)

# ---------------------------------------------------------------- tanh


def _tanh(z: Array, out: Array | None = None) -> Array:
    return np.tanh(z, out)


def _tanh_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.multiply(a, a, out)
    np.subtract(_ONE, out, out)
    return out


_TANH = Activation(
    name="tanh",
    label=_("Tanh"),
    formula="tanh z",
    function=_tanh,
    derivative=_tanh_derivative,
    low=-1.0,
    high=1.0,
    steepest=1.0,
    export_forms=ExportForms(numpy="return np.tanh(z)\n", pytorch="torch.tanh(z)", onnx=("Tanh", "z")),
    expression=lambda z: Case(call("tanh", z)),
    slope=lambda z, a: Case(minus(ONE, square(a))),
)

# ---------------------------------------------------------------- ReLU and leaky ReLU


def _relu(z: Array, out: Array | None = None) -> Array:
    return np.maximum(z, 0.0, out=out)


def _relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    # The corner at z = 0 has no derivative; 0 is the usual choice.
    return np.heaviside(z, 0.0, out=out)


def _step_expression(z: Quantity, low: Constant) -> Case:
    """1 above 0, else ``low``."""
    return Case(ONE, above_zero(z)) if z.value > 0.0 else Case(low, not_above_zero(z))


_RELU = Activation(
    name="relu",
    label=_("ReLU"),
    formula="max(0, z)",
    function=_relu,
    derivative=_relu_derivative,
    low=0.0,
    high=_INFINITY,
    steepest=1.0,
    export_forms=ExportForms(numpy="return np.maximum(z, 0.0)\n", pytorch="torch.relu(z)", onnx=("Relu", "z")),
    expression=lambda z: Case(call("max", ZERO, z)),
    slope=lambda z, a: _step_expression(z, ZERO),
    corner=True,
)

LEAK = 0.01
_LEAK = Constant(LEAK, f"{LEAK:g}")


def _leaky_relu(z: Array, out: Array | None = None) -> Array:
    out = np.multiply(z, LEAK, out=out)
    return np.maximum(z, out, out=out)


def _leaky_relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.heaviside(z, 0.0, out=out)
    return np.maximum(out, LEAK, out=out)


_LEAKY_RELU = Activation(
    name="leaky-relu",
    label=_("Leaky ReLU"),
    formula="max(z, 0.01 z)",
    function=_leaky_relu,
    derivative=_leaky_relu_derivative,
    low=-_INFINITY,
    high=_INFINITY,
    steepest=1.0,
    export_forms=ExportForms(
        numpy=f"return np.maximum(z, {LEAK!r} * z)\n",
        pytorch=f"F.leaky_relu(z, {LEAK!r})",
        onnx=("Max", "z", ("Mul", "z", LEAK)),
    ),
    expression=lambda z: Case(call("max", z, times(_LEAK, z))),
    slope=lambda z, a: _step_expression(z, _LEAK),
    corner=True,
)

# ---------------------------------------------------------------- ELU


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


def _elu_expression(z: Quantity) -> Case:
    return Case(z, above_zero(z)) if z.value > 0.0 else Case(call("expm1", z), not_above_zero(z))


def _elu_slope(z: Quantity, a: Quantity) -> Case:
    return Case(ONE, above_zero(z)) if z.value > 0.0 else Case(Sum((a, ONE)), not_above_zero(z))


_ELU = Activation(
    name="elu",
    label=_("ELU"),
    formula=_("z above 0, eᶻ − 1 below (Clevert et al., 2016)"),
    function=_elu,
    derivative=_elu_derivative,
    low=-1.0,
    high=_INFINITY,
    steepest=1.0,
    export_forms=ExportForms(
        numpy="return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))\n",
        pytorch="F.elu(z)",
        # max(z, 0) + exp(min(z, 0)) − 1
        onnx=("Add", ("Relu", "z"), ("Sub", ("Exp", ("Min", "z", 0.0)), 1.0)),
    ),
    expression=_elu_expression,
    slope=_elu_slope,
    corner=True,
)

# ---------------------------------------------------------------- softplus


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


def _softplus_expression(z: Quantity) -> Case:
    if z.value <= _EXP_FORM_UP_TO:
        return Case(call("ln1p", exp(z)))
    return Case(Sum((z, call("ln1p", exp(Negative(z))))), above_zero(z))


_SOFTPLUS = Activation(
    name="softplus",
    label=_("Softplus"),
    formula="ln(1 + eᶻ)",
    function=_softplus,
    derivative=_softplus_derivative,
    low=0.0,
    high=_INFINITY,
    steepest=1.0,
    export_forms=ExportForms(
        numpy="return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))\n",
        # Above its threshold F.softplus gives z itself, and its default of 20 loses digits.
        pytorch="F.softplus(z, threshold=50.0)",
        onnx=("Add", ("Relu", "z"), ("Log", ("Add", ("Exp", ("Neg", ("Abs", "z"))), 1.0))),
    ),
    expression=_softplus_expression,
    slope=lambda z, a: _sigmoid_expression(z),
)

# ---------------------------------------------------------------- GELU


GELU_SCALE, GELU_CUBIC = float(np.sqrt(2.0 / np.pi)), 0.044715
GELU_LOWEST = -0.17004075057126
"""The least value of GELU, at z = -0.7525 (found by minimizing it numerically)."""
_GELU_TANH_FORM_FROM = -3.0  # where a formula is shown: below it 1 + tanh would lose the digits of a tiny value
_SCALE, _CUBIC, _THREE = Constant(GELU_SCALE, "√(2/π)"), Constant(GELU_CUBIC, f"{GELU_CUBIC:g}"), Constant(3.0, "3")


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


def _gelu_gate_expression(z: Quantity) -> Expression:
    return call("sigmoid", times(TWO, _SCALE, Sum((z, times(_CUBIC, Power(z, _THREE))))))


def _gelu_expression(z: Quantity) -> Case:
    if z.value < _GELU_TANH_FORM_FROM:
        return Case(times(z, _gelu_gate_expression(z)))
    inside = times(_SCALE, Sum((z, times(_CUBIC, Power(z, _THREE)))))
    return Case(times(HALF, z, Sum((ONE, call("tanh", inside)))))


def _gelu_slope(z: Quantity, a: Quantity) -> Case:
    expression = _gelu_gate_expression(z)
    gate = Quantity(Symbol("s"), evaluate(expression))
    inner = Sum((ONE, times(_THREE, _CUBIC, square(z))))
    slope = Sum((gate, times(z, gate, minus(ONE, gate), TWO, _SCALE, inner)))
    return Case(slope, before=(Line("gate", gate.symbol, gate.value, Case(expression)),))


_GELU = Activation(
    name="gelu",
    label=_("GELU"),
    formula=_("½z·(1 + tanh(√(2/π)·(z + 0.044715 z³))) (Hendrycks and Gimpel, 2016)"),
    function=_gelu,
    derivative=_gelu_derivative,
    low=GELU_LOWEST,
    high=_INFINITY,
    steepest=1.1289,  # at z = √2
    export_forms=ExportForms(
        numpy=f"""\
u = {GELU_SCALE!r} * (z + {GELU_CUBIC!r} * z * z * z)
with np.errstate(over="ignore"):
    return z / (1.0 + np.exp(-2.0 * u))
""",
        pytorch='F.gelu(z, approximate="tanh")',
        # z · σ(2u), u = √(2/π)·(z + 0.044715 z³)
        onnx=(
            "Mul",
            "z",
            ("Sigmoid", ("Mul", ("Add", "z", ("Mul", ("Mul", ("Mul", "z", "z"), "z"), GELU_CUBIC)), 2.0 * GELU_SCALE)),
        ),
    ),
    expression=_gelu_expression,
    slope=_gelu_slope,
)

# ---------------------------------------------------------------- sine and linear


def _sine(z: Array, out: Array | None = None) -> Array:
    return np.sin(z, out=out)


def _sine_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    return np.cos(z, out=out)


_SINE = Activation(
    name="sine",
    label=_("Sine"),
    formula="sin z",
    function=_sine,
    derivative=_sine_derivative,
    low=-1.0,
    high=1.0,
    steepest=1.0,
    export_forms=ExportForms(numpy="return np.sin(z)\n", pytorch="torch.sin(z)", onnx=("Sin", "z")),
    expression=lambda z: Case(call("sin", z)),
    slope=lambda z, a: Case(call("cos", z)),
)


def _linear(z: Array, out: Array | None = None) -> Array:
    return np.positive(z, out=out)


def _linear_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.empty_like(z) if out is None else out
    out.fill(1.0)
    return out


_LINEAR = Activation(
    name="linear",
    label=_("Linear"),
    formula="z",
    function=_linear,
    derivative=_linear_derivative,
    low=-_INFINITY,
    high=_INFINITY,
    steepest=1.0,
    export_forms=ExportForms(numpy="return z\n", pytorch="z", onnx="z"),
    expression=lambda z: Case(z),
    slope=lambda z, a: Case(ONE),
)

# ---------------------------------------------------------------- softmax


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


def _softmax_delta(upstream: Array, z: Array, a: Array, out: Array | None = None) -> Array:
    """δ of a_k = exp(z_k) / Σ_i exp(z_i): each output depends on every z.

    With the Jacobian ∂a_k/∂z_j = a_k·([k = j] − a_j), by the chain rule,
    δ_j = Σ_k ∂L/∂a_k · a_k·([k = j] − a_j) = a_j·(∂L/∂a_j − Σ_k ∂L/∂a_k · a_k),
    which is the whole Jacobian at the price of one sum.
    """
    out = np.multiply(upstream, a, out)
    np.subtract(upstream, _row_sums(out), out)
    out *= a
    return out


def _softmax_expression(z: Quantities, unit: int) -> Case:
    general = Name(replace(z[0].symbol, sub="k"))
    top = max(z, key=lambda quantity: quantity.value)
    if max(abs(quantity.value) for quantity in z) <= _EXP_FORM_UP_TO:
        return Case(Quotient(exp(z[unit]), series("k", exp(general), len(z), lambda k: exp(z[k]))))
    # Both are divided by e^(max z), so that there is no exponent above 0.
    largest = Quantity(Symbol("m"), top.value)
    below = series("k", exp(minus(general, largest)), len(z), lambda k: exp(minus(z[k], largest)))
    return Case(Quotient(exp(minus(z[unit], largest)), below))


def _softmax_delta_expression(upstream: Quantities, a: Quantities, unit: int) -> Case:
    """As the sum over the Jacobian's column, see :func:`_softmax_delta`."""
    own = a[unit]

    def term(k: int) -> Expression:
        return times(upstream[k], a[k], minus(ONE if k == unit else ZERO, own))

    kronecker = Name(Symbol(f"[k={unit + 1}]"))
    factors = (Name(replace(quantity.symbol, sub="k")) for quantity in (upstream[0], own))
    return Case(series("k", Product((*factors, minus(kronecker, own))), len(a), term))


_SOFTMAX = Activation(
    name="softmax",
    label=_("Softmax"),
    formula="softmax(z)ₖ = eᶻₖ / Σᵢ eᶻᵢ",
    function=_softmax,
    derivative=None,
    low=0.0,
    high=1.0,
    steepest=0.25,
    export_forms=ExportForms(
        numpy="""\
e = np.exp(z - z.max(axis=1, keepdims=True))
return e / e.sum(axis=1, keepdims=True)
""",
        pytorch="torch.softmax(z, dim=1)",
        onnx=("Softmax", "z"),
    ),
    joint=Joint(_softmax_delta, _softmax_expression, _softmax_delta_expression),
    output_only=True,
)

# ---------------------------------------------------------------- the table

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        _SIGMOID,
        _TANH,
        _RELU,
        _LEAKY_RELU,
        _ELU,
        _SOFTPLUS,
        _GELU,
        _SINE,
        _LINEAR,
        _SOFTMAX,
    )
}
"""Every activation by name, in the order of the menus."""

HIDDEN_ACTIVATIONS = tuple(name for name, activation in ACTIVATIONS.items() if not activation.output_only)
OUTPUT_ACTIVATIONS = tuple(ACTIVATIONS)
