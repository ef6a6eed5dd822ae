"""Numbers as short text, and scales with round ends."""

from __future__ import annotations

import math

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


class SteadyScale:
    """The end of a colour scale: a round number (1, 2 or 5 times a power of ten) that holds the largest magnitude.

    The scale grows as soon as a value does not fit, and shrinks only when less than a third of it is used. So the
    picture does not flicker when values vary around a round number.
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
        if self._fresh or largest > self.end or largest < self.end / 3.0:
            self.end = round_up(largest)
            self._fresh = False
        return self.end


def round_up(value: float) -> float:
    """The least 1, 2 or 5 times a power of ten that is at least the value; values below 1e-300 count as that."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-300)))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if factor * power >= value:
            return factor * power
    return 10.0 * power
