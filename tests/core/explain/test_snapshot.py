"""Snapshots: frozen copies, and maps of the plane the right way round."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engines.numpy_forward import MIDDLE
from core.explain.maps import NeuronPlace, OutputMap, Plane, neuron_map, neuron_maps, output_map
from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import bits, rewind, small_dataset

PLANE = Plane((-2.0, 4.0), (10.0, 20.0), columns=6, rows=4)
EVERYTHING = Request(output=PLANE, neurons=PLANE, neuron=NeuronPlace(1, 2, PLANE))
DATASET = small_dataset(30)


def start(**fields: object) -> Trainer:
    return Trainer(Experiment(hidden=(3,), init=Init("normal", 0.5), train_fraction=0.6).replace(**fields), DATASET)


def linear_classifier(w: list[list[float]], b: list[float], output: str = "softmax") -> Trainer:
    """A network without hidden layers and with the weights given."""
    dataset = small_dataset(30, n_classes=len(b))
    return Trainer(Experiment(hidden=(), output=output), dataset, np.concatenate([np.ravel(w), b]))


def arrays(value: object) -> Iterator[NDArray[np.float64]]:
    """Every array inside a snapshot."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from arrays(getattr(value, field.name))


def test_a_snapshot_holds_the_run_at_its_position() -> None:
    trainer = start(batch_size=4)
    trainer.advance(25)
    trainer.change(learning_rate=0.3)
    snapshot = take_snapshot(trainer, Request())
    assert (snapshot.position, snapshot.epoch, snapshot.sample, snapshot.epoch_length) == (25, 1, 7, 18)
    assert (snapshot.sizes, snapshot.learning_rate, snapshot.trained_row) == ((2, 3, 2), 0.3, trainer.last_row())
    np.testing.assert_array_equal(snapshot.parameters, trainer.network.parameters)
    np.testing.assert_array_equal(snapshot.gradient, trainer.gradient)
    np.testing.assert_array_equal(snapshot.last_change, trainer.last_change)
    np.testing.assert_array_equal(snapshot.history.table, trainer.history.table)
    train, test = trainer.evaluations()
    assert (snapshot.train_loss, snapshot.train_score) == (train.loss, train.score)
    assert (snapshot.test_loss, snapshot.test_score) == (test.loss, test.score)
    assert snapshot.output is None
    assert snapshot.neurons is None


def test_a_snapshot_says_whether_an_update_was_made() -> None:
    """At every sample of the first batches, for batches that fill an epoch, leave a rest, or are longer than it."""
    for batch_size, only_sample in itertools.product((1, 2, 4, 17, 18, 19, 100), (None, 2)):
        trainer = start(batch_size=batch_size, only_sample=only_sample)
        begun = trainer.network.parameters.copy()
        for position in range(40):
            has_changed = bool((trainer.network.parameters != begun).any())
            assert take_snapshot(trainer, Request()).has_update == has_changed, (batch_size, only_sample, position)
            trainer.advance(1)


def test_predictions_stand_at_the_rows_of_the_data_set() -> None:
    trainer = start(standardize=True, learning_rate=0.1)
    trainer.advance(400)
    output = trainer.network.forward(trainer.preparation.inputs(DATASET.points)).output
    predicted = take_snapshot(trainer, Request()).predicted
    assert len(set(predicted.tolist())) == 2
    np.testing.assert_array_equal(predicted, output.argmax(axis=1))
    assert take_snapshot(trainer, Request()).predicted is predicted, "nothing was measured since"
    trainer.advance(400)
    assert take_snapshot(trainer, Request(measures=False)).predicted is not None
    assert take_snapshot(trainer, Request()).predicted is not predicted


