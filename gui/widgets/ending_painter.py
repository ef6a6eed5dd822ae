"""A painter that always ends, and empty pictures to paint on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QColor, QPaintDevice, QPainter, QPixmap


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter on a widget, picture or file; it ends even after an exception, since Qt crashes otherwise."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def empty_picture(size: QSize, ratio: float, ground: QColor | Qt.GlobalColor = Qt.GlobalColor.transparent) -> QPixmap:
    """A picture of so many pixels of the device, ``ratio`` of which make one of the screen, filled with a colour."""
    picture = QPixmap(size)
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    return picture
