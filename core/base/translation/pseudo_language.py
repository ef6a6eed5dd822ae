"""A language made from English by rule, for tests: its texts are accented, and 40 % longer.

A text on the screen without accents was left out of the translation, and a place that is too narrow for this language
is too narrow for a real one. Kept is what a translator keeps: placeholders, mnemonics, markup, keys, options, links.
"""

from __future__ import annotations

import re

from core.base.translation.code_texts import PSEUDO, CodeTexts

GROWTH = 0.4
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÁƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
_ACCENTS = dict(zip(PLAIN, ACCENTED, strict=True))

KEPT = re.compile(
    r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"  # placeholders, also with a width in a place of its own
    r"|%\(\w+\)[a-z]|%[sdr]"  # those of argparse
    r"|</?[a-z][^<>]*>|&#?\w+;|&\w"  # markup and mnemonics
    r"|\b[a-z0-9]+_[a-z0-9_]+\b"  # names of fields
    r"|https?://\S+|--[a-z][\w-]*|python main\.py"
    r"|\b(?:Ctrl|Shift|Alt|Meta)(?:\+\w+)*|\bF\d+\b|\b(?:Space|Enter|Esc|Tab)\b"
)


class PseudoTexts(CodeTexts):
    """The texts in the pseudo-language."""

    def info(self) -> dict[str, str]:  # noqa: D102
        return {"language": PSEUDO}

    def gettext(self, message: str) -> str:  # noqa: D102
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: D102
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: D102
        return pseudo(message)


def pseudo(text: str) -> str:
    """Return a text of the code in the pseudo-language."""
    written: list[str] = []
    owed = 1 - GROWTH  # letters that the text is still to grow by; so the first letter is doubled
    end = 0
    for kept in KEPT.finditer(text):
        owed = _write(text[end : kept.start()], owed, written)
        written.append(kept[0])
        end = kept.end()
    _write(text[end:], owed, written)
    return "".join(written)


def _write(text: str, owed: float, written: list[str]) -> float:
    """Add a text with accents, and double letters while some are owed; return how many are owed then."""
    for sign in text:
        owed += GROWTH
        written.append(_ACCENTS.get(sign, sign))
        if sign in _ACCENTS and owed >= 1:
            written.append(_ACCENTS[sign.lower()])
            owed -= 1
    return owed
