"""Tab goes through the window as one reads it, and the focus is seen."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn


def test_tab_goes_in_reading_order_and_the_focus_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    window.docks.restore_default()
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: drawn(window))
    docks, shown = window.docks.by_name, window.focusWidget()
    parts = window.toolbar, window.panels.strip, docks["settings"], window.network_panel, docks["boundary"]
    order: list[QWidget] = []
    unseen: list[str] = []
    while shown is not None and shown not in order:
        before = shown.grab().toImage()
        order.append(shown)
        qtbot.keyClick(shown, Qt.Key.Key_Tab)
        if shown.grab().toImage() == before and shown is not order[0]:  # now without the focus
            unseen.append(f"{type(shown).__name__} {shown.accessibleName()}")
        shown = window.focusWidget()
    assert unseen == []
    start = order.index(window.toolbar.buttons["reset"])
    numbers = [
        next((number for number, part in enumerate(parts) if part.isAncestorOf(widget)), len(parts))
        for widget in (*order[start:], *order[:start])
    ]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(parts) + 1))
    assert all(not widget.visibleRegion().isEmpty() for widget in order)
    window.toolbar.buttons["new-seed"].setFocus()
    qtbot.keyClick(window.toolbar.buttons["new-seed"], Qt.Key.Key_Backtab)
    assert window.focusWidget() is window.toolbar.buttons["reset"]
