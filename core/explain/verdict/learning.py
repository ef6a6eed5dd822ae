"""A run that learns: how fast its loss falls, and whether that is slow."""

from __future__ import annotations

from core.base.number_text import short, span_text
from core.base.translation import _
from core.explain.gradient_flow import DEEP, WEAK, norm_ratio
from core.explain.verdict.advice import Advice
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.causes.first_cause import find_cause
from core.explain.verdict.causes.rate_causes import lost_again
from core.explain.verdict.course import SLOW_FALL, Course
from core.explain.verdict.fall import LOUD, PATIENT_EPOCHS, falls_in_window, fell_lately, share_text
from core.explain.verdict.overfitting import fit_text
from core.explain.verdict.scores import NEAR_REACH
from core.explain.verdict.verdict import LEARNING, Verdict
from core.training.gradient_norms import flow_verdict
from core.training.trainer import Trainer

SLOW_EPOCHS, SLOW = 10.0, 0.3
"""Learning is slow if, behind some epochs, an epoch takes away less than SLOW_FALL of the loss, and as many epochs
again as the run has had would take away less than the second."""
HOPELESS, HOPELESS_EPOCHS, FAR_FROM_REACH = 0.2, 60.0, 0.1
"""The same, where a change may help more than patience though no cause is certain, and how far the score then is from
what the data allow."""


def learning_verdict(trainer: Trainer, course: Course, score: float, reach: float) -> Verdict:
    """Where the loss falls clearly; with a cause, if it falls slowly and one is certain."""
    if course.epoch < 1.0 and course.loss < course.start_loss:  # a rate of less than an epoch is no rate of an epoch
        text = _("the loss has fallen; at the start it was {start}").format(start=short(course.start_loss, 2))
    elif falls_in_window(course):
        text = _("the loss falls by {fall} an epoch")
        if course.noise >= LOUD:  # a later one may well be higher
            text = _("the loss falls by {fall} an epoch on average")
        text = text.format(fall=share_text(course.fall))
    else:
        text = _("the loss jumps, and fell by {fall} in the last {epochs}").format(
            fall=share_text(course.gained_in_half), epochs=span_text(course.judged_epochs / 2.0)
        )
    is_slow = course.fall < SLOW_FALL and course.fall * course.epoch < SLOW and course.noise < LOUD
    # A loss that jumps without hidden layers, or was far lower before, may seem to fall for ever.
    is_unsteady = not trainer.settings.hidden and not falls_in_window(course) and score < reach - FAR_FROM_REACH
    evidence = Evidence(trainer, course)
    is_unsteady = (is_unsteady and course.judged_epochs >= PATIENT_EPOCHS) or lost_again(evidence) is not None
    if not (is_slow or is_unsteady) or score >= reach - NEAR_REACH or course.judged_epochs < SLOW_EPOCHS:
        text = f"{text}{gradient_text(trainer) or fit_text(trainer, course)}"
        return Verdict(LEARNING, text, _("slowly") if is_slow else "", Advice.go_on())
    cause, how = find_cause(evidence), _("slowly") if is_slow else _("unsteadily")
    is_hopeless = course.fall * course.epoch < HOPELESS and score < reach - FAR_FROM_REACH and not fell_lately(course)
    is_long = not is_slow or course.judged_epochs >= HOPELESS_EPOCHS
    if not cause.is_certain and not (cause.name and is_hopeless and is_long):
        return Verdict(LEARNING, f"{text}{fit_text(trainer, course)}", how, Advice.go_on())
    return Verdict.of_cause(LEARNING, how, cause)


def gradient_text(trainer: Trainer) -> str:
    """How much of the gradient reaches layer 1 of a net in which it could vanish; empty where it does, or is weak."""
    table = trainer.history.gradients
    if len(trainer.settings.hidden) < DEEP or not len(table):
        return ""
    norms = table[-1, 1:]
    if not norms[0] * WEAK > norms[-1] or flow_verdict(norms)[0]:
        return ""
    share = norm_ratio(norms[0], norms[-1])
    if share < 1.0:
        return _("; the gradient in layer 1 is {share} % of that at the output").format(share=short(100.0 * share, 2))
    return _("; the gradient in layer 1 is {share} times that at the output").format(share=short(share, 2))
