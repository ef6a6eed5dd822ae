"""An option that varies from run to run, and its values."""

from __future__ import annotations

import math
import re
from typing import Any

from core.base.errors import LensError, shorten
from core.base.translation import _
from core.base.typed_numbers import SPACES
from core.base.values import dataclass
from core.options.argument_table import ARGUMENTS
from core.options.argument_values import parse_hidden
from core.options.spelling import Argument, ArgumentError, parse_number, parse_whole, suggestion

MOST_VALUES = 1000
YES, NO, NONE = "yes", "no", "none"
NAMES = {argument.option.removeprefix("--"): argument for argument in ARGUMENTS}
RANGE = re.compile(r"(?P<log>log:)?(?P<low>[^:;]+?)\.\.(?P<high>[^:;]+):(?P<count>[^:;]+)")
NUMERIC = (parse_number, parse_whole, parse_hidden)
DIGITS = 6
"""Significant digits of values that are spread over a range. The value that is trained with is the rounded one."""


class VariationError(LensError):
    """What should vary cannot be read; the message begins with the option's name."""


@dataclass(frozen=True)
class Variation:
    """An option and the values that it takes.

    Attributes:
        name: the option without its dashes, such as ``learning-rate``.
        texts: the values as they are written.
        values: the values of the experiment's field.
    """

    name: str
    texts: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def field(self) -> str:
        """The experiment's field; see :class:`core.options.spelling.Argument`."""
        return NAMES[self.name].field

    @property
    def numbers(self) -> dict[str, float]:
        """The number that each text stands for, in ascending order; empty if not all values are numbers."""
        single = [value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in self.values]
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in single):
            return {}
        return dict(sorted(zip(self.texts, map(float, single), strict=True), key=lambda pair: pair[1]))

    def value(self, text: str) -> Any:  # noqa: ANN401 (fields have many types)
        """The value that was written so."""
        return self.values[self.texts.index(text)]


def parse_variation(text: str) -> Variation:
    """Values such as ``learning-rate=0.01;0.1``, or a range of them.

    ``log:0.001..1:7`` stands for seven values with equal ratios, ``0..1:5`` for five with equal differences. An option
    without a value takes ``yes`` and ``no``; one that can be switched off takes ``none``.

    Raises:
        VariationError: there is no such option, a value is not one of its values, or a value is named twice.
    """
    name, equals, words = (part.strip() for part in text.strip().removeprefix("--").partition("="))
    if name in ("epochs", "preset", "initial-weights"):
        raise VariationError(_("{name} cannot vary, since all runs of a sweep share it.").format(name=name))
    if name not in NAMES:
        mend = suggestion(name, NAMES) or _(" see the options in the help.")
        raise VariationError(
            _("there is no option {name} that could vary;{mend}").format(name=shorten(name), mend=mend)
        )
    if not equals:
        raise VariationError(_('{name} has no values; write them like "{name}=FIRST;SECOND".').format(name=name))
    argument = NAMES[name]
    is_range = argument.parse in NUMERIC and RANGE.fullmatch(words)
    if is_range or words.startswith("log:"):
        texts = _spread(argument, name, words)
    else:
        texts = tuple(word.strip() for word in words.split(";"))
    values = tuple(_value(argument, name, word) for word in texts)
    for index, value in enumerate(values):
        if value in values[:index]:
            raise VariationError(
                _("{name}: {text} is a value that is named twice; leave one out.").format(
                    name=name, text=shorten(texts[index])
                )
            )
    return Variation(name, texts, values)


def written(argument: Argument, value: Any) -> str:  # noqa: ANN401 (fields have many types)
    """A value as :func:`parse_variation` reads it."""
    if not argument.metavar:
        return YES if value else NO
    return NONE if argument.opposite and value is None else argument.write(value)


def _value(argument: Argument, name: str, word: str) -> Any:  # noqa: ANN401
    if not word or not all(letter.isprintable() or letter in SPACES for letter in word):
        raise VariationError(
            _("{name}: a value is missing between two semicolons, or holds a line break.").format(name=name)
        )
    if not argument.metavar:
        if word not in (YES, NO):
            raise VariationError(
                _("{name}: {word} must be {yes} or {no}.").format(name=name, word=shorten(word), yes=YES, no=NO)
            )
        return word == YES
    if argument.opposite and word == NONE:
        return None
    try:
        return argument.parse(word)
    except LensError as error:
        told = str(error).removeprefix(f"{argument.field}: ")
        mend = _(" Write semicolons between values.") if "," in word and argument.parse in NUMERIC else ""
        raise VariationError(f"{name}: {told}{mend}") from None


def _spread(argument: Argument, name: str, words: str) -> tuple[str, ...]:
    """Values from low to high with equal ratios or differences; whole ones where the option takes such, each once."""
    match = RANGE.fullmatch(words)
    is_log = words.startswith("log:")
    form = f"{name}={'log:' * is_log}LOW..HIGH:N"
    if match is None:
        raise VariationError(
            _("{words} does not have the form {form}, such as log:0.001..1:7.").format(words=shorten(words), form=form)
        )
    try:
        low, high, count = parse_number(match["low"]), parse_number(match["high"]), parse_whole(match["count"])
    except ArgumentError:
        raise VariationError(
            _("{words} contains a value that is not a number; write {form}.").format(words=shorten(words), form=form)
        ) from None
    least = 0.0 if is_log else -math.inf
    if not (least < low < high < math.inf and 2 <= count <= MOST_VALUES):
        order = _("0 < LOW < HIGH") if is_log else _("LOW < HIGH")
        raise VariationError(
            _("{name}: {words} must have {order} and 2 to {most_values} values; write {form}.").format(
                name=name, words=shorten(words), order=order, most_values=MOST_VALUES, form=form
            )
        )
    shares = [place / (count - 1) for place in range(count)]
    spread = [low * (high / low) ** share if is_log else low + (high - low) * share for share in shares]
    if argument.parse in (parse_whole, parse_hidden):
        return tuple(dict.fromkeys(str(round(value)) for value in spread))
    spread = [0.0 if abs(value) < 1e-12 * high else value for value in spread]  # where the sum above is not quite 0
    return tuple(f"{value:.{DIGITS}g}" for value in spread)
