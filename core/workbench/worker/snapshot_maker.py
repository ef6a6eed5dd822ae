"""What the worker's answers show of a run, and when a run is measured, inspected and reported on anew."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from core.explain.diagnosis import unit_health
from core.explain.probe import Probe, probe_at
from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.training.trainer import Trainer
from core.workbench.runs import Run
from core.workbench.worker.inspection_schedule import InspectionSchedule
from core.workbench.worker.paced_answers import PacedAnswers
from core.workbench.worker.report_schedule import ReportSchedule

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

CHEAP_MEASURING_SECONDS = 0.003
MEASURING_PAUSE = 6.0
"""In multiples of what measuring costs: how long it rests after each time, if it is not cheap."""


class SnapshotMaker:
    """Makes the snapshots of one run after another.

    The very first has no verdict, for which the window would appear later: it comes with the next one, which is asked
    for at once.
    """

    def __init__(self) -> None:
        self._inspections = InspectionSchedule()
        self._reports = ReportSchedule()
        self._verdicts, self._health = PacedAnswers(_judged), PacedAnswers(lambda trainer, _: unit_health(trainer))
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
        is_due = self._inspections.is_due(trainer, request.focus, playing)
        is_due = is_due or any(answers.is_due(trainer, playing) for answers in (self._verdicts, self._health))
        if state == self._shown and not is_due and not fresh:
            return None
        is_first, self._shown = not self._shown, state
        inspection = self._inspections.examine(trainer, request.focus, playing)
        snapshot = take_snapshot(trainer, replace(request, focus=None, report=False))
        return replace(
            snapshot,
            inspection=inspection,
            report=self._reports.report(trainer, request.report),
            verdict=None if is_first else self._verdicts.answer(trainer, playing),
            health=self._health.answer(trainer, playing),
        )

    def newest_verdict(self, trainer: Trainer) -> Verdict | None:
        """The verdict on a trainer that was made last; None where the last one is on another trainer."""
        return self._verdicts.newest(trainer)

    def probe(self, run: Run | None, point: tuple[float, ...] | None) -> Probe | None:
        """What the network computes at a point of the data; None if there is none, or it is of other data."""
        return None if run is None else probe_at(run.trainer, point)  # the window may not yet have heard of this run

    def is_measuring_due(self, trainer: Trainer) -> bool:
        """Whether to measure a run that plays: now and then where no snapshot waits for it.

        What the record had to measure counts as well.
        """
        if self._measures_at_once(trainer, playing=True):
            return False
        return time.perf_counter() - trainer.evaluator.ended > MEASURING_PAUSE * trainer.evaluator.took

    def _measures_at_once(self, trainer: Trainer, playing: bool) -> bool:
        """Whether a snapshot waits for loss and score; while playing, it does not where they take long.

        It always waits for those of a small set: measuring that takes long only where another thread or process was in
        its way, and marks of wrong points from before would contradict the map.
        """
        evaluator = trainer.evaluator
        return not playing or evaluator.take_little or evaluator.took < CHEAP_MEASURING_SECONDS


def _judged(trainer: Trainer, at_work: bool) -> Verdict:
    from core.explain.verdict.judging import judge  # here, since the first picture does without

    return judge(trainer, at_work)
