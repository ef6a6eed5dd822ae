"""A trainer as the options of a command describe it, at the start of its run or at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.console import complain
from cli.train import SCORES, Log, prepare_engine, start, stop_on_interrupt, train_to
from core.trainer import Trainer


def read_trainer(given: Mapping[str, Any], outputs: Sequence[str] = ()) -> tuple[Trainer, int]:
    """A trainer at the start of its run, or where a project goes on, and where that shall end; raises LensError."""
    return start(given, outputs)


def read_trained(given: Mapping[str, Any], outputs: Sequence[str] = ()) -> Trainer:
    """A trainer where its run ends.

    Raises:
        LensError: wrong input, or the run diverged.
        KeyboardInterrupt: Ctrl+C; nothing shall be written.
    """
    trainer, goal = read_trainer(given, outputs)
    if goal > trainer.position:
        prepare_engine(trainer)
    log = Log(SCORES[trainer.experiment.task])
    log.append(trainer)
    with stop_on_interrupt() as interrupted:
        stop = train_to(trainer, goal, log, interrupted, quiet="quiet" in given)
    if stop is not None:
        complain(stop.text)
    elif trainer.position < goal:
        complain(f"Stopped at epoch {trainer.epoch}, sample {trainer.sample}; nothing was written.")
        raise KeyboardInterrupt
    return trainer
