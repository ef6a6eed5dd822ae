"""Tells vector pictures from pixel pictures, and pictures for files from the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtGui import QPaintEngine, QPainter

VECTOR_ENGINES = (QPaintEngine.SVG, QPaintEngine.Picture, QPaintEngine.Pdf)

_open_pictures: list[None] = []


def is_vector(painter: QPainter) -> bool:
    """Whether a painter records lines and shapes, so that kept pixels must not be used."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in VECTOR_ENGINES


@contextmanager
def painting_for_file() -> Iterator[None]:
    """What is painted meanwhile belongs to a picture that is kept, not to the screen."""
    _open_pictures.append(None)
    try:
        yield
    finally:
        _open_pictures.pop()


def is_for_file() -> bool:
    """Whether such a picture is being painted, which leaves out what moves or is only for the one at the screen."""
    return bool(_open_pictures)
