"""The range of an axis that follows growing data in steps."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, QPointF
from PyQt5.QtGui import QFontMetricsF, QImage
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plots import (
    AXIS_WIDTH,
    LEAST_SPAN,
    Curve,
    DecadeAxis,
    PlainAxis,
    Plot,
    curve_pen,
    show_range,
    steady_range,
    style_plot,
)
from gui.widgets.theme import DARK, LIGHT
from tests.gui.support import EventCounter

NUMBERS = st.floats(-1e12, 1e12, allow_subnormal=False)


def test_the_range_moves_seldom_as_the_data_grow() -> None:
    ranges = [steady_range(0.0, float(end)) for end in np.linspace(1.0, 100.0, 2000)]
    moves = sum(first != second for first, second in itertools.pairwise(ranges))
    assert moves < 120


@given(NUMBERS, NUMBERS)
def test_the_range_holds_the_data_with_some_room_and_not_too_much(first: float, second: float) -> None:
    low, high = sorted((first, second))
    start, end = steady_range(low, high)
    assert start < low <= high < end
    span = max(high - low, LEAST_SPAN * max(abs(low), abs(high)), 1e-12)
    assert end - start <= 1.4 * span


@pytest.mark.parametrize("value", [0.125, 0.0, -3.0])
def test_equal_numbers_get_a_range_that_can_be_labelled(value: float) -> None:
    start, end = steady_range(value, value)
    assert start < value < end
    assert end - start >= LEAST_SPAN * abs(value)


@pytest.mark.parametrize(
    ("low", "high", "size", "shown"),
    [
        (-6.2, -0.5, 60, [-6, -4, -2]),
        (-6.2, -0.5, 300, [-6, -5, -4, -3, -2, -1]),
        (-1.1, 0.4, 200, [-1, 0, math.log10(0.2), math.log10(0.5), math.log10(2)]),
        (-100.0, 0.0, 90, [-100, -80, -60, -40, -20, 0]),
    ],
)
def test_a_logarithmic_axis_has_room_for_its_numbers(
    qapp: QApplication, low: float, high: float, size: float, shown: list[float]
) -> None:
    [(_, ticks)] = DecadeAxis("left").tickValues(low, high, size)
    assert ticks == pytest.approx(shown)


@pytest.mark.usefixtures("qapp")
@given(st.floats(-9, 3), st.floats(0.05, 9), st.integers(50, 400))
def test_a_low_logarithmic_axis_has_two_numbers_and_none_over_another(low: float, span: float, size: int) -> None:
    [(_, ticks)] = DecadeAxis("left").tickValues(low, low + span, size)
    height = QFontMetricsF(QApplication.font()).height()
    assert len(ticks) >= 2
    assert all(gap * size / span >= height for gap in np.diff(sorted(ticks)))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("low", "high", "lines", "strings"),
    [
        (-7.96, -1.44, 1.7, ["1e−7", "0.01"]),
        (-2.2, -1.9, 2.8, ["0.007", "0.012"]),
        (-1.17, -0.88, 2.8, ["0.07", "0.13"]),
    ],
)
def test_two_numbers_of_few_digits_where_round_ones_would_be_one_alone(
    low: float, high: float, lines: float, strings: list[str]
) -> None:
    axis, line = DecadeAxis("left"), QFontMetricsF(QApplication.font()).height()
    [(spacing, ticks)] = axis.tickValues(low, high, lines * line)
    assert axis.tickStrings(ticks, 1.0, spacing) == strings


@pytest.mark.usefixtures("qapp")
@given(st.floats(-9, 9), st.floats(0.01, 900), st.integers(50, 400))
def test_a_low_plain_axis_has_two_numbers(low: float, span: float, size: int) -> None:
    levels = PlainAxis("left").tickValues(low, low + span, size)
    assert sum(len(values) for _, values in levels) >= 2


def test_the_numbers_of_an_axis_with_a_grid_may_reach_beyond_both_ends(qtbot: QtBot) -> None:
    plot = Plot("plot", logarithmic=True)
    qtbot.addWidget(plot)
    plot.show_grid()
    axis = plot.axes["left"]
    axis.reach = 0.0
    before = axis.boundingRect()
    axis.reach = 8.0
    assert axis.boundingRect() == before.adjusted(0.0, -8.0, 0.0, 8.0)


def test_a_logarithmic_axis_of_a_part_of_a_decade_has_numbers_too(qapp: QApplication) -> None:
    axis = DecadeAxis("left")
    spacing, ticks = axis.tickValues(-0.25, -0.1, 100)[0]
    strings = axis.tickStrings(ticks, 1.0, spacing)
    assert strings == ["0.6", "0.7", "0.65", "0.75"]
    assert [float(text) for text in strings] == pytest.approx([10.0**tick for tick in ticks], rel=0.01)
    assert axis.tickStrings([-6.0, -1.0, 1.0], 1.0, 1.0) == ["1e−6", "0.1", "10"]


def test_the_numbers_of_a_flat_axis_are_as_far_apart_as_they_are_long(qapp: QApplication) -> None:
    spacing, ticks = PlainAxis("bottom").tickValues(0.0, 0.00112, 252)[0]
    texts = PlainAxis("bottom").tickStrings(ticks, 1.0, spacing)
    width = max(map(QFontMetricsF(qapp.font()).horizontalAdvance, texts))
    assert len(ticks) > 1 and min(np.diff(ticks)) * 252 / 0.00112 > width + 4


@pytest.mark.parametrize(("low", "high"), [(-310.0, 320.0), (305.1, 305.6), (307.9, 309.2), (-330.0, -301.0)])
def test_a_logarithmic_axis_writes_what_is_too_large_for_a_number(qapp: QApplication, low: float, high: float) -> None:
    axis = DecadeAxis("left")
    for spacing, ticks in axis.tickValues(low, high, 120):
        assert all(low <= tick <= high for tick in ticks)
        assert all("e" in text or text in "01" for text in axis.tickStrings(ticks, 1.0, spacing))
    assert axis.tickStrings([308.0, 310.0, -320.0], 1.0, 1.0) == ["1e308", "1e310", "1e−320"]


def test_a_logarithmic_axis_can_be_a_plain_one_for_a_while(qapp: QApplication) -> None:
    axis, plain = DecadeAxis("left"), PlainAxis("left")
    axis.set_logarithmic(False)
    assert axis.tickValues(0.0, 0.13, 100) == plain.tickValues(0.0, 0.13, 100)
    assert axis.tickStrings([0.05, 0.1], 1.0, 0.05) == plain.tickStrings([0.05, 0.1], 1.0, 0.05) == ["0.05", "0.10"]
    axis.set_logarithmic(True)
    assert axis.tickStrings([-1.0], 1.0, 1.0) == ["0.1"]


def test_a_label_that_comes_later_has_the_style_of_now(qtbot: QtBot) -> None:
    plot = Plot("Plot")
    qtbot.addWidget(plot)
    axis = plot.axes["bottom"]
    assert not axis.label.toPlainText()
    style_plot(plot, LIGHT)
    plot.axes["bottom"].setLabel("epoch")
    assert axis.label.toPlainText().strip() == "epoch"
    axis.showLabel(False)
    plot.axes["bottom"].labelText = "time"
    style_plot(plot, DARK)
    assert axis.label.isVisible()
    assert axis.label.toPlainText().strip() == "time"
    assert DARK.color("faint").name() in axis.label.toHtml()
    axis.showLabel(False)
    assert not axis.label.isVisible()
    axis.setLabel("")
    assert not axis.label.isVisible()


def test_a_logarithmic_axis_says_so_in_its_title(qtbot: QtBot) -> None:
    plot = Plot("Plot", logarithmic=True)
    qtbot.addWidget(plot)
    axis = plot.axes["left"]
    assert isinstance(axis, DecadeAxis)
    axis.setLabel("loss")
    assert axis.label.toPlainText().split() == ["loss", "(log)"]
    axis.set_logarithmic(False)
    assert axis.label.toPlainText().split() == ["loss"]
    axis.set_logarithmic(True)
    assert axis.label.toPlainText().split() == ["loss", "(log)"]


def painted(qtbot: QtBot, logarithmic: bool, changes: list[str]) -> QImage:
    """A plot with a grid after these changes, painted after each of them."""
    plot = Plot("Plot", logarithmic)
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show_grid()
    plot.axes["left"].setWidth(AXIS_WIDTH)
    plot.box.disableAutoRange()
    style_plot(plot, LIGHT)
    plot.show()
    plot.grab()
    for change in changes:
        if change == "theme":
            style_plot(plot, DARK)
        elif change == "range":
            show_range(plot, 0, (0.0, 40.0))
            show_range(plot, 1, (-3.0, 2.0))
        elif change == "size":
            plot.resize(340, 250)
        QApplication.processEvents()
        plot.grab()
    image = plot.grab().toImage()
    plot.hide()
    return image


@pytest.mark.parametrize("logarithmic", [False, True])
def test_an_axis_that_keeps_its_pixels_shows_each_change(qtbot: QtBot, logarithmic: bool) -> None:
    before: list[QImage] = []
    for count in range(4):
        orders = itertools.permutations(("theme", "range", "size")[:count])
        images = [painted(qtbot, logarithmic, list(order)) for order in orders]
        assert all(image == images[0] for image in images)
        assert images[0] not in before
        before.append(images[0])


def test_a_curve_is_drawn_in_pieces_and_gone_when_cleared(qtbot: QtBot) -> None:
    plot = Plot("Plot")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.box.disableAutoRange()
    show_range(plot, 0, (0.0, 4.0))
    show_range(plot, 1, (-30.0, -20.0))
    curve = Curve()
    plot.box.addItem(curve)
    empty = plot.grab().toImage()
    curve.set_pen(curve_pen(LIGHT.color("train"), 2))
    x, y = np.arange(5.0), np.array([-25.0, -25.0, np.nan, -25.0, -25.0])
    curve.set_points(x, y)
    assert [plot.box.viewRange()[1]] == [[-30.0, -20.0]]
    image, box = plot.grab().toImage(), plot.box
    for epoch, drawn in ((0.5, True), (2.0, False), (3.5, True)):
        at = plot.mapFromScene(box.mapViewToScene(QPointF(epoch, -25.0)))
        assert (image.pixel(at) != empty.pixel(at)) == drawn
    curve.clear()
    assert plot.grab().toImage() == empty


@pytest.mark.parametrize("kind", ["curve", "marks"])
def test_the_screen_loses_what_is_taken_away(qtbot: QtBot, kind: str) -> None:
    plot = Plot("Plot")
    qtbot.addWidget(plot)
    plot.box.disableAutoRange()
    curve, marks = Curve(), MarkLayer(kept=False)
    marks.set_marks([PointMark(fill=LIGHT.color("train"))])
    plot.box.addItem(curve)
    plot.box.addItem(marks)
    plot.show()
    qtbot.waitExposed(plot)
    paints = EventCounter(plot.viewport())
    for points in (np.eye(2), np.zeros((0, 2))):
        QApplication.processEvents()
        paints.counts.clear()
        if kind == "curve":
            curve.set_points(*points.T)
        else:
            marks.set_points(points, np.zeros(len(points), dtype=np.int64))
        QApplication.processEvents()
        assert paints.counts[plot.viewport(), QEvent.Type.Paint] == 1
    paints.stop()
