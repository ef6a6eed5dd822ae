"""The check of gradients: it passes what is right, finds and places what is wrong, and changes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.base.arrays import Array
from core.base.errors import Cancelled, LensError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.engines.kernel_loading import CompilerError
from core.explain import gradient_check
from core.explain.gradient_check import TOLERANCE, GradientCheck, check_gradients, verdict
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network, parameter_name
from core.training.divergence import Diverged
from core.training.experiment import Decay, Experiment, Init
from core.training.trainer import Trainer
from tests.core.strategies import cases, numbers_dataset
from tests.core.support import bits, small_dataset

DATASET = small_dataset(30, 3)
PLAIN = Experiment(
    hidden=(4, 3),
    activation=("tanh", "sigmoid"),
    loss="cross-entropy",
    batch_size=8,
    init=Init("glorot"),
    learning_rate=0.1,
    engine="numpy",
)


def start(samples: int = 0, dataset: Dataset = DATASET, **fields: object) -> Trainer:
    trainer = Trainer(PLAIN.replace(**fields), dataset)
    trainer.advance(samples)
    return trainer


# ---- What is right passes.


@given(case=cases(20), samples=st.integers(0, 60))
@settings(max_examples=25)
def test_any_experiment_passes(case: tuple[Experiment, Dataset], samples: int) -> None:
    try:
        trainer = Trainer(*case)
        trainer.advance(samples)
    except Diverged:
        assume(False)
    check = check_gradients(trainer)
    assert check.passes, (check.largest, check.place, check.engine_error, check.engine_place)


def test_rounding_is_seen_where_a_slope_is_next_to_nothing() -> None:
    """At the top of a sine the last bit of z decides on its slope; few changes of three weights left z as it was."""
    points = [(1.79693336, 0.26378274), (-1.02965373, -1.11822615), (1.49410742, 1.22674123)]
    points = np.array([*points, (0.24126185, 0.24990401), (0.69328576, 0.46351592), (-2.00729685, -0.24160084)])
    targets = np.array([1.10643117, -1.41623374, 1.61043146, 0.36388012, 0.87082583, -1.02703711])
    rng = np.random.default_rng(0)
    experiment = Experiment(
        data=DataSource("plane", task="regression"), features=("x2", "cos-x1", "radius"), hidden=(), output="sine",
        learning_rate=0.1875, schedule=Decay("exponential", (0.5,)), warm_up=1, l2=7.186488738901267e-05,
        init=Init("uniform", 0.5), bias=0.1, shuffle=False, only_sample=2, seed=2**63 - 1,
    )  # fmt: skip
    for _moved in range(60):
        moved = points + rng.normal(size=points.shape) * 1e-9
        moved_targets = targets + rng.normal(size=6) * 1e-9
        data = Dataset(moved, np.zeros(6, dtype=np.int64), (), targets=moved_targets, target_name="y")
        trainer = Trainer(experiment, data)
        trainer.advance(53)
        check = check_gradients(trainer)
        assert check.passes, (check.engine_error, check.engine_tolerance)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e3])
@pytest.mark.parametrize("activation", ["tanh", "softplus", "sine", "relu"])
def test_small_and_large_inputs_pass(activation: str, scale: float) -> None:
    points = Dataset(DATASET.points * scale, DATASET.labels, DATASET.class_names)
    check = check_gradients(start(dataset=points, activation=activation))
    assert check.passes
    assert check.compared > 20


def test_rounding_is_seen_where_the_changes_of_a_weight_and_an_activation_cancel() -> None:
    """The small loss is a difference of an output of 1.005 from 1, and small derivatives are behind its rounding."""
    points = np.array([[1.06, -0.07], [-0.18, 0.92], [-0.76783469, -0.68522788]])
    trainer = start(
        14, Dataset(points, np.array([0, 1, 2]), tuple("abc")), features=("x1", "x1^2", "x2", "x2^2"),
        hidden=(1, 6, 1), activation=("relu", "sigmoid", "tanh"), output="relu", loss="mse", batch_size=1,
        optimizer="momentum", momentum=0.5, learning_rate=0.5, init=Init("normal", 0.01), seed=1, only_sample=2,
    )  # fmt: skip
    check = check_gradients(trainer)
    assert check.passes, (check.largest, check.place)


def test_the_numerical_gradient_is_accurate_and_complete() -> None:
    check = check_gradients(start(20))
    assert check.checked.tolist() == list(range(check.parameters))
    assert check.compared == check.parameters == (2 + 1) * 4 + (4 + 1) * 3 + (3 + 1) * 3
    np.testing.assert_allclose(check.numerical, check.analytic, rtol=1e-9, atol=1e-13)
    assert 0.0 < check.largest < 1e-9
    assert parameter_name(check.sizes, int(check.checked[np.argmax(check.relative_error)])) == check.place


@pytest.mark.parametrize("position", [0, 3, 8, 27, 29, 30, 61])
def test_it_is_the_gradient_of_the_next_update(position: int) -> None:
    """With its batch, dropout's masks and the penalty: the trainer's own gradient behind that update."""
    trainer = start(position, dropout=0.4, l1=0.01, l2=0.1)
    check = check_gradients(trainer)
    trainer.advance(trainer.end_of("batch") - trainer.position)
    np.testing.assert_allclose(check.analytic, trainer.gradient, rtol=1e-12, atol=1e-16)
    assert check.position + check.samples == trainer.position
    assert check.samples == (6 if trainer.position % 30 == 0 else 8)


def test_it_takes_the_settings_of_the_moment() -> None:
    trainer = start(10)
    before = check_gradients(trainer)
    trainer.change(l2=3.0, dropout=0.5)
    after = check_gradients(trainer)
    assert before.passes
    assert after.passes
    assert np.abs(before.analytic - after.analytic).max() > 0.1


def test_it_changes_nothing() -> None:
    trainer, alone = (start(37, optimizer="adam", dropout=0.2, engine="auto") for _ in range(2))
    memory = {name: values.copy() for name, values in trainer.stepper.memory.items()}
    before = bits(trainer)
    check = check_gradients(trainer)
    assert bits(trainer) == before
    for name, values in trainer.stepper.memory.items():
        np.testing.assert_array_equal(values, memory[name])
    for array in (check.checked, check.analytic, check.numerical, check.relative_error, check.at_corner):
        assert not array.flags.writeable
    for run in (trainer, alone):
        run.advance(100)
    assert bits(trainer) == bits(alone)


def test_it_can_be_cancelled_and_leaves_the_run_as_it_is() -> None:
    trainer = start(37, optimizer="adam", dropout=0.2)
    before, told = bits(trainer), list[float]()

    def at_half(part: float) -> bool:
        told.append(part)
        return part < 0.5

    with pytest.raises(Cancelled):
        check_gradients(trainer, progress=at_half)
    assert bits(trainer) == before
    assert told == sorted(told)
    assert told[0] == 0.0
    assert 0.5 <= told[-1] < 0.6
    np.testing.assert_array_equal(
        check_gradients(trainer).numerical, check_gradients(start(37, optimizer="adam", dropout=0.2)).numerical
    )


def test_it_can_be_cancelled_before_each_forward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    trainer, forward = start(37), Network.forward
    monkeypatch.setattr(Network, "forward", lambda *args: (events.append("pass"), forward(*args))[1])
    check_gradients(trainer, progress=lambda _: events.append("asked"))
    assert events == ["asked", "pass"] * (len(events) // 2)


def test_the_same_check_gives_the_same_result() -> None:
    first, again = (check_gradients(start(20)) for _ in range(2))
    np.testing.assert_array_equal(first.numerical, again.numerical)


@pytest.mark.needs_numba
def test_the_runs_own_engine_is_compared() -> None:
    for name in ("numpy", "compiled"):
        check = check_gradients(start(20, engine=name))
        assert check.engine == name
        assert check.engine_error <= 1e-13 <= check.engine_tolerance < 1e-10


# ---- What is wrong is found, and where.

Change = Callable[[Callable[..., Array]], Callable[..., Array]]


def wrong_activation(monkeypatch: pytest.MonkeyPatch, name: str, factor: float) -> None:
    right = ACTIVATIONS[name]
    assert right.derivative is not None
    derivative = right.derivative

    def wrong(z: Array, a: Array, out: Array | None = None) -> Array:
        result = derivative(z, a, out)
        result *= factor
        return result

    monkeypatch.setitem(ACTIVATIONS, name, dataclasses.replace(right, derivative=wrong))


def errors(check: GradientCheck) -> dict[str, bool]:
    return {block.name: block.largest > TOLERANCE for block in check.blocks}


def test_a_wrong_derivative_is_found_in_its_layer_and_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_activation(monkeypatch, "sigmoid", 1.00001)  # of the second hidden layer
    check = check_gradients(start(20))
    assert not check.passes
    assert errors(check) == {"W⁽¹⁾": True, "b⁽¹⁾": True, "W⁽²⁾": True, "b⁽²⁾": True, "W⁽³⁾": False, "b⁽³⁾": False}
    assert check.fault == "b⁽²⁾"
    assert check.largest == pytest.approx(1e-5, rel=1e-3)
    monkeypatch.undo()
    wrong_activation(monkeypatch, "tanh", 0.5)  # of the first one
    check = check_gradients(start(20))
    assert errors(check) == {"W⁽¹⁾": True, "b⁽¹⁾": True, "W⁽²⁾": False, "b⁽²⁾": False, "W⁽³⁾": False, "b⁽³⁾": False}
    assert check.fault == "b⁽¹⁾"
    assert check.place.endswith("⁽¹⁾")
    assert check.largest == pytest.approx(0.5, rel=1e-6)


def test_a_wrong_loss_is_found_in_every_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    right = LOSSES["cross-entropy"].delta
    assert right is not None
    wrong = dataclasses.replace(LOSSES["cross-entropy"], delta=lambda a, y, out=None: right(a, y, out) * 2.0)
    monkeypatch.setitem(LOSSES, "cross-entropy", wrong)
    check = check_gradients(start(20))
    assert all(errors(check).values())
    assert check.fault == "b⁽³⁾"


def test_softmax_with_its_diagonal_alone_as_in_the_notebook_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With three outputs; with two, the notebook's second error made up for the first."""
    softmax = dataclasses.replace(ACTIVATIONS["softmax"], derivative=lambda z, a, out=None: a * (1.0 - a))
    monkeypatch.setitem(ACTIVATIONS, "softmax", softmax)
    check = check_gradients(start(20, loss="mse"))
    assert check.fault == "b⁽³⁾"


