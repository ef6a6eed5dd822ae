"""A check for fonts, without which pictures would have no text."""

from __future__ import annotations

from PyQt5.QtGui import QFontDatabase

from core.base.errors import LensError
from core.base.translation import _


def require_fonts() -> None:
    """Raise LensError if the system has no font; needs a QApplication."""
    if not QFontDatabase().families():
        raise LensError(
            _("There is no font on this system to write with; install one, such as the package fonts-dejavu-core.")
        )
