"""The branches of a saved run: their changes, keyframes and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import ProjectError
from core.base.translation import _
from core.base.values import dataclass
from core.network.optimizers import SLOTS
from core.training.experiment import LIVE_FIELDS, Decay, Experiment
from core.training.history import COLUMNS
from core.training.keyframes import FIRST_SLOT, State
from core.training.settings_over_time import Change
from core.training.timeline.branches import Branch, BranchTree

MOST_KEPT = 1_500_000
"""Most numbers in the saved keyframes of all branches. Others are left out; training from the one before brings any
position back."""

LAST_POSITION = 2**53


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
        require(plain and len(set(self.places.tolist())) == len(self.places), _("a change by hand"))
        require(bool(np.isfinite(self.values).all()), _("a value set by hand"))
        require(0 <= self.position <= LAST_POSITION, _("the position of a change"))
        require({s.name for s in self.settings} <= LIVE_FIELDS, _("a setting that changed"))

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
class SavedBranch:
    """What a :class:`core.training.timeline.branches.Branch` holds besides what it shares with its parent.

    Attributes:
        name: the user's name for it; empty for none.
        parent: the place of the parent among the saved branches, which is before this one; -1 for the first.
        fork, tip: positions.
        changes: those at the fork or behind it.
        positions: shape (states,), ascending, of the keyframes.
        states: shape (states, 3 + rows, parameters), see :func:`packed`.
        table, gradients: the record behind the fork, see :class:`core.training.history.History`.
        lows: those of the whole line, see there; empty in files of version 1.0.

    Raises:
        ProjectError: the parts do not fit together.
    """

    name: str
    parent: int
    fork: int
    tip: int
    changes: tuple[SavedChange, ...]
    positions: NDArray[np.int64]
    states: Array
    table: Array
    gradients: Array
    lows: Array = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        require(0 <= self.fork <= self.tip <= LAST_POSITION, _("the place of a branch"))
        require(ascends(np.array([change.position for change in self.changes])), _("the order of the changes"))
        require(all(change.position >= self.fork for change in self.changes), _("the position of a change"))
        require_states(self.positions, self.states)
        first = self.parent < 0
        own = self.positions
        require(ascends(own) and all(self.is_own(int(p)) for p in (*own[:1], *own[-1:])), _("a position"))
        require(not first or (len(own) > 0 and own[0] == 0 == self.fork), _("a position"))
        require_record(self.table, self.gradients, self.tip)
        for rows in (self.table[:, 0], self.gradients[:, 0]):
            require(len(rows) == 0 or self.is_own(int(rows[0])), _("the record"))
        require(not first or len(self.table) > 0, _("the record"))
        require_lows(self.lows, self.tip)

    def is_own(self, position: int) -> bool:
        """Whether a position is not the parent's."""
        return (self.fork < position or self.parent < 0) and 0 <= position <= self.tip

    @classmethod
    def of(cls, branch: Branch, parent: int, states: Sequence[State], first: Experiment) -> SavedBranch:
        """A copy of a branch with some of its keyframes, in a run of the experiment ``first``."""
        history = branch.record.view()
        after = -1 if parent < 0 else branch.fork
        count = branch.keyframe_before(0).parameters.size
        return cls(
            branch.name,
            parent,
            branch.fork,
            branch.tip,
            tuple(SavedChange.of(change, first) for change in branch.changes if change.position >= branch.fork),
            np.array([state.position for state in states], dtype=np.int64),
            packed(states, count),
            history.table[history.table[:, 0] > after],
            history.gradients[history.gradients[:, 0] > after],
            history.lows.copy(),
        )


def save_branches(tree: BranchTree, first: Experiment, most_kept: int = MOST_KEPT) -> tuple[SavedBranch, ...]:
    """Copies of all branches, with as many keyframes as ``most_kept`` numbers allow, evenly thinned."""
    size = (FIRST_SLOT + SLOTS) * tree.present.keyframe_before(0).parameters.size
    step = 1
    while size * sum(len(branch.states[::step]) for branch in tree.branches) > most_kept and step < tree.states_kept:
        step *= 2
    places = {branch: place for place, branch in enumerate(tree.branches)}
    return tuple(
        SavedBranch.of(branch, -1 if branch.parent is None else places[branch.parent], branch.states[::step], first)
        for branch in tree.branches
    )


