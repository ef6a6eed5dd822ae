"""What the timeline shows of a run: its branches with their records, the changes on them, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.base.number_text import short
from core.base.translation import _, ngettext
from core.network.network import parameter_name
from core.training.experiment import Experiment
from core.training.history import History
from core.training.presets import PRESETS
from core.training.settings_over_time import Change
from core.training.timeline.branches import Branch
from core.training.trainer import Trainer
from core.workbench.step_names import name_change

MOST_WORDS = 3
"""Changes of one position that are told one by one."""


@dataclass(frozen=True)
class ChangeMark:
    """Changes made at a position, in words."""

    position: int
    text: str


@dataclass(frozen=True, eq=False)
class BranchView:
    """A branch as the timeline shows it.

    Attributes:
        number: its identity in the run.
        parent: the number of the branch that it leaves; None for the first.
        fork, tip: positions.
        name: the user's name for it, or what differs from its parent.
        marks: the changes made on it, at the fork or behind it.
        history: its record, from position 0 to the tip.
        changes: all changes on its line, by ascending position.
        own_name: the user's name for it; empty for none.
    """

    number: int
    parent: int | None
    fork: int
    tip: int
    name: str
    marks: tuple[ChangeMark, ...]
    history: History
    changes: tuple[Change, ...] = ()
    own_name: str = ""


@dataclass(frozen=True, eq=False)
class RunTimeline:
    """All branches of a run; ``present`` is the number of the one on which the run stands."""

    branches: tuple[BranchView, ...]
    present: int
    epoch_length: int

    @property
    def present_branch(self) -> BranchView:
        """The branch on which the run stands."""
        return next(branch for branch in self.branches if branch.number == self.present)

    def line(self) -> list[tuple[BranchView, int]]:
        """The branches that lead to the present one, the first one first, with the positions where the line ends."""
        line, end = [], self.present_branch.tip
        branch: BranchView | None = self.present_branch
        while branch is not None:
            line.append((branch, end))
            end, parent = branch.fork, branch.parent
            branch = next((other for other in self.branches if other.number == parent), None)
        return line[::-1]

    def marks(self) -> list[ChangeMark]:
        """The changes on the line of the present branch, by ascending position."""
        line = self.line()
        last = line[-1][0]
        return [m for branch, end in line for m in branch.marks if m.position < end or branch is last]


class TimelineMaker:
    """Makes the timelines of one run; words are made anew only when a branch or a change is."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._version = -1
        self._named: dict[Branch, tuple[str, tuple[ChangeMark, ...]]] = {}

    def timeline(self) -> RunTimeline:
        """The branches as they are now."""
        tree = self._trainer.tree
        if tree.version != self._version:
            self._version = tree.version
            self._named = {branch: self._words(branch) for branch in tree.branches}
        views = tuple(
            BranchView(
                branch.number,
                None if branch.parent is None else branch.parent.number,
                branch.fork,
                branch.tip,
                *self._named[branch],
                branch.record.view(),
                branch.changes,
                branch.name,
            )
            for branch in tree.branches
        )
        return RunTimeline(views, tree.present.number, self._trainer.epoch_length)

    def _words(self, branch: Branch) -> tuple[str, tuple[ChangeMark, ...]]:
        sizes, length = self._trainer.network.sizes, self._trainer.epoch_length
        marks = _marks(self._trainer.experiment, branch.changes, sizes)
        if branch.parent is not None:
            marks = [mark for mark in marks if mark.position >= branch.fork]
        if branch.parent is None:
            words = name_of_experiment(self._trainer.experiment, sizes, self._trainer.preparation.dataset.name)
        else:
            words = difference_in_words(marks, branch.fork, length)
        return branch.name or words, tuple(marks)


def name_of_experiment(experiment: Experiment, sizes: tuple[int, ...], data: str) -> str:
    """The name of a run by its preset, and what differs from it; of none it has the layer sizes and the data."""
    nearest = min(PRESETS.values(), key=lambda preset: len(_own_fields(preset.experiment, experiment)))
    differing = _own_fields(nearest.experiment, experiment)
    if not differing:
        return nearest.short_title
    if len(differing) == 1 and "data" not in differing:
        before = experiment.replace(**{name: getattr(nearest.experiment, name) for name in differing})
        changes = name_change(before, experiment)
        return _("{preset}: {changes}").format(preset=nearest.short_title, changes=changes)
    return _("{sizes} on {data}").format(sizes="-".join(map(str, sizes)), data=data)


def _own_fields(preset: Experiment, experiment: Experiment) -> frozenset[str]:
    return experiment.changed_fields(preset) - {"seed", "engine"}


def difference_in_words(marks: Sequence[ChangeMark], fork: int, epoch_length: int) -> str:
    """What differs on a branch, by its own changes: "learning rate 0.03 → 0.3 at epoch 12; w₂₃⁽¹⁾ set to 0"."""
    if not marks:
        return _("no change from {place} on").format(place=place(fork, epoch_length))
    return _written(marks, epoch_length)


def words_of_changes(first: Experiment, changes: Sequence[Change], sizes: tuple[int, ...], epoch_length: int) -> str:
    """All changes on a line, in words: "learning rate 0.03 → 0.3 at epoch 12; w₂₃⁽¹⁾ set to 0"; empty for none."""
    return _written(_marks(first, changes, sizes), epoch_length)


def _marks(first: Experiment, changes: Sequence[Change], sizes: tuple[int, ...]) -> list[ChangeMark]:
    befores = (Change(0, first), *changes)
    return [
        ChangeMark(change.position, describe_change(before, change, sizes))
        for before, change in zip(befores, changes, strict=False)
    ]


def _written(marks: Sequence[ChangeMark], epoch_length: int) -> str:
    words, last = [], None
    for mark in marks[:MOST_WORDS]:
        words.append(mark.text if mark.position == last else _at(mark, epoch_length))
        last = mark.position
    more = len(marks) - MOST_WORDS
    if more > 0:
        words.append(ngettext("{n} more change", "{n} more changes", more).format(n=more))
    return "; ".join(words)


def _at(mark: ChangeMark, epoch_length: int) -> str:
    return _("{change} at {place}").format(change=mark.text, place=place(mark.position, epoch_length))


def describe_change(before: Change, after: Change, sizes: tuple[int, ...]) -> str:
    """The difference between two states of the settings: "learning rate 0.03 → 0.3; w₂₃⁽¹⁾ set to 0"."""
    settings = name_change(before.experiment, after.experiment)
    words = [settings] if settings else []
    edits = [
        _("{name} set to {value}").format(name=parameter_name(sizes, index), value=short(value))
        for index, value in after.edits
    ]
    frozen = [
        _("{name} frozen").format(name=parameter_name(sizes, index)) for index in sorted(after.frozen - before.frozen)
    ]
    free = [
        _("{name} set free").format(name=parameter_name(sizes, index)) for index in sorted(before.frozen - after.frozen)
    ]
    for group in (edits, frozen, free):
        words += group[:MOST_WORDS] + (
            [_("{n} more").format(n=len(group) - MOST_WORDS)] if len(group) > MOST_WORDS else []
        )
    return "; ".join(words) or _("settings as before")


def place(position: int, epoch_length: int) -> str:
    """A position in words: "epoch 12", or "epoch 12, sample 34"."""
    epoch, sample = divmod(position, epoch_length)
    text = _("epoch {epoch:,}, sample {sample}") if sample else _("epoch {epoch:,}")
    return text.format(epoch=epoch, sample=sample)
