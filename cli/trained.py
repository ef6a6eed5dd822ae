"""The trained network of a command: train as its options say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.console import complain
from cli.train import prepare_engine, start, stop_on_interrupt, train_to
from core.base.translation import _
from core.training.trainer import Trainer


def read_trained(given: Mapping[str, Any], outputs: Sequence[str] = ()) -> Trainer:
    """A trainer at the end of its run.

    Raises:
        LensError: wrong input, or the run diverged.
        KeyboardInterrupt: Ctrl+C was pressed; nothing must be written.
    """
    trainer, goal = start(given, outputs)
    if goal > trainer.position:
        prepare_engine(trainer)
    if not finish(trainer, goal, quiet="quiet" in given):
        complain(
            _("Stopped at epoch {epoch}, sample {sample}; nothing was written.").format(
                epoch=trainer.epoch, sample=trainer.sample
            )
        )
        raise KeyboardInterrupt
    return trainer


def finish(trainer: Trainer, goal: int, quiet: bool) -> bool:
    """Train to a position, or until the run stops by itself, with a message; false if Ctrl+C stopped it.

    Raises:
        Diverged: the run is at the last finite state.
    """
    with stop_on_interrupt() as interrupted:
        stop = train_to(trainer, goal, interrupted, quiet)
    if stop is not None:
        complain(stop.text)
    return stop is not None or trainer.position >= goal
