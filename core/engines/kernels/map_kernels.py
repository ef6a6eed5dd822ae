"""What the network computes over a plane, made ready to be drawn, as :mod:`core.engines.numpy_forward` does."""

from __future__ import annotations

import numpy as np
from numba import float64, int64
from numpy.typing import NDArray

from core.base.arrays import Array, Rows, Shades
from core.engines.kernels.plan import UNITS
from core.engines.kernels.vectors import called
from core.network.decision_rule import TIE


@called
def shade_unit(values: Array, place: int, stride: int, ends: Array, is_input: bool, shades: Shades) -> None:
    """One unit's values, each ``stride`` behind the other from ``place`` on, as shades between its ends."""
    low, high = ends[0], ends[1]
    if np.isnan(low):
        low = high = values[place] if is_input else abs(values[place])
        for i in range(len(shades)):
            value = values[place + i * stride] if is_input else abs(values[place + i * stride])
            low = value if value < low or np.isnan(value) else low
            high = value if value > high or np.isnan(value) else high
        if not is_input:
            low = -high
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    if not half > 0.0:
        half = 1.0
    for i in range(len(shades)):
        scaled = (values[place + i * stride] - middle) / half
        scaled = 0.0 if np.isnan(scaled) else min(max(scaled, -1.0), 1.0)
        shades[i] = int64(min(scaled * 127.5 + 128.0, 255.0))


@called
def shade(inputs: Array, activations: Array, ends: Array, plan: Rows, shades: Shades) -> None:
    """Shades of all units, shape (units, n), from the inputs, shape (inputs, n or more), and the activations."""
    width, n = len(inputs), shades.shape[1]
    for unit in range(width):
        shade_unit(inputs[unit], int64(0), int64(1), ends[0], True, shades[unit])
    start, done = 0, width
    for layer in range(1, len(plan)):
        units = plan[layer, UNITS]
        for unit in range(units):
            shade_unit(activations, start + unit, units, ends[layer], False, shades[done + unit])
        start, done = start + n * units, done + units


@called
def decide(outputs: Array, span: float, winners: NDArray[np.int16], margins: Array) -> None:
    """Each sample's class, and the lead of its largest output over the second, as ``NumpyForwardPass.decisions``."""
    n, units = outputs.shape
    for s in range(n):
        best, second, winner = outputs[s, 0], -np.inf, 0
        for unit in range(1, units):
            value = outputs[s, unit]
            if np.isnan(best):
                break
            if value > best or np.isnan(value):
                second, best, winner = best, value, unit
            elif value > second:
                second = value
        least = best - TIE * abs(best)
        for unit in range(winner):
            if outputs[s, unit] >= least:
                winner = unit
                break
        margin = (best - second) / span
        winners[s] = winner
        margins[s] = 0.0 if np.isnan(margin) else min(max(float64(margin), 0.0), 1.0)
