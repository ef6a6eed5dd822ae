"""Unsaved work, whatever takes its place: it is asked about, or undo and the next start find it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from core.base.file_locks import LockFile
from core.data.data_source import DRAWN, DataSource
from core.data.drawn_points import empty_canvas
from core.data.point_edits import add
from core.storage.project import load_project
from core.storage.settings_file import SettingsFile
from core.training.presets import PRESETS
from core.workbench.messages import Capture, Load, OpenProject, Play, Undo
from core.workbench.run_id import WorkId
from gui.projects.recent_projects import RecentProjects
from gui.projects.recovery_folder import RecoveryFolder
from gui.tables.pasted_tables import pasted_path
from gui.tables.table_dialog import TableDialog
from gui.widgets.qt_objects import clipboard
from gui.window.main_window import MainWindow
from gui.window.startup.fault_reporter import FaultReporter
from tests.core.workbench.support import SHALLOW, WorkerDriver
from tests.gui.projects.test_projects import (
    drop,
    opened,
    project_at,
    recent_menu,
    rest,
    save_dialog,
    saved,
    step_epoch,
)
from tests.gui.support import position

REPOSITORY = Path(__file__).resolve().parents[3]
POINTS = np.array([[0.5, 0.5], [-1.0, 1.0], [2.0, -1.0]])
TABLE = "a,b,class\n" + "".join(f"{k},{k * k % 7},{'yes' if k % 2 else 'no'}\n" for k in range(20))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def guarded(window: MainWindow, folder: Path) -> Iterator[MainWindow]:
    """A window that asks before it closes, as the program's does."""
    window.guard.begin(folder)
    yield window
    for question in (window.guard.question, window.projects.question):
        if question is not None:
            question.reject()
    window.guard._may_leave = True


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.lens")) if folder.is_dir() else []


def click(qtbot: QtBot, box: QMessageBox | None, word: str) -> None:
    assert isinstance(box, QMessageBox)
    [button] = [b for b in box.buttons() if b.text().replace("&", "").startswith(word)]
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(dialog: QFileDialog, path: Path) -> None:
    """Choose a file; keys would wait for the dialog's list of files, whose choice may take their place."""
    dialog.fileSelected.emit(str(path))
    dialog.reject()


def draw(qtbot: QtBot, window: MainWindow, classes: int = 2) -> None:
    """Points that were drawn, of so many classes; of one class they are a canvas."""
    drawn = empty_canvas()
    window.session.paint(drawn, anew=True)
    for label in range(classes):
        drawn = add(drawn, POINTS + label, label)
        window.session.paint(drawn)
    count = len(drawn)
    qtbot.waitUntil(lambda: shown_points(window) == count and window.isWindowModified())
    rest(qtbot, window)


def shown_points(window: MainWindow) -> int:
    loaded = window.session.loaded
    return len(loaded.dataset) if loaded is not None else 0


# ---- What takes the place of unsaved work.


def preset(window: MainWindow, path: Path) -> None:
    window.panels.presets.chosen.emit(PRESETS["xor"])


def built_in_data(window: MainWindow, path: Path) -> None:
    window.session.change({"data": PRESETS["spiral"].experiment.data})


def table_file(window: MainWindow, path: Path) -> None:
    table = path.with_name("table.csv")
    table.write_text(TABLE)
    drop(window, table)


def pasted(window: MainWindow, path: Path) -> None:
    clipboard().setText(TABLE)
    window.actions_by_name["paste-table"].trigger()


def project(window: MainWindow, path: Path) -> None:
    project_at(path, 250)
    window.projects.open_file(str(path))


def dropped(window: MainWindow, path: Path) -> None:
    project_at(path, 250)
    drop(window, path)


def recent(window: MainWindow, path: Path) -> None:
    project_at(path, 250)
    window.projects.recent.add(str(path))
    recent_menu(window).actions()[0].trigger()


def new_canvas(window: MainWindow, path: Path) -> None:
    window.actions_by_name["new-canvas"].trigger()


