"""The head: where a run stands in the tree of its branches, and how it gets elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from core.training.experiment import LIVE_FIELDS
from core.training.recording import Recorder
from core.training.settings_over_time import Change, first_difference
from core.training.stepping import Stepper
from core.training.timeline.branches import Branch, BranchTree


class Head:
    """Brings a run to other branches and positions. Whoever trains leads it on from a keyframe to the position itself.

    Args:
        stepper: the state, with the settings of the present branch.
        recorder: it records the present branch.
        tree: the branches.
    """

    def __init__(self, stepper: Stepper, recorder: Recorder, tree: BranchTree) -> None:
        self._stepper, self._recorder, self._tree = stepper, recorder, tree
        self._settings = stepper.settings

    def go_to(self, position: int, branch: Branch | None = None) -> None:
        """Go to the last keyframe before a position of a branch, by default the present one.

        Training leads from there to the position itself, to the same bits. The run stays where it stands if that is on
        the way. The changes at the position belong to it.

        Raises:
            ValueError: the branch does not reach the position.
        """
        branch = self._tree.present if branch is None else branch
        _check(position, branch)
        difference = first_difference(self._settings.changes, branch.changes)
        self._tree.go_to(branch)
        self._take_up(position, difference)

    def replace_changes(self, changes: Sequence[Change], position: int) -> None:
        """Go to the branch with exactly these changes, a new one if need be, as ``go_to`` does.

        So changes by hand are undone and redone to the same bits.
        """
        difference = first_difference(self._settings.changes, changes)
        self._tree.follow(changes)
        self._take_up(position, difference)

    def return_to(self, position: int) -> None:
        """Go back as ``go_to`` does, but keep the present settings from the position on; see ``Stop``."""
        now, left = self._settings.at(self._stepper.position), self._recorder.writer.view(position).ahead
        fields = {name: getattr(now, name) for name in LIVE_FIELDS}
        self.go_to(position)
        then = self._settings.at(position)
        if any(getattr(then, name) != value for name, value in fields.items()):
            self._settings.change(position, **fields)
            self.follow_changes()
            self._recorder.writer.leave_behind(left)

    def remove_first(self, end: int) -> Branch | None:
        """See :meth:`core.training.timeline.branches.BranchTree.remove_first`.

        The run may then stand before its place, to which training leads, as behind ``go_to``.
        """
        successor = self._tree.remove_first(end)
        difference = first_difference(self._settings.changes, self._tree.present.changes)
        self._take_up(self._stepper.position, difference)
        return successor

    def follow_changes(self) -> None:
        """The settings over time were changed: go on on the branch of these changes, a new one if need be."""
        self._tree.follow(self._settings.changes)
        self._recorder.writer = self._tree.present.record

    def _take_up(self, position: int, difference: int | None) -> None:
        """Stand on the present branch, at the last keyframe before a position, or where the run stands if possible.

        Args:
            position: where training will lead.
            difference: where the line on which the run stands differs from the branch; None for nowhere.
        """
        branch, stepper = self._tree.present, self._stepper
        self._settings.changes = list(branch.changes)
        self._recorder.writer = branch.record
        kept = branch.keyframe_before(min(position, branch.tip))
        is_on_the_way = kept.position <= stepper.position <= position
        if not is_on_the_way or (difference is not None and stepper.position >= difference):
            stepper.restore(kept)
        stepper.apply_edits()


def _check(position: int, branch: Branch) -> None:
    if not 0 <= position <= branch.tip:
        raise ValueError(f"position {position} is not between 0 and {branch.tip}")
