"""What changes while a run trains: the parameters, the optimizer's memory and the position, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.base.arrays import Array, Rows
from core.base.errors import WeightsError
from core.base.translation import _
from core.base.values import dataclass
from core.engines import kernel_loading
from core.engines.choosing import Engine, ForwardPass, make_engine, resolve
from core.engines.compiled_engine import CompiledEngine, Measured, MeasuredSet, Moments, kernels_for
from core.engines.kernel_loading import CompilerError
from core.engines.numpy_forward import NumpyForwardPass
from core.engines.workload import Workload
from core.network.network import Network, parameter_name
from core.network.optimizers import OPTIMIZERS, SLOTS, Rule
from core.training.experiment import Experiment
from core.training.keyframes import FIRST_SLOT, State
from core.training.sample_order import SampleOrder
from core.training.settings_over_time import SettingsOverTime

CALLS_BACK = 8
"""So many calls of an engine are made again at most to come back to where the last one began: copies of the state of
each would take a hundredth of the time of a wide network."""


@dataclass(frozen=True, eq=False)
class Update:
    """The parts of the next update of the parameters, see :meth:`Stepper.next_update`.

    Attributes:
        start, end: positions at which its batch begins and ends; the run may stand between them.
        samples: shape (n,), the batch, as rows of the training part.
        settings: the experiment with the settings of this update.
        rule, learning_rate: what an engine needs to know of these settings.
        step: number of updates that the optimizer made before.
        slots: shape (SLOTS, parameters), the optimizer's memory before the update.
    """

    start: int
    end: int
    samples: Rows
    settings: Experiment
    rule: Rule
    learning_rate: float
    step: int
    slots: Array


class Stepper:
    """Trains a workload with an engine, with the settings and samples that belong to each position.

    Args:
        workload: the network, its samples and the optimizer's memory.
        settings: the settings over the positions.
        order: the samples over the positions.
        engine: name of an engine; "auto" falls back to NumPy where the compiled engine cannot be loaded.

    Attributes:
        position: samples seen since the start.
        engine_name: the engine in use, "compiled" or "numpy".
        engine: None before the first update, so that a window opens without loading the engine.
        version: a number that changes whenever something other than training changes the state.
        unedited: the last position at which parameters were set by hand, and the parameters before; None if there is
            none since the last return to a state.
    """

    def __init__(self, workload: Workload, settings: SettingsOverTime, order: SampleOrder, engine: str) -> None:
        self.workload, self.settings, self.order = workload, settings, order
        self.position = 0
        self._last_change: Array | None = np.zeros_like(workload.network.parameters)
        self.version = 0
        self.unedited: tuple[int, Array] | None = None
        self._copied: State | None = None
        self._known: State | None = None  # from which training leads to the present one
        self._calls = 0  # since then
        self._before = np.empty((FIRST_SLOT + SLOTS, workload.network.parameters.size))
        self.engine_name = resolve(engine, settings.at(0).without_compiled_form)
        self.engine: Engine | None = None
        self._falls_back = engine == "auto"
        self._numpy = NumpyForwardPass(workload.network)
        self._diverges_from: tuple[object, ...] = ()

    @property
    def last_change(self) -> Array:
        """Shape (parameters,), what the last update added to the parameters."""
        if self._last_change is None:
            with np.errstate(all="ignore"):
                self._last_change = self.workload.network.parameters - self.workload.before_last
        return self._last_change

    def note_divergence(self, position: int) -> None:
        """Note that training on from this position, with the settings up to it, diverges."""
        self._diverges_from = position, self.settings.until(position)

    @property
    def is_at_divergence(self) -> bool:
        """Whether a divergence is known to follow from this position."""
        return self._diverges_from == (self.position, self.settings.until(self.position))

    @property
    def is_ready(self) -> bool:
        """Whether the next update can be computed at once, without loading or compiling anything."""
        return self.engine_name == "numpy" or kernel_loading.is_loaded() or kernel_loading.is_loaded(*self.kernels)

    @property
    def kernels(self) -> tuple[str, ...]:
        """The compiled engine's kernels that the run needs with the settings of all its positions."""
        rules = [self.settings.rule(position) for position in (0, *self.settings.positions_of_changes)]
        needed = [name for rule in rules for name in kernels_for(self.workload, rule)]
        return tuple(dict.fromkeys(needed))

    def prepare_engine(self) -> None:
        """Load the engine if need be; see :meth:`core.training.trainer.Trainer.prepare_engine`."""
        if self.engine is None:
            if self.engine_name == "compiled":
                self._load_kernels()
            self.engine = make_engine(self.engine_name, self.workload, fall_back=self._falls_back)
            self.engine_name = self.engine.name

    def _load_kernels(self) -> None:
        try:
            kernel_loading.load_kernels(*self.kernels)
            if not kernel_loading.is_expected("draw_orders"):
                kernel_loading.load_kernels("draw_orders")
        except CompilerError:
            if not self._falls_back:
                raise

    @property
    def forward_pass(self) -> ForwardPass:
        """Computes the network's outputs: the engine, or NumPy before an engine is loaded."""
        return self._numpy if self.engine is None or kernel_loading.is_expected("evaluate") else self.engine

    @property
    def memory(self) -> dict[str, Array]:
        """The optimizer's memory by the names in its formula, each of shape (parameters,)."""
        return dict(zip(self._slot_names(), self.workload.slots, strict=False))

    def _slot_names(self) -> tuple[str, ...]:
        return OPTIMIZERS[self.settings.at(self.position).optimizer].slots

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next update, schedule and warm-up included."""
        return float(self.settings.rates(self.position, self.order.batch_start(self.position), 1)[0])

    def next_update(self) -> Update:
        """The parts of the next update, including changes of settings that lie ahead."""
        start, end = self.order.batch_start(self.position), self.order.end_of("batch", self.position)
        last = end - 1
        restarts = self.settings.restarts_optimizer(self.position, end)
        return Update(
            start,
            end,
            self.order.between(start, end),
            self.settings.at(last),
            self.settings.rule(last),
            float(self.settings.rates(last, start, 1)[0]),
            self.settings.step(last),
            np.zeros_like(self.workload.slots) if restarts else self.workload.slots.copy(),
        )

    def workload_copy(self, samples: tuple[Array, Array] | None = None) -> Workload:
        """A workload with copies of the parameters and an empty memory; training it leaves the run unchanged.

        Args:
            samples: inputs and targets that replace those of the training part, as a single batch.
        """
        load, network = self.workload, self.workload.network
        inputs, targets = samples or (load.inputs, load.targets)
        copied = Network(network.sizes, network.activations, network.parameters.copy())
        return Workload(copied, load.loss, len(inputs) if samples else load.batch_size, inputs, targets, load.key)

    # ---------------------------------------------------------------- states

    def state(self) -> State:
        """A copy of everything that training changes; the same one until something of it changes."""
        self._copied = self._state_in(np.empty_like)
        return self._copied

    def set_out(self) -> None:
        """Before a call of the engine: see to it that ``go_back`` can lead to where it begins."""
        if self._known is None or self._calls >= CALLS_BACK:
            self._known = self._state_in(lambda memory: memory)  # which is much quicker than new memory
            self._calls = 0
        self._calls += 1

    def go_back(self) -> None:
        """Return to the state in which the last call of the engine began, to the same bits."""
        position = self.position
        assert self._known is not None
        self.restore(self._known)
        while self.position < position:
            self.move_to(min(position, self.farthest_target))
        self._let_changes_act()

    def _let_changes_act(self) -> None:
        """At this position the optimizer may begin anew, and parameters may be set by hand."""
        if self.settings.restarts_optimizer(self.position):
            self.workload.slots[:] = 0.0
            self._copied = None
        self.apply_edits()

    def _state_in(self, memory_like: Callable[[Array], Array]) -> State:
        """The copy of the state if it is there already, or else one in such memory."""
        rows, copied, load = FIRST_SLOT + self.slots_in_use, self._copied, self.workload
        if copied is not None and copied.position == self.position and len(copied.numbers) == rows:
            return copied
        numbers = memory_like(self._before[:rows])
        numbers[0], numbers[1] = load.network.parameters, load.gradient
        if self._last_change is None:
            with np.errstate(all="ignore"):
                np.subtract(load.network.parameters, load.before_last, out=numbers[2])
        else:
            numbers[2] = self._last_change
        numbers[FIRST_SLOT:] = load.slots[: rows - FIRST_SLOT]
        return State(self.position, numbers)

    @property
    def slots_in_use(self) -> int:
        """Of the optimizer before the present position and of that behind it: a branch may go on with either."""
        before = self.settings.at(max(self.position - 1, 0)).optimizer
        return max(len(OPTIMIZERS[before].slots), len(self._slot_names()))

    def restore(self, state: State) -> None:
        """Return to a state."""
        load = self.workload
        self.position = state.position
        load.network.parameters[:] = state.parameters
        load.gradient[:] = state.gradient
        load.slots[: len(state.slots)] = state.slots
        load.slots[len(state.slots) :] = 0.0
        self._last_change = state.last_change.copy()
        self._copied, self._known, self._calls = None, state, 0
        self.unedited = None
        self.version += 1

    def edit(self, values: Mapping[int, float]) -> None:
        """Set parameters by hand at this position; see :meth:`core.training.trainer.Trainer.edit`."""
        _check(values, self.workload.network)
        self.settings.edit(self.position, values)
        self.apply_edits()

    def apply_edits(self) -> None:
        """Set the parameters that are set by hand at this position; a second call changes nothing."""
        edits = self.settings.edits_at(self.position)
        if edits:
            if self.unedited is None or self.unedited[0] != self.position:
                self.unedited = self.position, self.workload.network.parameters.copy()
            self._last_change = self.last_change  # which would be found from the parameters
            self.workload.network.parameters[[index for index, _ in edits]] = [value for _, value in edits]
            self._copied = None
            self.version += 1

    # ---------------------------------------------------------------- moving

    @property
    def farthest_target(self) -> int:
        """The last position to which one ``move_to`` may lead: settings must not change on the way."""
        return min(self.order.stretch_end(self.position), self.settings.next_change(self.position))

    def move_to(self, target: int) -> bool:
        """Run the batches that end up to a target, which lies at most at ``farthest_target``.

        Returns:
            Whether all numbers are still finite. If not, the state is as before the first of these batches;
            :func:`core.training.divergence.stop_before_divergence` finds the update at fault.
        """
        self._let_changes_act()
        rows = self.rows_until(target)
        if len(rows):
            self.set_out()
            self.run(rows, 0, self.batches(len(rows)))
            if not self.is_finite():
                self.go_back()
                return False
        self.position = target
        return True

    def run_measured(self, moments: Moments, end: int, sets: list[MeasuredSet]) -> Measured:
        """Train up to a position with a measure at some moments on the way; the position does not move.

        No setting may change on the way; the optimizer has a compiled form, and the engine is the compiled one.

        Args:
            moments: ends of epochs on the way.
            end: a position at or behind the last of them.
            sets: what is measured.
        """
        assert isinstance(self.engine, CompiledEngine)
        self.apply_edits()
        self._copied = None
        now, places = self.position, moments.positions
        first, last = self.order.batch_start(now), self.order.last_batch_end(end)
        has_one_rate = self.settings.has_one_rate(now)
        longest = max(places[0] - first, places[-1] - places[0] and places.step, last - places[-1])
        batches = self.batches(longest) if has_one_rate else self.settings.updates_between(first, last)
        rates, rule, step = self.settings.rates(now, first, batches), self.settings.rule(now), self.settings.step(now)
        rows = self.order.between(first, last)
        return self.engine.run_measured(rows, rates, has_one_rate, rule, step, first, moments, sets)

    def take_up(self, position: int, states: Sequence[State]) -> None:
        """Stand where ``run_measured`` led to; these states are known of the way there."""
        self.position = position
        self._copied = self._last_change = None
        if states:
            self._known, self._calls = states[-1], 0

    def rows_until(self, target: int) -> Rows:
        """The samples of the batches that end up to a target, from the start of the batch under way, shape (n,)."""
        first, last = self.order.batch_start(self.position), self.order.last_batch_end(target)
        return self.order.between(first, last) if first < last else np.zeros(0, dtype=np.int64)

    def batches(self, samples: int) -> int:
        """Number of batches of so many samples."""
        return -(-samples // self.workload.batch_size)

    def run(self, rows: Rows, first: int, end: int) -> None:
        """Run some batches of ``rows`` without moving the position.

        Args:
            rows: shape (n,), the samples from the start of the batch under way.
            first: number of the first batch in ``rows``, counted from 0.
            end: number of the batch behind the last.
        """
        assert self.engine is not None
        self._copied = None
        size = self.workload.batch_size
        start = self.order.batch_start(self.position) + first * size
        self.engine.run(
            rows[first * size : end * size],
            self.settings.rates(self.position, start, end - first),
            self.settings.rule(self.position),
            self.settings.step(self.position) + first,
            start,
        )
        self._last_change = None

    def is_finite(self) -> bool:
        """Whether the parameters and the optimizer's memory are finite."""
        load = self.workload
        numbers = load.network.parameters, *load.slots[: len(self._slot_names())]
        with np.errstate(all="ignore"):
            # A finite sum of squares shows it quickly; one that is not may come of large numbers.
            return all(math.isfinite(np.dot(row, row)) or bool(np.isfinite(row).all()) for row in numbers)


def _check(values: Mapping[int, float], network: Network) -> None:
    for index, value in values.items():
        if not 0 <= index < network.parameters.size:
            raise IndexError(index)
        if not np.isfinite(value):
            name = parameter_name(network.sizes, index)
            raise WeightsError(_("{name} cannot be {value}; give a finite number.").format(name=name, value=value))
