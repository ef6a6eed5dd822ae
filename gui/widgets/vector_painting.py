"""Tells vector pictures from pixel pictures, and pictures for files from the screen."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtCore import QPoint
from PyQt5.QtGui import QPaintEngine, QPainter
from PyQt5.QtWidgets import QWidget
from PyQt5.sip import isdeleted

VECTOR_ENGINES = (QPaintEngine.SVG, QPaintEngine.Picture, QPaintEngine.Pdf)

FAR_AWAY = QPoint(-20_000, -20_000)

_on_screen: weakref.WeakSet[QWidget] = weakref.WeakSet()
_open_pictures: list[None] = []


def is_vector(painter: QPainter) -> bool:
    """Whether a painter records lines and shapes, so that kept pixels must not be used."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in VECTOR_ENGINES


def leave_out_of_files(widget: QWidget) -> None:
    """Let a widget and what is in it be seen on the screen alone."""
    _on_screen.add(widget)


@contextmanager
def painting_for_file(widget: QWidget) -> Iterator[None]:
    """What is painted meanwhile belongs to a picture of the widget that is kept, not to the screen."""
    # To search the widget's parts would make Python know those that Qt made, see gui/widgets/qt_objects.py.
    left_out = [part for part in _on_screen if not isdeleted(part) and widget.isAncestorOf(part)]
    places = [part.pos() for part in left_out]
    _open_pictures.append(None)
    try:
        for part in left_out:  # hidden, it would lose the focus
            part.move(FAR_AWAY)
        yield
    finally:
        for part, place in zip(left_out, places, strict=True):
            part.move(place)
        _open_pictures.pop()


def is_for_file() -> bool:
    """Whether such a picture is being painted, which leaves out what moves or is only for the one at the screen."""
    return bool(_open_pictures)
