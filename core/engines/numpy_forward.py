"""What a network computes for given inputs, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Shades
from core.network.decision_rule import decide
from core.network.network import Network

MIDDLE = 128
"""The shade of the middle of a scale; its ends are 0 and 255."""


class NumpyForwardPass:
    """The forward pass of a network with its present parameters, without dropout."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations for inputs of shape (n, sizes[0]): shapes (n, units)."""
        with np.errstate(all="ignore"):
            return list(self._network.forward(inputs).a[1:])

    def outputs(self, inputs: Array) -> Array:
        """The last layer's activations, shape (n, units)."""
        return self.activations(inputs)[-1]

    def shades(self, inputs: Array, ends: Array) -> list[Shades]:
        """Every unit's values as shades of its scale, from the inputs on: shapes (units, n).

        Args:
            inputs: shape (n, sizes[0]), n at least 1.
            ends: shape (layers, 2), the ends of the scale of each layer's units; NaN where each unit has its own: an
                input its least and largest value, any other ± its largest magnitude.
        """
        return [
            shades_of(values, *scale_ends(values, pair, is_input=layer == 0)).T
            for layer, (values, pair) in enumerate(zip([inputs, *self.activations(inputs)], ends, strict=True))
        ]

    def decisions(self, inputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
        """Classes and their leads, see :func:`decisions_of`."""
        return decisions_of(self.outputs(inputs), span)


def decisions_of(outputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
    """The class, shape (n,), and the lead of the largest output over the second largest as a share of the span.

    The lead is from 0 to 1, and 0 where it is no number. For the class see
    :func:`core.network.decision_rule.decide`.
    """
    with np.errstate(all="ignore"):
        best = np.partition(outputs, -2, axis=1)[:, -2:]
        margin = (best[:, 1] - best[:, 0]) / span
    return decide(outputs).astype(np.int16), np.nan_to_num(margin).clip(0.0, 1.0)


def scale_ends(values: Array, ends: Array, is_input: bool) -> tuple[Array, Array]:
    """Low and high end of the scale of each unit, shapes (units,), for values of shape (n, units)."""
    if not np.isnan(ends).any():
        return np.full(values.shape[1], ends[0]), np.full(values.shape[1], ends[1])
    if is_input:
        return values.min(axis=0), values.max(axis=0)
    largest = np.abs(values).max(axis=0)
    return -largest, largest


def shades_of(values: Array, low: Array | float, high: Array | float) -> Shades:
    """Shades of values on a scale: 0 at its low end and below, 255 at the high end and above, NaN in the middle."""
    half = np.subtract(high, low) / 2.0
    with np.errstate(all="ignore"):
        scaled = (values - np.add(low, high) / 2.0) / np.where(half > 0.0, half, 1.0)
    scaled = np.nan_to_num(scaled).clip(-1.0, 1.0)
    shades: Shades = np.minimum(scaled * 127.5 + MIDDLE, 255.0).astype(np.uint8)
    return shades
