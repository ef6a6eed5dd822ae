"""Tab goes through the window as one reads it, and the focus is seen."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from core.explain.picked_part import Edge
from gui.explanation.inspector.card_head import LAYER
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import position


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


def test_space_plays_after_a_dialog_although_nothing_had_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step("epoch")
    qtbot.waitUntil(lambda: position(window) > 0 and drawn(window))
    rate = window.panels.strip.learning_rate
    rate.setFocus()
    qtbot.keyClick(rate, Qt.Key.Key_Return)  # gives the focus up
    dialog = QDialog(window)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.accept()
    window.activateWindow()  # the desktop does it
    qtbot.waitUntil(window.isActiveWindow)
    assert QApplication.focusWidget() is window.network
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing)


def test_space_plays_on_a_button_that_got_the_focus_by_chance(qtbot: QtBot, window: MainWindow) -> None:
    reset = window.toolbar.buttons["reset"]
    reset.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing)


def test_a_hidden_field_leaves_the_focus_to_no_button(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    window.weight_bar.value.setFocus()
    window.select(None)
    assert QApplication.focusWidget() is window.network


def border(button: QWidget) -> str:
    """The colour of the frame, in the middle of its left side."""
    return button.grab().toImage().pixelColor(0, button.height() // 2).name()


def test_a_button_under_the_mouse_has_no_frame_of_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    layer = window.inspector.head.views[LAYER]
    plain, dark = border(layer), window.theme.color("text").name()
    QApplication.sendEvent(layer, QEvent(QEvent.Type.Enter))  # as where an open list has closed above it
    assert layer.underMouse() and border(layer) == plain != dark
    layer.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is layer and border(layer) == dark


def test_what_a_list_was_opened_from_is_lit_no_longer_when_the_mouse_is_elsewhere(
    qtbot: QtBot, window: MainWindow
) -> None:
    box, menu = window.panels.strip.activation, window.network_panel.footer.choice
    for opener in (box, menu):
        QApplication.sendEvent(opener, QEvent(QEvent.Type.Enter))
        assert opener.underMouse()
    box.showPopup()
    view = existing(box.view())
    place = view.visualRect(existing(box.model()).index(box.findData("relu"), 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: box.value() == "relu" and not view.isVisible())
    menu.choices.popup(menu.mapToGlobal(menu.rect().bottomLeft()))
    qtbot.mouseClick(
        menu.choices, Qt.MouseButton.LeftButton, pos=menu.choices.actionGeometry(menu.choices.actions()[1]).center()
    )
    assert not menu.choices.isVisible() and not box.underMouse() and not menu.underMouse()
    window.activateWindow()  # the desktop does it
    qtbot.waitUntil(window.isActiveWindow)
    assert QApplication.focusWidget() is window.network
    qtbot.keyClick(window.network, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_in_an_open_list_the_arrows_move_and_return_chooses(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    """Nothing chose there but the mouse."""
    box = window.panels.strip.optimizer
    before = box.currentIndex()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    box.showPopup()
    view = existing(box.view())
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, key)
    qtbot.waitUntil(lambda: not view.isVisible())
    assert box.currentIndex() == before + 1
    qtbot.waitUntil(lambda: existing(window.session.experiment).optimizer == box.value())
    box.showPopup()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible() and box.currentIndex() == before + 1
