"""Whatever is clicked, dragged, typed or chosen, in any order: nothing raises, Qt warns of nothing, the window lives.

12,000 gestures: ``python -m pytest -m campaign -s tests/gui/window/test_random_hands.py``. ``GESTURES=20`` in the
environment makes it 20 for each of the 30 windows.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5 import sip
from PyQt5.QtCore import QEventLoop, QPoint, Qt, QTimer
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAction,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn

RUNS = 30
GESTURES = int(os.environ.get("GESTURES", "400"))
"""For each window."""
CLOSE_MILLISECONDS = 150
LEAVE_ALONE = ("quit", "close")
NAMED_KEYS = (
    "Space",
    "Left",
    "Right",
    "Up",
    "Down",
    "Home",
    "End",
    "Period",
    "Comma",
    "Escape",
    "Tab",
    "Return",
    "Delete",
)
KEYS = [getattr(Qt.Key, f"Key_{name}") for name in (*NAMED_KEYS, "F1", *"0123ABCDEFGHIKLMNOPRSTUVXYZ")]
MODIFIERS = [Qt.KeyboardModifier.NoModifier] * 5 + [
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
]
BUTTONS = [Qt.MouseButton.LeftButton] * 5 + [Qt.MouseButton.RightButton]


class Hands:
    """Does one thing after another to a window; files are left alone, and what asks a question is closed.

    Args:
        done: gets a line for each thing that is done.
    """

    def __init__(self, window: MainWindow, seed: int, done: Callable[[str], object]) -> None:
        self._window, self._done = window, done
        self._chance = random.Random(seed)
        self._closer = QTimer(window)
        self._closer.timeout.connect(self._close_what_asks)
        self._closer.start(CLOSE_MILLISECONDS)

    def go_on(self, gestures: int) -> None:
        """Make so many gestures; a pause is none."""
        ways = [self._act] * 5 + [self._click] * 5 + [self._drag] * 2 + [self._type] * 6 + [self._resize]
        for _ in range(gestures):
            self._chance.choice(ways)()
            if self._chance.random() < 0.05:
                QTest.qWait(self._chance.randrange(1, 200))
            for _ in range(self._chance.randrange(1, 6)):
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        self._closer.stop()

    def _close_what_asks(self) -> None:
        asking = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if asking is not None:
            asking.close()

    def _target(self) -> QWidget:
        return QApplication.activeModalWidget() or self._window

    def _some_widget(self) -> QWidget | None:
        seen = [widget for widget in self._target().findChildren(QWidget) if self._may_be_touched(widget)]
        return self._chance.choice(seen) if seen else None

    @staticmethod
    def _may_be_touched(widget: QWidget) -> bool:
        opens = isinstance(widget, QAbstractButton) and "…" in widget.text()
        return widget.isVisible() and min(widget.width(), widget.height()) > 3 and not opens and not _is_menu(widget)

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(self._chance.randrange(widget.width()), self._chance.randrange(widget.height()))

    # What follows is done by the event loop: a dialog would not come back before it is closed.

    def _act(self) -> None:
        actions = [action for name, action in self._window.actions_by_name.items() if _may_be_done(name, action)]
        action = self._chance.choice(actions)
        self._done(f"action {action.text()}")
        QTimer.singleShot(0, action.trigger)

    def _click(self) -> None:
        widget = self._some_widget()
        if isinstance(widget, QComboBox) and widget.count():
            widget.setCurrentIndex(self._chance.randrange(widget.count()))
            self._done(f"choice {widget.currentText()}")
            widget.activated.emit(widget.currentIndex())
        elif widget is not None:
            button, modifier, place = self._chance.choice(BUTTONS), self._chance.choice(MODIFIERS), self._place(widget)
            self._done(f"click on {type(widget).__name__} {widget.objectName()} at {place.x()}, {place.y()}")
            self._later(widget, lambda: QTest.mouseClick(widget, button, modifier, place))

    def _drag(self) -> None:
        widget = self._some_widget()
        if widget is None:
            return
        start, end = self._place(widget), self._place(widget)
        self._done(f"drag over {type(widget).__name__}")
        button = Qt.MouseButton.LeftButton
        for move in (
            lambda: QTest.mousePress(widget, button, Qt.KeyboardModifier.NoModifier, start),
            lambda: QTest.mouseMove(widget, (start + end) / 2),
            lambda: QTest.mouseMove(widget, end),
            lambda: QTest.mouseRelease(widget, button, Qt.KeyboardModifier.NoModifier, end),
        ):
            self._later(widget, move)

    def _type(self) -> None:
        widget = QApplication.focusWidget() or self._target()
        key, modifier = self._chance.choice(KEYS), self._chance.choice(MODIFIERS)
        opens = modifier == Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_O, Qt.Key.Key_S, Qt.Key.Key_E)
        if not opens and not _is_menu(widget):
            self._done(f"key {int(key)} with {int(modifier)} in {type(widget).__name__}")
            self._later(widget, lambda: QTest.keyClick(widget, key, modifier))

    def _resize(self) -> None:
        self._window.resize(self._chance.randrange(900, 1900), self._chance.randrange(600, 1100))
        self._done(f"size {self._window.width()} x {self._window.height()}")

    @staticmethod
    def _later(widget: QWidget, do: Callable[[], object]) -> None:
        QTimer.singleShot(0, lambda: None if sip.isdeleted(widget) or not widget.isVisible() else do())


def _is_menu(widget: QWidget) -> bool:
    return isinstance(widget, (QMenu, QMenuBar))


def _may_be_done(name: str, action: QAction) -> bool:
    return action.isEnabled() and "…" not in action.text() and not any(word in name for word in LEAVE_ALONE)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(RUNS))
def test_random_hands_do_no_harm(
    seed: int, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where a dialog that is answered by chance writes
    window.resize(1440, 900)
    Hands(window, seed, print).go_on(GESTURES)
    while isinstance(QApplication.focusWidget(), QLineEdit):
        QApplication.focusWidget().clearFocus()
    window.session.pause()
    qtbot.waitUntil(lambda: drawn(window))
    assert window.isVisible()
