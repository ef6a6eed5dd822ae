"""Loss functions: each is one frozen value that holds the loss of a sample and its gradient.

Shapes: z, a and y are the output layer's sums, its activations ŷ and the targets, all (samples, outputs).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.base.arrays import Array
from core.network.activations import ACTIVATIONS, Activation
from core.network.tasks import CLASSIFICATION, REGRESSION

_COUNTS = [np.array(float(n)) for n in range(17)]  # a number of Python's costs NumPy a conversion in each call


@dataclass(frozen=True)
class Loss:
    """A loss L(ŷ, y) of one sample; the loss of a set is the mean over its samples.

    Attributes:
        name: key in :data:`LOSSES`, as the command line spells it.
        label: text in menus.
        formula: the loss in the field's notation.
        tasks: what it is for, of :data:`core.network.tasks.TASKS`.
        value: ``value(z, a, y) -> L``, shape (samples,).
        gradient: ``gradient(a, y, out=None) -> ∂L/∂ŷ``; None where ``delta`` takes its place.
        delta: ``delta(a, y, out=None) -> ∂L/∂z`` through the one output activation that the loss goes with.
        outputs: names of the output activations that it goes with; empty for any.
        signed: its targets are −1 and 1, not 0 and 1.
        corners: ``corners(a, y)`` gives numbers, each of which changes its sign where the formula changes and a
            derivative jumps; None where there is no such place.
    """

    name: str
    label: str
    formula: str
    tasks: tuple[str, ...]
    value: Callable[[Array, Array, Array], Array]
    gradient: Callable[..., Array] | None = None
    delta: Callable[..., Array] | None = None
    outputs: tuple[str, ...] = ()
    signed: bool = False
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
        what = "classes" if task == CLASSIFICATION else "numbers"
        those = ", ".join(other.name for other in LOSSES.values() if task in other.tasks)
        return f'the loss "{loss.name}" is not for data whose targets are {what}; choose one of {those}'
    if loss.outputs and output not in loss.outputs:
        why = {
            "cross-entropy": "needs outputs that sum to one",
            "binary-cross-entropy": "needs each output between 0 and 1 by itself",
            "hinge": "needs outputs on both sides of 0",
        }[loss.name]
        return f'the loss "{loss.name}" {why}; choose the output activation {" or ".join(loss.outputs)}'
    if task == REGRESSION and output == "softmax":
        return "softmax of a single output is always 1, which fits no target; choose the output activation linear"
    return ""


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


def _binary_cross_entropy(z: Array, a: Array, y: Array) -> Array:
    # −y ln σ(z) − (1 − y) ln(1 − σ(z)) = max(z, 0) − z·y + ln(1 + e^−|z|), since ln σ(z) = −ln(1 + e^−z).
    mean: Array = np.mean(np.maximum(z, 0.0) - z * y + np.log1p(np.exp(-np.abs(z))), axis=-1)
    return mean


def _binary_cross_entropy_delta(a: Array, y: Array, out: Array | None = None) -> Array:
    # With ŷ = σ(z): ∂/∂z (ln(1 + e^z) − z·y) = σ(z) − y, and the mean over K outputs.
    return _mse_gradient(a, y, out)


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


def _mae(z: Array, a: Array, y: Array) -> Array:
    mean: Array = np.mean(np.abs(a - y), axis=-1)
    return mean


def _mae_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    out = np.subtract(a, y, out=out)
    np.sign(out, out=out)
    out /= a.shape[-1]
    return out


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


_CLASSES, _NUMBERS, _BOTH = (CLASSIFICATION,), (REGRESSION,), (CLASSIFICATION, REGRESSION)

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("mse", "MSE", "mean squared error, ½·mean (ŷ − y)²", _BOTH, _mse, _mse_gradient),
        Loss(
            "cross-entropy",
            "Cross-entropy",
            "−Σ y ln ŷ; with softmax, δ = ŷ − y",
            _CLASSES,
            _cross_entropy,
            delta=_cross_entropy_delta,
            outputs=("softmax",),
        ),
        Loss(
            "binary-cross-entropy",
            "Binary cross-entropy",
            "−mean (y ln ŷ + (1 − y) ln(1 − ŷ)); with sigmoid, δ = (ŷ − y) / outputs",
            _CLASSES,
            _binary_cross_entropy,
            delta=_binary_cross_entropy_delta,
            outputs=("sigmoid",),
        ),
        Loss(
            "hinge",
            "Hinge",
            "mean max(0, 1 − y·ŷ), y being −1 or 1",
            _CLASSES,
            _hinge,
            _hinge_gradient,
            outputs=("linear", "tanh"),
            signed=True,
            corners=lambda a, y: 1.0 - y * a,
        ),
        Loss(
            "mae",
            "MAE",
            "mean absolute error, mean |ŷ − y|",
            _NUMBERS,
            _mae,
            _mae_gradient,
            corners=lambda a, y: a - y,
        ),
        Loss(
            "huber",
            "Huber",
            "mean of ½e² where |e| ≤ 1, |e| − ½ elsewhere, e = ŷ − y (Huber, 1964)",
            _NUMBERS,
            _huber,
            _huber_gradient,
            corners=lambda a, y: np.abs(a - y) - 1.0,
        ),
    )
}
"""Every loss by name, in the order of the menus."""

assert all(name in ACTIVATIONS for loss in LOSSES.values() for name in loss.outputs)
