"""Which activations dropout keeps: a function of the seed and the position alone, so that nothing needs a replay.

Dropout (Srivastava et al., 2014) multiplies each hidden activation in training by 0 with the probability p and by
1/(1 − p) otherwise ("inverted" dropout), so that the mean stays the same and the trained network needs no scaling.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array
from core.base.random_streams import DROPOUT, stream

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def dropout_key(seed: int) -> int:
    """The 64 bits that the masks of a run are drawn from."""
    return int(stream(seed, DROPOUT).integers(2**64, dtype=np.uint64))


def masks(key: int, position: int, samples: int, hidden: Sequence[int], dropout: float) -> list[Array]:
    """The factors of the hidden layers' activations for samples from a position on.

    Returns:
        For each hidden layer an array of shape (samples, units), its values 0 or 1/(1 − dropout).

    The random number of unit u (counted over all U hidden units) for the sample at position p is number p·U + u of the
    SplitMix64 sequence of the key (Steele, Lea and Flood, 2014): a hash of a counter.
    """
    if not hidden:
        return []
    total = sum(hidden)
    positions = (np.uint64(position) + np.arange(samples, dtype=np.uint64))[:, None]
    counter = positions * np.uint64(total) + np.arange(total, dtype=np.uint64) + np.uint64(1)
    z = np.uint64(key) + counter * _GOLDEN  # all of this wraps around at 2^64, as it should
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    uniform = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    keep = np.where(uniform >= dropout, 1.0 / (1.0 - dropout), 0.0)
    return np.split(keep, np.cumsum(hidden)[:-1], axis=1)
