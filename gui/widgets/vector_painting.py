"""Tells vector pictures from pixel pictures."""

from __future__ import annotations

from PyQt5.QtGui import QPaintEngine, QPainter

VECTOR_ENGINES = (QPaintEngine.SVG, QPaintEngine.Picture, QPaintEngine.Pdf)


def is_vector(painter: QPainter) -> bool:
    """Whether a painter records lines and shapes, so that kept pixels must not be used."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in VECTOR_ENGINES
