"""Norms, histograms, dead and saturated neurons against plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.base.arrays import Array
from core.data.dataset import Dataset
from core.explain import diagnosis
from core.explain.diagnosis import BINS, diagnose, diagnose_neuron, full_gradient, histogram
from core.explain.walk import walk_sample
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from core.network.network import parameter_views
from core.network.penalty import add_penalty_gradient
from core.training.divergence import Diverged
from core.training.experiment import Experiment, Init
from core.training.gradient_norms import EXPLODING, VANISHING, flow_verdict, gradient_norms, probe_samples
from core.training.history import is_gradient_record, next_record
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from tests.core.support import TRAIN_FILE, RunCase, bits, rewind, run_cases, small_dataset
from tests.core.workbench.support import SHALLOW, make_trainer


def lengths(trainer: Trainer, rows: list[int]) -> Array:
    """Root mean square over rows of the length of each sample's own gradient, shape (layers,)."""
    squares = []
    for row in rows:
        walk = walk_sample(trainer, row)
        dW, db = parameter_views(walk.sizes, walk.sample_gradient(0))
        squares.append([(w**2).sum() + (b**2).sum() for w, b in zip(dW, db, strict=True)])
    return np.sqrt(np.mean(squares, axis=0))


@given(case=run_cases(engines=("numpy",)))
@settings(max_examples=25)
def test_it_agrees_with_the_walks_of_the_samples(case: RunCase) -> None:
    """All its gradients are those of the walks: of a sample, and averaged over the training set."""
    assume(case.experiment.dropout == 0.0 and "dropout" not in case.change)
    try:
        trainer = case.start()
    except Diverged:
        assume(False)
    before = bits(trainer)
    found = diagnose(trainer)
    assert bits(trainer) == before
    rows = trainer.preparation.train.rows.tolist()
    mean = np.mean([walk_sample(trainer, row).sample_gradient(0) for row in rows], axis=0)
    np.testing.assert_allclose(found.gradient, mean, rtol=1e-9, atol=1e-12)
    flow = [layer.flow for layer in found.layers]
    np.testing.assert_allclose(flow, lengths(trainer, rows), rtol=1e-9, atol=1e-12)
    walks = [walk_sample(trainer, row) for row in rows]
    for k, layer in enumerate(found.layers):
        a = np.concatenate([walk.layers[k].a for walk in walks])
        np.testing.assert_allclose(layer.zero_share, (a == 0.0).mean(axis=0))
        assert layer.activations.counts.sum() == a.size
        assert layer.weights.counts.sum() == layer.gradients.counts.sum() == walks[0].layers[k].W.size + a.shape[1]
        assert not (layer.dead & layer.saturated).any()
        W, b = walks[0].layers[k].W, walks[0].layers[k].b
        assert layer.weight_norm == pytest.approx(float(np.sqrt((W**2).sum() + (b**2).sum())))


def test_the_deep_preset_shows_its_vanishing_gradient_from_the_start() -> None:
    """By a factor of 50 to the layer below the output, of ten to the next, and of a hundred thousand in all."""
    trainer = Trainer(PRESETS["deep"].experiment, TRAIN_FILE)
    trainer.advance(2 * trainer.epoch_length)
    norms = trainer.history.gradients[:, 1:]
    assert norms.shape == (18, 4)
    assert (norms[:, 3] / norms[:, 0] > 1e5).all()
    assert (norms[:, 2] < norms[:, 3] / 50).all()
    assert (norms[:, 1] < norms[:, 2] / 10).all()
    assert (norms[:, 0] < norms[:, 1]).all()
    shallow = Trainer(PRESETS["spiral"].experiment, TRAIN_FILE).history.gradients[0, 1:]
    assert shallow.max() < 100 * shallow.min()


