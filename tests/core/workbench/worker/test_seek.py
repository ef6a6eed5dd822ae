"""Seeking in the worker: any position of any branch, names, removal, and what the timeline tells."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines import kernel_loading
from core.training.keyframes import KeyframeSpacing
from core.workbench.messages import (
    ChangeSettings,
    EditParameters,
    Load,
    NameBranch,
    Play,
    RemoveBranch,
    RunEpochs,
    Seek,
    StepBack,
    Undo,
)
from core.workbench.run_timeline import RunTimeline
from tests.core.workbench.support import SHALLOW, WorkerDriver, make_trainer

N = 1000


def timeline(driver: WorkerDriver) -> RunTimeline:
    found = driver.ask().state.timeline
    assert found is not None
    return found


def two_branches(driver: WorkerDriver) -> None:
    """Six epochs; and from epoch 2 on with another rate, to epoch 4, where the run stands."""
    driver.send(Load(SHALLOW), RunEpochs(6))
    driver.arrive()
    driver.send(Seek(2 * N), ChangeSettings({"learning_rate": 0.3}), RunEpochs(2))
    assert driver.arrive().position == 4 * N


def test_both_futures_can_be_reached_to_the_bit(driver: WorkerDriver) -> None:
    two_branches(driver)
    found = timeline(driver)
    assert [(b.fork, b.tip, b.name) for b in found.branches] == [
        (0, 6 * N, "Shallow net (preset)"),
        (2 * N, 4 * N, "learning rate 0.01 → 0.3 at epoch 2"),
    ]
    straight = make_trainer()
    straight.advance(5 * N + 123)
    driver.send(Seek(5 * N + 123, found.branches[0].number))
    snapshot = driver.arrive()
    assert snapshot.position == 5 * N + 123
    assert snapshot.parameters.tobytes() == straight.network.parameters.tobytes()
    assert snapshot.history.table.tobytes() == straight.history.table.tobytes()
    assert snapshot.history.ahead[-1, 0] == 6 * N


@pytest.mark.needs_numba
@pytest.mark.parametrize("is_short", [True, False])
def test_the_picture_of_a_dragged_head_is_exact_where_that_is_quick_and_else_of_the_keyframe_before(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch, is_short: bool
) -> None:
    kernel_loading.load_kernels()
    two_branches(driver)
    monkeypatch.setattr(KeyframeSpacing, "is_short", lambda *_: is_short)
    driver.send(*(Seek(position, exact=False) for position in (N, 2 * N + 7, 3 * N + 500)))
    report = driver.ask()
    assert report.snapshot is not None
    assert report.state.dragged
    assert not report.state.travelling
    run = driver.worker._shared.run
    assert run is not None
    before = run.trainer.tree.present.keyframe_before(3 * N + 500).position
    assert report.snapshot.position == (3 * N + 500 if is_short else before)
    straight = make_trainer()
    straight.advance(2 * N)
    straight.change(learning_rate=0.3)
    straight.advance(report.snapshot.position - 2 * N)
    assert report.snapshot.parameters.tobytes() == straight.network.parameters.tobytes()


def test_behind_the_tip_a_seek_leads_to_the_tip_and_playing_stops(driver: WorkerDriver) -> None:
    two_branches(driver)
    driver.send(Play(), Seek(99 * N, timeline(driver).branches[0].number))
    assert driver.arrive().position == 6 * N


def test_going_back_and_playing_follows_the_branch(driver: WorkerDriver) -> None:
    two_branches(driver)
    driver.send(StepBack("epoch"), StepBack("epoch"), RunEpochs(1))
    assert driver.arrive().position == 3 * N
    assert [b.tip for b in timeline(driver).branches] == [6 * N, 4 * N]


def test_undo_of_a_change_leads_back_to_the_branch_without_it_and_nothing_is_lost(driver: WorkerDriver) -> None:
    two_branches(driver)
    driver.send(Undo())
    assert driver.arrive().position == 2 * N
    found = timeline(driver)
    assert found.present == found.branches[0].number
    assert [b.tip for b in found.branches] == [6 * N, 4 * N]


def test_branches_have_names_and_can_be_removed(driver: WorkerDriver) -> None:
    two_branches(driver)
    first, second = (branch.number for branch in timeline(driver).branches)
    driver.send(NameBranch(second, " steeper "))
    assert [b.name for b in timeline(driver).branches] == ["Shallow net (preset)", "steeper"]
    driver.send(NameBranch(second, ""))
    assert timeline(driver).branches[1].name == "learning rate 0.01 → 0.3 at epoch 2"
    driver.send(RemoveBranch(second))
    assert driver.arrive().position == 2 * N
    assert [b.number for b in timeline(driver).branches] == [first]
    driver.send(RemoveBranch(first))
    driver.ask()
    assert "no other branch" in driver.notices[-1].text
    driver.send(Seek(0, second))
    driver.ask()
    assert "is gone" in driver.notices[-1].text


@pytest.mark.parametrize("stands_on_first", [False, True])
def test_without_the_first_branch_the_other_one_is_the_first(driver: WorkerDriver, stands_on_first: bool) -> None:
    two_branches(driver)
    first = timeline(driver).branches[0].number
    if stands_on_first:
        driver.send(Seek(5 * N, first))
        driver.arrive()
    driver.send(RemoveBranch(first))
    assert driver.arrive().position == (2 if stands_on_first else 4) * N
    [branch] = timeline(driver).branches
    assert (branch.parent, branch.fork, branch.tip) == (None, 0, 4 * N)
    straight = make_trainer()
    straight.advance(2 * N)
    straight.change(learning_rate=0.3)
    straight.advance(N)
    driver.send(Seek(3 * N))
    snapshot = driver.arrive()
    assert snapshot.parameters.tobytes() == straight.network.parameters.tobytes()
    assert snapshot.history.table.tobytes() == straight.history.table.tobytes()


def test_a_name_tells_what_was_done_by_hand(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), RunEpochs(2))
    driver.arrive()
    driver.send(Seek(N), EditParameters({3: 0.0}), RunEpochs(1))
    driver.arrive()
    assert timeline(driver).branches[1].name == "w₁₄⁽¹⁾ set to 0 at epoch 1"


def test_seeking_again_on_the_way_leads_to_the_last_place(driver: WorkerDriver) -> None:
    two_branches(driver)
    places = np.linspace(0, 4 * N, 9).astype(int).tolist()
    driver.send(*(Seek(place) for place in places), Seek(777))
    assert driver.arrive().position == 777


@pytest.mark.needs_numba
def test_undo_to_a_place_that_went_with_its_branch_trains_to_it_again(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_loading.load_kernels()
    monkeypatch.setattr(KeyframeSpacing, "is_short", lambda *_: True)
    driver.send(Load(SHALLOW), RunEpochs(2))
    driver.arrive()
    driver.send(ChangeSettings({"learning_rate": 0.02}), Seek(N), ChangeSettings({"learning_rate": 0.3}), RunEpochs(1))
    driver.arrive()
    driver.send(RemoveBranch(timeline(driver).branches[0].number))
    driver.arrive()
    driver.send(Undo())
    driver.arrive()
    driver.send(Undo())
    snapshot = driver.arrive()
    straight = make_trainer()
    straight.advance(2 * N)
    assert snapshot.position == 2 * N
    assert snapshot.parameters.tobytes() == straight.network.parameters.tobytes()
