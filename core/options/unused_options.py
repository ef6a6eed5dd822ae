"""Options that have no effect on a run, since another setting decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.base.translation import _
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment


def _momentum(experiment: Experiment) -> str:
    return (
        ""
        if OPTIMIZERS[experiment.optimizer].momentum
        else _("the optimizer {optimizer} takes none").format(optimizer=experiment.optimizer)
    )


def _hidden(experiment: Experiment) -> str:
    return "" if experiment.hidden else _("the network has no hidden layers")


def _one_sample(experiment: Experiment) -> str:
    return "" if experiment.only_sample is None else _("--only-sample trains on a single sample")


def _classes(experiment: Experiment) -> str:
    return "" if experiment.task == REGRESSION else _("what is learned are classes")


REASONS: dict[str, Callable[[Experiment], str]] = {
    "momentum": _momentum,
    "activation": _hidden,
    "dropout": _hidden,
    "train_fraction": _one_sample,
    "batch_size": _one_sample,
    "shuffle": _one_sample,
    "standardize_target": _classes,
}
"""Why a field has no effect in an experiment, by its name; an empty text if it has one."""


def fields_without_effect(experiment: Experiment) -> frozenset[str]:
    """Names of the fields of an experiment that have no effect, since another setting decides."""
    return frozenset(field for field, reason in REASONS.items() if reason(experiment))


def unused_options(
    stages: Sequence[Experiment], given: Mapping[str, str], overruled: Mapping[str, str] | None = None
) -> list[str]:
    """A sentence for each option that has no effect.

    Args:
        stages: the settings at the start of the run and after each change during it; an option without effect has none
            in all of them.
        given: the field of each option, by the option as it was typed.
        overruled: reasons, by the field, that do not follow from the settings.
    """
    found = []
    for option, field in given.items():
        reasons = [REASONS[field](stage) for stage in stages] if field in REASONS else [""]
        reason = (overruled or {}).get(field) or (reasons[-1] if all(reasons) else "")
        if reason:
            found.append(_("{option} has no effect: {reason}.").format(option=option, reason=reason))
    return found
