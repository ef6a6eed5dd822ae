"""What the painting tools do to drawn points: functions from one frozen value to the next.

A selection is a boolean mask of shape (n,). Lengths are in data units; a Radius is one number for both
axes or one for each axis, so that a disc can look round on the screen. Undo needs nothing here, because an edit leaves
the former value unchanged.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.data.drawn_points import DrawnPoints

MAX_CLASSES = 10

Mask = NDArray[np.bool_]
Points = Array
Radius = float | tuple[float, float]


def disc(center: tuple[float, float], radius: Radius, n: int, rng: np.random.Generator) -> Points:
    """``n`` points drawn uniformly in a disc (the brush), shape (n, 2)."""
    # The square root makes the density uniform, because the area grows with the square of the radius.
    distance = np.sqrt(rng.uniform(0.0, 1.0, n))
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    offset: Points = np.asarray(radius) * np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
    return np.add(center, offset)


def scatter(center: tuple[float, float], deviation: Radius, n: int, rng: np.random.Generator) -> Points:
    """``n`` points of a normal distribution with this standard deviation (the spray), shape (n, 2)."""
    return np.asarray(center) + np.asarray(deviation) * rng.standard_normal((n, 2))


def add(drawn: DrawnPoints, points: Points, value: float) -> DrawnPoints:
    """Add points of shape (m, 2) with the class index ``value`` or, for regression, with that target.

    Raises:
        DataError: there is no such class, a coordinate is not finite, or the points become too many.
    """
    m = len(points)
    label = 0 if drawn.targets is not None else _class_index(drawn, value)
    return dataclasses.replace(
        drawn,
        points=np.concatenate([drawn.points, points]),
        labels=np.concatenate([drawn.labels, np.full(m, label, dtype=np.int64)]),
        targets=None if drawn.targets is None else np.concatenate([drawn.targets, np.full(m, float(value))]),
    )


def inside_disc(drawn: DrawnPoints, center: tuple[float, float], radius: Radius) -> Mask:
    """The points in a disc, rim included (the eraser)."""
    offset = (drawn.points - np.asarray(center)) / np.asarray(radius)
    return np.asarray(np.hypot(offset[:, 0], offset[:, 1]) <= 1.0)


def inside_box(drawn: DrawnPoints, corner: tuple[float, float], opposite: tuple[float, float]) -> Mask:
    """The points in the rectangle between two opposite corners, sides included (the rubber band)."""
    low, high = np.minimum(corner, opposite), np.maximum(corner, opposite)
    return np.asarray(((drawn.points >= low) & (drawn.points <= high)).all(axis=1))


def remove(drawn: DrawnPoints, chosen: Mask) -> DrawnPoints:
    """Remove the chosen points; the classes stay."""
    kept = ~chosen
    targets = None if drawn.targets is None else drawn.targets[kept]
    return dataclasses.replace(drawn, points=drawn.points[kept], labels=drawn.labels[kept], targets=targets)


def move(drawn: DrawnPoints, chosen: Mask, by: tuple[float, float]) -> DrawnPoints:
    """Shift the chosen points; raises DataError if a coordinate would not be finite."""
    return dataclasses.replace(drawn, points=np.where(chosen[:, None], drawn.points + np.asarray(by), drawn.points))


def relabel(drawn: DrawnPoints, chosen: Mask, value: float) -> DrawnPoints:
    """Give the chosen points another class or, for regression, another target; raises DataError like :func:`add`."""
    if drawn.targets is not None:
        return dataclasses.replace(drawn, targets=np.where(chosen, float(value), drawn.targets))
    return dataclasses.replace(drawn, labels=np.where(chosen, _class_index(drawn, value), drawn.labels))


def add_class(drawn: DrawnPoints, name: str) -> DrawnPoints:
    """Add a class without points; raises DataError for an eleventh class or a name in use."""
    if drawn.targets is not None:
        raise DataError(_("Points with a target have no classes; add a class to a set for classification."))
    if len(drawn.class_names) >= MAX_CLASSES:
        raise DataError(
            _("There are {count} classes already; at most {max_classes} are allowed.").format(
                count=len(drawn.class_names), max_classes=MAX_CLASSES
            )
        )
    if not name.strip() or name in drawn.class_names:
        raise DataError(_("The class name {name!r} is empty or in use; choose another.").format(name=name))
    return dataclasses.replace(drawn, class_names=(*drawn.class_names, name))


def can_train(drawn: DrawnPoints) -> bool:
    """Whether a network can train: there are points of at least two classes, or at least two points with targets."""
    if drawn.targets is not None:
        return len(drawn) >= 2
    return len(np.unique(drawn.labels)) >= 2


def _class_index(drawn: DrawnPoints, value: float) -> int:
    index = int(value) if float(value).is_integer() else -1
    if not 0 <= index < len(drawn.class_names):
        raise DataError(
            _("There is no class {value:g}; choose one from 0 to {count}.").format(
                value=value, count=len(drawn.class_names) - 1
            )
        )
    return index
