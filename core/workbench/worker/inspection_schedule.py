"""The inspections that snapshots carry: exact at rest, and while a run plays seldom enough to cost it little."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.base.arrays import Array, read_only
from core.explain.picked_part import Focus
from core.training.trainer import Trainer

if TYPE_CHECKING:
    from core.explain.inspection import Inspection

PAUSE = 9.0
"""In multiples of what an inspection costs: how long the next one waits while the run plays."""

SHORTEST_PAUSE_SECONDS = 0.2
MOST_POINTS = 512


class ShownValues:
    """Values of one parameter at moments at which it was shown: between the ends of epochs, which the run keeps.

    Bounded: when it is full, every second point goes. Which moments these are depends on the frames; each value is the
    run's own.
    """

    def __init__(self) -> None:
        self._points: list[tuple[int, float]] = []

    def note(self, position: int, value: float) -> None:
        """Add a point; those at or behind its position, which a step back left, are forgotten."""
        while self._points and self._points[-1][0] >= position:
            self._points.pop()
        if len(self._points) >= MOST_POINTS:
            del self._points[1::2]
        self._points.append((position, value))

    def joined(self, course: Array) -> Array:
        """The course, shape (points, 2), with the points of these moments among its own."""
        points = sorted({**dict(self._points), **dict(course.tolist())}.items())
        return read_only(np.array(points, dtype=np.float64))[0]


class InspectionSchedule:
    """Makes inspections for the worker, and hands out the last one where a new one is not due."""

    def __init__(self) -> None:
        self._cost, self._ended = 0.0, 0.0
        self._forget()

    def _forget(self) -> None:
        """Nothing is looked at, so no run need be kept alive for it."""
        self._made: tuple[object, ...] = ()
        self._parameters: Array = np.zeros(0)
        self._inspection: Inspection | None = None
        self._shown = ShownValues()
        self._shown_of: tuple[Trainer, Focus] | None = None

    def is_due(self, trainer: Trainer, focus: Focus | None, at_work: bool) -> bool:
        """Whether the last inspection is of another moment, and while the run is at work also old enough."""
        if focus is None or self._is_of_now(trainer, focus):
            return False
        if not at_work or self._made[:2] != (trainer, focus):
            return True
        return time.perf_counter() - self._ended > max(SHORTEST_PAUSE_SECONDS, PAUSE * self._cost)

    def examine(self, trainer: Trainer, focus: Focus | None, at_work: bool) -> Inspection | None:
        """A new inspection if one is due, otherwise the last of this focus."""
        if focus is None:
            self._forget()
            return None
        self._follow(trainer, focus)
        if self.is_due(trainer, focus, at_work):
            from core.explain.inspection import inspect  # here, since the first picture inspects nothing

            began = time.perf_counter()
            self._inspection = self._with_shown_values(inspect(trainer, focus))
            self._made = self._moment(trainer, focus)
            self._parameters = trainer.network.parameters.copy()
            self._ended = time.perf_counter()
            self._cost = self._ended - began
        return self._inspection

    def _moment(self, trainer: Trainer, focus: Focus) -> tuple[object, ...]:
        from core.explain.walk import is_last_near

        # While a run rests, keyframes are added; an update that was too far back may then be near.
        return trainer, focus, trainer.position, trainer.settings, trainer.is_ready, is_last_near(trainer)

    def _is_of_now(self, trainer: Trainer, focus: Focus) -> bool:
        is_same = self._made == self._moment(trainer, focus)
        return is_same and np.array_equal(self._parameters, trainer.network.parameters)

    def _follow(self, trainer: Trainer, focus: Focus) -> None:
        index = focus.index(trainer.network.sizes) if focus.exists(trainer.network.sizes) else None
        if self._shown_of != (trainer, focus):
            self._shown, self._shown_of = ShownValues(), (trainer, focus)
        if index is not None:
            self._shown.note(trainer.position, float(trainer.network.parameters[index]))

    def _with_shown_values(self, inspection: Inspection | None) -> Inspection | None:
        if inspection is None or inspection.parameter is None:
            return inspection
        course = self._shown.joined(inspection.parameter.course)
        return replace(inspection, parameter=replace(inspection.parameter, course=course))
