"""What a person says about a table's columns, and the choice that follows from it and from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

import numpy as np

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.class_names import natural_order
from core.data.dataset import MAX_DIMENSIONS, Dataset
from core.data.tables.column_choice import (
    DROP,
    Choice,
    counts_rows,
    default_choice,
    default_task,
    input_texts,
    is_input,
    is_text_input,
    spread,
)
from core.data.tables.column_selection import SelectedColumns
from core.data.tables.reading import STRAY_SHARE, is_missing
from core.data.tables.table import NUMBERS, Column, Table
from core.network.tasks import CLASSIFICATION
from core.training.experiment import MAX_CLASSES, Decay, Init

SAMPLE = 10_000
"""About so many rows tell how large the numbers are."""
MOST_NAMES = 6


@dataclass(frozen=True)
class Wishes:
    """What was said; None, or nothing, stands for what suggests itself.

    Attributes:
        shown: the inputs across and up.
        target: what is to be learned.
        task: what the target is.
        inputs: for names of columns, whether they are inputs.
        others: whether all other columns of numbers are; None for those that suggest themselves.
        missing: what is done about missing inputs.
        standardize: whether the inputs are standardized.
    """

    shown: tuple[str | None, str | None] = (None, None)
    target: str | None = None
    task: str | None = None
    inputs: Mapping[str, bool] = field(default_factory=dict)
    others: bool | None = None
    missing: str = DROP
    standardize: bool | None = None

    @classmethod
    def of(cls, choice: Choice, standardize: bool) -> Wishes:
        """What leads to a choice that was made before."""
        inputs = dict.fromkeys(choice.inputs, True)
        return cls(choice.shown, choice.target, choice.task, inputs, False, choice.missing, standardize)


def suggest(table: Table, wishes: Wishes) -> Choice:
    """The choice by the wishes that the table can grant, and for the rest the one that suggests itself.

    Raises:
        DataError: the table has not two columns of numbers besides the one to be learned.
    """
    usual = default_choice(table)
    target = wishes.target if wishes.target in table.names else usual.target
    task = usual.task if target == usual.target else default_task(table.column(target))
    numeric = [column for column in table.columns if is_input(column) and column.name != target]
    words = [column for column in table.columns if is_text_input(column) and column.name != target]
    free = [column.name for column in numeric]
    if len(free) < 2:  # then texts become inputs by themselves
        free += [column.name for column in words]
    else:
        free += [column.name for column in words if wishes.inputs.get(column.name)]
    texts = input_texts(table, [column.name for column in words if column.name in free])
    possible = list(spread(free, texts))
    if len(free) < 2:
        text = ngettext(
            "{name} has {n} column of numbers besides {target!r}; two inputs are needed, "
            "so choose another column to be learned.",
            "{name} has {n} columns of numbers besides {target!r}; two inputs are needed, "
            "so choose another column to be learned.",
            len(free),
        )
        raise DataError(text.format(name=table.name, n=grouped(len(free)), target=target))
    counters = [column.name for column in numeric if counts_rows(column)]
    order = [*usual.shown, *(name for name in possible if name not in counters), *counters]
    shown = two_shown(wishes.shown, [name for name in order if name in possible], possible)
    few = len(numeric) <= MAX_DIMENSIONS  # of more, only the two that are shown are inputs by themselves
    ignored = [column.name for column in numeric if column.role == "ignore"]
    usual_inputs = set(free).difference(counters, ignored) if few else set()
    if wishes.others is not None:
        usual_inputs = set(free) if wishes.others else set()
    kept = {name for name in free if any(part in shown for part in spread([name], texts))}
    inputs = tuple(name for name in free if name in kept or wishes.inputs.get(name, name in usual_inputs))
    texts = tuple(pair for pair in texts if pair[0] in inputs)
    return Choice(shown, target, wishes.task or task, inputs, wishes.missing, texts)


def two_shown(wanted: tuple[str | None, str | None], order: list[str], free: list[str]) -> tuple[str, str]:
    """The wanted columns where they can be shown, and the first other ones elsewhere."""
    across, up = (name if name in free else None for name in wanted)
    rest = (name for name in order if name not in (across, up))
    if across is None:
        across = next(rest)
    if up is None or up == across:
        up = next(rest)
    return across, up


def label_of(table: Table, choice: Choice) -> str | None:
    """The column that must be read as text, lest labels such as 007 lose how they are written; None if none must."""
    if choice.task == CLASSIFICATION and choice.target in table.names:
        return choice.target if table.column(choice.target).kind == NUMBERS else None
    return None


def with_numbers(table: Table, label: str | None) -> Table | None:
    """The table with numbers in the column that was read as text; None if its texts were not kept."""
    if label is None or label not in table.names:
        return table
    column = table.column(label)
    if column.texts is None:  # as in arrays, which hold numbers however they are read
        return table
    if column.varied:
        return None
    number, texts = table.number, column.texts
    found = [number(text) for text in texts]
    numbers = np.array([*found, None], np.float64)
    codes = np.where(np.isnan(column.values), len(texts), column.values).astype(np.int64)  # one more for empty cells
    counts = np.bincount(codes, minlength=len(texts) + 1)
    given = sum(count for text, count in zip(texts, counts, strict=False) if not is_missing(text))
    strays = sum(
        count
        for text, value, count in zip(texts, found, counts, strict=False)
        if value is None and not is_missing(text)
    )
    if strays > STRAY_SHARE * given:
        return table
    plain = Column(label, numbers[codes])
    return replace(table, columns=tuple(plain if other is column else other for other in table.columns))


def check_classes(dataset: Dataset) -> None:
    """Raise DataError where there are more classes than an experiment can have."""
    if dataset.n_classes > MAX_CLASSES:
        text = _(
            "{name}: the column {target_name!r} holds {classes:,} different labels, and at most "
            "{max_classes} classes can be learned; choose another column, or learn it as a number."
        )
        names = {"name": dataset.name, "target_name": dataset.target_name}
        raise DataError(text, **names, classes=dataset.n_classes, max_classes=MAX_CLASSES)


def wants_standardizing(points: Array) -> bool:
    """Whether an input lies so far from 0, or spreads so much or little, that a net would learn badly from it."""
    some = points[:: max(1, len(points) // SAMPLE)]
    with np.errstate(all="ignore"):
        center, spread = some.mean(axis=0), some.std(axis=0)
    return bool((np.abs(center) > 3.0 * spread).any() or (spread < 0.2).any() or (spread > 5.0).any())


def outcome_line(selection: SelectedColumns, wishes: Wishes) -> str:
    """What comes of it, in a line, and whether the target is a guess."""
    data = selection.dataset
    rows, inputs = len(data), data.dimensions
    if data.class_names:
        names = tuple(data.class_names[k] for k in natural_order(data.class_names))
        learned = _("{count} classes: {names}").format(count=len(names), names=few_of(names))
    else:
        learned = _("the number {target_name}").format(target_name=data.target_name)
    text = ", ".join(
        (
            ngettext("{n} row", "{n} rows", rows).format(n=grouped(rows)),
            ngettext("{n} input", "{n} inputs", inputs).format(n=grouped(inputs)),
            learned,
        )
    )
    if selection.dropped:
        n = selection.dropped
        text += ngettext("; {n} row left out", "; {n} rows left out", n).format(n=grouped(n))
    if selection.filled:
        n = selection.filled
        text += ngettext("; {n} missing value filled in", "; {n} missing values filled in", n).format(n=grouped(n))
    if wishes.target != data.target_name:
        text += _(". The target {target_name} is a guess: see Learn").format(target_name=data.target_name)
    return text


def few_of(names: tuple[str, ...]) -> str:
    """The names, or the first ones of many."""
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")


def start_settings(task: str) -> dict[str, object]:
    """Fields of an experiment with which a table learns at the first try."""
    return {
        "train_fraction": 0.8,
        "hidden": (8,),
        "activation": "tanh",
        "init": Init("glorot"),
        "optimizer": "adam",
        "learning_rate": 0.01,
        "batch_size": 10,
        "shuffle": True,
        "loss": "cross-entropy" if task == CLASSIFICATION else "mse",
        "output": "softmax" if task == CLASSIFICATION else "linear",
        "standardize_target": task != CLASSIFICATION,
        **dict.fromkeys(("l1", "l2", "dropout", "bias"), 0.0),
        "momentum": 0.9,
        "schedule": Decay(),
        "warm_up": 0,
    }


START_LINE = _("Start with settings that &learn: 80 % to train on, 8 tanh, Adam, batches of 10, standardized")
