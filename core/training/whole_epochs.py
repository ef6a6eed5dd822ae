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
from core.engines.compiled_engine import CompiledEngine, MeasuredSet
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.network.tasks import REGRESSION
from core.training.evaluation import (
    EVALUATION_WORK,
    WORK_OF_A_SAMPLE,
    Evaluation,
    Evaluations,
    measures_of_sums,
)
from core.training.history import next_record, record_stride, same_stride_until
from core.training.preparation import Part
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
        self._sets: list[MeasuredSet] = []
        self._adds_as_numpy = True

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
        self._sets = self._sets or [self._measured_set(part) for part in self._parts]
        states, sums = self._stepper.run_epochs(stride * moments, stride, self._sets)
        found = [measures_of_sums(one, part, self._task) for one, part in zip(sums, self._parts, strict=True)]
        good = self._finite(states, [loss for loss, _, _ in found])
        self._adds_as_numpy = good < moments or self._are_as_numpy(sums)
        if good == 0 or not self._adds_as_numpy:
            self._stepper.restore(before)
            return False
        step = stride * self._stepper.order.epoch_length
        positions = before.position + step * np.arange(1, good + 1)
        reached = self._until_stop(positions, found)
        self._record(states, found, positions[:reached])
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
            or not self._adds_as_numpy
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

    def _measured_set(self, part: Part) -> MeasuredSet:
        prepared, is_regression = self._preparation, self._task == REGRESSION
        factors = prepared.loss_scale, prepared.target_scale, prepared.target_center
        wanted = part.numbers if is_regression else part.labels
        return MeasuredSet(part.inputs, part.targets, wanted, is_regression, factors)

    def _are_as_numpy(self, sums: list[Array]) -> bool:
        """Whether the sums at the last moment are those of NumPy, which the record has in all other places."""
        with np.errstate(all="ignore"):
            pairs = zip(self._sets, sums, strict=True)
            return all(np.add.reduce(one.losses * self._preparation.loss_scale) == found[-1, 0] for one, found in pairs)

    def _finite(self, states: Array, losses: list[Array]) -> int:
        """At how many moments all numbers were finite, counted from the first; one that is not never is again."""
        lasting, finite = [states[:, row] for row in (0, *range(3, states.shape[1]))], np.ones(len(states), dtype=bool)
        if not all(np.isfinite(numbers[-1]).all() for numbers in lasting):
            for numbers in lasting:
                finite &= np.isfinite(numbers).all(axis=1)
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

    def _record(self, made: Array, found: list[tuple[Array, Array, Array]], positions: Rows) -> None:
        """Record the first moments, which lie at these positions, and stand at the last of them."""
        stepper, count, places = self._stepper, len(positions), positions.tolist()
        states, slots = made[:count], stepper.slots_in_use
        measures: Array = np.array([found[part][column][:count] for column in (0, 1) for part in (0, 1)]).T
        self._note(positions, states[:, 0], measures)
        self._tree.reach(places[-1])
        self._tree.keep_wanted(places, lambda k: stepper.state_of(places[k], states[k], slots))
        stepper.take_up(places[-1], states[-1])
        if count == len(made):  # or else what was predicted is not known any more
            measured = zip(found, self._sets, strict=True)
            self._evaluator.note(*(self._evaluation(*numbers, one.predicted) for numbers, one in measured))

    def _evaluation(self, losses: Array, scores: Array, errors: Array, predicted: Array) -> Evaluation:
        """Of the last moment; what was predicted is copied."""
        is_regression = self._task == REGRESSION
        kept = self._preparation.in_units(predicted.copy()) if is_regression else predicted.astype(np.int64)
        return Evaluation(float(losses[-1]), float(scores[-1]), float(errors[-1]), kept)

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
