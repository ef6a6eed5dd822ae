"""The branches of a run, and how a change of the past makes a new one.

A branch is a whole line from position 0 to its tip: the changes made on it, its record, and the keyframes behind the
place where it leaves its parent. Two lines with the same changes up to a position have the same bits there, so a
branch is found by its changes alone.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator, Sequence

from core.training.history import HistoryWriter
from core.training.keyframes import KeyframeSpacing, State
from core.training.settings_over_time import Change, first_difference

_numbers = itertools.count()


class Branch:
    """One line of a run.

    Args:
        number: its identity; no two branches of a process share it.
        parent: the branch that it leaves; None for the first one.
        fork: the position where it leaves the parent; 0 for the first one.
        changes: all changes on the line, by ascending position.
        record: its record from position 0 on.
        tip: the farthest position that was reached.
        name: the user's name for it; empty for none.

    Attributes:
        is_origin: whether a run on other points begins on it, so that it stays even if nothing was trained on it.
        changes_kept: the last position whose changes stay, since a run on other points begins behind them; -1 for none.
        bytes_kept: the memory of its keyframes.
    """

    def __init__(
        self,
        number: int,
        parent: Branch | None,
        fork: int,
        changes: Sequence[Change],
        record: HistoryWriter,
        tip: int,
        name: str = "",
    ) -> None:
        self.number, self.parent, self.fork, self.tip, self.name = number, parent, fork, tip, name
        self.changes, self.record = tuple(changes), record
        self.is_origin = False
        self.changes_kept = -1
        self._positions: list[int] = []
        self._states: dict[int, State] = {}
        self.bytes_kept = 0

    @property
    def states(self) -> list[State]:
        """Its own keyframes, by ascending position; those up to the fork are the parent's."""
        return [self._states[position] for position in self._positions]

    @property
    def states_kept(self) -> int:
        """How many keyframes of its own there are."""
        return len(self._positions)

    def changes_at(self, position: int) -> tuple[Change, ...]:
        """Its changes at a position."""
        return tuple(change for change in self.changes if change.position == position)

    @property
    def line(self) -> list[Branch]:
        """The branches that lead to this one, itself first."""
        return [self] if self.parent is None else [self, *self.parent.line]

    def owner(self, position: int) -> Branch:
        """The branch to which a position of this line belongs; a fork belongs to the parent."""
        branch = self
        while branch.parent is not None and position <= branch.fork:
            branch = branch.parent
        return branch

    def keep(self, state: State) -> None:
        """Keep a state of this line, as it was before changes at its position."""
        branch = self.owner(state.position)
        former = branch._states.get(state.position)
        if former is None:
            bisect.insort(branch._positions, state.position)
        branch._states[state.position] = state
        branch.bytes_kept += state.numbers.nbytes - (0 if former is None else former.numbers.nbytes)

    def keyframe_before(self, position: int) -> State:
        """The last kept state of the line at or before a position."""
        branch = self.owner(position)
        while True:
            place = bisect.bisect_right(branch._positions, position)
            if place:
                return branch._states[branch._positions[place - 1]]
            assert branch.parent is not None, "the start of a run is always kept"
            position, branch = min(position, branch.fork), branch.parent

    def keyframe_after(self, position: int) -> int:
        """The position of its first own keyframe behind a position; the tip where there is none."""
        place = bisect.bisect_right(self._positions, position)
        return self._positions[place] if place < len(self._positions) else self.tip

    def line_states(self) -> Iterator[State]:
        """The kept states of the whole line, by ascending position."""
        if self.parent is not None:
            yield from (state for state in self.parent.line_states() if state.position <= self.fork)
        yield from self.states

    def thin(self, gap: int) -> None:
        """Drop states that lie closer than ``gap`` samples behind the one before; the start stays."""
        last = self.fork if self.parent is not None else -gap
        kept = []
        for position in self._positions:
            if position - last >= gap:
                kept.append(position)
                last = position
        self._keep_only(kept)

    def _keep_only(self, positions: list[int]) -> None:
        self._states = {position: self._states[position] for position in positions}
        self._positions = positions
        self.bytes_kept = sum(state.numbers.nbytes for state in self._states.values())

    def end_at(self, position: int) -> None:
        """Forget what lies behind a position."""
        self.tip = min(self.tip, position)
        self.changes = tuple(change for change in self.changes if change.position <= position)
        self.record = self.record.copy(position)
        self._keep_only([kept for kept in self._positions if kept <= position])

    def go_on_as(self, follower: Branch) -> None:
        """Become a branch that leaves this one at the tip."""
        self.tip, self.name, self.changes, self.record = follower.tip, follower.name, follower.changes, follower.record
        self._positions += follower._positions
        self._states |= follower._states
        self.bytes_kept += follower.bytes_kept


