"""Kept runs in a project file: they come back with the same bits, share their data, and damage is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import ProjectError
from core.data.data_source import load
from core.storage.project import Project, load_project, project_bytes, resume, save_project
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from core.workbench.many_runs.kept_run import KeptRun, keep_line, resume_kept
from core.workbench.many_runs.saved_kept_runs import kept_of, size_in_file, with_kept
from core.workbench.run_id import new_run_id, new_work_id
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA

DEEP = PRESETS["deep"].experiment


def trained(rate: float, epochs: int = 2) -> Trainer:
    trainer = Trainer(SHALLOW.replace(learning_rate=rate), SHALLOW_DATA)
    trainer.advance(epochs * trainer.epoch_length)
    return trainer


def project_of(trainer: Trainer) -> Project:
    return Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer))


def kept(trainer: Trainer, **changes: object) -> KeptRun:
    return replace(keep_line(trainer, new_run_id(), new_work_id()), **changes)  # type: ignore[arg-type]  # its fields


def opened(path: Path) -> tuple[KeptRun, ...]:
    project = load_project(path)
    trainer = resume(project)
    return kept_of(project, trainer.preparation.dataset, new_run_id(), new_work_id(), str(path))


def test_kept_runs_come_back_with_the_same_bits(tmp_path: Path) -> None:
    changed, own_run = trained(0.1), trained(0.3)
    changed.change(learning_rate=0.5)
    changed.advance(1500)
    other_data = load(DEEP.data)
    other = Trainer(DEEP, other_data)
    other.advance(100)
    runs = [kept(changed, name="mine"), kept(other, note="stopped"), kept(own_run)]
    present = new_run_id()
    runs[2] = replace(runs[2], run=present)
    path = tmp_path / "kept.lens"
    save_project(path, with_kept(project_of(own_run), runs, present))
    project = load_project(path)
    own, work = new_run_id(), new_work_id()
    back = kept_of(project, project.dataset, own, work, str(path))
    assert [run.name for run in back] == ["mine", "", ""] and [run.note for run in back] == ["", "stopped", ""]
    assert [run.run == own for run in back] == [False, False, True]
    for before, after in zip(runs, back, strict=True):
        assert after.words == before.words and after.changes == before.changes and after.sizes == before.sizes
        assert after.history.table.tobytes() == before.history.table.tobytes()
        ends = [resume_kept(run) for run in (before, after)]
        for trainer in ends:
            trainer.seek(before.tip)
            trainer.advance(777)
        assert ends[0].network.parameters.tobytes() == ends[1].network.parameters.tobytes()
    assert back[2].dataset is project.dataset and len(project.kept_data) == 1


def test_a_project_without_kept_runs_has_none(tmp_path: Path) -> None:
    save_project(tmp_path / "plain.lens", project_of(trained(0.1)))
    assert opened(tmp_path / "plain.lens") == ()


@pytest.mark.parametrize("changes", [{"data": 7}, {"experiment": SHALLOW.replace(hidden=(3,))}])
def test_what_does_not_fit_is_told(tmp_path: Path, changes: dict[str, object]) -> None:
    project = with_kept(project_of(trained(0.1)), [kept(trained(0.3))], None)
    damaged = replace(project, kept=(replace(project.kept[0], **changes),))  # type: ignore[arg-type]  # its fields
    save_project(tmp_path / "damaged.lens", damaged)
    with pytest.raises(ProjectError, match=r"damaged.lens is damaged \(a kept run in it does not fit: .*"):
        opened(tmp_path / "damaged.lens")


def test_weights_that_are_no_numbers_are_refused() -> None:
    project = with_kept(project_of(trained(0.1)), [kept(trained(0.3))], None)
    with pytest.raises(ProjectError):
        replace(project.kept[0], parameters=np.full_like(project.kept[0].parameters, np.nan))


def test_the_told_size_is_what_the_runs_add_at_most() -> None:
    own = trained(0.3)
    project = project_of(own)
    runs = []
    for epochs in (1, 40, 600):
        trainer = trained(0.1, epochs)
        trainer.advance(3)
        trainer.seek(2 * (trainer.position // 3))
        runs.append(kept(trainer))
    own_data = Trainer(DEEP, load(DEEP.data))
    own_data.advance(100)
    for some in (runs[:1], runs[1:2], runs, [*runs, kept(own_data)]):
        added = len(project_bytes(with_kept(project, some, None))) - len(project_bytes(project))
        assert added <= size_in_file(some) < 3.0 * added + 32_000  # which counts the project's own data too
