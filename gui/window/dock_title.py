"""The slim title of a dock: its name, tools of its view, and, under the mouse, two buttons."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QBoxLayout, QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from core.base.translation import _
from gui.widgets.elided import Elided, Fitting
from gui.widgets.plots import SIDE

BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
NAME_GAP = 8
LEAST_ROOM = 90
"""What the two buttons take, with the margins."""
MARGINS = SIDE, 4, SIDE, 2
HIGH = 10
"""The margin above a title at the side of the window, which is then level with the titles of the diagram."""


class DockTitle(Fitting, QWidget):
    """Takes the place of Qt's title bar; dragging and double clicks do what they do there.

    Args:
        dock: whose title it is.
        tools: a widget of the view to be shown at the right; None for none.
        short: a name for little room; empty for none.
        can_close: whether the button that closes it is always there, as the dock stands in place of another one.
    """

    def __init__(
        self, dock: QDockWidget, tools: QWidget | None = None, short: str = "", can_close: bool = False
    ) -> None:
        super().__init__(dock)
        self._dock, self._short, self._can_close = dock, short.upper(), can_close
        self._tools = tools
        self._name = Elided()
        self._name.setProperty("role", "heading")
        self._name.set_full(dock.windowTitle().upper(), self._short)
        dock.windowTitleChanged.connect(lambda title: self._name.set_full(title.upper(), self._short))
        self.float_button = self._button("↗", _("Float or dock: {title}").format(title=dock.windowTitle()))
        self.float_button.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.close_button = self._button("✕", _("Close: {title}").format(title=dock.windowTitle()))
        self.close_button.clicked.connect(dock.hide)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self._name, 1)
        line.addWidget(self.float_button)
        line.addWidget(self.close_button)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(*MARGINS)
        self._lines.setSpacing(2)
        self._lines.addLayout(line, 1)
        if tools is not None:
            self._lines.addWidget(tools)
        self._show_buttons(False)
        for changed in (dock.visibilityChanged, dock.dockLocationChanged, dock.topLevelChanged):
            changed.connect(lambda _: self.show_name())

    def show_name(self) -> None:
        """Show the name unless a tab shows it."""
        window = self._dock.parentWidget()
        beside = window.tabifiedDockWidgets(self._dock) if isinstance(window, QMainWindow) else []
        is_tab = any(not other.isHidden() for other in beside)
        is_empty = is_tab and self._tools is None
        is_low = isinstance(window, QMainWindow) and window.dockWidgetArea(self._dock) == BOTTOM
        left, top, right, bottom = (0, 2, 0, 0) if is_empty else MARGINS
        self._name.setHidden(is_empty)
        self._lines.setContentsMargins(left, top if is_empty or is_low or self._tools else HIGH, right, bottom)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("role", "title")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _show_buttons(self, shown: bool) -> None:
        room = self.width() - (self._tools.sizeHint().width() if self._tools is not None else 0)
        shown = shown and not self._name.isHidden() and room > self._name_width() + LEAST_ROOM
        for button in (self.float_button, self.close_button):
            button.setFixedHeight(self._name.sizeHint().height())  # so that they push nothing down
        self.float_button.setVisible(shown)
        self.close_button.setVisible(shown or self._can_close)

    def _fit(self) -> None:
        """Put the tools beside the name, or below it where both have no room in a line."""
        if self._tools is not None:
            name = self._name.fontMetrics().horizontalAdvance(self._short or self._name.full)
            needed = name + self._tools.sizeHint().width() + MARGINS[0] + MARGINS[2] + NAME_GAP
            directions = QBoxLayout.Direction
            self._lines.setDirection(directions.LeftToRight if needed <= self.width() else directions.TopToBottom)

    def name_end(self) -> QPoint:
        """Where the name ends, at the middle of its height."""
        return self._name.pos() + QPoint(min(self._name_width(), self._name.width()), self._name.height() // 2)

    def _name_width(self) -> int:
        return self._name.fontMetrics().horizontalAdvance(self._name.full)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.show_name()

    def enterEvent(self, event: QEvent | None) -> None:
        super().enterEvent(event)
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._show_buttons(False)
