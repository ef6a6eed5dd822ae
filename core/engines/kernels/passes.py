"""Forward and backward pass of up to CHUNK samples whose inputs and targets are in memory."""

from __future__ import annotations

import math

from numba import float64, int64, types, uint64

from core.base.arrays import Array, Rows
from core.engines.kernels.plan import (
    ACTIVATION,
    BIAS,
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    DELTA,
    ELU,
    GELU,
    HIDDEN,
    HINGE,
    HUBER,
    LEAKY_RELU,
    LINEAR,
    MAE,
    MSE,
    RELU,
    SIGMOID,
    SINE,
    SLOPE,
    SOFTMAX,
    SOFTPLUS,
    TANH,
    TRANSPOSED,
    UNITS,
    WEIGHTS,
    WIDTH,
)
from core.engines.kernels.vectors import (
    LANES,
    MANY_REGISTERS,
    Vector,
    absolute,
    called,
    exponential,
    exponential_minus_1,
    hyperbolic_tangent,
    inlined,
    load,
    log_of_1_plus,
    logistic,
    multiply_add,
    number_at,
    sign,
    sine,
    spread,
    step,
    store,
    where_less,
)
from core.network.activations import GELU_CUBIC, GELU_SCALE, LEAK


@called
def activate(memory: Array, code: int, values: int, slopes: int, count: int) -> None:
    """Put f(z) in the place of ``count`` numbers z, and f'(z) at ``slopes``; not for softmax."""
    aside = slopes - values
    if code == SIGMOID:
        for i in range(values, values + count, LANES):
            a = logistic(load(memory, i))
            store(memory, i, a)
            store(memory, i + aside, (1.0 - a) * a)
    elif code == TANH:
        for i in range(values, values + count, LANES):
            a = hyperbolic_tangent(load(memory, i))
            store(memory, i, a)
            store(memory, i + aside, 1.0 - a * a)
    elif code == RELU:
        for i in range(values, values + count, LANES):
            z = load(memory, i)
            store(memory, i, where_less(z, 0.0, 0.0, z))
            store(memory, i + aside, where_less(0.0, z, 1.0, 0.0))
    elif code == LEAKY_RELU:
        for i in range(values, values + count, LANES):
            z = load(memory, i)
            store(memory, i, where_less(0.0, z, z, z * LEAK))
            store(memory, i + aside, where_less(0.0, z, 1.0, LEAK))
    elif code == LINEAR:
        for i in range(values, values + count, LANES):
            store(memory, i + aside, 1.0)
    else:
        activate_rarer(memory, code, values, aside, count)


@called
def activate_rarer(memory: Array, code: int, values: int, aside: int, count: int) -> None:
    """See ``activate``."""
    if code == ELU:
        for i in range(values, values + count, LANES):
            z = load(memory, i)
            below = exponential_minus_1(where_less(0.0, z, 0.0, z))
            store(memory, i, where_less(0.0, z, z, below))
            store(memory, i + aside, where_less(0.0, z, 1.0, below + 1.0))
    elif code == SOFTPLUS:  # ln(1 + eᶻ) = max(z, 0) + ln(1 + e^-|z|), which cannot overflow
        for i in range(values, values + count, LANES):
            z = load(memory, i)
            above = where_less(z, 0.0, 0.0, z)
            store(memory, i, above + log_of_1_plus(exponential(0.0 - absolute(z))))
            store(memory, i + aside, logistic(z))
    elif code == GELU:  # with s = σ(2u): f = z·s, f' = s + z·s(1 - s)·2u'
        for i in range(values, values + count, LANES):
            z = load(memory, i)
            square = z * z
            gate = gelu_gate(z)
            steepness = (square * (3.0 * GELU_CUBIC) + 1.0) * (2.0 * GELU_SCALE)
            store(memory, i, z * gate)
            store(memory, i + aside, gate + z * steepness * (gate * (1.0 - gate)))
    elif code == SINE:
        for i in range(values, values + count):
            z1 = memory[i]
            memory[i] = math.sin(z1)
            memory[i + aside] = math.cos(z1)


