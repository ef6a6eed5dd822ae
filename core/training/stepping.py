"""What moves when a run trains: the parameters, the optimizer's memory and the position, batch by batch."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, Rows
from core.engines import kernel_loading
from core.engines.choosing import Engine, ForwardPass, make_engine, resolve
from core.engines.numpy_forward import NumpyForwardPass
from core.engines.workload import Workload
from core.network.network import parameter_name
from core.network.optimizers import OPTIMIZERS
from core.training.keyframes import State
from core.training.sample_order import Order
from core.training.settings_over_time import Course


class Machine:
    """Runs a workload by an engine along a course.

    Args:
        workload: what is trained.
        course: the settings over the positions.
        order: the samples over the positions.
        engine: name of an engine; "auto" falls back to NumPy where the compiled engine cannot be loaded.

    Attributes:
        position: samples seen since the start.
        last_change: shape (parameters,), what the last update added to the parameters.
        engine_name: what computes, "compiled" or "numpy".
        engine: None before the first update, so that a window opens without it.
        version: another number whenever the state was changed by something else than training.
    """

    def __init__(self, workload: Workload, course: Course, order: Order, engine: str) -> None:
        self.workload, self.course, self.order = workload, course, order
        self.position = 0
        self.last_change = np.zeros_like(workload.network.parameters)
        self.version = 0
        self.engine_name = resolve(engine, course.at(0).without_compiled_form)
        self.engine: Engine | None = None
        self._falls_back = engine == "auto"
        self._numpy = NumpyForwardPass(workload.network)

    @property
    def is_ready(self) -> bool:
        """Whether the next update can be computed at once, without loading or compiling anything."""
        return self.engine is not None or self.engine_name == "numpy" or kernel_loading.is_loaded()

    def prepare_engine(self) -> None:
        """Load the engine if need be; see :meth:`core.training.trainer.Trainer.prepare_engine`."""
        if self.engine is None:
            self.engine = make_engine(self.engine_name, self.workload, fall_back=self._falls_back)
            self.engine_name = self.engine.name

    @property
    def forward_pass(self) -> ForwardPass:
        """The forward pass with the present parameters: by the engine, or before there is one by NumPy."""
        return self._numpy if self.engine is None else self.engine

    @property
    def memory(self) -> dict[str, Array]:
        """What the optimizer remembers by the names of its formula, each of shape (parameters,)."""
        return dict(zip(self._slot_names(), self.workload.slots, strict=False))

    def _slot_names(self) -> tuple[str, ...]:
        return OPTIMIZERS[self.course.at(self.position).optimizer].slots

    # ---------------------------------------------------------------- states

    def state(self) -> State:
        """A copy of all that moves."""
        return State(
            self.position,
            self.workload.network.parameters.copy(),
            self.workload.gradient.copy(),
            self.workload.slots[: len(self._slot_names())].copy(),
            self.last_change,
        )

    def restore(self, state: State) -> None:
        """Stand where this state was taken."""
        load = self.workload
        self.position = state.position
        load.network.parameters[:] = state.parameters
        load.gradient[:] = state.gradient
        load.slots[: len(state.slots)] = state.slots
        load.slots[len(state.slots) :] = 0.0
        self.last_change = state.last_change
        self.version += 1

    def apply_edits(self) -> None:
        """Set what is set by hand at this position; to do it again changes nothing."""
        edits = self.course.edits_at(self.position)
        if edits:
            self.workload.network.parameters[[index for index, _ in edits]] = [value for _, value in edits]
            self.version += 1

    # ---------------------------------------------------------------- moving

    def move_to(self, target: int) -> str | None:
        """Move without a change of settings, up to ``Order.stretch_end``, and run the batches that end on the way.

        Returns:
            The name of the first number that would have ceased to be finite; then the machine stands one sample before
            the update that breaks it. None if all are finite, and the target is reached.
        """
        if self.course.restarts_optimizer(self.position):
            self.workload.slots[:] = 0.0
        self.apply_edits()
        first, last = self.order.batch_start(self.position), self.order.last_batch_end(target)
        if last <= first:
            self.position = target
            return None
        order = self.order.between(first, last)
        before = self.state()
        self._run(order, 0, -(-len(order) // self.workload.batch_size))
        if self._is_finite():
            self.position = target
            return None
        return self._restore_and_run(order, before, self._count_finite_batches(order, before))

    def _run(self, order: Rows, first: int, end: int) -> None:
        """Run some batches of ``order``, which begins with the batch that is under way."""
        assert self.engine is not None
        size = self.workload.batch_size
        start = self.order.batch_start(self.position) + first * size
        self.engine.run(
            order[first * size : end * size],
            self.course.rates(self.position, start, end - first),
            self.course.rule(self.position),
            self.course.step(self.position) + first,
            start,
        )
        with np.errstate(all="ignore"):
            self.last_change = self.workload.network.parameters - self.workload.before_last

    # ---------------------------------------------------------------- divergence

    def _is_finite(self) -> bool:
        """Whether the parameters and the optimizer's memory are."""
        slots = self.workload.slots[: len(self._slot_names())]
        return bool(np.isfinite(self.workload.network.parameters).all() and np.isfinite(slots).all())

    def _count_finite_batches(self, order: Rows, before: State) -> int:
        """How many batches of ``order`` can be run before a number ceases to be finite.

        What is not finite never becomes finite again, so halving finds the place.
        """
        good, span = 0, -(-len(order) // self.workload.batch_size)
        self.restore(before)
        reached = before
        while span > 1:
            half = span // 2
            self._run(order, good, good + half)
            if self._is_finite():
                reached = self.state()
                good, span = good + half, span - half
            else:
                self.restore(reached)
                span = half
        return good

    def _restore_and_run(self, order: Rows, before: State, batches: int) -> str:
        """Stand one sample before the update that breaks a number, after ``batches`` good ones; returns its name."""
        size = self.workload.batch_size
        fatal_end = min((batches + 1) * size, len(order))
        self.restore(before)
        self._run(order, 0, batches + 1)
        culprit = self._find_culprit()
        self.restore(before)
        if batches:
            self._run(order, 0, batches)
        self.position = self.order.batch_start(self.position) + fatal_end - 1
        return culprit

    def _find_culprit(self) -> str:
        """The name of the first number that is not finite."""
        network = self.workload.network
        memory = [("", network.parameters)]
        memory += [(f"the optimizer's {name} of ", values) for name, values in self.memory.items()]
        for title, values in memory:
            finite = np.isfinite(values)
            if not finite.all():
                return title + parameter_name(network.sizes, int(np.argmin(finite)))
        raise AssertionError("all numbers are finite")