@pytest.mark.parametrize(("fields", "bad"), [({"l2": 0.1}, 0.2), ({"l1": 0.1}, 0.2)])
def test_a_wrong_penalty_is_found_at_the_weights_alone(
    fields: dict[str, object], bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = gradient_check.add_penalty_gradient

    def wrong(dW: object, weights: object, l1: float, l2: float) -> None:
        right(dW, weights, l1 * 1.001, l2 * 1.001)  # type: ignore[arg-type]

    monkeypatch.setattr(gradient_check, "add_penalty_gradient", wrong)
    check = check_gradients(start(20, **fields))
    assert errors(check) == {"W⁽¹⁾": True, "b⁽¹⁾": False, "W⁽²⁾": True, "b⁽²⁾": False, "W⁽³⁾": True, "b⁽³⁾": False}


def test_a_mask_that_the_backward_pass_forgets_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Network.backward

    def wrong(self: Network, forward: object, y: Array, loss: object) -> object:
        return right(self, dataclasses.replace(forward, masks=()), y, loss)  # type: ignore[arg-type,type-var]

    monkeypatch.setattr(Network, "backward", wrong)
    assert check_gradients(start(20)).passes
    assert check_gradients(start(20, dropout=0.3)).fault == "b⁽²⁾"


def test_one_wrong_number_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Network.backward

    def wrong(self: Network, forward: object, y: Array, loss: object) -> object:
        backward = right(self, forward, y, loss)  # type: ignore[arg-type]
        backward.dW[1][2, 1] *= 1.0001
        return backward

    monkeypatch.setattr(Network, "backward", wrong)
    check = check_gradients(start(20))
    assert (check.place, check.fault) == ("w₃₂⁽²⁾", "W⁽²⁾")
    assert np.count_nonzero(check.relative_error > TOLERANCE) == 1
    assert not check.engine_agrees, "the engine is right"
    assert check.engine_place == "w₃₂⁽²⁾"


@pytest.mark.needs_numba
def test_an_engine_that_differs_is_told_from_a_wrong_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_activation(monkeypatch, "sigmoid", 1.01)
    check = check_gradients(start(20, engine="compiled"))  # which has its own sigmoid
    assert not check.gradients_agree
    assert not check.engine_agrees
    assert check.engine_place.endswith(("⁽¹⁾", "⁽²⁾"))
    monkeypatch.undo()
    trainer = start(20, engine="compiled")
    monkeypatch.setattr("core.engines.compiled_engine.CompiledEngine.run", lambda *_: None)
    check = check_gradients(trainer)
    assert check.gradients_agree
    assert not check.engine_agrees
    assert not check.passes


# ---- Corners.


def test_a_corner_is_reported_and_is_no_error() -> None:
    """Initial weights 0 put every z of the first layer at ReLU's corner, and so the weights that lead there."""
    check = check_gradients(start(activation="relu", hidden=(4,), init=Init("zeros")))
    assert {block.name: block.at_corner for block in check.blocks} == {"W⁽¹⁾": 8, "b⁽¹⁾": 4, "W⁽²⁾": 0, "b⁽²⁾": 0}
    assert np.isnan(check.numerical[check.at_corner]).all()
    assert np.isnan(check.relative_error[check.at_corner]).all()
    assert np.isfinite(check.relative_error[~check.at_corner]).all()
    assert (check.blocks[0].place, check.blocks[0].checked) == ("", 8)
    assert np.isnan(check.blocks[0].largest)
    assert check.passes
    assert check.compared == 15


def test_a_corner_near_by_only_makes_the_step_smaller() -> None:
    """A single ReLU whose z is 0.01: a step of 1/64 would cross its corner."""
    points = Dataset(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]), ("a", "b"))
    initial = np.array([0.01, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0])
    experiment = PLAIN.replace(hidden=(1,), activation="relu", batch_size=1)
    for z, corners in ((0.01, 0), (1e-5, 0), (1e-8, 2), (0.0, 2), (-1e-8, 2), (-1e-5, 0), (-0.01, 0)):
        initial[0] = z
        check = check_gradients(Trainer(experiment, points, initial))
        assert check.passes
        assert int(check.at_corner.sum()) == corners, z  # w₁₁⁽¹⁾ and b₁⁽¹⁾; the other input is 0


