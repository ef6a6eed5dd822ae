"""The numbers at the neurons of the diagram."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PyQt5.QtCore import QPointF, QRectF
from PyQt5.QtGui import QFont, QImage, QPainter
from PyQt5.QtWidgets import QApplication

from gui.diagram.diagram_layout import MATRIX_CAPTIONS
from gui.diagram.drawing.caption_painting import captions_of_matrices
from gui.diagram.drawing.edge_quantity import QUANTITIES
from gui.diagram.drawing.number_painting import NAME_GAP, paint_numbers
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.diagram.geometry import Diagram
from gui.widgets.theme import LIGHT


class Recorder(QPainter):
    """Keeps the boxes of the numbers."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.boxes: list[QRectF] = []

    def drawRoundedRect(self, box: QRectF, *radii: float) -> None:  # type: ignore[override]
        self.boxes.append(QRectF(box))


def settings_in(diagram: Diagram, points: float) -> PictureSettings:
    font = QFont(QApplication.font())
    font.setPointSizeF(points)
    return PictureSettings(diagram, LIGHT, QUANTITIES[0], 1.0, font)


def numbers_in(diagram: Diagram, value: float, points: float) -> list[QRectF]:
    """The boxes of the numbers where every neuron has this value."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    painter = Recorder(image)
    numbers = [("δ", np.full(n, value)) for n in diagram.sizes]
    paint_numbers(painter, settings_in(diagram, points), numbers, "text")
    painter.end()
    return painter.boxes


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("sizes", [(2, 7, 2), (2, 3, 3, 3, 2), (2, 16, 10), (2, *[3] * 10, 2), (2, 256, 2)])
@pytest.mark.parametrize("size", [(360, 130), (480, 240), (900, 420), (1500, 900)])
@pytest.mark.parametrize("points", [9.0, 15.0])
def test_no_number_lies_over_another_or_over_another_tile(
    sizes: tuple[int, ...], size: tuple[float, float], points: float
) -> None:
    diagram = Diagram(sizes, *size, captions=MATRIX_CAPTIONS)
    boxes, settings = numbers_in(diagram, -0.00123, points), settings_in(diagram, points)
    assert not [pair for pair in combinations(boxes, 2) if pair[0].intersects(pair[1])]
    captions = [box for box, _text in captions_of_matrices(settings)]
    assert not [box for box in boxes for caption in captions if box.intersects(caption)]
    for layer in diagram.layers:
        if layer.columns == 1:
            for box in boxes:
                assert sum(box.intersects(tile) for tile in layer.tiles) <= 1


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("sizes", [(2, 32, 32, 2), (2, 7, 2)])
@pytest.mark.parametrize("inputs", [(), (True, True) + (False,) * 8])
@pytest.mark.parametrize("size", [(480, 200), (520, 270), (900, 420)])
def test_no_number_lies_over_the_name_of_an_input(
    sizes: tuple[int, ...], size: tuple[float, float], inputs: tuple[bool, ...]
) -> None:
    diagram = Diagram(sizes, *size, left=50.0, inputs=inputs, captions=MATRIX_CAPTIONS)
    first = diagram.layers[0].tiles[0]
    names = QRectF(0.0, 0.0, first.left() - NAME_GAP, size[1])
    boxes = numbers_in(diagram, 5.31, 10.0)
    assert not [box for box in boxes for taken in (names, *diagram.unused) if box.intersects(taken)]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("sizes", [(2, *[32] * 10, 2), (2, 32, 32, 2)])
@pytest.mark.parametrize("width", [240.0, 400.0, 520.0, 900.0])
def test_captions_of_matrices_lie_beside_each_other(sizes: tuple[int, ...], width: float) -> None:
    diagram = Diagram(sizes, width, 240.0, captions=MATRIX_CAPTIONS)
    boxes = [box for box, _text in captions_of_matrices(settings_in(diagram, 9.0))]
    same_line = [pair for pair in combinations(boxes, 2) if pair[0].top() == pair[1].top()]
    assert not [pair for pair in same_line if pair[0].intersects(pair[1])]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("width", "lines"), [(220.0, 0), (300.0, 1), (400.0, 1), (520.0, 2), (900.0, 2)])
def test_all_matrices_have_the_same_caption_or_none(width: float, lines: int) -> None:
    """In a comparison of three nets W2 alone had one."""
    diagram = Diagram((2, 32, 32, 2), width, 240.0, captions=MATRIX_CAPTIONS)
    texts = [text for _box, text in captions_of_matrices(settings_in(diagram, 9.0))]
    assert len(texts) == 3 * lines
    if lines == 2:
        assert [text.removeprefix(f"W{place // 2 + 1}: ") for place, text in enumerate(texts)] == [
            *("inputs →", "layer 1 ↓", "layer 2 →", "layer 1 ↓", "output →", "layer 2 ↓")
        ]
    assert sum(text.startswith("W") for text in texts) in (0, 3)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", [(520, 170), (560, 150), (560, 165), (560, 200), (900, 420)])
@pytest.mark.parametrize("value", [0.0423, 0.00129, -1.66e-6])
def test_the_number_of_an_output_leaves_the_dot_of_its_class_free(size: tuple[float, float], value: float) -> None:
    diagram = Diagram((2, 7, 2), *size, left=50.0, inputs=(True, True) + (False,) * 8, captions=MATRIX_CAPTIONS)
    outputs, boxes = diagram.layers[-1], numbers_in(diagram, value, 9.0)
    for tile in (QRectF(*outputs.tile(unit)) for unit in range(2)):
        own = [
            box for box in boxes if tile.top() < box.center().y() < tile.bottom() and box.right() > tile.left() - 6.0
        ]
        below = [box for box in boxes if box.left() >= tile.left() and 0.0 <= box.top() - tile.bottom() <= 1.0]
        assert len(own + below) == 1
        assert not [box for box in own if box.right() > tile.right() + 3.0], "no letter is beside the tile"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", [(560, 260), (900, 420)])
def test_each_neuron_of_a_small_net_has_its_number(size: tuple[float, float]) -> None:
    diagram = Diagram((2, 7, 2), *size)
    boxes = numbers_in(diagram, 0.123, 9.0)
    assert len(boxes) == 11
    places = [QPointF(*center) for layer in diagram.layers for center in layer.centers]
    for place, box in zip(places, boxes, strict=True):
        nearest = min(places, key=lambda other: (box.center() - other).manhattanLength())
        assert nearest == place
