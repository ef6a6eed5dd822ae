"""The diagram as it is painted and as it answers the mouse."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.base.arrays import Array
from core.base.number_text import STEPS_OF_DECADE, short
from core.data.data_source import load
from core.explain.diagnosis import UnitHealth, unit_health
from core.explain.maps import Plane
from core.explain.picked_part import Edge, Neuron
from core.explain.snapshot import Request, Snapshot
from core.network.network import count_parameters
from core.training.experiment import Init
from core.training.trainer import Trainer
from gui.diagram import diagram_picture, diagram_view
from gui.diagram.connections import Lines, Matrix
from gui.diagram.diagram_view import DiagramView
from gui.diagram.drawing import caption_painting
from gui.diagram.drawing.color_bar import HEIGHT, color_bar_numbers
from gui.diagram.drawing.edge_quantity import QUANTITIES, EdgeQuantity
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.diagram.geometry import Diagram
from gui.diagram.hover_label import health_lines, label_box, label_lines
from gui.widgets.images import places, strongest, table_image
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK, LIGHT, Theme
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, loaded_of, make_trainer, snapshot_of
from tests.gui.support import all_edges, choose_data, distance, hover, pixel, position

PLANE = Plane((-1.0, 1.0), (-1.0, 1.0), 24, 24)
TINY = SHALLOW.replace(hidden=(2,))
"""2-2-2: W1 holds places 0 to 3, b1 4 and 5, W2 6 to 9, b2 10 and 11."""


def trained() -> Trainer:
    values = [2.0, -2.0, 0.0, 1.0, 0.5, -0.5, 1.5, -1.5, 0.25, 0.75, 0.1, -0.1]
    return make_trainer(TINY, parameters=values)


@pytest.fixture
def view(qtbot: QtBot) -> DiagramView:
    view = DiagramView(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 520)
    show(view, trained())
    view.show()
    qtbot.waitExposed(view)
    return view


def show(view: DiagramView, trainer: Trainer) -> None:
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer, Request(neurons=PLANE)))


def geometry(view: DiagramView) -> Diagram:
    diagram = view.diagram()
    assert diagram is not None
    return diagram


def on_edge(view: DiagramView, edge: Edge, along: float = 0.2) -> tuple[float, float]:
    connection = geometry(view).connection(edge)
    assert isinstance(connection, Lines)
    return connection.place(edge, along)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_colour_of_an_edge_tells_the_sign(view: DiagramView, theme: Theme) -> None:
    view.set_theme(theme)
    positive = pixel(view, *on_edge(view, Edge(1, 0, 0)))
    negative = pixel(view, *on_edge(view, Edge(1, 0, 1)))
    assert distance(positive, theme.positive) < 30
    assert distance(negative, theme.negative) < 30
    view.set_quantity(QUANTITIES[1])  # the magnitude alone
    assert distance(pixel(view, *on_edge(view, Edge(1, 0, 0))), pixel(view, *on_edge(view, Edge(1, 0, 1)))) < 30


def test_a_gradient_can_be_shown_in_place_of_the_weight(view: DiagramView) -> None:
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


def test_a_click_picks_edges_neurons_and_nothing(view: DiagramView, qtbot: QtBot) -> None:
    picked: list[object] = []
    view.picked.connect(picked.append)
    x, y = on_edge(view, Edge(2, 1, 0))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    center = geometry(view).layers[1].centers[1]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(center[0]), round(center[1])))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert picked == [Edge(2, 1, 0), Neuron(1, 1), None]


def test_the_mouse_brings_a_label_and_takes_it_away(view: DiagramView, qtbot: QtBot) -> None:
    x, y = (round(value) for value in on_edge(view, Edge(1, 0, 0)))
    before = view.grab().toImage()
    qtbot.mouseMove(view, QPoint(x, y))
    assert view.grab().toImage() != before
    qtbot.mouseMove(view, QPoint(2, 2))
    assert view.grab().toImage() == before


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (Edge(1, 1, 1), ["x2 → neuron 2 of hidden layer 1", "weight w₂₂⁽¹⁾ = 1"]),
        (Edge(2, 0, 1), ["Neuron 1 of hidden layer 1 → output class 1", "weight w₁₂⁽²⁾ = −1.5"]),
        (Neuron(1, 0), ["Neuron 1 of hidden layer 1", "bias b₁⁽¹⁾ = 0.5"]),
        (Neuron(0, 1), ["x2"]),
    ],
)
def test_the_label_names_the_part_and_its_value(view: DiagramView, item: Edge | Neuron, lines: list[str]) -> None:
    names = trained().preparation.dataset
    told = view.describe(item, snapshot_of(trained()))
    assert told[1:] == lines[1:]
    assert told[0] == lines[0].replace("x2", names.column_names[1])


def test_a_selected_edge_keeps_its_colour_within_an_outline(view: DiagramView) -> None:
    plain = view.grab().toImage()
    x, y = on_edge(view, Edge(1, 0, 0))
    color = pixel(view, x, y)
    view.set_selection(Edge(1, 0, 0))
    assert distance(pixel(view, x, y), color) < 12
    assert min(distance(pixel(view, x, y + step), LIGHT.accent) for step in range(-8, 9)) < 40
    view.set_selection(None)
    assert view.grab().toImage() == plain


def test_a_tile_shows_what_its_neuron_computes(view: DiagramView) -> None:
    # Neuron 0 of the hidden layer has weights (2, 0): it grows from left to right.
    diagram = geometry(view)
    x, y = diagram.layers[1].centers[0]
    quarter = diagram.layers[1].side / 4
    left, right = pixel(view, x - quarter, y), pixel(view, x + quarter, y)
    assert distance(right, LIGHT.positive) < distance(left, LIGHT.positive)


def test_the_tile_of_a_class_has_its_colour_where_the_network_answers_it(view: DiagramView) -> None:
    # Class k wins where output k is above 0.5: there its tile is nearer to the colour of the class than elsewhere.
    output = geometry(view).layers[-1]
    maps = snapshot_of(trained(), Request(neurons=PLANE)).neurons
    assert maps is not None
    for unit, (x, y) in enumerate(output.centers):
        shades = maps[-1][unit]
        row, column = np.unravel_index([shades.argmin(), shades.argmax()], shades.shape)
        steps = (np.array([column, row]).T + 0.5) / shades.shape[::-1] - 0.5
        low, high = (pixel(view, x + 0.9 * output.side * dx, y - 0.9 * output.side * dy) for dx, dy in steps)
        assert distance(high, LIGHT.class_rgb(unit)) < distance(low, LIGHT.class_rgb(unit))
        assert distance(low, LIGHT.neutral) < distance(high, LIGHT.neutral)


def test_a_map_has_its_first_row_at_the_bottom() -> None:
    image = table_image(places(np.array([[-1.0, -1.0], [1.0, 0.0]])[::-1]), LIGHT.signed_table())
    assert image.size() == QSize(2, 2)
    assert image.pixelColor(0, 1).getRgb()[:3] == LIGHT.negative
    assert image.pixelColor(0, 0).getRgb()[:3] == LIGHT.positive
    assert distance(image.pixelColor(1, 0), LIGHT.neutral) < 4


def test_a_single_strong_weight_survives_where_many_share_a_pixel() -> None:
    values = np.full((256, 256), 0.01)
    values[101, 77], values[30, 200] = -3.0, 2.0
    small = strongest(values, 100, 60)
    assert small.shape == (100, 60)
    assert np.sort(small[np.abs(small) > 1]).tolist() == [-3.0, 2.0]
    assert strongest(values, 300, 256) is values


@pytest.mark.parametrize("hidden", [(), (256,), (8,) * 10, (256,) * 3])
def test_nets_of_any_size_are_painted(view: DiagramView, hidden: tuple[int, ...]) -> None:
    show(view, make_trainer(SHALLOW.replace(hidden=hidden)))
    ground = view.grab().toImage()
    colors = {ground.pixel(x, ground.height() // 2 - 27) for x in range(ground.width())}
    assert len(colors) > 2


def test_the_snapshot_of_another_net_is_not_drawn_into_the_new_one(view: DiagramView) -> None:
    view.set_run(loaded_of(make_trainer(SHALLOW.replace(hidden=(5, 5)))))
    assert not view.grab().isNull()
    assert distance(pixel(view, 350, 200), LIGHT.window) == 0.0


# ---- Wide layers.


@pytest.fixture
def wide(view: DiagramView) -> DiagramView:
    """2-20-24-2, all weights 0 but two: w₄,₁₈⁽²⁾ = 2 and w₂₀,₁⁽²⁾ = −2."""
    sizes = (2, 20, 24, 2)
    values = np.zeros(count_parameters(sizes))
    values[Edge(2, 3, 17).index(sizes)] = 2.0
    values[Edge(2, 19, 0).index(sizes)] = -2.0
    show(view, make_trainer(SHALLOW.replace(hidden=(20, 24)), parameters=values))
    return view


def on_cell(view: DiagramView, edge: Edge) -> tuple[float, float]:
    (x, y) = geometry(view).path(edge)[1]
    return x, y


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_weight_between_wide_layers_is_a_cell_in_its_colour(wide: DiagramView, theme: Theme) -> None:
    wide.set_theme(theme)
    assert distance(pixel(wide, *on_cell(wide, Edge(2, 3, 17))), theme.positive) < 4
    assert distance(pixel(wide, *on_cell(wide, Edge(2, 19, 0))), theme.negative) < 4
    assert distance(pixel(wide, *on_cell(wide, Edge(2, 10, 10))), theme.neutral) < 4


@pytest.mark.parametrize("attribute", ["gradient", "last_change"])
def test_a_matrix_without_an_update_says_so(wide: DiagramView, attribute: str) -> None:
    """It was all grey, and a reader thought that the net was dead."""
    trainer = make_trainer(SHALLOW.replace(hidden=(20, 24), batch_size=2))
    boxes = [part.box for part in geometry(wide).connections if isinstance(part, Matrix)]

    def colors() -> list[int]:
        """How many colours each matrix has."""
        image = wide.grab().toImage()
        return [
            len(
                {
                    image.pixel(x, y)
                    for x in range(int(x0) + 2, int(x0 + w) - 2)
                    for y in range(int(y0) + 2, int(y0 + h) - 2)
                }
            )
            for x0, y0, w, h in boxes
        ]

    wide.set_quantity(next(one for one in QUANTITIES if one.attribute == attribute))
    show(wide, trainer)
    assert min(colors()) > 1, "the letters of the note"
    noted = wide.grab().toImage()
    trainer.advance(1)
    show(wide, trainer)
    assert wide.grab().toImage() == noted, "in the midst of the first batch"
    frozen = make_trainer(trainer.experiment)
    frozen.freeze(range(frozen.network.parameters.size))
    frozen.advance(2)
    show(wide, frozen)
    assert colors() == [1] * len(boxes), "the numbers of this update are 0"


def test_a_click_into_a_matrix_picks_the_edge_and_one_into_a_grid_the_neuron(wide: DiagramView, qtbot: QtBot) -> None:
    picked: list[object] = []
    wide.picked.connect(picked.append)
    diagram = geometry(wide)
    neuron = diagram.layers[2].centers[17]
    for x, y in (on_cell(wide, Edge(2, 3, 17)), on_cell(wide, Edge(1, 1, 12)), on_cell(wide, Edge(3, 23, 1)), neuron):
        qtbot.mouseClick(wide, Qt.MouseButton.LeftButton, pos=QPoint(int(x), int(y)))
    assert picked == [Edge(2, 3, 17), Edge(1, 1, 12), Edge(3, 23, 1), Neuron(2, 17)]


def test_a_pinned_weight_is_marked_in_the_matrix_and_at_both_ends(wide: DiagramView) -> None:
    edge = Edge(2, 3, 17)
    plain = wide.grab().toImage()
    wide.set_selection(edge)
    diagram = geometry(wide)
    for layer, unit in ((1, 3), (2, 17)):
        left, top, side, _ = diagram.layers[layer].tile(unit)
        assert distance(pixel(wide, left + side / 2, top), LIGHT.accent) < 90
    assert distance(pixel(wide, *on_cell(wide, edge)), LIGHT.positive) > 4, "the way to the cell ends in it"
    wide.set_selection(None)
    assert wide.grab().toImage() == plain


def test_a_tile_of_a_grid_shows_what_its_neuron_computes(view: DiagramView) -> None:
    sizes = (2, 20, 2)
    values = np.zeros(count_parameters(sizes))
    values[Edge(1, 0, 13).index(sizes)] = 3.0  # grows from left to right
    values[Edge(1, 1, 14).index(sizes)] = -3.0  # grows from top to bottom
    show(view, make_trainer(SHALLOW.replace(hidden=(20,)), parameters=values))
    layer = geometry(view).layers[1]
    quarter = layer.side / 4
    for unit, towards in ((13, (quarter, 0.0)), (14, (0.0, quarter))):
        x, y = layer.centers[unit]
        high, low = (pixel(view, x + s * towards[0], y + s * towards[1]) for s in (1, -1))
        assert distance(high, LIGHT.positive) + 30 < distance(low, LIGHT.positive)
        assert distance(low, LIGHT.negative) + 30 < distance(high, LIGHT.negative)
    x, y = layer.centers[5]
    assert distance(pixel(view, x + quarter, y), pixel(view, x - quarter, y)) < 4


# ---- What is kept, and what a picture may cost.


def test_the_mouse_and_a_selection_do_not_paint_the_picture_anew(
    view: DiagramView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[object] = []
    original = diagram_picture.paint_nodes

    def count(painter: QPainter, settings: PictureSettings, snapshot: Snapshot, *rest: Any) -> None:
        painted.append(snapshot)
        original(painter, settings, snapshot, *rest)

    monkeypatch.setattr(diagram_picture, "paint_nodes", count)
    view.grab()
    painted.clear()
    for along in (0.2, 0.4, 0.6):
        qtbot.mouseMove(view, QPoint(*(round(value) for value in on_edge(view, Edge(1, 0, 0), along))))
        view.grab()
    view.set_selection(Edge(2, 0, 0))
    view.grab()
    assert painted == []
    for change in (
        lambda: view.set_theme(DARK),
        lambda: view.set_quantity(QUANTITIES[2]),
        lambda: show(view, trained()),
        lambda: view.resize(640, 500),
    ):
        change()
        view.grab()
        assert len(painted) == 1
        painted.clear()


def test_the_view_tells_what_lies_under_the_mouse_once(view: DiagramView, qtbot: QtBot) -> None:
    told: list[object] = []
    view.hovered.connect(told.append)
    (x, y) = geometry(view).layers[1].centers[1]
    for dx in (0, 3, 6):
        qtbot.mouseMove(view, QPoint(round(x) + dx, round(y)))
    qtbot.mouseMove(view, QPoint(2, 2))
    assert told == [Neuron(1, 1), None]
    qtbot.mouseMove(view, QPoint(round(x), round(y)))
    view.set_run(loaded_of(trained()))  # the neuron is gone with its run
    assert told[2:] == [Neuron(1, 1), None]


def test_a_mouse_that_rests_points_at_what_lies_there_in_another_size(view: DiagramView, qtbot: QtBot) -> None:
    told: list[object] = []
    view.hovered.connect(told.append)
    (x, y) = geometry(view).layers[1].centers[1]
    for dx in (1, 0):  # it may have been left at one of these places
        qtbot.mouseMove(view, QPoint(round(x) + dx, round(y)))
    view.resize(900, 300)
    assert geometry(view).at(round(x), round(y)) != Neuron(1, 1)
    assert told == [Neuron(1, 1), geometry(view).at(round(x), round(y))]


@pytest.mark.parametrize(("width", "height"), [(520, 230), (400, 108)])  # the latter in a window of 1100 × 700
def test_a_label_leaves_what_it_describes_and_its_neighbours_free(width: int, height: int) -> None:
    """Of a small net it lies over no tile at all."""
    diagram, size = Diagram((2, 7, 2), float(width), float(height)), QSizeF(250.0, 54.0)
    view, near = QSize(width, height), QRectF(0.0, -60.0, float(width), height + 120.0)
    for part in (*all_edges(diagram.sizes), *(Neuron(layer, unit) for layer in range(3) for unit in range(2))):
        if isinstance(part, Edge):
            x, y = diagram.path(part)[len(diagram.path(part)) // 2]
            ends = [Neuron(part.layer - 1, part.source), Neuron(part.layer, part.target)]
        else:
            x, y = diagram.layer(part).centers[part.unit]
            ends = [part]
        box = label_box(size, QPointF(x, y), view, diagram, part, 60.0)
        assert near.contains(box) and not box.contains(x, y)
        tiles = [QRectF(*tile) for layer in diagram.layers for tile in layer.boxes]
        assert not any(box.intersects(tile) for tile in tiles), part
        inside = label_box(size, QPointF(x, y), view, diagram, part, 0.0)
        assert QRectF(0.0, 0.0, width, height).contains(inside)
        if height > 200:
            assert not inside.contains(x, y)
            assert not any(inside.intersects(QRectF(*diagram.layer(end).tile(end.unit))) for end in ends), part


@pytest.mark.parametrize("height", [120, 150])
def test_an_input_that_has_no_room_any_more_has_no_label(view: DiagramView, qtbot: QtBot, height: int) -> None:
    count = len(view.rows.unused)
    for place in (QPoint(2, 2), geometry(view).unused[-1].center().toPoint()):
        qtbot.mouseMove(view, place)
    view.resize(700, height)
    assert len(view.rows.unused) < count
    lower = view.grab().toImage()
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.grab().toImage() == lower, "the mouse lay outside, and no label was shown"


def test_maps_are_as_fine_as_their_tiles_and_coarser_for_large_nets(view: DiagramView) -> None:
    told: list[int] = []
    view.map_cells_changed.connect(told.append)
    full = view.map_cells()
    assert full > 24
    view.set_quality(2)
    assert view.map_cells() == full, "a small net has sharp tiles however fast it plays"
    view.set_run(loaded_of(make_trainer(SHALLOW.replace(hidden=(64, 64)))))
    coarse = view.map_cells()
    assert 12 <= coarse < full
    view.set_quality(0)
    assert coarse < view.map_cells()
    view.set_run(loaded_of(make_trainer(SHALLOW.replace(hidden=(256, 256)))))
    assert 12 <= view.map_cells() < full
    assert told[-1] == view.map_cells()


def test_full_quality_is_the_same_picture_again(view: DiagramView) -> None:
    show(view, make_trainer(SHALLOW.replace(hidden=(16, 16, 16), init=Init("glorot"))))
    full = view.grab().toImage()
    view.set_quality(1)
    assert view.grab().toImage() != full, "more than some hundreds of lines lose their smooth edges"
    view.set_quality(0)
    assert view.grab().toImage() == full


@pytest.mark.parametrize(
    ("module", "part"),
    [(diagram_picture, "paint_captions"), (diagram_picture, "paint_nodes"), (diagram_view, "paint_mark")],
)
def test_a_fault_while_it_is_painted_ends_no_process(
    module: ModuleType, part: str, view: DiagramView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt crashes where a widget or a pixmap goes before its painter has ended."""

    def fail(*_: object) -> None:
        raise RuntimeError(part)

    view.set_selection(Neuron(1, 0))
    with monkeypatch.context() as patched, qtbot.captureExceptions() as exceptions:
        patched.setattr(module, part, fail)
        view.resize(710, 530)
        view.grab()
    assert {str(error) for _, error, _ in exceptions} == {part}
    assert view.grab().size() == QSize(710, 530)


