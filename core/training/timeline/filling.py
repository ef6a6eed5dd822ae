"""Keyframes where they are missing: a project file holds only some, so the training between two can take long."""

from __future__ import annotations

import time
from collections.abc import Generator

from core.training.keyframes import watch
from core.training.stepping import Stepper
from core.training.timeline.branches import Branch
from core.training.timeline.replay import second_stepper
from core.training.trainer import Trainer

MOST_SECONDS = 60.0
"""How long one run is trained again for its keyframes."""

PIECE_SECONDS = 0.008
"""A command waits no longer than about this for a step to end."""


def filling(trainer: Trainer) -> Generator[None]:
    """Add the keyframes that a run would have kept had it been trained here, in steps of some milliseconds.

    A second stepper trains, so the run itself stays as it is. Between two steps the run may be changed and trained.
    Its engine must be ready.
    """
    twin = second_stepper(trainer)
    end = time.perf_counter() + MOST_SECONDS
    for branch in [trainer.tree.present, *trainer.tree.branches]:
        for _ in _filling_branch(trainer, branch, twin):
            if time.perf_counter() > end:
                return
            yield


def _filling_branch(trainer: Trainer, branch: Branch, twin: Stepper) -> Generator[None]:
    tree, position, goes_on = trainer.tree, branch.fork, False
    while position < branch.tip and branch in tree.branches:
        kept = branch.keyframe_before(position)
        following = branch.keyframe_after(position)
        if following - kept.position <= 2 * tree.spacing.interval:
            position, goes_on = following, False
            continue
        if not goes_on or twin.settings.changes != list(branch.changes):
            twin.settings.changes = list(branch.changes)
            twin.restore(kept)
        piece = twin.position + tree.spacing.samples_in(PIECE_SECONDS)
        stop = min(piece, tree.spacing.next_stop(twin.position, kept.position))
        seconds, start = watch(), twin.position
        if not twin.move_to(min(following, stop, twin.farthest_target)):
            return
        tree.spacing.note(twin.position - start, seconds())
        tree.keep_if_wanted(twin.position, twin.state, branch)
        position, goes_on = twin.position, True
        yield
