"""From labels to classes: their order and their names."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.data.tables.table import MAX_TEXTS, Column, Table
from core.data.tables.text.text_format import Number, Reading, number_parser, shorten

MAX_CLASSES = MAX_TEXTS
BLOCK = 1 << 16
"""Values that are sorted at a time."""


Key = float | str
"""What a class is told apart and sorted by: a number, exact where it is a whole one, or a text."""


def classes_of(
    table: Table, column: Column, rows: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class index of each row, and the names of the classes.

    Classes are in numerical order if all labels are numbers and in alphabetical order otherwise. A class is named as
    it is written first, but a whole number without decimals.

    Args:
        table: the table.
        column: the labels.
        rows: which rows count, shape (len(table),); in these the label is there. None for all.

    Raises:
        DataError: a label is NaN or infinite among numbers, there is only one class, or there are too many.
    """
    values = column.values if rows is None else column.values[rows]
    different, codes = different_values(values, len(column.texts or ()))
    if column.varied or len(different) > MAX_CLASSES:
        raise DataError(
            _(
                "{name}: the column {column_name!r} holds more than {max_classes:,} different labels; "
                "choose another column, or learn its numbers by regression."
            ).format(name=table.name, column_name=column.name, max_classes=MAX_CLASSES)
        )
    keys, names = class_keys(table, column, different)
    if len(set(keys)) == 1:
        raise DataError(
            _("{name}: every row has the label {label}; add rows of a second class.").format(
                name=table.name, label=shorten(names[0])
            )
        )
    order = sorted(set(keys))
    places = {key: place for place, key in enumerate(order)}
    shown = dict(zip(reversed(keys), reversed(names), strict=True))  # reversed: the first name of a class stays
    labels = np.array([places[key] for key in keys], dtype=np.int64)[codes]
    return labels, tuple(shown[key] for key in order)


def different_values(values: Array, texts: int) -> tuple[Array, NDArray[np.int64]]:
    """The sorted different values, and the place of each value among them; with ``texts``, all are codes below that."""
    if not texts:
        parts = (np.unique(values[start : start + BLOCK]) for start in range(0, len(values), BLOCK))
        different = np.unique(np.concatenate([np.empty(0), *parts]))  # sorting all at once would take far more memory
        return different, np.searchsorted(different, values)
    codes = values.astype(np.int64)
    present = np.bincount(codes, minlength=texts) > 0
    return np.flatnonzero(present).astype(np.float64), (np.cumsum(present) - 1)[codes]


def class_keys(table: Table, column: Column, different: Array) -> tuple[list[Key], list[str]]:
    """Key and name of each of the column's different values."""
    if column.texts is None:
        numbers: list[float] = different.tolist()
        if table.reading is None and max(map(abs, numbers)) >= 2**53 and all(map(float.is_integer, numbers)):
            raise DataError(
                _(
                    "{name}: the labels of {column_name!r} have too many digits to be told apart; save them as text."
                ).format(name=table.name, column_name=column.name)
            )
        return list(numbers), [str(int(value)) if is_whole(value) else repr(value) for value in numbers]
    texts = [column.texts[int(code)] for code in different]
    number = number_parser(table.reading or Reading())
    keys: list[Key] = []
    names: list[str] = []
    zeros = any(re.fullmatch(r"0[0-9]+", text) for text in texts)  # 01234 and 1234 are two codes
    for text in texts:
        value = value_of(text, number)
        if value is None or (zeros and re.fullmatch(r"[0-9]+", text)):
            return list(texts), texts
        keys.append(value)
        names.append(str(int(value)) if isinstance(value, float) and is_whole(value) else text)
    for code, key, text in zip(different, keys, texts, strict=True):
        if isinstance(key, float) and not math.isfinite(key):
            place = table.place(int(np.argmax(column.values == code)))
            raise DataError(
                _("{name}, {place}: the label is {text}; give a class or remove the line.").format(
                    name=table.name, place=place, text=shorten(text)
                )
            )
    return keys, names


def value_of(text: str, number: Number) -> float | None:
    """The value of a text; a whole number is exact, so that long identifiers stay apart; None if it is no number."""
    try:
        if "_" not in text:
            return int(text)
    except ValueError:  # a decimal, or more digits than Python reads
        pass
    try:
        return number(text)
    except ValueError:
        return None


def is_whole(value: float) -> bool:
    """Whether a value is a whole number of which float64 holds every digit."""
    return value.is_integer() and abs(value) < 2**53
