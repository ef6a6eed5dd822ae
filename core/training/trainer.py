"""Training as a deterministic process: the experiment, the changes made on the way and the position give the state.

The position counts samples. The parameters change at the end of a batch, by the gradient of the whole batch; inside a
batch only the position moves. So a run ends with the same bits whether it is stepped by sample, batch or epoch, or
played.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.progress import Between, finish
from core.data.dataset import Dataset
from core.engines.workload import Workload
from core.network.dropout import dropout_key
from core.network.losses import LOSSES
from core.network.network import Network
from core.training.divergence import Diverged, loss_not_finite_at_start, loss_overflow, stop_before_divergence
from core.training.evaluation import Evaluation, Evaluations
from core.training.experiment import Experiment
from core.training.history import History, next_record
from core.training.keyframes import KeyframeSpacing, watch
from core.training.preparation import Preparation, check_patience, prepare, starting_parameters
from core.training.recording import Recorder
from core.training.sample_order import SampleOrder
from core.training.settings_over_time import SettingsOverTime
from core.training.stepping import Stepper
from core.training.stopping import Stop, find_stop
from core.training.timeline.branches import Branch, BranchTree
from core.training.timeline.head import Head
from core.training.whole_epochs import WholeEpochs

UNITS = ("sample", "batch", "epoch")


class Trainer:
    """Trains one network on one data set.

    Args:
        experiment: what to run.
        dataset: the points, as ``experiment.data`` gives them.
        initial_parameters: shape (parameters,), in place of ``experiment.init``.
        between: called between two steps of the preparation and two blocks of the measurement at position 0, which take
            long for large sets.

    Raises:
        ExperimentError: experiment and data do not fit.
        WeightsError: the initial parameters have the wrong length or are not finite.
        Diverged: the loss is not finite from the start.

    Attributes:
        preparation: the data as the network sees them.
        network: the network; its parameters are the run's.
        settings_over_time: the settings at each position.
        stepper: the state, and the engine that trains it.
        evaluator: measures the training and the test set.
        recorder: the record of loss, score and gradient norms.
        tree: the branches of the run, and the states kept to go back to.
        head: moves the run in the tree.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, initial_parameters: Array | None = None, between: Between = None
    ) -> None:
        self.experiment = experiment
        self.preparation: Preparation = prepare(experiment, dataset, between)
        self.network = Network(self.preparation.sizes, self.preparation.activations)
        self.network.parameters[:] = starting_parameters(experiment, self.network, initial_parameters)
        train, epoch_length = self.preparation.train, self.preparation.epoch_length
        batch_size = min(experiment.batch_size, epoch_length)
        workload = Workload(
            self.network, LOSSES[experiment.loss], batch_size, train.inputs, train.targets, dropout_key(experiment.seed)
        )
        self.settings_over_time = SettingsOverTime(experiment, epoch_length, batch_size)
        order = SampleOrder(experiment, epoch_length, batch_size)
        self.stepper = Stepper(workload, self.settings_over_time, order, experiment.engine)
        self.evaluator = Evaluations(self.stepper, self.preparation, experiment.task)
        self.recorder = Recorder(self.stepper, train)
        kept = KeyframeSpacing(epoch_length, parameters=self.network.parameters.size)
        self.tree = BranchTree(self.recorder.writer, self.stepper.state(), kept)
        self._epochs = WholeEpochs(self.stepper, self.evaluator, self.recorder, self.tree)
        self.head = Head(self.stepper, self.recorder, self.tree)
        if not self.recorder.record(*finish(self.evaluating(), between)):
            raise loss_not_finite_at_start(train.targets)

    # ---------------------------------------------------------------- where the run stands

    @property
    def position(self) -> int:
        """Samples seen since the start."""
        return self.stepper.position

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
    def has_update(self) -> bool:
        """Whether an update was made up to here, so that ``gradient`` and ``last_change`` tell of one."""
        return self.stepper.order.last_batch_end(self.position) > 0

    @property
    def settings(self) -> Experiment:
        """The experiment with the settings of the next update."""
        return self.settings_over_time.at(self.position)

    @property
    def numbers_kept(self) -> int:
        """About how many numbers the trainer holds: data, record and keyframes."""
        data, sizes = len(self.preparation.dataset), self.preparation.sizes
        return data * (sizes[0] + 2 * sizes[-1] + 4) + self.recorder.measures.table.size + self.tree.bytes_kept // 8

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next update, schedule and warm-up included."""
        return self.stepper.learning_rate

    @property
    def gradient(self) -> Array:
        """Shape (parameters,), the mean gradient of the last batch, penalty included; zeros before the first update."""
        return self.stepper.workload.gradient

    @property
    def last_change(self) -> Array:
        """Shape (parameters,), what the last update added to the parameters."""
        return self.stepper.last_change

    @property
    def history(self) -> History:
        """The record up to the present position; it never changes."""
        return self.recorder.history

    def evaluations(self) -> tuple[Evaluation, Evaluation]:
        """Of the training and the test set with the present parameters."""
        return self.evaluator.now()

    def evaluating(self) -> Generator[None, None, tuple[Evaluation, Evaluation]]:
        """``evaluations`` in steps; see :meth:`core.training.evaluation.Evaluations.measuring`."""
        return self.evaluator.measuring()

    @property
    def evaluation_waits(self) -> bool:
        """Whether ``evaluations`` would take long now."""
        return self.evaluator.take_long and not self.evaluator.are_of_now

    @property
    def has_evaluations(self) -> bool:
        """Whether ``latest_evaluations`` need not measure anything."""
        return self.evaluator.exist

    def latest_evaluations(self) -> tuple[int, Evaluation, Evaluation]:
        """The position of the last evaluation and what it found; of this position if there is none."""
        return self.evaluator.latest()

    def latest_predictions(self) -> NDArray[np.int64] | Array:
        """What it predicted for each row of the data set, shape (n,), read-only; always the same array."""
        return self.evaluator.predicted()

    def activations(self, points: Array) -> list[Array]:
        """The activations of every layer, shapes (n, units), inputs first, for points of shape (n, d)."""
        inputs = self.preparation.inputs(points)
        return [inputs, *self.stepper.forward_pass.activations(inputs)]

    def last_row(self) -> int | None:
        """The row of the data set that was seen last; None before the first."""
        if self.position == 0:
            return None
        return int(self.preparation.train.rows[self.stepper.order.at(self.position - 1)])

    def end_of(self, unit: str) -> int:
        """The end of the current sample, batch or epoch (see UNITS)."""
        return self.stepper.order.end_of(unit, self.position)

    def start_of(self, unit: str) -> int:
        """The last start of a sample, batch or epoch (see UNITS) before this position; 0 at the start."""
        return self.stepper.order.start_of(unit, self.position)

    # ---------------------------------------------------------------- moving

    def advance(self, samples: int) -> Stop | None:
        """Train on this number of samples, or on fewer if the run stops by itself.

        Returns:
            The reason to stop; None if the run did not stop by itself. The run is at the position where the reason was
            found; see :meth:`core.training.timeline.head.Head.return_to`.

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
        self.head.follow_changes()
        self.prepare_engine()
        target = self.position + samples
        while self.position < target:
            if self._epochs.train(target):
                is_looked_at, train_loss = True, self.evaluations()[0].loss if self.settings.may_stop else math.nan
            else:
                record_at = next_record(self.position, self.epoch_length, self.network.parameters.size)
                look_at = self.end_of("epoch") if self.settings.may_stop else record_at
                stops = self.stepper.farthest_target, self.tree.next_stop(self.position)
                self._move_to(min(target, record_at, look_at, *stops))
                is_looked_at = self.position in (record_at, look_at)
                if is_looked_at:
                    train_loss = yield from self._looking(self.position == record_at)
                self.tree.reach(self.position)
                self.tree.keep_if_wanted(self.position, self.stepper.state)
            if is_looked_at:
                self.stepper.apply_edits()
                if self.settings.may_stop:
                    stop = find_stop(self.recorder.measures, self.position, train_loss, self.settings)
                    if stop is not None:
                        return stop
                yield True
        self.stepper.apply_edits()
        return None

    def _looking(self, is_record: bool) -> Generator[bool, None, float]:
        """Measure a record or, where none is due, what :func:`find_stop` needs, unless it is known already.

        Returns the training loss, for a record of the past that of the record; NaN if nothing is measured.
        """
        is_known_end = self.position <= self.tree.present.tip and self.settings.stop_loss is None
        if not (self.recorder.knows_position if is_record else is_known_end):
            for _ in self.evaluator.measuring():
                yield False
            train, test = self.evaluations()
            if not is_record:
                self.recorder.note_end(self.position, test.loss)
                return train.loss
            if not self.recorder.record(train, test):
                raise self._return_to_last_record()
        return float(self.recorder.measures.column("train_loss")[-1]) if is_record else math.nan

    def _move_to(self, position: int) -> None:
        """Train to a position up to which no setting changes and nothing is recorded; raises Diverged."""
        seconds, samples = watch(), position - self.position
        if not self.stepper.move_to(position):
            error = stop_before_divergence(self.stepper, position)
            self.tree.reach(self.position)
            raise error
        self.tree.spacing.note(samples, seconds())

    def _return_to_last_record(self) -> Diverged:
        """Go back, since the loss is not finite here; returns the error to raise."""
        recorded = self.recorder.writer.last_position
        error = loss_overflow(self.stepper, recorded)
        self.seek(recorded)
        return error

    @property
    def is_ready(self) -> bool:
        """Whether the next update can be computed at once, without loading or compiling anything."""
        return self.stepper.is_ready

    @property
    def engine_name(self) -> str:
        """The engine in use, "compiled" or "numpy"."""
        return self.stepper.engine_name

    def prepare_engine(self) -> None:
        """Load the engine unless it is loaded, which can take seconds; raises CompilerError.

        The choice "auto" falls back to NumPy if the compiled engine cannot be loaded. This happens before the first
        update, never in the middle of a run.
        """
        self.stepper.prepare_engine()

    def change(self, **fields: object) -> None:
        """Change live settings (LIVE_FIELDS) from this position on; raises ExperimentError."""
        patience = fields.get("patience")
        if isinstance(patience, int):
            check_patience(patience, len(self.preparation.test))
        self.settings_over_time.change(self.position, **fields)
        self.head.follow_changes()

    def edit(self, values: Mapping[int, float]) -> None:
        """Set parameters by hand, by their indices in the flat vector; the edit is part of the run.

        Raises:
            WeightsError: a value is not finite; nothing has changed.
            IndexError: an index is out of range.
        """
        self.stepper.edit(values)
        self.head.follow_changes()

    def freeze(self, frozen: Iterable[int]) -> None:
        """Freeze these parameters, and no others, from this position on; indices in the flat vector."""
        chosen = frozenset(frozen)
        if not all(0 <= index < self.network.parameters.size for index in chosen):
            raise IndexError(max(chosen))
        self.settings_over_time.freeze(self.position, chosen)
        self.head.follow_changes()

    @property
    def frozen(self) -> frozenset[int]:
        """The parameters that training does not change, as indices in the flat vector."""
        return self.settings_over_time.frozen(self.position)

    # ---------------------------------------------------------------- moving in the tree

    def seek(self, position: int, branch: Branch | None = None) -> None:
        """Go to a position that was reached on a branch, by default the present one, to the same bits.

        Nothing on the way is recorded or measured.

        Raises:
            ValueError: the branch does not reach the position.
            CompilerError: see ``advance``; the run stands at the keyframe before the position.
        """
        self.head.go_to(position, branch)
        while self.position < position:  # a record on the way may again find a reason to stop
            self.advance(position - self.position)
