"""What a trainer does at each position, apart from determinism and divergence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.base.errors import ExperimentError, WeightsError
from core.network.losses import LOSSES
from core.network.network import Network
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import TRAIN_FILE, bits, reference_step, rewind, small_dataset

N = 10
DATASET = small_dataset(N)


def start(**fields: object) -> Trainer:
    return Trainer(Experiment(hidden=(3,), init=Init("normal", 0.5)).replace(**fields), DATASET)


def test_a_run_starts_at_zero_with_the_state_before_training_on_record() -> None:
    trainer = start(train_fraction=0.5)
    assert (trainer.position, trainer.epoch, trainer.sample, trainer.epoch_length) == (0, 0, 0, 5)
    assert not trainer.gradient.any()
    assert not trainer.last_change.any()
    assert trainer.last_row() is None
    train, test = trainer.evaluations()
    assert trainer.history.table.tolist() == [[0, train.loss, test.loss, train.score, test.score]]


def test_without_a_test_set_its_columns_are_nan() -> None:
    row = start().history.table[0].tolist()
    assert [math.isnan(value) for value in row] == [False, False, True, False, True]


def test_epoch_and_sample_count_completed_ones() -> None:
    trainer = start()
    for position, epoch, sample in ((1, 0, 1), (9, 0, 9), (10, 1, 0), (25, 2, 5)):
        trainer.advance(position - trainer.position)
        assert (trainer.position, trainer.epoch, trainer.sample) == (position, epoch, sample)


@pytest.mark.parametrize(
    ("batch_size", "position", "sample", "batch", "epoch"),
    [
        (4, 0, 1, 4, 10),
        (4, 3, 4, 4, 10),
        (4, 4, 5, 8, 10),
        (4, 8, 9, 10, 10),  # the last batch takes what is left
        (4, 10, 11, 14, 20),
        (1, 7, 8, 8, 10),
        (99, 7, 8, 10, 10),
    ],
)
def test_where_the_present_sample_batch_and_epoch_end(
    batch_size: int, position: int, sample: int, batch: int, epoch: int
) -> None:
    trainer = start(batch_size=batch_size)
    trainer.advance(position)
    assert [trainer.end_of(unit) for unit in ("sample", "batch", "epoch")] == [sample, batch, epoch]


def test_the_parameters_change_where_a_batch_ends_by_the_gradient_of_the_whole_batch() -> None:
    trainer = start(batch_size=4, shuffle=False)
    reference = Network(trainer.network.sizes, trainer.network.activations, trainer.network.parameters.copy())
    part = trainer.preparation.train
    for begin, end in ((0, 4), (4, 8), (8, 10)):
        before = trainer.network.parameters.copy()
        trainer.advance(end - begin - 1)
        np.testing.assert_array_equal(trainer.network.parameters, before)
        trainer.advance(1)
        gradient = reference_step(reference, part.inputs[begin:end], part.targets[begin:end], trainer.experiment)
        np.testing.assert_allclose(trainer.network.parameters, reference.parameters, rtol=1e-12)
        np.testing.assert_allclose(trainer.gradient, gradient, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(trainer.last_change, trainer.network.parameters - before)


def test_last_row_is_the_row_of_the_data_set_seen_last() -> None:
    trainer = start(train_fraction=0.5, shuffle=False, batch_size=3)
    rows = []
    for _ in range(7):
        trainer.advance(1)
        rows.append(trainer.last_row())
    split = trainer.preparation.train.rows.tolist()
    assert rows == [*split, *split[:2]]


def test_the_loss_is_evaluated_at_the_present_parameters() -> None:
    trainer = start(train_fraction=0.5)
    for steps in (0, 1, 1, 50):
        trainer.advance(steps)
        for found, part in zip(
            trainer.evaluations(), (trainer.preparation.train, trainer.preparation.test), strict=True
        ):
            output = trainer.network.forward(part.inputs).output
            assert found.loss == pytest.approx(np.mean(LOSSES["mse"].value(output, output, part.targets)), rel=1e-13)
    rewind(trainer, 0)
    assert trainer.evaluations()[0].loss == trainer.history.column("train_loss")[0]


def test_another_way_to_the_same_position_is_evaluated_anew() -> None:
    trainer = start()
    trainer.advance(20 * N + 5)  # between two records
    before = trainer.evaluations()[0].loss
    rewind(trainer, 20 * N)
    trainer.change(learning_rate=0.5)
    trainer.advance(5)
    assert trainer.evaluations()[0].loss != before


def test_a_new_rate_holds_from_the_next_update_on() -> None:
    trainer, same = start(batch_size=4), start(batch_size=4, learning_rate=0.5)
    trainer.advance(2)
    trainer.change(learning_rate=0.5)
    assert trainer.learning_rate == 0.5
    trainer.advance(30)
    same.advance(32)
    np.testing.assert_array_equal(trainer.network.parameters, same.network.parameters)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_a_wrong_rate_is_refused_and_changes_nothing(rate: float) -> None:
    trainer = start()
    trainer.advance(3)
    trainer.change(learning_rate=0.2)
    before = bits(trainer)
    with pytest.raises(ExperimentError, match=str(rate)) as caught:
        trainer.change(learning_rate=rate)
    assert caught.value.field == "learning_rate"
    assert bits(trainer) == before
    assert [change.experiment.learning_rate for change in trainer.settings_over_time.changes] == [0.2]


def test_training_on_one_sample_trains_on_no_other_and_tests_on_all_others() -> None:
    trainer = start(only_sample=6, learning_rate=0.1, batch_size=3)
    part = trainer.preparation.train
    reference = Network(trainer.network.sizes, trainer.network.activations, trainer.network.parameters.copy())
    trainer.advance(N)
    for _ in range(4):  # batches of 3, 3, 3 and 1 equal samples
        reference_step(reference, part.inputs, part.targets, trainer.experiment)
    assert (trainer.epoch, trainer.sample, trainer.last_row()) == (1, 0, 6)
    np.testing.assert_allclose(trainer.network.parameters, reference.parameters, rtol=1e-12)
    assert len(trainer.evaluations()[0].predicted) == 1
    assert len(trainer.evaluations()[1].predicted) == N - 1


def test_given_parameters_take_the_place_of_the_drawn_ones_and_are_copied() -> None:
    given = np.linspace(-1.0, 1.0, start().network.parameters.size)
    before = given.copy()
    trainer = Trainer(Experiment(hidden=(3,)), DATASET, given)
    np.testing.assert_array_equal(trainer.network.parameters, given)
    trainer.advance(5)
    np.testing.assert_array_equal(given, before)
    rewind(trainer, 0)
    np.testing.assert_array_equal(trainer.network.parameters, given)


def test_given_parameters_of_the_wrong_length_are_refused_with_both_lengths() -> None:
    with pytest.raises(WeightsError, match=r"\b16 numbers.* 2-3-2 has 17\b"):
        Trainer(Experiment(hidden=(3,)), DATASET, np.zeros(16))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_given_parameters_that_are_not_finite_are_refused(bad: float) -> None:
    given = np.zeros(17)
    given[9] = bad
    with pytest.raises(WeightsError, match="finite"):
        Trainer(Experiment(hidden=(3,)), DATASET, given)


@pytest.mark.parametrize("position", [-1, 6])
def test_going_to_where_the_run_has_not_been_changes_nothing(position: int) -> None:
    trainer = start()
    trainer.advance(5)
    before = bits(trainer)
    with pytest.raises(ValueError, match="between 0 and 5"):
        trainer.head.go_to(position)
    assert bits(trainer) == before


def test_history_handed_out_stays_while_the_run_goes_on_and_back() -> None:
    trainer = start()
    trainer.advance(35)
    early, copy = trainer.history, trainer.history.table.copy()
    trainer.advance(2000)
    rewind(trainer, 20)
    trainer.change(learning_rate=0.5)
    trainer.advance(100)
    np.testing.assert_array_equal(early.table, copy)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_shallow_net_learns_the_notebooks_data(seed: int) -> None:
    trainer = Trainer(Experiment(hidden=(7,), activation="sigmoid", init=Init("normal", 0.01), seed=seed), TRAIN_FILE)
    trainer.advance(1000)
    assert 0.1 < trainer.evaluations()[0].loss < 0.2
    trainer.advance(15_000)
    assert trainer.evaluations()[0].loss < 0.01
    assert trainer.evaluations()[0].score > 0.99


def test_the_deep_net_does_not_move_on_the_notebooks_data() -> None:
    trainer = Trainer(Experiment(hidden=(4, 4, 4), activation="relu", init=Init("normal", 0.01)), TRAIN_FILE)
    trainer.advance(16_000)
    assert len(trainer.history) == 16 * 16 + 1
    np.testing.assert_allclose(trainer.history.column("train_loss"), 0.125, rtol=0.0, atol=1e-3)


def test_the_deep_net_learns_one_sample_alone_as_in_the_notebook() -> None:
    """There the one sample's loss falls; all others pay for it."""
    experiment = Experiment(hidden=(4, 4, 4), activation="relu", init=Init("normal", 0.01), only_sample=0)
    trainer = Trainer(experiment, TRAIN_FILE)
    trainer.advance(1000)
    loss_after_one = trainer.evaluations()[0].loss
    trainer.advance(15_000)
    train, test = trainer.evaluations()
    assert loss_after_one < 0.05  # 0.125 at the start
    assert train.loss < 0.001
    assert train.score == 1.0
    assert test.score == pytest.approx(499 / 999)
    assert test.loss > 0.2
