"""Runs of one shape trained side by side in the lanes of the vector unit, recorded as a trainer records each alone.

The lanes leave the bits of a run alone (:mod:`core.engines.lane_engine`), and records lie at the positions that
:func:`core.training.history.next_record` gives, so each run has the record, the stop and the parameters that
:class:`core.training.trainer.Trainer` gives it. A run whose numbers cease to be finite is left out: only a trainer
finds the update at fault.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.data.dataset import Dataset
from core.engines import kernel_loading
from core.engines.choosing import resolve
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.engines.lane_engine import LANES, LaneEngine, LaneSamples
from core.engines.numpy_engine import measure
from core.engines.workload import Workload
from core.network.dropout import dropout_key
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.optimizers import OPTIMIZERS
from core.sweeps.run_result import DONE, PlannedRun, RunResult
from core.training.evaluation import Evaluation, evaluate, predict
from core.training.experiment import Experiment
from core.training.history import History, HistoryWriter, next_record
from core.training.preparation import Part, Preparation, prepare, starting_parameters
from core.training.sample_order import SampleOrder
from core.training.settings_over_time import SettingsOverTime
from core.training.stopping import find_stop

DIFFERENT = ("seed", "learning_rate", "schedule", "warm_up", "init", "bias", "patience", "stop_loss")
"""The fields in which runs may differ that are trained side by side."""

MOST_WORK = 4_000_000
"""Samples times parameters of runs in lanes: their samples and eight networks then lie in the processor's cache."""

MOST_PARAMETERS = 2000
"""Larger networks fill the vector unit by themselves."""


def lane_group(experiment: Experiment) -> tuple[object, ...] | None:
    """What runs have in common that can be trained side by side; None for an experiment that is trained alone."""
    if resolve(experiment.engine, experiment.without_compiled_form) != "compiled":
        return None
    if experiment.optimizer not in OPTIMIZER_CODES:
        return None
    names = (name for name in experiment.__dataclass_fields__ if name not in DIFFERENT)
    return tuple(getattr(experiment, name) for name in names)


def suits_lanes(preparation: Preparation) -> bool:
    """Whether runs of this size gain by training side by side."""
    parameters = Network(preparation.sizes, preparation.activations).parameters.size
    return parameters <= MOST_PARAMETERS and parameters * len(preparation.dataset) <= MOST_WORK


class _Lane:
    """One of the runs: its settings, its record and where it ended."""

    def __init__(self, run: PlannedRun, preparation: Preparation, initial: Array | None) -> None:
        self.run, self.preparation = run, preparation
        experiment, train = run.experiment, preparation.train
        network = Network(preparation.sizes, preparation.activations)
        network.parameters[:] = starting_parameters(experiment, network, initial)
        length = preparation.epoch_length
        batch_size = min(experiment.batch_size, length)
        key = dropout_key(experiment.seed) if experiment.dropout else 0
        self.workload = Workload(network, LOSSES[experiment.loss], batch_size, train.inputs, train.targets, key)
        self.settings = SettingsOverTime(experiment, length, batch_size)
        self.order = SampleOrder(experiment, length, batch_size)
        self.writer = HistoryWriter(length)
        self.best: tuple[float, Array] | None = None  # the lowest test loss at an end of an epoch, with the parameters
        self.parameters: Array | None = None  # at the end, where the run has ended
        self.end = 0
        self.message = ""
        self.is_finite = True

    @property
    def is_running(self) -> bool:
        return self.is_finite and self.parameters is None

    def record(self, position: int, train: Evaluation, test: Evaluation) -> None:
        """Record a position, and end the run where it stops by itself."""
        if not math.isfinite(train.loss) or (len(test.predicted) and not math.isfinite(test.loss)):
            self.is_finite = False
            return
        self.writer.append(position, train.loss, test.loss, train.score, test.score)
        experiment, parameters = self.run.experiment, self.workload.network.parameters
        if position % self.preparation.epoch_length or (experiment.patience is None and experiment.stop_loss is None):
            return
        if experiment.patience is not None and (self.best is None or test.loss < self.best[0]):
            self.best = test.loss, parameters.copy()
        stop = find_stop(self.writer.view(), experiment) if position else None
        if stop is not None:
            self.message = stop.text
            if stop.return_to is None:
                self.finish(position)
            else:
                assert self.best is not None
                self.finish(stop.return_to, self.best[1])

    def finish(self, position: int, parameters: Array | None = None) -> None:
        """The run ends at a position, with the present parameters unless others are given."""
        self.end = position
        self.parameters = self.workload.network.parameters.copy() if parameters is None else parameters

    def result(self, last: tuple[float, float, float, float], keep_weights: bool, seconds: float) -> RunResult:
        """The result; ``last`` are losses and scores at the end."""
        history: History = self.writer.view()
        return RunResult(
            self.run.texts,
            self.run.experiment.seed,
            self.end // self.preparation.epoch_length,
            *last,
            DONE,
            seconds,
            self.message,
            history.table.copy(),
            self.preparation.epoch_length,
            self.preparation.sizes,
            self.parameters if keep_weights else None,
        )


