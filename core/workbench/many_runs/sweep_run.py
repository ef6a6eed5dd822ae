"""A run of a sweep as one that can be opened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.base.arrays import Array
from core.data.dataset import Dataset
from core.sweeps.run_result import DONE, RunResult
from core.sweeps.sweep_plan import SweepPlan
from core.training.experiment import Experiment
from core.training.history import History
from core.training.trainer import Trainer
from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.run_id import WorkId, new_run_id


def experiment_of(plan: SweepPlan, result: RunResult) -> Experiment:
    """The settings of a run."""
    return next(run.experiment for run in plan.runs if run.key == result.key)


def sweep_run(plan: SweepPlan, result: RunResult, dataset: Dataset, initial: Array | None, work: WorkId) -> KeptRun:
    """A run that is trained again from its start to where it ended, to the same bits; one that failed stays there.

    Raises:
        LensError: the run cannot begin.
    """
    trainer = Trainer(experiment_of(plan, result), dataset, initial)
    kept = keep_line(trainer, new_run_id(), work, initial, note="" if result.status == DONE else result.status)
    table = result.curve.copy()
    if result.epoch_length != trainer.epoch_length:
        table[:, 0] = np.round(table[:, 0] / max(1, result.epoch_length) * trainer.epoch_length)
    history = History(table, trainer.epoch_length) if len(table) else kept.history
    return replace(kept, history=history, tip=result.epochs * trainer.epoch_length)
