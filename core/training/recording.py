"""Recording a run: what is measured at a record."""

from __future__ import annotations

import math

import numpy as np

from core.base.arrays import Array
from core.training.evaluation import Evaluation
from core.training.gradient_norms import gradient_norms_of, probe_samples
from core.training.history import History, HistoryWriter, is_gradient_record
from core.training.preparation import Part
from core.training.stepping import Stepper

CACHED = 16_384
"""Numbers of a layer, 128 KiB, of which the gradient's norms are found at a time; more of them take up to five times as
long each, since they leave the processor's cache, and new memory is taken for them."""


class Recorder:
    """Records the loss, the score and the gradient's norms of a run.

    Args:
        stepper: the run.
        train: its training part.

    Attributes:
        writer: the record of the present branch, up to its tip.
    """

    def __init__(self, stepper: Stepper, train: Part) -> None:
        self._stepper = stepper
        self._epoch_length = stepper.order.epoch_length
        self.writer = HistoryWriter(self._epoch_length, len(stepper.workload.network.weights))
        self._probe = probe_samples(train)

    @property
    def history(self) -> History:
        """The record up to the present position; it never changes."""
        return self.writer.view(self._stepper.position)

    @property
    def measures(self) -> History:
        """The same at no cost, where the last of the gradient's norms may be missing."""
        return self.writer.view(self._stepper.position, with_norms=False)

    @property
    def knows_position(self) -> bool:
        """Whether the record reaches the present position, so that nothing need be measured for it."""
        return self.writer.last_position >= self._stepper.position

    def knows_further(self, position: int) -> bool:
        """Whether there are records behind a position."""
        return self.writer.last_position > position

    def record(self, train: Evaluation, test: Evaluation) -> bool:
        """Record the present position; false, with nothing recorded, where a loss is not finite."""
        if not math.isfinite(train.loss) or (len(test.predicted) and not math.isfinite(test.loss)):
            return False
        position = self._stepper.position
        self.writer.append(position, train.loss, test.loss, train.score, test.score)
        if is_gradient_record(position, self._epoch_length):
            self.add_gradients([position], [self._stepper.workload.network.parameters])
        return True

    def add_gradients(self, positions: list[int], parameters: list[Array]) -> None:
        """Add the gradient's norms at these positions, ascending, with the parameters at each."""
        self.writer.add_gradients(positions, parameters, self._norms_of)

    def _norms_of(self, parameters: Array) -> Array:
        load, samples = self._stepper.workload, len(self._probe[0])
        at_a_time = max(1, CACHED // (samples * max(load.network.sizes)))
        parts = [parameters[start : start + at_a_time] for start in range(0, len(parameters), at_a_time)]
        return np.concatenate([gradient_norms_of(load.network, part, load.loss, *self._probe) for part in parts])

    def note_end(self, position: int, test_loss: float) -> None:
        """Keep the test loss at the end of an epoch that is not recorded, if it is the lowest so far."""
        self.writer.note_end(position, test_loss)
