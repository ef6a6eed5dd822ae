"""Layers, neurons, activations and inputs are changed at the diagram itself, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QAbstractButton, QAction, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.data.data_source import default_source
from core.data.features import FEATURES, features_of
from core.explain.picked_part import Edge, Neuron
from core.training.experiment import Experiment
from gui.diagram.diagram_panel import DiagramPanel
from gui.diagram.diagram_view import DiagramView
from gui.diagram.header.layer_header import LayerHeader
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.qt_objects import existing
from gui.widgets.theme import LIGHT
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, loaded_of, make_trainer
from tests.gui.support import hover

NONE = Qt.KeyboardModifier.NoModifier
LEFT_BUTTON, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def header(window: MainWindow) -> LayerHeader:
    return window.network_panel.header


def experiment(window: MainWindow) -> Experiment:
    assert window.session.experiment is not None
    return window.session.experiment


def button(window: MainWindow, name: str) -> QAbstractButton:
    """The visible button that a screen reader calls by this name."""
    found = [each for each in header(window).findChildren(QAbstractButton) if each.accessibleName() == name]
    assert len(found) == 1, name
    assert found[0].isVisible()
    return found[0]


def click(qtbot: QtBot, window: MainWindow, name: str, times: int = 1) -> None:
    for _ in range(times):
        qtbot.mouseClick(button(window, name), LEFT_BUTTON)


def settle(qtbot: QtBot, window: MainWindow, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: is_so() and window.session.at_rest)


def entry(menu: QWidget, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_layers_are_added_and_taken_away_and_undo_takes_each_back(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "Add a hidden layer", 2)  # faster than the answers
    settle(qtbot, window, lambda: experiment(window).hidden == (7, 7, 7))
    assert header(window).layers.label.text() in ("3 layers", "3 hidden layers"), "as there is room"
    click(qtbot, window, "Remove the last hidden layer")
    settle(qtbot, window, lambda: experiment(window).hidden == (7, 7))
    for hidden in ((7, 7, 7), (7, 7), (7,)):
        window.actions_by_name["undo"].trigger()
        settle(qtbot, window, lambda: experiment(window).hidden == hidden)  # noqa: B023
    assert header(window).layers.label.text() in ("1 layer", "1 hidden layer")


def test_the_number_of_neurons_is_typed_where_it_stands(qtbot: QtBot, window: MainWindow) -> None:
    """A click, a double click and typing on it did nothing."""
    column = header(window).columns[0]

    def opened() -> WholeNumberField:
        qtbot.mouseClick(column.neurons.label, LEFT_BUTTON)
        field = column.count.field
        assert field is not None and field.isVisible() and field.hasFocus()
        return field

    qtbot.keyClicks(opened(), "12")
    qtbot.keyClick(existing(column.count.field), Qt.Key.Key_Return)
    settle(qtbot, window, lambda: experiment(window).hidden == (12,))
    assert column.count.field is None and column.neurons.label.text().startswith("12")
    field = opened()
    assert field.value() == 12
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert column.count.field is None and experiment(window).hidden == (12,)
    field = opened()
    qtbot.keyClicks(field, "0")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.problem and column.count.field is field, "a refused number stays to be mended"
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=QPoint(3, 3))
    assert column.count.field is None and experiment(window).hidden == (12,)
    first = opened()
    assert first.geometry().contains(column.neurons.label.geometry()), "no part of the words is seen beside it"
    opened()
    assert not first.isVisible(), "one field at a time"
    qtbot.keyClicks(opened(), "5")
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=QPoint(3, 3))
    settle(qtbot, window, lambda: experiment(window).hidden == (5,))


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("Add a hidden layer", (7, 7)),
        ("Add a neuron to hidden layer 1", (8,)),
        ("Remove a neuron from hidden layer 1", (6,)),
    ],
)
def test_a_run_that_plays_plays_on_with_other_layers(
    qtbot: QtBot, window: MainWindow, name: str, hidden: tuple[int, ...]
) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.snapshot.position > 0)
    before = window.session.run
    click(qtbot, window, name)
    qtbot.waitUntil(lambda: experiment(window).hidden == hidden and window.session.run not in (None, before))
    qtbot.waitUntil(lambda: window.session.snapshot.position > 0 and window.session.playing)
    window.session.pause()
    click(qtbot, window, "Remove the last hidden layer")
    settle(qtbot, window, lambda: experiment(window).hidden == hidden[:-1])
    assert not window.session.playing and window.session.snapshot.position == 0, "what stands stays where it is"


def test_a_run_that_plays_plays_on_with_other_inputs(qtbot: QtBot, window: MainWindow) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.snapshot.epoch > 1)
    before = window.session.run
    header(window).toggle_input("sin-x1")
    qtbot.waitUntil(lambda: "sin-x1" in experiment(window).features and window.session.run not in (None, before))
    qtbot.waitUntil(lambda: window.session.snapshot.position > 0 and window.session.playing)
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.at_rest)
    assert window.statusBar().currentMessage() == (
        "Started 3-7-2, initial weights Normal; Edit ▸ Undo or View ▸ Runs brings the former run back"
    )
    assert any(entry.run.run == before and entry.run.tip > 1000 for entry in window.runs.kept)
    header(window).toggle_input("sin-x1")
    qtbot.waitUntil(lambda: window.session.at_rest and "sin-x1" not in experiment(window).features)
    header(window).toggle_input("sin-x1")
    qtbot.waitUntil(lambda: window.session.at_rest and "sin-x1" in experiment(window).features)
    assert window.statusBar().currentMessage().endswith("; Edit ▸ Undo brings the former run back"), (
        "it was not trained"
    )


def test_without_a_hidden_layer_one_can_be_added_but_none_removed(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "Remove the last hidden layer")
    settle(qtbot, window, lambda: experiment(window).hidden == ())
    minus = button(window, "Remove the last hidden layer")
    assert not minus.isEnabled()
    assert minus.toolTip() == "There is no hidden layer to remove."
    click(qtbot, window, "Add a hidden layer")
    settle(qtbot, window, lambda: experiment(window).hidden == (4,))


@pytest.mark.parametrize("way", ["header", "settings", "verdict"])
def test_without_a_hidden_layer_the_activation_stays_for_the_next_one(
    qtbot: QtBot, window: MainWindow, way: str
) -> None:
    window.session.change({"hidden": (16, 16), "activation": ("relu", "tanh")})
    settle(qtbot, window, lambda: experiment(window).hidden == (16, 16))
    layers = window.panels.layers.layers
    for rest in ((16,), ()):
        if way == "settings":
            layers.findChildren(QToolButton)[-1].click()
        else:
            click(qtbot, window, "Remove the last hidden layer")
        settle(qtbot, window, lambda: experiment(window).hidden == rest)  # noqa: B023
        assert experiment(window).last_activation == "relu"
        assert window.panels.strip.activation.currentText() == ("ReLU" if rest else "")
    if way == "header":
        click(qtbot, window, "Add a hidden layer")
    elif way == "settings":
        layers.add.click()
    else:
        window.session.change({"data": default_source("spiral")})
        settle(qtbot, window, lambda: window.session.at_rest)
        window.session.run_epochs(60)
        settle(qtbot, window, lambda: window.session.at_rest and not window.session.playing)
        settle(qtbot, window, lambda: window.verdict.button.accessibleName().startswith("Add a hidden layer"))
        window.verdict.button.click()
    qtbot.waitUntil(lambda: len(experiment(window).hidden) == 1)
    assert experiment(window).hidden_activations == ("relu",)
    window.session.pause()
    settle(qtbot, window, lambda: window.session.at_rest)


def test_neurons_are_added_one_by_one_under_a_resting_mouse(qtbot: QtBot, window: MainWindow) -> None:
    name = "Add a neuron to hidden layer 1"
    place = button(window, name).mapTo(window, QPoint(0, 0))
    for n in (8, 9, 10, 11):
        click(qtbot, window, name)
        settle(qtbot, window, lambda: experiment(window).hidden == (n,))  # noqa: B023
        assert button(window, name).mapTo(window, QPoint(0, 0)) == place
    click(qtbot, window, "Remove a neuron from hidden layer 1", 11)
    settle(qtbot, window, lambda: experiment(window).hidden == (1,))
    assert not button(window, "Remove a neuron from hidden layer 1").isEnabled()


def test_the_controls_work_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    plus = button(window, "Add a hidden layer")
    plus.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plus, Qt.Key.Key_Space)
    settle(qtbot, window, lambda: experiment(window).hidden == (7, 7))
    assert not window.session.playing, "Space pressed the button, and did not play"
    order: list[str] = []
    widget: QWidget | None = header(window).inputs
    while widget is not None and widget is not header(window).output:
        widget = widget.nextInFocusChain()
        if isinstance(widget, QAbstractButton) and widget.isVisible():
            order.append(widget.accessibleName())
    assert order[:5] == [
        "Remove the last hidden layer",
        "Add a hidden layer",
        "Remove a neuron from hidden layer 1",
        "Add a neuron to hidden layer 1",
        "Activation of hidden layer 1",
    ]
    assert order[-1] == "Output activation"


def test_the_activations_are_chosen_at_the_layers(qtbot: QtBot, window: MainWindow) -> None:
    entry(header(window).columns[0].activation.choices, "Tanh").trigger()
    settle(qtbot, window, lambda: experiment(window).hidden_activations == ("tanh",))
    assert header(window).columns[0].activation.text().startswith("Tanh")
    entry(header(window).output.choices, "Sigmoid").trigger()
    settle(qtbot, window, lambda: experiment(window).output == "sigmoid")
    window.session.change({"output": "softmax", "loss": "cross-entropy"})
    settle(qtbot, window, lambda: experiment(window).loss == "cross-entropy")
    refused = entry(header(window).output.choices, "Sigmoid")
    assert not refused.isEnabled()
    assert "cross-entropy" in refused.toolTip()


def tile_of(window: MainWindow, name: str) -> QPoint:
    """The middle of an input's tile."""
    network = window.network
    diagram, loaded = network.diagram(), window.session.loaded
    assert diagram is not None
    assert loaded is not None
    if name in loaded.preparation.features:
        tile = diagram.layers[0].tiles[loaded.preparation.features.index(name)]
    else:
        tile = diagram.unused[network.rows.unused.index(name)]
    return tile.center().toPoint()


