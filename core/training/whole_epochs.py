"""Several epochs with their records in one call of the compiled engine.

Between two epochs of a small net, what Python does for a record takes longer than the training. The outcome is that of
:meth:`core.training.trainer.Trainer.advancing` for one record after another, to the bit.
"""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from core.base.arrays import Array, Rows
from core.engines import kernel_loading
from core.engines.compiled_engine import CompiledEngine, MeasuredEpochs
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.network.tasks import REGRESSION
from core.training.evaluation import EVALUATION_WORK, Evaluation, Evaluations, evaluate_many, in_units
from core.training.history import next_record
from core.training.recording import Recorder
from core.training.sample_order import STRETCH
from core.training.stepping import Stepper
from core.training.timeline.branches import BranchTree


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
        """Train up to a record at or before a position; false, with nothing changed, where the usual way must be gone.

        That is where less than two records lie ahead, where something else is due, and where the numbers cease to be
        finite before the first record.
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
        self._record(made, found, good, stride)
        took = time.perf_counter() - began
        self._tree.spacing.note(good * stride * self._stepper.order.epoch_length, took)
        return True

    def _moments(self, target: int) -> tuple[int, int]:
        """The epochs from one record to the next, and how many records can be made."""
        stepper, length = self._stepper, self._stepper.order.epoch_length
        position, settings = stepper.position, stepper.settings.at(stepper.position)
        size = stepper.workload.network.parameters.size
        usual = (
            position % length
            or settings.may_stop
            or self._recorder.knows_further(position)
            or not isinstance(stepper.engine, CompiledEngine)
            or settings.optimizer not in OPTIMIZER_CODES
            or stepper.settings.restarts_optimizer(position)
            or not self._evaluator.in_one_block
            or kernel_loading.is_expected("train_epochs")
        )
        if usual:
            return 0, 0
        record_at = next_record(position, length, size)
        step = record_at - position
        if step % length or self._tree.next_stop(position) < position + step:
            return 0, 0
        end = min(target, stepper.settings.next_change(position), position + max(STRETCH, 2 * step))
        most, moments = min((end - position) // step, 1 + EVALUATION_WORK // (step * size)), 0
        while (
            moments < most and next_record(position + moments * step, length, size) == position + (moments + 1) * step
        ):
            moments += 1  # farther on, records lie farther apart
        return step // length, moments

    def _evaluated(self, made: MeasuredEpochs) -> list[tuple[Array, Array, Array]]:
        """Loss, score and squared error of the training and of the test set, each of shape (moments,)."""
        found = []
        for part, losses, predicted in zip(self._parts, made.losses, made.predicted, strict=True):
            number = predicted[:, :, 0] if self._task == REGRESSION else predicted
            found.append(evaluate_many(*in_units(self._preparation, losses, number), part, self._task))
        return found

    def _finite(self, states: Array, losses: list[Array]) -> int:
        """At how many moments all numbers were finite, counted from the first."""
        used = 0, *range(3, 3 + self._stepper.slots_in_use)
        finite = np.isfinite(states[:, used]).all(axis=(1, 2))
        for part, loss in zip(self._parts, losses, strict=True):
            finite = finite & (np.isfinite(loss) | (len(part) == 0))
        return int(np.argmin(np.append(finite, False)))

    def _record(self, made: MeasuredEpochs, found: list[tuple[Array, Array, Array]], count: int, stride: int) -> None:
        """Record the first moments, and stand at the last of them."""
        stepper, states = self._stepper, made.states[:count]
        first, step = stepper.position, stride * stepper.order.epoch_length
        measures: Array = np.array([found[part][column][:count] for column in (0, 1) for part in (0, 1)]).T
        positions = first + step * np.arange(1, count + 1)
        self._recorder.append(positions, states[:, 0], measures)
        with np.errstate(all="ignore"):
            for position, numbers in zip(positions.tolist(), states, strict=True):
                self._tree.reach(position)
                self._tree.keep_if_wanted(position, partial(stepper.state_of, position, numbers))
        stepper.take_up(first + count * step, states[-1])
        self._evaluator.note(
            *(
                Evaluation(float(loss[count - 1]), float(score[count - 1]), float(error[count - 1]), kept)
                for (loss, score, error), kept in zip(found, self._predictions(made, count - 1), strict=True)
            )
        )

    def _predictions(self, made: MeasuredEpochs, moment: int) -> list[Array | Rows]:
        """What was predicted at a moment, in the data's units, apart from what else was measured."""
        rows = [predicted[moment].copy() for predicted in made.predicted]
        return [self._preparation.in_units(row[:, 0]) for row in rows] if self._task == REGRESSION else rows
