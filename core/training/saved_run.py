"""A saved run: everything that another trainer needs to continue it to the same bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import ProjectError
from core.data.class_names import with_names
from core.data.dataset import Dataset
from core.engines.choosing import resolve
from core.network.optimizers import SLOTS
from core.training.experiment import LIVE_FIELDS, Decay, Experiment
from core.training.history import COLUMNS, History
from core.training.keyframes import State
from core.training.preparation import check_patience, starting_parameters
from core.training.settings_over_time import Change
from core.training.trainer import Trainer

MOST_KEPT = 4_000_000
"""Most numbers in the saved keyframes. Old keyframes beyond it are left out; training from the start restores them."""

VECTORS = 3
"""Vectors of a state besides the optimizer's memory: parameters, gradient, last change."""

LAST_POSITION = 2**53
ENGINES = ("compiled", "numpy")


@dataclass(frozen=True)
class Setting:
    """A live setting and its value."""

    name: str
    value: bool | int | float | str | Decay | None


@dataclass(frozen=True, eq=False)
class SavedChange:
    """A :class:`core.training.settings_over_time.Change`, its settings by their names.

    Attributes:
        position: where the settings take effect.
        settings: the settings that differ from the experiment's.
        frozen: indices of frozen parameters.
        places, values: indices and values of parameters that are set by hand there.
    """

    position: int
    settings: tuple[Setting, ...]
    frozen: NDArray[np.int64]
    places: NDArray[np.int64]
    values: Array

    def __post_init__(self) -> None:
        plain = self.frozen.ndim == self.places.ndim == 1 and self.values.shape == self.places.shape
        _require(plain and len(set(self.places.tolist())) == len(self.places), "a change by hand")
        _require(bool(np.isfinite(self.values).all()), "a value set by hand")
        _require(0 <= self.position <= LAST_POSITION, "the position of a change")
        _require({s.name for s in self.settings} <= LIVE_FIELDS, "a setting that changed")

    @classmethod
    def of(cls, change: Change, first: Experiment) -> SavedChange:
        """A change in a run of the experiment ``first``."""
        now = change.experiment
        names = sorted(now.changed_fields(first))
        places, values = [place for place, _ in change.edits], [value for _, value in change.edits]
        return cls(
            change.position,
            tuple(Setting(name, getattr(now, name)) for name in names),
            np.array(sorted(change.frozen), dtype=np.int64),
            np.array(places, dtype=np.int64),
            np.array(values, dtype=np.float64),
        )

    def change(self, first: Experiment) -> Change:
        """The change in a run of the experiment ``first``; raises ExperimentError."""
        return Change(
            self.position,
            first.replace(**{setting.name: setting.value for setting in self.settings}),
            frozenset(self.frozen.tolist()),
            tuple(zip(self.places.tolist(), self.values.tolist(), strict=True)),
        )


