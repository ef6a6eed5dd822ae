"""The formulas of an update: the learning rate's course, and each optimizer's rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.explain.formulas.expression import (
    HALF,
    ONE,
    Call,
    Constant,
    Expression,
    Negative,
    Power,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    evaluate,
    minus,
    square,
    times,
)
from core.explain.formulas.formula import DIGITS, Formula, make_formula
from core.network.optimizers import ADAM_DECAY, EPSILON, RMSPROP_DECAY

_EPSILON = Constant(EPSILON, "10⁻⁸")
assert EPSILON == 1e-8
_MOST_DIGITS = 12

# ---------------------------------------------------------------- the learning rate


def _constant(e: Expression, settings: tuple[Expression, ...]) -> Expression | None:
    return None


def _step(e: Expression, settings: tuple[Expression, ...]) -> Expression:
    every, factor = settings
    return Power(factor, Call("floor", (Quotient(Call("floor", (e,)), every),)))


def _exponential(e: Expression, settings: tuple[Expression, ...]) -> Expression:
    return Power(settings[0], Call("floor", (e,)))


def _cosine(e: Expression, settings: tuple[Expression, ...]) -> Expression:
    epochs, end = settings
    angle = times(Constant(3.141592653589793, "π"), Call("min", (Quotient(e, epochs), ONE)))
    wave = times(minus(ONE, end), HALF, Sum((ONE, Call("cos", (angle,)))))
    return Sum((end, wave))


SCHEDULES: Mapping[str, Callable[[Expression, tuple[Expression, ...]], Expression | None]] = {
    "constant": _constant,
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
}
"""The factor of the learning rate, from the epochs e that are over and the schedule's settings; None for 1."""

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "constant": (),
    "step": ("n", "γ"),
    "exponential": ("γ",),
    "cosine": ("n", "c"),
}
"""How a schedule's settings are called."""


# ---------------------------------------------------------------- optimizers


@dataclass(frozen=True)
class Parameter:
    """One weight or bias and all that an optimizer's rule knows of it.

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

    def coefficient(self, letter: str, sub: str = "") -> Quantity:
        """The momentum's coefficient under a rule's own letter for it."""
        return Quantity(Symbol(letter, sub), self.momentum)

    def old(self, name: str) -> Quantity:
        """What was remembered."""
        return Quantity(Symbol(name), self.memory_before[name])

    def new(self, name: str) -> Quantity:
        """What is remembered from now on."""
        return Quantity(Symbol(name), self.memory_after[name])

    def remember(self, name: str, expression: Expression) -> Formula:
        """The line that changes the memory."""
        return make_formula("memory", Symbol(name), self.memory_after[name], expression, "←")

    def become(self, *changes: Expression) -> Formula:
        """The line that changes the parameter, with so many digits that the change is seen."""
        change, digits = abs(self.after - self.before), DIGITS
        if change and self.before:
            digits = min(max(_order(self.before) - _order(change) + 2, DIGITS), _MOST_DIGITS)
        return make_formula("update", self.symbol, self.after, Sum((self.w, *changes)), "←", digits)


def _order(value: float) -> int:
    """The power of ten of a number's first digit."""
    return math.floor(math.log10(abs(value)))


def _sgd(p: Parameter) -> tuple[Formula, ...]:
    return (p.become(Negative(times(p.eta, p.g))),)


def _momentum(p: Parameter) -> tuple[Formula, ...]:
    v = minus(times(p.coefficient("μ"), p.old("v")), times(p.eta, p.g))
    return p.remember("v", v), p.become(p.new("v"))


def _nesterov(p: Parameter) -> tuple[Formula, ...]:
    mu, descent = p.coefficient("μ"), times(p.eta, p.g)
    remembered = p.remember("v", minus(times(mu, p.old("v")), descent))
    return remembered, p.become(times(mu, p.new("v")), Negative(descent))


def _scaled(p: Parameter, top: Quantity, under: Quantity) -> Formula:
    """The step w ← w − η·top / (√under + ε)."""
    root = Sum((Call("sqrt", (under,)), _EPSILON))
    return p.become(Negative(Quotient(times(p.eta, top), root)))


def _adagrad(p: Parameter) -> tuple[Formula, ...]:
    return p.remember("s", Sum((p.old("s"), square(p.g)))), _scaled(p, p.g, p.new("s"))


def _share(decay: float) -> tuple[Constant, Constant]:
    return Constant(decay, f"{decay:g}"), Constant(1.0 - decay, f"{1.0 - decay:g}")


def _rmsprop(p: Parameter) -> tuple[Formula, ...]:
    keep, add = _share(RMSPROP_DECAY)
    return p.remember("s", Sum((times(keep, p.old("s")), times(add, square(p.g))))), _scaled(p, p.g, p.new("s"))


def _adam(p: Parameter) -> tuple[Formula, ...]:
    # m* and v* are m̂ and v̂ of the paper: Qt puts a combining accent above the wrong letter.
    beta, t = p.coefficient("β", "1"), Quantity(Symbol("t"), float(p.step))
    keep, add = _share(ADAM_DECAY)
    mean = Quotient(p.new("m"), minus(ONE, Power(beta, t)))
    spread = Quotient(p.new("v"), minus(ONE, Power(keep, t)))
    m_hat, v_hat = Quantity(Symbol("m*"), evaluate(mean)), Quantity(Symbol("v*"), evaluate(spread))
    return (
        p.remember("m", Sum((times(beta, p.old("m")), times(minus(ONE, beta), p.g)))),
        p.remember("v", Sum((times(keep, p.old("v")), times(add, square(p.g))))),
        make_formula("bias correction", m_hat.symbol, m_hat.value, mean),
        make_formula("bias correction", v_hat.symbol, v_hat.value, spread),
        _scaled(p, m_hat, v_hat),
    )


OPTIMIZERS: Mapping[str, Callable[[Parameter], tuple[Formula, ...]]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
}
"""The lines of an optimizer's rule for one parameter, in the order in which they are computed."""
