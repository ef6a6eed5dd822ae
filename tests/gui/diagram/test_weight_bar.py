"""Weights set by hand, frozen and removed, by real keys and clicks; and the check of the gradient."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QContextMenuEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from core.base.number_text import MINUS, exact, short, told_apart
from core.explain.picked_part import Edge, Neuron
from core.explain.snapshot import Snapshot
from core.workbench.messages import Captured
from gui.explanation.gradient_dialog import GradientDialog, WaitingDialog
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import parameters, position

LEFT_BUTTON = Qt.MouseButton.LeftButton
EDGE = Edge(1, 0, 3)


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def snapshot(window: MainWindow) -> Snapshot:
    assert window.session.snapshot is not None
    return window.session.snapshot


def type_value(qtbot: QtBot, window: MainWindow, text: str) -> None:
    field = window.weight_bar.value
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    rest(qtbot, window)


def trained(qtbot: QtBot, window: MainWindow) -> None:
    window.session.run_epochs(1)
    rest(qtbot, window)


def drag(widget: QWidget, *places: float) -> None:
    """Press at the first place, move to the others, and let go."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(places) - 1)]
    for kind, x in zip(kinds, places, strict=True):
        event = QMouseEvent(kind, QPointF(x, 5), LEFT_BUTTON, LEFT_BUTTON, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(widget, event)
    none = Qt.MouseButton.NoButton
    up = QMouseEvent(
        QEvent.Type.MouseButtonRelease, QPointF(places[-1], 5), LEFT_BUTTON, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, up)


def test_a_typed_weight_holds_and_undo_and_redo_restore_the_bits(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window)
    assert not window.weight_bar.isVisible()
    window.select(EDGE)
    assert window.weight_bar.isVisible()
    field, value = window.weight_bar.value, float(snapshot(window).parameters[3])
    assert field.text() == short(value, 5)
    field.setFocus()
    assert field.text() == exact(value), "in the field all digits are shown, to be copied"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), field.value()) == (short(value, 5), value)
    before, index = parameters(window), EDGE.index(snapshot(window).sizes)
    type_value(qtbot, window, "1.5")
    assert snapshot(window).parameters[index] == 1.5
    edited, start = parameters(window), position(window)
    window.session.step("epoch")
    qtbot.waitUntil(lambda: position(window) > start and drawn(window))
    later, end = parameters(window), position(window)
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: position(window) == start and drawn(window))
    assert parameters(window) == before
    window.actions_by_name["redo"].trigger()
    qtbot.waitUntil(lambda: position(window) == end and drawn(window))
    assert parameters(window) == later
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: position(window) == start and drawn(window))
    assert parameters(window) == before != edited


def test_a_frozen_weight_does_not_move_by_a_bit(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)  # where the box has room
    window.select(EDGE)
    index = EDGE.index(snapshot(window).sizes)
    qtbot.waitUntil(window.weight_bar.keep.isVisible)
    qtbot.mouseClick(window.weight_bar.keep, LEFT_BUTTON)
    rest(qtbot, window)
    assert snapshot(window).frozen == {index}
    before = snapshot(window).parameters.copy()
    trained(qtbot, window)
    moved = snapshot(window).parameters != before
    assert not moved[index]
    assert np.count_nonzero(moved) == len(moved) - 1
    qtbot.mouseClick(window.weight_bar.keep, LEFT_BUTTON)
    rest(qtbot, window)
    assert snapshot(window).frozen == frozenset()


def edge_place(window: MainWindow, edge: Edge) -> QPoint:
    """A pixel of the diagram at which only this edge lies."""
    diagram = window.network.diagram()
    assert diagram is not None
    places = (QPointF(*diagram.connection(edge).place(edge, along / 50.0)).toPoint() for along in range(1, 50))
    return next(place for place in places if diagram.at(place.x(), place.y()) == edge)


@pytest.mark.parametrize("size", [(1100, 700), (1280, 800)])
def test_one_click_on_an_edge_shows_the_loss_without_it(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.docks.restore_default()
    trained(qtbot, window)
    qtbot.mouseClick(window.network, LEFT_BUTTON, pos=edge_place(window, EDGE))
    page = window.inspector.pages.rows
    qtbot.waitUntil(page.isVisible)
    [number] = [number for number, line in enumerate(page.table.lines) if line.words == "training loss if it were 0"]
    seen = page.table.visibleRegion().boundingRect()
    height = page.table.line_height()
    assert number * height >= seen.top() and (number + 1) * height <= seen.bottom() + 1
    without = window.inspector._inspection()
    assert without is not None and without.parameter is not None
    told = page.table._document(page.table._value(page.table.lines[number])).toPlainText()
    now, then = told_apart(without.parameter.loss, existing(without.parameter.loss_if_zero), 5)
    assert told == f"{now} → {then}" and now != then


@pytest.mark.parametrize("part", [EDGE, Neuron(1, 3)])
def test_the_menu_of_an_edge_or_a_neuron_sets_it_to_0_and_undo_takes_it_back(
    qtbot: QtBot, window: MainWindow, part: Edge | Neuron
) -> None:
    trained(qtbot, window)
    before, diagram = parameters(window), window.network.diagram()
    assert diagram is not None
    is_edge = isinstance(part, Edge)
    place = edge_place(window, part) if is_edge else QPointF(*diagram.layers[1].centers[part.unit]).toPoint()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(window.network, QContextMenuEvent(reason, place, window.network.mapToGlobal(place)))
    menu = window.weight_bar.more.menu()
    qtbot.waitUntil(menu.isVisible)
    assert window.inspector.selection == part
    [zero] = [action for action in menu.actions() if action.text().replace("&", "") == "Set to 0"]
    qtbot.mouseClick(menu, LEFT_BUTTON, pos=menu.actionGeometry(zero).center())
    index = part.index(snapshot(window).sizes)
    qtbot.waitUntil(lambda: snapshot(window).parameters[index] == 0.0 and drawn(window))
    assert index not in snapshot(window).frozen
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: snapshot(window).parameters[index] != 0.0 and drawn(window))
    assert parameters(window) == before