@pytest.mark.parametrize("signed", [True, False])
def test_the_numbers_of_the_colour_bar_are_exact(signed: bool) -> None:
    quantity = next(quantity for quantity in QUANTITIES if quantity.signed == signed)
    for end in (float(f"{step}e{at}") for step in STEPS_OF_DECADE for at in (-20, -4, -1, 0, 3, 12)):
        written = [float(text.replace("−", "-")) for text in color_bar_numbers(quantity, end)]
        assert written == pytest.approx([share * end for share in ((-1, 0, 1) if signed else (0, 1))], rel=1e-12)


@pytest.mark.parametrize("quantity", QUANTITIES[2:])
def test_numbers_that_are_practically_zero_are_drawn_as_zero(view: DiagramView, quantity: EdgeQuantity) -> None:
    snapshot = snapshot_of(trained())
    view.set_quantity(quantity)

    def picture(values: Array) -> QImage:
        view.show_snapshot(replace(snapshot, gradient=values, last_change=values))
        return view.grab(QRect(0, 0, view.width(), view.height() - int(HEIGHT))).toImage()  # without the scale

    values = np.linspace(-1.0, 1.0, len(snapshot.parameters))
    zero, tiny, small = (picture(size * values) for size in (0.0, 1.8e-44, 1e-8))
    assert tiny == zero != small
    picture(1.8e-44 * values)
    assert [text for text in color_bar_numbers(quantity, view.scale_end) if text] == ["≈ 0"]


