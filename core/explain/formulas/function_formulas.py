"""The formulas of activations, losses and the penalty: one entry for each of core's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.explain.formulas.expression import (
    HALF,
    ONE,
    TWO,
    ZERO,
    Call,
    Constant,
    Expression,
    Name,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    evaluate,
    exp,
    minus,
    series,
    square,
    times,
)
from core.explain.formulas.formula import Case, Condition
from core.network.activations import GELU_CUBIC, GELU_SCALE, LEAK

Quantities = Sequence[Quantity]

_LEAK = Constant(LEAK, f"{LEAK:g}")
_CUBIC = Constant(GELU_CUBIC, f"{GELU_CUBIC:g}")
_THREE = Constant(3.0, "3")
_SCALE = Constant(GELU_SCALE, "√(2/π)")
_GELU_FORM_BELOW = -3.0  # where 1 + tanh would lose the digits of a tiny value
_EXP_FORM_UP_TO = 300.0  # beyond it e^z may be too large a number
_LN_FORM_FROM = 1e-6  # an output nearer to 0 or 1 has lost the digits that its logarithm needs


def _above(z: Quantity) -> tuple[Condition, ...]:
    return (Condition(z, ">", ZERO),)


def _below(z: Quantity) -> tuple[Condition, ...]:
    return (Condition(z, "≤", ZERO),)


def _call(function: str, *arguments: Expression) -> Call:
    return Call(function, arguments)


# ---------------------------------------------------------------- activations: a = f(z)


def _leaky_relu(z: Quantity) -> Case:
    return Case(_call("max", z, times(_LEAK, z)))


def _elu(z: Quantity) -> Case:
    return Case(z, _above(z)) if z.value > 0.0 else Case(_call("expm1", z), _below(z))


def _softplus(z: Quantity) -> Case:
    if z.value <= _EXP_FORM_UP_TO:
        return Case(_call("ln1p", exp(z)))
    return Case(Sum((z, _call("ln1p", exp(Negative(z))))), _above(z))


def gelu_inside(z: Quantity) -> Expression:
    """2·√(2/π)·(z + 0.044715·z³); the gate s of GELU is σ of it, and GELU is z·s."""
    return times(TWO, _SCALE, Sum((z, times(_CUBIC, Power(z, _THREE)))))


def _gelu(z: Quantity) -> Case:
    if z.value < _GELU_FORM_BELOW:
        return Case(times(z, _call("sigmoid", gelu_inside(z))))
    inside = times(_SCALE, Sum((z, times(_CUBIC, Power(z, _THREE)))))
    return Case(times(HALF, z, Sum((ONE, _call("tanh", inside)))))


def _sigmoid(z: Quantity) -> Case:
    return Case(Quotient(ONE, Sum((ONE, exp(Negative(z))))))


ACTIVATIONS: Mapping[str, Callable[[Quantity], Case]] = {
    "sigmoid": _sigmoid,
    "tanh": lambda z: Case(_call("tanh", z)),
    "relu": lambda z: Case(_call("max", ZERO, z)),
    "leaky-relu": _leaky_relu,
    "elu": _elu,
    "softplus": _softplus,
    "gelu": _gelu,
    "sine": lambda z: Case(_call("sin", z)),
    "linear": lambda z: Case(z),
}
"""a from z, for all but softmax."""


def softmax(z: Quantities, unit: int, symbol: Symbol) -> Case:
    """A of one output from all z; ``symbol`` is the general z of the sum."""
    top = max(z, key=lambda quantity: quantity.value)
    if max(abs(quantity.value) for quantity in z) <= _EXP_FORM_UP_TO:
        return Case(Quotient(exp(z[unit]), series(symbol.sub, exp(Name(symbol)), len(z), lambda k: exp(z[k]))))
    # Both are divided by e^(max z), so that there is no exponent above 0.
    largest = Quantity(Symbol("m"), top.value)
    below = series(symbol.sub, exp(minus(Name(symbol), largest)), len(z), lambda k: exp(minus(z[k], largest)))
    return Case(Quotient(exp(minus(z[unit], largest)), below))


# ---------------------------------------------------------------- slopes: f'(z)


def _step(z: Quantity, low: Constant) -> Case:
    return Case(ONE, _above(z)) if z.value > 0.0 else Case(low, _below(z))


def gelu_slope(z: Quantity, gate: Quantity) -> Case:
    """The slope s + z·s·(1 − s)·2·√(2/π)·(1 + 3·0.044715·z²)."""
    inner = Sum((ONE, times(_THREE, _CUBIC, square(z))))
    return Case(Sum((gate, times(z, gate, minus(ONE, gate), TWO, _SCALE, inner))))


SLOPES: Mapping[str, Callable[[Quantity, Quantity], Case]] = {
    "sigmoid": lambda z, a: Case(times(a, minus(ONE, a))),
    "tanh": lambda z, a: Case(minus(ONE, square(a))),
    "relu": lambda z, a: _step(z, ZERO),
    "leaky-relu": lambda z, a: _step(z, _LEAK),
    "elu": lambda z, a: Case(ONE, _above(z)) if z.value > 0.0 else Case(Sum((a, ONE)), _below(z)),
    "softplus": lambda z, a: _sigmoid(z),
    "gelu": lambda z, a: gelu_slope(z, Quantity(Symbol("s"), evaluate(_call("sigmoid", gelu_inside(z))))),
    "sine": lambda z, a: Case(_call("cos", z)),
    "linear": lambda z, a: Case(ONE),
}
"""f'(z) from z and a, for all but softmax, whose derivative is a matrix."""


