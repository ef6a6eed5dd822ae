"""The axis of the epochs: where an epoch stands, and how an automatic axis shows the fall of a long run."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.training.history import COLUMNS, History
from gui.curves.epoch_axis import FALL_SHARE, EpochAxis, EpochScale, _bend_of, epoch_text
from gui.curves.epoch_ticks import EpochTicks
from gui.widgets.plots import Plot
from gui.window.main_window import MainWindow
from tests.gui.support import position

BENDS = st.sampled_from([0.01, 0.5, 1.0, 30.0, 1e5, math.inf])
LENGTH = 1000


def record(losses: np.ndarray, ahead: int = 0) -> History:
    """A loss at the end of each epoch, the last ones of which lie ahead."""
    table = np.zeros((len(losses), len(COLUMNS)))
    table[:, 0] = LENGTH * np.arange(len(losses))
    table[:, 1] = losses
    return History(table[: len(table) - ahead], LENGTH, ahead=table[len(table) - ahead :])


def fall(epochs: int, pace: float) -> np.ndarray:
    """A loss that falls from 0.25 to 0.01 within some ``pace`` epochs."""
    return 0.01 + 0.24 * np.exp(-np.arange(epochs) / pace)


@given(BENDS, st.floats(0.0, 1e6))
def test_a_place_leads_back_to_its_epoch(bend: float, epoch: float) -> None:
    scale = EpochScale(bend)
    assert scale.epoch(scale.place(epoch)) == pytest.approx(epoch, rel=1e-9, abs=1e-12)
    assert scale.places(np.array([epoch]))[0] == pytest.approx(scale.place(epoch), rel=1e-12)
    assert scale.place(-3.0) == scale.epoch(-3.0) == -3.0


def test_a_short_run_is_linear_and_a_long_one_shows_its_fall() -> None:
    axis = EpochAxis()
    axis.follow(record(fall(20, 5.0)))
    assert axis.scale.is_linear
    axis.follow(record(fall(115_000, 5.0)))
    share = axis.scale.place(8.0) / axis.scale.place(115_000.0)  # 80 % of the fall
    assert 0.8 * FALL_SHARE < share < 1.4 * FALL_SHARE
    axis.follow(record(np.full(1000, 0.3)))
    assert axis.scale.is_linear, "without a fall there is nothing to show"


def test_while_a_run_grows_nothing_leaps() -> None:
    axis, losses = EpochAxis(), fall(3000, 4.0)
    before: np.ndarray | None = None
    for epochs in range(10, 3000):
        axis.follow(record(losses[:epochs]))
        shown = axis.scale.places(np.arange(10.0)) / axis.scale.place(float(epochs))
        if before is not None:
            assert np.abs(shown - before).max() < 0.09  # at 10 epochs one more epoch alone makes as much
        before = shown
    assert not axis.scale.is_linear


@pytest.mark.parametrize("first_fall", [0.1, 0.5, 0.9])
def test_a_second_fall_never_straightens_the_axis(first_fall: float) -> None:
    epochs = np.arange(3000.0)
    losses = 1.0 - first_fall * (1.0 - np.exp(-epochs / 3.0)) - (1.0 - first_fall) / (1.0 + np.exp(300.0 - epochs))
    axis, bends = EpochAxis(), []
    for end in range(2, 3000, 3):
        axis.follow(record(losses[:end]))
        bends.append(axis.scale.bend)
    assert bends[0] == math.inf > bends[-1]
    assert bends == sorted(bends, reverse=True)
    again = EpochAxis()
    again.follow(record(losses[: range(2, 3000, 3)[-1]]))
    assert again.scale == axis.scale, "the axis depends on the record, and not on when it was seen"


def test_going_back_leaves_the_axis_as_it_is() -> None:
    axis, losses = EpochAxis(), fall(3000, 4.0)
    axis.follow(record(losses))
    scale = axis.scale
    axis.follow(record(losses, ahead=2990))
    assert axis.scale == scale


def test_a_long_record_that_grows_is_seldom_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def look(epochs: np.ndarray, losses: np.ndarray, ends: np.ndarray) -> float:
        looked.append(len(losses))
        return _bend_of(epochs, losses, ends)

    monkeypatch.setattr("gui.curves.epoch_axis._bend_of", look)
    axis, losses = EpochAxis(), fall(3000, 4.0)
    for end in range(2000, 2040):
        axis.follow(record(losses[:end]))
    assert len(looked) <= 2


@pytest.mark.parametrize("bend", [0.3, 2.0, 500.0, math.inf])
@pytest.mark.parametrize("last", [0.4, 7.0, 230.0, 115_000.0])
def test_the_numbers_are_round_apart_and_enough(qtbot: QtBot, bend: float, last: float) -> None:
    axis, scale = EpochTicks(), EpochScale(bend)
    axis.set_scale(scale)
    right = scale.place(last)
    axis.setRange(-0.02 * right, right)
    levels = axis.tickValues(-0.02 * right, right, 370.0)
    places = sorted(levels[0][1])
    assert len(places) >= 2
    assert min(np.diff(places)) >= 30.0 * right / 370.0
    texts = axis.tickStrings(places, 1.0, levels[0][0])
    assert len(set(texts)) == len(texts)
    numbers = scale.round_epochs(0.0, right, right / 20.0)
    assert [float(epoch_text(number).replace("\u202f", "")) for number in numbers] == pytest.approx(numbers)


def test_a_bent_axis_says_so_in_its_title(qtbot: QtBot) -> None:
    ticks = EpochTicks()
    plot = Plot("Plot", bottom=ticks)
    qtbot.addWidget(plot)
    ticks.setLabel("epoch")
    for bend, words in ((math.inf, ["epoch"]), (1.0, ["epoch", "(log)"]), (math.inf, ["epoch"])):
        ticks.set_scale(EpochScale(bend))
        assert ticks.label.toPlainText().split() == words


def test_one_choice_moves_plot_and_timeline_and_is_remembered(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.session.run_epochs(12)
    qtbot.waitUntil(lambda: position(window) == 12 * LENGTH and window.session.at_rest)
    plot = window.loss.plot.box
    places = window.timeline.places
    assert places is not None
    third = places.x_of_epochs(3)
    assert window.epochs.scale.is_linear and window.loss.foot._title.text() == "epoch"
    window.actions_by_name["epochs-logarithmic"].trigger()
    assert window.timeline.places is not None
    assert window.timeline.places.x_of_epochs(3) > third + 50
    assert plot.viewRange()[0][1] < 5.0
    title = window.loss.foot._title
    assert (title.text(), title.toolTip()) == ("log epoch", "epoch (early ones wider)")
    window.resize(1440, 1300)
    qtbot.waitUntil(lambda: window.loss.foot._title.text() == "epoch (early ones wider)")  # the view is high enough
    window.inspector.head.scopes["history"].click()
    label = window.inspector.pages.net.plot.plot.axes["bottom"].label
    qtbot.waitUntil(lambda: label.toPlainText().split() == ["epoch", "(log)"])
    scale = window.epochs.scale
    window.loss.plot.scene().sigMouseMoved.emit(plot.mapViewToScene(QPointF(scale.place(3.01), 0.05)))
    assert window.loss.foot._note.text().startswith("epoch 3 ")
    where = window.loss.plot.mapFromScene(plot.mapViewToScene(QPointF(scale.place(6.0), sum(plot.viewRange()[1]) / 2)))
    qtbot.mouseClick(window.loss.plot.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.waitUntil(lambda: position(window) == 6 * LENGTH and window.session.at_rest)
    assert window.plot_head._line.value() == scale.place(6.0)
    window.close()
    again = open_window()
    assert again.epochs.choice == "logarithmic"
    QApplication.sendEvent(again.loss, QEvent(QEvent.Type.Enter))
    assert again.loss.foot.choice.text().startswith("epochs: logarithmic")
    assert again.actions_by_name["epochs-logarithmic"].isChecked()


def test_a_zoom_keeps_its_epochs_on_another_axis(qtbot: QtBot, window: MainWindow) -> None:
    window.session.run_epochs(12)
    qtbot.waitUntil(lambda: position(window) == 12 * LENGTH and window.session.at_rest)
    window.actions_by_name["epochs-linear"].trigger()
    plot = window.loss.plot.box
    plot.setXRange(2.0, 6.0, padding=0)
    plot.sigRangeChangedManually.emit([True, False])
    window.actions_by_name["epochs-logarithmic"].trigger()
    assert [window.epochs.scale.epoch(end) for end in plot.viewRange()[0]] == pytest.approx([2.0, 6.0])
