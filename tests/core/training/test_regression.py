"""Data whose targets are numbers: sets, files, targets, and how well a net does."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError, LensError
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.generators import GENERATORS, generate
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.options.argument_values import parse_data
from core.training.evaluation import evaluation_of
from core.training.experiment import Experiment, Init
from core.training.preparation import Part, prepare
from core.training.trainer import Trainer
from tests.core.strategies import numbers_dataset
from tests.core.support import small_dataset

ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
LINE = Experiment(data=DataSource("plane"), hidden=(), output="linear", init=Init("zeros"))


# ---- The built-in sets, by TensorFlow Playground's definitions.


@pytest.mark.parametrize("name", ["plane", "multi-gauss"])
def test_points_are_uniform_on_a_square_of_six(name: str) -> None:
    points, targets = generate(GENERATORS[name], 20_000, 0.0, 0)
    assert np.abs(points).max() <= 6.0
    assert points.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.1)
    assert points.std(axis=0) == pytest.approx([12 / math.sqrt(12)] * 2, rel=0.02)
    assert GENERATORS[name].samples == 1200
    assert GENERATORS[name].task == REGRESSION
    assert np.abs(targets).max() <= 1.2


def test_the_plane_is_a_tenth_of_the_sum() -> None:
    points, targets = generate(GENERATORS["plane"], 500, 0.0, 1)
    np.testing.assert_allclose(targets, (points[:, 0] + points[:, 1]) / 10.0, rtol=1e-13)


def bump(x: float, y: float) -> float:
    """Six cones of radius 2 and height 1, with the signs + − + above and − + − below; of two the higher one."""
    best = 0.0
    for row, centre_y in enumerate((2.5, -2.5)):
        for column, centre_x in enumerate((-4.0, 0.0, 4.0)):
            height = max(0.0, 1.0 - math.hypot(x - centre_x, y - centre_y) / 2.0)
            sign = 1.0 if (row + column) % 2 == 0 else -1.0
            if height > abs(best):
                best = sign * height
    return best


def test_multi_gauss_has_six_bumps_with_alternating_signs() -> None:
    assert [bump(x, y) for y in (2.5, -2.5) for x in (-4, 0, 4)] == [1, -1, 1, -1, 1, -1]
    assert bump(-4.0, 1.5) == 0.5
    points, targets = generate(GENERATORS["multi-gauss"], 2000, 0.0, 2)
    np.testing.assert_allclose(targets, [bump(x, y) for x, y in points.tolist()], atol=1e-13)
    assert 0.3 < np.mean(targets != 0.0) < 0.6  # six discs of radius 2 cover 52 % of the square, less what lies outside


@pytest.mark.parametrize("name", ["plane", "multi-gauss"])
def test_noise_moves_the_place_whose_target_a_point_gets(name: str) -> None:
    points, targets = generate(GENERATORS[name], 4000, 10.0, 3)
    same, clean = generate(GENERATORS[name], 4000, 0.0, 3)
    np.testing.assert_array_equal(points, same)
    moved = targets - clean
    assert 0.0 < np.abs(moved).max() <= (0.1 * 12 / 10 if name == "plane" else 1.0)
    assert abs(moved.mean()) < 0.01


# ---- Targets and outputs.


def test_a_regression_has_one_output_whose_target_is_the_number() -> None:
    dataset = numbers_dataset(20)
    parts = prepare(LINE.replace(hidden=(3,), train_fraction=0.5), dataset)
    assert parts.sizes == (2, 3, 1)
    assert dataset.targets is not None
    np.testing.assert_array_equal(parts.train.targets[:, 0], dataset.targets[parts.train.rows])
    np.testing.assert_array_equal(parts.test.targets[:, 0], dataset.targets[parts.test.rows])
    assert dataset.output_names == ("y",)
    assert dataset.n_classes == 0


def test_experiment_and_data_must_be_of_one_task() -> None:
    for experiment, dataset, said in (
        (LINE, small_dataset(10), "for classification, but the experiment for regression"),
        (Experiment(), numbers_dataset(10), "for regression, but the experiment for classification"),
    ):
        with pytest.raises(ExperimentError, match=said) as caught:
            Trainer(experiment, dataset)
        assert caught.value.field == "data"


@pytest.mark.parametrize("targets", [np.zeros(3), np.zeros((4, 1)), np.array([1.0, 2.0, np.nan, 3.0])])
def test_targets_that_cannot_be(targets: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"one target for each of 4 points|target of point 2 is nan"):
        Dataset(np.zeros((4, 2)), np.zeros(4, dtype=int), (), targets=targets)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"loss": "cross-entropy"},
            'the loss "cross-entropy" is not for data whose targets are numbers; choose one of mse',
        ),
        ({"loss": "hinge"}, "is not for data whose targets are numbers"),
        ({"output": "softmax"}, "softmax of a single output is always 1"),
        ({"loss": "mae", "data": DataSource("circle")}, "is not for data whose targets are classes"),
    ],
)
def test_what_does_not_go_with_the_task_is_told(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ExperimentError, match=said) as caught:
        LINE.replace(**fields)
    assert caught.value.field == "loss"


# ---- How well: four points by hand.
#
#   y = (1, 2, 3, 6), ŷ = (1, 3, 3, 4):  e = (0, 1, 0, −2), e² = (0, 1, 0, 4), their mean 5/4
#   mean y = 3, (y − 3)² = (4, 1, 0, 9), their sum 14;  R² = 1 − 5/14

POINTS = np.array([[1.0, 0.0], [3.0, 0.0], [3.0, 1.0], [4.0, 0.0]])  # ŷ is the first coordinate
TARGETS = np.array([1.0, 2.0, 3.0, 6.0])
BY_HAND = Dataset(POINTS, np.zeros(4, dtype=int), (), targets=TARGETS)
FIRST = np.array([1.0, 0.0, 0.0])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("loss", "value"),
    [
        ("mse", 5 / 8),  # ½ of the mean square
        ("mae", 3 / 4),  # (0 + 1 + 0 + 2)/4
        ("huber", 2 / 4),  # (0 + ½ + 0 + 1½)/4
    ],
)
def test_loss_score_and_mean_square_by_hand(loss: str, value: float, engine: str) -> None:
    experiment = LINE.replace(loss=loss, engine=engine, learning_rate=1e-300)
    trainer = Trainer(experiment, BY_HAND, FIRST)
    for _ in range(2):
        train, test = trainer.evaluations()
        assert train.loss == pytest.approx(value, rel=1e-14)
        assert train.squared_error == pytest.approx(5 / 4, rel=1e-14)
        assert train.score == pytest.approx(1 - 5 / 14, rel=1e-14)
        assert train.predicted.tolist() == [1.0, 3.0, 3.0, 4.0]
        assert math.isnan(test.loss)
        trainer.advance(4)  # with a rate of next to nothing: now the engine measures, not the reference


def evaluation(outputs: list[float], targets: list[float]) -> float:
    n = len(targets)
    y = np.array(targets)
    part = Part(np.arange(n), np.zeros((n, 2)), y[:, None], np.zeros(n, dtype=np.int64), y)
    return evaluation_of(np.zeros(n), np.array(outputs), part, REGRESSION).score


def test_r2_of_the_best_the_mean_and_worse() -> None:
    """Its definition's landmarks: 1 for the targets themselves, 0 for their mean, below 0 for anything worse."""
    assert evaluation([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1.0
    assert evaluation([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]) == 0.0
    assert evaluation([3.0, 2.0, 1.0], [1.0, 2.0, 3.0]) == pytest.approx(-3.0)  # Σe² = 8, Σ(y − ȳ)² = 2
    assert math.isnan(evaluation([1.0, 2.0], [5.0, 5.0])), "without a spread there is no R²"


def test_an_empty_set_has_no_measures() -> None:
    rows = np.zeros(0, dtype=np.int64)
    part = Part(rows, np.zeros((0, 2)), np.zeros((0, 1)), rows, np.zeros(0))
    found = evaluation_of(np.zeros(0), np.zeros(0), part, REGRESSION)
    assert all(math.isnan(value) for value in (found.loss, found.score, found.squared_error))
    assert found.predicted.dtype == np.float64


@pytest.mark.parametrize("engine", ENGINES)
def test_a_straight_net_learns_the_plane_exactly(engine: str) -> None:
    source = DataSource("plane", samples=200)
    trainer = Trainer(LINE.replace(data=source, learning_rate=0.02, train_fraction=0.5, engine=engine), load(source))
    trainer.advance(100 * 50)
    np.testing.assert_allclose(trainer.network.parameters, [0.1, 0.1, 0.0], atol=1e-9)
    train, test = trainer.evaluations()
    assert train.loss < 1e-16
    assert test.score > 1 - 1e-12


def test_a_net_learns_the_six_bumps_where_a_straight_one_cannot() -> None:
    source = DataSource("multi-gauss", samples=300)
    dataset = load(source)
    scores = {}
    for hidden in ((), (16, 16)):
        experiment = LINE.replace(
            data=source, hidden=hidden, activation="tanh", init=Init("glorot"), optimizer="adam", batch_size=20
        )
        trainer = Trainer(experiment, dataset)
        trainer.advance(200 * 300)
        scores[len(hidden)] = trainer.evaluations()[0].score
    assert scores[0] < 0.1
    assert scores[2] > 0.9


# ---- A file of one's own.


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "numbers.csv"
    path.write_text(text)
    return str(path)


def test_a_file_is_read_as_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "height;width;price\n1;2;10,5\n3;4;-2\n5;6;1e3\n1;1;10,5\n")
    dataset = load(DataSource("file", path, task=REGRESSION))
    assert dataset.task == REGRESSION
    assert dataset.targets is not None
    assert dataset.targets.tolist() == [10.5, -2.0, 1000.0, 10.5]
    assert dataset.points.tolist() == [[1, 2], [3, 4], [5, 6], [1, 1]]
    assert (dataset.column_names, dataset.output_names) == (("height", "width"), ("price",))
    assert load(DataSource("file", write(tmp_path, "1 2 3\n4 5 6\n"), task=REGRESSION)).output_names == ("y",)
    assert DataSource("file", path).task == CLASSIFICATION


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2 red\n3 4 5\n", r"line 1: the column 'x3' holds 'red', .* or choose classification"),
        ("1 2 3\n3 4 nan\n", r"line 2, column 'x3': the value is missing"),
        ("1 2 3\n3 4 inf\n", r"line 2, column 'x3': the number is infinite"),
        ("1 2 3\n3 4\n", "line 2: 2 columns"),
        ("1 x 3\n", "line 1: the column 'x2' holds 'x'"),
        ("", "is empty"),
    ],
)
def test_a_file_that_holds_no_numbers_is_refused_with_the_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        load(DataSource("file", write(tmp_path, text), task=REGRESSION))


def test_one_and_the_same_target_everywhere_can_be_learned_and_has_no_r2(tmp_path: Path) -> None:
    source = DataSource("file", write(tmp_path, "1 2 5\n3 4 5\n"), task=REGRESSION)
    trainer = Trainer(LINE.replace(data=source, learning_rate=0.02), load(source))
    trainer.advance(2000)
    train, _ = trainer.evaluations()
    assert train.loss < 1e-6
    assert math.isnan(train.score)
    assert np.isfinite(trainer.history.column("train_loss")).all()


def test_tasks_that_cannot_be() -> None:
    with pytest.raises(ExperimentError, match="The task 'ranking' is unknown; choose classification or regression"):
        DataSource("file", "x.csv", task="ranking")
    with pytest.raises(ExperimentError, match="circle is a set for classification"):
        DataSource("circle", task=REGRESSION)
    with pytest.raises(ExperimentError, match="plane is a set for regression"):
        DataSource("plane", task=CLASSIFICATION)
    with pytest.raises(LensError):
        parse_data("plan")
