"""Runs in lanes leave the bits of the same runs alone: parameters, memory, gradients, losses and outputs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.arrays import Array
from core.engines import lane_engine
from core.engines.compiled_engine import CompiledEngine
from core.engines.kernels.plan import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.engines.lane_engine import LANES, LaneEngine, LaneSamples
from core.engines.workload import Workload
from core.network.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network, count_parameters
from core.network.optimizers import OPTIMIZERS, Rule

pytestmark = pytest.mark.needs_numba

Shape = tuple[tuple[int, ...], tuple[str, ...], str]
"""Sizes of the layers, their activations, and a loss."""

OUTPUTS = {"cross-entropy": ["softmax"], "binary-cross-entropy": ["sigmoid"]}
"""The output activations of the losses that go with some only."""


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Sizes, activations and a loss that go together."""
    sizes = tuple(draw(st.lists(st.integers(1, 9), min_size=2, max_size=4)))
    loss = draw(st.sampled_from(sorted(LOSS_CODES)))
    outputs = OUTPUTS.get(loss) or [name for name in ACTIVATION_CODES if name in OUTPUT_ACTIVATIONS]
    if "softmax" in outputs and sizes[-1] == 1:
        sizes = (*sizes[:-1], 2)
    hidden = [name for name in ACTIVATION_CODES if name != "softmax"]
    names = (*(draw(st.sampled_from(hidden)) for _ in sizes[1:-1]), draw(st.sampled_from(outputs)))
    return sizes, names, loss


@st.composite
def rules(draw: st.DrawFn, parameters: int) -> Rule:
    """Any rule of an update."""
    small = st.sampled_from([0.0, 0.01, 0.3])
    frozen = draw(st.sets(st.integers(0, parameters - 1), max_size=2))
    optimizer = OPTIMIZERS[draw(st.sampled_from(sorted(OPTIMIZER_CODES)))]
    return Rule(optimizer, 0.7, draw(small), draw(small), draw(small), tuple(sorted(frozen)))


def workload(shape: Shape, batch: int, samples: tuple[Array, Array], key: int) -> Workload:
    sizes, names, loss = shape
    network = Network(sizes, [ACTIVATIONS[name] for name in names])
    network.parameters[:] = np.random.default_rng(key).normal(0.0, 0.7, count_parameters(sizes))
    return Workload(network, LOSSES[loss], batch, *samples, key)


def write_back(engine: LaneEngine, workloads: list[Workload]) -> None:
    """Bring the state of all runs into their workloads."""
    for lane, w in enumerate(workloads):
        goals = (w.network.parameters, w.before_last, w.gradient, *w.slots)
        for goal, column in zip(goals, engine._columns, strict=True):
            goal[:] = column[lane]


@given(data=st.data(), shape=shapes(), runs=st.integers(1, LANES), batch=st.integers(1, 5), shared=st.booleans())
@settings(max_examples=60, deadline=None)
def test_lanes_leave_the_bits_of_runs_alone(
    data: st.DataObject, shape: Shape, runs: int, batch: int, shared: bool
) -> None:
    sizes = shape[0]
    rule = data.draw(rules(count_parameters(sizes)))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    count = 7

    def samples() -> tuple[Array, Array]:
        return random.normal(size=(count, sizes[0])), random.uniform(0.0, 1.0, (count, sizes[-1]))

    first = samples()
    sets = [first if shared else samples() for _ in range(runs)]
    alone = [workload(shape, batch, sets[run], run) for run in range(runs)]
    together = [workload(shape, batch, sets[run], run) for run in range(runs)]
    engine = LaneEngine(together)
    step = position = 0
    for length in (11, 6):
        orders = random.integers(0, count, (runs, length))
        rates = random.uniform(0.001, 0.5, (runs, -(-length // batch)))
        engine.run(orders, rates, rule, step, position)
        write_back(engine, together)
        for run, single in enumerate(alone):
            CompiledEngine(single).run(orders[run], rates[run], rule, step, position)
            for name in ("before_last", "gradient", "slots"):
                assert getattr(together[run], name).tobytes() == getattr(single, name).tobytes(), name
            assert together[run].network.parameters.tobytes() == single.network.parameters.tobytes()
        step, position = step + rates.shape[1], position + length
    losses, outputs = engine.measure(LaneSamples.of(*zip(*sets, strict=True)))
    for run, single in enumerate(alone):
        wanted = CompiledEngine(single).measure(*sets[run])
        assert (losses[run].tobytes(), outputs[run].tobytes()) == (wanted[0].tobytes(), wanted[1].tobytes())


def test_runs_of_other_shapes_are_refused() -> None:
    samples = np.zeros((3, 2)), np.zeros((3, 2))
    small = workload(((2, 3, 2), ("tanh", "softmax"), "mse"), 1, samples, 0)
    large = workload(((2, 4, 2), ("tanh", "softmax"), "mse"), 1, samples, 0)
    with pytest.raises(ValueError, match="one shape"):
        LaneEngine([small, large])
    with pytest.raises(ValueError, match="1 to 8"):
        LaneEngine([])
    engine = LaneEngine([small])
    rule = Rule(OPTIMIZERS["sgd"], 0.0, 0.0, 0.0, 0.0)
    before = small.network.parameters.tobytes()
    for order, rates in (([[0, 3]], [[0.1, 0.1]]), ([[0, -1]], [[0.1, 0.1]]), ([[0, 1]], [[0.1]])):
        with pytest.raises(ValueError, match="orders"):
            engine.run(np.array(order), np.array(rates), rule, 0, 0)
    assert small.network.parameters.tobytes() == before


def test_as_many_lanes_as_the_vectors_have() -> None:
    from core.engines.kernels.vectors import LANES as lanes_of_a_vector

    assert lanes_of_a_vector == lane_engine.LANES
