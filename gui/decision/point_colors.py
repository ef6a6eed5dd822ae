"""Which colour a point has: that of its class, or for regression that of its target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QColor

from core.data.dataset import Dataset
from gui.widgets.mark_layer import PointMark
from gui.widgets.theme import Theme

TARGET_SHADES = 33


@dataclass(frozen=True, eq=False)
class PointKinds:
    """The kinds of a data set's points.

    Attributes:
        rows: shape (n,), the kind of each row.
        count: how many kinds there are.
        scale: for regression, the ends of the targets' colour scale; None for classes.
    """

    rows: NDArray[np.int64]
    count: int
    scale: tuple[float, float] | None = None

    def of(self, value: float) -> int:
        """The kind of a class by its index, or of a target."""
        if self.scale is None:
            return int(value)
        low, high = self.scale
        return round(min(1.0, max(0.0, (value - low) / (high - low))) * (self.count - 1))

    def marks(self, theme: Theme, size: float) -> list[PointMark]:
        """The mark of each kind, a circle of so many pixels."""
        edge = theme.color("base")
        return [PointMark(size, fill=color, edge=edge, edge_width=0.1 * size) for color in self.colors(theme)]

    def colors(self, theme: Theme) -> list[QColor]:
        """The colour of each kind."""
        if self.scale is None:
            return [QColor(*theme.class_rgb(k)) for k in range(self.count)]
        return [theme.signed_color(share) for share in np.linspace(-1.0, 1.0, self.count)]


def point_kinds(dataset: Dataset, scale: tuple[float, float] | None = None) -> PointKinds:
    """The classes, or TARGET_SHADES steps of the target, on a scale of its own unless one is given."""
    if dataset.targets is None:
        return PointKinds(dataset.labels, dataset.n_classes)
    low, high = scale or target_scale(dataset.targets)
    shares = np.clip((dataset.targets - low) / (high - low), 0.0, 1.0)
    return PointKinds(np.rint(shares * (TARGET_SHADES - 1)).astype(np.int64), TARGET_SHADES, (low, high))


def target_scale(targets: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the targets' colours: as far below 0 as above if there are targets on both sides of it."""
    if len(targets) == 0:
        return -1.0, 1.0
    low, high = float(targets.min()), float(targets.max())
    if low < 0.0 < high:
        high = max(-low, high)
        low = -high
    return (low, high) if high > low else (low - 1.0, low + 1.0)
