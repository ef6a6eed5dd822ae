"""Places in a project on the command line: ``--at``, ``--branch``, and ``train --save``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from core.data.data_source import DataSource, load
from core.data.drawn_points import drawn_from
from core.data.point_edits import add
from core.storage.project import Project, load_project, resume, save_project
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from core.workbench.messages import Capture, Load
from core.workbench.open_runs import OpenRuns
from core.workbench.run_tree import read_tree

SHALLOW = PRESETS["shallow"].experiment
ReadOut = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def weights(*options: str) -> list[np.ndarray]:
    assert main(["export", *options, "--to", "npz", "--out", "w.npz", "--quiet"]) == 0
    with np.load("w.npz") as file:
        return [file[name] for name in file.files]


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


@pytest.fixture
def project() -> Path:
    """Four epochs, and a branch from epoch 1 on to epoch 3, where it was saved."""
    trainer = Trainer(SHALLOW, load(SHALLOW.data))
    trainer.advance(4000)
    trainer.seek(1000)
    trainer.change(learning_rate=0.3)
    trainer.advance(2000)
    save_project("run.lens", Project(SHALLOW, trainer.preparation.dataset, save_run(trainer)))
    return Path("run.lens")


def test_train_saves_a_project_of_which_every_position_can_be_exported(capsys: ReadOut) -> None:
    assert main(["train", "--preset", "shallow", "--epochs", "3", "--save", "run.lens", "--quiet"]) == 0
    for at, straight in (("epoch:2", ["--epochs", "2"]), ("1234", ["--epochs", "1", "--samples", "234"])):
        found = weights("--project", "run.lens", "--at", at)
        assert same(found, weights("--preset", "shallow", *straight))
    assert resume(load_project("run.lens")).position == 3000


def test_branches_are_found_by_name_number_and_beginning(project: Path) -> None:
    first = weights("--preset", "shallow", "--epochs", "4")
    second = weights("--preset", "shallow", "--epochs", "3", "--change", "1000:learning-rate=0.3")
    for name in ("First run", "Shallow net", "1", "first", "shallow"):
        assert same(weights("--project", "run.lens", "--branch", name), first)
    for name in ("learning rate 0.01 → 0.3 at epoch 1", "2", "learning"):
        assert same(weights("--project", "run.lens", "--branch", name), second)
    assert same(weights("--project", "run.lens"), second)
    assert same(
        weights("--project", "run.lens", "--at", "epoch:3", "--branch", "1"),
        weights("--preset", "shallow", "--epochs", "3"),
    )


def test_train_goes_on_from_the_tip_of_a_branch_and_keeps_the_others(project: Path) -> None:
    options = ["train", "--project", "run.lens", "--branch", "1", "--epochs", "1", "--save", "run.lens", "--quiet"]
    assert main(options) == 0
    trainer = resume(load_project("run.lens"))
    assert trainer.position == 5000
    assert [branch.tip for branch in trainer.tree.branches] == [5000, 3000]


@pytest.fixture
def painted() -> Path:
    """Three epochs; five more points painted at epoch 1, and two epochs with them."""
    runs = OpenRuns()
    runs.load(Load(SHALLOW))
    assert runs.present is not None
    runs.present.trainer.advance(3000)
    runs.present.trainer.seek(1000)
    drawn = add(drawn_from(runs.present.dataset), np.full((5, 2), 0.5), 1)
    runs.load(Load(SHALLOW.replace(data=DataSource("drawn", drawn=drawn)), goes_on=True))
    runs.present.trainer.advance(2 * 1005)
    [captured] = runs.captured((Capture(),))
    assert captured.project is not None
    save_project("painted.lens", captured.project)
    return Path("painted.lens")


def test_branches_of_painted_points_are_places_for_every_command(painted: Path, capsys: ReadOut) -> None:
    for branch, points, tip in (("1", 1000, "3"), ("5 points painted", 1005, "2")):
        place = ["--project", str(painted), "--branch", branch]
        assert main(["report", *place]) == 0
        assert f"Training set: {points} points" in (out := capsys.readouterr().out) and f"epoch {tip}" in out
    assert main(["explain", *place, "--at", "epoch:1", "--sample", "0"]) == 0
    assert main(["check-gradients", *place, "--at", "500"]) == 0
    assert main(["render", *place, "--out", "window.png", "--size", "300x300"]) == 0
    assert (
        main(["record", *place, "--out", "run.gif", "--fps", "2", "--seconds", "1", "--size", "200x200", "--quiet"])
        == 0
    )
    first = weights("--preset", "shallow", "--epochs", "2")
    assert same(weights("--project", str(painted), "--branch", "First run", "--at", "epoch:2"), first)


def test_train_goes_on_from_either_branch_and_keeps_both(painted: Path) -> None:
    for branch, tips in (("1", [4000, 2010]), ("5 points", [4000, 3015])):
        options = ["--project", str(painted), "--branch", branch, "--epochs", "1", "--save", str(painted), "--quiet"]
        assert main(["train", *options]) == 0
        tree, run = read_tree(load_project(painted))
        assert [view.tip for view in tree.timeline(run).branches] == tips
    assert same(weights("--project", str(painted), "--branch", "1"), weights("--preset", "shallow", "--epochs", "4"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--at", "epoch:4"], "never reached"),
        (["--at", "4000"], "from 0 to 3000 (epoch 3)"),
        (["--at", "soon"], "is not a place"),
        (["--at", "-1"], "is not a place"),
        (["--branch", "third"], "1 ("),
    ],
)
def test_places_that_do_not_exist_get_one_line(project: Path, options: list[str], words: str, capsys: ReadOut) -> None:
    assert main(["report", "--project", "run.lens", *(f"{a}={b}" for a, b in [options])]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("option", ["--at=3", "--branch=1"])
def test_a_place_needs_a_project(option: str, capsys: ReadOut) -> None:
    assert main(["export", "--preset", "shallow", option, "--to", "npz", "--out", "w.npz"]) == 2
    assert "needs a project" in capsys.readouterr().err


def test_explain_report_and_check_take_a_place(project: Path, capsys: ReadOut) -> None:
    for command, *rest in (["explain", "--sample", "0"], ["report"], ["check-gradients"]):
        assert main([command, "--project", "run.lens", "--at", "epoch:2", *rest]) == 0
    assert "after 2 epochs" in capsys.readouterr().out
