"""How well a network does on a whole set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.losses import Loss
from core.network import Network
from core.preparation import Part


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Loss and accuracy over a whole set; both NaN for an empty one.

    Attributes:
        loss: mean of the samples' losses.
        accuracy: share of the samples whose largest output is that of their class.
        predicted: shape (n,), the class of the largest output (the first of equals).
    """

    loss: float
    accuracy: float
    predicted: NDArray[np.int64]


def evaluate(network: Network, part: Part, loss: Loss) -> Evaluation:
    """One forward pass over a part; overflow gives an infinite or NaN loss, never a warning."""
    if len(part) == 0:
        return Evaluation(float("nan"), float("nan"), np.zeros(0, dtype=np.int64))
    with np.errstate(all="ignore"):
        output = network.forward(part.inputs).output
        mean_loss = float(np.mean(loss.function(output, part.targets)))
    predicted = np.argmax(output, axis=1)
    return Evaluation(mean_loss, float(np.mean(predicted == part.labels)), predicted)
