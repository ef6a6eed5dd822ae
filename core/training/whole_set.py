"""How well a run does where it stands: both parts measured, in blocks, and no oftener than need be."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.engines.numpy_engine import measure
from core.network.tasks import REGRESSION
from core.training.evaluation import Evaluation, evaluate, predict, predictions
from core.training.preparation import Part, Preparation
from core.training.stepping import Stepper

EVALUATION_WORK = 8_000_000
"""Samples times parameters that are measured at a time, some 10 ms; between two such blocks others get a word in."""

LONG_WORK = 10 * EVALUATION_WORK
"""Samples times parameters of more than this take a tenth of a second or more to measure."""


class Measures:
    """Evaluations of the training and the test set.

    Attributes:
        between_blocks: called between two blocks of an evaluation; what it raises gives the evaluation up.
        took: seconds that the last evaluation took.
        ended: when it ended, by ``time.perf_counter``.
    """

    def __init__(self, machine: Stepper, preparation: Preparation, task: str) -> None:
        self._machine, self._preparation, self._task = machine, preparation, task
        self._last: tuple[int, Evaluation, Evaluation] | None = None
        self._predicted: tuple[object, NDArray[np.int64] | Array] | None = None  # with the evaluation that it is of
        self._version = machine.version
        self.between_blocks: Callable[[], object] | None = None
        self.took = self.ended = 0.0

    @property
    def take_long(self) -> bool:
        """Whether it takes long to measure; see LONG_WORK: the same on every machine."""
        return len(self._preparation.dataset) * self._machine.workload.network.parameters.size > LONG_WORK

    @property
    def are_of_now(self) -> bool:
        """Whether ``now`` need not measure anything."""
        return self.exist and self._last is not None and self._last[0] == self._machine.position

    @property
    def exist(self) -> bool:
        """Whether there are any since the run was last restored or edited."""
        return self._last is not None and self._version == self._machine.version

    def now(self) -> tuple[Evaluation, Evaluation]:
        """Of both sets with the present parameters."""
        _, train, test = self._last if self._last is not None and self.are_of_now else self._measure()
        return train, test

    def latest(self) -> tuple[int, Evaluation, Evaluation]:
        """The position of the last evaluation and what it found; of this position if there is none."""
        return self._last if self._last is not None and self.exist else self._measure()

    def predicted(self) -> NDArray[np.int64] | Array:
        """What the last evaluation predicted for each row of the data set, shape (n,), read-only."""
        last = self.latest()
        if self._predicted is None or self._predicted[0] is not last:
            self._predicted = last, predictions(self._preparation, *last[1:])
        return self._predicted[1]

    def _measure(self) -> tuple[int, Evaluation, Evaluation]:
        began = time.perf_counter()
        train, test = (self._evaluate(part) for part in (self._preparation.train, self._preparation.test))
        self.ended = time.perf_counter()
        self.took = self.ended - began
        self._last, self._version = (self._machine.position, train, test), self._machine.version
        return self._last

    def _evaluate(self, part: Part) -> Evaluation:
        losses = np.empty(len(part))
        predicted: NDArray[Any] = np.empty(len(part), dtype=np.float64 if self._task == REGRESSION else np.int64)
        size = max(256, EVALUATION_WORK // self._machine.workload.network.parameters.size)
        for start in range(0, len(part), size):
            if start and self.between_blocks is not None:
                self.between_blocks()
            block = slice(start, start + size)
            losses[block], outputs = self._measure_block(part.inputs[block], part.targets[block])
            predicted[block] = predict(outputs, self._task)
        return evaluate(losses, predicted, part, self._task)

    def _measure_block(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        # At position 0 always by the reference: a window shows it before there is an engine, and ``train`` must log
        # the same bits.
        engine, load = self._machine.engine, self._machine.workload
        if engine is None or self._machine.position == 0:
            return measure(load.network, load.loss, inputs, targets)
        return engine.measure(inputs, targets)
