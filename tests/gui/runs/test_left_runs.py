"""A run that was left keeps the numbers that it had where it stood, also in a project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from core.workbench.many_runs.run_rows import RunRow
from gui.runs.run_table_model import EPOCHS, run_cell_text
from gui.window.main_window import MainWindow
from tests.gui.support import parameters, position

FEW = PRESETS["overfit"].experiment.replace(train_fraction=0.5, hidden=(8,), engine="numpy")


def other(window: MainWindow) -> RunRow:
    return next(row for row in window.runs.rows() if not row.is_present)


def present(window: MainWindow) -> RunRow:
    return next(row for row in window.runs.rows() if row.is_present)


def begun(qtbot: QtBot, window: MainWindow, epochs: int, **settings: object) -> None:
    experiment = FEW.replace(**settings)
    window.session.load(experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == experiment and window.session.at_rest)
    window.session.run_epochs(epochs)
    qtbot.waitUntil(lambda: position(window) > 0 and window.session.at_rest and not window.session.playing)


@pytest.mark.parametrize("change", [{"l2": 0.01}, {"hidden": (4,)}])
def test_a_run_that_stopped_early_keeps_its_best(qtbot: QtBot, window: MainWindow, change: dict[str, object]) -> None:
    begun(qtbot, window, 400, patience=5, learning_rate=0.3)
    qtbot.waitUntil(lambda: present(window).state == "stopped" and window.session.at_rest)
    row = present(window)
    at, best = position(window), parameters(window)
    assert row.history.table[-1, 0] > at
    window.session.change(change)
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: position(window) > 0 and window.session.at_rest)
    left = other(window)
    assert (left.epochs, left.numbers) == (row.epochs, row.numbers)
    assert left.kept is not None and left.kept.parameters.tobytes() == best  # its border is that of there
    window.runs.open(left)
    qtbot.waitUntil(lambda: position(window) == at and window.session.at_rest)
    assert parameters(window) == best


def test_a_branch_that_stopped_early_keeps_its_best(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 400, patience=5, learning_rate=0.3)
    qtbot.waitUntil(lambda: present(window).state == "stopped" and window.session.at_rest)
    row = present(window)
    window.session.seek(0)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window.session.change({"l2": 0.01})
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: position(window) > 0 and window.session.at_rest)
    assert (other(window).state, other(window).epochs, other(window).numbers) == ("stopped", row.epochs, row.numbers)


def test_numbers_between_two_records_come_back_from_a_project(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    begun(qtbot, window, 700, hidden=(1,))
    length = window.session.timeline.epoch_length
    window.session.step("sample")
    qtbot.waitUntil(lambda: position(window) % length and window.session.at_rest)
    qtbot.waitUntil(lambda: present(window).epochs == position(window) / length)
    row, at = present(window), position(window)
    assert at not in row.history.table[:, 0]
    qtbot.keyClick(window.network, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1)
    window.session.load(FEW.replace(seed=5), anew=True)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    left = other(window)
    assert (left.epochs, left.numbers) == (row.epochs, row.numbers)
    path = tmp_path / "kept.lens"
    window.projects.save_file(str(path))
    qtbot.waitUntil(lambda: path.exists() and not window.projects.is_saving)
    window.runs.kept.remove([entry.number for entry in window.runs.kept])
    window.projects.open_file(str(path))
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1 and window.session.at_rest)
    back = other(window)
    assert (back.epochs, back.numbers) == (row.epochs, row.numbers)
    assert run_cell_text(back, EPOCHS) == f"{at / length:.2f}".rstrip("0").rstrip(".")
