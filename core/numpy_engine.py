"""The training loop in NumPy: the arithmetic of core.network without allocating, one batch after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.dropout import masks
from core.losses import Loss
from core.network import Network, parameter_views
from core.optimizers import Rule
from core.penalty import add_penalty_gradient
from core.workload import Workload

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Buffers:
    """Memory for one batch of n samples: of each layer but the input z, a, δ and ∂L/∂a, shapes (n, units).

    ``h`` is what each hidden layer passes on, a or a after dropout; ``extended`` has a column of ones behind it, shape
    (n, units + 1), and ``transposed`` is a view of that. Where it can be, a is h itself and need not be copied.
    """

    z: list[Array]
    a: list[Array]
    h: list[Array]
    extended: list[Array]
    transposed: list[Array]
    delta: list[Array]
    upstream: list[Array]


class NumpyEngine:
    """Runs the updates of a workload.

    A layer's bias lies behind its weights in the flat vector, so both are one matrix (W above b), and with a 1 behind
    each h the bias is one more weight: a call of NumPy less for z and for the gradient, and in small nets calls are
    all that costs time.
    """

    name = "numpy"

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        network = workload.network
        self._dW, _ = parameter_views(network.sizes, workload.gradient)
        functions = (activation.function for activation in network.activations)
        self._layers = list(zip(functions, _extended_views(network.sizes, network.parameters), strict=True))
        self._gradients = _extended_views(network.sizes, workload.gradient)
        self._transposed = [weights.T for weights in network.weights]
        self._work = np.empty_like(network.parameters)
        self._buffers: dict[tuple[int, bool], _Buffers] = {}

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on the rows of ``order`` in turn, cut into batches; what is left at the end is a smaller batch.

        Args:
            order: rows of the inputs and targets.
            rates: a learning rate for each batch.
            rule: optimizer, penalty and dropout.
            step: updates that the optimizer made before.
            position: samples that the run has seen before; dropout depends on it.
        """
        load = self._workload
        x, y, size = np.ones((len(order), load.inputs.shape[1] + 1)), load.targets[order], load.batch_size
        x[:, :-1] = load.inputs[order]
        frozen = np.array(rule.frozen, dtype=np.int64)
        update, momentum = rule.optimizer.update, rule.momentum
        parameters, gradient, slots, work = load.network.parameters, load.gradient, load.slots, self._work
        last = len(rates) - 1
        with np.errstate(all="ignore"):  # overflow is found by the caller, who looks at the parameters
            for batch, (rate, xs, ys) in enumerate(zip(rates.tolist(), _cut(x, size), _cut(y, size), strict=True)):
                if batch == last:
                    load.before_last[:] = parameters
                self._compute_gradient(xs, ys, rule, position + batch * size)
                if len(frozen):
                    gradient[frozen] = 0.0
                    kept = parameters[frozen]
                update(parameters, gradient, slots, rate, momentum, step + batch + 1, work)
                if len(frozen):
                    parameters[frozen] = kept

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations for inputs of shape (n, sizes[0]), without dropout: shapes (n, units)."""
        with np.errstate(all="ignore"):
            return list(self._workload.network.forward(inputs).a[1:])

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses, shape (n,), and outputs, shape (n, outputs), of samples; without dropout and penalty."""
        return measure(self._workload.network, self._workload.loss, inputs, targets)

    def _compute_gradient(self, x: Array, y: Array, rule: Rule, position: int) -> None:
        """For inputs with a 1 behind them."""
        n, network = len(x), self._workload.network
        drops: list[Array] = []
        if rule.dropout:
            drops = masks(self._workload.key, position, n, network.sizes[1:-1], rule.dropout)
        buffers = self._buffers.get((n, bool(drops)))
        if buffers is None:
            buffers = self._buffers[n, bool(drops)] = self._allocate(n, bool(drops))
        self._forward(x, buffers, drops)
        z, a, activations = buffers.z, buffers.a, network.activations
        last = len(z) - 1
        delta = self._workload.loss.output_delta(
            activations[last], z[last], a[last], y, buffers.delta[last], buffers.upstream[last]
        )
        for layer in range(last, 0, -1):
            buffers.transposed[layer - 1].dot(delta, self._gradients[layer])
            upstream = delta.dot(self._transposed[layer], buffers.upstream[layer - 1])
            if drops:
                upstream *= drops[layer - 1]
            delta = activations[layer - 1].delta(upstream, z[layer - 1], a[layer - 1], buffers.delta[layer - 1])
        x.T.dot(delta, self._gradients[0])
        if n > 1:
            np.divide(self._workload.gradient, n, out=self._workload.gradient)
        if rule.l1 or rule.l2:
            add_penalty_gradient(self._dW, network.weights, rule.l1, rule.l2)

    def _forward(self, x: Array, buffers: _Buffers, drops: list[Array]) -> None:
        """Fill z, a and h."""
        h = x
        for layer, (function, weights) in enumerate(self._layers):
            a = function(h.dot(weights, buffers.z[layer]), buffers.a[layer])
            if layer == len(buffers.h):
                return
            h = buffers.extended[layer]
            if drops:
                np.multiply(a, drops[layer], out=buffers.h[layer])
            elif a is not buffers.h[layer]:
                buffers.h[layer][:] = a

    def _allocate(self, n: int, dropout: bool) -> _Buffers:
        def memory() -> list[Array]:
            return [np.empty((n, units)) for units in self._workload.network.sizes[1:]]

        extended = [np.ones((n, units + 1)) for units in self._workload.network.sizes[1:-1]]
        z, a, h = memory(), memory(), [both[:, :-1] for both in extended]
        if n == 1 and not dropout:  # of more rows, h has gaps between them, which make functions of it slower
            a[:-1] = h
        return _Buffers(z, a, h, extended, [both.T for both in extended], memory(), memory())


def _extended_views(sizes: tuple[int, ...], flat: Array) -> list[Array]:
    """Of each layer W above b, shape (inputs + 1, units), as a view of a flat vector."""
    views, start = [], 0
    for inputs, units in pairwise(sizes):
        end = start + (inputs + 1) * units
        views.append(flat[start:end].reshape(inputs + 1, units))
        start = end
    return views


def _cut(rows: Array, size: int) -> Iterator[Array]:
    """Batches of rows, the last one perhaps smaller."""
    whole = len(rows) - len(rows) % size
    yield from rows[:whole].reshape(-1, size, rows.shape[1])
    if whole < len(rows):
        yield rows[whole:]


def measure(network: Network, loss: Loss, inputs: Array, targets: Array) -> tuple[Array, Array]:
    """Losses, shape (n,), and outputs, shape (n, outputs), by the reference; overflow gives no warning."""
    with np.errstate(all="ignore"):
        forward = network.forward(inputs)
        return loss.value(forward.z[-1], forward.output, targets), forward.output
