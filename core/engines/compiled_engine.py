"""The training loop compiled by Numba: what core.engines.numpy_engine does, many times faster for small networks.

Importing this module is cheap; making an engine loads the kernels, see :mod:`core.engines.kernel_loading`.
"""

from __future__ import annotations

import ctypes
import math
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
        units: from the network's to the data's units, (f, s, c): loss · f and a · s + c.
        spread: for numbers the mean of (y − ȳ)²; None for classes.

    Attributes:
        losses: shape (n,), at the last moment, in the network's units.
        predicted: shape (n,), at the last moment, the classes, or the outputs in the network's units.
    """

    def __init__(
        self,
        inputs: Array,
        targets: Array,
        wanted: Array | Rows,
        units: tuple[float, float, float],
        spread: float | None = None,
    ) -> None:
        n, room, is_regression = len(inputs), _padded(len(inputs)), spread is not None
        padded = np.full(room, -1.0)
        padded[:n] = wanted
        outputs, classes = np.empty((room * is_regression, targets.shape[1])), np.empty(room * (not is_regression))
        losses = np.empty(room)
        self.losses = losses[:n]
        self.predicted = outputs[:n, 0] if is_regression else classes[:n]
        factors = *units, float(n), math.nan if spread is None else spread
        found = losses, outputs, classes, np.empty(room), parts_of_sum(n)
        self.arrays = *_columns(inputs, targets), padded, factors, *found


@dataclass(frozen=True, eq=False)
class Moments:
    """Where sets are measured while an engine trains, and where it keeps states or stops.

    Attributes:
        positions: ends of epochs, ascending.
        epoch_length: samples of an epoch.
        kept: of which of them, by their numbers from 0 on, the state is wanted.
        passing: the same, where the state is not wanted for longer than until the next call.
        reasons: when the run stops by itself, see core.engines.kernels.epoch_kernels.
    """

    positions: range
    epoch_length: int
    kept: set[int]
    passing: set[int]
    reasons: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found on the way.

    Attributes:
        reached: at how many moments all numbers were finite.
        is_there: whether the run stands, with finite numbers, at the end, or at the last of these moments, if it stops
            there by itself.
        states: of the kept and passing moments, by their numbers, also behind those that were reached; each of shape
            (3 + slots, parameters): parameters, gradient, last change and the slots that the optimizer uses.
        table: shape (moments, 7), the position, and of both sets the losses, the scores and the squared errors, as
            :class:`core.training.evaluation.Evaluation` has them.
    """

    reached: int
    is_there: bool
    states: dict[int, Array]
    table: Array


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
        self._passing: list[Array] = []

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
        if not kernel_loading.kernel(_training_kernel(workload, rule))(
            learned, order, rates, how, step, position, False
        ):
            raise ValueError(f"order: a row lies outside 0 to {len(workload.inputs) - 1}")

    def run_measured(
        self,
        order: Rows,
        rates: Array,
        has_one_rate: bool,
        rule: Rule,
        step: int,
        position: int,
        moments: Moments,
        sets: list[MeasuredSet],
    ) -> Measured:
        """Train on an order, as ``run``, and measure two sets at some moments on the way.

        Args:
            order: see ``run``.
            rates: a learning rate for each batch; a batch also ends where an epoch ends.
            has_one_rate: the rates are all the same, so that there need not be more of them than the longest piece
                without a moment inside has batches.
            rule: see ``run``; its optimizer must have a compiled form.
            step: see ``run``.
            position: see ``run``.
            moments: where to measure.
            sets: what is measured; they hold what was found at the last moment.
        """
        load, count = self._workload, len(moments.positions)
        self._check_run(order, rates, None, rule, step, position)
        learned, how = self._arguments(rule)
        shape = 3 + len(rule.optimizer.slots), load.network.parameters.size
        states = {moment: np.empty(shape) for moment in moments.kept}  # which stay there, since copies take long
        for number, moment in enumerate(moments.passing - moments.kept):  # new memory would take much longer
            if number == len(self._passing):
                self._passing.append(np.empty((3 + SLOTS, shape[1])))
            states[moment] = self._passing[number][: shape[0]]
        addresses, table = np.zeros(count, dtype=np.int64), np.full((count, 7), np.nan)
        for moment, state in states.items():
            addresses[moment] = ctypes.addressof(ctypes.c_char.from_buffer(state.data))  # the quickest way
        train = kernel_loading.address(_training_kernel(load, rule)), kernel_loading.address("measure")
        places = moments.epoch_length, moments.positions.start, moments.positions.step, count
        reached, is_there = kernel_loading.kernel("train_epochs")(
            *train, learned, order, rates, has_one_rate, how, step, position, places, addresses, table,
            moments.reasons, *[one.arrays for one in sets], (*self._room(), self._loss),
        )  # fmt: skip
        if reached < 0:
            raise ValueError(f"order: a row lies outside 0 to {len(load.inputs) - 1}, or there are too few rates")
        return Measured(reached, is_there, states, table)

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

    def _check_run(self, order: Rows, rates: Array, batches: int | None, rule: Rule, step: int, position: int) -> None:
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