@pytest.mark.parametrize(
    ("loss", "error", "corners"),
    [("mae", 0.0, True), ("mae", 1.0, False), ("huber", 0.0, False), ("huber", 1.0, True), ("huber", -1.0, True)],
)
def test_the_corners_of_the_losses(loss: str, error: float, corners: bool) -> None:
    dataset = numbers_dataset(6)
    dataset = Dataset(dataset.points, dataset.labels, (), targets=np.full(6, 0.5))
    experiment = Experiment(data=DataSource("plane"), hidden=(), output="linear", loss=loss, shuffle=False)
    check = check_gradients(Trainer(experiment, dataset, np.array([0.0, 0.0, 0.5 + error])))
    assert check.at_corner.tolist() == [corners] * 3
    assert check.passes


def test_the_corner_of_the_margin() -> None:
    experiment = Experiment(hidden=(), output="linear", loss="hinge", init=Init("zeros"), shuffle=False)
    for bias, corners in ((0.0, [False, False]), (1.0, [True, False])):  # class 0 first: y = (1, −1), margins 1 ∓ bias
        check = check_gradients(Trainer(experiment.replace(bias=bias), DATASET))
        assert check.at_corner[-3:-1].tolist() == corners
        assert check.passes


def test_the_corner_of_the_penalty_is_at_zero_alone() -> None:
    trainer = start(l1=0.1)
    parameters = trainer.network.parameters.copy()
    parameters[:2] = 0.0, 1e-300
    check = check_gradients(Trainer(trainer.experiment, DATASET, parameters))
    assert np.flatnonzero(check.at_corner).tolist() == [0]
    assert check.passes
    without = check_gradients(Trainer(trainer.experiment.replace(l1=0.0), DATASET, parameters))
    assert without.compared == without.parameters


