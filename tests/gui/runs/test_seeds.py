"""More seeds beside the present run, in the real window: one key, live curves, a click on a member, pause and end."""

from __future__ import annotations

import threading

import numpy as np
from PyQt5.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from core.base.number_text import short
from core.network.optimizers import OPTIMIZERS
from core.workbench.many_runs.beside_training import BesideTraining
from core.workbench.many_runs.seed_summary import count_below
from gui.runs.run_table_model import NAME
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.runs.test_runs import kept, press, trained
from tests.gui.support import parameters, position

MEMBERS = 9


def with_seeds(qtbot: QtBot, window: MainWindow, epochs: int) -> BesideTraining:
    """Train the present run and as far the seeds beside it; not to their end."""
    window.toolbar.epochs.set_value(1)
    window.runs.view.seeds.count.set_value(MEMBERS)
    trained(qtbot, window, epochs)
    press(qtbot, window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: window.runs.seeds.training is not None)
    return existing(window.runs.seeds.training)


def ended(qtbot: QtBot, window: MainWindow, training: BesideTraining) -> None:
    qtbot.waitUntil(lambda: not training.is_running and len(window.runs.seeds.borders.layer.lines) == MEMBERS)
    assert training.error == "" and len(training.members()) == MEMBERS
    learned = count_below(training.members(), window.runs.view.seeds.limit.value())
    assert window.runs.view.seeds.learned.text().startswith(f"{learned} of {MEMBERS} learned")


