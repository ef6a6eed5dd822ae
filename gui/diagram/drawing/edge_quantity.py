"""What the edges' colour and width can show, and in which colours."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PyQt5.QtGui import QColor

from core.base.arrays import Array, Rows
from core.base.number_text import short
from core.base.translation import _
from core.base.values import dataclass
from core.explain.snapshot import Snapshot
from gui.widgets.images import Words, color_words
from gui.widgets.theme import Theme, color_of

STEPS = 12
"""Steps of colour on either side of zero; all lines of one step are drawn in one call."""


NO_UPDATE = _("no update yet")
"""In place of the numbers that the last update makes, before there was one."""

NEGLIGIBLE = 1e-12
"""The share of what counts below which a quantity is practically 0.

A weight counts beside 1, the size of scaled inputs; gradients and changes count beside the largest weight.
Less of it changes what the network answers in no digit that is shown, while real gradients that vanish stay above it.
"""


@dataclass(frozen=True)
class EdgeQuantity:
    """A number for each weight and bias, which the edges can show.

    Attributes:
        label: its name in the window. title: its name above the colour bar.
        attribute: the flat vector of the snapshot that holds it; empty for a quantity of a walk.
        signed: whether the colours tell positive from negative.
        named: its name beside a single number; empty for the label.
    """

    label: str
    attribute: str
    signed: bool
    title: str
    named: str = ""

    @property
    def is_of_update(self) -> bool:
        """Whether the last update made it."""
        return self.attribute in ("gradient", "last_change")

    def is_awaited(self, snapshot: Snapshot) -> bool:
        """Whether the last update made it, and there was none yet."""
        return self.is_of_update and not snapshot.has_update

    def told(self, snapshot: Snapshot, index: int) -> str:
        """Its name and its value for a parameter, by the place in the flat vector."""
        name = self.named or self.label
        if self.is_awaited(snapshot):
            return f"{name}: {NO_UPDATE}"
        return f"{name} = {short(float(self.values(snapshot)[index]))}"

    def values(self, snapshot: Snapshot) -> Array:
        """The quantity in a snapshot, as a flat vector."""
        values: Array = getattr(snapshot, self.attribute)
        return values

    def least(self, snapshot: Snapshot) -> float:
        """The magnitude below which the quantity is practically 0, see :data:`NEGLIGIBLE`."""
        if self.attribute == "parameters":
            return NEGLIGIBLE
        largest = float(np.abs(snapshot.parameters).max())
        return NEGLIGIBLE * largest if math.isfinite(largest) else 0.0

    def colors(self, theme: Theme) -> Words:
        """Colours for −1 to 1, 256 words (0xFFRRGGBB); both halves are the same if only the magnitude is shown."""
        return theme.signed_table() if self.signed else _magnitude_table(theme)

    def color(self, theme: Theme, share: float) -> QColor:
        """The colour of a share of the scale, −1 to 1."""
        return color_of(self.colors(theme), share)

    def steps(self, theme: Theme) -> tuple[QColor, ...]:
        """The colours of the shares −1, −1 + 1/STEPS, … 1."""
        return _steps(self, theme)


def steps_of(shares: Array) -> Rows:
    """The steps of colour, −STEPS to STEPS, of shares of the scale; NaN is step 0."""
    steps: Array = np.rint(shares.clip(-1.0, 1.0) * STEPS)
    steps[np.isnan(steps)] = 0.0
    return steps.astype(np.int64)


QUANTITIES = (
    EdgeQuantity(_("weight"), "parameters", True, _("weight")),
    EdgeQuantity(_("weight, magnitude only"), "parameters", False, _("|weight|")),
    EdgeQuantity(_("gradient"), "gradient", True, _("gradient ∂L/∂w of the last batch"), _("gradient, last batch")),
    EdgeQuantity(_("last change"), "last_change", True, _("last change of the weight")),
)


@lru_cache
def _magnitude_table(theme: Theme) -> Words:
    share = np.abs(np.linspace(-1.0, 1.0, 256))[:, None]
    low, high = np.array(theme.neutral, dtype=float), np.array(theme.text, dtype=float)
    return color_words(np.round(low + share * (high - low)))


@lru_cache
def _steps(quantity: EdgeQuantity, theme: Theme) -> tuple[QColor, ...]:
    return tuple(quantity.color(theme, step / STEPS) for step in range(-STEPS, STEPS + 1))