@inlined
def gelu_gate(z: Vector) -> Vector:
    """The factor of z in GELU: σ(2u)."""
    return logistic((z + z * (z * z) * GELU_CUBIC) * (2.0 * GELU_SCALE))


@called
def apply_activation(memory: Array, code: int, values: int, count: int) -> None:
    """As ``activate``, where no f'(z) is wanted."""
    for i in range(values, values + count, LANES):
        z = load(memory, i)
        if code == SIGMOID:
            a = logistic(z)
        elif code == TANH:
            a = hyperbolic_tangent(z)
        elif code == RELU:
            a = where_less(z, 0.0, 0.0, z)
        elif code == LEAKY_RELU:
            a = where_less(0.0, z, z, z * LEAK)
        elif code == ELU:
            a = where_less(0.0, z, z, exponential_minus_1(where_less(0.0, z, 0.0, z)))
        elif code == SOFTPLUS:
            a = where_less(z, 0.0, 0.0, z) + log_of_1_plus(exponential(0.0 - absolute(z)))
        elif code == GELU:
            a = z * gelu_gate(z)
        elif code == SINE:
            a = sine(z)
        else:
            a = z
        store(memory, i, a)


@called
def softmax(memory: Array, values: int, units: int, width: int, n: int) -> None:
    """Put the softmax of z in the place of each of n rows z, by the formulas of :mod:`core.network.activations`."""
    for row in range(values, values + n * width, width):
        if units == 2:
            ahead = number_at(memory, row) - number_at(memory, row + 1)
            memory[row], memory[row + 1] = ahead, -ahead
            store(memory, row, logistic(load(memory, row)))
            continue
        largest = number_at(memory, row)
        for k in range(row + 1, row + units):
            z = number_at(memory, k)
            if z > largest or z != z:
                largest = z
        for k in range(row, row + width, LANES):
            store(memory, k, exponential(load(memory, k) - largest))
        total = 0.0
        for k in range(row, row + units):
            total += number_at(memory, k)
        for k in range(row, row + width, LANES):
            store(memory, k, load(memory, k) / total)


