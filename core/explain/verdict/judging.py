"""Judging a run: the order in which the rules are asked.

The rules stand in docs/guide/explaining.md. First the record of losses decides on the state (:mod:`.course`); where the
loss does not fall as it should, :mod:`.causes.first_cause` looks for the first cause that holds. Each state has a
module: :mod:`.waiting`, :mod:`.learning`, :mod:`.overfitting`, :mod:`.diverging` and :mod:`.ending`; a plateau is what
is left.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core.base.number_text import grouped, short, span_text
from core.base.translation import _
from core.explain.verdict.advice import Cause
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.causes.first_cause import find_block, find_cause
from core.explain.verdict.causes.rate_causes import jumping_loss, lost_again
from core.explain.verdict.causes.size_causes import calmer_rate
from core.explain.verdict.course import GOOD_SCORE, Course, course_of
from core.explain.verdict.cures import points_to_test
from core.explain.verdict.diverging import diverged_verdict, divergence_ahead, growth_text, has_diverged
from core.explain.verdict.ending import done_verdict, has_ended, stands_still, stopped_verdict
from core.explain.verdict.fall import (
    EARLY_EPOCHS,
    LOUD,
    PATIENT_EPOCHS,
    falls,
    fell_lately,
    has_fallen,
    jumps,
    share_text,
)
from core.explain.verdict.learning import learning_verdict
from core.explain.verdict.overfitting import is_cure_new, is_held, overfitting_ahead, overfitting_verdict
from core.explain.verdict.scores import NEAR_REACH, measured_here, score_and_reach, usual_score
from core.explain.verdict.verdict import LEARNING, PLATEAU, START, Verdict
from core.explain.verdict.waiting import changed_verdict, cure_verdict, fall_ahead, start_verdict, waiting_verdict
from core.training.trainer import Trainer


def judge(trainer: Trainer, at_work: bool = False) -> Verdict:
    """The verdict on a run where it stands; it changes nothing.

    While it is at work, the verdict tells between which the losses lie, since others stand beside it when it is read.

    It costs some passes through the network with at most 256 samples, or fewer for large networks; where weights were
    set by hand two with all samples, if that takes a moment only.
    """
    with np.errstate(all="ignore"):  # what is judged may be about to diverge
        course = course_of(trainer.history, trainer.settings_over_time.changed_last(trainer.position))
        measured = measured_here(trainer)
        if at_work:
            course = replace(course, now=None)
        elif measured is not None:  # inside an epoch there is no record, but the window shows this loss
            course = replace(course, now=(measured[0].loss, measured[1].loss))
        found = _judged(trainer, course)
        besides = found.besides or calmer_rate(trainer.settings, found.cause, course) or points_to_test(trainer)
        if found.kind == START or besides == found.advice:
            besides = None
        return replace(found, numbers=_numbers(trainer, course), position=trainer.position, besides=besides)


def _judged(trainer: Trainer, course: Course) -> Verdict:
    if trainer.stepper.is_at_divergence:
        return diverged_verdict(trainer, course, _("the next update makes numbers infinite"))
    ahead = divergence_ahead(trainer)
    if ahead is not None:
        return ahead
    if trainer.position == 0:
        return start_verdict(trainer)
    elsewhere = stopped_verdict(trainer) or overfitting_ahead(trainer)
    if elsewhere is not None:
        return elsewhere
    if course.is_too_short:
        return changed_verdict(trainer, course)
    if has_diverged(trainer, course):
        return diverged_verdict(trainer, course, growth_text(trainer, course))
    if is_cure_new(trainer, course):
        return cure_verdict(trainer, course)
    if course.rises_since is not None and not is_held(trainer.settings, course):
        return overfitting_verdict(trainer, course)
    score, reach = score_and_reach(trainer)
    is_good = course.is_settled or score >= GOOD_SCORE
    if falls(course) and not has_ended(trainer, course, score, reach):
        return learning_verdict(trainer, course, score, reach)
    evidence = Evidence(trainer, course)
    block = None if is_good else find_block(evidence)
    if block is None and jumps(course):
        return Verdict.of_cause(LEARNING, _("unsteadily"), jumping_loss(evidence))
    is_near = usual_score(trainer) >= reach - NEAR_REACH
    is_near = is_near and not evidence.gives_one_answer and lost_again(evidence) is None
    holds = course.rises_since is not None
    if block is None and (is_good or is_near or holds):
        settled = is_good or holds or stands_still(trainer, course)
        return done_verdict(trainer, course, score) if settled else waiting_verdict(course)
    return _plateau(evidence, block)


def _plateau(evidence: Evidence, block: Cause | None) -> Verdict:
    course = evidence.course
    if course.judged_epochs < EARLY_EPOCHS:
        return waiting_verdict(course)
    ahead = fall_ahead(evidence.trainer, course)
    if ahead is not None:
        return ahead
    cause = block or find_cause(evidence)
    flat = course.flat_epochs if course.noise < LOUD else course.judged_epochs / 2.0
    if block is None and flat < PATIENT_EPOCHS and (has_fallen(course) or not cause.is_certain):
        return waiting_verdict(course)
    if fell_lately(course) and not cause.is_certain:  # what may be too few layers may be too few epochs as well
        return waiting_verdict(course)
    # Of a loss that jumps nobody can say since when.
    since = _("since epoch {epoch}").format(epoch=grouped(course.flat_epoch)) if course.noise < LOUD else ""
    return replace(
        Verdict.of_cause(PLATEAU, since, cause), since=round(course.flat_since * evidence.trainer.epoch_length)
    )


def _numbers(trainer: Trainer, course: Course) -> tuple[tuple[str, str], ...]:
    numbers = [
        (_("loss at the start"), short(course.start_loss)),
        (_("loss, median of the last records"), short(course.loss)),
        (
            _("fall an epoch, over the last {window}").format(window=span_text(course.window)),
            share_text(course.fall),
        ),
        (_("spread around that line"), share_text(course.noise)),
    ]
    if not math.isnan(course.test_loss):
        numbers.append((_("test loss, median of the last records"), short(course.test_loss)))
    if not math.isnan(course.best_test_epoch):
        epoch = grouped(course.best_test_epoch)
        numbers.append((_("lowest test loss, epoch {epoch}").format(epoch=epoch), short(course.best_test_loss)))
    score, reach = score_and_reach(trainer)
    numbers += [(_("training score"), short(score)), (_("what the neighbours of a point reach"), short(reach))]
    return tuple(numbers)
