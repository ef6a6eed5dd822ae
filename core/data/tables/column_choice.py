"""Choice: which columns of a table are the inputs, and which one is to be learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.tables.table import NUMBERS, TEXT, Column, Table, listed
from core.network.tasks import CLASSIFICATION, REGRESSION, TASKS

DROP = "drop"
MEAN = "mean"
MOST_FREQUENT = "most frequent"
REFUSE = "refuse"
MISSING_RULES = {
    DROP: _("leave the row out"),
    MEAN: _("fill with the column's mean"),
    MOST_FREQUENT: _("fill with the column's most frequent value"),
    REFUSE: _("refuse the table"),
}
"""What is done about a missing input, with what a menu calls it."""

FEW_VALUES, FEW_LABELS, MOST_DIFFERENT = 20, 5, 0.8
MOST_TEXTS = 40
"""A column of text with more different texts than these is no input by itself."""
FEW_ROWS = 1000
LABEL_NAMES = (
    *("label", "labels", "class", "classes", "target", "species"),
    *("category", "kind", "diagnosis", "outcome", "y"),
)
"""Names of columns that are taken to be what is to be learned, the first ones before the others."""
INDEX_NAMES = ("", "id", "index", "idx", "row", "no", "no.", "nr", "nr.", "number", "unnamed: 0", "x1")
"""Names of columns that may only count the rows."""

Texts = tuple[tuple[str, tuple[str, ...]], ...]
"""For each input of text its name and its texts."""


@dataclass(frozen=True)
class Choice:
    """What each column of a table is for. DataError if values cannot be used or contradict each other.

    An input of text becomes one column for each of its texts, named like ``island=Torgersen``: 1 where a row has that
    text, and 0 elsewhere. A row whose target is missing is left out, unless missing values are refused.
    """

    shown: tuple[str, str]  # the two columns of the data set that span the picture
    target: str  # the column that is to be learned
    task: str = CLASSIFICATION  # what is learned, see core.network.tasks
    inputs: tuple[str, ...] = ()  # the table's columns that are inputs; empty for the two that are shown
    missing: str = DROP  # what is done about a missing input, a key of MISSING_RULES
    texts: Texts = ()  # the texts of each input that is text

    def __post_init__(self) -> None:
        for field in ("shown", "inputs"):
            names = getattr(self, field)
            if not isinstance(names, (tuple, list)) or not all(isinstance(name, str) for name in names):
                text = _("The {field} of the choice are {names!r}; give names of columns.")
                raise DataError(text, field=field, names=names)
            object.__setattr__(self, field, tuple(names))
        if len(self.shown) != 2 or self.shown[0] == self.shown[1]:
            shown = ", ".join(map(repr, self.shown)) or _("none")
            raise DataError(_("The inputs shown are {shown}; choose two different columns."), shown=shown)
        object.__setattr__(self, "inputs", self.inputs or self.shown)
        object.__setattr__(self, "texts", tuple((name, tuple(words)) for name, words in self.texts))
        twice = next((name for name in self.inputs if self.inputs.count(name) > 1), None)
        if twice is not None:
            raise DataError(_("The input {twice!r} is chosen twice; choose each column once."), twice=twice)
        if any(name not in self.inputs or not all(isinstance(w, str) for w in words) for name, words in self.texts):
            text = _("Texts are given for a column that is no input, or are no texts; choose the column again.")
            raise DataError(text)
        if hidden := [name for name in self.shown if name not in self.expanded]:
            text = _("The column {name!r} is shown but is no input; add it to the inputs or show another.")
            raise DataError(text, name=hidden[0])
        if not isinstance(self.target, str) or self.target in self.inputs:
            text = _("The column {name!r} cannot be input and target; choose another for one of them.")
            raise DataError(text, name=self.target)
        if self.task not in TASKS:
            raise DataError(_("There is no task {task!r}; choose {all}."), task=self.task, all=" or ".join(TASKS))
        if self.missing not in tuple(MISSING_RULES):
            text = _("There is no rule {rule!r} for missing values; choose {rules}.")
            raise DataError(text, rule=self.missing, rules=", ".join(MISSING_RULES))

    @property
    def expanded(self) -> tuple[str, ...]:
        """Names of the data set's columns in the order of the inputs."""
        return spread(self.inputs, self.texts)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the data set's columns: the two that are shown, then the others."""
        return (*self.shown, *(name for name in self.expanded if name not in self.shown))

    @property
    def text_columns(self) -> dict[str, tuple[str, str]]:
        """For each column of the data set that stands for a text: the table's column, and the text that makes it 1."""
        return {
            column: (name, text)
            for name, texts in self.texts
            for column, text in zip(one_hot_names(name, texts), texts, strict=True)
        }


