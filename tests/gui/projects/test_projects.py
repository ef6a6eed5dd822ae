"""Projects in the window: files, keys and menus, and the worker's own thread."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt5.QtGui import QDropEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

import core.training.evaluation
from core.engines import kernel_loading
from core.storage.project import Project, load_project, resume, save_project
from core.storage.settings_file import SettingsFile
from core.storage.window_layout import DockPlace, Layout
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from core.workbench.messages import Capture, Load, OpenProject, Pause, Play, RunEpochs, Step, StepBack, Undo
from core.workbench.run_id import WorkId
from core.workbench.saved_state import ProjectFiles, Stamp
from gui.projects.recent_projects import MOST, RecentProjects
from gui.projects.recovery_folder import RecoveryFolder
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA, WorkerDriver
from tests.gui.conftest import drawn
from tests.gui.support import parameters, position

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
REPOSITORY = Path(__file__).resolve().parents[3]


def press(qtbot: QtBot, window: MainWindow, key: int, modifier: Qt.KeyboardModifiers | None = None) -> None:
    window.activateWindow()  # a dialog that closes does not always hand over without a window manager
    qtbot.waitUntil(window.isActiveWindow)
    window.network.setFocus()
    qtbot.keyClick(window.network, key, modifier or Qt.KeyboardModifier.NoModifier)


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def step_epoch(qtbot: QtBot, window: MainWindow) -> None:
    target = (position(window) // 1000 + 1) * 1000
    press(qtbot, window, Qt.Key.Key_Right, CONTROL)
    qtbot.waitUntil(lambda: position(window) == target)
    rest(qtbot, window)


def saved(qtbot: QtBot, window: MainWindow, path: Path) -> Path:
    """Save to a file by the command behind the dialog."""
    window.projects.save_file(str(path))
    qtbot.waitUntil(lambda: not window.projects.is_saving and window.projects.files.present.path == str(path))
    rest(qtbot, window)
    return path


def opened(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.projects.open_file(str(path))
    qtbot.waitUntil(lambda: window.projects.files.present.path == str(path))
    rest(qtbot, window)


def project_at(path: Path, samples: int, **fields: object) -> Trainer:
    """A project file of the preset that the window has not opened with."""
    trainer = Trainer(SHALLOW.replace(seed=77, **fields), SHALLOW_DATA)
    trainer.advance(samples)
    save_project(path, Project(trainer.experiment, SHALLOW_DATA, save_run(trainer)))
    return trainer


def save_dialog(window: MainWindow) -> QFileDialog:
    [dialog] = [d for d in window.findChildren(QFileDialog) if d.isVisible()]
    return dialog


def type_name(qtbot: QtBot, dialog: QFileDialog, path: Path) -> None:
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(str(path))
    qtbot.keyClick(field, Qt.Key.Key_Return)


# ---- The worker.


def test_the_worker_hands_over_what_it_has_and_goes_on_from_a_file(driver: WorkerDriver, tmp_path: Path) -> None:
    driver.send(Load(SHALLOW), RunEpochs(3))
    end = driver.arrive()
    request = Capture()
    driver.send(request)
    [captured] = driver.ask().events.captured
    assert captured.request is request
    assert driver.ask().events.captured == ()
    save_project(tmp_path / "a.lens", captured.project)
    driver.send(Step("epoch"), Step("batch"))
    straight = driver.arrive()
    driver.send(Load(PRESETS["xor"].experiment), OpenProject(str(tmp_path / "a.lens")))
    report = driver.ask()
    assert report.events.loaded is not None
    assert report.events.loaded.opened.path == str(tmp_path / "a.lens")
    assert report.snapshot.position == end.position
    assert report.snapshot.parameters.tobytes() == end.parameters.tobytes()
    assert report.snapshot.history.table.tobytes() == end.history.table.tobytes()
    driver.send(Step("epoch"), Step("batch"))
    again = driver.arrive()
    assert again.parameters.tobytes() == straight.parameters.tobytes()
    driver.send(StepBack("epoch"), StepBack("epoch"))
    assert driver.arrive().position == 3000
    driver.send(Undo())
    assert driver.ask().events.loaded.experiment == PRESETS["xor"].experiment
    assert driver.notices == []


def test_on_its_way_the_worker_hands_over_where_it_goes(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), RunEpochs(20))
    driver.arrive()
    driver.send(StepBack("epoch"), Capture())
    captured = []
    driver.until(lambda report: captured.extend(report.events.captured) or bool(captured))
    assert captured[0].stamp.position == captured[0].project.run.positions[-1] == 19_000


def test_a_bad_file_changes_nothing(driver: WorkerDriver, tmp_path: Path) -> None:
    driver.send(Load(SHALLOW), RunEpochs(2))
    end = driver.arrive()
    (tmp_path / "bad.lens").write_bytes(b"PK\x05\x06" + bytes(18))
    driver.send(OpenProject(str(tmp_path / "bad.lens")), OpenProject(str(tmp_path / "none.lens")))
    report = driver.ask()
    assert report.events.loaded is None
    assert report.snapshot.parameters.tobytes() == end.parameters.tobytes()
    assert report.state.undo_text is None
    assert [notice.kind for notice in driver.notices] == ["unread", "unread"]
    assert "bad.lens is damaged" in driver.notices[0].text
    assert "There is no file none.lens" in driver.notices[1].text


def test_saving_while_it_plays_gives_one_moment(driver: WorkerDriver, tmp_path: Path) -> None:
    driver.send(Load(SHALLOW), Play())
    driver.until(lambda report: report.snapshot is not None and report.snapshot.position > 3000)
    driver.send(Capture())
    report = driver.ask()
    assert report.state.playing
    driver.send(Pause())
    [captured] = report.events.captured
    trainer, fresh = resume(captured.project), Trainer(SHALLOW, SHALLOW_DATA)
    assert trainer.position > 3000
    fresh.advance(trainer.position)
    assert trainer.network.parameters.tobytes() == fresh.network.parameters.tobytes()
    assert trainer.history.table.tobytes() == fresh.history.table.tobytes()


@pytest.mark.needs_numba
def test_another_engine_is_told(driver: WorkerDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project_at(tmp_path / "a.lens", 500, engine="compiled")
    monkeypatch.setattr(kernel_loading, "is_available", lambda: False)
    driver.send(OpenProject(str(tmp_path / "a.lens")))
    assert driver.ask().state.engine == "numpy"
    assert [notice.kind for notice in driver.notices] == ["note"]
    assert "NumPy continues" in driver.notices[0].text


def test_a_run_handed_over_beside_a_long_evaluation_lacks_no_record(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large set a record is measured in blocks, and between them the worker answers; here every set is large."""
    monkeypatch.setattr(core.training.evaluation, "EVALUATION_WORK", 1)
    driver.send(Load(SHALLOW), Play())
    captured = []
    for turn in range(60):
        driver.send(Capture())
        time.sleep(0.0002 * turn)  # so that the next request comes while it trains or measures
        captured += driver.ask().events.captured
    driver.send(Pause())
    driver.until(
        lambda report: captured.extend(report.events.captured) or not (report.state.playing or report.state.measuring)
    )
    assert len(captured) == 60
    fresh = Trainer(SHALLOW, SHALLOW_DATA)
    for run in (capture.project.run for capture in captured):
        fresh.advance(int(run.positions[-1]) - fresh.position)
        assert run.table.tobytes() == fresh.history.table.tobytes(), fresh.position


