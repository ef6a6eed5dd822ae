"""The bar above the diagram that shows a notice, such as an error, until the user closes it."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from core.workbench.messages import Notice
from gui.widgets.theme import Theme

HEADS = {
    "input": "Not changed",
    "diverged": "Stopped",
    "stopped": "Done",
    "fault": "A fault in the program",
    "done": "Done",
    "note": "Note",
    "none": "Not possible",
}


class NoticeBar(QFrame):
    """Shows one notice at a time; a new one replaces the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton("Copy details")
        self._copy.clicked.connect(self._copy_detail)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Put this message away")
        self.close_button.setToolTip("Put this message away")
        self.close_button.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 8, 6)
        line.addWidget(self.text, 1)
        line.addWidget(self._copy)
        line.addWidget(self.close_button)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice."""
        self._notice = notice
        self.text.setText(f"{HEADS[notice.kind]}: {notice.text}")
        self._copy.setVisible(bool(notice.detail))
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.setStyleSheet(
            f"#notice {{ background: rgb{theme.raised}; border: 0; border-left: 5px solid rgb{theme.wrong};"
            f" border-bottom: 1px solid rgb{theme.line}; }}"
        )

    def _copy_detail(self) -> None:
        if self._notice is not None:
            QApplication.clipboard().setText(f"{self._notice.text}\n\n{self._notice.detail}")
