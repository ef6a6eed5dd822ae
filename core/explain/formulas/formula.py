"""A formula with its numbers, rounded so that what is shown is true of what is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Context, Decimal

from core.base.translation import _
from core.base.values import dataclass
from core.explain.formulas.formula_text import Markup, write_expression, write_number, write_rounded, write_symbol
from core.explain.formulas.shown_digits import quantities, with_digits
from core.network.expression import Case, Condition, Expression, Line, Quantity, Symbol, evaluate

DIGITS = 4
ALL_DIGITS = 17
SMALLEST_PLACE = -323
SLACK = 1.0 + 1e-9  # for the rounding of the last bits in a comparison with half a unit

_EXACT = Context(prec=700)  # room for any float64 to any place


@dataclass(frozen=True)
class Formula:
    """One step of a chain: result = expression.

    Attributes:
        name: what it computes, in words.
        result: its symbol.
        value: its value as the run has it; not computed from the expression.
        expression: the right-hand side, each number with the digits that are shown.
        conditions: what the expression depends on, where the formula has cases.
        place: the result is shown to the decimal place 10^place; None where it is no finite number.
        relation: "=", or "←" where the result takes the place of the old value.
        note: why the formula is another one than usual; empty for no reason.

    The right-hand side, computed from the numbers as they are shown, lies within ``tolerance`` of ``shown``, and the
    conditions hold for the numbers as they are shown.
    """

    name: str
    result: Symbol
    value: float
    expression: Expression
    conditions: tuple[Condition, ...]
    place: int | None
    relation: str = "="
    note: str = ""

    @property
    def shown(self) -> float:
        """The result as it is shown."""
        return self.value if self.place is None else _at_place(self.value, self.place)

    @property
    def tolerance(self) -> float:
        """Half a unit of the last place that is shown."""
        return 0.0 if self.place is None else 0.5 * 10.0**self.place

    def left(self) -> Markup:
        """The result's symbol with the relation."""
        return (*write_symbol(self.result), f" {self.relation} ")

    def symbols(self) -> Markup:
        """The right-hand side in symbols."""
        return write_expression(self.expression, numbers=False)

    def numbers(self) -> Markup:
        """The right-hand side with its numbers."""
        return write_expression(self.expression, numbers=True)

    def result_markup(self) -> Markup:
        """The result with its digits; where it is 0 to within rounding alone, with the interval."""
        if self.place is None or (self.value == self.shown and abs(self.value) < 10.0**15):
            return write_number(self.value, ALL_DIGITS if self.place is None else _exact_digits(self.value))
        if self.shown == 0.0:
            return ("0 ± ", *write_number(self.tolerance, 1))
        return write_rounded(self.shown, self.place)

    def reason(self, numbers: bool) -> Markup:
        """The conditions, with a comma between two; empty where there are none."""
        parts = [_write_condition(condition, numbers) for condition in self.conditions]
        return tuple(piece for k, part in enumerate(parts) for piece in ((", ", *part) if k else part))

    def markup(self) -> Markup:
        """The whole line: symbols = numbers = result, with the reason where there are cases."""
        symbols, numbers, result = self.symbols(), self.numbers(), self.result_markup()
        line = (*self.left(), *symbols)
        if numbers != symbols:
            line = (*line, " = ", *numbers)
        if result != numbers:
            line = (*line, " = ", *result)
        if self.note:
            line = (*line, _("   since {note}").format(note=self.note))
        if not self.conditions:
            return line
        general, special = self.reason(False), self.reason(True)
        return (*line, _("   since "), *general, *(() if general == special else (": ", *special)))


def _write_condition(condition: Condition, numbers: bool) -> Markup:
    """Such as z > 0."""
    return (
        *write_expression(condition.left, numbers),
        f" {condition.comparison} ",
        *write_expression(condition.right, numbers),
    )


def formula_of(line: Line, digits: int = DIGITS) -> Formula:
    """The formula of a line, its numbers with at least so many significant digits, see :func:`make_formula`."""
    return make_formula(line.name, line.result, line.value, line.case, line.relation, digits)


