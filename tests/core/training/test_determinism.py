"""The state of a run depends on the experiment, the changes made on the way and the position: not on the steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.base.random_streams import ORDER, stream
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.training import keyframes
from core.training.divergence import Diverged
from core.training.experiment import Experiment
from core.training.history import record_stride
from core.training.trainer import UNITS, Trainer
from tests.core.strategies import Changes, cases, has_test_set
from tests.core.strategies import changes as live_changes
from tests.core.support import bits, examples, orders_seen, rewind, small_dataset, walk

N, END = 97, 1000
DATASET = small_dataset(N)
EXPERIMENT = Experiment(hidden=(3,), activation="tanh", learning_rate=0.1)

rates = st.dictionaries(st.integers(0, END - 1), st.floats(0.01, 0.5), max_size=4).filter(
    lambda chosen: len({EXPERIMENT.learning_rate, *chosen.values()}) > len(chosen)  # else a change may be none
)
batch_sizes = st.integers(1, N + 10)
stops = st.lists(st.integers(0, END), max_size=20)


def start(batch_size: int = 1, **changes: object) -> Trainer:
    return Trainer(EXPERIMENT.replace(batch_size=batch_size, **changes), DATASET)


def changes(trainer: Trainer) -> list[tuple[int, float]]:
    """The changes of the learning rate with their positions."""
    return [(change.position, change.experiment.learning_rate) for change in trainer.settings_over_time.changes]


def real_changes(rates: dict[int, float]) -> list[tuple[int, float]]:
    """Those that do not set the rate to what it is."""
    found = [(0, EXPERIMENT.learning_rate)]
    for position, rate in sorted(rates.items()):
        if rate != found[-1][1]:
            found.append((position, rate))
    return found[1:]


def ascending(*positions: int) -> list[int]:
    return sorted(set(positions))


@given(batch_size=batch_sizes, rates=rates, stops=stops, shuffle=st.booleans())
@settings(max_examples=examples(12))
def test_any_way_to_the_same_position_leaves_the_same_bits(
    batch_size: int, rates: dict[int, float], stops: list[int], shuffle: bool
) -> None:
    straight = walk(start(batch_size, shuffle=shuffle), ascending(*rates, END), rates)
    stepped = walk(start(batch_size, shuffle=shuffle), ascending(*rates, *stops, END), rates)
    assert straight.position == END
    assert straight.last_change.any()
    assert bits(stepped) == bits(straight)


@pytest.mark.parametrize("batch_size", [1, 7, 32, N, 1000])
@pytest.mark.parametrize("unit", UNITS)
def test_stepping_by_unit_leaves_the_same_bits_as_playing(unit: str, batch_size: int) -> None:
    stepped, played = start(batch_size, train_fraction=0.7), start(batch_size, train_fraction=0.7)
    while stepped.position < END:
        stepped.advance(min(stepped.end_of(unit), END) - stepped.position)
    played.advance(END)
    assert bits(stepped) == bits(played)


@given(batch_size=batch_sizes, rates=rates, back=st.lists(st.integers(0, END), min_size=1, max_size=3))
@settings(max_examples=examples(12))
def test_going_back_and_forth_again_leaves_the_same_bits(
    batch_size: int, rates: dict[int, float], back: list[int]
) -> None:
    straight = walk(start(batch_size), ascending(*rates, END), rates)
    expected, trainer = bits(straight), straight
    for position in back:
        rewind(trainer, position)
        assert position - N < trainer.position <= position
        trainer.advance(position - trainer.position)
        before = {p: rate for p, rate in rates.items() if p < position}
        assert bits(trainer) == bits(walk(start(batch_size), ascending(*before, position), before))
        assert changes(trainer) == real_changes(before)
        after = {p: rate for p, rate in rates.items() if p >= position}
        assert bits(walk(trainer, ascending(position, *after, END), after)) == expected


def test_changes_made_before_a_rewind_happen_again_on_the_way_and_later_ones_do_not() -> None:
    trainer = walk(start(), [10, 50, 60, 90], {10: 0.2, 50: 0.3, 60: 0.4})
    rewind(trainer, 55)
    assert trainer.position == 0
    assert changes(trainer) == [(10, 0.2), (50, 0.3)]
    seen = []
    for _ in range(70):
        seen.append(trainer.learning_rate)
        trainer.advance(1)
    assert seen == [0.1] * 10 + [0.2] * 40 + [0.3] * 20


@pytest.mark.parametrize("epoch", [0, 20])  # of sixteen records, and of one
def test_changes_ahead_hold_from_their_position_on_in_one_advance(epoch: int) -> None:
    first = epoch * N
    rates = {first + 10: 0.5, first + 11: 0.02, first + 50: 0.3}
    trainer = walk(start(), [*rates, first + 60], rates)
    expected = bits(trainer)
    rewind(trainer, first + 60)
    assert trainer.position == first
    trainer.advance(60)
    assert bits(trainer) == expected


def test_a_change_at_the_position_itself_is_forgotten_by_a_rewind_to_it() -> None:
    trainer = walk(start(), [10, 50], {10: 0.2})
    rewind(trainer, 10)
    assert changes(trainer) == []


def test_setting_the_rate_forgets_the_changes_that_lie_ahead() -> None:
    trainer = walk(start(), [10, 50, 90], {10: 0.2, 50: 0.3})
    rewind(trainer, 80)
    trainer.advance(20)
    trainer.change(learning_rate=0.5)
    assert changes(trainer) == [(10, 0.2), (20, 0.5)]
    trainer.advance(60)
    assert trainer.learning_rate == 0.5


def test_setting_the_rate_twice_at_one_position_counts_once() -> None:
    trainer = walk(start(), [10], {})
    trainer.change(learning_rate=0.2)
    trainer.change(learning_rate=0.3)
    assert changes(trainer) == [(10, 0.3)]


def test_going_far_back_in_a_long_run_takes_few_steps_and_leaves_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LEAST_SHARE", "COPYING_SECONDS"):  # or states would lie the farther apart, the faster the machine
        monkeypatch.setattr(keyframes, name, 0.0)
    epochs, length = 1500, 4
    dataset = small_dataset(length)
    trainer = Trainer(EXPERIMENT, dataset)
    trainer.advance(epochs * length)
    for epoch in (1499, 1490, 1400, 1000, 517, 100, 3):
        age = epochs - epoch  # what was thinned out at the end of the run stays so
        rewind(trainer, epoch * length + 2)
        between_records = (
            record_stride(epoch, trainer.network.parameters.size) - 1
        )  # a short epoch ends inside a call of the engine
        apart = max(0 if age < 16 else 1, age // 8, between_records)
        assert epoch - trainer.epoch <= apart, "the kept states are too far apart"
        trainer.advance(epoch * length + 2 - trainer.position)
        fresh = Trainer(EXPERIMENT, dataset)
        fresh.advance(epoch * length + 2)
        assert bits(trainer) == bits(fresh)


def test_the_order_of_an_epoch_needs_no_replay() -> None:
    stepped, jumped = start(), start()
    seen = orders_seen(stepped, 4 * N).reshape(4, N)
    jumped.advance(3 * N)
    assert jumped.last_row() == seen[2, -1]
    np.testing.assert_array_equal(orders_seen(jumped, N), seen[3])
    for epoch in (3, 0, 2, 1):
        np.testing.assert_array_equal(stream(EXPERIMENT.seed, ORDER, epoch).permutation(N), seen[epoch])
        np.testing.assert_array_equal(np.sort(seen[epoch]), np.arange(N))
    assert len({order.tobytes() for order in seen}) == 4


def test_the_order_does_not_depend_on_the_network_or_the_batch() -> None:
    other = start(batch_size=5, hidden=(6, 6), activation="relu", learning_rate=0.3)
    np.testing.assert_array_equal(orders_seen(other, N), orders_seen(start(), N))


def test_without_shuffling_the_order_is_the_files() -> None:
    np.testing.assert_array_equal(orders_seen(start(shuffle=False), 2 * N), np.tile(np.arange(N), 2))


def test_another_seed_gives_other_weights_another_order_and_another_split() -> None:
    one, two = (start(seed=seed, train_fraction=0.5) for seed in (1, 2))
    assert not np.array_equal(one.network.weights[0], two.network.weights[0])
    assert not np.array_equal(one.preparation.train.rows, two.preparation.train.rows)
    assert not np.array_equal(orders_seen(start(seed=1), N), orders_seen(start(seed=2), N))


def test_the_data_have_a_seed_of_their_own() -> None:
    def run(data_seed: int, seed: int) -> Trainer:
        source = DataSource("circle", samples=50, noise=10.0, seed=data_seed)
        return Trainer(Experiment(data=source, seed=seed), load(source))

    first, other_run, other_data = run(0, 0), run(0, 1), run(1, 0)
    np.testing.assert_array_equal(first.preparation.dataset.points, other_run.preparation.dataset.points)
    assert not np.array_equal(first.network.parameters, other_run.network.parameters)
    np.testing.assert_array_equal(first.network.parameters, other_data.network.parameters)
    assert not np.array_equal(first.preparation.dataset.points, other_data.preparation.dataset.points)
    np.testing.assert_array_equal(orders_seen(first, 50), orders_seen(other_data, 50))


# ---- The whole space of choices.

LAST = 130  # some epochs of at most 40 samples


def all_bits(trainer: Trainer) -> dict[str, object]:
    """As ``bits``, and the optimizer's memory and the settings."""
    memory = {name: values.tobytes() for name, values in trainer.stepper.memory.items()}
    return bits(trainer) | {"memory": memory, "settings": trainer.settings, "engine": trainer.engine_name}