# ---------------------------------------------------------------- losses of a sample


def _mean(outputs: int, index: str, general: Expression, term: Callable[[int], Expression]) -> Expression:
    total = series(index, general, outputs, term)
    return total if outputs == 1 else Quotient(total, Constant(float(outputs), str(outputs)))


def _general(name: str) -> Name:
    return Name(Symbol(name, "k"))


_Y_HAT, _Y, _Z = _general("ŷ"), _general("y"), _general("z")


def _mse(z: Quantities, a: Quantities, y: Quantities) -> Case:
    return Case(times(HALF, _mean(len(a), "k", square(minus(_Y_HAT, _Y)), lambda k: square(minus(a[k], y[k])))))


def _cross_entropy(z: Quantities, a: Quantities, y: Quantities) -> Case:
    true = next(k for k in range(len(y)) if y[k].value == 1.0)
    if _LN_FORM_FROM <= a[true].value <= 1.0 - _LN_FORM_FROM:
        shown = [true]  # the other targets are 0
        general = times(_Y, _call("ln", _Y_HAT))
        return Case(Negative(series("k", general, 1, lambda k: times(y[shown[k]], _call("ln", a[shown[k]])))))
    others = [k for k in range(len(y)) if k != true]
    largest = max(range(len(z)), key=lambda k: z[k].value)
    if largest == true:  # −ln ŷ = ln Σ e^(z_k − z_true), whose term for the true class is 1
        total = series("k", exp(minus(_Z, z[true])), len(others), lambda k: exp(minus(z[others[k]], z[true])))
        return Case(_call("ln1p", total))
    rest = [k for k in range(len(z)) if k != largest]
    total = series("k", exp(minus(_Z, z[largest])), len(rest), lambda k: exp(minus(z[rest[k]], z[largest])))
    return Case(Sum((z[largest], Negative(z[true]), _call("ln1p", total))))


def _binary_cross_entropy(z: Quantities, a: Quantities, y: Quantities) -> Case:
    one_minus = minus(ONE, _Y_HAT)
    if all(_LN_FORM_FROM <= output.value <= 1.0 - _LN_FORM_FROM for output in a):

        def term(k: int) -> Expression:
            return Negative(_call("ln", a[k] if y[k].value == 1.0 else minus(ONE, a[k])))

        general: Expression = Sum(
            (Negative(times(_Y, _call("ln", _Y_HAT))), Negative(times(minus(ONE, _Y), _call("ln", one_minus))))
        )
    else:  # the same from z: max(z, 0) − z·y + ln(1 + e^−|z|)
        general = Sum((_call("max", _Z, ZERO), Negative(times(_Z, _Y)), _call("ln1p", exp(Negative(_call("abs", _Z))))))

        def term(k: int) -> Expression:
            # max(z, 0) − z·y is 0, or |z|: where z says the wrong class.
            wrong = (z[k].value > 0.0) != (y[k].value == 1.0)
            last = _call("ln1p", exp(Negative(_call("abs", z[k]))))
            return Sum((_call("abs", z[k]), last)) if wrong else last

    return Case(_mean(len(a), "k", general, term))


