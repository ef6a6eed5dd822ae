"""Causes in the learning rate: too high or too low from the start, since a change, or by its schedule."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core.base.number_text import grouped, short, span_text, told_apart, typed_text
from core.base.translation import _
from core.explain.verdict.advice import Advice, Cause, back_to
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.fall import PATIENT_EPOCHS, told_loss
from core.explain.verdict.rates import (
    LOWER_RATES,
    highest_rate,
    lower_rate,
    nice_rate,
    position_of_change,
    raises_rate,
)
from core.training.experiment import Decay, Experiment

RATE_TOO_HIGH = "rate too high"
LEAST_RISE = 1.05
"""The factor by which the loss has grown since a change, which raised it."""
LEAST_GAIN_OF_STEP, LEAST_GAIN_OF_LONG_STEP = 0.03, 0.01
LONG_STEP, VERY_LONG_STEP, SHORT_STEP = 4.0, 100.0, 0.25
"""The best step: longer than so many epochs of updates is long, shorter than so much of one update is short."""
VERY_LOW = 0.03
"""The share of the highest rate up to which a rate is suspected where no weight has gone far."""
LOST, NEAR_START = 0.25, 0.1
"""A low loss is lost where it was below the first share of the present one, above the second of the start's."""
CALMER = 3.0
"""By what the rate of a run is divided that learns, but jumps."""
HARDLY_MOVED, FAR = 0.1, 1.0
"""Distances from the initial weights: some weight of a network that has learned is farther away than the first one."""


def diverging_rate(evidence: Evidence) -> Cause | None:
    """A run that diverges at a rate that nobody would advise needs a lower one first, whatever else it needs."""
    return rate_too_high(evidence) if evidence.settings.learning_rate > highest_rate(evidence.settings) else None


def overshooting_rate(evidence: Evidence) -> Cause | None:
    """Already from the initial weights a step raises the loss, and one of a lower rate does not.

    Behind a change, it is the recorded losses there and since then that tell.
    """
    rate, highest = evidence.settings.learning_rate, highest_rate(evidence.settings)
    if rate <= highest:
        return None
    if raises_rate(evidence.trainer, evidence.course):
        return _raised_since_change(evidence)
    if evidence.trainer.settings_over_time.at(0).learning_rate != rate:
        return None
    before, after, *lower = evidence.first_losses.tolist()
    tried = zip(LOWER_RATES, lower, strict=True)
    helping = next((rate for rate, loss in tried if rate <= highest and loss < before), None)
    if after <= before or helping is None:
        return None
    raised = _("the learning rate {rate} is too high: a first step raises the loss from {low} to {high}")
    low, high = told_apart(before, after)
    text = raised.format(rate=typed_text(rate), low=low, high=high)
    return Cause(RATE_TOO_HIGH, text, _restart_at(helping))


def _raised_since_change(evidence: Evidence) -> Cause | None:
    course = evidence.course
    if course.loss <= LEAST_RISE * course.loss_before:
        return None
    text = _("the learning rate {rate} is too high: since epoch {epoch} the loss has risen from {low} to {high}")
    high, epoch = told_loss(course, course.loss_before), grouped(math.floor(course.changed))
    rate, low = typed_text(evidence.settings.learning_rate), short(course.loss_before, 3)
    text = text.format(rate=rate, epoch=epoch, low=low, high=high)
    return Cause(RATE_TOO_HIGH, text, back_to(evidence.trainer, position_of_change(evidence.trainer, course)))


