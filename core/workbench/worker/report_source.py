"""What the window needs of a worker; and reports of a trainer that someone else moves, without a thread."""

from __future__ import annotations

from typing import Protocol

from core.training.trainer import Trainer
from core.workbench.messages import Command, Publish, WorkerReport
from core.workbench.open_runs import OpenRuns
from core.workbench.run_id import new_work_id
from core.workbench.runs import Run
from core.workbench.worker.channels import FrameInProgress, Mailbox
from core.workbench.worker.report_maker import ReportMaker
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.snapshot_maker import SnapshotMaker


class ReportSource(Protocol):
    """Takes commands, and answers each Publish with a report.

    Attributes:
        frame: the window tells here when it is at work on a frame.
    """

    frame: FrameInProgress

    def send(self, command: Command) -> None:
        """Leave a command; returns at once."""

    def take_report(self) -> WorkerReport | None:
        """The next report, once."""

    def close(self) -> None:
        """End; returns when it has ended."""


class TrainerReports:
    """Shows a trainer that someone else moves: an answer is there as soon as it is asked for."""

    def __init__(self, trainer: Trainer) -> None:
        self.frame = FrameInProgress()
        runs = OpenRuns()
        runs.put(Run(trainer, trainer.experiment.data, None, new_work_id()))
        shared = SharedState(runs)
        shared.events.loaded = True
        self._reports, self._mailbox = ReportMaker(shared, SnapshotMaker()), Mailbox()

    def send(self, command: Command) -> None:
        """Answer a question; what would move the run is not obeyed."""
        if isinstance(command, Publish):
            self._mailbox.put(self._reports.answer(command))

    def take_report(self) -> WorkerReport | None:
        """The next report, once."""
        return self._mailbox.take()

    def close(self) -> None:
        """There is nothing to end."""
