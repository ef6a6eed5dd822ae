"""Predictions, points and the record of a run as CSV in full precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from core.base.arrays import Array
from core.base.progress import Progress
from core.base.row_text import csv_text
from core.data.class_names import natural_order
from core.data.dataset import Dataset
from core.network.decision_rule import decide
from core.network.tasks import SCORES
from core.storage.exports.model import Model, blocks
from core.training.history import History


def predictions_csv(model: Model, progress: Progress | None = None) -> str:
    """A row for each point of the data, in its order: the training and the test set.

    Columns: row (from 0), set, the inputs, then label, the outputs, predicted and right (1 or 0); or for regression
    target, predicted and error (predicted − target). For ``progress`` see :func:`csv_text`.
    """
    return csv_text(_predictions(model), progress, len(model.preparation.dataset))


def points_csv(dataset: Dataset, progress: Progress | None = None) -> str:
    """The points of a data set: two inputs and the class or target, as ``read_table`` reads them.

    For ``progress`` see :func:`csv_text`.
    """
    last = "label" if dataset.targets is None else dataset.target_name
    head = [*dataset.column_names, last]
    if len(set(head)) < 3 or any(not name.strip() or _is_number(name) for name in head[:2]):
        head = ["x1", "x2", "label" if dataset.targets is None else "y"]  # or the first line would not be a header
    return csv_text(chain([head], _points(dataset)), progress, len(dataset))


def _points(dataset: Dataset) -> Iterator[Sequence[object]]:
    for block in blocks(len(dataset)):
        known = dataset.labels[block] if dataset.targets is None else dataset.targets[block]
        for point, value in zip(dataset.points[block].tolist(), known.tolist(), strict=True):
            yield (*point, dataset.class_names[value] if dataset.targets is None else value)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def history_csv(history: History, task: str) -> str:
    """A row for each record of the run: position in samples, epoch, loss and score of both sets."""
    score = SCORES[task]
    head = ("position", "epoch", "train_loss", "test_loss", f"train_{score}", f"test_{score}")
    rows = (
        (int(position), epoch, *measures)
        for (position, *measures), epoch in zip(history.table.tolist(), history.epochs.tolist(), strict=True)
    )
    return csv_text([head, *rows])


def _predictions(model: Model) -> Iterator[Sequence[object]]:
    dataset, columns = model.preparation.dataset, list(model.columns)
    sets: list[str] = np.full(len(dataset), "test").tolist()
    for row in model.preparation.train.rows.tolist():
        sets[row] = "train"
    if dataset.targets is None:
        outputs = [f"output {dataset.class_names[k]}" for k in natural_order(dataset.class_names)]
        yield ["row", "set", *columns, "label", *outputs, "predicted", "right"]
    else:
        yield ["row", "set", *columns, dataset.target_name, f"predicted {dataset.target_name}", "error"]
    for block in blocks(len(dataset)):
        found = model.outputs(dataset.points[block])
        told = _classes(dataset, block, found) if dataset.targets is None else _errors(dataset.targets[block], found)
        first = zip(range(block.start, block.stop), sets[block], dataset.points[block].tolist(), strict=True)
        for (row, part, point), rest in zip(first, told, strict=True):
            yield [row, part, *point, *rest]


def _classes(dataset: Dataset, block: slice, outputs: Array) -> Iterator[Sequence[object]]:
    names, predicted, shown = (
        dataset.class_names,
        decide(outputs).tolist(),
        outputs[:, natural_order(dataset.class_names)],
    )
    for label, output, chosen in zip(dataset.labels[block].tolist(), shown.tolist(), predicted, strict=True):
        yield [names[label], *output, names[chosen], int(chosen == label)]


def _errors(targets: Array, outputs: Array) -> Iterator[Sequence[object]]:
    return zip(targets.tolist(), outputs[:, 0].tolist(), (outputs[:, 0] - targets).tolist(), strict=True)