# ---- The window.


def test_a_users_way_through_saving_and_opening(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    assert not window.isWindowModified()
    step_epoch(qtbot, window)
    assert window.isWindowModified()
    press(qtbot, window, Qt.Key.Key_S, CONTROL)
    dialog = save_dialog(window)
    assert dialog.selectedFiles()[0].endswith("train.lens")
    type_name(qtbot, dialog, tmp_path / "mine")
    path = tmp_path / "mine.lens"
    qtbot.waitUntil(lambda: window.projects.files.present.path == str(path))
    rest(qtbot, window)
    assert window.windowTitle() == "mine.lens[*] – 2-7-2 on train.txt – Backprop Lens"
    qtbot.waitUntil(lambda: not window.isWindowModified())
    before = parameters(window)
    step_epoch(qtbot, window)
    assert window.isWindowModified()
    press(qtbot, window, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: not window.isWindowModified() or window.projects.is_saving)
    qtbot.waitUntil(lambda: not window.projects.is_saving)
    assert load_project(path).run.positions[-1] == 2000
    press(qtbot, window, Qt.Key.Key_Left, CONTROL)
    qtbot.waitUntil(lambda: position(window) == 1000)
    rest(qtbot, window)
    assert window.isWindowModified()
    assert parameters(window) == before
    opened(qtbot, window, path)
    assert position(window) == 2000
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert window.session.snapshot is not None
    assert len(window.session.snapshot.history) == 33
    press(qtbot, window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: position(window) == 1000)


def test_undo_of_an_opened_project_leaves_its_file_alone(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    first, second = tmp_path / "first.lens", tmp_path / "second.lens"
    step_epoch(qtbot, window)
    saved(qtbot, window, first)
    project_at(second, 300)
    opened(qtbot, window, second)
    assert window.windowTitle().startswith("second.lens[*] – ")
    window.session.change({"hidden": (3,)})
    qtbot.waitUntil(window.isWindowModified)
    rest(qtbot, window)
    assert window.windowTitle().startswith("second.lens[*] – 2-3-2"), "a change of a setting stays in the project"
    for name in ("second.lens", "first.lens"):
        press(qtbot, window, Qt.Key.Key_Z, CONTROL)
        qtbot.waitUntil(lambda: window.windowTitle().startswith(name) and "2-7-2" in window.windowTitle())  # noqa: B023
        rest(qtbot, window)
        qtbot.waitUntil(lambda: not window.isWindowModified())
    assert position(window) == 1000
    window.run_commands.start_preset(PRESETS["xor"])
    qtbot.waitUntil(lambda: "Exclusive or" in window.windowTitle())
    rest(qtbot, window)
    assert not window.isWindowModified(), "a preset with nothing done"
    assert window.projects.files.present.path is None


def test_changes_by_hand_and_their_undo(qtbot: QtBot, window: MainWindow) -> None:
    for change in (lambda: window.session.edit({3: 0.5}), lambda: window.session.change({"learning_rate": 0.5})):
        change()
        qtbot.waitUntil(window.isWindowModified)
        rest(qtbot, window)
    window.session.undo()
    rest(qtbot, window)
    assert window.session.experiment.learning_rate == SHALLOW.learning_rate
    assert window.isWindowModified(), "the weight that was set is still there"
    window.session.undo()
    qtbot.waitUntil(lambda: not window.isWindowModified())


def test_a_file_that_cannot_be_written_is_told_and_the_work_stays_unsaved(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    step_epoch(qtbot, window)
    window.projects.save_file(str(tmp_path / "none" / "a.lens"))
    qtbot.waitUntil(window.notices.isVisible)
    assert "there is no folder" in window.notices.newest.text.text()
    assert window.isWindowModified()
    assert window.projects.files.present.path is None


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.MouseButton.NoButton
    event = QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, none, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)


def test_a_dropped_project_opens(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    trainer = project_at(tmp_path / "dropped.LENS", 450)
    drop(window, tmp_path / "dropped.LENS")
    qtbot.waitUntil(lambda: position(window) == 450)
    rest(qtbot, window)
    assert parameters(window) == trainer.network.parameters.tobytes()
    assert window.session.experiment == trainer.experiment


def test_the_layout_comes_with_the_project(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    docks = window.docks.by_name
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["inspector"])
    docks["settings"].hide()
    window.tabifyDockWidget(docks["boundary"], docks["loss"])
    qtbot.wait(10)
    described = window.docks.describe()
    path = saved(qtbot, window, tmp_path / "a.lens")
    window.docks.restore_default()
    assert docks["settings"].isVisible()
    opened(qtbot, window, path)
    qtbot.waitUntil(lambda: not docks["settings"].isVisible())
    assert window.dockWidgetArea(docks["inspector"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert docks["loss"] in window.tabifiedDockWidgets(docks["boundary"])
    keep = [(d.name, d.area, d.shown, d.floating, d.tab_of) for d in described.docks]
    assert [(d.name, d.area, d.shown, d.floating, d.tab_of) for d in window.docks.describe().docks] == keep


def test_strange_layouts_do_no_harm(qtbot: QtBot, window: MainWindow) -> None:
    def place(name: str, **fields: object) -> DockPlace:
        plain = {"area": "left", "shown": True, "floating": False, "raised": False, "tab_of": ""}
        numbers = {"x": 0, "y": 0, "width": 100, "height": 100}
        return DockPlace(name, **(plain | numbers | fields))  # type: ignore[arg-type]

    far = {"x": -99_999, "y": 99_999, "width": 99_999, "height": -5}
    for docks in (
        (),
        (place("nobody"), place("loss", tab_of="loss"), place("boundary", tab_of="inspector")),
        (place("loss", tab_of="boundary"), place("boundary", tab_of="loss")),
        (place("loss", floating=True, **far), place("settings", **far), place("walk")),
        tuple(place(name, shown=False, area="top") for name in ("settings", "loss", "boundary", "inspector")),
    ):
        window.docks.apply(Layout(docks))
        qtbot.wait(5)
    screen = QApplication.primaryScreen().availableGeometry()
    assert screen.contains(window.docks.by_name["loss"].geometry()) or not window.docks.by_name["loss"].isFloating()
    window.docks.restore_default()
    assert all(window.docks.by_name[name].isVisible() for name in ("settings", "boundary", "inspector"))


# ---- Recent projects.


def recent_menu(window: MainWindow) -> QMenu:
    [menu] = [m for m in window.findChildren(QMenu) if m.title() == "Open r&ecent"]
    menu.aboutToShow.emit()
    return menu


def test_recent_projects(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    assert [a.text() for a in recent_menu(window).actions() if a.text()] == ["No project yet"]
    names = [f"p{number}&co.lens" for number in range(MOST + 2)]
    for name in names:
        window.projects.recent.add(str(tmp_path / name))
    project_at(tmp_path / names[-2], 120)
    entries = [a for a in recent_menu(window).actions() if a.text()]
    assert len(entries) == MOST + 1
    assert entries[0].text() == "&1 p11&&co.lens (not there)"
    assert [a.isEnabled() for a in entries[:3]] == [False, True, False]
    entries[1].trigger()
    qtbot.waitUntil(lambda: position(window) == 120)
    rest(qtbot, window)
    assert window.projects.recent.paths()[0] == str(tmp_path / names[-2]), "it is the newest now"
    recent_menu(window).actions()[-1].trigger()
    assert window.projects.recent.paths() == []


def test_recent_projects_are_remembered(tmp_path: Path) -> None:
    for count in (1, 3):
        for number in range(count):
            settings = SettingsFile(tmp_path / f"{count}.ini")
            RecentProjects(settings).add(f"/a/{number}.lens")
        again = RecentProjects(SettingsFile(tmp_path / f"{count}.ini"))
        assert again.paths() == [f"/a/{number}.lens" for number in reversed(range(count))]


# ---- Closing.


@pytest.fixture
def guarded(window: MainWindow, tmp_path: Path) -> Iterator[MainWindow]:
    """A window that asks before it closes, as the program's does."""
    window.guard.begin(tmp_path / "recovery")
    yield window
    if window.guard.question is not None:
        window.guard.question.reject()
    window.guard._may_leave = True


def answer(qtbot: QtBot, window: MainWindow, word: str) -> None:
    box = window.guard.question
    assert isinstance(box, QMessageBox)
    [button] = [b for b in box.buttons() if b.text().replace("&", "").startswith(word)]
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_question_at_the_end_tells_of_the_other_runs_in_the_list(qtbot: QtBot, guarded: MainWindow) -> None:
    def told() -> str:
        assert not guarded.close()
        box = existing(guarded.guard.question)
        text = box.informativeText()
        box.reject()
        qtbot.waitUntil(lambda: guarded.guard.question is None)
        return text

    for rate in (0.1, 0.2, 0.3):
        guarded.session.change({"learning_rate": rate})
        guarded.session.restart_with({})
        guarded.session.run_epochs(1)
        qtbot.waitUntil(lambda rate=rate: guarded.session.at_rest and guarded.session.snapshot.position == 1000)
        if rate == 0.1:
            assert told() == "Otherwise it is lost."
    qtbot.waitUntil(lambda: len(guarded.runs.rows()) == 3)
    assert told() == ("Otherwise it is lost, and with it 2 other runs in the list. The project keeps only ticked runs.")
    guarded.runs.pin(guarded.runs.rows()[-1], True)
    assert told().endswith("The project keeps 1 of these, which are ticked.")


def test_a_window_with_nothing_done_closes_without_a_question(guarded: MainWindow) -> None:
    assert guarded.close()


def test_unsaved_changes_are_asked_about(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    step_epoch(qtbot, guarded)
    assert not guarded.close()
    answer(qtbot, guarded, "Cancel")
    assert guarded.isVisible()
    assert guarded.guard.question is None
    assert not guarded.close()
    assert not guarded.close(), "one question is enough"
    answer(qtbot, guarded, "Save")
    type_name(qtbot, save_dialog(guarded), tmp_path / "kept.lens")
    qtbot.waitUntil(lambda: not guarded.isVisible())
    assert load_project(tmp_path / "kept.lens").run.positions[-1] == 1000


def test_a_known_file_is_saved_without_asking_where(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    step_epoch(qtbot, guarded)
    assert not guarded.close()
    assert "a.lens" in guarded.guard.question.text()  # type: ignore[union-attr]
    answer(qtbot, guarded, "Save")
    qtbot.waitUntil(lambda: not guarded.isVisible())
    assert load_project(path).run.positions[-1] == 1000


def test_what_was_left_is_told_as_runs_and_a_saved_file_only_if_it_was_changed(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path
) -> None:
    def begin(key: str, epochs: int) -> None:
        guarded.session.load(PRESETS[key].experiment, anew=True)
        qtbot.waitUntil(lambda: guarded.session.experiment == PRESETS[key].experiment)
        qtbot.waitUntil(lambda: position(guarded) == 0 and guarded.session.at_rest)
        if epochs:
            guarded.session.run_epochs(epochs)
            qtbot.waitUntil(lambda: position(guarded) > 0 and guarded.session.at_rest)

    def question() -> str:
        assert not guarded.close()
        assert guarded.guard.question is not None
        text = guarded.guard.question.text()
        answer(qtbot, guarded, "Cancel")
        return text

    step_epoch(qtbot, guarded)
    saved(qtbot, guarded, tmp_path / "a.lens")
    begin("deep", 0)
    assert not guarded.projects.files.left_unsaved  # saved, and not changed since
    begin("spiral", 1)
    begin("xor", 1)
    begin("shallow", 0)
    told = question()
    assert told == "2 runs that you left were never saved. Keep for the next start?"
    guarded.projects.open_file(str(tmp_path / "a.lens"))
    qtbot.waitUntil(lambda: guarded.projects.files.present.name == "a.lens" and guarded.session.at_rest)
    step_epoch(qtbot, guarded)
    begin("deep", 0)
    told = question()
    assert told.startswith("Changed since it was saved: a.lens. 2 runs that you left were never saved.")


def test_discarding_closes_and_leaves_the_file_alone(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    data = path.read_bytes()
    step_epoch(qtbot, guarded)
    guarded.guard.keep()
    qtbot.waitUntil(lambda: any((tmp_path / "recovery").glob("*.lens")))
    assert not guarded.close()
    answer(qtbot, guarded, "Discard")
    assert not guarded.isVisible()
    assert path.read_bytes() == data
    assert list((tmp_path / "recovery").iterdir()) == []


def test_a_save_that_fails_keeps_the_window_open(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = saved(qtbot, guarded, folder / "a.lens")
    path.unlink()
    folder.rmdir()
    step_epoch(qtbot, guarded)
    assert not guarded.close()
    answer(qtbot, guarded, "Save")
    qtbot.waitUntil(guarded.notices.isVisible)
    assert guarded.isVisible()
    assert guarded.isWindowModified()


def test_closing_while_it_plays_saves_a_moment_of_the_play(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    path = saved(qtbot, guarded, tmp_path / "a.lens")
    press(qtbot, guarded, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(guarded) > 2000)
    guarded.close()
    answer(qtbot, guarded, "Save")
    qtbot.waitUntil(lambda: not guarded.isVisible())
    assert resume(load_project(path)).position > 2000


# ---- Saving by itself, and what a program that died left.

DYING = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from core.data.data_source import load
from core.training.presets import PRESETS
from core.storage.project import Project, save_project
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from gui.projects.recovery_folder import RecoveryFolder
experiment = PRESETS["shallow"].experiment
trainer = Trainer(experiment, load(experiment.data))
trainer.advance(int(sys.argv[3]))
folder = RecoveryFolder(Path(sys.argv[2]))
project = Project(experiment, trainer.preparation.dataset, save_run(trainer), unsaved_of=sys.argv[4])
save_project(folder.own_path(1), project)
print("ready", flush=True)
sys.stdin.read()
"""


def begin_process(folder: Path, samples: int, unsaved_of: str = "") -> subprocess.Popen[bytes]:
    """Another process that keeps unsaved work in the folder, and waits to be killed."""
    words = [sys.executable, "-c", DYING, str(REPOSITORY), str(folder), str(samples), unsaved_of]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_what_a_dead_process_left_is_recovered(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    old = begin_process(folder, 250)
    kill(old)
    os.utime(next(folder.glob("*.lens")), (1.6e9, 1.6e9))
    dead, alive = begin_process(folder, 350, "/somewhere/mine.lens"), begin_process(folder, 450)
    kill(dead)
    assert not window.recovery.isVisible()
    parts = window.network, window.scatter, window.inspector, window.timeline
    before = [(part.mapTo(window, QPoint(0, 0)), part.size()) for part in parts]
    window.guard.begin(folder)
    assert window.recovery.isVisible()
    QApplication.processEvents()
    assert [(part.mapTo(window, QPoint(0, 0)), part.size()) for part in parts] == before, "it lies over the window"
    assert window.recovery.mapTo(window, QPoint(0, window.recovery.height())).y() == before[-1][0].y()
    assert "and 1 older one" in window.recovery.text.text()
    window.docks.bring_up("runs")  # beside the card, where the bar lies over both
    middle = window.recovery.mapTo(window, window.recovery.rect().center())
    qtbot.waitUntil(lambda: window.runs.view.isVisible())
    qtbot.waitUntil(lambda: window.childAt(middle) in (window.recovery, *window.recovery.children()))
    qtbot.mouseClick(window.recovery.recover_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(window) == 350)
    rest(qtbot, window)
    assert window.windowTitle().startswith("mine.lens[*] – ")
    assert window.isWindowModified()
    assert window.projects.recent.paths() == []
    qtbot.waitUntil(lambda: "older" not in window.recovery.text.text())
    assert not window.recovery.all_button.isVisible()
    assert len(list(folder.glob("*.lens"))) == 3, "until it is saved, nothing is thrown away"
    qtbot.mouseClick(window.recovery.discard_button, Qt.MouseButton.LeftButton)
    assert not window.recovery.isVisible()
    saved(qtbot, window, tmp_path / "mine.lens")
    window.guard.keep()
    assert [path.name.split("-")[0] for path in folder.glob("*.lens")] == [str(alive.pid)]
    kill(alive)


def test_two_programs_leave_each_others_work_alone(tmp_path: Path) -> None:
    first, second = RecoveryFolder(tmp_path), RecoveryFolder(tmp_path)
    for folder in (first, second):
        folder.own_path(WorkId(1)).write_bytes(b"work")
    third = RecoveryFolder(tmp_path)
    assert first.abandoned() == second.abandoned() == third.abandoned() == []
    process = begin_process(tmp_path, 5)
    assert third.abandoned() == []
    kill(process)
    assert len(first.abandoned()) == 1
    assert second.abandoned() == [], "only one is offered it"
    first.close()
    assert len(second.abandoned()) == 1
    second.discard(second.abandoned()[0])
    for folder in (first, second):
        folder.clear(WorkId(1))
        folder.close()
    assert list(tmp_path.iterdir()) == []


def test_work_is_kept_by_itself_while_there_is_some(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    guarded.guard.keep()
    assert not folder.exists()
    step_epoch(qtbot, guarded)
    guarded.guard._clock.setInterval(1)  # the clock itself, only faster
    qtbot.waitUntil(lambda: any(folder.glob("*.lens")))
    [path] = folder.glob("*.lens")
    assert load_project(path).run.positions[-1] == 1000
    written = path.stat().st_mtime_ns
    qtbot.wait(30)
    assert path.stat().st_mtime_ns == written, "the same is not written again"
    saved(qtbot, guarded, tmp_path / "a.lens")
    qtbot.waitUntil(lambda: not any(folder.iterdir()))


def test_work_that_cannot_be_kept_is_told_once(qtbot: QtBot, guarded: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "recovery").write_text("no folder")
    step_epoch(qtbot, guarded)
    guarded.guard.keep()
    qtbot.waitUntil(guarded.notices.isVisible)
    assert "Autosave failed: " in guarded.notices.newest.text.text()
    guarded.notices.hide()
    guarded.guard.keep()
    qtbot.waitUntil(lambda: not guarded.guard._writing)
    assert not guarded.notices.isVisible()
    (tmp_path / "recovery").unlink()
    guarded.guard.keep()
    qtbot.waitUntil(lambda: any((tmp_path / "recovery").glob("*.lens")))


def test_damaged_work_is_told_and_can_be_discarded(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    folder.mkdir()
    (folder / "1-a.lens").write_bytes(b"damaged")
    window.guard.begin(folder)
    qtbot.mouseClick(window.recovery.recover_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1-a.lens is damaged" in window.notices.newest.text.text())
    assert window.recovery.isVisible()
    qtbot.mouseClick(window.recovery.discard_button, Qt.MouseButton.LeftButton)
    assert not window.recovery.isVisible()
    assert list(folder.iterdir()) == []


def test_all_recovered_work_is_discarded_at_once_after_a_question(
    qtbot: QtBot, guarded: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "recovery"
    folder.mkdir()
    for name in ("1-a.lens", "2-b.lens", "3-c.lens"):
        (folder / name).write_bytes(b"work")
    guarded.guard.begin(folder)
    qtbot.mouseClick(guarded.recovery.all_button, Qt.MouseButton.LeftButton)
    answer(qtbot, guarded, "Cancel")
    assert guarded.recovery.isVisible() and len(list(folder.glob("*.lens"))) == 3
    qtbot.mouseClick(guarded.recovery.all_button, Qt.MouseButton.LeftButton)
    assert existing(guarded.guard.question).text() == "Discard 3 unsaved works?"
    answer(qtbot, guarded, "Discard")
    qtbot.waitUntil(lambda: not guarded.recovery.isVisible())
    assert list(folder.iterdir()) == []


# ---- Which project a run belongs to.


def stamp(position: int = 0, seed: int = 0) -> Stamp:
    return Stamp(SHALLOW.replace(seed=seed), SHALLOW_DATA, None, (), position)


def test_works_and_their_projects() -> None:
    files = ProjectFiles()
    files.show_run(WorkId(1), stamp(), anew=False)
    assert not files.present.is_modified(stamp())
    assert files.present.is_modified(stamp(5))
    assert files.present.is_modified(stamp(seed=1))
    files.show_run(WorkId(1), stamp(seed=1), anew=False)
    first = files.present
    assert first.is_modified(stamp(seed=1))
    files.note_left(WorkId(1), stamp(seed=1))
    files.show_opened(WorkId(3), stamp(9), "/x/a.lens")
    assert (files.present.name, files.present.is_modified(stamp(9))) == ("a.lens", False)
    assert files.left_unsaved == [1]
    files.show_run(WorkId(4), stamp(seed=3), anew=True)
    assert files.present.name == ""
    assert not files.present.is_modified(stamp(seed=3))
    files.show_run(WorkId(5), stamp(seed=3), anew=False)
    assert files.present.name == ""
    assert files.present.is_modified(stamp(seed=3)), "other data with the settings of a run"
    files.show_run(WorkId(3), stamp(9), anew=False)
    assert files.present.name == "a.lens"
    files.show_run(WorkId(1), stamp(), anew=False)
    assert files.present is first
    assert files.left_unsaved == []
    files.show_recovered(WorkId(6), "")
    assert files.present.is_modified(stamp())
