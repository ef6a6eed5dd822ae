"""The verdict on a run: one word for its state, the numbers it rests on, and what to try next.

The rules stand in docs/guide/explaining.md. First the record of losses decides on the state (:mod:`.course`); where the
loss does not fall as it should, :mod:`.causes` looks for the first cause that holds.
"""

from __future__ import annotations

import math
from dataclasses import field, replace

import numpy as np

from core.base.number_text import percent, short, told_apart
from core.base.translation import _
from core.base.values import dataclass
from core.explain.verdict.causes import Advice, Cause, Evidence, find_block, find_cause, jumping
from core.explain.verdict.course import Course, course_of
from core.explain.verdict.probes import reachable_score
from core.network.tasks import REGRESSION
from core.training.stopping import epochs_past_best
from core.training.trainer import Trainer

START, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE, STOPPED = (
    "start", "learning", "plateau", "overfitting", "diverged", "done", "stopped",
)  # fmt: skip
TITLES = {
    START: _("Start"),
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
SLOW_FALL, SLOW_EPOCHS, SLOW = 0.01, 10.0, 0.3
"""Learning is slow if, behind some epochs, an epoch takes away less than this share of the loss, and as many epochs
again as the run has had would take away less than the last of these."""
NEAR_REACH = 0.03
GOOD_SCORE = 0.999
LOUD = 0.05
"""The spread of the loss around its line from which on it jumps about."""
JUMPS, HIGH = 0.4, 0.1
"""The spread from which on the loss jumps up and down, if it reaches this share of its start."""
GROWN = 1.5
LEAST_TO_SPLIT = 20
UNMOVED = 0.9


@dataclass(frozen=True)
class Verdict:
    """What is said of a run at one position.

    Attributes:
        kind: START, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE or STOPPED.
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

    It costs some passes through the network with at most 256 samples, or fewer for large networks.
    """
    with np.errstate(all="ignore"):  # what is judged may be about to diverge
        course = course_of(trainer.history)
        found = _judged(trainer, course)
        return replace(found, numbers=_numbers(trainer, course), position=trainer.position)


def _judged(trainer: Trainer, course: Course) -> Verdict:
    if trainer.stepper.is_at_divergence:
        return _diverged(trainer, course, _("the next update makes numbers infinite"))
    if trainer.position == 0:
        return Verdict(START, _("nothing is trained yet"), advice=Advice.go_on(_("Play")))
    stopped = _stopped(trainer)
    if stopped is not None:
        return stopped
    falls = _falls(course)
    if course.loss > GROWN * course.start_loss and course.gained < 3.0 * course.noise:
        times = short(course.loss / course.start_loss, 2)
        return _diverged(trainer, course, _("the loss is {times} times that at the start").format(times=times))
    if course.rises_since is not None:
        return _overfitting(trainer, course)
    score, reach = _scores(trainer)
    is_good = score >= GOOD_SCORE
    if falls and not (is_good and course.fall < 0.01):
        return _learning(trainer, course, score, reach)
    block = None if is_good else find_block(trainer, course)
    if block is None and _jumps(course):
        return _of_cause(LEARNING, _("unsteadily"), jumping(Evidence(trainer, course)))
    if block is None and (is_good or score >= reach - NEAR_REACH):
        settled = is_good or course.flat_epochs >= PATIENT_EPOCHS or course.noise >= LOUD
        return _done(trainer, course, score) if settled else _waiting(trainer, course)
    return _plateau(trainer, course, block)


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
            return Verdict(STOPPED, text, _("at epoch {epoch}").format(epoch=epoch), advice)
    whole = trainer.recorder.writer.view(with_norms=False)
    epochs = epochs_past_best(whole, history.ahead, trainer.position, trainer.tree.present.tip)
    if settings.patience is None or epochs < settings.patience:
        return None
    text = _(
        "in the {epochs} epochs after epoch {best} the test loss did not fall below {loss:.3g}; "
        "the weights are those of epoch {best}"
    ).format(epochs=epochs, best=epoch, loss=history.lows[-1, 1])
    advice = Advice.change(_("Train on without early stopping"), patience=None)
    return Verdict(STOPPED, text, _("early at epoch {epoch}").format(epoch=epoch + epochs), advice)


def _loss_here(trainer: Trainer) -> float:
    """The training loss at the position, if it is known there; else NaN."""
    if trainer.has_evaluations:
        position, train, _ = trainer.latest_evaluations()
        if position == trainer.position:
            return train.loss
    is_recorded = trainer.history.table[-1, 0] == trainer.position
    return float(trainer.history.column("train_loss")[-1]) if is_recorded else math.nan


def _falls(course: Course) -> bool:
    """Whether the loss falls clearly: in the window or, where it jumps about, in the last half of the run."""
    if course.gained >= LEAST_GAIN and course.gained > course.noise:
        return True
    return course.noise >= LOUD and course.gained > -course.noise and course.gained_in_half > course.noise


def _jumps(course: Course) -> bool:
    """Whether the loss, which does not fall, jumps up and down, and that not only where it is next to nothing."""
    return course.epoch >= EARLY_EPOCHS and course.noise >= JUMPS and course.highest >= HIGH * course.start_loss


def _scores(trainer: Trainer) -> tuple[float, float]:
    """The training score, and the one that the data allow; 0 and 1 where they are not defined.

    The score is that of the present position if it was measured there, else the one recorded last.
    """
    score = float(trainer.history.column("train_score")[-1])
    if trainer.has_evaluations:
        position, train, _ = trainer.latest_evaluations()
        score = train.score if position == trainer.position else score
    reach = reachable_score(trainer.preparation)
    return (0.0 if math.isnan(score) else score), (1.0 if math.isnan(reach) else reach)


def _diverged(trainer: Trainer, course: Course, what: str) -> Verdict:
    cause = find_cause(trainer, course, diverged=True)
    return _of_cause(DIVERGED, "", replace(cause, text=f"{what}; {cause.text}"))


def _of_cause(kind: str, how: str, cause: Cause) -> Verdict:
    return Verdict(kind, cause.text, how, cause.advice, cause.name)


def _overfitting(trainer: Trainer, course: Course) -> Verdict:
    assert course.rises_since is not None
    if trainer.settings.only_sample is not None:
        text = _("only one sample is trained on; its loss falls, and that of all others rises")
        return Verdict(OVERFITTING, text, "", Advice.change(_("Train on all points"), only_sample=None), "one sample")
    epoch = math.floor(course.rises_since)
    rise = course.test_loss / course.best_test_loss - 1.0
    text = _("the test loss has risen by {rise} while the training loss fell").format(rise=_share(rise))
    advice = Advice.go_back(
        _("Go back to epoch {epoch}").format(epoch=epoch), round(course.rises_since * trainer.epoch_length)
    )
    return Verdict(OVERFITTING, text, _("since epoch {epoch}").format(epoch=epoch), advice, "overfitting")


def _learning(trainer: Trainer, course: Course, score: float, reach: float) -> Verdict:
    if course.epoch < 1.0 and course.loss < course.start_loss:  # a rate of less than an epoch is no rate of an epoch
        start, now = told_apart(course.start_loss, course.loss)
        text = _("the loss has fallen from {start} to {now}").format(start=start, now=now)
    else:
        text = _("the loss falls by {fall} an epoch").format(fall=_share(course.fall))
    is_slow = course.fall < SLOW_FALL and course.fall * course.epoch < SLOW and course.noise < LOUD
    if not is_slow or score >= reach - NEAR_REACH or course.epoch < SLOW_EPOCHS:
        return Verdict(LEARNING, text, advice=Advice.go_on(_("Let it go on")))
    cause = find_cause(trainer, course)
    if not cause.is_certain:
        return Verdict(LEARNING, text, _("slowly"), Advice.go_on(_("Let it go on")))
    text = _("the loss falls by only {fall} an epoch; {text}").format(fall=_share(course.fall), text=cause.text)
    return _of_cause(LEARNING, _("slowly"), replace(cause, text=text))


def _done(trainer: Trainer, course: Course, score: float) -> Verdict:
    still = (
        ""
        if course.gained >= LEAST_GAIN or course.noise >= JUMPS
        else _(", and the loss has stood still since epoch {epoch:.0f}").format(epoch=course.flat_since)
    )
    advice = None
    if len(trainer.preparation.test) == 0 and len(trainer.preparation.train) >= LEAST_TO_SPLIT:
        advice = Advice.change(_("Hold back a test set"), train_fraction=0.8)
    return Verdict(DONE, f"{_score_text(trainer, score)}{still}", advice=advice)


def _waiting(trainer: Trainer, course: Course) -> Verdict:
    go_on = Advice.go_on(_("Let it go on"))
    if course.loss < UNMOVED * course.start_loss:
        text = _("the loss pauses near {loss}; {score}").format(
            loss=short(course.loss, 2), score=_score_text(trainer, _scores(trainer)[0])
        )
        return Verdict(LEARNING, text, advice=go_on)
    epochs = _("{epoch:.0f} epochs").format(epoch=course.epoch) if course.epoch >= 2.0 else _("the first epoch")
    return Verdict(
        START, _("no clear fall of the loss in {epochs} yet, which is common").format(epochs=epochs), advice=go_on
    )


def _plateau(trainer: Trainer, course: Course, block: Cause | None) -> Verdict:
    if course.epoch < EARLY_EPOCHS:
        return _waiting(trainer, course)
    cause = block or find_cause(trainer, course)
    flat = course.flat_epochs if course.noise < LOUD else course.epoch / 2.0
    has_fallen = course.loss < UNMOVED * course.start_loss
    if block is None and flat < PATIENT_EPOCHS and (has_fallen or not cause.is_certain):
        return _waiting(trainer, course)
    return _of_cause(PLATEAU, _("since epoch {epoch:.0f}").format(epoch=course.flat_since), cause)


def _share(share: float) -> str:
    value = 100.0 * share
    return f"{short(value, 3 if value >= 100.0 else 2)} %"


def _score_text(trainer: Trainer, score: float) -> str:
    if trainer.settings.task == REGRESSION:
        return _("R² is {score}").format(score=short(score, 3))
    return _("{score} of the training points are right").format(score=percent(score))


def _numbers(trainer: Trainer, course: Course) -> tuple[tuple[str, str], ...]:
    numbers = [
        (_("loss at the start"), short(course.start_loss)),
        (_("loss now"), short(course.loss)),
        (_("fall an epoch, over the last {window:.3g} epochs").format(window=course.window), _share(course.fall)),
        (_("spread around that line"), _share(course.noise)),
    ]
    if not math.isnan(course.test_loss):
        numbers += [
            (_("test loss now"), short(course.test_loss)),
            (
                _("lowest test loss, epoch {epoch:.0f}").format(epoch=course.best_test_epoch),
                short(course.best_test_loss),
            ),
        ]
    score, reach = _scores(trainer)
    numbers += [(_("training score"), short(score)), (_("what the neighbours of a point reach"), short(reach))]
    return tuple(numbers)
