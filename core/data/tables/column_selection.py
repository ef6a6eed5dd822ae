"""From a table and a choice of columns to points and what is to be learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.data.tables.column_choice import MEAN, MOST_FREQUENT, REFUSE, Choice, finite, one_hot_names
from core.data.tables.label_classes import classes_of, value_of
from core.data.tables.table import NUMBERS, Column, Doubt, Table, listed
from core.data.tables.text.text_format import Reading, is_missing, number_parser, shorten
from core.network.tasks import CLASSIFICATION, REGRESSION

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SelectedColumns:
    """The points of a table by a choice.

    Attributes:
        points: float64, shape (n, k), finite: a column for each input.
        column_names: names of the k columns, the two that are shown first.
        target_name: name of the column that is to be learned.
        labels: for classification, int64, shape (n,), class indices; otherwise None.
        class_names: for classification, the names of the classes, at least two; otherwise empty.
        targets: for regression, float64, shape (n,), finite; otherwise None.
        dropped: number of rows of the table that were left out.
        filled: number of inputs that were filled in.
        doubts: what should be said of the table and of this choice.
    """

    points: Array
    column_names: tuple[str, ...]
    target_name: str
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]
    targets: Array | None
    dropped: int
    filled: int
    doubts: tuple[Doubt, ...] = ()


def select(table: Table, choice: Choice) -> SelectedColumns:
    """The points, and the labels or targets, of a table.

    NaN, infinity and whatever is no number count as missing.

    Raises:
        DataError: a column is not there or does not suit, values are missing that must not, there is only one class,
            or no row is left.
    """
    columns = [table.column(name) for name in choice.inputs]
    target = table.column(choice.target)
    texts = dict(choice.texts)
    for column in columns:
        if column.name not in texts:
            require_numbers(table, column, _("as an input"))
    if choice.task == REGRESSION:
        require_numbers(table, target, _("as the target"))
    blocks = [one_hot(table, c, texts[c.name]) if c.name in texts else c.values[:, np.newaxis] for c in columns]
    order = [choice.expanded.index(name) for name in choice.columns]
    points = np.concatenate(blocks, axis=1) if len(blocks) > 1 else blocks[0].copy()
    points = points if order == list(range(len(order))) else points[:, order]
    there = np.column_stack([np.isfinite(block).all(axis=1) for block in blocks])
    usable = np.isfinite(target.values) | target.varied  # classes_of says what is wrong with a column that varies
    labelled = missing_labels(target) if choice.task == CLASSIFICATION else ()
    if choice.missing == REFUSE:
        refuse_missing(table, [*columns, target], np.column_stack([there, usable]))
        for doubt in (*table.doubts, *labelled):
            if doubt.touches_values:
                raise DataError(f"{table.name}: {doubt.text}")
    filled, lost = 0, usable.copy()
    if choice.missing in (MEAN, MOST_FREQUENT):
        filled = fill(table, choice, columns, points, usable)
    else:
        usable &= there.all(axis=1)
    if not usable.any():
        raise DataError(
            _("{name}: something is missing in every row; choose other columns or fill what is missing.").format(
                name=table.name
            )
        )
    rows = None if usable.all() else usable
    labels, class_names = classes_of(table, target, rows) if choice.task == CLASSIFICATION else (None, ())
    return SelectedColumns(
        points=points if rows is None else points[rows],
        column_names=choice.columns,
        target_name=target.name,
        labels=labels,
        class_names=class_names,
        targets=(target.values if rows is None else target.values[rows]) if choice.task == REGRESSION else None,
        dropped=int(len(table) - usable.sum()),
        filled=filled,
        doubts=(*table.doubts, *labelled, *left_out(table, [*columns, target], np.column_stack([there, lost]), usable)),
    )


def one_hot(table: Table, column: Column, texts: Sequence[str]) -> Array:
    """A column of 0 and 1 for each of the texts, shape (n, texts); NaN in the rows in which the text is missing."""
    known = {text: place for place, text in enumerate(texts)}
    if column.texts is None or column.varied or not set(column.texts) <= known.keys():
        new = "" if column.texts is None else listed(sorted(set(column.texts) - known.keys()))
        what = _("holds other texts than before ({new})").format(new=new) if new else _("is no column of a few texts")
        raise DataError(
            _("{name}: the column {column_name!r} {what}; choose the inputs again.").format(
                name=table.name, column_name=column.name, what=what
            )
        )
    rows = np.eye(len(known))[[known[text] for text in column.texts]]
    missing = np.isnan(column.values)
    found: Array = rows[np.where(missing, 0, column.values).astype(np.int64)]
    found[missing] = np.nan
    return found


def missing_labels(target: Column) -> tuple[Doubt, ...]:
    """What to say of labels that look like missing values."""
    if target.texts is None:
        return ()
    counts = np.bincount(finite(target).astype(np.int64), minlength=len(target.texts))
    found = [(text, int(count)) for text, count in zip(target.texts, counts, strict=False) if is_missing(text)]
    return tuple(
        Doubt(
            _(
                "{text} is a class of {count} row{word} in {name!r}; "
                "if it means that the class is missing, empty those cells."
            ).format(text=shorten(text), count=count, word="" if count == 1 else "s", name=target.name)
        )
        for text, count in found
    )


def left_out(table: Table, columns: Sequence[Column], there: Flags, usable: Flags) -> tuple[Doubt, ...]:
    """What to say of rows that are left out: how many, why, and where they stand."""
    rows = np.flatnonzero(~usable)
    if not len(rows):
        return ()
    lacking = [column.name for place, column in enumerate(columns) if not there[rows, place].all()]
    strays = [f", e.g. {shorten(c.strays[int(row)])}" for c in columns for row in rows[:100] if int(row) in c.strays]
    why = listed(lacking) + "".join(strays[:1])
    where = table.places(rows.tolist()[:5])
    return (
        Doubt(
            _("{count:,} of {count2:,} rows are left out, with no value in {why} ({where}).").format(
                count=len(rows), count2=len(table), why=why, where=where
            )
        ),
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
                _(
                    "{name}, {place}: the column {column_name!r} holds {text}, which is not a number; "
                    "mend it, or choose a column of numbers {use}."
                ).format(name=table.name, place=place, column_name=column.name, text=shorten(text), use=use)
            )
    raise DataError(
        _("{name}: the column {column_name!r} is text; choose a column of numbers {use}.").format(
            name=table.name, column_name=column.name, use=use
        )
    )


def refuse_missing(table: Table, columns: list[Column], there: Flags) -> None:
    """Raise DataError for the first missing value."""
    missing = np.argwhere(~there)
    if not len(missing):
        return
    row, place = (int(index) for index in missing[0])
    column = columns[place]
    if row in column.strays:
        fault = _("{strays} is not a number").format(strays=shorten(column.strays[row]))
    elif column.kind == NUMBERS and math.isinf(column.values[row]):
        fault = _("the number is infinite")
    else:
        fault = _("the value is missing")
    raise DataError(
        _("{name}, {row}, column {column_name!r}: {fault}; mend it, or leave such rows out.").format(
            name=table.name, row=table.place(row), column_name=column.name, fault=fault
        )
    )


def fill(table: Table, choice: Choice, columns: list[Column], points: Array, usable: Flags) -> int:
    """Fill what is missing in the points, in place, by the rows whose target is there; in texts, the most frequent.

    Returns:
        How many values were filled in, in rows whose target is there.
    """
    texts = dict(choice.texts)
    count = 0
    for column in columns:
        names = one_hot_names(column.name, texts[column.name]) if column.name in texts else (column.name,)
        places = [choice.columns.index(name) for name in names]
        there = np.isfinite(points[:, places[0]])
        values = points[there & usable][:, places]
        if not len(values):
            raise DataError(
                _("{name}: the column {column_name!r} holds no number to fill the others with; choose another.").format(
                    name=table.name, column_name=column.name
                )
            )
        if column.name in texts:
            points[np.ix_(~there, np.array(places))] = np.eye(len(places))[np.argmax(values.sum(axis=0))]
        else:
            points[~there, places[0]] = mean(values[:, 0]) if choice.missing == MEAN else most_frequent(values[:, 0])
        count += int((~there & usable).sum())
    return count


def mean(values: Array) -> float:
    """The mean, also where the sum would overflow."""
    return float(np.sum(values / len(values)))


def most_frequent(values: Array) -> float:
    """The most frequent value, the smallest of equally frequent ones."""
    different, counts = np.unique(values, return_counts=True)
    return float(different[np.argmax(counts)])
