"""The verdict on a run: one word for its state, the numbers it rests on, and what to try next.

The rules stand in docs/guide/explaining.md. First the record of losses decides on the state (:mod:`.course`); where the
loss does not fall as it should, :mod:`.causes` looks for the first cause that holds.
"""

from __future__ import annotations

import math
from dataclasses import field, replace
from itertools import pairwise

import numpy as np

from core.base.arrays import median
from core.base.number_text import grouped, percent, short, span_text, told_apart
from core.base.translation import _
from core.base.values import dataclass
from core.explain.verdict import probes
from core.explain.verdict.causes import (
    RATE_TOO_HIGH,
    WEAK,
    Advice,
    Cause,
    Evidence,
    back_to,
    find_block,
    find_cause,
    highest_rate,
    jumping,
    lower_rate,
    raises_rate,
)
from core.explain.verdict.course import GOOD_SCORE, RECENT, SLOW_FALL, Course, course_of
from core.explain.verdict.cures import cure, has_failed, more_points, smaller_net
from core.network.tasks import REGRESSION
from core.training.gradient_norms import flow_verdict
from core.training.stopping import epochs_past_best
from core.training.trainer import Trainer

START, CHANGED, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE, STOPPED = (
    "start", "changed", "learning", "plateau", "overfitting", "diverged", "done", "stopped",
)  # fmt: skip
TITLES = {
    START: _("Start"),
    CHANGED: _("Changed"),
    LEARNING: _("Learning"),
    PLATEAU: _("Plateau"),
    OVERFITTING: _("Overfitting"),
    DIVERGED: _("Diverged"),
    DONE: _("Done"),
    STOPPED: _("Stopped"),
}

LEAST_GAIN = 0.02
"""The share of the loss that the window must take away for the run to count as learning."""
EARLY_EPOCHS, PATIENT_EPOCHS = 3.0, 20.0
"""Epochs without a fall after which there is a plateau: with a certain cause, and without one."""
SLOW_EPOCHS, SLOW = 10.0, 0.3
"""Learning is slow if, behind some epochs, an epoch takes away less than SLOW_FALL of the loss, and as many epochs
again as the run has had would take away less than the second."""
HOPELESS, HOPELESS_EPOCHS, FAR_FROM_REACH = 0.2, 60.0, 0.1
"""The same, where a change may help more than patience though no cause is certain, and how far the score then is from
what the data allow."""
NEAR_REACH = 0.03
LOUD = 0.05
"""The spread of the loss around its line from which on it jumps about."""
JUMPS, HIGH = 0.4, 0.1
"""The spread from which on the loss jumps up and down, if it reaches this share of its start."""
GROWN = 1.5
LEAST_TO_SPLIT = 20
GAP, CERTAIN = 0.15, 2.0
"""By so much, and so many times what chance makes of so few points, the test score is below that in training where
the net is said to overfit."""
UNMOVED = 0.9
HELD = 1.5
"""Up to so many times its lowest value the test loss can be held."""
STILL = 0.05
"""The share of the loss that the window takes away below which a run whose score is what the data allow has ended."""
NEXT_TO_NOTHING = 0.01
"""The share of its start below which the loss of a run with every point right need not fall any further."""
DEEP = 3
"""Hidden layers from which on it is said how much of the gradient reaches the first."""


@dataclass(frozen=True)
class Verdict:
    """What is said of a run at one position.

    Attributes:
        kind: START, CHANGED, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE or STOPPED.
        text: why, as a clause.
        how: words behind the state, such as "since epoch 3"; may be empty.
        advice: what to try next; None where nothing is to be done.
        cause: name of the cause, empty for none; see :mod:`.causes`.
        numbers: what it rests on, as pairs of name and value.
        position: where the run stood.
    """

    kind: str
    text: str
    how: str = ""
    advice: Advice | None = None
    cause: str = ""
    numbers: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    position: int = field(default=0, compare=False)

    @property
    def title(self) -> str:
        """The state in a word or a few."""
        return f"{TITLES[self.kind]} {self.how}".rstrip()

    @property
    def sentence(self) -> str:
        """The whole as one sentence."""
        return f"{self.title}: {self.text}."


def judge(trainer: Trainer) -> Verdict:
    """The verdict on a run where it stands; it changes nothing.

    It costs some passes through the network with at most 256 samples, or fewer for large networks; where weights were
    set by hand two with all samples, if that takes a moment only.
    """
    with np.errstate(all="ignore"):  # what is judged may be about to diverge
        course = course_of(trainer.history, _last_change(trainer, trainer.position))
        found = _judged(trainer, course)
        return replace(found, numbers=_numbers(trainer, course), position=trainer.position)