def test_dead_and_saturated_neurons_are_marked_and_say_why(view: DiagramView, qtbot: QtBot) -> None:
    values = [2.0, -2.0, 0.0, 0.0, -1e6, 50.0, 1.5, -1.5, 0.25, 0.75, 0.1, -0.1]
    trainer = make_trainer(TINY.replace(activation="relu"), parameters=values)
    snapshot = snapshot_of(trainer, Request(neurons=PLANE))
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot)
    tile = geometry(view).layers[1].tiles[0]
    plain = pixel(view, tile.right() - 3, tile.top() + 7)
    view.show_snapshot(replace(snapshot, health=unit_health(trainer)))
    assert distance(pixel(view, tile.right() - 3, tile.top() + 7), LIGHT.wrong) < 40 < distance(plain, LIGHT.wrong)
    text = " ".join(label_lines(Neuron(1, 0), trainer.preparation, view._snapshot, QUANTITIES[0], None))
    assert "Dead: its output and its slope are 0 for all" in text
    hover(view, tile.right() - 3, tile.top() + 3)  # on the badge itself
    view.grab()
    assert any(line.startswith("Dead: ") for line in existing(view._label_over)._lines)
    assert "Dead" not in " ".join(label_lines(Neuron(1, 1), trainer.preparation, view._snapshot, QUANTITIES[0], None))
    trainer = make_trainer(TINY.replace(activation="sigmoid"), parameters=values)
    health = unit_health(trainer)
    assert health.saturated[0][1]
    assert any("Saturated: its slope is below 1% of the largest" in line for line in health_lines(Neuron(1, 1), health))
    other = unit_health(make_trainer(SHALLOW))
    view.show_snapshot(replace(snapshot, health=other))  # of another net, as after a change
    assert distance(pixel(view, tile.right() - 3, tile.top() + 7), plain) < 4


