"""Which engine computes a run."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.engines import compiled_engine
from core.engines.compiled_engine import CompiledEngine, CompilerError
from core.engines.numpy_engine import NumpyEngine
from core.engines.workload import Workload
from core.network.optimizers import Rule

LABELS = {"auto": "Automatic", "compiled": "Compiled (Numba)", "numpy": "NumPy"}


class Evaluator(Protocol):
    """What can tell what a network computes; see :class:`core.engines.numpy_forward.NumpyEvaluator` for the meaning."""

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations."""

    def outputs(self, inputs: Array) -> Array:
        """The last layer's activations."""

    def shades(self, inputs: Array, ends: Array) -> list[NDArray[np.uint8]]:
        """Every unit's values as shades of its scale."""

    def decisions(self, inputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
        """Classes and their leads."""


class Engine(Evaluator, Protocol):
    """What both engines offer; see :class:`core.engines.numpy_engine.NumpyEngine` for the meaning."""

    name: str

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on rows in turn."""

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses and outputs of samples."""


def resolve(name: str) -> str:
    """The engine, "compiled" or "numpy", that a choice of :data:`core.training.experiment.ENGINES` stands for.

    "auto" takes the compiled one where Numba is installed: of all nets that an experiment can have, none was found that
    NumPy trains faster (``benchmarks/engine.py blas``).
    """
    if name != "auto":
        return name
    return "compiled" if compiled_engine.is_available() else "numpy"


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
