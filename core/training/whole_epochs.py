"""Training past the ends of epochs, with their records, in one call of the compiled engine.

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
from core.training.evaluation import Evaluation, Evaluations, measures_of_sums
from core.training.experiment import Experiment
from core.training.history import next_record, record_stride, same_stride_until
from core.training.preparation import Part
from core.training.recording import Recorder
from core.training.sample_order import STRETCH
from core.training.stepping import Stepper
from core.training.stopping import count_until_stop
from core.training.timeline.branches import BranchTree

MEASURED_BLOCKS, MOST_BLOCKS = 3, 5
"""A larger set is measured in blocks, between which others may act; and one call trains on or measures so many blocks,
which takes some 15 ms, and more of sample by sample."""


class WholeEpochs:
    """Trains up to a position past the ends of epochs, as long as nothing but records is due on the way.

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
        """Train towards a position, past moments that are recorded, or looked at for a reason to stop.

        Where there is such a reason at one of the moments, the run stands at the first of these. False, with nothing
        changed, where the usual way must be gone: where no such moment lies ahead, where something else is due, and
        where the numbers cease to be finite before the first moment.
        """
        moments, end = self._ahead(target)
        if not len(moments):
            return False
        stepper, began, start = self._stepper, time.perf_counter(), self._stepper.position
        go_back = stepper.keep_for_return()
        self._sets = self._sets or [self._measured_set(part) for part in self._parts]
        states, sums = stepper.run_measured(moments, end, self._sets)
        found = [measures_of_sums(one, part, self._task) for one, part in zip(sums, self._parts, strict=True)]
        is_finite = stepper.is_finite()
        good = self._count_finite(states, [loss for loss, _, _ in found], is_finite)
        self._adds_as_numpy = good < len(moments) or self._are_as_numpy(sums)
        if good == 0 or not self._adds_as_numpy:
            go_back()
            return False
        reached = self._until_stop(moments[:good], found)
        self._record(states, found, moments[:reached])
        if reached == len(moments):  # or else what was predicted is not known any more
            measured = zip(found, self._sets, strict=True)
            train, test = (self._evaluation(*numbers, one.predicted) for numbers, one in measured)
            self._evaluator.note(int(moments[-1]), train, test)
        if reached == len(moments) and is_finite:
            stepper.take_up(end)
            self._tree.reach(end)
            self._tree.keep_if_wanted(end, stepper.state)
        else:
            stepper.take_up(int(moments[reached - 1]), states[reached - 1])
        self._tree.spacing.note(end - start, time.perf_counter() - began)
        return True

    def _can_be_one_call(self, settings: Experiment) -> bool:
        """Whether the kernel can do all that is due from here on, as far as it is the same at each position."""
        stepper, position = self._stepper, self._stepper.position
        return (
            isinstance(stepper.engine, CompiledEngine)
            and settings.optimizer in OPTIMIZER_CODES
            and self._adds_as_numpy
            and not self._recorder.knows_further(position)
            and not (settings.may_stop and position < self._tree.present.tip)
            and not stepper.settings.restarts_optimizer(position)
            and not kernel_loading.is_expected("train_epochs")
            and len(self._preparation.dataset) <= MEASURED_BLOCKS * self._evaluator.block
        )

    def _ahead(self, target: int) -> tuple[Rows, int]:
        """The moments on the way to a target, shape (m,), and where the call ends, at the last of them or behind it."""
        stepper, length, nothing = self._stepper, self._stepper.order.epoch_length, (np.zeros(0, dtype=np.int64), 0)
        position, settings = stepper.position, stepper.settings.at(stepper.position)
        size, may_stop, spacing = stepper.workload.network.parameters.size, settings.may_stop, self._tree.spacing
        if not self._can_be_one_call(settings):
            return nothing
        epoch, record_at = position // length, next_record(position, length, size)
        step = length * (1 if may_stop else record_stride(epoch))
        first = (epoch + 1) * length if may_stop else record_at
        is_late = first > self._tree.next_stop(position) + spacing.interval or step > 2 * spacing.interval
        if record_at % length or is_late:  # a record inside an epoch, or a keyframe that is due
            return nothing
        stop = min(target, stepper.settings.next_change(position))
        last = min(stop, position + max(STRETCH, 2 * step))
        if not may_stop:
            last = min(last, same_stride_until(epoch) * length)
        most, samples = MOST_BLOCKS * self._evaluator.block, len(self._preparation.dataset)
        count = 1 + min((last - first) // step, (most - (first - position) - samples) // (step + samples))
        if count < 1:
            return nothing
        moments = first + step * np.arange(1 if next_record(first, length, size) < first + step else count)
        last = int(moments[-1])
        return moments, last if may_stop or stop >= next_record(last, length, size) else stop

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

    def _count_finite(self, states: Array, losses: list[Array], is_finite: bool) -> int:
        """At how many moments all numbers were finite, counted from the first; a number that is not never is again."""
        finite = np.ones(len(states), dtype=bool)
        if not is_finite:
            for row in (0, *range(3, states.shape[1])):
                finite &= np.isfinite(states[:, row]).all(axis=1)
        for part, loss in zip(self._parts, losses, strict=True):
            finite &= np.isfinite(loss) | (len(part) == 0)
        return int(np.argmin(np.append(finite, False)))

    def _until_stop(self, positions: Rows, found: list[tuple[Array, Array, Array]]) -> int:
        """How many moments the run reaches, up to the first that is a reason to stop."""
        settings = self._stepper.settings.at(self._stepper.position)
        if not settings.may_stop:
            return len(positions)
        losses = [loss[: len(positions)].tolist() for loss, _, _ in found]
        return count_until_stop(self._recorder.measures, positions.tolist(), losses[0], losses[1], settings)

    def _record(self, made: Array, found: list[tuple[Array, Array, Array]], positions: Rows) -> None:
        """Record the first moments, which lie at these positions, and keep states there."""
        count, places = len(positions), positions.tolist()
        measures: Array = np.array([found[part][column][:count] for column in (0, 1) for part in (0, 1)]).T
        self._note(positions, made[:count, 0], measures)
        self._tree.reach(places[-1])
        slots = made.shape[1] - 3
        self._tree.keep_wanted(places, lambda k: self._stepper.state_of(places[k], made[k], slots))

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
        due = [next_record(position - 1, length, size) == position for position in positions.tolist()]
        start = 0
        for is_record, moments in itertools.groupby(due):
            end = start + len(list(moments))
            if is_record:
                self._recorder.append(positions[start:end], parameters[start:end], measures[start:end])
            else:
                for position, test_loss in zip(positions[start:end].tolist(), measures[start:end, 1], strict=True):
                    self._recorder.note_end(position, float(test_loss))
            start = end
