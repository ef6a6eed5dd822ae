"""A kept run in a project file."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.training.experiment import Experiment
from core.training.saved_run import SavedRun
from core.training.timeline.saved_branches import LAST_POSITION, require, require_record

OWN_DATA = -1
MEASURED = 4


@dataclass(frozen=True)
class LeftAt:
    """Where a run stood when it was left or kept.

    Attributes:
        position: on its line. numbers: train loss, test loss, train score and test score there.
    """

    position: int
    numbers: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class SavedKeptRun:
    """What brings a kept run back.

    Attributes:
        experiment: its settings at position 0.
        data: the place of its data among ``Project.kept_data``; OWN_DATA for those of the project's run.
        run: its one line, with the changes made on it.
        table, gradients, lows: its whole record, see :class:`core.training.history.History`.
        tip: the position to which it was trained.
        parameters: shape (parameters,), those at the position ``parameters_at``.
        home: shape (parameters,), the weights that a reset leads back to; None for those of the experiment.
        note: how it ended. name: the user's name for it.
        is_of_project: whether it is a line of the project's run.
        left_at: where it stood; None if that is not known.

    Raises:
        ProjectError: the parts do not fit together.
    """

    experiment: Experiment
    data: int
    run: SavedRun
    table: Array
    gradients: Array
    lows: Array
    tip: int
    parameters: Array
    parameters_at: int
    home: Array | None
    note: str
    name: str
    is_of_project: bool
    left_at: LeftAt | None = None

    def __post_init__(self) -> None:
        require(len(self.run.branches) == 1, _("a kept run"))
        require(0 <= self.parameters_at <= self.tip <= LAST_POSITION, _("the tip of a kept run"))
        left = self.left_at
        is_left = left is None or (0 < left.position <= self.tip and len(left.numbers) == MEASURED)
        require(is_left, _("the tip of a kept run"))
        require_record(self.table, self.gradients, self.tip)
        require(len(self.table) > 0 and self.lows.ndim == 2 and self.lows.shape[1] == 2, _("the record of a kept run"))
        shape = self.run.states.shape[2:]
        for weights in (self.parameters, *([] if self.home is None else [self.home])):
            require(weights.shape == shape and bool(np.isfinite(weights).all()), _("the weights of a kept run"))
