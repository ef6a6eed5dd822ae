"""Pictures of a widget: PNG as on the screen, SVG with lines and text that stay sharp.

In an SVG the maps and the scrolling parts, such as the settings, are embedded images; the rest is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt5 import sip
from PyQt5.QtCore import QBuffer, QIODevice, QPoint, QRect
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QAbstractScrollArea, QGraphicsView, QMainWindow, QScrollArea, QWidget

from gui.widgets.ending_painter import painting
from gui.widgets.faults import raising_escaped
from gui.widgets.qt_objects import existing
from gui.widgets.vector_painting import painting_for_file


def picture(widget: QWidget, scale: int = 1) -> QImage:
    """Return a picture of the widget, ``scale`` times as large as on the screen.

    It raises what a paint event raises, where Qt would leave a hole in the picture.
    """
    with raising_escaped(), painting_for_file(widget):
        if scale == 1:
            return widget.grab().toImage()
        ratio = scale * widget.devicePixelRatioF()
        image = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(widget.palette().window().color())
        widget.render(image)
        return image


def _packed(image: QImage) -> bytes:
    """Return an image as the bytes of a PNG file; slow, but any thread may do it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


def svg(widget: QWidget) -> bytes:
    """Return a drawing of the widget as the bytes of an SVG file; raises what a paint event raises."""
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
    with raising_escaped(), painting_for_file(widget), painting(generator) as painter:
        widget.render(painter, QPoint(0, 0))
        for part in _clipped_parts(widget):
            painter.drawPixmap(part.mapTo(widget, QPoint(0, 0)), part.grab())
    return bytes(buffer.data())


def _clipped_parts(widget: QWidget) -> list[QWidget]:
    """Return scrolling parts and the bars at the edges; Qt's SVG does not clip, so they are embedded as images."""
    # Of parts that Qt made, such as the list of a combo box, Python may know dead ones whose address is another's now.
    parts: list[QWidget] = [part for part in widget.findChildren(QAbstractScrollArea) if sip.ispycreated(part)]
    if isinstance(widget, QMainWindow):
        parts += existing(widget.menuBar()), existing(widget.statusBar())
    parts = [part for part in parts if part.isVisible() and not _shows_all(part)]
    return [part for part in parts if not isinstance(part, QGraphicsView) and not _is_inside(part, parts)]


def _shows_all(part: QWidget) -> bool:
    """Whether it could scroll but need not, so that it clips nothing."""
    bars = (part.horizontalScrollBar(), part.verticalScrollBar()) if isinstance(part, QScrollArea) else ()
    return bool(bars) and all(existing(bar).maximum() == 0 for bar in bars)


def _is_inside(part: QWidget, others: list[QWidget]) -> bool:
    return any(other is not part and other.isAncestorOf(part) for other in others)


def _draw_png(widget: QWidget, scale: int) -> Callable[[], bytes]:
    image = picture(widget, scale)
    return lambda: _packed(image)


def _draw_svg(widget: QWidget, scale: int) -> Callable[[], bytes]:
    data = svg(widget)  # sharp at any size
    return lambda: data


PICTURES: dict[str, Callable[[QWidget, int], Callable[[], bytes]]] = {".png": _draw_png, ".svg": _draw_svg}
"""How to draw a widget, so many times as large, by the suffix; the returned function makes the bytes, in any thread."""
