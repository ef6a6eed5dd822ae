"""A painter that ends, whatever happens while it paints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter of a widget, picture or file; Qt crashes where one of these goes before its painter has ended."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
