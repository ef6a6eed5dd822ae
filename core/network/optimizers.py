"""Optimizers: each is one frozen value that holds the update rule.

In the formulas w are the parameters, g is the gradient, η the learning rate, t the number of the update, 1 for the
first. An optimizer's memory is ``slots``, of shape (2, parameters), zero at the beginning; s and v, or m and v, are
its rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.base.arrays import Array

Rate = float | Array
"""A learning rate: a number, or an array of shape ()."""

SLOTS = 2
EPSILON = 1e-8
RMSPROP_DECAY = 0.9
ADAM_DECAY = 0.999


@dataclass(frozen=True)
class Optimizer:
    """An update rule of the parameters w from the gradient g.

    Attributes:
        name: key in :data:`OPTIMIZERS`, as the command line spells it.
        label: text in menus.
        formula: the rule with its source.
        update: ``update(parameters, gradient, slots, rate, momentum, t, work)`` changes ``parameters`` and ``slots`` in
            place; ``parameters``, ``gradient`` and ``work`` (scratch memory) have the shape (parameters,).
        slots: names of the rows of its memory.
        momentum: the meaning of the experiment's ``momentum`` in this rule; empty if it is not used.
    """

    name: str
    label: str
    formula: str
    update: Callable[[Array, Array, Array, Rate, float, int, Array], None]
    slots: tuple[str, ...] = ()
    momentum: str = ""


@dataclass(frozen=True)
class Rule:
    """The settings of an update besides gradient and learning rate; an engine gets them with each run of batches.

    Attributes:
        optimizer: the update rule.
        momentum: its coefficient μ or β₁.
        l1, l2: factors of the penalty, see :mod:`core.network.penalty`.
        dropout: share of hidden activations that are dropped, see :mod:`core.network.dropout`.
        frozen: ascending indices in the flat vector of parameters that keep their value; their gradient counts as 0.
    """

    optimizer: Optimizer
    momentum: float = 0.9
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    frozen: tuple[int, ...] = ()


def _sgd(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    np.multiply(g, rate, work)
    w -= work


def _momentum(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    v = slots[0]
    v *= momentum
    np.multiply(g, rate, out=work)
    v -= work
    w += v


def _nesterov(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    # Sutskever's rule v ← μv − η·g(w + μv), w ← w + v, written for w' = w + μv, where the gradient is taken:
    # w' ← w' + μv_new − η·g.
    v = slots[0]
    v *= momentum
    np.multiply(g, rate, out=work)
    v -= work
    w -= work
    np.multiply(v, momentum, out=work)
    w += work


def _scaled_step(w: Array, g: Array, s: Array, rate: Rate, work: Array) -> None:
    """The step w ← w − η·g / (√s + ε)."""
    np.sqrt(s, out=work)
    work += EPSILON
    np.divide(g, work, out=work)
    work *= rate
    w -= work


def _adagrad(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    s = slots[0]
    np.multiply(g, g, out=work)
    s += work
    _scaled_step(w, g, s, rate, work)


def _decay(mean: Array, value: Array, decay: float, work: Array) -> None:
    """A moving average: mean ← decay·mean + (1 − decay)·value. ``value`` may be ``work``."""
    mean *= decay
    np.multiply(value, 1.0 - decay, out=work)
    mean += work


def _rmsprop(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    s = slots[0]
    np.multiply(g, g, out=work)
    _decay(s, work, RMSPROP_DECAY, work)
    _scaled_step(w, g, s, rate, work)


def _adam(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    m, v = slots
    _decay(m, g, momentum, work)
    np.multiply(g, g, out=work)
    _decay(v, work, ADAM_DECAY, work)
    # Both averages start at 0, so they are too small by the factor 1 − βᵗ.
    np.divide(v, 1.0 - math.pow(ADAM_DECAY, t), out=work)
    np.sqrt(work, out=work)
    work += EPSILON
    np.divide(m, work, out=work)
    work *= rate / (1.0 - math.pow(momentum, t))
    w -= work


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", "SGD", "w ← w − η·g", _sgd),
        Optimizer(
            "momentum",
            "Momentum",
            "v ← μ·v − η·g; w ← w + v (Polyak, 1964; as in Sutskever et al., 2013)",
            _momentum,
            ("v",),
            "Momentum μ",
        ),
        Optimizer(
            "nesterov",
            "Nesterov",
            "v ← μ·v − η·g; w ← w + μ·v − η·g (Sutskever et al., 2013, in the form of Bengio et al., 2013)",
            _nesterov,
            ("v",),
            "Momentum μ",
        ),
        Optimizer("adagrad", "AdaGrad", "s ← s + g²; w ← w − η·g / (√s + ε) (Duchi et al., 2011)", _adagrad, ("s",)),
        Optimizer(
            "rmsprop",
            "RMSProp",
            "s ← 0.9·s + 0.1·g²; w ← w − η·g / (√s + ε) (Hinton, lecture 6e, 2012)",
            _rmsprop,
            ("s",),
        ),
        Optimizer(
            "adam",
            "Adam",
            "m ← β₁·m + (1 − β₁)·g; v ← 0.999·v + 0.001·g²; w ← w − η·m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), "
            "v̂ = v / (1 − 0.999ᵗ) (Kingma and Ba, 2015)",
            _adam,
            ("m", "v"),
            "Momentum β₁",
        ),
    )
}
"""Every optimizer by name, in the order of the menus."""
