"""The array types of the program, and arrays that nobody may write into."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
"""Indices, such as rows of a data set."""

Shades = NDArray[np.uint8]
"""Values as positions on a colour scale, see :mod:`core.engines.numpy_forward`."""


def read_only(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """The same arrays, made read-only."""
    for array in arrays:
        array.flags.writeable = False
    return arrays


def read_only_copy(array: Array) -> Array:
    """A copy that stays as it is, whatever becomes of the array."""
    (copy,) = read_only(array.copy())
    return copy


def running_medians(values: Array, count: int) -> Array:
    """The medians of so many neighbours each, an odd number; shape (n − count + 1,). See :func:`median`."""
    windows = np.lib.stride_tricks.sliding_window_view(values, count)
    found: Array = np.partition(windows, count // 2, axis=1)[:, count // 2]
    return found


def median(values: Array) -> float:
    """The median of at least one value; NaN if one is. NumPy's own loads masked arrays, at the start of each window."""
    ordered, middle = np.sort(values), len(values) // 2
    if np.isnan(ordered[-1]):
        return float("nan")
    return float(ordered[middle - 1 + len(values) % 2 : middle + 1].mean())


def spread_rows(count: int, most: int) -> Rows:
    """At most so many of ``count`` rows, spread evenly over them, the first and the last included."""
    rows: Rows = np.linspace(0, count - 1, min(count, most)).astype(np.int64)
    return rows
