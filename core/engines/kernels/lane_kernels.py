"""Eight runs of one shape side by side: lane l of every vector belongs to run l.

A number of one run (a weight, an activation, a δ) becomes a vector of the same number of all runs, so the lanes are
full whatever the sizes of the layers. Each lane makes the very operations, in the very order, that
:mod:`core.engines.kernels.loops` makes for one run, so it leaves the same bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import float64, int64, types, uint64
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.engines.kernels.passes import activate, loss_gradient, loss_of_sample, losses_of_columns, softmax_columns
from core.engines.kernels.plan import (
    ACTIVATION,
    BIAS,
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    DELTA,
    HIDDEN,
    SGD,
    SLOPE,
    SOFTMAX,
    UNITS,
    WEIGHTS,
)
from core.engines.kernels.update_kernels import penalize, update
from core.engines.kernels.vectors import (
    LANES,
    called,
    inlined,
    load,
    multiply_add,
    number_at,
    spread,
    store,
)

Keys = NDArray[np.uint64]
"""From which each run's dropout draws, shape (LANES,)."""


@called
def lanes_in(memory: Array, offset: int, flats: Array) -> None:
    """From a flat vector for each run, shape (LANES, parameters), to vectors of the same parameter of all runs."""
    for lane in range(LANES):
        for index in range(flats.shape[1]):
            memory[offset + index * LANES + lane] = flats[lane, index]


@called
def lanes_out(memory: Array, offset: int, flats: Array) -> None:
    """The other way round."""
    for lane in range(LANES):
        for index in range(flats.shape[1]):
            flats[lane, index] = memory[offset + index * LANES + lane]


@inlined
def take_samples(memory: Array, place: int, values: Array, order: Rows, k: int) -> None:
    """Copy each run's k-th sample: one row of the inputs or targets."""
    for lane in range(LANES):
        row = order[lane, k]
        for column in range(values.shape[1]):
            memory[place + column * LANES + lane] = values[row, column]


@called
def forward_lanes(memory: Array, plan: Rows, layer: int) -> None:
    """One layer of one sample of each run, as ``forward`` does."""
    units, units_below = plan[layer, UNITS], plan[layer - 1, UNITS]
    values, below, weights, bias = plan[layer, HIDDEN], plan[layer - 1, HIDDEN], plan[layer, WEIGHTS], plan[layer, BIAS]
    row = units * LANES
    whole = units - units % 4
    for unit in range(0, whole, 4):  # four sums at a time: each waits for its own last term alone
        begin = bias + unit * LANES
        sum0, sum1 = load(memory, begin), load(memory, begin + LANES)
        sum2, sum3 = load(memory, begin + 2 * LANES), load(memory, begin + 3 * LANES)
        place = weights + unit * LANES
        for k in range(below, below + units_below * LANES, LANES):
            h = load(memory, k)
            sum0 = multiply_add(load(memory, place), h, sum0)
            sum1 = multiply_add(load(memory, place + LANES), h, sum1)
            sum2 = multiply_add(load(memory, place + 2 * LANES), h, sum2)
            sum3 = multiply_add(load(memory, place + 3 * LANES), h, sum3)
            place += row
        end = values + unit * LANES
        store(memory, end, sum0)
        store(memory, end + LANES, sum1)
        store(memory, end + 2 * LANES, sum2)
        store(memory, end + 3 * LANES, sum3)
    for unit in range(whole, units):
        total = load(memory, bias + unit * LANES)
        place = weights + unit * LANES
        for k in range(below, below + units_below * LANES, LANES):
            total = multiply_add(load(memory, place), load(memory, k), total)
            place += row
        store(memory, values + unit * LANES, total)
    if layer == len(plan) - 1:
        for i in range(0, row, LANES):
            store(memory, plan[layer, DELTA] + i, load(memory, values + i))
    if plan[layer, ACTIVATION] == SOFTMAX:
        softmax_columns(memory, values, units, LANES)
    else:
        activate(memory, plan[layer, ACTIVATION], values, plan[layer, SLOPE], row)


