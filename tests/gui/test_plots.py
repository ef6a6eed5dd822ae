"""The range of an axis that follows growing data in steps."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.plots import LEAST_SPAN, DecadeAxis, make_plot, steady_range, style_plot
from gui.theme import DARK, LIGHT

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


def test_a_logarithmic_axis_of_a_part_of_a_decade_has_numbers_too(qapp: QApplication) -> None:
    axis = DecadeAxis("left")
    spacing, ticks = axis.tickValues(-0.25, -0.1, 100)[0]
    strings = axis.tickStrings(ticks, 1.0, spacing)
    assert strings == ["0.6", "0.7", "0.65", "0.75"]
    assert [float(text) for text in strings] == pytest.approx([10.0**tick for tick in ticks], rel=0.01)
    assert axis.tickStrings([-6.0, -1.0, 1.0], 1.0, 1.0) == ["1e−6", "0.1", "10"]


def test_a_label_that_comes_later_has_the_style_of_now(qtbot: QtBot) -> None:
    plot = make_plot()
    qtbot.addWidget(plot)
    axis = plot.getAxis("bottom")
    assert not axis.label.toPlainText()
    style_plot(plot, LIGHT)
    plot.setLabel("bottom", "epoch")
    assert axis.label.toPlainText().strip() == "epoch"
    axis.showLabel(False)
    plot.getAxis("bottom").labelText = "time"
    style_plot(plot, DARK)
    assert axis.label.isVisible()
    assert axis.label.toPlainText().strip() == "time"
    assert DARK.color("faint").name() in axis.label.toHtml()
    axis.showLabel(False)
    assert not axis.label.isVisible()
    axis.setLabel("")
    assert not axis.label.isVisible()
