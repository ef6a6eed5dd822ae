"""A run that diverges: whether its loss has grown, or will on a line that was trained further, and the way back."""

from __future__ import annotations

import math
from dataclasses import replace

from core.base.number_text import grouped, short, typed_text
from core.base.translation import _
from core.explain.verdict.advice import Advice, back_to
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.causes.first_cause import find_cause
from core.explain.verdict.causes.rate_causes import RATE_TOO_HIGH
from core.explain.verdict.course import Course, course_of
from core.explain.verdict.fall import LEAST_GAIN, told_loss
from core.explain.verdict.rates import highest_rate, lower_rate, position_of_change, raises_rate
from core.explain.verdict.verdict import DIVERGED, LEARNING, START, Verdict
from core.training.trainer import Trainer

GROWN = 1.5
"""So many times the loss before is a divergence."""


def has_diverged(trainer: Trainer, course: Course) -> bool:
    """Whether the loss has grown and does not come down; behind a change to a high rate, since then."""
    if raises_rate(trainer, course):
        return _has_grown(course, course.loss_before, LEAST_GAIN)
    return _has_grown(course, course.start_loss, 0.0)


def _has_grown(course: Course, before: float, least: float) -> bool:
    return course.loss > GROWN * before and course.gained < max(least, 3.0 * course.noise)


def growth_text(trainer: Trainer, course: Course) -> str:
    """From where to where the loss has grown, in a run that has diverged."""
    is_raised = raises_rate(trainer, course)
    before = course.loss_before if is_raised else course.start_loss
    losses = {"before": short(before, 3), "now": told_loss(course, before)}
    if not is_raised:
        return _("the loss has grown from {before} to {now}").format(**losses)
    text = _("since epoch {epoch} the loss has grown from {before} to {now}")
    return text.format(epoch=grouped(math.floor(course.changed)), **losses)


def diverged_verdict(trainer: Trainer, course: Course, what: str) -> Verdict:
    """Diverged, for a reason that is told before the cause."""
    cause = find_cause(Evidence(trainer, course), diverged=True)
    if raises_rate(trainer, course) and cause.name == RATE_TOO_HIGH:
        cause = replace(cause, advice=back_to(trainer, position_of_change(trainer, course)))
    return Verdict.of_cause(DIVERGED, "", replace(cause, text=f"{what}; {cause.text}"))


def divergence_ahead(trainer: Trainer) -> Verdict | None:
    """Before the divergence of a line that was trained further: what came of it, and a cure."""
    position, tip = trainer.position, trainer.tree.present.tip
    if position == tip:
        return None
    changed = trainer.settings_over_time.changed_last(tip)
    whole = course_of(trainer.recorder.writer.view(with_norms=False), changed)
    is_raised, here = raises_rate(trainer, whole), float(trainer.history.column("train_loss")[-1])
    has_grown = _has_grown(whole, whole.loss_before if is_raised else whole.start_loss, LEAST_GAIN)
    if whole.is_too_short or not has_grown or whole.loss <= GROWN * here:
        return None
    cause = find_cause(Evidence(trainer, whole, trainer.settings_over_time.at(tip)), diverged=True)
    text = _("trained on, the loss rose from {here} to {now}; {cause}")
    text = text.format(here=short(here, 3), now=told_loss(whole, here), cause=cause.text)
    advice = _lower_rate_ahead(trainer, changed) if is_raised and cause.name == RATE_TOO_HIGH else cause.advice
    if position == 0:
        return Verdict(START, text, advice=advice, cause="divergence ahead")
    return Verdict(LEARNING, text, _("up to here"), advice, "divergence ahead")


def _lower_rate_ahead(trainer: Trainer, changed: int) -> Advice:
    """To the place where the rate became too high, and from there on with the former one, if that was lower."""
    if trainer.position != changed:
        epoch = grouped(changed // trainer.epoch_length)
        return Advice.go_back(_("Go to epoch {epoch}").format(epoch=epoch), changed)
    former = trainer.settings_over_time.at(changed - 1).learning_rate
    rate = former if former <= highest_rate(trainer.settings) else lower_rate(trainer.settings)
    return Advice.change(_("Go on with a rate of {rate}").format(rate=typed_text(rate)), learning_rate=rate)