def take_table(qtbot: QtBot, window: MainWindow) -> None:
    """Confirm the dialog of a table, if there is one."""
    dialogs = [d for d in window.findChildren(TableDialog) if d.isVisible()]
    for dialog in dialogs:
        qtbot.waitUntil(dialog.open_button.isEnabled)
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)


REPLACING = (preset, built_in_data, table_file, pasted, project, dropped, recent, new_canvas)
ASKED_OTHERWISE = (pasted, dropped, recent)
"""What opens a table or a project as others do, once it is asked for; of points of one class it is a campaign."""


@pytest.mark.parametrize(
    ("replace", "classes"),
    [(replace, 2) for replace in REPLACING]
    + [pytest.param(replace, 1, marks=[pytest.mark.campaign] * (replace in ASKED_OTHERWISE)) for replace in REPLACING],
)
def test_drawn_points_are_found_again_whatever_takes_their_place(
    qtbot: QtBot,
    guarded: MainWindow,
    tmp_path: Path,
    folder: Path,
    replace: Callable[[MainWindow, Path], None],
    classes: int,
) -> None:
    draw(qtbot, guarded, classes)
    drawn = guarded.session.experiment.data.drawn
    assert drawn is not None
    replace(guarded, tmp_path / "other.lens")
    take_table(qtbot, guarded)
    qtbot.waitUntil(lambda: shown_points(guarded) != len(drawn))
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    [path] = kept(folder)
    project = load_project(path)
    experiment = project.experiment if classes > 1 else project.canvas
    assert experiment is not None
    assert experiment.data.drawn == drawn, "the next start would find it"
    rest(qtbot, guarded)
    guarded.session.undo()
    qtbot.waitUntil(lambda: shown_points(guarded) == len(drawn))
    rest(qtbot, guarded)
    assert guarded.isWindowModified()
    assert guarded.projects.files.present.name == ""
    assert not guarded.close()
    click(qtbot, guarded.guard.question, "Save")
    choose(save_dialog(guarded), tmp_path / "points.lens")
    qtbot.waitUntil(lambda: guarded.projects.files.present.name == "points.lens")


def test_closing_asks_about_works_that_were_left(
    qtbot: QtBot, guarded: MainWindow, open_window: Callable[[], MainWindow], tmp_path: Path, folder: Path
) -> None:
    draw(qtbot, guarded)
    project(guarded, tmp_path / "other.lens")
    qtbot.waitUntil(lambda: position(guarded) == 250)
    rest(qtbot, guarded)
    assert not guarded.isWindowModified()
    assert not guarded.close()
    click(qtbot, guarded.guard.question, "Cancel")
    assert guarded.isVisible()
    assert not guarded.close()
    click(qtbot, guarded.guard.question, "Keep")
    assert not guarded.isVisible()
    assert len(kept(folder)) == 1
    second = open_window()
    second.guard.begin(folder)
    assert second.recovery.isVisible()
    qtbot.mouseClick(second.recovery.recover_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown_points(second) == 2 * len(POINTS))
    rest(qtbot, second)
    assert second.isWindowModified()
    # Recovered work is work like any other.
    built_in_data(second, tmp_path)
    qtbot.waitUntil(lambda: shown_points(second) > 100)
    rest(qtbot, second)
    second.guard.keep()
    qtbot.waitUntil(lambda: not second.guard._writing)
    assert any(load_project(path).experiment.data.kind == DRAWN for path in kept(folder))
    assert not second.close()
    click(qtbot, second.guard.question, "Discard")
    assert second.isVisible(), "the present work is not wanted, but what of the other?"
    click(qtbot, second.guard.question, "Discard")
    assert not second.isVisible()
    assert list(folder.iterdir()) == []


def test_what_was_saved_or_only_looked_at_is_not_kept(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path, folder: Path
) -> None:
    preset(guarded, tmp_path)
    qtbot.waitUntil(lambda: guarded.session.experiment == PRESETS["xor"].experiment)
    rest(qtbot, guarded)
    draw(qtbot, guarded)
    guarded.guard.keep()
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    saved(qtbot, guarded, tmp_path / "a.lens")
    project(guarded, tmp_path / "b.lens")
    qtbot.waitUntil(lambda: position(guarded) == 250)
    rest(qtbot, guarded)
    assert kept(folder) == []
    assert guarded.close()


