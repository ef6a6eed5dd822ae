"""Trains what is left of a sweep with some workers, hands over each result once, and can be paused and cancelled."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.tables.loading import Say
from core.engines.lane_engine import LANES
from core.sweeps.lane_training import lane_group
from core.sweeps.live_records import read_records
from core.sweeps.run_result import FAILED, Key, PlannedRun, RunResult, without_numbers
from core.sweeps.run_training import RunTask
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.workers import Workers

TELL_SECONDS = 1.0
LOOK_SECONDS = 0.1
"""How often a wait for results looks whether to pause or cancel."""


@dataclass(frozen=True, eq=False)
class SweepProgress:
    """How far a sweep is.

    Attributes:
        done: runs with a result, those of earlier times among them.
        total: all runs.
        under_way: what is trained of the runs under way, counted in runs.
        fresh: the results since the last time; empty if only the other numbers have changed.
        seconds_left: about how long the others take; None while it is not known.
    """

    done: int
    total: int
    under_way: float
    fresh: tuple[RunResult, ...]
    seconds_left: float | None


def make_tasks(
    plan: SweepPlan,
    done: Collection[Key] = (),
    initial: Array | None = None,
    datasets: Mapping[DataSource, Dataset] | None = None,
    live: str = "",
) -> list[RunTask]:
    """The tasks for all runs that are not done; runs that can be trained side by side are put together.

    Args:
        plan: the sweep.
        done: keys of runs to leave out.
        initial: parameters to start from in place of the experiments' own.
        datasets: the points, as :func:`load_datasets` gives them.
        live: see :class:`core.sweeps.run_training.RunTask`.

    Raises:
        LensError: a combination is no valid experiment, or data cannot be loaded.
    """
    datasets = load_datasets(plan) if datasets is None else datasets
    groups: dict[object, list[PlannedRun]] = {}
    for number, run in enumerate(plan.runs):
        if run.key not in done:
            groups.setdefault(lane_group(run.experiment) or number, []).append(run)
    tasks = []
    for runs in groups.values():
        dataset = datasets[runs[0].experiment.data]
        for start in range(0, len(runs), LANES):
            some = tuple(runs[start : start + LANES])
            tasks.append(RunTask(some, dataset, plan.epochs, initial, plan.keep_weights, live))
    return tasks


def load_datasets(
    plan: SweepPlan, say: Say | None = None, known: Mapping[DataSource, Dataset] | None = None
) -> dict[DataSource, Dataset]:
    """The points of each data source of the runs, except where they are ``known``; raises LensError."""
    sources, known = dict.fromkeys(run.experiment.data for run in plan.runs), known or {}
    return {source: known[source] if source in known else load(source, say) for source in sources}


class SweepRunner:
    """Trains the tasks of a sweep. ``run`` may be called in a thread; the other methods from any thread.

    Args:
        tasks: what to train.
        workers: by whom; they stay open.
        keep: called with the results of each task before anybody is told of them, in the thread of ``run``.
        tell: called after that with the progress, and about once a second.
        done: runs of earlier times, which the progress counts.
        live: the folder of the records of runs under way, see :class:`core.sweeps.run_training.RunTask`.
    """

    def __init__(
        self,
        tasks: Iterable[RunTask],
        workers: Workers,
        keep: Callable[[list[RunResult]], None],
        tell: Callable[[SweepProgress], None] | None = None,
        done: int = 0,
        live: str = "",
    ) -> None:
        self._waiting = deque(tasks)
        self._suspects: deque[RunTask] = deque()  # whose worker died; they are tried again one at a time
        self._tries: dict[Key, int] = {}
        self._flying: dict[Future[list[RunResult]], RunTask] = {}
        self._workers, self._keep, self._tell = workers, keep, tell
        self._live, self._told = live, time.perf_counter()
        self._first: tuple[float, float] | None = None  # seconds, and what was trained, when there was something
        self._before = self._done = done
        self._total = done + sum(len(task.runs) for task in self._waiting)
        self._cancelled, self._playing = threading.Event(), threading.Event()
        self._playing.set()
        self._seconds, self._began = 0.0, time.perf_counter()  # of training before, and since when it trains now

    def pause(self) -> None:
        """Begin no further task; those under way go on to their end."""
        self._playing.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._playing.set()

    def cancel(self) -> None:
        """End as soon as possible; what is under way is lost."""
        self._cancelled.set()
        self._playing.set()

    @property
    def is_paused(self) -> bool:
        """Whether no further task begins."""
        return not self._playing.is_set()

    def run(self) -> bool:
        """Train all tasks; false if it was cancelled before the end.

        Raises:
            SweepError: the workers are lost; what is kept is whole.
            LensError: a result cannot be kept.
        """
        while self._flying or self._waiting or self._suspects:
            if self._cancelled.is_set():
                for future in self._flying:
                    future.cancel()
                return False
            self._began = time.perf_counter()
            self._launch()
            if not self._flying:  # paused
                self._playing.wait(LOOK_SECONDS)
                continue
            finished, _ = wait(self._flying, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            self._collect(finished)
            self._seconds += time.perf_counter() - self._began
            if time.perf_counter() - self._told >= TELL_SECONDS:
                self._tell_progress(())
        return True

    def _launch(self) -> None:
        while self._playing.is_set() and not self._cancelled.is_set():
            if self._suspects:
                if self._flying:
                    return
                self._submit(self._suspects.popleft())
                return
            if not self._waiting or len(self._flying) >= self._workers.count + self._workers.ahead:
                return
            self._submit(self._waiting.popleft())
            if self._workers.ahead == 0:
                return

    def _submit(self, task: RunTask) -> None:
        try:
            self._flying[self._workers.submit(task)] = task
        except Exception as error:
            if not self._workers.has_died(error):
                raise _lost(error) from error
            lost = [*self._flying.values(), task]
            self._flying.clear()
            self._retry(lost)

    def _collect(self, finished: Iterable[Future[list[RunResult]]]) -> None:
        dead = []
        for future in finished:
            error = CancelledError("a task was cancelled") if future.cancelled() else future.exception()
            if error is None:
                self._hand_over(future.result())
                del self._flying[future]
            elif self._workers.has_died(error):
                dead.append(future)
            else:
                raise _lost(error) from error
        if dead and self._workers.die_together:
            for future in [f for f in self._flying if f not in dead and f.done() and f.exception() is None]:
                self._hand_over(future.result())
                del self._flying[future]
            dead = list(self._flying)
        if dead:
            self._retry([self._flying.pop(future) for future in dead])

    def _retry(self, lost: list[RunTask]) -> None:
        """A worker died. Which of these tasks it died of is not known, unless there is only one."""
        self._workers.renew()
        is_alone = len(lost) == 1 and len(lost[0].runs) == 1
        for task in [one for several in lost for one in several.alone()]:
            key = task.runs[0].key
            self._tries[key] = self._tries.get(key, 0) + is_alone
            if self._tries[key] >= self._workers.tries:
                told = _("The process that trained this run died again when it was tried again; memory may be short.")
                self._hand_over([without_numbers(task.runs[0], FAILED, told, 0.0)])
            else:
                self._suspects.append(task)

    def _hand_over(self, results: list[RunResult]) -> None:
        self._keep(results)
        self._done += len(results)
        self._tell_progress(tuple(results))

    def _tell_progress(self, results: tuple[RunResult, ...]) -> None:
        """Tell of these results, and of what is trained of the runs under way."""
        self._told = time.perf_counter()
        if self._tell is not None:
            under_way = self._under_way()
            trained = self._done - self._before + under_way
            left = self._total - self._done - under_way
            seconds = self._seconds + (time.perf_counter() - self._began if results else 0.0)
            seconds_left = 0.0 if left <= 0.0 else None
            if self._first is None:  # what was before is the start of the workers
                self._first = (seconds, trained) if trained else None
            elif left > 0.0 and trained > self._first[1]:
                seconds_left = (seconds - self._first[0]) / (trained - self._first[1]) * left
            self._tell(SweepProgress(self._done, self._total, under_way, results, seconds_left))

    def _under_way(self) -> float:
        tasks = [task for future, task in self._flying.items() if not future.done()] if self._live else []
        epochs = {run.key: max(1, task.epochs) for task in tasks for run in task.runs}
        return sum(float(table[-1, 0]) / epochs[key] for key, table in read_records(self._live, epochs).items())


def _lost(error: BaseException) -> LensError:
    """What ends the sweep when its workers cannot be reached."""
    if isinstance(error, LensError):
        return error
    told = str(error).strip() or type(error).__name__
    return SweepError(_("The workers are lost ({told}); give the same command again to go on.").format(told=told))
