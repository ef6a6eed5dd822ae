"""Painting, changes, jumps, undo and projects in any order: every place of the tree has the bits of a straight run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from core.base.errors import LensError, ProjectError
from core.data.data_source import DataSource, load
from core.data.drawn_points import DrawnPoints
from core.data.point_edits import add, remove
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.storage.project import SavedOrigin, load_project, save_project
from core.training.experiment import Decay, Experiment, Init
from core.training.keyframes import KeyframeSpacing
from core.training.timeline.branches import Branch
from core.training.trainer import Trainer
from core.workbench import run_tree
from core.workbench.messages import Capture, Load
from core.workbench.open_runs import OpenRuns
from core.workbench.run_tree import read_tree
from core.workbench.runs import Run
from tests.core.support import examples

MANY = ("train", "train", "paint", "erase", "change", "edit", "jump", "jump", "undo", "redo", "open", "remove")
ACTS = (*MANY, "freeze", "rename")


def points(rng: np.random.Generator, count: int) -> DrawnPoints:
    return DrawnPoints(rng.normal(size=(count, 2)), np.arange(count) % 2, ("a", "b"))


def on(experiment: Experiment, drawn: DrawnPoints) -> Experiment:
    return experiment.replace(data=DataSource("drawn", drawn=drawn))


def straight(run: Run, branch: Branch, position: int, by_hand: bool = True) -> bytes:
    """The weights at a position of a run that never jumps, with or without what is set by hand there."""
    start = run.trainer.tree.branches[0].keyframe_before(0).parameters
    trainer = Trainer(run.trainer.experiment, run.dataset, start.copy())
    end = position + by_hand
    trainer.settings_over_time.changes = [change for change in branch.changes if change.position < end]
    while trainer.position < position:
        trainer.advance(position - trainer.position)
    trainer.advance(0)
    return trainer.network.parameters.tobytes()


def lead_to(runs: OpenRuns, position: int) -> None:
    """As the worker does: train to where the branch does not reach, since what was behind has been removed."""
    assert runs.present is not None
    trainer = runs.present.trainer
    trainer.seek(min(position, trainer.tree.present.tip))
    while trainer.position < position:
        trainer.advance(position - trainer.position)


def change(name: str, rng: np.random.Generator, runs: OpenRuns, run: Run) -> None:
    size = run.trainer.network.parameters.size
    if name == "change":
        runs.edits.change({"learning_rate": float(rng.uniform(0.01, 0.2))})
    elif name == "edit":
        runs.edits.edit({int(rng.integers(size)): float(rng.normal())}, False)
    elif name == "freeze":
        runs.edits.freeze(frozenset({int(rng.integers(size))}))
    else:
        runs.rename((f"{run.dataset.class_names[0]}a", "b"))


def act(name: str, rng: np.random.Generator, runs: OpenRuns, folder: Path) -> None:
    run = runs.present
    assert run is not None
    trainer = run.trainer
    if name == "train":
        trainer.advance(int(rng.integers(1, 40)))
    elif name in ("paint", "erase"):
        drawn = run.source.drawn
        assert drawn is not None
        gone = np.arange(len(drawn)) < (2 if name == "erase" and len(drawn) > 8 else 0)
        more = add(remove(drawn, gone), rng.normal(size=(int(rng.integers(1, 4)), 2)), int(rng.integers(2)))
        runs.load(Load(on(run.experiment, more), goes_on=True))
    elif name in ("change", "edit", "freeze", "rename"):
        change(name, rng, runs, run)
    elif name == "jump":
        timeline = runs.timeline()
        assert timeline is not None
        found = runs.branch(timeline.branches[int(rng.integers(len(timeline.branches)))].number)
        assert found is not None
        runs.turn_to(found[0])
        found[0].trainer.seek(int(rng.integers(found[1].tip + 1)), found[1])
    elif name in ("undo", "redo"):
        mark = runs.undo() if name == "undo" else runs.redo()
        if mark is not None:
            lead_to(runs, mark.position)
    elif name == "open":
        [captured] = runs.captured((Capture(),))
        assert captured.project is not None
        save_project(folder / "a.lens", captured.project)
        runs.open_project(str(folder / "a.lens"))
    elif name == "remove":
        timeline = runs.timeline()
        assert timeline is not None
        found = runs.branch(timeline.branches[int(rng.integers(len(timeline.branches)))].number)
        assert found is not None
        try:
            place = runs.remove(*found)
        except LensError:
            return
        if place is not None:
            lead_to(runs, place)


@given(
    st.sampled_from(sorted(OPTIMIZERS)),
    st.sampled_from(sorted(SCHEDULES)),
    st.sampled_from([0.0, 0.3]),
    st.lists(st.sampled_from(ACTS), min_size=4, max_size=14),
    st.integers(0, 2**32 - 1),
)
@example(
    "nesterov",
    "constant",
    0.3,
    ["undo", "change", "edit", "erase", "train", "redo", "undo", "undo", "paint", "redo", "erase", "jump"],
    479001600,
)
@example(
    "sgd",
    "cosine",
    0.0,
    ["jump", "change", "erase", "jump", "freeze", "jump", "jump", "open", "train", "undo", "remove", "undo", "edit"],
    84,
)
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_place_has_the_bits_of_a_straight_run(
    tmp_path_factory: pytest.TempPathFactory, optimizer: str, schedule: str, dropout: float, acts: list[str], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    experiment = Experiment(
        DataSource("drawn", drawn=points(rng, 11)),
        hidden=(3,),
        optimizer=optimizer,
        schedule=Decay(schedule),
        dropout=dropout,
        batch_size=int(rng.integers(1, 5)),
        init=Init("glorot"),
        engine="numpy",
    )
    runs = OpenRuns()
    runs.load(Load(experiment))
    for name in ("train", *acts):
        act(name, rng, runs, tmp_path_factory.getbasetemp())
    timeline = runs.timeline()
    assert timeline is not None
    for view in timeline.branches:
        found = runs.branch(view.number)
        if found is None:
            assert view.tip == view.fork, "only a branch on which nothing was trained goes when it is left"
            continue
        run, branch = found
        origin = run.origin
        if origin is not None:  # what is set by hand at that very place may have come later
            starts = [straight(origin.run, origin.branch, origin.position, by_hand) for by_hand in (False, True)]
            assert run.trainer.tree.branches[0].keyframe_before(0).parameters.tobytes() in starts
        for position in {0, int(rng.integers(branch.tip + 1)), branch.tip}:
            run.trainer.seek(position, branch)
            assert run.trainer.network.parameters.tobytes() == straight(run, branch, position)


@pytest.mark.parametrize("then", ["train", "edit", "change", "freeze", "paint"])
@pytest.mark.parametrize("name", ["edit", "change", "freeze"])
def test_a_change_behind_which_points_were_painted_stays_where_it_is_undone(
    tmp_path: Path, name: str, then: str
) -> None:
    rng = np.random.default_rng(0)
    runs = OpenRuns()
    runs.load(Load(Experiment(DataSource("drawn", drawn=points(rng, 11)), hidden=(3,), engine="numpy")))
    for one in ("train", name, "paint", "train"):
        act(one, rng, runs, tmp_path)
    painted = runs.present
    assert painted is not None
    assert painted.origin is not None
    first, position = painted.origin.branch, painted.origin.position
    changes = first.changes_at(position)
    assert len(changes) == 1
    act("undo", rng, runs, tmp_path)
    act("undo", rng, runs, tmp_path)
    run = runs.present
    assert run is not None
    assert run.trainer.position == position and not run.trainer.settings_over_time.changes, "the change is undone"
    act(then, rng, runs, tmp_path)
    assert first.changes_at(position) == changes
    start = painted.trainer.tree.branches[0].keyframe_before(0).parameters.tobytes()
    assert start == straight(painted.origin.run, first, position)
    later = runs.present
    if then == "paint":
        assert later is not None and later.origin is not None
        start = later.trainer.tree.branches[0].keyframe_before(0).parameters.tobytes()
        assert start == straight(later.origin.run, later.origin.branch, position), "it begins where one stood"


def test_too_many_painted_runs_let_the_oldest_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run_tree, "MOST_RUNS", 10)
    rng = np.random.default_rng(0)
    runs = OpenRuns()
    runs.load(Load(Experiment(DataSource("drawn", drawn=points(rng, 11)), hidden=(3,), engine="numpy")))
    for _ in range(14):
        act("train", rng, runs, tmp_path)
        act("paint", rng, runs, tmp_path)
    timeline = runs.timeline()
    assert timeline is not None
    assert len({branch.run.run for branch in timeline.branches}) == 10
    first = timeline.branches[0]
    assert first.parent is None
    assert first.run.epochs_before > 0.0
    [captured] = runs.captured((Capture(),))
    assert captured.project is not None
    save_project(tmp_path / "a.lens", captured.project)
    tree, run = read_tree(load_project(tmp_path / "a.lens"))
    assert [b.run.epochs_before for b in tree.timeline(run).branches] == [
        b.run.epochs_before for b in timeline.branches
    ]
    while runs.undo_text is not None:
        act("undo", rng, runs, tmp_path)
    assert runs.present is not None
    assert runs.present.epochs_before == first.run.epochs_before, "undo ends where the tree begins"


def test_the_keyframes_of_all_runs_share_one_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(KeyframeSpacing, "is_wanted", lambda _, position, last: position > last)
    rng = np.random.default_rng(0)
    runs, seen = OpenRuns(), list[Run]()
    experiment = Experiment(DataSource("drawn", drawn=points(rng, 11)), hidden=(3,), engine="numpy")

    def trained() -> Run:
        """The present run, which reaches 60 positions more; the memory of all runs so far is looked at."""
        run = runs.present
        assert run is not None
        if run not in seen:
            seen.append(run)
        for _ in range(60):
            run.trainer.advance(1)
            assert sum(one.trainer.tree.bytes_kept for one in seen) <= most
        return run

    most = 50 * Trainer(experiment, load(experiment.data)).tree.bytes_kept
    monkeypatch.setattr(run_tree, "MOST_BYTES", most)
    runs.load(Load(experiment))
    first = trained()
    act("paint", rng, runs, tmp_path)
    second = trained()
    assert second.trainer.tree.bytes_kept > most // 4
    runs.turn_to(first)
    assert second.trainer.tree.bytes_kept <= most // 2
    trained()
    runs.load(Load(experiment.replace(hidden=(4,)), anew=True))  # undo leads back to the others
    trained()
    for run in seen:
        for branch in run.trainer.tree.branches:
            run.trainer.seek(branch.tip, branch)
            assert run.trainer.network.parameters.tobytes() == straight(run, branch, branch.tip)


def painted_twice(tmp_path: Path) -> OpenRuns:
    """A trained run; a stroke that was taken back by painting again, and training behind it."""
    rng = np.random.default_rng(0)
    runs = OpenRuns()
    runs.load(Load(Experiment(DataSource("drawn", drawn=points(rng, 11)), hidden=(3,), engine="numpy")))
    for name in ("train", "paint", "train", "paint", "paint"):
        act(name, rng, runs, tmp_path)
    return runs


def test_undo_leads_to_nothing_that_was_removed(tmp_path: Path) -> None:
    runs = painted_twice(tmp_path)
    timeline = runs.timeline()
    assert timeline is not None
    found = runs.branch(timeline.branches[1].number)
    assert found is not None
    runs.remove(*found)
    timeline = runs.timeline()
    assert timeline is not None
    assert len(timeline.branches) == 1
    while runs.undo_text is not None:
        act("undo", np.random.default_rng(0), runs, tmp_path)
        [captured] = runs.captured((Capture(),))
        assert captured.project is not None
        assert captured.project.others == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"place": 3},
        {"place": -1},
        {"epochs_before": float("nan")},
        {"epochs_before": -1.0},
        {"origin": SavedOrigin(2, 0, 0)},
        {"origin": SavedOrigin(-1, 0, 0)},
        {"origin": SavedOrigin(0, 1, 0)},
        {"origin": SavedOrigin(0, 0, 10**6)},
    ],
)
def test_runs_that_do_not_fit_together_are_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    [captured] = painted_twice(tmp_path).captured((Capture(),))
    assert captured.project is not None
    assert len(captured.project.others) == 2
    read_tree(captured.project)
    with pytest.raises(ProjectError, match="is damaged"):
        read_tree(replace(captured.project, **fields))
