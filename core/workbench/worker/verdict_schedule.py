"""The verdicts that snapshots carry: of the moment at rest, and while a run plays a few times a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.training.trainer import Trainer

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

READABLE_SECONDS = 0.4
"""While a run plays, a verdict stays for as long as reading it takes."""
PAUSE = 20.0
"""In multiples of what a verdict costs: how long the next one waits while the run plays."""


class VerdictSchedule:
    """Makes the verdicts on one run after another, and hands out the last one where a new one is not due."""

    def __init__(self) -> None:
        self._cost, self._ended = 0.0, 0.0
        self._moment: tuple[object, ...] = ()
        self._verdict: Verdict | None = None

    def is_due(self, trainer: Trainer, at_work: bool) -> bool:
        """Whether the last verdict is of another moment, and while the run is at work also old enough."""
        if self._moment == _moment(trainer):
            return False
        if not at_work or self._moment[:1] != (trainer,):
            return True
        return time.perf_counter() - self._ended > max(READABLE_SECONDS, PAUSE * self._cost)

    def verdict(self, trainer: Trainer, at_work: bool) -> Verdict | None:
        """A new verdict if one is due, otherwise the last one."""
        if self.is_due(trainer, at_work):
            from core.explain.verdict.verdict import judge  # here, since the first picture can do without

            began = time.perf_counter()
            self._verdict, self._moment = judge(trainer), _moment(trainer)
            self._ended = time.perf_counter()
            self._cost = self._ended - began
        return self._verdict


def _moment(trainer: Trainer) -> tuple[object, ...]:
    stepper = trainer.stepper
    return trainer, trainer.position, trainer.settings_over_time.until(trainer.position), stepper.is_at_divergence
