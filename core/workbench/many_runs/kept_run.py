"""A run that is kept: one line of it, from position 0 to where it was trained to, and all that brings it back."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, read_only_copy
from core.base.progress import Between
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.engines.numpy_forward import NumpyForwardPass
from core.explain.maps import OutputMap, Plane, output_map_of
from core.network.network import Network
from core.storage.saved_kept_run import LeftAt
from core.training.experiment import Experiment
from core.training.history import History
from core.training.preparation import Preparation, prepare
from core.training.presets import Preset
from core.training.saved_run import SavedRun, resume_run
from core.training.settings_over_time import Change
from core.training.stopping import find_stop
from core.training.timeline.branches import Branch
from core.training.timeline.saved_branches import SavedBranch, SavedChange, packed
from core.training.trainer import Trainer
from core.workbench.run_id import RunId, WorkId
from core.workbench.run_timeline import words_of_changes


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A line of a run, as it was when it was kept. All arrays are read-only.

    Attributes:
        run: the run that it is a line of; see :meth:`is_line_of`.
        work: what it belongs to.
        experiment: the settings at position 0.
        dataset: the data; shared with all runs on the same data.
        saved: what brings it back: its one branch with a record, the state at position 0, and the last state, from
            which training leads to the tip.
        history: its whole record.
        tip: the position to which it was trained.
        parameters: shape (parameters,), those at the position ``parameters_at``: that of ``left_at``, or not far before
            the tip.
        changes: those made on the way, by ascending position. words: the same in words; empty for none.
        sizes: layer sizes. epoch_length: samples of an epoch.
        home: the weights that a reset leads back to; None for those of the experiment.
        note: how it ended, such as "diverged"; empty if it was just left.
        name: the user's name for it; empty for what differs.
        left_at: where it stood, if early stopping had led it back there, or the record ends before; None otherwise.
        lesson: the preset whose text tells of it; None where there is none, or it comes from a file.
    """

    run: RunId
    work: WorkId
    experiment: Experiment
    dataset: Dataset
    saved: SavedRun
    history: History
    tip: int
    parameters: Array
    parameters_at: int
    changes: tuple[Change, ...]
    words: str
    sizes: tuple[int, ...]
    epoch_length: int
    home: Array | None = None
    note: str = ""
    name: str = ""
    left_at: LeftAt | None = None
    lesson: Preset | None = None

    def prepared(self) -> Preparation:
        """Its data as the network sees them. It is not kept, since it is as large as the data."""
        return prepare(self.experiment, self.dataset)

    def decision(self, plane: Plane) -> OutputMap:
        """The decision with :attr:`parameters` over a plane of the data."""
        preparation = self.prepared()
        network = Network(self.sizes, preparation.activations, self.parameters)
        return output_map_of(preparation, NumpyForwardPass(network), plane)

    def is_line_of(self, run: RunId | None, changes: tuple[Change, ...]) -> bool:
        """Whether a line of a run with these changes is this one, perhaps trained farther."""
        return self.run == run and self.changes == _effective(changes, self.tip)

    @property
    def line(self) -> tuple[object, ...]:
        """What two copies of a line have in common that are trained equally far and have one name."""
        return self.run, self.changes, self.tip, self.name

    def goes_on_from(self, other: KeptRun) -> bool:
        """Whether it is the same line as another one and reaches as far."""
        return self.tip >= other.tip and self.is_line_of(other.run, other.changes)

    @property
    def bytes_kept(self) -> int:
        """The memory of all that it does not share with others."""
        history, branch = self.history, self.saved.branches[0]
        arrays = [self.saved.states, history.table, history.gradients, *([] if self.home is None else [self.home])]
        if branch.table is not history.table:
            arrays += [branch.table, branch.gradients]
        if not np.may_share_memory(self.parameters, self.saved.states):
            arrays.append(self.parameters)
        return sum(array.nbytes for array in arrays)