def test_a_click_on_a_tile_uses_an_input_or_leaves_it_out(qtbot: QtBot, window: MainWindow) -> None:
    before = {name: tile_of(window, name) for name in ("x1", "x2", "x1^2", "x2^2")}
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=tile_of(window, "x1^2"))
    settle(qtbot, window, lambda: experiment(window).features == ("x1", "x2", "x1^2"))
    assert {name: tile_of(window, name) for name in before} == before, "nothing moves under the mouse"
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=tile_of(window, "x2"))
    settle(qtbot, window, lambda: experiment(window).features == ("x1", "x1^2"))
    window.actions_by_name["undo"].trigger()
    settle(qtbot, window, lambda: experiment(window).features == ("x1", "x2", "x1^2"))
    qtbot.mouseClick(window.network, LEFT_BUTTON, CONTROL, tile_of(window, "x2"))
    assert window.inspector.selection == Neuron(0, 1)
    assert experiment(window).features == ("x1", "x2", "x1^2")


def test_beside_six_hidden_layers_one_click_reaches_each_input(qtbot: QtBot, window: MainWindow) -> None:
    for size in ((1000, 560), (1100, 700), (1280, 775), (1280, 800)):
        window.resize(*size)
        window.docks.restore_default()
        window.session.change({"hidden": (4,) * 6})
        settle(qtbot, window, lambda: experiment(window).hidden == (4,) * 6)
        assert window.network.rows.features == tuple(features_of(2)), "all of them, the unused ones paler"
        place = tile_of(window, "radius")
        name = QPoint(place.x() - 25, place.y())
        with_it, without = ("x1", "x2", "radius"), ("x1", "x2")
        for pos, features in ((place, with_it), (place, without), (name, with_it), (name, without)):
            qtbot.mouseClick(window.network, LEFT_BUTTON, pos=pos)
            settle(qtbot, window, lambda: experiment(window).features == features)  # noqa: B023


