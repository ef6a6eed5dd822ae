"""A row of the chain rule as a table; :mod:`core.explain.chain` makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.base.translation import _
from core.base.values import dataclass
from core.network.expression import Quantity

if TYPE_CHECKING:
    from core.explain.formulas.formula import Formula
    from core.explain.formulas.formula_text import Markup

SAMPLE, BATCH = "sample", "batch"


@dataclass(frozen=True, eq=False)
class Row:
    """One line of the table.

    Attributes:
        symbol: as markup. words: what it is. value: a number.
        kind: the phase in which it comes about, see :mod:`core.explain.walk`.
        scope: SAMPLE for what one sample contributes, BATCH for what the update makes of it.
        formula: where the value comes from; None for a given number.
        is_detail: left out of the table, and told on copying.
        is_rule: a step of the optimizer's rule between the gradient and the new value, the same for every sample.
    """

    symbol: Markup
    words: str
    value: float
    kind: str
    scope: str = SAMPLE
    formula: Formula | None = None
    is_detail: bool = False
    is_rule: bool = False

    @property
    def is_repeated(self) -> bool:
        """Whether the value is that of another row by another name, such as g of ∂L/∂w where there is no penalty."""
        return self.formula is not None and isinstance(self.formula.expression, Quantity) and not self.formula.note


def sign_word(value: float) -> str:
    """Positive, negative or zero."""
    return _("zero") if value == 0 else _("positive") if value > 0 else _("negative")