def test_one_key_shows_whether_it_depends_on_the_seed(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"train_fraction": 0.7})
    qtbot.waitUntil(lambda: window.session.at_rest)
    training = with_seeds(qtbot, window, 4)
    assert training.epochs == 4
    ended(qtbot, window, training)
    layer = window.runs.seeds.curves.layer
    assert len(layer.lines) == 2 * MEMBERS + 2 and len(layer.bands) == 2  # train and test, members and medians
    losses = np.array([member.history.column("train_loss") for member in training.members()])
    median = window.loss.scale.heights(np.sort(losses, axis=0)[MEMBERS // 2])
    assert any(np.array_equal(line.y, median) for line in layer.lines)
    assert [label for label, _, _ in window.runs.seeds.curves.labels] == [f"median of {MEMBERS}"]


def test_the_median_test_loss_and_its_quartiles_are_told(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.session.change({"train_fraction": 0.7})
    qtbot.waitUntil(lambda: window.session.at_rest)
    training = with_seeds(qtbot, window, 4)
    ended(qtbot, window, training)
    progress = window.runs.view.seeds.progress
    losses = np.sort([member.history.column("test_loss")[-1] for member in training.members()])
    low, middle, high = (short(float(losses[place]), 3) for place in (2, 4, 6))
    told = f"median test loss {middle} (quartiles {low} and {high}); trained to epoch 4"
    qtbot.waitUntil(lambda: progress.full == told)
    assert progress.text() == told, "nothing is cut off"


def test_the_share_that_learned_follows_the_limit(qtbot: QtBot, window: MainWindow) -> None:
    training = with_seeds(qtbot, window, 4)
    ended(qtbot, window, training)
    bar = window.runs.view.seeds
    final = sorted(float(member.history.column("train_loss")[-1]) for member in training.members())
    bar.limit.setFocus()
    bar.limit.selectAll()
    qtbot.keyClicks(bar.limit, repr(final[3]))
    qtbot.keyClick(bar.limit, Qt.Key.Key_Return)
    assert count_below(training.members(), final[3]) == 4
    assert bar.learned.text() == f"4 of {MEMBERS} learned (44 %)"


def test_a_click_on_a_member_makes_it_the_run(qtbot: QtBot, window: MainWindow) -> None:
    training = with_seeds(qtbot, window, 4)
    ended(qtbot, window, training)
    window.loss.logarithmic.setChecked(True)
    box = window.loss.plot.box
    curves = window.runs.seeds.curves
    _, line = curves._drawn[5]
    place = box.mapViewToScene(QPointF(line.x[-1], line.y[-1])).toPoint()
    qtbot.mouseClick(existing(window.loss.plot.viewport()), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.session.at_rest and existing(window.session.experiment).seed != 0)
    assert window.session.experiment is not None
    member = next(m for m in training.members() if m.seed == existing(window.session.experiment).seed)
    assert member.parameters is not None
    qtbot.waitUntil(lambda: position(window) == member.end and window.session.at_rest)
    assert parameters(window) == member.parameters.tobytes()
    assert curves.layer.lines  # the others stay beside it


def test_the_number_of_seeds_stands_in_their_button_and_enter_trains_them(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_K)
    bar = window.runs.view.seeds
    bar.count.selectAll()
    qtbot.keyClicks(bar.count, "3")
    qtbot.keyClick(bar.count, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.runs.seeds.training is not None)
    assert bar.count.value() == 3
    qtbot.waitUntil(lambda: "of 3 learned" in bar.learned.text(), timeout=10_000)


def test_seeds_are_paused_and_cleared_and_end_with_the_window(qtbot: QtBot, window: MainWindow) -> None:
    window.toolbar.epochs.set_value(100_000)
    window.runs.view.seeds.count.set_value(MEMBERS)
    press(qtbot, window, Qt.Key.Key_M)
    training = existing(window.runs.seeds.training)
    bar = window.runs.view.seeds
    assert bar.progress.full == "Preparing the compiled engine; the first time this takes up to a minute"
    assert bar.learned.text() == "" and not bar.limit.isVisible()
    qtbot.waitUntil(lambda: len(training.members()) == MEMBERS and bar.pause.isVisible())
    bar.pause.click()
    assert training.is_paused and bar.pause.text() == "Go on"
    bar.pause.click()
    assert not training.is_paused
    bar.clear.click()
    assert window.runs.seeds.training is None and not training.is_running
    assert not window.runs.seeds.curves.layer.lines and not bar.pause.isVisible()
    press(qtbot, window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: any(thread.name == "beside" for thread in threading.enumerate()))
    window.close()
    assert not any(thread.name == "beside" for thread in threading.enumerate())


def test_seeds_stay_with_other_settings_and_wait_beside_other_data(qtbot: QtBot, window: MainWindow) -> None:
    training = with_seeds(qtbot, window, 2)
    ended(qtbot, window, training)
    count = count_below(training.members(), window.runs.view.seeds.limit.value())
    window.session.change({"hidden": (3,)})
    qtbot.waitUntil(lambda: "with 7 neurons" in window.runs.view.seeds.progress.full)
    window.session.change({"data": training.experiments[0].data.with_class_names(("a", "b"))})
    bar, curves = window.runs.view.seeds, window.runs.seeds.curves
    qtbot.waitUntil(lambda: not bar.isVisible() and not curves.layer.lines)
    for _ in range(2):  # both changes
        window.actions_by_name["undo"].trigger()
        qtbot.waitUntil(lambda: window.session.at_rest)
    assert curves.layer.lines and bar.limit.isVisible() and bar.learned.text().startswith(f"{count} of ")


def test_the_present_run_plays_while_seeds_are_trained(qtbot: QtBot, window: MainWindow) -> None:
    window.toolbar.epochs.set_value(100_000)
    press(qtbot, window, Qt.Key.Key_M)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing and position(window) > 1000)
    before = position(window)
    qtbot.waitUntil(lambda: position(window) > before)
    press(qtbot, window, Qt.Key.Key_Space)


def test_a_race_among_runs_of_other_networks_is_told_apart_by_the_names(qtbot: QtBot, window: MainWindow) -> None:
    for width in (2, 3, 4):
        window.session.change({"hidden": (width,)})
        trained(qtbot, window, 1)
    window.toolbar.epochs.set_value(2)
    window.actions_by_name["race-optimizers"].trigger()
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 6)
    model = window.runs.view.model
    cells = [model.index(row, NAME) for row in range(model.rowCount())]
    names = {str(cell.data()): str(cell.data(Qt.ItemDataRole.ToolTipRole)) for cell in cells}
    for optimizer in OPTIMIZERS.values():
        if optimizer.label != "SGD":  # which the runs before the race have as well
            (name,) = [name for name in names if optimizer.label in name]
            assert "4 neurons" in name and name in names[name]


def test_one_gesture_races_all_optimizers_and_keeps_them(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 1)
    kept(qtbot, window)
    window.toolbar.epochs.set_value(3)
    window.actions_by_name["race-optimizers"].trigger()
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1 + 6)
    assert window.runs.seeds.training is None and not window.runs.seeds.curves.layer.lines
    names = {label for label, _, _ in window.runs.curves.labels}
    assert names == {"Shallow net", *(optimizer.label for optimizer in OPTIMIZERS.values())} - {"SGD"}
    assert len({entry.run.saved.states[0, 0].tobytes() for entry in window.runs.kept.pinned}) == 1  # the same weights
    press(qtbot, window, Qt.Key.Key_X)  # compares these six, although another one was kept before
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    (compared,) = window.comparisons.windows
    assert {panel.name.full for panel in compared.nets.panels} == names
    compared.close()
    row = next(row for row in window.runs.rows() if row.name == "Adam, Shallow net")
    window.runs.open(row)
    adam = existing(row.kept)
    qtbot.waitUntil(lambda: window.session.at_rest and position(window) == adam.tip)
    assert parameters(window) == adam.parameters.tobytes()
