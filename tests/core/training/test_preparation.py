"""From points to what the network sees: the split, the scale, the targets, one sample alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.training.preparation
from core.base.errors import ExperimentError
from core.data.dataset import Dataset
from core.network.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.training.experiment import MAX_CLASSES, Experiment
from core.training.preparation import prepare
from tests.core.support import small_dataset


@given(n=st.integers(2, 200), fraction=st.floats(0.0, 1.0, exclude_min=True), seed=st.integers(0, 5))
@settings(max_examples=50)
def test_the_split_is_disjoint_complete_ascending_and_stable(n: int, fraction: float, seed: int) -> None:
    dataset, experiment = small_dataset(n), Experiment(train_fraction=fraction, seed=seed)
    parts = prepare(experiment, dataset)
    train, test = parts.train, parts.test
    assert len(train) == parts.epoch_length == max(1, round(fraction * n))
    np.testing.assert_array_equal(np.sort([*train.rows, *test.rows]), np.arange(n))
    for part in (train, test):
        assert (np.diff(part.rows) > 0).all()
        np.testing.assert_array_equal(part.labels, dataset.labels[part.rows])
        np.testing.assert_array_equal(part.inputs, dataset.points[part.rows])
        np.testing.assert_array_equal(part.targets, np.eye(2)[part.labels])
    again = prepare(experiment.replace(hidden=(3,), shuffle=False), dataset)
    np.testing.assert_array_equal(again.train.rows, train.rows)


def test_another_seed_splits_otherwise_and_no_block_of_the_file_is_left_out() -> None:
    dataset = small_dataset(200)
    splits = [prepare(Experiment(train_fraction=0.5, seed=seed), dataset).train.rows for seed in range(4)]
    assert len({split.tobytes() for split in splits}) == 4
    for split in splits:
        assert 30 < np.sum(split < 100) < 70


def test_others_may_act_between_the_steps_for_a_large_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a million points the whole takes longer than a picture may wait."""
    experiment, calls = Experiment(standardize=True, train_fraction=0.8), list[None]()
    prepare(experiment, small_dataset(50), lambda: calls.append(None))
    assert not calls
    monkeypatch.setattr(core.training.preparation, "LARGE_SET", 50)
    paused = prepare(experiment, small_dataset(50), lambda: calls.append(None))
    whole = prepare(experiment, small_dataset(50))
    assert len(calls) == 6
    assert paused.train.inputs.tobytes() == whole.train.inputs.tobytes()
    assert paused.test.rows.tobytes() == whole.test.rows.tobytes()


def test_the_whole_set_for_training_keeps_the_order_of_the_file_and_leaves_no_test_set() -> None:
    parts = prepare(Experiment(), small_dataset(10))
    np.testing.assert_array_equal(parts.train.rows, np.arange(10))
    assert len(parts.test) == 0
    assert parts.test.inputs.shape == (0, 2)


def test_standardization_is_learned_on_the_training_part_only() -> None:
    dataset = small_dataset(60)
    parts = prepare(Experiment(train_fraction=0.5, standardize=True, seed=2), dataset)
    np.testing.assert_allclose(parts.train.inputs.mean(axis=0), 0.0, atol=1e-14)
    np.testing.assert_allclose(parts.train.inputs.std(axis=0), 1.0, rtol=1e-12)
    assert np.abs(parts.test.inputs.mean(axis=0)).max() > 1e-3
    moved = dataset.points.copy()
    moved[parts.test.rows] += 1000.0
    same = prepare(Experiment(train_fraction=0.5, standardize=True, seed=2), Dataset(moved, dataset.labels, ("a", "b")))
    np.testing.assert_array_equal(same.train.inputs, parts.train.inputs)
    for part in (parts.train, parts.test):
        np.testing.assert_array_equal(parts.inputs(dataset.points[part.rows]), part.inputs)


@pytest.mark.parametrize("constant", [0.0, 0.1, -7.3, 1e15])
def test_a_constant_column_becomes_zero_and_stays_in_proportion(constant: float) -> None:
    points = np.column_stack([np.full(10, constant), np.arange(10.0)])
    parts = prepare(Experiment(standardize=True), Dataset(points, np.arange(10) % 2, ("a", "b")))
    np.testing.assert_array_equal(parts.train.inputs[:, 0], 0.0)
    np.testing.assert_array_equal(parts.inputs(np.array([[constant + 2.0, 4.5]])), [[2.0, 0.0]])


