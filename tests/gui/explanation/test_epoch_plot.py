"""The low plot of curves over the epochs, as it is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.explanation.inspector.epoch_plot import EpochCurve, EpochPlot
from gui.widgets.theme import LIGHT


def heights_of_numbers(view: EpochPlot) -> list[int]:
    """How many rows of pixels each number of the vertical axis takes, from the top."""
    image, columns = view.grab().toImage(), int(view.plot.axes["left"].width()) - 8  # without ticks and line
    ground = image.pixelColor(0, 0).lightness()
    rows = [
        any(abs(image.pixelColor(x, y).lightness() - ground) > 40 for x in range(columns))
        for y in range(image.height())
    ]
    edges = np.flatnonzero(np.diff([False, *rows, False]))
    return np.diff(edges)[::2].tolist()


@pytest.mark.parametrize("highest", [0.5, 0.53, 0.6, 0.9, 1.0])
def test_the_highest_number_of_a_low_plot_is_whole(qtbot: QtBot, highest: float) -> None:
    view = EpochPlot("norm", True, "norms")
    qtbot.addWidget(view)
    view.set_theme(LIGHT)
    view.resize(530, 5 * view.fontMetrics().lineSpacing())
    view.show()
    qtbot.waitExposed(view)
    for lowest in (0.0004, 0.04, 0.08):  # with these, numbers lie at the very top and further below
        view.show_lines([EpochCurve(LIGHT.color("text"), np.arange(100.0), np.geomspace(lowest, highest, 100))])
        QApplication.processEvents()  # which lays out the axes
        heights = heights_of_numbers(view)
        assert len(heights) > 1 and len(set(heights)) == 1, "no number is cut"
