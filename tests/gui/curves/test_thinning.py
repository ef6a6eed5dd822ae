"""Thinning out a long record: extremes survive, and what was taken in stays true when the record is another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.training.history import COLUMNS, History, HistoryWriter
from gui.curves.thinning import BLOCK, MOST_ROWS, Extremes

COLUMNS_OF_PIXELS = 500


def record(rows: int, **columns: NDArray[np.float64]) -> History:
    """A record whose positions count by ten."""
    table = np.zeros((rows, len(COLUMNS)))
    table[:, 0] = 10.0 * np.arange(rows)
    for name, values in columns.items():
        table[:, COLUMNS.index(name)] = values
    return History(table, 10)


@pytest.mark.parametrize("rows", [900, MOST_ROWS, 1_000_000])
@pytest.mark.parametrize("share", [0.0, 0.37, 0.5001, 0.999999])
@pytest.mark.parametrize("spike", [5.0, -5.0])
def test_a_single_spike_survives(rows: int, share: float, spike: float) -> None:
    losses = np.sin(np.arange(rows))
    place = int(share * rows)
    losses[place] = spike
    at, values = Extremes().curve_points(
        record(rows, train_loss=losses), "train_loss", 0.0, 10.0 * rows, COLUMNS_OF_PIXELS
    )
    assert len(at) <= 2 * (COLUMNS_OF_PIXELS + 2)
    [found] = np.flatnonzero(values == spike)
    assert abs(at[found] - 10.0 * place) <= 10.0 * rows / COLUMNS_OF_PIXELS + 10.0 * BLOCK


@given(st.integers(1, 3000), st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(1, 300))
def test_the_extremes_of_the_visible_part_are_those_of_its_rows(
    rows: int, seed: int, first: float, last: float, columns: int
) -> None:
    losses = np.random.default_rng(seed).normal(size=rows)
    history = record(rows, test_loss=losses)
    start, end = sorted((first * 10.0 * rows, last * 10.0 * rows))
    at, values = Extremes().curve_points(history, "test_loss", start, end, columns)
    inside = (history.table[:, 0] >= start) & (history.table[:, 0] <= end)
    rows_drawn = np.flatnonzero(inside)
    low, high = max(rows_drawn.min(initial=rows) - 1, 0), min(rows_drawn.max(initial=-1) + 1, rows - 1)
    if inside.any():
        expected = losses[low : high + 1]
        assert (values.min(), values.max()) == (expected.min(), expected.max())
    assert (np.diff(at) >= 0).all()
    assert np.isin(values, losses).all()


def test_few_rows_are_drawn_as_they_are() -> None:
    losses = np.arange(100.0)
    at, values = Extremes().curve_points(record(100, train_loss=losses), "train_loss", 0.0, 990.0, COLUMNS_OF_PIXELS)
    assert values.tolist() == losses.tolist()
    assert at.tolist() == (10.0 * losses).tolist()


def test_without_a_test_set_nothing_is_drawn() -> None:
    history = record(50_000, test_loss=np.full(50_000, np.nan))
    _, values = Extremes().curve_points(history, "test_loss", 0.0, 500_000.0, COLUMNS_OF_PIXELS)
    assert np.isnan(values).all()


def test_a_growing_record_is_followed_and_one_that_was_cut_is_read_anew() -> None:
    recorder, extremes = HistoryWriter(10), Extremes()
    random = np.random.default_rng(1)

    def grow(rows: int, offset: float) -> None:
        start = len(recorder.view()) * 10
        for row, loss in enumerate(random.random(rows)):
            recorder.append(start + 10 * row, offset + loss, 0.0, 0.0, 0.0)

    def check() -> None:
        history = recorder.view()
        last = 10.0 * len(history)
        course = extremes.curve_points(history, "train_loss", 0.0, last, COLUMNS_OF_PIXELS)
        fresh = Extremes().curve_points(history, "train_loss", 0.0, last, COLUMNS_OF_PIXELS)
        for mine, true in zip(course, fresh, strict=True):
            np.testing.assert_array_equal(mine, true)
        losses = history.column("train_loss")
        assert (course[1].min(), course[1].max()) == (losses.min(), losses.max())

    for rows in (1, 70, 200, MOST_ROWS, 5_000):
        grow(rows, 0.0)
        check()
    recorder = recorder.copy(30_000)  # a step back, and another way from there
    grow(20_000, 7.0)
    check()


def test_the_memory_for_a_million_rows_is_bounded() -> None:
    extremes = Extremes()
    history = record(1_000_000)  # it belongs to the run, the view only refers to it
    for rows in range(100_000, 1_000_001, 100_000):
        extremes.curve_points(History(history.table[:rows], 10), "train_loss", 0.0, 10.0 * rows, COLUMNS_OF_PIXELS)
    own = [item for item in vars(extremes).values() if isinstance(item, np.ndarray) and item is not history.table]
    held = sum(array.nbytes for array in own)
    assert 0 < held < history.table.nbytes / 8