def test_an_edge_is_removed_and_a_layer_frozen(qtbot: QtBot, window: MainWindow) -> None:
    window.select(EDGE)
    index = EDGE.index(snapshot(window).sizes)
    window.weight_bar.remove.trigger()
    qtbot.waitUntil(lambda: index in snapshot(window).frozen and drawn(window))
    assert snapshot(window).parameters[index] == 0.0
    window.select(Neuron(2, 0))
    assert not window.weight_bar.remove.isVisible()
    window.weight_bar.keep_layer.trigger()
    rest(qtbot, window)
    sizes = snapshot(window).sizes
    first = (sizes[0] + 1) * sizes[1]
    assert snapshot(window).frozen == {index, *range(first, len(snapshot(window).parameters))}
    trained(qtbot, window)
    assert snapshot(window).parameters[index] == 0.0


def test_a_drag_changes_the_value_and_one_undo_takes_all_of_it_back(qtbot: QtBot, window: MainWindow) -> None:
    window.select(EDGE)
    index = EDGE.index(snapshot(window).sizes)
    before = parameters(window)
    value = float(snapshot(window).parameters[index])
    drag(window.weight_bar.name, 10.0, 15.0, 25.0, 40.0)
    rest(qtbot, window)
    assert snapshot(window).parameters[index] == value + 0.05 + 0.1 + 0.15
    window.actions_by_name["undo"].trigger()
    rest(qtbot, window)
    assert parameters(window) == before
    assert not window.actions_by_name["undo"].isEnabled()


def test_what_is_no_number_is_refused_with_a_reason(qtbot: QtBot, window: MainWindow) -> None:
    window.select(EDGE)
    before = parameters(window)
    for text in ("much", "inf", "nan"):
        type_value(qtbot, window, text)
        assert f'"{text}" is not a finite number' in window.notices.newest.text.text()
    assert parameters(window) == before


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")  # says the offscreen platform of a dialog
def test_the_gradient_is_checked_on_the_net_in_question(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window)
    before = parameters(window)
    window.actions_by_name["check-gradients"].trigger()
    found: list[GradientDialog] = []
    qtbot.waitUntil(lambda: bool(found.extend(window.findChildren(GradientDialog)) or found))
    dialog = found[0]
    assert dialog.verdict.text().startswith("Right: ")
    model = dialog.table.model()
    assert model.rowCount() == len(snapshot(window).parameters)
    errors = [float(model.index(row, 3).data().replace(MINUS, "-")) for row in range(model.rowCount())]
    assert errors == sorted(errors, reverse=True)
    assert model.index(0, 0).data()[0] in "wb"
    assert parameters(window) == before
    dialog.close()


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
@pytest.mark.parametrize("end", ["cancel", "step", "reset", "close"])
def test_a_check_that_takes_long_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """The check of this test would never end by itself."""
    monkeypatch.setattr(
        "core.explain.gradient_check._difference", lambda batch, *_: [batch.forward() for _ in itertools.repeat(0)]
    )
    window.actions_by_name["check-gradients"].trigger()
    [waiting] = window.findChildren(WaitingDialog)
    assert not waiting.isVisible(), "a short check needs none"
    qtbot.waitUntil(waiting.isVisible)
    start = position(window)
    if end == "cancel":
        waiting.reject()
    elif end == "step":
        window.actions_by_name["step-sample"].trigger()
        qtbot.waitUntil(lambda: position(window) == start + 1)
    elif end == "reset":
        window.actions_by_name["reset"].trigger()
    elif end == "close":
        window.close()
        assert not window.isVisible()
        return
    qtbot.waitUntil(lambda: not window.findChildren(WaitingDialog) and window.session.at_rest)
    assert not window.findChildren(GradientDialog)
    assert window.session.checked is None


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_a_check_shows_how_far_it_is_and_lets_the_work_be_kept(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def difference(batch: Any, *_: object) -> float:
        batch.ticks.done = 0.5
        while not begun.is_set():
            batch.forward()
        return 0.0

    monkeypatch.setattr("core.explain.gradient_check._difference", difference)
    captured: list[Captured] = []
    window.session.captured.connect(captured.append)
    window.actions_by_name["check-gradients"].trigger()
    [waiting] = window.findChildren(WaitingDialog)
    qtbot.waitUntil(lambda: waiting.findChildren(QProgressBar)[0].value() == 50)
    window.session.capture()
    qtbot.waitUntil(lambda: bool(captured))
    assert captured[0].project is not None
    assert window.session.checked == 0.5
    begun.set()
    qtbot.waitUntil(lambda: bool(window.findChildren(GradientDialog)))
    qtbot.waitUntil(lambda: not window.findChildren(WaitingDialog))
    window.findChildren(GradientDialog)[0].close()