def _judged(trainer: Trainer, course: Course) -> Verdict:
    if trainer.stepper.is_at_divergence:
        return _diverged(trainer, course, _("the next update makes numbers infinite"))
    ahead = _divergence_ahead(trainer)
    if ahead is not None:
        return ahead
    if trainer.position == 0:
        return _start(trainer)
    elsewhere = _stopped(trainer) or _overfitting_ahead(trainer)
    if elsewhere is not None:
        return elsewhere
    if course.is_too_short:
        return _changed(trainer, course)
    if _has_diverged(trainer, course):
        return _diverged(trainer, course, _growth(trainer, course))
    if course.rises_since is not None and not _is_held(trainer, course):
        return _overfitting(trainer, course)
    score, reach = _scores(trainer)
    is_good = course.is_settled or score >= GOOD_SCORE
    if _falls(course) and not _has_ended(trainer, course, score, reach):
        return _learning(trainer, course, score, reach)
    evidence = Evidence(trainer, course)
    block = None if is_good else find_block(evidence)
    if block is None and _jumps(course):
        return _of_cause(LEARNING, _("unsteadily"), jumping(evidence))
    is_near = _usual_score(trainer) >= reach - NEAR_REACH and not evidence.gives_one_answer
    if block is None and (is_good or is_near):
        settled = is_good or course.flat_epochs >= PATIENT_EPOCHS or course.noise >= LOUD
        return _done(trainer, course, score) if settled else _waiting(course)
    return _plateau(evidence, block)


def _start(trainer: Trainer) -> Verdict:
    text = _("nothing is trained yet")
    tip = trainer.tree.present.tip
    if tip:
        epochs = span_text(tip / trainer.epoch_length)
        text = _("this is the start of a run that was trained for {epochs} epochs").format(epochs=epochs)
    return Verdict(START, text, advice=Advice.go_on(_("Play")))


def _has_ended(trainer: Trainer, course: Course, score: float, reach: float) -> bool:
    """Whether there is next to nothing left to learn though the loss still falls.

    All points are right, and the loss falls slowly or is next to nothing; or the score is what the data allow, and both
    losses have held for long.
    """
    if course.is_settled:
        return True
    is_slow = course.fall < SLOW_FALL
    if score >= GOOD_SCORE and is_slow:
        return True
    if trainer.settings.task != REGRESSION and _is_learned(trainer, course):
        return True
    if is_slow and course.rises_since is not None:  # the test loss is held
        return True
    is_flat = is_slow and course.flat_epochs >= PATIENT_EPOCHS and course.gained < STILL
    return is_flat and course.test_drift >= 0.0 and _usual_score(trainer) >= reach - NEAR_REACH


def _is_learned(trainer: Trainer, course: Course) -> bool:
    return _usual_score(trainer) >= GOOD_SCORE and course.loss < NEXT_TO_NOTHING * course.start_loss


def _is_held(trainer: Trainer, course: Course) -> bool:
    """Whether a penalty or dropout holds the test loss a little above its lowest value, so that it rises no further."""
    settings = trainer.settings
    holds = settings.l1 or settings.l2 or settings.dropout
    return bool(holds) and course.test_drift <= 0.0 and course.test_loss < HELD * course.low_point[1]


def _stopped(trainer: Trainer) -> Verdict | None:
    """The verdict where the run stopped by itself; None elsewhere."""
    epoch, sample = divmod(trainer.position, trainer.epoch_length)
    if sample:
        return None
    settings, history = trainer.settings, trainer.history
    if settings.stop_loss is not None:
        loss = _loss_here(trainer)
        if loss <= settings.stop_loss:
            text = _("the training loss {loss:.3g} is at most {goal:g}, where the run is set to stop").format(
                loss=loss, goal=settings.stop_loss
            )
            advice = Advice.change(_("Train on without this goal"), stop_loss=None)
            return Verdict(STOPPED, text, _("at epoch {epoch}").format(epoch=grouped(epoch)), advice)
    whole = trainer.recorder.writer.view(with_norms=False)
    epochs = epochs_past_best(whole, history.ahead, trainer.position, trainer.tree.present.tip)
    if settings.patience is None or epochs < settings.patience:
        return None
    text = _("the test loss fell no further in the {epochs} epochs after epoch {best}, whose weights are back").format(
        epochs=grouped(epochs), best=grouped(epoch)
    )
    advice = Advice.change(_("Train on without early stopping"), patience=None)
    return Verdict(STOPPED, text, _("early at epoch {epoch}").format(epoch=grouped(epoch + epochs)), advice)