@called
def drop_lanes(memory: Array, plan: Rows, layer: int, dropout: float, keys: Keys, position: int, unit: int) -> None:
    """As ``drop``, for one sample of each run; ``unit`` counts the hidden units before this layer."""
    hidden_units = 0
    for other in range(1, len(plan) - 1):
        hidden_units += plan[other, UNITS]
    kept = 1.0 / (1.0 - dropout)
    for k in range(plan[layer, UNITS]):
        counter = uint64(position) * uint64(hidden_units) + uint64(unit + k + 1)
        for lane in range(LANES):
            z = keys[lane] + counter * uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
            z = z ^ (z >> uint64(31))
            factor = kept if float64(z >> uint64(11)) * 2.0**-53 >= dropout else 0.0
            memory[plan[layer, HIDDEN] + k * LANES + lane] *= factor
            memory[plan[layer, SLOPE] + k * LANES + lane] *= factor


@called
def output_delta_lanes(memory: Array, plan: Rows, loss: int, targets: int) -> None:
    """As ``output_delta``, for one sample of each run."""
    last = len(plan) - 1
    units = plan[last, UNITS]
    values, slopes, delta = plan[last, HIDDEN], plan[last, SLOPE], plan[last, DELTA]
    loss_gradient(memory, loss, values, targets, delta, units * LANES, 1.0 / float64(units))
    if loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY):
        return  # a - y already is δ
    if plan[last, ACTIVATION] == SOFTMAX:
        weighted = spread(0.0)
        for i in range(0, units * LANES, LANES):
            weighted = weighted + load(memory, delta + i) * load(memory, values + i)
        for i in range(0, units * LANES, LANES):
            store(memory, delta + i, (load(memory, delta + i) - weighted) * load(memory, values + i))
        return
    for i in range(0, units * LANES, LANES):
        store(memory, delta + i, load(memory, delta + i) * load(memory, slopes + i))


@called
def delta_below(memory: Array, plan: Rows, layer: int) -> None:
    """δ of the layer below from this layer's δ and weights."""
    units, weights, delta = plan[layer, UNITS], plan[layer, WEIGHTS], plan[layer, DELTA]
    upstream, slopes = plan[layer - 1, DELTA], plan[layer - 1, SLOPE]
    place = weights
    for i in range(0, plan[layer - 1, UNITS] * LANES, LANES):
        total = spread(0.0)
        for d in range(delta, delta + units * LANES, LANES):
            total = multiply_add(load(memory, place), load(memory, d), total)
            place += LANES
        store(memory, upstream + i, total * load(memory, slopes + i))


@called
def add_gradients(memory: Array, plan: Rows, layer: int, block: int) -> None:
    """Add h·δ to the gradient of the weights, and δ to that of the biases."""
    row, delta, hidden = plan[layer, UNITS] * LANES, plan[layer, DELTA], plan[layer - 1, HIDDEN]
    place = block + plan[layer, WEIGHTS]
    for k in range(hidden, hidden + plan[layer - 1, UNITS] * LANES, LANES):
        h = load(memory, k)
        for i in range(0, row, LANES):
            store(memory, place, multiply_add(load(memory, delta + i), h, load(memory, place)))
            place += LANES
    place = block + plan[layer, BIAS]
    for i in range(0, row, LANES):
        store(memory, place + i, load(memory, place + i) + load(memory, delta + i))


@called
def step_down(memory: Array, plan: Rows, layer: int, rates: int) -> None:
    """Plain SGD with batches of one sample: w ← w - η·(h·δ), and first δ of the layer below from the old weights."""
    units, delta, weights, bias = plan[layer, UNITS], plan[layer, DELTA], plan[layer, WEIGHTS], plan[layer, BIAS]
    row, hidden = units * LANES, plan[layer - 1, HIDDEN]
    rate = load(memory, rates)
    place = weights
    for i in range(0, plan[layer - 1, UNITS] * LANES, LANES):
        h = load(memory, hidden + i)
        total = spread(0.0)
        for d in range(delta, delta + row, LANES):
            w, slope = load(memory, place), load(memory, d)
            total = multiply_add(w, slope, total)
            store(memory, place, w - slope * h * rate)
            place += LANES
        if layer > 1:
            store(memory, plan[layer - 1, DELTA] + i, total * load(memory, plan[layer - 1, SLOPE] + i))
    for i in range(0, row, LANES):
        store(memory, bias + i, load(memory, bias + i) - load(memory, delta + i) * rate)


class LaneTraining(NamedTuple):
    """What is learned: inputs and targets of all runs, and for each run its rows of them and a rate for each batch."""

    inputs: Array
    targets: Array
    orders: Rows
    rates: Array


