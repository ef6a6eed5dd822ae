"""A sample of the walk through the window, see tests/campaigns/test_window_walk.py; and that its search does find."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QRectF, Qt
from PyQt5.QtGui import QPainter, QPaintEvent
from PyQt5.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.diagram.diagram_footer import DiagramFooter
from gui.explanation.inspector.card_head import BATCH, DATA, HISTORY, SAMPLE, CardHead
from gui.widgets.fields import ChoiceBox
from gui.widgets.qt_objects import existing
from gui.widgets.theme import LIGHT, THEMES
from gui.window.main_window import MainWindow
from gui.window.run_status import GAP, MESSAGE_LEFT, StatusBar
from tests.campaigns.looks import faults_of, painted, pale_text
from tests.campaigns.window_walk import Walk, looks
from tests.gui.conftest import written

SIZE = (1440, 900)


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_five_states_of_the_window_look_right(window: MainWindow, tmp_path: Path) -> None:
    walk = Walk(window, tmp_path)
    for state in ("trained", "edge", "many classes", "painting", "notice"):
        for station, _, faults in looks(walk, state, [SIZE], [window.theme.name]):
            assert not faults, (station, sorted(map(str, faults)))


def test_the_letters_of_the_card_are_as_small_as_they_must_be_in_each_theme(window: MainWindow) -> None:
    head = window.findChild(CardHead)
    head.offer((SAMPLE, BATCH, DATA, HISTORY), SAMPLE)
    head.setFixedWidth(220)
    for theme in ("dark", "light"):
        window.set_theme(THEMES[theme])
        QApplication.processEvents()
        sizes = {button.fontInfo().pointSizeF() for button in head.findChildren(QToolButton) if button.isVisible()}
        assert len(sizes) == 1 and max(sizes) < head.fontInfo().pointSizeF()
    for width in range(320, 560, 20):
        head.setFixedWidth(width)
        QApplication.processEvents()
        assert existing(head.layout()).minimumSize().width() <= width, head.styleSheet()


def test_a_narrow_diagram_has_its_menu_beside_the_colour_scale(qtbot: QtBot) -> None:
    holder, footer = QWidget(), DiagramFooter(LIGHT)
    qtbot.addWidget(holder)
    footer.setParent(holder)
    footer.resize(240, 32)
    holder.show()
    assert footer.choice.width() > 0 and footer.choice.geometry().right() < footer.strip.geometry().left()
    QApplication.sendEvent(footer.choice, QEvent(QEvent.Type.StyleChange))
    existing(footer.layout()).activate()
    assert footer.choice.geometry().right() < footer.strip.geometry().left(), "another theme changes nothing"


class Painting(QWidget):
    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawText(QRectF(0, 0, 30, 20), 0, "much too long for its box")
        text = painter.fontMetrics().elidedText("much too long for dots", Qt.TextElideMode.ElideRight, 50)
        painter.drawText(QRectF(0, 20, 100, 20), 0, text)
        painter.end()


def test_the_search_finds_each_kind_of_fault(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, line, holder = QVBoxLayout(window), QHBoxLayout(), QWidget()
    pale, narrow, nameless, fine = QLabel("pale"), QPushButton("a long text"), QComboBox(), QCheckBox("fine")
    pale.setStyleSheet("color: #c0c0c0; background: white;")
    narrow.setFixedWidth(20)
    outside, below = QPushButton("outside", holder), QPushButton("below", holder)
    holder.setFixedSize(200, 40)
    outside.move(180, 0)
    below.move(150, 5)
    painting = Painting()
    painting.setFixedSize(100, 40)
    for widget in (pale, narrow, nameless, fine):
        line.addWidget(widget)
    column.addLayout(line)
    column.addWidget(holder)
    column.addWidget(painting)
    QWidget.setTabOrder(fine, narrow)
    QWidget.setTabOrder(narrow, nameless)
    window.show()
    qtbot.waitExposed(window)
    with painted() as drawn:
        window.grab()
    found = faults_of(window) | drawn | pale_text(window)
    told = {
        (fault.kind, text)
        for fault in found
        for text in ("long text", "outside", "below", "much", "pale")
        if text in str(fault)
    }
    assert {("cut off", "long text"), ("overflow", "outside"), ("overlap", "below"), ("contrast", "pale")} <= told
    assert {("cut off", "much"), ("elided", "much")} <= told
    assert {fault.where for fault in found if fault.kind == "no name"} == {"QComboBox"}
    assert [fault.where for fault in found if fault.kind == "tab order"] == ["QCheckBox"]
    assert not [fault for fault in found if "'fine'" in fault.what and fault.kind != "tab order"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ticks_and_the_present_choice_of_a_list_can_be_read(window: MainWindow, theme: str) -> None:
    window.set_theme(THEMES[theme])
    ticked = window.scatter.test_shown
    ticked.ensurePolished()
    ticked.resize(ticked.sizeHint())
    box = QStyleOptionButton()
    box.initFrom(ticked)
    place = existing(ticked.style()).subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, box, ticked)
    inside = ticked.grab(place.adjusted(3, 3, -3, -3)).toImage()
    lights = [inside.pixelColor(x, y).lightness() for x in range(inside.width()) for y in range(inside.height())]
    assert ticked.isChecked() and max(lights) - min(lights) > 60, "there is a tick in the box"
    for box in window.panels.strip.findChildren(ChoiceBox):
        if not box.isVisible() or not box.isEnabled():
            continue
        box.showPopup()
        view = existing(box.view())
        row = view.visualRect(view.currentIndex())
        image = existing(view.viewport()).grab(row).toImage()
        lights = [image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height())]
        box.hidePopup()
        assert max(lights) - min(lights) > 90, box.accessibleName()


def test_a_message_of_the_status_bar_ends_before_the_engine(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    bar.showMessage("Started")
    qtbot.waitUntil(bar.isVisible)
    assert bar.shown_message() == "Started"
    bar.showMessage("many words " * 40)
    assert bar.shown_message().endswith("…")
    end = MESSAGE_LEFT + bar.fontMetrics().horizontalAdvance(bar.shown_message())
    first = min(label.x() for label in bar.findChildren(QLabel) if label.isVisible())
    assert first - end >= GAP
    bar.showMessage(f"Started; {'many words ' * 40}")
    assert bar.shown_message() == "Started" and "many words" in bar.toolTip(), "a clause is left out as a whole"


def test_the_status_bar_keeps_its_height_when_a_file_is_written(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bar = existing(window.statusBar())
    height = bar.height()
    window.exports.write(tmp_path / "weights.npz", "npz")
    window.exports.bar.show()
    qtbot.waitUntil(lambda: written(window))
    QApplication.processEvents()
    assert (bar.height(), bar.sizeHint().height() <= height) == (height, True)
