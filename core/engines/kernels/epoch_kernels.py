"""Whole epochs with the measures behind them, in one call: in a small net the interpreter takes longer than an epoch.

The kernels that train and measure are given, as pointers, so this takes no time to compile.
"""

from __future__ import annotations

from collections.abc import Callable

from numba import float64, int64, types, uint64

from core.base.arrays import Array, Rows
from core.engines.kernels.evaluation_kernels import MEASURE
from core.engines.kernels.passes import TRAIN


def train_epochs(
    train: Callable[..., bool],
    measure: Callable[..., None],
    parameters: Array,
    before_last: Array,
    gradient: Array,
    slots: Array,
    inputs: Array,
    targets: Array,
    orders: Rows,
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
    stride: int,
    states: Array,
    losses: Array,
    outputs: Array,
    classes: Rows,
    test_inputs: Array,
    test_targets: Array,
    test_losses: Array,
    test_outputs: Array,
    test_classes: Rows,
    measuring_plan: Rows,
    measuring_memory: Array,
    measuring_targets: int,
) -> bool:
    """Run epochs, and measure the training and the test set behind each ``stride`` of them.

    The rows of ``orders`` and ``rates`` are those of the epochs; what else has the name of an argument of
    ``loops.train_batches`` or ``evaluation_kernels.measure`` is that, for each measured moment. ``states`` gets the
    parameters, before_last, the gradient and the two slots at each of them, shape (moments, 5, parameters).
    """
    done = True
    for epoch in range(len(orders)):
        done &= train(
            parameters, before_last, gradient, slots, inputs, targets, orders[epoch], rates[epoch], frozen, kept, plan,
            memory, block, zeros, targets_place, batch_size, loss, optimizer, momentum, l1, l2, dropout, key,
            step + epoch * rates.shape[1], position + epoch * orders.shape[1],
        )  # fmt: skip
        if (epoch + 1) % stride == 0:
            k = epoch // stride
            for i in range(len(parameters)):
                states[k, 0, i] = parameters[i]
                states[k, 1, i] = before_last[i]
                states[k, 2, i] = gradient[i]
                states[k, 3, i] = slots[0, i]
                states[k, 4, i] = slots[1, i]
            measure(
                parameters, inputs, targets, losses[k], outputs[k], classes[k],
                measuring_plan, measuring_memory, measuring_targets, loss,
            )  # fmt: skip
            measure(
                parameters, test_inputs, test_targets, test_losses[k], test_outputs[k], test_classes[k],
                measuring_plan, measuring_memory, measuring_targets, loss,
            )  # fmt: skip
    return done


_VALUES, _TABLE, _TABLES, _PLAN = float64[::1], float64[:, ::1], float64[:, :, ::1], int64[:, ::1]
_READ_TABLE, _READ_ROWS = types.Array(float64, 2, "C", readonly=True), types.Array(int64, 1, "C", readonly=True)
_READ_ORDERS = types.Array(int64, 2, "C", readonly=True)
TRAIN_EPOCHS = types.boolean(
    types.FunctionType(TRAIN), types.FunctionType(MEASURE),
    _VALUES, _VALUES, _VALUES, _TABLE, _READ_TABLE, _READ_TABLE,
    _READ_ORDERS, _TABLE, _READ_ROWS, _VALUES, _PLAN, _VALUES,
    int64, int64, int64, int64, int64, int64, float64, float64, float64, float64, uint64, int64, int64,
    int64, _TABLES, _TABLE, _TABLES, _PLAN, _READ_TABLE, _READ_TABLE, _TABLE, _TABLES, _PLAN,
    _PLAN, _VALUES, int64,
)  # fmt: skip
