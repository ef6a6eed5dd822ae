"""Pictures of a view or of the window: PNG as the screen shows it, SVG with lines and letters that stay sharp.

In an SVG the maps are embedded images, and so is what scrolls, such as the settings; all else is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QBuffer, QIODevice, QPoint, QRect
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QAbstractScrollArea, QGraphicsView, QMenuBar, QStatusBar, QWidget

from gui.widgets.ending_painter import painting


def png(widget: QWidget) -> bytes:
    """The widget as it is, as a PNG file's bytes."""
    return _packed(widget.grab().toImage())


def _packed(image: QImage) -> bytes:
    """An image as a PNG file's bytes; this takes most of the time, and any thread may do it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


def svg(widget: QWidget) -> bytes:
    """The widget as it is, as an SVG file's bytes."""
    from PyQt5.QtSvg import QSvgGenerator  # here, so that the window opens without it

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(0, 0), widget.size()))
    generator.setResolution(widget.logicalDpiX())
    generator.setTitle(widget.windowTitle() or widget.accessibleName() or "Backprop Lens")
    generator.setDescription("Drawn by Backprop Lens")
    with painting(generator) as painter:
        widget.render(painter, QPoint(0, 0))
        for part in _clipped_parts(widget):
            painter.drawPixmap(part.mapTo(widget, QPoint(0, 0)), part.grab())
    return bytes(buffer.data())


def _clipped_parts(widget: QWidget) -> list[QWidget]:
    """What scrolls, and the bars at the edges: Qt's SVG cuts nothing off, so these are embedded as they look."""
    kinds = (QAbstractScrollArea, QMenuBar, QStatusBar)
    parts = [part for kind in kinds for part in widget.findChildren(kind) if part.isVisible()]
    return [part for part in parts if not isinstance(part, QGraphicsView) and not _is_inside(part, parts)]


def _is_inside(part: QWidget, others: list[QWidget]) -> bool:
    return any(other is not part and other.isAncestorOf(part) for other in others)


def _draw_png(widget: QWidget) -> Callable[[], bytes]:
    image = widget.grab().toImage()
    return lambda: _packed(image)


def _draw_svg(widget: QWidget) -> Callable[[], bytes]:
    data = svg(widget)
    return lambda: data


PICTURES: dict[str, Callable[[QWidget], Callable[[], bytes]]] = {".png": _draw_png, ".svg": _draw_svg}
"""How to draw a widget, by the suffix of the file; what this returns makes the file's bytes, in any thread."""
