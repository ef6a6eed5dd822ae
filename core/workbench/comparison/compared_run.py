"""One of the runs that are compared: it goes to any epoch, also behind the last one to which it was trained."""

from __future__ import annotations

import time
from collections.abc import Generator

from core.base.values import dataclass
from core.explain.probe import Probe, probe_at
from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.sweeps.run_training import returned
from core.training.divergence import Diverged
from core.training.history import History
from core.training.keyframes import MOST_BYTES
from core.training.stopping import Stop
from core.workbench.many_runs.kept_run import KeptRun, resume_kept

PIECE_SECONDS = 0.008
FIRST_PIECE = 256
"""Samples of the first piece; the others follow the time that the ones before took."""
STOPPED, DIVERGED = "stopped", "diverged"


@dataclass(frozen=True, eq=False)
class ComparedState:
    """A run at an epoch.

    Attributes:
        snapshot: what is shown of it.
        probe: what it computes at the probed point; None for no point, or one of other data.
        history: its whole record, also behind the epoch.
        ending: why it does not reach the epoch: "stopped" or "diverged"; empty if it stands there.
    """

    snapshot: Snapshot
    probe: Probe | None
    history: History
    ending: str


class ComparedRun:
    """A trainer of a kept run.

    Args:
        kept: the run.
        share: the part of ``MOST_BYTES`` that its keyframes may take.
    """

    def __init__(self, kept: KeptRun, share: float) -> None:
        self._kept = kept
        self._trainer = trainer = resume_kept(kept)
        trainer.tree.fit(int(MOST_BYTES * share))
        self._piece = FIRST_PIECE
        self._ending = ""
        self._end: int | None = None

    @property
    def epoch(self) -> float:
        """Where it stands."""
        return self._trainer.position / self._trainer.epoch_length

    def going_to(self, epoch: float) -> Generator[None]:
        """Go to an epoch, or to the end of the run if it ends before; in steps of some milliseconds.

        Between two steps it may be given up.

        Raises:
            CompilerError: the engine of the run cannot be had.
        """
        trainer = self._trainer
        wanted = round(epoch * trainer.epoch_length)
        target = wanted if self._end is None else min(wanted, self._end)
        tip = trainer.tree.present.tip
        trainer.head.go_to(min(target, tip))
        while trainer.position < target:
            began = time.perf_counter()
            try:
                stop = trainer.advance(min(target - trainer.position, self._piece))
                if stop is not None and trainer.position > tip:  # else the run went on behind it
                    target = self._stop(stop)
            except Diverged:
                self._ending, self._end = DIVERGED, trainer.position
                return
            took = time.perf_counter() - began
            self._piece = max(1, int(self._piece * min(2.0, max(0.25, PIECE_SECONDS / max(took, 1e-6)))))
            yield

    def _stop(self, stop: Stop) -> int:
        """The run ends by itself; returns where."""
        returned(self._trainer, stop)
        self._ending, self._end = STOPPED, self._trainer.position
        return self._end

    def state(self, epoch: float, request: Request, point: tuple[float, ...] | None) -> ComparedState:
        """What is to be shown of it where it stands; ``epoch`` is the common one."""
        trainer = self._trainer
        own, kept = trainer.recorder.writer.view(), self._kept.history
        is_short = self._end is not None and round(epoch * trainer.epoch_length) > self._end
        longer = own if self._end is not None or len(own) >= len(kept) else kept
        return ComparedState(take_snapshot(trainer, request), probe_at(trainer, point), longer, self._ending * is_short)
