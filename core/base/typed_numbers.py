"""Numbers as people type them: with a decimal point or a decimal comma, and with spaces between thousands."""

from __future__ import annotations

import math
import re

from core.base.errors import LensError, shorten
from core.base.translation import _

SPACES = "\u0020\u00a0\u2009\u202f"
_NUMBER = r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"  # compiled when first used
_WHOLE = r"[+-]?[0-9]+"
_GROUPED = rf"(?<=[0-9])[{SPACES}](?=[0-9]{{3}}(?![0-9]))"
LARGEST = 1.7976931348623157e308


class NumberTextError(LensError):
    """A typed text is not a number of the kind and range that is needed."""


def read_number(text: str) -> float:
    """A finite number; a comma is a decimal mark.

    Raises:
        NumberTextError: the text is no number, or float64 cannot hold it.
    """
    plain = _plain(text)
    if not re.fullmatch(_NUMBER, plain):
        two_marks = any(re.fullmatch(_NUMBER, plain.replace(mark, "")) for mark in ",.")
        advice = (
            _("write it without marks between thousands, like 1234.5") if two_marks else _("type one like 0.05 or 0,05")
        )
        raise NumberTextError(_("{text} is not a finite number; {advice}.").format(text=shorten(text), advice=advice))
    value = float(plain.replace(",", "."))
    if math.isinf(value):
        raise NumberTextError(_("{text} is too large for a number of 64 bits.").format(text=shorten(text)))
    if value == 0.0 and re.search("[1-9]", re.split("[eE]", plain)[0]):
        raise NumberTextError(
            _("{text} is too small to be told from 0; type 0 or a larger number.").format(text=shorten(text))
        )
    return value


def read_whole(text: str) -> int:
    """A whole number.

    Raises:
        NumberTextError: the text is none.
    """
    plain = _plain(text)
    if re.fullmatch(_WHOLE, plain) and len(plain) < 40:
        return int(plain)
    raise NumberTextError(
        _("{text} is not a whole number; type one like 1000, without point or comma.").format(text=shorten(text))
    )


def check_range(text: str, value: float, low: float, high: float) -> None:
    """Raise NumberTextError unless low <= value <= high; ``text`` is what was typed."""
    if low <= value <= high:
        return
    if high >= LARGEST:
        raise NumberTextError(
            _("{text} is too small; type a number of at least {low}.").format(text=shorten(text), low=_write(low))
        )
    raise NumberTextError(
        _("{text} is out of range; type a number from {low} to {high}.").format(
            text=shorten(text), low=_write(low), high=_write(high)
        )
    )


def _plain(text: str) -> str:
    """The text with ASCII signs, and without spaces around it and between thousands."""
    return re.sub(_GROUPED, "", text.strip().replace("\u2212", "-"))


def _write(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"
