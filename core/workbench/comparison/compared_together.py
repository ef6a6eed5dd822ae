"""Compared runs that go to one epoch together."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from core.explain.snapshot import Request
from core.workbench.comparison.compared_run import ComparedRun, ComparedState
from core.workbench.many_runs.kept_run import KeptRun


class ComparedTogether:
    """Trainers of kept runs, whose keyframes together take at most ``MOST_BYTES``, beside those of the open runs.

    Raises:
        LensError: an engine cannot be had, or the data of a run do not fit any more.
    """

    def __init__(self, runs: Sequence[KeptRun]) -> None:
        self._runs = [ComparedRun(run, 1.0 / len(runs)) for run in runs]

    @property
    def reached(self) -> float:
        """The epoch at which the last one of the runs stands."""
        return min(run.epoch for run in self._runs)

    def going_to(self, epoch: float) -> Generator[None]:
        """Lead all to an epoch, a piece of each in turn; between two steps it may be given up.

        Raises:
            CompilerError: the engine of a run cannot be had.
        """
        going = [run.going_to(epoch) for run in self._runs]
        while going:
            going = [way for way in going if next(way, self) is not self]
            yield

    def states(
        self, epoch: float, requests: Sequence[Request], point: tuple[float, ...] | None = None
    ) -> tuple[ComparedState, ...]:
        """What is to be shown of each at this epoch, to which they were led."""
        return tuple(run.state(epoch, request, point) for run, request in zip(self._runs, requests, strict=True))
