"""A fully connected network with its forward and backward pass: the reference that every engine must equal.

Shapes: n samples, layer l with ``sizes[l]`` units; layer 0 is the input. Layer l ≥ 1 computes

    z[l] = h[l-1] · W[l] + b[l],        a[l] = f_l(z[l]),        h[l] = a[l],

and the loss of the batch is the mean of its samples' losses L. Backpropagation is the chain rule from the last layer
to the first, with δ[l] = ∂L/∂z[l] for each sample:

    δ[last] = ∂L/∂a[last] through f_last,      δ[l] = (δ[l+1] · W[l+1]ᵀ) through f_l,
    dW[l] = h[l-1]ᵀ · δ[l] / n,                db[l] = Σ δ[l] / n.

With dropout a hidden layer passes on h[l] = a[l] ⊙ m[l], m[l] being its mask (:mod:`core.network.dropout`). By the
chain rule ∂L/∂a[l] = ∂L/∂h[l] ⊙ m[l], so the mask multiplies the gradient as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.base.arrays import Array
from core.base.typeset import subscript, superscript
from core.base.values import dataclass
from core.network.activations import Activation
from core.network.losses import Loss


@dataclass(frozen=True, eq=False)
class Forward:
    """What the forward pass computed: ``z[l]``, ``a[l]`` and ``h[l]`` of shape (n, sizes[l]).

    ``h[l]`` is the input of the next layer: a[l], or with dropout a[l] times its mask. ``z[0]``, ``a[0]`` and ``h[0]``
    are the network's input, so that the index counts layers in all three.
    """

    z: tuple[Array, ...]
    a: tuple[Array, ...]
    h: tuple[Array, ...]
    masks: tuple[Array, ...] = ()

    @property
    def output(self) -> Array:
        """ŷ, shape (n, outputs)."""
        return self.a[-1]


@dataclass(frozen=True, eq=False)
class Backward:
    """What the backward pass computed, counted from the first layer of weights.

    ``delta[l]``: δ of each sample, shape (n, sizes[l + 1]). ``dW[l]``, ``db[l]``: ∂(mean loss)/∂W and ∂b, shapes of
    ``weights[l]`` and ``biases[l]``; they are views of ``gradient``, which is laid out as ``Network.parameters``.
    """

    delta: tuple[Array, ...]
    dW: tuple[Array, ...]
    db: tuple[Array, ...]
    gradient: Array


def count_parameters(sizes: Sequence[int]) -> int:
    """The number of weights and biases of a network with these layer sizes."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def parameter_views(sizes: Sequence[int], flat: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Weights and biases as views of a flat vector W1, b1, W2, b2, … (each W row by row)."""
    weights, biases, start = [], [], 0
    for inputs, outputs in pairwise(sizes):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        weights.append(flat[start:middle].reshape(inputs, outputs))
        biases.append(flat[middle:end])
        start = end
    return tuple(weights), tuple(biases)


def parameter_index(sizes: Sequence[int], layer: int, source: int | None, target: int) -> int:
    """The index in the flat vector of a weight, or of a bias if ``source`` is None; layers count from 1."""
    row = sizes[layer - 1] if source is None else source
    return count_parameters(sizes[:layer]) + row * sizes[layer] + target


def parameter_name(sizes: tuple[int, ...], index: int) -> str:
    """The name of a parameter by its index in the flat vector, as formulas write it, counted from 1: w₂₃⁽¹⁾ or b₃⁽¹⁾.

    Between figures that could be misread stands a comma: w₂,₁₃⁽¹⁾.
    """
    start = 0
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        source, target = divmod(index - start, outputs)
        if source <= inputs:
            figures = [str(target + 1)] if source == inputs else [str(source + 1), str(target + 1)]
            below = ("," if any(len(figure) > 1 for figure in figures) else "").join(figures)
            return f"{'b' if source == inputs else 'w'}{subscript(below)}{superscript(f'({layer})')}"
        start += (inputs + 1) * outputs
    raise IndexError(index)


class Network:
    """Layer sizes, activations, and parameters as one flat float64 vector.

    Attributes:
        sizes: units of each layer, the input first.
        activations: one for each layer but the input.
        parameters: shape (parameters,), laid out W1, b1, W2, b2, …
        weights, biases: views of ``parameters``, of shapes (inputs, outputs) and (outputs,).
    """

    def __init__(
        self, sizes: Sequence[int], activations: Sequence[Activation], parameters: Array | None = None
    ) -> None:
        self.sizes = tuple(sizes)
        self.activations = tuple(activations)
        self.parameters = np.zeros(count_parameters(sizes)) if parameters is None else parameters
        self.weights, self.biases = parameter_views(sizes, self.parameters)

    def forward(self, x: Array, masks: Sequence[Array] = ()) -> Forward:
        """Every z, a and h for the inputs x of shape (n, sizes[0]).

        ``masks`` has one mask of shape (n, units) for each hidden layer, or is empty without dropout.
        """
        z, a, h = [x], [x], [x]
        for layer, activation in enumerate(self.activations):
            z.append(h[-1] @ self.weights[layer] + self.biases[layer])
            a.append(activation.function(z[-1]))
            h.append(a[-1] * masks[layer] if layer < len(masks) else a[-1])
        return Forward(tuple(z), tuple(a), tuple(h), tuple(masks))

    def backward(self, forward: Forward, y: Array, loss: Loss) -> Backward:
        """Every δ, dW and db of the mean loss against the targets y of shape (n, outputs)."""
        gradient = np.empty_like(self.parameters)
        dW, db = parameter_views(self.sizes, gradient)
        last = len(self.weights) - 1
        delta = [loss.output_delta(self.activations[last], forward.z[-1], forward.a[-1], y)]
        for layer in range(last, -1, -1):
            dW[layer][:] = forward.h[layer].T @ delta[0] / len(y)
            db[layer][:] = delta[0].mean(axis=0)
            if layer:
                upstream = delta[0] @ self.weights[layer].T
                if forward.masks:
                    upstream *= forward.masks[layer - 1]
                delta.insert(0, self.activations[layer - 1].delta(upstream, forward.z[layer], forward.a[layer]))
        return Backward(tuple(delta), dW, db, gradient)
