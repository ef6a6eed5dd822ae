"""Whole epochs with the measures behind them, in one call: in a small net the interpreter takes longer than an epoch.

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


MeasuredSet = tuple[Array, Array, Array, Array, Rows]
"""Inputs and targets, and room for the losses, outputs and classes at each moment, as ``measure`` takes them."""

call_train, call_measure = _caller(TRAIN), _caller(MEASURE)


def train_epochs(
    train: int,
    measure: int,
    learned: Learned,
    orders: Rows,
    rates: Array,
    how: How,
    step: int,
    position: int,
    stride: int,
    states: Array,
    training: MeasuredSet,
    test: MeasuredSet,
    room: tuple[Any, ...],
) -> bool:
    """Run epochs, and measure the training and the test set behind each ``stride`` of them.

    The rows of ``orders`` and ``rates`` are those of the epochs; a single row of rates serves all. ``room`` is what
    ``evaluation_kernels.measure`` takes behind the classes. ``states`` gets the parameters, before_last, the gradient
    and the two slots at each measured moment, shape (moments, 5, parameters).
    """
    parameters, before_last, gradient, slots, _, _ = learned
    done = True
    for epoch in range(len(orders)):
        began = step + epoch * rates.shape[1], position + epoch * orders.shape[1]
        done &= call_train(train, learned, orders[epoch], rates[epoch % len(rates)], how, *began)
        if (epoch + 1) % stride == 0:
            k = epoch // stride
            for i in range(len(parameters)):
                states[k, 0, i] = parameters[i]
                states[k, 1, i] = before_last[i]
                states[k, 2, i] = gradient[i]
                states[k, 3, i] = slots[0, i]
                states[k, 4, i] = slots[1, i]
            for inputs, targets, losses, outputs, classes in (training, test):
                measured = (parameters, inputs, targets, losses[k], outputs[k], classes[k]) + room  # noqa: RUF005
                call_measure(measure, *measured)
    return done


_TABLE, _TABLES, _READ_TABLE = float64[:, ::1], float64[:, :, ::1], types.Array(float64, 2, "C", readonly=True)
_SET = types.Tuple((_READ_TABLE, _READ_TABLE, _TABLE, _TABLES, int64[:, ::1]))
TRAIN_EPOCHS = types.boolean(
    int64, int64, TRAIN.args[0], types.Array(int64, 2, "C", readonly=True), _TABLE,
    TRAIN.args[3], int64, int64, int64, _TABLES, _SET, _SET, types.Tuple(MEASURE.args[6:]),
)  # fmt: skip
