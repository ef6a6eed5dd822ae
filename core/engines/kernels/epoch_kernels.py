"""Epochs with the measures behind them, in one call: in a small net the interpreter takes longer than an epoch.

The kernels that train and measure are given, by their addresses, so this takes no time to compile.
"""

from __future__ import annotations

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


MeasuredSet = tuple[Array, Array, Array, tuple[float, float, float], Array, Array, Array, Array, Rows, Array]
"""Inputs and targets; the true classes, or numbers in the data's units; the factors of ``sum_up``; room for losses,
outputs, classes and squared errors at one moment; the parts of a sum; the sums at each moment."""

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
def sum_up(one: MeasuredSet, k: int) -> None:
    """The sums of what was measured, in the data's units."""
    _, _, wanted, factors, losses, outputs, classes, room, parts, sums = one
    loss_scale, scale, center = factors
    for s in range(0, len(room), LANES):
        store(room, s, load(losses, s) * loss_scale)
    sums[k, 0] = sum_in_pairs(room, parts)
    right = spread(0.0)
    for s in range(0, len(classes), LANES):
        found, true = load(classes, s), load(wanted, s)
        right = right + where_less(found, true, 0.0, where_less(true, found, 0.0, 1.0))
    sums[k, 1] = sum_of_lanes(right)
    if len(outputs) > 0:
        for s in range(0, len(room), LANES):
            error = load(outputs, s) * scale + center - load(wanted, s)
            store(room, s, error * error)
        sums[k, 1] = sum_in_pairs(room, parts)


def train_epochs(
    train: int,
    measure: int,
    learned: Learned,
    order: Rows,
    rates: Array,
    how: How,
    step: int,
    position: int,
    pieces: Rows,
    states: Array,
    training: MeasuredSet,
    test: MeasuredSet,
    room: tuple[Any, ...],
) -> bool:
    """Train on the pieces of ``order`` in turn, and measure the training and the test set behind some of them.

    A row of ``pieces`` has the first sample, that behind the last, the first of the ``rates``, the number of batches,
    the number of batches before, and 1 if both sets are measured behind it. ``step`` and ``position`` are those of the
    first piece. ``room`` is what ``evaluation_kernels.measure`` takes behind the classes. ``states`` gets the
    parameters, before_last, the gradient and the slots that the optimizer uses at each measured moment, shape (moments,
    3 + slots, parameters).
    """
    parameters, before_last, gradient, slots, _, _ = learned
    done, k = True, 0
    for piece in range(len(pieces)):
        first, end, rate, batches, before = (
            pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], pieces[piece, 3], pieces[piece, 4],
        )  # fmt: skip
        began = step + before, position + first
        done &= call_train(train, learned, order[first:end], rates[rate : rate + batches], how, *began)
        if pieces[piece, 5] > 0:
            for i in range(len(parameters)):
                states[k, 0, i] = parameters[i]
                states[k, 1, i] = before_last[i]
                states[k, 2, i] = gradient[i]
            for slot in range(len(slots)):
                for i in range(len(parameters)):
                    states[k, 3 + slot, i] = slots[slot, i]
            for one in (training, test):
                if len(one[2]) > 0:
                    measured = (parameters, one[0], one[1], one[4], one[5], one[6]) + room  # noqa: RUF005
                    call_measure(measure, *measured)
                    sum_up(one, k)
            k += 1
    return done


_TABLE, _READ_TABLE, _VALUES = float64[:, ::1], types.Array(float64, 2, "C", readonly=True), float64[::1]
_SET = types.Tuple((
    _READ_TABLE, _READ_TABLE, _VALUES, types.UniTuple(float64, 3),
    _VALUES, _TABLE, _VALUES, _VALUES, int64[:, ::1], _TABLE,
))  # fmt: skip
TRAIN_EPOCHS = types.boolean(
    int64, int64, *TRAIN.args, int64[:, ::1], float64[:, :, ::1], _SET, _SET, types.Tuple(MEASURE.args[6:]),
)  # fmt: skip
