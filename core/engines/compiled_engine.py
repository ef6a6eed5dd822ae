"""The training loop compiled by Numba: what core.engines.numpy_engine does, many times faster for small networks.

Importing this module is cheap; making an engine loads the kernels, see :mod:`core.engines.kernel_loading`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows, Shades
from core.base.values import dataclass
from core.engines import kernel_loading
from core.engines.kernels import plan as k
from core.engines.numpy_engine import NumpyEngine
from core.engines.workload import Workload
from core.network.network import Network, count_parameters
from core.network.optimizers import SLOTS, Rule


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where everything lies in a kernel's memory, see core.engines.kernels.

    ``plan`` has a row for each layer; ``block`` is the length of the parameters with their padding, and so where the
    gradient begins, then the two slots; ``zeros`` and ``targets`` are places; ``length`` is that of the whole memory.
    """

    plan: Rows
    block: int
    zeros: int
    targets: int
    length: int

    def parameter_places(self) -> Rows:
        """Where in memory each parameter of the flat vector lies, shape (parameters,)."""
        places = []
        for layer in range(1, len(self.plan)):
            rows = np.arange(self.plan[layer - 1, k.UNITS] + 1)[:, None] * self.plan[layer, k.WIDTH]
            places.append((self.plan[layer, k.WEIGHTS] + rows + np.arange(self.plan[layer, k.UNITS])).ravel())
        return np.concatenate(places)

    def memory(self) -> Array:
        """Zeros, beginning at a multiple of 64 bytes, so that no vector lies across two cache lines."""
        spare = np.zeros(self.length + 8)
        first = -(spare.ctypes.data // 8) % 8
        return spare[first : first + self.length]


def _lay_out(network: Network, samples: int) -> _Layout:
    """Room for a network and so many samples at a time."""
    layers = len(network.sizes)
    plan = np.zeros((layers, k.PLAN_COLUMNS), dtype=np.int64)
    plan[:, k.UNITS] = network.sizes
    plan[:, k.WIDTH] = widths = [-(-units // k.LANES) * k.LANES for units in network.sizes]
    plan[1:, k.ACTIVATION] = [
        _code(k.ACTIVATION_CODES, activation.name, "activation") for activation in network.activations
    ]
    end = 0

    def reserve(size: int) -> int:
        nonlocal end
        end += size
        return end - size

    for layer in range(1, layers):
        plan[layer, k.WEIGHTS] = reserve(network.sizes[layer - 1] * widths[layer])
        plan[layer, k.BIAS] = reserve(widths[layer])
    block = end
    reserve(3 * block)  # gradient and slots
    zeros = reserve(max(widths))
    for layer in range(layers):
        plan[layer, k.TRANSPOSED] = reserve(widths[layer] * widths[layer - 1]) if layer > 1 else 0
        for column in (k.HIDDEN, k.SLOPE, k.DELTA):
            plan[layer, column] = reserve(samples * widths[layer])
    return _Layout(plan, block, zeros, reserve(samples * widths[-1]), end)


def _code(codes: dict[str, int], name: str, what: str) -> int:
    if name not in codes:
        raise ValueError(f"the compiled engine knows no {what} {name!r}; it knows {', '.join(codes)}")
    return codes[name]


def _check(name: str, array: Array | Rows, shape: Sequence[int | None], dtype: type) -> None:
    """Raise ValueError unless an array is what a kernel takes it for; None stands for any length."""
    fits = array.ndim == len(shape) and all([b is None or a == b for a, b in zip(array.shape, shape, strict=True)])
    if not fits or array.dtype != dtype or not array.flags.c_contiguous or not array.flags.aligned:
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(
            f"{name}: {array.dtype} of shape {array.shape} must be a contiguous {np.dtype(dtype)} of shape ({wanted})"
        )


def _padded(samples: int) -> int:
    """A number of samples rounded up to whole blocks."""
    return -(-samples // k.BLOCK) * k.BLOCK


def _columns(*samples: Array) -> list[Array]:
    """Inputs or targets, shape (n, units), with a row for each unit, as the kernels that measure take them."""
    made = []
    for rows in samples:
        columns = np.zeros((rows.shape[1], _padded(len(rows))))
        columns[:, : len(rows)] = rows.T
        made.append(columns)
    return made


def _chunk(sizes: Sequence[int]) -> int:
    """How many samples to evaluate together: the numbers of the widest layer should stay in the processor's cache."""
    return min(k.CHUNK, max(k.BLOCK, CACHED // max(sizes) // k.BLOCK * k.BLOCK))


CACHED = 2048
"""Numbers of a layer, 16 KiB: half of a processor's nearest cache."""

ADDED_IN_LANES = 128

_NO_VALUES, _NO_TABLE = np.zeros(0), np.zeros((0, 2))
_NO_SHADES, _NO_WINNERS = np.zeros((0, 0), np.uint8), np.zeros(0, np.int16)
"""For what is not wanted."""


Samples = tuple[Array, Array]
"""Inputs and targets, shapes (n, inputs) and (n, outputs)."""


def parts_of_sum(n: int) -> Rows:
    """In which parts NumPy adds n numbers, as the kernels take it: by halves, down to 128 numbers in eight lanes."""

    def halves(first: int, n: int) -> list[list[int]]:
        if n <= ADDED_IN_LANES:
            return [[first, n, 0]]
        half = n // 2 // 8 * 8
        parts = [*halves(first, half), *halves(first + half, n - half)]
        parts[-1][2] += 1
        return parts

    return np.array(halves(0, n), dtype=np.int64)


class MeasuredSet:
    """Samples to measure at several moments of a run, with room for what is found.

    Args:
        inputs: shape (n, inputs).
        targets: shape (n, outputs).
        wanted: shape (n,), the true classes, or the true numbers in the data's units.
        is_regression: which of them.
        factors: from the network's to the data's units, (f, s, c): loss · f and a · s + c.

    Attributes:
        losses: shape (n,), at the last moment, in the network's units.
        predicted: shape (n,), at the last moment, the classes, or the outputs in the network's units.
    """

    def __init__(
        self,
        inputs: Array,
        targets: Array,
        wanted: Array | Rows,
        is_regression: bool,
        factors: tuple[float, float, float],
    ) -> None:
        n, room = len(inputs), _padded(len(inputs))
        padded = np.full(room, -1.0)
        padded[:n] = wanted
        outputs, classes = np.empty((room * is_regression, targets.shape[1])), np.empty(room * (not is_regression))
        losses = np.empty(room)
        self.losses = losses[:n]
        self.predicted = outputs[:n, 0] if is_regression else classes[:n]
        found = losses, outputs, classes, np.empty(room), parts_of_sum(n)
        self.arrays = *_columns(inputs, targets), padded, factors, *found


def kernels_for(workload: Workload, rule: Rule) -> tuple[str, ...]:
    """The kernels that training by a rule needs, the training itself first; see kernel_loading.KERNELS."""
    return _training_kernel(workload, rule), "measure"


def _training_kernel(workload: Workload, rule: Rule) -> str:
    plain = rule.optimizer.name == "sgd" and rule.l1 == rule.l2 == rule.dropout == 0.0 and not rule.frozen
    if not plain or workload.batch_size > 1:
        return "train_batches"
    return "train_narrow" if max(workload.network.sizes[1:]) <= k.LANES else "train_samples"


class CompiledEngine:
    """Runs the updates of a workload; while it does, other threads of Python run.

    An optimizer may change in the middle of a run; where the new one has no compiled form, NumPy makes the updates.
    Each kernel is loaded when it is first needed.

    Raises:
        CompilerError: see :func:`core.engines.kernel_loading.load_kernels`.
        ValueError: an array of the wrong kind, or a function that the kernels do not know.
    """

    name = "compiled"

    def __init__(self, workload: Workload) -> None:
        kernel_loading.load_kernels("measure")
        sizes = workload.network.sizes
        if workload.batch_size < 1:
            raise ValueError(f"batch_size: {workload.batch_size} must be at least 1")
        if not 0 <= workload.key < 2**64:
            raise ValueError(f"key: {workload.key} must be from 0 to 2**64 - 1")
        _check("inputs", workload.inputs, (None, sizes[0]), np.float64)
        _check("targets", workload.targets, (len(workload.inputs), sizes[-1]), np.float64)
        count = count_parameters(sizes)
        for name in ("before_last", "gradient"):
            _check(name, getattr(workload, name), (count,), np.float64)
        _check("slots", workload.slots, (SLOTS, count), np.float64)
        _check("parameters", workload.network.parameters, (count,), np.float64)
        self._workload = workload
        self._parameters = workload.network.parameters
        self._loss = _code(k.LOSS_CODES, workload.loss.name, "loss")
        self._layout = _lay_out(workload.network, min(workload.batch_size, k.CHUNK))
        self._memory = self._layout.memory()
        self._evaluating: tuple[Rows, Array, int, int] | None = None
        self._frozen: tuple[tuple[int, ...], Rows] = (), np.zeros(0, dtype=np.int64)
        self._numpy: NumpyEngine | None = None
        self._states = np.empty((0, 0, 0))

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on the rows of ``order`` in turn, cut into batches; what is left at the end is a smaller batch.

        Args:
            order: rows of the inputs and targets.
            rates: a learning rate for each batch.
            rule: optimizer, penalty and dropout.
            step: updates that the optimizer made before.
            position: samples that the run has seen before; dropout depends on it.

        Raises:
            ValueError: an argument that does not fit; nothing was changed.
        """
        workload = self._workload
        self._check_run(order, rates, -(-len(order) // workload.batch_size), rule, step, position)
        if rule.optimizer.name not in k.OPTIMIZER_CODES:
            self._numpy = self._numpy or NumpyEngine(workload)
            self._numpy.run(order, rates, rule, step, position)
            return
        learned, how = self._arguments(rule)
        if not kernel_loading.kernel(_training_kernel(workload, rule))(learned, order, rates, how, step, position):
            raise ValueError(f"order: a row lies outside 0 to {len(workload.inputs) - 1}")

    def run_pieces(
        self, order: Rows, rates: Array, rule: Rule, step: int, position: int, pieces: Rows, sets: Sequence[MeasuredSet]
    ) -> tuple[Array, list[Array]]:
        """Train on pieces of an order in turn, and measure two sets behind some of them.

        Args:
            order: see ``run``.
            rates: a learning rate for each batch, or as many as the largest piece has batches, which serve all.
            rule: see ``run``; its optimizer must have a compiled form.
            step: see ``run``.
            position: see ``run``.
            pieces: shape (n, 6): the first of a piece's samples, that behind the last, the first of its rates, its
                batches, the batches before it, and whether to measure behind it.
            sets: what is measured; they hold what was found at the last moment.

        Returns:
            For each measured moment the parameters, those before the last update, the gradient and the slots that the
            optimizer uses, shape (moments, 3 + slots, parameters), which the next call writes over; and for each set,
            shape (moments, 2), the sum of the losses, and the number of samples whose class was right, or the sum of
            the squared errors: in the data's units, and added in NumPy's order.
        """
        load, moments = self._workload, int(pieces[:, 5].sum())
        self._check_run(order, rates, int((pieces[:, 2] + pieces[:, 3]).max()), rule, step, position)
        _check("pieces", pieces, (None, 6), np.int64)
        learned, how = self._arguments(rule)
        shape = 3 + len(rule.optimizer.slots), load.network.parameters.size
        if self._states.shape[1:] != shape or len(self._states) < moments:
            self._states = np.empty((moments, *shape))  # and kept, since new memory takes longer than a copy
        states, sums = self._states[:moments], [np.zeros((moments, 2)) for _ in sets]
        train = kernel_loading.address(_training_kernel(load, rule)), kernel_loading.address("measure")
        measured = [(*one.arrays, found) for one, found in zip(sets, sums, strict=True)]
        done = kernel_loading.kernel("train_epochs")(
            *train, learned, order, rates, how, step, position, pieces, states, *measured, (*self._room(), self._loss)
        )
        if not done:
            raise ValueError(f"order: a row lies outside 0 to {len(load.inputs) - 1}")
        return states, sums

    def _arguments(self, rule: Rule) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """What a kernel learns, and how: two of its arguments, see core.engines.kernels.passes."""
        load, layout = self._workload, self._layout
        slots = load.slots[: len(rule.optimizer.slots)]
        learned = (load.network.parameters, load.before_last, load.gradient, slots, load.inputs, load.targets)
        return learned, (
            self._frozen_places(rule.frozen),
            np.empty(len(rule.frozen)),
            layout.plan,
            self._memory,
            layout.block,
            layout.zeros,
            layout.targets,
            load.batch_size,
            self._loss,
            k.OPTIMIZER_CODES[rule.optimizer.name],
            rule.momentum,
            rule.l1,
            rule.l2,
            rule.dropout,
            load.key,
        )

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations for inputs of shape (n, sizes[0]), without dropout: shapes (n, units)."""
        n, units = len(inputs), self._workload.network.sizes[1:]
        parts = np.split(self._evaluate(inputs, 1), np.cumsum([n * count for count in units])[:-1])
        return [part.reshape(n, count) for part, count in zip(parts, units, strict=True)]

    def outputs(self, inputs: Array) -> Array:
        """The last layer's activations, shape (n, units)."""
        sizes = self._workload.network.sizes
        return self._evaluate(inputs, len(sizes) - 1).reshape(len(inputs), sizes[-1])

    def shades(self, inputs: Array, ends: Array) -> list[Shades]:
        """Every unit's values as shades of its scale; see :class:`core.engines.numpy_forward.NumpyForwardPass`."""
        sizes = self._workload.network.sizes
        _check("ends", ends, (len(sizes), 2), np.float64)
        if len(inputs) == 0:
            raise ValueError("inputs: there must be at least one row")
        shades = np.empty((sum(sizes), len(inputs)), dtype=np.uint8)
        self._evaluate(inputs, 1, ends=ends, shades=shades)
        return np.split(shades, np.cumsum(sizes)[:-1])

    def decisions(self, inputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
        """Winners and their margins; see :class:`core.engines.numpy_forward.NumpyForwardPass`."""
        winners, margins = np.empty(len(inputs), dtype=np.int16), np.empty(len(inputs))
        self._evaluate(inputs, len(self._workload.network.sizes) - 1, span=span, winners=winners, margins=margins)
        return winners, margins

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses, shape (n,), and outputs, shape (n, outputs), of samples; without dropout and penalty."""
        outputs = np.empty((_padded(len(inputs)), self._workload.network.sizes[-1]))
        return self._measure(inputs, targets, outputs, _NO_VALUES), outputs[: len(inputs)]

    def measure_classes(self, inputs: Array, targets: Array) -> tuple[Array, Rows]:
        """Losses of samples, and the class of each one's largest output, shapes (n,)."""
        classes = np.empty(_padded(len(inputs)))
        return self._measure(inputs, targets, _NO_TABLE, classes), classes[: len(inputs)].astype(np.int64)

    def _measure(self, inputs: Array, targets: Array, outputs: Array, classes: Array) -> Array:
        n, sizes = len(inputs), self._workload.network.sizes
        _check("inputs", inputs, (None, sizes[0]), np.float64)
        _check("targets", targets, (n, sizes[-1]), np.float64)
        self._check_parameters()
        losses = np.empty(_padded(n))
        kernel_loading.kernel("measure")(
            self._workload.network.parameters,
            *_columns(inputs, targets),
            losses,
            outputs,
            classes,
            *self._room(),
            self._loss,
        )
        return losses[:n]

    def _evaluate(
        self,
        inputs: Array,
        first: int,
        ends: Array = _NO_TABLE,
        shades: Shades = _NO_SHADES,
        span: float = 1.0,
        winners: NDArray[np.int16] = _NO_WINNERS,
        margins: Array = _NO_VALUES,
    ) -> Array:
        """The activations from a layer on, one layer after another; what is made of them goes into the other arrays."""
        sizes = self._workload.network.sizes
        _check("inputs", inputs, (None, sizes[0]), np.float64)
        self._check_parameters()
        result = np.empty(len(inputs) * sum(sizes[first:]))
        kernel_loading.kernel("evaluate")(
            self._workload.network.parameters,
            *_columns(inputs),
            result,
            len(inputs),
            *self._room()[:3],
            first,
            ends,
            shades,
            span,
            winners,
            margins,
        )
        return result

    def _room(self) -> tuple[Rows, Array, int, int]:
        """Where to evaluate, as the kernels take it, kept from one call to the next: plan, memory, chunk, targets."""
        if self._evaluating is None:
            network = self._workload.network
            chunk = _chunk(network.sizes)
            layout = _lay_out(network, chunk)
            self._evaluating = layout.plan, layout.memory(), chunk, layout.targets
        return self._evaluating

    def _frozen_places(self, frozen: tuple[int, ...]) -> Rows:
        """Where these parameters lie in memory."""
        if frozen != self._frozen[0]:
            places = self._layout.parameter_places()
            if not all(0 <= index < len(places) for index in frozen):
                raise ValueError(f"frozen: a place lies outside 0 to {len(places) - 1}")
            self._frozen = frozen, places[list(frozen)]
        return self._frozen[1]

    def _check_run(self, order: Rows, rates: Array, batches: int, rule: Rule, step: int, position: int) -> None:
        self._check_parameters()
        _check("order", order, (None,), np.int64)
        if len(order) == 0:
            raise ValueError("order: there must be at least one row")
        _check("rates", rates, (batches,), np.float64)
        if step < 0 or position < 0:
            raise ValueError(f"step {step} and position {position} must be at least 0")
        if not 0.0 <= rule.dropout < 1.0:
            raise ValueError(f"dropout: {rule.dropout} must be at least 0 and below 1")

    def _check_parameters(self) -> None:
        """The workload's arrays were checked when the engine was made; only this one could be another by now."""
        if self._workload.network.parameters is not self._parameters:
            raise ValueError("parameters: another array took the place of the one that the engine was made for")
