"""Answers about a run that snapshots carry: of the moment at rest, and while a run plays a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from core.training.trainer import Trainer

Answer = TypeVar("Answer")

READABLE_SECONDS = 0.4
"""While a run plays, an answer stays for as long as reading it takes."""
PAUSE = 20.0
"""In multiples of what an answer costs: how long the next one waits while the run plays."""


class PacedAnswers(Generic[Answer]):
    """Answers a question about one run after another, and hands out the last answer where a new one is not due.

    Args:
        make: the answer for a trainer, which it does not change, and whether the run is at work meanwhile.
    """

    def __init__(self, make: Callable[[Trainer, bool], Answer]) -> None:
        self._make = make
        self._cost, self._ended = 0.0, 0.0
        self._moment: tuple[object, ...] = ()
        self._answer: Answer | None = None

    def is_due(self, trainer: Trainer, at_work: bool) -> bool:
        """Whether the last answer is of another moment, and while the run is at work also old enough."""
        last, now = self._moment, _moment(trainer, at_work)
        if last == now or (at_work and last[:-1] == now[:-1]):  # it plays, but has not moved
            return False
        if not at_work or last[:1] != (trainer,):
            return True
        return time.perf_counter() - self._ended > max(READABLE_SECONDS, PAUSE * self._cost)

    def answer(self, trainer: Trainer, at_work: bool) -> Answer | None:
        """A new answer if one is due, otherwise the last one."""
        if self.is_due(trainer, at_work):
            began = time.perf_counter()
            self._answer, self._moment = self._make(trainer, at_work), _moment(trainer, at_work)
            self._ended = time.perf_counter()
            self._cost = self._ended - began
        return self._answer

    def newest(self, trainer: Trainer) -> Answer | None:
        """The last answer, if it is about this trainer."""
        return self._answer if self._moment[:1] == (trainer,) else None


def _moment(trainer: Trainer, at_work: bool) -> tuple[object, ...]:
    changes, is_at_divergence = trainer.settings_over_time.until(trainer.position), trainer.stepper.is_at_divergence
    return trainer, trainer.position, changes, is_at_divergence, at_work
