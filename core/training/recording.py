"""Recording a run: what is measured at a record."""

from __future__ import annotations

import math

from core.training.evaluation import Evaluation
from core.training.gradient_norms import gradient_norms, probe_samples
from core.training.history import History, HistoryWriter, is_gradient_record
from core.training.preparation import Part
from core.training.stepping import Stepper


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
    def knows_position(self) -> bool:
        """Whether the record reaches the present position, so that nothing need be measured for it."""
        return self.writer.last_position >= self._stepper.position

    def record(self, train: Evaluation, test: Evaluation) -> bool:
        """Record the present position; false, with nothing recorded, where a loss is not finite."""
        if not math.isfinite(train.loss) or (len(test.predicted) and not math.isfinite(test.loss)):
            return False
        stepper = self._stepper
        self.writer.append(stepper.position, train.loss, test.loss, train.score, test.score)
        if is_gradient_record(stepper.position, self._epoch_length):
            norms = gradient_norms(stepper.workload.network, stepper.workload.loss, *self._probe)
            self.writer.append_gradients(stepper.position, norms)
        return True

    def note_end(self, test: Evaluation) -> None:
        """Keep the test loss at the end of an epoch that is not recorded, if it is the lowest so far."""
        self.writer.note_end(self._stepper.position, test.loss)
