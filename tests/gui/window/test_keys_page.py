"""The page of all keys: every key is there, grouped as the menus, and a search leaves what it asks for."""

from __future__ import annotations

import html
import re

from PyQt5.QtWidgets import QDialog, QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from gui.window.actions import ACTIONS, key_name
from gui.window.help_commands import NOTHING, keys_text
from gui.window.main_window import MainWindow


def test_every_key_stands_under_its_menu() -> None:
    text = keys_text("")
    for spec in ACTIONS:
        if spec.shortcut:
            assert f"<b>{html.escape(key_name(spec.shortcut))}</b>" in text
            assert f"<h4>{spec.menu.lstrip('-').replace('&', '')}</h4>" in text


def test_a_search_takes_words_of_the_text_the_menu_or_the_key() -> None:
    assert "<b>F11</b>" in keys_text("presentation")
    assert "<b>F11</b>" in keys_text("F11 view")
    assert "<b>Space</b>" not in keys_text("presentation")
    assert "Double-click" in keys_text("legend")
    assert keys_text("no such thing") == NOTHING
    assert "<b>period .</b>" in keys_text("period"), "a key that is a small sign has a name"


def test_one_types_in_the_page(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["shortcuts"].trigger()
    dialog = window.findChild(QDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field.accessibleName() == "Search keys"
    qtbot.keyClicks(field, "gradients")
    page = next(label for label in dialog.findChildren(QLabel) if "<h4>" in label.text())
    assert "Ctrl+G" in page.text()
    assert "Ctrl+Z" not in page.text()
    dialog.reject()


def test_a_letter_chooses_one_action_of_a_menu(window: MainWindow) -> None:
    menus = [menu for menu in window.findChildren(QMenu) if menu.actions()]
    assert len(menus) > 7
    for menu in menus:
        letters = [found[1].lower() for action in menu.actions() if (found := re.search("&([^&])", action.text()))]
        twice = {letter for letter in letters if letters.count(letter) > 1}
        assert not twice, f"{menu.title()}: {sorted(twice)}"


def test_a_run_is_saved_from_the_menu_of_exports_too(window: MainWindow) -> None:
    [export] = [menu for menu in window.findChildren(QMenu) if menu.title() == "E&xport"]
    assert export.actions()[0] is window.actions_by_name["save-project"]
