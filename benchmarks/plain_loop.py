"""Compiles plain_loop.c for one network and calls it; for benchmarks/engine.py."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.base.arrays import Rows
from core.engines.workload import Workload
from core.network.network import Network

SOURCE = Path(__file__).with_name("plain_loop.c")
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC")
FUNCTIONS = ("sigmoid", "tanh", "relu", "softmax")


def compiler() -> str | None:
    """The C compiler's path; None where there is none."""
    return shutil.which("cc")


def make_plain_loop(workload: Workload, rate: float) -> Callable[[Rows], None]:
    """A function that trains the workload's network on rows in turn, by plain SGD on the mean squared error."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "plain_loop.so"
        command = [compiler() or "cc", *FLAGS, *_definitions(workload), "-o", str(library), str(SOURCE), "-lm"]
        subprocess.run(command, check=True)
        train = ctypes.CDLL(str(library)).train  # it stays loaded when the file is gone
    train.restype = None

    def run(order: Rows) -> None:
        rows = np.ascontiguousarray(order, dtype=np.int64)
        arrays = workload.network.parameters, workload.inputs, workload.targets, rows
        addresses = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        train(*addresses, ctypes.c_int64(len(rows)), ctypes.c_double(rate))

    return run


def _definitions(workload: Workload) -> list[str]:
    network = workload.network
    layers = _layers(network)
    numbers = {
        "INPUTS": network.sizes[0],
        "OUTPUTS": network.sizes[-1],
        "UNITS": sum(network.sizes),
        "PARAMETERS": network.parameters.size,
        "BATCH": workload.batch_size,
        "LAYERS": " ".join(layers),
        "LAYERS_BACKWARD": " ".join(reversed(layers)),
    }
    return [f"-D{name}={value}" for name, value in numbers.items()]


def _layers(network: Network) -> list[str]:
    layers, weights, below = [], 0, 0
    for (inputs, units), activation in zip(pairwise(network.sizes), network.activations, strict=True):
        code = FUNCTIONS.index(activation.name)
        layers.append(f"X({inputs},{units},{code},{weights},{below},{below + inputs})")
        weights += (inputs + 1) * units
        below += inputs
    return layers
