"""A run that was left keeps the numbers that it had where it stood, also in a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from core.workbench.many_runs.run_rows import RunRow
from gui.runs.run_table_model import EPOCHS, run_cell_text
from gui.window.main_window import MainWindow
from tests.gui.support import parameters, position

TIP = Qt.ItemDataRole.ToolTipRole
FEW = PRESETS["overfit"].experiment.replace(train_fraction=0.5, hidden=(8,))


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
    assert run_cell_text(back, EPOCHS) == "700"
    assert run_cell_text(replace(back, epochs=6581.65), EPOCHS) == "6\u202f581"
    assert run_cell_text(replace(back, epochs=8.5), EPOCHS) == "8.5"


def test_looking_at_an_early_epoch_changes_no_row_for_ever(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 30)
    end, length = present(window), window.session.timeline.epoch_length
    assert run_cell_text(end, EPOCHS) == "30"
    window.session.seek(8 * length)
    qtbot.waitUntil(lambda: position(window) == 8 * length and window.session.at_rest)
    qtbot.waitUntil(lambda: present(window).epochs == 8)
    assert run_cell_text(present(window), EPOCHS) == "8 of 30"
    window.session.change({"hidden": (4,)})
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    left = other(window)
    assert (left.epochs, left.numbers) == (30, end.numbers)
    window.runs.open(left)
    qtbot.waitUntil(lambda: position(window) == 30 * length and window.session.at_rest)
    assert window._status_bar.currentMessage().startswith("Opened 2-8-2, at epoch 30")


@pytest.mark.parametrize("change", [{"l2": 0.01}, {"hidden": (4,)}])
def test_a_run_left_at_an_early_epoch_opens_at_the_epoch_of_its_row(
    qtbot: QtBot, window: MainWindow, change: dict[str, object]
) -> None:
    """Behind epoch 512 not each epoch has a record, and the row told the last one that has."""
    begun(qtbot, window, 701, hidden=(1,))
    length, end, record = window.session.timeline.epoch_length, position(window), present(window).history.table[-1]
    assert end == 701 * length > record[0]
    window.session.seek(8 * length)
    qtbot.waitUntil(lambda: position(window) == 8 * length and window.session.at_rest)
    window.session.change(change)
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: position(window) in (2 * length, 10 * length) and window.session.at_rest)
    window.docks.bring_up("runs")
    table, model = window.runs.view.table, window.runs.view.model
    qtbot.waitUntil(lambda: len(model.rows) == 2 and table.isVisible())
    place = next(place for place, row in enumerate(model.rows) if not row.is_present)
    cell = model.index(place, EPOCHS)
    assert cell.data() == "701" and model.rows[place].numbers == tuple(record[1:])
    assert f"scores are of epoch {record[0] // length:.0f}, the last record before" in str(cell.data(TIP))
    middle = table.visualRect(cell).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: position(window) == end and window.session.at_rest)
    qtbot.waitUntil(lambda: run_cell_text(present(window), EPOCHS) == "701")


def changed_and_undone(qtbot: QtBot, window: MainWindow) -> None:
    """Begin another run, and bring the former one back."""
    window.session.change({"hidden": (4,)})
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: position(window) > 0 and window.session.at_rest)


def test_undo_tells_at_which_epoch_the_former_run_is(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 3)
    changed_and_undone(qtbot, window)
    assert window._status_bar.currentMessage().startswith("Opened 2-8-2, at epoch 3")


def test_early_stopping_that_was_switched_on_later_keeps_the_best_too(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 3, learning_rate=0.3)
    window.session.change({"patience": 5})
    window.session.run_epochs(400)
    qtbot.waitUntil(lambda: present(window).state == "stopped" and window.session.at_rest)
    row = present(window)
    assert run_cell_text(row, EPOCHS) == f"{row.epochs:.0f} of {row.epochs + 5:.0f}"
    window.session.load(FEW.replace(seed=5), anew=True)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    assert (other(window).epochs, other(window).numbers) == (row.epochs, row.numbers)


def test_a_change_is_told_before_anything_is_trained_with_it(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 12)
    length = window.session.timeline.epoch_length
    window.session.seek(8 * length)
    qtbot.waitUntil(lambda: position(window) == 8 * length and window.session.at_rest)
    window.session.change({"l2": 0.01})
    qtbot.waitUntil(lambda: len(window.runs.rows()) == 2 and window.session.at_rest)
    assert "L2 0 → 0.01 at epoch 8" in present(window).name and "L2" not in other(window).name


def test_a_reset_at_the_start_tells_no_former_epoch(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window, 3)
    changed_and_undone(qtbot, window)
    window.session.seek(0)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window._status_bar.clearMessage()
    window.session.reset()
    qtbot.waitUntil(lambda: window._status_bar.currentMessage().startswith("Started 2-8-2"))
