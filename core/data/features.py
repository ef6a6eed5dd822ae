"""Input features: what the network is given of a point; each is one frozen value that holds all that belongs to it.

To add one, write its value in FEATURES.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import MAX_DIMENSIONS
from core.network.export_forms import ExportForms


@dataclass(frozen=True, eq=False)
class Feature:
    """One input, derived from the coordinates of a point.

    Attributes:
        name: as the command line spells it.
        label: the feature in the field's notation, with x1, x2, … for the coordinates; the radius is √(x1² + x2²).
        function: ``function(x1, x2) -> values`` of the two coordinates, all of shape (n,); None for one that stands
            alone, such as x3.
        column: for one that stands alone, its place from 0.
        export_forms: how other programs spell it in x1, x2, …
    """

    name: str
    label: str
    export_forms: ExportForms
    function: Callable[[Array, Array], Array] | None = None
    column: int = 0

    def values(self, points: Array) -> Array:
        """The feature of points of shape (n, d), shape (n,)."""
        return points[:, self.column] if self.function is None else self.function(points[:, 0], points[:, 1])

    def title(self, column_names: tuple[str, ...]) -> str:
        """The label with the columns' own names in place of x1, x2 and so on."""
        return re.sub("x([0-9]+)", lambda match: column_names[int(match[1]) - 1], self.label)


def _coordinate(column: int) -> Feature:
    """The coordinate in a column, counted from 0."""
    name = f"x{column + 1}"
    return Feature(name, name, ExportForms(name, name, name), column=column)


def _square(name: str) -> ExportForms:
    return ExportForms(f"{name} * {name}", f"{name} * {name}", ("Mul", name, name))


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        _coordinate(0),
        _coordinate(1),
        Feature("x1^2", "x1²", _square("x1"), lambda x1, x2: x1 * x1),
        Feature("x2^2", "x2²", _square("x2"), lambda x1, x2: x2 * x2),
        Feature("x1*x2", "x1·x2", ExportForms("x1 * x2", "x1 * x2", ("Mul", "x1", "x2")), lambda x1, x2: x1 * x2),
        Feature(
            "sin-x1", "sin x1", ExportForms("np.sin(x1)", "torch.sin(x1)", ("Sin", "x1")), lambda x1, x2: np.sin(x1)
        ),
        Feature(
            "sin-x2", "sin x2", ExportForms("np.sin(x2)", "torch.sin(x2)", ("Sin", "x2")), lambda x1, x2: np.sin(x2)
        ),
        Feature(
            "cos-x1", "cos x1", ExportForms("np.cos(x1)", "torch.cos(x1)", ("Cos", "x1")), lambda x1, x2: np.cos(x1)
        ),
        Feature(
            "cos-x2", "cos x2", ExportForms("np.cos(x2)", "torch.cos(x2)", ("Cos", "x2")), lambda x1, x2: np.cos(x2)
        ),
        Feature(
            "radius",
            _("radius"),
            ExportForms(
                "np.hypot(x1, x2)",
                "torch.hypot(x1, x2)",
                ("Sqrt", ("Sum", ("Mul", "x1", "x1"), ("Mul", "x2", "x2"))),
            ),
            np.hypot,
        ),
    )
}
"""Every feature of a point in the plane by name, in the order of the menus."""

PLAIN = ("x1", "x2")


@cache
def features_of(dimensions: int) -> Mapping[str, Feature]:
    """Every feature by name of a point with so many coordinates: those of the plane, then x3, x4 and so on."""
    further = (_coordinate(column) for column in range(2, dimensions))
    return MappingProxyType(FEATURES | {feature.name: feature for feature in further})


def feature(name: str) -> Feature:
    """The feature of a name, of points of any dimensions; raises KeyError if there is none."""
    return features_of(MAX_DIMENSIONS)[name]


def plain_features(dimensions: int) -> tuple[str, ...]:
    """The coordinates themselves: x1, x2 and so on."""
    return tuple(f"x{number}" for number in range(1, dimensions + 1))


def feature_values(names: tuple[str, ...], points: Array) -> Array:
    """The features of points of shape (n, d), one column each, shape (n, features); never a warning."""
    values = np.empty((len(points), len(names)))
    with np.errstate(all="ignore"):
        for column, name in enumerate(names):
            values[:, column] = feature(name).values(points)
    return values


def feature_name(text: str) -> str | None:
    """The feature that a text spells, such as ``sin-x1``, ``sin(x1)``, ``x1^2``, ``x1²`` or ``x1x2``; None for none."""
    plain = text.strip().lower().replace("²", "^2").replace("**", "^")
    plain = re.sub(r"[\s()\-_*·]", "", plain)
    spelled = {re.sub(r"[\-*]", "", name): name for name in features_of(MAX_DIMENSIONS)} | {"r": "radius"}
    return spelled.get(plain)
