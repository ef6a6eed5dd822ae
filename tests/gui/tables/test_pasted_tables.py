"""Files of pasted tables: kept while anybody may want them, and cleared after long."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.storage.project import Project, save_project
from core.training.experiment import Experiment
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from gui.tables import pasted_tables as pasted
from gui.tables.pasted_tables import KEPT_DAYS, clear_old, keep_pasted, mark_used, pasted_path

OLD = time.time() - (KEPT_DAYS + 1) * 86_400


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pasted, "pasted_folder", lambda: tmp_path / "pasted")
    return tmp_path / "pasted"


def old_file(number: int) -> Path:
    text = f"a,b,k\n1,2,x\n3,4,y\n5,{number},x\n".encode()
    path = Path(pasted_path(text))
    keep_pasted(str(path), text)
    os.utime(path, (OLD, OLD))
    return path


def project_of(path: Path, to: Path) -> Path:
    experiment = Experiment(data=DataSource("file", str(path)), hidden=())
    dataset: Dataset = load(DataSource("circle"))
    save_project(to, Project(experiment, dataset, save_run(Trainer(experiment, dataset)), None))
    return to


def test_only_old_files_that_nobody_names_are_cleared(folder: Path, tmp_path: Path) -> None:
    gone, named, used, marked = (old_file(number) for number in range(4))
    young = old_file(5)
    os.utime(young)
    others = [folder / name for name in ("pasted-notes.csv", "pasted-0123456789.csv.bak", "mine.csv")]
    for path in others:
        path.write_text("1,2,3\n")
        os.utime(path, (OLD, OLD))
    (folder / "pasted-0123456789.csv").mkdir()
    mark_used(str(marked))
    project = project_of(named, tmp_path / "a.lens")
    clear_old(folder, [project, tmp_path / "deleted.lens"], str(used))
    assert not gone.exists()
    assert all(path.exists() for path in (named, used, marked, young, *others))


def test_in_doubt_nothing_is_cleared(folder: Path, tmp_path: Path) -> None:
    path = old_file(0)
    broken = tmp_path / "broken.lens"
    broken.write_bytes(b"no project")
    clear_old(folder, [broken], "")
    clear_old(folder, [tmp_path / "unplugged" / "a.lens"], "")
    assert path.exists()
    clear_old(tmp_path / "absent", [], "")
    clear_old(folder, [], "")
    assert not path.exists()


def test_files_elsewhere_keep_their_time(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "pasted-0123456789.csv"
    path.write_text("1,2,3\n")
    os.utime(path, (OLD, OLD))
    mark_used(str(path))
    mark_used("")
    assert path.stat().st_mtime == pytest.approx(OLD)
