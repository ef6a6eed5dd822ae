"""Training on many samples: one function for plain SGD sample by sample, and one for all else."""

from __future__ import annotations

from numba import float64

from core.base.arrays import Array, Rows
from core.engines.kernels.passes import (
    TRAIN,
    backward,
    drop,
    forward,
    gradient_of_sample,
    names_no_other,
    output_delta,
)
from core.engines.kernels.plan import CHUNK, HIDDEN, UNITS, WEIGHTS, WIDTH
from core.engines.kernels.update_kernels import penalize, step_back_and_update, transpose, update
from core.engines.kernels.vectors import LANES, ONE, ZERO, called, inlined, load, store


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


def train_samples(
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
    """As ``train_batches``, with plain SGD and batches of one sample, so that much of what is given is not needed."""
    if not names_no_other(order, len(inputs)):
        return False
    copy_in(memory, plan, ZERO, parameters)
    transpose(memory, plan)
    for k in range(len(order)):
        if k == len(order) - 1:
            copy_out(memory, plan, ZERO, before_last)
        take_sample(memory, plan[0, HIDDEN], inputs, order[k])
        take_sample(memory, targets_place, targets, order[k])
        for layer in range(1, len(plan)):
            forward(memory, plan, layer, ONE)
        output_delta(memory, plan, loss, targets_place, ONE)
        step_back_and_update(memory, plan, zeros, rates[k])
    copy_out(memory, plan, ZERO, parameters)
    gradient_of_sample(memory, plan, gradient)
    return True


@inlined
def update_unfrozen(
    memory: Array, block: int, optimizer: int, rate: float, momentum: float, t: int, frozen: Rows, kept: Array
) -> None:
    """As ``update``; the frozen parameters keep their values, and their gradient counts as 0."""
    for k in range(len(frozen)):
        memory[block + frozen[k]] = 0.0
        kept[k] = memory[frozen[k]]
    update(memory, block, optimizer, rate, momentum, t)
    for k in range(len(frozen)):
        memory[frozen[k]] = kept[k]


def train_batches(
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
    memory, each below ``block``, which keep their values; ``kept`` is room for these. ``step`` and ``position`` are
    those at which the first batch begins.
    """
    if not names_no_other(order, len(inputs)):
        return False
    copy_in(memory, plan, ZERO, parameters)
    copy_in(memory, plan, 2 * block, slots[0])
    copy_in(memory, plan, 3 * block, slots[1])
    transpose(memory, plan)
    width, width_out = plan[0, WIDTH], plan[len(plan) - 1, WIDTH]
    for batch in range(len(rates)):
        first = batch * batch_size
        end = min(first + batch_size, len(order))
        if batch == len(rates) - 1:
            copy_out(memory, plan, ZERO, before_last)
        for i in range(block, 2 * block, LANES):
            store(memory, i, 0.0)
        for begin in range(first, end, CHUNK):
            n = min(CHUNK, end - begin)
            for s in range(n):
                take_sample(memory, plan[0, HIDDEN] + s * width, inputs, order[begin + s])
                take_sample(memory, targets_place + s * width_out, targets, order[begin + s])
            unit = ZERO
            for layer in range(1, len(plan)):
                forward(memory, plan, layer, n)
                if dropout > 0.0 and layer < len(plan) - 1:
                    drop(memory, plan, n, layer, dropout, key, position + begin, unit)
                    unit += plan[layer, UNITS]
            output_delta(memory, plan, loss, targets_place, n)
            backward(memory, plan, block, zeros, n)
        if end - first > 1:
            for i in range(block, 2 * block, LANES):
                store(memory, i, load(memory, i) / float64(end - first))
        if l1 > 0.0 or l2 > 0.0:
            penalize(memory, plan, block, l1, l2)
        update_unfrozen(memory, block, optimizer, rates[batch], momentum, step + batch + 1, frozen, kept)
        transpose(memory, plan)
    copy_out(memory, plan, ZERO, parameters)
    copy_out(memory, plan, block, gradient)
    copy_out(memory, plan, 2 * block, slots[0])
    copy_out(memory, plan, 3 * block, slots[1])
    return True


TRAIN_SAMPLES = TRAIN_BATCHES = TRAIN
