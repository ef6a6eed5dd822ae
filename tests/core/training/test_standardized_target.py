"""A network that learns the standardized target of a regression; all that is told is in the data's units."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.arrays import Array
from core.base.errors import ExperimentError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.maps import NeuronPlace, Plane, neuron_map, neuron_maps, output_map
from core.explain.report import NumberReport, make_report
from core.network.losses import LOSSES
from core.network.tasks import REGRESSION
from core.options.arguments import apply_arguments, to_arguments
from core.training.experiment import Experiment, Init
from core.training.preparation import prepare
from core.training.trainer import Trainer
from tests.core.support import bits

POINTS = np.random.default_rng(4).normal(size=(80, 2))
PLANE = Experiment(
    data=DataSource("plane"), hidden=(), output="linear", init=Init("glorot"), learning_rate=0.05, train_fraction=0.75
)
LEARNED = PLANE.replace(standardize_target=True)
REGRESSION_LOSSES = [loss.name for loss in LOSSES.values() if REGRESSION in loss.tasks]
PRICES = 200_000.0 + 30_000.0 * (2 * POINTS[:, 0] - POINTS[:, 1])


def numbers(targets: Array) -> Dataset:
    return Dataset(POINTS, np.zeros(len(POINTS), dtype=np.int64), (), targets=targets, target_name="price")


HOUSES = numbers(PRICES)
CLASSES = Dataset(POINTS, (POINTS[:, 0] > 0).astype(np.int64), ("a", "b"))


@pytest.mark.parametrize("targets", [PRICES, 1e6 + 0.37 * POINTS[:, 0], 1e-9 * POINTS[:, 1]])
def test_targets_of_any_size_are_learned(targets: Array) -> None:
    trainer = Trainer(LEARNED, numbers(targets))
    assert prepare(PLANE, numbers(targets)).target_hint.startswith("Targets from ")
    trainer.advance(60 * 50)
    assert trainer.preparation.target_hint == ""
    assert all(evaluation.score > 0.999_999 for evaluation in trainer.evaluations())


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_loss_score_and_predictions_are_in_the_units_of_the_data(loss: str, engine: str) -> None:
    """Huber's loss has its corner where the error is one standard deviation."""
    trainer = Trainer(LEARNED.replace(loss=loss, engine=engine, hidden=(3,)), HOUSES)
    trainer.advance(90)
    s = float(np.std(PRICES[trainer.preparation.train.rows]))
    for part, found in zip((trainer.preparation.train, trainer.preparation.test), trainer.evaluations(), strict=True):
        error = found.predicted - PRICES[part.rows]
        wanted = {
            "mse": 0.5 * error**2,
            "mae": np.abs(error),
            "huber": np.where(np.abs(error) <= s, 0.5 * error**2, s * (np.abs(error) - 0.5 * s)),
        }[loss]
        assert found.loss == pytest.approx(float(np.mean(wanted)), rel=1e-9)
        assert found.squared_error == pytest.approx(float(np.mean(error**2)), rel=1e-9)
        assert found.score == pytest.approx(1 - float(np.mean(error**2) / np.var(PRICES[part.rows])), abs=1e-9)
    report = make_report(trainer).train
    assert isinstance(report, NumberReport)
    assert report.rmse == pytest.approx(trainer.evaluations()[0].squared_error ** 0.5)
    trainer.advance(30)
    assert trainer.history.column("train_loss")[-1] == trainer.evaluations()[0].loss


def test_maps_are_in_the_units_of_the_data() -> None:
    trainer, plane = Trainer(LEARNED, HOUSES), Plane((-2.0, 2.0), (-2.0, 2.0), 12, 10)
    trainer.advance(60 * 20)
    wanted = trainer.preparation.in_units(trainer.activations(plane.points())[-1]).reshape(10, 12)
    assert output_map(trainer, plane).value == pytest.approx(wanted)
    own = neuron_map(trainer, NeuronPlace(1, 0, plane))
    assert own is not None and own.values == pytest.approx(wanted)
    assert (own.low, own.high) == (PRICES.min(), PRICES.max())
    shares = (wanted - own.low) / (own.high - own.low)
    assert np.abs(neuron_maps(trainer, plane)[1][0] / 255.0 - shares.clip(0.0, 1.0)).max() < 0.006


@pytest.mark.parametrize(
    ("given", "wanted", "words"),
    [
        ({"standardize": True}, True, {"--standardize"}),
        ({"standardize": True, "standardize_target": False}, False, {"--standardize", "--no-standardize-target"}),
        ({"standardize_target": True}, True, {"--standardize-target"}),
        ({}, False, set()),
    ],
)
def test_it_follows_the_inputs_unless_it_is_said(given: dict[str, bool], wanted: bool, words: set[str]) -> None:
    found = apply_arguments(Experiment(), given)
    assert found.standardize_target is wanted
    assert {word for word in to_arguments(found) if "standardize" in word} == words


def test_for_classes_it_changes_nothing() -> None:
    runs = [Trainer(Experiment(standardize_target=on), CLASSES) for on in (False, True)]
    for run in runs:
        run.advance(50)
    assert bits(runs[0]) == bits(runs[1])


def test_constant_targets_and_a_single_sample() -> None:
    constant = prepare(LEARNED, numbers(np.full(80, 7.0)))
    assert (constant.target_center, constant.target_scale, constant.target_hint) == (7.0, 1.0, "")
    alone = prepare(LEARNED.replace(only_sample=3), HOUSES)
    assert alone.target_scale == pytest.approx(float(np.std(PRICES)))


def test_targets_without_a_standard_deviation_are_refused() -> None:
    with pytest.raises(ExperimentError, match="no finite standard deviation") as caught:
        prepare(LEARNED, numbers(1e300 * POINTS[:, 0]))
    assert caught.value.field == "standardize_target"


def test_notes_and_hints() -> None:
    assert prepare(PLANE, numbers(POINTS[:, 0] * POINTS[:, 1])).target_hint == ""
    assert prepare(Experiment(), CLASSES).target_hint == ""
    found = prepare(LEARNED, HOUSES)
    scaled = f"(price − {found.target_center:,.6g}) / {found.target_scale:,.6g}"
    assert found.target_note == f"The network learns the standardized target y = {scaled}."
