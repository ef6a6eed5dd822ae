"""Makes and writes files beside the window's thread, one after the other; the bar that shows one that takes long."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from core.base import log
from core.base.atomic_files import write_whole
from core.base.errors import Cancelled, LensError
from core.base.progress import Progress
from core.workbench.messages import Notice
from gui.widgets.flags import RIGHT

Make = Callable[[Progress], bytes]
"""Makes the file's bytes, in the writer's thread; what takes long tells how far it is."""

Then = Callable[[Notice | None], None]
"""Called in the window's thread when the file is written; with what to tell where it is not."""

LOOK_MILLISECONDS = 100
PATIENT_LOOKS = 3
"""A file that takes no longer than so many looks is not worth a bar."""

BAR_WIDTH = 120
LONGEST_NAME = 40


class Job:
    """A file on its way; attributes: its name, the part that is made, whether it is given up."""

    def __init__(self, path: str | Path) -> None:
        self.name = Path(path).name
        self.part = 0.0
        self.is_cancelled = False

    def tell(self, part: float) -> bool:
        """How far it is; whether to go on."""
        self.part = part
        return not self.is_cancelled


class FileWriter(QObject):
    """See the module.

    Signals:
        begun(): there is one file more to write.
    """

    begun = pyqtSignal()
    _done = pyqtSignal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: ThreadPoolExecutor | None = None  # begun by the first file
        self.jobs: list[Job] = []
        self._done.connect(self._end)

    def write(self, path: str | Path, make: Make, then: Then) -> None:
        """Make and write a file whole or not at all; returns at once."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "file-writer")
        job = Job(path)
        self.jobs.append(job)
        self._thread.submit(self._write, job, path, make, then)
        self.begun.emit()

    def close(self) -> None:
        """Wait until all is written."""
        if self._thread is not None:
            self._thread.shutdown()

    def _write(self, job: Job, path: str | Path, make: Make, then: Then) -> None:
        notice = None
        try:
            data = make(job.tell)
            if job.is_cancelled:
                raise Cancelled
            write_whole(path, data)
        except LensError as error:
            notice = Notice(str(error), "input")
        except Cancelled:
            notice = Notice(f"{job.name} was not written", "note")
        except MemoryError:
            notice = Notice(f"{job.name} takes more memory than there is; close other programs first.", "input")
        except Exception as error:  # noqa: BLE001 (whatever it is, the window must hear that nothing was written)
            text = f"An error inside the program kept {job.name} from being written: {type(error).__name__}: {error}"
            log.fault(error)
            notice = Notice(text, "fault", traceback.format_exc())
        self._done.emit(job, then, notice)

    def _end(self, job: Job, then: Then, notice: Notice | None) -> None:
        self.jobs.remove(job)
        then(notice)


class WritingBar(QWidget):
    """In the status bar: the file that is being made, how far it is, and a button that gives it up."""

    def __init__(self, writer: FileWriter) -> None:
        super().__init__()
        self._writer = writer
        self._looks = 0
        self.text = QLabel()
        self.text.setAlignment(RIGHT)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(BAR_WIDTH)
        self.progress.setAccessibleName("How much of the file is made")
        self.cancel_button = QToolButton()
        self.cancel_button.setText("✕")
        self.cancel_button.setAutoRaise(True)
        self.cancel_button.setAccessibleName("Do not write this file")
        self.cancel_button.setToolTip("Do not write this file; one that is there stays as it is")
        self.cancel_button.clicked.connect(self._cancel)
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
            job, more = jobs[0], f" (and {len(jobs) - 1} more)" if len(jobs) > 1 else ""
            name = job.name if len(job.name) <= LONGEST_NAME else f"{job.name[: LONGEST_NAME - 1]}…"
            self.text.setText(f"Writing {name}{more}")
            self.progress.setRange(0, 100 if job.part > 0.0 else 0)  # no end is known of what does not tell
            self.progress.setValue(round(100.0 * job.part))
            self.cancel_button.setEnabled(not job.is_cancelled)
            self.show()

    def _cancel(self) -> None:
        if self._writer.jobs:
            self._writer.jobs[0].is_cancelled = True
            self.cancel_button.setEnabled(False)
