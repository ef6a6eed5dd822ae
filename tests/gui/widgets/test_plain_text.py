"""Tooltips show texts as they are, in lines of a readable length."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QWidget
from pytestqt.qtbot import QtBot

from core.explain.diagnosis import SATURATED_RULE
from gui.widgets.plain_text import WIDEST_TIP, plain
from gui.window.main_window import MainWindow


@pytest.mark.parametrize("text", [SATURATED_RULE, f"{SATURATED_RULE} & more\n{SATURATED_RULE}"])
def test_a_long_text_has_several_lines_and_loses_no_word(text: str) -> None:
    lines = plain(text).removeprefix("<span>").removesuffix("</span>").replace("<br>", "\n").split("\n")
    assert len(lines) > 1 and max(map(len, lines)) <= WIDEST_TIP + len("&amp;")
    assert " ".join(lines).replace("&amp;", "&").split() == text.split()


def test_a_line_that_is_short_and_one_without_spaces_stay_as_they_are() -> None:
    for text in ("One line.\n\n  a = 0", "/" + 120 * "a"):
        assert plain(text) == text


def test_no_tooltip_of_the_window_is_as_wide_as_the_window(window: MainWindow, qtbot: QtBot) -> None:
    texts = [part.toolTip() for kind in (QWidget, QAction) for part in window.findChildren(kind)]
    lines = [line for text in texts if not Qt.mightBeRichText(text) for line in text.split("\n")]
    assert not [line for line in lines if len(line) > WIDEST_TIP]
