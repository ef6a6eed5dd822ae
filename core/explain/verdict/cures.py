"""What helps against overfitting: L2 first; where that did not help a smaller net, and then more points."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from core.base.number_text import grouped, typed_text
from core.base.translation import _, ngettext
from core.data.data_source import MAX_SAMPLES
from core.explain.verdict.advice import Advice
from core.explain.verdict.course import Course
from core.explain.verdict.rates import nice_rate
from core.training.experiment import Experiment
from core.training.settings_over_time import Change
from core.training.trainer import Trainer

LEAST_CURE, LEAST_CURE_OF_SMALL_LOSSES = 0.01, 0.003
"""The L2 that is tried first: with a cross-entropy, and with other losses, which are smaller."""
STRONGER = 3.0
"""So many times as much is tried once, if the first one has helped."""
FEW_LAYERS, FEW_NEURONS = 2, 4
"""No smaller net than this is offered."""
MORE_POINTS = 4
"""So many times as many points are tried where they are too few."""
LEAST_TO_SPLIT = 20


def cure(trainer: Trainer, course: Course) -> Advice | None:
    """The next thing to try against overfitting; None where nothing is left.

    Args:
        trainer: the run.
        course: its course up to where the test loss is looked at.
    """
    settings = trainer.settings
    least = first_l2(settings)
    if not has_failed(trainer, course) and settings.l2 < STRONGER * least:
        stronger = nice_rate(max(least, STRONGER * settings.l2))
        return Advice.change(_("Go on with L2 of {value}").format(value=typed_text(stronger)), l2=stronger)
    return _smaller_net(settings) or more_points(trainer)


def has_failed(trainer: Trainer, course: Course) -> bool:
    """Whether there is L2, and nowhere with it the test loss was lower than without, or weaker, L2.

    L2 from the start has failed where there is overfitting.
    """
    if trainer.settings.l2 < first_l2(trainer.settings):
        return False
    changes = trainer.settings_over_time.until(trainer.tree.present.tip)
    since = max((after.position for before, after in pairwise(changes) if _l2(before) != _l2(after)), default=0)
    lowest = course.best_test_epoch if course.rises_since is None else course.rises_since
    return since == 0 or lowest * trainer.epoch_length <= since


def _l2(change: Change) -> float:
    return change.experiment.l2


def first_l2(settings: Experiment) -> float:
    """The L2 that is tried first."""
    return LEAST_CURE if "cross-entropy" in settings.loss else LEAST_CURE_OF_SMALL_LOSSES


def _smaller_net(settings: Experiment) -> Advice | None:
    """Half as many layers or, where they are few, half as many neurons; None where the net is small."""
    hidden = settings.hidden
    if len(hidden) > FEW_LAYERS:
        layers = max(FEW_LAYERS, len(hidden) // 2)
        text = ngettext("Try {n} hidden layer", "Try {n} hidden layers", layers).format(n=layers)
        activations = settings.hidden_activations[:layers]
        return Advice.change(_beside_l2(text, settings), hidden=hidden[:layers], activation=activations)
    if not hidden or max(hidden) < 2 * FEW_NEURONS:
        return None
    halved = tuple(max(FEW_NEURONS, neurons // 2) if neurons > FEW_NEURONS else neurons for neurons in hidden)
    text = _("Try {counts} neurons").format(counts="-".join(map(str, halved)))
    return Advice.change(_beside_l2(text, settings), hidden=halved)


def points_to_test(trainer: Trainer) -> Advice | None:
    """Points to test with, without which overfitting is not seen; None where there are some, or too few to train on."""
    if len(trainer.preparation.test) or len(trainer.preparation.train) < LEAST_TO_SPLIT:
        return None
    return Advice.change(_("Hold back a test set"), train_fraction=0.8)


def more_points(trainer: Trainer) -> Advice | None:
    """More points of generated data; None where there are no more."""
    data = trainer.settings.data
    if not data.is_generated or MORE_POINTS * data.samples > MAX_SAMPLES:
        return None
    more = replace(data, samples=MORE_POINTS * data.samples)
    text = _("Try {n} points").format(n=grouped(more.samples))
    return Advice.change(_beside_l2(text, trainer.settings), data=more)


def _beside_l2(text: str, settings: Experiment) -> str:
    """A cure that is taken beside the former one."""
    return _("{text}, L2 stays").format(text=text) if settings.l2 else text
