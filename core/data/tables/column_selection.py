"""From a table and a choice of columns to points and what is to be learned: numbers, or classes with their names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, read_only
from core.base.errors import DataError
from core.base.number_text import worded
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.dataset import MAX_DIMENSIONS, Dataset
from core.data.tables.column_choice import MEAN, MOST_FREQUENT, REFUSE, Choice, spread
from core.data.tables.reading import is_missing, quoted
from core.data.tables.table import MAX_TEXTS, NUMBERS, Column, Doubt, Table, cell_text, is_whole, listed, refused
from core.network.tasks import CLASSIFICATION, REGRESSION

BLOCK = 1 << 16
"""Values that are looked at together, so that little memory is needed besides."""

Flags = NDArray[np.bool_]
Key = float | str
"""What a class is told apart and sorted by: a number, exact where it is a whole one, or a text."""


@dataclass(frozen=True, eq=False)
class SelectedColumns:
    """A data set of the columns of a table by a choice: classes in the order of their labels, or targets."""

    dataset: Dataset  # its columns are those of the choice
    dropped: int  # rows of the table that were left out
    filled: int  # inputs that were filled in
    doubts: tuple[Doubt, ...] = ()  # what should be said of the table and of this choice


def select(table: Table, choice: Choice) -> SelectedColumns:
    """The data set of a table. NaN, infinity and whatever is no number count as missing.

    DataError if a column does not suit, values are missing that must not, or no row or only one class is left.
    """
    columns, target = [table.column(name) for name in choice.inputs], table.column(choice.target)
    learns_classes, used = choice.task == CLASSIFICATION, [*columns, target]
    check_columns(table, choice, columns, target)
    there = [np.isfinite(column.stored) | column.varied for column in used]  # of varied ones others say what is wrong
    doubts = (*table.doubts, *(missing_labels(target) if learns_classes else ()))
    if choice.missing == REFUSE:
        refuse_missing(table, used)
        for doubt in doubts:
            if doubt.touches_values:
                raise refused(doubt, table.name)
    fills = choice.missing in (MEAN, MOST_FREQUENT)
    kept = there[-1] if fills else np.logical_and.reduce(there)
    doubts += tuple(left_out(table, used, there, kept))  # before the points are made, since it may read the file again
    rows: Flags | slice = slice(None) if kept.all() else kept
    points, filled = np.empty((np.count_nonzero(kept), len(choice.columns))), 0
    for name, column, found in zip(choice.inputs, columns, there, strict=False):
        places = [choice.columns.index(part) for part in spread([name], choice.texts)]
        points[:, places] = inputs_of(column, dict(choice.texts).get(name), rows)
        if fills and not found[rows].all():
            filled += fill(table, choice, column, points, places, found[rows])
    if not len(points):
        text = _("{name}: something is missing in every row; choose other columns or fill what is missing.")
        raise DataError(text, name=table.name)
    labels, class_names = classes_of(table, target, rows) if learns_classes else (np.zeros(len(points), np.int64), ())
    targets = None if learns_classes else target.values[rows]
    read_only(points, labels)  # so that the data set takes them as they are
    dataset = Dataset(points, labels, class_names, choice.columns, table.name, targets, target.name)
    return SelectedColumns(dataset, len(table) - len(points), filled, doubts)


def check_columns(table: Table, choice: Choice, columns: Sequence[Column], target: Column) -> None:
    """Raise DataError if a column does not suit, or they are too many."""
    if len(choice.columns) > MAX_DIMENSIONS:
        text = _("{inputs:,} columns are chosen as inputs; choose at most {most}.")
        raise DataError(text, inputs=len(choice.columns), most=MAX_DIMENSIONS)
    texts = dict(choice.texts)
    for name, column in zip(choice.inputs, columns, strict=True):
        if name not in texts:
            require_numbers(table, column, _("as an input"))
            continue
        new = listed(sorted(set(column.texts or ()) - set(texts[name])))
        if new or column.texts is None or column.varied:
            what = (
                _("holds other texts than before ({new})").format(new=new)
                if new
                else _("is not a column of a few texts")
            )
            text = _("{name}: the column {column!r} {what}; choose the inputs again.")
            raise DataError(text, name=table.name, column=column.name, what=what)
    if choice.task == REGRESSION:
        require_numbers(table, target, _("as the target"))


def inputs_of(column: Column, texts: Sequence[str] | None, rows: Flags | slice) -> Array:
    """The inputs that a column becomes, shape (rows, n): for each text 1 and 0, or NaN where the text is missing."""
    values = column.stored[rows]
    if texts is None:
        return values[:, np.newaxis]
    kinds = np.vstack([np.eye(len(texts))[[texts.index(text) for text in column.texts or ()]], [[np.nan] * len(texts)]])
    return kinds[np.where(np.isnan(values), -1, values).astype(np.int16)]


def fill(table: Table, choice: Choice, column: Column, points: Array, places: Sequence[int], there: Flags) -> int:
    """Fill what is missing of a column in the points, in place, and count it; in texts, the most frequent one."""
    values = points[there][:, places]
    if not len(values):
        text = _("{name}: the column {column!r} holds no number to fill the others with; choose another.")
        raise DataError(text, name=table.name, column=column.name)
    if column.texts is not None:
        value = np.eye(len(places))[np.argmax(values.sum(axis=0))]
    elif choice.missing == MEAN:
        value = np.sum(values / len(values))  # so that the sum does not overflow
    else:
        different, counts = np.unique(values, return_counts=True)
        value = different[np.argmax(counts)]  # the smallest of equally frequent ones
    points[np.ix_(~there, np.array(places))] = value
    return int(np.count_nonzero(~there))


# --- what is missing, or does not suit


def missing_labels(target: Column) -> Iterator[Doubt]:
    """What to say of labels that look like missing values."""
    for code, text in enumerate(target.texts or ()):
        if is_missing(text):
            n = int(np.count_nonzero(target.stored == code))
            said = ngettext(
                "{text} is a class of {n:,} row in {name!r}; if it means a missing value, empty the cell.",
                "{text} is a class of {n:,} rows in {name!r}; if it means a missing value, empty the cells.",
                n,
            )
            yield Doubt(worded(said, text=quoted(text), n=n, name=target.name))


def left_out(table: Table, columns: Sequence[Column], there: Sequence[Flags], kept: Flags) -> Iterator[Doubt]:
    """What to say of rows that are left out: how many, why, and where they stand."""
    rows = np.flatnonzero(~kept)
    if not len(rows):
        return
    lacking = [column.name for place, column in enumerate(columns) if not (there[place] | kept).all()]
    strays = [f", e.g. {quoted(c.strays[int(row)])}" for c in columns for row in rows[:100] if int(row) in c.strays]
    why, where = listed(lacking) + "".join(strays[:1]), table.places(rows[:5].tolist())
    text = ngettext(
        "{n:,} of {all:,} rows is left out, with no value in {why} ({where}).",
        "{n:,} of {all:,} rows are left out, with no value in {why} ({where}).",
        len(rows),
    )
    yield Doubt(worded(text, n=len(rows), all=len(table), why=why, where=where))


def require_numbers(table: Table, column: Column, use: str) -> None:
    """Raise DataError if a column is text."""
    if column.kind == NUMBERS:
        return
    for code, text in enumerate(column.texts or ()):
        if table.number(text) is None:
            said = _(
                "{name}, {place}: the column {column!r} holds {text}, which is not a number; "
                "mend it, or choose a column of numbers {use}."
            )
            place = table.place(int(np.argmax(column.stored == code)))
            raise DataError(said, name=table.name, place=place, column=column.name, text=quoted(text), use=use)
    text = _("{name}: the column {column!r} is text; choose a column of numbers {use}.")
    raise DataError(text, name=table.name, column=column.name, use=use)


def refuse_missing(table: Table, columns: Sequence[Column]) -> None:
    """Raise DataError for the first missing value."""
    missing = np.argwhere(np.column_stack([~np.isfinite(column.stored) & (not column.varied) for column in columns]))
    if not len(missing):
        return
    row, place = (int(index) for index in missing[0])
    column = columns[place]
    if row in column.strays:
        fault = _("{cell} is not a number").format(cell=quoted(column.strays[row]))
    elif column.kind == NUMBERS and math.isinf(column.stored[row]):
        fault = _("the number is infinite")
    else:
        fault = _("the value is missing")
    text = _("{name}, {row}, column {column!r}: {fault}; mend it, or leave such rows out.")
    raise DataError(text, name=table.name, row=table.place(row), column=column.name, fault=fault)


# --- classes


def classes_of(
    table: Table, column: Column, rows: Flags | slice = slice(None)
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class index of each row in which the label is there, and the names of the classes.

    Classes are in numerical order if all labels are numbers and in alphabetical order otherwise. A class is named as
    it is written first, but a whole number without decimals. DataError if they are less than two or too many.
    """
    values = column.stored[rows]
    blocks = [slice(start, start + BLOCK) for start in range(0, len(values), BLOCK)]
    different = np.unique(np.concatenate([np.unique(values[block].astype(np.float64)) for block in blocks]))
    if column.varied or len(different) > MAX_TEXTS:
        text = _(
            "{name}: the column {column!r} holds more than {most:,} different labels; "
            "choose another column, or learn its numbers by regression."
        )
        raise DataError(text, name=table.name, column=column.name, most=MAX_TEXTS)
    keys, names = class_keys(table, column, different)
    order = sorted(set(keys))
    if len(order) == 1:
        text = _("{name}: every row has the label {label}; add rows of a second class.")
        if not isinstance(rows, slice):
            text = _(
                "{name}: every row without missing values has the label {label}; "
                "fill the missing values in, or choose inputs that lack fewer."
            )
        raise DataError(text, name=table.name, label=quoted(names[0]))
    shown = dict(zip(reversed(keys), reversed(names), strict=True))  # reversed: the first name of a class stays
    places, labels = np.array([order.index(key) for key in keys]), np.empty(len(values), np.int64)
    for block in blocks:
        labels[block] = places[np.searchsorted(different, values[block])]
    return labels, tuple(shown[key] for key in order)


