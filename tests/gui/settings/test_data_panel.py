"""The panel of the data: typed rules, formulas, and sliders that the points follow."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication, QLabel, QSlider, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.training.experiment import Init
from core.training.presets import PRESETS
from gui.settings.generator_panel import SIZE_PLACES, place_of_size, size_at
from gui.settings.rule_editor import EXAMPLES
from gui.window.main_window import MainWindow
from tests.gui.support import choose_data, position
from tests.gui.window.test_settings import choose, experiment, refused, rest

LEFT_BUTTON = Qt.MouseButton.LeftButton


def dataset(window: MainWindow) -> Dataset:
    assert window.session.loaded is not None
    return window.session.loaded.preparation.dataset


def handle(slider: QSlider) -> QPoint:
    """Where the mouse takes hold of it."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(control, option, part, slider).center()


def drag(qtbot: QtBot, slider: QSlider, pixels: int) -> None:
    """By the mouse, pixel by pixel, while the window lives on."""
    start = handle(slider)
    qtbot.mousePress(slider, LEFT_BUTTON, pos=start)
    for step in range(1, pixels + 1):
        place, none = QPointF(start + QPoint(step, 0)), Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QEvent.Type.MouseMove, place, LEFT_BUTTON, LEFT_BUTTON, none)
        QApplication.sendEvent(slider, event)
        qtbot.wait(4)


def type_rule(qtbot: QtBot, window: MainWindow, text: str) -> str:
    """Type it, without an end; what stands beneath."""
    line = window.panels.data.rule.line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    return window.panels.data.rule.verdict.text()


def enter(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window.panels.data.rule.line, Qt.Key.Key_Return)
    rest(qtbot, window)


def test_a_rule_is_checked_while_it_is_typed_and_taken_when_it_is_right(qtbot: QtBot, window: MainWindow) -> None:
    panel, editor = window.panels.data, window.panels.data.rule
    choose_data(qtbot, window, "rule")
    rest(qtbot, window)
    assert editor.isVisible()
    assert not panel.generated.formula.isVisible()
    first = dataset(window)
    assert np.array_equal(first.labels, first.points[:, 1] > 2 * np.sin(first.points[:, 0]))

    assert "<b>sinn</b>" in type_rule(qtbot, window, "x2 > sinn(x1) ")
    assert 'At character 6: there is no "sinn"; did you mean sin?' in editor.verdict.text()
    assert editor.verdict.label.property("role") == "wrong"
    assert type_rule(qtbot, window, "x1 >").startswith("It ends where")
    assert editor.verdict.label.property("role") == "faint", "not wrong, only not done"
    assert "false for all 500 points" in type_rule(qtbot, window, "x1 > 10")
    assert "no value at" in type_rule(qtbot, window, "log(x1)")
    enter(qtbot, window)
    window.network.setFocus()
    rest(qtbot, window)
    assert dataset(window) is first, "nothing is loaded until it is right"
    assert editor.line.text() == "log(x1)"
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    assert editor.line.text() == "x2 > 2*sin(x1)"

    assert type_rule(qtbot, window, "x1^2 < 4") == "Class 1 where <i>x</i><sub>1</sub><sup>2</sup> &lt; 4"
    enter(qtbot, window)
    assert np.array_equal(dataset(window).points, first.points)
    assert np.array_equal(dataset(window).labels, first.points[:, 0] ** 2 < 4)
    assert refused(window.panels.strip.problem) == {"regression"}, "a condition gives classes"

    type_rule(qtbot, window, "floor(x1) mod 3")
    window.network.setFocus()  # to leave the line takes it too
    rest(qtbot, window)
    assert (experiment(window).task, experiment(window).output) == ("regression", "linear")
    assert not refused(window.panels.strip.problem)
    choose(qtbot, window, window.panels.strip.problem, "classification")
    assert dataset(window).class_names == ("0", "1", "2")
    type_rule(qtbot, window, "floor(x1) mod 4")
    enter(qtbot, window)
    assert dataset(window).n_classes == 4, "still classes"
    window.session.undo()
    rest(qtbot, window)
    assert editor.line.text() == "floor(x1) mod 3"

    editor.examples.menu().actions()[-1].trigger()
    rest(qtbot, window)
    assert (experiment(window).data.rule, experiment(window).task) == ("sin(x1)*x2/3", "regression")
    type_rule(qtbot, window, "r > 3")
    choose_data(qtbot, window, "circle")
    rest(qtbot, window)
    assert not editor.isVisible()
    choose_data(qtbot, window, "rule")
    rest(qtbot, window)
    assert experiment(window).data.rule == "r > 3", "what was typed is not lost"


