"""The scores of a run where it stands: in training, in the test, and what the data allow."""

from __future__ import annotations

import math

from core.base.arrays import median
from core.explain.verdict import probes
from core.explain.verdict.course import RECENT
from core.training.evaluation import Evaluation
from core.training.trainer import Trainer

NEAR_REACH = 0.03
"""A score is about what the data allow down to so much below."""


def measured_here(trainer: Trainer) -> tuple[Evaluation, Evaluation] | None:
    """What was measured at the present position, in training and in the test; None where nothing was."""
    if not trainer.has_evaluations:
        return None
    position, train, test = trainer.latest_evaluations()
    return (train, test) if position == trainer.position else None


def score_and_reach(trainer: Trainer) -> tuple[float, float]:
    """The training score, and the one that the data allow; 0 and 1 where they are not defined.

    The score is that of the present position if it was measured there, else the one recorded last.
    """
    measured = measured_here(trainer)
    score = float(trainer.history.column("train_score")[-1]) if measured is None else measured[0].score
    reach = probes.reachable_score(trainer.preparation)
    return (0.0 if math.isnan(score) else score), (1.0 if math.isnan(reach) else reach)


def usual_score(trainer: Trainer) -> float:
    """The training score of the last records, which one epoch of a loss that jumps does not change; 0 if undefined."""
    score = median(trainer.history.column("train_score")[-RECENT:])
    return 0.0 if math.isnan(score) else score


def score_in_test(trainer: Trainer) -> float:
    """That of the present position if it was measured there, else the one recorded last; NaN if undefined."""
    measured = measured_here(trainer)
    return float(trainer.history.column("test_score")[-1]) if measured is None else measured[1].score
