"""The kinds of arrays that the program computes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
"""Indices, such as rows of a data set."""

Shades = NDArray[np.uint8]
"""Values as shades of a scale of colours, see :mod:`core.engines.numpy_forward`."""
