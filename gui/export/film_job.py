"""A film made by a process of its own, so that neither the window nor its run has to wait.

The process gets the experiment and all changes made on the way, trains a new trainer, draws the views off screen, and
sends the film back. What it needs and gives crosses a pipe of this program's own; the window writes the file.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from core.base.errors import LensError
from core.data.dataset import Dataset
from core.options.film_plan import FilmPlan
from core.training.experiment import Experiment
from core.training.settings_over_time import Change
from core.training.trainer import Trainer

LOOK_MILLISECONDS = 50
NICENESS = 5


@dataclass(frozen=True, eq=False)
class FilmJob:
    """The run that is filmed.

    Attributes:
        experiment: what held from its start.
        dataset: its points.
        initial_parameters: shape (parameters,); None for those of the experiment.
        changes: made on the way.
        goal: the position of the last frame.
    """

    experiment: Experiment
    dataset: Dataset
    initial_parameters: NDArray[np.float64] | None
    changes: tuple[Change, ...]
    goal: int

    def to(self, goal: int) -> FilmJob:
        """The same up to another position."""
        return replace(self, goal=goal)

    def trainer(self) -> Trainer:
        """At the start of the run, its changes ahead: it leaves the bits that the window's left."""
        trainer = Trainer(self.experiment, self.dataset, self.initial_parameters)
        trainer.replace_changes(self.changes, 0)
        return trainer


class FilmProcess(QObject):
    """One film in the making.

    Signals:
        progressed(int): so many frames are drawn.
        finished(bytes): the film.
        failed(str): why there is none.
    """

    progressed = pyqtSignal(int)
    finished = pyqtSignal(bytes)
    failed = pyqtSignal(str)

    def __init__(self, job: FilmJob, plan: FilmPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job, self._plan = job, plan
        self._scratch = tempfile.TemporaryDirectory()
        context = multiprocessing.get_context("spawn")
        self._pipe, child = context.Pipe()
        self._process = context.Process(target=_work, args=(child, self._scratch.name), daemon=True)
        self._process.start()
        child.close()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def cancel(self) -> None:
        """Give up at once; nothing more will be heard."""
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
            self._end(lambda: self.failed.emit("The process that made the film has died; try a smaller film."))

    def _hear(self, what: str, content: object) -> None:
        if what == "ready":  # only now, since sending waits for the one who reads
            self._pipe.send((self._job, self._plan))
        elif what == "frame":
            self.progressed.emit(content)
        elif what == "film":
            self._end(lambda: self.finished.emit(content))
        else:
            self._end(lambda: self.failed.emit(content))

    def _end(self, tell: Callable[[], None]) -> None:
        self.cancel()
        tell()


def _work(pipe: Connection, folder: str) -> None:
    """What the process does."""
    from gui.offscreen.filming import make_film

    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    try:
        pipe.send(("ready", None))
        job, plan = pipe.recv()
        data = make_film(job.trainer(), job.goal, plan, Path(folder), lambda n: pipe.send(("frame", n)), lambda: False)
        pipe.send(("film", data))
    except LensError as error:
        pipe.send(("failed", str(error)))
    except (EOFError, BrokenPipeError):  # the window is gone
        return
    except Exception:  # noqa: BLE001 (whatever it is, the window must hear of it)
        pipe.send(("failed", f"An error inside the program stopped the film: {traceback.format_exc(limit=-3)}"))
