"""Kept runs: a copy of a line comes back with the same bits, through the trainer and through the real worker."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from core.explain import maps
from core.explain.maps import Plane
from core.training.experiment import Experiment
from core.training.trainer import Trainer
from core.workbench.many_runs.kept_run import KeptRun, keep_line, resume_kept
from core.workbench.messages import (
    ChangeSettings,
    EditParameters,
    GoOnWith,
    KeepLine,
    Load,
    RunEpochs,
    Seek,
    Undo,
)
from core.workbench.run_id import new_run_id, new_work_id
from tests.core.workbench.support import SHALLOW, WorkerDriver, make_trainer, shown


@pytest.fixture
def driver() -> Iterator[WorkerDriver]:
    driver = WorkerDriver()
    driver.send(Load(SHALLOW))
    yield driver
    driver.worker.close()


def kept_line(trainer: Trainer) -> KeptRun:
    return keep_line(trainer, new_run_id(), new_work_id())


def led_to_tip(kept: KeptRun) -> Trainer:
    trainer = resume_kept(kept)
    trainer.seek(kept.tip)
    return trainer


@pytest.mark.parametrize("experiment", [SHALLOW, SHALLOW.replace(optimizer="adam", train_fraction=0.7, dropout=0.2)])
def test_a_kept_run_comes_back_with_the_same_bits(experiment: Experiment) -> None:
    trainer = make_trainer(experiment)
    trainer.advance(3 * trainer.epoch_length + 5)
    trainer.change(learning_rate=0.3)
    trainer.edit({2: 0.5})
    trainer.freeze({1})
    trainer.advance(4 * trainer.epoch_length)
    kept = kept_line(trainer)
    again = led_to_tip(kept)
    assert again.network.parameters.tobytes() == trainer.network.parameters.tobytes()
    assert again.history.table.tobytes() == trainer.history.table.tobytes()
    assert again.history.gradients.tobytes() == trainer.history.gradients.tobytes()
    assert again.history.lows.tobytes() == trainer.history.lows.tobytes()  # by which early stopping goes
    for run in (trainer, again):  # it goes on to the same bits, and back into its past too
        run.advance(3 * trainer.epoch_length)
    assert again.network.parameters.tobytes() == trainer.network.parameters.tobytes()
    for run in (trainer, again):
        run.seek(trainer.epoch_length)
    assert again.network.parameters.tobytes() == trainer.network.parameters.tobytes()


def test_a_copy_does_not_follow_the_run_and_cannot_be_changed() -> None:
    trainer = make_trainer()
    trainer.advance(2 * trainer.epoch_length)
    kept = kept_line(trainer)
    before, records = kept.parameters.tobytes(), len(kept.history)
    trainer.advance(trainer.epoch_length)
    assert kept.parameters.tobytes() == before and len(kept.history) == records
    with pytest.raises(ValueError, match="read-only"):
        kept.parameters[0] = 1.0


def test_a_change_at_the_tip_is_left_out_since_nothing_was_trained_with_it() -> None:
    trainer = make_trainer()
    trainer.advance(2 * trainer.epoch_length)
    trainer.change(learning_rate=0.5)
    kept = kept_line(trainer)
    assert kept.changes == () and kept.words == ""
    trainer.advance(trainer.epoch_length)
    later = kept_line(trainer)
    assert later.words == "learning rate 0.01 → 0.5 at epoch 2"


def test_a_run_at_its_start_can_be_kept() -> None:
    trainer = make_trainer()
    assert led_to_tip(kept_line(trainer)).network.parameters.tobytes() == trainer.network.parameters.tobytes()


def test_a_line_that_goes_on_is_the_same_one_until_it_is_changed() -> None:
    trainer, run, work = make_trainer(), new_run_id(), new_work_id()
    trainer.advance(trainer.epoch_length)
    first = keep_line(trainer, run, work)
    trainer.advance(trainer.epoch_length)
    second = keep_line(trainer, run, work)
    trainer.seek(trainer.epoch_length)
    trainer.change(learning_rate=0.7)
    trainer.advance(3 * trainer.epoch_length)
    other = keep_line(trainer, run, work)
    assert second.goes_on_from(first) and not first.goes_on_from(second)
    assert not other.goes_on_from(second) and not other.goes_on_from(replace(first, run=new_run_id()))


# ---------------------------------------------------------------- through the worker


def test_the_worker_hands_over_a_line_and_goes_on_with_it(driver: WorkerDriver) -> None:
    driver.send(RunEpochs(5))
    before = driver.arrive()
    driver.send(KeepLine())
    (kept,) = driver.ask().events.kept
    assert kept.tip == before.position and kept.parameters.tobytes() == before.parameters.tobytes()
    identity = new_run_id()
    driver.send(Load(SHALLOW.replace(seed=3), anew=True), GoOnWith(kept, identity))
    report = driver.ask()
    assert report.events.loaded is not None and report.events.loaded.run == identity
    again = driver.arrive()
    assert again.position == before.position and again.parameters.tobytes() == before.parameters.tobytes()
    assert report.events.loaded.work == kept.work  # so that saving does not write over another subject
    driver.send(Undo())
    driver.ask()
    assert driver.loaded is not None and driver.loaded.experiment.seed == 3


def test_lines_of_a_run_that_is_left_are_handed_over_if_they_were_trained(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW.replace(seed=1)))  # the first one stood at its start
    assert driver.ask().events.left_lines == ()
    driver.send(RunEpochs(4))
    driver.arrive()
    driver.send(Seek(100), ChangeSettings({"learning_rate": 0.5}), RunEpochs(3))
    tip = driver.arrive().position
    driver.send(Load(SHALLOW.replace(seed=2)))
    first, second = driver.ask().events.left_lines
    assert first.words == "" and first.tip == 4 * first.epoch_length
    assert second.words.startswith("learning rate 0.01 → 0.5") and second.tip == tip
    assert driver.ask().events.left_lines == ()  # told once


def test_a_run_plays_on_while_it_is_kept(driver: WorkerDriver) -> None:
    driver.send(RunEpochs(10_000))
    driver.until(lambda report: shown(report).position > 0)
    driver.send(KeepLine())
    report = driver.until(lambda report: bool(report.events.kept))
    assert report.state.playing
    (kept,) = report.events.kept
    assert led_to_tip(kept).position == kept.tip


def test_a_line_changed_by_hand_comes_back(driver: WorkerDriver) -> None:
    driver.send(RunEpochs(2))
    driver.arrive()
    driver.send(EditParameters({0: 2.0}), RunEpochs(2))
    before = driver.arrive()
    driver.send(KeepLine())
    (kept,) = driver.ask().events.kept
    assert kept.words == "w₁₁⁽¹⁾ set to 2 at epoch 2"
    assert np.array_equal(led_to_tip(kept).network.parameters, before.parameters)


def test_a_branch_that_is_gone_cannot_be_kept(driver: WorkerDriver) -> None:
    driver.send(KeepLine(branch=7))
    assert driver.ask().events.kept == ()
    assert driver.notices[-1].text == "This branch is gone, so nothing was changed."


def test_a_border_leaves_nothing_behind() -> None:
    """The data as the network sees them, and its inputs over a plane, would be larger than the run itself."""
    kept = keep_line(make_trainer(SHALLOW), new_run_id(), new_work_id())
    gc.collect()
    before = len(maps._kept)
    kept.decision(Plane((0.0, 1.0), (0.0, 1.0), 10, 10))
    gc.collect()
    assert len(maps._kept) <= before