def test_every_array_is_read_only_shares_nothing_with_the_run_and_stays() -> None:
    trainer = start()
    trainer.advance(100)
    snapshot = take_snapshot(trainer, EVERYTHING)
    found = list(arrays(snapshot))
    # vectors, predictions, four tables of the history, output map, maps of three layers, of unused inputs and of one
    assert len(found) == 3 + 1 + 4 + 2 + 3 + 1 + 1
    copies = [array.copy() for array in found]
    assert not any(array.flags.writeable for array in found)
    own = trainer.network.parameters, trainer.gradient, trainer.last_change
    assert not any(np.shares_memory(array, live) for array in found for live in own)
    trainer.advance(1000)
    rewind(trainer, 50)
    trainer.advance(300)
    for array, copy in zip(found, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_taking_a_snapshot_changes_nothing_in_the_run() -> None:
    watched, alone = start(), start()
    for _ in range(30):
        watched.advance(7)
        before = bits(watched)
        take_snapshot(watched, EVERYTHING)
        assert bits(watched) == before
    alone.advance(210)
    assert bits(watched) == bits(alone)


def test_the_plane_is_cut_into_cells_with_x1_running_fastest() -> None:
    x, y = PLANE.centers()
    assert x.tolist() == [-1.5, -0.5, 0.5, 1.5, 2.5, 3.5]
    assert y.tolist() == [11.25, 13.75, 16.25, 18.75]
    points = PLANE.points().reshape(4, 6, 2)
    np.testing.assert_array_equal(points[:, :, 0], np.tile(x, (4, 1)))
    np.testing.assert_array_equal(points[:, :, 1], np.tile(y, (6, 1)).T)


def test_the_output_map_lies_the_right_way_round() -> None:
    """Class 1 where x1 > 1, then where x2 > 15: columns follow x1, row 0 is the lowest x2."""
    along_x1 = output_map(linear_classifier([[0.0, 1.0], [0.0, 0.0]], [0.0, -1.0]), PLANE)
    np.testing.assert_array_equal(along_x1.winner, np.tile([0, 0, 0, 1, 1, 1], (4, 1)))
    along_x2 = output_map(linear_classifier([[0.0, 0.0], [0.0, 1.0]], [0.0, -15.0]), PLANE)
    np.testing.assert_array_equal(along_x2.winner, np.tile([[0], [0], [1], [1]], (1, 6)))


def test_the_margin_vanishes_on_the_border_and_grows_to_both_sides() -> None:
    plane = Plane((-3.5, 3.5), (0.0, 1.0), columns=7, rows=1)  # centers −3 … 3; the border is x1 = 0
    found = output_map(linear_classifier([[0.0, 1.0], [0.0, 0.0]], [0.0, 0.0]), plane)
    expected = np.tanh(np.abs(np.arange(-3, 4)) / 2)  # |p1 − p0| for p1 = σ(x1)
    np.testing.assert_allclose(found.margin[0], expected, rtol=1e-12, atol=1e-15)
    assert found.margin[0, 3] == 0.0


def test_with_three_classes_the_margin_is_over_the_second_best() -> None:
    plane = Plane((-1.0, 1.0), (-1.0, 1.0), columns=5, rows=5)
    trainer = linear_classifier([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]], [0.0, 0.0, 0.1])
    found = output_map(trainer, plane)
    output = trainer.network.forward(plane.points()).output
    for p, winner, margin in zip(output, found.winner.ravel(), found.margin.ravel(), strict=True):
        second, best = sorted(p.tolist())[-2:]
        assert p[winner] == best
        assert margin == pytest.approx(best - second, abs=1e-15)
    assert len(np.unique(found.winner)) == 3


@pytest.mark.parametrize("output", [name for name in OUTPUT_ACTIVATIONS if name != "sine"])  # which has no limit
def test_the_margin_is_scaled_by_the_span_of_the_outputs(output: str) -> None:
    w = [[-1e3, 1e3], [0.0, 0.0]]
    found = output_map(linear_classifier(w, [0.0, 0.0], output), Plane((1.0, 2.0), (0.0, 1.0), 3, 3))
    np.testing.assert_allclose(found.margin, 1.0)
    np.testing.assert_array_equal(found.winner, 1)


def test_a_margin_of_tanh_is_half_the_difference() -> None:
    trainer = linear_classifier([[0.0, 0.3], [0.0, 0.0]], [0.1, 0.0], "tanh")
    found = output_map(trainer, Plane((-2.0, 3.0), (0.0, 1.0), 5, 1))
    x = np.array([-1.5, -0.5, 0.5, 1.5, 2.5])
    np.testing.assert_allclose(found.margin[0], np.abs(np.tanh(0.3 * x) - np.tanh(0.1)) / 2, rtol=1e-12)


