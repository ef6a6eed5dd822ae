"""What the worker's answers show of a run, and when it is measured, inspected and reported on anew."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.training.trainer import Trainer
from core.workbench.inspection_schedule import Examiner
from core.workbench.messages import Probe
from core.workbench.report_schedule import Reporter
from core.workbench.runs import Run

CHEAP_MEASURING_SECONDS = 0.003
MEASURING_PAUSE = 6.0
"""In multiples of what measuring costs: how long it rests after each time, if it is not cheap."""


class Snapshots:
    """Makes the snapshots of one run after another."""

    def __init__(self) -> None:
        self._examiner = Examiner()
        self._reporter = Reporter()
        self._shown: tuple[object, ...] = ()

    def take(
        self, run: Run | None, request: Request, playing: bool, fresh: bool = False, measured_later: bool = False
    ) -> Snapshot | None:
        """A snapshot; None if it would show nothing new and need not be ``fresh``.

        ``measured_later`` says that loss and score are just being measured; then those from before are shown.
        """
        if run is None:
            return None
        trainer = run.trainer
        request = replace(request, measures=not measured_later and self._measures_at_once(trainer, playing))
        state = run, trainer.position, tuple(trainer.settings_over_time.changes), request
        is_due = self._examiner.is_due(trainer, request.focus, playing)
        if state == self._shown and not is_due and not fresh:
            return None
        self._shown = state
        inspection = self._examiner.examine(trainer, request.focus, playing)
        snapshot = take_snapshot(trainer, replace(request, focus=None, report=False))
        return replace(snapshot, inspection=inspection, report=self._reporter.report(trainer, request.report))

    def probe(self, run: Run | None, point: tuple[float, ...] | None) -> Probe | None:
        """What the network computes at a point of the data; None if there is none, or it is of other data."""
        if run is None or point is None:
            return None
        if len(point) != run.trainer.preparation.dataset.dimensions:  # the window has not yet heard of this run
            return None
        activations = tuple(a[0].copy() for a in run.trainer.activations(np.array([point])))
        for a in activations:
            a.flags.writeable = False
        return Probe(point, activations)

    def measure_if_due(self, trainer: Trainer) -> None:
        """While it plays, measure what no snapshot waits for, now and then, lest it be all that training does.

        What the record had to measure counts as well.
        """
        if self._measures_at_once(trainer, playing=True):
            return
        if time.perf_counter() - trainer.evaluation_ended > MEASURING_PAUSE * trainer.evaluation_took:
            trainer.evaluations()

    def _measures_at_once(self, trainer: Trainer, playing: bool) -> bool:
        """Whether a snapshot waits for loss and score; while playing, it does not where they take long."""
        return not playing or trainer.evaluation_took < CHEAP_MEASURING_SECONDS
