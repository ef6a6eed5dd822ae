"""Predictions and history as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import LensError
from core.data.data_source import DataSource
from core.storage.exports.formats import FORMATS, export
from core.storage.weights_file import load_parameters
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from tests.core.storage.exports.support import HOSTILE, cases, hostile, subject_of, trained
from tests.core.support import small_dataset


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_predictions_of_classes() -> None:
    trainer = trained(cases()[-1])
    head, *rows = rows_of(FORMATS["predictions"].make(subject_of(trainer), None))
    dataset, preparation = trainer.preparation.dataset, trainer.preparation
    assert head[:5] == ["row", "set", "x1", "x2", "label"]
    assert head[5:] == ["output class 0", "output class 1", "output class 2", "predicted", "right"]
    assert np.array([[float(cell) for cell in row[2:4]] for row in rows]).tobytes() == dataset.points.tobytes()
    outputs = np.array([[float(cell) for cell in row[5:8]] for row in rows])
    assert np.abs(outputs - trainer.activations(dataset.points)[-1]).max() < 1e-12
    assert [row[0] for row in rows] == [str(number) for number in range(40)]
    assert {int(row[0]) for row in rows if row[1] == "test"} == set(preparation.test.rows.tolist())
    right = np.array([row[-1] == "1" for row in rows])
    for part, evaluation in zip((preparation.train, preparation.test), trainer.evaluations(), strict=True):
        assert right[part.rows].mean() == pytest.approx(evaluation.score)


def test_outputs_stand_in_the_natural_order_of_their_classes() -> None:
    names = tuple(sorted(f"class{k}" for k in range(1, 12)))
    dataset = replace(small_dataset(44, 11), class_names=names)
    trainer = Trainer(Experiment(data=DataSource("gauss"), hidden=(3,), engine="numpy"), dataset)
    head, *rows = rows_of(FORMATS["predictions"].make(subject_of(trainer), None))
    assert head[5:16] == [f"output class{k}" for k in range(1, 12)]
    outputs = trainer.activations(dataset.points)[-1]
    for row, label, output in zip(rows, dataset.labels, outputs, strict=True):
        assert row[4] == names[label] and row[16] == names[output.argmax()]
        assert [float(cell) for cell in row[5:16]] == pytest.approx(
            [output[names.index(f"class{k}")] for k in range(1, 12)], abs=1e-12
        )


def test_predictions_of_numbers() -> None:
    trainer = trained(next(case for case in cases() if case.task == "regression"))
    head, *rows = rows_of(FORMATS["predictions"].make(subject_of(trainer), None))
    assert head == ["row", "set", "x1", "x2", "t", "predicted t", "error"]
    targets, predicted, errors = (np.array([float(row[k]) for row in rows]) for k in (4, 5, 6))
    assert targets.tobytes() == np.asarray(trainer.preparation.dataset.targets).tobytes()
    assert (predicted - targets).tobytes() == errors.tobytes()
    assert np.mean(errors**2) == pytest.approx(trainer.evaluations()[0].squared_error, rel=1e-12)


def test_hostile_names_come_back_from_the_table() -> None:
    head, *rows = rows_of(FORMATS["predictions"].make(subject_of(hostile()), None))
    escaped = [name.encode("utf-8", "backslashreplace").decode() for name in HOSTILE]
    assert head[5:12] == [f"output {name}" for name in escaped]
    assert [row[4] for row in rows[: len(HOSTILE)]] == escaped


def test_the_history_is_exact() -> None:
    trainer = trained(cases()[0])
    head, *rows = rows_of(FORMATS["history"].make(subject_of(trainer), None))
    assert head == ["position", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"]
    table = np.array([[float(cell) for cell in row] for row in rows])
    assert table[:, [0, 2, 3, 4, 5]].tobytes() == np.ascontiguousarray(trainer.history.table).tobytes()
    assert table[:, 1].tolist() == trainer.history.epochs.tolist()


def test_weights_for_numpy_are_those_that_the_program_reads(tmp_path: Path) -> None:
    trainer = trained(cases()[0])
    export(tmp_path / "w.npz", "npz", subject_of(trainer))
    assert load_parameters(tmp_path / "w.npz", trainer.network.sizes).tobytes() == trainer.network.parameters.tobytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_what_cannot_be_written_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    if kind == "onnx":
        pytest.importorskip("onnx", reason="onnx is not installed")
    with pytest.raises(LensError, match="no folder"):
        export(tmp_path / "nowhere" / "file", kind, subject_of(hostile()))
    assert list(tmp_path.iterdir()) == []
