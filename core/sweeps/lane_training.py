"""Runs of one shape trained side by side in the lanes of the vector unit, recorded as a trainer records each alone.

The lanes leave the bits of a run alone (:mod:`core.engines.lane_engine`), and records lie at the positions that
:func:`core.training.history.next_record` gives, so each run has the record, the stop and the parameters that
:class:`core.training.trainer.Trainer` gives it. A run whose numbers cease to be finite is left out: only a trainer
finds the update at fault.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.engines import kernel_loading
from core.engines.choosing import resolve
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.engines.lane_engine import LANES, LaneEngine, LaneSamples
from core.engines.numpy_engine import measure
from core.engines.workload import Workload
from core.network.decision_rule import TIE, decide
from core.network.dropout import dropout_key
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import CLASSIFICATION
from core.sweeps.live_records import finish_watched
from core.sweeps.run_result import DONE, Key, PlannedRun, RunResult
from core.training.evaluation import evaluation_of, in_units, predict
from core.training.experiment import Experiment
from core.training.history import History, HistoryWriter, next_record
from core.training.preparation import Part, Preparation, prepare, starting_parameters
from core.training.sample_order import SampleOrder
from core.training.settings_over_time import SettingsOverTime
from core.training.stopping import Stop, find_stop, stop_at_end

DIFFERENT = ("seed", "learning_rate", "schedule", "warm_up", "init", "bias", "patience", "stop_loss")
"""The fields in which runs may differ that are trained side by side."""

MOST_WORK = 4_000_000
"""Samples times parameters of runs in lanes: their samples and eight networks then lie in the processor's cache."""

MOST_PARAMETERS, MOST_OF_BATCHES = 2000, 400
"""Larger networks fill the vector unit by themselves; where batches have several samples, already smaller ones do."""


def lane_group(experiment: Experiment) -> tuple[object, ...] | None:
    """What runs have in common that can be trained side by side; None for an experiment that is trained alone."""
    if resolve(experiment.engine, experiment.without_compiled_form) != "compiled":
        return None
    if experiment.optimizer not in OPTIMIZER_CODES:
        return None
    names = (name for name in experiment.__dataclass_fields__ if name not in DIFFERENT)
    return tuple(getattr(experiment, name) for name in names)


def suits_lanes(experiment: Experiment, preparation: Preparation) -> bool:
    """Whether runs of this size gain by training side by side."""
    parameters = Network(preparation.sizes, preparation.activations).parameters.size
    most = MOST_PARAMETERS if experiment.batch_size == 1 else MOST_OF_BATCHES
    return parameters <= most and parameters * len(preparation.dataset) <= MOST_WORK


Measures = tuple[float, float, float, float]
"""Losses and scores, as a row of a record has them."""

