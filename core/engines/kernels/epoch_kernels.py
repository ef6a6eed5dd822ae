"""Epochs with the measures behind them, in one call: in a small net the interpreter takes longer than an epoch.

The kernels that train and measure are given, by their addresses, so this takes no time to compile.
"""

from __future__ import annotations

from math import inf
from typing import Any

from numba import float64, int64, types
from numba.core import cgutils
from numba.extending import intrinsic

from core.base.arrays import Array, Rows
from core.engines.kernels.evaluation_kernels import MEASURE
from core.engines.kernels.passes import TRAIN, How, Learned
from core.engines.kernels.vectors import LANES, called, load, spread, store, sum_of_lanes, where_less


def _caller(kernel: Any) -> Any:
    """A function that calls the kernel of this signature at an address: call(address, arguments…)."""

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        given = zip(cgutils.unpack_tuple(builder, values[1]), signature.args[1].types, kernel.args, strict=True)
        arguments = [context.cast(builder, value, kind, wanted) for value, kind, wanted in given]
        kind = context.call_conv.get_function_type(kernel.return_type, kernel.args)
        function = builder.inttoptr(values[0], kind.as_pointer())
        return context.call_conv.call_function(builder, function, kernel.return_type, kernel.args, arguments)[1]

    @intrinsic
    def call(typing: Any, address: Any, *arguments: Any) -> Any:
        return kernel.return_type(address, types.StarArgTuple(arguments)), lower

    return call


Factors = tuple[float, float, float, float, float]
"""Of a set: three from the network's to the data's units, f, s and c for loss · f and a · s + c; the number of samples;
the mean of (y − ȳ)²."""

MeasuredSet = tuple[Array, Array, Array, Factors, Array, Array, Array, Array, Rows]
"""Inputs and targets; the true classes, or numbers in the data's units; the factors; room for losses, outputs, classes
and squared errors at one moment; the parts of a sum."""

Moments = tuple[int, int, int, int]
"""The samples of an epoch; the first position at which both sets are measured, how far apart such positions lie, and
how many there are."""

Reasons = tuple[float, float, float, float]
"""When a run stops by itself: at this training loss; so many samples behind the lowest test loss; the position of the
lowest one so far, and that loss."""

call_train, call_measure = _caller(TRAIN), _caller(MEASURE)


@called
def sum_in_pairs(values: Array, parts: Rows) -> float:
    """The sum of some numbers in the order in which NumPy adds them; the numbers are lost.

    Each row of ``parts`` has the first number of a part, how many there are, and how many of the last two sums are then
    added; see :func:`core.engines.compiled_engine.parts_of_sum`. The sums lie where numbers were that are done with.
    """
    done = 0
    for part in range(len(parts)):
        first, n, additions = parts[part, 0], parts[part, 1], parts[part, 2]
        total, start = 0.0, first
        if n >= LANES:
            start = first + n - n % LANES
            lanes = load(values, first)
            for i in range(first + LANES, start, LANES):
                lanes = lanes + load(values, i)
            total = sum_of_lanes(lanes)
        for i in range(start, first + n):
            total += values[i]
        for _ in range(additions):
            done -= 1
            total = values[done] + total
        values[done] = total
        done += 1
    return values[0]


@called
def sum_up(one: MeasuredSet, found: Array, column: int) -> bool:
    """Put the loss, score and squared error of a set into every second column; returns whether the loss is finite.

    They are in the data's units, as :func:`core.training.evaluation.evaluation_of` has them.
    """
    _, _, wanted, factors, losses, outputs, classes, room, parts = one
    loss_scale, scale, center, n, spread_of_targets = factors
    for s in range(0, len(room), LANES):
        store(room, s, load(losses, s) * loss_scale)
    loss = sum_in_pairs(room, parts) / n
    found[column] = loss
    if len(outputs) == 0:
        right = spread(0.0)
        for s in range(0, len(classes), LANES):
            given, true = load(classes, s), load(wanted, s)
            right = right + where_less(given, true, 0.0, where_less(true, given, 0.0, 1.0))
        found[column + 2] = sum_of_lanes(right) / n
    else:
        for s in range(0, len(room), LANES):
            error = load(outputs, s) * scale + center - load(wanted, s)
            store(room, s, error * error)
        found[column + 4] = sum_in_pairs(room, parts) / n
        found[column + 2] = 1.0 - found[column + 4] / spread_of_targets
    return loss - loss == 0.0


@called
def zero_if_finite(values: Array) -> float:
    """0 if all of these numbers are finite, otherwise NaN."""
    whole, total = len(values) - len(values) % LANES, 0.0
    lanes = spread(0.0)
    for i in range(0, whole, LANES):
        some = load(values, i)
        lanes = lanes + (some - some)
    for i in range(whole, len(values)):
        total += values[i] - values[i]
    return sum_of_lanes(lanes) + total


