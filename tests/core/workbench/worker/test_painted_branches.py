"""Painted points in the tree: a branch at the place where they were painted, and the old points before it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.data_source import DataSource
from core.data.drawn_points import DrawnPoints, drawn_from
from core.data.point_edits import add, remove
from core.storage.project import load_project, save_project
from core.training.experiment import Experiment
from core.workbench.messages import (
    Capture,
    ChangeSettings,
    Load,
    NameBranch,
    OpenProject,
    Play,
    Redo,
    RemoveBranch,
    RenameClasses,
    RunEpochs,
    Seek,
    StepBack,
    Undo,
)
from core.workbench.run_timeline import RunTimeline
from tests.core.workbench.support import SHALLOW, WorkerDriver, make_trainer

N = 1000
SPOT = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1]])


def painted(drawn: DrawnPoints) -> Experiment:
    return SHALLOW.replace(data=DataSource("drawn", drawn=drawn))


def more(times: int = 1) -> DrawnPoints:
    """The points of the run, and three more for each time."""
    drawn = drawn_from(make_trainer().preparation.dataset)
    for k in range(times):
        drawn = add(drawn, SPOT + k, 1)
    return drawn


def timeline(driver: WorkerDriver) -> RunTimeline:
    found = driver.ask().state.timeline
    assert found is not None
    return found


def paint_at_epoch_3(driver: WorkerDriver) -> np.ndarray:
    """Six epochs; and from epoch 3 on with three more points, for two epochs. Returns the weights there."""
    driver.send(Load(SHALLOW), RunEpochs(6))
    driver.arrive()
    driver.send(Seek(3 * N))
    driver.arrive()
    driver.send(Load(painted(more()), goes_on=True), RunEpochs(2))
    return driver.arrive().parameters


def straight(position: int) -> bytes:
    trainer = make_trainer()
    trainer.advance(position)
    return trainer.network.parameters.tobytes()


def on_painted_points(position: int) -> bytes:
    before = make_trainer()
    before.advance(3 * N)
    trainer = make_trainer(painted(more()), more().dataset(), before.network.parameters.copy())
    trainer.advance(position)
    return trainer.network.parameters.tobytes()


def test_both_futures_stand_in_the_timeline_to_the_bit(driver: WorkerDriver) -> None:
    weights = paint_at_epoch_3(driver)
    assert weights.tobytes() == on_painted_points(2 * (N + 3))
    first, second = timeline(driver).branches
    assert (second.parent, second.leaves_at, second.fork, second.tip) == (first.number, 3 * N, 0, 2 * (N + 3))
    assert (second.name, second.run.epochs_before) == ("3 points painted at epoch 3", 3.0)
    assert [mark.text for mark in second.marks] == ["3 points painted"]
    assert first.tip == 6 * N
    for number, position, points, bits in (
        (first.number, 5 * N + 77, N, straight(5 * N + 77)),
        (second.number, N + 200, N + 3, on_painted_points(N + 200)),
        (first.number, 2 * N, N, straight(2 * N)),
    ):
        driver.send(Seek(position, number))
        snapshot = driver.arrive()
        assert (snapshot.position, snapshot.parameters.tobytes()) == (position, bits)
        assert driver.loaded is not None
        assert len(driver.loaded.dataset) == points


def test_stepping_back_over_the_painting_leads_to_the_old_points(driver: WorkerDriver) -> None:
    paint_at_epoch_3(driver)
    first, second = timeline(driver).branches
    driver.send(Seek(0, second.number), StepBack("epoch"))
    assert driver.arrive().position == 2 * N
    assert timeline(driver).present == first.number
    driver.send(RunEpochs(2))
    assert driver.arrive().parameters.tobytes() == straight(4 * N), "playing on follows the branch that is there"
    assert [branch.tip for branch in timeline(driver).branches] == [6 * N, 2 * (N + 3)]


def test_undo_and_redo_move_in_the_tree(driver: WorkerDriver) -> None:
    weights = paint_at_epoch_3(driver)
    driver.send(ChangeSettings({"learning_rate": 0.3}), RunEpochs(1))
    driver.arrive()
    before = [branch.number for branch in timeline(driver).branches]
    driver.send(Undo())
    assert driver.arrive().parameters.tobytes() == weights.tobytes()
    driver.send(Undo())
    snapshot = driver.arrive()
    assert (snapshot.position, snapshot.parameters.tobytes()) == (3 * N, straight(3 * N))
    assert [branch.number for branch in timeline(driver).branches][: len(before)] == before, "nothing is lost"
    driver.send(Redo())
    assert driver.arrive().parameters.tobytes() == weights.tobytes()
    driver.send(Redo())
    assert driver.arrive().settings.learning_rate == 0.3


def test_strokes_without_training_between_them_are_one_branch(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), RunEpochs(2))
    driver.arrive()
    for times in (1, 2, 3):
        driver.send(Load(painted(more(times)), goes_on=True))
    assert [branch.name for branch in timeline(driver).branches] == [
        "Shallow net (preset)",
        "9 points painted at epoch 2",
    ]
    driver.send(Undo())
    assert timeline(driver).branches[-1].name == "6 points painted at epoch 2"
    drawn = more(2)
    some = np.arange(len(drawn)) < 4
    driver.send(RunEpochs(1))
    driver.arrive()
    driver.send(Load(painted(remove(drawn, some)), goes_on=True), RunEpochs(1))
    driver.arrive()
    assert [branch.run.painted for branch in timeline(driver).branches] == ["", "6 points painted", "4 points erased"]


def test_playing_goes_on_with_painted_points(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play())
    driver.until(lambda report: report.snapshot is not None and report.snapshot.position > 0)
    driver.send(Load(painted(more()), goes_on=True))
    report = driver.until(lambda r: r.state.timeline is not None and len(r.state.timeline.branches) == 2)
    assert report.state.playing


def test_class_names_change_without_moving_the_run(driver: WorkerDriver) -> None:
    weights = paint_at_epoch_3(driver)
    names = ("left", "right")
    driver.send(RenameClasses(names))
    assert driver.arrive().parameters.tobytes() == weights.tobytes()
    assert driver.loaded is not None
    assert driver.loaded.dataset.class_names == names
    first, second = timeline(driver).branches
    driver.send(RunEpochs(1))
    driver.arrive()
    driver.send(Seek(N, first.number), Seek(N, second.number))
    assert driver.arrive().parameters.tobytes() == on_painted_points(N)
    driver.send(Undo())
    snapshot = driver.arrive()
    assert (snapshot.position, snapshot.parameters.tobytes()) == (2 * (N + 3), weights.tobytes())
    assert driver.loaded.dataset.class_names == ("0", "1")
    assert [branch.tip for branch in timeline(driver).branches] == [6 * N, 3 * (N + 3)]
    driver.send(Redo())
    driver.ask()
    assert driver.loaded.dataset.class_names == names


def test_a_project_holds_all_runs(driver: WorkerDriver, tmp_path: Path) -> None:
    paint_at_epoch_3(driver)
    first, second = timeline(driver).branches
    driver.send(NameBranch(second.number, "denser"), Seek(4 * N, first.number))
    driver.arrive()
    driver.send(Capture())
    [captured] = driver.ask().events.captured
    assert captured.project is not None
    path = tmp_path / "tree.lens"
    save_project(path, captured.project)
    driver.send(Load(SHALLOW, anew=True), OpenProject(str(path)))
    snapshot = driver.arrive()
    assert (snapshot.position, snapshot.parameters.tobytes()) == (4 * N, straight(4 * N))
    found = timeline(driver).branches
    assert [(b.name, b.fork, b.tip) for b in found] == [("Shallow net (preset)", 0, 6 * N), ("denser", 0, 2 * (N + 3))]
    assert found[1].parent == found[0].number
    driver.send(Seek(N + 200, found[1].number))
    assert driver.arrive().parameters.tobytes() == on_painted_points(N + 200)
    driver.send(Capture())
    [captured] = driver.ask().events.captured
    assert captured.project is not None
    assert (captured.project.place, len(captured.project.others)) == (1, 1)
    save_project(path, captured.project)
    assert load_project(path).origin is not None


@pytest.mark.parametrize("stands_on", [0, 1])
def test_a_painted_branch_can_be_removed(driver: WorkerDriver, stands_on: int) -> None:
    paint_at_epoch_3(driver)
    numbers = [branch.number for branch in timeline(driver).branches]
    driver.send(Seek(N, numbers[stands_on]))
    driver.arrive()
    driver.send(RemoveBranch(numbers[1]))
    snapshot = driver.arrive()
    assert (snapshot.position, len(timeline(driver).branches)) == ((N, 3 * N)[stands_on], 1)
    assert snapshot.parameters.tobytes() == straight(snapshot.position)
    driver.send(Undo())
    driver.ask()
    assert len(timeline(driver).branches) == 1, "what was removed does not come back"


def test_of_the_first_branch_stays_what_leads_to_the_painted_one(driver: WorkerDriver) -> None:
    paint_at_epoch_3(driver)
    first, second = (branch.number for branch in timeline(driver).branches)
    driver.send(Seek(5 * N, first))
    driver.arrive()
    driver.send(RemoveBranch(first))
    assert driver.arrive().position == 3 * N
    assert [branch.tip for branch in timeline(driver).branches] == [3 * N, 2 * (N + 3)]
    driver.send(Seek(2 * N + 5))
    assert driver.arrive().parameters.tobytes() == straight(2 * N + 5)
    driver.send(Seek(N, second))
    assert driver.arrive().parameters.tobytes() == on_painted_points(N)
