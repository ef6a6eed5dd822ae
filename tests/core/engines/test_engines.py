"""Both engines against the reference network and against each other, over all choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.errors import ExperimentError
from core.engines import kernel_loading
from core.engines.choosing import Engine, make_engine, resolve
from core.engines.kernels import plan
from core.engines.workload import Workload
from core.explain.walk import walk_update
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.decision_rule import decide
from core.network.dropout import masks
from core.network.losses import LOSSES, why_not
from core.network.network import Network, count_parameters
from core.network.optimizers import OPTIMIZERS, Rule
from core.network.penalty import add_penalty_gradient, penalty
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.training.experiment import MAX_DROPOUT, Experiment, Init
from core.training.preparation import one_hot_targets
from core.training.saved_run import resume_run, save_run
from core.training.trainer import Trainer
from tests.core.support import examples, numerical_gradient, rewind, small_dataset

ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
AGREEMENT = 1e-12
SMALL = small_dataset(20)


@dataclass(frozen=True)
class Case:
    """Any network, loss and rule, and samples for it."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    rule: Rule
    batch_size: int
    samples: int
    rate: float
    seed: int

    @property
    def task(self) -> str:
        return CLASSIFICATION if CLASSIFICATION in LOSSES[self.loss].tasks else REGRESSION

    def workload(self) -> Workload:
        rng = np.random.default_rng(self.seed)
        spread = [np.full((a + 1) * b, 1.0 / np.sqrt(a)) for a, b in pairwise(self.sizes)]
        parameters = rng.normal(0.0, 1.0, count_parameters(self.sizes)) * np.concatenate(spread)
        network = Network(self.sizes, [ACTIVATIONS[name] for name in self.activations], parameters)
        inputs, loss = rng.uniform(-2.0, 2.0, (self.samples, self.sizes[0])), LOSSES[self.loss]
        if self.task == REGRESSION:
            targets = rng.normal(0.0, 1.0, (self.samples, self.sizes[-1]))
        else:
            labels = rng.integers(0, self.sizes[-1], self.samples)
            targets = one_hot_targets(labels, self.sizes[-1], network.activations[-1], loss.signed)
        return Workload(network, loss, self.batch_size, inputs, targets, key=self.seed * 7919)

    def order(self) -> NDArray[np.int64]:
        return np.random.default_rng(self.seed + 1).permutation(self.samples)

    def rates(self) -> Array:
        return self.rate * np.linspace(1.0, 0.5, -(-self.samples // self.batch_size))


CORNERED = {"relu", "leaky-relu", "elu", "mae", "huber", "hinge"}


@st.composite
def cases(draw: st.DrawFn, smooth: bool = False) -> Case:
    """Any case, or a small one without corners, so that differences tell the gradient."""

    def choice(names: Iterable[str]) -> str:
        return draw(st.sampled_from([name for name in names if not (smooth and name in CORNERED)]))

    hidden = draw(st.lists(st.integers(1, 6 if smooth else 19), max_size=3 if smooth else 4))
    activations = [choice(HIDDEN_ACTIVATIONS) for _ in hidden]
    loss = LOSSES[choice(LOSSES)]
    task = draw(st.sampled_from(loss.tasks))
    output = choice(name for name in OUTPUT_ACTIVATIONS if not why_not(loss, name, task))
    optimizer = draw(st.sampled_from(list(OPTIMIZERS.values())))
    rule = Rule(
        optimizer,
        momentum=draw(st.sampled_from([0.0, 0.5, 0.9])),
        l1=0.0 if smooth else draw(st.sampled_from([0.0, 0.0, 1e-3])),
        l2=draw(st.sampled_from([0.0, 0.0, 1e-2])),
        dropout=draw(st.sampled_from([0.0, 0.0, 0.3])),
    )
    return Case(
        (draw(st.integers(1, 4 if smooth else 10)), *hidden, 1 if task == REGRESSION else draw(st.integers(2, 9))),
        (*activations, output),
        loss.name,
        rule,
        batch_size=draw(st.integers(1, 70)),  # often larger than the set, and seldom a divisor of it
        samples=draw(st.integers(1, 60)),
        rate=draw(st.floats(1e-4, 0.05)),
        seed=draw(st.integers(0, 2**31)),
    )


def run(engine: str, workload: Workload, case: Case) -> Engine:
    made = make_engine(engine, workload)
    made.run(case.order(), case.rates(), case.rule, 0, 0)
    return made


def distance(found: Array, wanted: Array) -> float:
    """The largest difference over the largest number."""
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-300))


