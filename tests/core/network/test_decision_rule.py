"""The class that outputs mean, and that all name the same one where outputs are equal to within rounding."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.maps import Plane, output_map
from core.explain.report import ClassReport, make_report
from core.network.decision_rule import decide
from core.storage.exports.csv_tables import predictions_csv
from core.storage.exports.numpy_script import numpy_script
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from tests.core.storage.exports.support import run, subject_of
from tests.core.storage.exports.test_networks import onnx_session

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("outputs", "wanted"),
    [
        ([0.2, 0.5, 0.3], 1),
        ([0.5, 0.5, 0.0], 0),
        ([0.1, 0.45 - 1e-16, 0.45], 1),
        ([0.5 - 1e-9, 0.5], 1),
        ([-3.0 - 1e-15, -3.0], 0),
        ([0.0, 0.0], 0),
        ([-0.0, 0.0], 0),
        ([1e-300, 2e-300], 1),
        ([1.0, INF, INF], 1),
        ([-INF, -INF], 0),
        ([5.0, NAN, NAN], 1),
        ([7.0], 0),
    ],
)
def test_the_class_of_outputs(outputs: list[float], wanted: int) -> None:
    assert decide(np.array([outputs, outputs])).tolist() == [wanted, wanted]


def test_no_outputs() -> None:
    assert decide(np.zeros((0, 3))).shape == (0,)


def tied(engine: str, nudge: float) -> Trainer:
    """A net whose outputs are equal but for their last digits, everywhere on the plane."""
    points = np.random.default_rng(0).normal(size=(40, 2))
    names = ("a", "b", "c")
    experiment = Experiment(
        data=DataSource("gauss"), hidden=(4,), activation="tanh", engine=engine, learning_rate=1e-300
    )
    trainer = Trainer(experiment, Dataset(points, np.arange(40) % 3, names))
    trainer.advance(1)  # from here on the engine measures
    W, b = trainer.network.weights[-1], trainer.network.biases[-1]
    first = trainer.network.parameters.size - W.size - b.size
    values = np.vstack([np.full((4, 3), 0.3) + nudge * np.arange(3), [0.1, 0.1 + nudge, 0.1]])
    trainer.edit(dict(enumerate(values.ravel().tolist(), start=first)))
    return trainer


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
@pytest.mark.parametrize("nudge", [0.0, 1e-17, 6e-17, 1e-14])
def test_all_name_the_same_class_where_outputs_are_equal_to_within_rounding(engine: str, nudge: float) -> None:
    trainer = tied(engine, nudge)
    dataset, model = trainer.preparation.dataset, subject_of(trainer).model
    report = make_report(trainer).train
    assert isinstance(report, ClassReport)
    assert report.confusion[:, 0].sum() == 40, "all are of the first class"
    assert trainer.latest_predictions().tolist() == [0] * 40
    assert (output_map(trainer, Plane((-2.0, 2.0), (-2.0, 2.0), 8, 8)).winner == 0).all()
    assert {row.split(",")[-2] for row in predictions_csv(model).splitlines()[1:]} == {"a"}
    assert run(numpy_script(model))["classify"](dataset.points) == ["a"] * 40
    assert set(onnx_session(trainer).run(["class"], {"points": dataset.points})[0].tolist()) == {0}


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
def test_both_engines_decide_by_the_rule(engine: str) -> None:
    rng = np.random.default_rng(2)
    trainer = tied(engine, 0.0)
    for _ in range(20):
        values = rng.choice([0.0, 0.5, 0.5 + 1e-16, -0.2, 1e3], size=15)
        trainer.edit(dict(enumerate(values.tolist(), start=trainer.network.parameters.size - 15)))
        points = trainer.preparation.dataset.points
        wanted = decide(trainer.activations(points)[-1]).tolist()
        assert trainer.latest_predictions().tolist() == wanted
