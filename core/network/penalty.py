"""The penalty on large weights that can be added to the loss: L1·Σ|w| + L2·½Σw², over weights and never over biases."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.base.arrays import Array


def penalty(weights: Iterable[Array], l1: float, l2: float) -> float:
    """The penalty of these matrices."""
    return float(sum(l1 * np.abs(w).sum() + 0.5 * l2 * (w * w).sum() for w in weights))


def add_penalty_gradient(dW: Iterable[Array], weights: Iterable[Array], l1: float, l2: float) -> None:
    """Add the penalty's gradient l1·sign w + l2·w to that of the loss, in place; sign 0 is 0."""
    if l1 == 0.0 and l2 == 0.0:
        return
    for gradient, w in zip(dW, weights, strict=True):
        gradient += l2 * w
        gradient += l1 * np.sign(w)
