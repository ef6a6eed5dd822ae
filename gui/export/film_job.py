"""Makes a film in a process of its own, so that neither the window nor the run has to wait.

The process gets the experiment and every change made during the run, trains anew, draws the views off screen, and sends
the film back through a pipe. The window writes the file.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from core.base import log
from core.base.arrays import Array
from core.base.errors import LensError
from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.options.film_plan import FilmPlan
from core.training.experiment import Experiment
from core.training.history import History
from core.training.settings_over_time import Change
from core.training.trainer import Trainer
from gui.widgets.faults import fault_notice


class Filmed(Protocol):
    """What is filmed: a run, or runs beside each other."""

    @property
    def position(self) -> int:
        """Where it stands."""

    @property
    def epoch_length(self) -> int:
        """Positions of an epoch."""

    @property
    def history(self) -> History:
        """The record so far."""

    def advance(self, samples: int) -> object:
        """Go on by so many positions."""

    def seek(self, position: int) -> None:
        """Go to a position."""


class FilmSubject(Protocol):
    """What is to be filmed; another process can receive it."""

    @property
    def goal(self) -> int:
        """The position of the last frame."""

    @property
    def end(self) -> int:
        """The position to which it was trained, if that is farther."""

    def to(self, goal: int) -> FilmSubject:
        """The same up to another position."""

    def subject(self) -> Filmed:
        """What is filmed, at its start."""


MakeFilm = Callable[[Filmed, int, FilmPlan, Path, Callable[[int], object], Callable[[], bool]], bytes]
"""Makes a film like :func:`gui.offscreen.filming.make_film`. A function of a module, so that a process finds it."""

LOOK_MILLISECONDS = 50
NICENESS = 5


@dataclass(frozen=True, eq=False)
class FilmJob:
    """The run to film.

    Attributes:
        experiment: the experiment at the start of the run.
        dataset: its points.
        initial_parameters: shape (parameters,); None if the experiment draws them.
        changes: the changes made during the run.
        goal: the position of the last frame. end: the one to which it was trained, if that is farther.
    """

    experiment: Experiment
    dataset: Dataset
    initial_parameters: Array | None
    changes: tuple[Change, ...]
    goal: int
    end: int = 0

    def to(self, goal: int) -> FilmJob:
        """Return the same run up to another position."""
        return replace(self, goal=goal)

    def subject(self) -> Trainer:
        """Return a trainer at the start of the run that will repeat its changes, to the same bits."""
        trainer = Trainer(self.experiment, self.dataset, self.initial_parameters)
        trainer.head.replace_changes(self.changes, 0)
        return trainer


class FilmProcess(QObject):
    """One film in the making.

    Signals:
        progressed(int): the number of frames drawn so far.
        finished(bytes): the film, as the bytes of a file.
        failed(str): why there is no film.
    """

    progressed = pyqtSignal(int)
    finished = pyqtSignal(bytes)
    failed = pyqtSignal(str)

    def __init__(self, job: FilmSubject, plan: FilmPlan, make_film: MakeFilm, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job, self._plan = job, plan
        self._scratch = tempfile.TemporaryDirectory()
        context = multiprocessing.get_context("spawn")
        self._pipe, child = context.Pipe()
        self._process = context.Process(target=_work, args=(child, self._scratch.name, make_film), daemon=True)
        self._process.start()
        child.close()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def cancel(self) -> None:
        """Give up at once; no signal follows."""
        self._timer.stop()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._pipe.close()
        with contextlib.suppress(OSError):
            self._scratch.cleanup()

    def _look(self) -> None:
        try:
            while self._timer.isActive() and self._pipe.poll():
                self._hear(*self._pipe.recv())
        except (EOFError, OSError):
            self._end(lambda: self.failed.emit(_("The process that made the film has died; try a smaller film.")))
        except Exception as error:  # noqa: BLE001 (else the dialog would wait for ever)
            text = fault_notice(_("An error inside the program stopped the film"), error).text
            self._end(lambda: self.failed.emit(text))

    def _hear(self, what: str, content: object) -> None:
        if what == "ready":  # only now, since sending waits until the other end reads
            self._pipe.send((self._job, self._plan))
        elif what == "frame":
            self.progressed.emit(content)
        elif what == "film":
            self._end(lambda: self.finished.emit(content))
        else:
            self._end(lambda: self.failed.emit(content))

    def _end(self, tell: Callable[[], None]) -> None:
        try:
            self.cancel()
        finally:
            tell()


def _work(pipe: Connection, folder: str, make_film: MakeFilm) -> None:
    """Receive a job, make the film and send it back; runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches it too, and the window ends it
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    log.start()
    try:
        pipe.send(("ready", None))
        job, plan = pipe.recv()
        data = make_film(job.subject(), job.goal, plan, Path(folder), lambda n: pipe.send(("frame", n)), lambda: False)
        pipe.send(("film", data))
    except LensError as error:
        pipe.send(("failed", str(error)))
    except (EOFError, BrokenPipeError):  # the window is gone
        return
    except Exception as error:  # noqa: BLE001 (the window must hear of every error)
        log.fault(error)
        pipe.send(
            (
                "failed",
                _("An error inside the program stopped the film: {trace}").format(trace=traceback.format_exc(limit=-3)),
            )
        )
