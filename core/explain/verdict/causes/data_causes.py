"""Causes in the data: inputs that are all the same, or unscaled, and targets out of reach."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.number_text import short
from core.base.translation import _
from core.data.features import plain_features
from core.explain.verdict.advice import Advice, Cause
from core.explain.verdict.causes.evidence import Evidence
from core.network.tasks import REGRESSION


def constant_inputs(evidence: Evidence) -> Cause | None:
    """No input tells one point from another."""
    inputs = evidence.trainer.preparation.train.inputs
    if len(inputs) < 2 or _differ(inputs):
        return None
    points = evidence.trainer.preparation.dataset.points
    advice = None
    if _differ(points):
        advice = Advice.change(_("Use all columns as inputs"), features=plain_features(points.shape[1]))
    return Cause("constant inputs", _("every input has the same value for all points"), advice)


def _differ(rows: Array) -> bool:
    """Whether any row differs from the first; most often the last one tells, and nobody waits for a million others."""
    return bool((rows[-1] != rows[0]).any() or (rows != rows[0]).any())


def one_sample(evidence: Evidence) -> Cause | None:
    """A single sample is all that is trained on."""
    if evidence.settings.only_sample is None:
        return None
    advice = Advice.change(_("Train on all points"), only_sample=None)
    return Cause("one sample", _("only one sample is trained on"), advice)


def output_range(evidence: Evidence) -> Cause | None:
    """The output cannot reach the targets."""
    if evidence.settings.task != REGRESSION:
        return None
    output, targets = evidence.trainer.network.activations[-1], evidence.samples[1]
    outside = float(np.mean((targets < output.low) | (targets > output.high)))
    if outside < 0.1:
        return None
    text = _("{share:.0f} % of the targets lie outside the range of the output's {label}").format(
        share=100 * outside, label=output.label
    )
    return Cause("output range", text, Advice.change(_("Use a linear output"), output="linear"))


def unscaled_target(evidence: Evidence) -> Cause | None:
    """The targets are of a size that a network hardly learns."""
    hint = evidence.trainer.preparation.target_hint
    if not hint:
        return None
    text = hint[0].lower() + hint[1:].rstrip(".")
    return Cause("unscaled target", text, Advice.change(_("Standardize the target"), standardize_target=True))


def unscaled_inputs(evidence: Evidence) -> Cause | None:
    """The inputs are large, small, or much larger than each other."""
    return spoiled_by_inputs(evidence, _("the inputs are {low} to {high} in size, not about 1"))


def spoiled_by_inputs(evidence: Evidence, text: str, **values: float) -> Cause | None:
    """Inputs of another size than about 1 as the cause of what was found; None where they are of that size."""
    if not evidence.are_unscaled:
        return None
    low, high = (short(float(size), 2) for size in (evidence.sizes_of_inputs.min(), evidence.sizes_of_inputs.max()))
    advice = Advice.change(_("Standardize the inputs"), standardize=True)
    return Cause("unscaled inputs", text.format(low=low, high=high, **values), advice)