NO_MEASURES: Measures = (math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class LaneState:
    """Where one of the runs stands.

    Attributes:
        history: its record so far.
        is_finite: whether its numbers still are; if not, it is trained no more.
        end: the position where it ended. parameters: those there, shape (parameters,); None while it is trained.
        message: why it stopped by itself; otherwise empty.
    """

    history: History
    is_finite: bool
    end: int
    parameters: Array | None
    message: str


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
        self.best: tuple[Array, Measures] = (np.empty(0), NO_MEASURES)  # where the test loss is lowest
        self.parameters: Array | None = None  # at the end, where the run has ended
        self.last = NO_MEASURES
        self.end = 0
        self.message = ""
        self.is_finite = True

    @property
    def is_running(self) -> bool:
        return self.is_finite and self.parameters is None

    def look(self, position: int, measures: Measures, parameters: Array, is_record: bool) -> None:
        """Record a position, or look only whether the run stops there by itself; then end it."""
        experiment = self.run.experiment
        train_loss, test_loss, _, _ = measures
        if is_record:
            if not math.isfinite(train_loss) or (len(self.preparation.test) and not math.isfinite(test_loss)):
                self.is_finite = False
                return
            self.writer.append(position, *measures)
        if not experiment.may_stop:
            return
        self.writer.note_end(position, test_loss)
        history = self.writer.view()
        if history.lowest is not None and history.lowest.position == position:
            self.best = parameters.copy(), measures
        stop = find_stop(history, position, train_loss, experiment) if position else None
        if stop is not None:
            self.finish(position, stop, measures, parameters)

    def finish(self, position: int, stop: Stop | None, measures: Measures, parameters: Array) -> None:
        """End the run at a position, or where the stop leads."""
        self.end, self.message = position, "" if stop is None else stop.text
        self.parameters, self.last = parameters.copy(), measures
        if stop is not None and stop.return_to is not None:
            self.end = stop.return_to
            self.parameters, self.last = self.best

    def state(self) -> LaneState:
        """Where it stands."""
        return LaneState(self.writer.view(), self.is_finite, self.end, self.parameters, self.message)

    def result(self, keep_weights: bool, seconds: float) -> RunResult:
        """What came of it."""
        return RunResult(
            self.run.texts,
            self.run.experiment.seed,
            self.end // self.preparation.epoch_length,
            *self.last,
            DONE,
            seconds,
            self.message,
            self.writer.view().table.copy(),
            self.preparation.epoch_length,
            self.preparation.sizes,
            self.parameters if keep_weights else None,
        )


class _Set:
    """The training or the test sets of all runs."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.samples = LaneSamples.of([part.inputs for part in parts], [part.targets for part in parts])
        self._labels = np.stack([part.labels for part in parts])
        self._is_second = self._labels == 1

    def right(self, outputs: Array) -> NDArray[np.bool_]:
        """Whether each sample's class by :func:`core.network.decision_rule.decide` is its own, shape (runs, n)."""
        runs, n, units = outputs.shape
        if units == 2:  # here one comparison says the same, many times as fast
            first, second = outputs[:, :, 0], outputs[:, :, 1]
            right: NDArray[np.bool_] = (first < second - TIE * np.abs(second)) == self._is_second
        else:
            right = decide(outputs.reshape(runs * n, units)).reshape(runs, n) == self._labels
        return right


class RunsInLanes:
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
        kernel_loading.load_kernels("draw_orders")
        known: dict[int | None, Preparation] = {}
        self._lanes = []
        for run in runs:
            seed = None if run.experiment.train_fraction == 1.0 else run.experiment.seed  # what the split depends on
            if seed not in known:
                known[seed] = prepare(run.experiment, dataset)
            self._lanes.append(_Lane(run, known[seed], initial))
        self._task = runs[0].experiment.task
        self._engine = LaneEngine([lane.workload for lane in self._lanes])
        preparations = [lane.preparation for lane in self._lanes]
        self._sets = _Set([one.train for one in preparations]), _Set([one.test for one in preparations])
        self._slots = len(OPTIMIZERS[runs[0].experiment.optimizer].slots)
        self._position = 0
        self._drawn = 0, 0, np.zeros((0, 0), dtype=np.int64), np.zeros((0, 0))

    def train(self, epochs: int, keep_weights: bool, live: str = "") -> list[RunResult | None]:
        """Train all runs; None stands for a run whose numbers ceased to be finite. For ``live`` see RunTask."""
        began = time.perf_counter()
        finish_watched(self.training(epochs), live, self._records)
        seconds = (time.perf_counter() - began) / len(self._lanes)
        return [lane.result(keep_weights, seconds) if lane.is_finite else None for lane in self._lanes]

    def _records(self) -> dict[Key, History]:
        return {lane.run.key: lane.writer.view() for lane in self._lanes}

    @property
    def states(self) -> list[LaneState]:
        """Where each run stands."""
        return [lane.state() for lane in self._lanes]

    def training(self, epochs: int) -> Generator[None, None, None]:
        """Train all runs in steps: it yields where something was trained, and may be closed there."""
        first, length = self._lanes[0], self._lanes[0].preparation.epoch_length
        parameters, goal = first.workload.network.parameters.size, epochs * length
        may_stop = any(lane.run.experiment.may_stop for lane in self._lanes)
        measured = self._look(is_record=True)
        while self._position < goal and any(lane.is_running for lane in self._lanes):
            record_at = next_record(self._position, length, parameters)
            look_at = first.order.end_of("epoch", self._position) if may_stop else record_at
            self._move_to(min(goal, record_at, look_at, first.order.stretch_end(self._position)), goal)
            if self._position in (record_at, look_at, goal):
                measured = self._look(is_record=self._position == record_at)
            yield
        for lane, measures, at_goal in zip(self._lanes, measured, self._engine.parameters, strict=True):
            if lane.is_running:
                lane.finish(goal, stop_at_end(lane.writer.view(), goal, lane.run.experiment), measures, at_goal)

    def _move_to(self, target: int, goal: int) -> None:
        """Run the batches up to a position at which nothing has to happen before."""
        lane, position = self._lanes[0], self._position
        first, last = lane.order.batch_start(position), lane.order.last_batch_end(target)
        if first < last:
            start, end, orders, rates = self._drawn
            if not start <= first < end:
                start, _, orders, rates = self._drawn = self._draw(first, goal)
            size = lane.workload.batch_size
            batches = slice((first - start) // size, -(-(last - start) // size))
            rule, step = lane.settings.rule(position), lane.settings.step(position)
            self._engine.run(orders[:, first - start : last - start], rates[:, batches], rule, step, first)
            numbers = (self._engine.parameters, *self._engine.slots[: self._slots])
            if not all(np.isfinite(rows).all() for rows in numbers):
                for index, one in enumerate(self._lanes):
                    if one.is_running:
                        one.is_finite = all(bool(np.isfinite(rows[index]).all()) for rows in numbers)
        self._position = target

    def _draw(self, first: int, goal: int) -> tuple[int, int, Rows, Array]:
        """Orders and rates of all runs from the epoch of a position to the end of a stretch, with both positions."""
        order = self._lanes[0].order
        length = order.epoch_length
        start, end = first - first % length, min(order.stretch_end(first), goal)
        batches = -(-(end - start) // self._lanes[0].workload.batch_size)
        orders = np.stack([lane.order.epochs(start // length, end // length).reshape(-1) for lane in self._lanes])
        rates = np.stack([lane.settings.rates(start, start, batches) for lane in self._lanes])
        return start, end, orders, rates

    def _look(self, is_record: bool) -> list[Measures]:
        """Measure all runs, record them, and end those that stop by themselves."""
        train, test = (self._measure(one) for one in self._sets)
        rows = zip(*(numbers.tolist() for pair in zip(train, test, strict=True) for numbers in pair), strict=True)
        measured = list(rows)
        for lane, measures, parameters in zip(self._lanes, measured, self._engine.parameters, strict=True):
            if lane.is_running:
                lane.look(self._position, measures, parameters, is_record)
        return measured

    def _measure(self, one: _Set) -> tuple[Array, Array]:
        """Losses and scores of the training or the test set of each run, shapes (runs,).

        They have the bits of :class:`core.training.evaluation.Evaluations`.
        """
        parts, runs, count = one.parts, len(one.parts), len(one.parts[0])
        if count == 0:
            return np.full(runs, np.nan), np.full(runs, np.nan)
        if self._position == 0:  # by the reference, as the trainer
            loads = [lane.workload for lane in self._lanes]
            measured = [measure(w.network, w.loss, p.inputs, p.targets) for w, p in zip(loads, parts, strict=True)]
            losses, outputs = (np.stack(arrays) for arrays in zip(*measured, strict=True))
        else:
            losses, outputs = self._engine.measure(one.samples)
        if self._task == CLASSIFICATION:
            with np.errstate(all="ignore"):
                return np.add.reduce(losses, axis=1) / count, np.count_nonzero(one.right(outputs), axis=1) / count
        found = []
        for lane, part, loss, output in zip(self._lanes, parts, losses, outputs, strict=True):
            evaluation = evaluation_of(*in_units(lane.preparation, loss, predict(output, self._task)), part, self._task)
            found.append((evaluation.loss, evaluation.score))
        return np.array([loss for loss, _ in found]), np.array([score for _, score in found])
