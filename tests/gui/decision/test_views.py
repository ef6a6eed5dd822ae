"""What the plot shows: the answer, how sure the network is, or its mistakes; and how quiet their marks are."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from gui.decision.decision_map import certainty_image, decision_image
from gui.decision.map_layer import ANSWER, MISTAKES, SURE
from gui.decision.point_layers import FEW, TINT
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, position

LEFT = Qt.MouseButton.LeftButton


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
