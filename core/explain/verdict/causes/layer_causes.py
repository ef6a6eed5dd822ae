"""Causes in the layers: neurons that are alike, dead or saturated, and a gradient that does not reach the first."""

from __future__ import annotations

import math

import numpy as np

from core.base.number_text import factor_text, grouped
from core.base.translation import _
from core.explain.gradient_flow import WEAK, flow_words, norm_ratio
from core.explain.verdict.advice import Advice, Cause
from core.explain.verdict.causes.data_causes import spoiled_by_inputs
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.causes.rate_causes import restart_lower, spoiled_by_rate
from core.explain.verdict.fall import has_fallen
from core.explain.verdict.rates import highest_rate
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.training.experiment import usual_init
from core.training.gradient_norms import VANISHING, flow_verdict

SHARE_OF_UNITS, SHARE_OF_SLOPES = 0.5, 0.7
LARGE_BIAS = 3.0
GROWING = 3.0
"""The factor by which the gradient of layer 1 has grown in a plateau that may end."""


def alike_neurons(evidence: Evidence) -> Cause | None:
    """The neurons of a layer do not differ, and never will."""
    units = evidence.units
    if not units.alike or units.dead[units.alike - 1] == 1.0 or units.saturated[units.alike - 1] == 1.0:
        return None
    text = _("all neurons of layer {layer} compute the same and get the same gradient").format(layer=units.alike)
    return Cause("alike", text, _better_weights(evidence))


def all_dead(evidence: Evidence) -> Cause | None:
    """All neurons of a layer are dead."""
    return _dead(evidence, 1.0)


def half_dead(evidence: Evidence) -> Cause | None:
    """Half of the neurons of a layer are dead."""
    return _dead(evidence, SHARE_OF_UNITS)


def _dead(evidence: Evidence, share: float) -> Cause | None:
    dead = evidence.units.dead
    if not len(dead) or dead.max() < share:
        return None
    layer = int(np.argmax(dead)) + 1
    before, cause = evidence.units_at_start.dead[layer - 1], None
    values = {"now": 100 * dead[layer - 1], "layer": layer, "before": 100 * before}
    if layer == 1 and before < 1.0:  # large inputs of one sign switch a neuron on or off for all samples
        by_inputs = _(
            "{now:.0f} % of the neurons of layer 1 are dead, at the start {before:.0f} %: "
            "the inputs are {low} to {high} in size, not about 1"
        )
        cause = spoiled_by_inputs(evidence, by_inputs, **values)
    if cause is None and before < SHARE_OF_UNITS:
        by_rate = _(
            "{now:.0f} % of the neurons of layer {layer} are dead, at the start {before:.0f} %: "
            "the learning rate {rate} is too high"
        )
        cause = spoiled_by_rate(evidence, by_rate, **values)
    text = _("{share:.0f} % of the neurons of layer {layer} are dead: 0 for every sample").format(
        share=100 * dead[layer - 1], layer=layer
    )
    return cause or Cause("dead", text, _better_weights(evidence))


def saturated_layer(evidence: Evidence) -> Cause | None:
    """Most slopes of a layer are near 0."""
    saturated = evidence.units.saturated
    if not len(saturated) or saturated.max() < SHARE_OF_SLOPES:
        return None
    layer = int(np.argmax(saturated >= SHARE_OF_SLOPES)) + 1
    text = _("layer {layer} is saturated: {share:.0f} % of its slopes are near 0").format(
        layer=layer, share=100 * saturated[layer - 1]
    )
    settings = evidence.settings
    if evidence.are_unscaled:
        return Cause("saturated", text, Advice.change(_("Standardize the inputs"), standardize=True))
    scale = settings.init.scale or 0.0
    fan_in = evidence.trainer.network.sizes[layer - 1]
    large = {"normal": scale * math.sqrt(fan_in), "uniform": scale * math.sqrt(fan_in / 3.0)}
    if large.get(settings.init.name, scale) > 2.0 or abs(settings.bias) > LARGE_BIAS:
        return Cause("saturated", text, _better_weights(evidence))
    if settings.learning_rate <= highest_rate(settings) or has_fallen(evidence.course):
        return None  # steep borders need saturated neurons; a low rate, or one that lowered the loss, threw none there
    return Cause("saturated", text, restart_lower(settings))


def failing_gradient(evidence: Evidence) -> Cause | None:
    """The gradient vanishes or explodes on its way to the first layer."""
    table = evidence.trainer.history.gradients
    if not len(table) or table.shape[1] < 3:
        return None
    norms = table[-1, 1:]
    verdict, text = flow_verdict(norms)[0], flow_words(norms)
    if verdict == VANISHING and flow_verdict(table[0, 1:])[0] != VANISHING:
        cause = spoiled_by_rate(
            evidence, _("the learning rate {rate} is too high: it made the gradient vanish in layer 1")
        )
        if cause is not None:
            return cause
    return Cause(verdict, text, _better_weights(evidence)) if verdict else None


def weak_gradient(evidence: Evidence) -> Cause | None:
    """Far less of the gradient than usual reaches the first layer, or more and more of it while the loss stands still.

    Either may end the plateau, so the network is not known to be too small.
    """
    table, course = evidence.trainer.history.gradients, evidence.course
    if not len(table) or table.shape[1] < 3:
        return None
    first, last = table[-1, 1], table[-1, -1]
    if first * WEAK <= last:
        return Cause("vanishing", flow_words(table[-1, 1:]), _better_weights(evidence), is_certain=False)
    since = table[np.searchsorted(table[:-1, 0], course.flat_since * evidence.trainer.epoch_length)]
    if first < GROWING * since[1]:
        return None
    text = _("the gradient in layer 1 has grown {factor} times since epoch {epoch}, so the loss may soon fall").format(
        factor=factor_text(norm_ratio(first, since[1])), epoch=grouped(since[0] / evidence.trainer.epoch_length)
    )
    return Cause("growing gradient", text, Advice.go_on(), is_certain=False)


def _better_weights(evidence: Evidence) -> Advice:
    """Initial weights that suit the activation; where the run has them, an activation that passes more gradient."""
    settings = evidence.settings
    if abs(settings.bias) > LARGE_BIAS:
        return Advice.change(_("Start with biases of 0"), bias=0.0)
    init = usual_init(settings.hidden_activations)
    label = INITIALIZERS[init.name].label
    if settings.init.name in ("he", "glorot", "lecun", "orthogonal"):
        activation = "tanh" if "sigmoid" in settings.hidden_activations else "leaky-relu"
        return Advice.change(_("Try {label}").format(label=ACTIVATIONS[activation].label), activation=activation)
    fields: dict[str, object] = {"init": init, "bias": 0.0}
    if "sigmoid" in settings.hidden_activations and len(settings.hidden) > 2:
        fields["activation"], label = "tanh", _("tanh and Glorot")
    return Advice.change(_("Try {label} weights").format(label=label), **fields)
