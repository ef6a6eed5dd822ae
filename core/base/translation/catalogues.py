"""Finds the catalogue of the language that the environment asks for."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.program import ROOT
from core.base.translation.code_texts import PSEUDO, CodeTexts

if TYPE_CHECKING:
    import gettext

DOMAIN = "backprop_lens"
FOLDER = ROOT / "languages"
"""Where the catalogues lie: ``<language>/LC_MESSAGES/backprop_lens.mo``."""

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
SOURCE = "en"
"""The language of the texts in the code."""


def chosen_texts(
    environment: Mapping[str, str] = os.environ, folder: Path = FOLDER
) -> CodeTexts | gettext.NullTranslations:
    """Return the texts in the first language asked for that has a catalogue; those of the code if none has."""
    languages = wanted_languages(environment)
    if languages[:1] == [PSEUDO]:
        from core.base.translation.pseudo_language import PseudoTexts

        return PseudoTexts()
    if not languages:
        return CodeTexts()
    import gettext  # here, since English does without

    try:
        return gettext.translation(DOMAIN, folder, languages, fallback=True)
    except (OSError, ValueError, struct.error):  # a damaged catalogue
        return CodeTexts()


def wanted_languages(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the languages that the environment asks for, such as ``["de_AT", "de"]``, the dearest first.

    The first variable of ``VARIABLES`` that is set decides. What stands behind English is left out, since English has
    no catalogue.
    """
    value = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    languages: list[str] = []
    for name in value.split(":"):
        language = name.partition(".")[0].partition("@")[0]
        if language in ("C", "POSIX") or language.partition("_")[0] == SOURCE:
            break
        if language:
            languages += [language, language.partition("_")[0]] if "_" in language else [language]
    return languages
