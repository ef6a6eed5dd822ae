"""A run that has ended: it is done, since next to nothing is left to learn, or it stopped by itself."""

from __future__ import annotations

import math

from core.base.number_text import grouped, percent, short, span_text, typed_text
from core.base.translation import _
from core.explain.verdict.advice import Advice
from core.explain.verdict.course import GOOD_SCORE, SLOW_FALL, Course, epochs_to_hold
from core.explain.verdict.cures import cure, points_to_test
from core.explain.verdict.fall import LEAST_GAIN, LOUD, PATIENT_EPOCHS, told_loss
from core.explain.verdict.learning import gradient_text
from core.explain.verdict.overfitting import fit_text, held_text, is_gap
from core.explain.verdict.scores import NEAR_REACH, measured_here, score_in_test, usual_score
from core.explain.verdict.verdict import DONE, OVERFITTING, STOPPED, Verdict
from core.network.tasks import REGRESSION
from core.training.stopping import epochs_past_best
from core.training.trainer import Trainer

STILL = 0.05
"""The share of the loss that the window takes away below which a run whose score is what the data allow has ended."""
PAUSE, UNCLEAR_PAUSE = 0.5, 0.75
"""Shares of the epochs since the last change for which the loss stands still where a run is done; where it may or may
not overfit, longer."""
NEXT_TO_NOTHING = 0.01
"""The share of its start below which the loss of a run with every point right need not fall any further."""


def has_ended(trainer: Trainer, course: Course, score: float, reach: float) -> bool:
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
    is_flat = is_slow and stands_still(trainer, course) and course.gained < STILL
    return is_flat and course.test_drift >= 0.0 and usual_score(trainer) >= reach - NEAR_REACH


def stands_still(trainer: Trainer, course: Course) -> bool:
    """Whether the loss has stood still for so long that a run may be done though points are wrong, as the data are.

    Noise is learned by heart behind pauses as long as the run, which is where overfitting begins.
    """
    flat = course.flat_epochs if course.noise < LOUD else course.judged_epochs / 2.0
    if is_gap(trainer, course):  # which is overfitting, whatever comes
        return flat >= PATIENT_EPOCHS
    is_clear = math.isnan(course.test_loss) or bool(fit_text(trainer, course))
    share = (PAUSE if is_clear else UNCLEAR_PAUSE) * course.judged_epochs
    return flat >= max(PATIENT_EPOCHS, share, epochs_to_hold(course.changed))


def _is_learned(trainer: Trainer, course: Course) -> bool:
    return usual_score(trainer) >= GOOD_SCORE and course.loss < NEXT_TO_NOTHING * course.start_loss


def done_verdict(trainer: Trainer, course: Course, score: float) -> Verdict:
    """Where there is nothing left to learn; overfitting, if the test score is far below."""
    test = score_in_test(trainer)
    if test < score and is_gap(trainer, course):
        text = _told(
            trainer,
            _("{train} of the training points are right, but only {test} of the test points"),
            _("R² is {train} in training, but only {test} in the test"),
            score,
            test,
        )
        return Verdict(OVERFITTING, text, advice=cure(trainer, course), cause="overfitting")
    if course.rises_since is not None:
        return Verdict(DONE, held_text(trainer, course), advice=cure(trainer, course))
    if not math.isnan(test):
        fits = fit_text(trainer, course) or _ending(trainer, course)
        of_classes = _("{train} are right in training, {test} in the test")
        of_numbers = _("R² is {train} in training, {test} in the test")
        # Of what is left to learn by heart nobody knows whether it spoils the answers.
        further = _twice_as_long(trainer) if score < GOOD_SCORE else None
        return Verdict(DONE, f"{_told(trainer, of_classes, of_numbers, score, test)}{fits}", advice=further)
    text = _told(trainer, _("{train} of the training points are right"), _("R² is {train}"), score, test)
    return Verdict(DONE, f"{text}{_ending(trainer, course)}", advice=points_to_test(trainer))


def _twice_as_long(trainer: Trainer) -> Advice:
    epochs = trainer.epoch
    text = _("Train on to epoch {epoch}: will it overfit?").format(epoch=grouped(2 * epochs))
    return Advice.go_on(text, epochs)


def _ending(trainer: Trainer, course: Course) -> str:
    """What is said of the loss of a run that is done."""
    reaches = gradient_text(trainer)
    if _is_learned(trainer, course):
        return reaches or _(", and the loss, {loss}, is next to nothing").format(loss=told_loss(course))
    if course.gained >= LEAST_GAIN or course.noise >= LOUD:
        return reaches
    return _(", and the loss has stood still since epoch {epoch}").format(epoch=grouped(course.flat_epoch))


def _told(trainer: Trainer, of_classes: str, of_numbers: str, train: float, test: float) -> str:
    """One of two sentences with the scores in training and test."""
    if trainer.settings.task == REGRESSION:
        return of_numbers.format(train=short(train, 3), test=short(test, 3))
    return of_classes.format(train=percent(train), test=percent(test))


def stopped_verdict(trainer: Trainer) -> Verdict | None:
    """The verdict where the run stopped by itself; None elsewhere."""
    epoch, sample = divmod(trainer.position, trainer.epoch_length)
    if sample:
        return None
    settings, history = trainer.settings, trainer.history
    if settings.stop_loss is not None:
        loss = _loss_here(trainer)
        if loss <= settings.stop_loss:
            text = _("the training loss {loss:.3g} is at most {goal}, where the run is set to stop").format(
                loss=loss, goal=typed_text(settings.stop_loss)
            )
            advice = Advice.change(_("Train on without this goal"), stop_loss=None)
            return Verdict(STOPPED, text, _("at epoch {epoch}").format(epoch=grouped(epoch)), advice)
    whole = trainer.recorder.writer.view(with_norms=False)
    epochs = epochs_past_best(whole, history.ahead, trainer.position, trainer.tree.present.tip)
    if settings.patience is None or epochs < settings.patience:
        return None
    text = _("the test loss fell no further in the {epochs} after epoch {best}, whose weights are back").format(
        epochs=span_text(epochs), best=grouped(epoch)
    )
    advice = Advice.change(_("Train on without early stopping"), patience=None)
    return Verdict(STOPPED, text, _("early at epoch {epoch}").format(epoch=grouped(epoch + epochs)), advice)


def _loss_here(trainer: Trainer) -> float:
    """The training loss at the position, if it is known there; else NaN."""
    measured = measured_here(trainer)
    if measured is not None:
        return measured[0].loss
    is_recorded = trainer.history.table[-1, 0] == trainer.position
    return float(trainer.history.column("train_loss")[-1]) if is_recorded else math.nan
