"""Faults at every place that an action of the window goes through: the window tells of each and goes on.

Each action is done once while it is noted which functions of the program run in the window's thread. Then it is done
again for each of them, and that function fails: by a trace function that raises where the function begins. After each
fault there must be a notice, and the next picture, save and autosave must work.

All of it: ``python -m pytest -m campaign -n 0 -s tests/campaigns/test_faults.py``. With ``FAULTS=20`` in the
environment at most so many functions of each action are chosen at random.
"""

from __future__ import annotations

import itertools
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from PyQt5.QtCore import QCoreApplication, QEvent, QEventLoop
from PyQt5.QtWidgets import QApplication, QDialog

from core.explain.picked_part import Neuron
from core.storage.project import load_project
from core.training.presets import PRESETS
from gui.export.film_dialog import FilmDialog
from gui.widgets.faults import raising_escaped
from gui.window.main_window import MainWindow
from gui.window.startup import fault_reporter
from gui.window.startup.fault_reporter import FaultReporter
from tests.e2e.test_window_xvfb import Program
from tests.gui.conftest import drawn

pytestmark = pytest.mark.campaign

ROOT = Path(__file__).resolve().parents[2]
ERRORS = (MemoryError, OSError, RuntimeError)
SECONDS = 30.0

MOST = int(os.environ.get("FAULTS", "1000000"))
"""How many functions of an action are made to fail."""

ELSEWHERE = ("gui/widgets/faults.py", "gui/window/startup/fault_reporter.py")
"""Sources in which nothing is made to fail: who tells of a fault cannot tell of one of their own."""


SETTINGS = str(ROOT / "core" / "storage" / "settings_file.py")


