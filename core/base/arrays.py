"""The array types of the program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
"""Indices, such as rows of a data set."""

Shades = NDArray[np.uint8]
"""Values as positions on a colour scale, see :mod:`core.engines.numpy_forward`."""
