"""Ctrl+C, SIGTERM and SIGHUP: no slot is interrupted, and the window closes with its work kept."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core.storage.project import load_project
from gui.projects.recovery_folder import RecoveryFolder
from gui.window.main_window import MainWindow
from gui.window.startup.closing_signals import ClosingSignals

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """The signals have their effect, also where the tests run in the background, which ignores some."""
    before = [signal.signal(number, signal.default_int_handler) for number in SIGNALS]
    yield
    for number, handler in zip(SIGNALS, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_no_slot_is_interrupted(qtbot: QtBot, number: int) -> None:
    asked, ended = [], []

    def slot() -> None:
        os.kill(os.getpid(), number)
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            assert not asked
        ended.append(True)

    with ClosingSignals() as signals:
        signals.asked.connect(lambda: asked.append(True))
        QTimer.singleShot(0, slot)
        qtbot.waitUntil(lambda: bool(asked))
    assert ended == [True]


def test_what_was_before_is_there_again() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with ClosingSignals():
        pass
    assert [signal.getsignal(number) for number in SIGNALS] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ClosingSignals():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def start(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    window.guard.begin(folder)
    window.session.play()
    qtbot.waitUntil(lambda: window.projects.is_modified)


def kept(folder: Path) -> int:
    """The position of the work that the next start offers."""
    [work] = RecoveryFolder(folder).abandoned()
    position = int(load_project(work.path).run.positions[-1])
    work.lock.release()
    return position


def test_unsaved_work_is_kept_and_nothing_is_asked(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    start(window, qtbot, tmp_path / "recovery")
    window.guard.close_at_once()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.guard.question is None
    assert kept(tmp_path / "recovery") > 0


def test_a_question_and_a_dialog_are_closed_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    start(window, qtbot, tmp_path / "recovery")
    window.close()
    assert window.guard.question is not None
    shown: list[bool] = []

    def hurry() -> None:
        shown.append(window.findChild(QFileDialog) is not None)
        window.guard.close_at_once()

    QTimer.singleShot(50, hurry)
    path, _ = QFileDialog.getOpenFileName(window, "Open", "", options=QFileDialog.Option.DontUseNativeDialog)
    assert (path, shown) == ("", [True])
    qtbot.waitUntil(lambda: not window.isVisible())
    assert kept(tmp_path / "recovery") > 0


def test_without_unsaved_work_nothing_is_kept(window: MainWindow, tmp_path: Path) -> None:
    window.guard.begin(tmp_path / "recovery")
    window.guard.close_at_once()
    assert not window.isVisible()
    assert RecoveryFolder(tmp_path / "recovery").abandoned() == []


def test_a_worker_that_does_not_answer_is_not_waited_for(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot, tmp_path / "recovery")
    window.guard.keep()
    qtbot.waitUntil(lambda: not window.guard._writing)
    monkeypatch.setattr(window.session, "capture", lambda: object())
    window.guard.close_at_once()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert kept(tmp_path / "recovery") > 0, "as it was saved before"


def test_the_second_time_it_closes_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot, tmp_path / "recovery")
    monkeypatch.setattr(window.session, "capture", lambda: object())
    window.guard.close_at_once()
    window.guard.close_at_once()
    assert not window.isVisible()
