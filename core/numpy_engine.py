"""The training loop in NumPy: the arithmetic of core.network without allocating, one batch after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.losses import Loss
from core.network import Network, parameter_views
from core.optimizers import Optimizer

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Buffers:
    """Memory for one batch of n samples: z, a and δ of each layer but the input; ∂L/∂a of the output."""

    z: list[Array]
    a: list[Array]
    delta: list[Array]
    upstream: list[Array]


class NumpyEngine:
    """Runs updates of a network's parameters in place.

    Attributes:
        network: the network that is trained.
        gradient: shape (parameters,), the mean gradient of the last batch that was run.
    """

    name = "numpy"

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, batch_size: int, inputs: Array, targets: Array
    ) -> None:
        self.network = network
        self.gradient = np.zeros_like(network.parameters)
        self._dW, self._db = parameter_views(network.sizes, self.gradient)
        self._scratch = np.empty_like(network.parameters)
        self._loss = loss
        self._optimizer = optimizer
        self._batch_size = batch_size
        self._inputs = inputs
        self._targets = targets
        self._buffers: dict[int, _Buffers] = {}
        self._transposed = [weights.T for weights in network.weights]

    def run(self, order: Rows, learning_rate: float) -> None:
        """Train on the rows of ``order`` in turn, cut into batches; what is left at the end is a smaller batch."""
        x, y = self._inputs[order], self._targets[order]
        size = self._batch_size
        with np.errstate(all="ignore"):  # overflow is found by the caller, who looks at the parameters
            for start in range(0, len(order), size):
                self._update(x[start : start + size], y[start : start + size], learning_rate)

    def _update(self, x: Array, y: Array, learning_rate: float) -> None:
        n = len(x)
        buffers = self._buffers.get(n)
        if buffers is None:
            buffers = self._buffers[n] = self._allocate(n)
        network = self.network
        a_below = x
        for weights, bias, activation, z, a in zip(
            network.weights, network.biases, network.activations, buffers.z, buffers.a, strict=True
        ):
            np.dot(a_below, weights, out=z)
            z += bias
            a_below = activation.function(z, a)
        upstream = self._loss.gradient(a_below, y, buffers.upstream[-1])
        for layer in range(len(buffers.z) - 1, -1, -1):
            delta = network.activations[layer].delta(upstream, buffers.z[layer], buffers.a[layer], buffers.delta[layer])
            a_below = buffers.a[layer - 1] if layer else x
            np.dot(a_below.T, delta, out=self._dW[layer])
            if n == 1:
                self._db[layer][:] = delta[0]
            else:
                delta.sum(axis=0, out=self._db[layer])
            if layer:
                upstream = np.dot(delta, self._transposed[layer], out=buffers.upstream[layer - 1])
        if n > 1:
            self.gradient /= n
        self._optimizer.update(network.parameters, self.gradient, learning_rate, self._scratch)

    def _allocate(self, n: int) -> _Buffers:
        def memory() -> list[Array]:
            return [np.empty((n, units)) for units in self.network.sizes[1:]]

        return _Buffers(memory(), memory(), memory(), memory())