@called
def multiply(
    memory: Array,
    rows: int,
    inner: int,
    width: int,
    result: int,
    start: int,
    start_row: int,
    left: int,
    left_row: int,
    left_step: int,
    right: int,
) -> None:
    """result[r, c] = start[r, c] + Σ_k left[r, k]·right[k, c], for rows r, ``inner`` terms k and columns c < width.

    The names of matrices are the places where they begin. Rows of ``result`` and ``right`` are ``width`` long; ``left``
    and ``start`` say how far apart their rows lie (0: each row the same), ``left`` also how far its columns.
    Four rows at a time, for each number of ``right`` then serves four times; by two vectors where there are registers
    for these eight sums. A 0 or 1 that is written out in a call makes a version for it, which is faster by a fifth, and
    takes 0.3 s to compile.
    """
    whole = rows - rows % 4
    double = width - width % (2 * LANES) if MANY_REGISTERS else 0
    for column in range(0, double, 2 * LANES):
        for row in range(0, whole, 4):
            begin = start + row * start_row + column
            sum0 = load(memory, begin)
            sum1 = load(memory, begin + start_row)
            sum2 = load(memory, begin + 2 * start_row)
            sum3 = load(memory, begin + 3 * start_row)
            tum0 = load(memory, begin + LANES)
            tum1 = load(memory, begin + start_row + LANES)
            tum2 = load(memory, begin + 2 * start_row + LANES)
            tum3 = load(memory, begin + 3 * start_row + LANES)
            factor = left + row * left_row
            below = right + column
            for _ in range(inner):
                values = load(memory, below)
                more = load(memory, below + LANES)
                f = number_at(memory, factor)
                sum0 = multiply_add(values, f, sum0)
                tum0 = multiply_add(more, f, tum0)
                f = number_at(memory, factor + left_row)
                sum1 = multiply_add(values, f, sum1)
                tum1 = multiply_add(more, f, tum1)
                f = number_at(memory, factor + 2 * left_row)
                sum2 = multiply_add(values, f, sum2)
                tum2 = multiply_add(more, f, tum2)
                f = number_at(memory, factor + 3 * left_row)
                sum3 = multiply_add(values, f, sum3)
                tum3 = multiply_add(more, f, tum3)
                factor += left_step
                below += width
            end = result + row * width + column
            store(memory, end, sum0)
            store(memory, end + LANES, tum0)
            store(memory, end + width, sum1)
            store(memory, end + width + LANES, tum1)
            store(memory, end + 2 * width, sum2)
            store(memory, end + 2 * width + LANES, tum2)
            store(memory, end + 3 * width, sum3)
            store(memory, end + 3 * width + LANES, tum3)
        for row in range(whole, rows):
            sum0 = load(memory, start + row * start_row + column)
            tum0 = load(memory, start + row * start_row + column + LANES)
            factor = left + row * left_row
            below = right + column
            for _ in range(inner):
                f = number_at(memory, factor)
                sum0 = multiply_add(load(memory, below), f, sum0)
                tum0 = multiply_add(load(memory, below + LANES), f, tum0)
                factor += left_step
                below += width
            store(memory, result + row * width + column, sum0)
            store(memory, result + row * width + column + LANES, tum0)
    for column in range(double, width, LANES):
        for row in range(0, whole, 4):
            begin = start + row * start_row + column
            sum0 = load(memory, begin)
            sum1 = load(memory, begin + start_row)
            sum2 = load(memory, begin + 2 * start_row)
            sum3 = load(memory, begin + 3 * start_row)
            factor = left + row * left_row
            below = right + column
            for _ in range(inner):
                values = load(memory, below)
                sum0 = multiply_add(values, number_at(memory, factor), sum0)
                sum1 = multiply_add(values, number_at(memory, factor + left_row), sum1)
                sum2 = multiply_add(values, number_at(memory, factor + 2 * left_row), sum2)
                sum3 = multiply_add(values, number_at(memory, factor + 3 * left_row), sum3)
                factor += left_step
                below += width
            end = result + row * width + column
            store(memory, end, sum0)
            store(memory, end + width, sum1)
            store(memory, end + 2 * width, sum2)
            store(memory, end + 3 * width, sum3)
        for row in range(whole, rows):
            sum0 = load(memory, start + row * start_row + column)
            factor = left + row * left_row
            below = right + column
            for _ in range(inner):
                sum0 = multiply_add(load(memory, below), number_at(memory, factor), sum0)
                factor += left_step
                below += width
            store(memory, result + row * width + column, sum0)


@called
def forward(memory: Array, plan: Rows, layer: int, n: int) -> None:
    """One layer for n samples: z = h·W + b, then f(z) in the place of h, and f'(z).

    The last layer's z stays in the place of its δ.
    """
    width, values, bias, weights = plan[layer, WIDTH], plan[layer, HIDDEN], plan[layer, BIAS], plan[layer, WEIGHTS]
    units_below, below, width_below = plan[layer - 1, UNITS], plan[layer - 1, HIDDEN], plan[layer - 1, WIDTH]
    if n == 1:
        for i in range(0, width, LANES):
            total = load(memory, bias + i)
            place = weights + i
            for k in range(below, below + units_below):
                total = multiply_add(load(memory, place), number_at(memory, k), total)
                place += width
            store(memory, values + i, total)
    else:
        multiply(memory, n, units_below, width, values, bias, 0, below, width_below, 1, weights)
    if layer == len(plan) - 1:
        for i in range(0, n * width, LANES):
            store(memory, plan[layer, DELTA] + i, load(memory, values + i))
    if plan[layer, ACTIVATION] == SOFTMAX:
        softmax(memory, values, plan[layer, UNITS], width, n)
    else:
        activate(memory, plan[layer, ACTIVATION], values, plan[layer, SLOPE], n * width)


