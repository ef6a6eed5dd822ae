"""What a sweep consists of: the settings that all runs share, what varies, the seeds and the epochs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from math import prod
from typing import Any

from core.base.errors import DataError, ExperimentError, LensError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.options.arguments import apply_arguments, in_options
from core.sweeps.run_result import PlannedRun
from core.sweeps.variation import Variation
from core.training.experiment import MAX_EPOCHS, MAX_SEED, Experiment

MOST_RUNS = 100_000


class SweepError(LensError):
    """A sweep cannot be made, or cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class SweepPlan:
    """The runs of a sweep: each combination of what varies, or some of them, with each seed.

    Attributes:
        base: the experiment to start from.
        given: settings that replace those of ``base`` in all runs, by :attr:`core.options.spelling.Argument.field`.
        variations: what varies; the last one fastest.
        epochs: the epochs of each run.
        seeds: how many seeds, from the experiment's own on.
        chosen: of how many combinations; None for all of them. They are drawn by the experiment's seed.
        keep_weights: whether the weights of each run are kept.

    Raises:
        SweepError: two variations set the same, or there are no or too many runs.
    """

    base: Experiment
    given: Mapping[str, Any] = field(default_factory=dict)
    variations: tuple[Variation, ...] = ()
    epochs: int = 1
    seeds: int = 1
    chosen: int | None = None
    keep_weights: bool = False

    def __post_init__(self) -> None:
        fields = [variation.field for variation in self.variations]
        for name, variation in zip(fields, self.variations, strict=True):
            if fields.count(name) > 1:
                raise SweepError(
                    _("{name} varies twice; name all of its values in one place.").format(name=variation.name)
                )
            if name in self.given:
                raise SweepError(_("{name} is given and varies; leave one of the two out.").format(name=variation.name))
        if "seed" in fields and self.seeds > 1:
            raise SweepError(_("The seed varies already; leave out either the number of seeds or the list of seeds."))
        if not 0 <= self.epochs <= MAX_EPOCHS:
            raise SweepError(
                _("The epochs must be from 0 to {max_epochs}, not {epochs}.").format(
                    max_epochs=grouped(MAX_EPOCHS), epochs=self.epochs
                )
            )
        if self.seeds < 1 or self.first_seed + self.seeds - 1 > MAX_SEED:
            raise SweepError(
                _("The number of seeds must be at least 1, and no seed larger than {max_seed}.").format(
                    max_seed=MAX_SEED
                )
            )
        if self.chosen is not None and self.chosen < 1:
            raise SweepError(_("The number of random combinations must be at least 1."))
        if self.count > MOST_RUNS:
            raise SweepError(
                _(
                    "These are {count} runs, but at most {most_runs} are allowed; name fewer values, or choose "
                    "some of the combinations at random."
                ).format(count=grouped(self.count), most_runs=grouped(MOST_RUNS))
            )

    @property
    def first_seed(self) -> int:
        """The seed of the experiment."""
        return int(self.given.get("seed", self.base.seed))

    @property
    def combinations(self) -> int:
        """How many combinations of what varies there are."""
        return prod(len(variation.texts) for variation in self.variations)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return self.seeds * min(self.combinations, self.chosen or self.combinations)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what varies besides the seed, which every run has."""
        return tuple(variation.name for variation in self.variations if variation.name != "seed")

    @cached_property
    def runs(self) -> tuple[PlannedRun, ...]:
        """All runs, the seeds of a combination one after another.

        Raises:
            SweepError: a combination is no valid experiment, or the runs learn classes and numbers.
        """
        runs = tuple(self._planned())
        if len({run.experiment.task for run in runs}) > 1:
            raise SweepError(_("Some of the runs predict classes and others numbers; make a sweep of each."))
        return runs

    def _planned(self) -> Iterator[PlannedRun]:
        experiment_of = self._experiments()
        for index in self._indices():
            chosen: dict[str, Any] = {}
            texts = []
            for variation in reversed(self.variations):
                index, place = divmod(index, len(variation.texts))
                chosen[variation.field] = variation.values[place]
                if variation.name != "seed":
                    texts.append(variation.texts[place])
            first = chosen.pop("seed", self.first_seed)
            try:
                experiment = experiment_of(chosen)
            except (ExperimentError, DataError) as error:
                told = in_options(error) if isinstance(error, ExperimentError) else str(error)
                place_of = ", ".join(f"{n}={t}" for n, t in zip(self.names, reversed(texts), strict=True))
                raise SweepError(f"{told} ({place_of})" if place_of else told) from None
            for seed in range(first, first + self.seeds):
                yield PlannedRun(tuple(reversed(texts)), experiment.replace(seed=seed))

    def _experiments(self) -> Callable[[dict[str, Any]], Experiment]:
        """The experiment with some values; where no part of the data varies, a table is looked at once alone."""
        given = dict(self.given)
        if not any(v.field.partition(".")[0] == "data" for v in self.variations):
            parts = {name: value for name, value in given.items() if name.partition(".")[0] == "data"}
            if parts:
                source = apply_arguments(self.base, parts).data
                given = {name: value for name, value in given.items() if name not in parts} | {"data": source}
        return lambda chosen: apply_arguments(self.base, given | chosen)

    def _indices(self) -> list[int] | range:
        if self.chosen is None or self.chosen >= self.combinations:
            return range(self.combinations)
        return sorted(random.Random(self.first_seed).sample(range(self.combinations), self.chosen))
