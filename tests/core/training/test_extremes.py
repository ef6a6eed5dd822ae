"""Rates, inputs, weights and data far from sense: each runs on with finite numbers, or ends in a clear message."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.training.divergence import Diverged
from core.training.experiment import MAX_SCALE, Experiment, Init
from core.training.trainer import Trainer
from tests.core.strategies import numbers_dataset
from tests.core.support import rewind, small_dataset

DATASET = small_dataset(40)
POINTS, LABELS = DATASET.points, DATASET.labels
ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
NET = Experiment(hidden=(3, 3), activation="relu", init=Init("he"))

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def with_points(points: np.ndarray, labels: np.ndarray = LABELS, names: tuple[str, ...] = ("a", "b")) -> Dataset:
    return Dataset(points, labels, names, name="mine")


def assert_finite(trainer: Trainer) -> None:
    assert np.isfinite(trainer.network.parameters).all()
    assert np.isfinite(trainer.history.column("train_loss")).all()
    assert all(np.isfinite(values).all() for values in trainer.stepper.memory.values())


@pytest.mark.parametrize("output", ["linear", "relu", "leaky-relu", "elu", "softplus", "gelu"])
def test_a_rate_of_10_on_relu_ends_in_advice(output: str, engine: str) -> None:
    """Outputs without a bound. Where ReLUs die at once instead, the run goes on with what is left."""
    trainer = Trainer(NET.replace(output=output, learning_rate=10.0, engine=engine), DATASET)
    try:
        trainer.advance(600)
    except Diverged as error:
        assert str(error).startswith("Training diverged: ")
        assert "reset with a learning rate below 10, standardized inputs or smaller initial weights" in str(error)
        assert trainer.position < 600
    else:
        assert output != "linear"
    assert_finite(trainer)


@pytest.mark.parametrize("loss", ["mse", "cross-entropy"])
def test_a_rate_of_10_on_relu_with_softmax_stays_finite(loss: str, engine: str) -> None:
    trainer = Trainer(NET.replace(loss=loss, learning_rate=10.0, engine=engine), DATASET)
    trainer.advance(600)
    assert_finite(trainer)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu", "softplus", "sine"])
@pytest.mark.parametrize(("output", "loss"), [("softmax", "cross-entropy"), ("linear", "mse"), ("linear", "hinge")])
def test_inputs_of_1e300_run_or_are_told(output: str, loss: str, activation: str, engine: str) -> None:
    experiment = NET.replace(output=output, loss=loss, activation=activation, engine=engine)
    try:
        trainer = Trainer(experiment, with_points(POINTS * 1e300))
    except Diverged as error:
        assert "the inputs or weights are too large. Standardize the inputs" in str(error)
        return
    try:
        trainer.advance(200)
    except Diverged as error:
        assert "the size of the inputs, up to " in str(error) and "standardized inputs" in str(error)
    assert_finite(trainer)


def test_inputs_of_1e300_cannot_be_standardized_and_1e100_can(engine: str) -> None:
    experiment = NET.replace(standardize=True, engine=engine)
    with pytest.raises(ExperimentError, match="no finite standard deviation; give the data in larger units") as caught:
        Trainer(experiment, with_points(POINTS * 1e300))
    assert caught.value.field == "standardize"
    plain, large = Trainer(experiment, DATASET), Trainer(experiment, with_points(POINTS * 1e100))
    for trainer in (plain, large):
        trainer.advance(400)
    assert large.evaluations()[0].loss == pytest.approx(plain.evaluations()[0].loss, rel=1e-6)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "linear", "sine", "elu"])
def test_weights_of_1e308_run_or_are_told(activation: str, engine: str) -> None:
    experiment = NET.replace(activation=activation, engine=engine)
    count = Trainer(experiment, DATASET).network.parameters.size
    try:
        trainer = Trainer(experiment, DATASET, np.full(count, 1e308))
        trainer.advance(100)
    except Diverged as error:
        assert "choose smaller initial weights" in str(error) or "smaller initial weights" in str(error)
    else:
        assert_finite(trainer)


@pytest.mark.parametrize("name", [name for name, init in INITIALIZERS.items() if init.scale is not None])
def test_the_largest_scale_runs_or_is_told_and_a_larger_one_is_refused(name: str, engine: str) -> None:
    with pytest.raises(ExperimentError, match=r"1e\+308 must be a number from 0 to 1e\+100"):
        Init(name, 1e308)
    try:
        trainer = Trainer(NET.replace(init=Init(name, MAX_SCALE), engine=engine), DATASET)
        trainer.advance(100)
    except Diverged as error:
        assert "smaller initial weights" in str(error)
    else:
        assert_finite(trainer)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("constant", [0.0, 5.0, 1e15])
def test_a_constant_column_is_no_trouble(constant: float, standardize: bool, engine: str) -> None:
    points = np.column_stack([POINTS[:, 0], np.full(40, constant)])
    experiment = NET.replace(activation="tanh", standardize=standardize, engine=engine)
    trainer = Trainer(experiment, with_points(points))
    trainer.advance(600)
    assert_finite(trainer)


def test_one_row_is_no_classification_but_can_be_a_regression(engine: str) -> None:
    row = np.array([[1.0, 2.0]])
    with pytest.raises(ExperimentError, match=r"mine.* has only one class; a classifier needs points of at least two"):
        Trainer(NET.replace(engine=engine), with_points(row, np.zeros(1, dtype=int), ("a",)))
    number = Dataset(row, np.zeros(1, dtype=int), (), targets=np.array([5.0]))
    experiment = NET.replace(data=DataSource("plane"), output="linear", learning_rate=0.05, engine=engine)
    for standardize in (False, True):
        trainer = Trainer(experiment.replace(standardize=standardize), number)
        assert trainer.epoch_length == 1
        trainer.advance(500)
        assert trainer.evaluations()[0].loss < 1e-6
        assert math.isnan(trainer.evaluations()[0].score)
        rewind(trainer, 250)
        assert_finite(trainer)


def test_one_class_is_refused_by_its_name(engine: str) -> None:
    with pytest.raises(ExperimentError, match=r'data: "mine" has only one class') as caught:
        Trainer(NET.replace(engine=engine), with_points(POINTS, np.zeros(40, dtype=int), ("only",)))
    assert caught.value.field == "data"
    # A class that is named and has no points is no trouble.
    trainer = Trainer(NET.replace(engine=engine), with_points(POINTS, LABELS, ("a", "b", "none")))
    trainer.advance(100)
    assert_finite(trainer)


def test_no_points_are_refused(engine: str) -> None:
    with pytest.raises(ExperimentError, match="has no points"):
        Trainer(NET.replace(engine=engine), with_points(np.zeros((0, 2)), np.zeros(0, dtype=int)))
    for bad in (math.nan, math.inf):
        points = POINTS.copy()
        points[3, 1] = bad
        with pytest.raises(DataError, match=r"Point 3 is .*; give finite numbers"):
            with_points(points)


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if "regression" in loss.tasks])
def test_targets_of_1e300_run_or_are_told(loss: str, engine: str) -> None:
    dataset = numbers_dataset(20)
    assert dataset.targets is not None
    large = Dataset(dataset.points, dataset.labels, (), targets=dataset.targets * 1e300)
    experiment = NET.replace(data=DataSource("plane"), output="linear", loss=loss, engine=engine)
    try:
        trainer = Trainer(experiment, large)
        trainer.advance(100)
    except Diverged as error:
        assert loss == "mse"
        assert "not finite" in str(error)
    else:
        assert_finite(trainer)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_an_optimizers_memory_that_overflows_is_named(optimizer: str, engine: str) -> None:
    """A gradient of 1e200 has a square that is no number, where the parameters may still be some."""
    points = POINTS * 1e160
    experiment = NET.replace(hidden=(), output="tanh", optimizer=optimizer, init=Init("zeros"), engine=engine)
    trainer = Trainer(experiment.replace(learning_rate=1e-170), with_points(points))
    try:
        trainer.advance(200)
    except Diverged as error:
        assert "infinite or not a number" in str(error)
        assert "the optimizer's" in str(error)
    else:
        assert optimizer in ("momentum", "nesterov")
    assert_finite(trainer)
