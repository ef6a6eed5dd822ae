"""A walk holds the numbers of the run's next update, and leaves the run as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.base.arrays import Array
from core.data.dataset import Dataset
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase
from core.explain.walk import MADE, NoSuchSample, Walk, is_last_near, walk_of_last_sample, walk_sample, walk_update
from core.network.network import Network, parameter_views
from core.training.divergence import Diverged
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from tests.core.support import RunCase, bits, examples, rewind, run_cases, small_dataset

AGREEMENT = 1e-12
pytestmark = pytest.mark.needs_numba


def started(case: RunCase) -> Trainer:
    """The case's trainer, where its run does not diverge."""
    try:
        return case.start()
    except Diverged:
        assume(False)
        raise AssertionError from None


def near(found: Array, wanted: Array) -> None:
    scale = max(float(np.abs(wanted).max(initial=0.0)), 1.0)
    np.testing.assert_allclose(found, wanted, rtol=AGREEMENT, atol=AGREEMENT * scale)


def memory(trainer: Trainer) -> dict[str, bytes]:
    return {name: values.tobytes() for name, values in trainer.stepper.memory.items()}


@given(case=run_cases())
@settings(max_examples=examples(30))
def test_a_walk_leaves_the_very_bits_that_the_update_leaves(case: RunCase) -> None:
    trainer = started(case)
    before = bits(trainer), memory(trainer)
    walk = walk_update(trainer)
    assert (bits(trainer), memory(trainer)) == before, "the run has changed"
    assert walk.position == trainer.position
    assert walk.start <= trainer.position < walk.end
    assert walk.parameters_before.tobytes() == trainer.network.parameters.tobytes()
    assume(walk.is_finite)
    rows = walk_rows(case, walk)
    trainer.advance(walk.end - trainer.position)
    assert trainer.position == walk.end
    assert trainer.network.parameters.tobytes() == walk.parameters_after.tobytes()
    assert trainer.gradient.tobytes() == walk.gradient.tobytes()
    assert trainer.last_change.tobytes() == walk.change.tobytes()
    if trainer.settings.optimizer == walk.settings.optimizer:
        assert memory(trainer) == {name: values.tobytes() for name, values in walk.memory_after.items()}
    np.testing.assert_array_equal(walk.rows, rows)


@given(case=run_cases())
@settings(max_examples=examples(30))
def test_the_update_made_last_is_walked_to_the_very_bits_that_it_left(case: RunCase) -> None:
    trainer = started(case)
    walk = walk_update(trainer)
    assume(walk.is_finite)
    rows = walk_rows(case, walk)
    trainer.advance(walk.end - trainer.position)
    before = bits(trainer), memory(trainer)
    made = walk_of_last_sample(trainer)
    assert (bits(trainer), memory(trainer)) == before, "the run has changed"
    assert (made.moment, made.start, made.end) == (MADE, walk.start, walk.end)
    assert made.parameters_after.tobytes() == trainer.network.parameters.tobytes()
    assert made.gradient.tobytes() == trainer.gradient.tobytes()
    assert made.change.tobytes() == trainer.last_change.tobytes()
    assert made.learning_rate == walk.learning_rate
    np.testing.assert_array_equal(made.rows, rows)
    assert made.rows[-1] == trainer.last_row()


def test_an_update_too_far_behind_the_last_kept_state_is_not_trained_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(Experiment(hidden=(3,), batch_size=4), small_dataset(12))
    trainer.advance(8)
    assert is_last_near(trainer)
    assert walk_of_last_sample(trainer).moment == MADE
    monkeypatch.setattr("core.training.keyframes.KeyframeSpacing.samples_in", lambda self, seconds: 2)
    assert not is_last_near(trainer)
    assert walk_of_last_sample(trainer).is_next


def walk_rows(case: RunCase, walk: Walk) -> list[int | None]:
    """The rows that a run of its own sees in the walk's batch, one by one."""
    trainer = case.fresh()
    trainer.advance(walk.start)
    seen = []
    for _ in range(walk.end - walk.start):
        trainer.advance(1)
        seen.append(trainer.last_row())
    return seen


@given(case=run_cases())
@settings(max_examples=examples(20))
def test_its_numbers_follow_from_each_other(case: RunCase) -> None:
    trainer = started(case)
    walk = walk_update(trainer)
    h = walk.x
    for layer in walk.layers:
        np.testing.assert_array_equal(layer.inputs, h)
        near(layer.z, h @ layer.W + layer.b)
        np.testing.assert_array_equal(layer.a, layer.activation.function(layer.z))
        h = layer.a if layer.mask is None else layer.a * layer.mask
        np.testing.assert_array_equal(layer.h, h)
    np.testing.assert_array_equal(walk.losses, walk.loss.value(walk.layers[-1].z, walk.layers[-1].a, walk.y))
    near(np.array(walk.mean_loss), np.mean(walk.losses))
    dW, db = parameter_views(walk.sizes, walk.loss_gradient)
    for k, layer in enumerate(walk.layers):
        if layer.upstream is not None:
            near(layer.delta, layer.activation.delta(layer.upstream, layer.z, layer.a))
        near(dW[k], layer.inputs.T @ layer.delta / len(walk))
        near(db[k], layer.delta.mean(axis=0))
        np.testing.assert_array_equal(layer.W_after - layer.W, parameter_views(walk.sizes, walk.change)[0][k])
    near(walk.loss_gradient, np.mean([walk.sample_gradient(s) for s in range(len(walk))], axis=0))
    near(walk.gradient, walk.loss_gradient + walk.penalty_gradient)  # the engine's against the reference's
    assert walk.learning_rate > 0.0