def keep_run(qtbot: QtBot, window: MainWindow) -> None:
    """Have the run stay in the list, beside those that follow."""
    count = len(window.runs.kept.pinned)
    window.actions_by_name["keep-run"].trigger()
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == count + 1)
    rest(qtbot, window)


@pytest.mark.parametrize("has_file", [False, True])
def test_a_preset_has_no_star_for_runs_that_were_kept_before(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path, folder: Path, has_file: bool
) -> None:
    """They belong to the work that was left: undo and the next start bring it back with them."""
    step_epoch(qtbot, guarded)
    if has_file:
        saved(qtbot, guarded, tmp_path / "a.lens")
    keep_run(qtbot, guarded)
    assert guarded.isWindowModified()
    preset(guarded, tmp_path)
    qtbot.waitUntil(lambda: guarded.session.experiment == PRESETS["xor"].experiment)
    rest(qtbot, guarded)
    assert not guarded.isWindowModified(), "nothing was trained or changed"
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    assert len(load_project(kept(folder)[0]).kept) == 1
    guarded.session.undo()
    qtbot.waitUntil(lambda: position(guarded) == 1000)
    rest(qtbot, guarded)
    assert guarded.isWindowModified()
    guarded.session.redo()
    rest(qtbot, guarded)
    qtbot.waitUntil(lambda: not guarded.isWindowModified())
    assert not guarded.close()
    box = guarded.guard.question
    assert box is not None
    expected = "Changed since it was saved: a.lens." if has_file else "1 run that you left was never saved."
    assert box.text() == f"{expected} Keep for the next start?"
    click(qtbot, box, "Cancel")
    guarded.session.step("epoch")
    qtbot.waitUntil(lambda: position(guarded) > 0)
    saved(qtbot, guarded, tmp_path / "b.lens")
    assert not guarded.isWindowModified()
    keep_run(qtbot, guarded)
    assert guarded.isWindowModified(), "the file lacks the run"


def test_a_reset_of_an_untitled_run_loses_nothing_unasked(qtbot: QtBot, guarded: MainWindow) -> None:
    guarded.actions_by_name["reset"].trigger()
    rest(qtbot, guarded)
    assert not guarded.isWindowModified(), "nothing was there"
    step_epoch(qtbot, guarded)
    guarded.actions_by_name["reset"].trigger()
    qtbot.waitUntil(lambda: position(guarded) == 0)
    rest(qtbot, guarded)
    assert guarded.isWindowModified()
    guarded.close()
    assert guarded.isVisible()
    click(qtbot, guarded.guard.question, "Cancel")
    guarded.session.undo()
    qtbot.waitUntil(lambda: position(guarded) == 1000)


def test_the_end_of_the_session_keeps_the_work(qtbot: QtBot, guarded: MainWindow, folder: Path) -> None:
    guarded.session.play()
    qtbot.waitUntil(lambda: position(guarded) > 500)
    guarded.guard.keep_now()
    [path] = kept(folder)
    assert load_project(path).run.positions[-1] >= position(guarded) > 500
    assert guarded.isVisible()


# ---- Other data are another work.


@pytest.mark.parametrize("other", [table_file, pasted, built_in_data, new_canvas])
def test_other_data_make_an_untitled_work(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path, other: Callable[[MainWindow, Path], None]
) -> None:
    path = saved(qtbot, guarded, tmp_path / "mine.lens")
    data = path.read_bytes()
    count = shown_points(guarded)
    other(guarded, tmp_path / "other")
    take_table(qtbot, guarded)
    qtbot.waitUntil(lambda: shown_points(guarded) != count)
    rest(qtbot, guarded)
    assert "mine.lens" not in guarded.windowTitle()
    guarded.projects.save()
    save_dialog(guarded).reject()
    assert path.read_bytes() == data
    guarded.session.undo()
    qtbot.waitUntil(lambda: shown_points(guarded) == count)
    rest(qtbot, guarded)
    assert guarded.windowTitle().startswith("mine.lens[*]")
    assert not guarded.isWindowModified()


