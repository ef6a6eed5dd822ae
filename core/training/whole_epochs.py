"""Training past the ends of epochs, with their records, in one call of the compiled engine.

Between two epochs of a small net, what Python does for a record takes longer than the training. The outcome is that of
:meth:`core.training.trainer.Trainer.advancing` for one record after another, to the bit.
"""

from __future__ import annotations

import math

import numpy as np

from core.engines import kernel_loading
from core.engines.compiled_engine import CompiledEngine, Measured, MeasuredSet, Moments
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.network.tasks import REGRESSION
from core.training.evaluation import Evaluation, Evaluations
from core.training.experiment import Experiment
from core.training.history import is_gradient_record, next_record, record_stride, same_stride_until
from core.training.keyframes import State, watch
from core.training.preparation import Part
from core.training.recording import Recorder
from core.training.sample_order import STRETCH
from core.training.stepping import Stepper
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
        self._adds_as_numpy: bool | None = None  # not known before the first call

    def train(self, target: int) -> bool:
        """Train towards a position, past moments that are recorded, or looked at for a reason to stop.

        Where there is such a reason at one of the moments, the run stands at the first of these. False, with nothing
        changed, where the usual way must be gone: where no such moment lies ahead, where something else is due, and
        where the numbers cease to be finite before the first moment.
        """
        positions, end = self._ahead(target)
        if not positions:
            return False
        stepper, tree, seconds, start = self._stepper, self._tree, watch(), self._stepper.position
        settings, length = stepper.settings.at(start), stepper.order.epoch_length
        keyframes = tree.places_of_keyframes(positions)
        with_norms = [k for k, position in enumerate(positions) if is_gradient_record(position, length)]
        moments = Moments(positions, length, set(keyframes), set(with_norms), self._reasons(settings))
        stepper.set_out()
        self._sets = self._sets or [self._measured_set(part) for part in self._parts]
        found = stepper.run_measured(moments, end, self._sets)
        if found.is_there and self._adds_as_numpy is None:
            self._adds_as_numpy = self._are_as_numpy(found)
        if not (found.is_there and self._adds_as_numpy):
            stepper.go_back()
            return found.reached > 0 and not found.is_there and self.train(positions[found.reached - 1])
        if found.reached < len(positions):
            positions = positions[: found.reached]
            end = positions[-1]
        is_due = self._are_due(positions) if settings.may_stop else slice(None)
        self._recorder.writer.extend(found.table[: len(positions), :5], is_due)
        with_norms = [k for k in with_norms if k < found.reached]
        if with_norms:
            self._recorder.add_gradients([positions[k] for k in with_norms], [found.states[k][0] for k in with_norms])
        kept = [State(positions[k], found.states[k]) for k in keyframes if k < found.reached]
        tree.keep(kept)
        self._evaluator.note(positions[-1], *self._evaluations(found.table[len(positions) - 1].tolist()))
        stepper.take_up(end, kept)
        tree.reach(end)
        tree.keep_if_wanted(end, stepper.state)
        tree.spacing.note(end - start, seconds())
        return True

    def _can_be_one_call(self, settings: Experiment) -> bool:
        """Whether the kernel can do all that is due from here on, as far as it is the same at each position."""
        stepper, position = self._stepper, self._stepper.position
        return (
            isinstance(stepper.engine, CompiledEngine)
            and settings.optimizer in OPTIMIZER_CODES
            and self._adds_as_numpy is not False
            and not self._recorder.knows_further(position)
            and not (settings.may_stop and position < self._tree.present.tip)
            and not stepper.settings.restarts_optimizer(position)
            and not kernel_loading.is_expected("train_epochs")
            and len(self._preparation.dataset) <= MEASURED_BLOCKS * self._evaluator.block
        )

    def _ahead(self, target: int) -> tuple[range, int]:
        """The moments on the way to a target, and where the call ends, at the last of them or behind it."""
        stepper, length, nothing = self._stepper, self._stepper.order.epoch_length, (range(0), 0)
        position, settings = stepper.position, stepper.settings.at(stepper.position)
        size, may_stop, spacing = stepper.workload.network.parameters.size, settings.may_stop, self._tree.spacing
        if not self._can_be_one_call(settings):
            return nothing
        epoch, record_at = position // length, next_record(position, length, size)
        step = length * (1 if may_stop else record_stride(epoch, size))
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
        moments = range(first, first + step * count, step)
        if next_record(first, length, size) < first + step:
            moments = moments[:1]
        is_to_stop = stop < next_record(moments[-1], length, size) and not may_stop
        return moments, stop if is_to_stop else moments[-1]

    def _reasons(self, settings: Experiment) -> tuple[float, float, float, float]:
        """When the run stops by itself, as the kernel takes it; see :func:`core.training.stopping.find_stop`."""
        low = self._recorder.measures.lowest if settings.may_stop else None
        best, lowest = (math.inf, math.inf) if low is None else (float(low.position), low.loss)
        stop_loss = math.nan if settings.stop_loss is None else settings.stop_loss
        patience = math.inf if settings.patience is None else settings.patience * self._stepper.order.epoch_length
        return stop_loss, float(patience), best, lowest

    def _measured_set(self, part: Part) -> MeasuredSet:
        prepared, is_regression = self._preparation, self._task == REGRESSION
        units = prepared.loss_scale, prepared.target_scale, prepared.target_center
        if is_regression:
            return MeasuredSet(part.inputs, part.targets, part.numbers, units, part.spread if len(part) else math.nan)
        return MeasuredSet(part.inputs, part.targets, part.labels, units)

    def _are_as_numpy(self, found: Measured) -> bool:
        """Whether the losses at the last moment are those of NumPy, which the record has in all other places."""
        scale, losses = self._preparation.loss_scale, found.table[found.reached - 1, 1:3].tolist()
        with np.errstate(all="ignore"):
            pairs = [(one.losses * scale, loss) for one, loss in zip(self._sets, losses, strict=True)]
            return all([np.add.reduce(numbers) / len(numbers) == loss for numbers, loss in pairs if len(numbers)])

    def _are_due(self, positions: range) -> list[bool]:
        """Whether records are due at these moments; of the others only what early stopping needs is kept."""
        length, size = self._stepper.order.epoch_length, self._stepper.workload.network.parameters.size
        return [next_record(position - 1, length, size) == position for position in positions]

    def _evaluations(self, row: list[float]) -> list[Evaluation]:
        """Of the last moment, whose row of the table this is; what was predicted is copied."""
        evaluations = []
        for k, one in enumerate(self._sets, start=1):
            is_regression = self._task == REGRESSION
            kept = self._preparation.in_units(one.predicted.copy()) if is_regression else one.predicted.astype(np.int64)
            evaluations.append(Evaluation(row[k], row[k + 2], row[k + 4], kept))
        return evaluations
