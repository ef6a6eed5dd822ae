"""Where it is too early to judge: at the start, just behind a change, and while the loss does not fall yet."""

from __future__ import annotations

import math

from core.base.number_text import grouped, short, span_text, told_apart
from core.base.translation import _
from core.explain.verdict import probes
from core.explain.verdict.advice import Advice
from core.explain.verdict.course import FITTED, Course, epochs_to_hold
from core.explain.verdict.fall import (
    EARLY_EPOCHS,
    LOUD,
    fell_lately,
    has_fallen,
    rises,
    share_text,
    told_loss,
    told_test_loss,
)
from core.explain.verdict.verdict import CHANGED, LEARNING, START, Verdict
from core.training.trainer import Trainer


def start_verdict(trainer: Trainer) -> Verdict:
    """At position 0 of a run that does not diverge later."""
    text = _("nothing is trained yet")
    tip = trainer.tree.present.tip
    if tip:
        epochs = span_text(tip / trainer.epoch_length)
        text = _("this is the start of a run that was trained for {epochs}").format(epochs=epochs)
    return Verdict(START, text, advice=Advice.go_on(_("Play")))


def changed_verdict(trainer: Trainer, course: Course) -> Verdict:
    """Just behind a change: what a weight set by hand did at once to the loss, or that it is too early to judge."""
    losses, besides = probes.losses_around_edit(trainer), None
    if losses is None:
        text, besides = _("it is too early to say what the change does"), _from_the_start()
    elif losses[0] == losses[1]:
        text = _("setting weights by hand changes nothing: the loss is still {loss}").format(loss=short(losses[0], 3))
    else:
        rose = _("setting weights by hand has raised the loss from {before} to {now}")
        fell = _("setting weights by hand has lowered the loss from {before} to {now}")
        old, new = told_apart(*losses)
        text = (rose if losses[1] > losses[0] else fell).format(before=old, now=new)
    return Verdict(CHANGED, text, _changed_at(course), Advice.go_on(), besides=besides)


def cure_verdict(trainer: Trainer, course: Course) -> Verdict:
    """Behind a change while a penalty or dropout is on: over too few epochs to say whether that holds the test loss."""
    text = _("the test loss is {now}; at epoch {epoch} it will be clear whether it holds").format(
        now=told_test_loss(course), epoch=grouped(math.ceil(course.changed + 2.0 * epochs_to_hold(course.changed)))
    )
    return Verdict(CHANGED, text, _changed_at(course), Advice.go_on(), besides=_from_the_start())


def waiting_verdict(course: Course) -> Verdict:
    """Where the loss does not fall, but not for long enough to say why."""
    if has_fallen(course):
        text = _("the loss has fallen, and pauses at present")
        if rises(course):
            text = _("the loss has fallen from {start} to {now}, and rises at present").format(
                start=short(course.start_loss, 3), now=told_loss(course)
            )
        elif fell_lately(course):
            text = _("the loss fell by {fall} in the last {epochs}, with pauses").format(
                fall=share_text(course.gained_in_half), epochs=span_text(course.judged_epochs / 2.0)
            )
            return Verdict(LEARNING, text, advice=Advice.go_on())
        elif course.noise >= LOUD:
            text = _("the loss has fallen, and jumps at present; it may fall on")
        elif course.flat_epochs >= EARLY_EPOCHS:
            text = _("the loss has fallen, and has stood still since epoch {epoch}; it may fall on").format(
                epoch=grouped(course.flat_epoch)
            )
        return Verdict(LEARNING, text, "" if rises(course) else _("pauses"), Advice.go_on())
    text = _("no clear fall of the loss yet, which is common")
    if course.judged_epochs >= 2.0:
        text = _("no clear fall of the loss in {epochs} yet, which is common").format(
            epochs=span_text(course.judged_epochs)
        )
    if course.changed:
        return Verdict(CHANGED, text, _changed_at(course), Advice.go_on())
    return Verdict(START, text, advice=Advice.go_on())


def fall_ahead(trainer: Trainer, course: Course) -> Verdict | None:
    """Back at a plateau of a line that was trained further, where the loss fell without any help; None elsewhere."""
    tip = trainer.tree.present.tip
    if trainer.position == tip or trainer.settings_over_time.changed_last(tip) >= trainer.position:
        return None
    end = float(trainer.recorder.writer.view(with_norms=False).column("train_loss")[-1])
    if not end < FITTED * course.loss:
        return None
    text = _("the loss stands still here; trained further, it fell from {here} to {end}")
    text = text.format(here=told_loss(course), end=short(end, 3))
    return Verdict(LEARNING, text, _("later"), Advice.go_on())


def _from_the_start() -> Advice:
    """To see what changed settings do by themselves."""
    return Advice.restart(_("Start again with it"))


def _changed_at(course: Course) -> str:
    return _("at epoch {epoch}").format(epoch=grouped(math.floor(course.changed)))
