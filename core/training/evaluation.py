"""How well a network does on whole sets: what is measured, and the evaluations of a run where it stands."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.progress import finish
from core.base.values import dataclass
from core.engines.numpy_engine import measure
from core.network.decision_rule import decide
from core.network.tasks import REGRESSION
from core.training.preparation import Part, Preparation, spread_of
from core.training.stepping import Stepper

EVALUATION_WORK = 32_000_000
"""Samples times parameters that are measured at a time, at most some 10 ms; others may act between two such blocks."""

SHORT_WORK = 3_000_000
"""Samples times parameters of which the compiled engine measures as many in well under a millisecond."""

LONG_WORK = 80_000_000
"""Samples times parameters of more than this take a tenth of a second or more to measure with NumPy."""

WORK_OF_A_SAMPLE = 64
"""What a sample costs however small the network is, in units of what it costs for each parameter."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How well a network does; all numbers are NaN for an empty set.

    Attributes:
        loss: mean of the samples' losses in the data's units, without the penalty on large weights and without dropout.
        score: accuracy, the share of the samples whose largest output is that of their class; for regression
            R² = 1 − Σ(ŷ − y)² / Σ(y − ȳ)², which is NaN if all targets are the same.
        squared_error: for regression the mean of (ŷ − y)² over the samples; otherwise NaN.
        predicted: shape (n,), the class by :func:`core.network.decision_rule.decide`; for regression the output, in the
            data's units.
    """

    loss: float
    score: float
    squared_error: float
    predicted: NDArray[np.int64] | NDArray[np.float64]


def predict(outputs: Array, task: str) -> NDArray[np.int64] | Array:
    """What outputs, shape (n, outputs), say: see :class:`Evaluation`, ``predicted``."""
    return outputs[:, 0] if task == REGRESSION else decide(outputs)


def evaluation_of(losses: Array, predicted: NDArray[np.int64] | Array, part: Part, task: str) -> Evaluation:
    """Sum up what an engine measured on a part; overflow gives an infinite or NaN loss, never a warning.

    Args:
        losses: shape (n,), in the data's units, as predictions are.
        predicted: shape (n,), see :func:`predict`.
        part: the n samples.
        task: what is learned, see :mod:`core.network.tasks`.
    """
    n, unknown = len(part), math.nan
    if n == 0:
        return Evaluation(unknown, unknown, unknown, predicted)
    with np.errstate(all="ignore"):
        loss = float(np.add.reduce(losses)) / n  # as np.mean computes it, without what costs time there
        if task != REGRESSION:
            return Evaluation(loss, int(np.count_nonzero(predicted == part.labels)) / n, unknown, predicted)
        difference = predicted - part.numbers
        difference *= difference
        error = float(np.add.reduce(difference)) / n
        return Evaluation(loss, 1.0 - error / part.spread, error, predicted)


def in_units(
    preparation: Preparation, losses: Array, predicted: NDArray[np.int64] | Array
) -> tuple[Array, NDArray[np.int64] | Array]:
    """Losses and predictions of a network, shapes (n,), in the data's units."""
    if not preparation.is_target_scaled:
        return losses, predicted
    return losses * preparation.loss_scale, preparation.in_units(predicted.astype(np.float64, copy=False))


def determination(squared_error: float, targets: Array) -> float:
    """R² from the mean squared error on these targets; NaN if they are all the same."""
    return 1.0 - squared_error / spread_of(targets)


def predictions(preparation: Preparation, train: Evaluation, test: Evaluation) -> NDArray[np.int64] | Array:
    """What was predicted for each row of the data set, shape (n,), read-only."""
    predicted: NDArray[Any] = np.empty(len(preparation.dataset), dtype=train.predicted.dtype)
    predicted[preparation.train.rows] = train.predicted
    predicted[preparation.test.rows] = test.predicted
    predicted.flags.writeable = False
    return predicted


