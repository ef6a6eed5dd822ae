"""The geometry of the network diagram, and the places that its parts stand for."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from core.data.features import features_of
from core.explain.picked_part import Edge, Neuron, Part, unit_name
from core.network.network import count_parameters, parameter_index
from gui.diagram.connections import OVERLAP, Lines, Matrix
from gui.diagram.drawing.caption_painting import SMALLEST_NAMED_PITCH, matrix_caption_room
from gui.diagram.drawing.edge_quantity import STEPS, steps_of
from gui.diagram.geometry import Diagram
from gui.diagram.input_rows import input_rows
from tests.core.workbench.support import SHALLOW, make_trainer
from tests.gui.support import all_edges

SIZES = ((2, 7, 2), (2, 2), (2, 4, 4, 4, 3), (2, 16, 2), (16, 1, 16, 10))
WIDE_SIZES = ((2, 17, 2), (2, 64, 64, 3), (3, 8, 40, 8, 2))


@pytest.mark.parametrize("sizes", SIZES)
def test_edges_and_biases_stand_for_every_place_of_the_flat_vector(sizes: tuple[int, ...]) -> None:
    edges = all_edges(sizes)
    neurons = [Neuron(layer, unit) for layer in range(1, len(sizes)) for unit in range(sizes[layer])]
    places = [item.index(sizes) for item in (*edges, *neurons)]
    assert sorted(place for place in places if place is not None) == list(range(count_parameters(sizes)))
    for edge in edges:
        assert edge.index(sizes) == parameter_index(sizes, edge.layer, edge.source, edge.target)
    for neuron in neurons:
        index = neuron.index(sizes)
        assert index is not None
        assert index == parameter_index(sizes, neuron.layer, None, neuron.unit)
    assert Neuron(0, 1).index(sizes) is None


@pytest.mark.parametrize("sizes", [*SIZES, *WIDE_SIZES])
def test_every_edge_is_drawn_once_from_its_place_in_the_flat_vector(sizes: tuple[int, ...]) -> None:
    diagram = Diagram(sizes, 800.0, 600.0)
    flat = np.arange(float(count_parameters(sizes)))
    drawn: list[int] = []
    for part in diagram.connections:
        if isinstance(part, Matrix):
            drawn += part.values(flat).ravel().astype(int).tolist()
        else:
            drawn += range(part.start, part.start + len(part.pieces))
    assert sorted(drawn) == [edge.index(sizes) for edge in all_edges(sizes)]


@pytest.mark.parametrize("sizes", SIZES)
def test_each_neuron_and_edge_is_found_under_the_mouse(sizes: tuple[int, ...]) -> None:
    diagram = Diagram(sizes, 800.0, 600.0)
    for layer, part in enumerate(diagram.layers):
        for unit, (x, y) in enumerate(part.centers):
            assert diagram.at(x, y) == Neuron(layer, unit)
    for edge in all_edges(sizes):
        connection = diagram.connection(edge)
        assert isinstance(connection, Lines)
        assert diagram.at(*connection.place(edge, 0.2)) == edge  # so close to its start no other edge comes as near


@pytest.mark.parametrize("sizes", WIDE_SIZES)
def test_in_a_wide_net_each_neuron_and_the_cell_of_each_weight_is_found(sizes: tuple[int, ...]) -> None:
    diagram = Diagram(sizes, 1600.0, 900.0)
    for layer, part in enumerate(diagram.layers):
        for unit, (x, y) in enumerate(part.centers):
            assert diagram.at(x, y) == Neuron(layer, unit)
    for edge in all_edges(sizes):
        if isinstance(diagram.connection(edge), Matrix):
            _, (x, y), _ = diagram.path(edge)
            assert diagram.at(x, y) == edge


def test_a_matrix_holds_the_weights_in_the_order_of_the_tiles_beside_it() -> None:
    sizes = (2, 20, 30, 3)
    diagram = Diagram(sizes, 800.0, 600.0)
    flat = np.arange(float(count_parameters(sizes)))
    into, between, out = (part for part in diagram.connections if isinstance(part, Matrix))
    assert into.values(flat).shape == (20, 2)  # a row for each of the larger layer
    assert between.values(flat).shape == (30, 20)
    assert out.values(flat).shape == (30, 3)
    for matrix, rows_of in ((into, 1), (between, 2), (out, 2)):
        for row, column in ((0, 0), (3, 1), (matrix.cells[0] - 1, matrix.cells[1] - 1)):
            edge = matrix.edge(row, column)
            assert matrix.values(flat)[row, column] == edge.index(sizes)
        _, top, _, height = matrix.box
        _, tiles_top, _, tiles_height = diagram.layers[rows_of].box
        assert (top, height) == (tiles_top, tiles_height)


def test_of_the_weights_that_share_a_pixel_the_strongest_is_found() -> None:
    sizes = (2, 256, 256, 2)
    diagram = Diagram(sizes, 500.0, 300.0)
    edge = Edge(2, 101, 77)
    values = np.full(count_parameters(sizes), 0.01)
    values[edge.index(sizes)] = -3.0
    _, (x, y), _ = diagram.path(edge)
    assert diagram.connections[1].box[2] < 256  # several to a pixel
    pixels = [(math.floor(x) + dx, math.floor(y) + dy) for dx in range(-3, 4) for dy in range(-3, 4)]
    found = [diagram.at(*pixel, values) for pixel in pixels]
    assert found.count(edge) == 1  # each cell belongs to one pixel, next to its place
    assert abs(pixels[found.index(edge)][0] - x) <= 1.5
    assert abs(pixels[found.index(edge)][1] - y) <= 1.5


def test_the_empty_ground_is_nothing() -> None:
    for sizes in ((2, 7, 2), (2, 64, 2)):
        diagram = Diagram(sizes, 800.0, 600.0)
        assert diagram.at(2.0, 2.0) is None
        assert diagram.at(798.0, 598.0) is None


@pytest.mark.parametrize("sizes", [*SIZES, *WIDE_SIZES, (2, *[256] * 3, 10), (2, *[256] * 10, 10), (10, 16, 17, 2)])
@pytest.mark.parametrize(("width", "height"), [(260.0, 146.0), (640.0, 470.0), (2500.0, 1400.0)])
def test_everything_lies_inside_in_its_order(sizes: tuple[int, ...], width: float, height: float) -> None:
    diagram = Diagram(sizes, width, height)
    boxes = [layer.box for layer in diagram.layers]
    for layer, connection in enumerate(diagram.connections):
        if isinstance(connection, Matrix):
            boxes.insert(boxes.index(diagram.layers[layer + 1].box), connection.box)
    for left, top, across, down in boxes:
        assert left >= 0
        assert left + across <= width
        assert top >= 0
        assert top + down <= height
    for first, second in itertools.pairwise(boxes):
        assert first[0] + first[2] <= second[0] + 1.0  # each is set to whole pixels


@pytest.mark.parametrize(
    ("item", "exists"),
    [
        (Edge(1, 1, 6), True),
        (Edge(1, 2, 0), False),
        (Edge(2, 0, 2), False),
        (Edge(3, 0, 0), False),
        (Neuron(0, 1), True),
        (Neuron(2, 2), False),
        (Neuron(3, 0), False),
    ],
)
def test_exists(item: Part, exists: bool) -> None:
    assert item.exists((2, 7, 2)) is exists


def test_names_of_units() -> None:
    def name(layer: int, unit: int) -> str:
        return unit_name((2, 7, 2), layer, unit, ("height", "weight"), ("cat", "dog"))

    assert [name(0, 1), name(1, 0), name(2, 1)] == ["weight", "neuron 1 of hidden layer 1", "output dog"]


def test_pieces_of_wide_edges_go_on_in_their_direction() -> None:
    part = Diagram((4, 3), 600.0, 400.0).lines[0]
    assert np.array_equal(part.overlapping_pieces[:, :, :2], part.pieces[:, :, :2])
    added = part.overlapping_pieces[:, :, 2:] - part.pieces[:, :, 2:]
    along = part.pieces[:, :, 2:] - part.pieces[:, :, :2]
    assert np.hypot(added[:, :, 0], added[:, :, 1]) == pytest.approx(OVERLAP)
    assert added[:, :, 0] * along[:, :, 1] == pytest.approx(added[:, :, 1] * along[:, :, 0])
    assert ((added * along).sum(axis=2) > 0.0).all()


def test_numbers_that_are_not_finite_have_a_step_of_colour() -> None:
    shares = np.array([math.nan, math.inf, -math.inf, 0.5, -0.04, 0.05])
    assert steps_of(shares).tolist() == [0, STEPS, -STEPS, STEPS // 2, 0, 1]


def test_in_a_low_diagram_the_rows_of_the_inputs_move_together_so_that_all_have_room() -> None:
    preparation = make_trainer(SHALLOW).preparation
    every = features_of(2)
    for room, count in ((400.0, len(every)), (160.0, len(every)), (94.0, len(every)), (80.0, 3), (20.0, 2)):
        rows = input_rows(preparation, room, close=13.0)
        assert len(rows.features) == count and sum(rows.used) == 2, room
    assert len(input_rows(preparation, 160.0, close=24.0).features) == 7, "large letters need their room"
    assert len(input_rows(preparation, 160.0, offers=False).features) == 2


@pytest.mark.parametrize("sizes", [(10, 32, 64, 16, 2), (10, 17, 2), (2, 64, 64, 8, 2)])
def test_inputs_keep_their_names_beside_matrices_and_captions_stay_between_layers(
    sizes: tuple[int, ...],
) -> None:
    diagram = Diagram(sizes, 560.0, 140.0, inputs=(True,) * sizes[0] + (False,) * (10 - sizes[0]), captions=36.0)
    rows = [*diagram.layers[0].centers[:, 1], *(tile.center().y() for tile in diagram.unused)]
    assert np.diff(sorted(rows)).min() >= SMALLEST_NAMED_PITCH
    before = -math.inf
    for matrix in (part for part in diagram.connections if isinstance(part, Matrix)):
        first, last = matrix_caption_room(diagram, matrix)
        assert before <= first < last
        assert first < matrix.box[0] + matrix.box[2] / 2.0 < last
        before = last