def make_formula(
    name: str, result: Symbol, value: float, case: Case | Expression, relation: str = "=", digits: int = DIGITS
) -> Formula:
    """A formula with as many digits as it takes.

    All numbers begin with ``digits`` significant digits, and get more until the right-hand side gives the result to
    ``digits`` or one fewer. Then each goes back to the fewest that will do. Where even all digits do not give the
    result so well, because nearly equal numbers cancel out, the result is shown to the place to which they do.
    """
    case = case if isinstance(case, Case) else Case(case)
    value = float(value)
    if not (math.isfinite(value) and math.isfinite(evaluate(case.expression))):
        return Formula(name, result, value, case.expression, case.conditions, None, relation)
    search = _Search(value, case, digits)
    found = search.find()
    expression, conditions = search.with_digits(found)
    return Formula(name, result, value, expression, conditions, search.place, relation)


class _Search:
    """Looks for the fewest digits that will do.

    Attributes:
        place: the result's last decimal place, which ``find`` sets.
    """

    def __init__(self, value: float, case: Case, digits: int) -> None:
        self._value, self._case, self._digits = value, case, digits
        sides = [side for condition in case.conditions for side in (condition.left, condition.right)]
        self._quantities = list(dict.fromkeys(q for side in (case.expression, *sides) for q in quantities(side)))
        self.place = 0

    def find(self) -> dict[Quantity, int]:
        size = math.floor(math.log10(abs(self._value))) if self._value else None
        for digits in range(min(self._digits, DIGITS), ALL_DIGITS + 1):
            chosen = dict.fromkeys(self._quantities, digits)
            if size is not None:
                for fewer in (0, 1):
                    self.place = size - self._digits + 1 + fewer
                    if self._will_do(chosen):
                        return self._trim(chosen)
            elif self._error(chosen) == 0.0 and self._conditions_hold(chosen):
                return self._trim(chosen)
        chosen = dict.fromkeys(self._quantities, ALL_DIGITS)
        self.place = SMALLEST_PLACE if size is None else size - self._digits + 1
        error = self._error(chosen)
        if error > 0.0:
            self.place = max(self.place, math.floor(math.log10(error)) - 1)
        while not self._will_do(chosen):
            self.place += 1
        return self._trim(chosen)

    def with_digits(self, chosen: Mapping[Quantity, int]) -> tuple[Expression, tuple[Condition, ...]]:
        conditions = (
            replace(c, left=with_digits(c.left, chosen), right=with_digits(c.right, chosen))
            for c in self._case.conditions
        )
        return with_digits(self._case.expression, chosen), tuple(conditions)

    def _trim(self, chosen: dict[Quantity, int]) -> dict[Quantity, int]:
        for quantity in self._quantities:
            for fewer in range(min(DIGITS, chosen[quantity]), chosen[quantity]):
                trial = {**chosen, quantity: fewer}
                if self._will_do(trial):
                    chosen = trial
                    break
        return chosen

    def _will_do(self, chosen: Mapping[Quantity, int]) -> bool:
        return self._error(chosen) <= 0.5 * 10.0**self.place * SLACK and self._conditions_hold(chosen)

    def _error(self, chosen: Mapping[Quantity, int]) -> float:
        found = evaluate(with_digits(self._case.expression, chosen), shown=True)
        return abs(found - (_at_place(self._value, self.place) if self._value else 0.0))

    def _conditions_hold(self, chosen: Mapping[Quantity, int]) -> bool:
        return all(condition.holds(shown=True) for condition in self.with_digits(chosen)[1])


def _at_place(value: float, place: int) -> float:
    """The value rounded to a multiple of 10^place."""
    return float(Decimal(value).quantize(Decimal(1).scaleb(place), context=_EXACT))


def _exact_digits(value: float) -> int:
    return max(len(repr(abs(value)).partition("e")[0].replace(".", "").strip("0")), 1)
