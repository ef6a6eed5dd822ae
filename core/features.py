"""Input features: what the network is given of a point; each is one frozen value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """One input, derived from the two coordinates of a point.

    Attributes:
        name: key in :data:`FEATURES`, as the command line spells it.
        label: the feature in the field's notation, with x1 and x2 for the coordinates; the radius is √(x1² + x2²).
        function: ``function(x1, x2) -> values``, all of shape (n,).
    """

    name: str
    label: str
    function: Callable[[Array, Array], Array]

    def title(self, column_names: tuple[str, ...]) -> str:
        """The label with the columns' own names in place of x1 and x2."""
        first, second = column_names[:2]
        return re.sub("x[12]", lambda match: first if match[0] == "x1" else second, self.label)


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("x1", "x1", lambda x1, x2: x1),
        Feature("x2", "x2", lambda x1, x2: x2),
        Feature("x1^2", "x1²", lambda x1, x2: x1 * x1),
        Feature("x2^2", "x2²", lambda x1, x2: x2 * x2),
        Feature("x1*x2", "x1·x2", lambda x1, x2: x1 * x2),
        Feature("sin-x1", "sin x1", lambda x1, x2: np.sin(x1)),
        Feature("sin-x2", "sin x2", lambda x1, x2: np.sin(x2)),
        Feature("cos-x1", "cos x1", lambda x1, x2: np.cos(x1)),
        Feature("cos-x2", "cos x2", lambda x1, x2: np.cos(x2)),
        Feature("radius", "radius", np.hypot),
    )
}
"""Every feature by name, in the order of the menus."""

PLAIN = ("x1", "x2")


def feature_values(names: tuple[str, ...], points: Array) -> Array:
    """The features of points of shape (n, 2), one column each, shape (n, features); never a warning."""
    x1, x2 = points[:, 0], points[:, 1]
    values = np.empty((len(points), len(names)))
    with np.errstate(all="ignore"):
        for column, name in enumerate(names):
            values[:, column] = FEATURES[name].function(x1, x2)
    return values


def feature_name(text: str) -> str | None:
    """The feature that a text spells, such as ``sin-x1``, ``sin(x1)``, ``x1^2``, ``x1²`` or ``x1x2``; None for none."""
    plain = text.strip().lower().replace("²", "^2").replace("**", "^")
    plain = re.sub(r"[\s()\-_*·]", "", plain)
    spelled = {re.sub(r"[\-*]", "", name): name for name in FEATURES} | {"r": "radius"}
    return spelled.get(plain)
