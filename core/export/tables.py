"""Tables as text: predictions and the record of a run as CSV in full precision, and columns for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from core.dataset import Dataset
from core.export.model import Model
from core.history import History
from core.tasks import SCORES


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; cells that need it stand in quotes. Numbers have all digits that tell them from the next."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def predictions_csv(model: Model) -> str:
    """A row for each point of the data, in its order: the training and the test set.

    Columns: row (from 0), set, the inputs, then label, the outputs, predicted and right (1 or 0); or for regression
    target, predicted and error (predicted − target).
    """
    return csv_text(_predictions(model))


def points_csv(dataset: Dataset) -> str:
    """The points of a data set: two inputs and the class or target, as :func:`core.table.read_table` reads them."""
    last = "label" if dataset.targets is None else dataset.target_name
    values = [dataset.class_names[k] for k in dataset.labels] if dataset.targets is None else dataset.targets.tolist()
    head = [*dataset.column_names, last]
    if len(set(head)) < 3 or any(not name.strip() or _is_number(name) for name in head[:2]):
        head = ["x1", "x2", "label" if dataset.targets is None else "y"]  # or the first line would not be a header
    rows = ((*point, value) for point, value in zip(dataset.points.tolist(), values, strict=True))
    return csv_text([head, *rows])


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
    outputs = model.outputs(dataset.points)
    sets: list[str] = np.full(len(dataset), "test").tolist()
    for row in model.preparation.train.rows.tolist():
        sets[row] = "train"
    numbers: list[list[Any]] = outputs.tolist()
    points = dataset.points.tolist()
    if dataset.targets is not None:
        yield ["row", "set", *columns, dataset.target_name, f"predicted {dataset.target_name}", "error"]
        targets, errors = dataset.targets.tolist(), (outputs[:, 0] - dataset.targets).tolist()
        for row, (point, target, output, error) in enumerate(zip(points, targets, numbers, errors, strict=True)):
            yield [row, sets[row], *point, target, output[0], error]
        return
    names = dataset.class_names
    yield ["row", "set", *columns, "label", *(f"output {name}" for name in names), "predicted", "right"]
    predicted = np.argmax(outputs, axis=1).tolist()
    for row, (point, label, output) in enumerate(zip(points, dataset.labels.tolist(), numbers, strict=True)):
        yield [row, sets[row], *point, names[label], *output, names[predicted[row]], int(predicted[row] == label)]


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Lines with columns of the same width; those in ``left`` to the left, all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
