"""From a table and a choice of columns to points and what is to be learned."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.data.tables.column_choice import MEAN, MOST_FREQUENT, REFUSE, Choice
from core.data.tables.label_classes import classes_of, value_of
from core.data.tables.table import NUMBERS, Column, Table
from core.data.tables.text.text_format import Reading, number_parser, shorten
from core.network.tasks import CLASSIFICATION, REGRESSION

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SelectedColumns:
    """The points of a table by a choice.

    Attributes:
        points: float64, shape (n, k), finite: a column for each input.
        column_names: names of the k inputs.
        shown: the places, from 0, of the two inputs shown among the k.
        target_name: name of the column that is to be learned.
        labels: for classification, int64, shape (n,), class indices; otherwise None.
        class_names: for classification, the names of the classes, at least two; otherwise empty.
        targets: for regression, float64, shape (n,), finite; otherwise None.
        dropped: number of rows of the table that were left out.
        filled: number of inputs that were filled in.
    """

    points: Array
    column_names: tuple[str, ...]
    shown: tuple[int, int]
    target_name: str
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]
    targets: Array | None
    dropped: int
    filled: int


def select(table: Table, choice: Choice) -> SelectedColumns:
    """The points, and the labels or targets, of a table.

    NaN, infinity and whatever is no number count as missing.

    Raises:
        DataError: a column is not there or does not suit, values are missing that must not, there is only one class,
            or no row is left.
    """
    columns = [table.column(name) for name in choice.inputs]
    target = table.column(choice.target)
    for column in columns:
        require_numbers(table, column, "as an input")
    if choice.task == REGRESSION:
        require_numbers(table, target, "as the target")
    points = np.column_stack([column.values for column in columns])
    finite = np.isfinite(points)
    usable = np.isfinite(target.values) | target.varied  # classes_of says what is wrong with a column that varies
    if choice.missing == REFUSE:
        refuse_missing(table, [*columns, target], np.column_stack([finite, usable]))
    filled = 0
    if choice.missing in (MEAN, MOST_FREQUENT):
        filled = fill(table, columns, points, finite, usable, choice.missing)
    else:
        usable &= finite.all(axis=1)
    if not usable.any():
        raise DataError(
            f"{table.name}: something is missing in every row; choose other columns or fill what is missing."
        )
    rows = None if usable.all() else usable
    labels, class_names = classes_of(table, target, rows) if choice.task == CLASSIFICATION else (None, ())
    return SelectedColumns(
        points=points if rows is None else points[rows],
        column_names=choice.inputs,
        shown=(choice.inputs.index(choice.shown[0]), choice.inputs.index(choice.shown[1])),
        target_name=target.name,
        labels=labels,
        class_names=class_names,
        targets=(target.values if rows is None else target.values[rows]) if choice.task == REGRESSION else None,
        dropped=int(len(table) - usable.sum()),
        filled=filled,
    )


def require_numbers(table: Table, column: Column, use: str) -> None:
    """Raise DataError if a column is text."""
    if column.kind == NUMBERS:
        return
    number = number_parser(table.reading or Reading())
    for code, text in enumerate(column.texts or ()):
        if value_of(text, number) is None:
            place = table.place(int(np.argmax(column.values == code)))
            raise DataError(
                f"{table.name}, {place}: the column {column.name!r} holds {shorten(text)}, which is not a number; "
                f"mend it, or choose a column of numbers {use}."
            )
    raise DataError(f"{table.name}: the column {column.name!r} is text; choose a column of numbers {use}.")


def refuse_missing(table: Table, columns: list[Column], there: Flags) -> None:
    """Raise DataError for the first missing value."""
    missing = np.argwhere(~there)
    if not len(missing):
        return
    row, place = (int(index) for index in missing[0])
    column = columns[place]
    if row in column.strays:
        fault = f"{shorten(column.strays[row])} is not a number"
    elif column.kind == NUMBERS and math.isinf(column.values[row]):
        fault = "the number is infinite"
    else:
        fault = "the value is missing"
    raise DataError(
        f"{table.name}, {table.place(row)}, column {column.name!r}: {fault}; mend it, or leave such rows out."
    )


def fill(table: Table, columns: list[Column], points: Array, finite: Flags, usable: Flags, rule: str) -> int:
    """Fill what is missing in the points, in place, by the rows whose target is there.

    Returns:
        How many values were filled in, in rows whose target is there.
    """
    for place, column in enumerate(columns):
        values = points[finite[:, place] & usable, place]
        if not len(values):
            raise DataError(
                f"{table.name}: the column {column.name!r} holds no number to fill the others with; choose another."
            )
        points[~finite[:, place], place] = mean(values) if rule == MEAN else most_frequent(values)
    return int((~finite[usable]).sum())


def mean(values: Array) -> float:
    """The mean, also where the sum would overflow."""
    return float(np.sum(values / len(values)))


def most_frequent(values: Array) -> float:
    """The most frequent value, the smallest of equally frequent ones."""
    different, counts = np.unique(values, return_counts=True)
    return float(different[np.argmax(counts)])
