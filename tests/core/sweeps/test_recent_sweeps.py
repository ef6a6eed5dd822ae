"""The latest sweeps stay, older ones are removed; never what a user changed, or what is being trained."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.base.file_locks import LockFile
from core.sweeps.recent_sweeps import MOST_SWEEPS, latest_sweeps, mark_sweep_used, remove_older_sweeps, sweep_words
from core.sweeps.sweep_folder import LOCK, SPECIFICATION
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.variation import parse_variation
from core.training.experiment import Experiment

OLD = 6


@pytest.fixture
def sweeps(tmp_path: Path) -> list[Path]:
    """More sweeps than stay, the oldest first."""
    made = [tmp_path / f"2026-01-01 10.00.{number:02d}" for number in range(MOST_SWEEPS + OLD)]
    for second, path in enumerate(made):
        path.mkdir()
        (path / SPECIFICATION).write_text("{}")
        os.utime(path, (second, second))
    return made


def removed(folder: Path, in_use: list[Path]) -> list[Path]:
    gone: list[Path] = []

    def remove(path: Path) -> bool:
        gone.append(path)
        shutil.rmtree(path)
        return True

    assert remove_older_sweeps(folder, in_use, remove) == len(gone)
    return sorted(gone)


def test_the_sweeps_that_were_used_last_stay(tmp_path: Path, sweeps: list[Path]) -> None:
    mark_sweep_used(sweeps[0])
    assert latest_sweeps(tmp_path)[:2] == [sweeps[0], sweeps[-1]]
    assert removed(tmp_path, [sweeps[2]]) == [sweeps[1], *sweeps[3 : OLD + 1]]
    assert removed(tmp_path, [sweeps[2]]) == []
    assert not (sweeps[2] / LOCK).exists()


def test_what_a_user_may_want_stays(tmp_path: Path, sweeps: list[Path]) -> None:
    renamed = sweeps[0].rename(tmp_path / "for the talk")
    (sweeps[1] / "notes.txt").write_text("the best one is 0.3")
    (sweeps[2] / SPECIFICATION).unlink()
    other = LockFile(sweeps[3] / LOCK)
    assert other.take()  # as a program does that trains it
    for path in sweeps[1:4]:
        os.utime(path, (0, 0))
    (tmp_path / "2020-01-01 10.00.00").write_text("a file")
    (tmp_path / "2020-01-01 10.00.01").symlink_to(renamed)
    assert removed(tmp_path, []) == [sweeps[4], sweeps[5]]
    assert renamed.exists()
    assert all(path.exists() for path in sweeps[1:4])
    other.release()


def test_nothing_is_removed_where_nothing_is(tmp_path: Path) -> None:
    assert latest_sweeps(tmp_path / "none") == removed(tmp_path / "none", []) == []


def test_a_sweep_is_described() -> None:
    varied = parse_variation("learning-rate=0.1;0.2;0.3"), parse_variation("hidden=2;3")
    assert sweep_words(SweepPlan(Experiment(), {}, varied, 1, 5)) == "learning rate × hidden layers, 5 seeds, 1 epoch"
    some = SweepPlan(Experiment(), {}, varied, 1200, 1, chosen=4)
    assert sweep_words(some) == "learning rate × hidden layers, 4 random combinations, 1\u202f200 epochs"
    assert sweep_words(SweepPlan(Experiment(), {}, (), 20, 64)) == "64 seeds, 20 epochs"