def test_where_all_lie_at_a_corner_nothing_is_compared() -> None:
    experiment = Experiment(data=DataSource("plane"), hidden=(), output="relu", init=Init("zeros"))
    check = check_gradients(Trainer(experiment, numbers_dataset(6)))
    assert check.compared == 0
    assert (check.place, check.fault) == ("", "")
    assert np.isnan(check.largest)


# ---- Large nets, and what cannot be checked.


def test_of_many_parameters_some_of_each_block_are_checked() -> None:
    trainer = start(hidden=(40, 30))
    check = check_gradients(trainer, most=200)
    assert 180 <= len(check.checked) <= 200
    assert (np.diff(check.checked) > 0).all()
    assert check.parameters == trainer.network.parameters.size
    blocks = {block.name: block.checked for block in check.blocks}
    assert blocks["b⁽¹⁾"] >= 30
    assert (blocks["b⁽²⁾"], blocks["b⁽³⁾"]) == (30, 3)
    assert blocks["W⁽²⁾"] >= 30
    np.testing.assert_array_equal(check.checked, check_gradients(trainer, most=200).checked)
    few = check_gradients(trainer, most=1)
    assert [block.checked for block in few.blocks] == [1] * 6


def test_large_nets_and_batches_take_no_more_than_so_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradient_check, "LONGEST", 8 * 31 * 8 * 39)  # 31 of the 39 parameters by a batch of 8
    assert len(check_gradients(start()).checked) == 31
    monkeypatch.setattr(gradient_check, "LONGEST", 1)
    few = check_gradients(start())
    assert 15 <= len(few.checked) <= gradient_check.LEAST
    assert (few.samples, few.batch) == (1, 8)
    assert "on the first 1 of a batch of 8 samples" in verdict(few, 0)


def test_what_is_too_large_for_differences_is_told() -> None:
    experiment = PLAIN.replace(hidden=(), activation="tanh", output="linear", loss="mse")
    trainer = Trainer(experiment, DATASET)
    trainer.network.parameters[0] = 1e300  # as a run that diverges may have: finite, but its square is not
    with pytest.raises(LensError, match="cannot be checked: the loss or its differences overflow"):
        check_gradients(trainer)


def test_without_its_compiler_auto_is_checked_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: str) -> None:
        raise CompilerError("Numba is out of order.")

    monkeypatch.setattr("core.engines.kernel_loading.load_kernels", broken)
    monkeypatch.setattr("core.engines.choosing.kernel_loading.is_available", lambda: True)
    trainer = start(engine="auto")
    assert trainer.engine_name == "numpy" or check_gradients(trainer).engine == "numpy"
    with pytest.raises(CompilerError):
        check_gradients(Trainer(PLAIN.replace(engine="compiled"), DATASET))