@pytest.fixture
def told(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(fault_reporter, "QUIET_SECONDS", 0.0)
    with FaultReporter() as faults:
        faults.show_with(window.notices.show_notice)
        window.guard.begin(tmp_path / "recovery")
        yield window
        window.guard._may_leave = True


# ---------------------------------------------------------------- actions


def settle(window: MainWindow) -> None:
    """Let the window live until nothing is under way."""
    give_up = time.monotonic() + SECONDS
    calm = 0
    while calm < 5:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        busy = window.projects.is_saving or window.exports.is_writing or window.guard._writing
        calm = 0 if busy or not drawn(window) else calm + 1
        assert time.monotonic() < give_up, (busy, window.session.at_rest)
        time.sleep(0.002)


def picture(window: MainWindow, folder: Path) -> None:
    window.session.step("batch")
    settle(window)
    window.repaint()


def paint(window: MainWindow, folder: Path) -> None:
    for part in (window.network, window.scatter, window.loss, window.inspector):
        part.grab()


def report(window: MainWindow, folder: Path) -> None:
    window.actions_by_name["report"].trigger()
    picture(window, folder)
    window.actions_by_name["report"].trigger()


def save(window: MainWindow, folder: Path) -> None:
    window.projects.save_file(str(folder / "action.lens"))
    settle(window)


def autosave(window: MainWindow, folder: Path) -> None:
    window.guard._kept.clear()
    window.projects.files.present.clean = None  # as if there were unsaved work
    window.guard.keep()
    settle(window)


def layout(window: MainWindow, folder: Path) -> None:
    window.docks.apply(window.docks.describe())
    window.docks.restore_default()
    window.docks.save(window._settings)
    settle(window)


def export(window: MainWindow, folder: Path) -> None:
    window.exports.write(folder / "w.npz", "npz")
    window.exports.write(folder / "p.csv", "predictions")
    settle(window)


def export_picture(window: MainWindow, folder: Path) -> None:
    window.exports.write_picture(folder / "d.png", window.network_panel)
    window.exports.write_picture(folder / "d.svg", window.scatter)
    settle(window)


def film(window: MainWindow, folder: Path) -> None:
    dialog = window.exports.record_film()
    assert dialog is not None
    dialog.until.setCurrentIndex(1)
    dialog.seconds.setValue(0.2)
    dialog.width_box.setValue(200)
    dialog.height_box.setValue(200)
    dialog.reject()


def select(window: MainWindow, folder: Path) -> None:
    window.select(Neuron(1, 2))
    settle(window)
    window.select(None)


def walk(window: MainWindow, folder: Path) -> None:
    window.actions_by_name["step-phase"].trigger()
    settle(window)
    window.actions_by_name["step-phase"].trigger()
    window.actions_by_name["leave-walk"].trigger()
    settle(window)


def change(window: MainWindow, folder: Path) -> None:
    window.session.change({"learning_rate": 0.02})
    settle(window)
    window.session.change({"learning_rate": 0.01})
    settle(window)


def load(window: MainWindow, folder: Path) -> None:
    window.run_commands.start_preset(PRESETS["shallow"])
    settle(window)


def theme(window: MainWindow, folder: Path) -> None:
    window.actions_by_name["theme"].trigger()
    window.actions_by_name["theme"].trigger()
    settle(window)


ACTIONS: dict[str, Callable[[MainWindow, Path], None]] = {
    action.__name__: action
    for action in (
        picture,
        paint,
        report,
        save,
        autosave,
        layout,
        export,
        export_picture,
        film,
        select,
        walk,
        change,
        load,
        theme,
    )
}


# ---------------------------------------------------------------- making functions fail


class Places:
    """Notes the functions that run, or lets one of them fail.

    Attributes:
        seen: the code of each function that has run, in the order of its first call.
        has_failed: whether the chosen one was made to fail.
        in_settings: whether it failed in reading or writing settings, which may wait until a later time.
    """

    def __init__(self, chosen: CodeType | None = None, error: type[Exception] = RuntimeError) -> None:
        self.seen: dict[CodeType, str] = {}
        self.has_failed = self.in_settings = False
        self._chosen, self._error = chosen, error

    def __enter__(self) -> Places:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if self._chosen is None:
            name = place_of(code)
            if name and code.co_name != "<genexpr>":
                self.seen.setdefault(code, name)
        elif code is self._chosen:
            self.has_failed = True
            self.in_settings = any(one.f_code.co_filename == SETTINGS for one, _line in traceback.walk_stack(frame))
            raise self._error("made to fail")  # which also ends the tracing


def place_of(code: CodeType) -> str:
    """File and function; empty for what is not of the program."""
    path = Path(code.co_filename)
    if not path.is_relative_to(ROOT):
        return ""
    name = path.relative_to(ROOT).as_posix()
    is_ours = name.startswith(("gui/", "core/")) and not name.startswith(ELSEWHERE)
    return f"{name}:{code.co_firstlineno} {code.co_name}" if is_ours and code.co_name != "<module>" else ""


def is_told(window: MainWindow) -> bool:
    """Whether a notice says that something failed, or a dialog does."""
    QCoreApplication.processEvents()
    dialogs = window.findChildren(FilmDialog)
    return window.notices.isVisible() or any("made to fail" in dialog.note.text() for dialog in dialogs)


def tidy(window: MainWindow) -> None:
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.notices.hide()
    if window.player.walk is not None:
        window.actions_by_name["leave-walk"].trigger()
    settle(window)


def goes_on(window: MainWindow, folder: Path) -> None:
    """The next picture, save and autosave work."""
    window.notices.hide()
    before = window.session.snapshot
    window.session.step("batch")
    settle(window)
    assert window.session.snapshot is not before
    snapshot = window.session.snapshot
    assert snapshot is not None
    window.guard.keep()
    window.projects.save_file(str(folder / "next.lens"))
    settle(window)
    saved = load_project(folder / "next.lens")
    assert saved.run.positions[-1] == snapshot.position
    with raising_escaped():
        window.grab()
    assert not window.notices.isVisible(), window.notices.newest.text.text()


@pytest.mark.qt_log_ignore("Painter ended with . saved states")
@pytest.mark.parametrize("name", ACTIONS)
def test_every_function_of_an_action_may_fail(
    told: MainWindow, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    action = ACTIONS[name]
    action(told, tmp_path)  # what is made once is made
    told.session.step("epoch")
    settle(told)
    with Places() as places:
        action(told, tmp_path)
    failed, silent = 0, []
    chosen = list(places.seen.items())
    if len(chosen) > MOST:
        chosen = random.sample(chosen, MOST)
    for (code, place), error in zip(chosen, itertools.cycle(ERRORS), strict=False):
        tidy(told)
        with Places(code, error) as attempt:
            try:
                action(told, tmp_path)
            except error:  # it was the test that called
                told.notices.show()
            except Exception as fault:
                raise AssertionError(f"after {error.__name__} in {place}: {fault!r}") from fault
        if not attempt.has_failed:
            continue
        failed += 1
        try:
            settle(told)
            if not is_told(told) and not (attempt.in_settings and error is OSError):
                silent.append(f"{place}: {error.__name__}")
            tidy(told)
            goes_on(told, tmp_path)
        except Exception as fault:
            raise AssertionError(f"after {error.__name__} in {place}: {fault!r}") from fault
    record_property("faults", failed)
    print(f"{name}: {failed} of {len(places.seen)} places made to fail, {len(silent)} told of none")
    assert failed >= min(3, MOST // 3)
    assert silent == []


# ---------------------------------------------------------------- the worker's thread, the film's process


WORKER = {
    "advance": ("core.training.trainer.Trainer.advancing", picture),
    "evaluations": ("core.training.trainer.Trainer.evaluations", picture),
    "snapshot": ("core.workbench.worker.snapshot_maker.take_snapshot", picture),
    "walk": ("core.explain.walk.walk_update", walk),
    "engine": ("core.training.trainer.Trainer.prepare_engine", picture),
    "load": ("core.workbench.open_runs.OpenRuns.load", load),
    "change": ("core.training.trainer.Trainer.change", change),
}


@pytest.mark.parametrize("name", WORKER)
@pytest.mark.parametrize("error", ERRORS)
def test_a_fault_in_the_worker(
    told: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: type[Exception]
) -> None:
    target, action = WORKER[name]
    action(told, tmp_path)
    failed = threading.Event()

    def fails(*arguments: object, **options: object) -> None:
        failed.set()
        raise error("made to fail")

    with monkeypatch.context() as patch:
        patch.setattr(target, fails)
        told.session.step("batch")
        give_up = time.monotonic() + SECONDS
        action_done = False
        while not (failed.is_set() and told.notices.isVisible()) and time.monotonic() < give_up:
            QCoreApplication.processEvents()
            if not action_done:
                action_done = True
                {"walk": lambda: told.actions_by_name["step-phase"].trigger(),
                 "load": lambda: told.run_commands.start_preset(PRESETS["shallow"]),
                 "change": lambda: told.session.change({"learning_rate": 0.03})}.get(name, lambda: None)()  # fmt: skip
            time.sleep(0.002)
        assert failed.is_set()
        assert told.notices.isVisible()
    tidy(told)
    goes_on(told, tmp_path)


# ---------------------------------------------------------------- the system


def test_a_full_disk(told: MainWindow, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    told.session.step("epoch")
    settle(told)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        for action in (save, autosave, export, layout):
            told.notices.hide()
            action(told, tmp_path)
            assert told.notices.isVisible() or action is layout
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    tidy(told)
    goes_on(told, tmp_path)


def test_a_home_that_cannot_be_written(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    window.guard.begin(tmp_path / "home" / "recovery")
    window.session.step("epoch")
    settle(window)
    window.guard.keep()
    settle(window)
    assert "Autosave failed" in window.notices.newest.text.text()
    window.notices.hide()
    save(window, tmp_path)
    assert load_project(tmp_path / "action.lens").run.positions[-1] == 1000
    window.guard._may_leave = True


def test_a_screen_that_goes_away(tmp_path: Path) -> None:
    program = shutil.which("Xvfb")
    if program is None or shutil.which("xdotool") is None:
        pytest.skip("Xvfb or xdotool is not installed")
    number = next(n for n in range(120, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    server = subprocess.Popen([program, f":{number}", "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + SECONDS
        while not Path(f"/tmp/.X11-unix/X{number}").exists():
            assert time.monotonic() < give_up
            time.sleep(0.05)
        window = Program(f":{number}", tmp_path, [sys.executable, "main.py"], ROOT)
        window.press("space")
        server.kill()
        window.process.communicate(timeout=SECONDS)
        assert window.process.returncode in (0, 1), "it ends by itself, and does not crash"
    finally:
        server.kill()
        server.wait(10)
    assert QApplication.instance() is not None
