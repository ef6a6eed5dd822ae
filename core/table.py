"""Reading a table of two inputs and a label from a text file, whoever wrote it.

The delimiter, a header, the decimal comma and the encoding are found, not asked for. Whatever is wrong is told as a
:class:`core.errors.DataError` that names the file, the line (from 1) and what would mend it.
"""

from __future__ import annotations

import codecs
import csv
import math
import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.dataset import Dataset
from core.errors import DataError
from core.tasks import CLASSIFICATION, REGRESSION

DEFAULT_COLUMN_NAMES = ("x1", "x2")
DEFAULT_TARGET_NAME = "y"
DELIMITERS = ("\t", ";", ",", None)  # None is any run of white space; the first of equally good ones is taken
SNIFFED_ROWS = 100
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]*(?:[eE][+-]?[0-9]+)?")

Row = tuple[int, list[str]]


def read_table(path: str | Path, task: str = CLASSIFICATION) -> Dataset:
    """Read a text file of rows ``x1 x2 label``, or for regression ``x1 x2 target``.

    Columns are parted by white space, tabs, semicolons or commas; fields may be quoted with ``"``. Blank lines and
    lines that begin with ``#`` are skipped; a first row whose inputs are both no numbers is the header. Unless the
    comma parts the columns, a number may have a decimal comma. The text is UTF-8, UTF-16 with its mark, or else
    Windows-1252.

    The classes are the different labels, in numerical order if all are numbers and in alphabetical order otherwise.
    A class is named as it is written, but 1.0 and 1.000000e+00 are the class "1".

    Args:
        path: the file.
        task: what the last column holds, see :mod:`core.tasks`.

    Returns:
        The points in the order of the file, named after it; at least two classes, or targets.

    Raises:
        DataError: the file cannot be read or is not such a table.
    """
    name = Path(path).name or str(path)
    lines = read_text(path, name).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    layout = find_layout(lines, name)
    columns = parse(layout.rows(lines, name), layout, name)
    points = np.column_stack([np.frombuffer(columns.x1), np.frombuffer(columns.x2)])
    if task == REGRESSION:
        targets = target_values(columns, layout, name)
        labels = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, labels, (), columns.names, name, targets, columns.target_name)
    labels, class_names = classes(columns, layout, name)
    return Dataset(points, labels, class_names, columns.names, name)


