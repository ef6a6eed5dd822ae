"""Input features: their names, their values, and what a network is given of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import ExperimentError
from core.data.dataset import Dataset
from core.data.features import FEATURES, PLAIN, feature_name, feature_values
from core.training.experiment import Experiment, Init
from core.training.preparation import prepare
from core.training.trainer import Trainer
from tests.core.support import small_dataset

numbers = st.floats(-1e3, 1e3)

FORMULAS = {
    "x1": lambda x, y: x,
    "x2": lambda x, y: y,
    "x1^2": lambda x, y: x**2,
    "x2^2": lambda x, y: y**2,
    "x1*x2": lambda x, y: x * y,
    "sin-x1": lambda x, y: math.sin(x),
    "sin-x2": lambda x, y: math.sin(y),
    "cos-x1": lambda x, y: math.cos(x),
    "cos-x2": lambda x, y: math.cos(y),
    "radius": lambda x, y: math.sqrt(x * x + y * y),
}


def test_all_of_tensorflow_playgrounds_features_are_there() -> None:
    assert set(FEATURES) >= {"x1", "x2", "x1^2", "x2^2", "x1*x2", "sin-x1", "sin-x2"}
    assert set(FEATURES) == set(FORMULAS)
    assert all(feature.name == name for name, feature in FEATURES.items())


@given(x=numbers, y=numbers)
def test_values_follow_the_formulas(x: float, y: float) -> None:
    values = feature_values(tuple(FEATURES), np.array([[x, y]]))
    assert values.shape == (1, len(FEATURES))
    assert values[0].tolist() == pytest.approx([FORMULAS[name](x, y) for name in FEATURES], rel=1e-14, abs=1e-150)


def test_columns_come_in_the_order_of_the_names() -> None:
    points = np.array([[3.0, 4.0], [-1.0, 0.5]])
    np.testing.assert_array_equal(feature_values(("radius", "x2"), points), [[5.0, 4.0], [math.hypot(1, 0.5), 0.5]])
    np.testing.assert_array_equal(feature_values(("x1*x2", "x2", "x1"), points), [[12, 4, 3], [-0.5, 0.5, -1]])
    np.testing.assert_array_equal(feature_values(PLAIN, points), points)


def test_the_radius_does_not_overflow_on_the_way() -> None:
    assert feature_values(("radius",), np.array([[3e200, 4e200]]))[0, 0] == pytest.approx(5e200)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x1", "x1"),
        (" X2 ", "x2"),
        ("x1^2", "x1^2"),
        ("x1²", "x1^2"),
        ("x2**2", "x2^2"),
        ("x1x2", "x1*x2"),
        ("x1 * x2", "x1*x2"),
        ("x1·x2", "x1*x2"),
        ("sin-x1", "sin-x1"),
        ("sin(x1)", "sin-x1"),
        ("sin x2", "sin-x2"),
        ("SIN_X2", "sin-x2"),
        ("cos(x2)", "cos-x2"),
        ("radius", "radius"),
        ("r", "radius"),
        ("x3", "x3"),
        ("X64", "x64"),
        ("x65", None),
        ("", None),
        ("sin", None),
        ("x1^3", None),
        ("x1+x2", None),
        ("x2x1", None),
    ],
)
def test_what_a_text_spells(text: str, name: str | None) -> None:
    assert feature_name(text) == name


def test_every_name_and_label_spells_its_feature() -> None:
    for name, feature in FEATURES.items():
        assert feature_name(name) == name
        if name != "radius":
            assert feature_name(feature.label) == name


def test_a_title_has_the_columns_own_names() -> None:
    columns = ("height", "width x1")
    assert FEATURES["x1*x2"].title(columns) == "height·width x1", "each is put in once"
    assert FEATURES["sin-x2"].title(columns) == "sin width x1"
    assert FEATURES["radius"].title(("a", "b")) == "radius"


# ---- In an experiment.


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ((), "no inputs"),
        (("x1", "x1"), "named twice"),
        (("x1", "x9"), "the data have only 2 columns and no x9"),
        (("y",), '"y" is unknown'),
        ("x1", "must be a list"),
    ],
)
def test_wrong_features_are_told(features: object, said: str) -> None:
    with pytest.raises(ExperimentError, match=said) as caught:
        Experiment(features=features)  # type: ignore[arg-type]
    assert caught.value.field == "features"


def test_the_network_is_given_the_features() -> None:
    dataset = small_dataset(30)
    parts = prepare(Experiment(features=("x1^2", "radius", "x2"), train_fraction=0.5), dataset)
    assert parts.sizes == (3, 7, 2)
    values = np.array([[x * x, math.hypot(x, y), y] for x, y in dataset.points.tolist()])
    np.testing.assert_allclose(parts.train.inputs, values[parts.train.rows], rtol=1e-15)
    np.testing.assert_allclose(parts.test.inputs, values[parts.test.rows], rtol=1e-15)
    np.testing.assert_allclose(parts.inputs(dataset.points), values, rtol=1e-15)


def test_each_feature_is_standardized_by_itself_after_it_is_computed() -> None:
    dataset = small_dataset(60)
    parts = prepare(Experiment(features=("x1^2", "x1*x2"), train_fraction=0.5, standardize=True), dataset)
    values = feature_values(("x1^2", "x1*x2"), dataset.points)
    train = values[parts.train.rows]
    np.testing.assert_allclose(parts.center, train.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(parts.scale, train.std(axis=0), rtol=1e-13)
    np.testing.assert_allclose(parts.inputs(dataset.points), (values - parts.center) / parts.scale, rtol=1e-13)
    np.testing.assert_allclose(parts.train.inputs.std(axis=0), 1.0, rtol=1e-12)


def test_a_feature_that_is_constant_becomes_zero_and_not_nan() -> None:
    angle = np.linspace(0.0, 6.0, 20)
    points = np.column_stack([np.where(angle > 3.0, 2.0, -2.0), angle])
    parts = prepare(
        Experiment(features=("x1^2", "x2"), standardize=True), Dataset(points, np.arange(20) % 2, ("a", "b"))
    )
    np.testing.assert_array_equal(parts.train.inputs[:, 0], 0.0)


@pytest.mark.parametrize(("feature", "label"), [("x1^2", "x1²"), ("x1*x2", "x1·x2")])
def test_a_feature_too_large_for_a_number_is_refused_with_its_point(feature: str, label: str) -> None:
    points = small_dataset(10).points.copy()
    points[7] = 1e200, 1e200
    dataset = Dataset(points, np.arange(10) % 2, ("a", "b"))
    with pytest.raises(ExperimentError, match=f"{label} of point 7 is too large; leave this feature out") as caught:
        Trainer(Experiment(features=("x2", feature)), dataset)
    assert caught.value.field == "features"
    assert Trainer(Experiment(features=("x2", "radius")), dataset).position == 0


def test_squares_let_a_net_without_hidden_layers_learn_a_circle() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-2.0, 2.0, (200, 2))
    labels = (np.hypot(points[:, 0], points[:, 1]) < 1.5).astype(int)
    dataset = Dataset(points, labels, ("out", "in"))
    scores = {}
    for features in (("x1", "x2"), ("x1^2", "x2^2")):
        experiment = Experiment(
            features=features, hidden=(), loss="cross-entropy", learning_rate=0.1, init=Init("zeros"), batch_size=10
        )
        trainer = Trainer(experiment, dataset)
        trainer.advance(20_000)
        scores[features] = trainer.evaluations()[0].score
    assert scores["x1^2", "x2^2"] > 0.97
    assert scores["x1", "x2"] < 0.8
