"""The report: every measure against its definition, undefined cases, and its texts."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.report import ClassReport, NumberReport, as_csv, as_json, as_text, confusion_matrix, make_report
from core.training.experiment import Experiment
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from tests.core.support import small_dataset


def trainer_of(n_classes: int = 3, **fields: object) -> Trainer:
    base = Experiment(data=DataSource("gauss"), hidden=(4,), train_fraction=0.6, engine="numpy", learning_rate=0.1)
    trainer = Trainer(base.replace(**fields), small_dataset(60, n_classes))
    trainer.advance(500)
    return trainer


def test_the_confusion_matrix_counts() -> None:
    labels, predicted = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 2, 2])
    report = ClassReport(confusion_matrix(labels, predicted, 4))
    assert report.confusion.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    assert report.support.tolist() == [2, 1, 3, 0]
    assert report.accuracy == 4 / 6
    assert report.precision[:3].tolist() == [1 / 2, 1 / 2, 1.0] and math.isnan(report.precision[3])
    assert report.recall[:3].tolist() == [1 / 2, 1.0, 2 / 3] and math.isnan(report.recall[3])
    assert report.f1[:3].tolist() == [1 / 2, 2 / 3, 4 / 5] and math.isnan(report.f1[3])


def test_what_is_never_predicted_has_no_precision_but_an_f1() -> None:
    report = ClassReport(confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 0]), 2))
    assert math.isnan(report.precision[1])
    assert report.recall[1] == report.f1[1] == 0.0


def test_a_set_without_points() -> None:
    none = np.zeros(0, dtype=np.int64)
    report = ClassReport(confusion_matrix(none, none, 2))
    assert report.size == 0 and math.isnan(report.accuracy) and np.isnan(report.f1).all()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=50))
def test_every_measure_is_its_definition(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    report = ClassReport(confusion_matrix(labels, predicted, 4))
    for c in range(4):
        hit = sum(pair == (c, c) for pair in pairs)
        said, are = sum(p == c for _, p in pairs), sum(t == c for t, _ in pairs)
        wanted = [(hit, said), (hit, are), (2 * hit, said + are)]
        found = (report.precision[c], report.recall[c], report.f1[c])
        for value, (above, below) in zip(found, wanted, strict=True):
            assert math.isnan(value) if below == 0 else value == above / below


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_it_agrees_with_the_evaluation(n_classes: int) -> None:
    trainer = trainer_of(n_classes)
    report = make_report(trainer)
    assert report.position == trainer.position
    for part, evaluation in zip((report.train, report.test), trainer.evaluations(), strict=True):
        assert isinstance(part, ClassReport)
        assert part.accuracy == evaluation.score and part.size == len(evaluation.predicted)


def test_regression() -> None:
    experiment = PRESETS["bumps"].experiment.replace(engine="numpy")
    data = small_dataset(50)
    targets = data.points.sum(axis=1)
    trainer = Trainer(experiment, Dataset(data.points, data.labels * 0, (), targets=targets, target_name="t"))
    trainer.advance(100)
    report = make_report(trainer)
    part = report.test
    assert isinstance(part, NumberReport)
    rows = trainer.preparation.test.rows
    error = trainer.activations(data.points[rows])[-1][:, 0] - targets[rows]
    assert part.size == len(rows)
    assert part.rmse == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-12)
    assert part.mae == pytest.approx(np.mean(np.abs(error)), rel=1e-12)
    assert part.r2 == pytest.approx(1.0 - np.sum(error**2) / np.sum((targets[rows] - targets[rows].mean()) ** 2))
    assert "RMSE" in as_text(report) and "Test set" in as_text(report)
    content = json.loads(json.dumps(as_json(report), allow_nan=False))
    assert content["target"] == "t" and content["test"]["mae"] == part.mae


def test_its_texts() -> None:
    trainer = trainer_of(3)
    report = make_report(trainer)
    assert isinstance(report.train, ClassReport)
    text = as_text(report)
    assert text.startswith("At epoch 13, sample 32\n")
    assert f"Training set: 36 points, accuracy {report.train.accuracy:.4f}" in text
    content = json.loads(json.dumps(as_json(report), allow_nan=False))
    assert content["train"]["confusion"] == report.train.confusion.tolist()
    assert content["classes"] == ["class 0", "class 1", "class 2"]
    head, *rows = csv.reader(io.StringIO(as_csv(report)))
    assert head == ["set", "measure", "class", "predicted", "value"]
    counts = [int(row[4]) for row in rows if row[:2] == ["train", "confusion"]]
    assert counts == report.train.confusion.ravel().tolist()
    recalls = [float(row[4]) for row in rows if row[:2] == ["test", "recall"]]
    assert isinstance(report.test, ClassReport) and recalls == report.test.recall.tolist()


def test_classes_stand_in_natural_order() -> None:
    names = tuple(sorted(f"class{k}" for k in range(1, 13)))
    dataset = replace(small_dataset(120, 12), class_names=names)
    trainer = Trainer(Experiment(data=DataSource("gauss"), hidden=(4,), engine="numpy"), dataset)
    trainer.advance(500)
    report = make_report(trainer)
    assert report.class_names == tuple(f"class{k}" for k in range(1, 13)) == tuple(names[k] for k in report.classes)
    predicted = trainer.latest_predictions()
    assert isinstance(report.train, ClassReport)
    for row, true in enumerate(report.class_names):
        for column, said in enumerate(report.class_names):
            inside = (dataset.labels == names.index(true)) & (predicted == names.index(said))
            assert report.train.confusion[row, column] == inside.sum()
    assert "class1  class2  class3" in as_text(report)
    assert as_json(report)["classes"] == list(report.class_names)


def test_what_is_undefined_is_written_as_a_dash_and_null() -> None:
    trainer = trainer_of(2, train_fraction=1.0, learning_rate=1e-9)
    report = make_report(trainer)
    assert isinstance(report.train, ClassReport)
    never = int(np.flatnonzero(np.isnan(report.train.precision))[0])
    assert "–" in as_text(report) and "Test set" not in as_text(report)
    content = as_json(report)
    assert content["test"] is None
    assert content["train"]["precision"][never] is None  # type: ignore[index]
