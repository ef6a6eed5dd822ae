"""Training on many samples: one function for plain SGD sample by sample, and one for all else."""

from __future__ import annotations

from numba import float64

from core.base.arrays import Array, Rows
from core.engines.kernels.passes import (
    TRAIN,
    How,
    Learned,
    backward,
    copy_in,
    copy_out,
    drop,
    forward,
    gradient_of_sample,
    names_no_other,
    output_delta,
    take_sample,
)
from core.engines.kernels.plan import CHUNK, HIDDEN, UNITS, WIDTH
from core.engines.kernels.update_kernels import penalize, step_back_and_update, transpose, update
from core.engines.kernels.vectors import LANES, ONE, ZERO, inlined, load, store


def train_samples(
    learned: Learned, order: Rows, rates: Array, how: How, step: int, position: int, goes_on: bool
) -> bool:
    """As ``train_batches``, with plain SGD and batches of one sample, so that much of what is given is not needed."""
    parameters, before_last, gradient, _, inputs, targets = learned
    plan, memory, zeros, targets_place, loss = how[2], how[3], how[5], how[6], how[8]
    if not names_no_other(order, len(inputs)):
        return False
    if not goes_on:
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
    if len(gradient) > 0:
        gradient_of_sample(memory, plan, gradient)
    return True


@inlined
def all_in(memory: Array, plan: Rows, block: int, parameters: Array, slots: Array, are_there: bool) -> None:
    """Unless they are there, copy the parameters, and what the optimizer remembers behind them and the gradient."""
    if not are_there:
        copy_in(memory, plan, ZERO, parameters)
        for slot in range(len(slots)):
            copy_in(memory, plan, (2 + slot) * block, slots[slot])
        transpose(memory, plan)


@inlined
def slots_out(memory: Array, plan: Rows, block: int, slots: Array) -> None:
    """Copy what the optimizer remembers from there."""
    for slot in range(len(slots)):
        copy_out(memory, plan, (2 + slot) * block, slots[slot])


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
    learned: Learned, order: Rows, rates: Array, how: How, step: int, position: int, goes_on: bool
) -> bool:
    """Run the batches of ``order``; false, with nothing changed, where it names a row that does not exist.

    ``before_last`` gets the parameters as they were before the last batch; where nobody needs it, it is empty, and so
    is the gradient. ``frozen`` are places of parameters in memory, each below ``block``, which keep their values;
    ``kept`` is room for these. ``step`` and ``position`` are those at which the first batch begins. ``goes_on``:
    parameters and slots lie in memory as the last call left them.
    """
    parameters, before_last, gradient, slots, inputs, targets = learned
    frozen, kept, plan, memory, block, zeros, targets_place = how[:7]
    batch_size, loss, optimizer, momentum, l1, l2, dropout, key = how[7:]
    if not names_no_other(order, len(inputs)):
        return False
    all_in(memory, plan, block, parameters, slots, goes_on)
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
    slots_out(memory, plan, block, slots)
    return True


TRAIN_SAMPLES = TRAIN_BATCHES = TRAIN
