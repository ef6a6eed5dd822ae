"""Formulas as trees of frozen values: the right-hand side, its value, and the cases that a formula has.

An entry of a table (an activation, a loss, an optimizer) says with these how its numbers come about;
:mod:`core.explain.formulas` writes them. No text is ever evaluated.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence

from core.base.values import dataclass

SHOWN_TERMS = 8


@dataclass(frozen=True)
class Symbol:
    """A letter with an index below and one above, such as w, "23" and "(1)", and what may follow, as in f′(z₁)."""

    base: str
    sub: str = ""
    sup: str = ""
    end: str = ""


@dataclass(frozen=True)
class Constant:
    """A number of the formula itself; written as it stands, with symbols and with numbers alike."""

    value: float
    text: str


@dataclass(frozen=True)
class Name:
    """A symbol without a number, for the general term of a sum."""

    symbol: Symbol


@dataclass(frozen=True)
class Quantity:
    """A number that the formula takes from elsewhere.

    Attributes:
        symbol, value: what it is.
        digits: significant digits that are shown; None for all.
    """

    symbol: Symbol
    value: float
    digits: int | None = None

    @property
    def shown(self) -> float:
        """The value as it is shown."""
        return self.value if self.digits is None else rounded(self.value, self.digits)


@dataclass(frozen=True)
class Sum:
    """Terms that are added; a Negative among them is subtracted."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Product:
    """Factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True)
class Quotient:
    """Top / bottom."""

    top: Expression
    bottom: Expression


@dataclass(frozen=True)
class Power:
    """Base to the power of an exponent."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Negative:
    """−x."""

    argument: Expression


