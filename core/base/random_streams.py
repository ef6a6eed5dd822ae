"""Independent random streams of one seed; any stream is available without drawing from another one."""

from __future__ import annotations

import numpy as np

WEIGHTS, SPLIT, ORDER, DROPOUT = range(4)


def stream(seed: int, purpose: int, index: int = 0) -> np.random.Generator:
    """The generator for one purpose (such as ``WEIGHTS``) and index (the epoch, for ``ORDER``).

    Philox is a counter-based generator (Salmon et al., 2011): the seed is its key, and the purpose and index
    are the high words of its counter. So any stream is available at once, and no two of them overlap.
    """
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, index, purpose]))


class StreamSeries:
    """The streams of one purpose: the same as those of :func:`stream`, but faster to create."""

    def __init__(self, seed: int, purpose: int) -> None:
        self._purpose = purpose
        self._bits = np.random.Philox(key=seed)
        self._generator = np.random.Generator(self._bits)
        self._start = self._bits.state

    def at(self, index: int) -> np.random.Generator:
        """The generator of an index. All calls return the same object, which replaces the former generator."""
        self._start["state"]["counter"] = np.array([0, 0, index, self._purpose], dtype=np.uint64)
        self._bits.state = self._start
        return self._generator
