"""Relative folders in the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.base.environment import refuse_relative_folders

REPOSITORY = Path(__file__).resolve().parents[3]


def test_relative_folders_are_refused() -> None:
    environment = {"HOME": "here", "XDG_DATA_HOME": "./data", "XDG_CONFIG_HOME": "/absolute", "XDG_CACHE_HOME": ""}
    told = refuse_relative_folders(environment)
    assert len(told) == 2
    assert environment.get("HOME", "/") != "here"
    assert os.path.isabs(environment.get("HOME", "/"))
    assert "XDG_DATA_HOME" not in environment
    assert environment["XDG_CONFIG_HOME"] == "/absolute"
    assert refuse_relative_folders(environment) == []


def test_the_program_writes_nothing_into_the_current_folder(tmp_path: Path) -> None:
    """The window's own folders, Qt's, the log's and those of the compiled engine."""
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    relative = dict.fromkeys(names, "relative") | {"PYTHONDONTWRITEBYTECODE": "1"}
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import main\n"
        "print(main.main(['render', '--epochs', '1', '--out', sys.argv[2]]))\n"
        "from gui.projects.recovery_folder import recovery_folder\n"
        "from gui.tables.pasted_tables import pasted_folder\n"
        "from core.base import log\n"
        "print(recovery_folder(), pasted_folder(), log.data_folder(), sep='\\n')\n"
    )
    folder = tmp_path / "current"
    folder.mkdir()
    words = [sys.executable, "-c", code, str(REPOSITORY), str(tmp_path / "a.png")]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **relative}, capture_output=True, text=True, timeout=300, check=True
    )
    assert "XDG_DATA_HOME is no absolute path" in done.stderr
    status, *folders = done.stdout.splitlines()[-4:]
    assert status == "0"
    assert all(os.path.isabs(path) for path in folders)
    assert list(folder.iterdir()) == []