def _hinge(z: Quantities, a: Quantities, y: Quantities) -> Case:
    general = _call("max", ZERO, minus(ONE, times(_Y, _Y_HAT)))
    return Case(_mean(len(a), "k", general, lambda k: _call("max", ZERO, minus(ONE, times(y[k], a[k])))))


def _mae(z: Quantities, a: Quantities, y: Quantities) -> Case:
    general = _call("abs", minus(_Y_HAT, _Y))
    return Case(_mean(len(a), "k", general, lambda k: _call("abs", minus(a[k], y[k]))))


def _huber(z: Quantities, a: Quantities, y: Quantities) -> Case:
    def error(k: int) -> Expression:
        return _call("abs", minus(a[k], y[k]))

    def inside(k: int) -> bool:
        return abs(a[k].value - y[k].value) <= 1.0

    def term(k: int) -> Expression:
        return times(HALF, square(minus(a[k], y[k]))) if inside(k) else minus(error(k), HALF)

    conditions = tuple(Condition(error(k), "≤" if inside(k) else ">", ONE) for k in range(len(a)))
    if len(a) == 1:
        return Case(term(0), conditions)
    return Case(_mean(len(a), "k", _general("H"), term), conditions)


LOSSES: Mapping[str, Callable[[Quantities, Quantities, Quantities], Case]] = {
    "mse": _mse,
    "cross-entropy": _cross_entropy,
    "binary-cross-entropy": _binary_cross_entropy,
    "hinge": _hinge,
    "mae": _mae,
    "huber": _huber,
}
"""The loss of a sample from the output layer's z and ŷ and the targets y."""


# ---------------------------------------------------------------- their gradients


def _over(top: Expression, outputs: int) -> Expression:
    return top if outputs == 1 else Quotient(top, Constant(float(outputs), str(outputs)))


def _hinge_gradient(a: Quantity, y: Quantity, outputs: int) -> Case:
    margin = minus(ONE, times(y, a))
    if evaluate(margin) > 0.0:
        return Case(_over(Negative(y), outputs), (Condition(margin, ">", ZERO),))
    return Case(ZERO, (Condition(margin, "≤", ZERO),))


def _huber_gradient(a: Quantity, y: Quantity, outputs: int) -> Case:
    return Case(_over(_call("max", Constant(-1.0, "−1"), _call("min", ONE, minus(a, y))), outputs))


GRADIENTS: Mapping[str, Callable[[Quantity, Quantity, int], Case]] = {
    "mse": lambda a, y, outputs: Case(_over(minus(a, y), outputs)),
    "hinge": _hinge_gradient,
    "mae": lambda a, y, outputs: Case(_over(_call("sign", minus(a, y)), outputs)),
    "huber": _huber_gradient,
}
"""∂L/∂ŷ of one output, from ŷ, y and the number of outputs."""

DELTAS: Mapping[str, Callable[[Quantity, Quantity, int], Case]] = {
    "cross-entropy": lambda a, y, outputs: Case(minus(a, y)),
    "binary-cross-entropy": lambda a, y, outputs: Case(_over(minus(a, y), outputs)),
}
"""δ of one output where the loss and its activation give it directly: their derivatives cancel to ŷ − y."""


def softmax_delta(g: Quantities, a: Quantities, unit: int) -> Case:
    """δ of one output through the Jacobian ∂ŷ_k/∂z_j = ŷ_k·([k = j] − ŷ_j)."""
    own = a[unit]

    def term(k: int) -> Expression:
        return times(g[k], a[k], minus(ONE if k == unit else ZERO, own))

    kronecker = Name(Symbol(f"[k={unit + 1}]"))
    general = Product((Name(Symbol("∂L/∂ŷ", "k")), _Y_HAT, minus(kronecker, own)))
    return Case(series("k", general, len(a), term))
