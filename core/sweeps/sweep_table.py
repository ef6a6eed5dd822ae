"""The results of a sweep as a table: columns, groups of runs with equal settings, bands of their curves, and grids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.base.arrays import Array, Rows
from core.sweeps.run_result import DONE, RunResult
from core.training.history import COLUMNS

MEASURES = ("train_loss", "test_loss", "train_score", "test_score")
"""What a run is measured by, as fields of a result and as columns of its curve."""


@dataclass(frozen=True, eq=False)
class CurveBand:
    """The curves of several runs of equal settings.

    Attributes:
        epochs: shape (n,), ascending.
        quartiles: shape (3, n): first quartile, median and third quartile of the runs that reached the epoch.
        runs: shape (n,), how many those are.
    """

    epochs: Array
    quartiles: Array
    runs: Array


class SweepTable:
    """The results of a sweep, as far as there are any.

    Args:
        names: of what varies besides the seed, as :attr:`core.sweeps.sweep_plan.SweepPlan.names`.

    Attributes:
        names: those.
        results: in the order in which they came.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.results: list[RunResult] = []

    def add(self, results: Iterable[RunResult]) -> None:
        """Add the results of runs that ended."""
        self.results += results

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*self.names, "seed", "epochs", *MEASURES, "status", "seconds")

    def cell(self, result: RunResult, column: str) -> str | float:
        """What stands in a column: a number where it is one, so that rows are sorted by their values."""
        if column not in self.names:
            found: str | float = getattr(result, column)
            return found
        text = result.texts[self.names.index(column)]
        try:
            return float(text)
        except ValueError:
            return text

    def groups(self, by: Sequence[str] | None = None) -> dict[tuple[str, ...], list[RunResult]]:
        """The results by the texts of some of what varies, by default of all of it: the seeds of each combination."""
        places = [self.names.index(name) for name in (self.names if by is None else by)]
        found: dict[tuple[str, ...], list[RunResult]] = {}
        for result in self.results:
            found.setdefault(tuple(result.texts[place] for place in places), []).append(result)
        return found

    def grid(self, across: str, down: str, measure: str) -> tuple[list[str], list[str], Array]:
        """The median of a measure for each pair of values of two options.

        Returns:
            The texts of both options in the order of their values, and shape (down, across) of medians; NaN where no
            run has a number.
        """
        pairs = self.groups((down, across))
        columns, rows = (_sorted({texts[place] for texts in pairs}) for place in (1, 0))
        medians = np.full((len(rows), len(columns)), np.nan)
        for (row, column), results in pairs.items():
            numbers = [getattr(result, measure) for result in results]
            known = [number for number in numbers if not np.isnan(number)]
            if known:
                medians[rows.index(row), columns.index(column)] = np.median(known)
        return columns, rows, medians


def band(results: Iterable[RunResult], measure: str) -> CurveBand:
    """The band of the curves of some runs; a run that ended counts up to its end."""
    place = COLUMNS.index(measure)
    curves = [
        (result.curve[:, 0] / result.epoch_length, result.curve[:, place]) for result in results if result.epoch_length
    ]
    epochs = np.unique(np.concatenate([ends for ends, _ in curves])) if curves else np.zeros(0)
    values = np.full((len(curves), len(epochs)), np.nan)
    for row, (ends, curve) in zip(values, curves, strict=True):
        row[np.searchsorted(epochs, ends)] = curve
    counts = np.count_nonzero(~np.isnan(values), axis=0)
    kept = counts > 0
    return CurveBand(epochs[kept], _quartiles(values[:, kept], counts[kept]), counts[kept].astype(np.float64))


def _quartiles(values: Array, counts: Rows) -> Array:
    """Quartiles of each column, shape (3, columns), of so many numbers; the others are NaN.

    They are those of ``np.nanquantile``, which takes a hundred times as long.
    """
    if not values.size:
        return np.zeros((3, values.shape[1]))
    ascending = np.sort(values, axis=0)  # NaN stands last
    at = np.array([[0.25], [0.5], [0.75]]) * (counts - 1)
    low = np.floor(at).astype(np.int64)
    below, above = (np.take_along_axis(ascending, rows, axis=0) for rows in (low, np.minimum(low + 1, counts - 1)))
    quartiles: Array = below + (above - below) * (at - low)
    return quartiles


def share_that_learned(results: Sequence[RunResult], loss: float, measure: str = "train_loss") -> tuple[int, int]:
    """How many of some runs ended at most at a loss, and how many there are; one that diverged or failed did not."""
    learned = [result for result in results if result.status == DONE and getattr(result, measure) <= loss]
    return len(learned), len(results)


def _sorted(texts: Iterable[str]) -> list[str]:
    """By value where all are numbers, otherwise as texts."""
    listed = sorted(texts)
    try:
        return sorted(listed, key=float)
    except ValueError:
        return listed
