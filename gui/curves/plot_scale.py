"""What the curves show, and where a value of the record stands on the axis."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass

LOG_OF_ZERO = -1000.0
"""Where a loss of 0 is drawn on a logarithmic axis: below every logarithm of a float."""


@dataclass(frozen=True)
class PlotScale:
    """Loss or score, and the kind of axis.

    Attributes:
        shows_score: whether accuracy or R² is shown in place of the loss.
        is_logarithmic: whether the axis of the loss is.
        is_regression: whether the score is R², and no percentage.
    """

    shows_score: bool
    is_logarithmic: bool
    is_regression: bool

    def column(self, name: str) -> str:
        """The column of the record that is shown of the set "train" or "test"."""
        return f"{name}_{'score' if self.shows_score else 'loss'}"

    def heights(self, values: Array) -> Array:
        """Where values of the record stand in the plot."""
        if self.shows_score:
            values = values if self.is_regression else 100.0 * values
        elif self.is_logarithmic:
            with np.errstate(divide="ignore"):
                values = np.maximum(np.log10(values), LOG_OF_ZERO)
        return values

    def bounding(self, heights: Array) -> Array:
        """Those heights that stretch the axis: finite ones, without a loss of 0 on a logarithmic one."""
        heights = heights[np.isfinite(heights)]
        return heights[heights > LOG_OF_ZERO] if self.is_logarithmic and not self.shows_score else heights
