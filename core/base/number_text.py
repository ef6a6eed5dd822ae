"""Numbers as short text, and scales with round ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from string import Formatter

from core.base.translation import _, ngettext

MINUS, UNDEFINED = "−", "–"
LONGEST_PLAIN = 6
"""Longer numbers of an axis are written in scientific notation where that is shorter."""

LONGEST_TYPED = 7
"""A field has room for so many characters; it writes longer numbers with a power of ten where that is shorter."""


def short(value: float, digits: int = 4, least_plain: float = 1e-4) -> str:
    """A number with ``digits`` significant digits and a true minus sign; below ``least_plain`` with a power of ten."""
    if math.isnan(value):
        return UNDEFINED
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value == 0.0:  # also the negative zero
        return "0"
    if not least_plain <= abs(float(f"{value:.{digits - 1}e}")) < 1e6:  # the written number decides
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = f"{value:.{digits}g}"
    if "e+" in text:  # more digits before the point than requested
        text = f"{float(text):.0f}"
    return text.replace("-", MINUS)


def short_within(value: float, longest: int, digits: int = 3) -> str:
    """A number with ``digits`` significant digits, or fewer where it would take more than ``longest`` characters."""
    texts = [*(short(value, count) for count in range(digits, 0, -1)), rough(value)]
    return next((text for text in texts if len(text) <= longest), texts[-1])


def told_apart(first: float, second: float, digits: int = 2) -> tuple[str, str]:
    """Two numbers with as few significant digits, but at least ``digits``, as show that they differ."""
    for count in range(digits, 17):
        texts = short(first, count), short(second, count)
        if texts[0] != texts[1] or first == second:
            break
    return texts


def rough(value: float) -> str:
    """A number with one significant digit, as short as possible, for places with little room."""
    if not math.isfinite(value) or 0.001 <= abs(value) < 10.0 or value == 0.0:
        return short(value, 1)
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def telling(value: float, span: float) -> str:
    """A number with at least 4 significant digits, and enough to tell it from others in a range of width ``span``."""
    if not math.isfinite(value) or value == 0.0 or not span > 0.0:
        return short(value)
    size = _exponent(value)
    digits = min(size - _exponent(span) + 4, 17)
    if digits <= 4:
        return short(value)
    if -4 <= size <= digits:
        return f"{value:.{max(0, digits - 1 - size)}f}".replace("-", MINUS)
    return short(value, digits)


def tick_texts(values: Sequence[float], spacing: float) -> list[str]:
    """Numbers of an axis that are multiples of ``spacing``, all in the same form, with digits that tell them apart."""
    step = _exponent(spacing)
    fixed = [f"{value:.{max(0, -step)}f}" if value else "0" for value in values]
    if max((len(text.lstrip("-")) for text in fixed), default=0) > LONGEST_PLAIN:
        scientific = [_scientific(value, step) for value in values]
        if max(map(len, scientific)) < max(map(len, fixed)):
            return [text.replace("-", MINUS) for text in scientific]
    if step >= 0:
        fixed = [grouped(value) for value in values]
    return [text.replace("-", MINUS) for text in fixed]


def axis_offset(low: float, high: float, longest: int) -> tuple[float, str]:
    """What is taken off the numbers of an axis, and its text with a sign; 0 and "" where they are short without it.

    Args:
        low: the least number of the axis.
        high: the largest one.
        longest: how many characters a number of the axis may have.
    """
    span = high - low
    if not (0.0 < span < math.inf) or max(abs(low), abs(high)) < 100.0 * span:
        return 0.0, ""
    if max(len(text) for text in tick_texts((low, high), span / 4.0)) <= longest:
        return 0.0, ""
    middle, power = (low + high) / 2.0, _exponent(max(abs(low), abs(high)))
    while abs(round(middle / 10.0**power) - middle / 10.0**power) > span / 10.0**power:
        power -= 1  # the roundest number near the range
    count = round(middle / 10.0**power)
    offset = float(f"{count}e{power}")
    return offset, f"{'+' if offset > 0.0 else MINUS} {short(abs(offset), len(str(abs(count))))}"


def _exponent(value: float) -> int:
    """The power of ten of the first digit; numbers just below a power of ten count as it."""
    return math.floor(math.log10(abs(value)) + 1e-9)


def _scientific(value: float, step: int) -> str:
    """A number in scientific notation with digits down to this power of ten."""
    if value == 0.0:
        return "0"
    mantissa, _, exponent = f"{value:.{min(max(0, _exponent(value) - step), 16)}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def typed_text(value: float, longest: int = 99) -> str:
    """A number as one would type it, with at most 12 digits, and no more than fit into ``longest`` >= 7 characters.

    A long one is written with a power of ten where that is shorter.
    """
    text = ""
    for digits in range(12, 0, -1):
        text = f"{value:.{digits}g}"
        if len(text) > LONGEST_TYPED or "e" in text:
            mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
            mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
            text = min(text, f"{mantissa}e{int(exponent)}", key=len)  # 1e-5, which Python writes as 1e-05
        if len(text) <= longest:
            break
    return text


def exact(value: float) -> str:
    """A number with all digits that distinguish a float64 from its neighbours."""
    return repr(float(value)).replace("-", MINUS)


def percent(share: float) -> str:
    """A share as a percentage with one decimal; "100.0 %" only if the share is exactly 1."""
    if math.isnan(share):
        return UNDEFINED
    text = f"{100 * share:.1f}"
    return f"{'>99.9' if text == '100.0' and share < 1 else text} %"


def grouped(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{round(value):,}".replace(",", "\u202f")


def span_text(epochs: float) -> str:
    """A number of epochs with its word, a whole one from two on: "1 epoch", "1.5 epochs", "12 epochs"."""
    n = grouped(epochs) if epochs >= 2.0 else short(epochs, 2)
    return ngettext("{n} epoch", "{n} epochs", 1 if n == "1" else 2).format(n=n)


def factor_text(factor: float) -> str:
    """A factor with two significant digits in plain words, such as "160 billion"; from 1e15 on with a power of ten."""
    rounded = float(f"{factor:.2g}")
    if not 1.0 <= rounded < 1e15:
        return short(factor, 2)
    if rounded < 1e6:
        return short(rounded, 2) if rounded < 10.0 else grouped(rounded)
    if rounded < 1e9:
        return _("{count} million").format(count=short(rounded / 1e6, 2))
    if rounded < 1e12:
        return _("{count} billion").format(count=short(rounded / 1e9, 2))
    return _("{count} trillion").format(count=short(rounded / 1e12, 2))


class _Words(Formatter):
    """Writes ``{n:,}`` as :func:`grouped` does."""

    def format_field(self, value: object, format_spec: str) -> str:
        return grouped(value) if format_spec == "," else str(super().format_field(value, format_spec))  # type: ignore[arg-type]


_WORDS = _Words()


def worded(sentence: str, **values: object) -> str:
    """A sentence with values in its named places; ``{n:,}`` is a whole number with thin spaces between thousands."""
    return _WORDS.vformat(sentence, (), values)


def count_text(value: int) -> str:
    """A whole number, not negative, in at most six characters: above 99 999 with three digits, as 120 k or 1.20 M."""
    if value < 100_000:
        return grouped(value)
    unit, letter = next((pair for pair in ((1e3, "k"), (1e6, "M"), (1e9, "G")) if value < 999.5 * pair[0]), (1e12, "T"))
    digits = 2 if value < 9.995 * unit else 1 if value < 99.95 * unit else 0
    return f"{value / unit:.{digits}f}\u202f{letter}"


def epoch_place(position: int, epoch_length: int) -> str:
    """A position of a run in words: "epoch 12", or "epoch 12, sample 34"."""
    epoch, sample = divmod(position, epoch_length)
    text = _("epoch {epoch}, sample {sample}") if sample else _("epoch {epoch}")
    return text.format(epoch=grouped(epoch), sample=grouped(sample))


def fraction_place(position: int, epoch_length: int) -> str:
    """The same for little room: "epoch 12.34", which is never beyond the position."""
    epoch, sample = divmod(position, epoch_length)
    decimals = f"{100 * sample // epoch_length:02d}".rstrip("0")
    return _("epoch {epoch}").format(epoch=f"{grouped(epoch)}.{decimals}" if decimals else grouped(epoch))


def duration(seconds: float) -> str:
    """A length of time in its two largest units."""
    whole = math.ceil(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    if whole < 100 * 3600:
        return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)
    return _("{days} days").format(days=whole // 86400)


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

    def follow(self, largest: float, least: float = 0.0) -> float:
        """The end of the scale for a largest magnitude; infinite where that is practically 0.

        That is below ``least``, or 0 with no other value before it; a single 0 between other values changes nothing.
        """
        if not math.isfinite(largest) or (largest <= 0.0 and not self._fresh):
            return self.end
        if largest <= 0.0 or largest < least:
            self.end = math.inf
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