@called
def drop(
    memory: Array, plan: Rows, n: int, layer: int, dropout: float, key: int, position: int, first_unit: int
) -> None:
    """Multiply h and f'(z) of a hidden layer by the mask: 0 with probability ``dropout``, else 1/(1 - dropout).

    The mask of hidden unit u, counted from the first layer on, of the sample at position p is the number
    p·(hidden units) + u of the generator SplitMix64 (Steele, Lea and Flood, 2014) that starts at ``key``; so it does
    not depend on what was drawn before. ``position`` is that of the first sample.
    """
    units, width = plan[layer, UNITS], plan[layer, WIDTH]
    hidden_units = 0
    for other in range(1, len(plan) - 1):
        hidden_units += plan[other, UNITS]
    kept = 1.0 / (1.0 - dropout)
    for s in range(n):
        counter = uint64(position + s) * uint64(hidden_units) + uint64(first_unit)
        for unit in range(units):
            counter += uint64(1)
            z = uint64(key) + counter * uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
            z = z ^ (z >> uint64(31))
            factor = kept if float64(z >> uint64(11)) * 2.0**-53 >= dropout else 0.0
            memory[plan[layer, HIDDEN] + s * width + unit] *= factor
            memory[plan[layer, SLOPE] + s * width + unit] *= factor


@called
def output_delta(memory: Array, plan: Rows, loss: int, targets: int, n: int) -> None:
    """δ of the output layer for n samples."""
    last = len(plan) - 1
    units, width = plan[last, UNITS], plan[last, WIDTH]
    values, slopes, delta = plan[last, HIDDEN], plan[last, SLOPE], plan[last, DELTA]
    loss_gradient(memory, loss, values, targets, delta, n * width, 1.0 / float64(units))
    if loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY):
        return  # a - y already is δ
    if plan[last, ACTIVATION] == SOFTMAX:
        for s in range(n):  # through the Jacobian, see core.network.activations
            row = s * width
            weighted = 0.0
            for k in range(row, row + units):
                weighted += number_at(memory, delta + k) * number_at(memory, values + k)
            for k in range(row, row + width, LANES):
                store(memory, delta + k, (load(memory, delta + k) - weighted) * load(memory, values + k))
        return
    for i in range(0, n * width, LANES):
        store(memory, delta + i, load(memory, delta + i) * load(memory, slopes + i))


@called
def loss_gradient(memory: Array, loss: int, values: int, targets: int, delta: int, count: int, share: float) -> None:
    """∂L/∂a at ``delta``; for the two cross-entropies ∂L/∂z, which is simpler. ``share`` is 1 / outputs."""
    if loss in (MSE, BINARY_CROSS_ENTROPY):
        for i in range(0, count, LANES):
            store(memory, delta + i, (load(memory, values + i) - load(memory, targets + i)) * share)
    elif loss == CROSS_ENTROPY:
        for i in range(0, count, LANES):
            store(memory, delta + i, load(memory, values + i) - load(memory, targets + i))
    elif loss == HINGE:
        for i in range(0, count, LANES):
            y = load(memory, targets + i)
            slack = 1.0 - y * load(memory, values + i)
            store(memory, delta + i, step(slack) * y * (0.0 - share))
    elif loss == MAE:
        for i in range(0, count, LANES):
            e = load(memory, values + i) - load(memory, targets + i)
            store(memory, delta + i, sign(e) * share)
    elif loss == HUBER:
        for i in range(0, count, LANES):
            e = load(memory, values + i) - load(memory, targets + i)
            store(memory, delta + i, where_less(e, -1.0, -1.0, where_less(1.0, e, 1.0, e)) * share)


