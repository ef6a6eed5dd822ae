"""A painter that always ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter on a widget, picture or file; it ends even after an exception, since Qt crashes otherwise."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
