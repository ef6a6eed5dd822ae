"""What an engine works on, and what it changes."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.network.losses import Loss
from core.network.network import Network
from core.network.optimizers import SLOTS


@dataclass(frozen=True, eq=False)
class Workload:
    """A network with the samples that it learns, and the memory of its training.

    Attributes:
        network: what is trained; its parameters change in place.
        loss: its loss.
        batch_size: samples of a batch.
        inputs, targets: shapes (samples, inputs) and (samples, outputs).
        key: from which dropout draws, see :mod:`core.network.dropout`.
        gradient: shape (parameters,), the gradient of the last batch that was run, penalty included; at first 0.
        slots: the optimizer's memory, shape (2, parameters); at first 0.
    """

    network: Network
    loss: Loss
    batch_size: int
    inputs: Array
    targets: Array
    key: int = 0
    gradient: Array = field(init=False)
    before_last: Array = field(init=False)
    slots: Array = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gradient", np.zeros_like(self.network.parameters))
        object.__setattr__(self, "before_last", np.zeros_like(self.network.parameters))
        object.__setattr__(self, "slots", np.zeros((SLOTS, self.network.parameters.size)))
