"""Data of more than two columns, from the file to what is taken away."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError, LensError
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.tables.column_choice import Choice
from core.data.tables.reading import Reading
from core.engines import kernel_loading
from core.storage.exports.csv_tables import predictions_csv
from core.storage.exports.numpy_script import numpy_script
from core.storage.exports.onnx_model import onnx_model
from core.storage.project import Project, load_project, resume, save_project
from core.training.experiment import Experiment, Init
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from tests.core.storage.exports.support import assert_agrees, run, subject_of
from tests.core.support import FLOWERS, bits, flowers_text

PLAIN = ("x1", "x2", "x3", "x4")


@pytest.fixture
def flowers(tmp_path: Path) -> DataSource:
    path = tmp_path / "flowers.csv"
    path.write_text(flowers_text())
    return DataSource("file", str(path), choice=FLOWERS)


def test_the_two_that_are_shown_come_first_and_all_become_inputs(flowers: DataSource) -> None:
    data = load(flowers)
    cells = [line.split(",") for line in flowers_text().splitlines()[1:]]
    assert data.column_names == (
        "petal length (cm)", "petal width (cm)", "sepal length (cm)", "sepal width (cm)",
    )  # fmt: skip
    assert data.points.tolist() == [[float(row[i]) for i in (2, 3, 0, 1)] for row in cells]
    assert [data.class_names[k] for k in data.labels] == [row[4] for row in cells]
    start = Experiment(features=("x1", "sin-x2"))
    experiment = start.adapted(data=flowers)
    assert (flowers.dimensions, experiment.features) == (4, PLAIN)
    assert experiment.adapted(hidden=(3,), features=("x4", "x1*x2")).features == ("x4", "x1*x2")
    chosen = experiment.replace(features=("x4",))
    assert chosen.adapted(data=replace(flowers, choice=replace(FLOWERS, missing="mean"))).features == ("x4",)
    other = replace(FLOWERS, shown=FLOWERS.inputs[:2])
    assert chosen.adapted(data=replace(flowers, choice=other)).features == PLAIN, "x4 would be another column"
    assert experiment.adapted(data=DataSource("spiral")).features == ("x1", "x2")
    assert start.adapted(data=DataSource("spiral")).features == ("x1", "sin-x2")


def test_a_run_on_four_columns_is_learned_kept_and_taken_away(flowers: DataSource, tmp_path: Path) -> None:
    features = (*PLAIN, "x1*x2", "radius")
    experiment = Experiment(hidden=(5,), init=Init("glorot"), learning_rate=0.1, standardize=True, seed=2)
    experiment = experiment.adapted(data=flowers, features=features)
    trainer = Trainer(experiment, load(flowers))
    trainer.advance(60 * 30)
    assert trainer.evaluations()[0].score > 0.9
    assert trainer.preparation.input_names[2:5] == (
        "sepal length (cm)", "sepal width (cm)", "petal length (cm)·petal width (cm)",
    )  # fmt: skip
    model = subject_of(trainer).model
    assert_agrees(model, run(numpy_script(model))["predict"], trainer)
    runtime, points = pytest.importorskip("onnxruntime"), trainer.preparation.dataset.points
    session = runtime.InferenceSession(onnx_model(model), providers=["CPUExecutionProvider"])
    assert_agrees(model, lambda points: session.run(["outputs"], {"points": points})[0], trainer)
    assert json.loads(session.get_modelmeta().custom_metadata_map["columns"]) == list(model.columns)
    rows = [line.split(",") for line in predictions_csv(model).splitlines()]
    assert rows[0][2:6] == list(model.columns)
    assert [[float(cell) for cell in row[2:6]] for row in rows[1:]] == points.tolist()

    path = tmp_path / "run.lens"
    save_project(path, Project(experiment, trainer.preparation.dataset, save_run(trainer)))
    project = load_project(path)
    assert project.experiment == experiment
    assert project.dataset.column_names == trainer.preparation.dataset.column_names
    again = resume(project)
    for each in (trainer, again):
        each.advance(70)
    assert bits(again) == bits(trainer)


def test_the_engines_agree_on_the_widest_data() -> None:
    if not kernel_loading.is_available():
        pytest.skip("Numba is not installed")
    rng = np.random.default_rng(3)
    names = tuple(f"c{k}" for k in range(64))
    data = Dataset(rng.normal(size=(30, 64)), rng.integers(0, 2, 30), ("a", "b"), names)
    source = DataSource("file", "wide.csv", choice=Choice(names[:2], "kind", inputs=names))
    experiment = Experiment(hidden=(9,), init=Init("glorot"), learning_rate=0.1).adapted(data=source)
    runs = [Trainer(experiment.replace(engine=engine), data) for engine in ("numpy", "compiled")]
    for trainer in runs:
        trainer.advance(75)
    first, second = (trainer.network.parameters for trainer in runs)
    np.testing.assert_allclose(first, second, rtol=1e-12, atol=1e-14)


def test_a_reading_and_a_regression(tmp_path: Path) -> None:
    path = tmp_path / "prices.txt"
    path.write_text(
        "from the archive\nrooms;area;age;price\n2;50,5;10;1,5\n3;;20;2,5\n4;90,5;30;3\n", encoding="cp1252"
    )
    reading = Reading("cp1252", ";", ",", header=True, skip=1)
    choice = Choice(("area", "rooms"), "price", "regression", ("rooms", "age", "area"), "mean")
    source = DataSource("file", str(path), reading=reading, choice=choice)
    assert source.task == "regression"
    data = load(source)
    assert (data.column_names, data.target_name) == (("area", "rooms", "age"), "price")
    assert data.points.tolist() == [[50.5, 2, 10], [70.5, 3, 20], [90.5, 4, 30]]
    assert data.targets is not None
    assert data.targets.tolist() == [1.5, 2.5, 3.0]
    assert source.with_task("classification").choice == replace(choice, task="classification")
    assert load(source.with_task("classification")).class_names == ("1,5", "2,5", "3")
    path.write_text("a|b|c\n1|2,5|u\n3|4|v\n")
    strict = DataSource("file", str(path), reading=Reading(delimiter="|", decimal=",", header=True))
    assert load(strict).points.tolist() == [[1, 2.5], [3, 4]], "a reading goes with three columns as well"
    with pytest.raises(DataError, match=r"line 1: the column 'x1' holds 'a'"):
        load(replace(strict, reading=Reading(delimiter="|", decimal=",")))


def test_what_does_not_go_together_is_refused(flowers: DataSource) -> None:
    many = tuple(f"c{k}" for k in range(65))
    wide, data = Choice(many[:2], "t", inputs=many), load(flowers)
    for said, make in (
        ("65 columns are chosen as inputs; choose at most 64", lambda: replace(flowers, choice=wide)),
        ("circle has no choice; only a file", lambda: DataSource("circle", choice=FLOWERS)),
        ("train.txt has no reading; only a file", lambda: DataSource("train.txt", reading=Reading())),
        ("is 3; give a Choice or None", lambda: DataSource("file", "f", choice=3)),  # type: ignore[arg-type]
        ("The task is regression, but the columns are", lambda: replace(flowers, task="regression")),
        ("the data have only 4 columns and no x5", lambda: Experiment(data=flowers, features=("x5",))),
        ("has 4 input columns, but the experiment has 2", lambda: Trainer(Experiment(), data)),
    ):
        with pytest.raises(ExperimentError) as caught:
            make()
        assert said in str(caught.value)
    with pytest.raises(LensError, match=r"flowers\.csv has no column 'stem'; choose from sepal length"):
        load(replace(flowers, choice=replace(FLOWERS, target="stem")))
