"""The dialog that tries several values, in the real window: what it offers, what it refuses, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtGui import QContextMenuEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from cli.main import main as command_line
from core.sweeps.variation import NAMES
from core.workbench.many_runs.sweep_job import ENDED
from gui.sweeps.sweep_dialog import SweepDialog
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import dispose, drawn
from tests.gui.runs.test_runs import press
from tests.gui.support import choose_data


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> SweepDialog:
    window.toolbar.epochs.set_value(2)
    press(qtbot, window, Qt.Key.Key_T)
    return shown_dialog(qtbot, window)


def shown_dialog(qtbot: QtBot, window: MainWindow) -> SweepDialog:
    qtbot.waitUntil(lambda: window.findChild(SweepDialog) is not None)
    return existing(window.findChild(SweepDialog))


def choose(dialog: SweepDialog, place: int, option: str, values: str) -> None:
    box = dialog.settings[place]
    box.setCurrentIndex(box.findData(option))
    dialog.values[place].setText(values)


def test_rates_around_the_present_one_are_offered(qtbot: QtBot, dialog: SweepDialog) -> None:
    assert dialog.settings[0].value() == "learning-rate"
    assert dialog.values[0].text() == "0.001;0.003;0.01;0.03;0.1"
    assert dialog.note.text() == "5 runs of 2 epochs" and dialog.train.isEnabled()
    qtbot.waitUntil(lambda: "about" in dialog.time.text() or "compiled" in dialog.time.text())
    choose(dialog, 1, "hidden", "2;4")
    dialog.seeds.set_value(3)
    dialog._check()
    assert dialog.note.text() == "30 runs of 2 epochs"


def test_the_dialog_tells_how_long_the_folder_stays(
    dialog: SweepDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dialog.keeping.text().startswith("The 30 sweeps used last stay there; older ones go to the trash.")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog.browse.click()
    assert dialog.keeping.text() == "The program never removes this folder."


def test_some_combinations_are_drawn_at_random(dialog: SweepDialog) -> None:
    dialog.values[0].setText("log:0.001..1:999")
    choose(dialog, 1, "l2", "0..1:11")
    dialog.seeds.set_value(2)
    assert not dialog.chosen.isEnabled() and not dialog.train.isEnabled()  # too many
    dialog.some.click()
    dialog.chosen.set_value(30)
    dialog._check()
    assert dialog.note.text() == "60 runs of 2 epochs: 30 of 10\u202f989 combinations"
    plan = existing(dialog._plan)
    assert (plan.chosen, len(plan.runs)) == (30, 60)
    dialog.some.click()
    assert dialog._plan is None


def test_every_setting_that_is_offered_has_values_to_begin_with(dialog: SweepDialog) -> None:
    box = dialog.settings[0]
    for place in range(box.count()):
        box.setCurrentIndex(place)
        can = dialog.train.isEnabled() or (box.value() == "patience" and "needs a test set" in dialog.note.text())
        assert can, (box.value(), dialog.values[0].text(), dialog.note.text())


def test_what_cannot_be_tried_is_told(dialog: SweepDialog) -> None:
    for values, told in (
        ("0.1; fast", "Learning rate: "),
        ("0.1; 0.1", "named twice"),
        ("0.1, 0.2", "Write semicolons"),
        ("", "a value is missing"),
    ):
        dialog.values[0].setText(values)
        assert told in dialog.note.text() and not dialog.train.isEnabled()
        dialog.values[0].setText("0.1; 1")
        assert dialog.note.text() == "2 runs of 2 epochs" and dialog.train.isEnabled()


def test_very_many_runs_are_looked_at_in_the_background(qtbot: QtBot, dialog: SweepDialog) -> None:
    choose(dialog, 0, "l2", "0..1:600")
    assert dialog.note.text() == "600 runs of 2 epochs" and not dialog.train.isEnabled()
    qtbot.waitUntil(dialog.train.isEnabled)
    choose(dialog, 1, "patience", "none;5")
    assert not dialog.train.isEnabled()
    qtbot.waitUntil(lambda: "needs a test set" in dialog.note.text())
    assert not dialog.train.isEnabled() and dialog._plan is None


def test_too_many_runs_and_patience_without_a_test_set_are_refused(dialog: SweepDialog) -> None:
    dialog.values[0].setText("log:0.001..1:999")
    choose(dialog, 1, "l2", "0..1:11")
    assert "at most 10 000" in dialog.note.text() and not dialog.train.isEnabled()
    choose(dialog, 0, "patience", "5;10")
    choose(dialog, 1, "l2", "0;1")
    assert "needs a test set" in dialog.note.text()


def test_a_sweep_runs_beside_the_window_and_its_runs_open(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """Through real processes, from the key to the run that is opened."""
    window.toolbar.epochs.set_value(2)
    press(qtbot, window, Qt.Key.Key_T)
    dialog = shown_dialog(qtbot, window)
    dialog._path = tmp_path / "sweep"
    dialog.values[0].setText("0.02;0.5")
    qtbot.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    commands = window.sweeps.commands
    qtbot.waitUntil(lambda: commands.job is not None and not commands.job.is_running)
    commands.refresh()
    assert existing(commands.job).status.state == ENDED and existing(commands.job).status.error == ""
    view = existing(commands.window)
    assert view.isVisible() and len(view.results.results) == 2 and not view.stop.isVisible()
    view.results.select([view.results.results[1].key])
    qtbot.mouseClick(view.open, Qt.MouseButton.LeftButton)
    session, result = window.session, view.results.results[1]
    epoch = existing(session.loaded).preparation.epoch_length
    qtbot.waitUntil(lambda: existing(session.snapshot).settings.learning_rate == float(result.texts[0]))
    qtbot.waitUntil(lambda: session.at_rest and existing(session.snapshot).position == 2 * epoch)
    assert existing(session.snapshot).train_loss == result.train_loss
    assert (tmp_path / "sweep" / "runs.csv").exists()


def test_without_a_sweep_its_key_asks_what_to_try(qtbot: QtBot, window: MainWindow) -> None:
    assert window.sweeps.commands.window is None
    qtbot.keyClick(window.network, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert shown_dialog(qtbot, window).isVisible()


def test_a_sweep_goes_on_while_a_project_is_opened_and_stops_at_once(
    qtbot: QtBot, make_one: Callable[[], MainWindow], tmp_path: Path
) -> None:
    assert command_line(["train", "--preset", "xor", "--epochs", "1", "--quiet", "--save", f"{tmp_path}/xor.lens"]) == 0
    window = make_one()
    commands = window.sweeps.commands
    dialog = existing(commands.ask())
    dialog._path = tmp_path / "sweep"
    dialog.epochs.set_value(1_000_000)
    dialog._check()
    qtbot.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    job, view = existing(commands.job), existing(commands.window)
    qtbot.waitUntil(lambda: bool(view.results.records))
    qtbot.waitUntil(lambda: bool(view.curves.layer.lines))  # the dotted curves of runs under way
    window.data_commands.open_file(f"{tmp_path}/xor.lens")
    qtbot.waitUntil(lambda: existing(window.session.loaded).experiment.data.kind == "xor")
    key, record = next(iter(view.results.records.items()))
    qtbot.waitUntil(lambda: len(view.results.records.get(key, ())) > len(record))
    assert job.is_running
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.go_on.isVisible)
    assert not job.is_running and job.status.error == "" and view.results.results == []
    qtbot.mouseClick(view.go_on, Qt.MouseButton.LeftButton)
    again = existing(commands.job)
    assert again is not job and again.is_running
    other = existing(commands.ask())
    assert any("stops then" in label.text() for label in other.findChildren(QLabel))
    dispose(window)  # while the sweep is trained and the dialog measures how long another one takes
    assert not again.is_running and not list((tmp_path / "sweep").glob(".l*"))


def test_the_window_of_a_sweep_that_is_closed_ends_it(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    commands = window.sweeps.commands
    dialog = existing(commands.ask())
    dialog._path = tmp_path / "sweep"
    qtbot.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    job = existing(commands.job)
    existing(commands.window).close()
    assert commands.window is None
    qtbot.waitUntil(lambda: not job.is_running)


# ---------------------------------------------------------------- the menus of the settings


def try_several(qtbot: QtBot, window: MainWindow, field: QWidget) -> str:
    """Choose "Try several…" in the context menu of a field; the setting that the dialog offers."""
    QApplication.sendEvent(field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), QPoint(3, 3)))
    menu = existing(next(menu for menu in reversed(field.findChildren(QMenu)) if menu.isVisible()))
    menu.actions()[0].trigger()
    menu.close()
    dialog = shown_dialog(qtbot, window)
    option = dialog.settings[0].value()
    dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.DeferredDelete)
    qtbot.waitUntil(lambda: window.findChild(SweepDialog) is None)
    return option


def test_a_setting_is_varied_from_its_own_menu(qtbot: QtBot, window: MainWindow) -> None:
    strip, more = window.panels.strip, window.panels.more
    assert try_several(qtbot, window, existing(strip.learning_rate.findChild(QLineEdit))) == "learning-rate"
    assert try_several(qtbot, window, strip.loss) == "loss"
    assert try_several(qtbot, window, strip.penalty) == "l2"
    assert try_several(qtbot, window, more.early) == "patience"
    assert try_several(qtbot, window, window.panels.layers.layers.activations[0]) == "activation"
    neurons = window.panels.layers.layers._rows[0].neurons
    assert try_several(qtbot, window, existing(neurons.findChild(QLineEdit))) == "hidden"


def test_every_setting_of_the_panels_can_vary(window: MainWindow) -> None:
    assert window.panels.seldom is not None, "which makes the settings that are needed seldom"
    options = {option() for option in window.sweeps.menu._options.values()}
    assert options <= set(NAMES) and len(options) >= 25


def test_a_second_setting_moves_nothing_and_its_values_are_replaced_by_typing(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "circle")
    qtbot.waitUntil(lambda: drawn(window))
    window.toolbar.epochs.set_value(2)
    press(qtbot, window, Qt.Key.Key_T)
    dialog = shown_dialog(qtbot, window)
    qtbot.waitUntil(lambda: dialog.time.text().strip() != "")
    parts = [*dialog.settings, *dialog.values, dialog.epochs, dialog.note, dialog.buttons]
    places = [part.geometry() for part in parts]
    assert all(part.isVisible() for part in parts)
    dialog.settings[1].setFocus()
    dialog.settings[1].setCurrentIndex(dialog.settings[1].findData("points"))
    existing(dialog.layout()).activate()
    assert [part.geometry() for part in parts] == places
    values = dialog.values[1]
    assert values.text()
    for reason in ("click", "tab"):
        if reason == "click":
            qtbot.mouseClick(values, Qt.MouseButton.LeftButton, pos=values.rect().center())
        else:
            values.clearFocus()
            values.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClicks(values, "200;40000")
        assert values.text() == "200;40000"
    assert dialog.note.text() == "10 runs of 2 epochs, on up to 40\u202f000 points"


def test_large_rates_are_offered_as_they_are_typed(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"learning_rate": 1000.0})
    qtbot.waitUntil(lambda: drawn(window) and existing(window.session.experiment).learning_rate == 1000.0)
    press(qtbot, window, Qt.Key.Key_T)
    dialog = shown_dialog(qtbot, window)
    assert dialog.values[0].text() == "100;300;1000;3000;10000"
    assert dialog.train.isEnabled()
