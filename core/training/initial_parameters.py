"""The parameters with which a run starts."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.errors import WeightsError
from core.base.random_streams import WEIGHTS, stream
from core.network.initializers import INITIALIZERS
from core.network.network import Network
from core.training.experiment import Experiment


def initial_parameters(experiment: Experiment, network: Network, given: Array | None) -> Array:
    """Drawn layer by layer, or those that were given; raises WeightsError where they do not fit."""
    if given is not None:
        if given.shape != network.parameters.shape:
            raise WeightsError(
                f"The initial weights hold {given.size} numbers, but a network {'-'.join(map(str, network.sizes))} "
                f"has {network.parameters.size}; choose the network that they belong to."
            )
        if not np.isfinite(given).all():
            raise WeightsError("The initial weights hold NaN or infinity; give finite ones.")
        return given
    initializer = INITIALIZERS[experiment.init.name]
    drawn = Network(network.sizes, network.activations)
    rng = stream(experiment.seed, WEIGHTS)
    for weights, biases in zip(drawn.weights, drawn.biases, strict=True):
        weights[:] = initializer.draw(rng, weights.shape[0], weights.shape[1], experiment.init.scale or 0.0)
        biases[:] = experiment.bias
    return drawn.parameters
