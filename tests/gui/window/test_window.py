"""The whole window with real clicks and keys: a user's way from the start to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QLabel,
    QPushButton,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cli.main import main
from core.explain.maps import NeuronPlace
from core.explain.picked_part import Edge, Neuron, Part, moved
from core.explain.snapshot import Snapshot
from core.options.arguments import to_arguments
from core.storage.settings_file import SettingsFile
from core.storage.weights_file import load_parameters
from core.training.presets import PRESETS
from core.workbench.messages import Notice
from gui.diagram.connections import Lines
from gui.session.session import Session
from gui.widgets.theme import DARK, LIGHT
from gui.window.actions import ACTIONS
from gui.window.application import make_window
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA
from tests.gui.conftest import dispose, drawn, written
from tests.gui.support import distance, hover, learn_file, parameters, pixel, position

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT_BUTTON = Qt.MouseButton.LeftButton


def snapshot(window: MainWindow) -> Snapshot:
    assert window.session.snapshot is not None
    return window.session.snapshot


def press(qtbot: QtBot, window: MainWindow, key: int, modifier: Qt.KeyboardModifiers | None = None) -> None:
    """A key for the window, not for a field that is being typed into."""
    window.network.setFocus()
    qtbot.keyClick(window.network, key, modifier or Qt.KeyboardModifier.NoModifier)


def button(window: MainWindow, name: str) -> QToolButton:
    found = window.toolbar.buttons[name]
    assert isinstance(found, QToolButton)
    return found


def click(qtbot: QtBot, widget: QWidget) -> None:
    assert widget.isVisible()
    qtbot.mouseClick(widget, LEFT_BUTTON)


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def play_for(qtbot: QtBot, window: MainWindow, samples: int) -> None:
    """Play by the space bar until so many samples are seen, and pause the same way."""
    target = position(window) + samples
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing and position(window) > target)
    press(qtbot, window, Qt.Key.Key_Space)
    rest(qtbot, window)
    assert not window.session.playing


def sizes(window: MainWindow) -> tuple[int, ...]:
    assert window.session.loaded is not None
    return window.session.loaded.preparation.sizes


# ---- Playing and stepping.


def test_the_window_opens_with_the_net_untrained(window: MainWindow) -> None:
    assert position(window) == 0
    assert sizes(window) == (2, 7, 2)
    assert "2-7-2" in window.windowTitle()
    assert window.toolbar.figures.epoch.text() == "0"
    assert window.toolbar.figures.place == "sample 0 / 1\u202f000"
    assert not window.notices.isVisible()
    assert not window.actions_by_name["undo"].isEnabled()


def test_space_plays_and_pauses_and_the_net_learns(qtbot: QtBot, window: MainWindow) -> None:
    before = snapshot(window)
    picture = window.scatter.grab().toImage()
    diagram = window.network.grab().toImage()
    play_for(qtbot, window, 12_000)
    after = snapshot(window)
    assert after.train_loss < 0.2 * before.train_loss
    assert after.train_score > 0.95
    assert before.output is not None
    assert after.output is not None
    assert (before.output.winner != after.output.winner).any() or (before.output.margin != after.output.margin).any()
    assert window.scatter.grab().toImage() != picture
    assert window.network.grab().toImage() != diagram
    stopped = position(window)
    qtbot.wait(60)
    assert position(window) == stopped


def test_the_numbers_of_a_paused_window_are_those_that_train_writes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.session.change({"train_fraction": 0.7, "batch_size": 32, "optimizer": "adam", "dropout": 0.1, "seed": 5})
    rest(qtbot, window)
    assert window.session.experiment is not None
    command = ["train", *to_arguments(window.session.experiment)]
    control_right, control_left = (Qt.Key.Key_Right, CONTROL), (Qt.Key.Key_Left, CONTROL)
    for way in ([control_right], [control_left], [control_right, (Qt.Key.Key_Left, None), control_right]):
        play_for(qtbot, window, 200_000)  # behind epoch 512 in the end
        for key, modifier in way:
            press(qtbot, window, key, modifier)
            rest(qtbot, window)
        shown = snapshot(window)
        assert shown.sample == 0
        assert shown.measured == shown.position
        log, weights = tmp_path / "log.csv", tmp_path / "weights.npz"
        assert main([*command, "--epochs", str(shown.epoch), "--log", str(log), "--weights", str(weights)]) == 0
        rows = [row.split(",") for row in log.read_text().splitlines()[1:]]
        numbers = (shown.train_loss, shown.test_loss, shown.train_score, shown.test_score)
        assert rows[-1] == [str(shown.epoch), *map(repr, numbers)]
        # The log has every epoch, the record of a long run every second or fourth.
        logged = {row[0]: row[1:] for row in rows}
        for at, *measured in shown.history.table.tolist():
            if at % shown.epoch_length == 0:
                assert logged[str(int(at) // shown.epoch_length)] == list(map(repr, measured))
        assert load_parameters(weights, shown.sizes).tobytes() == shown.parameters.tobytes()


def test_the_play_button_tells_what_it_does_next(qtbot: QtBot, window: MainWindow) -> None:
    action = window.actions_by_name["play"]
    assert action.toolTip().startswith("Train")
    click(qtbot, button(window, "play"))
    qtbot.waitUntil(lambda: action.toolTip().startswith("Stop"))
    click(qtbot, button(window, "play"))
    qtbot.waitUntil(lambda: action.toolTip().startswith("Train"))
    rest(qtbot, window)


def test_keys_step_on_and_back_by_sample_batch_and_epoch(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"batch_size": 32})
    rest(qtbot, window)
    right, left = Qt.Key.Key_Right, Qt.Key.Key_Left
    way = (
        (right, None, 1),
        (right, None, 2),
        (right, SHIFT, 32),
        (right, SHIFT, 64),
        (right, CONTROL, 1000),
        (right, CONTROL, 2000),
        (left, None, 1999),
        (left, SHIFT, 1992),
        (left, CONTROL, 1000),
    )
    for key, modifier, target in way:
        press(qtbot, window, key, modifier)
        qtbot.waitUntil(lambda: position(window) == target)  # noqa: B023
        rest(qtbot, window)
        assert position(window) == target
    assert window.toolbar.figures.epoch.text() == "1"


def test_buttons_step_too(qtbot: QtBot, window: MainWindow) -> None:
    for name, target in (("step-sample", 1), ("step-batch", 2), ("step-epoch", 1000), ("back-epoch", 0)):
        click(qtbot, button(window, name))
        rest(qtbot, window)
        assert position(window) == target, name


def test_run_goes_for_as_many_epochs_as_the_field_says(qtbot: QtBot, window: MainWindow) -> None:
    field = window.toolbar.epochs
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "3")
    click(qtbot, button(window, "run-epochs"))
    qtbot.waitUntil(lambda: position(window) == 3000)
    rest(qtbot, window)
    assert position(window) == 3000
    assert not window.session.playing


# ---- Settings.


def test_a_typed_learning_rate_holds_without_a_reset(qtbot: QtBot, window: MainWindow) -> None:
    play_for(qtbot, window, 100)
    where, weights = position(window), parameters(window)
    field = window.panels.strip.learning_rate
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: snapshot(window).learning_rate == 0.25)
    assert position(window) == where
    assert parameters(window) == weights
    qtbot.waitUntil(window.actions_by_name["undo"].isEnabled)
    assert window.actions_by_name["undo"].text() == "&Undo learning rate 0.01 → 0.25", "no new run"
    press(qtbot, window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: position(window) == where + 1)
    change, gradient = snapshot(window).last_change, snapshot(window).gradient
    assert change == pytest.approx(-0.25 * gradient, abs=1e-12)


def test_a_click_adds_a_layer_and_starts_anew(qtbot: QtBot, window: MainWindow) -> None:
    play_for(qtbot, window, 100)
    window.docks.bring_up("more")
    layers = window.panels.layers.layers
    click(qtbot, layers.add)
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 7, 2))
    rest(qtbot, window)
    assert position(window) == 0
    assert len(layers._rows) == 2
    assert "2-7-7-2" in window.windowTitle()
    spin = layers._rows[1].neurons
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "3")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 3, 2))
    rest(qtbot, window)
    diagram = window.network.diagram()
    assert diagram is not None
    assert diagram.sizes == (2, 7, 3, 2)


def test_reset_brings_the_same_weights_and_a_new_seed_others(qtbot: QtBot, window: MainWindow) -> None:
    first = parameters(window)
    play_for(qtbot, window, 500)
    assert parameters(window) != first
    click(qtbot, button(window, "reset"))
    qtbot.waitUntil(lambda: position(window) == 0)
    assert parameters(window) == first
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: parameters(window) != first)
    rest(qtbot, window)
    assert position(window) == 0
    assert window.panels.more.seed.value() == SHALLOW.seed + 1


def test_a_preset_is_chosen_by_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    choice = window.panels.presets.choice
    choice.setFocus()
    names = list(PRESETS)
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS[names[1]].experiment)
    rest(qtbot, window)
    assert sizes(window) == (2, 4, 4, 4, 2)
    assert choice.value() == names[1]
    assert window.toolbar.epochs.value() == PRESETS[names[1]].epochs
    window.session.change({"seed": 5})
    qtbot.waitUntil(lambda: choice.value() == "")
    assert window.inspector.pages.preset.preset is PRESETS["deep"], "the commentary stays"


def test_a_left_run_comes_back_with_the_text_of_its_own_preset(qtbot: QtBot, window: MainWindow) -> None:
    """It came back with that of the preset that was chosen meanwhile, which is on the same data."""
    window.session.change({"train_fraction": 0.8})
    qtbot.waitUntil(lambda: window.session.experiment.train_fraction == 0.8 and window.session.at_rest)
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: position(window) == 800 and window.session.at_rest)
    window.session.load(PRESETS["deep"].experiment, anew=True)
    qtbot.waitUntil(lambda: sizes(window) == (2, 4, 4, 4, 2) and len(window.runs.rows()) == 2)
    text = window.inspector.pages.preset
    assert text.preset is PRESETS["deep"]
    window.runs.open(next(row for row in window.runs.rows() if not row.is_present))
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 2))
    assert text.preset is PRESETS["shallow"] and text.change


# ---- Files and undo.


def test_a_file_is_learnt_a_broken_one_refused_and_undo_goes_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    good, broken = tmp_path / "three.csv", tmp_path / "broken.csv"
    good.write_text("width,height,kind\n" + "".join(f"{i},{i * i % 7},{'abc'[i % 3]}\n" for i in range(30)))
    broken.write_text("1,2,a\n3,four,b\n")
    play_for(qtbot, window, 300)
    left_at, left_with = position(window), parameters(window)

    learn_file(window, good)
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 3))
    rest(qtbot, window)
    assert position(window) == 0
    assert "three.csv" in window.windowTitle()
    assert window.panels.data.kind.text() == "three.csv"
    play_for(qtbot, window, 50)
    experiment, where = window.session.experiment, position(window)

    learn_file(window, broken)
    qtbot.waitUntil(window.notices.isVisible)
    rest(qtbot, window)
    assert "broken.csv" in window.notices.newest.text.text()
    assert "line 2" in window.notices.newest.text.text()
    assert (window.session.experiment, position(window)) == (experiment, where)
    assert window.panels.data.kind.text() == "three.csv"
    play_for(qtbot, window, 50)
    click(qtbot, window.notices.newest.close_button)
    assert not window.notices.isVisible()

    press(qtbot, window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 2))
    rest(qtbot, window)
    assert (position(window), parameters(window)) == (left_at, left_with)
    assert window.session.experiment == SHALLOW
    assert not window.actions_by_name["undo"].isEnabled()
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifiers(CONTROL | SHIFT))
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 3))
    rest(qtbot, window)
    assert position(window) > where


def test_saved_weights_start_a_run_and_reset_returns_to_them(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    play_for(qtbot, window, 2000)
    saved = parameters(window)
    path = tmp_path / "weights.npz"
    window.exports.write(path, "npz")
    qtbot.waitUntil(lambda: written(window))
    click(qtbot, button(window, "reset"))
    qtbot.waitUntil(lambda: position(window) == 0)
    window.run_commands.load_weights(str(path))
    qtbot.waitUntil(lambda: parameters(window) == saved)
    rest(qtbot, window)
    play_for(qtbot, window, 50)
    click(qtbot, button(window, "reset"))
    qtbot.waitUntil(lambda: position(window) == 0)
    assert parameters(window) == saved


# ---- Looking closer.


def test_a_clicked_edge_is_pinned_in_the_inspector(qtbot: QtBot, window: MainWindow) -> None:
    diagram = window.network.diagram()
    assert diagram is not None
    edge = Edge(1, 1, 6)
    connection = diagram.connection(edge)
    assert isinstance(connection, Lines)
    x, y = connection.place(edge, 0.2)
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=QPoint(round(x), round(y)))
    assert window.inspector.selection == edge


def shown_neuron(window: MainWindow) -> NeuronPlace | None:
    own = snapshot(window).neuron
    return own.place if own is not None else None


def test_keys_pick_every_edge_and_neuron_and_walk_with_points(qtbot: QtBot, window: MainWindow) -> None:
    on, down = (Qt.Key.Key_Right, CONTROL | SHIFT), (Qt.Key.Key_Down, CONTROL | SHIFT)
    source_down = (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier | SHIFT)
    for key, picked in (
        (down, Neuron(1, 0)),
        (down, Neuron(1, 1)),
        (on, Edge(2, 1, 0)),
        (down, Edge(2, 1, 1)),
        (source_down, Edge(2, 2, 1)),
        (on, Neuron(2, 1)),
        (on, Neuron(2, 1)),
        ((Qt.Key.Key_Left, CONTROL | SHIFT), Edge(2, 0, 1)),
        ((Qt.Key.Key_Left, CONTROL | SHIFT), Neuron(1, 0)),
        ((Qt.Key.Key_Up, CONTROL | SHIFT), Neuron(1, 6)),
    ):
        press(qtbot, window, *key)
        assert window.inspector.selection == picked
    for key, row in ((None, 0), (None, 1), (SHIFT, 0), (SHIFT, 999)):
        press(qtbot, window, Qt.Key.Key_W, key)
        qtbot.waitUntil(lambda row=row: window.player.walk is not None and window.player.walk.rows[0] == row)  # type: ignore[misc]
    press(qtbot, window, Qt.Key.Key_Escape)
    window.actions_by_name["pick-none"].trigger()
    assert window.inspector.selection is None
    everything: set[Part | None] = {None}
    sizes = (2, 3, 2)
    while True:  # from nothing, by all keys
        steps = ({"layers": 1}, {"layers": -1}, {"units": 1}, {"sources": 1})
        found = everything | {moved(known, sizes, **step) for known in everything for step in steps}
        if found == everything:
            break
        everything = found
    assert all(item is None or item.exists(sizes) for item in everything)
    assert len(everything) == 1 + sum(sizes) + 2 * 3 + 3 * 2


def test_the_neuron_under_the_mouse_shows_its_map_in_place_of_the_decision(qtbot: QtBot, window: MainWindow) -> None:
    diagram = window.network.diagram()
    assert diagram is not None
    decision = window.scatter.grab().toImage()
    titles = {1: "Neuron 3", 0: "Input x2", 2: "Output class 1"}
    for layer, title in titles.items():
        unit = 2 if layer == 1 else 1
        x, y = diagram.layers[layer].centers[unit]
        hover(window.network, x, y)
        plane = window.scatter.plane()
        assert plane is not None
        wanted = NeuronPlace(layer, unit, plane)
        qtbot.waitUntil(lambda wanted=wanted: shown_neuron(window) == wanted and drawn(window))
        assert [title in label.text() for label in window.scatter.findChildren(QLabel)].count(True) == 1
        assert window.scatter.grab().toImage() != decision
    hover(window.network, window.network.width() - 2, 2)
    assert window.scatter.grab().toImage() == decision, "the decision comes back without waiting for the worker"
    qtbot.waitUntil(lambda: snapshot(window).neuron is None and drawn(window))


def test_the_maps_of_all_neurons_are_as_fine_as_the_diagram_asks(qtbot: QtBot, window: MainWindow) -> None:
    for hidden in ((7,), (64, 64)):
        window.session.change({"hidden": hidden})
        qtbot.waitUntil(lambda hidden=hidden: sizes(window) == (2, *hidden, 2) and drawn(window))
        cells = window.network.map_cells()
        maps = snapshot(window).neurons
        assert maps is not None
        assert maps[1].shape == (hidden[0], cells, cells)


def test_the_theme_changes_and_comes_back_with_the_next_window(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    assert distance(pixel(window.network, 5, 5), LIGHT.window) == 0.0
    press(qtbot, window, Qt.Key.Key_D, CONTROL)
    assert window.theme is DARK
    assert distance(pixel(window.network, 5, 5), DARK.window) == 0.0
    window.close()
    again = open_window()
    assert again.theme is DARK
    press(qtbot, again, Qt.Key.Key_D, CONTROL)
    assert again.theme is LIGHT


def test_the_layout_is_remembered(
    qtbot: QtBot, open_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.window.dock_layout.fitted_box", lambda box, smallest: box)  # as if on a larger screen
    window = open_window()
    window.resize(1240, 777)
    dock = window.findChild(QDockWidget, "inspector")
    dock.hide()
    window.close()
    again = open_window()
    assert (again.width(), again.height()) == (1240, 777)
    dock = again.findChild(QDockWidget, "inspector")
    assert dock.isHidden()
    again.actions_by_name["default-layout"].trigger()
    assert not dock.isHidden()
    qtbot.wait(1)


def test_a_layout_that_cannot_be_read_is_left_alone(open_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    (tmp_path / "settings.ini").write_text("[window]\ngeometry=nonsense\nstate=@ByteArray(rubbish)\ntheme=pink\n")
    window = open_window()
    assert window.theme is LIGHT
    assert {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isHidden()} == {"more"}


# ---- Keys, tooltips, the end.


def test_every_action_has_a_tooltip_and_a_key_of_its_own(window: MainWindow) -> None:
    assert set(window.actions_by_name) == {spec.name for spec in ACTIONS}
    for name, action in window.actions_by_name.items():
        spec = next(spec for spec in ACTIONS if spec.name == name)
        assert action.toolTip(), name
        assert action.statusTip(), name
        assert spec.shortcut in action.toolTip()
    keys = [action.shortcut().toString() for action in window.actions_by_name.values()]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys))


def test_every_widget_that_takes_a_click_tells_what_it_is_for(window: MainWindow) -> None:
    kinds = (QAbstractSlider, QAbstractSpinBox, QCheckBox, QComboBox, QPushButton)
    panels = window.panels
    for panel in (panels.strip, panels.presets, panels.data, panels.layers, panels.training, window.toolbar):
        for kind in kinds:
            for widget in panel.findChildren(kind):
                if not isinstance(widget, QScrollBar):
                    # Qt shows the tooltip of the row where the widget itself has none.
                    assert widget.toolTip() or widget.parentWidget().toolTip(), widget.accessibleName()


def test_closing_while_it_trains_ends_the_thread(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing)
    press(qtbot, window, Qt.Key.Key_Q, CONTROL)
    assert not window.isVisible()
    assert not window.session._worker.is_alive()


# ---- Keys that a focused widget keeps.


def test_space_presses_the_box_that_was_tabbed_to_and_plays_after_a_click(qtbot: QtBot, window: MainWindow) -> None:
    window.docks.bring_up("more")
    box = window.panels.data.standardize
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.experiment is not None and window.session.experiment.standardize)
    assert not window.session.playing
    window.network.setFocus()
    window.panels.more.sections["start"].header.setChecked(True)
    click(qtbot, window.panels.more.shuffle)
    assert not window.panels.more.shuffle.hasFocus()


def test_two_quick_clicks_add_two_layers(qtbot: QtBot, window: MainWindow) -> None:
    window.docks.bring_up("more")
    for _ in range(2):
        qtbot.mouseClick(window.panels.layers.layers.add, LEFT_BUTTON)
    qtbot.waitUntil(lambda: sizes(window) == (2, 7, 7, 7, 2))


def test_the_axes_show_the_numbers_themselves_in_either_theme(qtbot: QtBot, window: MainWindow) -> None:
    window.session.run_epochs(16)
    qtbot.waitUntil(lambda: position(window) == 16_000)
    for _ in range(2):
        window.actions_by_name["theme"].trigger()
        rest(qtbot, window)
        for view in (window.loss, window.scatter):
            axis = view.plot.axes["left"]
            ticks = axis.tickValues(*axis.range, 300)
            for spacing, values in ticks:
                written = axis.tickStrings(values, axis.autoSIPrefixScale * axis.scale, spacing)
                shown = [float(text.replace("−", "-")) for text in written]
                assert shown == pytest.approx(list(values), abs=spacing / 2)


def test_where_a_preset_pauses_nothing_lies_over_its_curves(qtbot: QtBot, window: MainWindow) -> None:
    window.notices.show_notice(Notice("Paused here, at epoch 16", "paused"))
    assert not window.notices.isVisible()
    assert window.statusBar().currentMessage() == "Paused here, at epoch 16"
    assert window.verdict.pause.isVisible() and window.verdict.pause.full == "Paused here, at epoch 16"
    window.statusBar().showMessage("Another one")  # as of a menu under the mouse
    window.actions_by_name["step-sample"].trigger()
    qtbot.waitUntil(lambda: not window.verdict.pause.isVisible())


def test_a_change_ends_what_is_said_of_a_pause(qtbot: QtBot, window: MainWindow) -> None:
    """It was still said behind other settings and another verdict."""
    window.notices.show_notice(Notice("Paused here, at epoch 16", "paused"))
    window.panels.changed.emit({"learning_rate": 0.02}, None)
    assert window.statusBar().currentMessage() == "" and not window.verdict.pause.isVisible()
    rest(qtbot, window)


def test_a_press_to_pause_just_behind_an_own_end_does_not_play_on(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hand was already on its way when the run paused by itself."""
    monkeypatch.setattr("gui.session.run_controls.MEANT_TO_PAUSE_MILLISECONDS", 60_000)
    window.session.load(window.session.experiment.replace(stop_loss=0.1), anew=True)
    window.session.run_epochs(100)
    qtbot.waitUntil(lambda: window.session.has_just_ended)
    ended = position(window)
    press(qtbot, window, Qt.Key.Key_Space)
    rest(qtbot, window)
    assert position(window) == ended and not window.session.playing
    monkeypatch.setattr("gui.session.run_controls.MEANT_TO_PAUSE_MILLISECONDS", 0)
    qtbot.wait(2)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(window) > ended)
    press(qtbot, window, Qt.Key.Key_Space)
    rest(qtbot, window)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.change({"learning_rate": 0.3}),
        lambda session: session.edit({0: 1.0}),
        lambda session: session.undo(),
    ],
    ids=["setting", "weight", "undo"],
)
def test_what_is_said_of_a_pause_goes_when_something_is_changed(
    qtbot: QtBot, window: MainWindow, change: Callable[[Session], None]
) -> None:
    window.session.change({"l2": 0.1})
    rest(qtbot, window)
    window.notices.show_notice(Notice("Paused here, at epoch 16", "paused"))
    change(window.session)
    rest(qtbot, window)
    assert "Paused" not in window.statusBar().currentMessage()


def test_the_engine_is_prepared_behind_the_first_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the start takes long, the first picture would have to share the processor with it."""
    monkeypatch.setattr("gui.window.main_window.PREPARE_MILLISECONDS", 1)
    window = make_window(SHALLOW, SHALLOW_DATA, SettingsFile(tmp_path / "settings.ini"))
    prepared: list[bool] = []
    monkeypatch.setattr(window.session, "prepare", lambda: prepared.append(True))
    window.winId()
    window.session.show_first(5.0)
    qtbot.wait(50)
    assert not prepared
    window.show()
    qtbot.waitUntil(lambda: bool(prepared))
    dispose(window)
