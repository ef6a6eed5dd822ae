"""The training loop in NumPy: the arithmetic of core.network.network without allocating, one batch after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.base.arrays import Array, Rows
from core.engines.numpy_forward import NumpyForwardPass
from core.engines.workload import Workload
from core.network.activations import Activation
from core.network.decision_rule import decide
from core.network.dropout import masks
from core.network.losses import Loss
from core.network.network import Network, parameter_views
from core.network.optimizers import Rule
from core.network.penalty import add_penalty_gradient


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class _Layer:
    """A layer with its memory for one batch of n samples.

    Attributes:
        activation, function: its activation, and the function of that.
        weights, gradient: W above b, and their gradient: views of the flat vectors, shape (inputs + 1, units).
        backwards: Wᵀ, a view.
        z, a, delta, upstream: of shape (n, units); upstream is ∂L/∂a.
        h: what it passes on, a or a after dropout. Where it can be, a is h itself and need not be copied.
        extended, transposed: h with a column of ones behind it, shape (n, units + 1), and a view of its transpose.
    """

    activation: Activation
    function: Callable[..., Array]
    weights: Array
    gradient: Array
    backwards: Array
    z: Array
    a: Array
    h: Array
    extended: Array
    transposed: Array
    delta: Array
    upstream: Array


class NumpyEngine(NumpyForwardPass):
    """Runs the updates of a workload.

    A layer's bias lies behind its weights in the flat vector, so both are one matrix (W above b), and with a 1 behind
    each h the bias is one more weight: a call of NumPy less for z and for the gradient, and in small nets calls are
    all that costs time.
    """

    name = "numpy"

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload.network)
        self._workload = workload
        self._dW, _ = parameter_views(workload.network.sizes, workload.gradient)
        self._work = np.empty_like(workload.network.parameters)
        self._layers: dict[tuple[int, bool], list[_Layer]] = {}  # by samples of the batch, and whether there is dropout

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
        last, rate = len(rates) - 1, np.array(0.0)  # an array, since a number is converted in each call
        with np.errstate(all="ignore"):  # overflow is found by the caller, who looks at the parameters
            for batch, (given, xs, ys) in enumerate(zip(rates.tolist(), _cut(x, size), _cut(y, size), strict=True)):
                if rate != given:
                    rate = np.array(given)
                if batch == last:
                    load.before_last[:] = parameters
                self._compute_gradient(xs, ys, rule, position + batch * size)
                if len(frozen):
                    gradient[frozen] = 0.0
                    kept = parameters[frozen]
                update(parameters, gradient, slots, rate, momentum, step + batch + 1, work)
                if len(frozen):
                    parameters[frozen] = kept

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses, shape (n,), and outputs, shape (n, outputs), of samples; without dropout and penalty."""
        return measure(self._workload.network, self._workload.loss, inputs, targets)

    def measure_classes(self, inputs: Array, targets: Array) -> tuple[Array, Rows]:
        """Losses of samples, and the class of each one's largest output, shapes (n,)."""
        losses, outputs = self.measure(inputs, targets)
        return losses, decide(outputs)

    def _compute_gradient(self, x: Array, y: Array, rule: Rule, position: int) -> None:
        """For inputs with a 1 behind them."""
        n, load = len(x), self._workload
        drops: list[Array] = []
        if rule.dropout:
            drops = masks(load.key, position, n, load.network.sizes[1:-1], rule.dropout)
        layers = self._layers.get((n, rule.dropout > 0.0))
        if layers is None:
            layers = self._layers[n, rule.dropout > 0.0] = self._allocate(n, rule.dropout > 0.0)
        h, last = x, layers[-1]
        for index, layer in enumerate(layers):
            a = layer.function(h.dot(layer.weights, layer.z), layer.a)
            if layer is last:
                break
            if drops:
                np.multiply(a, drops[index], out=layer.h)
            elif a is not layer.h:
                layer.h[:] = a
            h = layer.extended
        delta = load.loss.output_delta(last.activation, last.z, last.a, y, last.delta, last.upstream)
        for index in range(len(layers) - 1, 0, -1):
            layer, below = layers[index], layers[index - 1]
            below.transposed.dot(delta, layer.gradient)
            upstream = delta.dot(layer.backwards, below.upstream)
            if drops:
                upstream *= drops[index - 1]
            delta = below.activation.delta(upstream, below.z, below.a, below.delta)
        x.T.dot(delta, layers[0].gradient)
        if n > 1:
            np.divide(load.gradient, n, out=load.gradient)
        if rule.l1 or rule.l2:
            add_penalty_gradient(self._dW, load.network.weights, rule.l1, rule.l2)

    def _allocate(self, n: int, dropout: bool) -> list[_Layer]:
        network, layers = self._workload.network, []
        parameters = _extended_views(network.sizes, network.parameters)
        gradients = _extended_views(network.sizes, self._workload.gradient)
        for index, activation in enumerate(network.activations):
            units, is_last = network.sizes[index + 1], index == len(network.activations) - 1
            extended = np.ones((n, units + 1))
            h = extended[:, :-1]
            z, a, delta, upstream = (np.empty((n, units)) for _ in range(4))
            if n == 1 and not dropout and not is_last:
                a = h  # of more rows, h has gaps between them, which make functions of it slower
            layers.append(
                _Layer(
                    activation,
                    activation.function,
                    parameters[index],
                    gradients[index],
                    network.weights[index].T,
                    z,
                    a,
                    h,
                    extended,
                    extended.T,
                    delta,
                    upstream,
                )
            )
        return layers


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
