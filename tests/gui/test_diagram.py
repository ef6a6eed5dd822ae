"""The geometry of the network diagram, and the places that its parts stand for."""

from __future__ import annotations

import itertools

import pytest

from core.network import count_parameters, parameter_name
from gui.diagram import Diagram
from gui.selection import Edge, Neuron, Selection, unit_name

SIZES = ((2, 7, 2), (2, 2), (2, 4, 4, 4, 3))


def all_edges(sizes: tuple[int, ...]) -> list[Edge]:
    pairs = enumerate(itertools.pairwise(sizes), start=1)
    return [Edge(layer, i, j) for layer, (n, m) in pairs for i in range(n) for j in range(m)]


@pytest.mark.parametrize("sizes", SIZES)
def test_edges_and_biases_stand_for_every_place_of_the_flat_vector(sizes: tuple[int, ...]) -> None:
    edges = all_edges(sizes)
    neurons = [Neuron(layer, unit) for layer in range(1, len(sizes)) for unit in range(sizes[layer])]
    places = [item.index(sizes) for item in (*edges, *neurons)]
    assert sorted(place for place in places if place is not None) == list(range(count_parameters(sizes)))
    for edge in edges:
        assert parameter_name(sizes, edge.index(sizes)) == f"W{edge.layer}[{edge.source}, {edge.target}]"
    for neuron in neurons:
        index = neuron.index(sizes)
        assert index is not None
        assert parameter_name(sizes, index) == f"b{neuron.layer}[{neuron.unit}]"
    assert Neuron(0, 1).index(sizes) is None


@pytest.mark.parametrize("sizes", SIZES)
def test_rows_of_lines_edges_and_places_agree(sizes: tuple[int, ...]) -> None:
    diagram = Diagram(sizes, 800.0, 600.0)
    for row, edge in enumerate(all_edges(sizes)):
        assert diagram.edge(row) == edge
        assert diagram.number(edge) == row
        assert diagram.indices[row] == edge.index(sizes)
    with pytest.raises(IndexError):
        diagram.edge(len(diagram.lines))


@pytest.mark.parametrize("sizes", SIZES)
def test_each_neuron_and_edge_is_found_under_the_mouse(sizes: tuple[int, ...]) -> None:
    diagram = Diagram(sizes, 800.0, 600.0)
    for layer, centers in enumerate(diagram.centers):
        for unit, (x, y) in enumerate(centers):
            assert diagram.at(x, y) == Neuron(layer, unit)
    for row, (x1, y1, x2, y2) in enumerate(diagram.lines):
        # Close to its start no other edge comes as near.
        assert diagram.at(x1 + 0.13 * (x2 - x1), y1 + 0.13 * (y2 - y1)) == diagram.edge(row)


def test_the_empty_ground_is_nothing() -> None:
    diagram = Diagram((2, 7, 2), 800.0, 600.0)
    assert diagram.at(2.0, 2.0) is None
    assert diagram.at(798.0, 598.0) is None


@pytest.mark.parametrize("sizes", [*SIZES, (2, *[256] * 3, 10)])
@pytest.mark.parametrize(("width", "height"), [(260.0, 146.0), (640.0, 470.0), (2500.0, 1400.0)])
def test_everything_lies_inside_and_no_tiles_overlap(sizes: tuple[int, ...], width: float, height: float) -> None:
    diagram = Diagram(sizes, width, height)
    for centers, side in zip(diagram.centers, diagram.tiles, strict=True):
        assert centers[:, 0].min() - side / 2 >= 0
        assert centers[:, 0].max() + side / 2 <= width
        assert centers[:, 1].min() - side / 2 >= 0
        assert centers[:, 1].max() + side / 2 <= height
        if side > 3.0:  # the least that can be seen; so many neurons overlap
            assert (centers[1:, 1] - centers[:-1, 1] >= side).all()


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
def test_exists(item: Selection, exists: bool) -> None:
    assert item.exists((2, 7, 2)) is exists


def test_names_of_units() -> None:
    def name(layer: int, unit: int) -> str:
        return unit_name((2, 7, 2), layer, unit, ("height", "weight"), ("cat", "dog"))

    assert [name(0, 1), name(1, 0), name(2, 1)] == ["weight", "neuron 1 of hidden layer 1", "output dog"]