def _loss_here(trainer: Trainer) -> float:
    """The training loss at the position, if it is known there; else NaN."""
    if trainer.has_evaluations:
        position, train, _ = trainer.latest_evaluations()
        if position == trainer.position:
            return train.loss
    is_recorded = trainer.history.table[-1, 0] == trainer.position
    return float(trainer.history.column("train_loss")[-1]) if is_recorded else math.nan


def _last_change(trainer: Trainer, until: int) -> int:
    """The position up to another at which the training, or weights by hand, changed last; 0 if they did not.

    When the run is to stop does not count.
    """
    changes = trainer.settings_over_time.until(until)
    for before, after in reversed(tuple(pairwise(changes))):
        old, new = (replace(each.experiment, patience=None, stop_loss=None) for each in (before, after))
        if after.edits or (old, before.frozen) != (new, after.frozen):
            return after.position
    return 0


def _changed(trainer: Trainer, course: Course) -> Verdict:
    """Just behind a change: what a weight set by hand did at once to the loss, or that it is too early to judge."""
    losses = probes.losses_around_edit(trainer)
    if losses is None:
        text = _("it is too early to say what the change does")
    elif losses[0] == losses[1]:
        text = _("setting weights by hand changes nothing: the loss is still {loss}").format(loss=short(losses[0], 3))
    else:
        rose = _("setting weights by hand has raised the loss from {before} to {now}")
        fell = _("setting weights by hand has lowered the loss from {before} to {now}")
        old, new = told_apart(*losses)
        text = (rose if losses[1] > losses[0] else fell).format(before=old, now=new)
    return Verdict(CHANGED, text, _changed_at(course), Advice.go_on(_("Let it go on")))


def _falls(course: Course) -> bool:
    """Whether the loss falls clearly: in the window or, where it jumps about, in the last half of what is judged."""
    return _falls_in_window(course) or _falls_in_half(course)


def _falls_in_window(course: Course) -> bool:
    return course.gained >= LEAST_GAIN and course.gained > course.noise


def _falls_in_half(course: Course) -> bool:
    return course.noise >= LOUD and course.gained > -course.noise and course.gained_in_half > course.noise


def _rises(course: Course) -> bool:
    """Whether the loss rises clearly."""
    return -course.gained >= max(LEAST_GAIN, course.noise)


def _jumps(course: Course) -> bool:
    """Whether the loss, which does not fall, jumps up and down, and that not only where it is next to nothing."""
    return course.judged_epochs >= EARLY_EPOCHS and course.noise >= JUMPS and course.highest >= HIGH * course.start_loss


def _scores(trainer: Trainer) -> tuple[float, float]:
    """The training score, and the one that the data allow; 0 and 1 where they are not defined.

    The score is that of the present position if it was measured there, else the one recorded last.
    """
    score = float(trainer.history.column("train_score")[-1])
    if trainer.has_evaluations:
        position, train, _ = trainer.latest_evaluations()
        score = train.score if position == trainer.position else score
    reach = probes.reachable_score(trainer.preparation)
    return (0.0 if math.isnan(score) else score), (1.0 if math.isnan(reach) else reach)


def _usual_score(trainer: Trainer) -> float:
    """The training score of the last records, which one epoch of a loss that jumps does not change; 0 if undefined."""
    score = median(trainer.history.column("train_score")[-RECENT:])
    return 0.0 if math.isnan(score) else score


def _has_diverged(trainer: Trainer, course: Course) -> bool:
    """Whether the loss has grown and does not come down; behind a change to a high rate, since then."""
    if raises_rate(trainer, round(course.changed * trainer.epoch_length)):
        return _has_grown(course, course.loss_before, LEAST_GAIN)
    return _has_grown(course, course.start_loss, 0.0)


def _has_grown(course: Course, before: float, least: float) -> bool:
    return course.loss > GROWN * before and course.gained < max(least, 3.0 * course.noise)


def _growth(trainer: Trainer, course: Course) -> str:
    now = short(course.loss, 2)
    if not raises_rate(trainer, round(course.changed * trainer.epoch_length)):
        return _("the loss has grown from {start} to about {now}").format(start=short(course.start_loss, 3), now=now)
    text = _("since epoch {epoch} the loss has grown from {before} to about {now}")
    epoch = grouped(math.floor(course.changed))
    return text.format(epoch=epoch, before=short(course.loss_before, 3), now=now)