def test_the_last_input_stays_and_it_is_said_why(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=tile_of(window, "x2"))
    settle(qtbot, window, lambda: experiment(window).features == ("x1",))
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=tile_of(window, "x1"))
    assert any("no inputs" in label.text() for label in window.notices.findChildren(QLabel))
    assert experiment(window).features == ("x1",)
    menu = header(window).inputs.choices
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()[:2]] == [False, True]


def test_the_menu_offers_every_input(qtbot: QtBot, window: MainWindow) -> None:
    menu = header(window).inputs.choices
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()[-2:]] == ["All", "Only x1, x2"]
    assert len([action for action in menu.actions() if action.isCheckable()]) == len(FEATURES)
    entry(menu, "radius").trigger()
    settle(qtbot, window, lambda: experiment(window).features == ("x1", "x2", "radius"))
    assert header(window).inputs.text().startswith("3 of 10")
    entry(menu, "All").trigger()
    settle(qtbot, window, lambda: experiment(window).features == tuple(FEATURES))
    entry(menu, "Only x1, x2").trigger()
    settle(qtbot, window, lambda: experiment(window).features == ("x1", "x2"))


def test_the_menu_of_inputs_stays_open_while_one_ticks(qtbot: QtBot, window: MainWindow) -> None:
    menu = header(window).inputs.choices
    menu.popup(window.mapToGlobal(QPoint(200, 200)))
    for name in ("x1²", "radius", "x1", "x2", "x1²"):
        qtbot.mouseClick(menu, LEFT_BUTTON, NONE, menu.actionGeometry(entry(menu, name)).center())
        assert menu.isVisible()
    settle(qtbot, window, lambda: experiment(window).features == ("radius",))
    assert not entry(menu, "radius").isEnabled(), "the last one stays"
    menu.setActiveAction(entry(menu, "x2"))
    qtbot.keyClick(menu, Qt.Key.Key_Space)
    settle(qtbot, window, lambda: experiment(window).features == ("x2", "radius"))
    assert menu.isVisible() and entry(menu, "radius").isEnabled() and entry(menu, "x2").isChecked()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


