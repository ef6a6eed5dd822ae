"""Training again from a keyframe to a position, where nobody has to wait for it."""

from __future__ import annotations

from core.training.trainer import Trainer


def is_free(trainer: Trainer) -> bool:
    """Whether the run's engine is ready, and leaves the interpreter lock to others while it trains."""
    return trainer.is_ready and trainer.engine_name == "compiled"


def replay_if_short(trainer: Trainer, position: int) -> None:
    """Lead a run to a position, or to the tip of its branch before it, if that takes some milliseconds at most."""
    reached = min(position, trainer.tree.present.tip)
    if is_free(trainer) and trainer.tree.spacing.is_short(reached - trainer.position):
        trainer.seek(reached)
