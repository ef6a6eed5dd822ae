"""The colour of each point: that of its class, or for regression that of its target."""

from __future__ import annotations

import numpy as np
from PyQt5.QtGui import QColor

from core.base.arrays import Rows
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.explain.maps import target_scale
from gui.widgets.mark_layer import PointMark, point_mark
from gui.widgets.theme import Theme

TARGET_SHADES = 33


@dataclass(frozen=True, eq=False)
class PointColors:
    """The colours of a data set's points, numbered from 0.

    Attributes:
        of_rows: shape (n,), the number of each row's colour.
        count: the number of colours.
        scale: for regression, the ends of the targets' colour scale; None for classes.
    """

    of_rows: Rows
    count: int
    scale: tuple[float, float] | None = None

    def of_value(self, value: float) -> int:
        """The number of the colour of a class index, or of a target."""
        if self.scale is None:
            return int(value)
        low, high = self.scale
        return round(min(1.0, max(0.0, (value - low) / (high - low))) * (self.count - 1))

    def marks(self, theme: Theme, size: float) -> list[PointMark]:
        """A mark in each colour, a circle with a diameter of ``size`` pixels."""
        return [point_mark(color, self.glyph(k, theme), size, theme) for k, color in enumerate(self.shades(theme))]

    def glyph(self, number: int, theme: Theme) -> str:
        """What stands inside the points of a colour; nothing for targets."""
        return theme.class_glyph(number if self.scale is None else 0)

    def shades(self, theme: Theme) -> list[QColor]:
        """All colours."""
        if self.scale is None:
            return [QColor(*theme.class_rgb(k)) for k in range(self.count)]
        return [theme.signed_color(share) for share in np.linspace(-1.0, 1.0, self.count)]


def point_colors(dataset: Dataset, scale: tuple[float, float] | None = None) -> PointColors:
    """A colour for each class, or TARGET_SHADES colours for the targets, on their own scale unless one is given."""
    if dataset.targets is None:
        return PointColors(dataset.labels, dataset.n_classes)
    low, high = scale or target_scale(dataset.targets)
    shares = np.clip((dataset.targets - low) / (high - low), 0.0, 1.0)
    return PointColors(np.rint(shares * (TARGET_SHADES - 1)).astype(np.int64), TARGET_SHADES, (low, high))