def test_gradients_are_recorded_in_the_first_epoch_and_then_ever_more_seldom() -> None:
    length, records = 32, [0]
    while records[-1] < 100_000 * length:
        records.append(next_record(records[-1], length))
    kept = [position for position in records if is_gradient_record(position, length)]
    assert kept[:17] == list(range(0, 33, 2))
    epochs = [p // length for p in kept[16:]]
    assert epochs[:66] == [*range(1, 65), 66, 68]
    assert epochs[95:98] == [128, 132, 136]
    assert len(kept) < 500
    assert set(np.diff(epochs)) == {2**k for k in range(12)}


def test_they_come_back_by_a_rewind_and_stay_as_they_were_handed_out() -> None:
    trainer = Trainer(Experiment(hidden=(3,)), small_dataset(40))
    trainer.advance(400)
    handed, expected = trainer.history.gradients, bits(trainer)
    copy = handed.copy()
    rewind(trainer, 130)
    assert trainer.history.gradients[-1, 0] <= 130
    trainer.advance(400 - trainer.position)
    assert bits(trainer) == expected
    np.testing.assert_array_equal(handed, copy)
    with pytest.raises(ValueError, match="read-only"):
        handed[0, 0] = 1.0
    inputs, targets = probe_samples(trainer.preparation.train)
    np.testing.assert_array_equal(
        handed[-1, 1:], gradient_norms(trainer.network, walk_sample(trainer, 0).loss, inputs, targets)
    )


@pytest.mark.parametrize("name", HIDDEN_ACTIVATIONS)
def test_the_largest_slope_of_each_activation(name: str) -> None:
    activation, z = ACTIVATIONS[name], np.linspace(-10.0, 50.0, 600_001)
    assert activation.derivative is not None
    found = np.abs(activation.derivative(z, activation.function(z))).max()
    assert found == pytest.approx(activation.steepest, abs=1e-4)


def one_neuron(activation: str, weight: float, bias: float) -> diagnosis.LayerDiagnosis:
    """A hidden neuron that sees x1 = 0, 0.05, …, 0.95."""
    points = np.column_stack([np.arange(20) / 20, np.zeros(20)])
    experiment = Experiment(features=("x1",), hidden=(1,), activation=activation)
    dataset = Dataset(points, np.arange(20) % 2, ("a", "b"))
    return diagnose(Trainer(experiment, dataset, np.array([weight, bias, 1.0, -1.0, 0.0, 0.0]))).layers[0]


@pytest.mark.parametrize(
    ("activation", "weight", "bias", "zero", "flat", "dead", "saturated"),
    [
        ("relu", 1.0, -0.95, 1.0, 1.0, True, False),  # z ≤ 0 for all
        ("relu", 1.0, -0.93, 0.95, 0.95, False, False),  # off for most, but nothing bounds its output
        ("relu", 1.0, -0.87, 0.9, 0.9, False, False),
        ("sigmoid", 0.0, 6.0, 0.0, 1.0, False, True),  # σ′(6) = 0.00247
        ("sigmoid", 0.0, 5.9, 0.0, 0.0, False, False),  # σ′(5.9) = 0.00272
        ("tanh", 0.0, -3.1, 0.0, 1.0, False, True),
        ("tanh", 0.0, 0.0, 1.0, 0.0, False, False),  # 0, but not dead: its slope is 1
        ("leaky-relu", 0.0, -5.0, 0.0, 0.0, False, False),  # never flat: its slope is 1 % of the largest
        ("linear", 1.0, 0.0, 0.05, 0.0, False, False),
    ],
)
def test_the_rules_of_dead_and_saturated(
    activation: str, weight: float, bias: float, zero: float, flat: float, dead: bool, saturated: bool
) -> None:
    layer = one_neuron(activation, weight, bias)
    assert (layer.zero_share[0], layer.flat_share[0]) == (zero, flat)
    assert (layer.dead[0], layer.saturated[0]) == (dead, saturated)


def test_pieces_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(Experiment(hidden=(4,), activation="relu", init=Init("he")), small_dataset(50))
    trainer.advance(120)
    whole, gradient = diagnose(trainer), full_gradient(trainer)
    monkeypatch.setattr(diagnosis, "PIECE", 7)
    parts = diagnose(trainer)
    np.testing.assert_allclose(parts.gradient, gradient, rtol=1e-12, atol=1e-15)
    for one, other in zip(whole.layers, parts.layers, strict=True):
        np.testing.assert_allclose(one.zero_share, other.zero_share)
        assert one.activations.counts.sum() == other.activations.counts.sum() == 50 * len(one.dead)
    assert diagnose_neuron(trainer, 1, 2).activations.counts.sum() == 50
    assert diagnose_neuron(trainer, 0, 1).activations.counts.sum() == 50


def test_the_marks_of_the_diagram_follow_the_same_rules() -> None:
    wanted = SHALLOW.replace(hidden=(6, 6), activation="relu", learning_rate=0.5)
    trainer = make_trainer(wanted)
    trainer.advance(3 * trainer.epoch_length)
    health, layers = diagnosis.unit_health(trainer), diagnosis.diagnose(trainer).layers
    assert (health.samples, health.is_whole) == (len(trainer.preparation.train), True)
    assert any(flags.any() for flags in health.dead), "a run in which neurons died"
    for layer, dead, saturated in zip(layers, health.dead, health.saturated, strict=True):
        assert (dead == layer.dead).all()
        assert (saturated == layer.saturated).all()


def test_of_many_samples_or_for_a_large_network_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "MOST_HEALTH_SAMPLES", 64)
    health = diagnosis.unit_health(make_trainer(SHALLOW))
    assert (health.samples, health.is_whole) == (64, False)
    assert [len(flags) for flags in health.dead] == [7, 2]


def test_the_penalty_is_no_part_of_it() -> None:
    plain = Trainer(Experiment(hidden=(3,)), small_dataset(30))
    penalized = Trainer(Experiment(hidden=(3,), l2=0.5), small_dataset(30))
    np.testing.assert_array_equal(full_gradient(plain), full_gradient(penalized))
    added = np.zeros_like(plain.network.parameters)
    add_penalty_gradient(parameter_views(plain.network.sizes, added)[0], plain.network.weights, 0.0, 0.5)
    assert added.any()


@example([1.7e308])  # whose bins would end beyond all numbers
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
@example([0.0, 1.9848789794677103e-308])
@example([5e-324, 0.0, 1e-301])
@example([1.7e308, -1.7e308])
@example([1.7e308])
def test_a_histogram_counts_every_finite_value(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    found = histogram(array)
    assert found.counts.sum() == np.isfinite(array).sum()
    assert (np.diff(found.edges) > 0).all()
    assert len(found.edges) == BINS + 1


@pytest.mark.parametrize(
    ("norms", "verdict", "factor"),
    [
        ([1.0, 5.0, 1000.0], VANISHING, 1000.0),
        ([1.0, 5.0, 999.0], "", 1.0),
        ([0.0, 0.0, 0.1], VANISHING, np.inf),
        ([0.0, 0.0], "", 1.0),
        ([4000.0, 2.0], EXPLODING, 2000.0),
        ([np.nan, 1.0], "", 1.0),
        ([3.0], "", 1.0),
    ],
)
def test_whether_a_gradient_vanishes_or_explodes(norms: list[float], verdict: str, factor: float) -> None:
    assert flow_verdict(np.array(norms)) == (verdict, factor)
