"""What the plot shows: the answer, how sure the network is, or its mistakes; and how quiet their marks are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt5.QtGui import QEnterEvent
from PyQt5.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from gui.decision.decision_map import certainty_colors, certainty_image, decision_image
from gui.decision.map_layer import ANSWER, MISTAKES, SURE
from gui.decision.point_layers import FEW, TINT
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, hover, position

LEFT = Qt.MouseButton.LeftButton
BASE = PRESETS["circle"].experiment


def test_a_click_chooses_what_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.session.run_epochs(16)
    qtbot.waitUntil(lambda: position(window) == 16_000 and drawn(window))
    scatter = window.scatter
    pictures = []
    for view in (ANSWER, SURE, MISTAKES):
        qtbot.mouseClick(scatter.title_tools.buttons[view], LEFT)
        assert [name for name, button in scatter.title_tools.buttons.items() if button.isChecked()] == [view]
        pictures.append(scatter.plot.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]


def test_no_view_is_lit_while_a_neurons_map_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    scatter, network, buttons = window.scatter, window.network, window.scatter.title_tools.buttons
    place = network.diagram().layers[1].tiles[2].center().toPoint()

    def lit() -> list[str]:
        return [name for name, button in buttons.items() if button.isChecked()]

    qtbot.mouseClick(buttons[SURE], LEFT)
    hover(network, place.x(), place.y())
    assert scatter.neuron_place() is not None and lit() == []
    hover(network, network.width() - 2, 2)
    assert scatter.neuron_place() is None and lit() == [SURE]
    for view in (SURE, MISTAKES):  # the one from before, and another
        hover(network, place.x(), place.y())
        qtbot.mouseDClick(network, LEFT, pos=place)
        hover(network, network.width() - 2, 2)
        assert scatter.neuron_place() is not None and lit() == [], "it stays when the mouse goes"
        qtbot.mouseClick(buttons[view], LEFT)
        assert scatter.neuron_place() is None and lit() == [view]
    window.session.load(PRESETS["bumps"].experiment, anew=True)
    qtbot.waitUntil(lambda: drawn(window) and not buttons[SURE].isEnabled())
    assert lit() == [ANSWER]


def test_how_sure_has_a_key_that_covers_no_data(qtbot: QtBot, window: MainWindow) -> None:
    scatter, legend = window.scatter, window.scatter.legend
    for size in ((1100, 700), (1280, 800)):
        window.resize(*size)
        for view in (SURE, ANSWER):
            qtbot.mouseClick(scatter.title_tools.buttons[view], LEFT)
            assert ("unsure" in scatter.legend.label.text()) == (view == SURE)
        qtbot.mouseClick(scatter.title_tools.buttons[SURE], LEFT)
        assert all(color in scatter.legend.label.text() for color in certainty_colors(window.theme, 2))
        qtbot.waitUntil(lambda: not legend.geometry().intersects(scatter.plot.geometry()))
        assert legend.height() >= legend.label.heightForWidth(legend.width())


def test_the_key_of_how_sure_moves_nothing(qtbot: QtBot, window: MainWindow) -> None:
    scatter = window.scatter
    for size in ((1000, 640), (1100, 700), (1280, 800), (1600, 1000)):
        window.resize(*size)
        for changes in ({"train_fraction": 0.5}, {"data": replace(BASE.data, kind="spiral", classes=5)}):
            window.session.load(BASE.replace(**changes), anew=True)
            qtbot.waitUntil(lambda: drawn(window))
            qtbot.wait(50)
            places = set()
            for view in (ANSWER, SURE, MISTAKES, SURE, ANSWER):
                qtbot.mouseClick(scatter.title_tools.buttons[view], LEFT)
                qtbot.wait(50)
                places.add((scatter.legend.geometry().getRect(), scatter.plot.geometry().getRect()))
            assert len(places) == 1


@pytest.mark.parametrize("is_painting", [False, True])
def test_the_key_to_the_map_of_a_neuron_covers_no_data_and_moves_nothing(
    qtbot: QtBot, window: MainWindow, is_painting: bool
) -> None:
    window.resize(1280, 800)
    if is_painting:
        window.actions_by_name["paint"].trigger()
    qtbot.waitUntil(lambda: drawn(window))
    scatter, diagram = window.scatter, window.network.diagram()
    assert diagram is not None
    before = scatter.plot.geometry()
    hover(window.network, *diagram.layers[1].centers[2])
    [title] = [label for label in scatter.findChildren(QLabel) if "Neuron 3 of hidden layer 1" in label.text()]
    assert title.isVisible() and title.sizeHint().width() <= title.width()
    axes = scatter.plot.box.sceneBoundingRect().toRect().translated(scatter.plot.pos())
    assert not title.geometry().intersects(axes)
    assert scatter.plot.geometry() == before
    hover(window.network, 1.0, 1.0)
    assert not title.isVisible()


@pytest.mark.parametrize("size", [(1000, 560), (1100, 700), (1280, 800), (1440, 900)])
def test_the_tools_of_the_plot_cover_nothing(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    """They lay over a corner of the points and took the clicks on these."""
    scatter, plot, tools = window.scatter, window.scatter.plot, window.scatter.probe.parentWidget()
    window.session.load(BASE.replace(train_fraction=0.5), anew=True)
    window.resize(*size)
    qtbot.waitUntil(lambda: drawn(window) and scatter.test_shown.isVisibleTo(tools))
    bare = plot.grab().toImage()
    for widget in (scatter, plot):
        QApplication.sendEvent(widget, QEnterEvent(QPointF(3.0, 3.0), QPointF(3.0, 3.0), QPointF(3.0, 3.0)))
    assert tools.isVisible()
    needed = QRect(tools.pos(), tools.sizeHint())
    assert tools.geometry().contains(needed) and plot.geometry().contains(needed)
    needed.translate(-plot.pos())
    ground = bare.pixel(1, plot.height() - 2)
    assert {bare.pixel(x, y) for x in range(needed.right()) for y in range(needed.top(), plot.height())} == {ground}
    for x, y in window.session.loaded.dataset.points.tolist():
        place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))
        assert scatter.childAt(plot.mapTo(scatter, place)) is plot.viewport()


def test_the_tools_of_the_plot_give_way_to_what_is_told_of_a_place(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: drawn(window))
    scatter, plot, probe = window.scatter, window.scatter.plot, window.scatter.probe
    middle = plot.box.sceneBoundingRect().center()

    def go(x: float, y: float) -> None:
        qtbot.wait(20)  # pyqtgraph leaves out moves that come fast
        hover(plot.viewport(), x, y)

    QApplication.sendEvent(scatter, QEnterEvent(QPointF(3.0, 3.0), QPointF(3.0, 3.0), QPointF(3.0, 3.0)))
    for _ in range(2):
        go(middle.x(), middle.y())
        qtbot.waitUntil(lambda: scatter._place.isVisible())
        assert not probe.isVisible()
        go(middle.x(), plot.height() - 4)
        assert probe.isVisible() and not scatter._place.isVisible()
    qtbot.mouseClick(probe, LEFT, pos=QPoint(8, probe.height() // 2))
    assert probe.isChecked() and window.actions_by_name["probe"].isChecked()
    go(middle.x(), middle.y())
    assert not probe.isVisible()
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert probe.isVisible(), "over the legend"
    QApplication.sendEvent(scatter, QEvent(QEvent.Type.Leave))
    assert not probe.isVisible()


def test_the_picture_of_certainty_has_the_same_colour_for_every_class(window: MainWindow) -> None:
    assert window.session.snapshot is not None
    output = window.session.snapshot.output
    assert output is not None
    sure = certainty_image(output, window.theme)
    assert (sure.width(), sure.height()) == (output.plane.columns, output.plane.rows)
    assert decision_image(output, window.theme) != sure
    row, column = np.unravel_index(int(output.margin.argmax()), output.margin.shape)
    least = np.unravel_index(int(output.margin.argmin()), output.margin.shape)
    strong, weak = sure.pixelColor(int(column), int(row)), sure.pixelColor(int(least[1]), int(least[0]))
    accent = window.theme.color("accent")
    assert abs(strong.red() - accent.red()) <= abs(weak.red() - accent.red())


def test_many_marks_of_wrong_points_fade_to_a_tint(qtbot: QtBot, window: MainWindow) -> None:
    points = window.scatter.points
    assert points._wrong_points.count > 300, "before it has learned, half of them"
    assert points._wrong.opacity() == pytest.approx(TINT)
    window.scatter.title_tools.choose(MISTAKES)
    assert points._wrong.opacity() == 1.0
    window.scatter.title_tools.choose(ANSWER)
    window.session.run_epochs(16)
    qtbot.waitUntil(lambda: position(window) == 16_000 and drawn(window))
    assert points._wrong_points.count < FEW
    assert points._wrong.opacity() == 1.0


def test_numbers_are_neither_sure_nor_wrong(qtbot: QtBot, window: MainWindow) -> None:
    window.scatter.title_tools.choose(MISTAKES)
    window.session.load(PRESETS["bumps"].experiment, anew=True)
    qtbot.waitUntil(lambda: drawn(window) and not window.scatter.title_tools.buttons[SURE].isEnabled())
    assert window.scatter.title_tools.buttons[ANSWER].isChecked()
    assert "no classes" in window.scatter.title_tools.buttons[MISTAKES].toolTip()


def test_a_unit_is_as_long_in_both_inputs_where_they_are_alike(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "circle")
    qtbot.waitUntil(lambda: drawn(window) and window.session.experiment.data.kind == "circle")
    box = window.scatter.plot.box
    for size in ((1280, 800), (1440, 900)):
        window.resize(*size)
        window.docks.restore_default()
        qtbot.waitUntil(lambda: drawn(window))
        width, height = box.viewPixelSize()
        assert width == pytest.approx(height, rel=1e-6)
        (x0, x1), (y0, y1) = box.viewRange()
        low, high = window.session.loaded.dataset.points.min(axis=0), window.session.loaded.dataset.points.max(axis=0)
        assert x0 < low[0] and high[0] < x1 and y0 < low[1] and high[1] < y1, "with a margin"
