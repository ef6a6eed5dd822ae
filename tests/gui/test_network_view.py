"""The diagram as it is painted and as it answers the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QSize, Qt
from pytestqt.qtbot import QtBot

from core.snapshot import Plane, Request
from core.trainer import Trainer
from gui.diagram import Diagram
from gui.images import map_image
from gui.network_view import NetworkView
from gui.quantity import QUANTITIES
from gui.selection import Edge, Neuron
from gui.theme import DARK, LIGHT, Theme
from tests.gui.support import SHALLOW, all_edges, distance, loaded_of, make_trainer, pixel, snapshot_of

PLANE = Plane((-1.0, 1.0), (-1.0, 1.0), 24, 24)
TINY = SHALLOW.replace(hidden=(2,))
"""2-2-2: W1 holds places 0 to 3, b1 4 and 5, W2 6 to 9, b2 10 and 11."""


def trained() -> Trainer:
    values = [2.0, -2.0, 0.0, 1.0, 0.5, -0.5, 1.5, -1.5, 0.25, 0.75, 0.1, -0.1]
    return make_trainer(TINY, parameters=values)


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 520)
    show(view, trained())
    view.show()
    qtbot.waitExposed(view)
    return view


def show(view: NetworkView, trainer: Trainer) -> None:
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer, Request(neurons=PLANE)))


def geometry(view: NetworkView) -> Diagram:
    diagram = view.diagram()
    assert diagram is not None
    return diagram


def on_edge(view: NetworkView, edge: Edge, along: float = 0.2) -> tuple[float, float]:
    diagram = geometry(view)
    (x1, y1), (x2, y2) = diagram.path(edge)
    return x1 + along * (x2 - x1), y1 + along * (y2 - y1)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_colour_of_an_edge_tells_the_sign(view: NetworkView, theme: Theme) -> None:
    view.set_theme(theme)
    positive = pixel(view, *on_edge(view, Edge(1, 0, 0)))
    negative = pixel(view, *on_edge(view, Edge(1, 0, 1)))
    assert distance(positive, theme.positive) < 30
    assert distance(negative, theme.negative) < 30
    view.set_quantity(QUANTITIES[1])  # the magnitude alone
    assert distance(pixel(view, *on_edge(view, Edge(1, 0, 0))), pixel(view, *on_edge(view, Edge(1, 0, 1)))) < 30


def test_a_gradient_can_be_shown_in_place_of_the_weight(view: NetworkView) -> None:
    trainer = trained()
    trainer.advance(1)
    show(view, trainer)
    gradient = next(quantity for quantity in QUANTITIES if quantity.attribute == "gradient")
    view.set_quantity(gradient)
    diagram = geometry(view)
    strongest = max(all_edges(diagram.sizes), key=lambda edge: abs(trainer.gradient[edge.index(diagram.sizes)]))
    sign = np.sign(trainer.gradient[strongest.index(diagram.sizes)])
    wanted, other = (LIGHT.positive, LIGHT.negative) if sign > 0 else (LIGHT.negative, LIGHT.positive)
    color = pixel(view, *on_edge(view, strongest))
    assert distance(color, wanted) < distance(color, other)


def test_a_click_picks_edges_neurons_and_nothing(view: NetworkView, qtbot: QtBot) -> None:
    picked: list[object] = []
    view.picked.connect(picked.append)
    x, y = on_edge(view, Edge(2, 1, 0))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    center = geometry(view).layers[1].centers[1]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(center[0]), round(center[1])))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert picked == [Edge(2, 1, 0), Neuron(1, 1), None]


def test_the_mouse_brings_a_label_and_takes_it_away(view: NetworkView, qtbot: QtBot) -> None:
    x, y = (round(value) for value in on_edge(view, Edge(1, 0, 0)))
    before = view.grab().toImage()
    qtbot.mouseMove(view, QPoint(x, y))
    assert view.grab().toImage() != before
    qtbot.mouseMove(view, QPoint(2, 2))
    assert view.grab().toImage() == before


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (Edge(1, 1, 1), ["x2 → neuron 2 of hidden layer 1", "weight W1[1, 1] = 1"]),
        (Edge(2, 0, 1), ["Neuron 1 of hidden layer 1 → output 1", "weight W2[0, 1] = −1.5"]),
        (Neuron(1, 0), ["Neuron 1 of hidden layer 1", "bias b1[0] = 0.5"]),
        (Neuron(0, 1), ["x2"]),
    ],
)
def test_the_label_names_the_part_and_its_value(view: NetworkView, item: Edge | Neuron, lines: list[str]) -> None:
    names = trained().preparation.dataset
    told = view.describe(item, snapshot_of(trained()))
    assert told[1:] == lines[1:]
    assert told[0] == lines[0].replace("x2", names.column_names[1]).replace(
        "output 1", f"output {names.class_names[1]}"
    )


def test_a_pinned_edge_is_marked_until_another_is(view: NetworkView) -> None:
    plain = view.grab().toImage()
    view.set_selection(Edge(1, 0, 0))
    assert distance(pixel(view, *on_edge(view, Edge(1, 0, 0))), LIGHT.accent) < 30
    view.set_selection(None)
    assert view.grab().toImage() == plain


def test_a_tile_shows_what_its_neuron_computes(view: NetworkView) -> None:
    # Neuron 0 of the hidden layer has weights (2, 0): it grows from left to right.
    diagram = geometry(view)
    x, y = diagram.layers[1].centers[0]
    quarter = diagram.layers[1].side / 4
    left, right = pixel(view, x - quarter, y), pixel(view, x + quarter, y)
    assert distance(right, LIGHT.positive) < distance(left, LIGHT.positive)


def test_a_map_has_its_first_row_at_the_bottom() -> None:
    image = map_image(np.array([[-1.0, -1.0], [1.0, 0.0]]), LIGHT.signed_table())
    assert image.size() == QSize(2, 2)
    assert image.pixelColor(0, 1).getRgb()[:3] == LIGHT.negative
    assert image.pixelColor(0, 0).getRgb()[:3] == LIGHT.positive
    assert distance(image.pixelColor(1, 0), LIGHT.neutral) < 4


@pytest.mark.parametrize("hidden", [(), (256,), (8,) * 10, (256,) * 3])
def test_nets_of_any_size_are_painted(view: NetworkView, hidden: tuple[int, ...]) -> None:
    show(view, make_trainer(SHALLOW.replace(hidden=hidden)))
    ground = view.grab().toImage()
    colors = {ground.pixel(x, ground.height() // 2 - 27) for x in range(ground.width())}
    assert len(colors) > 2


def test_the_snapshot_of_another_net_is_not_drawn_into_the_new_one(view: NetworkView) -> None:
    view.set_run(loaded_of(make_trainer(SHALLOW.replace(hidden=(5, 5)))))
    assert not view.grab().isNull()
    assert distance(pixel(view, 350, 200), LIGHT.base) == 0.0
