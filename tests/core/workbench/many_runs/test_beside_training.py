"""Members of many seeds, trained beside the window: their bits, pause and cancel, and what sums them up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.data.data_source import DataSource, load
from core.training.experiment import MAX_SEED, Experiment
from core.training.history import COLUMNS, History
from core.training.trainer import Trainer
from core.workbench.many_runs import beside_training
from core.workbench.many_runs.beside_training import (
    DIVERGED,
    DONE,
    RUNNING,
    BesideMember,
    BesideTraining,
    with_all_optimizers,
    with_rates_around,
    with_seeds_beside,
)
from core.workbench.many_runs.kept_run import resume_kept
from core.workbench.many_runs.seed_summary import count_below, final_loss, quartiles
from core.workbench.run_id import new_work_id
from core.workbench.worker.channels import FrameInProgress
from tests.core.workbench.support import SECONDS, SHALLOW, SHALLOW_DATA

SPLIT = SHALLOW.replace(train_fraction=0.7)


@pytest.fixture
def begin() -> Iterator[Callable[..., BesideTraining]]:
    begun: list[BesideTraining] = []

    def begin_one(experiment: Experiment, count: int, epochs: int) -> BesideTraining:
        dataset = SHALLOW_DATA if experiment.data == SHALLOW.data else load(experiment.data)
        training = BesideTraining(with_seeds_beside(experiment, count), dataset, epochs, FrameInProgress())
        begun.append(training)
        training.start()
        return training

    yield begin_one
    for training in begun:
        training.cancel()


def wait(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


@pytest.mark.parametrize(
    "experiment",
    [
        SHALLOW,
        SPLIT,
        SPLIT.replace(optimizer="adam", batch_size=10, dropout=0.2, patience=2),
        SHALLOW.replace(engine="numpy", batch_size=100),
    ],
)
def test_each_member_has_the_bits_of_its_run_alone(
    begin: Callable[..., BesideTraining], experiment: Experiment
) -> None:
    training = begin(experiment, 10, 6)
    wait(lambda: not training.is_running)
    members = training.members()
    assert training.error == "" and [member.seed for member in members] == list(range(1, 11))
    for member in members[::3]:
        alone = Trainer(member.experiment, SHALLOW_DATA)
        stop = alone.advance(6 * alone.epoch_length)
        assert member.history.table.tobytes() == alone.recorder.writer.view().table.tobytes()
        if stop is None and experiment.patience is None:
            assert member.end == alone.position
        alone.seek(member.end)
        assert member.parameters is not None
        assert member.parameters.tobytes() == alone.network.parameters.tobytes()


def test_a_member_is_opened_with_the_same_bits(begin: Callable[..., BesideTraining]) -> None:
    training = begin(SPLIT, 3, 4)
    wait(lambda: not training.is_running)
    member = training.members()[1]
    kept = member.kept(training.dataset, new_work_id())
    assert kept.tip == member.end and kept.history is member.history
    trainer = resume_kept(kept)
    trainer.advance(kept.tip - trainer.position)
    assert member.parameters is not None and trainer.network.parameters.tobytes() == member.parameters.tobytes()
    assert trainer.history.table.tobytes() == member.history.table.tobytes()


def test_members_grow_together_and_can_be_paused_and_cancelled(begin: Callable[..., BesideTraining]) -> None:
    training = begin(SHALLOW, 20, 100_000)
    wait(lambda: len(training.members()) == 20)
    first, last = training.members()[0], training.members()[-1]
    wait(lambda: len(training.members()[0].history) > len(first.history))
    wait(lambda: len(training.members()[-1].history) > len(last.history))
    training.pause(True)
    wait(lambda: _stands_still(training))
    assert training.is_running and training.is_paused
    before = len(training.members()[0].history)
    training.pause(False)
    wait(lambda: len(training.members()[0].history) > before)
    training.cancel()
    assert not training.is_running and all(member.state == RUNNING for member in training.members())


def _stands_still(training: BesideTraining) -> bool:
    before = [len(member.history) for member in training.members()]
    time.sleep(0.05)
    return before == [len(member.history) for member in training.members()]


def test_a_member_that_diverges_is_told_and_the_others_go_on(begin: Callable[..., BesideTraining]) -> None:
    experiment = Experiment(
        data=DataSource("plane", samples=40), output="linear", activation="relu", hidden=(4,), learning_rate=2.0
    )
    training = begin(experiment, 8, 30)
    wait(lambda: not training.is_running)
    states = {member.state for member in training.members()}
    assert DIVERGED in states and states <= {DIVERGED, DONE}
    assert all(math.isinf(final_loss(m)) for m in training.members() if m.state == DIVERGED)


def test_what_cannot_be_trained_is_told(begin: Callable[..., BesideTraining]) -> None:
    dataset = load(DataSource("plane", samples=40))
    training = BesideTraining([SHALLOW], dataset, 3, FrameInProgress())
    training.start()
    wait(lambda: not training.is_running)
    assert "is for regression" in training.error


def test_seeds_begin_again_behind_the_largest() -> None:
    assert [e.seed for e in with_seeds_beside(SHALLOW.replace(seed=MAX_SEED - 1), 3)] == [MAX_SEED, 0, 1]


def test_all_optimizers_start_from_the_same_weights() -> None:
    experiments = with_all_optimizers(SHALLOW)
    assert len({one.optimizer for one in experiments}) == 6
    home = Trainer(SHALLOW.replace(seed=9), SHALLOW_DATA).network.parameters
    training = BesideTraining(experiments, SHALLOW_DATA, 2, FrameInProgress(), home)
    training.start()
    wait(lambda: not training.is_running)
    for one in training.members():
        alone = Trainer(one.experiment, SHALLOW_DATA, home)
        alone.advance(2 * alone.epoch_length)
        assert one.parameters is not None and one.parameters.tobytes() == alone.network.parameters.tobytes()
        again = resume_kept(one.kept(SHALLOW_DATA, new_work_id()))
        again.advance(one.tip)
        assert again.network.parameters.tobytes() == one.parameters.tobytes()


def test_members_alone_keep_no_keyframes_but_the_start() -> None:
    group = beside_training._Alone(0, SHALLOW, SHALLOW_DATA, None)
    kept = [group._trainer.tree.states_kept for _ in group.training(40)]
    assert len(kept) > 40 and max(kept) < 20 and kept[-1] == 1  # a piece keeps some, which go with its end
    (member,) = group.members()
    assert member.state == DONE


def test_rates_lie_around_the_present_one() -> None:
    assert [e.learning_rate for e in with_rates_around(SHALLOW)] == [0.001, 0.00333, 0.01, 0.03, 0.1]


# ---------------------------------------------------------------- what sums them up


def member(losses: list[float], state: str = DONE, end: int | None = None) -> BesideMember:
    table = np.full((len(losses), len(COLUMNS)), np.nan)
    table[:, 0], table[:, 1] = 10 * np.arange(len(losses)), losses
    last = int(table[-1, 0]) if end is None else end
    return BesideMember(0, SHALLOW, None, History(table, 10), state, last if state == DONE else 0, None)


def test_quartiles_are_values_of_members() -> None:
    members = [member([1.0, k]) for k in (5.0, 1.0, 4.0, 2.0, 3.0)]
    found = quartiles(members, "train_loss")
    assert found is not None and found.epochs.tolist() == [0.0, 1.0]
    assert [band[1] for band in (found.low, found.middle, found.high)] == [2.0, 3.0, 4.0]
    assert quartiles(members, "test_loss") is None and quartiles([], "train_loss") is None


def test_quartiles_wait_for_the_slowest_and_count_what_ended() -> None:
    stopped = member([1.0, 0.2, 0.9], end=10)  # early stopping went back to epoch 1
    diverged = member([1.0], DIVERGED)
    running = member([1.0, 0.5, 0.4], RUNNING)
    longer = member([1.0, 0.6, 0.3, 0.1], RUNNING)
    found = quartiles([stopped, diverged, running, longer], "train_loss")
    assert found is not None and len(found.epochs) == 3
    assert found.low[2] == 0.3 and found.middle[2] == 0.4  # 0.2 0.3 0.4 ∞
    assert final_loss(stopped) == 0.2
    assert count_below([stopped, diverged, running, longer], 0.2) == 2
