"""Numbers as short text, and scales with round ends."""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS = "−"


def short(value: float, digits: int = 4) -> str:
    """A number with ``digits`` significant digits and a true minus sign."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = f"{value:.{digits}g}"
    if "e+" in text:  # more digits before the point than requested
        text = f"{float(text):.0f}"
    return text.replace("-", MINUS)


def rough(value: float) -> str:
    """A number with one significant digit, as short as possible, for places with little room."""
    if not math.isfinite(value) or 0.001 <= abs(value) < 10.0 or value == 0.0:
        return short(value, 1)
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def exact(value: float) -> str:
    """A number with all digits that distinguish a float64 from its neighbours."""
    return repr(float(value)).replace("-", MINUS)


def percent(share: float) -> str:
    """A share as a percentage with one decimal; "100.0 %" only if the share is exactly 1."""
    if math.isnan(share):
        return "–"
    text = f"{100 * share:.1f}"
    return f"{'>99.9' if text == '100.0' and share < 1 else text} %"


def grouped(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{round(value):,}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """A length of time in its two largest units."""
    whole = math.ceil(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 100 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} days"


STEPS_OF_DECADE = (
    1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0, 3.3, 3.6, 3.9, 4.3, 4.7, 5.1,
    5.6, 6.2, 6.8, 7.5, 8.2, 9.1, 10.0,
)  # fmt: skip
"""Numbers of two digits about 10 % apart."""
LEAST_USED = 0.7


class SteadyScale:
    """The end of a colour scale: a number of two digits that is at most some 14 % above the largest magnitude.

    The scale grows as soon as a value does not fit, by no more than it must, so that nothing on it pales at a leap. It
    shrinks when less than LEAST_USED of it is used. So the picture does not flicker when values vary.
    """

    def __init__(self) -> None:
        self.end = 1.0
        self._fresh = True

    def restart(self) -> None:
        """Forget former values, because another quantity or another run is shown."""
        self._fresh = True

    def follow(self, largest: float) -> float:
        """The end of the scale for a largest magnitude."""
        if not math.isfinite(largest) or largest <= 0.0:
            return self.end
        if self._fresh or largest > self.end or largest < LEAST_USED * self.end:
            self.end = least_step(largest, STEPS_OF_DECADE)
            self._fresh = False
        return self.end


def least_step(value: float, steps: Sequence[float]) -> float:
    """The least of these steps, times a power of ten, that is at least the value; the last step is 10.

    Values below 1e-300 count as that.
    """
    power = math.floor(math.log10(max(value, 1e-300)))
    for at in (power, power + 1):
        for step in steps:
            end = float(f"{step}e{at}")  # to the last bit the number that is written
            if end >= value:
                return end
    return math.inf


def round_up(value: float) -> float:
    """The least 1, 2 or 5 times a power of ten that is at least the value; values below 1e-300 count as that."""
    return least_step(value, (1.0, 2.0, 5.0, 10.0))
