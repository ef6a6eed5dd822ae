"""Learning-rate schedules: each is one frozen value with the factor of the learning rate as a function of the epochs.

To add one, write its functions, and its value in SCHEDULES.

In the formulas η is the experiment's learning rate and e the number of finished epochs; ⌊e⌋ is its whole part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.network.expression import HALF, ONE, Constant, Expression, Power, Quotient, Sum, call, minus, times


@dataclass(frozen=True, eq=False)
class ScheduleSetting:
    """A setting of a schedule: its letter in formulas, its text in menus, its default and its bounds (inclusive)."""

    letter: str
    label: str
    default: float
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Schedule:
    """How the learning rate changes with the epochs.

    Attributes:
        name: key in :data:`SCHEDULES`, as the command line spells it.
        label: text in menus.
        formula: the rate with its source.
        settings: the numbers it takes, in the order of the command line.
        factor: ``factor(e, *settings) -> rate / η`` for epochs e of any shape.
        expression: ``expression(e, settings) -> rate / η`` in symbols; None for a factor of 1.
    """

    name: str
    label: str
    formula: str
    settings: tuple[ScheduleSetting, ...]
    factor: Callable[..., Array]
    expression: Callable[[Expression, Sequence[Expression]], Expression] | None


def _constant(e: Array) -> Array:
    return np.ones_like(e)


def _step(e: Array, every: float, factor: float) -> Array:
    return factor ** np.floor(np.floor(e) / every)


def _step_expression(e: Expression, settings: Sequence[Expression]) -> Expression:
    every, factor = settings
    return Power(factor, call("floor", Quotient(call("floor", e), every)))


def _exponential(e: Array, factor: float) -> Array:
    return factor ** np.floor(e)


def _exponential_expression(e: Expression, settings: Sequence[Expression]) -> Expression:
    return Power(settings[0], call("floor", e))


def _cosine(e: Array, epochs: float, end: float) -> Array:
    return end + (1.0 - end) * 0.5 * (1.0 + np.cos(np.pi * np.minimum(e / epochs, 1.0)))


def _cosine_expression(e: Expression, settings: Sequence[Expression]) -> Expression:
    epochs, end = settings
    angle = times(Constant(math.pi, "π"), call("min", Quotient(e, epochs), ONE))
    return Sum((end, times(minus(ONE, end), HALF, Sum((ONE, call("cos", angle))))))


_EPOCHS = 1, 1_000_000, True
_FACTOR = 1e-6, 1.0

SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        Schedule("constant", _("Constant"), "η", (), _constant, None),
        Schedule(
            "step",
            _("Step"),
            _("η·γ^⌊e / n⌋ (as PyTorch's StepLR)"),
            (
                ScheduleSetting("n", _("every n epochs"), 50, *_EPOCHS),
                ScheduleSetting("γ", _("factor γ"), 0.5, *_FACTOR),
            ),
            _step,
            _step_expression,
        ),
        Schedule(
            "exponential",
            _("Exponential"),
            _("η·γ^⌊e⌋ (as PyTorch's ExponentialLR)"),
            (ScheduleSetting("γ", _("factor γ of an epoch"), 0.99, *_FACTOR),),
            _exponential,
            _exponential_expression,
        ),
        Schedule(
            "cosine",
            _("Cosine"),
            _(
                "η·(c + (1 − c)·½(1 + cos(π·e/n))) up to epoch n, then η·c (Loshchilov and Hutter, 2017, without "
                "restarts)"
            ),
            (
                ScheduleSetting("n", _("down to epoch n"), 100, *_EPOCHS),
                ScheduleSetting("c", _("share c at the end"), 0.0, 0.0, 1.0),
            ),
            _cosine,
            _cosine_expression,
        ),
    )
}
"""Every schedule by name, in the order of the menus."""


def warm_up_factor(ends: Array, epochs: int) -> Array:
    """Factor of the rate while it warms up: linearly from near 0 to 1 after so many epochs (Goyal et al., 2017).

    Args:
        ends: where each update's batch ends, in epochs; the end and not the start, so that no update has the rate 0.
        epochs: length of the warm-up; 0 for none.
    """
    return np.minimum(ends / epochs, 1.0) if epochs else np.ones_like(ends)
