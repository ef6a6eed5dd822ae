"""What the timeline shows of a run: its branches with their records, the changes on them, and what differs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.base.number_text import epoch_place, grouped, short
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.network.network import parameter_name
from core.training.experiment import Experiment
from core.training.history import COLUMNS, History
from core.training.settings_over_time import Change
from core.training.timeline.branches import Branch
from core.training.trainer import Trainer
from core.workbench.many_runs.run_differences import name_of_experiment
from core.workbench.run_id import RunId
from core.workbench.step_names import name_change

MOST_WORDS = 3
"""Changes of one position that are told one by one."""


@dataclass(frozen=True)
class ChangeMark:
    """Changes made at a position, in words."""

    position: int
    text: str


@dataclass(frozen=True, eq=False)
class RunView:
    """What all branches of a run share.

    Attributes:
        run: its identity; None where there is no worker.
        experiment: its settings at position 0.
        data: the name of its data set.
        sizes: layer sizes.
        epoch_length: samples of an epoch.
        epochs_before: that were trained before it, on other points; see :mod:`core.workbench.run_tree`.
        painted: what was painted where it begins, in words; empty where it began by itself.
        digest: of the file that the data were read from; empty for none.
    """

    run: RunId | None
    experiment: Experiment
    data: str
    sizes: tuple[int, ...]
    epoch_length: int
    epochs_before: float = 0.0
    painted: str = ""
    digest: str = ""

    @classmethod
    def of(cls, trainer: Trainer, run: RunId | None = None, epochs_before: float = 0.0, painted: str = "") -> RunView:
        """The view of a trainer's run."""
        dataset, sizes = trainer.preparation.dataset, trainer.network.sizes
        length, digest = trainer.epoch_length, dataset.digest
        return cls(run, trainer.experiment, dataset.name, sizes, length, epochs_before, painted, digest)

    @property
    def painted_words(self) -> str:
        """What was painted, and where: "12 points painted at epoch 300"; empty where it began by itself."""
        if not self.painted:
            return ""
        return _("{painted} at epoch {epoch}").format(painted=self.painted, epoch=grouped(int(self.epochs_before)))


@dataclass(frozen=True, eq=False)
class BranchView:
    """A branch as the timeline shows it.

    Attributes:
        run: of which it is a branch.
        number: its identity.
        parent: the number of the branch that it leaves; None for the first.
        leaves_at: the position where it leaves the parent, which may be of another run.
        fork, tip: positions.
        name: the user's name for it, or what differs from its parent; of the first, how it began and what was changed.
        marks: the changes made on it, at the fork or behind it.
        history: its record, from position 0 to the tip.
        changes: all changes on its line, by ascending position.
        own_name: the user's name for it; empty for none.
    """

    run: RunView
    number: int
    parent: int | None
    leaves_at: int
    fork: int
    tip: int
    name: str
    marks: tuple[ChangeMark, ...]
    history: History
    changes: tuple[Change, ...] = ()
    own_name: str = ""

    def epochs(self, position: float) -> float:
        """The epochs up to a position, those before the run included: its place on the axis of all branches."""
        return self.run.epochs_before + position / self.run.epoch_length


@dataclass(frozen=True, eq=False)
class RunTimeline:
    """All branches of a run, and of those that painting made of it.

    Attributes:
        branches: the branches, parents first.
        present: the number of the present one.
        measured: the position on it and the training loss there that were measured last; None before a measure
            and where the loss is not finite.
    """

    branches: tuple[BranchView, ...]
    present: int
    measured: tuple[int, float] | None = None

    @classmethod
    def of(cls, branches: Sequence[BranchView], trainer: Trainer) -> RunTimeline:
        """The timeline of these branches, on one of which a trainer stands."""
        measured = None
        if trainer.has_evaluations:
            position, train, _test = trainer.latest_evaluations()
            measured = (position, train.loss) if math.isfinite(train.loss) else None
        return cls(tuple(branches), trainer.tree.present.number, measured)

    def losses(self, branch: BranchView) -> Array:
        """Positions and training losses of a branch, shape (n, 2): its record, and what was measured behind it."""
        rows = branch.history.table[:, : COLUMNS.index("train_loss") + 1]
        if branch.number == self.present and self.measured is not None and rows[-1, 0] < self.measured[0] <= branch.tip:
            return np.vstack([rows, self.measured])
        return rows

    @property
    def present_branch(self) -> BranchView:
        """The branch on which the run stands."""
        return next(branch for branch in self.branches if branch.number == self.present)

    @property
    def last_epoch(self) -> float:
        """The last epoch that was reached on any branch, as a place on the axis of all."""
        return max(branch.epochs(branch.tip) for branch in self.branches)

    @property
    def epoch_length(self) -> int:
        """Samples of an epoch of the present run."""
        return self.present_branch.run.epoch_length

    def line(self, branch: BranchView | None = None) -> list[tuple[BranchView, int]]:
        """The branches that lead to one, by default the present one, with the positions where the line leaves each.

        The first one comes first.
        """
        branch = self.present_branch if branch is None else branch
        line, end = [], branch.tip
        while branch is not None:
            line.append((branch, end))
            end, parent = branch.leaves_at, branch.parent
            branch = next((other for other in self.branches if other.number == parent), None)
        return line[::-1]

    @property
    def began_elsewhere(self) -> bool:
        """Whether the present run leaves another one, to which a step back from its beginning leads."""
        return self.line()[0][0].run is not self.present_branch.run

    def last_of(self, run: RunView) -> BranchView:
        """The last branch of a run on the present line, which lies on all that lead to it."""
        return next(branch for branch, _ in self.line()[::-1] if branch.run is run)

    def on_line(self, branch: BranchView, epochs: float) -> BranchView:
        """The branch of a line in whose run a place of the axis lies: before a run began, that of the run before."""
        line = [one for one, _ in self.line(branch)]
        runs = [one for one in line if one.run.epochs_before <= epochs]
        found = runs[-1] if runs else line[0]
        return branch if found.run is branch.run else found

    def marks(self) -> list[tuple[BranchView, ChangeMark]]:
        """The changes on the line of the present branch, from its beginning on."""
        line = self.line()
        last = line[-1][0]
        return [
            (branch, mark) for branch, end in line for mark in branch.marks if mark.position < end or branch is last
        ]