def read_text(path: str | Path, name: str) -> str:
    """The decoded text of a file. DataError if there is no such file, it cannot be read or is not text."""
    if os.path.isdir(path):
        raise DataError(f"{name} is a folder; choose a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(f"{name} is not an ordinary file; save its contents to one.")
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file {name} at that place; check its path.") from None
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{name} cannot be read ({reason}); check the file and its permissions.") from None
    return decode(raw, name)


def decode(raw: bytes, name: str) -> str:
    """Text from bytes: UTF-16 with its mark, UTF-8 with or without, else Windows-1252. DataError if none fits."""
    encodings = ("utf-16",) if raw.startswith(UTF16_MARKS) else ("utf-8-sig", "cp1252")
    nul = b"\0" in raw and encodings != ("utf-16",)
    for encoding in encodings if not nul else ():
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            fault = raw.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            nul = True
            break
        return text
    if nul:
        raise DataError(f"{name} holds binary data, not text; save the table as a text file.")
    raise DataError(f"{name}, line {fault}: the text has no known encoding; save the file as UTF-8.")


# --- layout: how a line is parted into fields, and how a field is read as a number


@dataclass(frozen=True)
class Layout:
    """How the table is written.

    Attributes:
        delimiter: the character between columns; None for white space.
        quoted: whether fields may be quoted.
        number: function from a field's text to its value; ValueError if it is not a number.
    """

    delimiter: str | None
    quoted: bool
    number: Callable[[str], float]

    def rows(self, lines: Iterable[str], name: str) -> Iterator[Row]:
        """Line number, from 1, and fields of every row but comments and blank lines.

        Raises:
            DataError: the quotes of a row do not match; the file is called ``name``.
        """
        if self.quoted:
            yield from quoted_rows(lines, self.delimiter, name)
            return
        delimiter = self.delimiter
        for number, line in enumerate(lines, 1):
            start = line.lstrip()[:1]
            if start and start != "#":
                yield number, line.split(delimiter)


def quoted_rows(lines: Iterable[str], delimiter: str | None, name: str) -> Iterator[Row]:
    """The rows of a table with quoted fields; see :meth:`Layout.rows`."""
    kept = ("" if line.lstrip()[:1] in ("", "#") else line for line in lines)
    if delimiter is None:
        kept = (" ".join(line.split()) for line in kept)
    reader = csv.reader(kept, delimiter=delimiter or " ", skipinitialspace=True, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f'{name}, line {first}: the quotes do not match ({error}); mend its ".') from None
        if fields:
            yield first, [" ".join(field.split()) for field in fields]


def find_layout(lines: list[str], name: str) -> Layout:
    """The layout that makes the most of the first rows.

    A delimiter is better the more rows it parts into two numbers and a label; then the more numbers it finds at
    all, then the more columns, so that a table of another shape is told of in its own terms.
    """
    quoted = any('"' in line for line in lines)
    plain = not any("_" in line or "," in line for line in lines)

    def score(layout: Layout) -> tuple[int, int, int]:
        good = numbers = columns = 0
        try:
            for _, fields in islice(layout.rows(lines, name), SNIFFED_ROWS):
                if len(fields) > 1:
                    are_numbers = [is_number(field, layout) for field in fields]
                    good += len(fields) == 3 and all(are_numbers[:2])
                    numbers += sum(are_numbers)
                    columns += len(fields)
        except DataError:  # wrong quotes for this delimiter: what was found before counts
            pass
        return good, numbers, columns

    layouts = []
    for delimiter in DELIMITERS:
        number = float if plain else strict_float if delimiter == "," else decimal_comma_float
        layouts.append(Layout(delimiter, quoted, number))
    return max(layouts, key=score)


def strict_float(text: str) -> float:
    """Like ``float``, but 1_000 is not a number."""
    if "_" in text:
        raise ValueError(text)
    return float(text)


def decimal_comma_float(text: str) -> float:
    """Like :func:`strict_float`, but 1,5 is a number too."""
    text = text.strip()
    return strict_float(text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text)


def is_number(text: str, layout: Layout) -> bool:
    """Whether a field is a number, NaN and infinity included."""
    try:
        layout.number(text)
    except ValueError:
        return False
    return True


# --- rows to columns


@dataclass
class Columns:
    """What the rows hold, column by column, and the line of each row."""

    names: tuple[str, str]
    x1: array[float]
    x2: array[float]
    codes: array[int]  # per row the place of its label in ``labels``
    labels: dict[str, int]  # the different labels as written, in the order of their first rows
    lines: array[int]
    target_name: str = DEFAULT_TARGET_NAME


def parse(rows: Iterator[Row], layout: Layout, name: str) -> Columns:
    """Take the rows apart. DataError for the first row that is not two finite numbers and a label."""
    columns = Columns(DEFAULT_COLUMN_NAMES, array("d"), array("d"), array("q"), {}, array("q"))
    first = next(rows, None)
    if first is None:
        raise DataError(f"{name} is empty; it needs rows of two inputs and a label.")
    if len(first[1]) == 3 and not any(is_number(field, layout) for field in first[1][:2]):
        names = [field.strip() or default for field, default in zip(first[1], DEFAULT_COLUMN_NAMES, strict=False)]
        columns.names = (names[0], names[1])
        columns.target_name = first[1][2].strip() or DEFAULT_TARGET_NAME
    else:
        append_row(columns, first, layout, name)
    for row in rows:
        append_row(columns, row, layout, name)
    if not columns.lines:
        raise DataError(f"{name} has a header but no data; it needs rows of two inputs and a label.")
    return columns


def append_row(columns: Columns, row: Row, layout: Layout, name: str) -> None:
    """Add a row to the columns, or raise a DataError that says what is wrong with it."""
    line, fields = row
    try:
        text1, text2, label = fields
        x1, x2 = layout.number(text1), layout.number(text2)
    except ValueError:
        raise DataError(f"{name}, line {line}: {fault_of(fields, layout)}") from None
    label = label.strip()
    if not (label and math.isfinite(x1) and math.isfinite(x2)):
        raise DataError(f"{name}, line {line}: {fault_of(fields, layout)}")
    columns.x1.append(x1)
    columns.x2.append(x2)
    columns.codes.append(columns.labels.setdefault(label, len(columns.labels)))
    columns.lines.append(line)


def fault_of(fields: list[str], layout: Layout) -> str:
    """What is wrong with a row that is not two finite numbers and a label, and what would mend it."""
    if len(fields) > 3:
        return f"{len(fields)} columns, but two inputs and a label are expected; keep three columns."
    if len(fields) < 3:
        columns = "1 column" if len(fields) == 1 else f"{len(fields)} columns"
        return f"{columns}, but two inputs and a label are expected; add what is missing or remove the line."
    for column, field in enumerate(fields[:2], 1):
        if not field.strip():
            return f"column {column} is empty; give a number or remove the line."
        if not is_number(field, layout):
            return f"column {column} holds {shorten(field)}, which is not a number; give a number or remove the line."
        if not math.isfinite(layout.number(field)):
            return (
                f"column {column} holds {shorten(field)}, which is not finite; give a finite number or remove the line."
            )
    return "the label, column 3, is empty; give a label or remove the line."


def shorten(text: str, limit: int = 24) -> str:
    """The text in quotes, cut to a length that fits a message, with unprintable characters escaped."""
    text = text.strip()
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


# --- labels to classes


def classes(columns: Columns, layout: Layout, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class index of every row, shape (n,), and the names of the classes in their order.

    Raises:
        DataError: a label is NaN or infinite among numbers, or there is only one class.
    """
    texts = list(columns.labels)
    keys: list[float | str] = []
    shown: dict[float | str, str] = {}
    numeric = all(is_number(text, layout) for text in texts)
    for code, text in enumerate(texts):
        key: float | str = label_value(text, layout) if numeric else text
        if isinstance(key, float) and not math.isfinite(key):
            line = columns.lines[columns.codes.index(code)]
            raise DataError(f"{name}, line {line}: the label is {shorten(text)}; give a class or remove the line.")
        keys.append(key)
        shown.setdefault(key, label_name(text, key))
    if len(shown) == 1:
        raise DataError(f"{name}: every row has the label {shorten(texts[0])}; add rows of a second class.")
    order = sorted(shown)  # all numbers or all text
    index = {key: place for place, key in enumerate(order)}
    labels = np.array([index[key] for key in keys], dtype=np.int64)[np.frombuffer(columns.codes, dtype=np.int64)]
    return labels, tuple(shown[key] for key in order)


def target_values(columns: Columns, layout: Layout, name: str) -> NDArray[np.float64]:
    """The target of every row, shape (n,). DataError for the first label that is no finite number."""
    values = np.empty(len(columns.labels))
    for code, text in enumerate(columns.labels):
        value = layout.number(text) if is_number(text, layout) else math.nan
        if not math.isfinite(value):
            line = columns.lines[columns.codes.index(code)]
            raise DataError(
                f"{name}, line {line}: the target is {shorten(text)}; give a finite number, or choose classification."
            )
        values[code] = value
    targets: NDArray[np.float64] = values[np.frombuffer(columns.codes, dtype=np.int64)]
    return targets


def label_value(text: str, layout: Layout) -> float:
    """The value of a label that is a number; a whole number is exact, so that long identifiers stay apart."""
    try:
        return int(text)
    except ValueError:  # a decimal, or more digits than Python reads
        return layout.number(text)


def label_name(text: str, key: float | str) -> str:
    """The name of a class from the first label of it: as written, but a whole number without its decimals."""
    if isinstance(key, float) and key.is_integer() and abs(key) < 2**53:
        return str(int(key))
    return text
