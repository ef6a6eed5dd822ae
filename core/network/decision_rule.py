"""Which class the outputs of a network mean: one rule for scores, maps, reports, predictions and exports."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, Rows

TIE = 1e-12
"""Outputs that lie below the largest by no more than this share of it count as equal to it. They are equal to within
rounding, and the engines, the reference and exported models round in different ways."""


def decide(outputs: Array) -> Rows:
    """The class of each sample, shape (n,): that of the largest output, of equals (see TIE) the first.

    An output that is not a number wins over all others.

    Args:
        outputs: shape (n, classes), at least one class.
    """
    best: Rows = np.argmax(outputs, axis=1)
    largest = np.take_along_axis(outputs, best[:, None], axis=1)
    with np.errstate(all="ignore"):
        equal = outputs >= largest - TIE * np.abs(largest)
    np.put_along_axis(equal, best[:, None], True, axis=1)
    first: Rows = np.argmax(equal, axis=1)
    return first