class TimelineMaker:
    """Makes the views of the branches of one run; words are made anew only when a branch or a change is."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._known: tuple[object, ...] = ()
        self._named: dict[Branch, tuple[str, tuple[ChangeMark, ...]]] = {}

    def timeline(self) -> RunTimeline:
        """The branches as they are now, of this run alone."""
        return RunTimeline.of(self.views(RunView.of(self._trainer)), self._trainer)

    def views(self, run: RunView, origin: tuple[int, int] | None = None) -> tuple[BranchView, ...]:
        """The branches as they are now.

        Args:
            run: what they share.
            origin: number and position of the branch of another run at which this one begins.
        """
        tree = self._trainer.tree
        known = tree.version, run.painted_words
        if known != self._known:
            self._known = known
            self._named = {branch: self._words(branch, run) for branch in tree.branches}
        return tuple(self._view(branch, run, origin) for branch in tree.branches)

    def _view(self, branch: Branch, run: RunView, origin: tuple[int, int] | None) -> BranchView:
        parent, leaves_at = (None, 0) if origin is None else origin
        if branch.parent is not None:
            parent, leaves_at = branch.parent.number, branch.fork
        name, marks = self._named[branch]
        return BranchView(
            run,
            branch.number,
            parent,
            leaves_at,
            branch.fork,
            branch.tip,
            name,
            marks,
            branch.record.view(),
            branch.changes,
            branch.name,
        )

    def _words(self, branch: Branch, run: RunView) -> tuple[str, tuple[ChangeMark, ...]]:
        marks = _marks(run.experiment, branch.changes, run.sizes)
        if branch.parent is not None:
            marks = [mark for mark in marks if mark.position >= branch.fork]
            return branch.name or difference_in_words(marks, branch.fork, run.epoch_length), tuple(marks)
        began = run.painted_words or name_of_experiment(run.experiment, run.sizes, run.data)
        words = "; ".join(filter(None, (began, _written(marks, run.epoch_length))))
        painted = [ChangeMark(0, run.painted)] if run.painted else []
        return branch.name or words, (*painted, *marks)


def difference_in_words(marks: Sequence[ChangeMark], fork: int, epoch_length: int) -> str:
    """What differs on a branch, by its own changes: "learning rate 0.03 → 0.3 at epoch 12; w₂₃⁽¹⁾ set to 0"."""
    if not marks:
        return _("no change from {place} on").format(place=epoch_place(fork, epoch_length))
    return _written(marks, epoch_length)


def words_of_changes(
    first: Experiment,
    changes: Sequence[Change],
    sizes: tuple[int, ...],
    epoch_length: int,
    is_whole: bool = False,
) -> str:
    """The changes on a line, in words: "learning rate 0.03 → 0.3 at epoch 12; w₂₃⁽¹⁾ set to 0"; empty for none.

    Of many changes only the first are told one by one, unless ``is_whole``.
    """
    return _written(_marks(first, changes, sizes, is_whole), epoch_length, math.inf if is_whole else MOST_WORDS)


def _marks(
    first: Experiment, changes: Sequence[Change], sizes: tuple[int, ...], is_whole: bool = False
) -> list[ChangeMark]:
    befores = (Change(0, first), *changes)
    return [
        ChangeMark(change.position, describe_change(before, change, sizes, is_whole))
        for before, change in zip(befores, changes, strict=False)
    ]


def _written(marks: Sequence[ChangeMark], epoch_length: int, most: float = MOST_WORDS) -> str:
    words, last = [], None
    for mark in marks[: len(marks) if most > len(marks) else int(most)]:
        words.append(mark.text if mark.position == last else _at(mark, epoch_length))
        last = mark.position
    more = len(marks) - len(words)
    if more > 0:
        words.append(ngettext("{n} more change", "{n} more changes", more).format(n=more))
    return "; ".join(words)


def _at(mark: ChangeMark, epoch_length: int) -> str:
    return _("{change} at {place}").format(change=mark.text, place=epoch_place(mark.position, epoch_length))


def describe_change(before: Change, after: Change, sizes: tuple[int, ...], is_whole: bool = False) -> str:
    """The difference between two states of the settings: "learning rate 0.03 → 0.3; w₂₃⁽¹⁾ set to 0".

    Of many settings or parameters only some are told one by one, unless ``is_whole``.
    """
    settings = name_change(before.experiment, after.experiment, *([math.inf] if is_whole else []))
    words = [settings] if settings else []
    edits = [
        _("{name} set to {value}").format(
            name=parameter_name(sizes, index), value=short(value, *([9] if is_whole else []))
        )
        for index, value in after.edits
    ]
    frozen = [
        _("{name} frozen").format(name=parameter_name(sizes, index)) for index in sorted(after.frozen - before.frozen)
    ]
    free = [
        _("{name} set free").format(name=parameter_name(sizes, index)) for index in sorted(before.frozen - after.frozen)
    ]
    for group in (edits, frozen, free):
        most = len(group) if is_whole else MOST_WORDS
        words += group[:most] + ([_("{n} more").format(n=len(group) - most)] if len(group) > most else [])
    return "; ".join(words) or _("settings as before")
