"""Keyframes that a project file left out are added again, to the same bits, and the run stands where it stood."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.data.data_source import DataSource
from core.data.drawn_points import drawn_from
from core.data.point_edits import add
from core.engines import kernel_loading
from core.storage.project import Project, save_project
from core.training.keyframes import KeyframeSpacing
from core.training.saved_run import save_run
from core.training.timeline.filling import filling
from core.training.trainer import Trainer
from core.workbench.messages import Load, OpenProject, Undo
from tests.core.workbench.support import SECONDS, SHALLOW, WorkerDriver, make_trainer

EXPERIMENT = SHALLOW.replace(hidden=(4,), optimizer="adam", learning_rate=0.01, dropout=0.2)
APART = 1024


@pytest.fixture(autouse=True)
def close_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The distance of keyframes, which the speed of the machine gives, is the same on each."""
    monkeypatch.setattr(KeyframeSpacing, "interval", APART)
    monkeypatch.setattr(KeyframeSpacing, "widen", lambda *_: False)


def trained(present: int = 1) -> Trainer:
    """Two branches with changes on both, of which all keyframes but the first are forgotten."""
    trainer = make_trainer(EXPERIMENT)
    trainer.advance(6_000)
    trainer.change(learning_rate=0.02)
    trainer.advance(9_000)
    trainer.seek(4_321)
    trainer.edit({1: 0.5})
    trainer.advance(7_000)
    trainer.seek(11_000, trainer.tree.branches[present])
    for branch in trainer.tree.branches:
        branch.thin(10**9)
    return trainer


def longest_gap(trainer: Trainer) -> int:
    gaps = []
    for branch in trainer.tree.branches:
        places = [state.position for state in branch.line_states()] + [branch.tip]
        gaps += [after - before for before, after in pairwise(places)]
    return max(gaps)


@pytest.mark.parametrize("present", [0, 1])
def test_gaps_are_filled_with_the_states_that_were_there(present: int) -> None:
    trainer = trained(present)
    stands = trainer.stepper.state()
    parameters = trainer.network.parameters.tobytes()
    assert longest_gap(trainer) > 2 * APART
    for _ in filling(trainer):
        assert trainer.network.parameters.tobytes() == parameters
    assert longest_gap(trainer) <= 2 * APART
    assert trainer.stepper.state() is stands
    for branch in trainer.tree.branches:
        fresh = make_trainer(EXPERIMENT)
        fresh.settings_over_time.changes = list(branch.changes)
        for state in branch.line_states():
            fresh.head.follow_changes()
            while fresh.position < state.position:
                fresh.advance(state.position - fresh.position)
            before = fresh.tree.present.keyframe_before(state.position)
            if before.position == state.position:  # as it is before changes at its position
                assert before.parameters.tobytes() == state.parameters.tobytes()
                assert before.slots.tobytes() == state.slots.tobytes()
            elif all(change.position != state.position for change in branch.changes):
                assert fresh.network.parameters.tobytes() == state.parameters.tobytes()


def test_a_branch_may_go_and_another_come_between_two_steps() -> None:
    trainer = trained()
    steps = filling(trainer)
    next(steps)
    first, second = trainer.tree.branches
    trainer.seek(first.tip, first)
    trainer.tree.remove(second)
    trainer.change(learning_rate=0.5)
    trainer.advance(3_000)
    for _ in steps:
        pass
    assert longest_gap(trainer) <= 2 * APART


@pytest.mark.needs_numba
def test_the_worker_fills_the_gaps_of_all_runs_while_one_rests(driver: WorkerDriver, tmp_path: Path) -> None:
    trainer, path = trained(), tmp_path / "run.lens"
    dataset = trainer.preparation.dataset
    save_project(path, Project(EXPERIMENT, dataset, save_run(trainer)))
    kernel_loading.load_kernels()
    drawn = DataSource("drawn", drawn=add(drawn_from(dataset), np.zeros((5, 2)), 1))
    driver.send(OpenProject(str(path)), Load(EXPERIMENT.replace(data=drawn), goes_on=True))
    driver.arrive()
    painted, first = driver.worker._shared.runs.runs
    give_up = time.monotonic() + SECONDS
    while longest_gap(first.trainer) > 2 * APART:
        assert time.monotonic() < give_up
        driver.ask()
    driver.send(Undo())
    assert driver.arrive().position == 11_000
    assert driver.worker._shared.run is first is not painted


def test_the_next_keyframe_is_the_first_behind_a_position_or_the_tip() -> None:
    branch = make_trainer(EXPERIMENT).tree.present
    start, branch.tip = branch.keyframe_before(0), 300
    for position in (200, 100):
        branch.keep(replace(start, position=position))
    assert [branch.keyframe_after(position) for position in (0, 99, 100, 200, 299)] == [100, 100, 200, 300, 300]