def test_points_follow_a_slider_and_one_undo_takes_back_its_drag(qtbot: QtBot, window: MainWindow) -> None:
    panel, generated = window.panels.data, window.panels.data.generated
    choose_data(qtbot, window, "spiral")
    rest(qtbot, window)
    assert "<i>r</i> = 5<i>s</i>, <i>t</i> = 3.5π<i>s</i>" in generated.formula.text()
    window.session.step("epoch")
    rest(qtbot, window)
    at = generated.noise.mapTo(window, QPoint())
    window.session.change({"train_fraction": 0.8})
    rest(qtbot, window)
    QApplication.processEvents()
    assert generated.noise.mapTo(window, QPoint()) == at, "a test set moves no slider"
    start, place, run = experiment(window), position(window), dataset(window)
    seen: list[DataSource] = []
    window.session.run_changed.connect(lambda loaded: seen.append(loaded.experiment.data))

    drag(qtbot, generated.noise, 25)
    qtbot.waitUntil(lambda: len(seen) >= 2)
    assert generated.noise.isSliderDown(), "the points follow while it is held"
    qtbot.mouseRelease(generated.noise, LEFT_BUTTON, pos=handle(generated.noise))
    rest(qtbot, window)
    assert experiment(window).data.noise == generated.noise.value() > 5
    assert seen == sorted(seen, key=lambda data: data.noise), "none comes late"
    assert not np.array_equal(dataset(window).points, run.points)
    window.session.undo()
    rest(qtbot, window)
    assert (experiment(window), position(window), dataset(window)) == (start, place, run)
    assert generated.noise.value() == 0
    window.session.redo()
    rest(qtbot, window)
    assert experiment(window).data.noise == seen[-1].noise > 5

    noisy = experiment(window).data
    window.docks.bring_up("more")
    classes = generated.sliders["classes"]
    classes.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        qtbot.keyClick(classes, Qt.Key.Key_Right)
    rest(qtbot, window)
    assert (dataset(window).n_classes, experiment(window).data.classes) == (5, 5)
    assert "5 arms, 72° apart" in generated.formula.text()
    drag(qtbot, generated.sliders["balance"], 15)
    qtbot.mouseRelease(generated.sliders["balance"], LEFT_BUTTON)
    window.session.play()  # what comes behind a drag comes behind its points
    qtbot.waitUntil(lambda: position(window) > 0)
    window.session.pause()
    rest(qtbot, window)
    assert experiment(window).data.balance == generated.sliders["balance"].value() / 100 > 0.2
    for _ in range(2):
        window.session.undo()
        rest(qtbot, window)
    assert experiment(window).data == noisy
    generated.size.setValue(0)
    rest(qtbot, window)
    assert len(dataset(window)) == generated.points.value() == 10
    assert generated.size.parentWidget().findChild(QLabel).text() == "10", "the number stands beside the slider"
    choose_data(qtbot, window, "plane")
    rest(qtbot, window)
    assert not any(knob.isVisible() for knob in generated.sliders.values())
    choose_data(qtbot, window, "train.txt")
    rest(qtbot, window)
    assert not generated.noise.isVisible()
    assert not panel.redraw.isEnabled()


def test_other_data_do_not_begin_with_the_tiny_weights_of_a_preset(qtbot: QtBot, window: MainWindow) -> None:
    deep = PRESETS["deep"].experiment
    window.run_commands.start_preset(PRESETS["deep"])
    qtbot.waitUntil(lambda: experiment(window) == deep)
    choose_data(qtbot, window, "moons")
    qtbot.waitUntil(lambda: experiment(window).data.kind == "moons")
    rest(qtbot, window)
    assert experiment(window) == deep.replace(data=experiment(window).data, init=Init("he"))
    assert window._status_bar.currentMessage().startswith("Started 2-4-4-4-2, initial weights He; Edit")
    window.session.run_epochs(100)
    qtbot.waitUntil(lambda: position(window) == 50_000)
    snapshot = window.session.snapshot
    assert snapshot is not None and snapshot.train_score > 0.95, "they are learned"
    window.session.undo()
    qtbot.waitUntil(lambda: experiment(window) == deep)


def test_the_number_of_points_stands_beside_noise_and_share(qtbot: QtBot, window: MainWindow) -> None:
    panel, generated = window.panels.data, window.panels.data.generated
    buttons = panel.open.mapTo(window, QPoint())
    choose_data(qtbot, window, "xor")
    rest(qtbot, window)
    fields = generated.points, generated.noise, panel.train_share
    assert all(field.isVisible() and not field.visibleRegion().isEmpty() for field in fields)
    assert panel.open.mapTo(window, QPoint()) == buttons, "nothing below moves"
    generated.points.setFocus()
    generated.points.selectAll()
    qtbot.keyClicks(generated.points, "100")
    qtbot.keyClick(generated.points, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: experiment(window).data.samples == 100)
    rest(qtbot, window)
    assert len(dataset(window)) == 100
    choose_data(qtbot, window, "train.txt")
    rest(qtbot, window)
    assert not generated.points.isVisible(), "a file has the points that it has"
    assert panel.open.mapTo(window, QPoint()) == buttons


def test_every_example_is_right() -> None:
    for title, rule, task in EXAMPLES:
        assert len(load(DataSource("rule", rule=rule, task=task))) == 500, title


def test_the_slider_of_the_size_has_every_place() -> None:
    sizes = [size_at(place) for place in range(SIZE_PLACES + 1)]
    assert (sizes[0], sizes[-1]) == (10, 100_000)
    assert sizes == sorted(set(sizes))
    assert [place_of_size(size) for size in sizes] == list(range(SIZE_PLACES + 1))
    assert (place_of_size(2), place_of_size(10**6)) == (0, SIZE_PLACES)


def test_a_rule_moves_nothing_above_it(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.panels.data
    before = panel.open.y(), panel.draw.y()
    choose_data(qtbot, window, "rule")
    rest(qtbot, window)
    QApplication.processEvents()
    assert panel.rule.isVisible()
    assert (panel.open.y(), panel.draw.y()) == before
