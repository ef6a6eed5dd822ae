"""A saved run: everything that another trainer needs to continue it to the same bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.progress import Between
from core.base.translation import _
from core.base.values import dataclass
from core.data.class_names import with_names
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.engines.choosing import resolve
from core.training.experiment import Experiment
from core.training.preparation import check_patience, starting_parameters
from core.training.settings_over_time import Change
from core.training.timeline.saved_branches import (
    LAST_POSITION,
    MOST_KEPT,
    SavedBranch,
    SavedChange,
    ascends,
    packed,
    require,
    require_record,
    require_states,
    restore_branches,
    save_branches,
    unpacked,
)
from core.training.trainer import Trainer

ENGINES = ("compiled", "numpy")


@dataclass(frozen=True, eq=False)
class SavedRun:
    """The parts of a saved run.

    Attributes:
        engine: the engine that computed it, "compiled" or "numpy".
        changes: those of the present branch, by ascending position; after a step back some may lie ahead.
        positions: shape (states,), the positions of the states: first keyframes from 0 upwards, then one more, and last
            the present state. Files without branches keep all keyframes here, and before the last the state of the
            last record.
        states: shape (states, 3 + rows, parameters), see :func:`core.training.timeline.saved_branches.packed`.
        table, gradients: the record of the present branch, see :class:`core.training.history.History`.
        branches: all branches, the first one first; empty in files of version 1.0, whose run is one branch.
        present: the place of the present branch among them.

    Raises:
        ProjectError: the parts do not fit together.
    """

    engine: str
    changes: tuple[SavedChange, ...]
    positions: NDArray[np.int64]
    states: Array
    table: Array
    gradients: Array
    branches: tuple[SavedBranch, ...] = ()
    present: int = 0

    def __post_init__(self) -> None:
        require(self.engine in ENGINES, _("the engine"))
        require_states(self.positions, self.states)
        require(len(self.positions) >= 3, _("a state"))
        kept, (recorded, now) = self.positions[:-2], self.positions[-2:].tolist()
        require(kept[0] == 0 and ascends(kept) and max(kept[-1], recorded, 0) <= now <= LAST_POSITION, _("a position"))
        require(ascends(np.array([change.position for change in self.changes])), _("the order of the changes"))
        require_record(self.table, self.gradients, now)
        require(len(self.table) > 0 and self.table[0, 0] == 0, _("the record"))
        require(not self.branches or 0 <= self.present < len(self.branches), _("a branch"))
        require(not self.branches or now <= self.branches[self.present].tip, _("the tip of a branch"))

    def changes_of(self, first: Experiment) -> list[Change]:
        """The changes of a run of the experiment ``first``; raises ExperimentError."""
        return [change.change(first) for change in self.changes]

    def check_size(self, parameters: int, layers: int) -> None:
        """Raise ProjectError unless the run fits a network with these numbers of parameters and layers."""
        parts: tuple[SavedRun | SavedBranch, ...] = (self, *self.branches)
        for part in parts:
            require(part.states.shape[2] == parameters, _("the number of weights"))
            require(part.gradients.shape[1] == 1 + layers, _("the record"))
            for change in part.changes:
                for places in (change.frozen, change.places):
                    require(bool(((places >= 0) & (places < parameters)).all()), _("the place of a weight"))


def save_run(trainer: Trainer, most_kept: int = MOST_KEPT) -> SavedRun:
    """A copy of everything from which :func:`resume_run` continues to the same bits, on every branch.

    It holds as many keyframes as ``most_kept`` numbers allow, evenly thinned.
    """
    stepper, tree, first = trainer.stepper, trainer.tree, trainer.experiment
    now, history = stepper.state(), trainer.history
    return SavedRun(
        stepper.engine_name,
        tuple(SavedChange.of(change, first) for change in trainer.settings_over_time.changes),
        np.array([0, now.position, now.position], dtype=np.int64),
        packed([tree.present.keyframe_before(0), now, now], trainer.network.parameters.size),
        history.table.copy(),
        history.gradients.copy(),
        save_branches(tree, first, most_kept),
        tree.branches.index(tree.present),
    )


def resume_run(experiment: Experiment, dataset: Dataset, saved: SavedRun, between: Between = None) -> Trainer:
    """A trainer at the position and in the state of a saved run of this experiment and data, with all its branches.

    Where the compiled engine is missing, NumPy continues the run. ``between`` is called as by the trainer.

    Raises:
        ProjectError: the run belongs to another network.
        LensError: experiment and data do not fit each other or the changes made on the way.
        Diverged: the loss is not finite at the start.
    """
    *kept, _last, now = unpacked(saved.positions, saved.states)
    trainer = Trainer(experiment, dataset, kept[0].parameters, between)
    saved.check_size(trainer.network.parameters.size, len(trainer.network.weights))
    tree, changes = trainer.tree, saved.changes_of(experiment)
    if saved.branches:
        restore_branches(tree, saved.branches, saved.present, experiment)
        require(tree.present.changes == tuple(changes), _("a branch"))
    else:
        tree.present.changes, tree.present.tip = tuple(changes), now.position
        tree.present.record.replace(saved.table, saved.gradients, np.empty((0, 2)))
        for state in kept:
            tree.present.keep(state)
    for change in (change for branch in tree.branches for change in branch.changes):
        check_patience(change.experiment.patience, len(trainer.preparation.test))
    trainer.settings_over_time.changes = changes
    trainer.recorder.writer = tree.present.record
    lacking = experiment.without_compiled_form
    trainer.stepper.engine_name = "numpy" if saved.engine == "numpy" else resolve("auto", lacking)
    trainer.stepper.restore(now)
    return trainer


def with_class_names(trainer: Trainer, names: Sequence[str], source: DataSource | None = None) -> Trainer:
    """A trainer in the same state, with other names of the classes.

    Args:
        trainer: the run.
        names: one for each class.
        source: that of the data with these names; by default the run's source gets them.

    Raises:
        LensError: the names are not valid, or their number is not the number of classes.
    """
    source = trainer.experiment.data.with_class_names(names) if source is None else source
    drawn = source.drawn
    dataset = with_names(trainer.preparation.dataset, names if drawn is None else drawn.class_names)
    return resume_run(trainer.experiment.replace(data=source), dataset, save_run(trainer))


def own_start(trainer: Trainer) -> Array | None:
    """Shape (parameters,), the weights at position 0; None if they are those that the experiment draws."""
    start = trainer.tree.present.keyframe_before(0).parameters
    drawn = starting_parameters(trainer.experiment, trainer.network, None)
    return None if start.tobytes() == drawn.tobytes() else start
