"""A sweep that processes train beside the window: started, watched, paused and cancelled from the window's thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from core.base import log
from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.sweeps.live_records import FOLDER, read_records, remove_records
from core.sweeps.run_result import Key, RunResult
from core.sweeps.sweep_folder import SweepFolder
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import SweepProgress, SweepRunner, make_tasks
from core.sweeps.workers import LocalProcesses, Workers, processors
from core.workbench.many_runs.lane_loader import LaneLoader

NICENESS = 19
"""Of the processes: the window and its worker go before them."""

STARTING, TRAINING, PAUSED, STOPPING, ENDED = "starting", "training", "paused", "stopping", "ended"


@dataclass(frozen=True)
class SweepStatus:
    """How far a job is.

    Attributes:
        state: "starting", "training", "paused", "stopping" or "ended".
        done, total: runs with a result, and all runs.
        share: of all that is to be trained, the runs under way included, from 0 to 1.
        seconds_left: about how long the others take; None while it is not known.
        error: why it ended before its time; empty if it did not.
    """

    state: str
    done: int
    total: int
    share: float
    seconds_left: float | None
    error: str


class SweepJob:
    """Trains what is left of a sweep, and writes its folder as the command ``sweep`` does.

    Args:
        path: the folder.
        plan: the sweep.
        datasets, initial: see :func:`core.sweeps.specification.specification`.
        workers: by whom the runs are trained, by default processes of low priority, one for each processor.

    Attributes:
        path, plan: as above.
    """

    def __init__(
        self,
        path: Path,
        plan: SweepPlan,
        datasets: Mapping[DataSource, Dataset],
        initial: Array | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.path, self.plan = path, plan
        self._datasets, self._initial, self._workers = datasets, initial, workers
        self._fresh: deque[RunResult] = deque()
        self._unfinished: set[Key] = {run.key for run in plan.runs}
        self._done, self._under_way, self._seconds_left, self._told_at = 0, 0.0, None, 0.0
        self._state, self._error = STARTING, ""
        self._runner: SweepRunner | None = None
        self._cancelled, self._paused = threading.Event(), False
        self._loader = LaneLoader()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    _seconds_left: float | None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def pause(self, paused: bool) -> None:
        """Begin no further runs, or go on; runs under way are trained to their end."""
        self._paused = paused
        runner = self._runner
        if runner is not None:
            (runner.pause if paused else runner.resume)()

    def stop(self) -> None:
        """End as soon as possible; runs under way are lost, all others are in the folder."""
        self._cancelled.set()
        self._loader.close()
        if self._runner is not None:
            self._runner.cancel()

    def cancel(self) -> None:
        """Stop, and wait for the end."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._state != ENDED

    @property
    def status(self) -> SweepStatus:
        """How far it is."""
        left = self._seconds_left
        if left is not None and not self._paused:
            left = max(0.0, left - (time.perf_counter() - self._told_at))
        state = self._state
        if self.is_running and self._cancelled.is_set():
            state = STOPPING
        elif self.is_running and self._paused:
            state = PAUSED
        share = (self._done + self._under_way) / self.plan.count
        return SweepStatus(state, self._done, self.plan.count, share, left, self._error)

    def take_results(self) -> list[RunResult]:
        """The results since the last time."""
        taken = []
        while self._fresh:
            taken.append(self._fresh.popleft())
        return taken

    def records(self) -> dict[Key, Array]:
        """The records of runs under way, shape (records, 5) each: epochs, losses and scores."""
        return read_records(self.path / FOLDER, set(self._unfinished)) if self.is_running else {}

    # ---------------------------------------------------------------- in the thread

    def _run(self) -> None:
        try:
            self._train()
        except Exception as error:  # noqa: BLE001 (the window must hear of it and live on)
            sentence = _("An error inside the program stopped the sweep: {name}: {error}")
            self._error = log.text_of_error(error, sentence)
        finally:
            self._state = ENDED

    def _train(self) -> None:
        with closing(SweepFolder(self.path, self.plan, self._datasets, self._initial)) as folder:
            self._done = len(folder.done)
            self._unfinished -= folder.done.keys()
            tasks = make_tasks(self.plan, folder.done, self._initial, self._datasets, folder.live)
            if any(len(task.runs) > 1 for task in tasks):
                self._loader.compile()
            if tasks and not self._cancelled.is_set():
                workers = self._workers or LocalProcesses(min(processors(), len(tasks)), NICENESS)
                with closing(workers):
                    runner = SweepRunner(tasks, workers, folder.add, self._take, self._done, folder.live)
                    self._runner = runner
                    if self._cancelled.is_set():
                        runner.cancel()
                    if self._paused:
                        runner.pause()
                    self._state = TRAINING
                    runner.run()
            if not self._cancelled.is_set():
                folder.write_parquet()

    def _take(self, progress: SweepProgress) -> None:
        keys = [result.key for result in progress.fresh]
        self._unfinished.difference_update(keys)
        remove_records(self.path / FOLDER, keys)
        self._done, self._under_way = progress.done, progress.under_way
        self._seconds_left, self._told_at = progress.seconds_left, time.perf_counter()
        self._fresh.extend(progress.fresh)
