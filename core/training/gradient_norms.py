"""How much of the loss's gradient reaches each layer; it shows a gradient that vanishes or explodes.

A layer's norm here is the root mean square, over some training samples, of the length of the sample's own gradient:

    √ mean_s |∂L_s/∂(W, b)|²,      |∂L_s/∂(W, b)|² = (|h_s|² + 1)·|δ_s|²,

where h_s is the layer's input. The gradient of the mean loss does not show this: while a network cannot separate the
classes, the gradients of its samples cancel out in the last layer, whose norm is then as small as that of the layers
below. At the start of the preset ``deep``, the norms of the mean are 2e-7, 4e-7, 2e-5 and 3e-7 from the first layer to
the last, and those of the samples 1e-6, 5e-6, 3e-4 and 0.18. The norms of a single batch would jump from one batch to
the next. Penalty and dropout are left out, because they are not part of what the layers pass back.
"""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, spread_rows
from core.network.losses import Loss
from core.network.network import Network
from core.training.preparation import Part

MOST_SAMPLES = 64
LARGE_FACTOR = 1000.0
VANISHING, EXPLODING = "vanishing", "exploding"


def probe_samples(part: Part) -> tuple[Array, Array]:
    """Inputs and targets of at most MOST_SAMPLES samples, spread evenly over a part."""
    rows = spread_rows(len(part), MOST_SAMPLES)
    return part.inputs[rows], part.targets[rows]


def gradient_norms(network: Network, loss: Loss, inputs: Array, targets: Array) -> Array:
    """The norm of each layer, from the first to the last, shape (layers,); overflow gives infinity or NaN.

    Args:
        network: the network as it is.
        loss: its loss.
        inputs: shape (n, inputs).
        targets: shape (n, outputs).
    """
    norms: Array = gradient_norms_of(network, network.parameters[None], loss, inputs, targets)[0]
    return norms


def gradient_norms_of(network: Network, vectors: Array, loss: Loss, inputs: Array, targets: Array) -> Array:
    """The norms for several vectors of parameters, shape (m, layers), each as ``gradient_norms`` finds it.

    Args:
        network: its layers and activations count.
        vectors: shape (m, parameters).
        loss: its loss.
        inputs: shape (n, inputs).
        targets: shape (n, outputs).
    """
    m, n, sizes = len(vectors), len(inputs), network.sizes
    last, start, weights, h, z = len(sizes) - 2, 0, [], [np.broadcast_to(inputs, (m, *inputs.shape))], []
    lengths = np.empty((last + 1, m, n))  # squared, of each sample's gradient
    with np.errstate(all="ignore"):
        for layer, activation in enumerate(network.activations):
            below, units = sizes[layer], sizes[layer + 1]
            middle, end = start + below * units, start + (below + 1) * units
            weights.append(vectors[:, start:middle].reshape(m, below, units))
            sums = h[-1] @ weights[-1]
            sums += vectors[:, None, middle:end]
            z.append(sums.reshape(m * n, units))
            h.append(activation.function(z[-1]).reshape(m, n, units))
            start = end
        outputs = h[-1].reshape(z[-1].shape)
        delta = loss.output_delta(network.activations[last], z[-1], outputs, np.tile(targets, (m, 1)))
        for layer in range(last, -1, -1):
            inputs_and_one = np.einsum("mij,mij->mi", h[layer], h[layer]) + 1.0
            np.multiply(inputs_and_one, np.einsum("ij,ij->i", delta, delta).reshape(m, n), lengths[layer])
            if layer:
                upstream = delta.reshape(m, n, -1) @ weights[layer].transpose(0, 2, 1)
                a = h[layer].reshape(m * n, -1)
                delta = network.activations[layer - 1].delta(upstream.reshape(a.shape), z[layer - 1], a)
        norms: Array = np.sqrt(lengths.mean(axis=2)).T
    return norms


def flow_verdict(norms: Array) -> tuple[str, float]:
    """Whether the gradient vanishes or explodes on its way from the last layer to the first, and by which factor.

    Args:
        norms: shape (layers,), the norm of each layer.

    Returns:
        VANISHING or EXPLODING if the norms of the two layers differ by a factor of at least LARGE_FACTOR, otherwise an
        empty text; and the factor, which is infinite if the first norm is 0.
    """
    first, last = float(norms[0]), float(norms[-1])
    with np.errstate(all="ignore"):
        factor = float(np.divide(last, first))
    if factor >= LARGE_FACTOR:
        return VANISHING, factor
    if 0.0 < factor <= 1.0 / LARGE_FACTOR:
        return EXPLODING, 1.0 / factor
    return "", 1.0
