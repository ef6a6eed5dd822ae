"""What is inspected are the numbers of the walk, the formulas, the diagnosis and the trainer, and no others."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.data.data_source import DataSource, load
from core.explain.diagnosis import diagnose, diagnose_neuron, full_gradient
from core.explain.formulas import step_formulas as steps
from core.explain.inspection import Inspection, inspect, parameter_course
from core.explain.picked_part import Focus
from core.explain.snapshot import Request, take_snapshot
from core.explain.walk import walk_of_last_sample, walk_update
from core.network.network import count_parameters, parameter_index, parameter_name
from core.network.optimizers import OPTIMIZERS
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import bits, rewind, small_dataset
from tests.core.workbench.support import SHALLOW, make_trainer

SMALL = Experiment(hidden=(3, 4), activation="tanh", learning_rate=0.1, batch_size=4, init=Init("glorot"))
DATASET = small_dataset(30)
PLANE = Experiment(data=DataSource("plane", samples=50), hidden=(4, 3), output="linear", standardize_target=True)


def start(samples: int, **changes: object) -> Trainer:
    trainer = Trainer(SMALL.replace(**changes), DATASET)
    trainer.advance(samples)
    return trainer


def look(trainer: Trainer, focus: Focus) -> Inspection:
    found = inspect(trainer, focus)
    assert found is not None
    return found


@pytest.mark.parametrize("experiment", [SMALL, PLANE], ids=["classes", "standardized target"])
def test_the_loss_without_a_weight_is_that_of_a_run_where_it_is_0(experiment: Experiment) -> None:
    trainer = Trainer(experiment, DATASET if experiment is SMALL else load(PLANE.data))
    trainer.advance(100)
    focus = Focus(1, 1, 0)
    numbers, index = look(trainer, focus).parameter, focus.index(trainer.network.sizes)
    assert numbers is not None and index is not None
    assert numbers.loss == pytest.approx(trainer.evaluations()[0].loss, rel=1e-12)
    trainer.edit({index: 0.0})
    assert numbers.loss_if_zero == pytest.approx(trainer.evaluations()[0].loss, rel=1e-12)
    assert numbers.loss_if_zero != numbers.loss


@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 2), (5, 1, 4, 3)])
def test_the_place_of_every_parameter(sizes: tuple[int, ...]) -> None:
    names = [
        (parameter_index(sizes, layer, source, target), "b" if source is None else "w")
        for layer, (n, m) in enumerate(pairwise(sizes), start=1)
        for source in [*range(n), None]
        for target in range(m)
    ]
    assert [index for index, _ in names] == list(range(count_parameters(sizes)))
    assert all(parameter_name(sizes, index).startswith(name) for index, name in names)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("samples", [8, 10], ids=["between batches", "inside a batch"])
def test_a_weight(optimizer: str, samples: int) -> None:
    trainer = start(samples, optimizer=optimizer, l2=0.01)
    before, focus = bits(trainer), Focus(2, 1, 2)
    found = look(trainer, focus)
    assert bits(trainer) == before, "the run takes no notice"
    index = focus.index(trainer.network.sizes)
    assert index is not None
    assert found.parameter is not None
    assert found.parameter.full_gradient == full_gradient(trainer)[index]
    assert found.parameter.memory == {name: m[index] for name, m in trainer.stepper.memory.items()}
    walk, sample = walk_of_last_sample(trainer), 3 if samples == 8 else 1
    assert found.sample is not None
    assert found.sample.row == walk.rows[sample] == trainer.last_row()
    assert found.sample.gradient == walk.sample_gradient(sample)[index]
    assert (found.is_made, found.batch, found.left) == ((True, 4, 0) if samples == 8 else (False, 4, 2))
    assert found.change == walk.change[index]
    lines = (
        *steps.neuron_backward(walk, 2, 1, sample),
        *steps.weight_gradient(walk, 2, 2, 1, sample),
        steps.learning_rate(walk),
        *steps.weight_update(walk, 2, 2, 1),
    )
    assert found.formulas == lines
    assert found.formulas[-1].value == walk.parameters_after[index]
    trainer.edit({index: 0.0})
    assert (found.is_set, look(trainer, focus).is_set) == (False, samples == 8)


def test_a_neuron() -> None:
    trainer = start(20)
    found, own = look(trainer, Focus(1, 2)), diagnose_neuron(trainer, 1, 2)
    walk, whole = walk_of_last_sample(trainer), diagnose(trainer).layers[0]
    assert found.sample is not None
    at = walk.layers[0]
    assert (found.sample.z, found.sample.a, found.sample.delta) == (at.z[3, 2], at.a[3, 2], at.delta[3, 2])
    assert found.sample.gradient == at.delta[3, 2]
    assert found.neuron is not None
    np.testing.assert_array_equal(found.neuron.activations.counts, own.activations.counts)
    assert (own.zero_share, own.flat_share) == (whole.zero_share[2], whole.flat_share[2])
    assert (own.dead, own.saturated) == (whole.dead[2], whole.saturated[2])
    assert [line.name for line in found.formulas][:2] == ["weighted sum", "activation"]
    assert found.formulas[-1].value == at.b_after[2]


def test_an_input_has_values_but_nothing_to_learn() -> None:
    trainer = start(20)
    found = look(trainer, Focus(0, 1))
    assert found.parameter is None
    assert found.formulas == ()
    assert found.neuron is not None
    assert found.neuron.activations.counts.sum() == 30
    assert not found.neuron.dead
    row = trainer.last_row()
    assert found.sample is not None
    assert found.sample.a == trainer.preparation.train.inputs[row, 1]


def test_a_layer() -> None:
    trainer = start(20)
    layer = look(trainer, Focus(2)).layer
    assert layer is not None
    whole = diagnose(trainer)
    assert layer.diagnosis.flow == whole.layers[1].flow
    np.testing.assert_array_equal(layer.full_gradient, whole.gradient)
    forward = trainer.network.forward(trainer.preparation.dataset.points[layer.rows])
    np.testing.assert_array_equal(layer.activations, forward.a[2])
    assert len(layer.rows) == 30


def test_before_the_first_sample() -> None:
    trainer = start(0)
    found = look(trainer, Focus(1, 0, 0))
    assert found.sample is not None
    assert (found.is_made, found.sample.row) == (False, walk_update(trainer).rows[0])


def test_the_course_goes_through_the_ends_of_epochs_and_back_again() -> None:
    trainer, index, expected = start(0), 5, []
    for _ in range(3):
        expected.append((trainer.position, trainer.network.parameters[index]))
        trainer.advance(30)
    trainer.advance(7)
    np.testing.assert_array_equal(parameter_course(trainer, index)[:3], expected)
    assert tuple(parameter_course(trainer, index)[-1]) == (97, trainer.network.parameters[index])
    assert len(parameter_course(trainer, index)) == 5
    rewind(trainer, 60)
    assert parameter_course(trainer, index)[:, 0].tolist() == [0, 30, 60]


@pytest.mark.parametrize(
    "focus", [Focus(0), Focus(4), Focus(4, 0), Focus(1, 3), Focus(2, 0, 3), Focus(0, 0, 0), Focus(1, 3, 0)]
)
def test_a_place_that_the_network_does_not_have_is_left_out(focus: Focus) -> None:
    trainer = start(0)
    assert inspect(trainer, focus) is None
    assert take_snapshot(trainer, Request(focus=focus)).inspection is None


def test_a_snapshot_holds_it_on_request() -> None:
    trainer = start(4)
    assert take_snapshot(trainer, Request()).inspection is None
    found = take_snapshot(trainer, Request(focus=Focus(1, 0))).inspection
    assert found is not None
    assert found.position == 4


def change_of(trainer: Trainer, focus: Focus) -> float | None:
    inspection = inspect(trainer, focus)
    assert inspection is not None
    return inspection.last_change


@pytest.mark.parametrize("focus", [Focus(1, 2, 1), Focus(2, 1)])
def test_an_inspection_tells_the_last_change_behind_the_first_update(focus: Focus) -> None:
    trainer = make_trainer(SHALLOW.replace(batch_size=10))
    trainer.advance(9)
    assert change_of(trainer, focus) is None
    trainer.advance(23)
    index = focus.index(trainer.network.sizes)
    assert index is not None and change_of(trainer, focus) == trainer.last_change[index] != 0.0
    assert change_of(trainer, Focus(0, 1)) is None
