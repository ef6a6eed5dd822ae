"""Runs at one epoch: a thread leads all of them there, and answers with what is to be shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from core.base import log
from core.base.translation import _
from core.base.values import dataclass
from core.explain.snapshot import Request
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.comparison.compared_together import ComparedTogether
from core.workbench.many_runs.kept_run import KeptRun

FEWEST, MOST = 2, 6
LOCK_SECONDS = 50e-6
"""A rest behind each piece of training, which gives the interpreter's lock to the window."""


@dataclass(frozen=True, eq=False)
class ComparisonWish:
    """What to show.

    Attributes:
        epoch: where all runs shall stand.
        requests: what is wanted of each.
        point: a point of the data at which the activations are wanted; None for none.
    """

    epoch: float
    requests: tuple[Request, ...]
    point: tuple[float, ...] | None = None

    def is_like(self, other: ComparisonWish) -> bool:
        """Whether it wants the same."""
        return (self.epoch, self.requests, self.point) == (other.epoch, other.requests, other.point)


@dataclass(frozen=True, eq=False)
class ComparisonAnswer:
    """All runs at the epoch of a wish, in their order."""

    wish: ComparisonWish
    states: tuple[ComparedState, ...]


class Comparison:
    """Leads kept runs to one epoch in a thread of its own; the newest wish counts.

    Attributes:
        runs: the runs, in their order.
        error: why it ended before its time; empty if it did not.
    """

    def __init__(self, runs: Sequence[KeptRun]) -> None:
        self.runs = tuple(runs)
        self.error = ""
        self._wish: ComparisonWish | None = None
        self._answer: ComparisonAnswer | None = None
        self._reached = 0.0
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="comparison", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, wish: ComparisonWish) -> None:
        """Show this next, in place of what was asked for before."""
        with self._changed:
            self._wish = wish
            self._changed.notify()

    def take(self) -> ComparisonAnswer | None:
        """The newest answer, once; None where there is none."""
        answer, self._answer = self._answer, None
        return answer

    @property
    def reached(self) -> float:
        """The epoch to which the last one of the runs has come on its way."""
        return self._reached

    def close(self) -> None:
        """End the thread behind the piece of training that it is at, for which nobody waits."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    # ---------------------------------------------------------------- in the thread

    def _run(self) -> None:
        try:
            together = ComparedTogether(self.runs)
            while (wish := self._next()) is not None:
                if self._lead(together, wish):
                    states = together.states(wish.epoch, wish.requests, wish.point)
                    self._answer = ComparisonAnswer(wish, states)
        except Exception as error:  # noqa: BLE001 (the window must hear of it and live on)
            sentence = _("An error inside the program stopped the comparison: {name}: {error}")
            self.error = log.text_of_error(error, sentence)

    def _next(self) -> ComparisonWish | None:
        """Wait for the next wish; None at the end."""
        with self._changed:
            while self._wish is None and not self._is_closed:
                self._changed.wait()
            wish, self._wish = self._wish, None
            return None if self._is_closed else wish

    def _lead(self, together: ComparedTogether, wish: ComparisonWish) -> bool:
        """Lead all to the epoch; false where a newer wish came meanwhile."""
        for _epoch in together.going_to(wish.epoch):
            self._reached = together.reached
            if self._wish is not None or self._is_closed:
                return False
            time.sleep(LOCK_SECONDS)
        return True
