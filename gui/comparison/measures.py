"""By what the best of several runs is told: a loss or a score, and where two of them cannot be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.base.translation import _
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from core.training.history import COLUMNS, History
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.many_runs.kept_run import KeptRun
from core.workbench.many_runs.run_differences import OTHER_DATA, apart
from core.workbench.many_runs.run_rows import describe_kept
from gui.curves.curve_numbers import SET_WORDS

TRAIN_LOSS, TEST_LOSS, TRAIN_SCORE, TEST_SCORE = MEASURES = "train_loss", "test_loss", "train_score", "test_score"
"""Attributes of a snapshot."""

MEASURE = _("{set} {measure}")
SWING_EPOCHS = 10
BEST, EQUAL = _("★ best"), _("★ about equal")
HOW_TOLD = _(
    "★: the best value at this epoch. Several nets are about equal if they differ from it by no more than the swing of "
    "their curves: the largest distance of one of the last 10 recorded epochs from the middle of its neighbours."
)


def offered(runs: Sequence[KeptRun]) -> list[tuple[str, str]]:
    """The measures that all these runs have, each with its name; those of a test set first."""
    is_regression = [run.experiment.task == REGRESSION for run in runs]
    score = "R²" if all(is_regression) else _("score") if any(is_regression) else _("accuracy")
    named = [
        (f"{part}_{what}", MEASURE.format(set=SET_WORDS[part], measure=_("loss") if what == "loss" else score))
        for part, what in _PARTS
    ]
    has_test = all(len(run.prepared().test) for run in runs)
    has_loss = len({_loss(run.experiment) for run in runs}) == 1
    return [
        (measure, name)
        for measure, name in named
        if (has_test or not measure.startswith("test")) and (has_loss or not measure.endswith("loss"))
    ]


def why_no_best(runs: Sequence[KeptRun]) -> str:
    """Why none of the runs is the best, as they are not measured on the same points; empty where one can be."""
    first, *others = (describe_kept(run) for run in runs)
    if any(apart(other, first) == OTHER_DATA for other in others):
        return _("The runs learn different data, so none of them is marked as the best.")
    train, *rest = (run.prepared().train.rows for run in runs)
    if all(np.array_equal(train, other) for other in rest):
        return ""
    return _("The runs train on different points of the data, so none of them is marked as the best.")


def best_of(states: Sequence[ComparedState], measure: str) -> list[int]:
    """The places of the best value and of those that the swing of the curves does not tell from it.

    None where all have the same value, as at the start, or no value.
    """
    sign = 1.0 if measure.endswith("loss") else -1.0
    values = [sign * getattr(state.snapshot, measure) for state in states]
    values = [value if math.isfinite(value) else math.inf for value in values]
    lowest = min(values)
    if lowest == math.inf or values.count(lowest) == len(values):
        return []
    swings = [swing(state.history, state.snapshot.measured, measure) for state in states]
    best = swings[values.index(lowest)]
    return [
        place
        for place, (value, own) in enumerate(zip(values, swings, strict=True))
        if value == lowest or value - lowest <= max(best, own)
    ]


def swing(history: History, position: int, measure: str) -> float:
    """The largest distance of a measure at one of the last recorded epochs from the middle of its two neighbours."""
    table = history.table
    ends = (table[:, 0] <= position) & (table[:, 0] % history.epoch_length == 0)
    heights = table[ends, COLUMNS.index(measure)][-SWING_EPOCHS:]
    if len(heights) < 3 or not np.isfinite(heights).all():
        return 0.0
    middles = (heights[:-2] + heights[2:]) / 2.0
    return float(np.abs(heights[1:-1] - middles).max())


_PARTS = (("test", "loss"), ("train", "loss"), ("test", "score"), ("train", "score"))


def _loss(experiment: Experiment) -> object:
    """Losses that are measured otherwise, or on other data, are not compared."""
    return experiment.loss, experiment.task
