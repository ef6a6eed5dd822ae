"""Each column of a sweep's results as an axis: its numbers, their places from 0 to 1, and its ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core.base.arrays import Array
from core.base.number_text import MINUS
from core.base.translation import _
from core.base.values import dataclass
from core.options.field_names import option_name
from core.sweeps.variation import Variation

LOGARITHMIC_FROM = 10.0
"""An axis of positive numbers is logarithmic if the largest is at least so many times the smallest."""
RANKS_FROM = 30.0
"""The same where 0 is among the numbers: then they stand at equal distances, since 0 has no place on such an axis."""
MOST_TICKS = 10
LARGEST_PLAIN = 1e6
WORDS = {
    "train_loss": _("train loss"),
    "test_loss": _("test loss"),
    "train_score": _("train"),
    "test_score": _("test"),
    "status": _("status"),
    "epochs": _("epochs"),
    "seconds": _("seconds"),
}


def column_title(name: str, score: str) -> str:
    """The title of a column of the results; ``score`` is "accuracy" or "R²"."""
    return (
        _("{set} {measure}").format(set=WORDS[name], measure=score)
        if name.endswith("_score")
        else WORDS.get(name) or option_name(name)
    )


def brief_texts(variation: Variation) -> dict[str, str]:
    """The values of an option as they are shown: numbers with three digits where that tells them apart."""
    numbers, texts = variation.numbers, variation.texts
    brief = [_text(numbers[text], 3) for text in texts] if numbers else list(texts)
    return dict(zip(texts, brief if len(set(brief)) == len(texts) else texts, strict=True))


@dataclass(frozen=True, eq=False)
class ResultAxis:
    """A column of the results on an axis.

    Attributes:
        name: of the column.
        numbers: shape (runs,), what stands in the column; of texts, their ranks. NaN where a run has none.
        low, high: the ends.
        is_logarithmic: whether equal distances are equal ratios.
        ticks: numbers and how they are written.
        levels: of an option, all its numbers in ascending order, and how they are written.
    """

    name: str
    numbers: Array
    low: float
    high: float
    is_logarithmic: bool
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...] = ()

    def places(self, numbers: Array | float) -> Array:
        """The places of some numbers on the axis, from 0 to 1."""
        low, high = (math.log(end) if self.is_logarithmic else end for end in (self.low, self.high))
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.log(numbers) if self.is_logarithmic else np.asarray(numbers, dtype=np.float64)
        places: Array = (at - low) / (high - low) if high > low else at * 0.0 + 0.5
        return places

    def number(self, place: float) -> float:
        """The number at a place."""
        if self.is_logarithmic:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + (self.high - self.low) * place


def axis_of_option(variation: Variation, texts: Sequence[str]) -> ResultAxis:
    """The axis of an option that varies; ``texts`` are its values in each run, as they are written."""
    brief, known = brief_texts(variation), variation.numbers
    found = list(known.values())
    positive = [number for number in found if number > 0.0]
    has_wide_zero = bool(found) and found[0] == 0.0 and len(positive) > 1 and positive[-1] / positive[0] >= RANKS_FROM
    if known and not has_wide_zero:
        numbers = np.array([known[text] for text in texts], dtype=np.float64)
        axis = axis_of_numbers(variation.name, numbers, (found[0], found[-1]))
        levels = tuple((number, brief[text]) for text, number in known.items())
        return replace(axis, levels=levels, ticks=levels if len(levels) <= MOST_TICKS else axis.ticks)
    ranks = {text: float(place) for place, text in enumerate(known or variation.texts)}
    numbers = np.array([ranks[text] for text in texts], dtype=np.float64)
    levels = tuple((rank, brief[text]) for text, rank in ranks.items())
    return ResultAxis(variation.name, numbers, 0.0, len(ranks) - 1.0, False, levels, levels)


def axis_of_numbers(
    name: str,
    numbers: Array,
    ends: tuple[float, float] | None = None,
    may_be_log: bool = True,
    write: Callable[[float], str] | None = None,
) -> ResultAxis:
    """The axis of numbers, from the smallest to the largest unless ``ends`` says otherwise; ``write`` writes ticks."""
    finite = numbers[np.isfinite(numbers)]
    low, high = ends or ((float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0))
    is_log = may_be_log and low > 0.0 and high / low >= LOGARITHMIC_FROM
    ticks = _decades(low, high) if is_log else _steps(low, high)
    return ResultAxis(name, numbers, low, high, is_log, tuple((tick, (write or _text)(tick)) for tick in ticks))


def _text(number: float, digits: int = 4) -> str:
    text = f"{number:.{digits}g}"
    if "e+" in text and abs(number) < LARGEST_PLAIN:
        text = f"{number:.0f}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", MINUS)


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten, and 2 and 5 between them where there are few."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    stride = max(1, -(-(last - first + 1) // MOST_TICKS))
    ticks = [10.0**power for power in range(first, last + 1, stride)]
    if len(ticks) < 4:
        between = [factor * 10.0**power for power in range(first - 1, last + 1) for factor in (2.0, 5.0)]
        ticks = sorted([*ticks, *(tick for tick in between if low <= tick <= high)])
    return ticks


def _steps(low: float, high: float) -> list[float]:
    """Round numbers with equal distances."""
    span = high - low
    if span <= 0.0:
        return [low]
    rough = span / 5.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.999)
    return [
        round(place * step, 12) for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]
