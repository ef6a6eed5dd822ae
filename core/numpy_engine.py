"""The training loop in NumPy: the arithmetic of core.network without allocating, one batch after another."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Memory for one batch of n samples: z, a, a after dropout, δ and ∂L/∂a of each layer but the input."""

    z: list[Array]
    a: list[Array]
    dropped: list[Array]
    delta: list[Array]
    upstream: list[Array]


class NumpyEngine:
    """Runs the updates of a workload."""

    name = "numpy"

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        self._dW, self._db = parameter_views(workload.network.sizes, workload.gradient)
        self._work = np.empty_like(workload.network.parameters)
        self._buffers: dict[int, _Buffers] = {}
        self._transposed = [weights.T for weights in workload.network.weights]

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
        x, y, size = load.inputs[order], load.targets[order], load.batch_size
        frozen = np.array(rule.frozen, dtype=np.int64)
        update, momentum = rule.optimizer.update, rule.momentum
        parameters, gradient, slots, work = load.network.parameters, load.gradient, load.slots, self._work
        with np.errstate(all="ignore"):  # overflow is found by the caller, who looks at the parameters
            for batch, rate in enumerate(rates.tolist()):
                start = batch * size
                if batch == len(rates) - 1:
                    load.before_last[:] = parameters
                self._compute_gradient(x[start : start + size], y[start : start + size], rule, position + start)
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
        n = len(x)
        buffers = self._buffers.get(n)
        if buffers is None:
            buffers = self._buffers[n] = self._allocate(n)
        network = self._workload.network
        hidden = network.sizes[1:-1]
        drops = masks(self._workload.key, position, n, hidden, rule.dropout) if rule.dropout and hidden else []
        h = self._forward(x, buffers, drops)
        last = len(buffers.z) - 1
        delta = self._workload.loss.output_delta(
            network.activations[last], buffers.z[last], buffers.a[last], y, buffers.delta[last], buffers.upstream[last]
        )
        for layer in range(last, -1, -1):
            np.dot(h[layer].T, delta, out=self._dW[layer])
            if n == 1:
                self._db[layer][:] = delta[0]
            else:
                delta.sum(axis=0, out=self._db[layer])
            if layer:
                upstream = np.dot(delta, self._transposed[layer], out=buffers.upstream[layer - 1])
                if drops:
                    upstream *= drops[layer - 1]
                activation = network.activations[layer - 1]
                delta = activation.delta(upstream, buffers.z[layer - 1], buffers.a[layer - 1], buffers.delta[layer - 1])
        if n > 1:
            np.divide(self._workload.gradient, n, out=self._workload.gradient)
        add_penalty_gradient(self._dW, network.weights, rule.l1, rule.l2)

    def _forward(self, x: Array, buffers: _Buffers, drops: list[Array]) -> list[Array]:
        """Fill z and a; returns what each layer is given."""
        network, h = self._workload.network, [x]
        for layer, activation in enumerate(network.activations):
            z = np.dot(h[-1], network.weights[layer], out=buffers.z[layer])
            z += network.biases[layer]
            a = activation.function(z, buffers.a[layer])
            h.append(np.multiply(a, drops[layer], out=buffers.dropped[layer]) if layer < len(drops) else a)
        return h

    def _allocate(self, n: int) -> _Buffers:
        def memory() -> list[Array]:
            return [np.empty((n, units)) for units in self._workload.network.sizes[1:]]

        return _Buffers(memory(), memory(), memory(), memory(), memory())


def measure(network: Network, loss: Loss, inputs: Array, targets: Array) -> tuple[Array, Array]:
    """Losses, shape (n,), and outputs, shape (n, outputs), by the reference; overflow gives no warning."""
    with np.errstate(all="ignore"):
        forward = network.forward(inputs)
        return loss.value(forward.z[-1], forward.output, targets), forward.output
