"""Choice: which columns of a table are the inputs, and which one is to be learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.base.errors import DataError
from core.data.tables.table import NUMBERS, TEXT, Column, Table
from core.network.tasks import CLASSIFICATION, REGRESSION, TASKS

DROP = "drop"
MEAN = "mean"
MOST_FREQUENT = "most frequent"
REFUSE = "refuse"
MISSING_RULES = {
    DROP: "leave the row out",
    MEAN: "fill with the column's mean",
    MOST_FREQUENT: "fill with the column's most frequent value",
    REFUSE: "refuse the table",
}
"""What is done about a missing input, with what a menu calls it."""

FEW_VALUES = 20
FEW_ROWS = 1000
LABEL_NAMES = (
    "label",
    "labels",
    "class",
    "classes",
    "target",
    "species",
    "category",
    "kind",
    "diagnosis",
    "outcome",
    "y",
)
"""Names of columns that are taken to be what is to be learned, the first ones before the others."""
INDEX_NAMES = ("", "id", "index", "idx", "row", "no", "no.", "nr", "nr.", "number", "unnamed: 0", "x1")
"""Names of columns that may only count the rows."""


@dataclass(frozen=True)
class Choice:
    """What each column of a table is for.

    Attributes:
        shown: names of the two inputs that span the picture.
        target: name of the column that is to be learned.
        task: what is learned, see :mod:`core.network.tasks`.
        inputs: names of all inputs; empty for the two that are shown.
        missing: what is done about a missing input, a key of :data:`MISSING_RULES`. A row whose target is missing can
            teach nothing: it is left out, unless missing values are refused.

    Raises:
        DataError: a value cannot be used, or two of them contradict each other.
    """

    shown: tuple[str, str]
    target: str
    task: str = CLASSIFICATION
    inputs: tuple[str, ...] = ()
    missing: str = DROP

    def __post_init__(self) -> None:
        for field in ("shown", "inputs"):
            names = getattr(self, field)
            if not isinstance(names, (tuple, list)) or not all(isinstance(name, str) for name in names):
                raise DataError(f"The {field} of the choice are {names!r}; give names of columns.")
            object.__setattr__(self, field, tuple(names))
        if len(self.shown) != 2 or self.shown[0] == self.shown[1]:
            raise DataError(f"The inputs shown are {', '.join(self.shown) or 'none'}; choose two different columns.")
        if not self.inputs:
            object.__setattr__(self, "inputs", self.shown)
        if len(set(self.inputs)) < len(self.inputs):
            raise DataError("An input is chosen twice; choose each column once.")
        for name in self.shown:
            if name not in self.inputs:
                raise DataError(f"The column {name!r} is shown but is no input; add it to the inputs or show another.")
        if not isinstance(self.target, str) or self.target in self.inputs:
            raise DataError(f"The column {self.target!r} cannot be input and target; choose another for one of them.")
        if self.task not in TASKS:
            raise DataError(f"There is no task {self.task!r}; choose {' or '.join(TASKS)}.")
        if self.missing not in tuple(MISSING_RULES):
            raise DataError(f"There is no rule {self.missing!r} for missing values; choose {', '.join(MISSING_RULES)}.")

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the inputs in the order of a data set's columns: the two that are shown, then the others."""
        return (*self.shown, *(name for name in self.inputs if name not in self.shown))


def default_choice(table: Table) -> Choice:
    """The choice that suggests itself.

    The target is a column whose name says so, else the last of text or of few whole numbers, else the last one.
    The inputs shown are the first two other columns of numbers, but not one that counts the rows.

    Raises:
        DataError: the table has not two columns of numbers and a third.
    """
    numeric = [column for column in table.columns if is_input(column)]
    target = default_target(table, numeric)
    others = [column for column in numeric if column is not target]
    inputs = [column for column in others if not counts_rows(column)]
    if len(inputs) < 2:
        inputs = others
    if target is None or len(inputs) < 2:
        found = "1 column" if len(numeric) == 1 else f"{len(numeric) or 'no'} columns"
        raise DataError(
            f"{table.name} has {found} of numbers among {len(table.columns)}; two inputs and a label or target are "
            "needed, so add columns or read the file in another way."
        )
    return Choice((inputs[0].name, inputs[1].name), target.name, default_task(target))


def default_task(target: Column) -> str:
    """What is likely to be learned of a target, see :mod:`core.network.tasks`."""
    return CLASSIFICATION if target.kind == TEXT or different_wholes(target) else REGRESSION


def is_input(column: Column) -> bool:
    """Whether a column holds numbers, and at least one finite one."""
    return column.kind == NUMBERS and bool(np.isfinite(column.values).any())


def default_target(table: Table, numeric: list[Column]) -> Column | None:
    """The column that is most likely to be learned; None if there is none that leaves two inputs."""
    last = table.columns[-1]
    possible = [column for column in table.columns if len(numeric) - (column in numeric) >= 2]
    for name in LABEL_NAMES:
        named = [column for column in possible if column.name.casefold() == name and not column.varied]
        coordinate = name == "y" and named and named[-1] is not last  # as in x, y, z
        if named and not coordinate and (may_be_label(named[-1]) or named[-1] in numeric):
            return named[-1]
    labels = [column for column in possible if may_be_label(column)]
    numbers = [column for column in possible if column in numeric]
    texts = [column for column in possible if column.kind == TEXT]
    targets = labels or numbers or texts
    return targets[-1] if targets else None


def may_be_label(column: Column) -> bool:
    """Whether a column is text or whole numbers, of at least two kinds, but not as many as there are rows."""
    if column.texts is not None:
        return not column.varied and 2 <= len(column.texts) <= max(FEW_VALUES, len(column.values) / 2)
    return different_wholes(column) >= 2


def different_wholes(column: Column) -> int:
    """How many different whole numbers a column holds; 0 if others too, or nearly as many as there are rows."""
    values = column.values[np.isfinite(column.values)]
    for some in (values[:FEW_ROWS], values):  # the first ones mostly tell, and all of a million take long
        if (some != np.floor(some)).any():
            return 0
        different = len(np.unique(some))
        if different > FEW_VALUES:
            return 0
    return different if different <= FEW_VALUES and (different <= 2 or different <= len(values) / 2) else 0


def counts_rows(column: Column) -> bool:
    """Whether a column only counts the rows."""
    named = column.name.casefold() in INDEX_NAMES
    return named and len(column.values) > 2 and bool((np.diff(column.values) == 1.0).all())
