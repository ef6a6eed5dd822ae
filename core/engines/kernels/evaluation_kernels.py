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
from core.engines.kernels.passes import apply_activation, loss_of_sample, losses_of_columns, softmax_columns
from core.engines.kernels.plan import (
    ACTIVATION,
    BINARY_CROSS_ENTROPY,
    BLOCK,
    CROSS_ENTROPY,
    DELTA,
    HIDDEN,
    SOFTMAX,
    UNITS,
    WEIGHTS,
)
from core.engines.kernels.vectors import (
    LANES,
    MANY_REGISTERS,
    absolute,
    called,
    inlined,
    load,
    multiply_add,
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
def take_columns(memory: Array, place: int, values: Array, first: int, columns: int) -> None:
    """Copy some columns of the inputs or targets, which have a row for each unit."""
    for k in range(len(values)):
        goal, source = place + k * columns, k * values.shape[1] + first
        for s in range(0, columns, LANES):
            store(memory, goal + s, load(values, source + s))


@called
def weigh_by_fours(
    memory: Array, weights: int, below: int, units_below: int, values: int, units: int, columns: int
) -> None:
    """A layer's z, for ``columns`` samples in whole blocks; four units by two vectors at a time.

    One number of the weights serves two products, one vector of the samples four; and eight sums keep the processor
    busy, which begins two products in a cycle and ends each four cycles later. Where fewer than four units are left,
    the last one is computed several times.
    """
    row, last = units_below + 1, units - 1
    for unit0 in range(0, units, 4):
        unit1, unit2, unit3 = min(unit0 + 1, last), min(unit0 + 2, last), min(unit0 + 3, last)
        w0, w1, w2, w3 = weights + unit0 * row, weights + unit1 * row, weights + unit2 * row, weights + unit3 * row
        for column in range(0, columns, BLOCK):
            sum0 = tum0 = spread(number_at(memory, w0 + units_below))
            sum1 = tum1 = spread(number_at(memory, w1 + units_below))
            sum2 = tum2 = spread(number_at(memory, w2 + units_below))
            sum3 = tum3 = spread(number_at(memory, w3 + units_below))
            place = below + column
            for k in range(units_below):
                h, more = load(memory, place), load(memory, place + LANES)
                w = number_at(memory, w0 + k)
                sum0, tum0 = multiply_add(h, w, sum0), multiply_add(more, w, tum0)
                w = number_at(memory, w1 + k)
                sum1, tum1 = multiply_add(h, w, sum1), multiply_add(more, w, tum1)
                w = number_at(memory, w2 + k)
                sum2, tum2 = multiply_add(h, w, sum2), multiply_add(more, w, tum2)
                w = number_at(memory, w3 + k)
                sum3, tum3 = multiply_add(h, w, sum3), multiply_add(more, w, tum3)
                place += columns
            goal = values + column
            store(memory, goal + unit0 * columns, sum0)
            store(memory, goal + unit0 * columns + LANES, tum0)
            store(memory, goal + unit1 * columns, sum1)
            store(memory, goal + unit1 * columns + LANES, tum1)
            store(memory, goal + unit2 * columns, sum2)
            store(memory, goal + unit2 * columns + LANES, tum2)
            store(memory, goal + unit3 * columns, sum3)
            store(memory, goal + unit3 * columns + LANES, tum3)


@called
def weigh_by_twos(
    memory: Array, weights: int, below: int, units_below: int, values: int, units: int, columns: int
) -> None:
    """As ``weigh_by_fours``, two units by two vectors at a time: with AVX2, each sum takes two of 16 registers."""
    row = units_below + 1
    for unit0 in range(0, units, 2):
        unit1 = min(unit0 + 1, units - 1)
        w0, w1 = weights + unit0 * row, weights + unit1 * row
        for column in range(0, columns, BLOCK):
            sum0 = tum0 = spread(number_at(memory, w0 + units_below))
            sum1 = tum1 = spread(number_at(memory, w1 + units_below))
            place = below + column
            for k in range(units_below):
                h, more = load(memory, place), load(memory, place + LANES)
                w = number_at(memory, w0 + k)
                sum0, tum0 = multiply_add(h, w, sum0), multiply_add(more, w, tum0)
                w = number_at(memory, w1 + k)
                sum1, tum1 = multiply_add(h, w, sum1), multiply_add(more, w, tum1)
                place += columns
            goal = values + column
            store(memory, goal + unit0 * columns, sum0)
            store(memory, goal + unit0 * columns + LANES, tum0)
            store(memory, goal + unit1 * columns, sum1)
            store(memory, goal + unit1 * columns + LANES, tum1)


weigh_columns = weigh_by_fours if MANY_REGISTERS else weigh_by_twos


@called
def forward_columns(memory: Array, plan: Rows, columns: int, keeps_z: bool) -> None:
    """All layers for samples whose inputs are in memory; where wanted, the last layer's z stay in the place of its δ.

    ``columns`` is the number of samples, in whole blocks.
    """
    for layer in range(1, len(plan)):
        units, values = plan[layer, UNITS], plan[layer, HIDDEN]
        below, units_below = plan[layer - 1, HIDDEN], plan[layer - 1, UNITS]
        weigh_columns(memory, plan[layer, WEIGHTS], below, units_below, values, units, columns)
        if keeps_z and layer == len(plan) - 1:
            for i in range(0, units * columns, LANES):
                store(memory, plan[layer, DELTA] + i, load(memory, values + i))
        if plan[layer, ACTIVATION] == SOFTMAX:
            softmax_columns(memory, values, units, columns)
        else:
            apply_activation(memory, plan[layer, ACTIVATION], values, units * columns)


def evaluate(
    parameters: Array,
    inputs: Array,
    result: Array,
    samples: int,
    plan: Rows,
    memory: Array,
    chunk: int,
    first: int,
    ends: Array,
    shades: NDArray[np.uint8],
    span: float,
    winners: NDArray[np.int16],
    margins: Array,
) -> None:
    """The layers' a from the layer ``first`` on, one after another in ``result``, each of shape (n, units).

    ``inputs`` has shape (inputs, n), padded to whole blocks. Where there is room for them, shades of all units, if
    ``first`` is 1, or decisions, if it is the last layer.
    """
    copy_in_by_unit(memory, plan, parameters)
    for begin in range(0, samples, chunk):
        n, columns = min(chunk, samples - begin), min(chunk, inputs.shape[1] - begin)
        take_columns(memory, plan[0, HIDDEN], inputs, begin, columns)
        forward_columns(memory, plan, columns, False)
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
    classes: Array,
    plan: Rows,
    memory: Array,
    chunk: int,
    targets_place: int,
    loss: int,
) -> None:
    """The loss of each sample in ``losses``, shape (n,), and its outputs in ``outputs``, shape (n, units).

    ``inputs`` and ``targets`` have shapes (inputs, n) and (units, n), and all are padded to whole blocks. Where there
    is room in ``classes``, shape (n,), they get the classes by :mod:`core.network.decision_rule`, and ``outputs`` may
    have no rows. ``chunk`` samples go through the layers together.
    """
    copy_in_by_unit(memory, plan, parameters)
    last, samples = len(plan) - 1, len(losses)
    units, values, sums = plan[last, UNITS], plan[last, HIDDEN], plan[last, DELTA]
    takes_z = loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY)
    for begin in range(0, samples, chunk):
        columns = min(chunk, samples - begin)
        take_columns(memory, plan[0, HIDDEN], inputs, begin, columns)
        take_columns(memory, targets_place, targets, begin, columns)
        forward_columns(memory, plan, columns, takes_z)
        if takes_z:
            for s in range(columns):
                losses[begin + s] = loss_of_sample(
                    memory, loss, sums + s, values + s, targets_place + s, units, columns
                )
        else:
            losses_of_columns(memory, loss, values, targets_place, units, columns, sums)
            for s in range(0, columns, LANES):
                store(losses, begin + s, load(memory, sums + s))
        if len(classes) > 0:
            classes_of_columns(memory, values, units, columns, classes, begin)
        if len(outputs) > 0:
            for unit in range(units):
                for s in range(columns):
                    outputs[begin + s, unit] = number_at(memory, values + unit * columns + s)


@called
def classes_of_columns(memory: Array, values: int, units: int, columns: int, classes: Array, begin: int) -> None:
    """The class of each of the ``columns`` by :func:`core.network.decision_rule.decide`, from a place on."""
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
        store(classes, begin + i, where_less(first_nan, 0.0, first, first_nan))


_VALUES, _PLAN, _TABLE = float64[::1], int64[:, ::1], float64[:, ::1]
_READ_TABLE = types.Array(float64, 2, "C", readonly=True)
EVALUATE = types.none(
    _VALUES, _READ_TABLE, _VALUES, int64, _PLAN, _VALUES, int64, int64,
    _TABLE, types.uint8[:, ::1], float64, types.int16[::1], _VALUES,
)  # fmt: skip
MEASURE = types.none(_VALUES, _READ_TABLE, _READ_TABLE, _VALUES, _TABLE, _VALUES, _PLAN, _VALUES, int64, int64, int64)
