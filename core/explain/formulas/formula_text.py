"""How formulas are written: as plain text with Unicode's small figures, or as HTML with ``sub`` and ``sup``."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.base.translation import _
from core.base.typeset import SUBSCRIPTS, SUPERSCRIPTS, escaped
from core.base.values import dataclass
from core.network.expression import (
    Call,
    Constant,
    Expression,
    Name,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Series,
    Sum,
    Symbol,
    rounded,
)

MINUS = "−"


@dataclass(frozen=True)
class Below:
    """A subscript."""

    parts: Markup


@dataclass(frozen=True)
class Above:
    """A superscript."""

    parts: Markup


Markup = tuple["str | Below | Above", ...]


def to_text(markup: Markup) -> str:
    """As plain text; what has no small figures is written as in e^(−2.5)."""
    return "".join(part if isinstance(part, str) else _small(part) for part in markup)


def to_html(markup: Markup) -> str:
    """As HTML."""
    texts = []
    for part in markup:
        if isinstance(part, str):
            texts.append(escaped(part))
        else:
            tag = "sub" if isinstance(part, Below) else "sup"
            texts.append(f"<{tag}>{to_html(part.parts)}</{tag}>")
    return "".join(texts)


def _small(part: Below | Above) -> str:
    text, figures = to_text(part.parts), SUBSCRIPTS if isinstance(part, Below) else SUPERSCRIPTS
    if all(letter in figures or (letter == "," and isinstance(part, Below)) for letter in text):
        return "".join(figures.get(letter, letter) for letter in text)
    sign = "_" if isinstance(part, Below) else "^"
    return f"{sign}{text}" if text.isalnum() else f"{sign}({text})"


# ---------------------------------------------------------------- numbers


def write_number(value: float, digits: int | None) -> Markup:
    """A number to so many significant digits; zeros at its end stand where it is rounded, and not where it is exact."""
    if not math.isfinite(value):
        return ("NaN",) if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞",)
    if value == 0.0:
        return ("0",)
    digits = digits or 17
    shown = rounded(value, digits)
    if shown == value:
        text = repr(shown)
        mantissa, _, exponent = text.partition("e")
        if not exponent and not 1e-4 <= abs(shown) < 1e6:
            mantissa, _, exponent = f"{shown:.{digits - 1}e}".partition("e")
            mantissa = mantissa.rstrip("0") if "." in mantissa else mantissa
        return _written(mantissa.removesuffix(".0").removesuffix("."), exponent)
    mantissa, _, exponent = f"{shown:.{digits - 1}e}".partition("e")
    place = int(exponent)
    if -4 <= place < digits:
        return _written(f"{shown:.{digits - 1 - place}f}", "")
    return _written(mantissa, exponent)


def write_rounded(value: float, place: int) -> Markup:
    """A number to the decimal place 10^place, with all its digits."""
    size = math.floor(math.log10(abs(value))) if value else place
    digits = size - place + 1
    if size >= -4 and (place <= 0 or digits < 1):
        return _written(f"{value:.{max(-place, 0)}f}", "")
    mantissa, _, exponent = f"{value:.{max(digits - 1, 0)}e}".partition("e")
    return _written(mantissa, exponent)


def _written(mantissa: str, exponent: str) -> Markup:
    text = f"{mantissa}e{int(exponent)}" if exponent else mantissa  # as everywhere in the window
    return (text.replace("-", MINUS),)


def write_symbol(symbol: Symbol) -> Markup:
    """A symbol with its indices."""
    below = (Below((symbol.sub,)),) if symbol.sub else ()
    above = (Above((symbol.sup,)),) if symbol.sup else ()
    return (symbol.base, *below, *above, symbol.end) if symbol.end else (symbol.base, *below, *above)


# ---------------------------------------------------------------- expressions

_SUM, _QUOTIENT, _PRODUCT, _FACTOR, _ATOM = range(5)  # how tightly an expression binds


def write_expression(expression: Expression, numbers: bool) -> Markup:
    """An expression with its numbers or with its symbols."""
    return _write(expression, numbers)[0]


def _write(expression: Expression, numbers: bool) -> tuple[Markup, int]:
    """The markup, and how tightly it binds."""
    match expression:
        case Constant(_, text):
            return (text,), _ATOM
        case Name(symbol):
            return write_symbol(symbol), _ATOM
        case Quantity(symbol, value, digits):
            if not numbers:
                return write_symbol(symbol), _ATOM
            markup = write_number(value, digits)
            return markup, _binding(markup)
        case Sum(terms):
            first = _inside(terms[0], numbers, _SUM)  # (a + b) + c is a + b + c
            return _write_sum([first, *(_inside(term, numbers, _QUOTIENT) for term in terms[1:])]), _SUM
        case Series():
            return _write_series(expression, numbers)
        case Product(factors):
            return _write_product(factors, numbers), _PRODUCT
        case Quotient(top, bottom):
            above, below = _inside(top, numbers, _PRODUCT), _factor(bottom, numbers, _FACTOR)
            return (*above, " / ", *below), _QUOTIENT
        case Power(base, exponent):
            return _write_power(base, exponent, numbers), _FACTOR
        case Negative(argument):
            return (MINUS, *_factor(argument, numbers, _QUOTIENT)), min(_write(argument, numbers)[1], _PRODUCT)
        case Call(function, arguments):
            return _write_call(function, arguments, numbers)


def _inside(expression: Expression, numbers: bool, least: int) -> Markup:
    """An expression, in parentheses where it binds less than ``least``."""
    markup, binding = _write(expression, numbers)
    return markup if binding >= least else ("(", *markup, ")")


def _factor(expression: Expression, numbers: bool, least: int) -> Markup:
    """As ``_inside``, and in parentheses as well where it begins with a minus sign."""
    markup = _inside(expression, numbers, least)
    return ("(", *markup, ")") if _is_negative(markup) else markup


def _is_negative(markup: Markup) -> bool:
    return isinstance(markup[0], str) and markup[0].startswith(MINUS)


def _write_sum(terms: Sequence[Markup]) -> Markup:
    """A minus sign at a term's beginning belongs to all of the term, so it can take the place of the plus."""
    parts: list[str | Below | Above] = list(terms[0])
    for term in terms[1:]:
        if _is_negative(term):
            parts += [f" {MINUS} ", *_without_minus(term)]
        else:
            parts += [" + ", *term]
    return tuple(part for part in parts if part)


