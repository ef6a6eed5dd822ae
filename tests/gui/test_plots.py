"""The range of an axis that follows growing data in steps."""

from __future__ import annotations

import numpy as np

from gui.plots import LEAST_SPAN, SteadyRange


def test_the_range_always_holds_the_data_and_moves_seldom() -> None:
    steady, moves = SteadyRange(0.1), 0
    shown = (0.0, 0.0)
    for end in np.linspace(1.0, 100.0, 2000):
        moved = steady.follow(0.0, float(end))
        if moved is not None:
            shown, moves = moved, moves + 1
        assert shown[0] <= 0.0
        assert shown[1] >= end
        assert shown[1] - shown[0] <= 1.5 * end
    assert moves < 60


def test_it_shrinks_when_most_of_it_is_empty_and_starts_anew() -> None:
    steady = SteadyRange(0.1)
    assert steady.follow(0.0, 100.0) is not None
    assert steady.follow(0.0, 99.0) is None
    shrunk = steady.follow(0.0, 50.0)
    assert shrunk is not None
    assert shrunk[1] < 60.0
    steady.restart()
    assert steady.follow(0.0, 50.0) == shrunk


def test_equal_numbers_get_a_range_that_can_be_labelled() -> None:
    low, high = SteadyRange(0.1).follow(0.125, 0.125) or (0.0, 0.0)
    assert low < 0.125 < high
    assert high - low >= LEAST_SPAN * 0.125
    low, high = SteadyRange(0.1).follow(0.0, 0.0) or (0.0, 0.0)
    assert low < 0.0 < high
