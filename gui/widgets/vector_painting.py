"""Whether a picture becomes shapes or pixels."""

from __future__ import annotations

from PyQt5.QtGui import QPaintEngine, QPainter

VECTOR_ENGINES = (QPaintEngine.SVG, QPaintEngine.Picture, QPaintEngine.Pdf)


def is_vector(painter: QPainter) -> bool:
    """Whether what is painted becomes lines and shapes, so that kept pixels would spoil it."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in VECTOR_ENGINES
