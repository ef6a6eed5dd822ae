"""When a run ends by itself, and where it goes back to."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.arrays import Array
from core.base.errors import ExperimentError
from core.base.number_text import span_text
from core.data.dataset import Dataset
from core.training.experiment import Decay, Experiment, Init
from core.training.history import HistoryWriter
from core.training.saved_run import resume_run, save_run
from core.training.stopping import Stop, best_before, find_stop
from core.training.trainer import Trainer
from tests.core.support import bits, small_dataset

LENGTH = 10


def stop_after(test_losses: list[float], patience: int | None = None, **fields: object) -> Stop | None:
    """What the records of these test losses at the ends of epochs 0, 1, … lead to; the training loss is a tenth."""
    recorder = HistoryWriter(LENGTH)
    for epoch, loss in enumerate(test_losses):
        recorder.append(epoch * LENGTH, loss / 10, loss, 0.5, 0.5)
    return stop_of(recorder, Experiment(patience=patience, train_fraction=0.5, **fields))  # type: ignore[arg-type]


def stop_of(recorder: HistoryWriter, experiment: Experiment) -> Stop | None:
    history = recorder.view()
    return find_stop(history, int(history.table[-1, 0]), history.table[-1, 1], experiment)


# ---- The rule.


def test_without_a_wish_no_run_stops() -> None:
    assert stop_after([1.0, 2.0, 3.0, 4.0, 1e-300, 0.0]) is None


@pytest.mark.parametrize(
    ("losses", "patience", "best"),
    [
        ([5, 4, 3, 2, 1], 1, None),  # it still falls
        ([5, 4, 3, 3.5], 2, None),  # one epoch old
        ([5, 4, 3, 3.5, 3.2], 2, 2),  # two
        ([5, 4, 3, 3, 3], 2, 2),  # as low is not lower: the first of equals
        ([5, 6], 1, 0),  # never better than at the start
        ([5, 4, 4.5, 3.9, 4.2], 2, None),  # a new lowest in time
        ([1, 4, 3, 2], 3, 0),  # it falls, but stays above the lowest
    ],
)
def test_early_stopping_waits_for_its_patience(losses: list[float], patience: int, best: int | None) -> None:
    stop = stop_after(losses, patience)
    if best is None:
        assert stop is None
        return
    assert stop is not None
    assert stop.return_to == best * LENGTH
    assert stop.text.startswith(f"Stopped early at epoch {len(losses) - 1}: for {span_text(patience)} the")
    assert f"the {losses[best]} of epoch {best}." in stop.text


def test_only_the_end_of_an_epoch_stops_and_only_ends_count() -> None:
    recorder = HistoryWriter(LENGTH)
    experiment = Experiment(patience=1, train_fraction=0.5, stop_loss=0.3)
    recorder.append(0, 0.5, 0.5, 0.5, 0.5)
    recorder.append(5, 0.1, 0.1, 0.5, 0.5)  # low in both, in the middle of the epoch
    assert stop_of(recorder, experiment) is None
    recorder.append(10, 0.4, 0.4, 0.5, 0.5)  # lower than at the start: the 0.1 does not count
    assert stop_of(recorder, experiment) is None
    recorder.append(20, 0.4, 0.45, 0.5, 0.5)
    stop = stop_of(recorder, experiment)
    assert stop is not None
    assert stop.return_to == 10


def test_a_training_loss_that_is_low_enough_stops_and_stays() -> None:
    assert stop_after([5.0, 3.1], stop_loss=0.3) is None
    stop = stop_after([5.0, 3.0], stop_loss=0.3)
    assert stop == Stop("Stopped at epoch 1: the training loss 0.3 is at most 0.3.")
    both = stop_after([3.0, 4.0], patience=1, stop_loss=0.4)
    assert both is not None
    assert both.return_to is None, "a loss low enough comes first"


# ---- In a run.


def overfitting(**fields: object) -> Trainer:
    """A net that learns 20 points whose classes are drawn by lot: its test loss rises soon."""
    points = small_dataset(40, seed=3).points
    labels = np.random.default_rng(0).integers(0, 2, 40)
    experiment = Experiment(
        hidden=(8,),
        activation="tanh",
        loss="cross-entropy",
        learning_rate=0.1,
        init=Init("glorot"),
        train_fraction=0.5,
        patience=4,
    )
    return Trainer(experiment.replace(**fields), Dataset(points, labels, ("a", "b")))


def run_to_stop(trainer: Trainer, step: int = 10**6) -> Stop:
    for _ in range(100_000):
        stop = trainer.advance(step)
        if stop is not None:
            return stop
    raise AssertionError("the run did not stop")


@pytest.mark.parametrize("step", [1, 7, 20, 33, 10**6])
def test_a_run_stops_where_its_patience_ends_however_it_is_stepped(step: int) -> None:
    trainer = overfitting()
    stop = run_to_stop(trainer, step)
    losses = trainer.history.column("test_loss")[trainer.history.table[:, 0] % 20 == 0]
    best = int(np.argmin(losses))
    assert trainer.position == 20 * (len(losses) - 1) == 20 * (best + 4)
    assert stop.return_to == 20 * best
    assert best > 0, "the case is of no use"


def test_going_back_to_the_best_epoch_gives_its_very_state() -> None:
    trainer, plain = overfitting(), overfitting(patience=None)
    stop = run_to_stop(trainer)
    assert stop.return_to is not None
    trainer.head.return_to(stop.return_to)
    trainer.advance(stop.return_to - trainer.position)
    plain.advance(stop.return_to)
    assert bits(trainer) == bits(plain)
    table = trainer.history.table
    assert trainer.evaluations()[1].loss == table[table[:, 0] % 20 == 0, 2].min()


def test_after_going_back_the_run_has_the_settings_that_held_at_its_end() -> None:
    trainer = overfitting(patience=30)
    trainer.advance(400)
    trainer.change(learning_rate=0.05, optimizer="momentum", schedule=Decay("exponential", (0.999,)), momentum=0.25)
    stop = run_to_stop(trainer)
    assert stop.return_to is not None
    assert stop.return_to < 400, "the case is of no use"
    trainer.head.return_to(stop.return_to)
    trainer.advance(stop.return_to - trainer.position)
    assert trainer.position == stop.return_to
    now = trainer.settings
    assert (now.learning_rate, now.optimizer, now.momentum) == (0.05, "momentum", 0.25)
    assert now.schedule == Decay("exponential", (0.999,))
    history = trainer.history
    assert history.ahead[-1, 0] > 400 and history.ahead[-1, 2] > history.lows[-1, 1], "the rise stays in sight"
    assert history.ahead[0, 0] > history.table[-1, 0]
    trainer.advance(60)
    assert not len(trainer.history.ahead)


def test_a_run_that_has_stopped_goes_on_if_it_is_told_to() -> None:
    trainer = overfitting(stop_loss=0.65, patience=None)
    run_to_stop(trainer)
    position = trainer.position
    assert trainer.advance(15) is None
    assert trainer.position == position + 15
    trainer.change(stop_loss=None)
    assert trainer.advance(200) is None


def test_a_stop_loss_that_is_set_on_the_way_stops_at_the_end_of_the_epoch() -> None:
    trainer = overfitting(patience=None)
    trainer.advance(50)
    trainer.change(stop_loss=10.0)
    stop = run_to_stop(trainer)
    assert trainer.position == 60
    assert stop.text.startswith("Stopped at epoch 3: the training loss ")


# ---- Behind epoch 512 records lie apart, but the rule looks at every epoch.

SLOW = {"learning_rate": 0.000195}


@pytest.fixture(scope="module")
def slow_losses() -> Array:
    """Training and test loss at the end of each epoch of a run with the rate SLOW, shape (epochs, 2)."""
    trainer, losses = overfitting(**SLOW, patience=None), []
    for _ in range(620):
        train, test = trainer.evaluations()
        losses.append((train.loss, test.loss))
        trainer.advance(20)
    return np.array(losses)


@pytest.mark.parametrize("step", [33, 10**6])
def test_patience_looks_at_every_epoch(step: int, slow_losses: Array) -> None:
    trainer = overfitting(**SLOW, patience=5)
    stop = run_to_stop(trainer, step)
    best = int(np.argmin(slow_losses[:, 1]))
    assert best > 512 and best % 4, "the case is of no use: this epoch is recorded"
    assert (trainer.position, stop.return_to) == (20 * (best + 5), 20 * best)
    assert f"the {slow_losses[best, 1]:.3g} of epoch {best}." in stop.text


def test_looking_at_every_epoch_changes_neither_bits_nor_record() -> None:
    trainer, plain = overfitting(**SLOW, patience=500, stop_loss=1e-9), overfitting(**SLOW, patience=None)
    trainer.advance(12_000)
    plain.advance(12_000)
    assert bits(trainer) == bits(plain)
    assert np.array_equal(trainer.history.table, plain.history.table)


def test_a_training_loss_stops_at_an_epoch_that_is_not_recorded(slow_losses: Array) -> None:
    trainer = overfitting(**SLOW, patience=None, stop_loss=float(slow_losses[569, 0]))
    run_to_stop(trainer)
    assert trainer.position == 569 * 20
    trainer.seek(11_000)  # the same place stops it again
    run_to_stop(trainer)
    assert trainer.position == 569 * 20


@pytest.mark.parametrize("place", [10_000, 11_353])
def test_the_best_epoch_is_remembered_where_a_run_is_saved_or_goes_another_way(place: int, slow_losses: Array) -> None:
    first = overfitting(**SLOW, patience=5)
    first.advance(place)
    trainer = resume_run(first.experiment, first.preparation.dataset, save_run(first))
    stop = run_to_stop(trainer)
    assert stop.return_to == 20 * int(np.argmin(slow_losses[:, 1]))
    assert trainer.history.lows.tolist() == played_lows(trainer)
    trainer.seek(11_353)  # a branch of its own from here
    trainer.change(patience=7)
    other = run_to_stop(trainer)
    assert (other.return_to, trainer.position) == (stop.return_to, stop.return_to + 140)


def played_lows(trainer: Trainer) -> list[list[float]]:
    straight = overfitting(**SLOW, patience=5)
    straight.advance(trainer.position)
    return straight.history.lows.tolist()


def test_a_run_that_ends_before_its_patience_knows_its_best_epoch(slow_losses: Array) -> None:
    trainer, best = overfitting(**SLOW, patience=50), int(np.argmin(slow_losses[:, 1]))
    trainer.advance(20 * best)
    assert best_before(trainer.history, trainer.position, trainer.settings) is None
    trainer.advance(60)
    found = best_before(trainer.history, trainer.position, trainer.settings)
    assert found is not None
    assert found[0] == 20 * best
    assert found[1].startswith(f"The run ended at epoch {best + 3}, but the test loss was lowest at epoch {best}: 0.6")


# ---- Without a test set there is nothing to be patient about.


def test_patience_takes_a_test_set() -> None:
    with pytest.raises(ExperimentError, match="needs a test set") as caught:
        Experiment(patience=3)
    assert caught.value.field == "patience"
    assert Experiment(patience=3, only_sample=0).patience == 3


def test_a_share_that_leaves_no_point_for_the_test_set_is_refused_too() -> None:
    dataset = small_dataset(10)
    assert len(Trainer(Experiment(train_fraction=0.96), dataset).preparation.test) == 0
    with pytest.raises(ExperimentError, match="needs a test set") as caught:
        Trainer(Experiment(train_fraction=0.96, patience=3), dataset)
    assert caught.value.field == "patience"
    trainer = Trainer(Experiment(train_fraction=0.96), dataset)
    trainer.advance(15)
    before = bits(trainer)
    with pytest.raises(ExperimentError, match="needs a test set"):
        trainer.change(patience=3)
    assert bits(trainer) == before
    assert trainer.settings.patience is None
    assert trainer.advance(100) is None
