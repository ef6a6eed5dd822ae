"""Sliders under the mouse."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.widgets.fields import LiveSlider


def test_a_press_beside_the_handle_brings_it_there_and_drags_it(qtbot: QtBot) -> None:
    """Where the speed had risen meanwhile, a press on the former place of the handle led to the slowest one."""
    slider, moves = LiveSlider(0, 100, "speed"), list[tuple[int, object]]()
    qtbot.addWidget(slider)
    slider.resize(240, 24)
    slider.show()
    slider.set_value(50)
    slider.moved.connect(lambda value, gesture: moves.append((value, gesture)))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(slider, left, pos=QPoint(190, 12))
    assert 75 <= slider.value() <= 85 and slider.isSliderDown()
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(60, 12), Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(slider, move)  # pytest-qt moves the mouse without its button
    assert 15 <= slider.value() <= 30
    qtbot.mouseRelease(slider, left, pos=QPoint(60, 12))
    assert len({id(gesture) for _, gesture in moves}) == 1, "one step of undo"
    before = slider.value()
    qtbot.mouseClick(slider, left, pos=QPoint(60, 12))
    assert slider.value() == before, "on the handle nothing moves"
