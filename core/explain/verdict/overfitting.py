"""A run that overfits: the test loss rises, or is held, or the test score is far below that in training."""

from __future__ import annotations

import math
from itertools import pairwise

from core.base.arrays import median
from core.base.number_text import grouped, percent, short, typed_text
from core.base.translation import _
from core.explain.verdict.advice import Advice
from core.explain.verdict.course import LASTING_RISE, LEAST_GAP, LEAST_RISE, LONG, Course, course_of, lowest_level
from core.explain.verdict.cures import cure, first_l2, has_failed, more_points
from core.explain.verdict.fall import EARLY_EPOCHS, UNMOVED, has_fallen, told_loss, told_test_loss
from core.explain.verdict.scores import score_in_test
from core.explain.verdict.verdict import LEARNING, OVERFITTING, Verdict
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from core.training.history import History, Low
from core.training.trainer import Trainer

GAP, CERTAIN = 0.15, 2.0
"""By so much, and so many times what chance makes of so few points, the test score is below that in training where
the net is said to overfit."""
SMALL_GAP = 0.05
"""Up to such a gap, or what chance makes of so few points, a net is said not to overfit."""
RESTRAINTS = {"l1": _("L1 of {value}"), "l2": _("L2 of {value}"), "dropout": _("dropout of {value}")}
"""What may hold the test loss, in words."""
HELD, HELD_FOR_LONG = 1.3, 1.5
"""Up to so many times its lowest value the test loss can be held; above that it is one rise, though it pauses. Where it
has not risen in LONG epochs, that is no pause."""


def overfitting_verdict(trainer: Trainer, course: Course) -> Verdict:
    """Where the test loss has risen, and is not held."""
    assert course.rises_since is not None
    if trainer.settings.only_sample is not None:
        text = _("only one sample is trained on; its loss falls, and that of all others rises")
        return Verdict(OVERFITTING, text, "", Advice.change(_("Train on all points"), only_sample=None), "one sample")
    low_epoch, low_loss = course.low_point
    low, now, without = short(low_loss, 3), _risen(course), loss_unrestrained(trainer)
    title = "" if course.is_lowest_later else _("since epoch {epoch}").format(epoch=grouped(math.floor(low_epoch)))
    text = _("the test loss has risen from {low} to {now} while the training loss fell").format(low=low, now=now)
    if without is not None:
        text = _("the test loss rose from {low} to {now} with {what}, and to {without} without it").format(
            low=low, now=now, what=without[0], without=short(without[1], 3)
        )
    if has_failed(trainer, course):
        if without is None:
            text = _("the test loss has risen from {low} to {now} in spite of L2 of {value}")
            text = text.format(low=low, now=now, value=typed_text(trainer.settings.l2))
        instead = cure(trainer, course)
        if instead is not None:
            return Verdict(OVERFITTING, text, title, instead, "overfitting")
    advice, besides = _early_stop(trainer, round(low_epoch * trainer.epoch_length)), None
    if not _is_restrained(trainer.settings):
        besides = Advice.restart(
            _("Try L2 of {value}").format(value=typed_text(first_l2(trainer.settings))), l2=first_l2(trainer.settings)
        )
    if low_loss > UNMOVED * trainer.history.table[0, 2]:  # nowhere was it good
        text = _("the test loss has risen from {low} to {now}; what so few points teach never lowered it").format(
            low=low, now=now
        )
        advice = more_points(trainer) or advice
    return Verdict(OVERFITTING, text, title, advice, "overfitting", besides=besides)


