"""Recording a run: what is measured at a record, and the state of the run at the last one."""

from __future__ import annotations

import math

from core.base.arrays import Array
from core.training.evaluation import Evaluation
from core.training.gradient_norms import gradient_norms, probe_samples
from core.training.history import History, HistoryWriter, is_gradient_record
from core.training.keyframes import State
from core.training.preparation import Part
from core.training.stepping import Stepper


class Recorder:
    """Records the loss, the score and the gradient's norms of a run.

    Args:
        stepper: the run.
        train: its training part.

    Attributes:
        last_state: the state at the last record, whose loss is finite; a run that diverges goes back to it.
    """

    def __init__(self, stepper: Stepper, train: Part) -> None:
        self._stepper = stepper
        self._epoch_length = stepper.order.epoch_length
        self._writer = HistoryWriter(self._epoch_length, len(stepper.workload.network.weights))
        self._probe = probe_samples(train)
        self.last_state = stepper.state()

    @property
    def history(self) -> History:
        """The record so far; it never changes."""
        return self._writer.view()

    def record(self, train: Evaluation, test: Evaluation) -> bool:
        """Record the present position; false, with nothing recorded, where a loss is not finite."""
        if not math.isfinite(train.loss) or (len(test.predicted) and not math.isfinite(test.loss)):
            return False
        stepper = self._stepper
        self._writer.append(stepper.position, train.loss, test.loss, train.score, test.score)
        if is_gradient_record(stepper.position, self._epoch_length):
            norms = gradient_norms(stepper.workload.network, stepper.workload.loss, *self._probe)
            self._writer.append_gradients(stepper.position, norms)
        self.last_state = stepper.state()
        return True

    def cut(self, abandons: bool = False) -> None:
        """Forget the records behind the present position, to which the run went back, or keep them as abandoned."""
        self._writer.cut(self._stepper.position, abandons)
        self.last_state = self._stepper.state()

    def replace(self, table: Array, gradients: Array, last_state: State) -> None:
        """Take these records in place of all; shapes as in :class:`core.training.history.History`."""
        self._writer.replace(table, gradients)
        self.last_state = last_state
