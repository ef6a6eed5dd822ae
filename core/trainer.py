"""A run as a deterministic machine: its state depends on the experiment, the changes made on the way and the position.

The position counts samples. The parameters change where a batch ends, by the gradient of the whole batch; inside a
batch only the position moves. So a run leaves the same bits whether it is stepped by sample, batch or epoch, or played.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.dataset import Dataset
from core.errors import LensError, WeightsError
from core.evaluation import Evaluation, evaluate
from core.experiment import Experiment, check_learning_rate
from core.history import History, Recorder, next_record
from core.initializers import INITIALIZERS
from core.losses import LOSSES
from core.network import Network, parameter_name
from core.numpy_engine import NumpyEngine
from core.optimizers import OPTIMIZERS
from core.preparation import Preparation, prepare
from core.streams import ORDER, WEIGHTS, stream

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

UNITS = ("sample", "batch", "epoch")


class Diverged(LensError):
    """The parameters, or at a record the loss, ceased to be finite; the trainer stands at the last finite state.

    Where a parameter was the first to go, the state is the one before that update, so that one sees what led to it: its
    parameters are finite, although what the network computes with them may be too large for a number already.
    """


@dataclass(frozen=True)
class RateChange:
    """The learning rate that holds for updates behind a position."""

    position: int
    learning_rate: float


@dataclass(frozen=True, eq=False)
class _State:
    """What must come back for a run to go on from a position."""

    position: int
    parameters: Array
    gradient: Array
    last_change: Array


class Trainer:
    """Trains one network on one data set.

    Args:
        experiment: what to run.
        dataset: the points, as ``experiment.data`` gives them.
        initial_parameters: shape (parameters,), in place of ``experiment.init``.

    Raises:
        ExperimentError: experiment and data do not fit.
        WeightsError: the initial parameters have the wrong length or are not finite.
        Diverged: the loss is not finite from the start.

    Attributes:
        preparation: the data as the network sees them.
        network: the network; its parameters are the run's.
        position: samples seen since the start.
        gradient: shape (parameters,), the mean gradient of the last batch; zeros before the first update.
        last_change: shape (parameters,), what the last update added to the parameters.
        rate_changes: the changes of the learning rate, by ascending position; behind a rewind some may lie ahead.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, initial_parameters: Array | None = None) -> None:
        self.experiment = experiment
        self.preparation: Preparation = prepare(experiment, dataset)
        self.network = Network(self.preparation.sizes, self.preparation.activations)
        self.network.parameters[:] = _initial(experiment, self.network, initial_parameters)
        train = self.preparation.train
        self._loss = LOSSES[experiment.loss]
        self._batch_size = min(experiment.batch_size, self.preparation.epoch_length)
        self._engine = NumpyEngine(
            self.network, self._loss, OPTIMIZERS[experiment.optimizer], self._batch_size, train.inputs, train.targets
        )
        self.position = 0
        self.last_change = np.zeros_like(self.network.parameters)
        self.rate_changes: list[RateChange] = []
        self._order: tuple[int, Rows] = (-1, np.zeros(0, dtype=np.int64))
        self._evaluated: tuple[int, Evaluation, Evaluation] | None = None
        self._checkpoints: dict[int, _State] = {0: self._state()}
        self._recorder = Recorder(self.epoch_length)
        self._recorded = self._state()
        if not self._record():
            raise Diverged(
                "The loss is not finite with the initial weights: the inputs or weights are too large; "
                "standardize the inputs or choose smaller initial weights."
            )

    # ---------------------------------------------------------------- where the run stands

    @property
    def epoch_length(self) -> int:
        """Samples of an epoch."""
        return self.preparation.epoch_length

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.position // self.epoch_length

    @property
    def sample(self) -> int:
        """Samples seen in the current epoch."""
        return self.position % self.epoch_length

    @property
    def learning_rate(self) -> float:
        """The rate of the next update."""
        reached = [change for change in self.rate_changes if change.position <= self.position]
        return reached[-1].learning_rate if reached else self.experiment.learning_rate

    @property
    def gradient(self) -> Array:
        """See the class."""
        return self._engine.gradient

    @property
    def history(self) -> History:
        """The record so far; it never changes."""
        return self._recorder.view()

    def evaluations(self) -> tuple[Evaluation, Evaluation]:
        """Of the training and the test set with the present parameters."""
        if self._evaluated is None or self._evaluated[0] != self.position:
            train, test = (
                evaluate(self.network, part, self._loss) for part in (self.preparation.train, self.preparation.test)
            )
            self._evaluated = self.position, train, test
        return self._evaluated[1:]

    def last_row(self) -> int | None:
        """Row of the data set that was seen last; None before the first."""
        if self.position == 0:
            return None
        epoch, sample = divmod(self.position - 1, self.epoch_length)
        order = self._order[1] if self._order[0] == epoch else self._draw_order(epoch)
        return int(self.preparation.train.rows[order[sample]])

    def end_of(self, unit: str) -> int:
        """The next position at which the present sample, batch or epoch (see UNITS) ends."""
        start, sample = self.position - self.sample, self.sample
        if unit == "sample":
            return self.position + 1
        if unit == "batch":
            return start + min((sample // self._batch_size + 1) * self._batch_size, self.epoch_length)
        return start + self.epoch_length

    def start_of(self, unit: str) -> int:
        """The last position before this one at which a sample, batch or epoch began; 0 at the start."""
        if self.position == 0:
            return 0
        sample = (self.position - 1) % self.epoch_length
        start = self.position - 1 - sample
        if unit == "sample":
            return self.position - 1
        if unit == "batch":
            return start + sample - sample % self._batch_size
        return start

    # ---------------------------------------------------------------- moving

    def advance(self, samples: int) -> None:
        """See so many more samples; raises Diverged, having stopped at the last finite state."""
        target = self.position + samples
        while self.position < target:
            record_at = next_record(self.position, self.epoch_length)
            epoch_end = self.position - self.sample + self.epoch_length
            self._move_to(min(target, record_at, epoch_end, self._next_rate_change()))
            if self.position == record_at and not self._record():
                advice = self._advice()  # before the rate goes back as well
                self._restore(self._recorded)
                raise Diverged(
                    f"Training diverged: between {self._place(self.position)} and {self._place(record_at)} the loss "
                    f"grew beyond all numbers. {advice}"
                )
            if self.sample == 0:
                self._keep_checkpoint()

    def set_learning_rate(self, rate: float) -> None:
        """Change the rate of the updates behind this position; raises ExperimentError."""
        check_learning_rate(rate)
        earlier = [change for change in self.rate_changes if change.position < self.position]
        self.rate_changes = [*earlier, RateChange(self.position, rate)]

    def rewind(self, position: int) -> None:
        """Go back to the last state kept at or before a position; ``advance`` leads from there to the position itself.

        A state is kept at the end of each recent epoch, and of ever fewer older ones. Changes of the rate made before
        the position happen again on the way; later ones are forgotten.
        """
        if not 0 <= position <= self.position:
            raise ValueError(f"position {position} is not between 0 and {self.position}")
        kept = max(p for p in self._checkpoints if p <= position)
        self._restore(self._checkpoints[kept])
        self._checkpoints = {p: state for p, state in self._checkpoints.items() if p <= kept}
        self._recorder.cut(kept)
        self._recorded = self._state()
        self.rate_changes = [change for change in self.rate_changes if change.position < position]

    # ---------------------------------------------------------------- inside

    def _epoch_order(self, epoch: int) -> Rows:
        """Rows of the training part in the order of an epoch, from the seed and the epoch's number alone."""
        if self._order[0] != epoch:
            self._order = epoch, self._draw_order(epoch)
        return self._order[1]

    def _draw_order(self, epoch: int) -> Rows:
        if self.experiment.only_sample is not None:
            return np.zeros(self.epoch_length, dtype=np.int64)
        if self.experiment.shuffle:
            return stream(self.experiment.seed, ORDER, epoch).permutation(self.epoch_length)
        return np.arange(self.epoch_length)

    def _next_rate_change(self) -> int:
        ahead = (change.position for change in self.rate_changes if change.position > self.position)
        return min(ahead, default=sys.maxsize)

    def _move_to(self, target: int) -> None:
        """Move inside one epoch and run the batches that end on the way."""
        epoch, sample = self.epoch, self.sample
        size = self._batch_size
        end = sample + target - self.position
        first = sample - sample % size
        last = end if end == self.epoch_length else end - end % size
        if last <= first:
            self.position = target
            return
        order = self._epoch_order(epoch)[first:last]
        before = self._state()
        self._run(order)
        if np.isfinite(self.network.parameters).all():
            self.position = target
            return
        good = self._count_finite_batches(order, before)
        culprit = self._restore_and_run(order, before, good)
        raise Diverged(
            f"Training diverged: the update after {self._place(self.position)} would have made {culprit} infinite or "
            f"not a number. {self._advice()}"
        )

    def _run(self, order: Rows) -> None:
        """Run whole batches; the last one apart, so that what it changed is known."""
        last = (len(order) - 1) // self._batch_size * self._batch_size
        if last:
            self._engine.run(order[:last], self.learning_rate)
        before = self.network.parameters.copy()
        self._engine.run(order[last:], self.learning_rate)
        with np.errstate(all="ignore"):
            self.last_change = self.network.parameters - before

    def _count_finite_batches(self, order: Rows, before: _State) -> int:
        """How many batches of ``order`` can be run before a parameter ceases to be finite.

        A parameter that is not finite never becomes finite again, so halving finds the place.
        """
        size, good, span = self._batch_size, 0, -(-len(order) // self._batch_size)
        self._restore(before)
        reached = before.parameters
        while span > 1:
            half = span // 2
            self._engine.run(order[good * size : (good + half) * size], self.learning_rate)
            if np.isfinite(self.network.parameters).all():
                reached = self.network.parameters.copy()
                good, span = good + half, span - half
            else:
                self.network.parameters[:] = reached
                span = half
        return good

    def _restore_and_run(self, order: Rows, before: _State, batches: int) -> str:
        """Stand one sample before the update that breaks a parameter, after ``batches`` good ones; returns its name."""
        size = self._batch_size
        fatal_end = min((batches + 1) * size, len(order))
        self._restore(before)
        self._engine.run(order[:fatal_end], self.learning_rate)
        culprit = parameter_name(self.network.sizes, int(np.argmin(np.isfinite(self.network.parameters))))
        self._restore(before)
        if batches:
            self._run(order[: batches * size])
        self.position += fatal_end - 1 - before.position % self.epoch_length % size
        return culprit

    def _record(self) -> bool:
        """Record the present position; false, with nothing recorded, where the loss is not finite."""
        train, test = self.evaluations()
        if not math.isfinite(train.loss) or (len(self.preparation.test) and not math.isfinite(test.loss)):
            return False
        self._recorder.append(self.position, train.loss, test.loss, train.accuracy, test.accuracy)
        self._recorded = self._state()
        return True

    def _state(self) -> _State:
        return _State(self.position, self.network.parameters.copy(), self._engine.gradient.copy(), self.last_change)

    def _restore(self, state: _State) -> None:
        self.position = state.position
        self.network.parameters[:] = state.parameters
        self._engine.gradient[:] = state.gradient
        self.last_change = state.last_change
        self._evaluated = None

    def _keep_checkpoint(self) -> None:
        """Keep this epoch's end. Recent ones stay; of the older ones a fixed number for each doubling of their age."""
        self._checkpoints[self.position] = self._state()
        if self.epoch % 16 == 0:
            self._checkpoints = {p: s for p, s in self._checkpoints.items() if self._is_kept(p // self.epoch_length)}

    def _is_kept(self, epoch: int) -> bool:
        age = self.epoch - epoch
        per_doubling = 8 if self.network.parameters.size < 10_000 else 1  # of three parameter vectors each
        return age < 2 * per_doubling or epoch % (1 << (age.bit_length() - per_doubling.bit_length())) == 0

    def _place(self, position: int) -> str:
        epoch, sample = divmod(position, self.epoch_length)
        return f"epoch {epoch}, sample {sample}"

    def _advice(self) -> str:
        return (
            "The run stands at the last finite state; reset it with a learning rate below "
            f"{self.learning_rate:g}, standardized inputs or smaller initial weights."
        )


def _initial(experiment: Experiment, network: Network, given: Array | None) -> Array:
    """The initial parameters, drawn layer by layer, or those that were given."""
    if given is not None:
        if given.shape != network.parameters.shape:
            raise WeightsError(
                f"The initial weights hold {given.size} numbers, but a network {'-'.join(map(str, network.sizes))} "
                f"has {network.parameters.size}; choose the network that they belong to."
            )
        if not np.isfinite(given).all():
            raise WeightsError("The initial weights hold NaN or infinity; give finite ones.")
        return given
    initializer = INITIALIZERS[experiment.init.name]
    drawn = Network(network.sizes, network.activations)
    rng = stream(experiment.seed, WEIGHTS)
    for weights in drawn.weights:
        weights[:] = initializer.draw(rng, weights.shape[0], weights.shape[1], experiment.init.scale or 0.0)
    return drawn.parameters
