"""Gives keys to the widget with the focus although they are shortcuts of the window; Tab goes in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt5.QtGui import QFocusEvent, QKeyEvent, QWindow
from PyQt5.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QSlider,
    QTabBar,
    QWidget,
)

from gui.widgets.flags import BACK, BY_TAB
from gui.widgets.number_fields import NumberField

NO_MODIFIERS = Qt.KeyboardModifiers(Qt.KeyboardModifier.NoModifier)
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
KEPT: dict[type[QWidget], tuple[Qt.Key, ...]] = {
    QAbstractButton: (Qt.Key.Key_Space,),
    QComboBox: (Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End),
    QSlider: (*ARROWS, Qt.Key.Key_Home),
}


class KeyKeeper(QObject):
    """Lets Space press a button and the arrow keys move a slider that was reached by Tab.

    A click gives these widgets no focus, so after a click Space still plays and the arrow keys still step. A widget
    that gets the focus in any other way, as the first one of a window that has none, keeps no keys either.

    Args:
        window: the window.
        home: the view that gets the focus where otherwise chance would choose a widget: when the window becomes active
            and nothing in it has the focus, or when what has it is hidden or disabled.
    """

    def __init__(self, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        self._reached: QObject | None = None  # by Tab
        window.installEventFilter(self)

    def watch(self, window: QWidget) -> None:
        """Keep the keys of every such widget inside a widget."""
        for widget in window.findChildren(tuple(KEPT)):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            widget.installEventFilter(self)

    def go_home(self) -> bool:
        """Give the focus to the home if what has it cannot be used; false where it can, or nothing has it."""
        present = self._window.focusWidget()
        is_lost = present is not None and not (present.isVisible() and present.isEnabled())
        if is_lost:
            self._home.setFocus()
        return is_lost

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if watched is self._window:
            if event.type() == QEvent.Type.WindowActivate and self._window.focusWidget() is None:
                self._home.setFocus()  # else Qt would choose the first button
        elif event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            if event.reason() not in BACK:
                self._reached = watched if event.reason() in BY_TAB else None
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = next((keys for kind, keys in KEPT.items() if isinstance(watched, kind)), ())
            is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if watched is self._reached and event.key() in keys and is_plain:
                event.accept()
                return True
        return False


class FieldLeaver(QObject):
    """Gives the keys back to a window when another window of the program, such as a dialog, closes in front of it.

    Qt would give them to the field that had the focus before, and letters that are shortcuts would go into it; or,
    if nothing had the focus, to the first button, which Space would press. A field in which something is being typed
    keeps them, and so does one whose user comes back from another program.

    Args:
        window: the window.
        home: what gets the focus; its keys are those of the window.
    """

    def __init__(self, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        self._is_away = self._returns_home = False
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self._follow)

    def _follow(self, window: QWindow | None) -> None:
        if window is self._window.windowHandle():
            if self._is_away and self._returns_home:
                self._home.setFocus()
            self._is_away = False
        elif window is not None and window.type() == Qt.WindowType.Popup:
            return
        elif window is not None or QApplication.activeModalWidget() is not None:
            self._is_away, self._returns_home = True, _is_free(self._window.focusWidget())


class MenuLeaver(QObject):
    """Leaves the menu bar with the menu that Escape closes: Qt would go on to light its title and keep the keys there.

    Args:
        bar: the menu bar; the filter belongs to its menus.
    """

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__(bar)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            QTimer.singleShot(0, self._leave)  # when the menu has closed
        return False

    def _leave(self) -> None:
        bar = self.parent()
        if isinstance(bar, QMenuBar) and bar.activeAction() is not None:  # where a second Escape leaves it
            QApplication.sendEvent(bar, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, NO_MODIFIERS))


def _is_free(focus: QWidget | None) -> bool:
    """Whether nobody misses the focus: nothing has it, or a field in which nothing is being typed."""
    if isinstance(focus, NumberField):
        return not focus.is_begun
    return focus is None or isinstance(focus, QLineEdit)


LINE = 20
"""Widgets whose upper edges are less than about so many pixels apart stand in one line."""
SILENT = (QScrollArea, QGraphicsView, QTabBar)
"""They take no keys, or their tabs are in the menu *View* as well."""


def reading_order(parts: Sequence[QWidget]) -> list[QWidget]:
    """The widgets that Tab reaches: those of each part line by line, each line from left to right."""
    return [widget for part in parts if _is_seen(part) for widget in sorted(_reached(part), key=_place)]


def focus_next(parts: Sequence[QWidget], forwards: bool) -> bool:
    """Move the focus to the next widget in reading order, or to the one before, around the ends; false if none is."""
    order, present = reading_order(parts), QApplication.focusWidget()
    if not order:
        return False
    step = 1 if forwards else -1
    after = order.index(present) + step if present in order else 0 if forwards else -1
    widget = order[after % len(order)]
    widget.setFocus(Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason)
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()
    return True


def _is_seen(part: QWidget) -> bool:
    """Whether a part is in front of the tabs that share its place."""
    return part.isVisible() and not (isinstance(part, QDockWidget) and part.visibleRegion().isEmpty())


def _reached(part: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in [part, *part.findChildren(QWidget)]
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(part)
        and widget.isEnabled()
        and widget.focusProxy() is None
        and not isinstance(widget, SILENT)
    ]


def _place(widget: QWidget) -> tuple[int, int]:
    place = widget.mapTo(widget.window(), QPoint(0, min(widget.height() // 2, LINE)))
    return round(place.y() / LINE), place.x()