@dataclass(frozen=True, eq=False)
class SavedRun:
    """The parts of a saved run.

    Attributes:
        engine: the engine that computed it, "compiled" or "numpy".
        changes: by ascending position; after a step back some may lie ahead.
        positions: shape (states,), the positions of the states: first the keyframes, from 0 upwards, then the state of
            the last record, to which a run that diverges goes back, and last the present state.
        states: shape (states, 3 + rows, parameters): parameters, gradient, last change, and the optimizer's memory.
        table, gradients: the record, see :class:`core.training.history.History`.

    Raises:
        ProjectError: the parts do not fit together.
    """

    engine: str
    changes: tuple[SavedChange, ...]
    positions: NDArray[np.int64]
    states: Array
    table: Array
    gradients: Array

    def __post_init__(self) -> None:
        _require(self.engine in ENGINES, "the engine")
        shape = self.states.shape
        fits = len(shape) == 3 and VECTORS < shape[1] <= VECTORS + SLOTS and shape[2] > 0
        _require(fits and self.positions.shape == shape[:1] and shape[0] >= 3, "a state")
        finite = np.isfinite(self.states[:, 0]).all() and np.isfinite(self.states[:, VECTORS:]).all()
        _require(bool(finite), "a weight or the optimizer's memory")
        kept, (recorded, now) = self.positions[:-2], self.positions[-2:].tolist()
        _require(kept[0] == 0 and _ascends(kept) and max(kept[-1], recorded, 0) <= now <= LAST_POSITION, "a position")
        _require(_ascends(np.array([change.position for change in self.changes])), "the order of the changes")
        self._check_record(now)

    def _check_record(self, now: int) -> None:
        table, gradients = self.table, self.gradients
        fits = table.ndim == gradients.ndim == 2 and len(table) > 0 and table.shape[1] == len(COLUMNS)
        _require(fits, "the record")
        for rows in (table[:, 0], gradients[:, 0]):
            whole = bool(np.isfinite(rows).all() and (rows == np.floor(rows)).all())
            _require(whole and _ascends(rows) and (len(rows) == 0 or 0 <= rows[0] <= rows[-1] <= now), "the record")
        _require(table[0, 0] == 0 and bool(np.isfinite(table[:, 1]).all()), "the record")
        _require(not np.isinf(table[:, 2]).any(), "the record")

    @classmethod
    def of(
        cls, engine: str, first: Experiment, changes: Sequence[Change], states: Sequence[State], history: History
    ) -> SavedRun:
        """A copy of a run's parts.

        Args:
            engine: the engine that computes it.
            first: the experiment at the start.
            changes: the changes of its settings.
            states: as :attr:`positions` says.
            history: the record.
        """
        count = states[0].parameters.size
        room = max(MOST_KEPT // ((VECTORS + SLOTS) * count) - 2, 1)
        chosen = [*_thinned(states[:-2], room), *states[-2:]]
        packed = np.zeros((len(chosen), VECTORS + SLOTS, count))
        for row, state in zip(packed, chosen, strict=True):
            row[:VECTORS] = state.parameters, state.gradient, state.last_change
            row[VECTORS : VECTORS + len(state.slots)] = state.slots
        return cls(
            engine,
            tuple(SavedChange.of(change, first) for change in changes),
            np.array([state.position for state in chosen], dtype=np.int64),
            packed,
            history.table,
            history.gradients,
        )

    def unpacked(self) -> list[State]:
        """The states in their order."""
        return [
            State(int(position), rows[0], rows[1], rows[VECTORS:], rows[2])
            for position, rows in zip(self.positions, self.states, strict=True)
        ]

    def changes_of(self, first: Experiment) -> list[Change]:
        """The changes of a run of the experiment ``first``; raises ExperimentError."""
        return [change.change(first) for change in self.changes]

    def check_size(self, parameters: int, layers: int) -> None:
        """Raise ProjectError unless the run fits a network with these numbers of parameters and layers."""
        _require(self.states.shape[2] == parameters, "the number of weights")
        _require(self.gradients.shape[1] == 1 + layers, "the record")
        for change in self.changes:
            for places in (change.frozen, change.places):
                _require(bool(((places >= 0) & (places < parameters)).all()), "the place of a weight")


def save_run(trainer: Trainer) -> SavedRun:
    """A copy of everything from which :func:`resume_run` continues to the same bits."""
    stepper = trainer.stepper
    states = [*trainer.keyframes, trainer.recorder.last_state, stepper.state()]
    changes = trainer.settings_over_time.changes
    return SavedRun.of(stepper.engine_name, trainer.experiment, changes, states, trainer.history)


def resume_run(experiment: Experiment, dataset: Dataset, saved: SavedRun) -> Trainer:
    """A trainer at the position and in the state of a saved run of this experiment and data.

    Where the compiled engine is missing, NumPy continues the run.

    Raises:
        ProjectError: the run belongs to another network.
        LensError: experiment and data do not fit each other or the changes made on the way.
        Diverged: the loss is not finite at the start.
    """
    *kept, recorded, now = saved.unpacked()
    trainer = Trainer(experiment, dataset, kept[0].parameters)
    saved.check_size(trainer.network.parameters.size, len(trainer.network.weights))
    changes = saved.changes_of(experiment)
    for change in changes:
        check_patience(change.experiment.patience, len(trainer.preparation.test))
    trainer.settings_over_time.changes = changes
    lacking = experiment.without_compiled_form
    trainer.stepper.engine_name = "numpy" if saved.engine == "numpy" else resolve("auto", lacking)
    trainer.keyframes.replace(kept)
    trainer.recorder.replace(saved.table, saved.gradients, recorded)
    trainer.stepper.restore(now)
    return trainer


def with_class_names(trainer: Trainer, class_names: Sequence[str]) -> Trainer:
    """A trainer in the same state, with other names of the classes.

    Raises:
        LensError: the names are not valid, or their number is not the number of classes.
    """
    source = trainer.experiment.data.with_class_names(class_names)
    drawn = source.drawn
    dataset = with_names(trainer.preparation.dataset, source.class_names if drawn is None else drawn.class_names)
    return resume_run(trainer.experiment.replace(data=source), dataset, save_run(trainer))


def own_start(trainer: Trainer) -> Array | None:
    """Shape (parameters,), the weights at position 0; None if they are those that the experiment draws."""
    start = next(iter(trainer.keyframes)).parameters
    drawn = starting_parameters(trainer.experiment, trainer.network, None)
    return None if start.tobytes() == drawn.tobytes() else start


def _thinned(kept: Sequence[State], room: int) -> list[State]:
    """The start and at most ``room - 1`` other states; every second one of the older half is left out repeatedly."""
    start, *rest = kept
    while len(rest) > room - 1 and rest:
        half = len(rest) // 2
        rest = rest[1:half:2] + rest[half:] if half > 1 else rest[1:]
    return [start, *rest]


def _ascends(values: NDArray[np.int64] | Array) -> bool:
    return bool((np.diff(values) > 0).all())


def _require(fits: bool, what: str) -> None:
    if not fits:
        raise ProjectError(f"{what} is not that of one run")
