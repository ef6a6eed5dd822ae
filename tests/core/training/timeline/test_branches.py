"""A run as a tree: any position of any branch has the bits of a straight run, and going back forgets nothing."""

import time
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.data.dataset import Dataset
from core.training.divergence import Diverged
from core.training.experiment import Experiment
from core.training.keyframes import FEW, REPLAY_SECONDS, SHORTEST_CALL, UNMEASURED, KeyframeSpacing, State, watch
from core.training.saved_run import resume_run, save_run
from core.training.settings_over_time import Change
from core.training.trainer import Trainer
from tests.core.strategies import cases, changes, has_test_set
from tests.core.support import bits, examples, small_dataset

DATASET = small_dataset(24)
PLAIN = Experiment(hidden=(3,), batch_size=5, engine="numpy")


def straight(experiment: Experiment, dataset: Dataset, line: tuple[Change, ...], position: int) -> Trainer:
    """A fresh run with these changes, trained to a position in one go."""
    trainer = Trainer(experiment, dataset)
    trainer.settings_over_time.changes = [change for change in line if change.position <= position]
    trainer.advance(0)
    while trainer.position < position:
        trainer.advance(position - trainer.position)
    return trainer


def go_on(trainer: Trainer, position: int) -> None:
    try:
        while trainer.position < position:
            trainer.advance(position - trainer.position)
    except Diverged:
        pass


def state_bits(trainer: Trainer) -> tuple[object, ...]:
    """What the position of a run determines; the record only up to there."""
    stepper = trainer.stepper
    arrays = (trainer.network.parameters, trainer.gradient, trainer.last_change, *stepper.memory.values())
    history = trainer.history
    return (
        trainer.position,
        trainer.settings,
        trainer.frozen,
        *(array.tobytes() for array in (*arrays, history.table, history.gradients)),
    )


@st.composite
def gestures(draw: st.DrawFn) -> list[tuple[str, object]]:
    """Jumps back, then changes of a setting, of a weight or of what is frozen; and training."""
    fractions = st.floats(0.0, 1.0)
    return draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("seek"), st.tuples(fractions, fractions)),
                st.tuples(st.just("train"), st.integers(1, 90)),
                st.tuples(st.just("change"), st.sampled_from([0.02, 0.1, 0.3])),
                st.tuples(st.just("optimizer"), st.sampled_from(["sgd", "adam", "momentum", "rmsprop"])),
                st.tuples(st.just("edit"), st.floats(-1.0, 1.0)),
                st.tuples(st.just("freeze"), st.sets(st.integers(0, 2))),
                st.tuples(st.just("save"), st.none()),
            ),
            min_size=3,
            max_size=10,
        )
    )


def obey(trainer: Trainer, gesture: tuple[str, object]) -> Trainer:
    match gesture:
        case "seek", (float(which), float(where)):
            branch = trainer.tree.branches[int(which * (len(trainer.tree.branches) - 1))]
            trainer.seek(int(where * branch.tip), branch)
        case "train", int(samples):
            go_on(trainer, trainer.position + samples)
        case "change", float(rate):
            trainer.change(learning_rate=rate)
        case "optimizer", str(name):
            trainer.change(optimizer=name)
        case "edit", float(value):
            trainer.edit({0: value})
        case "freeze", set(frozen):
            trainer.freeze({place for place in frozen if place < trainer.network.parameters.size})
        case "save", _:
            return resume_run(trainer.experiment, trainer.preparation.dataset, save_run(trainer))
    return trainer


def check_every_branch(trainer: Trainer, experiment: Experiment, dataset: Dataset, places: Iterator[float]) -> None:
    for branch in tuple(trainer.tree.branches):
        if branch not in trainer.tree.branches:
            continue  # it held nothing
        for position in {0, branch.fork, branch.tip, int(next(places) * branch.tip)}:
            trainer.seek(position, branch)
            expected = straight(experiment, dataset, branch.changes, position)
            assert state_bits(trainer) == state_bits(expected), (branch.number, position)


