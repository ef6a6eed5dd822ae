"""The settings of a run over time: the settings at each position, and the learning rate of each update.

Everything here is a function of the position, so a run has the same settings however it was stepped.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from core.base.arrays import Array
from core.network.optimizers import OPTIMIZERS, Rule
from core.network.schedules import SCHEDULES, warm_up_factor
from core.training.experiment import LIVE_FIELDS, Experiment


@dataclass(frozen=True)
class Change:
    """What holds for updates behind a position.

    Attributes:
        position: see above.
        experiment: with the live settings.
        frozen: places in the flat vector that training leaves alone.
        edits: (place, value) of parameters that were set by hand here.
    """

    position: int
    experiment: Experiment
    frozen: frozenset[int] = frozenset()
    edits: tuple[tuple[int, float], ...] = ()


class SettingsOverTime:
    """The experiment and the changes of its live settings (LIVE_FIELDS) made on the way.

    Args:
        experiment: what holds from the start.
        epoch_length: samples of an epoch.
        batch_size: samples of a batch.

    Attributes:
        changes: by ascending position; behind a rewind some may lie ahead.
    """

    def __init__(self, experiment: Experiment, epoch_length: int, batch_size: int) -> None:
        self._first = Change(0, experiment)
        self._epoch_length = epoch_length
        self._batch_size = batch_size
        self.changes: list[Change] = []

    def at(self, position: int) -> Experiment:
        """The experiment with the settings of the next update."""
        return self._change_at(position).experiment

    def change(self, position: int, **fields: object) -> None:
        """Other settings behind a position, in place of all changes there and later.

        Raises:
            ExperimentError: a value cannot be.
            ValueError: a field is not live.
        """
        if not fields.keys() <= LIVE_FIELDS:
            raise ValueError(f"{sorted(fields.keys() - LIVE_FIELDS)} cannot change during a run")
        here = self._here(position)
        self._put(replace(here, experiment=here.experiment.replace(**fields)))

    def until(self, position: int) -> tuple[Change, ...]:
        """What holds from the start, as a change at 0, and all changes made up to a position and at it."""
        return (self._first, *(change for change in self.changes if change.position <= position))

    def freeze(self, position: int, frozen: frozenset[int]) -> None:
        """Leave these parameters, and no others, alone from here on."""
        self._put(replace(self._here(position), frozen=frozen))

    def edit(self, position: int, values: Mapping[int, float]) -> None:
        """Note that parameters are set by hand here."""
        here = self._here(position)
        self._put(replace(here, edits=tuple(sorted({**dict(here.edits), **values}.items()))))

    def frozen(self, position: int) -> frozenset[int]:
        """The parameters that the next update leaves alone."""
        return self._change_at(position).frozen

    def edits_at(self, position: int) -> tuple[tuple[int, float], ...]:
        """(place, value) of the parameters that are set by hand at this very position."""
        now = self._change_at(position)
        return now.edits if now.position == position else ()

    def _here(self, position: int) -> Change:
        """What holds at a position, as a change that is made there."""
        return replace(self._change_at(position), position=position, edits=self.edits_at(position))

    def _put(self, change: Change) -> None:
        """Let a change hold in place of all at its position and later."""
        self.forget(change.position)
        before = self._change_at(change.position)
        if change.edits or (change.experiment, change.frozen) != (before.experiment, before.frozen):
            self.changes.append(change)

    def forget(self, position: int) -> None:
        """Forget the changes made at a position or behind it."""
        self.changes = [change for change in self.changes if change.position < position]

    def first_difference(self, changes: Sequence[Change]) -> int | None:
        """The first position at which other changes differ from these; None if they are the same."""
        pairs = (pair for pair in zip_longest(self.changes, changes) if pair[0] != pair[1])
        return next((min(change.position for change in pair if change is not None) for pair in pairs), None)

    def next_change(self, position: int) -> int:
        """The position of the first change behind this one; sys.maxsize if there is none."""
        return min((change.position for change in self.changes if change.position > position), default=sys.maxsize)

    def rule(self, position: int) -> Rule:
        """What an engine needs to know of the settings."""
        change = self._change_at(position)
        now, frozen = change.experiment, tuple(sorted(change.frozen))
        return Rule(OPTIMIZERS[now.optimizer], now.momentum, now.l1, now.l2, now.dropout, frozen)

    def rates(self, position: int, start: int, batches: int) -> Array:
        """The learning rates of batches, shape (batches,), by the settings at a position.

        The first batch begins at ``start``, at the position or before it. Only if batches divide an epoch without rest
        may there be more than one epoch of them.
        """
        now = self.at(position)
        if now.schedule.name == "constant" and not now.warm_up:
            return np.full(batches, now.learning_rate, dtype=np.float64)  # it may be a whole number
        starts = start + self._batch_size * np.arange(batches)
        epoch_ends = (starts // self._epoch_length + 1) * self._epoch_length
        ends = np.minimum(starts + self._batch_size, epoch_ends)
        schedule = SCHEDULES[now.schedule.name]
        factor = schedule.factor(starts / self._epoch_length, *(now.schedule.settings or ()))
        rates: Array = now.learning_rate * factor * warm_up_factor(ends / self._epoch_length, now.warm_up)
        return rates

    def step(self, position: int) -> int:
        """How many updates the optimizer made before the next one; a change of the optimizer starts the count again."""
        return self._updates(position) - self._updates(self._optimizer_since(position))

    def restarts_optimizer(self, position: int, end: int | None = None) -> bool:
        """Whether another optimizer, whose memory is empty, takes over at a position or, with ``end``, up to there."""
        since = self._optimizer_since(position if end is None else end - 1)
        return since > 0 and since >= position

    def _optimizer_since(self, position: int) -> int:
        since, optimizer = 0, self._first.experiment.optimizer
        for change in self.changes:
            if change.position <= position and change.experiment.optimizer != optimizer:
                since, optimizer = change.position, change.experiment.optimizer
        return since

    def _updates(self, position: int) -> int:
        epoch, sample = divmod(position, self._epoch_length)
        return epoch * -(-self._epoch_length // self._batch_size) + sample // self._batch_size

    def _change_at(self, position: int) -> Change:
        reached = (change for change in reversed(self.changes) if change.position <= position)
        return next(reached, self._first)
