"""The look: the size of type, the presentation, and the theme of the desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QFontMetrics, QPalette
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.explain.picked_part import Edge
from core.storage.settings_file import SettingsFile
from gui.explanation.inspector.card_head import RANKS
from gui.widgets.theme import DARK, LIGHT
from gui.window.appearance import DESKTOP_THEME, PRESENTED, SIZES, desktop_theme
from gui.window.main_window import MainWindow
from tests.campaigns.looks import faults_of
from tests.gui.conftest import drawn


@pytest.fixture
def desktop(qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.property(DESKTOP_THEME)
    yield qapp
    qapp.setProperty(DESKTOP_THEME, before)


def points() -> float:
    return float(QApplication.font().pointSizeF())


def test_the_type_grows_and_shrinks_and_is_remembered(
    qtbot: QtBot, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window, usual = open_window(), points()
    height = window.toolbar.figures.loss.fontMetrics().height()
    window.actions_by_name["larger-type"].trigger()
    assert points() == pytest.approx(1.1 * usual)
    qtbot.waitUntil(lambda: window.toolbar.figures.loss.fontMetrics().height() > height)
    window.close()
    assert points() == usual, "the application outlives the window"
    again = open_window()
    assert points() == pytest.approx(1.1 * usual)
    for _ in range(len([size for size in SIZES if size <= 110])):
        again.actions_by_name["smaller-type"].trigger()
    assert points() == pytest.approx(SIZES[0] / 100 * usual)
    again.actions_by_name["usual-type"].trigger()
    assert points() == usual
    assert SettingsFile(tmp_path / "settings.ini").text("window/type-size", "") == "100"


def test_a_presentation_fills_the_screen_and_leaves_everything_as_it_was(qtbot: QtBot, window: MainWindow) -> None:
    usual, docks = points(), window.docks.by_name
    action = window.actions_by_name["presentation"]
    action.trigger()
    qtbot.waitUntil(window.isFullScreen)
    assert points() == pytest.approx(usual * PRESENTED / 100)
    assert docks["settings"].isHidden()
    assert window.toolbar.play.isVisible()
    action.trigger()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert points() == usual
    assert not docks["settings"].isHidden()
    assert docks["more"].isHidden(), "it was folded before"


def test_the_theme_follows_the_desktop_until_one_is_chosen(
    desktop: QApplication, open_window: Callable[[], MainWindow]
) -> None:
    desktop.setProperty(DESKTOP_THEME, DARK.name)
    first = open_window()
    assert first.theme is DARK
    first.close()
    desktop.setProperty(DESKTOP_THEME, LIGHT.name)
    second = open_window()
    assert second.theme is LIGHT, "nothing was chosen"
    second.actions_by_name["theme"].trigger()
    second.close()
    assert open_window().theme is DARK


def test_a_dark_desktop_is_known_by_its_colours(qapp: QApplication) -> None:
    before = qapp.palette()
    for color, theme in ((QColor(40, 40, 45), DARK), (QColor(240, 240, 240), LIGHT)):
        palette = QPalette(before)
        palette.setColor(QPalette.ColorRole.Window, color)
        qapp.setPalette(palette)
        assert desktop_theme() is theme
    qapp.setPalette(before)


def test_larger_type_cuts_off_neither_rows_nor_names(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    rows = window.inspector.pages.rows.table
    qtbot.waitUntil(lambda: len(rows.lines) > 2)
    for _ in range(3):
        window.actions_by_name["larger-type"].trigger()
    qtbot.waitUntil(lambda: rows.height() == len(rows.lines) * rows.line_height())
    assert window.network_panel.footer.choice.text() == "edges: weight ▾"
    head = window.inspector.head
    buttons = [button for button in (*head.views.values(), *head.scopes.values()) if button.isVisible()]
    qtbot.waitUntil(lambda: all(button.height() >= button.sizeHint().height() for button in buttons))


@pytest.mark.parametrize(("size", "most"), [((1000, 560), 110), ((1100, 700), 125), ((1280, 800), 150)])
def test_the_type_grows_as_far_as_the_window_holds_it_and_it_is_said_where_it_ends(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], most: int
) -> None:
    window.resize(*size)
    window.docks.restore_default()
    for _ in SIZES:
        qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert window.appearance.size == most
    assert window.statusBar().currentMessage() == f"Larger type has no room in this window: {most} % is the most."
    window.inspector.head.scopes[RANKS].click()
    qtbot.waitUntil(lambda: window.inspector.pages.ranks.isVisible() and drawn(window))
    qtbot.waitUntil(lambda: not faults_of(window))
    for view in window.inspector.pages.ranks.lists:
        items = [view.item(row) for row in range(view.count())]
        rooms = [QFontMetrics(item.font()).horizontalAdvance(item.text()) for item in items]
        assert max(rooms, default=0) + 6 <= view.viewport().width(), "no number is cut"
    window.resize(1000, 560)
    qtbot.waitUntil(lambda: window.appearance.size == 110)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.appearance.size == most)
