"""From a file to a data set: the chosen columns of a table, or two inputs and a label."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.base.errors import DataError
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.tables.column_choice import Choice
from core.data.tables.label_classes import classes_of
from core.data.tables.layout import SAMPLE_ROWS, lay_out
from core.data.tables.table import MAX_TEXTS, Column, Doubt, Table
from core.data.tables.text.text_format import EITHER, Number, Reading, is_number, number_parser, shorten
from core.data.tables.text.text_rows import comment_above, rows
from core.data.tables.text.text_source import Source
from core.network.tasks import CLASSIFICATION, REGRESSION

if TYPE_CHECKING:
    from core.data.tables.column_selection import SelectedColumns

COLUMN_NAMES = ("x1", "x2")
LABEL_NAME, TARGET_NAME = "label", "y"
LABEL = 2
SMALL = 1 << 18
"""Bytes of a text that is read row by row: for so little, it takes longer to load Arrow."""

Say = Callable[[str], None]
"""Called with each sentence that a person should read before using a table."""


def read_table(
    path: str | Path, task: str = CLASSIFICATION, reading: Reading | None = None, say: Say | None = None
) -> Dataset:
    """Read a text file of rows ``x1 x2 label``, or for regression ``x1 x2 target``.

    The classes are the different labels, in numerical order if all are numbers and in alphabetical order otherwise.
    A class is named as it is written, but 1.0 and 1.000000e+00 are the class "1".

    Args:
        path: the file.
        task: what the last column holds, see :mod:`core.network.tasks`.
        reading: how the text is read; None to find out.
        say: told of what is doubtful.

    Returns:
        The points in the order of the file, named after it; at least two classes, or targets.

    Raises:
        DataError: the file cannot be read or is not such a table; no value may be missing.
    """
    from core.data.tables.text.sniffing import sniff  # here and below: a built-in set needs none of this
    from core.data.tables.text.text_source import file_source

    source = file_source(path)
    found = sniff(source, {"skip": 0}) if reading is None else reading
    first = next(rows(source, found), (0, [""]))[1]
    if reading is None:
        if found.delimiter != "," and not found.thousands and found.decimal == ".":
            found = replace(found, decimal=EITHER)  # a decimal comma may come late
        plain = len(first) == 3 and not any(is_number(cell, number_parser(found)) for cell in first[:2])
        found = replace(found, header=plain or (found.header and is_number(first[0], number_parser(found))))
    labels = 3 if task == REGRESSION else LABEL
    if source.size > SMALL:
        from core.data.tables.text.text_tables import read_text_source  # here, since Arrow takes long to load

        with suppress(DataError):  # the careful way tells what is wrong
            table = read_text_source(source, found)
            whole = len(table.columns) == 3 and all(np.isfinite(c.values).all() for c in table.columns[:labels])
            if (
                whole
                and (labels == 3 or not np.isnan(table.columns[LABEL].values).any())
                and table.columns[1].texts is None
            ):
                return three_columns(table, task, found, say)
    return three_columns(read_strictly(source, found, task), task, found, say)


def three_columns(table: Table, task: str, reading: Reading, say: Say | None) -> Dataset:
    """The data set of two columns of finite numbers and a label or target."""
    tell(table.doubts, say)
    x1, x2, label = table.columns
    points = np.column_stack([x1.values, x2.values])
    names = (x1.name, x2.name)
    if task == REGRESSION:
        return Dataset(points, np.zeros(len(points), dtype=np.int64), (), names, table.name, label.values, label.name)
    if label.varied:
        raise DataError(
            _("{name} has more than {max_texts:,} different labels; the label is the third column.").format(
                name=table.name, max_texts=MAX_TEXTS
            )
        )
    labels, class_names = classes_of(table, label)
    return Dataset(points, labels, class_names, names, table.name)


def read_strictly(source: Source, reading: Reading, task: str) -> Table:
    """The table of three columns, row by row. DataError for the first that is not two finite numbers and a label.

    Args:
        source: the text.
        reading: how it is read.
        task: what the last column holds.
    """
    number = number_parser(reading)
    sample = list(islice(rows(source, reading), SAMPLE_ROWS))
    if not sample:
        raise DataError(_("{name} is empty; it needs rows of two inputs and a label.").format(name=source.name))
    defaults = (*COLUMN_NAMES, TARGET_NAME if task == REGRESSION else LABEL_NAME)
    layout = lay_out(sample, reading, source.name, comment_above(source, reading))
    names = layout.names if reading.header and layout.width == 3 else defaults
    if reading.header:
        names = tuple(d if n == f"x{p}" else n for p, (n, d) in enumerate(zip(names, defaults, strict=True), 1))
    values: list[tuple[float, float, str]] = []
    lines: list[int] = []
    for line, cells in rows(source, reading, start=layout.first or sample[-1][0] + 1):
        cells = cells[:3] if len(cells) > 3 and not any(cell.strip() for cell in cells[3:]) else cells
        fault = fault_of(cells, number) or (fault_of_target(cells, number) if task == REGRESSION else None)
        if fault:
            raise DataError(_("{name}, line {line}: {fault}").format(name=source.name, line=line, fault=fault))
        values.append((number(cells[0]), number(cells[1]), " ".join(cells[2].split())))
        lines.append(line)
    if not values:
        raise DataError(
            _("{name} has a header but no data; it needs rows of two inputs and a label.").format(name=source.name)
        )
    x1, x2, third = zip(*values, strict=True)
    if task == REGRESSION:
        label = Column(names[2], np.array([number(text) for text in third]))
    else:
        places: dict[str, int] = {}
        codes = np.array([places.setdefault(text, len(places)) for text in third], dtype=np.float64)
        label = Column(names[2], codes, tuple(places), varied=len(places) > MAX_TEXTS)
    columns = (Column(names[0], np.array(x1)), Column(names[1], np.array(x2)), label)
    return Table(source.name, columns, lines.__getitem__, "line", reading, layout.doubts)


def fault_of(cells: list[str], number: Number) -> str | None:
    """What is wrong with a row that is not two finite numbers and a label, and what would mend it; None if nothing."""
    if len(cells) != 3:
        columns = _("1 column") if len(cells) == 1 else _("{count} columns").format(count=len(cells))
        advice = _("choose which to take (--target, --inputs) or keep three")
        advice = advice if len(cells) > 3 else _("add what is missing or remove the line")
        return _("{columns}, but two inputs and a label are expected; {advice}.").format(columns=columns, advice=advice)
    for column, cell in enumerate(cells[:2], 1):
        if not cell.strip():
            return _("column {column} is empty; give a number or remove the line.").format(column=column)
        if not is_number(cell, number):
            return _("column {column} holds {cell}, which is not a number; give a number or remove the line.").format(
                column=column, cell=shorten(cell)
            )
        if not math.isfinite(number(cell)):
            return _(
                "column {column} holds {cell}, which is not finite; give a finite number or remove the line."
            ).format(column=column, cell=shorten(cell))
    return None if cells[LABEL].strip() else _("the label, column 3, is empty; give a label or remove the line.")


def fault_of_target(cells: list[str], number: Number) -> str | None:
    """What is wrong with the target of a row of three cells; None if it is a finite number."""
    if is_number(cells[LABEL], number) and math.isfinite(number(cells[LABEL])):
        return None
    return _("the target is {cell}; give a finite number, or choose classification.").format(cell=shorten(cells[LABEL]))


# --- chosen columns


def read_chosen(path: str | Path, choice: Choice, reading: Reading | None = None, say: Say | None = None) -> Dataset:
    """Read the chosen columns of a file of any kind that :func:`core.data.tables.table_files.open_table` opens.

    Raises:
        DataError: the file cannot be read, its columns do not suit, or it is doubtful and ``choice`` refuses that.
    """
    from core.data.tables.table_files import open_table

    labels = (choice.target,) if choice.task == CLASSIFICATION else ()
    table = open_table(path, reading, text_columns=(*labels, *(name for name, _ in choice.texts)))
    return chosen_dataset(table, choice, say)


def chosen_dataset(table: Table, choice: Choice, say: Say | None = None) -> Dataset:
    """The chosen columns of a table as a data set, the two that are shown first; raises DataError."""
    from core.data.tables.column_selection import select

    selection = select(table, choice)
    tell(selection.doubts, say)
    return dataset_of(selection, choice, table.name)


def tell(doubts: Sequence[Doubt], say: Say | None) -> None:
    """Say what is doubtful."""
    for doubt in doubts:
        if say is not None:
            say(doubt.text)


def dataset_of(selection: SelectedColumns, choice: Choice, name: str) -> Dataset:
    """What was selected by a choice as a data set of that name, the two columns that are shown first."""
    labels = np.zeros(len(selection.points), dtype=np.int64) if selection.labels is None else selection.labels
    return Dataset(
        selection.points,
        labels,
        selection.class_names,
        choice.columns,
        name,
        selection.targets,
        selection.target_name,
    )
