"""The frame clock: asks the worker for one report at a time, as fast as the window can draw them."""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal

from core.workbench.frame_quality import Pacer
from core.workbench.messages import Publish, Report
from core.workbench.worker import Worker

FRAME_MILLISECONDS = 15
LATE_MILLISECONDS = 3


class FrameClock(QObject):
    """Runs while something may change, and stands still while nothing does.

    Args:
        worker: who answers.
        question: gives what to ask for; called whenever a report is asked for.
        show: draws a report, and must not raise.
        parent: Qt's.

    Signals:
        quality_changed(int): how cheap pictures must be now, see :class:`core.workbench.frame_quality.Pacer`.
    """

    quality_changed = pyqtSignal(int)

    def __init__(
        self, worker: Worker, question: Callable[[], Publish], show: Callable[[Report], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker, self._question, self._show = worker, question, show
        self._report = Report()
        self._asked = False
        self._ask_again = False
        self._fresh = False
        self._pacer = Pacer()
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
        """Whether all that was asked for has been answered and drawn."""
        return not self._clock.isActive()

    def wake(self) -> None:
        """Something may have changed: ask for a report."""
        if not self._asked:
            self._ask()
        else:
            self._fresh = True  # the answer on its way may be older than this wish
        if not self._clock.isActive():
            self._clock.start()

    def show_first(self, seconds: float) -> None:
        """Draw the answer to the first question if it comes soon: a window that is shown after it is painted once."""
        late = time.perf_counter() + seconds
        while (report := self._worker.take_report()) is None:
            if time.perf_counter() > late:
                return
            time.sleep(0.001)
        self._draw(report)

    def stop(self) -> None:
        """Stand still for good."""
        self._clock.stop()
        self._frame_end.stop()

    def _ask(self) -> None:
        self._asked = True
        self._worker.send(self._question())

    def _tick(self) -> None:
        """One frame: take the report that came, let the views draw it, and ask for the next."""
        report = self._worker.take_report()
        if report is None:
            # It missed this tick; to wait a whole frame for it would halve the frames of a large net.
            self._clock.setInterval(LATE_MILLISECONDS)
        else:
            self._clock.setInterval(FRAME_MILLISECONDS)
            self._draw(report)

    def _draw(self, report: Report) -> None:
        self._frame_began = time.perf_counter()
        self._report = report
        # Until the next one is asked the question counts as open: were a second one asked meanwhile, its answer
        # could take the place of an answer not yet read.
        self._worker.gate.close()
        at_work = report.playing or report.travelling or report.preparing or report.walking or report.measuring
        asked_early = report.playing and report.engine == "compiled"
        if asked_early:  # its worker leaves the lock alone, and can make the next snapshot while this one is painted
            self._fresh = False
            self._ask()
        self._show(report)
        quiet = report.snapshot is None and not at_work and not report.notices
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

    def _end_turn(self) -> None:
        self._turns -= 1
        if self._turns:
            self._frame_end.start(0)
        else:
            self._end_frame()

    def _end_frame(self) -> None:
        """Ask only now where the worker's snapshot and the painting would fight for the interpreter lock."""
        self._worker.gate.open()
        self._keep_pace()
        if self._ask_again:
            self._ask_again = False
            self._ask()

    def _keep_pace(self) -> None:
        """Fit the quality of pictures to what this one cost; a picture that stands still has the full quality."""
        report = self._report
        if report.playing or report.travelling:
            drawing = time.perf_counter() - self._frame_began
            changed = report.snapshot is not None and self._pacer.note(drawing, report.snapshot_seconds)
        else:
            changed = self._pacer.rest()
        if changed:
            self.quality_changed.emit(self._pacer.level)
