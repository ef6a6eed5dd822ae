"""The light that runs through the network while training plays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.diagram.drawing.light_painting import paint_light
from gui.export.pictures import picture, svg
from gui.widgets.ending_painter import painting
from gui.widgets.qt_objects import existing
from gui.widgets.theme import LIGHT
from gui.window.main_window import MainWindow


def is_seen(image: QImage) -> bool:
    """Whether pixels of the accent's very colour, which no edge and no neuron has, are in a picture."""
    pixels = image.convertToFormat(QImage.Format_RGB32)
    bits = pixels.constBits()
    assert bits is not None
    words = np.frombuffer(bits.asarray(pixels.sizeInBytes()), dtype=np.uint32)
    return bool((words == LIGHT.color("accent").rgb()).any())


@pytest.mark.parametrize("hidden", [(7,), (64, 64)])
def test_the_light_runs_while_it_plays_on_the_screen_only(
    qtbot: QtBot, window: MainWindow, hidden: tuple[int, ...]
) -> None:
    window.session.change({"hidden": hidden})
    qtbot.waitUntil(lambda: window.session.at_rest)
    network = window.network
    assert not is_seen(network.grab().toImage())
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: is_seen(network.grab().toImage()))
    for _ in range(5):
        assert not is_seen(picture(network))
        qtbot.wait(20)
    assert LIGHT.color("accent").name().encode() not in svg(network)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not network.light.is_lit)
    assert not is_seen(network.grab().toImage())


def test_the_light_covers_no_neuron(window: MainWindow, qtbot: QtBot) -> None:
    """Its thick lines, which meet at a neuron, hid small ones."""
    window.session.change({"hidden": (16,)})
    qtbot.waitUntil(lambda: window.session.at_rest and window.network.diagram() is not None)
    network = window.network
    plain = network.grab().toImage()
    diagram, snapshot = existing(network.diagram()), existing(network._snapshot)
    lit = QImage(plain)
    for place in np.linspace(0.0, 1.0, 40):
        with painting(lit) as painter:
            paint_light(painter, network._settings(diagram), network._values(snapshot), float(place))
    assert is_seen(lit)
    for layer in diagram.layers:
        for tile in layer.tiles:
            inside = tile.toAlignedRect()
            assert lit.copy(inside) == plain.copy(inside)


def test_the_light_moves_where_no_sample_follows(qtbot: QtBot, window: MainWindow) -> None:
    light = window.network.light

    def has_moved(before: float) -> bool:
        if not light.is_lit:  # a late report said that the run rests
            light.show_playing(True)
            return False
        return light.painted > before

    for _ in range(3):
        before = light.painted
        qtbot.waitUntil(lambda before=before: has_moved(before))


def test_that_nothing_moves_is_remembered(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    action = window.actions_by_name["motion"]
    assert action.isChecked()
    action.trigger()
    window.session.play()
    qtbot.waitUntil(lambda: window.session.playing and window.session.snapshot.position > 0)
    assert not window.network.light.is_lit
    action.trigger()
    assert window.network.light.is_lit
    action.trigger()
    window.close()
    again = open_window()
    assert not again.actions_by_name["motion"].isChecked()
    again.session.play()
    qtbot.waitUntil(lambda: again.session.snapshot.position > 0)
    assert not again.network.light.is_lit
