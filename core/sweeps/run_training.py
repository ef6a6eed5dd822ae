"""What is done wherever a sweep trains: in this process, in another one or on another machine of a cluster."""

from __future__ import annotations

import time
from dataclasses import replace

from core.base import log
from core.base.arrays import Array
from core.base.errors import LensError, one_line
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.engines.kernel_loading import CompilerError
from core.sweeps.lane_training import RunsInLanes, suits_lanes
from core.sweeps.live_records import finish_watched
from core.sweeps.run_result import DIVERGED, DONE, FAILED, PlannedRun, RunResult, without_numbers
from core.training.divergence import Diverged
from core.training.preparation import prepare
from core.training.stopping import Stop, stop_at_end
from core.training.trainer import Trainer


@dataclass(frozen=True, eq=False)
class RunTask:
    """Runs that are trained together, with all that they need, so that they can be sent to another machine.

    Attributes:
        runs: one, or several of one group, see :func:`core.sweeps.lane_training.lane_group`.
        dataset: the points of all of them.
        epochs: to train.
        initial: shape (parameters,), what to start from in place of the experiments' own; None for those.
        keep_weights: whether the results hold the parameters.
        live: the folder for the records of runs that are still being trained, see :mod:`core.sweeps.live_records`;
            empty if nobody watches.
    """

    runs: tuple[PlannedRun, ...]
    dataset: Dataset
    epochs: int
    initial: Array | None = None
    keep_weights: bool = False
    live: str = ""

    def alone(self) -> list[RunTask]:
        """A task for each of the runs."""
        return [replace(self, runs=(run,)) for run in self.runs]


def train_runs(task: RunTask) -> list[RunResult]:
    """Train the runs of a task; each result has the bits that ``train`` gives with the same options. Never raises."""
    found: list[RunResult | None] = [None] * len(task.runs)
    try:
        if len(task.runs) > 1 and suits_lanes(task.runs[0].experiment, prepare(task.runs[0].experiment, task.dataset)):
            lanes = RunsInLanes(task.runs, task.dataset, task.initial)
            found = lanes.train(task.epochs, task.keep_weights, task.live)
    except (LensError, MemoryError) as error:  # each run alone finds out what is wrong with it
        if not isinstance(error, CompilerError):
            log.info(str(error))
    pairs = zip(task.runs, found, strict=True)
    return [_train_alone(task, run) if result is None else result for run, result in pairs]


def _train_alone(task: RunTask, run: PlannedRun) -> RunResult:
    began = time.perf_counter()
    try:
        return _train(task, run, began)
    except Diverged as error:
        return without_numbers(run, DIVERGED, str(error), time.perf_counter() - began)
    except LensError as error:
        return without_numbers(run, FAILED, str(error), time.perf_counter() - began)
    except Exception as error:  # noqa: BLE001 (the other runs go on; the row says what happened)
        log.fault(error)
        told = one_line(f"{type(error).__name__}: {error}", 240)
        return without_numbers(run, FAILED, told, time.perf_counter() - began)


def _train(task: RunTask, run: PlannedRun, began: float) -> RunResult:
    trainer = Trainer(run.experiment, task.dataset, task.initial)
    status, message = DONE, ""
    try:
        steps = trainer.advancing(task.epochs * trainer.epoch_length)
        stop = finish_watched(steps, task.live, lambda: {run.key: trainer.history})
        stop = stop or stop_at_end(trainer.history, trainer.position, trainer.settings)
        message = "" if stop is None else returned(trainer, stop).text
    except Diverged as error:
        status, message = DIVERGED, str(error)
    train, test = trainer.evaluations()
    return RunResult(
        run.texts,
        run.experiment.seed,
        trainer.epoch,
        train.loss,
        test.loss,
        train.score,
        test.score,
        status,
        time.perf_counter() - began,
        message,
        trainer.recorder.writer.view().table.copy(),
        trainer.epoch_length,
        trainer.network.sizes,
        trainer.network.parameters.copy() if task.keep_weights else None,
    )


def returned(trainer: Trainer, stop: Stop) -> Stop:
    """The stop, with the run at the position that it names."""
    if stop.return_to is not None:
        trainer.head.return_to(stop.return_to)
        while trainer.position < stop.return_to:  # a record on the way may again find that the loss is low enough
            trainer.advance(stop.return_to - trainer.position)
    return stop
