"""What Python calls: training and evaluation of many samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from numba import float64, int64, njit, types, uint64

from core.base.arrays import Array, Rows
from core.engines.kernels.evaluation_kernels import EVALUATE, MEASURE, evaluate, measure
from core.engines.kernels.narrow_kernels import TRAIN_NARROW, train_narrow
from core.engines.kernels.passes import (
    backward,
    drop,
    forward,
    multiply,
    ones_of,
    output_delta,
)
from core.engines.kernels.plan import BIAS, CHUNK, DELTA, HIDDEN, SGD, UNITS, WEIGHTS, WIDTH
from core.engines.kernels.shuffles import draw_orders
from core.engines.kernels.update_kernels import penalize, step_back_and_update, transpose, update
from core.engines.kernels.vectors import LANES, called, inlined, load, store


class Samples(NamedTuple):
    """What is learned: inputs and targets, their rows in ``order``, and a rate for each batch."""

    inputs: Array
    targets: Array
    order: Rows
    rates: Array


class Room(NamedTuple):
    """The memory of a network; see :class:`core.engines.compiled_engine._Layout` for the places in it."""

    plan: Rows
    memory: Array
    block: int
    zeros: int
    targets_place: int


class Settings(NamedTuple):
    """How an update is made; ``step`` and ``position`` are those at which the first batch begins."""

    batch_size: int
    loss: int
    optimizer: int
    momentum: float
    l1: float
    l2: float
    dropout: float
    key: int
    step: int
    position: int


@called
def copy_in(memory: Array, plan: Rows, offset: int, flat: Array) -> None:
    """From a flat vector W1, b1, W2, b2, … to padded rows."""
    source = 0
    for layer in range(1, len(plan)):
        for row in range(plan[layer - 1, UNITS] + 1):  # the last one is the bias
            place = offset + plan[layer, WEIGHTS] + row * plan[layer, WIDTH]
            for column in range(plan[layer, UNITS]):
                memory[place + column] = flat[source]
                source += 1


@called
def copy_out(memory: Array, plan: Rows, offset: int, flat: Array) -> None:
    """From padded rows to a flat vector, the other way round."""
    goal = 0
    for layer in range(1, len(plan)):
        for row in range(plan[layer - 1, UNITS] + 1):
            place = offset + plan[layer, WEIGHTS] + row * plan[layer, WIDTH]
            for column in range(plan[layer, UNITS]):
                flat[goal] = memory[place + column]
                goal += 1


@inlined
def take_sample(memory: Array, place: int, values: Array, row: int) -> None:
    """Copy one row of the inputs or targets."""
    for column in range(values.shape[1]):
        memory[place + column] = values[row, column]


def train(
    parameters: Array,
    before_last: Array,
    gradient: Array,
    slots: Array,
    inputs: Array,
    targets: Array,
    order: Rows,
    rates: Array,
    frozen: Rows,
    kept: Array,
    plan: Rows,
    memory: Array,
    block: int,
    zeros: int,
    targets_place: int,
    batch_size: int,
    loss: int,
    optimizer: int,
    momentum: float,
    l1: float,
    l2: float,
    dropout: float,
    key: int,
    step: int,
    position: int,
) -> bool:
    """Run the batches of ``order``; false, with nothing changed, where it names a row that does not exist.

    ``before_last`` gets the parameters as they were before the last batch. ``frozen`` are places of parameters in
    memory, each below ``block``, which keep their values; ``kept`` is room for these.
    """
    for k in range(len(order)):
        if order[k] < 0 or order[k] >= len(inputs):
            return False
    copy_in(memory, plan, 0, parameters)
    copy_in(memory, plan, 2 * block, slots[0])
    copy_in(memory, plan, 3 * block, slots[1])
    transpose(memory, plan)
    samples = Samples(inputs, targets, order, rates)
    room = Room(plan, memory, block, zeros, targets_place)
    if batch_size == 1 and optimizer == SGD and l1 == 0.0 and l2 == 0.0 and dropout == 0.0 and len(frozen) == 0:
        train_sample_by_sample(samples, room, before_last, loss)
    else:
        settings = Settings(batch_size, loss, optimizer, momentum, l1, l2, dropout, key, step, position)
        train_batches(samples, room, before_last, frozen, kept, settings)
    copy_out(memory, plan, 0, parameters)
    copy_out(memory, plan, block, gradient)
    copy_out(memory, plan, 2 * block, slots[0])
    copy_out(memory, plan, 3 * block, slots[1])
    return True


@called
def train_sample_by_sample(samples: Samples, room: Room, before_last: Array, loss: int) -> None:
    """Plain SGD with batches of one sample."""
    inputs, targets, order, rates = samples
    plan, memory, block, zeros, targets_place = room
    for k in range(len(order)):
        if k == len(order) - 1:
            copy_out(memory, plan, 0, before_last)
        take_sample(memory, plan[0, HIDDEN], inputs, order[k])
        take_sample(memory, targets_place, targets, order[k])
        forward(memory, plan, 1, len(plan), 1)
        output_delta(memory, plan, loss, targets_place, 1)
        step_back_and_update(memory, plan, zeros, rates[k])
    for i in range(block, 2 * block, LANES):  # the last sample's gradient, from its h and δ
        store(memory, i, 0.0)
    for layer in range(1, len(plan)):
        gradient_of_sample(memory, plan, layer, block, zeros)


@called
def gradient_of_sample(memory: Array, plan: Rows, layer: int, block: int, zeros: int) -> None:
    """The gradients dW = hᵀ·δ and db = δ of the sample whose h and δ are in memory."""
    width, delta, hidden = plan[layer, WIDTH], plan[layer, DELTA], plan[layer - 1, HIDDEN]
    weights, bias = block + plan[layer, WEIGHTS], block + plan[layer, BIAS]
    multiply(memory, plan[layer - 1, UNITS], 1, width, weights, weights, width, hidden, 1, 0, delta)
    multiply(memory, 1, 1, width, bias, bias, 0, ones_of(zeros), 0, 0, delta)


@called
def train_batches(
    samples: Samples, room: Room, before_last: Array, frozen: Rows, kept: Array, settings: Settings
) -> None:
    """Any rule, batches of any size."""
    inputs, targets, order, rates = samples
    plan, memory, block, zeros, targets_place = room
    batch_size, loss, optimizer, momentum, l1, l2, dropout, key, step, position = settings
    width, width_out = plan[0, WIDTH], plan[len(plan) - 1, WIDTH]
    for batch in range(len(rates)):
        first = batch * batch_size
        end = min(first + batch_size, len(order))
        if batch == len(rates) - 1:
            copy_out(memory, plan, 0, before_last)
        for i in range(block, 2 * block, LANES):
            store(memory, i, 0.0)
        for begin in range(first, end, CHUNK):
            n = min(CHUNK, end - begin)
            for s in range(n):
                take_sample(memory, plan[0, HIDDEN] + s * width, inputs, order[begin + s])
                take_sample(memory, targets_place + s * width_out, targets, order[begin + s])
            if dropout > 0.0:
                forward_with_dropout(memory, plan, n, dropout, key, position + begin)
            else:
                forward(memory, plan, 1, len(plan), n)
            output_delta(memory, plan, loss, targets_place, n)
            backward(memory, plan, block, zeros, n)
        if end - first > 1:
            for i in range(block, 2 * block, LANES):
                store(memory, i, load(memory, i) / float64(end - first))
        if l1 > 0.0 or l2 > 0.0:
            penalize(memory, plan, block, l1, l2)
        for k in range(len(frozen)):
            memory[block + frozen[k]] = 0.0
            kept[k] = memory[frozen[k]]
        update(memory, block, optimizer, rates[batch], momentum, step + batch + 1)
        for k in range(len(frozen)):
            memory[frozen[k]] = kept[k]
        transpose(memory, plan)


@called
def forward_with_dropout(memory: Array, plan: Rows, n: int, dropout: float, key: int, position: int) -> None:
    """As ``forward``, with dropout in the hidden layers; ``position`` is that of the first sample."""
    hidden_units = 0
    for layer in range(1, len(plan) - 1):
        hidden_units += plan[layer, UNITS]
    unit = 0
    for layer in range(1, len(plan)):
        forward(memory, plan, layer, layer + 1, n)
        if layer < len(plan) - 1:
            drop(memory, plan, n, layer, dropout, key, position * hidden_units + unit)
            unit += plan[layer, UNITS]


class Kernels(NamedTuple):
    """The compiled functions; they let the interpreter's lock go."""

    train: Callable[..., bool]
    train_narrow: Callable[..., bool]
    evaluate: Callable[..., None]
    measure: Callable[..., None]
    draw_orders: Callable[..., None]


