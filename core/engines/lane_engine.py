"""Up to eight runs of one shape side by side in the lanes of the vector unit, each to the bits that it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.base.arrays import Array, Rows
from core.base.values import dataclass
from core.engines import kernel_loading
from core.engines.kernels import plan as k
from core.engines.workload import Workload
from core.network.network import Network
from core.network.optimizers import Rule

LANES = 8
"""Runs that are trained at a time; see core.engines.kernels.vectors."""


@dataclass(frozen=True, eq=False)
class LaneLayout:
    """Where everything lies in the kernels' memory: each number of one run as a vector of that number of all runs.

    ``plan`` has a row for each layer; ``block`` is the length of the parameters, and so where the gradient begins, then
    the two slots and room for frozen values; ``targets`` and ``rates`` are places; ``length`` is that of the memory.
    """

    plan: Rows
    block: int
    targets: int
    rates: int
    length: int

    @classmethod
    def of(cls, network: Network) -> LaneLayout:
        """The layout for runs of networks of this shape."""
        sizes = network.sizes
        plan = np.zeros((len(sizes), k.PLAN_COLUMNS), dtype=np.int64)
        plan[:, k.UNITS] = sizes
        plan[1:, k.ACTIVATION] = [_code(k.ACTIVATION_CODES, a.name, "activation") for a in network.activations]
        end = 0

        def reserve(numbers: int) -> int:
            nonlocal end
            end += numbers * LANES
            return end - numbers * LANES

        for layer in range(1, len(sizes)):
            plan[layer, k.WEIGHTS] = reserve(sizes[layer - 1] * sizes[layer])
            plan[layer, k.BIAS] = reserve(sizes[layer])
        block = end
        end = 5 * block
        for layer, units in enumerate(sizes):
            for column in (k.HIDDEN, k.SLOPE, k.DELTA):
                plan[layer, column] = reserve(units)
        targets = reserve(sizes[-1])
        reserve(1)  # losses
        return cls(plan, block, targets, reserve(1), end)

    def memory(self) -> Array:
        """Zeros, beginning at a multiple of 64 bytes, so that no vector lies across two cache lines."""
        spare = np.zeros(self.length + LANES)
        first = -(spare.ctypes.data // 8) % LANES
        return spare[first : first + self.length]


def _code(codes: dict[str, int], name: str, what: str) -> int:
    if name not in codes:
        raise ValueError(f"the lanes know no {what} {name!r}; they know {', '.join(codes)}")
    return codes[name]


@dataclass(frozen=True, eq=False)
class LaneSamples:
    """Samples of all runs in one array each; run l has the ``count`` rows from ``starts[l]`` on."""

    inputs: Array
    targets: Array
    starts: Rows
    count: int

    @classmethod
    def of(cls, inputs: Sequence[Array], targets: Sequence[Array]) -> LaneSamples:
        """Of each run's inputs, shape (n, d), and targets, shape (n, outputs); arrays that all share are not copied.

        Raises:
            ValueError: the runs have different numbers of samples.
        """
        count = len(inputs[0])
        if any(len(other) != count for other in (*inputs, *targets)):
            raise ValueError("samples: all runs must have as many")
        if all(other is inputs[0] for other in inputs) and all(other is targets[0] for other in targets):
            return cls(inputs[0], targets[0], np.zeros(LANES, dtype=np.int64), count)
        starts = np.minimum(np.arange(LANES), len(inputs) - 1) * count
        return cls(np.concatenate(inputs), np.concatenate(targets), starts, count)


class LaneEngine:
    """Trains and measures the workloads of up to eight runs.

    The state of all runs lies here from one call to the next; the workloads give the first one.

    Args:
        workloads: of one shape: layers, activations, loss, size of batches and number of samples; each changes as by
            :class:`core.engines.compiled_engine.CompiledEngine`.

    Raises:
        CompilerError: see :func:`core.engines.kernel_loading.load_lanes`.
        ValueError: the workloads differ in shape, or the kernels do not know one of their functions.
    """

    def __init__(self, workloads: Sequence[Workload]) -> None:
        if not 1 <= len(workloads) <= LANES:
            raise ValueError(f"workloads: there must be 1 to {LANES}, not {len(workloads)}")
        first = workloads[0]
        if any(shape_of(other) != shape_of(first) for other in workloads):
            raise ValueError("workloads: all must have one shape")
        kernel_loading.load_lanes()
        self._workloads = tuple(workloads)
        self._loss = _code(k.LOSS_CODES, first.loss.name, "loss")
        self._layout = LaneLayout.of(first.network)
        self._memory = self._layout.memory()
        self._samples = LaneSamples.of([w.inputs for w in workloads], [w.targets for w in workloads])
        self._keys = _spread(np.array([w.key for w in workloads], dtype=np.uint64))
        state = [(w.network.parameters, w.before_last, w.gradient, *w.slots) for w in workloads]
        self._columns = [_spread(np.stack(column)) for column in zip(*state, strict=True)]

    @property
    def parameters(self) -> Array:
        """Of all runs as they are, shape (runs, parameters)."""
        return self._columns[0][: len(self._workloads)]

    @property
    def slots(self) -> list[Array]:
        """The memories of the optimizers as they are, each of shape (runs, parameters)."""
        return [column[: len(self._workloads)] for column in self._columns[3:]]

    def run(self, orders: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train each run on its rows in turn.

        Args:
            orders: shape (runs, samples), rows of each run's own samples.
            rates: shape (runs, batches), a learning rate for each batch of each run.
            rule: optimizer, penalty, dropout and frozen parameters of all runs.
            step: updates that the optimizers made before.
            position: samples that the runs have seen before.

        Raises:
            ValueError: an argument that does not fit; nothing was changed.
        """
        runs, size = len(self._workloads), self._workloads[0].batch_size
        if orders.shape[:1] != (runs,) or orders.size == 0 or rates.shape != (runs, -(-orders.shape[1] // size)):
            raise ValueError(f"orders of shape {orders.shape} and rates of shape {rates.shape} do not fit {runs} runs")
        if orders.min() < 0 or orders.max() >= self._samples.count:
            raise ValueError(f"orders: a row lies outside 0 to {self._samples.count - 1}")
        frozen = np.array(sorted(rule.frozen), dtype=np.int64)
        layout = self._layout
        done = kernel_loading.kernel("train_lanes")(
            *self._columns,
            self._samples.inputs,
            self._samples.targets,
            np.ascontiguousarray(_spread(orders) + self._samples.starts[:, None]),
            np.ascontiguousarray(_spread(rates)),
            frozen,
            self._keys,
            layout.plan,
            self._memory,
            layout.block,
            layout.targets,
            layout.rates,
            size,
            self._loss,
            _code(k.OPTIMIZER_CODES, rule.optimizer.name, "optimizer"),
            rule.momentum,
            rule.l1,
            rule.l2,
            rule.dropout,
            step,
            position,
        )
        assert done

    def measure(self, samples: LaneSamples) -> tuple[Array, Array]:
        """Losses, shape (runs, n), and outputs, shape (runs, n, outputs); without dropout and penalty."""
        sizes = self._workloads[0].network.sizes
        losses, outputs = np.empty((LANES, samples.count)), np.empty((LANES, samples.count, sizes[-1]))
        kernel_loading.kernel("measure_lanes")(
            self._columns[0],
            samples.inputs,
            samples.targets,
            samples.starts,
            losses,
            outputs,
            self._layout.plan,
            self._memory,
            self._layout.targets,
            self._loss,
        )
        return losses[: len(self._workloads)], outputs[: len(self._workloads)]


def _spread(rows: np.ndarray) -> np.ndarray:
    """The rows of all runs; lanes without a run repeat the last."""
    return rows[np.minimum(np.arange(LANES), len(rows) - 1)]


def shape_of(workload: Workload) -> tuple[object, ...]:
    """What workloads must have in common to be trained side by side."""
    network = workload.network
    names = tuple(activation.name for activation in network.activations)
    return network.sizes, names, workload.loss.name, workload.batch_size, len(workload.inputs)