@called
def backward(memory: Array, plan: Rows, block: int, zeros: int, n: int) -> None:
    """Every δ of n samples from the output's, and the sums of their gradients added to the gradient."""
    for layer in range(len(plan) - 1, 0, -1):
        width, delta = plan[layer, WIDTH], plan[layer, DELTA]
        below, width_below = layer - 1, plan[layer - 1, WIDTH]
        weights, bias = block + plan[layer, WEIGHTS], block + plan[layer, BIAS]
        inputs = plan[below, UNITS]
        multiply(memory, inputs, n, width, weights, weights, width, plan[below, HIDDEN], 1, width_below, delta)
        for column in range(0, width, LANES):
            total = load(memory, bias + column)
            for i in range(delta + column, delta + n * width, width):
                total = total + load(memory, i)
            store(memory, bias + column, total)
        if layer > 1:
            upstream, slopes = plan[below, DELTA], plan[below, SLOPE]
            units, transposed = plan[layer, UNITS], plan[layer, TRANSPOSED]
            multiply(memory, n, units, width_below, upstream, zeros, 0, delta, width, 1, transposed)
            for i in range(0, n * width_below, LANES):
                store(memory, upstream + i, load(memory, upstream + i) * load(memory, slopes + i))


@called
def gradient_of_sample(memory: Array, plan: Rows, gradient: Array) -> None:
    """The gradients dW = hᵀ·δ and db = δ of the one sample whose h and δ are in memory, as a flat vector."""
    goal = 0
    for layer in range(1, len(plan)):
        for row in range(plan[layer - 1, UNITS] + 1):
            h = memory[plan[layer - 1, HIDDEN] + row] if row < plan[layer - 1, UNITS] else 1.0
            for column in range(plan[layer, UNITS]):
                gradient[goal] = h * memory[plan[layer, DELTA] + column] + 0.0
                goal += 1


@inlined
def names_no_other(order: Rows, samples: int) -> bool:
    """Whether ``order`` names no row that does not exist."""
    outside = 0
    for k in range(len(order)):
        outside |= (order[k] < 0) | (order[k] >= samples)
    return outside == 0


@called
def softmax_columns(memory: Array, values: int, units: int, columns: int) -> None:
    """As ``softmax``, of ``columns`` samples; the same unit's z of all of them lie side by side."""
    for i in range(values, values + columns, LANES):
        if units == 2:
            ahead = load(memory, i) - load(memory, i + columns)
            store(memory, i, logistic(ahead))
            store(memory, i + columns, logistic(0.0 - ahead))
            continue
        end = i + units * columns
        largest = load(memory, i)
        for k in range(i + columns, end, columns):
            z = load(memory, k)
            largest = where_less(largest, z, z, largest)
        total = spread(0.0)
        for k in range(i, end, columns):
            e = exponential(load(memory, k) - largest)
            store(memory, k, e)
            total = total + e
        for k in range(i, end, columns):
            store(memory, k, load(memory, k) / total)


@called
def losses_of_columns(
    memory: Array, loss: int, values: int, targets: int, units: int, columns: int, result: int
) -> None:
    """The losses that need no logarithm, one for each of the ``columns``, see core.network.losses for the formulas.

    ``result`` may be where a layer's z lie, which these losses do not need.
    """
    share = 1.0 / float64(units)
    is_exact = units & (units - 1) == 0  # then to multiply by the share gives the same as to divide, and is quicker
    for i in range(0, columns, LANES):
        total = spread(0.0)
        if loss == MSE:
            for k in range(i, i + units * columns, columns):
                e = load(memory, values + k) - load(memory, targets + k)
                total = total + e * 0.5 * e
        else:
            for k in range(i, i + units * columns, columns):
                a, y = load(memory, values + k), load(memory, targets + k)
                e = absolute(a - y)
                if loss == HINGE:
                    slack = 1.0 - y * a
                    total = total + where_less(slack, 0.0, 0.0, slack)
                elif loss == MAE:
                    total = total + e
                elif loss == HUBER:
                    total = total + where_less(1.0, e, e - 0.5, e * 0.5 * e)
        if is_exact:
            store(memory, result + i, total * share)
        else:
            store(memory, result + i, total / float64(units))


