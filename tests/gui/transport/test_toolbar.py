"""The toolbar as somebody uses it: the one large button, the steps, a number of epochs, and the figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from core.base.number_text import count_text, percent, short
from core.explain.picked_part import Edge
from core.explain.verdict.advice import Advice
from core.training.presets import PRESETS, Preset
from core.workbench.speed_scale import FULL, PACES, RISING, Pace
from gui.transport.play_button import HEIGHT
from gui.transport.toolbar import UNITS
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, position

LEFT = Qt.MouseButton.LeftButton


def test_play_is_the_one_large_filled_button(window: MainWindow) -> None:
    play = window.toolbar.play
    assert HEIGHT >= 44
    assert play.height() >= 44
    fill = play.grab().toImage().pixelColor(play.width() // 2, 4)
    assert fill == window.theme.color("accent")
    others = [button for button in window.toolbar.findChildren(QToolButton) if button is not play]
    assert all(button.height() < play.height() for button in others)


def test_the_button_does_not_change_its_place_when_it_plays(qtbot: QtBot, window: MainWindow) -> None:
    play, figures = window.toolbar.play, window.toolbar.figures
    before = play.geometry(), figures.x()
    qtbot.mouseClick(play, LEFT)
    qtbot.waitUntil(lambda: window.session.playing and position(window) > 100)
    assert window.actions_by_name["play"].text() == "&Pause"
    assert window.actions_by_name["play"].statusTip() == "Stop here", "the menu says it below the window"
    assert (play.geometry(), figures.x()) == before
    qtbot.mouseClick(play, LEFT)
    qtbot.waitUntil(lambda: drawn(window))


def test_enter_in_the_box_runs_the_epochs(qtbot: QtBot, window: MainWindow) -> None:
    field = window.toolbar.epochs
    for text, target in (("2", 2000), ("", 4000)):  # the second time it is left as it is
        field.setFocus()
        if text:
            field.selectAll()
            qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: position(window) == target)  # noqa: B023
        assert not field.hasFocus()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "many")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.problem
    assert position(window) == 4000
    qtbot.mouseClick(window.network, LEFT, pos=QPoint(2, 2))
    assert (field.problem, field.text()) == ("", "2")


def test_undo_brings_back_the_number_of_epochs_with_the_preset(qtbot: QtBot, window: MainWindow) -> None:
    field, first = window.toolbar.epochs, window.toolbar.epochs.value()
    for name in ("spiral", "circle"):
        window.panels.presets.chosen.emit(PRESETS[name])
        qtbot.waitUntil(lambda: field.value() == PRESETS[name].epochs)  # noqa: B023
        qtbot.waitUntil(lambda: drawn(window))
    assert len({first, PRESETS["spiral"].epochs, PRESETS["circle"].epochs}) == 3
    for action, epochs in (("undo", "spiral"), ("undo", ""), ("redo", "spiral"), ("redo", "circle")):
        window.actions_by_name[action].trigger()
        wanted = PRESETS[epochs].epochs if epochs else first
        qtbot.waitUntil(lambda: field.value() == wanted)  # noqa: B023
        qtbot.waitUntil(lambda: drawn(window))


def test_the_number_of_epochs_follows_an_advice_that_leads_to_another_preset(qtbot: QtBot, window: MainWindow) -> None:
    """The list marked the other preset, and the run paused at its epochs, but the field offered those of the former."""
    field, (one, other) = window.toolbar.epochs, (PRESETS["spiral-straight"], PRESETS["spiral"])
    advice = Advice.change("Add a hidden layer: 16-16", hidden=other.experiment.hidden)

    def arrive(preset: Preset) -> None:
        qtbot.waitUntil(lambda: window.panels.presets.choice.value() == preset.name)
        window.session.pause()
        qtbot.waitUntil(lambda: drawn(window))

    for typed in (0, 77):
        window.panels.presets.chosen.emit(one)
        arrive(one)
        assert field.value() == one.epochs != other.epochs
        if typed:
            field.setFocus()
            field.selectAll()
            qtbot.keyClicks(field, str(typed))
            qtbot.keyClick(field, Qt.Key.Key_Tab)
        window.verdict.taken.emit(advice)
        arrive(other)
        assert field.value() == (typed or other.epochs)
        window.session.undo()
        arrive(one)
        assert field.value() == (typed or one.epochs)
    window.panels.presets.chosen.emit(other)
    arrive(other)
    assert field.value() == other.epochs, "a chosen preset offers its own"
    window.session.undo()
    arrive(one)
    assert field.value() == 77
    window.verdict.taken.emit(advice)
    arrive(other)
    assert field.value() == 77


def test_the_figures_keep_their_room_whatever_they_tell(qtbot: QtBot, window: MainWindow) -> None:
    snapshot, figures = existing(window.session.snapshot), window.toolbar.figures
    room, place = figures.room, window.toolbar.play.geometry()
    sizes = (0.0, 3.3e-308, 1.23e-12, 1.23e-4, 1.5e-3, 12.345, 123456.0, 9.99e99, 1.7e308, math.inf, math.nan)
    for is_regression in (False, True):
        figures._is_regression = is_regression
        for size in sizes:
            score = 1.0 - size if is_regression else 1.0
            window.toolbar.show_snapshot(replace(snapshot, train_loss=size, train_score=score))
            assert figures.room == room, (size, figures.loss.text(), figures.score.text())
            existing(window.layout()).activate()
            assert window.toolbar.play.geometry() == place


def test_the_step_back_goes_by_the_step_that_was_made_last(qtbot: QtBot, window: MainWindow) -> None:
    buttons = window.toolbar.buttons
    qtbot.mouseClick(buttons["step-epoch"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 1000)
    qtbot.mouseClick(buttons["step-sample"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 1001)
    qtbot.mouseClick(buttons["back-sample"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 1000)
    qtbot.mouseClick(buttons["step-epoch"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 2000)
    qtbot.mouseClick(buttons["back-epoch"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 1000)


def test_behind_a_walk_the_step_is_again_the_one_that_was_made_before(qtbot: QtBot, window: MainWindow) -> None:
    buttons = window.toolbar.buttons

    def marked() -> list[str]:
        return [name for name in UNITS if buttons[f"step-{name}"].property("marked")]

    qtbot.mouseClick(buttons["step-epoch"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 1000)
    qtbot.mouseClick(buttons["step-phase"], LEFT)
    qtbot.waitUntil(lambda: window.player.walk is not None)
    assert marked() == ["phase"]
    assert "back-phase" in buttons
    window.actions_by_name["leave-walk"].trigger()
    assert marked() == ["epoch"]
    qtbot.mouseClick(buttons["back-epoch"], LEFT)
    qtbot.waitUntil(lambda: position(window) == 0)


def test_the_figures_are_those_of_the_snapshot(qtbot: QtBot, window: MainWindow) -> None:
    window.session.run_epochs(4)
    qtbot.waitUntil(lambda: position(window) == 4000 and drawn(window))
    snapshot, figures = window.session.snapshot, window.toolbar.figures
    assert snapshot is not None
    shown = figures.epoch.text(), figures.loss.text(), figures.score.text()
    assert shown == ("4", short(snapshot.train_loss, 3), percent(snapshot.train_score))
    assert figures._score_name.text() == "right"
    window.session.change({"train_fraction": 0.8})
    qtbot.waitUntil(lambda: figures._score_name.text() == "right in training")  # that of the test set is another


def test_everything_has_room_in_every_width(qtbot: QtBot, window: MainWindow) -> None:
    for width in (1000, 1100, 1280, 1440):
        check_the_room(qtbot, window, width)


def check_the_room(qtbot: QtBot, window: MainWindow, width: int) -> None:
    window.resize(width, 700)
    qtbot.waitUntil(lambda: drawn(window))
    for button in window.toolbar.buttons.values():
        assert button.width() >= button.minimumSizeHint().width(), button.text()
        assert button.mapTo(window, button.rect().topRight()).x() < width
    figures = window.toolbar.figures
    assert figures.mapTo(window, figures.rect().topRight()).x() < width
    assert figures.width() >= figures.minimumSizeHint().width()
    snapshot = window.session.snapshot
    assert snapshot is not None
    long = replace(snapshot, epoch=123_456, train_loss=1.1e-16, train_score=1.0)
    window.toolbar.show_snapshot(long)  # as a long run would be shown
    qtbot.waitUntil(lambda: figures.width() >= figures.minimumSizeHint().width())
    assert figures.mapTo(window, figures.rect().topRight()).x() < width
    for left, right in pairwise((figures.epoch, figures.loss, figures.score)):
        assert left.mapTo(window, left.rect().topRight()).x() < right.mapTo(window, right.rect().topLeft()).x()


def test_the_tip_of_a_rising_speed_says_when_a_preset_pauses(window: MainWindow) -> None:
    """It said that any run pauses where it overfits; a preset plays on to its end, see test_own_pauses.py."""
    tip = window.toolbar.speed.rising.toolTip()
    assert "A preset plays to its end and pauses there, whatever the verdict says on the way." in tip


def test_the_speed_that_was_reached_is_forgotten_with_the_run(qtbot: QtBot, window: MainWindow) -> None:
    speed = window.toolbar.speed
    window.resize(1440, 900)  # so that the speed is written
    speed.choose(RISING)
    qtbot.waitUntil(lambda: drawn(window))
    at_first = speed._words.text(), speed.pace.value()
    window.session.play()
    qtbot.waitUntil(lambda: speed._words.text() != at_first[0])
    window.session.pause()
    qtbot.waitUntil(lambda: drawn(window) and (speed._words.text(), speed.pace.value()) == at_first)


def test_one_place_tells_the_speed_that_is_reached(qtbot: QtBot, window: MainWindow) -> None:
    """Toolbar and status bar told two numbers; and for a number of epochs at full speed the slider stood at slow."""
    window.resize(1440, 900)
    speed, reached = window.toolbar.speed, window._status._speed
    speed.choose(RISING)
    window.session.play()
    qtbot.waitUntil(lambda: "samples/s" in reached.text() and window.session.state.pace is not None)
    assert reached.text().startswith("now ")
    assert not any(sign.isdigit() for sign in speed._words.text()), speed._words.text()
    window.session.pause()
    qtbot.waitUntil(lambda: drawn(window))
    window.session.run_epochs(1_000_000)
    qtbot.waitUntil(lambda: window.session.state.goal is not None)
    assert (speed._words.text(), PACES[speed.pace.value()]) == ("speed · full", FULL)
    speed.choose(PACES[5])
    qtbot.waitUntil(lambda: "samples/s" in reached.text())
    assert speed._words.text() == "speed · up to 5 samples/s"
    window.session.pause()


def test_the_numbers_above_the_curves_are_those_of_the_figures(qtbot: QtBot, window: MainWindow) -> None:
    pairs: list[tuple[str, str]] = []
    loss, figures = window.loss.numbers._values["train_score"], window.toolbar.figures.score
    window.session.progress.connect(lambda _: pairs.append((loss.text(), figures.text())))
    window.toolbar.speed.choose(Pace(5_000.0))  # at full speed all is learned within some frames
    window.session.play()
    qtbot.waitUntil(lambda: len({pair[0] for pair in pairs}) > 3)
    window.session.pause()
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_however_many_epochs_there_are_nothing_in_the_toolbar_moves(open_window: Callable[..., MainWindow]) -> None:
    window = open_window((1264, 768))  # in the frame of a window manager on a screen of 1280
    snapshot, bar = existing(window.session.snapshot), window.toolbar
    epoch, buttons = bar.figures.epoch, bar.findChildren(QToolButton)
    assert bar.play._key() == "Space"
    places = set()
    for count in (1, 9_999, 12_345, 123_456, 999_499, 1_204_599, 99_950_000, 10**9):
        bar.show_snapshot(replace(snapshot, epoch=count, position=count * snapshot.epoch_length))
        places.add((epoch.width(), epoch.height(), *((button.x(), button.width()) for button in buttons)))
        assert f"{count:,}".replace(",", "\u202f") in f"{epoch.text()}\n{epoch.toolTip()}".split("\n")
    assert len(places) == 1


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (99_999, "99\u202f999"),
        (123_456, "123\u202fk"),
        (999_499, "999\u202fk"),
        (999_500, "1.00\u202fM"),
        (1_204_599, "1.20\u202fM"),
        (10**9, "1.00\u202fG"),
    ],
)
def test_large_counts_have_three_digits(count: int, text: str) -> None:
    assert count_text(count) == text


def test_other_data_let_go_of_selection_and_step(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    window.actions_by_name["step-batch"].trigger()
    qtbot.waitUntil(lambda: position(window) > 0 and drawn(window))
    window.session.change({"learning_rate": 0.3})
    qtbot.waitUntil(lambda: drawn(window))
    assert window.inspector.selection == Edge(1, 0, 3)
    field = window.toolbar.epochs
    field.setFocus()
    qtbot.keyClicks(field, "-5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.problem
    choose_data(qtbot, window, "circle")
    qtbot.waitUntil(lambda: position(window) == 0 and drawn(window))
    assert not field.problem
    assert window.inspector.selection is None
    assert window.weight_bar.isHidden()
    assert window.toolbar.buttons["step-sample"].property("marked") is True
