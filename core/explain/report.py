"""The quality of a network: the confusion matrix with the scores of each class, or the errors of a regression.

Definitions, for a class c: TP is the number of its points that were predicted as c, FP that of points of other classes
that were predicted as c, and FN that of its points that were predicted as another class.

    precision = TP / (TP + FP),    recall = TP / (TP + FN),    F1 = 2·TP / (2·TP + FP + FN)

A quotient with the denominator 0 is undefined, and NaN here: the precision of a class that is never predicted, the
recall of a class without points, and the F1 of a class with neither points nor predictions. Texts show "–" for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import one_line
from core.base.number_text import UNDEFINED, epoch_place
from core.base.row_text import aligned, csv_text
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.class_names import natural_order
from core.training.evaluation import determination
from core.training.preparation import Part, Preparation
from core.training.trainer import Trainer

SETS = ("train", "test")
CLASS_COLUMNS = ("precision", "recall", "F1", "support")


@dataclass(frozen=True, eq=False)
class ClassReport:
    """The scores of one set of points with K classes.

    Attributes:
        confusion: int64, shape (K, K): row true class, column predicted class, in the order of the report.
    """

    confusion: NDArray[np.int64]

    @property
    def support(self) -> NDArray[np.int64]:
        """Shape (K,), the points of each class."""
        support: NDArray[np.int64] = self.confusion.sum(axis=1)
        return support

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of correctly predicted points; NaN without points."""
        return int(np.trace(self.confusion)) / self.size if self.size else math.nan

    @property
    def precision(self) -> Array:
        """Shape (K,), see the module."""
        return _quotients(np.diagonal(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> Array:
        """Shape (K,), see the module."""
        return _quotients(np.diagonal(self.confusion), self.support)

    @property
    def f1(self) -> Array:
        """Shape (K,), see the module."""
        return _quotients(2 * np.diagonal(self.confusion), self.confusion.sum(axis=0) + self.support)


@dataclass(frozen=True)
class NumberReport:
    """The errors of one set of n points with targets y and outputs ŷ; all NaN for n = 0.

    Attributes:
        size: n.
        r2: 1 − Σ(ŷ − y)² / Σ(y − ȳ)²; NaN if all targets are the same.
        rmse: √(Σ(ŷ − y)² / n).
        mae: Σ|ŷ − y| / n.
    """

    size: int
    r2: float
    rmse: float
    mae: float


@dataclass(frozen=True, eq=False)
class Report:
    """The report on the training and the test set at one position of a run.

    Attributes:
        position: samples seen.
        epoch_length: samples of an epoch.
        classes: the class indices in the order of the report, see :func:`core.data.class_names.natural_order`.
        class_names: their names in this order; empty for regression.
        target_name: name of the target of a regression.
        train, test: scores for classification, errors for regression.
    """

    position: int
    epoch_length: int
    classes: tuple[int, ...]
    class_names: tuple[str, ...]
    target_name: str
    train: ClassReport | NumberReport
    test: ClassReport | NumberReport

    @property
    def place(self) -> str:
        """Such as ``epoch 3, sample 12``."""
        return epoch_place(self.position, self.epoch_length)


def make_report(trainer: Trainer) -> Report:
    """The report on the run's last evaluation, or on the present parameters if there is none."""
    position, *_ = trainer.latest_evaluations()
    return report_of(trainer.preparation, trainer.latest_predictions(), position)


def report_of(preparation: Preparation, predicted: NDArray[Any], position: int) -> Report:
    """The report on predictions at a position.

    Args:
        preparation: the data, and its training and test set.
        predicted: shape (n,), class indices, or for regression the outputs.
        position: samples seen.
    """
    dataset = preparation.dataset
    classes = natural_order(dataset.class_names)
    names = tuple(dataset.class_names[k] for k in classes)
    parts = (preparation.train, preparation.test)
    train, test = (_part(preparation, part, predicted[part.rows], classes) for part in parts)
    return Report(position, preparation.epoch_length, classes, names, dataset.target_name, train, test)


def confusion_matrix(labels: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Shape (classes, classes): the number of points of the row's class that were predicted as the column's class."""
    cells = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64, copy=False)


def _part(
    preparation: Preparation, part: Part, predicted: NDArray[Any], classes: tuple[int, ...]
) -> ClassReport | NumberReport:
    if classes:
        labels = predicted.astype(np.int64, copy=False)
        return ClassReport(confusion_matrix(part.labels, labels, len(classes))[np.ix_(classes, classes)])
    if len(part) == 0:
        return NumberReport(0, math.nan, math.nan, math.nan)
    targets = part.numbers
    with np.errstate(all="ignore"):
        error = predicted - targets
        squared = float(np.mean(error * error))
        return NumberReport(
            len(part), determination(squared, targets), math.sqrt(squared), float(np.mean(np.abs(error)))
        )


def _quotients(above: NDArray[np.int64], below: NDArray[np.int64]) -> Array:
    found = np.full(len(above), math.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


# ---------------------------------------------------------------- as text, CSV and JSON


def as_text(report: Report) -> str:
    """The report for a person: tables with aligned columns."""
    lines = [_("At {place}").format(place=report.place)]
    for name, part in _parts(report):
        lines.append("")
        points = ngettext("{n} point", "{n} points", part.size).format(n=part.size)
        if isinstance(part, ClassReport):
            head = _("{name}: {points}, accuracy {accuracy}").format(
                name=_title(name), points=points, accuracy=_number(part.accuracy)
            )
            lines += [head, "", *aligned(_confusion_rows(report, part)), "", *aligned(_class_rows(report, part))]
        else:
            lines.append(_("{name}: {points}").format(name=_title(name), points=points))
            measures = (("R²", part.r2), ("RMSE", part.rmse), ("MAE", part.mae))
            lines += aligned([(label, _number(value, 6)) for label, value in measures])
    return "\n".join(lines) + "\n"


def as_csv(report: Report) -> str:
    """Rows of set, measure, class, predicted and value, in full precision; an undefined value is ``nan``."""
    rows: list[tuple[object, ...]] = [("set", "measure", "class", "predicted", "value")]
    for name, part in _parts(report):
        rows.append((name, "points", "", "", part.size))
        if isinstance(part, NumberReport):
            rows += [(name, key, "", "", getattr(part, key)) for key in ("r2", "rmse", "mae")]
            continue
        rows.append((name, "accuracy", "", "", part.accuracy))
        for label, counts in zip(report.class_names, part.confusion.tolist(), strict=True):
            found = zip(report.class_names, counts, strict=True)
            rows += [(name, "confusion", label, predicted, count) for predicted, count in found]
        for key in ("precision", "recall", "f1", "support"):
            values = zip(report.class_names, getattr(part, key).tolist(), strict=True)
            rows += [(name, key, label, "", value) for label, value in values]
    return csv_text(rows)


def as_json(report: Report) -> dict[str, object]:
    """The report as plain lists and numbers; undefined values and sets without points are None."""
    content: dict[str, object] = {"position": report.position, "epoch": report.position / report.epoch_length}
    content |= {"classes": list(report.class_names)} if report.class_names else {"target": report.target_name}
    return content | {name: _json_part(part) if part.size else None for name, part in _all_parts(report)}


def _json_part(part: ClassReport | NumberReport) -> dict[str, object]:
    if isinstance(part, NumberReport):
        return {"points": part.size, **{key: _defined(getattr(part, key)) for key in ("r2", "rmse", "mae")}}
    quotients = {
        key: [_defined(value) for value in getattr(part, key).tolist()] for key in ("precision", "recall", "f1")
    }
    return {
        "points": part.size,
        "accuracy": _defined(part.accuracy),
        "confusion": part.confusion.tolist(),
        **quotients,
        "support": part.support.tolist(),
    }


def _all_parts(report: Report) -> tuple[tuple[str, ClassReport | NumberReport], ...]:
    return ("train", report.train), ("test", report.test)


def _parts(report: Report) -> Iterator[tuple[str, ClassReport | NumberReport]]:
    """The sets that have points."""
    return ((name, part) for name, part in _all_parts(report) if part.size)


def _title(name: str) -> str:
    return {"train": _("Training set"), "test": _("Test set")}[name]


def _confusion_rows(report: Report, part: ClassReport) -> list[tuple[str, ...]]:
    names = _one_line(report.class_names)
    rows = [(name, *map(str, counts)) for name, counts in zip(names, part.confusion.tolist(), strict=True)]
    return [("true \\ predicted", *names), *rows]


def _class_rows(report: Report, part: ClassReport) -> list[tuple[str, ...]]:
    columns = (part.precision.tolist(), part.recall.tolist(), part.f1.tolist(), part.support.tolist())
    rows = [
        (name, *map(_number, quotients), str(support))
        for name, *quotients, support in zip(_one_line(report.class_names), *columns, strict=True)
    ]
    return [("class", *CLASS_COLUMNS), *rows]


def _one_line(names: Sequence[str]) -> list[str]:
    return [one_line(name) for name in names]


def _number(value: float, digits: int = 4) -> str:
    return UNDEFINED if math.isnan(value) else f"{value:.{digits}f}" if digits == 4 else f"{value:.{digits}g}"


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None