def _diverged(trainer: Trainer, course: Course, what: str) -> Verdict:
    cause, changed = find_cause(Evidence(trainer, course), diverged=True), round(course.changed * trainer.epoch_length)
    if raises_rate(trainer, changed) and cause.name == RATE_TOO_HIGH:
        cause = replace(cause, advice=back_to(trainer, changed))
    return _of_cause(DIVERGED, "", replace(cause, text=f"{what}; {cause.text}"))


def _divergence_ahead(trainer: Trainer) -> Verdict | None:
    """Before the divergence of a line that was trained further: what came of it, and a cure."""
    position, tip = trainer.position, trainer.tree.present.tip
    if position == tip:
        return None
    changed = _last_change(trainer, tip)
    whole = course_of(trainer.recorder.writer.view(with_norms=False), changed)
    is_raised, here = raises_rate(trainer, changed), float(trainer.history.column("train_loss")[-1])
    has_grown = _has_grown(whole, whole.loss_before if is_raised else whole.start_loss, LEAST_GAIN)
    if whole.is_too_short or not has_grown or whole.loss <= GROWN * here:
        return None
    cause = find_cause(Evidence(trainer, whole, trainer.settings_over_time.at(tip)), diverged=True)
    text = _("trained on, the loss rose from {here} to about {now}; {cause}")
    text = text.format(here=short(here, 3), now=short(whole.loss, 2), cause=cause.text)
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
    return Advice.change(_("Go on with a rate of {rate:g}").format(rate=rate), learning_rate=rate)


def _of_cause(kind: str, how: str, cause: Cause) -> Verdict:
    return Verdict(kind, cause.text, how, cause.advice, cause.name)


def _overfitting(trainer: Trainer, course: Course) -> Verdict:
    assert course.rises_since is not None
    if trainer.settings.only_sample is not None:
        text = _("only one sample is trained on; its loss falls, and that of all others rises")
        return Verdict(OVERFITTING, text, "", Advice.change(_("Train on all points"), only_sample=None), "one sample")
    low_epoch, low_loss = course.low_point
    epoch = math.floor(low_epoch)
    low, now = short(low_loss, 3), short(course.test_loss, 2)
    text = _("the test loss has risen from {low} to about {now} while the training loss fell").format(low=low, now=now)
    title = "" if course.is_lowest_later else _("since epoch {epoch}").format(epoch=grouped(epoch))
    if has_failed(trainer, course):
        text = _("the test loss has risen from {low} to about {now} in spite of L2 of {value:g}")
        without = _test_loss_without_l2(trainer)
        if without is not None:
            text = _("the test loss rose from {low} to about {now} with L2 of {value:g}, and to {without} without it")
        text = text.format(low=low, now=now, value=trainer.settings.l2, without=short(without or 0.0, 2))
        instead = smaller_net(trainer.settings) or more_points(trainer)
        if instead is not None:
            return Verdict(OVERFITTING, text, title, instead, "overfitting")
    position = round(low_epoch * trainer.epoch_length)
    advice = Advice.go_back(_("Go back to epoch {epoch}").format(epoch=grouped(epoch)), position)
    if low_loss > UNMOVED * trainer.history.table[0, 2]:  # nowhere was it good
        text = _("the test loss has risen from {low} to about {now}; what so few points teach never lowered it").format(
            low=low, now=now
        )
        advice = more_points(trainer) or advice
    return Verdict(OVERFITTING, text, title, advice, "overfitting")


def _test_loss_without_l2(trainer: Trainer) -> float | None:
    """The usual test loss, here or where its training ended before, of the line that has no L2 and is else the same."""
    branch, changes = trainer.tree.present, trainer.settings_over_time.until(trainer.position)
    own = [(before, after) for before, after in pairwise(changes) if after.position >= branch.fork]
    parent = branch.parent
    if parent is None or len(own) != 1 or any(one.position >= branch.fork for one in parent.changes):
        return None
    before, after = own[0]
    if after.edits or after.frozen != before.frozen or after.experiment.changed_fields(before.experiment) != {"l2"}:
        return None
    if before.experiment.l2:  # a weaker one
        return None
    return median(parent.record.view(trainer.position, with_norms=False).column("test_loss")[-RECENT:])


