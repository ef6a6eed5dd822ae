"""About how long a sweep will take, from training some of its runs for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from core.base.errors import LensError
from core.engines.kernel_cache import cached
from core.sweeps.lane_training import suits_lanes
from core.sweeps.run_training import RunTask
from core.training.history import next_record
from core.training.trainer import Trainer

MOST_MEASURED = 5
"""Tasks that are measured at most; the others count as their mean."""

MEASURE_SECONDS = 0.1
PIECE = 1000
"""Samples that are trained at most before it is looked at the clock, and at whether anybody still waits."""

LANES_SHARE = 0.6
"""What a run in lanes takes of the time that it takes alone, see benchmarks/README.md."""


def estimate_seconds(tasks: Sequence[RunTask], workers: int, goes_on: Callable[[], bool] | None = None) -> float:
    """About how many seconds these tasks take with so many workers; runs that stop by themselves take less.

    It takes up to a second, and longer where the engine must be loaded first. Where no run can begin, it is 0.

    Args:
        tasks: what is to be trained.
        workers: how many at the same time.
        goes_on: asked now and then whether anybody still waits. Who gives it waits in a window: then nothing is
            compiled, and where the engine would have to be, the result is 0.
    """
    stride = max(1, -(-len(tasks) // MOST_MEASURED))
    found = []
    for task in tasks[::stride]:
        try:
            seconds = _seconds(task, goes_on)
            if seconds is not None:
                found.append(seconds / len(task.runs))
        except LensError:
            continue
    runs = sum(len(task.runs) for task in tasks)
    return sum(found) / len(found) * runs / workers if found else 0.0


def _seconds(task: RunTask, goes_on: Callable[[], bool] | None) -> float | None:
    trainer = Trainer(task.runs[0].experiment.replace(patience=None, stop_loss=None), task.dataset, task.initial)
    kernels = trainer.stepper.kernels
    if goes_on is not None and trainer.engine_name == "compiled" and len(cached(kernels)) < len(kernels):
        return None
    trainer.prepare_engine()
    goal = task.epochs * trainer.epoch_length
    began, used = time.perf_counter(), time.thread_time()  # processor time, since a window may be at work beside it
    while trainer.position < goal and time.perf_counter() - began < MEASURE_SECONDS:
        if goes_on is not None and not goes_on():
            return None
        trainer.advance(min(trainer.epoch_length, PIECE, goal - trainer.position))
    if not trainer.position:
        return 0.0
    seconds, records = time.thread_time() - used, len(trainer.history) - 1
    record = max(min(trainer.evaluator.took, seconds / max(records, 1)), 1e-6)
    sample = max(seconds - records * record, 0.0) / trainer.position
    alone = sample * goal + record * _records(goal, trainer)
    is_in_lanes = len(task.runs) > 1 and suits_lanes(trainer.experiment, trainer.preparation)
    return len(task.runs) * alone * (LANES_SHARE if is_in_lanes else 1.0)


def _records(goal: int, trainer: Trainer) -> int:
    """The number of records up to a position."""
    position = count = 0
    while position < goal:
        position = next_record(position, trainer.epoch_length, trainer.network.parameters.size)
        count += 1
    return count
