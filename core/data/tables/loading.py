"""From a file to a data set: the chosen columns of a table, or two inputs and a label."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.base.errors import DataError
from core.base.translation import _, ngettext
from core.data.dataset import Dataset
from core.data.tables.column_choice import Choice
from core.data.tables.reading import Reading
from core.data.tables.table import Doubt, Table
from core.network.tasks import CLASSIFICATION

Say = Callable[[Doubt], None]
"""Called with all that a person should know before using a table."""


def read_table(
    path: str | Path, task: str = CLASSIFICATION, reading: Reading | None = None, say: Say | None = None
) -> Dataset:
    """Read a file of rows ``x1 x2 label``, or for regression ``x1 x2 target``, in which no value may be missing.

    ``reading`` says how, None to find out, and ``say`` is told of what is doubtful. DataError if it is no such table.
    """
    from core.data.tables.column_selection import refuse_missing, require_numbers
    from core.data.tables.table_files import open_table  # here and below: what only opens files loads Arrow

    classes = task == CLASSIFICATION
    table = open_table(path, reading, text_columns=(2,) if classes else ())
    if (n := len(table.columns)) != 3:
        text = ngettext(
            "{name} has {n} column, but two inputs and a label are expected; add what is missing.",
            "{name} has {n} columns, but two inputs and a label are expected; "
            "choose which to take (--target, --inputs) or keep three.",
            n,
        )
        raise DataError(text, name=table.name, n=n)
    uses = (_("as an input"), _("as an input"), _("as the target, or choose classification"))
    for column, use in zip(table.columns, uses[: 2 if classes else 3], strict=False):
        require_numbers(table, column, use)
    refuse_missing(table, table.columns)
    x1, x2, target = table.names
    data = chosen_dataset(table, Choice((x1, x2), target, task), say)
    return replace(data, target_name="y") if target == "x3" else data


def read_shipped(path: Path) -> Dataset:
    """Read a file of plain numbers ``x1 x2 label`` without what opens tables, since a window may start with it."""
    with suppress(ValueError):
        with open(path, encoding="latin1") as lines:  # by its name NumPy would load what unpacks files
            rows = np.loadtxt(lines, ndmin=2)
        classes, labels = np.unique(rows[:, 2], return_inverse=True)
        if rows.shape[1] == 3 and len(classes) > 1 and np.isfinite(rows).all() and (classes == np.floor(classes)).all():
            return Dataset(rows[:, :2], labels.astype(np.int64), tuple(str(int(k)) for k in classes), name=path.name)
    return read_table(path)


def read_chosen(path: str | Path, choice: Choice, reading: Reading | None = None, say: Say | None = None) -> Dataset:
    """Read the chosen columns of a file of any kind that is opened as a table; raises DataError."""
    from core.data.tables.table_files import open_table

    labels = (choice.target,) if choice.task == CLASSIFICATION else ()
    table = open_table(path, reading, text_columns=(*labels, *(name for name, _ in choice.texts)))
    return chosen_dataset(table, choice, say)


def chosen_dataset(table: Table, choice: Choice, say: Say | None = None) -> Dataset:
    """The chosen columns of a table as a data set, the two that are shown first; raises DataError."""
    from core.data.tables.column_selection import select

    selection = select(table, choice)
    for doubt in selection.doubts:
        if say is not None:
            say(doubt)
    return selection.dataset