class LaneRoom(NamedTuple):
    """The memory of all runs: places in it, see :class:`core.engines.lane_engine.LaneLayout`."""

    plan: Rows
    memory: Array
    block: int
    targets: int
    rates: int


class LaneSettings(NamedTuple):
    """How an update is made; ``step`` and ``position`` are those at which the first batch begins."""

    batch_size: int
    loss: int
    optimizer: int
    momentum: float
    l1: float
    l2: float
    dropout: float
    step: int
    position: int


def train_lanes(
    parameters: Array,
    before_last: Array,
    gradients: Array,
    first_slots: Array,
    second_slots: Array,
    inputs: Array,
    targets: Array,
    orders: Rows,
    rates: Array,
    frozen: Rows,
    keys: Keys,
    plan: Rows,
    memory: Array,
    block: int,
    targets_place: int,
    rates_place: int,
    batch_size: int,
    loss: int,
    optimizer: int,
    momentum: float,
    l1: float,
    l2: float,
    dropout: float,
    step: int,
    position: int,
) -> bool:
    """Run the batches of each run's order, shape (LANES, samples), at its own rates, shape (LANES, batches).

    Parameters, gradients and slots have shape (LANES, parameters). Returns false, with nothing changed, where an order
    names a row that does not exist. ``frozen`` are places in a flat vector.
    """
    for lane in range(LANES):
        for k in range(orders.shape[1]):
            if orders[lane, k] < 0 or orders[lane, k] >= len(inputs):
                return False
    lanes_in(memory, 0, parameters)
    lanes_in(memory, 2 * block, first_slots)
    lanes_in(memory, 3 * block, second_slots)
    samples = LaneTraining(inputs, targets, orders, rates)
    room = LaneRoom(plan, memory, block, targets_place, rates_place)
    if batch_size == 1 and optimizer == SGD and l1 == 0.0 and l2 == 0.0 and dropout == 0.0 and len(frozen) == 0:
        train_lanes_sample_by_sample(samples, room, before_last, loss)
    else:
        settings = LaneSettings(batch_size, loss, optimizer, momentum, l1, l2, dropout, step, position)
        train_lane_batches(samples, room, before_last, frozen, keys, settings)
    lanes_out(memory, 0, parameters)
    lanes_out(memory, block, gradients)
    lanes_out(memory, 2 * block, first_slots)
    lanes_out(memory, 3 * block, second_slots)
    return True


@inlined
def take_rates(memory: Array, place: int, rates: Array, batch: int) -> None:
    """Each run's rate of a batch."""
    for lane in range(LANES):
        memory[place + lane] = rates[lane, batch]


@called
def train_lanes_sample_by_sample(samples: LaneTraining, room: LaneRoom, before_last: Array, loss: int) -> None:
    """Plain SGD with batches of one sample."""
    inputs, targets, orders, rates = samples
    plan, memory, block, targets_place, rates_place = room
    last = len(plan) - 1
    for k in range(orders.shape[1]):
        if k == orders.shape[1] - 1:
            lanes_out(memory, 0, before_last)
        take_rates(memory, rates_place, rates, k)
        take_samples(memory, plan[0, HIDDEN], inputs, orders, k)
        take_samples(memory, targets_place, targets, orders, k)
        for layer in range(1, last + 1):
            forward_lanes(memory, plan, layer)
        output_delta_lanes(memory, plan, loss, targets_place)
        for layer in range(last, 0, -1):
            step_down(memory, plan, layer, rates_place)
    for i in range(block, 2 * block, LANES):  # the last sample's gradient, from its h and δ
        store(memory, i, 0.0)
    for layer in range(1, last + 1):
        add_gradients(memory, plan, layer, block)


@called
def add_gradients_of_sample(samples: LaneTraining, room: LaneRoom, keys: Keys, settings: LaneSettings, k: int) -> None:
    """Forward and backward pass of each run's k-th sample."""
    plan, memory, block, targets_place, _ = room
    last, unit = len(plan) - 1, 0
    take_samples(memory, plan[0, HIDDEN], samples.inputs, samples.orders, k)
    take_samples(memory, targets_place, samples.targets, samples.orders, k)
    for layer in range(1, last + 1):
        forward_lanes(memory, plan, layer)
        if settings.dropout > 0.0 and layer < last:
            drop_lanes(memory, plan, layer, settings.dropout, keys, settings.position + k, unit)
            unit += plan[layer, UNITS]
    output_delta_lanes(memory, plan, settings.loss, targets_place)
    for layer in range(last, 0, -1):
        if layer > 1:
            delta_below(memory, plan, layer)
        add_gradients(memory, plan, layer, block)


