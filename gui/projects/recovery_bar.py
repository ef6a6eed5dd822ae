"""The bar that offers unsaved work left behind by a crash or by the end of the session."""

from __future__ import annotations

from PyQt5.QtCore import QDateTime, QLocale, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from gui.widgets.plain_text import plain_label
from gui.widgets.theme import Theme


class RecoveryBar(QFrame):
    """Offers one file at a time.

    Signals:
        recover, discard: what the user wants to do with that file.
        discard_all: the user wants none of the files.
    """

    recover = pyqtSignal()
    discard = pyqtSignal()
    discard_all = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("recovery")
        self.text = plain_label()
        self.text.setWordWrap(True)
        self.recover_button = QPushButton(_("Recover"))
        self.recover_button.setToolTip(_("Go on with that run; Undo brings the present one back"))
        self.recover_button.clicked.connect(self.recover)
        self.discard_button = QPushButton(_("Discard"))
        self.discard_button.setToolTip(_("Remove that work for ever"))
        self.discard_button.clicked.connect(self.discard)
        self.all_button = QPushButton(_("Discard all…"))
        self.all_button.setToolTip(_("Remove all unsaved work of earlier starts"))
        self.all_button.clicked.connect(self.discard_all)
        self.later = QToolButton()
        self.later.setText("✕")
        self.later.setAccessibleName(_("Decide later"))
        self.later.setToolTip(_("Decide later; the work stays kept, and the next start offers it again"))
        self.later.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 8, 6)
        line.addWidget(self.text, 1)
        for button in (self.recover_button, self.discard_button, self.all_button, self.later):
            line.addWidget(button)
        self.hide()

    def offer(self, written: float, count: int) -> None:
        """Offer unsaved work written at a time in seconds since 1970, the first of ``count`` files."""
        moment = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(written)), QLocale.FormatType.ShortFormat)
        several = ngettext(
            "Unsaved work of {moment} is kept, and {more} older one.",
            "Unsaved work of {moment} is kept, and {more} older ones.",
            count - 1,
        )
        text = several if count > 1 else _("Unsaved work of {moment} is kept.")
        self.text.setText(text.format(moment=moment, more=grouped(count - 1)))
        self.all_button.setVisible(count > 1)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.setStyleSheet(
            f"#recovery {{ background: rgb{theme.raised}; border: 0; border-left: 5px solid rgb{theme.positive};"
            f" border-top: 1px solid rgb{theme.line}; }}"
        )
