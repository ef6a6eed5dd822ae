"""Loss functions: each is one frozen value that holds the loss of a sample and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """A loss L(ŷ, y) of one sample; the loss of a set is the mean over its samples.

    Attributes:
        name: key in :data:`LOSSES`, as the command line spells it.
        label: text in menus.
        formula: the loss in the field's notation.
        function: ``function(y_hat, y) -> L``: shapes (samples, outputs) twice to (samples,).
        gradient: ``gradient(y_hat, y, out=None) -> ∂L/∂ŷ``, shapes (samples, outputs).
    """

    name: str
    label: str
    formula: str
    function: Callable[[Array, Array], Array]
    gradient: Callable[..., Array]


def _mse(y_hat: Array, y: Array) -> Array:
    difference = y_hat - y
    mean: Array = 0.5 * np.mean(difference * difference, axis=-1)
    return mean


def _mse_gradient(y_hat: Array, y: Array, out: Array | None = None) -> Array:
    # L = 1/(2K)·Σ_k (ŷ_k − y_k)², so ∂L/∂ŷ_k = (ŷ_k − y_k)/K: the factor 2 cancels the ½, the mean stays.
    out = np.subtract(y_hat, y, out=out)
    out /= y_hat.shape[-1]
    return out


LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (Loss("mse", "MSE", "mean squared error, ½·mean (ŷ − y)²", _mse, _mse_gradient),)
}
"""Every loss by name, in the order of the menus."""
