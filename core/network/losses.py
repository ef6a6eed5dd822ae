"""Loss functions: each is one frozen value that holds all that the program needs to know of it.

To add one, write its functions and its value in a section of their own, and name the value in LOSSES at the end.

Shapes: z, a and y are the output layer's sums, its activations ŷ and the targets, all (samples, outputs). In symbols
they are sequences of quantities, one for each output.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.network.activations import ACTIVATIONS, Activation
from core.network.expression import (
    HALF,
    ONE,
    ZERO,
    Case,
    Condition,
    Constant,
    Expression,
    Name,
    Negative,
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
from core.network.tasks import CLASSIFICATION, REGRESSION

_COUNTS = [np.array(float(n)) for n in range(17)]  # a number of Python's costs NumPy a conversion in each call
_LN_FORM_FROM = 1e-6  # where a formula is shown: an output nearer to 0 or 1 has lost the digits its logarithm needs
_Y_HAT, _Y, _Z = (Name(Symbol(letter, "k")) for letter in ("ŷ", "y", "z"))


@dataclass(frozen=True, eq=False)
class Loss:
    """A loss L(ŷ, y) of one sample with all that belongs to it; the loss of a set is the mean over its samples.

    Attributes:
        name: key in :data:`LOSSES`, as the command line spells it.
        label: text in menus.
        formula: the loss in the field's notation.
        tasks: what it is for, of :data:`core.network.tasks.TASKS`.
        value: ``value(z, a, y) -> L``, shape (samples,).
        expression: ``expression(z, a, y) -> L`` of a sample in symbols.
        slope: ``slope(a, y, outputs)``: ∂L/∂ŷ of one output in symbols; δ where ``delta`` takes the gradient's place.
        gradient: ``gradient(a, y, out=None) -> ∂L/∂ŷ``; None where ``delta`` takes its place.
        delta: ``delta(a, y, out=None) -> ∂L/∂z`` through the one output activation that the loss goes with.
        outputs: names of the output activations that it goes with; empty for any.
        needs: why it goes with these alone, such as "needs outputs that sum to one".
        signed: its targets are −1 and 1, not 0 and 1.
        degree: of a regression: with all numbers s times as large, L is s**degree times as large. Where L is not of the
            kind, as Huber's, this holds if its constant is s times as large as well.
        corners: ``corners(a, y)`` gives numbers, each of which changes its sign where the formula changes and a
            derivative jumps; None where there is no such place.
    """

    name: str
    label: str
    formula: str
    tasks: tuple[str, ...]
    value: Callable[[Array, Array, Array], Array]
    expression: Callable[[Quantities, Quantities, Quantities], Case]
    slope: Callable[[Quantity, Quantity, int], Case]
    gradient: Callable[..., Array] | None = None
    delta: Callable[..., Array] | None = None
    outputs: tuple[str, ...] = ()
    needs: str = ""
    signed: bool = False
    degree: int = 2
    corners: Callable[[Array, Array], Array] | None = None

    def output_delta(
        self, activation: Activation, z: Array, a: Array, y: Array, out: Array | None = None, work: Array | None = None
    ) -> Array:
        """δ = ∂L/∂z of the output layer; ``out`` and ``work`` are memory of the same shape."""
        if self.delta is not None:
            return self.delta(a, y, out)
        assert self.gradient is not None
        return activation.delta(self.gradient(a, y, work), z, a, out)


def why_not(loss: Loss, output: str, task: str) -> str:
    """Why a loss cannot go with an output activation in a task, with what would do; empty if it can."""
    if task not in loss.tasks:
        those = ", ".join(other.name for other in LOSSES.values() if task in other.tasks)
        told = {
            CLASSIFICATION: _('the loss "{name}" is not for data whose targets are classes; choose one of {those}'),
            REGRESSION: _('the loss "{name}" is not for data whose targets are numbers; choose one of {those}'),
        }
        return told[task].format(name=loss.name, those=those)
    if loss.outputs and output not in loss.outputs:
        return _('the loss "{name}" {needs}; choose the output activation {outputs}').format(
            name=loss.name, needs=loss.needs, outputs=_(" or ").join(loss.outputs)
        )
    if task == REGRESSION and output == "softmax":
        return _("softmax of a single output is always 1, which fits no target; choose the output activation linear")
    return ""


def _mean(outputs: int, general: Expression, term: Callable[[int], Expression]) -> Expression:
    """The mean over the outputs; ``general`` is the term of the output k."""
    return _over(series("k", general, outputs, term), outputs)


def _over(top: Expression, outputs: int) -> Expression:
    return top if outputs == 1 else Quotient(top, Constant(float(outputs), str(outputs)))


# ---------------------------------------------------------------- mean squared error


def _mse(z: Array, a: Array, y: Array) -> Array:
    difference = a - y
    mean: Array = 0.5 * np.mean(difference * difference, axis=-1)
    return mean


def _mse_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    # L = 1/(2K)·Σ_k (ŷ_k − y_k)², so ∂L/∂ŷ_k = (ŷ_k − y_k)/K: the factor 2 cancels the ½, the mean stays.
    out = np.subtract(a, y, out)
    outputs = a.shape[-1]
    out /= _COUNTS[outputs] if outputs < len(_COUNTS) else outputs
    return out


def _mse_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    return Case(times(HALF, _mean(len(a), square(minus(_Y_HAT, _Y)), lambda k: square(minus(a[k], y[k])))))


_MSE = Loss(
    name="mse",
    label=_("MSE"),
    formula=_("mean squared error, ½·mean (ŷ − y)²"),
    tasks=(CLASSIFICATION, REGRESSION),
    value=_mse,
    expression=_mse_expression,
    slope=lambda a, y, outputs: Case(_over(minus(a, y), outputs)),
    gradient=_mse_gradient,
)


# ---------------------------------------------------------------- cross-entropy


def _cross_entropy(z: Array, a: Array, y: Array) -> Array:
    # −Σ_k y_k ln ŷ_k with ln ŷ_k = z_k − m − ln Σ_i e^(z_i − m), m = max z, and Σ_k y_k = 1: nothing to underflow.
    # The term i of m itself is 1; apart from the others, it does not swallow a small loss.
    best = z.argmax(axis=-1, keepdims=True)
    shifted = z - np.take_along_axis(z, best, axis=-1)
    others = np.exp(shifted)
    np.put_along_axis(others, best, 0.0, axis=-1)
    loss: Array = np.log1p(others.sum(axis=-1)) - (y * shifted).sum(axis=-1)
    return loss


def _cross_entropy_delta(a: Array, y: Array, out: Array | None = None) -> Array:
    # With ŷ = softmax(z) and Σ_k y_k = 1: ∂L/∂z_j = ∂/∂z_j (ln Σ_i e^z_i − Σ_k y_k z_k) = ŷ_j − y_j.
    return np.subtract(a, y, out=out)


def _cross_entropy_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    true = next(k for k in range(len(y)) if y[k].value == 1.0)
    if _LN_FORM_FROM <= a[true].value <= 1.0 - _LN_FORM_FROM:  # of the true class alone, since the other targets are 0
        general = times(_Y, call("ln", _Y_HAT))
        return Case(Negative(series("k", general, 1, lambda k: times(y[true], call("ln", a[true])))))
    others = [k for k in range(len(y)) if k != true]
    largest = max(range(len(z)), key=lambda k: z[k].value)
    if largest == true:  # −ln ŷ = ln Σ e^(z_k − z_true), whose term for the true class is 1
        total = series("k", exp(minus(_Z, z[true])), len(others), lambda k: exp(minus(z[others[k]], z[true])))
        return Case(call("ln1p", total))
    rest = [k for k in range(len(z)) if k != largest]
    total = series("k", exp(minus(_Z, z[largest])), len(rest), lambda k: exp(minus(z[rest[k]], z[largest])))
    return Case(Sum((z[largest], Negative(z[true]), call("ln1p", total))))


_CROSS_ENTROPY = Loss(
    name="cross-entropy",
    label=_("Cross-entropy"),
    formula=_("−Σ y ln ŷ; with softmax, δ = ŷ − y"),
    tasks=(CLASSIFICATION,),
    value=_cross_entropy,
    expression=_cross_entropy_expression,
    slope=lambda a, y, outputs: Case(minus(a, y)),
    delta=_cross_entropy_delta,
    outputs=("softmax",),
    needs=_("needs outputs that sum to one"),
)


# ---------------------------------------------------------------- binary cross-entropy


def _binary_cross_entropy(z: Array, a: Array, y: Array) -> Array:
    # −y ln σ(z) − (1 − y) ln(1 − σ(z)) = max(z, 0) − z·y + ln(1 + e^−|z|), since ln σ(z) = −ln(1 + e^−z).
    mean: Array = np.mean(np.maximum(z, 0.0) - z * y + np.log1p(np.exp(-np.abs(z))), axis=-1)
    return mean


def _binary_cross_entropy_delta(a: Array, y: Array, out: Array | None = None) -> Array:
    # With ŷ = σ(z): ∂/∂z (ln(1 + e^z) − z·y) = σ(z) − y, and the mean over K outputs.
    return _mse_gradient(a, y, out)


def _binary_cross_entropy_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    one_minus = minus(ONE, _Y_HAT)
    if all(_LN_FORM_FROM <= output.value <= 1.0 - _LN_FORM_FROM for output in a):

        def term(k: int) -> Expression:
            return Negative(call("ln", a[k] if y[k].value == 1.0 else minus(ONE, a[k])))

        general: Expression = Sum(
            (Negative(times(_Y, call("ln", _Y_HAT))), Negative(times(minus(ONE, _Y), call("ln", one_minus))))
        )
    else:  # the same from z: max(z, 0) − z·y + ln(1 + e^−|z|)
        general = Sum((call("max", _Z, ZERO), Negative(times(_Z, _Y)), call("ln1p", exp(Negative(call("abs", _Z))))))

        def term(k: int) -> Expression:
            # max(z, 0) − z·y is 0, or |z|: where z says the wrong class.
            wrong = (z[k].value > 0.0) != (y[k].value == 1.0)
            last = call("ln1p", exp(Negative(call("abs", z[k]))))
            return Sum((call("abs", z[k]), last)) if wrong else last

    return Case(_mean(len(a), general, term))


_BINARY_CROSS_ENTROPY = Loss(
    name="binary-cross-entropy",
    label=_("Binary cross-entropy"),
    formula=_("−mean (y ln ŷ + (1 − y) ln(1 − ŷ)); with sigmoid, δ = (ŷ − y) / outputs"),
    tasks=(CLASSIFICATION,),
    value=_binary_cross_entropy,
    expression=_binary_cross_entropy_expression,
    slope=lambda a, y, outputs: Case(_over(minus(a, y), outputs)),
    delta=_binary_cross_entropy_delta,
    outputs=("sigmoid",),
    needs=_("needs each output between 0 and 1 by itself"),
)


# ---------------------------------------------------------------- hinge


def _hinge(z: Array, a: Array, y: Array) -> Array:
    mean: Array = np.mean(np.maximum(1.0 - y * a, 0.0), axis=-1)
    return mean


def _hinge_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    # −y_k/K where the margin 1 − y_k·ŷ_k is above 0, and 0 (the usual choice at the corner) elsewhere.
    out = np.multiply(y, a, out=out)
    np.subtract(1.0, out, out=out)
    np.heaviside(out, 0.0, out=out)
    out *= y
    out /= -a.shape[-1]
    return out


def _hinge_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    general = call("max", ZERO, minus(ONE, times(_Y, _Y_HAT)))
    return Case(_mean(len(a), general, lambda k: call("max", ZERO, minus(ONE, times(y[k], a[k])))))


def _hinge_slope(a: Quantity, y: Quantity, outputs: int) -> Case:
    margin = minus(ONE, times(y, a))
    if evaluate(margin) > 0.0:
        return Case(_over(Negative(y), outputs), above_zero(margin))
    return Case(ZERO, not_above_zero(margin))


_HINGE = Loss(
    name="hinge",
    label=_("Hinge"),
    formula=_("mean max(0, 1 − y·ŷ), y being −1 or 1"),
    tasks=(CLASSIFICATION,),
    value=_hinge,
    expression=_hinge_expression,
    slope=_hinge_slope,
    gradient=_hinge_gradient,
    outputs=("linear", "tanh"),
    needs=_("needs outputs on both sides of 0"),
    signed=True,
    corners=lambda a, y: 1.0 - y * a,
)


# ---------------------------------------------------------------- mean absolute error


def _mae(z: Array, a: Array, y: Array) -> Array:
    mean: Array = np.mean(np.abs(a - y), axis=-1)
    return mean


def _mae_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    out = np.subtract(a, y, out=out)
    np.sign(out, out=out)
    out /= a.shape[-1]
    return out


def _mae_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    return Case(_mean(len(a), call("abs", minus(_Y_HAT, _Y)), lambda k: call("abs", minus(a[k], y[k]))))


_MAE = Loss(
    name="mae",
    label=_("MAE"),
    formula=_("mean absolute error, mean |ŷ − y|"),
    tasks=(REGRESSION,),
    value=_mae,
    expression=_mae_expression,
    slope=lambda a, y, outputs: Case(_over(call("sign", minus(a, y)), outputs)),
    gradient=_mae_gradient,
    degree=1,
    corners=lambda a, y: a - y,
)


# ---------------------------------------------------------------- Huber


def _huber(z: Array, a: Array, y: Array) -> Array:
    error = np.abs(a - y)
    inside = np.minimum(error, 1.0)
    mean: Array = np.mean(inside * (error - 0.5 * inside), axis=-1)  # e²/2 up to 1, e − ½ behind
    return mean


def _huber_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    out = np.subtract(a, y, out=out)
    np.clip(out, -1.0, 1.0, out=out)
    out /= a.shape[-1]
    return out


def _huber_expression(z: Quantities, a: Quantities, y: Quantities) -> Case:
    def error(k: int) -> Expression:
        return call("abs", minus(a[k], y[k]))

    def inside(k: int) -> bool:
        return abs(a[k].value - y[k].value) <= 1.0

    def term(k: int) -> Expression:
        return times(HALF, square(minus(a[k], y[k]))) if inside(k) else minus(error(k), HALF)

    conditions = tuple(Condition(error(k), "≤" if inside(k) else ">", ONE) for k in range(len(a)))
    if len(a) == 1:
        return Case(term(0), conditions)
    return Case(_mean(len(a), Name(Symbol("H", "k")), term), conditions)


def _huber_slope(a: Quantity, y: Quantity, outputs: int) -> Case:
    return Case(_over(call("max", Constant(-1.0, "−1"), call("min", ONE, minus(a, y))), outputs))


_HUBER = Loss(
    name="huber",
    label=_("Huber"),
    formula=_("mean of ½e² where |e| ≤ 1, |e| − ½ elsewhere, e = ŷ − y (Huber, 1964)"),
    tasks=(REGRESSION,),
    value=_huber,
    expression=_huber_expression,
    slope=_huber_slope,
    gradient=_huber_gradient,
    corners=lambda a, y: np.abs(a - y) - 1.0,
)


# ---------------------------------------------------------------- the table

LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (_MSE, _CROSS_ENTROPY, _BINARY_CROSS_ENTROPY, _HINGE, _MAE, _HUBER)
}
"""Every loss by name, in the order of the menus."""

assert all(name in ACTIVATIONS for loss in LOSSES.values() for name in loss.outputs)
assert all(bool(loss.needs) == bool(loss.outputs) for loss in LOSSES.values())
assert all((loss.gradient is None) == (loss.delta is not None) for loss in LOSSES.values())