def _write_product(factors: tuple[Expression, ...], numbers: bool) -> Markup:
    parts: list[str | Below | Above] = []
    for place, factor in enumerate(factors):
        markup = _inside(factor, numbers, _PRODUCT) if place == 0 else _factor(factor, numbers, _PRODUCT)
        parts += ["·", *markup] if place else markup
    return tuple(parts)


def _binding(number: Markup) -> int:
    """How tightly a number binds: (1e−7)² and (−1)², but 2².

    A positive one with a power of ten is a factor that needs no parentheses in a product.
    """
    if _is_negative(number):
        return _PRODUCT
    return _FACTOR if isinstance(number[0], str) and "e" in number[0] else _ATOM


def _write_power(base: Expression, exponent: Expression, numbers: bool) -> Markup:
    below, above = _factor(base, numbers, _ATOM), write_expression(exponent, numbers)
    if isinstance(below[-1], Above):  # (a₁⁽²⁾)², not a₁⁽²⁾²
        below = ("(", *below, ")")
    if isinstance(exponent, Negative):  # −(−2.5) is 2.5
        argument, binding = _write(exponent.argument, numbers)
        if binding >= _PRODUCT and _is_negative(argument):
            above = _without_minus(argument)
    return (*below, Above(above))


def _without_minus(markup: Markup) -> Markup:
    assert isinstance(markup[0], str)
    return tuple(part for part in (markup[0].removeprefix(MINUS), *markup[1:]) if part)


def _write_series(sum_: Series, numbers: bool) -> tuple[Markup, int]:
    if not numbers:
        sign = ("Σ", Below((sum_.index,))) if sum_.index else ("Σ",)
        return (*sign, " ", *_inside(sum_.general, numbers, _PRODUCT)), _PRODUCT
    terms = [_inside(term, numbers, _QUOTIENT) for term in sum_.terms]
    if sum_.rest is not None:
        count = _("{count} more").format(count=sum_.more)
        terms.append((f"[… {count}: ", *write_expression(sum_.rest, numbers), "]"))
    if not terms:
        return ("0",), _ATOM
    if len(terms) == 1:
        return _write(sum_.terms[0], numbers)
    return _write_sum(terms), _SUM


_NAMES = {"sigmoid": "σ"}
_BRACKETS = {"abs": ("|", "|"), "floor": ("⌊", "⌋")}


def _write_call(function: str, arguments: tuple[Expression, ...], numbers: bool) -> tuple[Markup, int]:
    if function in _BRACKETS:
        left, right = _BRACKETS[function]
        return (left, *write_expression(arguments[0], numbers), right), _ATOM
    if function == "sqrt":
        return ("√", *_factor(arguments[0], numbers, _ATOM)), _FACTOR
    if function == "ln1p":
        return ("ln(", *_write_sum([("1",), _inside(arguments[0], numbers, _QUOTIENT)]), ")"), _ATOM
    if function == "expm1":
        return ("e", Above(write_expression(arguments[0], numbers)), f" {MINUS} 1"), _SUM
    inside: list[str | Below | Above] = []
    for place, argument in enumerate(arguments):
        inside += [", "] * (place > 0) + list(write_expression(argument, numbers))
    return (_NAMES.get(function, function) + "(", *inside, ")"), _ATOM