def test_other_settings_of_the_same_data_are_of_the_same_work(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path
) -> None:
    built_in_data(guarded, tmp_path)
    qtbot.waitUntil(lambda: guarded.session.experiment.data.kind == "spiral")
    rest(qtbot, guarded)
    saved(qtbot, guarded, tmp_path / "mine.lens")
    source = guarded.session.experiment.data
    for fields in ({"hidden": (5,)}, {"data": DataSource("spiral", samples=99, noise=5.0, seed=3)}, {"seed": 9}):
        guarded.session.change(fields)
        qtbot.waitUntil(lambda: guarded.isWindowModified())
        rest(qtbot, guarded)
        assert guarded.windowTitle().startswith("mine.lens[*]"), fields
    assert source != guarded.session.experiment.data
    guarded.session.paint(add(guarded.painting.painter.pending.drawn, POINTS, 0))
    qtbot.waitUntil(lambda: guarded.session.experiment.data.kind == DRAWN)
    assert guarded.windowTitle().startswith("mine.lens[*]")


def test_a_save_writes_the_work_that_was_shown_even_if_another_one_comes_at_once(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path
) -> None:
    step_epoch(qtbot, guarded)
    guarded.projects.save_file(str(tmp_path / "a.lens"))
    preset(guarded, tmp_path)
    qtbot.waitUntil(lambda: guarded.session.experiment == PRESETS["xor"].experiment)
    qtbot.waitUntil(lambda: not guarded.projects.is_saving)
    assert load_project(tmp_path / "a.lens").experiment == SHALLOW
    assert guarded.projects.files.present.name == ""


def test_a_copy_is_of_the_run_that_was_present_when_it_was_asked_for(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=30))
    driver.arrive()
    driver.send(Capture(), Load(PRESETS["xor"].experiment, anew=True), Capture(), Undo(), Capture())
    first, second, third = driver.ask().events.captured
    assert [c.project.experiment == SHALLOW for c in (first, second, third)] == [True, False, True]
    assert first.work == third.work != second.work
    driver.send(OpenProject("/none.lens"), Load(PRESETS["xor"].experiment, anew=True))
    [left] = driver.ask().events.left
    assert left.work == first.work
    assert left.stamp.is_like(first.stamp)
    assert driver.ask().events.left == ()


# ---- Two windows, one file.