def test_where_weights_are_cells_the_footer_says_why(qtbot: QtBot, window: MainWindow) -> None:
    note = window.network_panel.footer._note
    assert note.full == ""
    window.session.load(SHALLOW.replace(hidden=(17,)), anew=True)
    qtbot.waitUntil(lambda: note.full.startswith("A layer has more than 16 neurons: each cell is an edge"))
    assert "The larger of two layers has the rows ↓" in note.full
    window.session.load(SHALLOW.replace(hidden=(16,)), anew=True)
    qtbot.waitUntil(lambda: note.full == "")


def test_a_legend_says_what_the_marks_of_neurons_mean(qtbot: QtBot, window: MainWindow) -> None:
    legend = window.network_panel.footer.marks
    assert not legend.isVisible()
    window.session.change({"hidden": (4,)})
    flags = (np.array([True, False, False, False]), np.array([False, False]))
    none = tuple(np.zeros_like(layer) for layer in flags)
    qtbot.waitUntil(lambda: existing(window.session.snapshot).sizes == (2, 4, 2) and window.session.at_rest)
    snapshot = existing(window.session.snapshot)
    for dead, saturated, words in ((flags, none, "dead"), (none, flags, "saturated"), (flags, flags, "dead")):
        window.network.show_snapshot(replace(snapshot, health=UnitHealth(9, True, dead, saturated)))
        assert legend.isVisible() and legend.accessibleName() == words
        assert f"{words.capitalize()}: its output" in legend.toolTip()
    window.network.show_snapshot(replace(snapshot, health=UnitHealth(9, True, none, none)))
    assert not legend.isVisible()