@dataclass(frozen=True)
class Call:
    """One of FUNCTIONS."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Series:
    """A sum over an index: Σ and the general term in symbols; in numbers the terms, and the rest as one number.

    Attributes:
        index: the letter that runs.
        general: the term in symbols.
        terms: those that are shown.
        rest: the sum of all others; None where all are shown.
        more: how many those are.
    """

    index: str
    general: Expression
    terms: tuple[Expression, ...]
    rest: Quantity | None = None
    more: int = 0


Expression = Constant | Name | Quantity | Sum | Product | Quotient | Power | Negative | Call | Series
Quantities = Sequence[Quantity]

E = Constant(math.e, "e")
ZERO, ONE, TWO = Constant(0.0, "0"), Constant(1.0, "1"), Constant(2.0, "2")
HALF = Constant(0.5, "½")


def minus(left: Expression, right: Expression) -> Sum:
    """The difference of two expressions."""
    return Sum((left, Negative(right)))


def times(*factors: Expression) -> Product:
    """The product of some expressions."""
    return Product(factors)


def call(function: str, *arguments: Expression) -> Call:
    """One of FUNCTIONS of some expressions."""
    return Call(function, arguments)


def exp(exponent: Expression) -> Power:
    """The exponential of an expression."""
    return Power(E, exponent)


def square(base: Expression) -> Power:
    """The square of an expression."""
    return Power(base, TWO)


def series(
    index: str,
    general: Expression,
    count: int,
    term: Callable[[int], Expression],
    rest: Callable[[int], float] | None = None,
) -> Series:
    """A sum of ``count`` terms, of which at most SHOWN_TERMS are shown.

    Args:
        index: the letter that runs.
        general: the term in symbols.
        count: how many terms there are.
        term: the term of a number, counted from 0.
        rest: the sum of the terms from a number on, where there is a quicker way than to add them up.
    """
    if count <= SHOWN_TERMS:
        return Series(index, general, tuple(term(k) for k in range(count)))
    shown = SHOWN_TERMS - 2
    total = rest(shown) if rest else math.fsum(evaluate(term(k)) for k in range(shown, count))
    return Series(
        index,
        general,
        tuple(term(k) for k in range(shown)),
        Quantity(Symbol(""), total),
        count - shown,
    )


# ---------------------------------------------------------------- values


def rounded(value: float, digits: int) -> float:
    """The value to so many significant digits."""
    return float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _ln(x: float) -> float:
    return math.log(x) if x > 0.0 else (-math.inf if x == 0.0 else math.nan)


FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "max": max,
    "min": min,
    "floor": lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    "sqrt": lambda x: math.sqrt(x) if x >= 0.0 else math.nan,
    "ln": _ln,
    "ln1p": lambda x: math.log1p(x) if x > -1.0 else math.nan,  # ln(1 + x), with all digits for a tiny x
    "expm1": lambda x: math.expm1(x) if x < 700.0 else math.inf,  # eˣ − 1, likewise
    "sigmoid": lambda x: 1.0 / (1.0 + _exp(-x)),
    "tanh": math.tanh,
    "sin": lambda x: math.sin(x) if math.isfinite(x) else math.nan,
    "cos": lambda x: math.cos(x) if math.isfinite(x) else math.nan,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
}


def evaluate(expression: Expression, shown: bool = False) -> float:
    """The value of an expression, with the numbers as they are or as they are shown; never an exception."""
    match expression:
        case Constant():
            return expression.value
        case Quantity():
            return expression.shown if shown else expression.value
        case Power(base, exponent):
            return _power(base, evaluate(base, shown), evaluate(exponent, shown))
        case Quotient(top, bottom):
            return _divide(evaluate(top, shown), evaluate(bottom, shown))
        case Product(factors):
            return math.prod(evaluate(factor, shown) for factor in factors)
        case Negative(argument):
            return -evaluate(argument, shown)
        case Call(function, arguments):
            return FUNCTIONS[function](*(evaluate(argument, shown) for argument in arguments))
        case Sum(terms):
            return _add([evaluate(term, shown) for term in terms])
        case Series(terms=terms, rest=rest):
            return _add([evaluate(term, shown) for term in (*terms, *([rest] if rest else []))])
        case Name():
            raise ValueError(f"{expression.symbol.base} has no number")


def _add(values: Sequence[float]) -> float:
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # beyond all numbers, or ∞ − ∞
        return sum(values)


def _divide(top: float, bottom: float) -> float:
    if bottom == 0.0:
        return math.nan if top == 0.0 or math.isnan(top) else math.copysign(math.inf, top)
    return top / bottom


def _power(base: Expression, value: float, exponent: float) -> float:
    if base is E:
        return _exp(exponent)
    try:
        return math.pow(value, exponent)
    except (OverflowError, ValueError):
        return math.nan if value < 0.0 and exponent != int(exponent) else math.inf


# ---------------------------------------------------------------- lines


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "≤": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """What a formula with cases depends on: ``left`` > or ≤ ``right``."""

    left: Expression
    comparison: str
    right: Expression

    def holds(self, shown: bool = False) -> bool:
        """Whether it is true of the numbers, as they are or as they are shown."""
        return _COMPARISONS[self.comparison](evaluate(self.left, shown), evaluate(self.right, shown))


def above_zero(x: Expression) -> tuple[Condition]:
    """The condition x > 0."""
    return (Condition(x, ">", ZERO),)


def not_above_zero(x: Expression) -> tuple[Condition]:
    """The condition x ≤ 0."""
    return (Condition(x, "≤", ZERO),)


@dataclass(frozen=True)
class Case:
    """A right-hand side that holds under some conditions.

    Attributes:
        expression: the right-hand side.
        conditions: when it is the one; empty for always.
        before: lines that compute what the expression takes from them, in their order.
    """

    expression: Expression
    conditions: tuple[Condition, ...] = ()
    before: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a chain of formulas: result = right-hand side.

    Attributes:
        name: what it computes, in words.
        result: its symbol.
        value: its value as the run has it; not computed from the right-hand side.
        case: the right-hand side.
        relation: "=", or "←" where the result takes the place of the old value.
    """

    name: str
    result: Symbol
    value: float
    case: Case
    relation: str = "="
