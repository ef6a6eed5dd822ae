"""How many digits are shown of each number in an expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.network.expression import (
    Call,
    Expression,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Series,
    Sum,
)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Sum(terms):
            return terms
        case Series(terms=terms, rest=rest):
            return (*terms, rest) if rest else terms
        case Product(factors):
            return factors
        case Quotient(top, bottom):
            return top, bottom
        case Power(base, exponent):
            return base, exponent
        case Negative(argument):
            return (argument,)
        case Call(_, arguments):
            return arguments
    return ()


def quantities(expression: Expression) -> Iterator[Quantity]:
    """Every number that an expression takes from elsewhere, from left to right, once for each place."""
    if isinstance(expression, Quantity):
        yield expression
    for part in _parts(expression):
        yield from quantities(part)


def with_digits(expression: Expression, digits: Mapping[Quantity, int]) -> Expression:
    """The same expression, with so many digits shown of each quantity."""

    def many(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
        return tuple(with_digits(part, digits) for part in parts)

    match expression:
        case Quantity():
            return replace(expression, digits=digits[expression])
        case Sum(terms):
            return Sum(many(terms))
        case Series(terms=terms, rest=rest):
            return replace(expression, terms=many(terms), rest=replace(rest, digits=digits[rest]) if rest else None)
        case Product(factors):
            return Product(many(factors))
        case Quotient(top, bottom):
            return Quotient(*many((top, bottom)))
        case Power(base, exponent):
            return Power(*many((base, exponent)))
        case Negative(argument):
            return Negative(with_digits(argument, digits))
        case Call(function, arguments):
            return Call(function, many(arguments))
    return expression