@given(case=cases(most_points=20), todo=gestures(), data=st.data())
@settings(max_examples=examples(25), phases=(Phase.explicit, Phase.generate))
def test_every_position_of_every_branch_has_the_bits_of_a_straight_run(
    case: tuple[Experiment, Dataset], todo: list[tuple[str, object]], data: st.DataObject
) -> None:
    experiment, dataset = case
    line = data.draw(changes(60, has_test_set(experiment)))
    try:
        trainer = Trainer(experiment, dataset)
    except Diverged:
        return
    for position in sorted(line):
        go_on(trainer, position)
        if trainer.position == position:
            trainer.change(**line[position])
    go_on(trainer, 90)
    for gesture in todo:
        trainer = obey(trainer, gesture)
    check_every_branch(trainer, experiment, dataset, iter(lambda: data.draw(st.floats(0.0, 1.0)), 2.0))


def test_a_change_of_the_past_leaves_the_future_and_both_can_be_reached() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(500)
    end = bits(trainer)
    trainer.seek(100)
    trainer.change(learning_rate=0.5)
    trainer.advance(300)
    other = bits(trainer)
    first, second = trainer.tree.branches
    assert (first.tip, second.fork, second.tip) == (500, 100, 400)
    trainer.seek(500, first)
    assert bits(trainer) == end
    trainer.seek(400, second)
    assert bits(trainer) == other


def test_playing_on_from_the_past_follows_the_branch_and_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(500)
    end, table = bits(trainer), trainer.history.table.tobytes()
    monkeypatch.setattr(trainer.recorder, "record", lambda *_: pytest.fail("the record exists"))
    monkeypatch.setattr(trainer.evaluator, "measuring", lambda: pytest.fail("the record exists"))
    trainer.seek(33)
    assert trainer.history.table[-1, 0] <= 33
    trainer.advance(467)
    monkeypatch.undo()
    assert bits(trainer) == end
    assert trainer.history.table.tobytes() == table
    assert len(trainer.tree.branches) == 1


def test_the_same_change_of_the_past_again_finds_the_branch_that_it_made() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(200)
    for _ in range(3):
        trainer.seek(50, trainer.tree.branches[0])
        trainer.change(learning_rate=0.5)
        trainer.advance(20)
    assert len(trainer.tree.branches) == 2


def test_a_change_taken_back_before_anything_was_trained_leaves_no_branch() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(200)
    trainer.seek(50)
    for rate in (0.5, 0.4, 0.3):
        trainer.change(learning_rate=rate)
    assert len(trainer.tree.branches) == 2, "a field that is typed into, or a slider, makes one branch"
    trainer.change(learning_rate=PLAIN.learning_rate)
    assert len(trainer.tree.branches) == 1
    assert trainer.tree.present.tip == 200


def test_a_weight_set_at_a_fork_is_not_on_the_sibling() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(48)
    before = trainer.network.parameters.copy()
    trainer.edit({0: 7.0})
    trainer.advance(48)
    trainer.seek(48)
    assert trainer.network.parameters[0] == 7.0
    trainer.edit({1: 9.0})
    trainer.advance(24)
    trainer.head.replace_changes((), 48)
    trainer.seek(48)
    np.testing.assert_array_equal(trainer.network.parameters, before)
    assert len(trainer.tree.branches) == 3


@pytest.mark.parametrize(("former", "latter"), [("adam", "sgd"), ("sgd", "adam"), ("momentum", "rmsprop")])
def test_a_branch_from_where_the_optimizer_changes_has_the_memory_of_the_former(former: str, latter: str) -> None:
    trainer = Trainer(PLAIN.replace(optimizer=former), DATASET)
    trainer.advance(48)
    trainer.change(optimizer=latter)
    trainer.advance(48)
    trainer.seek(0)
    trainer.seek(96)  # keyframes are kept again on the way
    trainer.seek(48)
    trainer.change(optimizer=former, learning_rate=0.07)
    trainer.advance(30)
    fresh = Trainer(PLAIN.replace(optimizer=former), DATASET)
    fresh.advance(48)
    fresh.change(learning_rate=0.07)
    fresh.advance(30)
    assert bits(trainer) == bits(fresh)


def test_positions_that_were_never_reached_are_refused() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(10)
    for position in (-1, 11):
        with pytest.raises(ValueError, match="between 0 and 10"):
            trainer.seek(position)


def test_a_branch_can_be_removed_with_all_that_leave_it() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(100)
    for position, rate in ((50, 0.5), (70, 0.6)):
        trainer.seek(position)
        trainer.change(learning_rate=rate)
        trainer.advance(50)
    first, second, _ = trainer.tree.branches
    trainer.seek(60, first)
    trainer.tree.remove(second)
    assert trainer.tree.branches == [first]


