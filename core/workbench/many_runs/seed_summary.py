"""What members of one experiment have in common: median and quartiles over the epochs, and how many learned."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.training.history import COLUMNS
from core.workbench.many_runs.beside_training import DIVERGED, DONE, BesideMember


@dataclass(frozen=True, eq=False)
class Quartiles:
    """Quartiles and median over the members at each record that all of them have reached.

    Each is the value of a member, not one between two members. A member that ended keeps the value of its end; one that
    diverged has the worst value from there on.

    Attributes:
        epochs: shape (records,).
        low, middle, high: the quartiles and the median, shape (records,); infinite where so many members diverged.
    """

    epochs: Array
    low: Array
    middle: Array
    high: Array


def quartiles(members: Sequence[BesideMember], column: str) -> Quartiles | None:
    """Of a column of the record, see :data:`core.training.history.COLUMNS`; None without members or values."""
    place = COLUMNS.index(column)
    worst = math.inf if column.endswith("loss") else -math.inf
    members = [member for member in members if len(member.history)]
    longest = max(members, key=lambda member: len(member.history), default=None)
    if longest is None or np.isnan(longest.history.table[:, place]).all():
        return None
    running = [len(member.history) for member in members if member.state not in (DONE, DIVERGED)]
    count = min([len(longest.history), *running])
    values = np.full((len(members), count), worst)
    for row, member in zip(values, members, strict=True):
        own = member.history.table[:, place]
        if member.state == DONE:
            end = int(np.searchsorted(member.history.table[:, 0], member.end, side="right"))
            row[:] = own[max(end - 1, 0)]
            own = own[:end]
        row[: len(own)] = own[:count]
    ordered = np.sort(values, axis=0)
    low, middle, high = (ordered[round(share * (len(members) - 1))] for share in (0.25, 0.5, 0.75))
    return Quartiles(longest.history.epochs[:count], low, middle, high)


def final_loss(member: BesideMember) -> float:
    """The training loss where the member ended or stands; infinite where it diverged."""
    table = member.history.table
    if member.state == DIVERGED or not len(table):
        return math.inf
    rows = table[table[:, 0] <= member.tip] if member.state == DONE else table
    return float(rows[-1, COLUMNS.index("train_loss")])


def count_below(members: Sequence[BesideMember], loss: float) -> int:
    """How many members have at most this training loss."""
    return sum(final_loss(member) <= loss for member in members)
