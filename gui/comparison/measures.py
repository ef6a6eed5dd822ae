"""By what the best of several runs is told: a loss or a score, and where two of them cannot be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from core.workbench.many_runs.kept_run import KeptRun
from core.workbench.many_runs.run_differences import OTHER_DATA, apart
from core.workbench.many_runs.run_rows import describe_kept
from gui.curves.curve_numbers import SET_WORDS

TRAIN_LOSS, TEST_LOSS, TRAIN_SCORE, TEST_SCORE = MEASURES = "train_loss", "test_loss", "train_score", "test_score"
"""Attributes of a snapshot."""

MEASURE = _("{set} {measure}")


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


def best_of(snapshots: Sequence[Snapshot], measure: str) -> list[int]:
    """The places of those with the best value, several where they have the same; none where all have it."""
    sign = 1.0 if measure.endswith("loss") else -1.0
    values = [sign * getattr(snapshot, measure) for snapshot in snapshots]
    values = [value if math.isfinite(value) else math.inf for value in values]
    best = [place for place, value in enumerate(values) if value == min(values)]
    return best if len(best) < len(values) else []


_PARTS = (("test", "loss"), ("train", "loss"), ("test", "score"), ("train", "score"))


def _loss(experiment: Experiment) -> object:
    """Losses that are measured otherwise, or on other data, are not compared."""
    return experiment.loss, experiment.task
