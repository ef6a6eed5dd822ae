"""The settings of a run over time: the settings at each position, and the learning rate of each update.

Everything here is a function of the position, so a run has the same settings however it was stepped.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.network.optimizers import OPTIMIZERS, Rule
from core.network.schedules import SCHEDULES, warm_up_factor
from core.training.experiment import LIVE_FIELDS, Experiment


@dataclass(frozen=True)
class Change:
    """The settings of all updates behind a position.

    Attributes:
        position: in samples since the start.
        experiment: the experiment with the live settings.
        frozen: indices in the flat vector of parameters that training does not change.
        edits: (index, value) of parameters that are set by hand at the position.
    """

    position: int
    experiment: Experiment
    frozen: frozenset[int] = frozenset()
    edits: tuple[tuple[int, float], ...] = ()


def place_of_last_change(changes: Sequence[Change]) -> int:
    """The position at which the training, or weights by hand, changed last; 0 if they did not.

    Args:
        changes: the settings at the start, as a change at 0, and all changes by ascending position. That of when the
            run is to stop does not count.
    """
    for before, after in reversed(tuple(pairwise(changes))):
        old, new = (replace(each.experiment, patience=None, stop_loss=None) for each in (before, after))
        if after.edits or (old, before.frozen) != (new, after.frozen):
            return after.position
    return 0


class SettingsOverTime:
    """The experiment and the changes of its live settings (LIVE_FIELDS) made on the way.

    Args:
        experiment: the settings at the start.
        epoch_length: samples of an epoch.
        batch_size: samples of a batch.

    Attributes:
        changes: by ascending position; where the run went back some may lie ahead.
    """

    def __init__(self, experiment: Experiment, epoch_length: int, batch_size: int) -> None:
        self._first = Change(0, experiment)
        self._epoch_length = epoch_length
        self._batch_size = batch_size
        self.changes: list[Change] = []
        self._rule: tuple[Change, Rule] | None = None  # the last one, and the change that it is of

    def at(self, position: int) -> Experiment:
        """The experiment with the settings of the next update."""
        return self._change_at(position).experiment

    def change(self, position: int, **fields: object) -> None:
        """Change settings behind a position; changes made there or later are forgotten.

        Raises:
            ExperimentError: a value is not valid.
            ValueError: a field is not live.
        """
        if not fields.keys() <= LIVE_FIELDS:
            raise ValueError(f"{sorted(fields.keys() - LIVE_FIELDS)} cannot change during a run")
        here = self._here(position)
        self._put(replace(here, experiment=here.experiment.replace(**fields)))

    def until(self, position: int) -> tuple[Change, ...]:
        """The settings at the start, as a change at 0, and all changes up to and at a position."""
        return (self._first, *(change for change in self.changes if change.position <= position))

    def changed_last(self, until: int) -> int:
        """:func:`place_of_last_change` of the changes up to a position."""
        return place_of_last_change(self.until(until))

    def freeze(self, position: int, frozen: frozenset[int]) -> None:
        """Freeze these parameters, and no others, behind a position."""
        self._put(replace(self._here(position), frozen=frozen))

    def edit(self, position: int, values: Mapping[int, float]) -> None:
        """Note that parameters are set by hand at a position."""
        here = self._here(position)
        self._put(replace(here, edits=tuple(sorted({**dict(here.edits), **values}.items()))))

    def frozen(self, position: int) -> frozenset[int]:
        """The parameters that the next update does not change."""
        return self._change_at(position).frozen

    def edits_at(self, position: int) -> tuple[tuple[int, float], ...]:
        """(index, value) of the parameters that are set by hand at exactly this position."""
        now = self._change_at(position)
        return now.edits if now.position == position else ()

    def _here(self, position: int) -> Change:
        """The settings at a position, as a change that is made there."""
        return replace(self._change_at(position), position=position, edits=self.edits_at(position))

    def _put(self, change: Change) -> None:
        """Add a change; changes at its position or later are forgotten."""
        self.forget(change.position)
        before = self._change_at(change.position)
        if change.edits or (change.experiment, change.frozen) != (before.experiment, before.frozen):
            self.changes.append(change)

    def forget(self, position: int) -> None:
        """Forget the changes at a position or behind it."""
        self.changes = [change for change in self.changes if change.position < position]

    @property
    def positions_of_changes(self) -> list[int]:
        """Where settings change, in ascending order."""
        return [change.position for change in self.changes]

    def next_change(self, position: int) -> int:
        """The position of the first change behind this one; sys.maxsize if there is none."""
        if not self.changes:
            return sys.maxsize
        return min((change.position for change in self.changes if change.position > position), default=sys.maxsize)

    def rule(self, position: int) -> Rule:
        """The settings that an engine needs for the next update."""
        change = self._change_at(position)
        if self._rule is None or self._rule[0] is not change:
            now, frozen = change.experiment, tuple(sorted(change.frozen))
            rule = Rule(OPTIMIZERS[now.optimizer], now.momentum, now.l1, now.l2, now.dropout, frozen)
            self._rule = change, rule
        return self._rule[1]

    def rates(self, position: int, start: int, batches: int) -> Array:
        """The learning rates of several batches, shape (batches,), with the settings at a position.

        The first batch begins at ``start``, which is the position or before it.
        """
        now = self.at(position)
        if self.has_one_rate(position):
            return np.full(batches, now.learning_rate, dtype=np.float64)  # the setting may be an int
        epochs, before = np.divmod(self._updates(start) + np.arange(batches), self._updates(self._epoch_length))
        starts = epochs * self._epoch_length + before * self._batch_size
        ends = np.minimum(starts + self._batch_size, (epochs + 1) * self._epoch_length)
        schedule = SCHEDULES[now.schedule.name]
        factor = schedule.factor(starts / self._epoch_length, *(now.schedule.settings or ()))
        rates: Array = now.learning_rate * factor * warm_up_factor(ends / self._epoch_length, now.warm_up)
        return rates

    def has_one_rate(self, position: int) -> bool:
        """Whether the rate of all updates is the same, as long as no setting changes."""
        now = self.at(position)
        return now.schedule.name == "constant" and not now.warm_up

    def step(self, position: int) -> int:
        """The number of updates of the optimizer so far; a change of the optimizer starts the count again."""
        return self._updates(position) - self._updates(self._optimizer_since(position))

    def updates_between(self, first: int, last: int) -> int:
        """The number of updates from one position to another."""
        return self._updates(last) - self._updates(first)

    def restarts_optimizer(self, position: int, end: int | None = None) -> bool:
        """Whether an optimizer with an empty memory starts at a position or, if ``end`` is given, before the end."""
        since = self._optimizer_since(position if end is None else end - 1)
        return since > 0 and since >= position

    def _optimizer_since(self, position: int) -> int:
        if not self.changes:
            return 0
        since, optimizer = 0, self._first.experiment.optimizer
        for change in self.changes:
            if change.position <= position and change.experiment.optimizer != optimizer:
                since, optimizer = change.position, change.experiment.optimizer
        return since

    def _updates(self, position: int) -> int:
        epoch, sample = divmod(position, self._epoch_length)
        return epoch * -(-self._epoch_length // self._batch_size) + sample // self._batch_size

    def _change_at(self, position: int) -> Change:
        if not self.changes:
            return self._first
        reached = (change for change in reversed(self.changes) if change.position <= position)
        return next(reached, self._first)


def first_difference(changes: Sequence[Change], others: Sequence[Change]) -> int | None:
    """The first position at which two runs of one experiment differ by their changes; None if they are the same."""
    pairs = (pair for pair in zip_longest(changes, others) if pair[0] != pair[1])
    return next((min(change.position for change in pair if change is not None) for pair in pairs), None)
