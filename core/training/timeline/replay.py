"""Training again from a keyframe to a position, where nobody has to wait for it."""

from __future__ import annotations

import copy

from core.training.keyframes import State
from core.training.stepping import Stepper
from core.training.trainer import Trainer

NEAR_SECONDS = 0.1
"""How long the training that :func:`stepper_at` does may take."""


def is_free(trainer: Trainer) -> bool:
    """Whether the run's engine is ready, and leaves the interpreter lock to others while it trains."""
    return trainer.is_ready and trainer.engine_name == "compiled"


def replay_if_short(trainer: Trainer, position: int) -> None:
    """Lead a run to a position, or to the tip of its branch before it, if that takes some milliseconds at most."""
    reached = min(position, trainer.tree.present.tip)
    if is_free(trainer) and trainer.tree.spacing.is_short(reached - trainer.position):
        trainer.seek(reached)


def second_stepper(trainer: Trainer) -> Stepper:
    """A stepper with the run's settings, samples and engine; to train it leaves the run as it is."""
    own = trainer.stepper
    twin = Stepper(own.workload_copy(), copy.copy(own.settings), copy.copy(own.order), own.engine_name)
    twin.prepare_engine()
    return twin


def is_near(trainer: Trainer, position: int) -> bool:
    """Whether training again to a position of the present branch takes no longer than NEAR_SECONDS."""
    return _is_near(trainer, trainer.tree.present.keyframe_before(position), position)


def _is_near(trainer: Trainer, kept: State, position: int) -> bool:
    return position - kept.position <= trainer.tree.spacing.samples_in(NEAR_SECONDS)


def stepper_at(trainer: Trainer, position: int) -> Stepper | None:
    """A second stepper that was trained to an earlier position of the run, to the same bits; None if it is not near."""
    kept = trainer.tree.present.keyframe_before(position)
    if not _is_near(trainer, kept, position):
        return None
    twin = second_stepper(trainer)
    twin.restore(kept)
    while twin.position < position:
        if not twin.move_to(min(position, twin.farthest_target)):
            return None
    twin.apply_edits()
    return twin
