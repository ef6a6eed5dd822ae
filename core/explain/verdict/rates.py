"""Learning rates that one would advise: the highest, a lower one, a round one; and whether a run has left them."""

from __future__ import annotations

import math

from core.explain.verdict.course import Course
from core.network.optimizers import OPTIMIZERS
from core.training.experiment import Experiment
from core.training.trainer import Trainer

HIGHEST_RATE, HIGHEST_ADAPTIVE_RATE = 0.1, 0.03
"""No rate above this is advised, except ten times the present one; the second one for Adam and its like."""
LOWER_RATES = HIGHEST_RATE, HIGHEST_ADAPTIVE_RATE, 0.01, 0.003, 0.001
"""Rates that are tried in place of one that is too high."""


def highest_rate(settings: Experiment) -> float:
    """The highest rate that one would advise."""
    return HIGHEST_ADAPTIVE_RATE if OPTIMIZERS[settings.optimizer].adaptive else HIGHEST_RATE


def lower_rate(settings: Experiment, divisor: float = 10.0) -> float:
    """A tenth of the rate, or another part, and none that is too high."""
    return nice_rate(min(settings.learning_rate / divisor, highest_rate(settings)))


def nice_rate(rate: float) -> float:
    """The nearest 1 or 3 times a power of ten."""
    exponent = math.floor(math.log10(rate))
    return float(f"{min((1.0, 3.0, 10.0), key=lambda m: abs(math.log(rate / (m * 10.0**exponent)))):g}e{exponent}")


def position_of_change(trainer: Trainer, course: Course) -> int:
    """Where the course of a run begins anew: its last change; 0 without one."""
    return round(course.changed * trainer.epoch_length)


def raises_rate(trainer: Trainer, course: Course) -> bool:
    """Whether the last change has raised the learning rate above the highest that one would advise."""
    changed = position_of_change(trainer, course)
    if not changed:
        return False
    before, after = (trainer.settings_over_time.at(position) for position in (changed - 1, changed))
    return after.learning_rate > max(before.learning_rate, highest_rate(after))
