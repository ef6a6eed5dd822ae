"""Initial weights: each initializer is one frozen value. All biases start at one value, a setting of its own.

To add one, write its function, and its value in INITIALIZERS.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass

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


def _uniform(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    return rng.uniform(-scale, scale, (inputs, outputs))


def _lecun(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    return rng.normal(0.0, scale * np.sqrt(1.0 / inputs), (inputs, outputs))


def _orthogonal(rng: np.random.Generator, inputs: int, outputs: int, scale: float) -> Array:
    # Q of a normal matrix is orthogonal; with the signs of R's diagonal it is uniform among all such (Mezzadri, 2007).
    tall = rng.normal(0.0, 1.0, (max(inputs, outputs), min(inputs, outputs)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
    return scale * (q if inputs >= outputs else q.T)


@dataclass(frozen=True, eq=False)
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
        Initializer("normal", _("Normal"), "N(0, s²)", 0.01, _normal),
        Initializer("uniform", _("Uniform"), "U(−s, s)", 0.5, _uniform),
        Initializer(
            "zeros", _("Zeros"), _("0: every neuron of a layer stays the same as its neighbours"), None, _zeros
        ),
        Initializer(
            "glorot",
            _("Glorot"),
            _("U(−l, l), l = s·√(6 / (inputs + outputs)) (Glorot and Bengio, 2010)"),
            1.0,
            _glorot,
        ),
        Initializer("he", _("He"), _("N(0, s²·2 / inputs) (He et al., 2015)"), 1.0, _he),
        Initializer("lecun", _("LeCun"), _("N(0, s² / inputs) (LeCun et al., 1998)"), 1.0, _lecun),
        Initializer(
            "orthogonal",
            _("Orthogonal"),
            _("s·Q, the rows or columns of Q being orthogonal and of length 1 (Saxe et al., 2014)"),
            1.0,
            _orthogonal,
        ),
    )
}
"""Every initializer by name, in the order of the menus."""