def test_a_spread_too_small_for_a_square_is_left_as_it_is() -> None:
    points = np.column_stack([np.arange(10) * 1e-200, np.arange(10.0)])
    parts = prepare(Experiment(standardize=True), Dataset(points, np.arange(10) % 2, ("a", "b")))
    assert np.isfinite(parts.train.inputs).all()


def test_numbers_too_large_to_standardize_are_refused_with_the_number() -> None:
    points = np.column_stack([np.arange(10) * 1e299, np.arange(10.0)])
    with pytest.raises(ExperimentError, match=r"9e\+299") as caught:
        prepare(Experiment(standardize=True), Dataset(points, np.arange(10) % 2, ("a", "b")))
    assert caught.value.field == "standardize"


def test_without_standardization_the_inputs_are_the_points() -> None:
    dataset = small_dataset(10)
    parts = prepare(Experiment(), dataset)
    np.testing.assert_array_equal(parts.train.inputs, dataset.points)
    np.testing.assert_array_equal([parts.center, parts.scale], [[0, 0], [1, 1]])


@pytest.mark.parametrize("standardize", [False, True])
def test_one_sample_alone(standardize: bool) -> None:
    dataset = small_dataset(12)
    parts = prepare(Experiment(only_sample=5, standardize=standardize, train_fraction=0.5), dataset)
    np.testing.assert_array_equal(parts.train.rows, [5])
    np.testing.assert_array_equal(parts.test.rows, [*range(5), *range(6, 12)])
    assert parts.epoch_length == 12
    inputs = parts.inputs(dataset.points)
    if standardize:
        np.testing.assert_allclose(inputs.std(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(parts.train.inputs, inputs[[5]])


def test_a_sample_beyond_the_data_is_refused() -> None:
    assert prepare(Experiment(only_sample=11), small_dataset(12)).train.rows.tolist() == [11]
    with pytest.raises(ExperimentError, match=r"12.*from 0 to 11") as caught:
        prepare(Experiment(only_sample=12), small_dataset(12))
    assert caught.value.field == "only_sample"


@pytest.mark.parametrize(("n", "names", "said"), [(5, ("only",), "one class"), (0, ("a", "b"), "no points")])
def test_data_that_no_classifier_can_learn_are_refused(n: int, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(ExperimentError, match=said) as caught:
        prepare(Experiment(), Dataset(np.ones((n, 2)), np.zeros(n, dtype=int), names, name="mine"))
    assert caught.value.field == "data"
    assert "mine" in str(caught.value)


@pytest.mark.parametrize("output", OUTPUT_ACTIVATIONS)
def test_targets_are_one_hot_in_the_order_of_the_classes_inside_the_outputs_range(output: str) -> None:
    parts = prepare(Experiment(output=output), small_dataset(6, n_classes=3))
    low = -1.0 if output in ("tanh", "sine") else 0.0
    np.testing.assert_array_equal(parts.train.targets[:3], np.where(np.eye(3) == 1.0, 1.0, low))
    assert ACTIVATIONS[output].low <= low <= 1.0 <= ACTIVATIONS[output].high


def test_layer_sizes_and_activations_follow_from_the_data_and_the_experiment() -> None:
    parts = prepare(Experiment(hidden=(4, 3), activation="tanh", output="sigmoid"), small_dataset(9, n_classes=3))
    assert parts.sizes == (2, 4, 3, 3)
    assert [activation.name for activation in parts.activations] == ["tanh", "tanh", "sigmoid"]
    assert prepare(Experiment(hidden=()), small_dataset(9)).sizes == (2, 2)


def test_the_prepared_arrays_cannot_be_written_to() -> None:
    parts = prepare(Experiment(train_fraction=0.5), small_dataset(10))
    for part in (parts.train, parts.test):
        assert not any(array.flags.writeable for array in (part.rows, part.inputs, part.targets, part.labels))


def test_a_measurement_in_the_place_of_the_label_is_refused() -> None:
    n = MAX_CLASSES + 1
    dataset = Dataset(np.zeros((n, 2)), np.arange(n), tuple(map(str, range(n))), name="table.csv")
    with pytest.raises(ExperimentError, match=r'"table\.csv" has 101 classes.*last column') as caught:
        prepare(Experiment(), dataset)
    assert caught.value.field == "data"


def test_each_hidden_layer_has_the_activation_that_is_named_for_it() -> None:
    parts = prepare(Experiment(hidden=(4, 3, 2), activation=("relu", "sine", "elu")), small_dataset(9))
    assert [activation.name for activation in parts.activations] == ["relu", "sine", "elu", "softmax"]
