"""One run of a sweep: what it is to be trained with, and what came of it."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.training.experiment import Experiment
from core.training.history import COLUMNS

DONE, DIVERGED, FAILED = "done", "diverged", "failed"
STATES = DONE, DIVERGED, FAILED
STATE_WORDS = {DONE: _("done"), DIVERGED: _("diverged"), FAILED: _("failed")}

Key = tuple[tuple[str, ...], int]
"""What distinguishes a run of a sweep from the others: the texts of what varies, and the seed."""


@dataclass(frozen=True)
class PlannedRun:
    """A run that is to be trained.

    Attributes:
        texts: the values of what varies, in the order of the plan's variations.
        experiment: all settings, the seed among them.
    """

    texts: tuple[str, ...]
    experiment: Experiment

    @property
    def key(self) -> Key:
        """See :data:`Key`."""
        return self.texts, self.experiment.seed


@dataclass(frozen=True, eq=False)
class RunResult:
    """What came of a run.

    Attributes:
        texts, seed: see :data:`Key`.
        epochs: completed where the run ended; after early stopping those of the best epoch, to which it went back.
        train_loss, test_loss, train_score, test_score: there; NaN without a test set, and where the run failed. If
            it diverged, those of its last finite state.
        status: one of STATES.
        seconds: the time that it took; of runs that are trained side by side, an equal share of their time.
        message: why it diverged or failed, or stopped by itself; otherwise empty.
        curve: shape (records, 5), its record, see :class:`core.training.history.History`.
        epoch_length: samples of an epoch, which turns the positions of the curve into epochs; 0 where it failed.
        sizes: of the network's layers; empty where it failed.
        parameters: shape (parameters,); None if they are not wanted, and where the run failed.
    """

    texts: tuple[str, ...]
    seed: int
    epochs: int
    train_loss: float
    test_loss: float
    train_score: float
    test_score: float
    status: str
    seconds: float
    message: str = ""
    curve: Array = field(default_factory=lambda: np.empty((0, len(COLUMNS))))
    epoch_length: int = 0
    sizes: tuple[int, ...] = ()
    parameters: Array | None = None

    @property
    def key(self) -> Key:
        """See :data:`Key`."""
        return self.texts, self.seed


def without_numbers(run: PlannedRun, status: str, message: str, seconds: float) -> RunResult:
    """The result of a run that came to no numbers."""
    nan = float("nan")
    return RunResult(run.texts, run.experiment.seed, 0, nan, nan, nan, nan, status, seconds, message)