class LaneTraining:
    """Trains up to eight runs that :func:`lane_group` puts into one group.

    Args:
        runs: what to train.
        dataset: the points, the same for all.
        initial: the parameters to start from, in place of the experiments' own.

    Raises:
        LensError: experiment and data do not fit, or the lanes cannot be loaded.
    """

    def __init__(self, runs: Sequence[PlannedRun], dataset: Dataset, initial: Array | None = None) -> None:
        assert 1 <= len(runs) <= LANES
        kernel_loading.load_lanes()
        known: dict[int | None, Preparation] = {}
        self._lanes = []
        for run in runs:
            seed = None if run.experiment.train_fraction == 1.0 else run.experiment.seed  # what the split depends on
            if seed not in known:
                known[seed] = prepare(run.experiment, dataset)
            self._lanes.append(_Lane(run, known[seed], initial))
        self._task = runs[0].experiment.task
        self._engine = LaneEngine([lane.workload for lane in self._lanes])
        parts = [[getattr(lane.preparation, name) for lane in self._lanes] for name in ("train", "test")]
        self._parts: list[list[Part]] = parts
        self._samples = [LaneSamples.of([p.inputs for p in part], [p.targets for p in part]) for part in parts]
        self._slots = len(OPTIMIZERS[runs[0].experiment.optimizer].slots)
        self._position = 0

    def train(self, epochs: int, keep_weights: bool) -> list[RunResult | None]:
        """Train all runs; None stands for a run whose numbers ceased to be finite."""
        began = time.perf_counter()
        first, length = self._lanes[0], self._lanes[0].preparation.epoch_length
        parameters, goal = first.workload.network.parameters.size, epochs * length
        self._record()
        while self._position < goal and any(lane.is_running for lane in self._lanes):
            record_at = next_record(self._position, length, parameters)
            self._move_to(min(goal, record_at, first.order.stretch_end(self._position)))
            if self._position == record_at:
                self._record()
        for lane in self._lanes:
            if lane.is_running:
                lane.finish(goal)
        at_goal = [] if first.writer.last_position == goal else self._evaluations()
        seconds = (time.perf_counter() - began) / len(self._lanes)
        return [
            lane.result(self._last(lane, at_goal[index : index + 1]), keep_weights, seconds) if lane.is_finite else None
            for index, lane in enumerate(self._lanes)
        ]

    def _last(self, lane: _Lane, measured: list[tuple[Evaluation, Evaluation]]) -> tuple[float, float, float, float]:
        """Losses and scores where a run ended: those of its record, or those measured where there is none."""
        table = lane.writer.view().table
        place = int(np.searchsorted(table[:, 0], lane.end))
        if place < len(table) and table[place, 0] == lane.end:
            train_loss, test_loss, train_score, test_score = table[place, 1:].tolist()
            return train_loss, test_loss, train_score, test_score
        train, test = measured[0]
        return train.loss, test.loss, train.score, test.score

    def _move_to(self, target: int) -> None:
        """Run the batches up to a position at which nothing has to happen before."""
        lanes, position = self._lanes, self._position
        order = lanes[0].order
        first, last = order.batch_start(position), order.last_batch_end(target)
        if first < last:
            orders = np.stack([lane.order.between(first, last) for lane in lanes])
            batches = -(-(last - first) // lanes[0].workload.batch_size)
            rates = np.stack([lane.settings.rates(position, first, batches) for lane in lanes])
            self._engine.run(orders, rates, lanes[0].settings.rule(position), lanes[0].settings.step(position), first)
            for lane in lanes:
                if lane.is_running:
                    load = lane.workload
                    used = (load.network.parameters, *load.slots[: self._slots])
                    lane.is_finite = all(bool(np.isfinite(row).all()) for row in used)
        self._position = target

    def _record(self) -> None:
        for lane, (train, test) in zip(self._lanes, self._evaluations(), strict=True):
            if lane.is_running:
                lane.record(self._position, train, test)

    def _evaluations(self) -> list[tuple[Evaluation, Evaluation]]:
        """Of the training and the test set of each run, as :class:`core.training.evaluation.Evaluations` makes them."""
        by_part = [self._of_part(*both) for both in zip(self._parts, self._samples, strict=True)]
        return list(zip(*by_part, strict=True))

    def _of_part(self, parts: list[Part], samples: LaneSamples) -> list[Evaluation]:
        if self._position == 0:  # by the reference, as the trainer
            loads = [lane.workload for lane in self._lanes]
            measured = [measure(w.network, w.loss, p.inputs, p.targets) for w, p in zip(loads, parts, strict=True)]
        else:
            measured = list(zip(*self._engine.measure(samples), strict=True))
        found = []
        for part, (losses, outputs) in zip(parts, measured, strict=True):
            found.append(evaluate(losses, predict(outputs, self._task), part, self._task))
        return found
