"""The record of a run: where it is made, how long it grows, and that what was handed out stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.arrays import Array
from core.training.experiment import Experiment
from core.training.history import (
    COLUMNS,
    EVERY_EPOCH_UP_TO,
    FINE_EPOCHS,
    LARGE_EPOCH,
    LARGE_NETWORK,
    History,
    HistoryWriter,
    next_record,
    record_stride,
)
from core.training.trainer import Trainer
from tests.core.support import small_dataset


def records(epoch_length: int, start: int, end: int) -> list[int]:
    """Every recorded position behind ``start``, up to and with the first one at or behind ``end``."""
    positions = [next_record(start, epoch_length)]
    while positions[-1] < end:
        positions.append(next_record(positions[-1], epoch_length))
    return positions


@pytest.mark.parametrize("epoch_length", [1, 2, 3, 15, 16, 17, 100])
@pytest.mark.parametrize("first_epoch", [0, FINE_EPOCHS - 1, EVERY_EPOCH_UP_TO - 2, 2 * EVERY_EPOCH_UP_TO - 3])
def test_from_any_position_the_next_record_is_the_same_one(epoch_length: int, first_epoch: int) -> None:
    start, end = first_epoch * epoch_length, (first_epoch + 5) * epoch_length
    visited = records(epoch_length, start, end)
    for position in range(start, end):
        assert next_record(position, epoch_length) == next(p for p in visited if p > position)


@pytest.mark.parametrize("epoch_length", [1, 7, 16, 1000])
def test_the_first_epochs_are_recorded_up_to_sixteen_times_each_and_at_their_end(epoch_length: int) -> None:
    positions = np.array(records(epoch_length, 0, 20 * epoch_length))
    assert (np.diff(positions) > 0).all()
    inside = np.bincount((positions - 1) // epoch_length)
    assert inside[:FINE_EPOCHS].tolist() == [min(16, epoch_length)] * FINE_EPOCHS
    assert inside[FINE_EPOCHS:].tolist() == [1] * (20 - FINE_EPOCHS)
    assert set(epoch_length * np.arange(1, 21)) <= set(positions)


@pytest.mark.parametrize(("parameters", "first", "second"), [(30, 8, 2), (8_600, 2, 1)])
def test_long_epochs_are_recorded_more_seldom_where_a_record_takes_long(
    parameters: int, first: int, second: int
) -> None:
    length, position, inside = 1_000_000, 0, [0, 0, 0, 0, 0]
    while position < 5 * length:
        assert next_record(position + 1, length, parameters) == next_record(position, length, parameters)
        position = next_record(position, length, parameters)
        inside[(position - 1) // length] += 1
    assert inside == [first, second, second, second, 1]


def test_the_stride_doubles_with_the_epoch() -> None:
    first = EVERY_EPOCH_UP_TO
    epochs = 0, 1, first - 1, first, 2 * first - 1, 2 * first, 4 * first, 8 * first
    assert [record_stride(epoch, LARGE_NETWORK) for epoch in epochs] == [1, 1, 1, 4, 4, 8, 16, 32]
    assert [record_stride(epoch, LARGE_NETWORK + 1) for epoch in epochs] == [1, 1, 1, 8, 8, 16, 32, 64]


@pytest.mark.parametrize(("parameters", "apart"), [(1, 4), (LARGE_NETWORK, 4), (LARGE_NETWORK + 1, 8)])
def test_behind_512_every_fourth_epoch_is_recorded_and_half_of_these_of_large_networks(
    parameters: int, apart: int
) -> None:
    positions = [EVERY_EPOCH_UP_TO - 1]
    while positions[-1] < 2 * EVERY_EPOCH_UP_TO:
        positions.append(next_record(positions[-1], 1, parameters))
    assert positions[1:] == list(range(512, 1025, apart))


def test_a_million_epochs_leave_a_short_record() -> None:
    positions = records(1000, 0, 10**9)
    assert 1_500 < len(positions) < 5_000
    assert positions[-1] - positions[-2] == 1000 * record_stride(999_999, 37)


@pytest.mark.parametrize("steps", [1, 7, 50, 10_000])
def test_a_run_is_recorded_there_however_it_is_stepped(steps: int) -> None:
    trainer = Trainer(Experiment(hidden=(2,), batch_size=3), small_dataset(20))
    while trainer.position < 20 * 20:
        trainer.advance(min(steps, 20 * 20 - trainer.position))
    assert trainer.history.column("position").tolist() == [0, *records(20, 0, 20 * 20)]
    np.testing.assert_array_equal(trainer.history.epochs, trainer.history.column("position") / 20)


def test_the_columns_hold_what_was_appended() -> None:
    recorder = HistoryWriter(10)
    recorder.append(0, 0.5, 0.6, 0.7, 0.8)
    recorder.append(15, 0.1, 0.2, 0.3, 0.4)
    history = recorder.view()
    assert len(history) == 2
    assert [history.column(name).tolist() for name in COLUMNS] == [
        [0, 15],
        [0.5, 0.1],
        [0.6, 0.2],
        [0.7, 0.3],
        [0.8, 0.4],
    ]
    assert history.epochs.tolist() == [0, 1.5]


actions = st.lists(
    st.one_of(st.just("append"), st.tuples(st.just("cut"), st.floats(0, 1)), st.just("grow")), max_size=12
)


@given(actions)
@settings(max_examples=50)
def test_a_view_never_changes_and_the_record_is_what_was_kept(todo: list[object]) -> None:
    recorder, clock = HistoryWriter(10), 0.0
    kept: list[int] = []
    views: list[tuple[History, Array]] = []
    for action in todo:
        if isinstance(action, tuple):
            limit = int(action[1] * (kept[-1] if kept else 0))
            recorder = recorder.copy(limit)
            kept = [position for position in kept if position <= limit]
        else:
            for _ in range(1 if action == "append" else 100):
                position = (kept[-1] if kept else 0) + 3
                clock += 1.0  # no two records alike: one written over another shows
                recorder.append(position, clock, clock, clock, clock)
                kept.append(position)
        view = recorder.view()
        assert view.column("position").tolist() == kept
        views.append((view, view.table.copy()))
    for view, copy in views:
        np.testing.assert_array_equal(view.table, copy)


def test_a_view_is_read_only() -> None:
    recorder = HistoryWriter(10)
    recorder.append(0, 0, 0, 0, 0)
    view = recorder.view()
    with pytest.raises(ValueError, match="read-only"):
        view.table[0, 0] = 1
    recorder.append(1, 0, 0, 0, 0)  # the recorder itself can still write


def test_long_epochs_are_recorded_seldom() -> None:
    length = LARGE_EPOCH + 1
    positions, position = [], 0
    while position < 6 * length:
        position = next_record(position, length)
        positions.append(position)
    inside = [sum(epoch * length < p <= (epoch + 1) * length for p in positions) for epoch in range(6)]
    assert inside == [8, 2, 2, 2, 1, 1]
    assert {epoch * length for epoch in range(1, 7)} <= set(positions)


def test_behind_a_position_the_lowest_test_loss_is_that_of_the_ends_of_epochs_there() -> None:
    """A branch told as its own the lowest test loss of before its change."""
    positions = np.arange(0.0, 205.0, 5.0)
    table = np.column_stack([positions, np.ones((41, 4))])
    table[:, 2] = 1.0 + 0.01 * np.abs(positions - 100.0)
    table[:, 2][positions == 155.0] = 1.1  # inside an epoch
    lows = np.array([[10.0 * epoch, 2.0 - 0.1 * epoch] for epoch in range(11)])
    history = History(table, 10, lows=lows)
    assert history.lowest_behind(0) == history.lowest_behind(99) == history.lowest
    behind = history.lowest_behind(100)
    assert behind is not None and (behind.position, behind.epoch, behind.loss) == (110, 11, 1.1)
    assert history.lowest_behind(200) is None and History(table, 10).lowest_behind(50) is None
