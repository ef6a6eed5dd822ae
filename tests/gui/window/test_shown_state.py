"""What the window shows is of the present run: readouts, notices and canvases."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.explain.report import UNDEFINED
from gui.widgets.readout import Readout
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import learn_file

PLACE = QPointF(6.0, 7.0)
"""Where the mouse rests, in the units of the plot of the data."""


def rest_mouse(window: MainWindow) -> None:
    """The mouse comes to rest in both plots."""
    for plot, place in ((window.scatter.plot, PLACE), (window.loss.plot, None)):
        box = plot.getPlotItem().getViewBox()
        at = box.sceneBoundingRect().center() if place is None else box.mapViewToScene(place)
        plot.scene().sigMouseMoved.emit(at)


def readout(window: MainWindow) -> str:
    """What is written below the plot of the data for the place under the mouse."""
    [text] = [label.text() for label in window.scatter.findChildren(QLabel) if label.text().startswith("x1 ")] or [""]
    return text


def answer(window: MainWindow) -> str:
    """What the readout would say if the mouse had just come."""
    window.scatter.plot.scene().sigMouseMoved.emit(window.scatter.plot.getPlotItem().getViewBox().mapViewToScene(PLACE))
    return readout(window)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window) and not window.session.playing)


def note(window: MainWindow) -> str:
    return next((t.text() for t in window.loss.findChildren(QLabel) if t.text().startswith("epoch ")), "")


def test_a_readout_under_a_resting_mouse_follows_the_run(window: MainWindow, qtbot: QtBot) -> None:
    rest_mouse(window)
    before = readout(window), note(window)
    window.session.run_epochs(4)
    settle(qtbot, window)
    assert readout(window) != before[0]
    trained = readout(window), note(window)
    assert trained == (answer(window), note(window))
    assert trained[1] != before[1]
    window.session.reset()
    settle(qtbot, window)
    assert (readout(window), note(window)) == before


def test_a_readout_follows_other_data_and_a_canvas(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    rest_mouse(window)
    far = tmp_path / "far.csv"
    far.write_text("length,width,kind\n5,6,a\n7,8,b\n5,9,a\n")
    learn_file(window, far)
    settle(qtbot, window)
    [text] = [label.text() for label in window.scatter.findChildren(QLabel) if label.text().startswith("length ")]
    assert "→" in text
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.canvas is not None)
    settle_canvas(qtbot, window)
    texts = [label.text() for label in window.scatter.findChildren(QLabel)]
    assert not [text for text in texts if "→" in text or text.startswith("length")]


def settle_canvas(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.session.at_rest)


def test_a_readout_goes_when_the_mouse_leaves(window: MainWindow) -> None:
    rest_mouse(window)
    assert readout(window)
    assert note(window)
    for plot in (window.scatter.plot, window.loss.plot):
        plot.leaveEvent(QEvent(QEvent.Leave))
    assert not readout(window)
    assert not note(window)


def test_a_new_canvas_shows_nothing_of_the_run_before(window: MainWindow, qtbot: QtBot) -> None:
    window.docks.bring_up("report")
    window.session.run_epochs(2)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "accuracy" in window.report.head.text())
    window.docks.bring_up("loss")
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.canvas is not None)
    settle_canvas(qtbot, window)
    assert window.report.head.text() == UNDEFINED
    assert {label.text() for label in window.loss.findChildren(Readout)} == {"–"}
    assert not any(len(curve.points[0]) for curve in window.loss._curves.values())
    assert not any(letter.isdigit() for letter in window.toolbar.epoch.text() + window.toolbar.sample.text())
    window.session.undo()
    settle(qtbot, window)
    assert window.toolbar.epoch.text() == "Epoch 2"
    assert [text for text in (label.text() for label in window.loss.findChildren(QLabel)) if "%" in text]


@pytest.mark.parametrize("back", ["home", "button", "double click"])
def test_a_zoomed_loss_plot_comes_back(window: MainWindow, qtbot: QtBot, back: str) -> None:
    window.session.run_epochs(2)
    settle(qtbot, window)
    box = window.loss.plot.getPlotItem().getViewBox()
    followed = box.viewRange()
    assert not window.loss.follow.isVisible()
    box.setRange(xRange=(0.5, 1.0), yRange=(0.1, 0.2), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    zoomed = box.viewRange()
    window.actions_by_name["theme"].trigger()
    assert box.viewRange() == zoomed, "another theme keeps the zoom"
    assert window.loss.follow.isVisible()
    if back == "home":
        window.actions_by_name["fit"].trigger()
    elif back == "button":
        window.loss.follow.click()
    else:
        middle = window.loss.plot.viewport().rect().center()
        for act in (qtbot.mouseClick, qtbot.mouseDClick, qtbot.mouseRelease):
            act(window.loss.plot.viewport(), Qt.LeftButton, pos=middle)
    assert box.viewRange() == followed
    assert not window.loss.follow.isVisible()
