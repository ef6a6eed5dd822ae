"""Causes in the size of the net: where no other cause holds, it is too small or needs time."""

from __future__ import annotations

from dataclasses import replace

from core.base.number_text import typed_text
from core.base.translation import _, ngettext
from core.data.features import feature
from core.explain.verdict.advice import Advice, Cause
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.causes.rate_causes import try_rate
from core.explain.verdict.course import Course
from core.explain.verdict.rates import highest_rate, lower_rate, nice_rate
from core.network.tasks import REGRESSION
from core.training.experiment import MAX_HIDDEN_LAYERS, Experiment, Init

NO_HIDDEN_LAYER = "no hidden layer"
UNSTEADY = 0.025
"""The spread of the loss of such a net from which on the rate is said to be high."""
WIDE, WIDE_OF_SEVERAL = 8, 16
"""Neurons of a first hidden layer; and at least so many in each where one layer was too few."""


def too_small(evidence: Evidence) -> Cause:
    """What is left where no other cause holds: too few neurons or layers, or too little time."""
    hidden, settings = evidence.settings.hidden, evidence.settings
    if not hidden:
        text = _without_hidden_layers(settings)
        if _is_rate_high(evidence.course):
            text = _("{text}; the loss jumps: the rate is high").format(text=text)
        fields = {"hidden": (WIDE,), "activation": settings.last_activation, "init": Init("glorot")}
        return Cause(NO_HIDDEN_LAYER, text, Advice.change(_("Add a hidden layer"), **fields), is_certain=False)
    if set(settings.hidden_activations) == {"linear"}:
        text = _("linear hidden layers compute no more than one layer does")
        return Cause("linear", text, Advice.change(_("Try Tanh"), activation="tanh"))
    if min(hidden) < WIDE:
        wider = tuple(max(WIDE, 2 * neurons) for neurons in hidden)
        counts = _(" and ").join(map(str, hidden))
        text = ngettext(
            "{counts} hidden neuron seems too few with these inputs",
            "{counts} hidden neurons seem too few with these inputs",
            sum(hidden),
        ).format(counts=counts)
        return Cause(
            "too few neurons",
            text,
            Advice.change(_("Try {counts} neurons").format(counts="-".join(map(str, wider))), hidden=wider),
            False,
        )
    rate, highest = settings.learning_rate, highest_rate(settings)
    if 10.0 * rate <= highest:
        text = _("a rate of {rate} may be too low for these data").format(rate=typed_text(rate))
        return replace(try_rate("rate too low", text, nice_rate(10.0 * rate)), is_certain=False)
    if len(hidden) > 1 and "sigmoid" in settings.hidden_activations:
        text = _("each layer of sigmoids weakens the gradient")
        return Cause("sigmoids", text, Advice.change(_("Try Tanh"), activation="tanh"), is_certain=False)
    if len(hidden) < min(3, MAX_HIDDEN_LAYERS):
        activations: object = (*settings.hidden_activations, settings.last_activation)
        deeper = (*(max(WIDE_OF_SEVERAL, neurons) for neurons in hidden), WIDE_OF_SEVERAL)
        text = ngettext(
            "{n} hidden layer seems too few with these inputs",
            "{n} hidden layers seem too few with these inputs",
            len(hidden),
        ).format(n=len(hidden))
        advice = _("Add a hidden layer: {counts}").format(counts="-".join(map(str, deeper)))
        if "sigmoid" in settings.hidden_activations:  # several layers of them would weaken the gradient
            advice, activations = _("{advice}, Tanh").format(advice=advice), "tanh"
        return Cause("too few layers", text, Advice.change(advice, hidden=deeper, activation=activations), False)
    return Cause("", _("the loss no longer falls"), Advice.go_on(), False)


def calmer_rate(settings: Experiment, cause: str, course: Course) -> Advice | None:
    """A lower rate for a loss that jumps beside the advice on a net without hidden layers; None elsewhere."""
    if cause != NO_HIDDEN_LAYER or not _is_rate_high(course):
        return None
    rate = lower_rate(settings)
    return Advice.change(_("Try a rate of {rate}").format(rate=typed_text(rate)), learning_rate=rate)


def _is_rate_high(course: Course) -> bool:
    """Whether the loss of a net without hidden layers jumps, or lies above its start, which no lower rate would do."""
    return course.noise >= UNSTEADY or course.loss > course.start_loss


def _without_hidden_layers(settings: Experiment) -> str:
    """What such a net can do at most: it adds up its inputs, and only the features bend the sum."""
    has_bends = any(feature(name).function is not None for name in settings.features)
    if settings.task == REGRESSION:
        if has_bends:
            return _("without a hidden layer a net only adds up its inputs, and only the features bend the sum")
        if settings.output != "linear":
            return _("without a hidden layer a net only adds up its weighted inputs")
        return _("without a hidden layer a net computes only a plane")
    if has_bends:
        return _("without a hidden layer only the features bend the border")
    return _("without a hidden layer a net draws only straight borders")