def _early_stop(trainer: Trainer, position: int) -> Advice:
    """Back to the lowest test loss, as early stopping does by itself."""
    epoch = grouped(position // trainer.epoch_length)
    return Advice.go_back(_("Stop early at epoch {epoch}").format(epoch=epoch), position)


def _risen(course: Course) -> str:
    """The present test loss as text; the span of one that jumps and is low at the moment."""
    return told_test_loss(course, (1.0 + LASTING_RISE) * course.low_point[1])


def loss_unrestrained(trainer: Trainer) -> tuple[str, float, float] | None:
    """A penalty or dropout in words, and test loss and score of the line that does without it and is else the same.

    They are those here or, where the training of that line ended before, at its end. None where that is long before.
    """
    branch, changes = trainer.tree.present, trainer.settings_over_time.until(trainer.position)
    own = [(before, after) for before, after in pairwise(changes) if after.position >= branch.fork]
    parent = branch.parent
    if parent is None or len(own) != 1 or any(one.position >= branch.fork for one in parent.changes):
        return None
    before, after = own[0]
    changed = after.experiment.changed_fields(before.experiment)
    if after.edits or after.frozen != before.frozen or len(changed) != 1 or not changed <= RESTRAINTS.keys():
        return None
    (name,) = changed
    if getattr(before.experiment, name):  # a weaker one
        return None
    words = RESTRAINTS[name].format(value=typed_text(getattr(after.experiment, name)))
    record = parent.record.view(trainer.position, with_norms=False)
    if 2 * record.table[-1, 0] < trainer.position:  # so much later it would be another one
        return None
    return words, float(record.column("test_loss")[-1]), float(record.column("test_score")[-1])


def overfitting_ahead(trainer: Trainer) -> Verdict | None:
    """Back at the lowest test loss, or behind it, of a run that overfits when trained on as it is: a cure.

    None is offered where a penalty or dropout holds the test loss.
    """
    if trainer.position == trainer.tree.present.tip:
        return None
    record, tip = trainer.recorder.writer.view(with_norms=False), trainer.tree.present.tip
    whole = course_of(record)
    if whole.rises_since is None or whole.rises_since * trainer.epoch_length > trainer.position:
        return None
    if is_held(trainer.settings_over_time.at(tip - 1), whole):
        level = _risen_from(record, whole, trainer.settings_over_time.changed_last(tip))
        held = _("trained further, the test loss holds: {now} at the end, lowest {low}")
        if level:
            held = _("trained further, the test loss rose from about {level}, and held at {now}")
        held = held.format(low=short(whole.best_test_loss, 3), level=level, now=told_test_loss(whole))
        return Verdict(LEARNING, held, _("up to here"), Advice.go_on())
    text = _("trained further, the test loss rose from {low} to {now} while the training loss fell").format(
        low=short(whole.low_point[1], 3), now=_risen(whole)
    )
    advice = cure(trainer, whole)
    return Verdict(LEARNING, text, _("up to here"), advice, "overfitting ahead")


def is_held(settings: Experiment, course: Course) -> bool:
    """Whether a penalty or dropout holds the test loss a little above its lowest value, so that it rises no further."""
    most = (HELD if course.level_epochs < LONG else HELD_FOR_LONG) * course.low_point[1]
    return _is_restrained(settings) and course.test_drift <= 0.0 and course.test_level < most


def is_cure_new(trainer: Trainer, course: Course) -> bool:
    """Whether a change, by which a penalty or dropout may hold the test loss, is too new to say so."""
    if not course.changed or not _is_restrained(trainer.settings) or not math.isnan(course.test_drift):
        return False
    before = trainer.settings_over_time.at(round(course.changed * trainer.epoch_length) - 1)
    return not before.changed_fields(trainer.settings).isdisjoint(RESTRAINTS)


def _is_restrained(settings: Experiment) -> bool:
    return any(getattr(settings, name) for name in RESTRAINTS)


def held_text(trainer: Trainer, course: Course) -> str:
    """What is said of a test loss that is held: with a cure what it would be without, and both scores, or the lowest.

    The lowest is that since the last change, as the list of runs has it; a rise is told from where the loss was low for
    some epochs, since a single one may be low by chance. The scores may tell another story than the
    losses, which count as well how sure the answers are. While the run is at work, they are of another moment.
    """
    changed, lowest = _lowest(trainer)
    now, low, without = told_test_loss(course), short(lowest.loss, 3), loss_unrestrained(trainer)
    level = _risen_from(trainer.history, course, changed)
    if without is None or without[1] <= course.test_loss:
        text = _("hardly overfitting: the test loss holds, {now} now; it was lowest, {low}, at epoch {epoch}")
        if level:
            text = _("overfitting a little: the test loss rose from about {level}, and holds at {now}")
        elif changed:
            text = _("hardly overfitting: the test loss holds, {now} now; lowest since the change {low}, epoch {epoch}")
        return text.format(now=now, low=low, epoch=grouped(lowest.epoch), level=level)
    what, loss, score = without
    text = _("hardly overfitting: the test loss holds, {now} ({loss} without {what})")
    if level:
        text = _("overfitting a little: the test loss rose from about {level}, holds at {now} ({loss} without {what})")
    text = text.format(level=level, now=now, loss=short(loss, 3), what=what)
    if course.now is None:
        return text
    if trainer.settings.task == REGRESSION:
        scores = _("R² in the test {score} ({other})")
        return f"{text}; {scores.format(score=short(score_in_test(trainer), 3), other=short(score, 3))}"
    scores = _("right in the test {score} ({other})")
    return f"{text}; {scores.format(score=percent(score_in_test(trainer)), other=percent(score))}"


def _risen_from(history: History, course: Course, changed: int) -> str:
    """The level from which a held test loss has risen clearly since the last change, as text; empty if it has not."""
    level = lowest_level(history, changed)
    shown = course.test_loss if course.now is None else min(course.test_loss, course.now[1])
    return short(level, 2) if shown > (1.0 + LEAST_RISE) * level else ""


def _lowest(trainer: Trainer) -> tuple[int, Low]:
    """The position of the last change, and the lowest test loss since then; that of the whole run where there is none.

    A test loss was measured at the end of some epoch.
    """
    changed = trainer.settings_over_time.changed_last(trainer.position)
    low = trainer.history.lowest_behind(changed) or trainer.history.lowest
    assert low is not None
    return changed, low


def fit_text(trainer: Trainer, course: Course) -> str:
    """Whether a run that is not called overfitting overfits a little, with the test loss; empty if not certain."""
    is_judged = course.epoch >= EARLY_EPOCHS and course.rises_since is None and has_fallen(course)
    if not is_judged or math.isnan(course.test_loss) or is_gap(trainer, course, SMALL_GAP):
        return ""
    low, loss = course.best_test_loss, course.test_loss
    text, none = _("; no overfitting: test loss {now}, lowest {low}"), _("; no overfitting")
    if loss <= (1.0 + LASTING_RISE) * low or (loss < HELD * low and course.test_drift < 0.0):
        pass
    elif loss <= LEAST_GAP * course.loss:
        text = _("; no overfitting: test loss {now}, in training {loss}")
    elif loss < HELD * low and _is_restrained(trainer.settings) and course.test_drift == 0.0:
        text, none = _("; hardly overfitting: test loss {now}, lowest {low}"), _("; hardly overfitting")
        if _risen_from(trainer.history, course, trainer.settings_over_time.changed_last(trainer.position)):
            text, none = _("; overfitting a little: test loss {now}, lowest {low}"), _("; overfitting a little")
    else:
        return ""
    if course.now is None:  # what is shown beside it is lower in a moment
        return none
    changed, lowest = _lowest(trainer)
    if course.now[1] <= lowest.loss:  # of an epoch only the end counts
        text = _("; no overfitting: test loss {now}, the lowest so far")
        if changed:
            text = _("; no overfitting: test loss {now}, the lowest since the change")
    return text.format(now=told_test_loss(course), low=short(lowest.loss, 3), loss=told_loss(course))


def is_gap(trainer: Trainer, course: Course, least: float = GAP) -> bool:
    """Whether the test score is far below that in training, and by more than the few points explain.

    Those of few points jump, so it is the medians of the window that count.
    """
    recent = trainer.history.epochs >= course.epoch - course.window
    train, test = (median(trainer.history.column(name)[recent]) for name in ("train_score", "test_score"))
    if math.isnan(test) or train - test <= least:
        return False
    if trainer.settings.task == REGRESSION:
        return True
    sizes = len(trainer.preparation.train), len(trainer.preparation.test)
    mean = (train * sizes[0] + test * sizes[1]) / sum(sizes)
    return train - test > CERTAIN * math.sqrt(mean * (1.0 - mean) * sum(1.0 / size for size in sizes))