class BranchTree:
    """All branches of a run, of which one is present.

    Args:
        record: the record of the first branch.
        start: the state at position 0.
        spacing: how far apart keyframes lie.

    Attributes:
        branches: in the order in which they were made, parents first.
        present: the branch on which the run stands.
        version: a number that changes with the branches, their names and their changes, but not with their tips.
    """

    def __init__(self, record: HistoryWriter, start: State, spacing: KeyframeSpacing) -> None:
        self.spacing = spacing
        self.present = Branch(next(_numbers), None, 0, (), record, start.position)
        self.present.keep(start)
        self.branches = [self.present]
        self.version = 0

    def branch(self, number: int) -> Branch | None:
        """The branch of this number."""
        return next((branch for branch in self.branches if branch.number == number), None)

    def children(self, parent: Branch) -> list[Branch]:
        """The branches that leave this one."""
        return [branch for branch in self.branches if branch.parent is parent]

    def reach(self, position: int) -> None:
        """The run stands at a position of the present branch."""
        self.present.tip = max(self.present.tip, position)

    @property
    def states_kept(self) -> int:
        """How many keyframes there are."""
        return sum(branch.states_kept for branch in self.branches)

    @property
    def bytes_kept(self) -> int:
        """The memory of all keyframes."""
        return sum(branch.bytes_kept for branch in self.branches)

    def fit(self, most_bytes: int) -> None:
        """Let all keyframes take at most this memory from now on."""
        self.spacing.most_bytes = most_bytes
        self._make_room()

    def next_stop(self, position: int) -> int:
        """Where training from a position of the present branch has to stop at the latest, for a keyframe."""
        return self.spacing.next_stop(position, self.present.keyframe_before(position).position)

    def keep_if_wanted(self, position: int, make_state: Callable[[], State], branch: Branch | None = None) -> None:
        """Keep the state at a position of a branch, by default the present one, if the last one lies far before it."""
        branch = self.present if branch is None else branch
        if self.spacing.is_wanted(position, branch.keyframe_before(position).position):
            branch.keep(make_state())
            self._make_room()

    def places_of_keyframes(self, positions: range) -> list[int]:
        """At which of several ends of epochs of the present branch, ascending, to keep the states, by their places."""
        gap, places = self.spacing.least_gap(is_epoch_end=True), []
        due = self.present.keyframe_before(positions[0]).position + gap
        while (place := bisect.bisect_left(positions, due)) < len(positions):
            places.append(place)
            due = positions[place] + gap
        return places

    def keep(self, states: Sequence[State]) -> None:
        """Keep these states of the present branch."""
        for state in states:
            self.present.keep(state)
        self._make_room()

    def _make_room(self) -> None:
        """Drop states where there are too many."""
        while self.spacing.widen(self.states_kept, self.bytes_kept):
            for branch in self.branches:
                branch.thin(self.spacing.gap)

    def go_to(self, branch: Branch) -> None:
        """Make a branch present; the former one goes if it holds nothing."""
        left, self.present = self.present, branch
        if left is branch:
            return
        self.version += 1
        is_empty = left.tip == left.fork and left.parent is not None and not left.name and not left.is_origin
        if is_empty and not self.children(left):
            self.branches.remove(left)

    def follow(self, changes: Sequence[Change]) -> None:
        """Make the branch with exactly these changes present; a new one where there is none.

        A new branch leaves the branch whose line agrees farthest with the changes, at the first difference. Where that
        is the tip of the present branch, this branch itself goes on with the changes, unless those there must stay.
        """
        wanted = tuple(changes)
        if wanted == self.present.changes:
            return
        known = next((branch for branch in self.branches if branch.changes == wanted), None)
        if known is not None:
            self.go_to(known)
            return
        self.version += 1
        nearest = max(self.branches, key=lambda branch: (_agrees_until(branch, wanted), branch is self.present))
        fork = _agrees_until(nearest, wanted)
        if nearest is self.present and fork == nearest.tip != nearest.changes_kept:
            nearest.changes = wanted
            return
        parent = nearest.owner(fork)
        self.go_to(self.add(parent, fork, wanted, nearest.record.copy(fork), fork))

    def add(
        self,
        parent: Branch,
        fork: int,
        changes: Sequence[Change],
        record: HistoryWriter,
        tip: int,
        name: str = "",
    ) -> Branch:
        """Add a branch; for the arguments see :class:`Branch`."""
        branch = Branch(next(_numbers), parent, fork, changes, record, tip, name)
        self.branches.append(branch)
        self.version += 1
        return branch

    def rename(self, branch: Branch, name: str) -> None:
        """Give a branch a name; an empty one stands for what differs."""
        branch.name = name
        self.version += 1

    def with_followers(self, branch: Branch) -> list[Branch]:
        """A branch, behind all that leave it."""
        return [*(one for child in self.children(branch) for one in self.with_followers(child)), branch]

    def remove(self, branch: Branch) -> None:
        """Remove a branch, which is neither the first nor on the present line, and all that leave it."""
        going = self.with_followers(branch)
        self.branches = [one for one in self.branches if one not in going]
        self.version += 1

    def remove_first(self, end: int) -> Branch | None:
        """Remove what the first branch has behind the last place at which another one leaves it, and not before an end.

        The branch that leaves it there takes its place. The run does not stand behind that place. An ``end`` of -1 is
        none; then another branch leaves the first one.

        Returns:
            The branch that became the first one; None if the first one only ends earlier.
        """
        first = self.branches[0]
        heir = max(self.children(first), key=lambda branch: branch.fork, default=None)
        self.version += 1
        if heir is None or heir.fork <= end:  # at the end itself, runs on other points may begin behind changes
            first.end_at(end)
            return None
        first.end_at(heir.fork)
        first.go_on_as(heir)
        for child in self.children(heir):
            child.parent = first
        self.branches.remove(heir)
        if self.present is heir:
            self.present = first
        return heir


def _agrees_until(branch: Branch, changes: Sequence[Change]) -> int:
    """The last reached position of a branch up to which a line with these changes has the same bits."""
    difference = first_difference(branch.changes, changes)
    return branch.tip if difference is None else min(branch.tip, difference)
