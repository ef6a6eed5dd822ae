"""Divergence: which update made a number infinite or NaN, and the message that says so."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, Rows
from core.base.errors import LensError
from core.base.translation import _
from core.network.network import parameter_name
from core.network.tasks import REGRESSION
from core.training.keyframes import State
from core.training.preparation import LARGEST_EASY
from core.training.stepping import Stepper

LARGEST_SQUARED = 1e150
STRONG_PENALTY = 1.0
"""An update by a penalty whose factor is so many times the reciprocal of the rate takes a weight to 0 or beyond."""


class Diverged(LensError):
    """The parameters, or at a record the loss, ceased to be finite; the trainer stands at the last finite state.

    If a parameter was the first number to cease to be finite, this is the state just before that update. It shows
    what led to the divergence: its parameters are finite, although the network's outputs may overflow already.
    """


def loss_not_finite_at_start(targets: Array) -> Diverged:
    """The error of a run whose first record has no finite loss, with these targets of the network."""
    largest = float(np.abs(targets).max())
    if largest > LARGEST_SQUARED:
        return Diverged(
            _(
                "The loss is not finite: a target of {largest:g} is too large to be squared. Give the target in larger "
                "units, or choose the loss mae."
            ).format(largest=largest)
        )
    return Diverged(
        _(
            "The loss is not finite with the initial weights: the inputs or weights are too large. Standardize the "
            "inputs, "
            "give the data in larger units, or choose smaller initial weights."
        )
    )


def loss_overflow(stepper: Stepper, recorded: int) -> Diverged:
    """The error of a run whose loss is not finite at its present position, and was at the record before."""
    stepper.note_divergence(recorded)
    found, advice = _place(stepper, stepper.position), _advice(stepper)
    return Diverged(
        _("Training diverged: between {place} and {found} the loss became infinite or not a number. {advice}").format(
            place=_place(stepper, recorded), found=found, advice=advice
        )
    )


def stop_before_divergence(stepper: Stepper, target: int) -> Diverged:
    """Move the stepper to one sample before the first update up to a target that leaves a number not finite.

    Args:
        stepper: its ``move_to(target)`` returned False.
        target: a position, see :meth:`core.training.stepping.Stepper.move_to`.
    """
    rows, before = stepper.rows_until(target), stepper.state()
    good = _count_finite_batches(stepper, rows, before)
    stepper.restore(before)
    stepper.run(rows, 0, good + 1)
    culprit = _first_not_finite(stepper)
    stepper.restore(before)
    if good:
        stepper.run(rows, 0, good)
    fatal_end = min((good + 1) * stepper.workload.batch_size, len(rows))
    stepper.position = stepper.order.batch_start(stepper.position) + fatal_end - 1
    stepper.note_divergence(stepper.position)
    return Diverged(
        _(
            "Training diverged: the update after {place} would have made {culprit} infinite or not a number. {advice}"
        ).format(place=_place(stepper, stepper.position), culprit=culprit, advice=_advice(stepper))
    )


def _count_finite_batches(stepper: Stepper, rows: Rows, before: State) -> int:
    """How many batches of ``rows`` can be run before a number ceases to be finite.

    A number that is not finite never becomes finite again, so bisection finds the batch.
    """
    good, span = 0, stepper.batches(len(rows))
    reached = before
    while span > 1:
        half = span // 2
        stepper.run(rows, good, good + half)
        if stepper.is_finite():
            reached = stepper.state()
            good, span = good + half, span - half
        else:
            stepper.restore(reached)
            span = half
    return good


def _first_not_finite(stepper: Stepper) -> str:
    """The name of the first number that is not finite."""
    network = stepper.workload.network
    vectors = [("", network.parameters)]
    vectors += [(_("the optimizer's {name} of ").format(name=name), values) for name, values in stepper.memory.items()]
    for title, values in vectors:
        finite = np.isfinite(values)
        if not finite.all():
            return title + parameter_name(network.sizes, int(np.argmin(finite)))
    raise AssertionError("all numbers are finite")


def _place(stepper: Stepper, position: int) -> str:
    epoch, sample = divmod(position, stepper.order.epoch_length)
    return _("epoch {epoch}, sample {sample}").format(epoch=epoch, sample=sample)


def _advice(stepper: Stepper) -> str:
    """The likely cause, and what to do."""
    cause, mend = _cause(stepper)
    return _("Likely cause: {cause}; reset with {mend}.").format(cause=cause, mend=mend)


def _cause(stepper: Stepper) -> tuple[str, str]:
    """What made the steps so long, and what makes them shorter."""
    load, settings = stepper.workload, stepper.settings.at(stepper.position)
    rate = settings.learning_rate
    for name, factor in (("L1", settings.l1), ("L2", settings.l2)):
        if rate * factor > STRONG_PENALTY:
            return _("the {name} penalty of {factor:g}").format(name=name, factor=factor), _(
                "one below {limit:g}"
            ).format(limit=STRONG_PENALTY / rate)
    largest = float(np.abs(load.targets).max())
    if settings.task == REGRESSION and largest > LARGEST_EASY:
        return _("the size of the targets, up to {largest:.4g}").format(largest=largest), _("a standardized target")
    largest = float(np.abs(load.inputs).max())
    if largest > LARGEST_EASY:
        return _("the size of the inputs, up to {largest:.4g}").format(largest=largest), _(
            "standardized inputs or a learning rate below {rate:g}"
        ).format(rate=rate)
    mend = _("a learning rate below {rate:g}, standardized inputs or smaller initial weights").format(rate=rate)
    return _("the learning rate"), mend