@np.errstate(all="ignore")  # as engines train; where it matters, parameters are not finite
def train_by_reference(workload: Workload, case: Case, nudge: float = 0.0, shuffle: int = 0) -> None:
    """The same epoch with core.network.network alone.

    With ``nudge``, from parameters that differ by that share; with ``shuffle``, the samples of each batch in another
    order, which changes their sums by rounding alone.
    """
    network, size = workload.network, workload.batch_size
    signs = np.random.default_rng(case.seed + 2).choice([-1.0, 1.0], network.parameters.size)
    network.parameters *= 1.0 + nudge * signs
    work = np.empty_like(network.parameters)
    for batch, rate in enumerate(case.rates().tolist()):
        rows = case.order()[batch * size : (batch + 1) * size]
        drops = masks(workload.key, batch * size, len(rows), network.sizes[1:-1], case.rule.dropout)
        if shuffle:
            places = np.random.default_rng(shuffle).permutation(len(rows))
            rows, drops = rows[places], [drop[places] for drop in drops]
        forward = network.forward(workload.inputs[rows], drops if case.rule.dropout else ())
        backward = network.backward(forward, workload.targets[rows], workload.loss)
        add_penalty_gradient(backward.dW, network.weights, case.rule.l1, case.rule.l2)
        workload.gradient[:] = backward.gradient
        case.rule.optimizer.update(
            network.parameters, workload.gradient, workload.slots, rate, case.rule.momentum, batch + 1, work
        )


@pytest.mark.parametrize("engine", ENGINES)
@given(case=cases())
@settings(max_examples=examples(100))
def test_an_engine_equals_the_reference_after_an_epoch(engine: str, case: Case) -> None:
    found, wanted = case.workload(), case.workload()
    run(engine, found, case)
    train_by_reference(wanted, case)
    assume(np.isfinite(wanted.network.parameters).all())
    # Where a difference in the last bit grows by so much, any two orders of summation part; as where a gradient's terms
    # cancel out but for rounding, and AdaGrad divides what is left by its own size.
    for nudge, shuffle in ((2.0**-52, 0), (0.0, 1), (0.0, 2), (0.0, 3)):
        other = case.workload()
        train_by_reference(other, case, nudge, shuffle)
        assume(distance(other.network.parameters, wanted.network.parameters) < AGREEMENT / 20)
    assert distance(found.network.parameters, wanted.network.parameters) < AGREEMENT
    scale = max(np.abs(wanted.gradient).max(), 1.0)
    np.testing.assert_allclose(found.gradient, wanted.gradient, rtol=AGREEMENT, atol=AGREEMENT * scale)


@pytest.mark.parametrize("engine", ENGINES)
@given(case=cases(), cuts=st.lists(st.integers(1, 59), max_size=5))
@settings(max_examples=examples(50))
def test_the_bits_do_not_depend_on_how_an_epoch_is_cut(engine: str, case: Case, cuts: list[int]) -> None:
    whole, parts = case.workload(), case.workload()
    run(engine, whole, case)
    made, order, rates = make_engine(engine, parts), case.order(), case.rates()
    batches = sorted({0, len(rates), *(cut % len(rates) for cut in cuts)})
    for first, end in pairwise(batches):
        start = first * case.batch_size
        made.run(order[start : end * case.batch_size], rates[first:end], case.rule, first, start)
    for name in ("gradient", "slots", "before_last"):
        assert getattr(parts, name).tobytes() == getattr(whole, name).tobytes(), name
    assert parts.network.parameters.tobytes() == whole.network.parameters.tobytes()