def lost_again(evidence: Evidence) -> Cause | None:
    """The loss was far lower before, and no penalty raised it: steps that are too long have led away from there."""
    settings, course, history = evidence.settings, evidence.course, evidence.trainer.history
    is_early = course.judged_epochs < PATIENT_EPOCHS
    if is_early or settings.l1 or settings.l2 or course.loss < NEAR_START * course.start_loss:
        return None
    judged = history.table[np.searchsorted(history.table[:, 0], position_of_change(evidence.trainer, course)) :]
    position, loss = judged[np.argmin(judged[:, 1]), :2].tolist()
    if not loss < LOST * course.loss:
        return None
    text = _("the loss was {loss} at epoch {epoch}; at the rate {rate} the steps are too long to stay there").format(
        loss=short(loss, 3), epoch=grouped(position // history.epoch_length), rate=typed_text(settings.learning_rate)
    )
    return Cause(RATE_TOO_HIGH, text, _restart_at(lower_rate(settings, CALMER)))


def rate_too_high(evidence: Evidence) -> Cause:
    """The rate as the cause where nothing else makes a run diverge."""
    text = _("the learning rate {rate} is too high").format(rate=typed_text(evidence.settings.learning_rate))
    return Cause(RATE_TOO_HIGH, text, restart_lower(evidence.settings))


def spoiled_by_rate(evidence: Evidence, text: str, **values: float) -> Cause | None:
    """The rate as the cause of what was found, if it is high; the text says that it was not so at the start."""
    rate = evidence.settings.learning_rate
    if rate <= highest_rate(evidence.settings):
        return None
    return Cause(RATE_TOO_HIGH, text.format(rate=typed_text(rate), **values), restart_lower(evidence.settings))


def wrong_step(evidence: Evidence) -> Cause | None:
    """Steps of another length would lower the loss far more."""
    step, rate = evidence.step, evidence.settings.learning_rate
    epochs = step.factor / evidence.updates_in_epoch
    if step.gain < (LEAST_GAIN_OF_LONG_STEP if epochs > VERY_LONG_STEP else LEAST_GAIN_OF_STEP):
        return None
    if epochs > LONG_STEP:
        best = nice_rate(
            min(rate * min(1e4, max(10.0, epochs / 3.0)), max(highest_rate(evidence.settings), 10.0 * rate))
        )
        text = _("a step {factor} times as long would lower the loss by {gain:.0f} %").format(
            factor=short(step.factor, 2), gain=100 * step.gain
        )
        return try_rate("rate too low", text, best)
    if step.factor <= SHORT_STEP:
        best = nice_rate(min(rate * max(step.factor, 0.01), rate / 3.0))
        text = _("the steps are too long: {factor} of one would lower the loss by {gain:.0f} %").format(
            factor=short(step.factor, 2), gain=100 * step.gain
        )
        return try_rate(RATE_TOO_HIGH, text, best)
    return None


def hardly_moved(evidence: Evidence) -> Cause | None:
    """No weight has gone far, as with Adam at a low rate, which no step down the gradient would show."""
    rate = evidence.settings.learning_rate
    farthest = float(np.max(np.abs(evidence.trainer.network.parameters - evidence.start.parameters)))
    if farthest >= HARDLY_MOVED or rate > VERY_LOW * highest_rate(evidence.settings):
        return None
    text = _("no weight has moved by more than {farthest} yet").format(farthest=short(farthest, 2))
    factor = max(10.0, FAR / max(farthest, FAR / 1e4))
    return replace(
        try_rate("rate too low", text, nice_rate(min(factor * rate, highest_rate(evidence.settings)))), is_certain=False
    )


def lowered_by_schedule(evidence: Evidence) -> Cause | None:
    """The schedule has lowered the rate to next to nothing."""
    settings, now = evidence.settings, evidence.trainer.learning_rate
    if settings.schedule == Decay() or now > 0.05 * settings.learning_rate or evidence.step.gain < LEAST_GAIN_OF_STEP:
        return None
    text = _("the schedule has lowered the rate to {rate}").format(rate=short(now, 2))
    return Cause("schedule", text, Advice.change(_("Keep the rate constant"), schedule=Decay()))


def jumping_loss(evidence: Evidence) -> Cause:
    """The loss jumps up and down: a smaller rate makes the jumps smaller."""
    course, settings = evidence.course, evidence.settings
    text = _("the loss jumps between {low} and {high} in the last {window}").format(
        low=short(course.lowest, 2), high=short(course.highest, 2), window=span_text(course.window)
    )
    return try_rate(RATE_TOO_HIGH, text, lower_rate(settings, CALMER))


def try_rate(name: str, text: str, best: float) -> Cause:
    """A cause that another rate helps against, from here on."""
    return Cause(name, text, Advice.change(_("Try a rate of {rate}").format(rate=typed_text(best)), learning_rate=best))


def restart_lower(settings: Experiment) -> Advice:
    """A tenth of the rate, from the start."""
    return _restart_at(lower_rate(settings))


def _restart_at(rate: float) -> Advice:
    return Advice.restart(_("Try a rate of {rate}").format(rate=typed_text(rate)), learning_rate=rate)
