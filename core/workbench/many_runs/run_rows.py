"""The rows of the list of runs: the branches of the present run, and the kept runs, named by what differs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.base.values import dataclass
from core.network.tasks import REGRESSION
from core.training.history import History, Low
from core.training.settings_over_time import Change, place_of_last_change
from core.workbench.many_runs.kept_runs import KeptEntry, KeptRuns
from core.workbench.many_runs.run_differences import Described, apart, differences, run_names
from core.workbench.run_id import RunId
from core.workbench.run_timeline import BranchView, RunTimeline, words_of_changes

if TYPE_CHECKING:
    from core.storage.saved_kept_run import LeftAt
    from core.training.experiment import Experiment
    from core.workbench.many_runs.kept_run import KeptRun

NUMBERS = ("train_loss", "test_loss", "train_score", "test_score")
"""The columns of the record that a row tells: of the present run where it stands, of others at their end."""

RowKey = tuple[str, int]
"""("branch", number of a branch of the present run) or ("kept", number of a kept run)."""


@dataclass(frozen=True, eq=False)
class PresentRun:
    """What the list must know of the run that is worked on.

    Attributes:
        run: its identity.
        timeline: its branches, and those of the runs that painting made of it.
        position: where its numbers were measured: where it stands, or a little behind while it trains.
        numbers: losses and scores there, see :data:`NUMBERS`.
        playing: whether it trains.
        notes: how branches ended, each with the run and the changes of the branch.
    """

    run: RunId
    timeline: RunTimeline
    position: int
    numbers: tuple[float, ...]
    playing: bool
    notes: tuple[tuple[RunId | None, tuple[Change, ...], str], ...] = ()


@dataclass(frozen=True, eq=False)
class RunRow:
    """One run or branch in the list.

    Attributes:
        key: see :data:`RowKey`; it stays while the row does.
        name: what the user calls it, or what differs among the runs of the list.
        differs: all that differs from the present line; empty for that one itself.
        history: its whole record.
        epochs: where the numbers were measured: of the present run where it stands, of others the best epoch if they
            stopped early, or else the last record before their end.
        numbers: losses and scores there, see :data:`NUMBERS`.
        state: "plays", "present", "branch", "kept", "left", or how it ended.
        described: what it is named by.
        entry: the kept run; None for a branch that is not kept.
        branch: the number of the branch of the present run; None for a run that is not open.
        is_present: whether the run stands on this line.
        is_regression: whether its score is R² and no accuracy.
        apart: why it cannot be compared with the present run, see :func:`.run_differences.apart`.
        ends_at: the epoch to which the run was trained, where the numbers are of one before it; None otherwise.
        opens_at: the position of the numbers of a run that is not present, or to which it was trained.
        changed_at: the position of the last change on the line; 0 without one.
    """

    key: RowKey
    name: str
    differs: str
    history: History
    epochs: float
    numbers: tuple[float, ...]
    state: str
    described: Described
    entry: KeptEntry | None
    branch: int | None = None
    is_present: bool = False
    is_regression: bool = False
    apart: str = ""
    ends_at: float | None = None
    opens_at: int = 0
    changed_at: int = 0

    @property
    def lowest(self) -> Low | None:
        """Where the test loss was lowest since the last change, which tells what that did; None where it is unknown.

        It is that of an end of an epoch, or the one that the row shows, where that is lower still.
        """
        low, here = self.history.lowest_behind(self.changed_at), self.numbers[NUMBERS.index("test_loss")]
        position = round(self.epochs * self.history.epoch_length)
        is_lower = position > self.changed_at and (here < low.loss if low is not None else not math.isnan(here))
        return Low(position, self.epochs, here) if is_lower else low

    @property
    def is_back_at_best(self) -> bool:
        """Whether it is the present run, has stopped early and stands at its best epoch."""
        best = self.history.lowest
        is_before = self.is_present and self.ends_at is not None
        return self.state == "stopped" and is_before and best is not None and self.epochs == best.epoch

    @property
    def told_epochs(self) -> float:
        """Where the present run stands, or where another one opens."""
        return self.epochs if self.is_present or self.ends_at is None else self.ends_at

    @property
    def pinned(self) -> bool:
        """Whether it is shown beside the present run."""
        return self.entry is not None and self.entry.pinned

    @property
    def kept(self) -> KeptRun | None:
        """The kept run of the row."""
        return None if self.entry is None else self.entry.run


class RunRows:
    """Makes the rows; what is written of kept runs is made anew only when something of it changes."""

    def __init__(self, kept: KeptRuns) -> None:
        self._kept = kept
        self._known: tuple[object, ...] = ()
        self._rows_of_kept: list[RunRow] = []
        self._of_branches: dict[int, tuple[Described, str, str, str, int]] = {}
        self._lines: dict[int, KeptEntry | None] = {}

    def rows(self, present: PresentRun | None) -> list[RunRow]:
        """The branches of the present run, then the kept runs, the newest first."""
        branches = () if present is None else _shown(present.timeline)
        shown = tuple((b.run.run, b.number, b.own_name, b.changes, _told_changes(b)) for b in branches)
        of = None if present is None else (present.run, present.timeline.present)
        known = (self._kept.version, of, shown)
        if known != self._known:
            self._known = known
            self._describe(present, branches)
        if present is None:
            return list(self._rows_of_kept)
        return [*(self._row_of_branch(present, branch) for branch in branches), *self._rows_of_kept]

    def _describe(self, present: PresentRun | None, branches: Sequence[BranchView]) -> None:
        """Name everything anew."""
        described = {branch.number: _described(branch) for branch in branches}
        self._lines = {branch.number: self._kept.line(branch.run.run, branch.changes) for branch in branches}
        hidden = {
            entry.number for entry in self._lines.values() if entry is not None
        }  # the branch's own row tells of them
        entries = [entry for entry in self._kept if entry.number not in hidden][::-1]
        of_kept = [describe_kept(entry.run) for entry in entries]
        here = None if present is None else described.get(present.timeline.present)
        names = run_names([*described.values(), *of_kept])
        of_branch = dict(zip(described, names, strict=False))
        self._of_branches = {
            branch.number: (
                described[branch.number],
                branch.own_name or of_branch[branch.number],
                "" if here is None else differences(described[branch.number], here),
                "" if here is None else apart(described[branch.number], here),
                place_of_last_change((Change(0, branch.run.experiment), *_told_changes(branch))),
            )
            for branch in branches
        }
        self._rows_of_kept = [
            _row_of_kept(entry, run, name, here)
            for entry, run, name in zip(entries, of_kept, names[len(described) :], strict=True)
        ]

    def _row_of_branch(self, present: PresentRun, branch: BranchView) -> RunRow:
        described, name, differs, is_apart, changed_at = self._of_branches[branch.number]
        is_present = branch.number == present.timeline.present
        state = "plays" if is_present and present.playing else "present" if is_present else "branch"
        state = next((note for *line, note in present.notes if line == [branch.run.run, branch.changes]), state)
        history = branch.history
        place = _place_of(history, branch.tip, state, _last_settings(branch.run.experiment, branch.changes))
        end = place.ends_at(history)
        if is_present:
            is_before = not present.playing and present.position < branch.tip
            end = branch.tip / history.epoch_length if is_before else None
            place = _Place(present.position, present.position / history.epoch_length, present.numbers)
        entry = self._lines.get(branch.number)
        if entry is not None and entry.run.name:
            name = entry.run.name
        return RunRow(
            ("branch", branch.number),
            name,
            differs,
            history,
            place.epochs,
            place.numbers,
            state,
            described,
            entry,
            branch.number,
            is_present,
            branch.run.experiment.task == REGRESSION,
            is_apart,
            end,
            place.opens_at,
            changed_at,
        )


def _shown(timeline: RunTimeline) -> tuple[BranchView, ...]:
    """The branches that have a row: not one that was never trained, unless the run stands there."""
    return tuple(
        b for b in timeline.branches if b.tip > 0 or b.number == timeline.present or len(timeline.branches) == 1
    )


def _told_changes(branch: BranchView) -> tuple[Change, ...]:
    """The changes that a row tells: those at the tip only of a branch that begins there.

    Beside the numbers of what was trained before, a change with which nothing was trained yet would claim them.
    """
    return tuple(change for change in branch.changes if change.position < branch.tip or branch.fork == branch.tip)


def _described(branch: BranchView) -> Described:
    """What a branch is named by."""
    run, changes = branch.run, _told_changes(branch)
    words = words_of_changes(run.experiment, changes, run.sizes, run.epoch_length)
    whole = words_of_changes(run.experiment, changes, run.sizes, run.epoch_length, is_whole=True)
    with_painted = ["; ".join(filter(None, (run.painted_words, text))) for text in (words, whole)]
    return Described(run.experiment, run.data, with_painted[0], run.digest, with_painted[1])


def describe_kept(run: KeptRun) -> Described:
    """What a kept run is named by."""
    whole = words_of_changes(run.experiment, run.changes, run.sizes, run.epoch_length, is_whole=True)
    return Described(run.experiment, run.dataset.name, run.words, run.dataset.digest, whole)


def _row_of_kept(entry: KeptEntry, run: Described, name: str, here: Described | None) -> RunRow:
    kept = entry.run
    place = _place_of(kept.history, kept.tip, kept.note, _last_settings(kept.experiment, kept.changes), kept.left_at)
    return RunRow(
        ("kept", entry.number),
        kept.name or name,
        "" if here is None else differences(run, here),
        kept.history,
        place.epochs,
        place.numbers,
        kept.note or ("kept" if entry.pinned else "left"),
        run,
        entry,
        is_regression=kept.experiment.task == REGRESSION,
        apart="" if here is None else apart(run, here),
        ends_at=place.ends_at(kept.history),
        opens_at=place.opens_at,
        changed_at=place_of_last_change((Change(0, kept.experiment), *kept.changes)),
    )


class _Place(NamedTuple):
    """Where a row's run opens, and the epoch of its numbers, with these."""

    opens_at: int
    epochs: float
    numbers: tuple[float, ...]

    def ends_at(self, history: History) -> float | None:
        """The epoch where it opens, if the numbers are of one before that."""
        end = self.opens_at / history.epoch_length
        return end if end > self.epochs else None


def _last_settings(first: Experiment, changes: Sequence[Change]) -> Experiment:
    return changes[-1].experiment if changes else first


def _place_of(history: History, tip: int, note: str, last: Experiment, left_at: LeftAt | None = None) -> _Place:
    """Where a run was left behind its record; the best epoch of one that stopped early; otherwise the last record.

    Numbers are NaN where there is no record.
    """
    if left_at is not None:
        return _Place(left_at.position, left_at.position / history.epoch_length, left_at.numbers)
    if not len(history):
        return _Place(tip, 0.0, (float("nan"),) * len(NUMBERS))
    if note == "stopped" and last.patience is not None and history.lowest is not None:
        best = history.lowest.position
        place = int(np.searchsorted(history.table[:, 0], best))
        if tip - best == last.patience * history.epoch_length and history.table[place, 0] == best:
            return _Place(best, float(history.epochs[place]), history.numbers_at(place))
    return _Place(tip, float(history.epochs[-1]), history.numbers_at(-1))
