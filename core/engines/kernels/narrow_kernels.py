"""Plain SGD, sample by sample, of nets whose layers have at most LANES units: each layer is one vector.

Such a net waits: each sample needs the weights that the one before it left. So what goes from one step to the next
stays in registers where it can, and nothing is written number by number that is read as a vector soon after, for which
the processor would wait. The operations and their order are those of ``passes`` and ``update_kernels``.
"""

from __future__ import annotations

from numba import float64

from core.base.arrays import Array, Rows
from core.engines.kernels.passes import (
    TRAIN,
    How,
    Learned,
    activate,
    copy_in,
    copy_out,
    gradient_of_sample,
    loss_gradient,
    names_no_other,
    softmax,
    take_sample,
)
from core.engines.kernels.plan import (
    ACTIVATION,
    BIAS,
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    DELTA,
    HIDDEN,
    MSE,
    SIGMOID,
    SLOPE,
    SOFTMAX,
    TANH,
    TRANSPOSED,
    UNITS,
    WEIGHTS,
    WIDTH,
)
from core.engines.kernels.update_kernels import transpose
from core.engines.kernels.vectors import (
    LANES,
    ONE,
    ZERO,
    Vector,
    hyperbolic_tangent,
    inlined,
    load,
    logistic,
    multiply_add,
    number_at,
    spread,
    store,
    with_pairs_swapped,
)


@inlined
def narrow_forward(memory: Array, plan: Rows, layer: int) -> Vector:
    """One layer of one sample: its a, which is also in memory, beside f'(z) unless it is the softmax."""
    values, slopes, weights = plan[layer, HIDDEN], plan[layer, SLOPE], plan[layer, WEIGHTS]
    units, below, code = plan[layer, UNITS], plan[layer - 1, HIDDEN], plan[layer, ACTIVATION]
    z = load(memory, plan[layer, BIAS])
    for k in range(plan[layer - 1, UNITS]):
        z = multiply_add(load(memory, weights + k * LANES), number_at(memory, below + k), z)
    if code == SIGMOID:
        a = logistic(z)
        store(memory, slopes, (1.0 - a) * a)
    elif code == TANH:
        a = hyperbolic_tangent(z)
        store(memory, slopes, 1.0 - a * a)
    elif code == SOFTMAX and units == 2:
        a = logistic(z - with_pairs_swapped(z))
    else:
        store(memory, values, z)
        if code == SOFTMAX:
            softmax(memory, values, units, plan[layer, WIDTH], ONE)
        else:
            activate(memory, code, values, slopes, plan[layer, WIDTH])
        a = load(memory, values)
    store(memory, values, a)
    return a


@inlined
def narrow_delta(memory: Array, plan: Rows, loss: int, a: Vector, targets: int) -> Vector:
    """δ of the output layer, whose a is given; as ``output_delta`` finds it."""
    last = len(plan) - 1
    units, delta = plan[last, UNITS], plan[last, DELTA]
    share = 1.0 / float64(units)
    if loss == MSE:
        d = (a - load(memory, targets)) * share
    elif loss == CROSS_ENTROPY:
        d = a - load(memory, targets)
    else:
        loss_gradient(memory, loss, plan[last, HIDDEN], targets, delta, plan[last, WIDTH], share)
        d = load(memory, delta)
    if loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY):
        return d
    if plan[last, ACTIVATION] == SOFTMAX:
        store(memory, delta, d * a)
        weighted = 0.0
        for k in range(delta, delta + units):
            weighted += number_at(memory, k)
        return (d - weighted) * a
    return d * load(memory, plan[last, SLOPE])


@inlined
def narrow_back(memory: Array, plan: Rows, layer: int, d: Vector, rate: float) -> Vector:
    """Change a layer's weights by its δ, as ``step_back_and_update`` does; returns δ of the layer below."""
    weights, bias, delta = plan[layer, WEIGHTS], plan[layer, BIAS], plan[layer, DELTA]
    hidden, total = plan[layer - 1, HIDDEN], d
    if layer > 1:
        transposed = plan[layer, TRANSPOSED]
        h = load(memory, hidden)
        total = spread(0.0)
        for j in range(plan[layer, UNITS]):
            row, e = load(memory, transposed + j * LANES), number_at(memory, delta + j)
            total = multiply_add(row, e, total)
            store(memory, transposed + j * LANES, row - h * e * rate)
        total = total * load(memory, plan[layer - 1, SLOPE])
    for k in range(plan[layer - 1, UNITS]):
        place = weights + k * LANES
        store(memory, place, load(memory, place) - d * number_at(memory, hidden + k) * rate)
    store(memory, bias, load(memory, bias) - d * rate)
    return total


def train_narrow(
    learned: Learned, order: Rows, rates: Array, how: How, step: int, position: int, goes_on: bool
) -> bool:
    """As ``loops.train_samples``; false where ``order`` names a row that is not."""
    parameters, before_last, gradient, _, inputs, targets = learned
    plan, memory, targets_place, loss = how[2], how[3], how[6], how[8]
    if not names_no_other(order, len(inputs)):
        return False
    if not goes_on:
        copy_in(memory, plan, ZERO, parameters)
        transpose(memory, plan)
    last = len(plan) - 1
    for k in range(len(order)):
        if k == len(order) - 1:
            copy_out(memory, plan, ZERO, before_last)
        take_sample(memory, plan[0, HIDDEN], inputs, order[k])
        take_sample(memory, targets_place, targets, order[k])
        for layer in range(1, last):
            narrow_forward(memory, plan, layer)
        d = narrow_delta(memory, plan, loss, narrow_forward(memory, plan, last), targets_place)
        for layer in range(last, 0, -1):
            store(memory, plan[layer, DELTA], d)
            d = narrow_back(memory, plan, layer, d, rates[k])
    copy_out(memory, plan, ZERO, parameters)
    if len(gradient) > 0:
        gradient_of_sample(memory, plan, gradient)
    return True


TRAIN_NARROW = TRAIN
