"""Writes files in the background, one after the other, and shows the progress of those that take long."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from core.base.atomic_files import write_whole
from core.base.errors import Cancelled, ChangedFileError, LensError
from core.base.progress import Progress
from core.base.translation import _
from core.workbench.messages import Notice
from gui.widgets.faults import fault_notice
from gui.widgets.flags import RIGHT
from gui.widgets.plain_text import plain_label

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Make = Callable[[Progress], bytes]
"""Makes the bytes of a file, in the thread of the writer; long work reports its progress."""

Then = Callable[[Notice | None], None]
"""Called in the thread of the window: with None when the file is written, otherwise with the reason."""

CHANGED = "changed"
"""The kind of the notice where a file was to hold something else than it does; only who asks for that gets it."""

LISTEN_MILLISECONDS = 500
LOOK_MILLISECONDS = 100
PATIENT_LOOKS = 3
"""The bar appears for a file that takes longer than this."""

HEIGHT = 16
"""That of a line of the status bar."""
BAR_WIDTH = 120
LONGEST_NAME = 40


class Job:
    """A file to write; attributes: its name, the part that is made (0 to 1), whether the user cancelled it."""

    def __init__(self, path: str | Path) -> None:
        self.name = Path(path).name
        self.part = 0.0
        self.is_cancelled = False

    def tell(self, part: float) -> bool:
        """Note the part that is made; returns whether to go on."""
        self.part = part
        return not self.is_cancelled


class FileWriter(QObject):
    """Writes files in a thread of its own.

    Signals:
        begun(): one more file is to be written.
    """

    begun = pyqtSignal()
    _done = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: ThreadPoolExecutor | None = None  # started for the first file
        self.jobs: list[Job] = []
        self._ended: deque[tuple[Job, Then, Notice | None]] = deque()
        self._done.connect(self._take_ended)
        self._clock = QTimer(self)  # where a fault keeps the signal from being heard
        self._clock.setInterval(LISTEN_MILLISECONDS)
        self._clock.timeout.connect(self._take_ended)

    def write(self, path: str | Path, make: Make, then: Then, expected: str = "") -> None:
        """Make and write a file, whole or not at all; returns at once.

        For ``expected`` see :func:`core.base.atomic_files.write_whole`.
        """
        job = Job(path)
        try:
            if self._thread is None:
                from concurrent.futures import ThreadPoolExecutor  # here, since it would slow down the start

                self._thread = ThreadPoolExecutor(1, "file-writer")
            self._thread.submit(self._write, job, path, make, then, expected)
        except Exception as error:  # noqa: BLE001 (as where no thread can be started)
            job.is_cancelled = True  # what was handed over may still reach a thread that starts later
            then(_not_written(job, error))
            return
        self.jobs.append(job)
        self._clock.start()
        self.begun.emit()

    def cancel(self) -> None:
        """Give up the files that are being made; what is being written is ended."""
        for job in self.jobs:
            job.is_cancelled = True

    def close(self) -> None:
        """Wait until every file is written."""
        if self._thread is not None:
            self._thread.shutdown()

    def _write(self, job: Job, path: str | Path, make: Make, then: Then, expected: str) -> None:
        notice = None
        try:
            if not job.is_cancelled:
                data = make(job.tell)
            if job.is_cancelled:
                raise Cancelled
            write_whole(path, data, expected)
        except ChangedFileError as error:
            notice = Notice(str(error), CHANGED)
        except LensError as error:
            notice = Notice(str(error), "unwritten")
        except Cancelled:
            notice = Notice(_("{name} was not written").format(name=job.name), "note")
        except MemoryError:
            notice = Notice(
                _("{name} takes more memory than there is; close other programs first.").format(name=job.name),
                "unwritten",
            )
        except BaseException as error:  # noqa: BLE001 (the window must hear of every error)
            notice = _not_written(job, error)
        self._ended.append((job, then, notice))
        self._done.emit()

    def _take_ended(self) -> None:
        """Tell who waits; a file is taken from the list only then, so that a fault here loses none."""
        while self._ended:
            job, then, notice = self._ended[0]
            if job in self.jobs:
                try:
                    then(notice)
                except Exception as error:  # noqa: BLE001 (who waits must hear of the end)
                    then(
                        fault_notice(
                            _("An error inside the program came after {name} was written").format(name=job.name), error
                        )
                    )
                finally:
                    self.jobs.remove(job)
            self._ended.popleft()
        if not self.jobs:
            self._clock.stop()


def _not_written(job: Job, error: BaseException) -> Notice:
    return fault_notice(_("An error inside the program kept {name} from being written").format(name=job.name), error)


class WritingBar(QWidget):
    """In the status bar: the file being written, its progress, and a button that cancels it."""

    def __init__(self, writer: FileWriter) -> None:
        super().__init__()
        self._writer = writer
        self._looks = 0
        self.text = plain_label()
        self.text.setAlignment(RIGHT)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(BAR_WIDTH)
        self.progress.setAccessibleName(_("How much of the file is made"))
        self.cancel_button = QToolButton()
        self.cancel_button.setText("✕")
        self.cancel_button.setAutoRaise(True)
        self.cancel_button.setAccessibleName(_("Do not write this file"))
        self.cancel_button.setToolTip(_("Do not write this file; one that is there stays as it is"))
        self.cancel_button.clicked.connect(self._cancel)
        for part in (self.progress, self.cancel_button):
            part.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        for widget in (self.text, self.progress, self.cancel_button):
            row.addWidget(widget)
        self.hide()
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MILLISECONDS)
        self._clock.timeout.connect(self._look)
        writer.begun.connect(self._clock.start)

    def _look(self) -> None:
        jobs = self._writer.jobs
        self._looks += 1
        if not jobs:
            self._looks = 0
            self._clock.stop()
            self.hide()
        elif self._looks > PATIENT_LOOKS:
            job, more = jobs[0], len(jobs) - 1
            name = job.name if len(job.name) <= LONGEST_NAME else f"{job.name[: LONGEST_NAME - 1]}…"
            text = _("Writing {name} (and {more} more)") if more else _("Writing {name}")
            self.text.setText(text.format(name=name, more=more))
            self.progress.setRange(0, 100 if job.part > 0.0 else 0)  # without progress the end is not known
            self.progress.setValue(round(100.0 * job.part))
            self.cancel_button.setEnabled(not job.is_cancelled)
            self.show()

    def _cancel(self) -> None:
        if self._writer.jobs:
            self._writer.jobs[0].is_cancelled = True
            self.cancel_button.setEnabled(False)
