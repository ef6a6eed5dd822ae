"""A table of rows that scrolls where there is no room for all of them."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.base.translation import _
from gui.explanation.inspector.row_table import RowTable
from gui.widgets.forms import bare
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme


class TablePage(QScrollArea):
    """A table of lines, which scrolls where there is no room for it."""

    def __init__(self, name: str = _("The chain rule: symbol, meaning, value")) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # else it would keep the arrow keys
        self.table = RowTable(name)
        self.setStyleSheet("QScrollArea, QWidget#rows { background: transparent; }")  # the card's own ground
        inside = QWidget()
        inside.setObjectName("rows")
        column = bare(QVBoxLayout(inside))
        column.addWidget(self.table)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.table.set_theme(theme)

    def show_marked(self) -> None:
        """Scroll to the marked lines, where there is no room for all."""
        marked = [number for number, line in enumerate(self.table.lines) if line.is_marked]
        bar = existing(self.verticalScrollBar())
        bar.setValue(marked[0] * self.table.line_height() if marked else 0)
