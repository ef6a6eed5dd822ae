"""Runs of one shape side by side in the lanes of the vector unit, each to the bits that it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

LANES = 8
"""Runs that are trained at a time."""