# ---- The diagram is walked by keys.


def test_reached_by_tab_the_arrows_walk_in_the_diagram_and_otherwise_step(qtbot: QtBot, window: MainWindow) -> None:
    network = window.network
    header(window).output.setFocus()
    network.setFocus(Qt.FocusReason.TabFocusReason)
    shift = Qt.KeyboardModifier.ShiftModifier
    for key, modifier, part, text in (
        (Qt.Key.Key_Down, NONE, Neuron(1, 0), "bias"),
        (Qt.Key.Key_Down, NONE, Neuron(1, 1), "bias"),
        (Qt.Key.Key_Right, NONE, Edge(2, 1, 0), "weight"),
        (Qt.Key.Key_Down, shift, Edge(2, 2, 0), "weight"),
        (Qt.Key.Key_Up, NONE, Edge(2, 2, 1), "weight"),
        (Qt.Key.Key_Left, NONE, Neuron(1, 2), "bias"),
    ):
        qtbot.keyClick(network, key, modifier)
        assert window.inspector.selection == part
        assert text in network.accessibleDescription()
    assert window.session.snapshot is not None
    assert window.session.snapshot.position == 0
    window.inspector.setFocus()
    network.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.keyClick(network, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.snapshot.position == 1)


def test_a_neurons_map_can_be_pinned_and_let_go(qtbot: QtBot, window: MainWindow) -> None:
    network, diagram = window.network, window.network.diagram()
    assert diagram is not None
    place = diagram.layers[1].tiles[2].center().toPoint()

    def shown() -> Neuron | None:
        found = window.scatter.neuron_place()
        return None if found is None else Neuron(found.layer, found.unit)

    hover(network, place.x(), place.y())
    assert shown() == Neuron(1, 2)
    qtbot.mouseDClick(network, LEFT_BUTTON, pos=place)
    hover(network, network.width() - 2, 2)
    assert shown() == Neuron(1, 2), "it stays when the mouse goes"
    other = diagram.layers[1].tiles[4].center()
    hover(network, other.x(), other.y())
    assert shown() == Neuron(1, 4)
    hover(network, network.width() - 2, 2)
    assert shown() == Neuron(1, 2)
    qtbot.mouseDClick(network, LEFT_BUTTON, pos=place)
    hover(network, network.width() - 2, 2)
    assert shown() is None
    window.select(Neuron(1, 3))
    header(window).output.setFocus()
    network.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(network, Qt.Key.Key_Return)
    assert shown() == Neuron(1, 3)
    window.actions_by_name["reset"].trigger()
    qtbot.waitUntil(lambda: shown() is None)


# ---- The layout.


@pytest.mark.parametrize("hidden", [(), (1,), (7,), (16, 16), (8,) * 5, (8,) * 10, (256, 3, 64), (256,) * 10])
@pytest.mark.parametrize("width", [380, 520, 640, 1100])
def test_nothing_overlaps_and_nothing_leaves_the_header(qtbot: QtBot, hidden: tuple[int, ...], width: int) -> None:
    panel = DiagramPanel(view := DiagramView(LIGHT, has_titles=False), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(width, 420)
    wanted = SHALLOW.replace(hidden=hidden)
    panel.show_experiment(wanted)
    view.set_run(loaded_of(make_trainer(wanted)))
    panel.show()
    qtbot.waitExposed(panel)
    parts = [part for part in panel.header.findChildren(QWidget) if part.isVisible() and not part.isWindow()]
    for place, part in enumerate(parts):
        assert panel.header.rect().contains(part.geometry()), part
        for other in parts[place + 1 :]:
            shared = part.geometry() & other.geometry()
            assert shared.width() <= 1 or shared.height() <= 1, (part, other, shared)


@pytest.mark.parametrize("width", [460, 520, 640, 900])
@pytest.mark.parametrize("layers", [1, 5, 10])
def test_nothing_above_the_layers_lies_over_anything_else(
    qtbot: QtBot, width: int, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = DiagramView(LIGHT, has_titles=False)
    panel = DiagramPanel(view, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(width, 420)
    trainer = make_trainer(SHALLOW.replace(hidden=(3,) * layers))
    view.set_run(loaded_of(trainer))
    panel.show_experiment(trainer.experiment)
    monkeypatch.setattr(panel.header.output, "_text", "Softmaxxxxxx")  # as long as in another language
    panel.show()
    qtbot.waitExposed(panel)
    panel.header.lay_out(view.diagram())
    boxes = [
        part.geometry()
        for kind in (QAbstractButton, QLabel)
        for part in panel.header.findChildren(kind)
        if part.isVisible()
    ]
    for place, box in enumerate(boxes):
        for other in boxes[place + 1 :]:
            common = box.intersected(other)
            assert min(common.width(), common.height()) <= 2, (box, other)
