"""What the edges' colour and width can show, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QColor

from gui.theme import Theme


@dataclass(frozen=True)
class Quantity:
    """A number of each weight and bias; ``attribute`` names a flat vector of the snapshot."""

    label: str
    attribute: str
    signed: bool
    title: str

    def colors(self, theme: Theme) -> NDArray[np.uint8]:
        """Colours for −1…1, shape (256, 3); without a sign both halves are alike."""
        return theme.signed_table() if self.signed else _magnitude_table(theme)

    def color(self, theme: Theme, share: float) -> QColor:
        """The colour of a share of the scale, −1…1."""
        table = self.colors(theme)
        place = round((min(1.0, max(-1.0, share)) + 1.0) / 2.0 * (len(table) - 1))
        red, green, blue = (int(channel) for channel in table[place])
        return QColor(red, green, blue)


QUANTITIES = (
    Quantity("weight", "parameters", True, "weight"),
    Quantity("weight, magnitude only", "parameters", False, "|weight|"),
    Quantity("gradient", "gradient", True, "gradient ∂L/∂w of the last batch"),
    Quantity("last change", "last_change", True, "last change of the weight"),
)


@lru_cache
def _magnitude_table(theme: Theme) -> NDArray[np.uint8]:
    share = np.abs(np.linspace(-1.0, 1.0, 256))[:, None]
    low, high = np.array(theme.neutral, dtype=float), np.array(theme.text, dtype=float)
    table = np.round(low + share * (high - low)).astype(np.uint8)
    table.flags.writeable = False
    return table