@pytest.mark.parametrize("engine", ENGINES)
@given(case=cases())
@settings(max_examples=examples(50))
def test_what_an_engine_measures_is_what_the_reference_computes(engine: str, case: Case) -> None:
    workload = case.workload()
    made = make_engine(engine, workload)
    forward = workload.network.forward(workload.inputs)
    for found, wanted in zip(made.activations(workload.inputs), forward.a[1:], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13)
    losses, outputs = made.measure(workload.inputs, workload.targets)
    np.testing.assert_allclose(outputs, forward.output, rtol=1e-11, atol=1e-13)
    value = workload.loss.value(forward.z[-1], forward.output, workload.targets)
    np.testing.assert_allclose(losses, value, rtol=1e-11, atol=1e-13)
    again, classes = made.measure_classes(workload.inputs, workload.targets)
    assert (again.tobytes(), classes.tolist()) == (losses.tobytes(), decide(outputs).tolist())


@pytest.mark.parametrize("engine", ENGINES)
@given(case=cases(smooth=True))
@settings(max_examples=examples(30))
def test_the_gradient_of_a_batch_is_the_numerical_one(engine: str, case: Case) -> None:
    """With dropout and the penalty, which the table of test_gradients.py does not have."""
    workload = case.workload()
    rows = case.order()[: case.batch_size]
    network = Network(case.sizes, workload.network.activations, workload.network.parameters.copy())
    made = make_engine(engine, workload)
    made.run(rows, np.array([case.rate]), case.rule, 0, 0)
    drops = masks(workload.key, 0, len(rows), network.sizes[1:-1], case.rule.dropout) if case.rule.dropout else ()

    def objective() -> float:
        forward = network.forward(workload.inputs[rows], drops)
        losses = workload.loss.value(forward.z[-1], forward.output, workload.targets[rows])
        return float(np.mean(losses)) + penalty(network.weights, case.rule.l1, case.rule.l2)

    wanted = numerical_gradient(objective, network.parameters)
    scale = max(float(np.abs(wanted).max()), 1.0)
    np.testing.assert_allclose(workload.gradient, wanted, rtol=1e-6, atol=1e-7 * scale)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 3])
