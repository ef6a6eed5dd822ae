"""A run as a deterministic machine: its state depends on the experiment, the changes made on the way and the position.

The position counts samples. The parameters change where a batch ends, by the gradient of the whole batch; inside a
batch only the position moves. So a run leaves the same bits whether it is stepped by sample, batch or epoch, or played.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from core import compiled_engine
from core.course import Change, Course
from core.dataset import Dataset
from core.dropout import dropout_key
from core.engines import Engine, make_engine, resolve
from core.errors import LensError, WeightsError
from core.evaluation import Evaluation, evaluate
from core.experiment import LIVE_FIELDS, Experiment
from core.gradient_flow import gradient_norms, probe_samples
from core.history import History, Recorder, is_gradient_record, next_record
from core.initializers import INITIALIZERS
from core.losses import LOSSES
from core.network import Network, parameter_name
from core.numpy_engine import measure
from core.optimizers import OPTIMIZERS, SLOTS, Rule
from core.preparation import Part, Preparation, check_patience, prepare
from core.saved_run import SavedRun
from core.stopping import Stop, find_stop
from core.streams import ORDER, WEIGHTS, StreamSeries, stream
from core.workload import Workload

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

UNITS = ("sample", "batch", "epoch")
STRETCH = 65_536
"""Samples of one call of an engine, unless an epoch is longer."""
EVALUATION_WORK = 8_000_000
"""Samples times parameters that are measured at a time, some 10 ms; between two such blocks others get a word in."""


class Diverged(LensError):
    """The parameters, or at a record the loss, ceased to be finite; the trainer stands at the last finite state.

    Where a parameter was the first to go, the state is the one before that update, so that one sees what led to it: its
    parameters are finite, although what the network computes with them may be too large for a number already.
    """


@dataclass(frozen=True, eq=False)
class _State:
    """What must come back for a run to go on from a position."""

    position: int
    parameters: Array
    gradient: Array
    slots: Array
    last_change: Array


@dataclass(frozen=True, eq=False)
class Update:
    """What goes into the next update of the parameters, see :meth:`Trainer.next_update`.

    Attributes:
        start, end: positions at which its batch begins and ends; the run may stand between them.
        samples: shape (n,), the batch, as rows of the training part.
        settings: the experiment with the settings of this update.
        rule, learning_rate: what they come to.
        step: updates that the optimizer made before.
        slots: shape (SLOTS, parameters), the optimizer's memory as the update finds it.
    """

    start: int
    end: int
    samples: Rows
    settings: Experiment
    rule: Rule
    learning_rate: float
    step: int
    slots: Array


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
        last_change: shape (parameters,), what the last update added to the parameters.
        course: the settings over the positions.
        engine_name: what computes, "compiled" or "numpy".
        between_blocks: called between two blocks of an evaluation, where the run stands at the position that is
            evaluated; it may look at the run, but not change it.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, initial_parameters: Array | None = None) -> None:
        self.experiment = experiment
        self.preparation: Preparation = prepare(experiment, dataset)
        self.network = Network(self.preparation.sizes, self.preparation.activations)
        self.network.parameters[:] = _initial(experiment, self.network, initial_parameters)
        train = self.preparation.train
        batch_size = min(experiment.batch_size, self.preparation.epoch_length)
        self._workload = Workload(
            self.network, LOSSES[experiment.loss], batch_size, train.inputs, train.targets, dropout_key(experiment.seed)
        )
        self.course = Course(experiment, self.preparation.epoch_length, batch_size)
        self.engine_name = resolve(experiment.engine)
        self.between_blocks: Callable[[], object] | None = None
        self._engine: Engine | None = None  # made for the first update, so that a window opens without it
        self.position = 0
        self.last_change = np.zeros_like(self.network.parameters)
        self._orders = StreamSeries(experiment.seed, ORDER)
        self._order: tuple[int, Rows] = (-1, np.zeros(0, dtype=np.int64))
        self._evaluated: tuple[int, Evaluation, Evaluation] | None = None
        self._checkpoints: dict[int, _State] = {0: self._state()}
        self._recorder = Recorder(self.epoch_length, len(self.network.weights))
        self._probe = probe_samples(train)
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
    def settings(self) -> Experiment:
        """The experiment with the settings of the next update."""
        return self.course.at(self.position)

    @property
    def numbers_kept(self) -> int:
        """About how many numbers it holds: data, record, and the states to go back to."""
        data, sizes = len(self.preparation.dataset), self.preparation.sizes
        states = len(self._checkpoints) * (3 + SLOTS) * self.network.parameters.size
        return data * (sizes[0] + 2 * sizes[-1] + 4) + self.history.table.size + states

    @property
    def learning_rate(self) -> float:
        """The rate of the next update, schedule and warm-up included."""
        return float(self.course.rates(self.position, self._batch_start(), 1)[0])

    @property
    def gradient(self) -> Array:
        """Shape (parameters,), of the last batch, its mean with the penalty's; zeros before the first update."""
        return self._workload.gradient

    @property
    def optimizer_memory(self) -> dict[str, Array]:
        """What the optimizer remembers by the names of its formula, each of shape (parameters,)."""
        names = OPTIMIZERS[self.settings.optimizer].slots
        return dict(zip(names, self._workload.slots, strict=False))

    def parameter_course(self, index: int) -> Array:
        """Shape (points, 2), position and value of a place in the flat vector, at all states kept and now.

        Kept are the start and ends of epochs, all recent ones and ever fewer older ones; see :meth:`rewind`.
        """
        kept = [(p, state.parameters[index]) for p, state in sorted(self._checkpoints.items()) if p < self.position]
        return np.array([*kept, (self.position, self.network.parameters[index])], dtype=np.float64)

    def next_update(self) -> Update:
        """What the update that comes next is made of, changes of settings that lie ahead included."""
        start, end = self._batch_start(), self.end_of("batch")
        epoch_start, last = self.position - self.sample, end - 1
        restarts = self.course.restarts_optimizer(self.position, end)
        return Update(
            start,
            end,
            self._epoch_order(self.epoch)[start - epoch_start : end - epoch_start],
            self.course.at(last),
            self.course.rule(last),
            float(self.course.rates(last, start, 1)[0]),
            self.course.step(last),
            np.zeros_like(self._workload.slots) if restarts else self._workload.slots.copy(),
        )

    def workload_copy(self, samples: tuple[Array, Array] | None = None) -> Workload:
        """A workload with copies of the parameters, whose training leaves the run as it is; its memory is empty.

        Args:
            samples: inputs and targets in place of the training part's, which then are one batch.
        """
        load, network = self._workload, self.network
        inputs, targets = samples or (load.inputs, load.targets)
        copied = Network(network.sizes, network.activations, network.parameters.copy())
        return Workload(copied, load.loss, len(inputs) if samples else load.batch_size, inputs, targets, load.key)

    @property
    def history(self) -> History:
        """The record so far; it never changes."""
        return self._recorder.view()

    def evaluations(self) -> tuple[Evaluation, Evaluation]:
        """Of the training and the test set with the present parameters."""
        if self._evaluated is None or self._evaluated[0] != self.position:
            train, test = (self._evaluate(part) for part in (self.preparation.train, self.preparation.test))
            self._evaluated = self.position, train, test
        return self._evaluated[1:]

    @property
    def has_evaluations(self) -> bool:
        """Whether ``latest_evaluations`` need not measure anything."""
        return self._evaluated is not None

    def latest_evaluations(self) -> tuple[int, Evaluation, Evaluation]:
        """The position of the last evaluation and what it found; of this position if there is none."""
        if self._evaluated is None:
            self.evaluations()
        assert self._evaluated is not None
        return self._evaluated

    def activations(self, points: Array) -> list[Array]:
        """Every layer's activations, the inputs first, for points of shape (n, d): shapes (n, units)."""
        inputs = self.preparation.inputs(points)
        if self._engine is None:
            with np.errstate(all="ignore"):
                return list(self.network.forward(inputs).a)
        return [inputs, *self._engine.activations(inputs)]

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
            return start + min((sample // self._workload.batch_size + 1) * self._workload.batch_size, self.epoch_length)
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
            return start + sample - sample % self._workload.batch_size
        return start

    # ---------------------------------------------------------------- moving

    def advance(self, samples: int) -> Stop | None:
        """See so many more samples, or fewer if the run ends by itself.

        Returns:
            Why it stopped before the last of them; None if it did not. The run still stands where the reason was
            found: see :meth:`return_to`.

        Raises:
            Diverged: the parameters or the loss ceased to be finite; the run stands at the last finite state.
            CompilerError: the experiment asks for an engine that cannot be loaded; nothing has changed.
        """
        self.prepare_engine()
        target = self.position + samples
        while self.position < target:
            record_at = next_record(self.position, self.epoch_length)
            self._move_to(min(target, record_at, self._stretch_end(), self.course.next_change(self.position)))
            if self.position == record_at and not self._record():
                advice = self._advice()  # before the settings go back as well
                self._restore(self._recorded)
                self._apply_edits()
                raise Diverged(
                    f"Training diverged: between {self._place(self.position)} and {self._place(record_at)} the loss "
                    f"grew beyond all numbers. {advice}"
                )
            if self.sample == 0:
                self._keep_checkpoint()
            if self.position == record_at:
                stop = find_stop(self.history, self.settings)
                if stop is not None:
                    return stop
        self._apply_edits()
        return None

    @property
    def is_ready(self) -> bool:
        """Whether the next update can be computed at once, without loading or compiling anything."""
        return self._engine is not None or self.engine_name == "numpy" or compiled_engine.is_loaded()

    def prepare_engine(self) -> None:
        """Load the engine if need be, the first time for some seconds; raises CompilerError.

        The choice "auto" falls back to NumPy where the compiled engine cannot be loaded. This happens before the first
        update, and never in the middle of a run.
        """
        if self._engine is not None:
            return
        self._engine = make_engine(self.engine_name, self._workload, fall_back=self.experiment.engine == "auto")
        self.engine_name = self._engine.name

    def change(self, **fields: object) -> None:
        """Change live settings (LIVE_FIELDS) of the updates behind this position; raises ExperimentError."""
        patience = fields.get("patience")
        if isinstance(patience, int):
            check_patience(patience, len(self.preparation.test))
        self.course.change(self.position, **fields)

    def edit(self, values: Mapping[int, float]) -> None:
        """Set parameters by hand, by their places in the flat vector; part of the run's course from here on.

        Raises:
            WeightsError: a value is not finite; nothing has changed.
            IndexError: there is no such place.
        """
        count = self.network.parameters.size
        for index, value in values.items():
            if not 0 <= index < count:
                raise IndexError(index)
            if not math.isfinite(value):
                name = parameter_name(self.network.sizes, index)
                raise WeightsError(f"{name} cannot be {value}; give a finite number.")
        self.course.edit(self.position, values)
        self._apply_edits()

    def freeze(self, frozen: Iterable[int]) -> None:
        """Leave these parameters, and no others, as they are from here on; places in the flat vector."""
        chosen = frozenset(frozen)
        if not all(0 <= index < self.network.parameters.size for index in chosen):
            raise IndexError(max(chosen))
        self.course.freeze(self.position, chosen)

    @property
    def frozen(self) -> frozenset[int]:
        """The parameters that training leaves alone, as places in the flat vector."""
        return self.course.frozen(self.position)

    def switch_course(self, changes: Sequence[Change], position: int) -> None:
        """Take another course, and go back to where it parts from this one, or to a position before.

        ``advance`` leads from there to the position: so changes by hand are undone, and done again, to the same bits.
        """
        pairs = zip_longest(self.course.changes, changes)
        parting = next(
            (min(c.position for c in pair if c is not None) for pair in pairs if pair[0] != pair[1]), position
        )
        self.rewind(min(parting, position, self.position))
        self.course.changes = list(changes)
        self._apply_edits()

    def _apply_edits(self) -> None:
        """Set what is set by hand at this position; to do it again changes nothing."""
        edits = self.course.edits_at(self.position)
        if edits:
            self.network.parameters[[index for index, _ in edits]] = [value for _, value in edits]
            self._evaluated = None

    def return_to(self, position: int) -> None:
        """Rewind, and go on with the settings that hold now; see :class:`core.stopping.Stop`.

        Like ``rewind`` it leads to the last state kept before; ``advance`` leads to the position itself, where the
        settings take hold.
        """
        now = self.settings
        self.rewind(position)
        fields = {name: getattr(now, name) for name in LIVE_FIELDS}
        self.course.change(position, **fields)

    def rewind(self, position: int) -> None:
        """Go back to the last state kept at or before a position; ``advance`` leads from there to the position itself.

        A state is kept at the end of each recent epoch, and of ever fewer older ones. Changes of settings made before
        the position happen again on the way; later ones are forgotten.
        """
        if not 0 <= position <= self.position:
            raise ValueError(f"position {position} is not between 0 and {self.position}")
        kept = max(p for p in self._checkpoints if p <= position)
        self._restore(self._checkpoints[kept])
        self._checkpoints = {p: state for p, state in self._checkpoints.items() if p <= kept}
        self._recorder.cut(kept)
        self._recorded = self._state()
        self.course.forget(position)

    # ---------------------------------------------------------------- saving

    def saved_run(self) -> SavedRun:
        """A copy of all that the run is, from which :meth:`resume` goes on to the same bits."""
        kept = [state for _, state in sorted(self._checkpoints.items())]
        states = [*kept, self._recorded, self._state()]
        return SavedRun.of(self.engine_name, self.experiment, self.course.changes, states, self.history)

    @property
    def own_start(self) -> Array | None:
        """Shape (parameters,), the weights with which it began; None where they are those of the experiment."""
        start = self._checkpoints[0].parameters
        return None if start.tobytes() == _initial(self.experiment, self.network, None).tobytes() else start

    @classmethod
    def resume(cls, experiment: Experiment, dataset: Dataset, saved: SavedRun) -> Trainer:
        """A trainer that stands where the saved run of this experiment and data stood.

        Where the compiled engine is absent, NumPy goes on with what it began.

        Raises:
            ProjectError: the run is that of another network.
            LensError: experiment and data do not fit, or not to the changes made on the way.
            Diverged: the loss is not finite at the start.
        """
        *kept, recorded, now = (_State(*state) for state in saved.unpacked())
        trainer = cls(experiment, dataset, kept[0].parameters)
        saved.check_size(trainer.network.parameters.size, len(trainer.network.weights))
        changes = saved.course(experiment)
        for change in changes:
            check_patience(change.experiment.patience, len(trainer.preparation.test))
        trainer.course.changes = changes
        trainer.engine_name = saved.engine if compiled_engine.is_available() else "numpy"
        trainer._checkpoints = {state.position: state for state in kept}
        trainer._recorder.replace(saved.table, saved.gradients)
        trainer._recorded = recorded
        trainer._restore(now)
        return trainer

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
            return self._orders.at(epoch).permutation(self.epoch_length)
        return np.arange(self.epoch_length)

    def _batch_start(self) -> int:
        """Where the batch of the next update begins."""
        return self.position - self.sample % self._workload.batch_size

    def _stretch_end(self) -> int:
        """How far one call of the engine may lead: to the end of the epoch, or over some epochs of whole batches."""
        whole = self.epoch_length % self._workload.batch_size == 0
        epochs = max(1, STRETCH // self.epoch_length) if whole else 1
        return self.position - self.sample + epochs * self.epoch_length

    def _order_between(self, first: int, end: int) -> Rows:
        """Rows of the training part from a position of the present epoch to another."""
        epoch, length = self.epoch, self.epoch_length
        start = epoch * length
        if end <= start + length:
            return self._epoch_order(epoch)[first - start : end - start]
        orders = [self._epoch_order(number) for number in range(epoch, -(-end // length))]
        return np.concatenate(orders)[first - start : end - start]

    def _move_to(self, target: int) -> None:
        """Move without a change of settings, up to ``_stretch_end``, and run the batches that end on the way."""
        if self.course.restarts_optimizer(self.position):
            self._workload.slots[:] = 0.0
        self._apply_edits()
        size, first = self._workload.batch_size, self._batch_start()
        last = target if target % self.epoch_length == 0 else target - target % self.epoch_length % size
        if last <= first:
            self.position = target
            return
        order = self._order_between(first, last)
        before = self._state()
        self._run(order, 0, -(-len(order) // size))
        if self._is_finite():
            self.position = target
            return
        good = self._count_finite_batches(order, before)
        culprit = self._restore_and_run(order, before, good)
        raise Diverged(
            f"Training diverged: the update after {self._place(self.position)} would have made {culprit} infinite or "
            f"not a number. {self._advice()}"
        )

    def _run(self, order: Rows, first: int, end: int) -> None:
        """Run some batches of ``order``, which begins with the batch that is under way."""
        assert self._engine is not None
        size = self._workload.batch_size
        start = self._batch_start() + first * size
        self._engine.run(
            order[first * size : end * size],
            self.course.rates(self.position, start, end - first),
            self.course.rule(self.position),
            self.course.step(self.position) + first,
            start,
        )
        with np.errstate(all="ignore"):
            self.last_change = self.network.parameters - self._workload.before_last

    def _is_finite(self) -> bool:
        """Whether the parameters and the optimizer's memory are."""
        slots = self._workload.slots[: len(OPTIMIZERS[self.settings.optimizer].slots)]
        return bool(np.isfinite(self.network.parameters).all() and np.isfinite(slots).all())

    def _count_finite_batches(self, order: Rows, before: _State) -> int:
        """How many batches of ``order`` can be run before a number ceases to be finite.

        What is not finite never becomes finite again, so halving finds the place.
        """
        good, span = 0, -(-len(order) // self._workload.batch_size)
        self._restore(before)
        reached = before
        while span > 1:
            half = span // 2
            self._run(order, good, good + half)
            if self._is_finite():
                reached = self._state()
                good, span = good + half, span - half
            else:
                self._restore(reached)
                span = half
        return good

    def _restore_and_run(self, order: Rows, before: _State, batches: int) -> str:
        """Stand one sample before the update that breaks a number, after ``batches`` good ones; returns its name."""
        size = self._workload.batch_size
        fatal_end = min((batches + 1) * size, len(order))
        self._restore(before)
        self._run(order, 0, batches + 1)
        culprit = self._find_culprit()
        self._restore(before)
        if batches:
            self._run(order, 0, batches)
        self.position = self._batch_start() + fatal_end - 1
        return culprit

    def _find_culprit(self) -> str:
        """The name of the first number that is not finite."""
        memory = [("", self.network.parameters)]
        memory += [(f"the optimizer's {name} of ", values) for name, values in self.optimizer_memory.items()]
        for title, values in memory:
            finite = np.isfinite(values)
            if not finite.all():
                return title + parameter_name(self.network.sizes, int(np.argmin(finite)))
        raise AssertionError("all numbers are finite")

    def _evaluate(self, part: Part) -> Evaluation:
        losses, outputs = np.empty(len(part)), np.empty(part.targets.shape)
        size = max(256, EVALUATION_WORK // self.network.parameters.size)
        for start in range(0, len(part), size):
            if start and self.between_blocks is not None:
                self.between_blocks()
            block = slice(start, start + size)
            losses[block], outputs[block] = self._measure(part.inputs[block], part.targets[block])
        return evaluate(losses, outputs, part, self.experiment.task)

    def _measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        # At position 0 always by the reference: a window shows it before there is an engine, and ``train`` must log
        # the same bits.
        if self._engine is None or self.position == 0:
            return measure(self.network, self._workload.loss, inputs, targets)
        return self._engine.measure(inputs, targets)

    def _record(self) -> bool:
        """Record the present position; false, with nothing recorded, where the loss is not finite."""
        train, test = self.evaluations()
        if not math.isfinite(train.loss) or (len(self.preparation.test) and not math.isfinite(test.loss)):
            return False
        self._recorder.append(self.position, train.loss, test.loss, train.score, test.score)
        if is_gradient_record(self.position, self.epoch_length):
            norms = gradient_norms(self.network, self._workload.loss, *self._probe)
            self._recorder.append_gradients(self.position, norms)
        self._recorded = self._state()
        return True

    def _state(self) -> _State:
        used = len(OPTIMIZERS[self.settings.optimizer].slots)
        return _State(
            self.position,
            self.network.parameters.copy(),
            self.gradient.copy(),
            self._workload.slots[:used].copy(),
            self.last_change,
        )

    def _restore(self, state: _State) -> None:
        self.position = state.position
        self.network.parameters[:] = state.parameters
        self.gradient[:] = state.gradient
        self._workload.slots[: len(state.slots)] = state.slots
        self._workload.slots[len(state.slots) :] = 0.0
        self.last_change = state.last_change
        self._evaluated = None

    def _keep_checkpoint(self) -> None:
        """Keep this epoch's end. Recent ones stay; of the older ones a fixed number for each doubling of their age."""
        self._checkpoints[self.position] = self._state()
        if self.epoch % 16 == 0:
            self._checkpoints = {p: s for p, s in self._checkpoints.items() if self._is_kept(p // self.epoch_length)}

    def _is_kept(self, epoch: int) -> bool:
        age = self.epoch - epoch
        per_doubling = 8 if self.network.parameters.size < 10_000 else 1  # of three to five parameter vectors each
        return age < 2 * per_doubling or epoch % (1 << (age.bit_length() - per_doubling.bit_length())) == 0

    def _place(self, position: int) -> str:
        epoch, sample = divmod(position, self.epoch_length)
        return f"epoch {epoch}, sample {sample}"

    def _advice(self) -> str:
        return (
            "The run stands at the last finite state; reset it with a learning rate below "
            f"{self.settings.learning_rate:g}, standardized inputs or smaller initial weights."
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
    for weights, biases in zip(drawn.weights, drawn.biases, strict=True):
        weights[:] = initializer.draw(rng, weights.shape[0], weights.shape[1], experiment.init.scale or 0.0)
        biases[:] = experiment.bias
    return drawn.parameters
