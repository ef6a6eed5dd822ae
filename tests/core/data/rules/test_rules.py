"""Typed rules: what they mean, how they are refused, and that no text whatever does anything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import DataError, ExperimentError
from core.data.dataset import Dataset
from core.data.rules.rule_labels import label_points, rule_task
from core.data.rules.rule_parser import MAX_LENGTH, MAX_NESTING, RuleError, parse_rule
from core.data.rules.rule_tree import (
    BLOCK,
    FUNCTIONS,
    NAMES,
    Chain,
    Node,
    Prefix,
    RuleCall,
    RuleName,
    RuleNumber,
    RulePower,
    evaluate_rule,
    write_rule,
)
from core.network.tasks import CLASSIFICATION, REGRESSION, TASKS

T = TypeVar("T")
POINTS = np.random.default_rng(0).uniform(-6.0, 6.0, (400, 2))
X1, X2 = POINTS.T


def value(rule: str, x1: float = 0.0, x2: float = 0.0) -> float:
    return float(evaluate_rule(parse_rule(rule), np.array([x1]), np.array([x2]))[0])


def labelled(rule: str, task: str | None = None, points: np.ndarray = POINTS) -> Dataset:
    return label_points(rule, task or rule_task(rule), points, points)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("x2 > sin(2*x1)", np.sin(2 * X1) < X2),
        ("x1^2 + x2**2 < 9", X1**2 + X2**2 < 9),
        ("x₁² + x₂² ≤ 9", X1**2 + X2**2 <= 9),
        ("x1*x2 > 0 and abs(x1) < 3", (X1 * X2 > 0) & (np.abs(X1) < 3)),
        ("not (x1 > 0 or x2 > 0) or r < 1", ~((X1 > 0) | (X2 > 0)) | (np.hypot(X1, X2) < 1)),
        ("not x1 > 0", X1 <= 0),
        ("-3 < X1 <= 2 != 7", (X1 > -3) & (X1 <= 2)),
        ("(x1 > 0) == (x2 > 0)", (X1 > 0) == (X2 > 0)),
        ("x1 > 0 and log(x1) < 1", (X1 > 0) & (np.log(np.maximum(X1, 1e-300)) < 1)),
        ("sqrt(x1) < 2 and x1 > 0", (X1 > 0) & (X1 < 4)),
        ("(floor(x1/3) + floor(x2/3)) % 2 == 0", (np.floor(X1 / 3) + np.floor(X2 / 3)) % 2 == 0),
    ],
)
def test_a_condition_gives_two_classes(rule: str, expected: np.ndarray) -> None:
    found = labelled(rule)
    assert found.class_names == ("0", "1")
    assert np.array_equal(found.labels, expected)
    with pytest.raises(ExperimentError):  # as a number it is none
        parse_rule(f"sin({rule})")


def test_what_binds_more() -> None:
    cases = {
        "-2^2": -4, "2^-1": 0.5, "2^3^2": 512, "2^3²": 512, "-x1^2": -9, "(-x1)^2": 9, "1 - 2 - 3": -4, "8/4/2": 1,
        "7 mod 4 * 2": 6, "-7 % 3": 2, "2*-x1": -6, "+x1": 3, "1e1 + .5 + 2.": 12.5, "2·x1 − 1": 5, "PI - π": 0,
        "max(1, x1, 2)": 3, "min(x1, x2)": 3, "atan2(x2, -x1)*4/pi": 3, "log(e^2)": 2, "r^2": 18, "sign(-x1)": -1,
        "floor(-.5)": -1, "ceil(.5) + round(.5)": 1, "(x1 > 0) + (x2 > 0)": 2, "1 < 2 < 3": 1, "3 > 2 > 2": 0,
        "exp(0) + cos(0) + tan(0) + tanh(0) + sqrt(4) + abs(-1)": 5, "not 1 > 2 and 3 > 2": 1,
    }  # fmt: skip
    for rule, expected in cases.items():
        assert value(rule, 3.0, 3.0) == pytest.approx(expected, abs=1e-12), rule


def test_an_expression_gives_a_target_or_its_whole_part_as_a_class() -> None:
    rule = "sin(x1)*x2/3"
    assert rule_task(rule) == REGRESSION
    assert np.array_equal(labelled(rule).targets, np.sin(X1) * X2 / 3)  # type: ignore[arg-type]
    rings = labelled("r/2 - 1", CLASSIFICATION)
    assert rings.class_names == ("-1", "0", "1", "2", "3")
    assert np.array_equal(rings.labels, np.floor(np.hypot(X1, X2) / 2).astype(int))
    assert labelled("floor(x1) mod 3", CLASSIFICATION).class_names == ("0", "1", "2")
    assert labelled("1e300*sign(x1)", CLASSIFICATION).class_names == ("-1e+300", "1e+300")
    moved = label_points("x1 > 0", CLASSIFICATION, POINTS, -POINTS)
    assert np.array_equal(moved.points, POINTS)
    assert np.array_equal(moved.labels, X1 < 0)
    many = np.zeros((3 * BLOCK // 2, 2))
    assert labelled("0*x1 + 7", points=many).targets is not None


@pytest.mark.parametrize(
    ("rule", "character", "reason"),
    [
        ("x2 > sinn(x1)", 6, 'no "sinn"; did you mean sin?'),
        ("X > 0", 1, "did you mean x1?"),
        ("x1 > ln(2)", 6, "did you mean log?"),
        ("qqq(x1)", 1, "known are sin, cos"),
        ("x1 > zzz", 6, "known are x1, x2, r, pi, e"),
        ("2x1", 2, "write 2*x1 for a product"),
        ("x1 > 0 not r > 1", 8, "write and or or"),
        ("sin x1 > 0", 1, "write sin("),
        ("x1(3)", 1, "write x1*"),
        ("sin(x1 > 0)", 5, "sin takes numbers, and x1 > 0 is a condition"),
        ("x1 > 0 and x2", 12, "x2 is a number; compare it"),
        ("x1 or x2 > 0", 1, "compare it"),
        ("not x1", 5, "compare it"),
        ("(x1 > 0", 1, "never closed; add a )"),
        ("x1 > 0)", 7, "leave it out"),
        ("max(x1)", 1, "max takes two numbers or more, and here are 1"),
        ("sin(x1, x2)", 1, "sin takes one number, and here are 2"),
        ("sin()", 1, "and here are 0"),
        ("x1 >", 5, "it ends where"),
        ("x1 + * 2", 6, 'and not "*"'),
        ("mod(x1, 2)", 1, "between two numbers"),
        ("and x1 > 0", 1, "between two conditions"),
        ("x1 > not x2 > 0", 6, "put it in parentheses"),
        ("x1 = 3", 4, "write =="),
        ("x1 > 0,5", 7, "a decimal point"),
        ("x1 > 0 && x2 > 0", 8, "write and"),
        ("x1\n> \x00", 6, "this character has no meaning"),
        ("1e999", 1, "too large"),
        ("(" * 31 + "x1" + ")" * 31, 32, f"more than {MAX_NESTING} times"),
        ("-" * 31 + "x1", 31, f"more than {MAX_NESTING} times"),
        ("2^" * 31 + "2", 63, f"more than {MAX_NESTING} times"),
        ("x1" + "+x1" * 200, 501, f"602 characters, and {MAX_LENGTH} are the most"),
    ],
)
def test_what_is_wrong_where_and_how_to_mend_it(rule: str, character: int, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(rule)
    message = str(caught.value)
    assert reason in message
    assert caught.value.start == character - 1
    assert message.startswith(f'The rule is wrong at character {character}, "')
    assert rule[character - 1 :][:8].replace("\x00", " ") in message.partition("▸")[2]
    assert "\n" not in message
    assert message[-1] in ".?"
    assert len(message) < 250


def test_values_that_are_none_and_classes_that_are_too_many_or_too_few() -> None:
    for rule, task, message in (
        ("x2 > 0 or sqrt(x1) > 1", None, r"sqrt\(x1\) has no value at x1 = -\d\.\d+, x2 = "),
        ("1 + 3*log(x1 - x1)", None, r"log\(x1 - x1\) is not finite at x1 = "),
        ("(x1 - x1)/(x2 - x2) < 1", None, r"\(x1 - x1\)/\(x2 - x2\) has no value at"),
        ("floor(x1)", CLASSIFICATION, "gives 12 classes, whole numbers from -6 to 5, and 10 are the most"),
        ("r < 100", None, "is true for all 400 points"),
        ("x1 > 0 and x1 < 0", None, "is false for all 400 points"),
        ("5/2", CLASSIFICATION, "gives all 400 points the class 2;"),
    ):
        with pytest.raises(DataError, match=message):
            labelled(rule, task)


# ---------------------------------------------------------------- properties

COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
VALUES = [0.0, 0.5, 1.0, 2.0, 3.0, 0.1, 1e-5, 123456.789, 1e16, 1.7e308]


class Seedling:
    """Grows a tree from bytes, one for each choice; a strategy of nested parts would be many times as slow."""

    def __init__(self, seed: bytes) -> None:
        self._bytes = iter(seed)

    def choose(self, choices: Sequence[T]) -> T:
        return choices[next(self._bytes, 0) % len(choices)]

    def rule(self) -> Node:
        return self.choose([self.number, self.condition])(4)

    def number(self, height: int) -> Node:
        if height == 0:
            return self.leaf(0)
        kinds = [self.leaf, self.leaf, self.power, self.minus, self.call, self.sum, self.product, self.counted]
        return self.choose(kinds)(height - 1)

    def leaf(self, _: int) -> Node:
        return RuleNumber(self.choose(VALUES)) if self.choose([False, True]) else RuleName(self.choose(NAMES))

    def power(self, height: int) -> Node:
        return RulePower(self.number(height), self.number(height))

    def minus(self, height: int) -> Node:
        return Prefix("-", self.number(height))

    def call(self, height: int) -> Node:
        name = self.choose(sorted(FUNCTIONS))
        return RuleCall(name, tuple(self.number(height) for _ in range(FUNCTIONS[name].least)))

    def sum(self, height: int) -> Node:
        return self.chain(["+", "-"], self.number, height)

    def product(self, height: int) -> Node:
        return self.chain(["*", "/", "mod"], self.number, height)

    def counted(self, height: int) -> Node:
        return self.chain(["+", "-"], self.condition, height)

    def condition(self, height: int) -> Node:
        kinds = [self.compared, self.compared, self.negated, self.joined]
        return self.choose(kinds)(max(0, height - 1)) if height else self.compared(0)

    def compared(self, height: int) -> Node:
        return self.chain(COMPARISONS, self.number, height)

    def negated(self, height: int) -> Node:
        return Prefix("not", self.condition(height))

    def joined(self, height: int) -> Node:
        return self.chain(self.choose([["and"], ["or"]]), self.condition, height)

    def chain(self, operators: list[str], operand: Callable[[int], Node], height: int) -> Node:
        signs = tuple(self.choose(operators) for _ in range(self.choose([1, 2])))
        return Chain(signs, tuple(operand(height) for _ in range(len(signs) + 1)))


seeds = st.binary(max_size=60)


def plain(node: Node, x1: float, x2: float) -> float:
    """The rule at one point in plain Python; NaN where it has no value."""
    match node:
        case RuleNumber(value):
            return value
        case RuleName(name):
            return {"x1": x1, "x2": x2, "r": float(np.hypot(x1, x2)), "pi": math.pi, "e": math.e}[name]
        case RuleCall(function, arguments):
            return plain_call(function, [plain(argument, x1, x2) for argument in arguments])
        case Prefix(operator, operand):
            value = plain(operand, x1, x2)
            return -value if operator == "-" else 1.0 - value
        case RulePower(base, exponent):
            # In arrays, since NumPy raises a number to the power −1 by a division, which rounds otherwise.
            return float(np.power([plain(base, x1, x2)], [plain(exponent, x1, x2)])[0])
        case Chain(operators, operands):
            return plain_chain(operators, [plain(operand, x1, x2) for operand in operands])


def plain_call(function: str, values: list[float]) -> float:
    if any(map(math.isnan, values)):
        return math.nan
    exact: dict[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max}
    if function in exact:
        return exact[function](*values)
    if function in ("floor", "ceil", "round") and math.isfinite(values[0]):
        whole = {"floor": math.floor, "ceil": math.ceil, "round": round}[function](values[0])
        return float(whole) or math.copysign(0.0, values[0])  # 1/round(-0.3) is -∞
    if function == "sign":
        return math.copysign(1.0, values[0]) if values[0] else 0.0
    if function == "sqrt":
        return math.sqrt(values[0]) if values[0] >= 0.0 else math.nan
    return float(FUNCTIONS[function].compute(*(np.array([v]) for v in values))[0])  # a last digit may be another


def plain_chain(operators: tuple[str, ...], values: list[float]) -> float:
    if operators[0] in COMPARISONS:
        words = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__", "==": "__eq__", "!=": "__ne__"}
        found = [
            math.nan if math.isnan(a) or math.isnan(b) else float(getattr(a, words[sign])(b))
            for sign, (a, b) in zip(operators, pairwise(values), strict=True)
        ]
        return plain_chain(("and",) * (len(found) - 1), found) if len(found) > 1 else found[0]
    if operators[0] in ("and", "or"):
        decisive = float(operators[0] == "or")
        return decisive if decisive in values else math.nan if any(map(math.isnan, values)) else 1.0 - decisive
    total = values[0]
    for sign, value in zip(operators, values[1:], strict=True):
        total = plain_arithmetic(sign, total, value)
    return total


def plain_arithmetic(sign: str, a: float, b: float) -> float:
    if sign in "/ mod" and (b == 0.0 or not math.isfinite(a) or not math.isfinite(b)):
        return float((np.divide if sign == "/" else np.mod)(a, b))  # where Python has an error in place of a value
    return {"+": float.__add__, "-": float.__sub__, "*": float.__mul__, "/": float.__truediv__, "mod": float.__mod__}[
        sign
    ](float(a), float(b))


def check_tree(tree: Node) -> None:
    """Written and read it is the same tree, and over a column it is the plain function of each point."""
    text = write_rule(tree)
    if len(text) <= MAX_LENGTH:
        assert parse_rule(text) == tree
    points = np.array([(0.0, 0.0), (-1.0, 2.0), (3.5, -0.25), (-5.9, -5.9), (1e-3, 4.0)])
    with np.errstate(all="ignore"):
        expected = [plain(tree, float(x1), float(x2)) for x1, x2 in points]
    np.testing.assert_array_equal(evaluate_rule(tree, points[:, 0], points[:, 1]), expected)


PIECES = [
    *NAMES, *FUNCTIONS, *COMPARISONS, *"+-*/^%(),=&!√²₂π ", "**", "and", "or", "not", "mod", "1", ".5", "1e5", "1e999",
    "é", "0x1", "__import__('os')", "lambda", "\n", "\x00", "𝟙", "x1", "x2", "(", ")", "sin(", "x1 > 0",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=30).map(lambda seed: " ".join(PIECES[byte % len(PIECES)] for byte in seed)),
    st.binary(max_size=30).map(lambda seed: "".join(PIECES[byte % len(PIECES)] for byte in seed)),
    st.binary(min_size=1, max_size=60).map(lambda seed: damaged(write_rule(Seedling(seed[1:]).rule()), seed[0])),
    st.binary(min_size=3, max_size=3).map(lambda seed: PIECES[seed[0] % len(PIECES)] * (seed[1] + 2 * seed[2])),
)


def damaged(text: str, where: int) -> str:
    """The text without one of its characters, or whole."""
    return text[:where] + text[where + 1 :]


def check_text(text: str, task: str) -> None:
    """A data set whose values are finite, or one of the two errors with a sentence; nothing else."""
    few = POINTS[:30]
    try:
        found = label_points(text, task, few, few)
    except (DataError, ExperimentError) as error:
        assert str(error)[-1] in ".?"
        assert "\n" not in str(error)
        assert len(str(error)) < 400
        return
    assert len(found) == 30
    assert found.n_classes in (range(2, 11) if task == CLASSIFICATION else [0])


@given(seeds)
@settings(max_examples=250)
def test_a_tree_is_a_plain_function(seed: bytes) -> None:
    check_tree(Seedling(seed).rule())


@given(texts, st.sampled_from(TASKS))
@settings(max_examples=300)
def test_any_text_gives_points_or_a_sentence(text: str, task: str) -> None:
    check_text(text, task)


@pytest.mark.campaign
@given(st.binary(max_size=200), texts, st.sampled_from(TASKS))
@settings(max_examples=20_000)
def test_the_same_for_very_many(seed: bytes, text: str, task: str) -> None:
    check_tree(Seedling(seed).rule())
    check_text(text, task)
