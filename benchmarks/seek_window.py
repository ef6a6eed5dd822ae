"""The window of ``seek.py``: how soon it shows a position, and how many pictures it shows while the head is dragged."""

from __future__ import annotations

import math
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"

from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QWidget

from core.storage.project import Project, save_project
from core.storage.settings_file import SettingsFile
from gui.window.application import make_application, make_window
from gui.window.main_window import MainWindow

SIZE = (1440, 900)
LATE_SECONDS = 120.0
MOVE_SECONDS = 0.008  # between two moves of the mouse
TURN_SECONDS = 3.0  # of the mouse, from one end of the timeline to the other and back
_applications: list[object] = []


@dataclass(frozen=True)
class Drag:
    """What was painted while the head was dragged for so many seconds.

    Attributes:
        asked: positions that the mouse asked for.
        painted: pictures of other snapshots than the one before.
        exact: those that show a position asked for.
        processor_seconds: of the whole process.
        window_seconds: of the window's thread.
    """

    seconds: float
    asked: int
    painted: int
    exact: int
    processor_seconds: float
    window_seconds: float

    @property
    def a_second(self) -> float:
        """Pictures a second that show a position asked for."""
        return self.exact / self.seconds

    @property
    def words(self) -> str:
        """What was measured, in one line."""
        cost, window = (1000 * s / max(self.painted, 1) for s in (self.processor_seconds, self.window_seconds))
        return (
            f"{self.a_second:.1f} pictures/s of positions asked for, {self.painted / self.seconds:.1f} in all; "
            f"{self.asked / self.seconds:.0f} positions/s asked for; "
            f"{cost:.1f} ms of processor time a picture, {window:.1f} of them in the window's thread"
        )


class SeekWindow:
    """A window that opened a project, while ``with`` lasts."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def __enter__(self) -> SeekWindow:
        if not _applications:
            _applications.append(make_application())
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        save_project(folder / "run.lens", self._project)
        settings = SettingsFile(folder / "settings.ini")
        experiment, dataset = self._project.experiment, self._project.dataset
        path = str(folder / "run.lens")
        self.window: MainWindow = make_window(experiment, dataset, settings, "light", None, path)
        self.window.resize(*SIZE)
        self.window.show()
        self._wait(int(self._project.run.positions[-1]))
        self.window.session.prepare()
        self._rest()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.window.guard.may_close = lambda: True  # type: ignore[method-assign]
        self.window.close()
        sip.delete(self.window)  # before the application, which Python would forget first
        self._folder.cleanup()

    def jump(self, branch: int, position: int) -> tuple[float, NDArray]:
        """Go to a position of a branch, counted from 0; returns the seconds until it was shown, and the weights."""
        session, began = self.window.session, time.perf_counter()
        assert session.timeline is not None
        session.seek(position, session.timeline.branches[branch].number)
        self._wait(position)
        took = time.perf_counter() - began
        assert session.snapshot is not None
        return took, session.snapshot.parameters

    def drag(self, seconds: float) -> Drag:
        """Drag the head to and fro over the whole timeline for so many seconds."""
        timeline, watch = self.window.timeline, Paints(self.window)
        timeline.seek_wanted.connect(watch.ask)
        mouse = threading.Thread(target=_move, args=(timeline, seconds))
        began, process, thread = time.perf_counter(), time.process_time(), time.thread_time()
        mouse.start()
        live(seconds + 0.1)
        took = time.perf_counter() - began
        spent = time.process_time() - process, time.thread_time() - thread
        mouse.join()
        timeline.seek_wanted.disconnect(watch.ask)
        return Drag(took, len(watch.asked), watch.painted, watch.exact, *spent)

    def _wait(self, position: int) -> None:
        """Until the exact state of a position is shown."""
        session, late = self.window.session, time.perf_counter() + LATE_SECONDS
        while time.perf_counter() < late:
            QCoreApplication.processEvents()
            shown = session.snapshot
            is_there = shown is not None and shown.position == position and session.run is not None
            if is_there and not session.travelling:
                return
        raise TimeoutError(f"position {position} was not shown")

    def _rest(self) -> None:
        """Until the program does nothing: the engine is loaded, and the missing keyframes are added."""
        used = -1.0
        while time.process_time() - used > 0.1:
            used = time.process_time()
            live(1.0)


class Paints(QObject):
    """Counts the snapshots that the diagram paints, and those of a position that was asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session, self._painted = window.session, window.session.snapshot
        self.asked = set[tuple[int, int]]()
        self.painted = self.exact = 0
        window.network.installEventFilter(self)

    def ask(self, position: int, branch: int) -> None:
        """A position of a branch is asked for."""
        self.asked.add((position, branch))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = self._session.snapshot
        if event.type() == QEvent.Type.Paint and shown is not None and shown is not self._painted:
            timeline, self._painted = self._session.timeline, shown
            self.painted += 1
            self.exact += timeline is not None and (shown.position, timeline.present) in self.asked
        return False


def live(seconds: float) -> None:
    """Let the event loop run for so long, as the program does: it sleeps where there is nothing to do."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), Qt.TimerType.PreciseTimer, loop.quit)
    loop.exec_()


def _move(timeline: QWidget, seconds: float) -> None:
    """Press on the timeline, move to and fro, and release, as another thread."""
    left, nothing = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    began = time.perf_counter()

    def post(kind: QEvent.Type, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        share = 0.5 - 0.5 * math.cos(2 * math.pi * (time.perf_counter() - began) / TURN_SECONDS)
        x = 200 + share * (timeline.width() - 220)
        event = QMouseEvent(kind, QPointF(x, 20.0), button, buttons, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.postEvent(timeline, event)

    post(QEvent.Type.MouseButtonPress, left, left)
    while time.perf_counter() - began < seconds:
        time.sleep(MOVE_SECONDS)
        post(QEvent.Type.MouseMove, nothing, left)
    post(QEvent.Type.MouseButtonRelease, left, nothing)