def keep_line(
    trainer: Trainer,
    run: RunId,
    work: WorkId,
    home: Array | None = None,
    branch: Branch | None = None,
    note: str = "",
    lesson: Preset | None = None,
) -> KeptRun:
    """A copy of a line of a run, by default that of the present branch; the trainer does not change.

    Changes at the tip itself are left out, since nothing was trained with them.
    """
    branch = trainer.tree.present if branch is None else branch
    changes = _effective(branch.changes, branch.tip)
    start, last = branch.keyframe_before(0), branch.keyframe_before(branch.tip)
    is_here = branch is trainer.tree.present and trainer.position > last.position
    if is_here and not trainer.settings_over_time.edits_at(trainer.position):
        last = trainer.stepper.state()
    first = trainer.experiment
    history = branch.record.view()
    table, gradients, lows = map(read_only_copy, (history.table, history.gradients, history.lows))
    states = read_only_copy(packed([start, last, last], start.parameters.size))
    positions = np.array([0, last.position, last.position], dtype=np.int64)
    saved_changes = tuple(SavedChange.of(change, first) for change in changes)
    two = slice(0, 2 if last.position else 1)
    line = SavedBranch("", -1, 0, branch.tip, saved_changes, positions[two], states[two], table, gradients, lows)
    upto, gradients_upto = (int(np.searchsorted(t[:, 0], last.position, side="right")) for t in (table, gradients))
    saved = SavedRun(
        trainer.engine_name,
        saved_changes,
        positions,
        states,
        table[:upto],
        gradients[:gradients_upto],
        (line,),
    )
    sizes, length = trainer.network.sizes, trainer.epoch_length
    words = words_of_changes(first, changes, sizes, length)
    name, dataset = branch.name, trainer.preparation.dataset
    record, parameters, parameters_at = History(table, length, gradients, lows=lows), states[-1, 0], last.position
    left_at = _left_at(trainer, branch, record, changes[-1].experiment if changes else first)
    if left_at is not None and left_at.position != parameters_at:
        parameters, parameters_at = read_only_copy(trainer.network.parameters), left_at.position
    return KeptRun(
        run,
        work,
        first,
        dataset,
        saved,
        record,
        branch.tip,
        parameters,
        parameters_at,
        changes,
        words,
        sizes,
        length,
        home,
        note,
        name,
        left_at,
        lesson,
    )


def _left_at(trainer: Trainer, branch: Branch, record: History, last: Experiment) -> LeftAt | None:
    """Where the run stands on a branch, also behind changes with which nothing was trained yet.

    None where the end of the record tells of the run, also while someone looks at an earlier epoch. What the record
    does not tell is measured, unless that takes long. ``last`` are the settings at the tip.
    """
    present, position = trainer.tree.present, trainer.position
    while present.parent is not None and present.tip == present.fork:
        present = present.parent
    if branch is not present or not 0 < position <= branch.tip or trainer.settings_over_time.edits_at(position):
        return None
    stop = find_stop(record, branch.tip, float("nan"), last)
    if position <= record.table[-1, 0] and (stop is None or stop.return_to != position):
        return None
    place = int(np.searchsorted(record.table[:, 0], position))
    if place < len(record) and record.table[place, 0] == position:
        return LeftAt(position, record.numbers_at(place))
    if trainer.evaluation_waits:
        return None
    train, test = trainer.evaluations()
    return LeftAt(position, (train.loss, test.loss, train.score, test.score))


def resume_kept(kept: KeptRun, between: Between = None) -> Trainer:
    """A trainer of a kept run, at the position of its last state; training leads on from there to its tip.

    Raises:
        LensError: an engine cannot be had, or the data do not fit any more.
    """
    return resume_run(kept.experiment, kept.dataset, kept.saved, between)


def _effective(changes: tuple[Change, ...], tip: int) -> tuple[Change, ...]:
    """The changes with which something was trained up to the tip."""
    return tuple(change for change in changes if change.position < tip)
