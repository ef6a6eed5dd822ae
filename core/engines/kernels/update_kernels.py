"""What the optimizers make of a gradient, over padded rows of parameters."""

from __future__ import annotations

import math

from numba import float64

from core.base.arrays import Array, Rows
from core.engines.kernels.plan import (
    ADAGRAD,
    ADAM,
    BIAS,
    DELTA,
    HIDDEN,
    MOMENTUM,
    NESTEROV,
    RMSPROP,
    SGD,
    SLOPE,
    TRANSPOSED,
    UNITS,
    WEIGHTS,
    WIDTH,
)
from core.engines.kernels.vectors import (
    LANES,
    called,
    load,
    multiply_add,
    number_at,
    sign,
    square_root,
    store,
    transpose_block,
)
from core.network.optimizers import ADAM_DECAY, EPSILON, RMSPROP_DECAY


@called
def penalize(memory: Array, plan: Rows, block: int, l1: float, l2: float) -> None:
    """Add the penalties' gradient, l2·W + l1·sign W, for the weights and not the biases."""
    for layer in range(1, len(plan)):
        for i in range(plan[layer, WEIGHTS], plan[layer, BIAS], LANES):
            w = load(memory, i)
            store(memory, block + i, load(memory, block + i) + (w * l2 + sign(w) * l1))


@called
def update(memory: Array, block: int, optimizer: int, rate: float, momentum: float, t: int) -> None:
    """Change the parameters by the gradient; see core.network.optimizers for the rules. t counts updates from 1."""
    gradient, first, second = block, 2 * block, 3 * block
    if optimizer == SGD:
        for i in range(0, block, LANES):
            store(memory, i, load(memory, i) - load(memory, gradient + i) * rate)
    elif optimizer == MOMENTUM:
        for i in range(0, block, LANES):
            v = load(memory, first + i) * momentum - load(memory, gradient + i) * rate
            store(memory, first + i, v)
            store(memory, i, load(memory, i) + v)
    elif optimizer == NESTEROV:
        for i in range(0, block, LANES):
            descent = load(memory, gradient + i) * rate
            v = load(memory, first + i) * momentum - descent
            store(memory, first + i, v)
            store(memory, i, load(memory, i) - descent + v * momentum)
    elif optimizer in (ADAGRAD, RMSPROP):
        old, new = (1.0, 1.0) if optimizer == ADAGRAD else (RMSPROP_DECAY, 1.0 - RMSPROP_DECAY)
        for i in range(0, block, LANES):
            g = load(memory, gradient + i)
            s = load(memory, first + i) * old + g * g * new
            store(memory, first + i, s)
            store(memory, i, load(memory, i) - g / (square_root(s) + EPSILON) * rate)
    elif optimizer == ADAM:
        unbiased_rate = rate / (1.0 - math.pow(momentum, float64(t)))
        unbias2 = 1.0 / (1.0 - math.pow(ADAM_DECAY, float64(t)))
        for i in range(0, block, LANES):
            g = load(memory, gradient + i)
            m = load(memory, first + i) * momentum + g * (1.0 - momentum)
            v = load(memory, second + i) * ADAM_DECAY + g * g * (1.0 - ADAM_DECAY)
            store(memory, first + i, m)
            store(memory, second + i, v)
            store(memory, i, load(memory, i) - m / (square_root(v * unbias2) + EPSILON) * unbiased_rate)


@called
def transpose(memory: Array, plan: Rows) -> None:
    """Bring the transposed copies of the weights up to date."""
    for layer in range(2, len(plan)):
        width, width_below = plan[layer, WIDTH], plan[layer - 1, WIDTH]
        for row in range(0, width_below, LANES):  # rows behind the last one lead into the padding
            for column in range(0, width, LANES):
                source = plan[layer, WEIGHTS] + row * width + column
                transpose_block(
                    memory, source, width, plan[layer, TRANSPOSED] + column * width_below + row, width_below
                )


@called
def step_back_and_update(memory: Array, plan: Rows, zeros: int, rate: float) -> None:
    """Backward pass of one sample with plain SGD: each weight is changed where it is read, w ← w - η·(h·δ).

    δ of the layer below takes the weights as they were: it is summed up in the same pass that changes their transposed
    copy. A product h·δ gives the same bits in both copies, and the same as ``backward`` and ``update`` in turn.
    """
    for layer in range(len(plan) - 1, 0, -1):
        width, delta, weights, bias = plan[layer, WIDTH], plan[layer, DELTA], plan[layer, WEIGHTS], plan[layer, BIAS]
        width_below, hidden = plan[layer - 1, WIDTH], plan[layer - 1, HIDDEN]
        if layer > 1:
            upstream, slopes = plan[layer - 1, DELTA], plan[layer - 1, SLOPE]
            units, transposed = plan[layer, UNITS], plan[layer, TRANSPOSED]
            for i in range(0, width_below, LANES):
                h = load(memory, hidden + i)
                total = load(memory, zeros)
                place = transposed + i
                for j in range(units):
                    row, d = load(memory, place), number_at(memory, delta + j)
                    total = multiply_add(row, d, total)
                    store(memory, place, row - h * d * rate)
                    place += width_below
                store(memory, upstream + i, total * load(memory, slopes + i))
        for i in range(0, width, LANES):
            d = load(memory, delta + i)
            place = weights + i
            for k in range(plan[layer - 1, UNITS]):
                store(memory, place, load(memory, place) - d * number_at(memory, hidden + k) * rate)
                place += width
            store(memory, bias + i, load(memory, bias + i) - d * rate)