@given(case=run_cases(), share=st.floats(0, 1, exclude_max=True))
@settings(max_examples=examples(20))
def test_a_chosen_sample_is_walked_as_a_batch_of_one(case: RunCase, share: float) -> None:
    trainer = started(case)
    row = int(share * len(case.dataset))
    before = bits(trainer), memory(trainer)
    walk, nexts = walk_sample(trainer, row), walk_update(trainer)
    assert (bits(trainer), memory(trainer)) == before
    assert not walk.is_next
    assert (len(walk), walk.rows.tolist()) == (1, [row])
    np.testing.assert_array_equal(walk.x, trainer.preparation.inputs(case.dataset.points[[row]]))
    assert (walk.learning_rate, walk.step) == (nexts.learning_rate, nexts.step)
    network = Network(walk.sizes, trainer.network.activations, trainer.network.parameters.copy())
    drops = [layer.mask for layer in walk.layers if layer.mask is not None]
    wanted = network.backward(network.forward(walk.x, drops), walk.y, walk.loss)
    near(walk.gradient, wanted.gradient + walk.penalty_gradient)
    slots, work = np.zeros((2, walk.gradient.size)), np.empty_like(walk.gradient)
    for k, values in enumerate(walk.memory_before.values()):
        np.testing.assert_array_equal(values, nexts.memory_before[list(walk.memory_before)[k]])
        slots[k] = values
    walk.rule.optimizer.update(
        network.parameters, walk.gradient.copy(), slots, walk.learning_rate, walk.rule.momentum, walk.step, work
    )
    near(walk.parameters_after, network.parameters)


def test_with_batches_of_one_the_next_row_chosen_is_the_next_update() -> None:
    trainer = Trainer(Experiment(hidden=(3,), optimizer="adam", dropout=0.2, warm_up=2), small_dataset())
    trainer.advance(150)
    walk = walk_update(trainer)
    chosen = walk_sample(trainer, int(walk.rows[0]))
    assert chosen.parameters_after.tobytes() == walk.parameters_after.tobytes()
    np.testing.assert_array_equal(chosen.layers[0].h, walk.layers[0].h)


def test_a_change_that_lies_ahead_inside_the_batch_is_seen() -> None:
    """Behind a rewind changes may lie ahead: they belong to the update of the batch in which they were made."""
    trainer = Trainer(Experiment(hidden=(3,), optimizer="momentum", batch_size=10), small_dataset())
    trainer.advance(105)  # in the first batch of the second epoch
    trainer.change(optimizer="rmsprop", learning_rate=0.3)
    trainer.advance(45)
    rewind(trainer, 150)
    trainer.advance(103 - trainer.position)
    walk = walk_update(trainer)
    assert trainer.settings.optimizer == "momentum"
    assert (walk.start, walk.end, walk.settings.optimizer) == (97, 107, "rmsprop")
    assert (walk.learning_rate, walk.step) == (0.3, 1)
    assert not walk.memory_before["s"].any()
    trainer.advance(4)
    assert trainer.network.parameters.tobytes() == walk.parameters_after.tobytes()


def test_the_phases_go_forwards_and_backwards() -> None:
    trainer = Trainer(Experiment(hidden=(3, 2)), small_dataset())
    assert walk_update(trainer).phases == (
        Phase(PICK),
        *(Phase(FORWARD, layer) for layer in (1, 2, 3)),
        Phase(LOSS),
        *(Phase(BACKWARD, layer) for layer in (3, 2, 1)),
        Phase(UPDATE),
    )


def test_nothing_of_a_walk_can_be_written() -> None:
    trainer = Trainer(Experiment(hidden=(3,), dropout=0.3, optimizer="adam", l2=0.1), small_dataset())
    for walk in (walk_update(trainer), walk_sample(trainer, 3)):
        arrays = [v for owner in (walk, *walk.layers) for v in vars(owner).values() if isinstance(v, np.ndarray)]
        arrays += [*walk.memory_before.values(), *walk.memory_after.values()]
        assert len(arrays) > 30
        assert not any(array.flags.writeable for array in arrays)


def test_an_update_that_diverges_says_so() -> None:
    dataset = Dataset(np.array([[1e200, 1.0], [1.0, 2.0]]), np.array([0, 1]), ("0", "1"))
    experiment = Experiment(hidden=(), output="linear", shuffle=False, init=Experiment().init, learning_rate=1e200)
    trainer = Trainer(experiment, dataset, np.full(6, 1e-100))
    walk = walk_update(trainer)
    assert not walk.is_finite
    with pytest.raises(Diverged):
        trainer.advance(1)


@pytest.mark.parametrize("row", [-1, 97])
def test_a_row_that_is_not_there(row: int) -> None:
    trainer = Trainer(Experiment(), small_dataset())
    with pytest.raises(NoSuchSample, match=f"there is no row {row} in the data; choose one from 0 to 96"):
        walk_sample(trainer, row)
