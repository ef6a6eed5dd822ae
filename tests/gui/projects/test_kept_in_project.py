"""Kept runs go into the project file while they are small, or where the user wants them there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.storage.project import load_project
from gui.projects import kept_in_project
from gui.window.main_window import MainWindow
from tests.gui.support import position


def saved(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.projects.save_file(str(path))
    qtbot.waitUntil(lambda: path.exists() and not window.projects.is_saving)


def test_kept_runs_are_saved_unless_refused_and_come_back(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    action = window.actions_by_name["keep-in-project"]
    assert not action.isEnabled() and action.text() == "Keep ticked runs in the project (none is ticked)"
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: position(window) == 2000 and window.session.at_rest)
    qtbot.keyClick(window.network, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1)
    window.session.change({"learning_rate": 0.5})
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    assert window.projects.is_modified  # a close would ask
    menu = action.associatedWidgets()[0]
    menu.aboutToShow.emit()
    assert action.isChecked() and action.isEnabled()
    action.trigger()
    assert window._settings.text("keep-in-project") == "off"
    saved(qtbot, window, tmp_path / "plain.lens")
    assert not load_project(tmp_path / "plain.lens").kept and not window.projects.is_modified

    menu.aboutToShow.emit()
    assert not action.isChecked()
    assert action.text() == "Keep the 1 ticked run in the project (adds at most 0.1 MiB)"
    action.trigger()
    assert action.isChecked() and window.projects.is_modified  # a close would ask
    saved(qtbot, window, tmp_path / "kept.lens")
    assert len(load_project(tmp_path / "kept.lens").kept) == 1 and not window.projects.is_modified

    before = window.runs.kept.pinned[0].run
    window.runs.kept.remove(entry.number for entry in tuple(window.runs.kept))
    window.projects.open_file(str(tmp_path / "kept.lens"))
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1 and window.session.at_rest)
    assert action.isChecked() and not window.projects.is_modified
    row = next(row for row in window.runs.rows() if row.pinned)
    assert row.name == "Shallow net" and row.entry is not None
    assert row.entry.run.parameters.tobytes() == before.parameters.tobytes()

    action.trigger()
    assert window.projects.is_modified
    window.projects.open_file(str(tmp_path / "plain.lens"))
    qtbot.waitUntil(lambda: not window.projects.is_modified)
    assert not action.isChecked()  # as the user chose


def test_large_kept_runs_wait_for_the_user(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_in_project, "SMALL", 1000)
    action = window.actions_by_name["keep-in-project"]
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: position(window) == 1000 and window.session.at_rest)
    qtbot.keyClick(window.network, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1)
    action.associatedWidgets()[0].aboutToShow.emit()
    assert not action.isChecked() and not window.projects.kept.wanted_for_recovery
    action.trigger()
    assert window.projects.kept.wanted == window.projects.kept.wanted_for_recovery != ()
    saved(qtbot, window, tmp_path / "large.lens")
    assert len(load_project(tmp_path / "large.lens").kept) == 1


def test_autosave_has_the_kept_runs_too(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.guard.begin(tmp_path)
    try:
        window.session.run_epochs(1)
        qtbot.waitUntil(lambda: position(window) == 1000 and window.session.at_rest)
        qtbot.keyClick(window.network, Qt.Key.Key_K)
        qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1 and window.session.at_rest)
        for _choice in range(2):  # small runs are kept there even if the user wants none in the project
            window.guard.keep_now()
            (path,) = tmp_path.glob("*.lens")
            assert len(load_project(path).kept) == 1
            window.actions_by_name["keep-in-project"].trigger()
    finally:
        window.guard._may_leave = True
