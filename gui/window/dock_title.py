"""The slim title of a dock: its name, tools of its view, and, under the mouse, two buttons."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from gui.widgets.forms import heading
from gui.widgets.qt_objects import existing


class DockTitle(QWidget):
    """Takes the place of Qt's title bar; dragging and double clicks do what they do there.

    Args:
        dock: whose title it is.
        tools: a widget of the view to be shown at the right; None for none.
    """

    def __init__(self, dock: QDockWidget, tools: QWidget | None = None) -> None:
        super().__init__()
        self._dock = dock
        self._name = heading(dock.windowTitle())
        dock.windowTitleChanged.connect(lambda title: self._name.setText(title.upper()))
        self.float_button = self._button("⧉", f"Float or dock: {dock.windowTitle()}")
        self.float_button.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.close_button = self._button("✕", f"Close: {dock.windowTitle()}")
        self.close_button.clicked.connect(dock.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 8, 2)
        line.setSpacing(2)
        line.addWidget(self._name)
        line.addStretch(1)
        line.addWidget(self.float_button)
        line.addWidget(self.close_button)
        if tools is not None:
            line.addWidget(tools)
        self._show_buttons(False)
        for changed in (dock.visibilityChanged, dock.dockLocationChanged, dock.topLevelChanged):
            changed.connect(lambda _: self._show_name())

    def _show_name(self) -> None:
        """Show the name unless a tab shows it."""
        window = self._dock.parentWidget()
        is_tab = isinstance(window, QMainWindow) and any(window.tabifiedDockWidgets(self._dock))
        self._name.setVisible(not is_tab)
        existing(self.layout()).setContentsMargins(14, 1 if is_tab else 6, 8, 2)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("role", "title")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when they come
        button.setSizePolicy(policy)
        return button

    def _show_buttons(self, shown: bool) -> None:
        self.float_button.setVisible(shown)
        self.close_button.setVisible(shown)

    def enterEvent(self, event: QEvent | None) -> None:
        super().enterEvent(event)
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._show_buttons(False)
