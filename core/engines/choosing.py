"""Which engine computes a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.base.translation import _
from core.engines import kernel_loading
from core.engines.compiled_engine import CompiledEngine
from core.engines.kernel_loading import CompilerError
from core.engines.kernels.plan import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.engines.numpy_engine import NumpyEngine
from core.engines.workload import Workload
from core.network.optimizers import Rule

LABELS = {"auto": _("Automatic"), "compiled": _("Compiled (Numba)"), "numpy": "NumPy"}
ENGINE_NAMES = {"compiled": _("compiled engine"), "numpy": _("NumPy engine")}
"""In a sentence."""


class ForwardPass(Protocol):
    """What a network computes for given inputs; see :class:`core.engines.numpy_forward.NumpyForwardPass`."""

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations."""

    def outputs(self, inputs: Array) -> Array:
        """The last layer's activations."""

    def shades(self, inputs: Array, ends: Array) -> list[NDArray[np.uint8]]:
        """Every unit's values as shades of its scale."""

    def decisions(self, inputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
        """Classes and their leads."""


class Engine(ForwardPass, Protocol):
    """What both engines offer; see :class:`core.engines.numpy_engine.NumpyEngine` for the meaning."""

    name: str

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on rows in turn."""

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses and outputs of samples."""

    def measure_classes(self, inputs: Array, targets: Array) -> tuple[Array, Rows]:
        """Losses and classes of samples."""


def without_compiled_form(activations: Iterable[str], loss: str, optimizer: str) -> str:
    """Which of these entries the compiled engine has no form of, such as "the activation swish"; empty for none.

    The forms lie in :mod:`core.engines.kernels`, their codes in :mod:`core.engines.kernels.plan`.
    """
    named = [(_("the activation {name}"), name, ACTIVATION_CODES) for name in dict.fromkeys(activations)]
    named += [(_("the loss {name}"), loss, LOSS_CODES), (_("the optimizer {name}"), optimizer, OPTIMIZER_CODES)]
    return _(" and ").join(kind.format(name=name) for kind, name, codes in named if name not in codes)


def resolve(name: str, lacking: str = "") -> str:
    """The engine, "compiled" or "numpy", that a choice of :data:`core.training.experiment.ENGINES` stands for.

    "auto" takes the compiled one where Numba is installed: of all nets that an experiment can have, none was found that
    NumPy trains faster (``benchmarks/engine.py blas``). Where ``lacking`` names entries without a compiled form, see
    :func:`without_compiled_form`, "auto" takes NumPy.
    """
    if name != "auto":
        return name
    return "compiled" if kernel_loading.is_available() and not lacking else "numpy"


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
