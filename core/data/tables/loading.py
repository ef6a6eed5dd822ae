"""Reading a table of two inputs and a label from a text file, whoever wrote it.

The delimiter, a header, the decimal comma and the encoding are found, not asked for. Whatever is wrong is told as a
:class:`core.base.errors.DataError` that names the file, the line (from 1) and what would mend it. Tables of any other
shape are read by :mod:`core.data.tables`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.base.errors import DataError
from core.data.dataset import Dataset
from core.data.tables.column_choice import Choice
from core.data.tables.label_classes import classes_of
from core.data.tables.table import MAX_TEXTS, Table
from core.data.tables.text.columns import Builder
from core.data.tables.text.sniffing import sniff
from core.data.tables.text.survey import Survey
from core.data.tables.text.text_format import EITHER, Number, Reading, is_number, number_parser, shorten
from core.data.tables.text.text_rows import rows
from core.data.tables.text.text_source import Source, file_source
from core.data.tables.text.text_tables import data_blocks
from core.network.tasks import CLASSIFICATION, REGRESSION

if TYPE_CHECKING:
    from core.data.tables.column_selection import SelectedColumns

COLUMN_NAMES = ("x1", "x2")
LABEL_NAME, TARGET_NAME = "label", "y"
LABEL = 2


def read_table(path: str | Path, task: str = CLASSIFICATION, reading: Reading | None = None) -> Dataset:
    """Read a text file of rows ``x1 x2 label``, or for regression ``x1 x2 target``.

    Columns are parted by white space, tabs, semicolons, commas or pipes; fields may be quoted. Blank lines and comments
    are skipped; a first row whose inputs are both no numbers is the header. Unless the comma parts the columns, a
    number may have a decimal comma. The text is UTF-8, UTF-16, or else Windows-1252.

    The classes are the different labels, in numerical order if all are numbers and in alphabetical order otherwise.
    A class is named as it is written, but 1.0 and 1.000000e+00 are the class "1".

    Args:
        path: the file.
        task: what the last column holds, see :mod:`core.network.tasks`.
        reading: how the text is read; None to find out.

    Returns:
        The points in the order of the file, named after it; at least two classes, or targets.

    Raises:
        DataError: the file cannot be read or is not such a table.
    """
    source = file_source(path)
    header = None if reading is None else reading.header
    table = read_strictly(source, reading or three_column_reading(source), task, header)
    x1, x2, label = table.columns
    points = np.column_stack([x1.values, x2.values])
    if task == REGRESSION:
        none = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, none, (), (x1.name, x2.name), table.name, label.values, label.name)
    if label.varied:
        raise DataError(f"{table.name} has more than {MAX_TEXTS:,} different labels; the label is the third column.")
    labels, class_names = classes_of(table, label)
    return Dataset(points, labels, class_names, (x1.name, x2.name), table.name)


def read_chosen(path: str | Path, choice: Choice, reading: Reading | None = None) -> Dataset:
    """Read the chosen columns of a file of any kind that :func:`core.data.tables.table_files.open_table` opens.

    Raises:
        DataError: the file cannot be read, or its columns do not suit.
    """
    from core.data.tables.table_files import open_table  # here, since readers of workbooks and arrays can wait

    labels = (choice.target,) if choice.task == CLASSIFICATION else ()
    return chosen_dataset(open_table(path, reading, text_columns=labels), choice)


def chosen_dataset(table: Table, choice: Choice) -> Dataset:
    """The chosen columns of a table as a data set, the two that are shown first; raises DataError."""
    from core.data.tables.column_selection import select

    return dataset_of(select(table, choice), choice, table.name)


def dataset_of(selection: SelectedColumns, choice: Choice, name: str) -> Dataset:
    """What was selected by a choice as a data set of that name, the two columns that are shown first."""
    places = [selection.column_names.index(name) for name in choice.columns]
    labels = np.zeros(len(selection.points), dtype=np.int64) if selection.labels is None else selection.labels
    in_order = places == list(range(len(places)))  # then a copy less is made of them
    return Dataset(
        selection.points if in_order else selection.points[:, places],
        labels,
        selection.class_names,
        choice.columns,
        name,
        selection.targets,
        selection.target_name,
    )


def three_column_reading(source: Source) -> Reading:
    """How the file is read as two inputs and a label; every line counts, and a late decimal comma is one too."""
    reading = sniff(source, {"skip": 0})
    if reading.delimiter != "," and not reading.thousands:
        reading = replace(reading, decimal=EITHER)
    return reading


def read_strictly(source: Source, reading: Reading, task: str, header: bool | None) -> Table:
    """The table of three columns. DataError for the first row that is not two finite numbers and a label, or target.

    Args:
        source: the text.
        reading: how it is read, but not whether there is a header.
        task: what the last column holds.
        header: whether the first row names the columns; None if that is to be told by its inputs.
    """
    number = number_parser(reading)
    first = next(iter(islice(rows(source, reading), 1)), None)
    if first is None:
        raise DataError(f"{source.name} is empty; it needs rows of two inputs and a label.")
    cells = first[1]
    if header is None:
        header = len(cells) == 3 and not any(is_number(cell, number) for cell in cells[:2])
    reading = replace(reading, header=header)
    defaults = (*COLUMN_NAMES, TARGET_NAME if task == REGRESSION else LABEL_NAME)
    names = tuple(name.strip() or default for name, default in zip(cells, defaults, strict=False))
    texts = frozenset() if task == REGRESSION else frozenset({LABEL})
    shape = Survey(3, names if header and len(set(names)) == 3 else defaults, texts, first[0])
    numbers = 3 if task == REGRESSION else LABEL
    builder = Builder(shape, reading, shape.text, source.name)
    for block, part in data_blocks(source, reading):
        array = builder.fast(block)
        if array is None or not np.isfinite(array[:, :numbers]).all() or np.isnan(array[:, LABEL]).any():
            for line, row in zip(block.numbers, block.rows(reading.delimiter), strict=True):
                if fault := fault_of(row, number) or (fault_of_target(row, number) if task == REGRESSION else None):
                    raise DataError(f"{source.name}, line {line}: {fault}")
            array = builder.careful(block)
        builder.add(block, array, part)
    if not builder.rows:
        raise DataError(f"{source.name} has a header but no data; it needs rows of two inputs and a label.")
    return builder.table()


def fault_of(cells: list[str], number: Number) -> str | None:
    """What is wrong with a row that is not two finite numbers and a label, and what would mend it; None if nothing."""
    if len(cells) > 3:
        return (
            f"{len(cells)} columns, but two inputs and a label are expected; choose which to take (--target, --inputs) "
            "or keep three."
        )
    if len(cells) < 3:
        columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        return f"{columns}, but two inputs and a label are expected; add what is missing or remove the line."
    for column, cell in enumerate(cells[:2], 1):
        if not cell.strip():
            return f"column {column} is empty; give a number or remove the line."
        if not is_number(cell, number):
            return f"column {column} holds {shorten(cell)}, which is not a number; give a number or remove the line."
        if not math.isfinite(number(cell)):
            return (
                f"column {column} holds {shorten(cell)}, which is not finite; give a finite number or remove the line."
            )
    return None if cells[LABEL].strip() else "the label, column 3, is empty; give a label or remove the line."


def fault_of_target(cells: list[str], number: Number) -> str | None:
    """What is wrong with the target of a row of three cells; None if it is a finite number."""
    if is_number(cells[LABEL], number) and math.isfinite(number(cells[LABEL])):
        return None
    return f"the target is {shorten(cells[LABEL])}; give a finite number, or choose classification."
