"""A rule as a tree of frozen values: its values over whole columns of points, and its text.

Every value is a float64. A condition is 1 where it holds and 0 where it does not. NaN stands for "no value", such as
that of √−1, and spreads through everything that needs it: a comparison with it is neither true nor false. But a
condition whose result does not depend on the missing value has a value: ``x1 > 0 and sqrt(x1) < 2`` is 0 for x1 = −1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass

Values = Array

BLOCK = 32_768
"""Points that are computed at a time, so that intermediate values stay in the processor's cache."""


@dataclass(frozen=True)
class RuleNumber:
    """A number as it was typed; at least 0."""

    value: float


@dataclass(frozen=True)
class RuleName:
    """One of NAMES."""

    name: str


@dataclass(frozen=True)
class RuleCall:
    """One of FUNCTIONS with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Prefix:
    """``-`` or ``not`` before an operand."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class RulePower:
    """Base ^ exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Chain:
    """Operands with operators of one LEVEL between them, from left to right; there is one more operand."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    @property
    def level(self) -> int:
        """How tightly the operators bind."""
        return LEVEL[self.operators[0]]


Node = RuleNumber | RuleName | RuleCall | Prefix | RulePower | Chain

OR, AND, NOT, COMPARISON, SUM, PRODUCT, MINUS, POWER, ATOM = range(9)  # how tightly each binds

LEVEL = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "mod"), PRODUCT),
}
"""Operators that stand between operands."""

CONSTANTS = {"pi": np.pi, "e": np.e}
NAMES = ("x1", "x2", "r", *CONSTANTS)


@dataclass(frozen=True)
class RuleFunction:
    """A function of numbers.

    Attributes:
        compute: function of its arguments as arrays.
        least, most: the number of arguments; None for any number from ``least`` on.
    """

    compute: Callable[..., Any]
    least: int = 1
    most: int | None = 1


FUNCTIONS: Mapping[str, RuleFunction] = {
    "sin": RuleFunction(np.sin),
    "cos": RuleFunction(np.cos),
    "tan": RuleFunction(np.tan),
    "exp": RuleFunction(np.exp),
    "log": RuleFunction(np.log),
    "sqrt": RuleFunction(np.sqrt),
    "abs": RuleFunction(np.abs),
    "min": RuleFunction(lambda *values: reduce(np.minimum, values), 2, None),
    "max": RuleFunction(lambda *values: reduce(np.maximum, values), 2, None),
    "floor": RuleFunction(np.floor),
    "ceil": RuleFunction(np.ceil),
    "round": RuleFunction(np.rint),
    "sign": RuleFunction(np.sign),
    "tanh": RuleFunction(np.tanh),
    "atan2": RuleFunction(np.arctan2, 2, 2),
}
"""Functions by name; log is the natural logarithm, and atan2(x2, x1) the angle of a point."""


def is_condition(node: Node) -> bool:
    """Whether a node is a condition, which is true or false, and not a number."""
    if isinstance(node, Prefix):
        return node.operator == "not"
    return isinstance(node, Chain) and node.level <= COMPARISON


# ---------------------------------------------------------------- values


def evaluate_rule(node: Node, x1: Values, x2: Values) -> Values:
    """The values at n points, shape (n,); NaN where there is no value. It never warns."""
    found = np.empty(len(x1))
    with np.errstate(all="ignore"):
        for start in range(0, len(x1), BLOCK):
            block = slice(start, start + BLOCK)
            found[block] = _values(node, x1[block], x2[block])
    return found


def _values(node: Node, x1: Values, x2: Values) -> Any:  # noqa: ANN401 (an array, or a number for all points)
    match node:
        case RuleNumber(value):
            return np.float64(value)
        case RuleName(name):
            return {"x1": x1, "x2": x2}[name] if name in ("x1", "x2") else _named(name, x1, x2)
        case RuleCall(function, arguments):
            return FUNCTIONS[function].compute(*(_values(argument, x1, x2) for argument in arguments))
        case Prefix(operator, operand):
            value = _values(operand, x1, x2)
            return -value if operator == "-" else 1.0 - value
        case RulePower(base, exponent):
            return np.power(_values(base, x1, x2), _values(exponent, x1, x2))
        case Chain(operators, operands):
            values = [_values(operand, x1, x2) for operand in operands]
            if node.level == COMPARISON:
                pairs = zip(operators, values, values[1:], strict=False)
                return reduce(_and, (_compare(operator, left, right) for operator, left, right in pairs))
            total = values[0]
            for operator, value in zip(operators, values[1:], strict=True):
                total = _OPERATIONS[operator](total, value)
            return total


def _named(name: str, x1: Values, x2: Values) -> Any:  # noqa: ANN401
    return np.hypot(x1, x2) if name == "r" else np.float64(CONSTANTS[name])


def _compare(operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
    return np.where(np.isnan(left) | np.isnan(right), np.nan, _COMPARISONS[operator](left, right))


def _and(left: Any, right: Any) -> Any:  # noqa: ANN401
    return np.where((left == 0.0) | (right == 0.0), 0.0, left * right)


def _or(left: Any, right: Any) -> Any:  # noqa: ANN401
    return np.where((left == 1.0) | (right == 1.0), 1.0, left + right)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "mod": np.mod,
    "and": _and,
    "or": _or,
}


def culprit(node: Node, x1: float, x2: float) -> Node:
    """The innermost part at fault for a NaN or infinite value at a point: all its own parts have finite values."""

    def value(part: Node) -> float:
        return float(evaluate_rule(part, np.array([x1]), np.array([x2]))[0])

    sound = (lambda part: not np.isnan(value(part))) if np.isnan(value(node)) else lambda part: np.isfinite(value(part))
    while True:
        unsound = next((part for part in parts(node) if not sound(part)), None)
        if unsound is None:
            return node
        node = unsound


def parts(node: Node) -> tuple[Node, ...]:
    """The parts of a node."""
    match node:
        case RuleCall(_, arguments):
            return arguments
        case Prefix(_, operand):
            return (operand,)
        case RulePower(base, exponent):
            return base, exponent
        case Chain(_, operands):
            return operands
    return ()


# ---------------------------------------------------------------- text


def write_rule(node: Node) -> str:
    """The rule as a text that the parser turns back into the same tree."""
    return _write(node)[0]


def _write(node: Node) -> tuple[str, int]:
    """The text and its precedence."""
    match node:
        case RuleNumber(value):
            return (str(int(value)) if value < 1e15 and value == int(value) else repr(value)), ATOM
        case RuleName(name):
            return name, ATOM
        case RuleCall(function, arguments):
            return f"{function}({', '.join(map(write_rule, arguments))})", ATOM
        case Prefix("not", operand):
            return f"not {_inside(operand, NOT)}", NOT
        case Prefix(_, operand):
            return f"-{_inside(operand, MINUS)}", MINUS
        case RulePower(base, exponent):
            return f"{_inside(base, ATOM)}^{_inside(exponent, MINUS)}", POWER
        case Chain(operators, operands):
            words = [_inside(operands[0], node.level + 1)]
            for operator, operand in zip(operators, operands[1:], strict=True):
                space = "" if operator in "*/" else " "
                words.append(f"{space}{operator}{space}{_inside(operand, node.level + 1)}")
            return "".join(words), node.level


def _inside(node: Node, least: int) -> str:
    """A part, in parentheses if its precedence is lower than ``least``."""
    text, binding = _write(node)
    return text if binding >= least else f"({text})"
