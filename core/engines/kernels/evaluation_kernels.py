"""Evaluation of many samples: each number of a sample (an activation, a z) lies beside that of the next sample.

So the lanes are full whatever the sizes of the layers. Each lane makes the operations of ``passes.forward``, in its
order, for one sample.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int64, types
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.engines.kernels.map_kernels import decide, shade
from core.engines.kernels.passes import activate, loss_of_sample, losses_of_columns, multiply, softmax_columns
from core.engines.kernels.plan import (
    ACTIVATION,
    BINARY_CROSS_ENTROPY,
    CHUNK,
    CROSS_ENTROPY,
    DELTA,
    HIDDEN,
    SLOPE,
    SOFTMAX,
    UNITS,
    WEIGHTS,
)
from core.engines.kernels.vectors import (
    LANES,
    ONE,
    absolute,
    called,
    inlined,
    load,
    number_at,
    spread,
    store,
    where_at_least,
    where_less,
)
from core.network.decision_rule import TIE


@called
def copy_in_by_unit(memory: Array, plan: Rows, flat: Array) -> None:
    """From a flat vector W1, b1, W2, b2, … to a row for each unit: its weights, then its bias."""
    source = 0
    for layer in range(1, len(plan)):
        row = plan[layer - 1, UNITS] + 1
        for k in range(row):  # the last one is the bias
            for unit in range(plan[layer, UNITS]):
                memory[plan[layer, WEIGHTS] + unit * row + k] = flat[source]
                source += 1


@inlined
def take_columns(memory: Array, place: int, values: Array, first: int, n: int, columns: int) -> None:
    """Copy some columns of the inputs or targets, which have a row for each unit."""
    whole = n - n % LANES
    for k in range(len(values)):
        goal, source = place + k * columns, k * values.shape[1] + first
        for s in range(0, whole, LANES):
            store(memory, goal + s, load(values, source + s))
        for s in range(whole, n):
            memory[goal + s] = values[k, first + s]


@called
def forward_columns(memory: Array, plan: Rows, columns: int) -> None:
    """All layers for samples whose inputs are in memory; the last layer's z stays in the place of its δ.

    ``columns`` is the number of samples, padded to whole vectors.
    """
    for layer in range(1, len(plan)):
        units, below, values, weights = (
            plan[layer, UNITS],
            plan[layer - 1, UNITS],
            plan[layer, HIDDEN],
            plan[layer, WEIGHTS],
        )
        for unit in range(units):
            bias = spread(memory[weights + unit * (below + 1) + below])
            for i in range(values + unit * columns, values + (unit + 1) * columns, LANES):
                store(memory, i, bias)
        hidden = plan[layer - 1, HIDDEN]
        multiply(memory, units, below, columns, values, values, columns, weights, below + 1, ONE, hidden)
        if layer == len(plan) - 1:
            for i in range(0, units * columns, LANES):
                store(memory, plan[layer, DELTA] + i, load(memory, values + i))
        if plan[layer, ACTIVATION] == SOFTMAX:
            softmax_columns(memory, values, units, columns)
        else:
            activate(memory, plan[layer, ACTIVATION], values, plan[layer, SLOPE], units * columns)


@inlined
def padded(n: int) -> int:
    """The number of samples rounded up to whole vectors."""
    return (n + LANES - 1) // LANES * LANES


def evaluate(
    parameters: Array,
    inputs: Array,
    result: Array,
    plan: Rows,
    memory: Array,
    first: int,
    ends: Array,
    shades: NDArray[np.uint8],
    span: float,
    winners: NDArray[np.int16],
    margins: Array,
) -> None:
    """The layers' a from the layer ``first`` on, one after another in ``result``, each of shape (n, units).

    ``inputs`` has shape (inputs, n).

    Where there is room for them, shades of all units, if ``first`` is 1, or decisions, if it is the last layer.
    """
    copy_in_by_unit(memory, plan, parameters)
    samples = inputs.shape[1]
    for begin in range(0, samples, CHUNK):
        n = min(CHUNK, samples - begin)
        columns = padded(n)
        take_columns(memory, plan[0, HIDDEN], inputs, begin, n, columns)
        forward_columns(memory, plan, columns)
        start = 0
        for layer in range(first, len(plan)):
            units, values = plan[layer, UNITS], plan[layer, HIDDEN]
            for s in range(n):
                for unit in range(units):
                    result[start + (begin + s) * units + unit] = memory[values + unit * columns + s]
            start += samples * units
    if shades.shape[1] > 0:
        shade(inputs, result, ends, plan, shades)
    if len(winners) > 0:
        decide(result.reshape(samples, plan[len(plan) - 1, UNITS]), span, winners, margins)


def measure(
    parameters: Array,
    inputs: Array,
    targets: Array,
    losses: Array,
    outputs: Array,
    classes: Rows,
    plan: Rows,
    memory: Array,
    targets_place: int,
    loss: int,
) -> None:
    """The loss of each sample in ``losses``, shape (n,), and its outputs in ``outputs``, shape (n, units).

    ``inputs`` and ``targets`` have shapes (inputs, n) and (units, n). Where there is room in ``classes``, shape (n,),
    they get the classes by :mod:`core.network.decision_rule`, and ``outputs`` may have no rows.
    """
    copy_in_by_unit(memory, plan, parameters)
    last, samples = len(plan) - 1, len(losses)
    units, values, sums = plan[last, UNITS], plan[last, HIDDEN], plan[last, DELTA]
    for begin in range(0, samples, CHUNK):
        n = min(CHUNK, samples - begin)
        columns = padded(n)
        take_columns(memory, plan[0, HIDDEN], inputs, begin, n, columns)
        take_columns(memory, targets_place, targets, begin, n, columns)
        forward_columns(memory, plan, columns)
        if loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY):
            for s in range(n):
                losses[begin + s] = loss_of_sample(
                    memory, loss, sums + s, values + s, targets_place + s, units, columns
                )
        else:
            losses_of_columns(memory, loss, values, targets_place, units, columns, sums)
            for s in range(n):
                losses[begin + s] = memory[sums + s]
        if len(classes) > 0:
            classes_of_columns(memory, values, units, columns, sums)
            for s in range(n):
                classes[begin + s] = int64(number_at(memory, sums + s))
        if len(outputs) > 0:
            for s in range(n):
                for unit in range(units):
                    outputs[begin + s, unit] = memory[values + unit * columns + s]


@called
def classes_of_columns(memory: Array, values: int, units: int, columns: int, result: int) -> None:
    """The class of each of the ``columns`` by :func:`core.network.decision_rule.decide`, as a number."""
    for i in range(0, columns, LANES):
        largest = load(memory, values + i)
        for unit in range(1, units):
            a = load(memory, values + unit * columns + i)
            largest = where_less(largest, a, a, largest)
        least = largest - absolute(largest) * TIE
        first, first_nan = spread(0.0), spread(-1.0)
        for unit in range(units - 1, -1, -1):
            a, number = load(memory, values + unit * columns + i), float64(unit)
            first = where_at_least(a, largest, number, where_at_least(a, least, number, first))
            first_nan = where_at_least(a, a, first_nan, number)
        store(memory, result + i, where_less(first_nan, 0.0, first, first_nan))


_VALUES, _PLAN, _TABLE = float64[::1], int64[:, ::1], float64[:, ::1]
_READ_TABLE = types.Array(float64, 2, "C", readonly=True)
EVALUATE = types.none(
    _VALUES, _READ_TABLE, _VALUES, _PLAN, _VALUES, int64,
    _TABLE, types.uint8[:, ::1], float64, types.int16[::1], _VALUES,
)  # fmt: skip
MEASURE = types.none(_VALUES, _READ_TABLE, _READ_TABLE, _VALUES, _TABLE, int64[::1], _PLAN, _VALUES, int64, int64)