def spread(inputs: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """Names of the columns that inputs become, some of which are text."""
    words = dict(texts)
    return tuple(c for name in inputs for c in (one_hot_names(name, words[name]) if name in words else (name,)))


def one_hot_names(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns that an input of text becomes."""
    return tuple(f"{name}={text}" for text in texts)


def default_choice(table: Table) -> Choice:
    """The choice that suggests itself: the target that is said or likely, and the first two other columns of numbers.

    None of them counts the rows. Without two of them, the texts of other columns are inputs, too. DataError if these
    do not suffice either.
    """
    target = default_target(table)
    free = [column for column in table.columns if column is not target and column.role != "ignore"]
    others = list(filter(is_input, free))
    inputs = [column for column in others if not counts_rows(column)]
    names = [column.name for column in (others if len(inputs) < 2 else inputs)]
    words = list(filter(is_text_input, free)) if target is not None and len(names) < 2 else []
    names, texts = [*names, *(column.name for column in words)], input_texts(table, [column.name for column in words])
    if target is None or len(names) < 2:
        numeric = sum(map(is_input, table.columns))
        sheets = _(" Other sheets: {sheets}.").format(sheets=listed(table.sheets)) if len(table.sheets) > 1 else ""
        text = ngettext(
            "{name} has {n} column of numbers among {count}; two inputs and a label or target are needed, "
            "so add columns or read the file in another way.{sheets}",
            "{name} has {n} columns of numbers among {count}; two inputs and a label or target are needed, "
            "so add columns or read the file in another way.{sheets}",
            numeric,
        )
        raise DataError(text, name=table.name, n=numeric or _("no"), count=len(table.columns), sheets=sheets)
    first, second = spread(names, texts)[:2]
    return Choice((first, second), target.name, default_task(target), tuple(names) if texts else (), texts=texts)


def input_texts(table: Table, names: Sequence[str]) -> Texts:
    """The texts of those of the columns that are text, as a choice holds them."""
    columns = [table.column(name) for name in names]
    return tuple((c.name, tuple(sorted(c.texts))) for c in columns if c.texts)


def default_task(target: Column) -> str:
    """What is likely to be learned of a target, see :mod:`core.network.tasks`."""
    return CLASSIFICATION if target.kind == TEXT or different_wholes(target) else REGRESSION


def is_input(column: Column) -> bool:
    """Whether a column holds numbers, and at least one finite one."""
    return column.kind == NUMBERS and bool(np.isfinite(column.stored).any())


def is_text_input(column: Column) -> bool:
    """Whether a column holds so few texts that each can be an input."""
    return column.texts is not None and 2 <= len(column.texts) <= MOST_TEXTS


def default_target(table: Table) -> Column | None:
    """The column that is most likely to be learned; None if there is none that leaves two inputs."""
    numeric, texts = list(filter(is_input, table.columns)), list(filter(is_text_input, table.columns))
    usable = [column for column in reversed(table.columns) if column.role != "ignore"]
    both = (numeric, [*numeric, *texts])  # texts are inputs, too, where numbers do not suffice
    enough = ([column for column in usable if len(inputs) - (column in inputs) >= 2] for inputs in both)
    possible = next(filter(None, enough), [])
    said = [column for column in possible if column.role == "class"]
    labels, numbers = list(filter(may_be_label, possible)), [column for column in possible if column in numeric]
    last = table.columns[-1]
    named = [
        column
        for name in LABEL_NAMES
        for column in possible
        if column.name.casefold() == name and column in (*labels, *numbers)
        if name != "y" or column is last  # as in x, y, z
    ]
    varies = last in numbers and not counts_rows(last) and np.ptp(finite(last)) > 0
    likely = [last] if last in possible and (last in labels or varies) else []
    words = [column for column in possible if column.kind == TEXT]
    return next(iter([*said, *named, *likely, *labels, *numbers, *words]), None)


def finite(column: Column) -> Array:
    """The finite values of a column."""
    values = column.values
    return values[np.isfinite(values)]


def may_be_label(column: Column) -> bool:
    """Whether a column is text or whole numbers, of at least two kinds, but not as many as there are rows."""
    if column.texts is None:
        return different_wholes(column) >= 2
    rows, found = len(column.stored), len(column.texts)
    few = found <= MOST_DIFFERENT * rows or rows <= FEW_LABELS  # a name or a date in each row is no label
    return not column.varied and 2 <= found <= max(FEW_VALUES, rows / 2) and few


def different_wholes(column: Column) -> int:
    """How many different whole numbers a column holds; 0 if others too, or nearly as many as there are rows."""
    values = finite(column)
    for some in (values[:FEW_ROWS], values):  # the first ones mostly tell, and all of a million take long
        if (some != np.floor(some)).any():
            return 0
        different = len(np.unique(some))
        if different > FEW_VALUES:
            return 0
    return different if different <= 2 or different <= len(values) / 2 else 0


def counts_rows(column: Column) -> bool:
    """Whether a column only counts the rows."""
    named = column.name.casefold() in INDEX_NAMES
    return named and len(column.stored) > 2 and bool((np.diff(column.values) == 1.0).all())
