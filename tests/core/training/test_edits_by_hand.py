"""Parameters set by hand and frozen: part of the run's course, to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import WeightsError
from core.network.optimizers import OPTIMIZERS
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from tests.core.support import bits, examples, rewind, small_dataset

N = 31
DATASET = small_dataset(N)
ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]


def start(engine: str = "numpy", **changes: object) -> Trainer:
    experiment = Experiment(hidden=(3,), activation="tanh", learning_rate=0.1, engine=engine)
    return Trainer(experiment.replace(**changes), DATASET)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [1, 7])
def test_frozen_parameters_do_not_move_by_a_bit_and_others_do(engine: str, optimizer: str, batch_size: int) -> None:
    trainer = start(engine, optimizer=optimizer, batch_size=batch_size, l2=0.01, l1=0.001)
    trainer.advance(40)
    frozen = [0, 5, 8, 16]
    trainer.freeze(frozen)
    before = trainer.network.parameters.copy()
    trainer.advance(60)
    after = trainer.network.parameters
    assert after[frozen].tobytes() == before[frozen].tobytes()
    assert not trainer.gradient[frozen].any()
    free = np.delete(np.arange(after.size), frozen)
    assert (after[free] != before[free]).all()
    trainer.freeze([])
    trainer.advance(31)
    assert (trainer.network.parameters[frozen] != before[frozen]).all()


@pytest.mark.needs_numba
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_both_engines_agree_on_what_is_frozen(optimizer: str) -> None:
    found = []
    for engine in ("numpy", "compiled"):
        trainer = start(engine, optimizer=optimizer, batch_size=4, hidden=(9, 3))
        trainer.freeze([1, 20, 33, 60])
        trainer.advance(93)
        found.append(trainer.network.parameters)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-11, atol=1e-12)


def test_an_edit_holds_at_once_and_the_run_goes_on_from_it() -> None:
    trainer, plain = start(), start()
    for run in (trainer, plain):
        run.advance(50)
    loss = trainer.evaluations()[0].loss
    trainer.edit({0: 3.0, 4: -1.0})
    assert (trainer.network.parameters[0], trainer.network.parameters[4]) == (3.0, -1.0)
    assert trainer.evaluations()[0].loss != loss
    trainer.edit({0: 2.5})
    assert (trainer.network.parameters[0], trainer.network.parameters[4]) == (2.5, -1.0)
    trainer.advance(1)
    plain.advance(1)
    assert (trainer.network.parameters != plain.network.parameters).all()


steps = st.dictionaries(
    st.integers(0, 199),
    st.one_of(
        st.tuples(st.just("edit"), st.dictionaries(st.integers(0, 16), st.floats(-2, 2), min_size=1, max_size=3)),
        st.tuples(st.just("freeze"), st.sets(st.integers(0, 16), max_size=4)),
        st.tuples(st.just("rate"), st.floats(0.01, 0.3)),
    ),
    max_size=5,
)


def act(trainer: Trainer, step: tuple[str, object]) -> None:
    kind, value = step
    if kind == "edit":
        trainer.edit(value)  # type: ignore[arg-type]
    elif kind == "freeze":
        trainer.freeze(value)  # type: ignore[arg-type]
    else:
        trainer.change(learning_rate=value)


def follow(trainer: Trainer, changes: dict[int, tuple[str, object]], stops: list[int], end: int) -> Trainer:
    for stop in sorted({*stops, *changes, end}):
        if trainer.position <= stop <= end:
            trainer.advance(stop - trainer.position)
            if stop in changes and stop < end:
                act(trainer, changes[stop])
    return trainer


@given(
    changes=steps,
    stops=st.lists(st.integers(0, 200), max_size=6),
    batch_size=st.integers(1, 12),
    back=st.integers(0, 200),
)
@settings(max_examples=examples(20))
def test_a_run_with_changes_by_hand_replays_to_the_same_bits(
    changes: dict[int, tuple[str, object]], stops: list[int], batch_size: int, back: int
) -> None:
    straight = follow(start(batch_size=batch_size, optimizer="adam"), changes, [], 200)
    assert bits(follow(start(batch_size=batch_size, optimizer="adam"), changes, stops, 200)) == bits(straight)
    expected = bits(straight)
    rewind(straight, back)
    straight.advance(back - straight.position)
    former = {position: step for position, step in changes.items() if position < back}
    assert bits(straight) == bits(follow(start(batch_size=batch_size, optimizer="adam"), former, [], back))
    later = {position: step for position, step in changes.items() if position >= back}
    if back < 200:
        assert bits(follow(straight, later, [], 200)) == expected


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_not_finite_is_refused_and_changes_nothing(value: float) -> None:
    trainer = start()
    before = bits(trainer)
    with pytest.raises(WeightsError, match="w₁₂⁽¹⁾ cannot be"):
        trainer.edit({0: 1.0, 1: value})
    assert bits(trainer) == before
    assert trainer.settings_over_time.changes == []