class Evaluations:
    """The evaluations of the training and the test set of one run, which are measured in blocks.

    Attributes:
        preparation: what is measured.
        task: what is learned.
        block: the samples that are measured at a time.
        took: seconds that the last evaluation took, without what others did between two blocks.
        ended: when the last evaluation ended, by ``time.perf_counter``.
    """

    def __init__(self, stepper: Stepper, preparation: Preparation, task: str) -> None:
        self._stepper, self.preparation, self.task = stepper, preparation, task
        self._last: tuple[int, Evaluation, Evaluation] | None = None
        self._predicted: tuple[object, NDArray[np.int64] | Array] | None = None  # with the evaluation that it is of
        self._version = stepper.version
        self.block = max(256, EVALUATION_WORK // (stepper.workload.network.parameters.size + WORK_OF_A_SAMPLE))
        self.took = self.ended = 0.0

    @property
    def take_long(self) -> bool:
        """Whether an evaluation takes long; see LONG_WORK: the same on every machine."""
        return len(self.preparation.dataset) * self._stepper.workload.network.parameters.size > LONG_WORK

    @property
    def take_little(self) -> bool:
        """Whether an evaluation is short; see SHORT_WORK: whatever the clock said of the last one."""
        cost = self._stepper.workload.network.parameters.size + WORK_OF_A_SAMPLE
        return len(self.preparation.dataset) * cost <= SHORT_WORK

    @property
    def are_of_now(self) -> bool:
        """Whether ``now`` need not measure anything."""
        return self.exist and self._last is not None and self._last[0] == self._stepper.position

    @property
    def exist(self) -> bool:
        """Whether there are any since the run was last restored or edited."""
        return self._last is not None and self._version == self._stepper.version

    def now(self) -> tuple[Evaluation, Evaluation]:
        """Of both sets with the present parameters."""
        return finish(self.measuring())

    def measuring(self) -> Generator[None, None, tuple[Evaluation, Evaluation]]:
        """``now`` in steps: it yields between two blocks, and may be closed there.

        Between two steps the run may be looked at, but not changed: an evaluation is of one moment.
        """
        if self._last is None or not self.are_of_now:
            self._last = yield from self._measuring()
        return self._last[1:]

    def latest(self) -> tuple[int, Evaluation, Evaluation]:
        """The position of the last evaluation and what it found; of this position if there is none."""
        if self._last is None or not self.exist:
            self._last = finish(self._measuring())
        return self._last

    def predicted(self) -> NDArray[np.int64] | Array:
        """What the last evaluation predicted for each row of the data set, shape (n,), read-only."""
        last = self.latest()
        if self._predicted is None or self._predicted[0] is not last:
            self._predicted = last, predictions(self.preparation, *last[1:])
        return self._predicted[1]

    def _measuring(self) -> Generator[None, None, tuple[int, Evaluation, Evaluation]]:
        position, version = self._stepper.position, self._stepper.version
        seconds, found = 0.0, []
        for part in (self.preparation.train, self.preparation.test):
            began = time.perf_counter()
            blocks = []
            for start in range(0, len(part), self.block):
                if start:
                    seconds += time.perf_counter() - began
                    yield
                    began = time.perf_counter()
                block = slice(start, start + self.block)
                blocks.append(self._measure_block(part.inputs[block], part.targets[block]))
            losses, predicted = blocks[0] if len(blocks) == 1 else self._joined(blocks)
            found.append(evaluation_of(*in_units(self.preparation, losses, predicted), part, self.task))
            seconds += time.perf_counter() - began
        self.took, self.ended, self._version = seconds, time.perf_counter(), version
        train, test = found
        return position, train, test

    def note(self, position: int, train: Evaluation, test: Evaluation) -> None:
        """Take what was measured elsewhere, where the run came by last."""
        self._last = position, train, test
        self.ended, self._version = time.perf_counter(), self._stepper.version

    def _joined(self, blocks: list[tuple[Array, NDArray[Any]]]) -> tuple[Array, NDArray[Any]]:
        """The losses and predictions of several blocks, or of none."""
        nothing = np.zeros(0), np.zeros(0, dtype=np.float64 if self.task == REGRESSION else np.int64)
        losses, predicted = zip(nothing, *blocks, strict=True)
        return np.concatenate(losses), np.concatenate(predicted)

    def _measure_block(self, inputs: Array, targets: Array) -> tuple[Array, NDArray[Any]]:
        # At position 0 always by the reference: a window shows it before there is an engine, and ``train`` must log
        # the same bits.
        engine, load = self._stepper.engine, self._stepper.workload
        if engine is not None and self._stepper.position > 0:
            if self.task != REGRESSION:
                return engine.measure_classes(inputs, targets)
            losses, outputs = engine.measure(inputs, targets)
        else:
            losses, outputs = measure(load.network, load.loss, inputs, targets)
        return losses, predict(outputs, self.task)
