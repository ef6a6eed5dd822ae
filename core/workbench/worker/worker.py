"""The thread itself: takes commands, works between them, and leaves the answers.

The window's thread never waits for it: commands go into a queue, and reports come back through a mailbox, one for each
that was asked for.
"""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace

from core.base import log
from core.base.errors import Cancelled, LensError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.training.divergence import Diverged
from core.workbench.messages import Command, Pause, Publish, Quit, WorkerEvents, WorkerReport
from core.workbench.open_runs import OpenRuns
from core.workbench.worker.channels import CommandQueue, FrameInProgress, Mailbox
from core.workbench.worker.command_handler import ENDS_NOTHING, CommandHandler
from core.workbench.worker.report_maker import ReportMaker
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.snapshot_maker import SnapshotMaker
from core.workbench.worker.training_loop import TrainingLoop


class Worker(threading.Thread):
    """See the module. ``send``, ``take_report``, ``frame`` and ``close`` are for the window's thread.

    Args:
        dataset: data that are loaded already, with their source.
    """

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        super().__init__(name="worker")
        self.frame = FrameInProgress()
        self._commands, self._mailbox = CommandQueue(), Mailbox()
        self._shared = SharedState(OpenRuns(dataset))
        snapshots = SnapshotMaker()
        self._training = TrainingLoop(self._shared, snapshots, self._commands, self.frame, self._answer_in_check)
        self._handler = CommandHandler(self._shared, self._training)
        self._reports = ReportMaker(self._shared, snapshots)
        self._quits = False
        self._answered = 0  # the number of the last question
        self._shared.runs.between = self._answer_beside_loading

    # ---------------------------------------------------------------- for the window's thread

    def send(self, command: Command) -> None:
        """Leave a command; returns at once."""
        self._commands.put(command)

    def take_report(self) -> WorkerReport | None:
        """The next report, once."""
        return self._mailbox.take()

    def close(self) -> None:
        """End the thread and wait for its end."""
        self.send(Quit())
        self.frame.end()
        if self.is_alive():
            self.join()
        self._shared.loader.close()

    # ---------------------------------------------------------------- the loop

    def run(self) -> None:
        """Obey commands; between them do a piece of work, or sleep until the next command."""
        while not self._quits:
            try:
                self._obey_waiting_commands()
                if not self._quits:
                    self._do_a_piece_of_work()
            except Cancelled:
                pass  # by the end
            except Diverged as error:
                self._handler.stop_travelling()
                log.info(str(error))
                run = self._shared.run
                is_judged = run is not None and run.trainer.stepper.is_at_divergence  # and not before the first update
                self._shared.tell(str(error), "diverged" if is_judged else "none")
            except LensError as error:  # such as an engine that cannot be loaded
                self._handler.stop_travelling()
                self._shared.tell(str(error), "none")
            except Exception as error:  # noqa: BLE001 (whatever it is, the window must hear of it and live on)
                self._shared.note_fault(error)

    def _obey_waiting_commands(self) -> None:
        command = self._commands.take(self._seconds_to_wait())
        while command is not None:
            self._obey(command)
            if self._quits:
                return
            command = self._commands.take()

    def _seconds_to_wait(self) -> float | None:
        """How long to wait for a command; until one comes where that cannot be told, or none would ever be taken."""
        try:
            return self._training.seconds_to_wait()
        except Exception as error:  # noqa: BLE001
            self._shared.note_fault(error)
            return None

    def _obey(self, command: Command, in_training: bool = False) -> None:
        if isinstance(command, Publish):
            self._publish(command, in_training)
        elif isinstance(command, Quit):
            self._quits = True
        else:
            try:
                self._handler.obey(command)
            except Diverged:
                raise
            except LensError as error:
                self._handler.tell_refusal(command, error)

    def _publish(self, question: Publish, in_training: bool) -> None:
        """Answer, whatever happens: the window asks no more before it has an answer."""
        try:
            report = self._reports.answer(question, in_training)
        except Exception as error:  # noqa: BLE001
            self._shared.note_fault(error)
            events = WorkerEvents(notices=tuple(self._shared.events.notices))
            self._shared.events.notices = []
            report = WorkerReport(events=events, answers=question.number)
        self._mailbox.put(report)
        self._answered = question.number

    def _do_a_piece_of_work(self) -> None:
        """In the middle of a long evaluation questions are answered, and a pause is obeyed; other commands wait."""
        others_wait = False
        with closing(self._training.work()) as steps:
            for may_be_left in steps:
                if not may_be_left and not others_wait:
                    others_wait = not self._obey_in_evaluation()
                if self._quits or (may_be_left and not self._shared.is_training):
                    return

    def _answer_beside_loading(self) -> None:
        """Answer a question of the present run while a large set is measured for another one; raises Cancelled.

        The answer has the number of the one before, since it knows nothing of the run to come.
        """
        command, run = self._commands.take(), self._shared.run
        if isinstance(command, Publish) and run is not None and run.trainer.has_evaluations:
            self._publish(replace(command, number=self._answered), in_training=True)
        elif isinstance(command, Quit):
            self._quits = True
            raise Cancelled
        elif command is not None:
            self._commands.put_first([command])

    def _answer_in_check(self) -> bool:
        """In the middle of a gradient check: answer questions; whether no command waits that ends the check."""
        while (command := self._commands.take()) is not None:
            if not isinstance(command, (Publish, *ENDS_NOTHING)):
                self._commands.put_first([command])
                return False
            self._obey(command)
        return True

    def _obey_in_evaluation(self) -> bool:
        """Obey the next command if that can be; whether one may be taken behind it."""
        command = self._commands.take()
        run = self._shared.run
        # Without an evaluation from before there is nothing to show yet.
        can_answer = run is not None and run.trainer.has_evaluations
        if command is None or isinstance(command, Pause | Quit) or (isinstance(command, Publish) and can_answer):
            if command is not None:
                self._obey(command, in_training=True)
            return True
        self._commands.put_first([command])
        return False