def test_the_footer_says_where_the_fields_of_many_layers_are(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1000, 640)
    note = window.network_panel.footer._note
    window.session.load(SHALLOW.replace(hidden=(4,) * 10), anew=True)
    qtbot.waitUntil(lambda: "More settings" in note.full)
    window.session.load(SHALLOW, anew=True)
    qtbot.waitUntil(lambda: note.full == "")


def test_the_scale_marks_the_strongest_edge(qtbot: QtBot, window: MainWindow) -> None:
    strip, network = window.network_panel.footer.strip, window.network
    for value in (3.3, -3.3):
        window.session.edit({3: value})
        qtbot.waitUntil(lambda value=value: network.strongest == value and window.session.at_rest)
        assert f"strongest edge: {short(value)}" in strip.words()
        mark = min(round((0.5 + 0.5 * value / network.scale_end) * strip.width()), strip.width() - 1)
        column = {strip.grab().toImage().pixelColor(mark, y).name() for y in range(4, 10)}
        assert column == {window.theme.color("text").name()}
    window.network_panel.footer.quantities[1].trigger()  # the magnitude only

    def is_marked() -> bool:
        mark = min(round(3.3 / network.scale_end * strip.width()), strip.width() - 1)
        return strip.grab().toImage().pixelColor(mark, 5).name() == window.theme.color("text").name()

    qtbot.waitUntil(is_marked)


