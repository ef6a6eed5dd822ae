"""A probed place is pinned by a click, and its numbers follow the training."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from core.data.data_source import load
from core.training.trainer import Trainer
from gui.decision.decision_map import border
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, hover, position

LEFT = Qt.MouseButton.LeftButton


def at(window: MainWindow, x: float, y: float) -> QPoint:
    plot = window.scatter.plot
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def test_the_line_about_a_place_leaves_the_title_of_the_axis_uncovered(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: drawn(window))
    plot, line = window.scatter.plot, window.scatter._place
    place = at(window, 10.0, 10.0)
    hover(plot.viewport(), place.x(), place.y())
    qtbot.waitUntil(line.isVisible)
    title = plot.axes["bottom"].label.sceneBoundingRect()
    assert line.fits(line.full) and line.geometry().right() <= title.left()
    assert title.right() <= plot.width() + 1


def test_the_line_tells_what_the_network_computes_there_to_the_last_digit(qtbot: QtBot, window: MainWindow) -> None:
    """The cells of the map are pixels wide, and beside a border its colours change within one."""
    window.session.run_epochs(16)
    qtbot.waitUntil(lambda: position(window) == 16_000 and drawn(window))
    view, line = window.scatter.plot.viewport(), window.scatter._place
    experiment = window.session.experiment
    assert experiment is not None
    trainer = Trainer(experiment, load(experiment.data))
    trainer.network.parameters[:] = window.session.snapshot.parameters
    lines = border(window.session.snapshot.output)
    for x, y in lines[np.isfinite(lines).all(axis=1)][5::9][:6]:
        place = at(window, x, y) + QPoint(2, 1)
        point = window.scatter.plot.box.mapSceneToView(QPointF(place))
        outputs = trainer.activations(np.array([[point.x(), point.y()]]))[-1][0]
        answer = f"→ class {outputs.argmax()} ({100 * outputs.max():.1f} %)"
        hover(view, place.x(), place.y())
        qtbot.waitUntil(lambda answer=answer: line.full.endswith(answer))


def test_over_the_picked_point_the_line_tells_of_that_point(qtbot: QtBot, window: MainWindow) -> None:
    """It told of the mouse's place beside the card of the point, with another answer than there."""
    window.session.run_epochs(16)
    qtbot.waitUntil(lambda: position(window) == 16_000 and drawn(window))
    x, y = window.session.loaded.dataset.points[552].tolist()
    place = at(window, x, y)
    qtbot.mouseClick(window.scatter.plot.viewport(), LEFT, pos=place)
    hover(window.scatter.plot.viewport(), place.x() + 2, place.y() - 2)
    qtbot.waitUntil(lambda: "552" in window.inspector.about.full + window.inspector.title.full)
    line, card = window.scatter._place, window.inspector.sentence
    qtbot.waitUntil(lambda: line.full.rpartition("→ ")[2] in card.text() and "→" in line.full)
    told = [float(text.split()[1].replace("−", "-")) for text in line.full.partition(" →")[0].split(", ")]
    assert told == pytest.approx([x, y], abs=0.02)


def test_a_probe_beside_a_selected_point_has_the_edges_to_itself(qtbot: QtBot, window: MainWindow) -> None:
    """The numbers of one place and the edges of another would not fit."""
    view, network = window.scatter.plot.viewport(), window.network
    dataset = window.session.loaded.dataset
    x, y = dataset.points[552]
    qtbot.mouseClick(view, LEFT, pos=at(window, x, y))
    qtbot.waitUntil(lambda: network._scene is not None)
    window.actions_by_name["probe"].trigger()
    empty = at(window, 2.0, 16.0)
    hover(view, empty.x(), empty.y())
    qtbot.waitUntil(lambda: network._probe is not None)
    assert network._scene is None
    window.scatter.plot.left.emit()
    qtbot.waitUntil(lambda: network._probe is None)
    assert network._scene is not None


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