@called
def cross_entropy(memory: Array, sums: int, values: int, targets: int, units: int, step: int) -> float:
    """−Σ y_k ln a_k of one sample, whose numbers lie ``step`` apart.

    ln a_k = z_k − z_max + ln a_max, and a_max = 1/(1 + Σ a_k/a_max over the others) is at least 1/K.
    """
    best = 0
    for k in range(step, units * step, step):
        if number_at(memory, sums + k) > number_at(memory, sums + best):
            best = k
    others = 0.0
    for k in range(0, units * step, step):
        if k != best:
            others += number_at(memory, values + k)
    total = math.log1p(others / number_at(memory, values + best))
    for k in range(0, units * step, step):
        total -= number_at(memory, targets + k) * (number_at(memory, sums + k) - number_at(memory, sums + best))
    return total


@called
def loss_of_sample(memory: Array, loss: int, sums: int, values: int, targets: int, units: int, step: int) -> float:
    """The loss of one sample from its z (``sums``), a (``values``) and y, for the losses that need logarithms.

    Its numbers lie ``step`` apart. See core.network.losses for the formulas.
    """
    if loss == CROSS_ENTROPY:
        return cross_entropy(memory, sums, values, targets, units, step)
    total = 0.0
    for k in range(0, units * step, step):  # binary cross-entropy
        z, y = number_at(memory, sums + k), number_at(memory, targets + k)
        total += (z if z > 0.0 else 0.0) - z * y + math.log1p(math.exp(-math.fabs(z)))
    return total / float64(units)


@called
def copy_in(memory: Array, plan: Rows, offset: int, flat: Array) -> None:
    """From a flat vector W1, b1, W2, b2, … to padded rows."""
    source = 0
    for layer in range(1, len(plan)):
        units = plan[layer, UNITS]
        whole = units - units % LANES
        for row in range(plan[layer - 1, UNITS] + 1):  # the last one is the bias
            place = offset + plan[layer, WEIGHTS] + row * plan[layer, WIDTH]
            for column in range(0, whole, LANES):
                store(memory, place + column, load(flat, source + column))
            for column in range(whole, units):
                memory[place + column] = flat[source + column]
            source += units


@called
def copy_out(memory: Array, plan: Rows, offset: int, flat: Array) -> None:
    """From padded rows to a flat vector, the other way round; to an empty one nothing."""
    goal = 0
    for layer in range(1, len(plan) if len(flat) > 0 else 0):
        units = plan[layer, UNITS]
        whole = units - units % LANES
        for row in range(plan[layer - 1, UNITS] + 1):
            place = offset + plan[layer, WEIGHTS] + row * plan[layer, WIDTH]
            for column in range(0, whole, LANES):
                store(flat, goal + column, load(memory, place + column))
            for column in range(whole, units):
                flat[goal + column] = memory[place + column]
            goal += units


@inlined
def take_sample(memory: Array, place: int, values: Array, row: int) -> None:
    """Copy one row of the inputs or targets."""
    for column in range(values.shape[1]):
        memory[place + column] = values[row, column]


Learned = tuple[Array, Array, Array, Array, Array, Array]
"""The parameters, before_last, the gradient and the slots that the optimizer uses, which training changes; the inputs
and the targets."""

How = tuple[Rows, Array, Rows, Array, int, int, int, int, int, int, float, float, float, float, int]
"""frozen, kept, plan, memory, block, zeros, targets_place, batch_size, loss, optimizer, momentum, l1, l2, dropout, key.

The last ones are the settings; ``targets_place`` is where targets lie in memory.
"""

_VALUES, _ROWS, _TABLE = float64[::1], types.Array(int64, 1, "C", readonly=True), float64[:, ::1]
_SAMPLES = types.Array(float64, 2, "C", readonly=True)
TRAIN = types.boolean(
    types.Tuple((_VALUES, _VALUES, _VALUES, _TABLE, _SAMPLES, _SAMPLES)),
    _ROWS,
    _VALUES,
    types.Tuple((_ROWS, _VALUES, int64[:, ::1], _VALUES, *[int64] * 6, *[float64] * 4, uint64)),
    int64,
    int64,
    types.boolean,
)
"""The signature of all kernels that train, see ``loops.train_batches``, so that one can take another's place."""
