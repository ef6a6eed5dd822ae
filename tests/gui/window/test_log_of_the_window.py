"""What the window writes into the log, and what it says of licences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from core.base import log
from core.training.trainer import Trainer
from gui.window.main_window import MainWindow
from gui.window.startup.fault_reporter import FaultReporter
from tests.gui.projects.test_projects import opened, saved


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(log, "data_folder", lambda: tmp_path / "data")
    log.start()
    yield tmp_path / "data" / log.FILE_NAME
    log.stop()


def test_projects_are_logged_by_the_names_of_their_files(
    log_file: Path, qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = saved(qtbot, window, tmp_path / "mine.lens")
    opened(qtbot, window, path)
    text = log_file.read_text()
    assert "INFO Project mine.lens saved\n" in text and "INFO Project mine.lens opened\n" in text
    assert str(tmp_path) not in text


def fail(*_: object) -> None:
    raise ZeroDivisionError("made by the test")


@pytest.mark.parametrize("place", ["worker", "view", "slot"])
def test_faults_are_logged_with_their_stack(
    place: str, log_file: Path, qtbot: QtBot, window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if place == "slot":
            with pytest.raises(ZeroDivisionError) as caught:
                fail()
            with FaultReporter() as faults:
                faults.show_with(window.notices.show_notice)
                faults.report(caught.value)
                qtbot.waitUntil(window.notices.isVisible)
            assert "ZeroDivisionError: made by the test" in capsys.readouterr().err
        else:
            patch.setattr(
                *((Trainer, "advancing", fail) if place == "worker" else (window.session, "_show_snapshot", fail))
            )
            window.session.step("epoch")
        qtbot.waitUntil(window.notices.isVisible)
    text = log_file.read_text()
    assert "ERROR Fault: ZeroDivisionError: made by the test\n  tests/gui/window/test_log_of_the_window.py:" in text
    assert {"worker": "core/workbench/", "view": "gui/session/", "slot": "in fail: raise"}[place] in text


def test_the_about_page_says_what_the_licences_mean(window: MainWindow) -> None:
    window.actions_by_name["about"].trigger()
    [dialog] = window.findChildren(QDialog)
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "MIT licence" in text and "pass it on under the GPL" in text
    dialog.reject()
