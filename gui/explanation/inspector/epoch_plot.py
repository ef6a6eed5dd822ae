"""Curves over the epochs: of a weight, or of the gradient's norm in each layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from gui.curves.epoch_axis import EpochAxis
from gui.curves.epoch_ticks import EpochTicks
from gui.widgets.elided import Fitting
from gui.widgets.forms import bare
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plots import (
    AXIS_WIDTH,
    Curve,
    Plot,
    ShownRanges,
    curve_pen,
    is_restless,
    steady_range,
    style_plot,
)
from gui.widgets.theme import Theme

FEW = 40
"""A curve of at most this number of points has a dot at each."""

ROOM_FOR_LABELS = 140
LEAST_WIDTH, LINES = 112, 4.4
"""Pixels, and lines of text."""
LARGEST_SHOWN = 1e100


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """A curve; ``epochs`` and ``values`` of shape (points,)."""

    color: QColor
    epochs: Array
    values: Array


class EpochPlot(Fitting, QWidget):
    """Curves over the epochs; the axes follow the data in steps.

    Args:
        label: of the vertical axis.
        logarithmic: whether that axis is; what is not above 0 has no place on it.
        name: the accessible name.
    """

    def __init__(self, label: str, logarithmic: bool, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._label, self._logarithmic = label, logarithmic
        self._theme: Theme | None = None
        self._curves: list[Curve] = []
        self._dots, self._marks = MarkLayer(kept=False), list[PointMark]()
        self._plot: Plot | None = None
        self._ranges: ShownRanges  # made with the plot
        self._epochs, self._lines = EpochAxis(self), list[EpochCurve]()
        self._ticks = EpochTicks()
        self._place = bare(QVBoxLayout(self))
        self._fit()

    @property
    def plot(self) -> Plot:
        """The plot; made when it is first needed, since that takes as long as making a panel."""
        if self._plot is None:
            self._plot = plot = Plot(self.accessibleName(), self._logarithmic, self._ticks)
            self._ranges = ShownRanges(plot)
            plot.box.setMouseEnabled(False, False)
            plot.axes["bottom"].setLabel(_("epoch"))
            plot.axes["left"].setLabel(self._label)
            plot.axes["left"].setWidth(AXIS_WIDTH)
            plot.show_grid()
            plot.box.disableAutoRange()
            plot.box.addItem(self._dots)
            self._place.addWidget(plot)
            if self._theme is not None:
                self.set_theme(self._theme)
        return self._plot

    def follow(self, epochs: EpochAxis) -> None:
        """Draw on this scale of the epochs, which other views share."""
        self._epochs = epochs
        epochs.changed.connect(lambda: self.show_lines(self._lines) if self._lines else None)

    def _fit(self) -> None:
        """Ask for room for some numbers at each axis, whose type is that of the window; name the axes in more room."""
        least = round(LINES * self.fontMetrics().height())
        if self.minimumHeight() != least:
            self.setMinimumSize(LEAST_WIDTH, least)
        self._show_labels()

    def _show_labels(self) -> None:
        """Hide the names of the axes if there is little room."""
        if self._plot is not None:
            for axis in self._plot.axes.values():
                axis.showLabel(self.height() >= ROOM_FOR_LABELS)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self._plot is not None:
            style_plot(self._plot, theme, "card")
            self._show_labels()

    def curves(self) -> list[tuple[Array, Array]]:
        """The drawn points: places of epochs, and values or their logarithms to base 10."""
        return [curve.points for curve in self._curves]

    def show_lines(self, lines: Sequence[EpochCurve]) -> None:
        """Draw other curves."""
        self._lines, scale, plot = list(lines), self._epochs.scale, self.plot
        self._ticks.set_scale(scale)
        while len(self._curves) < len(lines):
            self._curves.append(Curve())
            plot.box.addItem(self._curves[-1])
        heights = [self._heights(line.values) for line in lines]
        none = np.zeros(0)
        for k, curve in enumerate(self._curves):
            if k < len(lines):
                width = 1 if is_restless(heights[k]) else 2
                curve.set_pen(curve_pen(lines[k].color, width))
                curve.set_points(scale.places(lines[k].epochs), heights[k])
            else:
                curve.clear()
        self._mark(lines, heights)
        everything = np.concatenate([none, *heights])
        finite = everything[np.isfinite(everything)]
        last = max((float(line.epochs[-1]) for line in lines if len(line.epochs)), default=0.0)
        end = scale.place(steady_range(0.0, last or 1.0)[1])
        self._ranges.show(0, (-0.02 * end, end))
        if len(finite):
            self._ranges.show(1, steady_range(float(finite.min()), float(finite.max())))

    def _heights(self, values: Array) -> Array:
        with np.errstate(all="ignore"):
            heights = np.log10(values) if self._logarithmic else np.clip(values, -LARGEST_SHOWN, LARGEST_SHOWN)
        return np.where(np.isfinite(heights), heights, np.nan)

    def _mark(self, lines: Sequence[EpochCurve], heights: Sequence[Array]) -> None:
        """Draw dots at all points of a short curve, and at the last point of a long one."""
        points, kinds = [np.empty((0, 2))], [np.empty(0, dtype=np.int64)]
        for k, (line, height) in enumerate(zip(lines, heights, strict=True)):
            shown = slice(None) if len(height) <= FEW else slice(-1, None)
            pairs = np.column_stack([self._epochs.scale.places(line.epochs[shown]), height[shown]])
            pairs = pairs[np.isfinite(pairs[:, 1])]
            points.append(pairs)
            kinds.append(np.full(len(pairs), k, dtype=np.int64))
        marks = [PointMark(size=6.0, fill=line.color) for line in lines]
        if marks != self._marks:
            self._marks = marks
            self._dots.set_marks(marks)
        self._dots.set_points(np.concatenate(points), np.concatenate(kinds))