@pytest.mark.parametrize(("place", "named"), [(2, "gradient, last batch"), (3, "last change")])
def test_before_the_first_update_the_scale_has_no_numbers_of_another_run(
    place: int, named: str, qtbot: QtBot, window: MainWindow
) -> None:
    strip, network = window.network_panel.footer.strip, window.network
    window.network_panel.footer.quantities[place].trigger()

    def scale() -> QImage:
        network.grab()  # which finds the end of the scale
        return strip.grab().toImage()

    def label() -> list[str]:
        hover(network, *on_edge(network, Edge(1, 0, 0)))
        network.grab()
        return existing(network._label_over)._lines

    def stands_at(where: int) -> bool:
        return position(window) == where and window.session.at_rest

    def is_unnumbered() -> bool:
        is_told = f"{named}: no update yet" in label() and "No update yet." in strip.words()
        return is_told and not any(sign.isdigit() for sign in strip.words()) and scale() == empty

    empty, title = scale(), QUANTITIES[place].title
    assert is_unnumbered()
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: position(window) > 0 and window.session.at_rest)
    assert scale() != empty and "strongest edge" in strip.words() and "update" not in strip.words()
    assert strip.words().startswith(f"{title[:1].upper()}{title[1:]}.")
    assert any(line.startswith(f"{named} = ") for line in label())
    end = position(window)
    choose_data(qtbot, window, "circle")
    qtbot.waitUntil(lambda: stands_at(0))
    qtbot.waitUntil(is_unnumbered)
    window.session.undo()
    qtbot.waitUntil(lambda: stands_at(end) and scale() != empty)
    window.session.seek(0)
    qtbot.waitUntil(lambda: stands_at(0) and is_unnumbered())


def test_the_name_of_an_output_becomes_smaller_before_it_is_cut(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a small window "versicolor" became "ver…lor"."""
    written: dict[str, float] = {}

    def write(*words: Any, scale: float = 1.0, **more: Any) -> None:
        written[words[4]] = scale

    monkeypatch.setattr(caption_painting, "_write", write)
    view = DiagramView(LIGHT, has_titles=False)
    qtbot.addWidget(view)
    named = replace(SHALLOW.data, class_names=("setosa", "versicolor"))
    trainer = make_trainer(SHALLOW.replace(data=named), load(named))
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer))
    for width in (300, 480):
        written.clear()
        view.resize(width, 170)
        view.grab()
        assert {"setosa", "versicolor"} <= written.keys(), width
        assert (written["versicolor"] < 1.0) == (width == 300)
        assert written["setosa"] == written["versicolor"]
