"""How the weights start: each initializer is one frozen value. Biases start at 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, int, float], Array]


def _normal(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    return rng.normal(0.0, scale, (inputs, outputs))


def _zeros(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    return np.zeros((inputs, outputs))


def _glorot(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    limit = scale * np.sqrt(6.0 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs))


def _he(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    return rng.normal(0.0, scale * np.sqrt(2.0 / inputs), (inputs, outputs))


@dataclass(frozen=True)
class Initializer:
    """A distribution of initial weights.

    Attributes:
        name: key in :data:`INITIALIZERS`, as the command line spells it.
        label: text in menus.
        formula: the distribution, with s for the scale, and its source.
        scale: default of the scale s; None where the initializer has none.
        draw: ``draw(rng, inputs, outputs, scale) -> W`` of shape (inputs, outputs).
    """

    name: str
    label: str
    formula: str
    scale: float | None
    draw: Draw


INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer
    for initializer in (
        Initializer("normal", "Normal", "N(0, s²)", 0.01, _normal),
        Initializer("zeros", "Zeros", "0: every neuron of a layer stays the same as its neighbours", None, _zeros),
        Initializer(
            "glorot", "Glorot", "U(−l, l), l = s·√(6 / (inputs + outputs)) (Glorot and Bengio, 2010)", 1.0, _glorot
        ),
        Initializer("he", "He", "N(0, s²·2 / inputs) (He et al., 2015)", 1.0, _he),
    )
}
"""Every initializer by name, in the order of the menus."""