def class_keys(table: Table, column: Column, different: Array) -> tuple[list[Key], list[str]]:
    """Key and name of each of the column's different values."""
    if column.texts is None:
        numbers: list[float] = different.tolist()
        if table.reading is None and max(map(abs, numbers)) >= 2**53 and all(map(float.is_integer, numbers)):
            text = _("{name}: the labels of {column!r} have too many digits to be told apart; save them as text.")
            raise DataError(text, name=table.name, column=column.name)
        return list(numbers), list(map(cell_text, numbers))
    texts = [column.texts[int(code)] for code in different]
    zeros = any(re.fullmatch(r"0[0-9]+", text) for text in texts)  # 01234 and 1234 are two codes
    # A whole number is exact, so that long identifiers stay apart.
    keys = [int(text) if re.fullmatch(r"[+-]?[0-9]{1,4000}", text) else table.number(text) for text in texts]
    numeric = [key for key in keys if key is not None]
    if len(numeric) < len(keys) or (zeros and any(map(str.isdecimal, texts))):
        return list(texts), texts
    for code, key, text in zip(different, numeric, texts, strict=True):
        if isinstance(key, float) and not math.isfinite(key):
            place = table.place(int(np.argmax(column.stored == code)))
            said = _("{name}, {place}: the label is {text}; give a class or remove the line.")
            raise DataError(said, name=table.name, place=place, text=quoted(text))
    pairs = zip(numeric, texts, strict=True)
    return list(numeric), [cell_text(key) if isinstance(key, float) and is_whole(key) else text for key, text in pairs]
