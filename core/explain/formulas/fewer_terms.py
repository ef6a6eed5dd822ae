"""A formula with fewer terms of its long sums, where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.explain.formulas.formula import Formula, make_formula
from core.network.expression import (
    Case,
    Expression,
    Product,
    Quantity,
    Quotient,
    Series,
    Sum,
    Symbol,
    evaluate,
)

MOST_TERMS = 4
MOST_NUMBERS = 3


def shorter_forms(formula: Formula) -> Iterator[Formula]:
    """The same with at most 4, 3, 2 and 1 terms of each sum, the largest; all others as their count and one number.

    The last form of a sum of few terms alone has each as one number; the weighted sum keeps its inputs and weights.
    """
    fewer = [_with_fewer(formula.expression, most) for most in range(MOST_TERMS, 0, -1)]
    for expression in (*fewer, _with_numbers(formula.expression)):
        if expression != formula.expression:
            case = Case(expression, formula.conditions)
            made = make_formula(formula.name, formula.result, formula.value, case, formula.relation)
            yield replace(made, note=formula.note)


def _with_numbers(expression: Expression) -> Expression:
    match expression:
        case Series(terms=terms, rest=None) if len(terms) <= MOST_NUMBERS:
            return replace(expression, terms=tuple(Quantity(Symbol(""), evaluate(term)) for term in terms))
        case Product(factors):
            return Product(tuple(_with_numbers(factor) for factor in factors))
    return expression


def _with_fewer(expression: Expression, most: int) -> Expression:
    match expression:
        case Series(terms=terms, rest=rest, more=more) if len(terms) > most:
            values = [evaluate(term) for term in terms]
            largest = set(sorted(range(len(terms)), key=lambda k: -abs(values[k]))[:most])
            others = sum(value for k, value in enumerate(values) if k not in largest) + (rest.value if rest else 0.0)
            kept = tuple(term for k, term in enumerate(terms) if k in largest)
            hidden = more + len(terms) - most
            return replace(expression, terms=kept, rest=Quantity(Symbol(""), others), more=hidden)
        case Sum(terms):
            return Sum(tuple(_with_fewer(term, most) for term in terms))
        case Product(factors):
            return Product(tuple(_with_fewer(factor, most) for factor in factors))
        case Quotient(top, bottom):
            return Quotient(_with_fewer(top, most), bottom)
    return expression
