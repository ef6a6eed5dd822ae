"""The language of all texts, by Python's gettext: ``_``, ``ngettext`` and ``pgettext``.

The language is chosen when this package is imported, which comes before every module that holds texts; so tables of a
module can hold translated texts. A text is a whole sentence with named places: ``_("Loss {loss}").format(loss=…)``.
What is stored, compared or parsed is never translated.
"""

from core.base.translation.catalogues import chosen_texts

_texts = chosen_texts()

_ = _texts.gettext
ngettext = _texts.ngettext
pgettext = _texts.pgettext

LANGUAGE = _texts.info().get("language", "")
"""The language of the catalogue, such as "de"; empty for English."""

__all__ = ["LANGUAGE", "_", "ngettext", "pgettext"]
