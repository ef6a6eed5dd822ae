"""The range of an axis that follows growing data in steps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots import LEAST_SPAN, steady_range

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
