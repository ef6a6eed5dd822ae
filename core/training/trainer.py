"""A run as a deterministic machine: its state depends on the experiment, the changes made on the way and the position.

The position counts samples. The parameters change where a batch ends, by the gradient of the whole batch; inside a
batch only the position moves. So a run leaves the same bits whether it is stepped by sample, batch or epoch, or played.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.base.errors import LensError, WeightsError
from core.base.steps import finish
from core.data.class_names import with_names
from core.data.dataset import Dataset
from core.engines.choosing import ForwardPass, resolve
from core.engines.workload import Workload
from core.network.dropout import dropout_key
from core.network.losses import LOSSES
from core.network.network import Network, parameter_name
from core.network.optimizers import Rule
from core.training.evaluation import Evaluation, Evaluations
from core.training.experiment import LIVE_FIELDS, Experiment
from core.training.gradient_norms import gradient_norms, probe_samples
from core.training.history import History, Recorder, is_gradient_record, next_record
from core.training.initial_parameters import initial_parameters as start_of_run
from core.training.keyframes import Checkpoints, State
from core.training.preparation import Preparation, check_patience, prepare
from core.training.sample_order import Order
from core.training.saved_run import SavedRun
from core.training.settings_over_time import Change, Course
from core.training.stepping import Machine
from core.training.stopping import Stop, find_stop

UNITS = ("sample", "batch", "epoch")


class Diverged(LensError):
    """The parameters, or at a record the loss, ceased to be finite; the trainer stands at the last finite state.

    Where a parameter was the first to go, the state is the one before that update, so that one sees what led to it: its
    parameters are finite, although what the network computes with them may be too large for a number already.
    """


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
        course: the settings over the positions.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, initial_parameters: Array | None = None) -> None:
        self.experiment = experiment
        self.preparation: Preparation = prepare(experiment, dataset)
        self.network = Network(self.preparation.sizes, self.preparation.activations)
        self.network.parameters[:] = start_of_run(experiment, self.network, initial_parameters)
        train = self.preparation.train
        batch_size = min(experiment.batch_size, self.preparation.epoch_length)
        self._workload = Workload(
            self.network, LOSSES[experiment.loss], batch_size, train.inputs, train.targets, dropout_key(experiment.seed)
        )
        self.course = Course(experiment, self.preparation.epoch_length, batch_size)
        self._order = Order(experiment, self.preparation.epoch_length, batch_size)
        self._machine = Machine(self._workload, self.course, self._order, experiment.engine)
        self._evaluations = Evaluations(self._machine, self.preparation, experiment.task)
        self._checkpoints = Checkpoints(self._machine.state(), self.preparation.epoch_length)
        self._recorder = Recorder(self.epoch_length, len(self.network.weights))
        self._probe = probe_samples(train)
        self._recorded = self._machine.state()
        if not self._record():
            raise Diverged(
                "The loss is not finite with the initial weights: the inputs or weights are too large; "
                "standardize the inputs or choose smaller initial weights."
            )

    # ---------------------------------------------------------------- where the run stands

    @property
    def position(self) -> int:
        """Samples seen since the start."""
        return self._machine.position

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
        return data * (sizes[0] + 2 * sizes[-1] + 4) + self.history.table.size + self._checkpoints.numbers

    @property
    def learning_rate(self) -> float:
        """The rate of the next update, schedule and warm-up included."""
        return float(self.course.rates(self.position, self._order.batch_start(self.position), 1)[0])

    @property
    def gradient(self) -> Array:
        """Shape (parameters,), of the last batch, its mean with the penalty's; zeros before the first update."""
        return self._workload.gradient

    @property
    def last_change(self) -> Array:
        """Shape (parameters,), what the last update added to the parameters."""
        return self._machine.last_change

    @property
    def optimizer_memory(self) -> dict[str, Array]:
        """What the optimizer remembers by the names of its formula, each of shape (parameters,)."""
        return self._machine.memory

    def parameter_course(self, index: int) -> Array:
        """Shape (points, 2), position and value of a place in the flat vector, at all states kept and now.

        Kept are the start and ends of epochs, all recent ones and ever fewer older ones; see :meth:`rewind`.
        """
        kept = [(s.position, s.parameters[index]) for s in self._checkpoints if s.position < self.position]
        return np.array([*kept, (self.position, self.network.parameters[index])], dtype=np.float64)

    def next_update(self) -> Update:
        """What the update that comes next is made of, changes of settings that lie ahead included."""
        start, end = self._order.batch_start(self.position), self.end_of("batch")
        last = end - 1
        restarts = self.course.restarts_optimizer(self.position, end)
        return Update(
            start,
            end,
            self._order.between(start, end),
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
        return self._evaluations.now()

    def evaluating(self) -> Generator[None, None, tuple[Evaluation, Evaluation]]:
        """``evaluations`` in steps; see :meth:`core.training.evaluation.Evaluations.measuring`."""
        return self._evaluations.measuring()

    @property
    def evaluation_took(self) -> float:
        """Seconds that the last evaluation took."""
        return self._evaluations.took

    @property
    def evaluation_ended(self) -> float:
        """When the last evaluation ended, by ``time.perf_counter``."""
        return self._evaluations.ended

    @property
    def evaluation_waits(self) -> bool:
        """Whether ``evaluations`` would take long now."""
        return self._evaluations.take_long and not self._evaluations.are_of_now

    @property
    def has_evaluations(self) -> bool:
        """Whether ``latest_evaluations`` need not measure anything."""
        return self._evaluations.exist

    def latest_evaluations(self) -> tuple[int, Evaluation, Evaluation]:
        """The position of the last evaluation and what it found; of this position if there is none."""
        return self._evaluations.latest()

    def latest_predictions(self) -> NDArray[np.int64] | Array:
        """What it predicted for each row of the data set, shape (n,), read-only; always the same array."""
        return self._evaluations.predicted()

    def activations(self, points: Array) -> list[Array]:
        """Every layer's activations, the inputs first, for points of shape (n, d): shapes (n, units)."""
        inputs = self.preparation.inputs(points)
        return [inputs, *self.forward_pass.activations(inputs)]

    @property
    def forward_pass(self) -> ForwardPass:
        """What the network computes with its present parameters, for inputs as it sees them."""
        return self._machine.forward_pass

    def last_row(self) -> int | None:
        """Row of the data set that was seen last; None before the first."""
        if self.position == 0:
            return None
        return int(self.preparation.train.rows[self._order.at(self.position - 1)])

    def end_of(self, unit: str) -> int:
        """The next position at which the present sample, batch or epoch (see UNITS) ends."""
        return self._order.end_of(unit, self.position)

    def start_of(self, unit: str) -> int:
        """The last position before this one at which a sample, batch or epoch began; 0 at the start."""
        return self._order.start_of(unit, self.position)

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
        return finish(self.advancing(samples))

    def advancing(self, samples: int) -> Generator[bool, None, Stop | None]:
        """``advance`` in steps: it yields between two blocks of the evaluation for a record, and behind each record.

        Yields:
            Whether the record is complete. Where it is, the generator may be closed, and the run stands there. Between
            two steps the run may be looked at, but not changed.
        """
        self.prepare_engine()
        target = self.position + samples
        while self.position < target:
            record_at = next_record(self.position, self.epoch_length, self.network.parameters.size)
            stretch_end, next_change = self._order.stretch_end(self.position), self.course.next_change(self.position)
            culprit = self._machine.move_to(min(target, record_at, stretch_end, next_change))
            if culprit is not None:
                raise Diverged(
                    f"Training diverged: the update after {self._place(self.position)} would have made {culprit} "
                    f"infinite or not a number. {self._advice()}"
                )
            if self.position == record_at:
                for _ in self._evaluations.measuring():
                    yield False
            if self.position == record_at and not self._record():
                advice = self._advice()  # before the settings go back as well
                self._machine.restore(self._recorded)
                self._machine.apply_edits()
                raise Diverged(
                    f"Training diverged: between {self._place(self.position)} and {self._place(record_at)} the loss "
                    f"grew beyond all numbers. {advice}"
                )
            if self.sample == 0:
                self._checkpoints.keep(self._machine.state())
            if self.position == record_at:
                stop = find_stop(self.history, self.settings)
                if stop is not None:
                    return stop
                self._machine.apply_edits()
                yield True
        self._machine.apply_edits()
        return None

    @property
    def is_ready(self) -> bool:
        """Whether the next update can be computed at once, without loading or compiling anything."""
        return self._machine.is_ready

    @property
    def engine_name(self) -> str:
        """What computes, "compiled" or "numpy"."""
        return self._machine.engine_name

    def prepare_engine(self) -> None:
        """Load the engine if need be, the first time for some seconds; raises CompilerError.

        The choice "auto" falls back to NumPy where the compiled engine cannot be loaded. This happens before the first
        update, and never in the middle of a run.
        """
        self._machine.prepare_engine()

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
        self._machine.apply_edits()

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
        self._machine.apply_edits()

    def return_to(self, position: int) -> None:
        """Rewind, and go on with the settings that hold now; see :class:`core.training.stopping.Stop`.

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
        kept = self._checkpoints.back_to(position)
        self._machine.restore(kept)
        self._recorder.cut(kept.position)
        self._recorded = self._machine.state()
        self.course.forget(position)

    # ---------------------------------------------------------------- saving

    def saved_run(self) -> SavedRun:
        """A copy of all that the run is, from which :meth:`resume` goes on to the same bits."""
        states = [*self._checkpoints, self._recorded, self._machine.state()]
        return SavedRun.of(self.engine_name, self.experiment, self.course.changes, states, self.history)

    @property
    def own_start(self) -> Array | None:
        """Shape (parameters,), the weights with which it began; None where they are those of the experiment."""
        start = next(iter(self._checkpoints)).parameters
        return None if start.tobytes() == start_of_run(self.experiment, self.network, None).tobytes() else start

    @classmethod
    def resume(cls, experiment: Experiment, dataset: Dataset, saved: SavedRun) -> Trainer:
        """A trainer that stands where the saved run of this experiment and data stood.

        Where the compiled engine is absent, NumPy goes on with what it began.

        Raises:
            ProjectError: the run is that of another network.
            LensError: experiment and data do not fit, or not to the changes made on the way.
            Diverged: the loss is not finite at the start.
        """
        *kept, recorded, now = (State(*state) for state in saved.unpacked())
        trainer = cls(experiment, dataset, kept[0].parameters)
        saved.check_size(trainer.network.parameters.size, len(trainer.network.weights))
        changes = saved.course(experiment)
        for change in changes:
            check_patience(change.experiment.patience, len(trainer.preparation.test))
        trainer.course.changes = changes
        lacking = experiment.without_compiled_form
        trainer._machine.engine_name = "numpy" if saved.engine == "numpy" else resolve("auto", lacking)
        trainer._checkpoints.replace(kept)
        trainer._recorder.replace(saved.table, saved.gradients)
        trainer._recorded = recorded
        trainer._machine.restore(now)
        return trainer

    def renamed(self, class_names: Sequence[str]) -> Trainer:
        """Another trainer that stands where this one stands, its classes so named.

        Raises:
            LensError: the names cannot be, or there are other classes than names.
        """
        source = self.experiment.data.with_class_names(class_names)
        drawn = source.drawn
        dataset = with_names(self.preparation.dataset, source.class_names if drawn is None else drawn.class_names)
        return self.resume(self.experiment.replace(data=source), dataset, self.saved_run())

    # ---------------------------------------------------------------- inside

    def _record(self) -> bool:
        """Record the present position; false, with nothing recorded, where the loss is not finite."""
        train, test = self.evaluations()
        if not math.isfinite(train.loss) or (len(self.preparation.test) and not math.isfinite(test.loss)):
            return False
        self._recorder.append(self.position, train.loss, test.loss, train.score, test.score)
        if is_gradient_record(self.position, self.epoch_length):
            norms = gradient_norms(self.network, self._workload.loss, *self._probe)
            self._recorder.append_gradients(self.position, norms)
        self._recorded = self._machine.state()
        return True

    def _place(self, position: int) -> str:
        epoch, sample = divmod(position, self.epoch_length)
        return f"epoch {epoch}, sample {sample}"

    def _advice(self) -> str:
        return (
            "The run stands at the last finite state; reset it with a learning rate below "
            f"{self.settings.learning_rate:g}, standardized inputs or smaller initial weights."
        )
