"""Several epochs with their records in one call of the compiled engine.

Between two epochs of a small net, what Python does for a record takes longer than the training. The outcome is that of
:meth:`core.training.trainer.Trainer.advancing` for one record after another, to the bit.
"""

from __future__ import annotations

import itertools
import time

import numpy as np

from core.base.arrays import Array, Rows
from core.engines import kernel_loading
from core.engines.compiled_engine import CompiledEngine, MeasuredEpochs
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.network.tasks import REGRESSION
from core.training.evaluation import (
    EVALUATION_WORK,
    WORK_OF_A_SAMPLE,
    Evaluation,
    Evaluations,
    evaluate_many,
    in_units,
)
from core.training.history import next_record, record_stride, same_stride_until
from core.training.recording import Recorder
from core.training.sample_order import STRETCH
from core.training.stepping import Stepper
from core.training.stopping import count_until_stop
from core.training.timeline.branches import BranchTree

MOST_WORK = 2 * EVALUATION_WORK
"""Of one call: samples that are trained on or measured, times parameters; some 10 ms, and more of sample by sample."""


class WholeEpochs:
    """Trains the whole epochs before a position, as long as nothing but records is due between them.

    Args:
        stepper: the run.
        evaluator: tells what is measured, and takes what was measured last.
        recorder: takes the records.
        tree: takes the keyframes.
    """

    def __init__(self, stepper: Stepper, evaluator: Evaluations, recorder: Recorder, tree: BranchTree) -> None:
        self._stepper, self._evaluator, self._recorder, self._tree = stepper, evaluator, recorder, tree
        self._preparation, self._task = evaluator.preparation, evaluator.task
        self._parts = self._preparation.train, self._preparation.test

    def train(self, target: int) -> bool:
        """Train up to a moment at or before a position that is recorded, or looked at for a reason to stop.

        Where there is such a reason at one of the moments, the run stands at the first of these. False, with nothing
        changed, where the usual way must be gone: where less than two moments lie ahead, where something else is due,
        and where the numbers cease to be finite before the first moment.
        """
        stride, moments = self._moments(target)
        if moments < 2:
            return False
        before, began = self._stepper.state(), time.perf_counter()
        test = self._preparation.test
        names = self._task != REGRESSION
        made = self._stepper.run_epochs(stride * moments, stride, (test.inputs, test.targets), names)
        found = self._evaluated(made)
        good = self._finite(made.states, [loss for loss, _, _ in found])
        if good == 0:
            self._stepper.restore(before)
            return False
        step = stride * self._stepper.order.epoch_length
        positions = before.position + step * np.arange(1, good + 1)
        reached = self._until_stop(positions, found)
        self._record(made, found, positions[:reached])
        took = time.perf_counter() - began
        self._tree.spacing.note(moments * step, took)
        return True

    def _moments(self, target: int) -> tuple[int, int]:
        """The epochs from one moment to the next, and how many moments can be made."""
        stepper, length = self._stepper, self._stepper.order.epoch_length
        position, settings = stepper.position, stepper.settings.at(stepper.position)
        size = stepper.workload.network.parameters.size
        usual = (
            position % length
            or (settings.may_stop and position < self._tree.present.tip)
            or self._recorder.knows_further(position)
            or not isinstance(stepper.engine, CompiledEngine)
            or settings.optimizer not in OPTIMIZER_CODES
            or stepper.settings.restarts_optimizer(position)
            or kernel_loading.is_expected("train_epochs")
        )
        if usual:
            return 0, 0
        epoch, record_at = position // length, next_record(position, length, size)
        stride = 1 if settings.may_stop else record_stride(epoch)
        step = stride * length
        if record_at % length or epoch % stride or self._tree.next_stop(position) < position + step:
            return 0, 0
        end = min(target, stepper.settings.next_change(position), position + max(STRETCH, 2 * step))
        if not settings.may_stop:
            end = min(end, same_stride_until(epoch) * length)
        work = (step + len(self._preparation.dataset)) * (size + WORK_OF_A_SAMPLE)
        return stride, min((end - position) // step, MOST_WORK // work)

    def _evaluated(self, made: MeasuredEpochs) -> list[tuple[Array, Array, Array]]:
        """Loss, score and squared error of the training and of the test set, each of shape (moments,)."""
        found = []
        for part, losses, predicted in zip(self._parts, made.losses, made.predicted, strict=True):
            number = predicted[:, :, 0] if self._task == REGRESSION else predicted
            found.append(evaluate_many(*in_units(self._preparation, losses, number), part, self._task))
        return found

    def _finite(self, states: Array, losses: list[Array]) -> int:
        """At how many moments all numbers were finite, counted from the first."""
        finite = np.isfinite(states[:, 0]).all(axis=1)
        for slot in range(3, 3 + self._stepper.slots_in_use):
            finite &= np.isfinite(states[:, slot]).all(axis=1)
        for part, loss in zip(self._parts, losses, strict=True):
            finite &= np.isfinite(loss) | (len(part) == 0)
        return int(np.argmin(np.append(finite, False)))

    def _until_stop(self, positions: Rows, found: list[tuple[Array, Array, Array]]) -> int:
        """How many moments the run reaches, up to the first that is a reason to stop."""
        settings = self._stepper.settings.at(self._stepper.position)
        if not settings.may_stop:
            return len(positions)
        losses = [loss[: len(positions)].tolist() for loss, _, _ in found]
        return count_until_stop(self._recorder.history, positions.tolist(), losses[0], losses[1], settings)

    def _record(self, made: MeasuredEpochs, found: list[tuple[Array, Array, Array]], positions: Rows) -> None:
        """Record the first moments, which lie at these positions, and stand at the last of them."""
        stepper, count, places = self._stepper, len(positions), positions.tolist()
        states, slots = made.states[:count], stepper.slots_in_use
        measures: Array = np.array([found[part][column][:count] for column in (0, 1) for part in (0, 1)]).T
        self._note(positions, states[:, 0], measures)
        with np.errstate(all="ignore"):
            self._tree.reach(places[-1])
            self._tree.keep_wanted(places, lambda k: stepper.state_of(places[k], states[k], slots))
        stepper.take_up(places[-1], states[-1])
        self._evaluator.note(
            *(
                Evaluation(float(loss[count - 1]), float(score[count - 1]), float(error[count - 1]), kept)
                for (loss, score, error), kept in zip(found, self._predictions(made, count - 1), strict=True)
            )
        )

    def _note(self, positions: Rows, parameters: Array, measures: Array) -> None:
        """Record the moments at which a record is due; of the others keep only what early stopping needs."""
        if not self._stepper.settings.at(self._stepper.position).may_stop:
            self._recorder.append(positions, parameters, measures)
            return
        length, size = self._stepper.order.epoch_length, parameters.shape[1]
        due = [next_record(position - length, length, size) == position for position in positions.tolist()]
        start = 0
        for is_record, moments in itertools.groupby(due):
            end = start + len(list(moments))
            if is_record:
                self._recorder.append(positions[start:end], parameters[start:end], measures[start:end])
            else:
                for position, test_loss in zip(positions[start:end].tolist(), measures[start:end, 1], strict=True):
                    self._recorder.note_end(position, float(test_loss))
            start = end

    def _predictions(self, made: MeasuredEpochs, moment: int) -> list[Array | Rows]:
        """What was predicted at a moment, in the data's units, apart from what else was measured."""
        rows = [predicted[moment].copy() for predicted in made.predicted]
        return [self._preparation.in_units(row[:, 0]) for row in rows] if self._task == REGRESSION else rows
