"""Drawn points: a frozen value that contains the points and equals another value with the same contents."""

from __future__ import annotations

from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.network.tasks import CLASSIFICATION, REGRESSION

MAX_POINTS = 100_000
DRAWN_NAME = "drawn"


@dataclass(frozen=True, eq=False)
class DrawnPoints:
    """Drawn points with their classes or targets; without points it is an empty canvas. The arrays are read-only.

    Equality and hash use :attr:`digest`, so comparing experiments with drawn points costs no more than comparing two
    short texts.

    Attributes:
        points: float64, shape (n, 2), finite, n <= 100,000.
        labels: int64, shape (n,), class indices; all 0 for regression.
        class_names: names of the classes; empty for regression.
        column_names: names of the two inputs.
        targets: float64, shape (n,), finite; None for classification.
        target_name: name of the target.
        digest: SHA-256 of all the above, in hexadecimal digits.

    Raises:
        DataError: there are too many points or columns, or :class:`core.data.dataset.Dataset` refuses them.
    """

    points: Array
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    column_names: tuple[str, ...] = ("x1", "x2")
    targets: Array | None = None
    target_name: str = "y"
    digest: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if len(self.points) > MAX_POINTS:
            raise DataError(
                _("{count} points are too many to draw; at most {max_points} are allowed.").format(
                    count=grouped(len(self.points)), max_points=grouped(MAX_POINTS)
                )
            )
        checked = self.dataset()
        if checked.dimensions != 2:
            raise DataError(
                _("Points of {dimensions} columns cannot be drawn; choose two of the columns.").format(
                    dimensions=checked.dimensions
                )
            )
        for name in ("points", "labels", "class_names", "column_names", "targets"):
            object.__setattr__(self, name, getattr(checked, name))
        object.__setattr__(self, "digest", self._content_digest())

    def _content_digest(self) -> str:
        names = (self.class_names, self.column_names, self.target_name, self.targets is None, len(self.points))
        import hashlib  # imported here because it loads OpenSSL, which the start of the window does not need

        content = hashlib.sha256(repr(names).encode("utf-8", "surrogatepass"))
        content.update(self.points.astype("<f8").tobytes())
        content.update(self.labels.astype("<i8").tobytes())
        if self.targets is not None:
            content.update(self.targets.astype("<f8").tobytes())
        return content.hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, DrawnPoints) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def task(self) -> str:
        """The task, see :mod:`core.network.tasks`."""
        return CLASSIFICATION if self.targets is None else REGRESSION

    def dataset(self) -> Dataset:
        """The points as a data set."""
        return Dataset(
            self.points,
            self.labels,
            self.class_names,
            self.column_names,
            DRAWN_NAME,
            self.targets,
            self.target_name,
        )


def empty_canvas(task: str = CLASSIFICATION) -> DrawnPoints:
    """No points yet, for two classes or for regression."""
    points, labels = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    if task == REGRESSION:
        return DrawnPoints(points, labels, (), targets=np.empty(0))
    return DrawnPoints(points, labels, ("0", "1"))


def drawn_from(dataset: Dataset) -> DrawnPoints:
    """Any data set of two columns and at most 100,000 points as drawn points; raises DataError for more."""
    return DrawnPoints(
        dataset.points,
        dataset.labels,
        dataset.class_names,
        dataset.column_names,
        dataset.targets,
        dataset.target_name,
    )
