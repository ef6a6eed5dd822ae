"""How much of the gradient reaches the lower layers, in words; verdict and card tell it alike."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.number_text import factor_text, short
from core.base.translation import _
from core.network.activations import ACTIVATIONS
from core.network.network import parameter_views
from core.training.experiment import Experiment
from core.training.gradient_norms import EXPLODING, VANISHING, flow_verdict

WORDS = {
    VANISHING: _("the gradient vanishes: {factor} times smaller in layer 1 than at the output"),
    EXPLODING: _("the gradient explodes: {factor} times larger in layer 1 than at the output"),
}
WEAK = 30.0
"""How many times smaller than at the output a gradient in layer 1 is weak."""

DIGITS, LEAST_PLAIN = 3, 1e-3
"""Of a norm as it is written, and the least one without a power of ten: norms of one layer stand in one notation."""

DEEP = 3
"""Hidden layers from which on a gradient may vanish, so that it is told how much of it reaches the first."""
SMALL = 0.3
"""Where the weights of a layer make a gradient smaller than this share of it, they are named as small."""


def norm_text(norm: float) -> str:
    """A layer's norm, as card and verdict write it."""
    return short(norm, DIGITS, LEAST_PLAIN)


def norm_ratio(norm: float, other: float) -> float:
    """How many times the other norm a norm is, computed from both as they are written."""
    shown, beside = (float(f"{value:.{DIGITS}g}") for value in (norm, other))
    with np.errstate(all="ignore"):
        return float(np.divide(shown, beside))


def flow_words(norms: Array) -> str:
    """What is remarkable about the norms, shape (layers,), as a clause; empty if nothing is."""
    zero = norms == 0.0
    if zero.all():
        return _("the gradient is 0 in every layer: nothing is learned")
    if zero[0]:
        first = int(np.argmin(zero))  # the first layer that learns
        return (
            _("no gradient reaches layer 1")
            if first == 1
            else _("no gradient reaches layers 1 to {first}").format(first=first)
        )
    verdict = flow_verdict(norms)[0]
    if not verdict:
        weak = _("the gradient is weak: {factor} times smaller in layer 1 than at the output")
        is_weak = norms[0] * WEAK <= norms[-1]
        return weak.format(factor=factor_text(norm_ratio(norms[-1], norms[0]))) if is_weak else ""
    larger, smaller = (norms[-1], norms[0]) if verdict == VANISHING else (norms[0], norms[-1])
    return WORDS[verdict].format(factor=factor_text(norm_ratio(larger, smaller)))


def why_it_vanishes(norms: Array, settings: Experiment, sizes: tuple[int, ...], parameters: Array) -> str:
    """Why so little of the gradient arrives below, as a sentence; empty where it does not vanish.

    Args:
        norms: shape (layers,), all above 0 but those of layers that get no gradient.
        settings: of the run.
        sizes: of its layers.
        parameters: the flat vector of weights and biases.
    """
    if not norms[0] or flow_verdict(norms)[0] != VANISHING:
        return ""
    used = set(settings.hidden_activations)
    slope = _("the slopes of its neurons")
    if len(used) == 1 and not used <= {"linear"}:
        activation = ACTIVATIONS[used.pop()]
        steepest = "1/4" if activation.steepest == 0.25 else f"{activation.steepest:g}"
        bound = _("0 or 1") if activation.name == "relu" else _("at most {slope}").format(slope=steepest)
        slope = _("the slope of {label}, {bound}").format(label=activation.label, bound=bound)
    passed = parameter_views(sizes, parameters)[0][1:]  # by the first layer's weights no gradient goes on
    typical = [float(np.sqrt(np.mean(weights * weights))) for weights in passed]
    gains = [size * float(np.sqrt(weights.shape[1])) for size, weights in zip(typical, passed, strict=True)]
    smallest = int(np.argmin(gains))
    if gains[smallest] < SMALL:
        text = _("Each layer multiplies it by its weights, here about {size}, and by {slope}.")
        return text.format(size=short(typical[smallest], 1), slope=slope)
    return _("Each layer multiplies it by its weights and by {slope}.").format(slope=slope)
