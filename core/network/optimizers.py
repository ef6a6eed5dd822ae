"""Optimizers: each is one frozen value that holds all that the program needs to know of it.

To add one, write its update, its lines and its value in a section of their own, and name the value in OPTIMIZERS at
the end.

In the formulas w are the parameters, g is the gradient, η the learning rate, t the number of the update, 1 for the
first. An optimizer's memory is ``slots``, of shape (SLOTS, parameters), zero at the beginning; s and v, or m and v, are
its rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.network.expression import (
    ONE,
    Case,
    Constant,
    Expression,
    Line,
    Negative,
    Power,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    call,
    evaluate,
    minus,
    square,
    times,
)

Rate = float | Array
"""A learning rate: a number, or an array of shape ()."""

EPSILON = 1e-8
_EPSILON = Constant(EPSILON, "10⁻⁸")


@dataclass(frozen=True, eq=False)
class Parameter:
    """One weight or bias in an update, and all that an optimizer's rule knows of it.

    Attributes:
        symbol: its letter.
        before, after: its value before and after the update.
        gradient: g.
        rate: η. momentum: μ or β₁. step: t.
        memory_before, memory_after: the optimizer's memory of it by name.
    """

    symbol: Symbol
    before: float
    after: float
    gradient: float
    rate: float
    momentum: float
    step: int
    memory_before: Mapping[str, float]
    memory_after: Mapping[str, float]

    @property
    def w(self) -> Quantity:
        """The parameter before the update."""
        return Quantity(self.symbol, self.before)

    @property
    def g(self) -> Quantity:
        """Its gradient."""
        return Quantity(Symbol("g"), self.gradient)

    @property
    def eta(self) -> Quantity:
        """The learning rate."""
        return Quantity(Symbol("η"), self.rate)

    @property
    def t(self) -> Quantity:
        """The number of the update."""
        return Quantity(Symbol("t"), float(self.step))

    def coefficient(self, letter: str, sub: str = "") -> Quantity:
        """The momentum's coefficient under a rule's own letter for it."""
        return Quantity(Symbol(letter, sub), self.momentum)

    def old(self, name: str) -> Quantity:
        """What was remembered."""
        return Quantity(Symbol(name), self.memory_before[name])

    def new(self, name: str) -> Quantity:
        """What is remembered from now on."""
        return Quantity(Symbol(name), self.memory_after[name])

    def remember(self, name: str, expression: Expression) -> Line:
        """The line that changes the memory."""
        return Line("memory", Symbol(name), self.memory_after[name], Case(expression), "←")

    def become(self, *changes: Expression) -> Line:
        """The line that adds these changes to the parameter."""
        return Line("update", self.symbol, self.after, Case(Sum((self.w, *changes))), "←")


@dataclass(frozen=True, eq=False)
class Optimizer:
    """An update rule of the parameters w from the gradient g, with all that belongs to it.

    Attributes:
        name: key in :data:`OPTIMIZERS`, as the command line spells it.
        label: text in menus.
        formula: the rule with its source.
        update: ``update(parameters, gradient, slots, rate, momentum, t, work)`` changes ``parameters`` and ``slots`` in
            place; ``parameters``, ``gradient`` and ``work`` (scratch memory) have the shape (parameters,).
        lines: the rule in symbols for one parameter, line by line in the order in which they are computed.
        slots: names of the rows of its memory. remembers: what each holds, in words.
        momentum: the meaning of the experiment's ``momentum`` in this rule; empty if it is not used.
        accumulates: steps along a lasting gradient grow to 1 / (1 - momentum) times the learning rate.
        adaptive: each parameter has a step of its own length, about the learning rate whatever its gradient.
    """

    name: str
    label: str
    formula: str
    update: Callable[[Array, Array, Array, Rate, float, int, Array], None]
    lines: Callable[[Parameter], tuple[Line, ...]]
    slots: tuple[str, ...] = ()
    remembers: tuple[str, ...] = ()
    momentum: str = ""
    accumulates: bool = False
    adaptive: bool = False

    def words(self, slot: str) -> str:
        """What a row of the memory holds, in words."""
        return dict(zip(self.slots, self.remembers, strict=False)).get(slot, _("memory"))


@dataclass(frozen=True, eq=False)
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


# ---------------------------------------------------------------- SGD


def _sgd(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    np.multiply(g, rate, work)
    w -= work


def _sgd_lines(p: Parameter) -> tuple[Line, ...]:
    return (p.become(Negative(times(p.eta, p.g))),)


_SGD = Optimizer(
    name="sgd",
    label=_("SGD"),
    formula="w ← w − η·g",
    update=_sgd,
    lines=_sgd_lines,
)


# ---------------------------------------------------------------- momentum


VELOCITY = _("velocity: what is kept of earlier steps")


def _momentum(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    v = slots[0]
    v *= momentum
    np.multiply(g, rate, out=work)
    v -= work
    w += v


def _momentum_lines(p: Parameter) -> tuple[Line, ...]:
    v = minus(times(p.coefficient("μ"), p.old("v")), times(p.eta, p.g))
    return p.remember("v", v), p.become(p.new("v"))


_MOMENTUM = Optimizer(
    name="momentum",
    label=_("Momentum"),
    formula=_("v ← μ·v − η·g; w ← w + v (Polyak, 1964; as in Sutskever et al., 2013)"),
    update=_momentum,
    lines=_momentum_lines,
    slots=("v",),
    remembers=(VELOCITY,),
    momentum=_("Momentum μ"),
    accumulates=True,
)


# ---------------------------------------------------------------- Nesterov's momentum


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


def _nesterov_lines(p: Parameter) -> tuple[Line, ...]:
    mu, descent = p.coefficient("μ"), times(p.eta, p.g)
    remembered = p.remember("v", minus(times(mu, p.old("v")), descent))
    return remembered, p.become(times(mu, p.new("v")), Negative(descent))


_NESTEROV = Optimizer(
    name="nesterov",
    label=_("Nesterov"),
    formula=_("v ← μ·v − η·g; w ← w + μ·v − η·g (Sutskever et al., 2013, in the form of Bengio et al., 2013)"),
    update=_nesterov,
    lines=_nesterov_lines,
    slots=("v",),
    remembers=(VELOCITY,),
    momentum=_("Momentum μ"),
    accumulates=True,
)


# ---------------------------------------------------------------- AdaGrad


def _scaled_step(w: Array, g: Array, s: Array, rate: Rate, work: Array) -> None:
    """The step of AdaGrad and RMSProp: w ← w − η·g / (√s + ε)."""
    np.sqrt(s, out=work)
    work += EPSILON
    np.divide(g, work, out=work)
    work *= rate
    w -= work


def _scaled_line(p: Parameter, top: Quantity, under: Quantity) -> Line:
    """The line w ← w − η·top / (√under + ε)."""
    root = Sum((call("sqrt", under), _EPSILON))
    return p.become(Negative(Quotient(times(p.eta, top), root)))


def _adagrad(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    s = slots[0]
    np.multiply(g, g, out=work)
    s += work
    _scaled_step(w, g, s, rate, work)


def _adagrad_lines(p: Parameter) -> tuple[Line, ...]:
    return p.remember("s", Sum((p.old("s"), square(p.g)))), _scaled_line(p, p.g, p.new("s"))


_ADAGRAD = Optimizer(
    name="adagrad",
    label=_("AdaGrad"),
    formula=_("s ← s + g²; w ← w − η·g / (√s + ε) (Duchi et al., 2011)"),
    update=_adagrad,
    lines=_adagrad_lines,
    slots=("s",),
    remembers=(_("sum of all g²"),),
    adaptive=True,
)


# ---------------------------------------------------------------- RMSProp


RMSPROP_DECAY = 0.9


def _decay(mean: Array, value: Array, decay: float, work: Array) -> None:
    """A moving average: mean ← decay·mean + (1 − decay)·value. ``value`` may be ``work``."""
    mean *= decay
    np.multiply(value, 1.0 - decay, out=work)
    mean += work


def _decay_shares(decay: float) -> tuple[Constant, Constant]:
    """What a moving average keeps of its mean and takes of the value."""
    return Constant(decay, f"{decay:g}"), Constant(1.0 - decay, f"{1.0 - decay:g}")


def _rmsprop(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    s = slots[0]
    np.multiply(g, g, out=work)
    _decay(s, work, RMSPROP_DECAY, work)
    _scaled_step(w, g, s, rate, work)


def _rmsprop_lines(p: Parameter) -> tuple[Line, ...]:
    keep, add = _decay_shares(RMSPROP_DECAY)
    return p.remember("s", Sum((times(keep, p.old("s")), times(add, square(p.g))))), _scaled_line(p, p.g, p.new("s"))


_RMSPROP = Optimizer(
    name="rmsprop",
    label=_("RMSProp"),
    formula=_("s ← 0.9·s + 0.1·g²; w ← w − η·g / (√s + ε) (Hinton, lecture 6e, 2012)"),
    update=_rmsprop,
    lines=_rmsprop_lines,
    slots=("s",),
    remembers=(_("running mean of g²"),),
    adaptive=True,
)


# ---------------------------------------------------------------- Adam


ADAM_DECAY = 0.999


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


def _adam_lines(p: Parameter) -> tuple[Line, ...]:
    # m* and v* are m̂ and v̂ of the paper: Qt puts a combining accent above the wrong letter.
    beta = p.coefficient("β", "1")
    keep, add = _decay_shares(ADAM_DECAY)
    mean = Quotient(p.new("m"), minus(ONE, Power(beta, p.t)))
    spread = Quotient(p.new("v"), minus(ONE, Power(keep, p.t)))
    m_hat, v_hat = Quantity(Symbol("m*"), evaluate(mean)), Quantity(Symbol("v*"), evaluate(spread))
    return (
        p.remember("m", Sum((times(beta, p.old("m")), times(minus(ONE, beta), p.g)))),
        p.remember("v", Sum((times(keep, p.old("v")), times(add, square(p.g))))),
        Line("bias correction", m_hat.symbol, m_hat.value, Case(mean)),
        Line("bias correction", v_hat.symbol, v_hat.value, Case(spread)),
        _scaled_line(p, m_hat, v_hat),
    )


_ADAM = Optimizer(
    name="adam",
    label=_("Adam"),
    formula=(
        _(
            "m ← β₁·m + (1 − β₁)·g; v ← 0.999·v + 0.001·g²; w ← w − η·m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), "
            "v̂ = v / (1 − 0.999ᵗ) (Kingma and Ba, 2015)"
        )
    ),
    update=_adam,
    lines=_adam_lines,
    slots=("m", "v"),
    remembers=(_("running mean of g"), _("running mean of g²")),
    momentum=_("Momentum β₁"),
    adaptive=True,
)


# ---------------------------------------------------------------- the table

OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer for optimizer in (_SGD, _MOMENTUM, _NESTEROV, _ADAGRAD, _RMSPROP, _ADAM)
}
"""Every optimizer by name, in the order of the menus."""

SLOTS = max(len(optimizer.slots) for optimizer in OPTIMIZERS.values())
"""Rows of memory that every run has room for."""
