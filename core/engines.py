"""Which engine computes a run: a rule that knows the experiment and the machine, never the moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import compiled_engine
from core.compiled_engine import CompiledEngine, CompilerError
from core.numpy_engine import NumpyEngine
from core.optimizers import Rule
from core.workload import Workload

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

LABELS = {"auto": "Automatic", "compiled": "Compiled (Numba)", "numpy": "NumPy"}

BLAS_PRODUCT = 200 * 200
BLAS_BATCH = 2


class Engine(Protocol):
    """What both engines offer; see :class:`core.numpy_engine.NumpyEngine` for the meaning."""

    name: str

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on rows in turn."""

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations."""

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses and outputs of samples."""


def resolve(name: str, sizes: Sequence[int], batch_size: int) -> str:
    """The engine, "compiled" or "numpy", that a choice of :data:`core.experiment.ENGINES` stands for.

    "auto" takes the compiled one where Numba is installed, except where NumPy's matrix products (BLAS) beat its loops:
    the widest pair of layers has at least BLAS_PRODUCT weights and a batch at least BLAS_BATCH samples. The rule does
    not look at the clock, so the same experiment gives the same bits each time; ``benchmarks/engine.py`` measures it.
    """
    if name != "auto":
        return name
    if not compiled_engine.is_available() or is_better_in_blas(sizes, batch_size):
        return "numpy"
    return "compiled"


def is_better_in_blas(sizes: Sequence[int], batch_size: int) -> bool:
    """Whether layers and batches are so large that NumPy wins; see :func:`resolve`."""
    return batch_size >= BLAS_BATCH and max(a * b for a, b in pairwise(sizes)) >= BLAS_PRODUCT


def make_engine(name: str, workload: Workload, fall_back: bool = False) -> Engine:
    """The engine "compiled" or "numpy".

    Where the first cannot be had, raises CompilerError, or with ``fall_back`` gives the second.
    """
    if name == "compiled":
        try:
            return CompiledEngine(workload)
        except CompilerError:
            if not fall_back:
                raise
    return NumpyEngine(workload)