def test_only_the_rows_of_the_order_are_used_and_they_stay_as_they_are(engine: str, batch_size: int) -> None:
    case = Case((2, 4, 2), ("sigmoid", "softmax"), "mse", Rule(OPTIMIZERS["sgd"]), batch_size, 6, 0.1, 0)
    workload = case.workload()
    workload.inputs[4:], workload.targets[4:] = np.nan, np.nan
    before = workload.inputs.tobytes(), workload.targets.tobytes()
    make_engine(engine, workload).run(np.array([3, 0, 2, 1, 3]), np.full(-(-5 // batch_size), 0.1), case.rule, 0, 0)
    assert np.isfinite(workload.network.parameters).all()
    assert (workload.inputs.tobytes(), workload.targets.tobytes()) == before


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("activation", [*HIDDEN_ACTIVATIONS, "softmax"])
def test_overflow_gives_no_warning_and_is_seen(engine: str, activation: str) -> None:
    """What is too large becomes infinite or not a number in both, and never a wrong number."""
    rule = Rule(OPTIMIZERS["sgd"])
    hidden = "linear" if activation == "softmax" else activation
    case = Case((2, 3, 2), (hidden, "softmax" if activation == "softmax" else "linear"), "mse", rule, 1, 3, 1.0, 0)
    workload = case.workload()
    workload.inputs[:] = 1e300
    workload.network.parameters[:] = 1e305
    make_engine(engine, workload).run(np.arange(3), np.ones(3), rule, 0, 0)
    if activation not in ("sigmoid", "tanh"):  # which are at their bounds there, and pass nothing on
        assert not np.isfinite(workload.network.parameters).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [*HIDDEN_ACTIVATIONS])
def test_activations_agree_far_out_and_near_zero(engine: str, name: str) -> None:
    network = Network((1, 1), (ACTIVATIONS[name],), np.array([1.0, 0.0]))
    z = np.concatenate([np.geomspace(1e-300, 1e4, 4001), [0.0, 700.0, 709.5, 745.0]])
    z = np.concatenate([z, -z]).reshape(-1, 1)
    workload = Workload(network, LOSSES["mse"], 1, z, np.zeros_like(z))
    found = make_engine(engine, workload).activations(z)[0]
    with np.errstate(all="ignore"):
        wanted = ACTIVATIONS[name].function(z)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("engine", ENGINES)
@given(case=cases(), own_scale=st.booleans())
@settings(max_examples=examples(30))
def test_what_an_engine_makes_ready_to_be_drawn_is_what_its_activations_say(
    engine: str, case: Case, own_scale: bool
) -> None:
    workload = case.workload()
    made = make_engine(engine, workload)
    layers = [workload.inputs, *made.activations(workload.inputs)]
    np.testing.assert_array_equal(made.outputs(workload.inputs), layers[-1])
    ends = np.full((len(layers), 2), np.nan) if own_scale else np.tile([-0.75, 1.25], (len(layers), 1))
    for layer, (values, found) in enumerate(zip(layers, made.shades(workload.inputs, ends), strict=True)):
        assert (found.dtype, found.shape) == (np.uint8, values.T.shape)
        high = (
            np.full(values.shape[1], 1.25) if not own_scale else np.abs(values).max(axis=0) if layer else values.max(0)
        )
        low = np.full(values.shape[1], -0.75) if not own_scale else -high if layer else values.min(axis=0)
        half = np.where(high > low, (high - low) / 2, 1.0)
        wanted = np.floor(((values - (low + high) / 2) / half).clip(-1.0, 1.0) * 127.5 + 128.0).clip(0.0, 255.0)
        assert np.abs(found.T.astype(int) - wanted).max() <= 1, "a rounding apart"
    if layers[-1].shape[1] > 1:
        winners, margins = made.decisions(workload.inputs, 2.0)
        np.testing.assert_array_equal(winners, layers[-1].argmax(axis=1))
        second, best = np.sort(layers[-1], axis=1)[:, -2:].T
        np.testing.assert_allclose(margins, ((best - second) / 2.0).clip(0.0, 1.0), rtol=0, atol=1e-15)


NO_NUMBERS = [
    [np.nan, 1.0, 2.0], [1.0, np.nan, np.inf], [1.0, 2.0, np.nan], [np.inf, np.inf, 0.0], [-np.inf, -np.inf, -np.inf],
    [np.inf, 3.0, -np.inf], [5.0, 5.0, 5.0], [-np.inf, 2.0, -np.inf], [1e308, -1e308, 0.0],
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_outputs_that_are_no_numbers_are_decided_alike(engine: str) -> None:
    found = []
    for outputs in NO_NUMBERS:
        network = Network((1, 3), (ACTIVATIONS["linear"],), np.array([0.0, 0.0, 0.0, *outputs]))
        x = np.ones((1, 1))
        made = make_engine(engine, Workload(network, LOSSES["mse"], 1, x, np.zeros((1, 3))))
        np.testing.assert_array_equal(made.outputs(x)[0], outputs)
        winners, margins = made.decisions(x, 1.0)
        found.append((int(winners[0]), float(margins[0])))
        assert made.measure_classes(x, np.zeros((1, 3)))[1].tolist() == winners.tolist()
    winners, margins = zip(*found, strict=True)
    assert winners == (0, 1, 2, 0, 0, 0, 0, 1, 0)
    assert margins == (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_values_that_are_no_numbers_have_the_middle_shade(engine: str) -> None:
    values = np.array([[np.nan, np.inf, 1.0], [1.0, -np.inf, -1.0], [0.0, 2.0, np.inf]])
    network = Network((3, 1), (ACTIVATIONS["linear"],))
    made = make_engine(engine, Workload(network, LOSSES["mse"], 1, values, np.zeros((3, 1))))
    bounded = made.shades(values, np.array([[-1.0, 1.0], [-1.0, 1.0]]))[0]
    assert bounded.tolist() == [[128, 255, 128], [255, 0, 255], [255, 0, 255]]
    own = made.shades(values, np.full((2, 2), np.nan))[0]
    assert own.tolist() == [[128, 128, 128], [128, 128, 128], [128, 128, 128]], "no scale holds them"


def test_auto_is_the_compiled_engine_where_there_is_one() -> None:
    assert resolve("auto") == ("compiled" if kernel_loading.is_available() else "numpy")
    assert resolve("numpy") == "numpy"
    assert resolve("compiled") == "compiled"


@pytest.mark.needs_numba
def test_the_kernels_know_every_choice() -> None:
    assert set(plan.ACTIVATION_CODES) == set(ACTIVATIONS)
    assert set(plan.LOSS_CODES) == set(LOSSES)
    assert set(plan.OPTIMIZER_CODES) == set(OPTIMIZERS)
    assert MAX_DROPOUT < 1.0


# ---- Entries that the compiled engine has no form of.

LACKING = Experiment(hidden=(3,), init=Init("lecun"), engine="auto", batch_size=4, activation="tanh")


@pytest.mark.parametrize(
    ("codes", "name", "fields"),
    [
        (plan.ACTIVATION_CODES, "gelu", {"activation": ("gelu", "tanh"), "hidden": (3, 2)}),
        (plan.ACTIVATION_CODES, "sine", {"output": "sine"}),
        (plan.LOSS_CODES, "cross-entropy", {"loss": "cross-entropy"}),
        (plan.OPTIMIZER_CODES, "adam", {"optimizer": "adam"}),
    ],
)
def test_what_has_no_compiled_form_numpy_computes_or_is_refused(
    codes: dict[str, int], name: str, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(codes, name)
    experiment = LACKING.replace(**fields)
    assert experiment.engine_note.endswith(f" {name}, so NumPy computes.")
    assert LACKING.engine_note == experiment.replace(engine="numpy").engine_note == ""
    trainer, plain = Trainer(experiment, SMALL), Trainer(experiment.replace(engine="numpy"), SMALL)
    for run in (trainer, plain):
        run.advance(30)
    assert trainer.engine_name == "numpy"
    assert trainer.network.parameters.tobytes() == plain.network.parameters.tobytes()
    with pytest.raises(ExperimentError, match=f"^engine: the compiled engine has no form of the .* {name}; choose"):
        experiment.replace(engine="compiled")


@pytest.mark.needs_numba
def test_an_optimizer_without_a_compiled_form_may_take_over_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(plan.OPTIMIZER_CODES, "adam")
    runs = {engine: Trainer(LACKING.replace(engine=engine), SMALL) for engine in ("auto", "numpy")}
    for run in runs.values():
        run.advance(26)
        run.change(optimizer="adam", learning_rate=0.01)
        run.advance(41)
    auto, plain = runs.values()
    assert (auto.engine_name, auto.settings.engine_note) == (
        "compiled", "The compiled engine has no form of the optimizer adam, so NumPy computes.",
    )  # fmt: skip
    np.testing.assert_allclose(auto.network.parameters, plain.network.parameters, rtol=1e-12, atol=1e-12)
    walk = walk_update(auto)
    auto.advance(walk.end - auto.position)
    assert auto.network.parameters.tobytes() == walk.parameters_after.tobytes()
    bits, position = auto.network.parameters.tobytes(), auto.position
    again = resume_run(auto.experiment, SMALL, save_run(auto))
    for run in (auto, again):
        rewind(run, 40)
        run.advance(position - run.position)
        assert run.network.parameters.tobytes() == bits
    with pytest.raises(ExperimentError, match="no form of the optimizer adam"):
        Trainer(LACKING.replace(engine="compiled"), SMALL).change(optimizer="adam")
