"""The combinations of a sweep from the best to the worst, and which of them only chance may part from the best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.sweeps.run_result import DONE, Key, RunResult


@dataclass(frozen=True, eq=False)
class Standing:
    """How the runs of one combination ended.

    Attributes:
        texts: the values of what varies.
        values: shape (runs,), a measure of the runs that are done, the best first.
        seeds: the seeds of these runs.
        unfinished: how many other runs diverged or failed.
    """

    texts: tuple[str, ...]
    values: Array
    seeds: tuple[int, ...]
    unfinished: int

    @property
    def median(self) -> float:
        """The median of :attr:`values`, of which there must be one."""
        return float(np.median(self.values))

    @property
    def keys(self) -> list[Key]:
        """The runs that are done."""
        return [(self.texts, seed) for seed in self.seeds]


def standings(results: Sequence[RunResult], measure: str) -> list[Standing]:
    """The combinations by the medians of a measure, the best first; a run that diverged or failed counts as the worst.

    Args:
        results: of runs that ended; of equal combinations, the one that comes first here stays the first.
        measure: a field of the results; the best loss is the smallest one, the best score the largest.
    """
    sign = 1.0 if measure.endswith("_loss") else -1.0
    ended: dict[tuple[str, ...], list[RunResult]] = {}
    for result in results:
        ended.setdefault(result.texts, []).append(result)
    found = []
    for texts, runs in ended.items():
        done = [run for run in runs if run.status == DONE and not np.isnan(getattr(run, measure))]
        done.sort(key=lambda run: sign * getattr(run, measure))
        values = np.array([getattr(run, measure) for run in done], dtype=np.float64)
        standing = Standing(texts, values, tuple(run.seed for run in done), len(runs) - len(done))
        found.append((float(np.median([*(sign * values), *[np.inf] * standing.unfinished])), standing))
    return [standing for _, standing in sorted(found, key=lambda pair: pair[0])]


def rivals(found: Sequence[Standing], measure: str) -> int:
    """How many of the others have a run that is at least as good as the worst of the best combination's."""
    sign = 1.0 if measure.endswith("_loss") else -1.0
    best, *others = found
    return sum(1 for other in others if len(other.values) and sign * other.values[0] <= sign * best.values[-1])
