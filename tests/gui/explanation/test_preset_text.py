"""The text of a preset in little room."""

from __future__ import annotations

from PyQt5.QtWidgets import QLabel, QStackedWidget
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from gui.explanation.preset_text import PresetText
from gui.widgets.qt_objects import existing


def test_a_text_that_became_longer_while_it_was_hidden_has_a_scroll_bar(qtbot: QtBot) -> None:
    pages, text, other = QStackedWidget(), PresetText(), QLabel()
    qtbot.addWidget(pages)
    pages.addWidget(text)
    pages.addWidget(other)
    pages.resize(500, 100)
    text.text.setText("Short.")
    pages.show()
    qtbot.waitExposed(pages)
    bar = existing(text.verticalScrollBar())
    assert not bar.isVisible()
    pages.setCurrentWidget(other)
    text.show_experiment(PRESETS["deep"].experiment)
    pages.setCurrentWidget(text)
    qtbot.waitUntil(bar.isVisible)