def _overfitting_ahead(trainer: Trainer) -> Verdict | None:
    """Back at the lowest test loss, or behind it, of a run that overfits when trained on as it is: a cure."""
    if trainer.position == trainer.tree.present.tip:
        return None
    whole = course_of(trainer.recorder.writer.view(with_norms=False))
    if whole.rises_since is None or whole.rises_since * trainer.epoch_length > trainer.position:
        return None
    text = _("trained on, the test loss rose from {low} to about {now} while the training loss fell").format(
        low=short(whole.low_point[1], 3), now=short(whole.test_loss, 2)
    )
    advice = cure(trainer, whole)
    return Verdict(LEARNING, text, _("up to here"), advice, "overfitting ahead")


def _learning(trainer: Trainer, course: Course, score: float, reach: float) -> Verdict:
    if course.epoch < 1.0 and course.loss < course.start_loss:  # a rate of less than an epoch is no rate of an epoch
        text = _("the loss has fallen; at the start it was {start}").format(start=short(course.start_loss, 2))
    elif _falls_in_window(course):
        text = _("the loss falls by {fall} an epoch").format(fall=_share(course.fall))
    else:
        text = _("the loss jumps, and fell by {fall} in the last {epochs} epochs").format(
            fall=_share(course.gained_in_half), epochs=span_text(course.judged_epochs / 2.0)
        )
    is_slow = course.fall < SLOW_FALL and course.fall * course.epoch < SLOW and course.noise < LOUD
    if not is_slow or score >= reach - NEAR_REACH or course.judged_epochs < SLOW_EPOCHS:
        return Verdict(LEARNING, f"{text}{_gradient_reaches(trainer)}", advice=Advice.go_on(_("Let it go on")))
    cause = find_cause(Evidence(trainer, course))
    is_hopeless = course.fall * course.epoch < HOPELESS and score < reach - FAR_FROM_REACH
    if not cause.is_certain and not (cause.name and is_hopeless and course.judged_epochs >= HOPELESS_EPOCHS):
        return Verdict(LEARNING, text, _("slowly"), Advice.go_on(_("Let it go on")))
    return _of_cause(LEARNING, _("slowly"), cause)


def _done(trainer: Trainer, course: Course, score: float) -> Verdict:
    test = _test_score(trainer)
    if test < score and _is_gap(trainer, course):
        text = _told(
            trainer,
            _("{train} of the training points are right, but only {test} of the test points"),
            _("R² is {train} in training, but only {test} in the test"),
            score,
            test,
        )
        return Verdict(OVERFITTING, text, advice=cure(trainer, course), cause="overfitting")
    if course.rises_since is not None:
        return Verdict(DONE, _held(trainer, course), advice=cure(trainer, course))
    still = _ending(trainer, course)
    if not math.isnan(test):
        of_classes = _("{train} are right in training, {test} in the test")
        of_numbers = _("R² is {train} in training, {test} in the test")
        return Verdict(DONE, f"{_told(trainer, of_classes, of_numbers, score, test)}{still}")
    advice = None
    if len(trainer.preparation.test) == 0 and len(trainer.preparation.train) >= LEAST_TO_SPLIT:
        advice = Advice.change(_("Hold back a test set"), train_fraction=0.8)
    text = _told(trainer, _("{train} of the training points are right"), _("R² is {train}"), score, test)
    return Verdict(DONE, f"{text}{still}", advice=advice)


def _ending(trainer: Trainer, course: Course) -> str:
    """What is said of the loss of a run that is done."""
    reaches = _gradient_reaches(trainer)
    if _is_learned(trainer, course):
        return reaches or _(", and the loss, {loss}, is next to nothing").format(loss=short(course.loss, 2))
    if course.gained >= LEAST_GAIN or course.noise >= JUMPS:
        return reaches
    return _(", and the loss has stood still since epoch {epoch}").format(epoch=grouped(course.flat_since))


def _held(trainer: Trainer, course: Course) -> str:
    text = _("the test loss holds at about {now}, lowest {low} at epoch {epoch}").format(
        now=short(course.test_loss, 2), low=short(course.best_test_loss, 3), epoch=grouped(course.best_test_epoch)
    )
    without = _test_loss_without_l2(trainer)
    if without is None or without <= course.test_loss:
        return text
    return _("{text}; L2 helps: about {without} without it").format(text=text, without=short(without, 2))


