"""Gives keys to the widget with the focus although they are shortcuts of the window."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
KEPT: dict[type[QWidget], tuple[Qt.Key, ...]] = {
    QAbstractButton: (Qt.Key.Key_Space,),
    QComboBox: (Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End),
    QSlider: (*ARROWS, Qt.Key.Key_Home),
}


class KeyKeeper(QObject):
    """Lets Space press a button and the arrow keys move a slider that was reached by Tab.

    A click gives these widgets no focus, so after a click Space still plays and the arrow keys still step.
    """

    def watch(self, window: QWidget) -> None:
        """Keep the keys of every such widget inside a widget."""
        for widget in window.findChildren(tuple(KEPT)):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = next((keys for kind, keys in KEPT.items() if isinstance(watched, kind)), ())
            if event.key() in keys and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return False