def restore_branches(tree: BranchTree, saved: Sequence[SavedBranch], present: int, first: Experiment) -> None:
    """Put saved branches into the tree of a new run of the experiment ``first``.

    Raises:
        ProjectError: they do not fit together.
        ExperimentError: a setting is not valid.
    """
    require(0 <= present < len(saved) and saved[0].parent < 0, _("a branch"))
    root = tree.present
    branches: list[Branch] = []
    for one in saved:
        changes = tuple(change.change(first) for change in one.changes)
        if not branches:
            branch, root.changes, root.tip, root.name = root, changes, one.tip, one.name
            root.record.replace(one.table, one.gradients, one.lows)
        else:
            require(0 <= one.parent < len(branches) and one.fork <= branches[one.parent].tip, _("a branch"))
            parent = branches[one.parent]
            before = tuple(change for change in parent.changes if change.position < one.fork)
            record = parent.record.copy(one.fork)
            shared = record.view()
            table, gradients = (
                np.concatenate(parts) for parts in ((shared.table, one.table), (shared.gradients, one.gradients))
            )
            record.replace(table, gradients, one.lows)
            branch = tree.add(parent.owner(one.fork), one.fork, before + changes, record, one.tip, one.name)
        for state in unpacked(one.positions, one.states):
            branch.keep(state)
        branches.append(branch)
    tree.present = branches[present]


# ---------------------------------------------------------------- states and records as arrays


def packed(states: Sequence[State], parameters: int) -> Array:
    """Shape (states, 3 + rows, parameters): the numbers of the states, padded with zeros."""
    rows = max((len(state.slots) for state in states), default=0)
    result = np.zeros((len(states), FIRST_SLOT + max(rows, 1), parameters))
    for row, state in zip(result, states, strict=True):
        row[: len(state.numbers)] = state.numbers
    return result


def unpacked(positions: NDArray[np.int64], states: Array) -> list[State]:
    """The states in their order."""
    return [State(int(position), rows) for position, rows in zip(positions, states, strict=True)]


def require_states(positions: NDArray[np.int64], states: Array) -> None:
    """Raise ProjectError unless these are states of a run, and finite."""
    shape = states.shape
    fits = len(shape) == 3 and FIRST_SLOT < shape[1] <= FIRST_SLOT + SLOTS and shape[2] > 0
    require(fits and positions.shape == shape[:1], _("a state"))
    finite = np.isfinite(states[:, 0]).all() and np.isfinite(states[:, FIRST_SLOT:]).all()
    require(bool(finite), _("a weight or the optimizer's memory"))


def require_record(table: Array, gradients: Array, tip: int) -> None:
    """Raise ProjectError unless these are parts of the record of a run up to a tip."""
    require(
        table.ndim == gradients.ndim == 2 and table.shape[1] == len(COLUMNS) and gradients.shape[1] > 0, _("the record")
    )
    for rows in (table[:, 0], gradients[:, 0]):
        whole = bool(np.isfinite(rows).all() and (rows == np.floor(rows)).all())
        require(whole and ascends(rows) and (len(rows) == 0 or 0 <= rows[0] <= rows[-1] <= tip), _("the record"))
    require(bool(np.isfinite(table[:, 1]).all()) and not np.isinf(table[:, 2]).any(), _("the record"))


def require_lows(lows: Array, tip: int) -> None:
    """Raise ProjectError unless these are the lows of a record up to a tip."""
    require(lows.ndim == 2 and lows.shape[1] == 2, _("the record"))
    positions, losses = lows.T
    whole = bool(np.isfinite(lows).all() and (positions == np.floor(positions)).all())
    inside = len(lows) == 0 or 0 <= positions[0] <= positions[-1] <= tip
    require(whole and inside and ascends(positions) and ascends(-losses), _("the record"))


def ascends(values: NDArray[np.int64] | Array) -> bool:
    """Whether each of the values, shape (n,), is larger than the one before."""
    return bool((np.diff(values) > 0).all())


def require(fits: bool, what: str) -> None:
    """Raise ProjectError that a part is not that of one run, unless it fits."""
    if not fits:
        raise ProjectError(_("{what} is not that of one run").format(what=what))