def _gradient_reaches(trainer: Trainer) -> str:
    """How much of the gradient reaches layer 1 of a net in which it could vanish; empty where it does, or is weak."""
    table = trainer.history.gradients
    if len(trainer.settings.hidden) < DEEP or not len(table):
        return ""
    norms = table[-1, 1:]
    if not norms[0] * WEAK > norms[-1] or flow_verdict(norms)[0]:
        return ""
    share = short(float(norms[0] / norms[-1]), 2)
    return _("; layer 1 gets {share} times the output's gradient").format(share=share)


def _test_score(trainer: Trainer) -> float:
    """That of the present position if it was measured there, else the one recorded last; NaN if undefined."""
    if trainer.has_evaluations:
        position, _train, test = trainer.latest_evaluations()
        if position == trainer.position:
            return test.score
    return float(trainer.history.column("test_score")[-1])


def _is_gap(trainer: Trainer, course: Course) -> bool:
    """Whether the test score is far below that in training, and by more than the few points explain.

    Those of few points jump, so it is the medians of the window that count.
    """
    recent = trainer.history.epochs >= course.epoch - course.window
    train, test = (median(trainer.history.column(name)[recent]) for name in ("train_score", "test_score"))
    if math.isnan(test) or train - test <= GAP:
        return False
    if trainer.settings.task == REGRESSION:
        return True
    sizes = len(trainer.preparation.train), len(trainer.preparation.test)
    mean = (train * sizes[0] + test * sizes[1]) / sum(sizes)
    return train - test > CERTAIN * math.sqrt(mean * (1.0 - mean) * sum(1.0 / size for size in sizes))


def _told(trainer: Trainer, of_classes: str, of_numbers: str, train: float, test: float) -> str:
    """One of two sentences with the scores in training and test."""
    if trainer.settings.task == REGRESSION:
        return of_numbers.format(train=short(train, 3), test=short(test, 3))
    return of_classes.format(train=percent(train), test=percent(test))


def _waiting(course: Course) -> Verdict:
    go_on = Advice.go_on(_("Let it go on"))
    if course.loss < UNMOVED * course.start_loss:
        text = _("the loss has fallen, and pauses at present")
        if _rises(course):
            text = _("the loss rises at present")
        elif course.flat_epochs >= EARLY_EPOCHS:
            text = _("the loss has fallen, and has stood still since epoch {epoch}; it may fall on").format(
                epoch=grouped(course.flat_since)
            )
        return Verdict(LEARNING, text, advice=go_on)
    judged = course.judged_epochs
    epochs = _("{epoch} epochs").format(epoch=grouped(judged)) if judged >= 2.0 else _("the first epoch")
    text = _("no clear fall of the loss in {epochs} yet, which is common").format(epochs=epochs)
    return Verdict(CHANGED, text, _changed_at(course), go_on) if course.changed else Verdict(START, text, advice=go_on)


def _changed_at(course: Course) -> str:
    return _("at epoch {epoch}").format(epoch=grouped(math.floor(course.changed)))


def _plateau(evidence: Evidence, block: Cause | None) -> Verdict:
    course = evidence.course
    if course.judged_epochs < EARLY_EPOCHS:
        return _waiting(course)
    cause = block or find_cause(evidence)
    flat = course.flat_epochs if course.noise < LOUD else course.judged_epochs / 2.0
    has_fallen = course.loss < UNMOVED * course.start_loss
    if block is None and flat < PATIENT_EPOCHS and (has_fallen or not cause.is_certain):
        return _waiting(course)
    return _of_cause(PLATEAU, _("since epoch {epoch}").format(epoch=grouped(course.flat_since)), cause)


def _share(share: float) -> str:
    value = 100.0 * share
    return f"{short(value, 3 if value >= 100.0 else 2)} %"


def _numbers(trainer: Trainer, course: Course) -> tuple[tuple[str, str], ...]:
    numbers = [
        (_("loss at the start"), short(course.start_loss)),
        (_("loss, median of the last records"), short(course.loss)),
        (
            _("fall an epoch, over the last {window} epochs").format(window=span_text(course.window)),
            _share(course.fall),
        ),
        (_("spread around that line"), _share(course.noise)),
    ]
    if not math.isnan(course.test_loss):
        numbers.append((_("test loss, median of the last records"), short(course.test_loss)))
    if not math.isnan(course.best_test_epoch):
        epoch = grouped(course.best_test_epoch)
        numbers.append((_("lowest test loss, epoch {epoch}").format(epoch=epoch), short(course.best_test_loss)))
    score, reach = _scores(trainer)
    numbers += [(_("training score"), short(score)), (_("what the neighbours of a point reach"), short(reach))]
    return tuple(numbers)
