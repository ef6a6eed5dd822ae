"""The dialog that tries several values, in the real window: what it offers, what it refuses, and what comes of it."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.runs.try_dialog import TryDialog
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.runs.test_runs import press


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> TryDialog:
    window.toolbar.epochs.set_value(2)
    press(qtbot, window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: window.findChild(TryDialog) is not None)
    return existing(window.findChild(TryDialog))


def test_rates_around_the_present_one_are_offered(dialog: TryDialog) -> None:
    assert dialog.settings[0].value() == "learning-rate"
    assert dialog.values[0].text() == "0.001; 0.003; 0.01; 0.03; 0.1"
    assert dialog.note.text() == "5 runs of 2 epochs" and dialog.train.isEnabled()


def test_values_of_two_settings_are_trained_and_kept(qtbot: QtBot, window: MainWindow, dialog: TryDialog) -> None:
    dialog.values[0].setText("0.01; 0.5")
    dialog.settings[1].setCurrentIndex(dialog.settings[1].findData("hidden"))
    dialog.values[1].setText("2; 4,3")
    assert dialog.note.text() == "4 runs of 2 epochs"
    qtbot.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 4)
    names = {row.name for row in window.runs.rows() if row.pinned}
    assert names == {
        f"hidden layers {hidden}, learning rate {rate}" for hidden in ("2", "4, 3") for rate in ("0.01", "0.5")
    }


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ("0.1; fast", "learning-rate: "),
        ("0.1; 0.1", "named twice"),
        ("log:0.001..1:99", "99 runs"),
        ("", "a value is missing"),
    ],
)
def test_what_cannot_be_tried_is_told(dialog: TryDialog, values: str, told: str) -> None:
    dialog.values[0].setText(values)
    assert told in dialog.note.text() and not dialog.train.isEnabled()
    dialog.values[0].setText("0.1; 1")
    assert dialog.note.text() == "2 runs of 2 epochs" and dialog.train.isEnabled()
