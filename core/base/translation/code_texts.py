"""The texts as they stand in the code, in English; the module ``gettext`` is loaded for a catalogue only."""

from __future__ import annotations

PSEUDO = "pseudo"
"""A language for tests, see :mod:`core.base.translation.pseudo_language`."""


class CodeTexts:
    """What Python's ``gettext.NullTranslations`` offers."""

    def info(self) -> dict[str, str]:
        """Nothing: there is no catalogue."""
        return {}

    def gettext(self, message: str) -> str:
        """The text."""
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for one thing, or that for several."""
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        """The text in a context."""
        return message