@called
def are_finite(learned: Learned) -> bool:
    """Whether the parameters and the slots that the optimizer uses are finite."""
    total = zero_if_finite(learned[0])
    for slot in range(len(learned[3])):
        total += zero_if_finite(learned[3][slot])
    return total == 0.0


@intrinsic
def numbers_at(typing: Any, address: Any) -> Any:
    """The numbers from an address on."""

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], context.get_value_type(signature.return_type))

    return types.CPointer(float64)(address), lower


@called
def copy_state(learned: Learned, address: int) -> None:
    """Copy the parameters, gradient, last change and slots that the optimizer uses, one behind another, to there."""
    parameters, before_last, gradient, slots, _, _ = learned
    state, size = numbers_at(address), len(parameters)
    for i in range(size):
        state[i] = parameters[i]
        state[size + i] = gradient[i]
        state[2 * size + i] = parameters[i] - before_last[i]
    for slot in range(len(slots)):
        for i in range(size):
            state[(3 + slot) * size + i] = slots[slot, i]


def train_epochs(
    train: int,
    measure: int,
    learned: Learned,
    order: Rows,
    rates: Array,
    has_one_rate: bool,
    how: How,
    step: int,
    position: int,
    moments: Moments,
    states: Rows,
    found: Array,
    reasons: Reasons,
    training: MeasuredSet,
    test: MeasuredSet,
    room: tuple[Any, ...],
) -> tuple[int, bool]:
    """Train on ``order``, and measure the training and the test set at some moments on the way.

    ``states`` says for each moment at which address its state goes, see ``copy_state``; 0 for none. Its row of
    ``found`` gets the position, both losses, both scores and both squared errors; they must be NaN before. ``step`` and
    ``position`` are those at which the first batch begins. ``room`` is what ``evaluation_kernels.measure`` takes behind
    the classes.

    Returns:
        At how many moments all numbers were finite; -1 where ``order`` names a row that does not exist or ``rates`` are
        missing. And whether the run stands, with finite numbers, where it should: at the end, or at the last of these
        moments, if it stops there by itself.
    """
    length, moment, apart, count = moments
    stop_loss, patience, best, lowest = reasons
    parameters, before_last, gradient, slots, inputs, targets = learned
    may_stop = patience < inf or stop_loss == stop_loss
    at, end, batches, k = position, position + len(order), 0, 0
    while at < end:
        goal = moment if k < count else end
        if length % how[7] > 0:  # then the last batch of an epoch is smaller
            goal = min(goal, (at // length + 1) * length)
        size, rate = (goal - at + how[7] - 1) // how[7], 0 if has_one_rate else batches
        samples, some_rates = order[at - position : goal - position], rates[rate : rate + size]
        is_wanted = goal == end or (k < count and goal == moment and (may_stop or states[k] != 0))
        wanted, goes_on = len(parameters) if is_wanted else 0, at > position
        to_learn = parameters, before_last[:wanted], gradient[:wanted], slots, inputs, targets
        if len(some_rates) < size:
            return -1, False
        if not call_train(train, to_learn, samples, some_rates, how, step + batches, at, goes_on):
            return -1, False
        at, batches = goal, batches + size
        if k == count or at < moment:
            continue
        found[k, 0] = at
        is_good = are_finite(learned)
        for one, column in ((training, 1), (test, 2)):
            if len(one[2]) > 0:
                measured = (learned[0], one[0], one[1], one[4], one[5], one[6]) + room  # noqa: RUF005
                call_measure(measure, *measured)
                is_good &= sum_up(one, found[k], column)
        if not is_good:
            return k, False
        if states[k]:
            copy_state(learned, states[k])
        if found[k, 2] < lowest:
            best, lowest = float64(at), found[k, 2]
        k, moment = k + 1, moment + apart
        if found[k - 1, 1] <= stop_loss or at - best >= patience:
            return k, True
    return k, are_finite(learned)


_TABLE, _READ_TABLE, _VALUES = float64[:, ::1], types.Array(float64, 2, "C", readonly=True), float64[::1]
_SET = types.Tuple((
    _READ_TABLE, _READ_TABLE, _VALUES, types.UniTuple(float64, 5), _VALUES, _TABLE, _VALUES, _VALUES, int64[:, ::1],
))  # fmt: skip
TRAIN_EPOCHS = types.Tuple((int64, types.boolean))(
    int64, int64, *TRAIN.args[:3], types.boolean, *TRAIN.args[3:6], types.UniTuple(int64, 4), int64[::1], _TABLE,
    types.UniTuple(float64, 4), _SET, _SET, types.Tuple(MEASURE.args[6:]),
)  # fmt: skip
