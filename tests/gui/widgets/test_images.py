"""Arrays as images, and parts of an image drawn in one call."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication

from gui.widgets.ending_painter import painting
from gui.widgets.images import draw_pieces, word_image

COLORS = np.array([0xFFFF0000, 0xFF00FF00, 0xFF0000FF], dtype=np.uint32)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_parts_of_an_image_stand_where_they_should(qapp: QApplication, ratio: float) -> None:
    pixels = round(4 * ratio)  # of a part, which is 4 wide and high on the screen
    strip = word_image(np.repeat(COLORS, pixels)[:, None].repeat(pixels, axis=1), QImage.Format.Format_RGB32)
    picture = QImage(round(20 * ratio), round(10 * ratio), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(0xFFFFFFFF)
    targets = np.array([[1.0, 2.0, 4.0, 4.0], [6.0, 2.0, 4.0, 4.0], [11.0, 3.0, 8.0, 4.0]])
    chosen = [2, 0, 1]
    with painting(picture) as painter:
        draw_pieces(painter, strip, (pixels, pixels), pixels * np.array(chosen), targets)
    wanted = np.full((picture.height(), picture.width()), 0xFFFFFFFF, dtype=np.uint32)
    for number, box in zip(chosen, targets, strict=True):
        left, top, width, height = (round(ratio * side) for side in box.tolist())
        wanted[top : top + height, left : left + width] = COLORS[number]  # the last one is stretched
    seen = [[picture.pixel(x, y) for x in range(picture.width())] for y in range(picture.height())]
    assert np.array_equal(np.array(seen, dtype=np.uint32), wanted)
