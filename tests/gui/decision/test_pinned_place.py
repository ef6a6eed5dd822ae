"""A probed place is pinned by a click, and its numbers follow the training."""

from __future__ import annotations

from PyQt5.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, hover, position

LEFT = Qt.MouseButton.LeftButton


def at(window: MainWindow, x: float, y: float) -> QPoint:
    plot = window.scatter.plot
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def test_a_pinned_place_stays_and_follows_the_training(qtbot: QtBot, window: MainWindow) -> None:
    network, view = window.network, window.scatter.plot.viewport()
    empty = at(window, 2.0, 16.0)
    qtbot.mouseClick(view, LEFT, pos=empty)
    assert network._probe is None, "without the probe a click there does nothing"
    window.actions_by_name["probe"].trigger()
    hover(view, empty.x(), empty.y())
    qtbot.mouseClick(view, LEFT, pos=empty)
    window.scatter.plot.left.emit()
    qtbot.waitUntil(lambda: network._probe is not None)
    point, line = network._probe.point, window.scatter._place.full
    assert abs(point[0] - 2.0) < 1.0 and abs(point[1] - 16.0) < 1.0  # to a pixel
    assert line.startswith("x1")
    window.session.run_epochs(8)
    qtbot.waitUntil(lambda: position(window) == 8000 and drawn(window))
    qtbot.waitUntil(lambda: window.scatter._place.full != line)
    assert network._probe.point == point
    elsewhere = at(window, 20.0, 16.0)
    hover(view, elsewhere.x(), elsewhere.y())
    qtbot.waitUntil(lambda: network._probe is not None and network._probe.point[0] > 19.0)
    window.scatter.plot.left.emit()
    qtbot.waitUntil(lambda: network._probe is not None and network._probe.point == point)
    qtbot.mouseClick(view, LEFT, pos=empty)
    window.scatter.plot.left.emit()
    qtbot.waitUntil(lambda: network._probe is None)


def test_the_pin_goes_with_the_probe_and_with_its_data(qtbot: QtBot, window: MainWindow) -> None:
    view, probe = window.scatter.plot.viewport(), window.actions_by_name["probe"]
    for end in (probe.trigger, lambda: choose_data(qtbot, window, "circle")):
        probe.trigger()
        qtbot.mouseClick(view, LEFT, pos=at(window, 2.0, 16.0))
        window.scatter.plot.left.emit()
        qtbot.waitUntil(lambda: window.network._probe is not None)
        end()
        qtbot.waitUntil(lambda: window.network._probe is None and drawn(window))
