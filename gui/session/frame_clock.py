"""The frame clock: asks the worker for one report at a time, as fast as the window can draw them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal

from core.workbench.frame_quality import FrameQuality
from core.workbench.messages import Publish, WorkerReport
from core.workbench.worker.report_source import ReportSource

FRAME_MILLISECONDS = 15
LATE_MILLISECONDS = 3
AFTER_FAULT_MILLISECONDS = 250


class FrameClock(QObject):
    """Runs while something may change, and stands still while nothing does.

    After a fault it asks for the next report all the same.

    Args:
        worker: who answers.
        question: gives what to ask for; called whenever a report is asked for.
        show: draws a report, and must not raise.
        tell_fault: tells the user of an exception, and must not raise; called where the exception is handled.
        parent: Qt's.

    Signals:
        quality_changed(int): how cheap pictures must be now, see :class:`core.workbench.frame_quality.FrameQuality`.
    """

    quality_changed = pyqtSignal(int)

    def __init__(
        self,
        worker: ReportSource,
        question: Callable[[], Publish],
        show: Callable[[WorkerReport], object],
        tell_fault: Callable[[Exception], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._worker, self._question, self._show, self._tell_fault = worker, question, show, tell_fault
        self._report = WorkerReport()
        self._unshown: WorkerReport | None = None
        self._asked = False  # and the frame of the answer has not ended
        self._awaits_answer = False
        self._ask_again = False
        self._fresh = False
        self._quality = FrameQuality()
        self._frame_began = 0.0
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.setInterval(FRAME_MILLISECONDS)
        self._clock.timeout.connect(self._tick)
        self._frame_end = QTimer(self)
        self._frame_end.setSingleShot(True)
        self._frame_end.timeout.connect(self._end_turn)
        self._turns = 0

    @property
    def at_rest(self) -> bool:
        """Whether all that was asked for has been answered and drawn, in full quality."""
        return not self._clock.isActive() and not self._frame_end.isActive()

    def wake(self) -> None:
        """Something may have changed: ask for a report."""
        if not self._clock.isActive():
            self._clock.start()
        if self._asked:
            self._fresh = True  # the answer on its way may be older than this call
            return
        try:
            self._ask()
        except Exception as error:  # noqa: BLE001
            self._recover(error)

    def show_first(self, seconds: float) -> None:
        """Draw the answer to the first question if it comes soon: a window that is shown after it is painted once."""
        late = time.perf_counter() + seconds
        while (report := self._take()) is None:
            if time.perf_counter() > late:
                return
            time.sleep(0.001)
        try:
            self._draw(report)
        except Exception as error:  # noqa: BLE001
            self._recover(error)

    def stop(self) -> None:
        """Stand still for good."""
        self._clock.stop()
        self._frame_end.stop()

    def _ask(self) -> None:
        self._worker.send(self._question())
        self._asked = self._awaits_answer = True

    def _take(self) -> WorkerReport | None:
        """The next report; the one before, if a fault kept it from being shown, since no other tells its events."""
        if self._unshown is None:
            self._unshown = self._worker.take_report()
            if self._unshown is not None:
                self._awaits_answer = False
        return self._unshown

    def _tick(self) -> None:
        """One frame: take the report that came, let the views draw it, and ask for the next."""
        try:
            report = self._take()
            if report is not None:
                self._clock.setInterval(FRAME_MILLISECONDS)
                self._draw(report)
                return
            # It missed this tick; to wait a whole frame for it would halve the frames of a large net.
            self._clock.setInterval(LATE_MILLISECONDS)
            if not self._asked:  # since a fault came between
                self._ask()
            elif not self._awaits_answer and not self._frame_end.isActive():  # a fault kept the frame from ending
                self._end_frame()
        except Exception as error:  # noqa: BLE001 (without this clock no report would ever come)
            self._recover(error)

    def _draw(self, report: WorkerReport) -> None:
        self._report, self._unshown = report, None
        try:
            asked_early = self._begin_frame(report)
        finally:
            self._show(report)  # even after a fault, since no other report tells the same events
        quiet = report.snapshot is None and not report.state.at_work and not report.events.notices
        self._ask_again = not asked_early and (not quiet or self._fresh)
        if self._ask_again:
            self._fresh = False
        elif not asked_early:
            self._asked = False
            self._clock.stop()
        # A timer of no length fires when all that was posted is done; the first turn works off what the views changed,
        # the second paints it, see OnePaint.
        self._turns = 2
        self._frame_end.start(0)

    def _begin_frame(self, report: WorkerReport) -> bool:
        """Whether the next report was asked for, at once or while a fault kept this one from being drawn."""
        self._frame_began = time.perf_counter()
        # Until the next one is asked the question counts as open: a second question meanwhile would be one too many.
        self._worker.frame.begin()
        if self._awaits_answer:
            return True
        is_moving = report.state.playing or report.state.dragged
        asks_early = is_moving and report.state.engine == "compiled"
        if asks_early:  # its worker leaves the lock alone, and can make the next snapshot while this one is painted
            self._fresh = False
            self._ask()
        return asks_early

    def _end_turn(self) -> None:
        self._turns -= 1
        if self._turns:
            self._frame_end.start(0)
            return
        try:
            self._end_frame()
        except Exception as error:  # noqa: BLE001
            self._recover(error)

    def _end_frame(self) -> None:
        """Ask only now where the worker's snapshot and the painting would fight for the interpreter lock."""
        self._worker.frame.end()
        self._fit_quality()
        if self._ask_again:
            self._ask_again = False
            self._ask()

    def _fit_quality(self) -> None:
        """Fit the quality of pictures to what this one cost; a picture that stands still has the full quality."""
        report = self._report
        if report.state.moving:
            drawing = time.perf_counter() - self._frame_began
            changed = report.snapshot is not None and self._quality.note(drawing, report.snapshot_seconds)
        else:
            changed = self._quality.rest()
        if changed:
            self.quality_changed.emit(self._quality.level)

    def _recover(self, error: Exception) -> None:
        """Tell of a fault of this clock, and ask for the next report a little later, lest faults follow each other."""
        self._frame_end.stop()
        self._asked, self._ask_again = self._awaits_answer, False
        self._clock.start(AFTER_FAULT_MILLISECONDS)
        self._tell_fault(error)
        with contextlib.suppress(Exception):  # the worker does not wait for the frame's end for ever
            self._worker.frame.end()