def go(trainer: Trainer, stops: list[int], changes: Changes) -> str:
    """Advance from stop to stop, past early stopping too, changing settings on the way; why it diverged, if it did."""
    try:
        for stop in stops:
            while trainer.position < stop:
                trainer.advance(stop - trainer.position)
            if stop in changes:
                trainer.change(**changes[stop])
    except Diverged as error:
        return str(error)
    return ""


def first_start(case: tuple[Experiment, Dataset]) -> Trainer:
    try:
        return Trainer(*case)
    except Diverged:
        assume(False)
        raise


@given(case=cases(), data=st.data())
@settings(max_examples=examples(12))
def test_any_experiment_with_any_changes_leaves_the_same_bits_however_it_is_stepped(
    case: tuple[Experiment, Dataset], data: st.DataObject
) -> None:
    straight, stepped, by_unit = first_start(case), Trainer(*case), Trainer(*case)
    changes = data.draw(live_changes(LAST, has_test_set(case[0])), "changes")
    ended = go(straight, ascending(*changes, LAST), changes)
    stops = data.draw(st.lists(st.integers(0, LAST), max_size=8), "stops")
    assert go(stepped, ascending(*stops, *changes, LAST), changes) == ended
    assert all_bits(stepped) == all_bits(straight)
    found = ""
    while by_unit.position < LAST and not found:
        end = min(by_unit.end_of(data.draw(st.sampled_from(UNITS), "unit")), LAST)
        between = [p for p in sorted(changes) if by_unit.position <= p < end]
        found = go(by_unit, [*between, end], changes)
    assert (found or go(by_unit, [LAST], changes)) == ended
    assert all_bits(by_unit) == all_bits(straight)


@given(case=cases(), data=st.data())
@settings(max_examples=examples(12))
def test_any_experiment_with_any_changes_leads_back_to_the_same_bits_after_going_back(
    case: tuple[Experiment, Dataset], data: st.DataObject
) -> None:
    straight, trainer = first_start(case), Trainer(*case)
    changes = data.draw(live_changes(LAST, has_test_set(case[0])), "changes")
    ended = go(straight, ascending(*changes, LAST), changes)
    assert go(trainer, ascending(*changes, LAST), changes) == ended
    for back in data.draw(st.lists(st.integers(0, LAST), min_size=1, max_size=3), "back"):
        goal = min(back, trainer.position)
        rewind(trainer, goal)
        go(trainer, [goal], {})
        fresh, before = Trainer(*case), {p: fields for p, fields in changes.items() if p < goal}
        go(fresh, ascending(*before, goal), before)
        assert all_bits(trainer) == all_bits(fresh)
        after = {p: fields for p, fields in changes.items() if p >= goal}
        assert go(trainer, ascending(*after, LAST), after) == ended
        assert all_bits(trainer) == all_bits(straight)
