"""The horizontal axis of a plot over the epochs."""

from __future__ import annotations

import math

from gui.curves.epoch_axis import EpochScale, epoch_text
from gui.widgets.plots import PlainAxis

APART = 46.0
"""The least distance of two numbers, in pixels."""
NARROW = 4.0
"""Where the last visible epoch is at most so many times the first, the numbers are those of a linear axis."""


class EpochTicks(PlainAxis):
    """Numbers of epochs at the places that a scale gives them."""

    epochs = EpochScale()
    _last = math.inf

    def __init__(self) -> None:
        super().__init__("bottom")

    def set_scale(self, scale: EpochScale) -> None:
        """Number the epochs of another scale."""
        if scale != self.epochs:
            self.epochs = scale
            self._choose_offset()
            self._updateLabel()
            self.picture = None
            self.update()

    @property
    def is_logarithmic(self) -> bool:
        return not self.epochs.is_linear

    def end_at(self, epoch: float) -> None:
        """Number no epochs behind this one, where the plot has room for names."""
        if epoch != self._last:
            self._last = epoch
            self.picture = None
            self.update()

    def number_range(self) -> tuple[float, float]:
        low, high = super().number_range()
        return self.epochs.epoch(low), min(self.epochs.epoch(high), self._last)

    def _is_even(self) -> bool:
        low, high = self.number_range()
        return self.epochs.is_linear or 0.0 < high <= NARROW * low

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        scale = self.epochs
        size *= (min(high, scale.place(self._last)) - low) / (high - low)
        high = min(high, scale.place(self._last))
        if self._is_even():
            levels = super().tickValues(scale.epoch(low), scale.epoch(high), size)
            return [(spacing, [scale.place(number) for number in numbers]) for spacing, numbers in levels]
        numbers = scale.round_epochs(low, high, APART * (high - low) / max(size, 1.0))
        return [(1.0, [scale.place(number) for number in numbers])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        numbers = [self.epochs.epoch(value) for value in values]
        if self._is_even():
            return super().tickStrings(numbers, scale, spacing)
        return [epoch_text(float(f"{number:.6g}")) for number in numbers]