def test_the_map_uses_the_datas_own_units() -> None:
    trainer = start(standardize=True)
    trainer.advance(500)
    found = output_map(trainer, PLANE)
    points = PLANE.points()
    inputs = (points - trainer.preparation.center) / trainer.preparation.scale
    expected = trainer.network.forward(inputs).output.argmax(axis=1).reshape(4, 6)
    np.testing.assert_array_equal(found.winner, expected)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_the_maps_of_the_neurons_have_their_shapes_and_range(activation: str) -> None:
    trainer = start(hidden=(3, 4), activation=activation)
    maps = neuron_maps(trainer, PLANE)
    assert [layer.shape for layer in maps] == [(2, 4, 6), (3, 4, 6), (4, 4, 6), (2, 4, 6)]
    assert all(layer.dtype == np.uint8 and not layer.flags.writeable for layer in maps)
    a = trainer.network.forward(PLANE.points()).a
    for layer, kind in ((1, ACTIVATIONS[activation]), (3, ACTIVATIONS["softmax"])):
        for unit, found in enumerate(maps[layer]):
            value = a[layer][:, unit].reshape(4, 6)
            if np.isfinite(kind.high):
                expected = 2 * (value - kind.low) / (kind.high - kind.low) - 1
            else:
                expected = value / (np.abs(value).max() or 1.0)
            np.testing.assert_allclose(found, expected * 127.5 + 127.5, rtol=0, atol=1.0)


def test_the_maps_of_the_inputs_run_from_end_to_end_along_their_axes() -> None:
    maps = neuron_maps(start(standardize=True), Plane((-2.0, 4.0), (10.0, 20.0), 200, 100))[0]
    x1, x2 = maps.astype(int)
    assert (np.diff(x1, axis=1) > 0).all()
    assert (np.diff(x2, axis=0) > 0).all()
    np.testing.assert_array_equal(np.diff(x1, axis=0), 0)
    np.testing.assert_array_equal(np.diff(x2, axis=1), 0)
    assert [x1[0, 0], x1[0, -1], x2[0, 0], x2[-1, 0]] == [0, 255, 0, 255]


def test_a_dead_neuron_has_the_middle_shade_everywhere() -> None:
    trainer = Trainer(Experiment(hidden=(3,), activation="relu", init=Init("zeros")), DATASET)
    np.testing.assert_array_equal(neuron_maps(trainer, PLANE)[1], MIDDLE)


def test_only_what_is_asked_for_is_computed() -> None:
    def parts(request: Request) -> tuple[type, type]:
        snapshot: Snapshot = take_snapshot(start(), request)
        return type(snapshot.output), type(snapshot.neurons)

    assert parts(Request()) == (type(None), type(None))
    assert parts(Request(output=PLANE)) == (OutputMap, type(None))
    assert parts(Request(neurons=PLANE)) == (type(None), tuple)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_the_map_of_one_neuron_holds_its_activations_on_the_scale_of_its_small_map(activation: str) -> None:
    trainer = start(activation=activation, standardize=True)
    small = neuron_maps(trainer, PLANE)
    layers = trainer.network.forward(trainer.preparation.inputs(PLANE.points())).a
    for layer, units in enumerate(trainer.network.sizes):
        for unit in range(units):
            own = neuron_map(trainer, NeuronPlace(layer, unit, PLANE))
            assert own is not None
            if layer == 0:
                np.testing.assert_allclose(own.values.ravel(), PLANE.points()[:, unit], rtol=1e-12)
            else:
                np.testing.assert_array_equal(own.values.ravel(), layers[layer][:, unit])
            scaled = (own.values - (own.low + own.high) / 2) / ((own.high - own.low) / 2 or 1.0)
            shades = np.minimum(np.clip(scaled, -1, 1) * 127.5 + 128, 255)
            np.testing.assert_allclose(shades, small[layer][unit], rtol=0, atol=1.0)
            assert not own.values.flags.writeable


@pytest.mark.parametrize(("layer", "unit"), [(1, 3), (3, 0)])
def test_a_neuron_that_the_network_does_not_have_is_left_out(layer: int, unit: int) -> None:
    assert take_snapshot(start(), Request(neuron=NeuronPlace(layer, unit, PLANE))).neuron is None
