"""Optimizers: each is one frozen value that holds the update rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Optimizer:
    """An update rule of the parameters w from the batch's mean gradient g.

    Attributes:
        name: key in :data:`OPTIMIZERS`, as the command line spells it.
        label: text in menus.
        formula: the rule, with η for the learning rate.
        update: ``update(parameters, gradient, learning_rate, scratch)`` changes ``parameters`` in place; all arrays of
            shape (parameters,), ``scratch`` being memory to work in.
    """

    name: str
    label: str
    formula: str
    update: Callable[[Array, Array, float, Array], None]


def _sgd(parameters: Array, gradient: Array, learning_rate: float, scratch: Array) -> None:
    np.multiply(gradient, learning_rate, out=scratch)
    parameters -= scratch


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer for optimizer in (Optimizer("sgd", "SGD", "w ← w − η·g", _sgd),)
}
"""Every optimizer by name, in the order of the menus."""
