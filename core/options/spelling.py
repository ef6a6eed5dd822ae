"""The parts that all options share: their description, and values as texts that can be read back."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from core.base.errors import LensError, shorten
from core.base.translation import _
from core.base.typed_numbers import NumberTextError, read_number, read_whole
from core.base.values import dataclass


class ArgumentError(LensError):
    """A text is not a valid value of an option; the message begins with the text, not with the option."""


def parse_name(text: str) -> str:
    """A name or a path as it is typed; an empty one, as from a variable of the shell that is not set, is refused."""
    if not text.strip():
        raise ArgumentError(_('"" names nothing; write a name behind the option.'))
    return text


@dataclass(frozen=True)
class Argument:
    """An option of the command line for one field of an experiment.

    Attributes:
        option: e.g. ``--learning-rate``.
        field: the experiment's field; ``data.noise`` is the field ``noise`` of its data source.
        group: heading under which the help lists it.
        metavar: the value's placeholder in the help; empty for an option that takes none.
        help: one sentence.
        parse: function of the value's text; raises ArgumentError or ExperimentError. Unused without a value.
        write: the value's text, which ``parse`` turns back into the same value.
        opposite: the option for False if ``option`` means True, or for None if ``option`` sets a value.
        opposite_help: one sentence on it.
    """

    option: str
    field: str
    group: str
    metavar: str
    help: str
    parse: Callable[[str], Any] = parse_name
    write: Callable[[Any], str] = str
    opposite: str = ""
    opposite_help: str = ""


def suggestion(text: str, choices: Iterable[str]) -> str:
    """`` did you mean X?`` for a misspelled choice; empty if no choice is similar."""
    near = difflib.get_close_matches(text, list(choices), n=1)
    return _(" did you mean {near}?").format(near=near[0]) if near else ""


def parse_whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        with suppress(NumberTextError):
            return read_whole(text)
        raise ArgumentError(_("{text} is not a whole number; write one like 10.").format(text=shorten(text))) from None


def parse_number(text: str) -> float:
    """A number; a comma is a decimal mark, as in the fields of the window."""
    try:
        return float(text)
    except ValueError:
        with suppress(NumberTextError):
            return read_number(text)
        raise ArgumentError(_("{text} is not a number; write one like 0.01.").format(text=shorten(text))) from None


def choice_of(choices: Iterable[str]) -> Callable[[str], str]:
    """A parser that accepts one of these words and suggests a similar one for any other."""
    words = tuple(choices)

    def parse(text: str) -> str:
        if text in words:
            return text
        raise ArgumentError(
            _("{text} is unknown;{hint} choose {words}.").format(
                text=shorten(text), hint=suggestion(text, words) or "", words=one_of(words)
            )
        )

    return parse


def one_of(words: Iterable[str]) -> str:
    """``a, b or c``; empty for none."""
    *first, last = list(words) or [""]
    return _("{first} or {last}").format(first=", ".join(first), last=last) if first else last


def write_float(value: float) -> str:
    """A number with all its digits."""
    return repr(float(value))


def spell(argument: Argument, value: Any) -> list[str]:  # noqa: ANN401 (fields have many types)
    """The option with this value, as words of a command line."""
    if argument.opposite and (value is None or value is False):
        return [argument.opposite]
    if not argument.metavar:
        return [argument.option]
    text = argument.write(value)
    return [f"{argument.option}={text}"] if text.startswith("-") else [argument.option, text]