def test_a_file_that_another_window_saved_is_not_overwritten_unasked(
    qtbot: QtBot, guarded: MainWindow, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    second = open_window()
    opened(qtbot, second, path)
    step_epoch(qtbot, second)
    second.projects.save()
    qtbot.waitUntil(lambda: not second.projects.is_saving and not second.isWindowModified())
    newer = path.read_bytes()
    step_epoch(qtbot, guarded)
    step_epoch(qtbot, guarded)
    for word in ("Cancel", "Save as"):
        guarded.projects.save()
        qtbot.waitUntil(lambda: guarded.projects.question is not None)
        assert path.read_bytes() == newer
        click(qtbot, guarded.projects.question, word)
    choose(save_dialog(guarded), tmp_path / "b.lens")
    qtbot.waitUntil(lambda: guarded.projects.files.present.name == "b.lens")
    assert load_project(tmp_path / "b.lens").run.positions[-1] == 2000
    step_epoch(qtbot, second)
    second.projects.save()
    qtbot.waitUntil(lambda: not second.projects.is_saving and not second.isWindowModified())
    assert second.projects.question is None, "its own save is no change"
    os.utime(path)  # a touched file is the same
    step_epoch(qtbot, second)
    second.projects.save()
    qtbot.waitUntil(lambda: not second.projects.is_saving and not second.isWindowModified())
    path.write_bytes(newer)
    second.session.step("epoch")
    qtbot.waitUntil(lambda: position(second) == 4000)
    rest(qtbot, second)
    second.projects.save()
    qtbot.waitUntil(lambda: second.projects.question is not None)
    click(qtbot, second.projects.question, "Overwrite")
    qtbot.waitUntil(lambda: not second.projects.is_saving and not second.isWindowModified())
    assert load_project(path).run.positions[-1] == 4000


def test_recovered_work_knows_the_file_that_it_is_a_newer_state_of(
    qtbot: QtBot, guarded: MainWindow, open_window: Callable[[], MainWindow], tmp_path: Path, folder: Path
) -> None:
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    step_epoch(qtbot, guarded)
    guarded.guard.keep_now()
    assert guarded.guard._folder is not None
    guarded.guard._folder.leave()
    second = open_window()
    second.guard.begin(folder)
    qtbot.mouseClick(second.recovery.recover_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(second) == 1000)
    rest(qtbot, second)
    project_at(path, 77)
    second.projects.save()
    qtbot.waitUntil(lambda: second.projects.question is not None)
    click(qtbot, second.projects.question, "Cancel")
    second.guard._may_leave = True


ADDER = """
import sys
sys.path.insert(0, sys.argv[1])
from core.storage import settings_file
from gui.projects.recent_projects import RecentProjects
settings_file.PATIENCE_SECONDS = 60.0  # on a busy machine the other program may take longer than a window waits
recent = RecentProjects(settings_file.SettingsFile(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(5):
    recent.add(f"/of/{sys.argv[3]}{number}.lens")
"""


def test_programs_add_to_one_list_of_recent_projects_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "settings.conf"
    words = [sys.executable, "-c", ADDER, str(REPOSITORY), str(path)]
    programs = [
        subprocess.Popen([*words, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in "ab"
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    assert [program.communicate() and program.returncode for program in programs] == [0, 0]
    found = RecentProjects(SettingsFile(path)).paths()
    assert sorted(found) == [f"/of/{name}{number}.lens" for name in "ab" for number in range(5)]
    assert list(tmp_path.iterdir()) == [path]


# ---- Data files that change on disk.


def test_a_data_file_that_changed_is_told_of(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table_file(guarded, tmp_path / "x")
    take_table(qtbot, guarded)
    qtbot.waitUntil(lambda: shown_points(guarded) == 20)
    rest(qtbot, guarded)
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    reset, copy = guarded.actions_by_name["reset"], guarded.actions_by_name["copy-command"]
    step_epoch_of(qtbot, guarded)
    reset.trigger()
    qtbot.waitUntil(lambda: position(guarded) == 0)
    rest(qtbot, guarded)
    copy.trigger()
    assert not guarded.notices.isVisible()
    table.write_text(TABLE.replace("yes", "maybe"))
    reset.trigger()
    qtbot.waitUntil(guarded.notices.isVisible)
    assert "table.csv has changed since it was read" in guarded.notices.newest.text.text()
    guarded.notices.hide()
    copy.trigger()
    assert "table.csv has changed since it was read" in guarded.notices.newest.text.text()
    guarded.notices.hide()
    rest(qtbot, guarded)
    preset(guarded, tmp_path)
    qtbot.waitUntil(lambda: shown_points(guarded) != 20)
    opened(qtbot, guarded, path)
    qtbot.waitUntil(guarded.notices.isVisible)
    assert "table.csv has changed since it was read" in guarded.notices.newest.text.text()
    guarded.notices.hide()
    table_file(guarded, tmp_path / "x")
    take_table(qtbot, guarded)
    rest(qtbot, guarded)
    copy.trigger()
    assert not guarded.notices.isVisible()


def step_epoch_of(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step("epoch")
    qtbot.waitUntil(lambda: position(window) > 0)
    rest(qtbot, window)


def test_a_pasted_table_is_known_by_its_text(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    pasted(guarded, tmp_path)
    take_table(qtbot, guarded)
    qtbot.waitUntil(lambda: shown_points(guarded) == 20)
    rest(qtbot, guarded)
    guarded.actions_by_name["reset"].trigger()
    rest(qtbot, guarded)
    assert not guarded.notices.isVisible()
    Path(pasted_path(TABLE.encode())).write_text(TABLE + "1,2,no\n")
    guarded.actions_by_name["copy-command"].trigger()
    assert "has changed" in guarded.notices.newest.text.text()


# ---- Recovery.


def test_strange_things_in_the_recovery_folder_hide_no_work(tmp_path: Path) -> None:
    (tmp_path / "dangling.lens").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.lens").mkdir()
    os.mkfifo(tmp_path / "pipe.lens")
    (tmp_path / "loop.lens").symlink_to(tmp_path / "loop.lens")
    (tmp_path / "work.lens").write_bytes(b"work")
    (tmp_path / "work.lens.lock").mkdir()
    (tmp_path / "killed.lens.lock").write_text("1\n")
    (tmp_path / "old.lens").write_bytes(b"of the same process number in another container")
    (tmp_path / "old.lens.lock").write_text(f"{os.getpid()}\nbackprop-lens\nanother\n")
    for name in (".lens-0123456789abcdef.tmp", "not mine.tmp"):
        (tmp_path / name).write_bytes(b"")
    folder = RecoveryFolder(tmp_path)
    assert {kept.path.name for kept in folder.abandoned()} == {"work.lens", "old.lens"}
    assert not LockFile(tmp_path / "old.lens.lock").take(), "this one offers it"
    for kept in folder.abandoned():
        folder.discard(kept)
    assert folder.abandoned() == []
    folder.close()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"dangling.lens", "folder.lens", "pipe.lens", "loop.lens", "work.lens.lock", "not mine.tmp"}


def test_each_work_has_its_own_file(tmp_path: Path) -> None:
    folder = RecoveryFolder(tmp_path)
    paths = [folder.own_path(WorkId(number)) for number in (1, 2, 1)]
    assert paths[0] == paths[2] != paths[1]
    for path in paths:
        path.write_bytes(b"work")
    folder.clear(WorkId(1))
    assert kept(tmp_path) == [paths[1]]
    folder.leave()
    assert [kept.path for kept in RecoveryFolder(tmp_path).abandoned()] == [paths[1]]


def test_autosave_tells_once_of_a_full_disk_and_goes_on(
    qtbot: QtBot, guarded: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    step_epoch(qtbot, guarded)
    with monkeypatch.context() as patch:
        patch.setattr("core.base.atomic_files.os.fsync", full)
        guarded.guard.keep()
        qtbot.waitUntil(guarded.notices.isVisible)
        text = guarded.notices.newest.text.text()
        assert "Autosave failed: " in text
        assert "Not changed" not in text
        assert "No space left on device" in text
        assert text.endswith(" Save the project.")
        guarded.notices.hide()
        guarded.guard.keep()
        qtbot.waitUntil(lambda: not guarded.guard._writing)
        assert not guarded.notices.isVisible()
    guarded.guard.keep()
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    assert QApplication.instance() is not None


def test_autosave_survives_a_question_that_cannot_be_asked(
    qtbot: QtBot, guarded: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_epoch(qtbot, guarded)
    rest(qtbot, guarded)

    def fail() -> None:
        raise OSError("not today")

    with monkeypatch.context() as broken:
        broken.setattr(guarded.session._clock, "_question", fail)
        guarded.guard.keep()
    qtbot.waitUntil(lambda: bool(kept(folder)) and not guarded.guard._writing)
    assert guarded.notices.isVisible()


def test_a_run_is_known_although_a_fault_kept_it_from_being_shown(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_epoch(qtbot, guarded)
    with FaultReporter() as faults, monkeypatch.context() as broken:
        faults.show_with(guarded.notices.show_notice)
        broken.setattr(guarded.projects.files, "show_run", lambda *_: 1 / 0)
        preset(guarded, tmp_path)
        qtbot.waitUntil(guarded.notices.isVisible)
    guarded.session.step("sample")
    qtbot.waitUntil(lambda: position(guarded) == 1)
    rest(qtbot, guarded)
    guarded.projects.save_file(str(tmp_path / "next.lens"))
    qtbot.waitUntil((tmp_path / "next.lens").exists)
    assert load_project(tmp_path / "next.lens").experiment == PRESETS["xor"].experiment