_VALUES, _PLAN = float64[::1], int64[:, ::1]
_TABLE = float64[:, ::1]
_READ_TABLE, _READ_ROWS = types.Array(float64, 2, "C", readonly=True), types.Array(int64, 1, "C", readonly=True)
_TRAIN = types.boolean(
    _VALUES, _VALUES, _VALUES, _TABLE, _READ_TABLE, _READ_TABLE,
    _READ_ROWS, _VALUES, _READ_ROWS, _VALUES, _PLAN, _VALUES,
    int64, int64, int64, int64, int64, int64, float64, float64, float64, float64, uint64, int64, int64,
)  # fmt: skip
_DRAW_ORDERS = types.none(_PLAN, int64, uint64, uint64, uint64)


def compile_kernels(cache: bool) -> Kernels:
    """Compile, or with ``cache`` load from the cache what an earlier run compiled.

    Each function has one signature and takes no other, so nothing is compiled later.
    """
    options = {"cache": cache, "nogil": True, "error_model": "numpy"}
    signatures = {
        train: _TRAIN,
        train_narrow: TRAIN_NARROW,
        evaluate: EVALUATE,
        measure: MEASURE,
        draw_orders: _DRAW_ORDERS,
    }
    return Kernels(*(njit(signature, **options)(function) for function, signature in signatures.items()))
