"""A data set: points with two or more columns, and their classes or targets."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.base.values import dataclass
from core.network.tasks import CLASSIFICATION, REGRESSION

MAX_DIMENSIONS = 64


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points and their classes or, for regression, targets. The arrays are read-only: those given, or copies.

    Attributes:
        points: float64, shape (n, d), 2 <= d <= 64, finite. The features of the plane use the first two columns.
        labels: int64, shape (n,), class indices 0…K-1; a class may be without points. All 0 for regression.
        class_names: K names, K >= 1; empty for regression.
        column_names: names of the d columns.
        name: the name for titles, such as that of the file.
        targets: float64, shape (n,), finite; None for classification.
        target_name: name of the target.
        digest: of the file that the points were read from, see :mod:`core.base.file_digest`; empty if unknown.

    Raises:
        DataError: an array has another shape, a coordinate or target is not finite, or a label is not a class index.
    """

    points: Array
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    column_names: tuple[str, ...] = ("x1", "x2")
    name: str = ""
    targets: Array | None = None
    target_name: str = "y"
    digest: str = ""

    def __post_init__(self) -> None:
        points = as_read_only(self.points, np.float64)
        given = np.asarray(self.labels)
        if points.ndim != 2 or not 2 <= points.shape[1] <= MAX_DIMENSIONS:
            raise DataError(
                _(
                    "The points have the shape {shape}; give a row of 2 to {max_dimensions} inputs for each point."
                ).format(shape=points.shape, max_dimensions=MAX_DIMENSIONS)
            )
        if given.shape != (len(points),):
            raise DataError(
                _("The labels have the shape {shape}; give one label for each of {count} points.").format(
                    shape=given.shape, count=len(points)
                )
            )
        if given.size and given.dtype.kind not in "iu":
            raise DataError(
                _("The labels have the type {dtype}; give class indices, which are whole numbers.").format(
                    dtype=given.dtype
                )
            )
        if points.size and not np.isfinite([points.min(), points.max()]).all():
            row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
            raise DataError(
                _("Point {row} is {values}; give finite numbers.").format(row=row, values=tuple(points[row].tolist()))
            )
        if (self.targets is None and not self.class_names) or len(self.column_names) != points.shape[1]:
            raise DataError(_("A data set needs at least one class name, and a name for each column."))
        labels = as_read_only(given, np.int64)
        if self.targets is not None:
            self._take_targets(self.targets, len(points))
        elif labels.size and not 0 <= labels.min() <= labels.max() < len(self.class_names):
            raise DataError(
                _(
                    "The labels run from {low} to {high}; with {count} class names they must lie between 0 and {last}."
                ).format(
                    low=labels.min(), high=labels.max(), count=len(self.class_names), last=len(self.class_names) - 1
                )
            )
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "class_names", tuple(self.class_names))
        object.__setattr__(self, "column_names", tuple(self.column_names))

    def _take_targets(self, given: Array, n: int) -> None:
        targets = as_read_only(given, np.float64)
        if targets.shape != (n,):
            raise DataError(
                _("The targets have the shape {shape}; give one target for each of {count} points.").format(
                    shape=targets.shape, count=n
                )
            )
        if not np.isfinite(targets).all():
            row = int(np.flatnonzero(~np.isfinite(targets))[0])
            raise DataError(
                _("The target of point {row} is {target}; give a finite number.").format(row=row, target=targets[row])
            )
        object.__setattr__(self, "targets", targets)

    def with_digest(self, digest: str) -> Dataset:
        """The same points, which share memory with these, with the digest of their file."""
        other = copy.copy(self)
        object.__setattr__(other, "digest", digest)
        return other

    def __len__(self) -> int:
        return len(self.points)

    @property
    def dimensions(self) -> int:
        """Number of columns d of a point."""
        return int(self.points.shape[1])

    @property
    def task(self) -> str:
        """The task, see :mod:`core.network.tasks`."""
        return CLASSIFICATION if self.targets is None else REGRESSION

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of a network's outputs: the classes, or the target."""
        return self.class_names if self.targets is None else (self.target_name,)

    @property
    def n_classes(self) -> int:
        """Number of classes K; 0 for regression."""
        return len(self.class_names)


def as_read_only(given: NDArray[Any], kind: type) -> NDArray[Any]:
    """A read-only copy of an array; the array itself where nobody can write to it, to save memory."""
    flags = given.flags if type(given) is np.ndarray else None
    if flags is not None and given.dtype == kind and flags.c_contiguous and flags.owndata and not flags.writeable:
        return given
    array: NDArray[Any] = np.array(given, dtype=kind, order="C")
    array.setflags(write=False)
    return array
