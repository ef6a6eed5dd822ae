"""Qt's own texts, such as those of standard buttons, in the language of the program's texts."""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from core.base.translation import LANGUAGE
from core.base.translation.code_texts import PSEUDO


def install_qt_texts(application: QCoreApplication) -> None:
    """Let Qt take its texts from the catalogue that PyQt5 brings for the language, if there is one."""
    if LANGUAGE:
        translator = PseudoTranslator(application) if LANGUAGE == PSEUDO else QTranslator(application)
        folder = QLibraryInfo.location(QLibraryInfo.LibraryLocation.TranslationsPath)
        if LANGUAGE == PSEUDO or translator.load(f"qtbase_{LANGUAGE}", folder):
            QCoreApplication.installTranslator(translator)


class PseudoTranslator(QTranslator):
    """Qt's texts in the pseudo-language."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str | None, text: str | None, disambiguation: str | None = None, n: int = -1) -> str:
        from core.base.translation.pseudo_language import pseudo  # here, since only tests ask for it

        return pseudo(text or "")