@called
def train_lane_batches(
    samples: LaneTraining, room: LaneRoom, before_last: Array, frozen: Rows, keys: Keys, settings: LaneSettings
) -> None:
    """Any rule, batches of any size."""
    rates = samples.rates
    plan, memory, block, _, rates_place = room
    batch_size, _, optimizer, momentum, l1, l2, _, step, _ = settings
    kept = 4 * block
    for batch in range(rates.shape[1]):
        first = batch * batch_size
        end = min(first + batch_size, samples.orders.shape[1])
        if batch == rates.shape[1] - 1:
            lanes_out(memory, 0, before_last)
        take_rates(memory, rates_place, rates, batch)
        for i in range(block, 2 * block, LANES):
            store(memory, i, 0.0)
        for k in range(first, end):
            add_gradients_of_sample(samples, room, keys, settings, k)
        if end - first > 1:
            for i in range(block, 2 * block, LANES):
                store(memory, i, load(memory, i) / float64(end - first))
        if l1 > 0.0 or l2 > 0.0:
            penalize(memory, plan, block, l1, l2)
        for k in range(len(frozen)):
            store(memory, block + frozen[k] * LANES, 0.0)
            store(memory, kept + k * LANES, load(memory, frozen[k] * LANES))
        update(memory, block, optimizer, load(memory, rates_place), momentum, step + batch + 1)
        for k in range(len(frozen)):
            store(memory, frozen[k] * LANES, load(memory, kept + k * LANES))


def measure_lanes(
    parameters: Array,
    inputs: Array,
    targets: Array,
    starts: Rows,
    losses: Array,
    outputs: Array,
    plan: Rows,
    memory: Array,
    targets_place: int,
    loss: int,
) -> None:
    """The loss of each sample for each parameter vector.

    Run l measures the rows from ``starts[l]`` on; ``losses`` has shape (LANES, samples), ``outputs`` (LANES, samples,
    units), or no samples where they are not wanted. Parameters have shape (LANES, parameters).
    """
    lanes_in(memory, 0, parameters)
    last = len(plan) - 1
    units, values, sums = plan[last, UNITS], plan[last, HIDDEN], plan[last, DELTA]
    one = targets_place + units * LANES
    for k in range(losses.shape[1]):
        for lane in range(LANES):
            row = starts[lane] + k
            for column in range(inputs.shape[1]):
                memory[plan[0, HIDDEN] + column * LANES + lane] = inputs[row, column]
            for unit in range(units):
                memory[targets_place + unit * LANES + lane] = targets[row, unit]
        for layer in range(1, last + 1):
            forward_lanes(memory, plan, layer)
        if loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY):
            for lane in range(LANES):
                at = sums + lane, values + lane, targets_place + lane
                memory[one + lane] = loss_of_sample(memory, loss, at[0], at[1], at[2], units, LANES)
        else:
            losses_of_columns(memory, loss, values, targets_place, units, LANES, one)
        for lane in range(LANES):
            losses[lane, k] = number_at(memory, one + lane)
        if outputs.shape[1] > 0:
            for lane in range(LANES):
                for unit in range(units):
                    outputs[lane, k, unit] = number_at(memory, values + unit * LANES + lane)


_PLAN, _VALUES, _TABLE = int64[:, ::1], float64[::1], float64[:, ::1]
_READ_TABLE = types.Array(float64, 2, "C", readonly=True)
_READ_ROWS = types.Array(int64, 1, "C", readonly=True)
TRAIN_LANES = types.boolean(
    _TABLE, _TABLE, _TABLE, _TABLE, _TABLE, _READ_TABLE, _READ_TABLE,
    int64[:, ::1], _TABLE, _READ_ROWS, uint64[::1], _PLAN, _VALUES,
    int64, int64, int64, int64, int64, int64, float64, float64, float64, float64, int64, int64,
)  # fmt: skip
MEASURE_LANES = types.none(
    _TABLE, _READ_TABLE, _READ_TABLE, _READ_ROWS, _TABLE, float64[:, :, ::1], _PLAN, _VALUES, int64, int64
)