# ---- How far apart keyframes lie.


@given(st.integers(1, 400), st.integers(1, 5000), st.sampled_from([1e-7, 1e-5, 1e-3]))
@settings(max_examples=examples(20))
def test_keyframes_are_close_enough_and_fit_the_memory(epoch_length: int, parameters: int, seconds: float) -> None:
    most_bytes = 8 * 5 * parameters * 600
    spacing = KeyframeSpacing(epoch_length, most_bytes)
    positions, position = [0], 0
    for _ in range(3000):
        target = min(spacing.next_stop(position, positions[-1]), position + 7 * epoch_length)
        spacing.note(target - position, (target - position) * seconds)
        position = target
        if spacing.is_wanted(position, positions[-1]):
            positions.append(position)
            while spacing.widen(len(positions), 8 * 5 * parameters * len(positions)):
                kept = [0]
                kept += [p for p in positions[1:] if p - kept[-1] >= spacing.gap and not kept.append(p)]  # type: ignore[func-returns-value]
                positions = sorted(set(kept))
    assert len(positions) <= 601
    if len(positions) < FEW // 3:
        gaps = np.diff([*positions, position])
        assert gaps.max() * seconds <= max(3 * REPLAY_SECONDS, 8 * epoch_length * seconds, 5000 * seconds)


def test_short_calls_say_how_long_a_sample_takes_at_most() -> None:
    spacing = KeyframeSpacing(epoch_length=100_000)
    for seconds in (0.5, 0.01, 0.012):  # the slices of a worker in which a large network sees few samples
        spacing.note(25, seconds)
    assert spacing.interval == SHORTEST_CALL
    spacing.note(100, 1e-3)  # the others had waited for something else
    assert spacing.interval == pytest.approx(REPLAY_SECONDS / 1e-5, abs=1)
    spacing.note(100, 1e-4)
    assert spacing.interval == UNMEASURED
    spacing.note(1000, 2e-3)
    assert spacing.interval == pytest.approx(REPLAY_SECONDS / 2e-6, abs=1), "what is measured holds"


def test_a_slow_first_call_does_not_bring_states_closer_together_later() -> None:
    """The first call takes new memory and a cold cache; with its share, hundreds of states lay 50 times too close."""
    spacing = KeyframeSpacing(epoch_length=1000)
    spacing.note(1000, 0.024)
    spacing.note(100_000, 0.01)
    assert spacing.interval == pytest.approx(REPLAY_SECONDS / 1e-7, abs=1)
    spacing.note(100_000, 0.02)
    assert spacing.interval == pytest.approx(REPLAY_SECONDS / 1.2e-7, abs=1), "a slower call counts for a fifth"


def test_time_in_which_a_thread_only_waits_does_not_bring_states_closer_together() -> None:
    """As on a busy machine; where the system counts a thread's time in coarse steps, a share of it counts."""
    began, seconds = time.perf_counter(), watch()
    time.sleep(0.08)
    assert 0.25 * 0.08 <= seconds() < 0.5 * (time.perf_counter() - began)
    began = time.thread_time()
    while time.thread_time() - began < 0.08:
        pass
    assert seconds() >= 0.08


def test_spacing_changes_no_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(spacing: Mapping[str, int]) -> dict[str, object]:
        with monkeypatch.context() as patch:
            for name, value in spacing.items():
                patch.setattr(f"core.training.keyframes.{name}", value)
            trainer = Trainer(PLAIN.replace(batch_size=7), DATASET)
            trainer.advance(900)
            trainer.seek(333)
            trainer.seek(901 - 1)
            return bits(trainer)

    expected = run({})
    assert run({"FEW": 2, "SHORTEST_CALL": 1}) == expected
    assert run({"FEW": 10_000, "SHORTEST_CALL": 5, "REPLAY_SECONDS": 0}) == expected


def test_a_state_is_kept_whole() -> None:
    trainer = Trainer(PLAIN, DATASET)
    trainer.advance(24)
    state = trainer.tree.present.keyframe_before(24)
    assert isinstance(state, State)
    before = state.parameters.copy()
    trainer.advance(24)
    np.testing.assert_array_equal(state.parameters, before)
