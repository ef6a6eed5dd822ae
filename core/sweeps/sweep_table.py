"""The results of a sweep as a table, and the band of the curves of several runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.base.arrays import Array, Rows
from core.base.values import dataclass
from core.sweeps.run_result import RunResult
from core.sweeps.variation import Variation
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
        variations: what varies.

    Attributes:
        names: of what varies besides the seed, as :attr:`core.sweeps.sweep_plan.SweepPlan.names`.
        results: in the order in which they came.
    """

    def __init__(self, variations: Sequence[Variation]) -> None:
        varied = [variation for variation in variations if variation.name != "seed"]
        self.names = tuple(variation.name for variation in varied)
        self._numbers = {variation.name: variation.numbers for variation in varied}
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
        return self._numbers[column].get(text, text)


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
