"""The notes of the first start."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtWidgets import QAbstractButton, QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from gui.export.pictures import picture
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data


def seen(window: MainWindow) -> list[str]:
    return [note.accessibleName() for note in window.first_notes.notes if note.isVisible()]


@pytest.fixture
def noted(qtbot: QtBot, window: MainWindow) -> MainWindow:
    assert not window.first_notes.notes, "films and pictures open windows without notes"
    window.resize(1280, 800)
    window.first_notes.begin()
    qtbot.waitUntil(lambda: len(seen(window)) == 4)
    return window


def test_the_notes_lie_in_the_window_and_go_for_good_when_it_plays(
    qtbot: QtBot, noted: MainWindow, open_window: Callable[[], MainWindow]
) -> None:
    for note in noted.first_notes.notes:
        assert noted.rect().contains(note.geometry())
        below = QApplication.widgetAt(noted.mapToGlobal(note.geometry().center()))
        assert below is not note, "a click goes through"
    qtbot.keyClick(noted, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not noted.first_notes.notes)
    noted.close()
    again = open_window()
    again.resize(1280, 800)
    again.first_notes.begin()
    assert not again.first_notes.notes
    again.actions_by_name["first-notes"].trigger()
    qtbot.waitUntil(lambda: len(seen(again)) == 4)


def test_a_note_goes_with_a_click_on_what_it_is_about(qtbot: QtBot, noted: MainWindow) -> None:
    diagram = noted.network.diagram()
    assert diagram is not None
    x, y = diagram.lines[0].points[0][3].tolist()
    qtbot.mouseClick(noted.network, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    qtbot.waitUntil(lambda: len(seen(noted)) == 3)


def test_what_is_said_of_a_run_goes_with_other_data_and_with_a_preset(qtbot: QtBot, noted: MainWindow) -> None:
    choose_data(qtbot, noted, "circle")
    qtbot.waitUntil(lambda: seen(noted) == ["Press Space: the network learns"])
    noted.first_notes.show_all()
    qtbot.waitUntil(lambda: len(seen(noted)) == 4)
    noted.panels.presets.choice.chosen.emit("overfit")
    qtbot.waitUntil(lambda: seen(noted) == ["Press Space: the network learns"])


@pytest.mark.parametrize("size", [(1100, 700), (1280, 800), (1920, 1080)])
def test_a_note_covers_no_control_and_no_point(qtbot: QtBot, noted: MainWindow, size: tuple[int, int]) -> None:
    noted.resize(*size)
    qtbot.waitUntil(lambda: drawn(noted))
    qtbot.wait(50)
    box = noted.scatter.plot.box.sceneBoundingRect().toAlignedRect()
    points = box.translated(noted.scatter.plot.mapTo(noted, QPoint(0, 0))).adjusted(0, 0, 0, -6)  # a line ends there
    for note in noted.first_notes.notes:
        if not note.isVisible():
            continue
        boxed = note.box()
        assert not boxed.intersects(points)
        for control in noted.findChildren(QAbstractButton):
            place = QRect(control.mapTo(noted, QPoint(0, 0)), control.size())
            assert not control.isVisible() or not place.intersects(boxed), (note.accessibleName(), control.text())


def test_no_note_lies_over_the_plot_while_one_paints(qtbot: QtBot, noted: MainWindow) -> None:
    noted.actions_by_name["paint"].trigger()
    qtbot.waitUntil(lambda: "Colours: the network's answer" not in seen(noted))
    noted.actions_by_name["paint"].trigger()
    qtbot.waitUntil(lambda: "Colours: the network's answer" in seen(noted))


def test_a_note_hides_while_the_column_is_scrolled_and_covers_no_heading(qtbot: QtBot, noted: MainWindow) -> None:
    text = "Choose what to learn"
    [note] = [note for note in noted.first_notes.notes if note.accessibleName() == text]
    heading = noted.docks.title("settings")
    name_end = heading.mapTo(noted, heading.name_end())
    assert note.geometry().left() > name_end.x() - 1
    tiles = noted.panels.data.kind
    column = next(area for area in noted.findChildren(QScrollArea)[::-1] if area.isAncestorOf(tiles))
    bar = existing(column.verticalScrollBar())
    top = note.y()
    bar.setValue(bar.maximum())
    assert not tiles.visibleRegion().contains(tiles.visualItemRect(existing(tiles.item(0))).center())
    qtbot.waitUntil(lambda: text not in seen(noted))
    bar.setValue(0)
    qtbot.waitUntil(lambda: text in seen(noted))
    assert note.y() == top


def test_no_picture_holds_a_note(qtbot: QtBot, noted: MainWindow) -> None:
    with_notes, written = noted.grab().toImage(), picture(noted)
    for note in noted.first_notes.notes:
        note.hide()
    bare = noted.grab().toImage()
    assert with_notes != bare
    assert written == bare
