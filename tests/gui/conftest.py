"""The application as the program makes it, and windows that are closed as a user closes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QCoreApplication, QEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.storage.settings_file import SettingsFile
from core.workbench.speed_scale import FULL
from gui.offscreen.filming import make_film
from gui.window.application import make_application, make_window
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SECONDS, SHALLOW, SHALLOW_DATA

for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitActive):  # 5 s are too few on a busy machine
    wait.__kwdefaults__["timeout"] = round(1000 * SECONDS)


SIZE = (1000, 640)


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return make_application()


def dispose(window: MainWindow) -> None:
    if window.isVisible():  # a closed one would save its layout without docks
        window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.DeferredDelete)
    QCoreApplication.processEvents()


@pytest.fixture
def make_one(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Callable[..., MainWindow]:
    """Makes windows that share one file of settings; each is drawn and active when it is handed out."""

    def make(size: tuple[int, int] | None = None) -> MainWindow:
        if not any(isinstance(widget, MainWindow) for widget in QApplication.topLevelWidgets()):
            qapp.setStyleSheet("")  # as at the program's start: else each part is styled anew with each parent
        settings = SettingsFile(tmp_path / "settings.ini")
        window = make_window(SHALLOW, SHALLOW_DATA, settings, make_film=make_film)
        window.toolbar.speed.choose(FULL)  # a speed at which one can watch would make the tests long
        if size is not None:
            window.resize(*size)
        window.session.show_first(SECONDS)  # as the program does: else the window is painted twice
        window.show()
        window.activateWindow()
        qtbot.waitActive(window)
        qtbot.waitUntil(lambda: drawn(window))
        return window

    return make


@pytest.fixture
def open_window(make_one: Callable[..., MainWindow]) -> Iterator[Callable[..., MainWindow]]:
    """Opens windows as ``make_one`` does, and closes them behind the test."""
    windows: list[MainWindow] = []

    def open_one(size: tuple[int, int] | None = None) -> MainWindow:
        for window in [window for window in windows if not window.isVisible()]:  # else it is styled with the next one
            windows.remove(window)
            dispose(window)
        windows.append(make_one(size))
        return windows[-1]

    yield open_one
    for window in windows:
        dispose(window)


def drawn(window: MainWindow) -> bool:
    """Whether the picture is up to date, the map included."""
    snapshot = window.session.snapshot
    if snapshot is None or snapshot.output is None:
        return False
    return snapshot.output.plane == window.scatter.plane() and window.session.at_rest


def written(window: MainWindow) -> bool:
    """Whether all files that were asked for are there, or it was told why not."""
    return not window.exports.is_writing


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """The window with the preset "shallow", at position 0, larger than the test platform's small screen."""
    return open_window(SIZE)
