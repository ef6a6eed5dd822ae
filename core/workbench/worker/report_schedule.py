"""The reports that snapshots carry: a new one only when the run was measured anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.training.trainer import Trainer

if TYPE_CHECKING:
    from core.explain.report import Report


class ReportSchedule:
    """Makes the reports of a run, and hands out the last one until there are other measures."""

    def __init__(self) -> None:
        self._measured: object = None
        self._report: Report | None = None

    def report(self, trainer: Trainer, wanted: bool) -> Report | None:
        """Of the trainer's last evaluation; None where it is not wanted."""
        if not wanted:
            self._measured = self._report = None
            return None
        measured = trainer.latest_evaluations()[1]
        if measured is not self._measured or self._report is None:
            from core.explain.report import make_report  # here, since the first picture holds no report

            self._measured, self._report = measured, make_report(trainer)
        return self._report
