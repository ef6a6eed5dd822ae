"""When a run stops by itself: its loss is low enough, or its test loss no longer falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.training.experiment import Experiment
from core.training.history import History


@dataclass(frozen=True)
class Stop:
    """Why training stops here.

    Attributes:
        text: one or two sentences.
        return_to: the position with the lowest test loss, to which the run must go back; None to stay.
    """

    text: str
    return_to: int | None = None


def find_stop(history: History, experiment: Experiment) -> Stop | None:
    """The reason to stop at the newest record, which must be at the end of an epoch; None to continue.

    Early stopping (Prechelt, 1998, "Early stopping – but when?") stops when the lowest test loss is ``patience`` epochs
    old.
    """
    epoch, sample = divmod(int(history.table[-1, 0]), history.epoch_length)
    if sample:
        return None
    loss = float(history.column("train_loss")[-1])
    if experiment.stop_loss is not None and loss <= experiment.stop_loss:
        return Stop(f"Stopped at epoch {epoch}: the training loss {loss:.3g} is at most {experiment.stop_loss:g}.")
    if experiment.patience is None:
        return None
    ends = history.table[:, 0] % history.epoch_length == 0
    losses, positions = history.column("test_loss")[ends], history.table[ends, 0]
    best = int(np.argmin(losses))
    best_epoch = int(positions[best]) // history.epoch_length
    if epoch - best_epoch < experiment.patience:
        return None
    return Stop(
        f"Stopped early at epoch {epoch}: for {experiment.patience} epochs the test loss has not fallen below the "
        f"{losses[best]:.3g} of epoch {best_epoch}. The run is back at that epoch.",
        int(positions[best]),
    )
