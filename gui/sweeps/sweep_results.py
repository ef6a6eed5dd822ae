"""What the views of a sweep show: its results, and what of them is marked. It is the one truth of them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, pyqtSignal

from core.base.arrays import Array
from core.base.number_text import grouped, percent, short
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.network.tasks import REGRESSION
from core.options.spelling import one_of
from core.sweeps.result_axes import ResultAxis, axis_of_numbers, axis_of_option, brief_texts, column_title
from core.sweeps.run_result import DIVERGED, DONE, FAILED, STATE_WORDS, Key, RunResult
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_table import MEASURES, SweepTable
from core.sweeps.variation import Variation

SEED = "seed"
NOTHING = ""
Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RunGroup:
    """Runs that are shown in one colour.

    Attributes:
        label: the value that they have in common.
        number: tells its colour.
        places: of its results among all, shape (runs,).
    """

    label: str
    number: int
    places: NDArray[np.int64]


class SweepResults(QObject):
    """The results of a sweep, and which of them are shown and selected.

    Args:
        plan: the sweep.

    Signals:
        changed(): there are other results, another measure or other groups.
        marked(): other runs are shown or selected.
        progressed(): the records of runs under way have grown.

    Attributes:
        plan: as above.
        table: the results.
        axes: the columns in which runs differ, and the measures, which only runs that are done have on their axes.
        is_done: shape (runs,), whether a run neither diverged nor failed.
        shown: shape (runs,), whether a run is within all brushes and has the words of the filter.
        selected: keys of runs.
        brushes: the lowest and the highest number that is shown, by the name of the axis.
        group_by: the option whose values have different colours; empty if all runs are one group.
        measure: what the curves and the heat map show.
        records: of runs under way; see :meth:`core.workbench.many_runs.sweep_job.SweepJob.records`.
    """

    changed = pyqtSignal()
    marked = pyqtSignal()
    progressed = pyqtSignal()

    def __init__(self, plan: SweepPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plan, self.table = plan, SweepTable(plan.variations)
        self.is_regression = plan.runs[0].experiment.task == REGRESSION
        self.has_test = any(_has_test(run.experiment.train_fraction, run.experiment.only_sample) for run in plan.runs)
        self.axes: list[ResultAxis] = []
        self.shown: Marks = np.zeros(0, dtype=bool)
        self.selected: frozenset[Key] = frozenset()
        self.brushes: dict[str, tuple[float, float]] = {}
        self.records: Mapping[Key, Array] = {}
        self.measure = "test_loss" if self.has_test else "train_loss"
        self.group_by = next(iter(self.options), NOTHING)
        self._brief = {variation.name: brief_texts(variation) for variation in plan.variations}
        self._filter, self._searched = "", list[str]()
        self._places: dict[Key, int] = {}
        self._ranks = {run.key: rank for rank, run in enumerate(plan.runs)}
        self._groups: list[RunGroup] = []
        self._rebuild()

    # ---------------------------------------------------------------- what there is

    @property
    def results(self) -> Sequence[RunResult]:
        """All results, in the order in which they came."""
        return self.table.results

    @property
    def options(self) -> tuple[str, ...]:
        """What varies: options, and the seed where there are several."""
        varied = [v.name for v in self.plan.variations if v.name != SEED and len(v.texts) > 1]
        return tuple([*varied, *([SEED] if len(self.seeds) > 1 else [])])

    @property
    def seeds(self) -> list[int]:
        """All seeds of the sweep."""
        for variation in self.plan.variations:
            if variation.name == SEED:
                return list(variation.values)
        return [self.plan.first_seed + place for place in range(self.plan.seeds)]

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that there are: those of a test set only where there is one."""
        return tuple(name for name in MEASURES if self.has_test or not name.startswith("test"))

    def title(self, column: str) -> str:
        """The title of a column."""
        return column_title(column, "R²" if self.is_regression else _("accuracy"))

    def text(self, result: RunResult, column: str) -> str:
        """What stands in a column of a result, as it is shown."""
        if column in self.table.names:
            return self._brief[column][result.texts[self.table.names.index(column)]]
        value = getattr(result, column)
        return STATE_WORDS[value] if column == "status" else self.number(column, value)

    def number(self, column: str, value: float, digits: int = 4) -> str:
        """A number of a column, as it is shown."""
        if column.endswith("_score"):
            return short(value, digits) if self.is_regression or np.isnan(value) else percent(value)
        if column == "epochs":
            return grouped(value)
        return short(value, digits) if isinstance(value, float) else str(value)

    def combination(self, texts: Sequence[str], known: Sequence[str] = ()) -> str:
        """The values of what varies: "learning rate 0.1, hidden layers 8"; those alone that are not ``known``."""
        others = known or ("",) * len(texts)
        pairs = zip(self.table.names, texts, others, strict=True)
        told = [(name, text) for name, text, other in pairs if text != other]
        return ", ".join(f"{self.title(name)} {self._brief[name][text]}" for name, text in told)

    def name(self, key: Key) -> str:
        """What distinguishes a run: "learning rate 0.1, seed 3"."""
        words, seed = self.combination(key[0]), _("seed {seed}").format(seed=key[1])
        return ", ".join(filter(None, [words, seed if SEED in self.options or not words else ""]))

    def sentence(self, key: Key, measures: Sequence[str] = ()) -> str:
        """A run and how it ended, by these measures; by all of them where none is named."""
        place = self._places.get(key)
        if place is None:
            return _("{name}: under way").format(name=self.name(key))
        result = self.results[place]
        known = [measure for measure in measures or self.measures if not np.isnan(getattr(result, measure))]
        numbers = [f"{self.title(measure)} {self.text(result, measure)}" for measure in known]
        epochs = ngettext("{n} epoch", "{n} epochs", result.epochs).format(n=grouped(result.epochs))
        end = epochs if result.status == DONE else STATE_WORDS[result.status]
        message = f" – {result.message}" if result.message else ""
        return f"{self.name(key)}: {', '.join([*numbers, end])}{message}"

    def place(self, key: Key) -> int | None:
        """The place of a run among the results; None if it has none yet."""
        return self._places.get(key)

    def ranks(self) -> NDArray[np.int64]:
        """The place of each result among the runs of the plan, shape (runs,)."""
        return np.array([self._ranks.get(result.key, len(self._ranks)) for result in self.results], dtype=np.int64)

    @property
    def bad_word(self) -> str:
        """How runs that are not done ended: "diverged", "failed" or "diverged or failed"; empty if all are done."""
        states = {result.status for result in self.results}
        return one_of(STATE_WORDS[state] for state in (DIVERGED, FAILED) if state in states)

    @property
    def groups(self) -> Sequence[RunGroup]:
        """The runs by the values of :attr:`group_by`, in the order of the sweep."""
        return self._groups

    def group_numbers(self) -> NDArray[np.int64]:
        """The number of each result's group, shape (runs,)."""
        numbers = np.zeros(len(self.results), dtype=np.int64)
        for group in self._groups:
            numbers[group.places] = group.number
        return numbers

    def group_of(self, key: Key) -> int:
        """The number of the group of a run, which may still be under way."""
        texts, seed = key
        if self.group_by == NOTHING:
            return 0
        value = str(seed) if self.group_by == SEED else texts[self.table.names.index(self.group_by)]
        return self._group_values().index(value)

    @property
    def group_count(self) -> int:
        """How many groups there will be."""
        return len(self._group_values()) if self.group_by else 1

    # ---------------------------------------------------------------- what changes it

    def add(self, results: Iterable[RunResult]) -> None:
        """Add results of runs that ended."""
        fresh = [result for result in results if result.key not in self._places]
        if fresh:
            self.table.add(fresh)
            self._rebuild()
            self.changed.emit()

    def show_records(self, records: Mapping[Key, Array]) -> None:
        """Show the records of runs under way."""
        if records or self.records:
            self.records = records
            self.progressed.emit()

    def brush(self, brushes: Mapping[str, tuple[float, float] | None]) -> None:
        """Show only runs with these numbers on some axes; None for all numbers of an axis."""
        for name, ends in brushes.items():
            self.brushes.pop(name, None)
            if ends is not None:
                self.brushes[name] = ends
        self._mark()

    def clear_brushes(self) -> None:
        """Show all runs."""
        self.brush(dict.fromkeys(list(self.brushes)))

    def set_filter(self, text: str) -> None:
        """Show only runs that hold each of these words."""
        self._filter = text
        self._mark()

    def select(self, keys: Collection[Key]) -> None:
        """Select these runs and no others."""
        if self.selected != frozenset(keys):
            self.selected = frozenset(keys)
            self.marked.emit()

    def set_group(self, name: str) -> None:
        """Give the values of another option different colours."""
        if name != self.group_by:
            self.group_by = name
            self._rebuild()
            self.changed.emit()

    def set_measure(self, name: str) -> None:
        """Show another measure."""
        if name != self.measure:
            self.measure = name
            self.changed.emit()

    # ---------------------------------------------------------------- what follows from it

    def _rebuild(self) -> None:
        results = self.results
        self._places = {result.key: place for place, result in enumerate(results)}
        self.is_done = np.array([result.status == DONE for result in results], dtype=bool)
        self._searched = [" ".join([self.name(result.key), STATE_WORDS[result.status]]).lower() for result in results]
        self.axes = [self._option_axis(name) for name in self.options]
        if len({result.epochs for result in results}) > 1:
            self.axes.append(axis_of_numbers("epochs", np.array([float(result.epochs) for result in results])))
        for name in self.measures:
            numbers = np.where(self.is_done, [getattr(result, name) for result in results], np.nan)
            write = _percent if name.endswith("_score") and not self.is_regression else None
            self.axes.append(axis_of_numbers(name, numbers, may_be_log=name.endswith("_loss"), write=write))
        values = self._group_values()
        found: dict[str, list[int]] = {}
        for place, result in enumerate(results):
            found.setdefault(self._group_value(result), []).append(place)
        self._groups = [
            RunGroup(self._brief.get(self.group_by, {}).get(value, value) or _("all"), number, np.array(places))
            for number, value in enumerate(values)
            if (places := found.get(value)) is not None
        ]
        self._mark(tell=False)

    def _option_axis(self, name: str) -> ResultAxis:
        if name == SEED:
            seeds = Variation(SEED, tuple(map(str, self.seeds)), tuple(self.seeds))
            return axis_of_option(seeds, [str(result.seed) for result in self.results])
        place = self.table.names.index(name)
        variation = next(v for v in self.plan.variations if v.name == name)
        return axis_of_option(variation, [result.texts[place] for result in self.results])

    def _group_values(self) -> list[str]:
        if self.group_by == NOTHING:
            return [NOTHING]
        if self.group_by == SEED:
            return [str(seed) for seed in self.seeds]
        return list(next(v for v in self.plan.variations if v.name == self.group_by).texts)

    def _group_value(self, result: RunResult) -> str:
        if self.group_by == NOTHING:
            return NOTHING
        return str(result.seed) if self.group_by == SEED else result.texts[self.table.names.index(self.group_by)]

    def _mark(self, tell: bool = True) -> None:
        shown = np.ones(len(self.results), dtype=bool)
        for axis in self.axes:
            ends = self.brushes.get(axis.name)
            if ends is not None:
                with np.errstate(invalid="ignore"):
                    shown &= (axis.numbers >= ends[0]) & (axis.numbers <= ends[1])
        words = self._filter.lower().split()
        if words:
            shown &= np.array([all(word in text for word in words) for text in self._searched], dtype=bool)
        if not np.array_equal(shown, self.shown):
            self.shown = shown
        if tell:
            self.marked.emit()


def _has_test(train_fraction: float, only_sample: int | None) -> bool:
    return train_fraction < 1.0 or only_sample is not None


def _percent(share: float) -> str:
    return f"{100.0 * share:.4g} %"
