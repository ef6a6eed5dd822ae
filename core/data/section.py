"""Sections: the plane that a picture shows of data with more than two columns.

A section maps points of the picture, shape (m, 2), to points of the data, shape (m, d), and back. Data with two columns
have no section.
"""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import Dataset

MOST_ROWS = 20_000
"""Most rows from which medians, spreads and axes are computed, evenly picked, so that this takes no time."""


@dataclass(frozen=True)
class Slice:
    """A slice: two columns vary, and each of the others has a fixed value.

    Attributes:
        columns: indices of the two that vary, counted from 0: the picture's x and y.
        values: d values, the fixed value of each column unless it varies.
        spread: d numbers above 0, the standard deviations of the columns.
    """

    columns: tuple[int, int]
    values: tuple[float, ...]
    spread: tuple[float, ...]

    @property
    def dimensions(self) -> int:
        """Number of columns d."""
        return len(self.values)

    @property
    def others(self) -> tuple[int, ...]:
        """The indices of the columns with fixed values."""
        return tuple(column for column in range(self.dimensions) if column not in self.columns)

    def embed(self, places: Array) -> Array:
        """The data's points, shape (m, d), at places of the picture, shape (m, 2)."""
        points = np.tile(np.array(self.values), (len(places), 1))
        points[:, self.columns] = places
        return points

    def project(self, points: Array) -> Array:
        """The places in the picture, shape (n, 2), of points of the data, shape (n, d)."""
        return points[:, self.columns]

    def distances(self, points: Array) -> Array:
        """The distances of points from the plane, shape (n,): root mean square over the other columns, in spreads."""
        others = list(self.others)
        with np.errstate(all="ignore"):
            off = (points[:, others] - np.array(self.values)[others]) / np.array(self.spread)[others]
            return np.asarray(np.sqrt(np.mean(off * off, axis=1)))

    def axis_titles(self, column_names: tuple[str, ...]) -> tuple[str, str]:
        """The names of the picture's two axes."""
        return column_names[self.columns[0]], column_names[self.columns[1]]

    axis_names = axis_titles


@dataclass(frozen=True)
class PrincipalAxes:
    """The plane of the first two principal axes, through the mean; each column is divided by its spread.

    So columns of different units can be compared. The units of the picture are spreads too.

    Attributes:
        center: d numbers, the means of the columns.
        spread: d numbers above 0, their standard deviations.
        axes: the two directions, each a vector of d numbers with length 1.
        shares: the share of the total variance along each of the two.
    """

    center: tuple[float, ...]
    spread: tuple[float, ...]
    axes: tuple[tuple[float, ...], tuple[float, ...]]
    shares: tuple[float, float]

    @property
    def dimensions(self) -> int:
        """Number of columns d."""
        return len(self.center)

    def embed(self, places: Array) -> Array:
        """The data's points, shape (m, d), at places of the picture, shape (m, 2)."""
        return np.asarray(places @ np.array(self.axes) * np.array(self.spread) + np.array(self.center))

    def project(self, points: Array) -> Array:
        """The places in the picture, shape (n, 2), of points of the data, shape (n, d), projected onto the plane."""
        return np.asarray(self._standardized(points) @ np.array(self.axes).T)

    def distances(self, points: Array) -> Array:
        """The distances of points from the plane, shape (n,): root mean square over other directions, in spreads."""
        standardized = self._standardized(points)
        rest = standardized - standardized @ np.array(self.axes).T @ np.array(self.axes)
        return np.asarray(np.sqrt(np.sum(rest * rest, axis=1) / (self.dimensions - 2)))

    def axis_titles(self, column_names: tuple[str, ...]) -> tuple[str, str]:
        """The names of the picture's two axes, with the share of the variance along each."""
        first, second = (
            _("axis {number} ({share:.0f} %)").format(number=number, share=100.0 * share)
            for number, share in enumerate(self.shares, 1)
        )
        return first, second

    def axis_names(self, column_names: tuple[str, ...]) -> tuple[str, str]:
        """The names of the two axes without the shares."""
        return _("axis 1"), _("axis 2")

    def _standardized(self, points: Array) -> Array:
        return np.asarray((points - np.array(self.center)) / np.array(self.spread))


Section = Slice | PrincipalAxes


def is_sound(section: Section) -> bool:
    """Whether a section that was read from a file is valid for some data."""
    if isinstance(section, Slice):
        rows: tuple[tuple[float, ...], ...] = section.values, section.spread
        low, high = sorted(section.columns)
        if not 0 <= low < high < section.dimensions:
            return False
    else:
        rows = section.center, section.spread, *section.axes
    numbers = np.array(rows) if len({len(row) for row in rows}) == 1 else np.zeros((1, 0))
    if numbers.shape[1] < 3 or not np.isfinite(numbers).all() or not (numbers[1] > 0.0).all():
        return False
    if isinstance(section, Slice):
        return True
    axes = numbers[2:]
    with np.errstate(over="ignore", invalid="ignore"):
        upright = np.allclose(axes @ axes.T, np.eye(2), atol=1e-6)
    return upright and all(0.0 <= share <= 1.0 for share in section.shares)


def default_section(dataset: Dataset) -> Slice | None:
    """The slice of the first two columns at the medians of all others; None for data with two columns."""
    if dataset.dimensions == 2:
        return None
    rows = _some_rows(dataset)
    _, spread = _center_and_spread(rows)
    return Slice((0, 1), tuple(np.median(rows, axis=0).tolist()), tuple(spread.tolist()))


def principal_axes(dataset: Dataset) -> PrincipalAxes:
    """The plane of the principal axes; the largest component of each axis is positive."""
    rows = _some_rows(dataset)
    center, spread = _center_and_spread(rows)
    standardized = (rows - center) / spread
    variances, directions = np.linalg.eigh(standardized.T @ standardized / len(rows))
    axes = directions[:, [-1, -2]].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = axes * np.where(largest < 0.0, -1.0, 1.0)
    total = variances.sum()
    shares = np.clip(variances[[-1, -2]] / total, 0.0, 1.0) if total > 0.0 else np.zeros(2)
    first, second = (tuple(axis) for axis in axes.tolist())
    return PrincipalAxes(
        tuple(center.tolist()), tuple(spread.tolist()), (first, second), (float(shares[0]), float(shares[1]))
    )


def fitted(section: Section | None, dataset: Dataset, before: Dataset | None) -> Section | None:
    """The section after a change of data: the same kind of section if the columns are equal, otherwise the default."""
    if section is None or before is None or dataset.column_names != before.column_names:
        return default_section(dataset)
    if dataset is before or isinstance(section, Slice):
        return section
    return principal_axes(dataset)


def project(section: Section | None, points: Array) -> Array:
    """The places in the picture, shape (n, 2), of points of the data, shape (n, d)."""
    return points if section is None else section.project(points)


def _some_rows(dataset: Dataset) -> Array:
    return dataset.points[:: max(1, -(-len(dataset) // MOST_ROWS))]


def _center_and_spread(points: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column, computed without overflow; 1 for a constant column."""
    size = np.abs(points).max(axis=0, initial=0.0)
    size[size == 0.0] = 1.0
    scaled = points / size
    center, spread = scaled.mean(axis=0) * size, scaled.std(axis=0) * size
    constant = np.ptp(points / 2.0, axis=0) == 0.0
    return np.where(constant, points[0], center), np.where(constant | (spread == 0.0), 1.0, spread)
