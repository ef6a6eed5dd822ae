"""Independent random streams of one seed, each found without replaying another."""

from __future__ import annotations

import numpy as np

WEIGHTS, SPLIT, ORDER, DROPOUT = range(4)


def stream(seed: int, purpose: int, index: int = 0) -> np.random.Generator:
    """The generator for one purpose (such as ``WEIGHTS``) and index (the epoch, for ``ORDER``).

    Philox is a counter-based generator (Salmon et al., 2011): the seed is its key and the purpose and index stand in
    the high words of its counter, so any stream is reached at once and no two of them overlap.
    """
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, index, purpose]))
